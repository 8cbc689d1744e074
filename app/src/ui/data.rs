//! Data of a page, fetched again after every form that succeeded.

use std::future::Future;

use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::fault::Fault;

#[derive(Clone, Copy)]
struct PageVersion(RwSignal<u64>);

/// Called once at the root of the application.
pub fn provide_ui() {
    provide_context(PageVersion(RwSignal::new(0)));
}

/// Counts what was changed by forms (and by live events) since the page was loaded: data that tracks it is fetched
/// again when it is raised.
#[must_use]
pub fn use_page_version() -> RwSignal<u64> {
    use_context::<PageVersion>().map_or_else(|| RwSignal::new(0), |version| version.0)
}

/// How what a page shows travels inside the page. Read as bytes, as the doors' answers are: read as text, what reads each type
/// would be in the browser's part twice.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// What a door answered, or will.
pub type PageData<T> = Resource<Result<T, Fault>, Json>;

/// What a part of a page shows, from a door: fetched on the server, again when `key` changes.
pub fn part_data<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> F + Send + Sync + 'static,
) -> PageData<T>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    Resource::new_with_options(key, fetch, false)
}

/// What a page shows, from a door: fetched on the server, again when `key` changes or a form succeeded.
pub fn page_data<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> F + Send + Sync + 'static,
) -> PageData<T>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    let version = use_page_version();
    part_data(move || (key(), version.get()), move |(key, _)| fetch(key))
}
