//! From the name of a plugin to bytes that may run: its pin, its file, its hash, the user's consent
//! to that hash. Whatever does not fit is refused.

use super::places::{grants, inside, places};
use crate::context::Context;
use crate::failure::Failure;
use crate::gather::short;
use crate::lock::PluginPin;
use haggle_plugin_host::find::{self, Content, Refused};
use haggle_plugin_host::grants::Consent;
use haggle_plugin_host::inspect::{Inspection, inspect, this_platform};
use haggle_plugin_host::manifest::is_name;
use haggle_plugin_host::script::ANY_PLATFORM;
use haggle_plugin_host::{Kind, Level};
use std::path::Path;

/// How the level of scripts is allowed.
pub(super) const ALLOW_SCRIPT: &str = "--allow-level script";

/// A plugin that may run.
pub(crate) struct Trusted {
    /// Its bytes.
    pub(crate) content: Content,
    /// What can be told of them.
    pub(crate) inspection: Inspection,
    /// What the user allows them.
    pub(crate) consent: Consent,
}

/// The plugin of a name, for a deal in a folder if there is one.
pub(crate) fn trusted<'a>(
    name: &str,
    project: Option<(&Path, Option<&'a PluginPin>)>,
    context: &Context,
) -> Result<Trusted, Failure> {
    if !is_name(name) {
        return Err(Failure::new(format!(
            "`{name}` is no name of a plugin, expected lower-case letters, digits and dashes"
        ))
        .help("`haggle plugin list` lists what is there"));
    }
    let pin = project.and_then(|(_, pin)| pin);
    let hash = |pin: &'a PluginPin| {
        pin.sha256.get(&this_platform()).or_else(|| pin.sha256.get(ANY_PLATFORM))
    };
    let pinned = pin.and_then(hash).map(String::as_str);
    let places = places(project.map(|(folder, _)| folder), context);
    let content = find::find(&places, name, pinned).map_err(|e| refused(&e))?;
    let content = content.ok_or_else(|| missing(name, pinned))?;
    refuse_other_than_pinned(name, &content, pin, pinned)?;
    let inspection = fitting(&content)?;
    if inspection.manifest.name != name {
        let found = &inspection.manifest.name;
        let path = content.path.display();
        return Err(Failure::new(format!("{path}: it calls itself `{found}`, expected `{name}`"))
            .help(format!("call the file `{}`", find::name_of(inspection.kind, found))));
    }
    let in_project = project.is_some_and(|(folder, _)| content.path.starts_with(inside(folder)));
    // By its name alone it is not found outside of the project.
    let what = if in_project { content.path.display().to_string() } else { name.to_owned() };
    let consent = consent(name, &what, &content)?;
    refuse_other_level(name, &what, inspection.kind, &consent)?;
    Ok(Trusted { content, inspection, consent })
}

/// What a lock file says of a plugin that ran.
pub(crate) fn pin_of(trusted: &Trusted) -> PluginPin {
    let Inspection { sha256, manifest, platform, .. } = &trusted.inspection;
    PluginPin {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        abi: manifest.abi().to_string(),
        sha256: [(platform.clone(), sha256.clone())].into(),
    }
}

/// What can be told of a file that could run here.
pub(super) fn fitting(content: &Content) -> Result<Inspection, Failure> {
    let path = content.path.display();
    let inspection = inspect(&content.bytes).map_err(|e| Failure::new(format!("{path}: {e}")))?;
    let problems = inspection.problems_here();
    if problems.is_empty() {
        return Ok(inspection);
    }
    let mut failure = Failure::new("").help("build it again, or get the file for this system");
    failure.messages = problems.iter().map(|problem| format!("{path}: {problem}")).collect();
    Err(failure)
}

fn refuse_other_than_pinned(
    name: &str,
    content: &Content,
    pin: Option<&PluginPin>,
    pinned: Option<&str>,
) -> Result<(), Failure> {
    let Some(pin) = pin else { return Ok(()) };
    let message = match pinned {
        Some(pinned) if pinned == content.sha256 => return Ok(()),
        Some(pinned) => format!(
            "plugin `{name}`: haggle.lock says {pinned}, found {} in {}",
            content.sha256,
            content.path.display()
        ),
        None => {
            let version = &pin.version;
            let here = this_platform();
            format!("plugin `{name}`: haggle.lock pins {version}, but no file for {here}")
        }
    };
    let add = adding(name, content.kind());
    Err(Failure::not_as_locked(message)
        .help(format!("restore the file, or `{add} --deal DEAL` pins the one that is there")))
}

fn missing(name: &str, pinned: Option<&str>) -> Failure {
    let pinned = pinned.map_or(String::new(), |hash| format!(" (haggle.lock says {hash})"));
    Failure::new(format!("plugin `{name}`: no file of that name in the plugin folders{pinned}"))
        .help("`haggle plugin add FILE` brings one; `haggle plugin list` lists what is there")
}

/// The user's consent to exactly these bytes; `what` is how they are named to add them.
fn consent(name: &str, what: &str, content: &Content) -> Result<Consent, Failure> {
    let grants = grants()?;
    if let Some(consent) = grants.of(&content.sha256) {
        return Ok(consent.clone());
    }
    let path = content.path.display();
    let found = &content.sha256;
    let add = adding(what, content.kind());
    let help = format!("`{add}` shows what it is and asks for, and allows it");
    Err(match grants.named(name).next() {
        Some(earlier) => Failure::new(format!(
            "plugin `{name}`: the file has changed: {} was added, found {found} in {path}",
            earlier.sha256
        ))
        .help(help),
        None => Failure::new(format!(
            "plugin `{name}`: found in {path} ({}), and not added",
            short(found)
        ))
        .help(help),
    })
}

/// The level for scripts is theirs alone, whoever wrote another one down.
fn refuse_other_level(
    name: &str,
    what: &str,
    kind: Kind,
    consent: &Consent,
) -> Result<(), Failure> {
    let script = consent.level == Level::Script.as_str();
    if script == (kind == Kind::Script) {
        return Ok(());
    }
    let is = match kind {
        Kind::Script => "a script",
        Kind::Library => "a library",
    };
    let (level, add) = (&consent.level, adding(what, kind));
    Err(Failure::new(format!("plugin `{name}`: it is {is}, and allowed at level `{level}`"))
        .help(format!("`{add}` allows it at its own")))
}

/// The command that allows a plugin; a script's own level has to be named.
pub(super) fn adding(what: &str, kind: Kind) -> String {
    let level = match kind {
        Kind::Script => format!(" {ALLOW_SCRIPT}"),
        Kind::Library => String::new(),
    };
    format!("haggle plugin add {what}{level}")
}

pub(super) fn refused(refused: &Refused) -> Failure {
    Failure::new(refused.to_string()).help(&refused.help)
}
