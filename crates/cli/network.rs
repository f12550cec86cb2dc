//! What the command line and the environment say of fetching, and the one fetcher that follows it.

use crate::args::Network as Args;
use crate::context::{Context, user_folder};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Fetching;
use haggle_fetch::{Cache, FetchError, Fetched, Fetcher, Limits, Mode, Options, Request, Secrets};
use std::cell::OnceCell;
use std::path::PathBuf;

/// Who the servers are told that asks.
const USER_AGENT: &str = concat!("haggle/", env!("CARGO_PKG_VERSION"));

/// The network as this run may use it; nothing is set up before something must be fetched.
pub(crate) struct Network {
    args: Args,
    interrupt: OnceCell<Interrupt>,
    fetcher: OnceCell<Fetcher>,
}

impl Network {
    pub(crate) fn new(args: Args) -> Self {
        Self { args, interrupt: OnceCell::new(), fetcher: OnceCell::new() }
    }

    /// The cache, `$XDG_CACHE_HOME/haggle` unless another is named.
    pub(crate) fn cache(&self) -> Cache {
        let usual = || user_folder("XDG_CACHE_HOME", ".cache").unwrap_or_default().join("haggle");
        Cache::new(self.args.cache.clone().unwrap_or_else(usual))
    }

    /// How many authorities are trusted.
    pub(crate) fn authorities(&self) -> Result<usize, Failure> {
        haggle_fetch::authorities(self.args.cacert.as_deref()).map_err(|e| Failure::fetch(&e))
    }

    /// Whom to believe.
    pub(crate) fn mode(&self, offline: bool) -> Result<Mode, Failure> {
        match (offline, self.args.refresh) {
            (true, true) => {
                Err(Failure::usage("`--refresh` asks the servers, `--offline` must not")
                    .help("leave out one of them; HAGGLE_OFFLINE and HAGGLE_REFRESH count as well"))
            }
            (true, false) => Ok(Mode::Offline),
            (false, true) => Ok(Mode::Refresh),
            (false, false) => Ok(Mode::Usual),
        }
    }

    /// Fetches several requests at a time; says how far it is, and what came.
    pub(crate) fn fetch(
        &self,
        requests: &[Request<'_>],
        context: &Context,
    ) -> Result<Vec<Result<Fetched, FetchError>>, Failure> {
        let (fetcher, interrupt) = (self.fetcher()?, self.interrupt()?);
        let fetching = Fetching::new(context);
        let watcher = |url: &str, event: haggle_fetch::Event<'_>| fetching.saw(url, event);
        let all = interrupt.during(|| fetcher.fetch_all(requests, &watcher));
        fetching.done(&all);
        Ok(all)
    }

    /// Takes note of Ctrl-C.
    pub(crate) fn interrupt(&self) -> Result<&Interrupt, Failure> {
        if let Some(interrupt) = self.interrupt.get() {
            return Ok(interrupt);
        }
        let interrupt = Interrupt::new()
            .map_err(|e| Failure::new(format!("Ctrl-C cannot be taken note of: {e}")))?;
        Ok(self.interrupt.get_or_init(|| interrupt))
    }

    fn fetcher(&self) -> Result<&Fetcher, Failure> {
        if let Some(fetcher) = self.fetcher.get() {
            return Ok(fetcher);
        }
        let fetcher = Fetcher::new(self.options(self.interrupt()?)?, self.cache());
        Ok(self.fetcher.get_or_init(|| fetcher))
    }

    fn options(&self, interrupt: &Interrupt) -> Result<Options, Failure> {
        let mut limits = Limits::default();
        for setting in &self.args.limit {
            limits.set(setting).map_err(|why| {
                Failure::usage(format!("--limit: {why}")).help("`haggle help network` lists them")
            })?;
        }
        Ok(Options {
            limits,
            user_agent: USER_AGENT.to_owned(),
            authority: self.args.cacert.clone(),
            allow_private: self.args.allow_private,
            proxies: true,
            secrets: self.secrets()?,
            stop: interrupt.stop(),
        })
    }

    /// The file of secrets, if there is one or one is named, and the tokens of the environment.
    pub(crate) fn secrets(&self) -> Result<Secrets, Failure> {
        let usual = user_folder("XDG_CONFIG_HOME", ".config");
        let usual = usual.map(|folder| folder.join("haggle").join("secrets.toml"));
        let file: Option<PathBuf> =
            self.args.secrets.clone().or_else(|| usual.filter(|file| file.exists()));
        let written = match file {
            Some(path) => Secrets::read(&path, |name| std::env::var(name).ok())
                .map_err(|e| Failure::fetch(&e))?,
            None => Secrets::default(),
        };
        let texts = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let texts: Vec<(String, String)> = texts.collect();
        Ok(written.with_tokens(texts.iter().cloned()).with_named(texts.into_iter()))
    }
}
