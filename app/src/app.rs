//! The router: one lazy route a desk, which the browser draws too, and plain ones for what the server alone draws.

use crate::{flash::provide_flash, pages, ui::provide_ui};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// The whole application, below `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_flash();
    provide_ui();
    // The last route takes every path that the others leave: there is nothing to fall back from.
    view! {
        <Router>
            <FlatRoutes fallback=|| ()>
                <Route path=path!("/provider/*rest") view={Lazy::<pages::ProviderArea>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/bureau/*rest") view={Lazy::<pages::BureauArea>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account/*rest") view=pages::account_area ssr=SsrMode::Async/>
                <Route path=path!("/office/*rest") view=pages::office_area ssr=SsrMode::Async/>
                <Route path=path!("/filings/*rest") view=pages::filing_area ssr=SsrMode::Async/>
                <Route path=path!("/*rest") view=pages::public_area ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
