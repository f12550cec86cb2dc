//! Brings the sources of a deal into the store and asks it for their comparables.

use crate::args::Pinned;
use crate::context::Context;
use crate::failure::Failure;
use crate::lock::{Lock, Pin};
use crate::moved;
use crate::plugin;
use crate::progress::Watched;
use crate::remote::{self, Remote, Wanted};
use haggle_evidence::{Importer, ImporterIdentity, Locator};
use haggle_fetch::Address;
use haggle_import::{FileImporter, Observer, Options, Recipe};
use haggle_negotiation::brief::{DiagnosticHead, InputHead, PluginHead, SourceHead, TallyHead};
use haggle_negotiation::deal::{Deal, Origin, Source};
use haggle_negotiation::market::{
    Adjuster, Comparables, SourceEvidence, excluded_by, standing_exclude,
};
use haggle_negotiation::parameter::Settings;
use haggle_negotiation::stats::weight::Grade;
use haggle_quantity::{Date, from_day_number};
use haggle_store::{Outcome, Part, PartMeta, Query, SourceKey, Store};
use std::path::{Path, PathBuf};

/// Which state of the world counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pinning {
    pub(crate) locked: bool,
    pub(crate) offline: bool,
    /// Whoever checks a report leaves the lock file alone: neither read nor written.
    pub(crate) aside: bool,
}

impl From<&Pinned> for Pinning {
    fn from(pinned: &Pinned) -> Self {
        Self { locked: pinned.locked, offline: pinned.offline, aside: false }
    }
}

/// The stored part of every source of a deal, in its order. Imports what is not stored yet and
/// keeps the lock file.
pub(crate) fn parts(
    deal: &Deal,
    file: &Path,
    pinning: Pinning,
    context: &Context,
) -> Result<Vec<Part>, Failure> {
    let mut lock = if pinning.aside { Lock::empty(file) } else { Lock::beside(file)? };
    let fetched = fetch_all(deal, file, pinning, &lock, context)?;
    let mut all = Vec::new();
    for (source, remote) in deal.sources.iter().zip(fetched) {
        let pin = pinned(source, &location(source), file, &lock)?.1;
        let part = match (&source.origin, remote) {
            (_, Some(remote)) => part_behind(source, &remote, file, pinning, &mut lock, context),
            _ => part_of(source, file, pinning, &mut lock, context),
        };
        let part = part?;
        let changed = pin.filter(|pin| pin.sha256 != part.meta.sha256);
        if let Some(old) = stored(changed.as_ref(), context)? {
            moved::tell(deal, source, [&old, &part], context)?;
        }
        all.push(part);
    }
    if !pinning.locked && !pinning.aside {
        keep(&lock, context);
    }
    Ok(all)
}

/// What the parts hold for the sources of a deal, one each, in its order.
pub(crate) fn evidence(
    deal: &Deal,
    parts: &[Part],
    context: &Context,
) -> Result<Vec<SourceEvidence>, Failure> {
    let each = |(source, part): (&Source, &Part)| {
        let found = comparables(deal, source, part, false, context)?;
        let mut evidence = source_evidence(part, &location(source), found);
        evidence.head.bases = bases(source, part, context)?;
        Ok(evidence)
    };
    deal.sources.iter().zip(parts).map(each).collect()
}

/// Id of each source of a deal and the hash of the recipe that read it, in the order of the deal.
pub(crate) fn recipes(deal: &Deal, parts: &[Part]) -> Vec<(String, String)> {
    let each =
        |(source, part): (&Source, &Part)| (source.id.clone(), part.meta.recipe_hash.clone());
    deal.sources.iter().zip(parts).map(each).collect()
}

/// The deal without the sources of its tender, and the parts of the sources that are left. Quotes are
/// offers to us and no market evidence, and what is the market of an item is none of the whole.
pub(crate) fn market(deal: &Deal, parts: &[Part]) -> (Deal, Vec<Part>) {
    let kept = |(source, _): &(&Source, &Part)| !is_of_tender(deal, source);
    let parts = deal.sources.iter().zip(parts).filter(kept).map(|(_, part)| part.clone());
    (without_tender(deal), parts.collect())
}

