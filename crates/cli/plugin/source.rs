//! What a plugin brings, as a source: read to its end, hashed, and not stored before it ended well.

use super::broker::CommandBroker;
use super::trust::Trusted;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::gather::short;
use crate::progress::{Watched, bytes};
use haggle_evidence::{
    Account, BatchError, Diagnostic, Import, ImportError, Importer, ImporterIdentity, InputFacts,
    Locator, PluginFacts, RecordBatch, Severity, Sink, SinkError, SourceFacts,
};
use haggle_fetch::{Address, Mode, is_secret};
use haggle_plugin_host::digest::Digest;
use haggle_plugin_host::grants::Consent;
use haggle_plugin_host::inspect::hash;
use haggle_plugin_host::manifest::Manifest;
use haggle_plugin_host::schema::Wrong;
use haggle_plugin_host::{Fault, FaultKind, Grant, Kind, Limits, Outcome, Plugin, Run};
use haggle_store::{SetAside, SourceKey, StoreImportError};
use serde_json::Value;
use std::path::Path;

/// The key of a script's configuration that names what it reads.
const INPUT: &str = "input";

/// Rows that a plugin brought, which are no part yet.
pub(crate) struct Brought {
    /// The rows.
    pub(crate) aside: SetAside,
    /// Which they are: their hash, and where they come from.
    pub(crate) key: SourceKey,
}

/// The name under which a plugin reads, in the place of a recipe's.
pub(crate) fn recipe(name: &str) -> String {
    format!("plugin-{name}")
}

/// Runs a plugin and sets aside what it brings. `config` is a JSON object, `location` what the
/// source is called.
pub(crate) fn bring(
    trusted: &Trusted,
    config: &str,
    location: &str,
    mode: Mode,
    context: &Context,
) -> Result<Brought, Failure> {
    let importer = PluginImporter::new(trusted, config, mode, context)?;
    let mut watched = Watched::new(importer, location, context);
    let aside = context.store.set_aside(&mut watched);
    let importer = watched.into_inner();
    match (aside, importer.failure) {
        (Err(StoreImportError::Import(_)), Some(failure)) => Err(failure),
        (Err(error), _) => Err(Failure::import(location, &error)),
        (Ok(aside), _) => {
            let (sha256, size) = importer.digest.finish();
            let retrieved = importer.broker.retrieved;
            let key = SourceKey { sha256, size, location: location.to_owned(), retrieved };
            Ok(Brought { aside, key })
        }
    }
}

/// Whether what a plugin is told is what its manifest says that it takes; asked before it starts.
/// `place` is where it was said.
pub(crate) fn refuse_config(manifest: &Manifest, config: &str, place: &str) -> Result<(), Failure> {
    let schema = manifest.schema().map_err(|e| Failure::new(e.to_string()))?;
    let config: serde_json::Value =
        serde_json::from_str(config).map_err(|e| Failure::new(format!("{place}: no JSON: {e}")))?;
    let name = &manifest.name;
    if let Some(key) = secret_in(&config) {
        return Err(Failure::new(format!(
            "{place}: plugin `{name}`: `{key}` is called as secrets are, expected none: what a plugin is told is stored and shown"
        ))
        .help("a secret is set as HAGGLE_SECRET_NAME, asked for in the manifest and sent as `{secret:NAME}` in a header"));
    }
    let wrong = schema.check(&config);
    let Some(first) = wrong.first() else { return Ok(()) };
    let said = |w: &Wrong| format!("{place}: plugin `{name}`: `{}`: {}", w.place, w.why);
    let mut failure = Failure::new("").help(&first.help);
    failure.messages = wrong.iter().map(said).collect();
    Err(failure)
}

/// The first key, or address, that holds a secret.
fn secret_in(config: &Value) -> Option<String> {
    let said = |value: &Value| !matches!(value, Value::Null | Value::Bool(_)) && *value != "";
    match config {
        Value::Object(members) => members.iter().find_map(|(key, value)| {
            // The key of a series is none of a house.
            let secret = said(value) && is_secret(key) && !key.eq_ignore_ascii_case("key");
            if secret { Some(key.clone()) } else { secret_in(value) }
        }),
        Value::Array(all) => all.iter().find_map(secret_in),
        Value::String(text) if Address::is_meant(text) => {
            let shown = Address::parse(text).map_or_else(|e| e.place, |a| a.to_string());
            (shown.contains("***") && !text.contains("***")).then_some(shown)
        }
        _ => None,
    }
}

