//! Price lists over HTTP: politely, within limits, into a cache that keeps what a server said.
//!
//! [`Fetcher::fetch`] takes a [`Request`] (a URL, how its list goes on, whom to believe) and gives
//! [`Fetched`]: its pages in order, each a file of the cache with its hash. What the files mean is
//! for others to say; of a page's content this crate knows what a [`Look`] tells it.
//!
//! One way through the code: `fetcher` (what need not be asked) → `list` (pages in order) → `page` (one page: conditions,
//! attempts, the rest of what broke off) → `hop` (one question, sent on) → `client`. Beside it:
//! `cache` (what is kept), `rules` (what a server's headers allow), `pace` (politeness), `private`
//! (where servers may not send us), `secret`, `address` (names without secrets), `paging`, `link`.

mod address;
mod cache;
mod client;
mod clock;
mod error;
mod fetcher;
mod hop;
mod limits;
mod link;
mod list;
mod pace;
mod page;
mod paging;
mod private;
mod request;
mod rules;
mod secret;
mod watch;

pub use address::{Address, is_secret};
pub use cache::{Cache, Cleaned, Kept, Status, Which};
pub use client::authorities;
pub use error::{CODES, FetchError};
pub use fetcher::{Fetcher, Options};
pub use limits::{LIMITS, Limits};
pub use paging::{Look, LookAt, Paging};
pub use request::{Behalf, Fetched, Header, How, Mode, Page, Request};
pub use secret::{SECRET_PREFIX, Secrets, TOKEN_PREFIX};
pub use watch::{Event, Watcher};