/// The deal without the sources of its tender.
pub(crate) fn without_tender(deal: &Deal) -> Deal {
    let mut market = deal.clone();
    market.sources.retain(|source| !is_of_tender(deal, source));
    market
}

/// Whether a source holds quotes, or the market of an item.
pub(crate) fn is_of_tender(deal: &Deal, source: &Source) -> bool {
    let items = deal.tender.iter().flat_map(|tender| &tender.items);
    let mut markets = items.filter_map(|item| item.market.as_ref());
    holds_quotes(deal, source) || markets.any(|market| market.source == source.id)
}

/// Whether a source holds quotes of the tender.
pub(crate) fn holds_quotes(deal: &Deal, source: &Source) -> bool {
    deal.tender.as_ref().is_some_and(|tender| tender.sources.contains(&source.id))
}

fn keep(lock: &Lock, context: &Context) {
    match lock.save() {
        Ok(true) => context.detail(&format!("wrote {}\n", lock.path().display())),
        Ok(false) => {}
        Err(e) => context.talk(&format!(
            "warning: {}: cannot write: {e}; the sources are not pinned\n",
            lock.path().display()
        )),
    }
}

/// What a stored part holds for a source of the deal: rows that meet its conditions and no
/// exclusion that names it or nobody, in the deal's units. `near` asks for near misses as well.
pub(crate) fn comparables(
    deal: &Deal,
    source: &Source,
    part: &Part,
    near: bool,
    context: &Context,
) -> Result<Comparables, Failure> {
    let mine = deal.excludes.iter().filter(|e| e.source.as_ref().is_none_or(|id| *id == source.id));
    let written = mine.map(|e| (e.conditions.clone(), excluded_by(&e.reason)));
    let query = Query {
        conditions: source.conditions.clone(),
        excludes: written.chain(standing_exclude(source)).collect(),
        near,
    };
    let settings = Settings::new(deal);
    let adjuster = Adjuster::new(
        deal,
        source,
        settings.number("trend_sensitivity"),
        settings.number("place_sensitivity"),
    );
    Ok(context.store.comparables(part, &query, &adjuster)?)
}

pub(crate) fn location(source: &Source) -> String {
    source.origin.location()
}

/// What the sources behind a URL give, all at a time; nothing for the others, and for those whose
/// pinned content is stored and whose server must not be asked.
fn fetch_all(
    deal: &Deal,
    file: &Path,
    pinning: Pinning,
    lock: &Lock,
    context: &Context,
) -> Result<Vec<Option<Remote>>, Failure> {
    let mut asked = Vec::new();
    for (i, source) in deal.sources.iter().enumerate() {
        let Origin::Url(text) = &source.origin else { continue };
        let address = Address::written(text).map_err(|e| Failure::fetch(&e))?;
        let (recipe, pin) = pinned(source, text, file, lock)?;
        if pinning.locked {
            must_be_pinned(text, pin.as_ref())?;
        }
        if !pinning.offline || stored(pin.as_ref(), context)?.is_none() {
            asked.push((i, Wanted { address, options: options(source, recipe) }));
        }
    }
    let mut all: Vec<Option<Remote>> = deal.sources.iter().map(|_| None).collect();
    if asked.is_empty() {
        return Ok(all);
    }
    let (places, wanted): (Vec<usize>, Vec<Wanted>) = asked.into_iter().unzip();
    let mode = context.network.mode(pinning.offline)?;
    for (i, remote) in places.into_iter().zip(remote::fetch(&wanted, mode, context)?) {
        all[i] = Some(remote?);
    }
    Ok(all)
}

/// Refuses what is no URL, and one with a secret in it: a deal file is copied into reports.
pub(crate) fn check_urls(deal: &Deal) -> Result<(), Failure> {
    deal.sources.iter().try_for_each(|source| match &source.origin {
        Origin::Url(text) => Address::written(text).map(drop).map_err(|e| Failure::fetch(&e)),
        _ => Ok(()),
    })
}

/// The recipe that a source names, and its pin.
fn pinned(
    source: &Source,
    location: &str,
    file: &Path,
    lock: &Lock,
) -> Result<(Option<Recipe>, Option<Pin>), Failure> {
    let recipe = source.recipe.as_deref().map(|r| find_recipe(r, file)).transpose()?;
    let pin = lock.pin(location, recipe.as_ref().map(Recipe::name), source.sheet.as_deref());
    let pin = pin.cloned();
    Ok((recipe, pin))
}