/// A plugin as an importer.
struct PluginImporter<'a> {
    trusted: &'a Trusted,
    config: &'a str,
    identity: ImporterIdentity,
    grant: Grant,
    broker: CommandBroker<'a>,
    context: &'a Context,
    digest: Digest,
    /// Why it came to nothing, with its exit code.
    failure: Option<Failure>,
}

impl<'a> PluginImporter<'a> {
    fn new(
        trusted: &'a Trusted,
        config: &'a str,
        mode: Mode,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let manifest = &trusted.inspection.manifest;
        // The same on every platform: which file ran is in the facts.
        let what = format!("{} {} {} {config}", manifest.name, manifest.version, manifest.abi());
        let identity = ImporterIdentity {
            recipe: recipe(&manifest.name),
            recipe_hash: hash(what.as_bytes()),
            importer: haggle_plugin_host::manifest::ABI.major,
        };
        let grant = grant(&trusted.consent).map_err(Failure::new)?;
        let broker = CommandBroker::new(&trusted.consent, &grant.limits, mode, context);
        let digest = Digest::default();
        Ok(Self { trusted, config, identity, grant, broker, context, digest, failure: None })
    }

    fn once(&mut self, sink: &mut dyn Sink) -> Result<Import, Failure> {
        let Trusted { content, inspection, consent } = self.trusted;
        let plugin = Plugin::of(inspection, content.bytes.clone());
        let input = match inspection.kind {
            Kind::Library => None,
            Kind::Script => of_script(consent, self.config)?,
        };
        let input = input.as_deref();
        let interrupt = self.context.network.interrupt()?;
        let cancel = interrupt.stop();
        let request = format!("{{\"config\":{}}}", self.config);
        let grant = &self.grant;
        let run = Run { plugin: &plugin, grant, request: &request, input, cancel: &cancel };
        let mut hashing = Hashing { digest: &mut self.digest, sink, wrong: None };
        let broker = &mut self.broker;
        let done = interrupt.during(|| haggle_plugin_host::run(&run, broker, &mut hashing));
        let wrong = hashing.wrong.take();
        let outcome = done.map_err(|fault| self.failed(&fault, wrong.as_ref()))?;
        if !outcome.log.is_empty() {
            self.context.detail(&quoted(plugin.name(), &outcome.log));
        }
        Ok(import(&facts(self.trusted, self.config, &outcome), &self.digest))
    }

    /// A fault with the exit code of whoever is to blame.
    fn failed(&mut self, fault: &Fault, wrong: Option<&BatchError>) -> Failure {
        if let Some(failure) = self.broker.failure.take() {
            return failure;
        }
        let name = &self.trusted.inspection.manifest.name;
        if !fault.log.is_empty() {
            self.context.talk(&quoted(name, &fault.log));
        }
        let message = match wrong {
            Some(error) => format!("plugin `{name}`: {error}"),
            None => fault.message.clone(),
        };
        let failure = Failure::new(format!("{message} [E0401]")).help(&fault.help);
        Failure { exit: if wrong.is_some() { exit::MISBEHAVED } else { blame(fault) }, ..failure }
    }
}

/// What a plugin wrote, so that no line of it can be taken for one of ours.
fn quoted(name: &str, log: &str) -> String {
    let lines = log.trim_end().lines().map(|line| format!("  | {line}\n"));
    format!("{name} says:\n{}", lines.collect::<String>())
}

/// A failure that a plugin reports in order is no misbehaviour.
fn blame(fault: &Fault) -> u8 {
    match fault.kind {
        FaultKind::Cancelled => exit::INTERRUPTED,
        _ if fault.is_misbehaviour() => exit::MISBEHAVED,
        _ => exit::FAILED,
    }
}

