//! `plugin list`, `remove`, `verify`: what lies in the plugin folders and what the user allows of it.

use super::places::{self, grants, of_grants, places};
use super::trust::{adding, fitting};
use crate::args::ListFormat;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::short;
use haggle_plugin_host::find::{self, Found};
use haggle_plugin_host::grants::{Consent, Grants};
use serde_json::json;
use std::collections::BTreeSet;

/// A plugin and how it stands.
struct Entry {
    name: String,
    /// `ready`, `found, not added`, `changed`, `refused`, `gone`.
    state: &'static str,
    version: Option<String>,
    sha256: Option<String>,
    path: Option<String>,
    /// What is wrong, if anything is.
    why: Option<String>,
}

const READY: &str = "ready";
const FOUND: &str = "found, not added";

pub(super) fn run(format: ListFormat, context: &Context) -> Result<u8, Failure> {
    let entries = entries(context)?;
    if entries.is_empty() {
        let folder = places::users().map_or(String::new(), |f| format!(" in {}", f.display()));
        context.talk(&format!("no plugin is there yet; a file{folder} is found\n"));
    }
    let text = match format {
        ListFormat::Text => entries.iter().map(Entry::line).collect(),
        ListFormat::Json => {
            let all: Vec<_> = entries.iter().map(Entry::json).collect();
            format!("{:#}\n", serde_json::Value::Array(all))
        }
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

/// Fails if anything that was added is no longer what it was.
pub(super) fn verify(context: &Context) -> Result<u8, Failure> {
    let mut entries = entries(context)?;
    entries.retain(|entry| entry.state != FOUND);
    context.data(&entries.iter().map(Entry::line).collect::<String>())?;
    let sound = entries.iter().all(|entry| entry.state == READY);
    Ok(if sound { exit::FINE } else { exit::FAILED })
}

pub(super) fn remove(which: &[String], context: &Context) -> Result<u8, Failure> {
    let grants = grants()?;
    let mut gone: Vec<Consent> = Vec::new();
    for wanted in which {
        let digits = wanted.len() >= 6 && wanted.bytes().all(|b| b.is_ascii_hexdigit());
        let meant = |c: &&Consent| {
            c.name == *wanted || (digits && c.sha256.starts_with(&wanted.to_lowercase()))
        };
        let matching: Vec<&Consent> = grants.iter().filter(meant).collect();
        if matching.is_empty() {
            return Err(Failure::new(format!("no plugin `{wanted}` was added"))
                .help("`haggle plugin list` lists what is there"));
        }
        gone.extend(matching.into_iter().cloned());
    }
    let take_back = |grants: &mut Grants| {
        for consent in &gone {
            grants.take_back(&consent.sha256);
        }
    };
    Grants::change(&places::grants_path()?, take_back).map_err(|e| of_grants(&e))?;
    for consent in &gone {
        let hash = short(&consent.sha256);
        context.talk(&format!("`{}` ({hash}) may no longer run; its file stays\n", consent.name));
    }
    Ok(exit::FINE)
}

/// Everything in the folders in the order of the search, then what was added and is not there.
fn entries(context: &Context) -> Result<Vec<Entry>, Failure> {
    let grants = grants()?;
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for found in find::list(&places(None, context)) {
        all.push(match found {
            Ok(found) => {
                // What lies behind another of its name is never meant.
                if !seen.insert(found.name.clone()) {
                    continue;
                }
                of_file(&found, &grants)
            }
            Err(refused) => Entry {
                name: find::plugin_name(&refused.path).unwrap_or("-").to_owned(),
                state: "refused",
                version: None,
                sha256: None,
                path: Some(refused.path.display().to_string()),
                why: Some(format!("{}; {}", refused.why, refused.help)),
            },
        });
    }
    let lost = |c: &&Consent| !all.iter().any(|e: &Entry| e.name == c.name);
    let lost: Vec<Entry> = grants.iter().filter(lost).map(gone).collect();
    Ok(all.into_iter().chain(lost).collect())
}

fn gone(consent: &Consent) -> Entry {
    Entry {
        name: consent.name.clone(),
        state: "gone",
        version: Some(consent.version.clone()),
        sha256: Some(consent.sha256.clone()),
        path: None,
        why: Some("it was added, and its file is not there".to_owned()),
    }
}

fn of_file(found: &Found, grants: &Grants) -> Entry {
    let path = Some(found.path.display().to_string());
    let name = found.name.clone();
    let refused = |sha256, why| Entry {
        name: name.clone(),
        state: "refused",
        version: None,
        sha256,
        path: path.clone(),
        why: Some(why),
    };
    let content = match find::read(&found.path) {
        Ok(content) => content,
        Err(e) => return refused(None, format!("{}; {}", e.why, e.help)),
    };
    let sha256 = Some(content.sha256.clone());
    let inspection = match fitting(&content) {
        Ok(inspection) if inspection.manifest.name == name => inspection,
        Ok(inspection) => {
            return refused(sha256, format!("it calls itself `{}`", inspection.manifest.name));
        }
        Err(failure) => return refused(sha256, failure.messages.join("; ")),
    };
    let earlier = grants.named(&name).next().map(|c| short(&c.sha256).to_owned());
    let add = adding(&name, inspection.kind);
    let (state, why) = match (grants.of(&content.sha256), earlier) {
        (Some(_), _) => (READY, None),
        (None, Some(old)) => ("changed", Some(format!("{old} was added; `{add}` looks at it"))),
        (None, None) => (FOUND, Some(format!("`{add}` looks at it"))),
    };
    Entry { name, state, version: Some(inspection.manifest.version), sha256, path, why }
}

impl Entry {
    fn line(&self) -> String {
        let version = self.version.as_deref().unwrap_or("-");
        let sha256 = self.sha256.as_deref().map_or("-", short);
        let path = self.path.as_deref().unwrap_or("");
        let why = self.why.as_ref().map_or(String::new(), |why| format!("    {why}\n"));
        format!("{:<20} {:<16} {version:<10} {sha256:<12}  {path}\n{why}", self.name, self.state)
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "name": self.name,
            "state": self.state,
            "version": self.version,
            "sha256": self.sha256,
            "path": self.path,
            "why": self.why,
        })
    }
}
