//! One file a page; one lazy part an area.

mod bureau;
mod filing;
mod provider;

pub use bureau::BureauArea;
pub use filing::FilingArea;
pub use provider::ProviderArea;

use crate::shell::set_status;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// The first page of the public.
#[component]
pub fn Home() -> impl IntoView {
    view! { <main><h1>"ICP"</h1><a href="/account">"/account"</a></main> }
}

/// Anything that is not there.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(404);
    view! { <main><h1>"404"</h1></main> }
}

/// Pages of one's own account.
#[derive(Debug, Default)]
pub struct AccountArea;

#[lazy_route]
impl LazyRoute for AccountArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let (count, set_count) = signal(0);
        view! { <main><button on:click=move |_| set_count.update(|n| *n += 1)>{count}</button></main> }.into_any()
    }
}
