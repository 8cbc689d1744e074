//! One file a page. An area's module finds its page by the path below it.
//!
//! The desks are drawn again in the browser, each in one lazy part: their lists and cases live. All other pages are drawn by
//! the server alone: see [`crate::browser`].

mod account;
mod bureau;
mod errors;
pub(crate) mod filing;
mod office;
mod provider;
mod public;

use leptos::prelude::*;

pub(crate) use account::password::password_problems;
pub use bureau::BureauArea;
pub use errors::fault_document;
pub use provider::ProviderArea;

/// Pages of one's own account.
pub fn account_area() -> AnyView {
    by_server(account::area)
}

/// Pages of one's own filings.
pub fn filing_area() -> AnyView {
    by_server(filing::area)
}

/// Pages of what one's office keeps by itself.
pub fn office_area() -> AnyView {
    by_server(office::area)
}

/// Pages for everybody.
pub fn public_area() -> AnyView {
    by_server(public::area)
}

/// A page that the server alone draws: nothing of it is in the browser's program.
fn by_server(draw: impl FnOnce() -> AnyView) -> AnyView {
    if cfg!(target_arch = "wasm32") { ().into_any() } else { draw() }
}
