//! Data of a page, fetched again after every form that succeeded.

use std::future::Future;

use leptos::prelude::*;
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

/// What a page shows, from a door: fetched on the server, again when `key` changes or a form succeeded.
pub fn page_data<K, T, F>(
    key: impl Fn() -> K + Send + Sync + 'static,
    fetch: impl Fn(K) -> F + Send + Sync + 'static,
) -> Resource<Result<T, Fault>>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    let version = use_page_version();
    Resource::new(move || (key(), version.get()), move |(key, _)| fetch(key))
}
