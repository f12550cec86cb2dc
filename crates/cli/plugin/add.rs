//! `plugin add`: shows what a plugin is and asks for, and writes down that the user allows it.

use super::look::{content, described};
use super::places::{self, of_grants, places};
use super::trust::{ALLOW_SCRIPT, Trusted, fitting, pin_of};
use crate::args::{PluginAdd, PluginLevel};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::short;
use crate::lock::Lock;
use haggle_plugin_host::find::{self, name_of, plugin_name};
use haggle_plugin_host::grants::{Consent, Grants};
use haggle_plugin_host::inspect::Inspection;
use haggle_plugin_host::manifest::{Wishes, check_input};
use haggle_plugin_host::{Grant, Kind, Level, file};
use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

pub(super) fn run(args: &PluginAdd, context: &Context) -> Result<u8, Failure> {
    let content = content(&args.what, context)?;
    let inspection = fitting(&content)?;
    let consent = narrowed(args, &inspection)?;
    let path = places::grants_path()?;
    let earlier = Grants::read(&path).map_err(|e| of_grants(&e))?;
    context.data(&described(&content.path, &inspection, &consent))?;
    fits_kind(&inspection, args.allow_level)?;
    for old in earlier.named(&consent.name).filter(|old| old.sha256 != consent.sha256) {
        let version = &old.version;
        context.talk(&format!("it takes the place of {version}, {}\n", short(&old.sha256)));
    }
    if !args.yes && !agreed()? {
        return Err(Failure::new(format!("plugin `{}` was not added", consent.name)));
    }
    let trusted = Trusted { content, inspection, consent };
    keep(&trusted, context)?;
    let allowed = trusted.consent.clone();
    Grants::change(&path, |grants| grants.allow(allowed)).map_err(|e| of_grants(&e))?;
    context.talk(&format!("added `{}`; {} says so\n", trusted.consent.name, path.display()));
    if let Some(deal) = &args.deal {
        pin(&trusted, deal, context)?;
    }
    Ok(exit::FINE)
}

fn pin(trusted: &Trusted, deal: &Path, context: &Context) -> Result<(), Failure> {
    let mut lock = Lock::beside(deal)?;
    lock.set_plugin(pin_of(trusted));
    lock.save().map_err(|e| Failure::io(lock.path(), "cannot write", &e))?;
    context.talk(&format!("pinned in {}\n", lock.path().display()));
    Ok(())
}

/// Asks on a terminal; elsewhere there is nobody to ask.
fn agreed() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage("nobody can be asked here whether it may run").help(
            "read what it asks for, then `--yes`; `--input`, `--secret` and so on allow less",
        ));
    }
    let answer = ask(&mut io::stdin().lock(), &mut io::stderr().lock());
    answer.map_err(|e| Failure::io(Path::new("the terminal"), "cannot ask", &e))
}

