//! The provider's desk (P3, P16): what is due, and one case at a time.

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

use crate::parts::{
    case::{House, desk::desk, place::case_of, reasons::Notepad, sheet::sheet},
    desk::DeskLayout,
};

/// Pages of the provider's staff.
#[derive(Debug, Default)]
pub struct ProviderArea;

#[lazy_route]
impl LazyRoute for ProviderArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let pad = Notepad::new();
        let path = use_location().pathname;
        let is_case = Memo::new(move |_| case_of(&path.get()).is_some());
        let page = move || if is_case.get() { sheet(House::Provider, pad) } else { desk(House::Provider) };
        view! { <DeskLayout>{page}</DeskLayout> }.into_any()
    }
}
