//! Pages of one's own account (A8, A10).

mod contacts;
mod inbox;
mod overview;
mod password;
mod sessions;

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_location, lazy_route};

use crate::parts::desk::{DeskLayout, desk_not_found};

/// One's own account.
#[derive(Debug, Default)]
pub struct AccountArea;

#[lazy_route]
impl LazyRoute for AccountArea {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let path = use_location().pathname;
        view! { <DeskLayout>{move || page(&path.get())}</DeskLayout> }.into_any()
    }
}

fn page(path: &str) -> AnyView {
    match path.trim_end_matches('/') {
        "/account" => overview::overview_page(),
        "/account/password" => password::password_page(),
        "/account/contacts" => contacts::contacts_page(),
        "/account/sessions" => sessions::sessions_page(),
        "/account/inbox" => inbox::inbox_page(),
        _ => desk_not_found(),
    }
}