fn options(source: &Source, recipe: Option<Recipe>) -> Options {
    Options { recipe, vintage: source.vintage.clone(), sheet: source.sheet.clone(), name: None }
}

fn part_of(
    source: &Source,
    file: &Path,
    pinning: Pinning,
    lock: &mut Lock,
    context: &Context,
) -> Result<Part, Failure> {
    let (relative, path) = match &source.origin {
        Origin::Path(text) => (text, file.parent().unwrap_or(Path::new("")).join(text)),
        // What was not fetched is stored as it is pinned.
        Origin::Url(text) => {
            let (_, pin) = pinned(source, text, file, lock)?;
            return stored_only(text, pin.as_ref(), context);
        }
        Origin::Plugin { name, config } => {
            return part_brought(name, config, source, file, pinning, lock, context);
        }
    };
    let (recipe, pin) = pinned(source, relative, file, lock)?;
    if pinning.offline && !is_there(&path) {
        return stored_only(relative, pin.as_ref(), context);
    }
    if pinning.locked {
        let sha256 = hash(&path, true, &context.store)?.0;
        refuse_change(&sha256, relative, pin.as_ref())?;
    }
    let options = options(source, recipe);
    let part = import_file(&path, &options, pinning.locked, context)?.part().clone();
    let made = pin_of(&part, relative, None);
    compare_pins(relative, pin.as_ref(), &made, pinning.locked, context)?;
    lock.set(made);
    Ok(part)
}

/// The stored part of a source behind a URL that was fetched.
fn part_behind(
    source: &Source,
    remote: &Remote,
    file: &Path,
    pinning: Pinning,
    lock: &mut Lock,
    context: &Context,
) -> Result<Part, Failure> {
    let written = &location(source);
    let (recipe, pin) = pinned(source, written, file, lock)?;
    if pinning.locked {
        refuse_change(&remote.key.sha256, written, pin.as_ref())?;
    }
    let mut part = import_remote(remote, &options(source, recipe), context)?.part().clone();
    let mut made = pin_of(&part, written, Some(remote));
    if let Some(old) = pin.as_ref().filter(|old| old.sha256 == made.sha256) {
        // The same bytes are those that came first: a report made of them stays as it was.
        (made.retrieved, made.etag) = (old.retrieved.clone(), old.etag.clone());
    }
    compare_pins(written, pin.as_ref(), &made, pinning.locked, context)?;
    part.meta.retrieved = made.retrieved.clone();
    lock.set(made);
    Ok(part)
}

/// The stored part of what a plugin brings. It is run each time, unless what is pinned is stored and
/// nothing may be asked.
fn part_brought(
    name: &str,
    config: &str,
    source: &Source,
    file: &Path,
    pinning: Pinning,
    lock: &mut Lock,
    context: &Context,
) -> Result<Part, Failure> {
    let location = location(source);
    let pin = lock.pin(&location, Some(&plugin::recipe(name)), None).cloned();
    if let (true, Some(part)) = (pinning.offline, stored(pin.as_ref(), context)?) {
        return Ok(part);
    }
    if pinning.locked {
        must_be_pinned(&location, pin.as_ref())?;
        must_be_pinned(&location, lock.plugin(name))?;
    }
    let mode = context.network.mode(pinning.offline)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let trusted = plugin::trusted(name, Some((folder, lock.plugin(name))), context)?;
    let said = format!("{}: source `{location}`", file.display());
    plugin::refuse_config(&trusted.inspection.manifest, config, &said)?;
    let brought = plugin::bring(&trusted, config, &location, mode, context)?;
    if pinning.locked {
        refuse_change(&brought.key.sha256, &location, pin.as_ref())?;
    }
    let mut part = context.store.publish(brought.aside, &brought.key)?.part().clone();
    warn_of_twins(&part, context)?;
    let mut made = pin_of(&part, &location, None);
    let same = pin.as_ref().filter(|old| old.sha256 == made.sha256);
    made.retrieved = same.map_or(brought.key.retrieved, |old| old.retrieved.clone());
    compare_pins(&location, pin.as_ref(), &made, pinning.locked, context)?;
    part.meta.retrieved = made.retrieved.clone();
    lock.set(made);
    lock.set_plugin(plugin::pin_of(&trusted));
    Ok(part)
}

