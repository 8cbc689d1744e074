//! Pages, parts and doors (server functions). Compiled twice: into the server, and into the browser's WASM.

mod app;
pub mod browser;
pub mod doors;
pub mod fault;
pub mod flash;
pub mod live;
#[cfg(feature = "ssr")]
pub mod messages;
pub mod pages;
pub mod parts;
pub mod paths;
pub mod shell;
pub mod texts;
pub mod ui;

pub use app::App;