impl Importer for PluginImporter<'_> {
    fn identity(&self) -> &ImporterIdentity {
        &self.identity
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        self.once(sink).map_err(|failure| {
            let message = failure.messages.join("; ");
            self.failure = Some(failure);
            ImportError::source("E0401", Locator::default(), message)
        })
    }
}

/// Hands rows on and hashes them.
struct Hashing<'a> {
    digest: &'a mut Digest,
    sink: &'a mut dyn Sink,
    wrong: Option<BatchError>,
}

impl Sink for Hashing<'_> {
    fn accept(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        if let Err(error) = self.digest.push(&batch) {
            let said = SinkError(error.to_string());
            self.wrong = Some(error);
            return Err(said);
        }
        self.sink.accept(batch)
    }
}

/// What a script reads on its standard input: what its configuration names, else the one thing that
/// was allowed, if anything was.
fn of_script(consent: &Consent, config: &str) -> Result<Option<String>, Failure> {
    let name = &consent.name;
    let config: serde_json::Value = serde_json::from_str(config)
        .map_err(|e| Failure::new(format!("plugin `{name}`: its configuration is no JSON: {e}")))?;
    if let Some(named) = config.get(INPUT).and_then(serde_json::Value::as_str) {
        return Ok(Some(named.to_owned()));
    }
    let all: Vec<String> = addresses(consent).collect();
    match all.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let message = format!(
                "plugin `{name}`: a script reads one input, and it may read {}",
                several.join(", ")
            );
            Err(Failure::new(message).help("say which: `input` in its configuration"))
        }
    }
}

/// What a plugin may open, each under its whole address.
fn addresses(consent: &Consent) -> impl Iterator<Item = String> {
    let inputs = consent.inputs.iter().filter_map(|input| match input.as_str() {
        "file" => None,
        "stdin" => Some(super::broker::STDIN.to_owned()),
        url => Some(url.to_owned()),
    });
    inputs.chain(consent.files.iter().map(|file| format!("file://{file}")))
}

/// What the user allows, as the run takes it.
pub(super) fn grant(consent: &Consent) -> Result<Grant, String> {
    let usual = Limits::default();
    let wishes = &consent.limits;
    let name = |file: &String| Path::new(file).file_name()?.to_str().map(str::to_owned);
    let names = consent.files.iter().filter_map(name);
    let names = names.map(|name| format!("{}{name}", super::broker::FILE));
    Ok(Grant {
        inputs: addresses(consent).chain(names).collect(),
        secrets: consent.secrets().into_iter().map(|s| s.name).collect(),
        limits: Limits {
            memory_mb: wishes.memory_mb.unwrap_or(usual.memory_mb),
            wall_seconds: wishes.wall_s.unwrap_or(usual.wall_seconds),
            idle_seconds: wishes.idle_s.unwrap_or(usual.idle_seconds),
            rows: wishes.rows.unwrap_or(usual.rows),
            output_mb: wishes.output_mb.unwrap_or(usual.output_mb),
            ..usual
        },
        level: consent.level.parse()?,
    })
}

fn facts(trusted: &Trusted, config: &str, outcome: &Outcome) -> PluginFacts {
    let Trusted { content, inspection, .. } = trusted;
    let input = |i: &haggle_plugin_host::InputRecord| InputFacts {
        uri: public(&i.uri),
        size: i.bytes,
        sha256: i.sha256.clone(),
        complete: i.complete,
        range: i.options.range.map(|(first, last)| {
            format!("{first}-{}", last.map_or(String::new(), |last| last.to_string()))
        }),
        headers: i.options.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
    };
    PluginFacts {
        name: inspection.manifest.name.clone(),
        version: inspection.manifest.version.clone(),
        sha256: content.sha256.clone(),
        abi: inspection.manifest.abi().to_string(),
        level: outcome.level.to_string(),
        config: config.to_owned(),
        inputs: outcome.inputs.iter().map(input).collect(),
    }
}

/// An address without its secrets.
fn public(uri: &str) -> String {
    match Address::is_meant(uri).then(|| Address::parse(uri)) {
        Some(Ok(address)) => address.to_string(),
        _ => uri.to_owned(),
    }
}