fn pin_of(part: &Part, location: &str, remote: Option<&Remote>) -> Pin {
    Pin {
        location: location.to_owned(),
        sha256: part.meta.sha256.clone(),
        size: part.meta.size,
        recipe: part.meta.recipe.clone(),
        recipe_hash: part.meta.recipe_hash.clone(),
        retrieved: remote.and_then(|r| r.key.retrieved.clone()),
        etag: remote.and_then(|r| r.etag.clone()),
        pages: remote.map_or(Vec::new(), |r| r.pages.clone()),
    }
}

/// Whether a file is there, itself or the archive that it is in.
fn is_there(path: &Path) -> bool {
    path.exists() || path.ancestors().skip(1).any(Path::is_file)
}

fn must_be_pinned<'a, T>(location: &str, pin: Option<&'a T>) -> Result<&'a T, Failure> {
    pin.ok_or_else(|| {
        Failure::not_as_locked(format!("{location}: not in haggle.lock"))
            .help("run once without `--locked` to pin it")
    })
}

/// Refuses another content of a locked source, before anything is imported.
fn refuse_change(sha256: &str, location: &str, pin: Option<&Pin>) -> Result<(), Failure> {
    let pin = must_be_pinned(location, pin)?;
    if sha256 == pin.sha256 {
        return Ok(());
    }
    let message = format!(
        "{location}: content is {}, haggle.lock says {}",
        short(sha256),
        short(&pin.sha256)
    );
    let asked = Address::is_meant(location) || location.starts_with("plugin://");
    let help = match asked {
        true => {
            "run with `--locked --offline` for what is stored, or without `--locked` to accept the new content"
        }
        false => "restore the file, or run without `--locked` to accept the new content",
    };
    Err(Failure::not_as_locked(message).help(help))
}

fn compare_pins(
    relative: &str,
    old: Option<&Pin>,
    new: &Pin,
    locked: bool,
    context: &Context,
) -> Result<(), Failure> {
    let Some(old) = old else { return Ok(()) };
    let changed = if old.sha256 != new.sha256 {
        format!("{relative}: content changed from {} to {}", short(&old.sha256), short(&new.sha256))
    } else if (&old.recipe, &old.recipe_hash) != (&new.recipe, &new.recipe_hash) {
        format!(
            "{relative}: recipe changed from {} {} to {} {}",
            old.recipe,
            short(&old.recipe_hash),
            new.recipe,
            short(&new.recipe_hash)
        )
    } else {
        return Ok(());
    };
    if locked {
        return Err(
            Failure::not_as_locked(changed).help("run without `--locked` to accept the change")
        );
    }
    context.talk(&format!("note: {changed}; haggle.lock follows\n"));
    Ok(())
}

/// The first digits of a hash.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// The stored part that is as pinned, if there is one.
fn stored(pin: Option<&Pin>, context: &Context) -> Result<Option<Part>, Failure> {
    let Some(pin) = pin else { return Ok(None) };
    let part = context.store.find(&pin.sha256, &pin.recipe)?;
    let part = part.filter(|p| p.meta.recipe_hash == pin.recipe_hash);
    Ok(part.map(|mut part| {
        part.meta.retrieved = pin.retrieved.clone();
        part
    }))
}

fn stored_only(relative: &str, pin: Option<&Pin>, context: &Context) -> Result<Part, Failure> {
    stored(pin, context)?.ok_or_else(|| {
        Failure::not_as_locked(format!(
            "{relative}: the file is not there and its content is not stored as haggle.lock says"
        ))
        .help("run once without `--offline` where the file is")
    })
}

fn hash(path: &Path, fresh: bool, store: &Store) -> Result<(String, u64), Failure> {
    let hashed = match path.ancestors().skip(1).find(|p| p.is_file()) {
        // A file in an archive has no stamp of its own by which its hash could be remembered.
        Some(archive) => haggle_import::content_hash(path)
            .and_then(|sha256| Ok((sha256, std::fs::metadata(archive)?.len()))),
        None => store.hash_of(path, fresh, haggle_import::content_hash),
    };
    hashed.map_err(|e| {
        Failure::new(format!("{}: cannot open: {e} [E0001]", path.display()))
            .help("check the path; a path in a deal file is relative to the deal file")
    })
}

