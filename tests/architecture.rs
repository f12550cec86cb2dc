//! The rules of the house as tests: allowed dependencies, the top level, docs on every file.

use crate::support::repository;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates a crate may use. `haggle` is the command line.
const EDGES: &[(&str, &[&str])] = &[
    ("haggle-quantity", &[]),
    ("haggle-negotiation", &["haggle-quantity"]),
    ("haggle-evidence", &["haggle-quantity"]),
    ("haggle-import", &["haggle-evidence", "haggle-quantity"]),
    ("haggle-fetch", &[]),
    ("haggle-plugin-api", &[]),
    ("haggle-plugin-host", &["haggle-evidence", "haggle-plugin-api"]),
    ("haggle-dummy", &["haggle-plugin-api"]),
    ("haggle-paged-prices", &["haggle-plugin-api"]),
    ("haggle-sdmx-index", &["haggle-plugin-api"]),
    ("haggle-ubl-quotation", &["haggle-plugin-api"]),
    ("haggle-store", &["haggle-evidence", "haggle-negotiation", "haggle-quantity"]),
    ("haggle-report", &["haggle-evidence", "haggle-negotiation", "haggle-quantity"]),
    (
        "haggle",
        &[
            "haggle-evidence",
            "haggle-fetch",
            "haggle-import",
            "haggle-negotiation",
            "haggle-plugin-host",
            "haggle-quantity",
            "haggle-report",
            "haggle-store",
        ],
    ),
];

/// Which crates may use a library that is fenced in.
const FENCES: &[(&str, &[&str])] = &[
    ("arrow-array", &["haggle-evidence", "haggle-plugin-host", "haggle-store"]),
    ("arrow-schema", &["haggle-evidence", "haggle-plugin-host", "haggle-store"]),
    ("arrow-buffer", &["haggle-evidence", "haggle-plugin-host"]),
    ("arrow-data", &["haggle-plugin-host"]),
    ("arrow-ipc", &["haggle-plugin-host", "haggle-store"]),
    ("libloading", &["haggle-plugin-host"]),
    ("landlock", &["haggle-plugin-host"]),
    ("seccompiler", &["haggle-plugin-host"]),
    ("object", &["haggle-plugin-host"]),
    ("arrow-select", &["haggle-store"]),
    ("parquet", &["haggle-store"]),
    ("rust_xlsxwriter", &["haggle-report"]),
    ("csv", &["haggle-import"]),
    ("calamine", &["haggle-import"]),
    ("reqwest", &["haggle-fetch"]),
    ("rustls", &["haggle-fetch"]),
    ("rustls-native-certs", &["haggle-fetch"]),
    ("tokio", &["haggle-fetch"]),
    ("signal-hook", &["haggle"]),
    ("clap", &["haggle"]),
    ("clap_complete", &["haggle"]),
    ("terminal_size", &["haggle"]),
    // The umbrella brings every kernel and minutes of build time.
    ("arrow", &[]),
];

/// Name of every workspace package with the names of its ordinary dependencies.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let ordinary = package["dependencies"].as_array().unwrap().iter();
        let ordinary = ordinary.filter(|d| d["kind"].is_null());
        let names = ordinary.map(|d| d["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), names)
    });
    packages.collect()
}

#[test]
fn crates_depend_only_downwards() {
    let packages = packages();
    let known: BTreeSet<&str> = EDGES.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    assert_eq!(found, known, "every package has its row in EDGES");
    for (name, allowed) in EDGES {
        for dependency in packages[*name].iter().filter(|d| d.starts_with("haggle")) {
            assert!(allowed.contains(&dependency.as_str()), "{name} uses {dependency}");
        }
    }
}

#[test]
fn fenced_libraries_stay_behind_their_fence() {
    for (name, dependencies) in packages() {
        for (library, allowed) in FENCES {
            let uses = dependencies.contains(*library);
            assert!(!uses || allowed.contains(&name.as_str()), "{name} uses {library}");
        }
    }
}

#[test]
fn the_top_level_is_as_it_should_be() {
    let expected: BTreeSet<&str> =
        ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "crates", "data", "plugins", "tests"]
            .into();
    let built = ["target"];
    let found =
        fs::read_dir(repository()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<String> =
        found.filter(|n| !n.starts_with('.') && !built.contains(&n.as_str())).collect();
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let mut files = Vec::new();
    for folder in ["crates", "plugins", "tests"] {
        sources(&repository().join(folder), &mut files);
    }
    assert!(files.len() > 50, "{} files", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} opens without `//!`", file.display());
    }
}

/// The crates' page names every crate, so that it cannot fall behind.
#[test]
fn the_architecture_page_names_every_crate() {
    let page = fs::read_to_string(repository().join("crates/ARCHITECTURE.md")).unwrap();
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}
