//! What a data-source plugin is: the C interface, and an SDK that makes one a trait implementation.
//!
//! A plugin in Rust is a crate of type `cdylib` with a [`Source`] and one line:
//!
//! ```
//! use haggle_plugin_api::{Failure, Host, Row, Rows, Source};
//!
//! struct Prices(bool);
//!
//! impl Source for Prices {
//!     fn open(_request: &str, _host: Host) -> Result<Self, Failure> {
//!         Ok(Self(false))
//!     }
//!
//!     fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
//!         let amount = haggle_plugin_api::decimal("19.90").expect("a number");
//!         rows.push(&Row { kind: "price", title: Some("paper"), ..Row::new(amount, "EUR", "C62") });
//!         Ok(false)
//!     }
//! }
//!
//! haggle_plugin_api::plugin!(Prices, r#"{"manifest":1,"name":"prices","version":"0.1.0","abi":"1.0"}"#);
//! # fn main() {}
//! ```
//!
//! Other languages include `include/haggle_plugin.h`, which says the same.

pub mod abi;
mod batch;
#[doc(hidden)]
pub mod export;
mod failure;
mod host;
mod row;

pub use batch::{BATCH_ROWS, Rows};
pub use failure::{Failure, Status};
pub use host::{Host, Input, Options};
pub use row::{FIELDS, Field, Row, Type, date, decimal};

/// A source of observations: opened once, read to its end.
pub trait Source: Sized {
    /// Whether the request can be used; opens nothing.
    ///
    /// # Errors
    /// [`Failure`], usually [`Status::Config`], that says what is wrong with it.
    fn validate(request: &str) -> Result<(), Failure> {
        let _ = request;
        Ok(())
    }

    /// Begins to read. The request is a JSON object, `{"config": {...}}`.
    ///
    /// # Errors
    /// [`Failure`] if it cannot.
    fn open(request: &str, host: Host) -> Result<Self, Failure>;

    /// Pushes the next rows, as many as are at hand; [`Rows::is_full`] says when to come back
    /// later. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Failure`] ends the run; nothing of it is kept.
    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure>;
}

/// Makes a shared library a plugin: its [`Source`], and its manifest as a text.
#[macro_export]
macro_rules! plugin {
    ($source:ty, $manifest:expr) => {
        /// Who the plugin is; read without loading the file.
        #[allow(non_upper_case_globals)]
        #[unsafe(no_mangle)]
        #[used]
        pub static haggle_manifest_v1: [u8; $manifest.len() + 1] =
            $crate::export::with_nul($manifest);

        /// Called once, when the plugin was loaded.
        ///
        /// # Safety
        /// As `haggle_plugin.h` says: the pointers are valid, the host outlives the plugin.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn haggle_plugin_init_v1(
            host: *const $crate::abi::Host,
            out: *mut $crate::abi::Plugin,
            error: *mut $crate::abi::Error,
        ) -> i32 {
            // SAFETY: the caller's promise is passed on.
            unsafe { $crate::export::init::<$source>(host, out, error) }
        }
    };
}
