//! One file a page; one lazy part an area. An area's module finds its page by the path below it.

pub mod account;
mod bureau;
mod errors;
mod filing;
mod provider;
pub mod public;

pub use account::AccountArea;
pub use bureau::BureauArea;
pub use errors::fault_document;
pub use filing::FilingArea;
pub use provider::ProviderArea;
pub use public::PublicArea;