/// A recipe by the name of a built-in one, or by the path of a file.
pub(crate) fn find_recipe(text: &str, beside: &Path) -> Result<Recipe, Failure> {
    if let Some(recipe) = haggle_import::builtin_recipes().iter().find(|r| r.name() == text) {
        return Ok(recipe.clone());
    }
    let path = beside.parent().unwrap_or(Path::new("")).join(text);
    if !path.exists() && !text.ends_with(".toml") {
        let nearest: Vec<String> =
            haggle_import::nearest_recipes(text).iter().map(|n| format!("`{n}`")).collect();
        let meant = match nearest.is_empty() {
            true => String::new(),
            false => format!("did you mean {}? ", nearest.join(" or ")),
        };
        return Err(Failure::new(format!("no recipe is called `{text}`")).help(format!(
            "{meant}`haggle help recipes` lists those that are built in; a file of your own ends in `.toml`"
        )));
    }
    let content =
        std::fs::read_to_string(&path).map_err(|e| Failure::io(&path, "cannot read", &e))?;
    Recipe::parse(&content, &path.display().to_string()).map_err(|e| Failure::new(e.to_string()))
}

/// The name on the command line that stands for standard input.
pub(crate) const STDIN: &str = "-";
/// How standard input is called in messages and in the store.
pub(crate) const STDIN_NAME: &str = "standard input";

/// Imports one file unless the store holds what would be written.
pub(crate) fn import_file(
    path: &Path,
    options: &Options,
    fresh: bool,
    context: &Context,
) -> Result<Outcome, Failure> {
    let outcome = import_observed(path, options, fresh, None, context)?;
    warn_of_twins(outcome.part(), context)?;
    Ok(outcome)
}

/// Imports one file; with somebody to take its issues it is read in any case.
pub(crate) fn import_observed(
    path: &Path,
    options: &Options,
    fresh: bool,
    observer: Option<Observer>,
    context: &Context,
) -> Result<Outcome, Failure> {
    let shown = path.display().to_string();
    refuse_special(path, &shown)?;
    if is_new(path, context)? {
        return import_new(path, &shown, options, observer, context);
    }
    let key = key_of(path, hash(path, fresh, &context.store)?);
    let unchanged = || Ok(hash(path, false, &context.store)?.0 == key.sha256);
    let paths = &[path.to_owned()];
    let content = Content { paths, named: path, shown: &shown, key: &key };
    import_content(&content, options, observer, context, &unchanged)
}

fn key_of(path: &Path, (sha256, size): (String, u64)) -> SourceKey {
    let location = std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    SourceKey { sha256, size, location: location.display().to_string(), retrieved: None }
}

/// A file of so many bytes is hashed while it is read, if it must be read in any case.
const LARGE: u64 = 16 << 20;

/// Whether a large file must be read, whatever its hash is: no part is of a content of its size.
fn is_new(path: &Path, context: &Context) -> Result<bool, Failure> {
    let size = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if size < LARGE || context.store.knows_hash_of(path) {
        return Ok(false);
    }
    let (parts, _) = context.store.parts()?;
    Ok(parts.iter().all(|part| part.meta.size != size))
}

/// Imports a file whose content is not stored yet, and hashes it meanwhile.
fn import_new(
    path: &Path,
    shown: &str,
    options: &Options,
    observer: Option<Observer>,
    context: &Context,
) -> Result<Outcome, Failure> {
    let store = &context.store;
    let (importer, read, hashed) = std::thread::scope(|scope| {
        let hashing = scope.spawn(|| hash(path, false, store));
        let mut importer = watched(&[path.to_owned()], shown, options, observer, context)?;
        let read = store.set_aside(&mut importer).map_err(|e| Failure::import(shown, &e));
        let hashed = hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok::<_, Failure>((importer, read, hashed))
    })?;
    let key = key_of(path, hashed?);
    let aside = read?;
    if hash(path, false, store)?.0 != key.sha256 {
        return Err(changed(shown));
    }
    let outcome = store.publish(aside, &key)?;
    let remembered = identity_key(&key.sha256, path, options, context)?;
    remember(&remembered, importer.identity(), context);
    Ok(outcome)
}

