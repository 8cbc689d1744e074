//! Pages of one's own account (A8, A10). Drawn by the server alone.

mod contacts;
mod inbox;
mod overview;
pub(super) mod password;
mod sessions;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::parts::desk::{DeskLayout, desk_not_found};

/// The page of this address.
pub(super) fn area() -> AnyView {
    let path = use_location().pathname.get_untracked();
    view! { <DeskLayout>{page(&path)}</DeskLayout> }.into_any()
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
