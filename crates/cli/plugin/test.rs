//! `plugin test`: the conformance kit with something to read. What is tested runs confined and
//! sees the inputs that are given here, and nothing else: no network, no file, no secret.

use super::add::{fits_kind, level, set_cap};
use super::look::content;
use crate::args::PluginTest;
use crate::context::Context;
use crate::failure::{Failure, exit};
use haggle_plugin_host::conformance::{Check, Subject, Verdict, test};
use haggle_plugin_host::grants::Consent;
use haggle_plugin_host::inspect::{Inspection, inspect};
use haggle_plugin_host::{Grant, Kind, Limits, Plugin};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(super) fn run(args: &PluginTest, context: &Context) -> Result<u8, Failure> {
    let content = content(&args.what, context)?;
    let inspection = inspect(&content.bytes)
        .map_err(|e| Failure::new(format!("{}: {e}", content.path.display())))?;
    fits_kind(&inspection, args.allow_level)?;
    let manifest = &inspection.manifest;
    let plugin = Plugin::of(&inspection, content.bytes);
    let level = level(args.allow_level).to_string();
    // Nobody is asked here, so no more is given than usual, whatever its manifest asks for.
    let mut limits = manifest.limits.at_most(&Limits::default());
    args.cap.iter().try_for_each(|cap| set_cap(&mut limits, cap))?;
    let asked = Consent { inputs: Vec::new(), level, limits, ..Consent::asked(&inspection) };
    // The names of its secrets are all there is of them: nobody is asked, so none is sent.
    let secrets = manifest.secrets().into_iter().map(|secret| secret.name).collect();
    let grant = super::source::grant(&asked).map_err(Failure::new)?;
    let grant = Grant { secrets, ..grant };
    let inputs = inputs(&args.input)?;
    if inspection.kind == Kind::Script && inputs.len() > 1 {
        return Err(Failure::usage("--input: a script reads one input, on its standard input"));
    }
    let config = config(&args.config)?;
    super::refuse_config(manifest, &config, "--config")
        .map_err(|failure| Failure { exit: exit::USAGE, ..failure })?;
    let golden = args.golden.as_deref();
    let subject = Subject {
        plugin: &plugin,
        inspection: &inspection,
        grant: &grant,
        config: &config,
        inputs: &inputs,
        golden,
    };
    let checks = test(&subject);
    let text = if args.json { as_json(&inspection, &checks) } else { table(&inspection, &checks) };
    context.data(&text)?;
    let sound = checks.iter().all(|check| check.verdict != Verdict::Failed);
    Ok(if sound { exit::FINE } else { exit::MISBEHAVED })
}

fn inputs(stated: &[String]) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let read = |text: &String| {
        // An address may hold `=`, and so may a file; the last one divides.
        let (uri, file) = text.rsplit_once('=').ok_or_else(|| {
            Failure::usage(format!("--input: found `{text}`, expected `URI=FILE`"))
        })?;
        let bytes = fs::read(file).map_err(|e| Failure::io(Path::new(file), "cannot open", &e))?;
        Ok((uri.to_owned(), bytes))
    };
    stated.iter().map(read).collect()
}

fn config(text: &str) -> Result<String, Failure> {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(map)) => Ok(serde_json::Value::Object(map).to_string()),
        Ok(other) => Err(Failure::usage(format!("--config: `{other}`, expected an object"))),
        Err(e) => Err(Failure::usage(format!("--config: no JSON: {e}"))),
    }
}

fn table(inspection: &Inspection, checks: &[Check]) -> String {
    let manifest = &inspection.manifest;
    let line = |c: &Check| format!("{:<8} {:<14} {}\n", c.verdict.as_str(), c.name, c.detail);
    let count = |verdict| checks.iter().filter(|c| c.verdict == verdict).count();
    format!(
        "plugin {} {}, interface {}\n{}{} passed, {} failed, {} skipped\n",
        manifest.name,
        manifest.version,
        manifest.abi(),
        checks.iter().map(line).collect::<String>(),
        count(Verdict::Passed),
        count(Verdict::Failed),
        count(Verdict::Skipped)
    )
}

fn as_json(inspection: &Inspection, checks: &[Check]) -> String {
    let check =
        |c: &Check| json!({"name": c.name, "verdict": c.verdict.as_str(), "detail": c.detail});
    let manifest = &inspection.manifest;
    let all = json!({
        "name": manifest.name,
        "version": manifest.version,
        "abi": manifest.abi().to_string(),
        "sha256": inspection.sha256,
        "conforms": checks.iter().all(|c| c.verdict != Verdict::Failed),
        "checks": checks.iter().map(check).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}
