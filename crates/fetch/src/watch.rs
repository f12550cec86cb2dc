//! Tells somebody who watches how far it is.

use std::cell::Cell;
use std::time::Duration;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// Bytes came.
    Bytes {
        /// Pages that are here.
        pages: u32,
        /// Bytes of all pages so far.
        bytes: u64,
        /// Bytes that came over the network.
        came: u64,
        /// Bytes of all pages so far with the whole of this one, if the server said.
        total: Option<u64>,
    },
    /// Another attempt follows after a pause.
    Waits {
        /// What happened.
        why: &'a str,
        /// How long.
        wait: Duration,
    },
}

/// Somebody who watches; gets the URL without secrets.
pub type Watcher<'a> = &'a dyn Fn(&str, Event<'_>);

/// Counts what comes for one request and tells who watches.
pub(crate) struct Watch<'a> {
    url: String,
    watcher: Watcher<'a>,
    pages: Cell<u32>,
    bytes: Cell<u64>,
    came: Cell<u64>,
    total: Cell<Option<u64>>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(url: String, watcher: Watcher<'a>) -> Self {
        let zero = || Cell::new(0);
        Self {
            url,
            watcher,
            pages: Cell::new(0),
            bytes: zero(),
            came: zero(),
            total: Cell::new(None),
        }
    }

    /// A page begins, of which so many bytes are here, and which has so many if that is stated.
    pub(crate) fn begins(&self, here: u64, stated: Option<u64>) {
        self.total.set(stated.map(|s| self.bytes.get().saturating_add(s)));
        self.bytes.set(self.bytes.get().saturating_add(here));
    }

    /// So many bytes came.
    pub(crate) fn bytes(&self, count: u64) {
        self.bytes.set(self.bytes.get().saturating_add(count));
        self.came.set(self.came.get().saturating_add(count));
        self.tell();
    }

    /// A page is here, of which so many bytes did not have to come.
    pub(crate) fn page(&self, here: u64) {
        self.bytes.set(self.bytes.get().saturating_add(here));
        self.pages.set(self.pages.get().saturating_add(1));
        self.tell();
    }

    fn tell(&self) {
        let (pages, bytes, came) = (self.pages.get(), self.bytes.get(), self.came.get());
        (self.watcher)(&self.url, Event::Bytes { pages, bytes, came, total: self.total.get() });
    }

    /// Another attempt follows.
    pub(crate) fn waits(&self, why: &str, wait: Duration) {
        (self.watcher)(&self.url, Event::Waits { why, wait });
    }
}
