//! Pages of one's own account (A8, A10). Drawn by the server alone.

mod contacts;
mod inbox;
mod overview;
mod passkeys;
pub(super) mod password;
mod sessions;
mod sign_out;

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
        "/account/sign-out" => sign_out::sign_out_page(),
        "/account/inbox" => inbox::inbox_page(),
        "/account/passkeys" => passkeys::passkeys_page(),
        "/account/passkeys/new" => passkeys::new_passkey_page(),
        path => match path.strip_prefix("/account/passkeys/").and_then(|id| id.parse().ok()) {
            Some(id) => passkeys::passkey_page(id),
            None => desk_not_found(),
        },
    }
}