/// Writes standard input down and imports that.
pub(crate) fn import_stdin(
    options: &Options,
    observer: Option<Observer>,
    context: &Context,
) -> Result<Outcome, Failure> {
    let spooled = haggle_import::spool(std::io::stdin().lock())
        .map_err(|e| Failure::source(STDIN_NAME, &e))?;
    // Two streams are no two states of one file.
    let location = format!("{STDIN_NAME} {}", short(&spooled.sha256));
    let (sha256, size) = (spooled.sha256.clone(), spooled.size);
    let key = SourceKey { sha256, size, location, retrieved: None };
    let named = Path::new(STDIN);
    let options = &Options { name: Some(STDIN_NAME.to_owned()), ..options.clone() };
    let paths = &[spooled.path.to_path_buf()];
    let content = Content { paths, named, shown: STDIN_NAME, key: &key };
    import_content(&content, options, observer, context, &|| Ok(true))
}

/// Imports what was fetched.
pub(crate) fn import_remote(
    remote: &Remote,
    options: &Options,
    context: &Context,
) -> Result<Outcome, Failure> {
    let outcome = import_remote_observed(remote, options, None, context)?;
    warn_of_twins(outcome.part(), context)?;
    Ok(outcome)
}

/// Imports what was fetched; with somebody to take its issues it is read in any case.
pub(crate) fn import_remote_observed(
    remote: &Remote,
    options: &Options,
    observer: Option<Observer>,
    context: &Context,
) -> Result<Outcome, Failure> {
    let named = Path::new(&remote.name);
    let content = Content { paths: &remote.paths, named, shown: &remote.name, key: &remote.key };
    let options = &Options { name: Some(remote.file_name.clone()), ..options.clone() };
    // Its bytes are known by their hash and are nobody's to change.
    import_content(&content, options, observer, context, &|| Ok(true))
}

/// A content that was hashed.
struct Content<'a> {
    /// The file to read, or the pages of one list.
    paths: &'a [PathBuf],
    /// The file that it is known by.
    named: &'a Path,
    /// What messages call it.
    shown: &'a str,
    key: &'a SourceKey,
}

/// Imports a content; with somebody to take its issues it is read in any case.
fn import_content(
    content: &Content<'_>,
    options: &Options,
    observer: Option<Observer>,
    context: &Context,
    unchanged: &dyn Fn() -> Result<bool, Failure>,
) -> Result<Outcome, Failure> {
    let Content { paths, named, shown, key } = *content;
    let remembered = identity_key(&key.sha256, named, options, context)?;
    if observer.is_none()
        && let Some(part) = already(&remembered, &key.sha256, context)?
    {
        context.detail(&format!("{shown}: stored already\n"));
        return Ok(Outcome::Unchanged(part));
    }
    let read_again = observer.is_some();
    let mut importer = watched(paths, shown, options, observer, context)?;
    let outcome =
        context.store.import(key, &mut importer).map_err(|e| Failure::import(shown, &e))?;
    if let (true, Outcome::Unchanged(_)) = (read_again, &outcome) {
        let ignore = &mut |_| Ok(());
        importer.run(ignore).map_err(|e| Failure::source(shown, &e))?;
    }
    // The content that was hashed must be the content that was read.
    if !unchanged()? {
        if let Outcome::Written(part) = &outcome {
            context.store.remove(part)?;
        }
        return Err(changed(shown));
    }
    remember(&remembered, importer.identity(), context);
    Ok(outcome)
}

/// An importer of a content that shows how far it is.
fn watched<'c>(
    paths: &[PathBuf],
    shown: &'c str,
    options: &Options,
    observer: Option<Observer>,
    context: &'c Context,
) -> Result<Watched<'c, FileImporter>, Failure> {
    let mut importer: FileImporter =
        haggle_import::open_pages(paths, options).map_err(|e| Failure::source(shown, &e))?;
    observer.into_iter().for_each(|o| importer.observe(o));
    Ok(Watched::new(importer, shown, context))
}

fn changed(shown: &str) -> Failure {
    Failure::new(format!("{shown}: the file changed while it was read")).help("try again")
}

/// Remembers by which identity a content was read.
fn remember(key: &str, identity: &ImporterIdentity, context: &Context) {
    context.store.remember(key, &format!("{} {}", identity.recipe, identity.recipe_hash));
}

