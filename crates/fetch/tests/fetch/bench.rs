//! A cache of one's own, and limits that are over before anybody waits.

use haggle_fetch::{
    Address, Cache, FetchError, Fetched, Fetcher, Mode, Options, Paging, Request, Secrets,
};
use std::fs;
use std::path::Path;

/// A scratch place with a cache.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) options: Options,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let user_agent = "haggle-test/1".to_owned();
        let mut options = Options { user_agent, ..Options::default() };
        for limit in ["pause=0.001", "connect=5", "read=5"] {
            options.limits.set(limit).unwrap();
        }
        Self { folder, options }
    }

    pub(crate) fn limit(mut self, setting: &str) -> Self {
        self.options.limits.set(setting).unwrap();
        self
    }

    pub(crate) fn secrets(mut self, secrets: Secrets) -> Self {
        self.options.secrets = secrets;
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn cache(&self) -> Cache {
        Cache::new(self.folder.path().join("cache"))
    }

    /// A new fetcher, as of another run.
    pub(crate) fn fetcher(&self) -> Fetcher {
        Fetcher::new(self.options.clone(), self.cache())
    }

    pub(crate) fn get(&self, url: &str) -> Result<Fetched, FetchError> {
        self.get_by(url, Mode::Usual)
    }

    pub(crate) fn get_by(&self, url: &str, mode: Mode) -> Result<Fetched, FetchError> {
        let address = Address::parse(url).unwrap();
        self.fetcher().fetch(&Request::one(&address, mode), &|_, _| {})
    }

    /// Follows a list; pages are texts of lines, of which one that begins with `>` says what comes
    /// next, and the others are items.
    pub(crate) fn list(
        &self,
        url: &str,
        paging: &Paging,
        mode: Mode,
    ) -> Result<Fetched, FetchError> {
        let address = Address::parse(url).unwrap();
        let request = Request { address: &address, paging, look: &look, mode, behalf: None };
        self.fetcher().fetch(&request, &|_, _| {})
    }

    /// Files of a folder of the cache.
    pub(crate) fn files(&self, folder: &str) -> usize {
        fs::read_dir(self.cache().root().join(folder)).map_or(0, Iterator::count)
    }

    /// Every byte of the cache as text.
    pub(crate) fn all_text(&self) -> String {
        let mut text = String::new();
        for folder in ["entries", "unfinished"] {
            let files = fs::read_dir(self.cache().root().join(folder));
            for file in files.into_iter().flatten() {
                let path = file.unwrap().path();
                text += &path.display().to_string();
                text += &String::from_utf8_lossy(&fs::read(path).unwrap());
            }
        }
        text
    }
}

pub(crate) fn look(path: &Path) -> Result<haggle_fetch::Look, String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    if text.starts_with("error") {
        return Err("found no list".to_owned());
    }
    let next = text.lines().find_map(|l| l.strip_prefix('>')).map(str::to_owned);
    let said = |mark| text.lines().find_map(|l| l.strip_prefix(mark));
    let (total, same) = (said('#').map(|n| n.parse().unwrap()), said('=').map(str::to_owned));
    let items = text.lines().filter(|l| !l.starts_with(['>', '#', '='])).count() as u64;
    Ok(haggle_fetch::Look { next, items, total, same })
}

/// The content of the only page.
pub(crate) fn text(fetched: &Fetched) -> String {
    assert_eq!(fetched.pages.len(), 1);
    fs::read_to_string(fetched.pages[0].file()).unwrap()
}

/// The contents of all pages, in order.
pub(crate) fn texts(fetched: &Fetched) -> Vec<String> {
    fetched.pages.iter().map(|p| fs::read_to_string(p.file()).unwrap()).collect()
}