/// Whether somebody says yes; everything else is no.
fn ask(input: &mut impl BufRead, talk: &mut impl Write) -> io::Result<bool> {
    write!(talk, "Nothing of it was run. Allow it? [y/N] ")?;
    talk.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// What the user allows: all that it asks for, or less.
fn narrowed(args: &PluginAdd, inspection: &Inspection) -> Result<Consent, Failure> {
    let mut consent = Consent::asked(inspection);
    if args.no_input || !args.input.is_empty() {
        args.input.iter().try_for_each(|input| refuse_wider(input, &consent.inputs))?;
        consent.inputs.clone_from(&args.input);
    }
    // A secret goes nowhere where nothing is read.
    consent.secrets = consent.secrets().iter().map(|s| format!("{}@{}", s.name, s.host)).collect();
    if args.no_secret || !args.secret.is_empty() {
        let name = |secret: &String| secret.split('@').next().unwrap_or("").to_owned();
        let asked: Vec<String> = consent.secrets.iter().map(name).collect();
        if let Some(other) = args.secret.iter().find(|s| !asked.contains(s)) {
            return Err(Failure::usage(format!("--secret {other}: it does not ask for that"))
                .help(format!("it asks for {}", list(&asked))));
        }
        consent.secrets.retain(|secret| args.secret.contains(&name(secret)));
    }
    consent.files = files(args, &consent)?;
    args.cap.iter().try_for_each(|cap| set_cap(&mut consent.limits, cap))?;
    if inspection.kind == Kind::Library {
        consent.level = level(args.allow_level).to_string();
    }
    Ok(consent)
}

/// A level as it is granted.
pub(super) fn level(level: PluginLevel) -> Level {
    match level {
        PluginLevel::Full => Level::Full,
        PluginLevel::Reduced => Level::Reduced,
        PluginLevel::Process => Level::Process,
        PluginLevel::Script => Level::Script,
    }
}

/// The level for scripts is theirs alone, and has to be allowed by its name.
pub(super) fn fits_kind(inspection: &Inspection, allowed: PluginLevel) -> Result<(), Failure> {
    let name = &inspection.manifest.name;
    match (inspection.kind, level(allowed)) {
        (Kind::Script, Level::Script) => Ok(()),
        (Kind::Library, Level::Script) => {
            Err(Failure::usage(format!("{ALLOW_SCRIPT}: `{name}` is a library"))
                .help("leave it out: a library is confined better"))
        }
        (Kind::Library, _) => Ok(()),
        (Kind::Script, _) => Err(Failure::usage(format!(
            "`{name}` is a script, and scripts are off: found level `{}`, expected `script`",
            level(allowed)
        ))
        .help(format!("read it, and say `{ALLOW_SCRIPT}` if it may run"))),
    }
}

fn refuse_wider(input: &str, asked: &[String]) -> Result<(), Failure> {
    check_input(input).map_err(|why| Failure::usage(format!("--input: {why}")))?;
    let wide = Grant { inputs: asked.to_vec(), ..Grant::default() };
    if wide.covers(input) {
        return Ok(());
    }
    Err(Failure::usage(format!("--input {input}: it does not ask for that"))
        .help(format!("it asks for {}", list(asked))))
}

fn list(all: &[String]) -> String {
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

/// The files that it may read, as they are called wherever one stands.
fn files(args: &PluginAdd, consent: &Consent) -> Result<Vec<String>, Failure> {
    if !args.file.is_empty() && !consent.inputs.iter().any(|input| input == "file") {
        return Err(Failure::usage("--file: it does not ask for files"));
    }
    let absolute = |named: &std::path::PathBuf| {
        let path = fs::canonicalize(named).map_err(|e| Failure::io(named, "cannot open", &e))?;
        file::exactly(&path).map_err(|e| Failure::io(&path, "cannot be allowed", &e))?;
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| Failure::new(format!("{}: its name is not UTF-8", path.display())))
    };
    args.file.iter().map(absolute).collect()
}

pub(super) fn set_cap(limits: &mut Wishes, text: &str) -> Result<(), Failure> {
    let wrong = || {
        Failure::usage(format!("--cap: found `{text}`, expected a name and a number above 0"))
            .help("memory_mb, wall_s, idle_s, rows, output_mb, as in `--cap memory_mb=256`")
    };
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let slot = match name.trim() {
        "memory_mb" => &mut limits.memory_mb,
        "wall_s" => &mut limits.wall_s,
        "idle_s" => &mut limits.idle_s,
        "rows" => &mut limits.rows,
        "output_mb" => &mut limits.output_mb,
        _ => return Err(wrong()),
    };
    *slot = Some(value.trim().parse().ok().filter(|v| *v > 0).ok_or_else(wrong)?);
    Ok(())
}

/// Copies the bytes that were shown into the user's folder, unless they are found by name already.
fn keep(trusted: &Trusted, context: &Context) -> Result<(), Failure> {
    let Trusted { content, inspection, consent } = trusted;
    let name = consent.name.as_str();
    let places = places(None, context);
    let found = find::find(&places, name, Some(&content.sha256));
    if found.is_ok_and(|found| found.is_some_and(|f| f.sha256 == content.sha256)) {
        return Ok(());
    }
    let folder = places::users().ok_or_else(|| {
        Failure::new("there is no folder of your own for plugins")
            .help("set XDG_DATA_HOME, or put the file into a folder that `--plugin-dir` names")
    })?;
    let other = match inspection.kind {
        Kind::Library => Kind::Script,
        Kind::Script => Kind::Library,
    };
    let [path, other] = [inspection.kind, other].map(|kind| folder.join(name_of(kind, name)));
    if other.exists() {
        let message = format!("{}: a plugin of the same name, of the other kind", other.display());
        return Err(Failure::new(message).help("remove it first, or give this one another name"));
    }
    debug_assert_eq!(plugin_name(&path), Some(name));
    private(&folder).map_err(|e| Failure::io(&folder, "cannot create", &e))?;
    crate::whole::write(&path, &content.bytes)
        .map_err(|e| Failure::io(&path, "cannot write", &e))?;
    context.talk(&format!("copied to {}\n", path.display()));
    Ok(())
}

#[cfg(unix)]
fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o755).create(folder)
}

#[cfg(not(unix))]
fn private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_less() {
        let asked = ["https://a.example/x".to_owned(), "https://b.example/".to_owned()];
        for (input, fine) in [
            ("https://a.example/x", true),
            ("https://a.example/x/y", true),
            ("https://a.example/x?y", true),
            ("https://a.example/xyz", false),
            ("https://a.example/", false),
            ("https://b.example/deep/er/", true),
            ("https://b.example.evil/", false),
            ("file", false),
        ] {
            assert_eq!(refuse_wider(input, &asked).is_ok(), fine, "{input}");
        }
    }

    #[test]
    fn only_yes_is_yes() {
        for (answer, yes) in [
            ("y\n", true),
            (" Yes \n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yesterday\n", false),
            ("no\ny\n", false),
        ] {
            let mut talk = Vec::new();
            assert_eq!(ask(&mut answer.as_bytes(), &mut talk).unwrap(), yes, "{answer}");
            assert!(talk.ends_with(b"[y/N] "));
        }
    }
}
