//! The surroundings of a run: folders, screen, what may be said and where.

use crate::args::{Color, Global};
use crate::failure::Failure;
use crate::network::Network;
use haggle_report::Style;
use haggle_store::Store;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Everything that a verb needs to know of its surroundings.
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) network: Rc<Network>,
    /// Folders of plugins that the command line names.
    pub(crate) plugin_dirs: Vec<PathBuf>,
    quiet: bool,
    verbose: bool,
    color: Color,
}

impl Context {
    pub(crate) fn new(global: &Global) -> Self {
        let root = global.store.clone().unwrap_or_else(default_store);
        Self {
            store: Store::new(root),
            network: Rc::new(Network::new(global.network.clone())),
            plugin_dirs: global.plugin_dir.clone(),
            quiet: global.quiet,
            verbose: global.verbose,
            color: global.color,
        }
    }

    /// The same surroundings with a store of its own and nothing said but errors.
    pub(crate) fn apart(&self, store: &Path) -> Self {
        Self {
            store: Store::new(store),
            network: Rc::clone(&self.network),
            plugin_dirs: self.plugin_dirs.clone(),
            quiet: true,
            verbose: false,
            color: self.color,
        }
    }

    /// Data, on standard output.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// The same of what is no text.
    fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        written.map_err(|e| Failure::io(Path::new("standard output"), "cannot write", &e))
    }

    /// Data to a file if one is named, else to standard output.
    pub(crate) fn deliver(&self, out: Option<&Path>, text: &str) -> Result<(), Failure> {
        self.deliver_bytes(out, text.as_bytes())
    }

    /// The same of what is no text.
    pub(crate) fn deliver_bytes(&self, out: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
        match out {
            None => self.bytes(bytes),
            Some(path) if path == Path::new("-") => self.bytes(bytes),
            Some(path) => {
                crate::whole::write(path, bytes)
                    .map_err(|e| Failure::io(path, "cannot write", &e))?;
                self.talk(&format!("wrote {}\n", path.display()));
                Ok(())
            }
        }
    }

    /// Talk, on standard error, unless it is to be quiet.
    pub(crate) fn talk(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Whether somebody watches: progress is for terminals only.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Talk that only `--verbose` wants.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            say(text);
        }
    }

    /// A failure, on standard error, quiet or not.
    pub(crate) fn complain(&self, failure: &Failure) {
        if !failure.silent {
            say(&failure.to_string());
        }
    }

    /// How text on standard output is to look.
    pub(crate) fn style(&self, to_file: bool) -> Style {
        let terminal = io::stdout().is_terminal() && !to_file;
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        };
        let wide = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = if terminal { wide().unwrap_or(80) } else { 80 };
        Style { width: width.clamp(40, 100), color }
    }
}

fn say(text: &str) {
    let mut err = io::stderr().lock();
    // If standard error is gone there is nowhere left to say so.
    let _ = err.write_all(text.as_bytes());
}

/// `$XDG_DATA_HOME/haggle/store`, else `~/.local/share/haggle/store`.
fn default_store() -> PathBuf {
    user_folder("XDG_DATA_HOME", ".local/share").unwrap_or_default().join("haggle").join("store")
}

/// A folder of the user, named by a variable, else inside the home folder; without a home there is
/// none. What is not absolute lies wherever one stands, in a project that somebody else wrote, and
/// counts as nothing.
pub(crate) fn user_folder(variable: &str, inside: &str) -> Option<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || absolute("HOME").or_else(|| absolute("USERPROFILE"));
    absolute(variable).or_else(|| home().map(|h| h.join(inside)))
}
