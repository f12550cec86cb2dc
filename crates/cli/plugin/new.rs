//! `plugin new`: a plugin to begin with, which builds as it stands.

use crate::args::{PluginLang, PluginNew};
use crate::context::Context;
use crate::failure::{Failure, exit};
use haggle_plugin_host::manifest::is_name;
use std::fs;
use std::path::{Path, PathBuf};

const C: &str = include_str!("template/plugin.c");
const HEADER: &str = include_str!("../../plugin-api/include/haggle_plugin.h");
const RUST: &str = include_str!("template/lib.rs");
const SCRIPT: &str = include_str!("template/script.sh");
const MANIFEST: &str = include_str!("template/Cargo.toml.txt");
const SAMPLE: &str = include_str!("template/sample.csv");

/// Where the SDK lies in the repository of this program.
const API: &str = "crates/plugin-api";

pub(super) fn run(args: &PluginNew, context: &Context) -> Result<u8, Failure> {
    let name = args.name.as_str();
    if !is_name(name) {
        return Err(Failure::usage(format!(
            "`{name}` is no name of a plugin, expected lower-case letters, digits and dashes"
        )));
    }
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("haggle-{name}")));
    if folder.exists() {
        return Err(Failure::new(format!("{}: exists already", folder.display()))
            .help("name another folder with `--out`"));
    }
    let files = match args.lang {
        PluginLang::C => vec![
            (format!("{name}.c"), C.replace("{{name}}", name)),
            ("haggle_plugin.h".to_owned(), HEADER.to_owned()),
        ],
        PluginLang::Sh => vec![(format!("{name}.sh"), SCRIPT.replace("{{name}}", name))],
        PluginLang::Rust => vec![
            ("Cargo.toml".to_owned(), cargo_manifest(name, &api(args.api.as_deref())?)),
            ("src/lib.rs".to_owned(), RUST.replace("{{name}}", name)),
        ],
    };
    let sample = ("sample.csv".to_owned(), SAMPLE.to_owned());
    files.into_iter().chain([sample]).try_for_each(|(file, text)| {
        let path = folder.join(file);
        let parent = path.parent().unwrap_or(&folder);
        let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
        written.map_err(|e| Failure::io(&path, "cannot write", &e))
    })?;
    context.talk(&format!(
        "wrote {}; its first lines say how it is built and tried\n",
        folder.display()
    ));
    Ok(exit::FINE)
}

fn cargo_manifest(name: &str, api: &str) -> String {
    let lib = name.replace('-', "_");
    let api = toml::Value::from(api).to_string();
    MANIFEST.replace("{{name}}", name).replace("{{lib}}", &lib).replace("{{api}}", &api)
}

/// The SDK: where the caller says, or in a repository of this program around the working folder or
/// around the program itself.
fn api(named: Option<&Path>) -> Result<String, Failure> {
    let is_there = |folder: &PathBuf| folder.join("Cargo.toml").is_file();
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let around = [here, program].into_iter().flatten();
    let around: Vec<PathBuf> =
        around.flat_map(|p| p.ancestors().map(|a| a.join(API)).collect::<Vec<_>>()).collect();
    let found = match named {
        Some(folder) => Some(folder.to_owned()).filter(is_there),
        None => around.into_iter().find(is_there),
    };
    let found = found.and_then(|folder| fs::canonicalize(folder).ok());
    let found = found.and_then(|folder| folder.to_str().map(str::to_owned));
    found.ok_or_else(|| {
        Failure::new("the crate `haggle-plugin-api` was not found")
            .help("`--api DIR` says where it lies (`crates/plugin-api` of haggle's source), or take `--lang c`")
    })
}
