//! Pages for everybody. They come without scripts: whatever they do works by links and posts alone.

mod announcements;
mod api;
mod certificates;
mod code_tables;
mod demo;
mod feedback;
mod filing_password;
mod first_password;
mod help;
mod home;
mod laws;
mod open_information;
mod query;
mod record;
mod register;
mod second_factor;
mod sign_in;
mod sms;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    parts::layout::PublicLayout,
    paths,
    shell::set_status,
    texts::{t, use_lang},
    ui::{ButtonRow, LinkButton, PageHead},
};

/// The page of this address, without scripts.
pub(super) fn area() -> AnyView {
    let path = use_location().pathname.get_untracked();
    view! { <PublicLayout>{page(&path)}</PublicLayout> }.into_any()
}

fn page(path: &str) -> AnyView {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        [] => home::home_page(),
        ["query"] => query::query_page(),
        ["records", number] => record::record_page(number),
        ["certificates"] => certificates::certificates_page(),
        ["announcements"] => announcements::announcements_page(),
        ["announcements", key] => announcements::announcement_page(key),
        ["laws"] => laws::laws_page(),
        ["help"] => help::help_page(),
        ["help", "api"] => api::api_page(),
        ["help", "flow"] => help::flow_page(),
        ["help", "filing-password"] => filing_password::filing_password_page(),
        ["open-information"] => open_information::open_information_page(),
        ["feedback"] => feedback::feedback_page(),
        ["code-tables"] => code_tables::code_tables_page(),
        ["code-tables", id] => code_tables::code_table_page(id),
        ["demo"] => demo::demo_page(),
        ["demo", "messages"] => demo::messages_page(),
        ["sms"] => sms::confirm_page(),
        ["sms", "done"] => sms::done_page(),
        ["sms", "resend"] => sms::resend_page(),
        ["register"] => register::statement_page(),
        ["register", "flow"] => register::flow_page(),
        ["register", "form"] => register::form_page(),
        ["register", "confirm"] => register::confirm_page(),
        ["register", "codes"] => register::codes_page(),
        ["register", "correct"] => register::correct_page(),
        ["sign-in"] => sign_in::sign_in_page(),
        ["sign-in", "first-password"] => first_password::first_password_page(),
        ["sign-in", "second-factor"] => second_factor::second_factor_page(),
        ["lost-password"] => sign_in::lost_password_page(),
        ["lost-password", token] => sign_in::new_password_page(token),
        _ => not_found(),
    }
}

/// What a path that leads nowhere shows.
fn not_found() -> AnyView {
    let l = use_lang();
    set_status(404);
    view! {
        <PageHead title=t::errors::not_found(l) lead=t::errors::not_found_text(l)/>
        <ButtonRow>
            <LinkButton href=paths::home() label=t::errors::to_home(l) external=true/>
            <LinkButton href=paths::query() label=t::layout::query(l) secondary=true external=true/>
        </ButtonRow>
    }
    .into_any()
}