/// A pipe or a device has no end that could be waited for, and no content that could be pinned.
pub(crate) fn refuse_special(path: &Path, shown: &str) -> Result<(), Failure> {
    let Ok(meta) = std::fs::metadata(path) else { return Ok(()) };
    if meta.is_file() {
        return Ok(());
    }
    let what = if meta.is_dir() { "a folder" } else { "no regular file" };
    Err(Failure::new(format!("{shown}: {what}, expected a file [E0001]"))
        .help("name a file, such as a CSV or XLSX"))
}

/// Says that another content of the same file, or another reading of the same content, is stored.
pub(crate) fn warn_of_twins(part: &Part, context: &Context) -> Result<(), Failure> {
    let (parts, _) = context.store.parts()?;
    let twins = parts.iter().filter(|p| p.path != part.path && are_twins(p, part));
    for twin in twins {
        context.talk(&format!(
            "note: {} is stored from the same file as well; a benchmark would count its rows twice\n  help: haggle sources remove {}\n",
            twin.meta.name,
            part_id(twin),
        ));
    }
    Ok(())
}

/// What `sources remove` takes for one part.
pub(crate) fn part_id(part: &Part) -> String {
    format!("{}-{}", short(&part.meta.sha256), part.meta.recipe)
}

/// Whether two parts come from one file or one content.
pub(crate) fn are_twins(a: &Part, b: &Part) -> bool {
    a.meta.location == b.meta.location || a.meta.sha256 == b.meta.sha256
}

/// The part that an import would leave unchanged, found without opening the file: the identity
/// under which the same content was read before, if it is remembered and the part still has it.
fn already(key: &str, sha256: &str, context: &Context) -> Result<Option<Part>, Failure> {
    let Some(identity) = context.store.remembered(key) else { return Ok(None) };
    let Some((recipe, recipe_hash)) = identity.split_once(' ') else { return Ok(None) };
    let part = context.store.find(sha256, recipe).unwrap_or(None);
    let importer = haggle_import::IMPORTER_VERSION;
    Ok(part.filter(|p| p.meta.recipe_hash == recipe_hash && p.meta.importer == importer))
}

/// Everything that decides by which identity a content is read: itself, its file's name, the
/// recipes to choose from, the vintage, the sheet, files that are read with it, the importing code.
fn identity_key(
    sha256: &str,
    path: &Path,
    options: &Options,
    context: &Context,
) -> Result<String, Failure> {
    let siblings = haggle_import::siblings(path, options.recipe.as_ref());
    let hashes = siblings.iter().map(|p| hash(p, false, &context.store).map(|(sha256, _)| sha256));
    let siblings = hashes.collect::<Result<Vec<_>, _>>()?.join(" ");
    let recipes =
        options.recipe.as_ref().map_or_else(haggle_import::builtin_hash, |r| r.hash().to_owned());
    let name = name_within(path);
    Ok(format!(
        "identity of {sha256} named {name} by {recipes} for {:?} in {:?} with {siblings}, importer {}",
        options.vintage,
        options.sheet,
        haggle_import::IMPORTER_VERSION
    ))
}

/// The name of a file, with that of the archive that it is in.
fn name_within(path: &Path) -> String {
    let file = path.ancestors().skip(1).find(|p| p.is_file()).unwrap_or(path);
    let folder = file.parent().unwrap_or(Path::new(""));
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}

/// A part and its comparables as the brief takes them.
pub(crate) fn source_evidence(
    part: &Part,
    location: &str,
    comparables: Comparables,
) -> SourceEvidence {
    let file = file_name(location);
    let day = comparables.mean_date.and_then(|d| i32::try_from(d).ok()).or(part.meta.date);
    let head = SourceHead { span: span(&comparables), ..head_of(&part.meta, location, &file, day) };
    SourceEvidence { head, grade: part.meta.grade().map(grade), file, comparables }
}

/// What is known of the source of a part.
pub(crate) fn source_head(part: &Part, location: &str) -> SourceHead {
    head_of(&part.meta, location, &file_name(location), part.meta.date)
}