/// The account: a plugin hands over rows and nothing else, so none is rejected or passed over.
fn import(plugin: &PluginFacts, digest: &Digest) -> Import {
    let rows = digest.rows();
    let mut account = Account::default();
    (account.read, account.imported) = (rows, rows);
    (account.mapped, account.observations) = (rows, rows);
    let name = format!("{} {}", plugin.name, plugin.version);
    let assumption = format!(
        "what plugin {name} states of its source is taken as it stands; no recipe of haggle read it"
    );
    let facts = SourceFacts {
        name,
        assumptions: vec![assumption],
        plugin: Some(plugin.clone()),
        ..SourceFacts::default()
    };
    let nothing = (rows == 0).then(|| Diagnostic {
        code: "W0102",
        severity: Severity::Warning,
        place: Locator::default(),
        message: "the plugin ended well and brought no row".to_owned(),
        help: Some("look at what it is told, and at what it read".to_owned()),
    });
    Import { facts, account, diagnostics: nothing.into_iter().collect() }
}

/// What ran and what it was given to read, on one line.
pub(crate) fn ran(facts: &PluginFacts) -> String {
    let input = |i: &InputFacts| {
        let range = i.range.as_ref().map_or(String::new(), |range| format!(", bytes {range}"));
        let headers: String = i.headers.iter().map(|h| format!(", with `{h}`")).collect();
        let cut = if i.complete { "" } else { ", not to its end" };
        let (size, hash) = (bytes(i.size), short(&i.sha256));
        format!("{} ({size}, {hash}{range}{headers}{cut})", i.uri)
    };
    let inputs: Vec<String> = facts.inputs.iter().map(input).collect();
    let read = if inputs.is_empty() { "nothing".to_owned() } else { inputs.join("; ") };
    format!(
        "{} {} ({}), interface {}, confined `{}`, read {read}",
        facts.name,
        facts.version,
        short(&facts.sha256),
        facts.abi,
        facts.level
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_plugin_host::{Level, Status};

    #[test]
    fn secrets_are_not_told() {
        for (config, key) in [
            (r#"{"url":"https://a.example/x","key":"A.B","rows":3,"token":""}"#, None),
            (r#"{"api_key":"hunter2"}"#, Some("api_key")),
            (r#"{"a":[{"Password":1}]}"#, Some("Password")),
            (r#"{"url":"https://a.example/?token=abc"}"#, Some("https://a.example/?token=***")),
            (r#"{"url":"https://me:pw@a.example/"}"#, Some("https://***@a.example/")),
        ] {
            let found = secret_in(&serde_json::from_str(config).unwrap());
            assert_eq!(found.as_deref(), key, "{config}");
        }
    }

    #[test]
    fn a_plugin_has_no_line_of_its_own() {
        let said = quoted("x", "note: read\nerror: the store is damaged\n  help: rm -rf\n\n");
        assert_eq!(
            said,
            "x says:\n  | note: read\n  | error: the store is damaged\n  |   help: rm -rf\n"
        );
    }

    #[test]
    fn whoever_is_to_blame_decides_the_exit_code() {
        let confinement = FaultKind::Confinement { found: Level::Process, required: Level::Full };
        for (kind, code) in [
            (FaultKind::Signal(11), 6),
            (FaultKind::Exit(0), 6),
            (FaultKind::Wall, 6),
            (FaultKind::Threads, 6),
            (FaultKind::Output, 6),
            (FaultKind::Data, 6),
            (FaultKind::Unfinished, 6),
            (FaultKind::Reported(Status::Panic), 6),
            (FaultKind::Reported(Status::Data), 1),
            (FaultKind::Reported(Status::NotFound), 1),
            (FaultKind::Reported(Status::Config), 1),
            (confinement, 1),
            (FaultKind::Host, 1),
            (FaultKind::Sink, 1),
            (FaultKind::Cancelled, 130),
        ] {
            let [message, help, log] = [const { String::new() }; 3];
            assert_eq!(blame(&Fault { kind, message, help, log }), code, "{kind:?}");
        }
    }
}