/// On which bases (list, paid, advertised ...) the observations of a source that meet its conditions
/// rest. An estimate that no condition asks for is passed over.
fn bases(source: &Source, part: &Part, context: &Context) -> Result<Vec<String>, Failure> {
    let query = Query { conditions: source.conditions.clone(), ..Query::default() };
    let words = context.store.words(part, &query, "basis")?;
    let passed = standing_exclude(source).map(|_| "estimate");
    Ok(words.into_keys().filter(|word| passed != Some(word.as_str())).collect())
}

/// First and last date of comparables that have several.
fn span(comparables: &Comparables) -> Option<(Date, Date)> {
    let dates = comparables.factors.iter().filter_map(|(factors, _)| factors.date);
    let (first, last) = (dates.clone().min()?, dates.max()?);
    Some((from_day_number(first)?, from_day_number(last)?)).filter(|(a, b)| a < b)
}

/// The last part of a location, or all of it where it has no parts; of a plugin its name.
pub(crate) fn file_name(location: &str) -> String {
    if let Some(plugin) = location.strip_prefix("plugin://") {
        return plugin.split('?').next().unwrap_or(plugin).to_owned();
    }
    let name = Path::new(location).file_name();
    name.map_or(location.to_owned(), |n| n.to_string_lossy().into_owned())
}

fn grade(stored: haggle_evidence::Grade) -> Grade {
    match stored {
        haggle_evidence::Grade::Employer => Grade::EmployerReported,
        haggle_evidence::Grade::Government => Grade::Government,
        haggle_evidence::Grade::Posted => Grade::PostedRanges,
        haggle_evidence::Grade::Filing => Grade::Filings,
        haggle_evidence::Grade::SelfReport => Grade::SelfReport,
        haggle_evidence::Grade::Anecdote => Grade::Anecdotes,
    }
}

fn head_of(meta: &PartMeta, location: &str, file: &str, day: Option<i32>) -> SourceHead {
    let tally = |t: &haggle_evidence::Tally| TallyHead {
        what: match t.what {
            haggle_evidence::Disposition::Rejected => "rejected",
            haggle_evidence::Disposition::Skipped => "skipped",
            haggle_evidence::Disposition::Absent => "absent",
        }
        .to_owned(),
        code: t.code.clone(),
        field: t.field.clone(),
        reason: t.reason.clone(),
        count: t.count,
        rows: t.rows.clone(),
        samples: t.samples.iter().map(|s| (s.place.clone(), s.found.clone())).collect(),
    };
    let note = |n: &haggle_store::Note| DiagnosticHead {
        code: n.code.clone(),
        severity: n.severity.clone(),
        place: place_in(file, &n.place),
        message: n.message.clone(),
        help: n.help.clone(),
    };
    SourceHead {
        name: meta.name.clone(),
        location: location.to_owned(),
        sha256: meta.sha256.clone(),
        retrieved: meta.retrieved.clone(),
        recipe: meta.recipe.clone(),
        plugin: meta.plugin.as_ref().map(plugin_head),
        publisher: meta.publisher.clone(),
        licence: meta.licence.clone(),
        grade: meta.grade.clone(),
        date: day.and_then(from_day_number),
        span: None,
        bases: Vec::new(),
        rows: [meta.rows.read, meta.rows.imported, meta.rows.rejected, meta.rows.skipped],
        cells: [meta.cells.mapped, meta.cells.observations, meta.cells.absent],
        tallies: meta.tallies.iter().map(tally).collect(),
        diagnostics: meta.notes.iter().map(note).collect(),
        assumptions: meta.assumptions.clone(),
    }
}

fn plugin_head(facts: &haggle_evidence::PluginFacts) -> PluginHead {
    let input = |i: &haggle_evidence::InputFacts| InputHead {
        uri: i.uri.clone(),
        size: i.size,
        sha256: i.sha256.clone(),
        complete: i.complete,
        range: i.range.clone(),
        headers: i.headers.clone(),
    };
    PluginHead {
        name: facts.name.clone(),
        version: facts.version.clone(),
        sha256: facts.sha256.clone(),
        abi: facts.abi.clone(),
        level: facts.level.clone(),
        inputs: facts.inputs.iter().map(input).collect(),
    }
}

fn place_in(file: &str, place: &str) -> String {
    if place == Locator::default().to_string() {
        file.to_owned()
    } else {
        format!("{file}:{place}")
    }
}
