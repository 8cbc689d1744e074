//! 机构管理: what a provider or a bureau keeps by itself (P15, B11). Drawn by the server alone.

mod overview;
mod policies;
mod policy_form;
mod policy_words;
mod providers;
mod ranges;
mod services;
mod staff;
mod staff_member;

use domain::actor::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    parts::desk::{DeskLayout, desk_not_found},
    paths,
    texts::{t, use_lang},
    ui::{Breadcrumb, Notice, NoticeKind, PageHead},
};

/// The page of this address.
pub(super) fn area() -> AnyView {
    let path = use_location().pathname.get_untracked();
    view! { <DeskLayout>{page(&path)}</DeskLayout> }.into_any()
}

fn page(path: &str) -> AnyView {
    let rest = path.trim_end_matches('/').strip_prefix("/office").unwrap_or_default();
    let mut parts = rest.split('/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => overview::overview_page(),
        (Some("staff"), None, _) => staff::staff_page(),
        (Some("staff"), Some("new"), None) => staff::new_page(),
        (Some("staff"), Some(id), None) => parsed(id, staff_member::member_page),
        (Some("ranges"), None, _) => ranges::ranges_page(),
        (Some("services"), None, _) => services::services_page(),
        (Some("services"), Some(id), None) => parsed(id, services::service_page),
        (Some("providers"), None, _) => providers::providers_page(),
        (Some("providers"), Some("new"), None) => providers::new_page(),
        (Some("providers"), Some(id), None) => parsed(id, providers::file_page),
        (Some("policies"), None, _) => policies::policies_page(),
        (Some("policies"), Some("new"), None) => policy_form::form_page(),
        (Some("policies"), Some("preview"), None) => policies::preview_page(),
        _ => desk_not_found(),
    }
}

fn parsed<T: std::str::FromStr>(id: &str, page: impl FnOnce(T) -> AnyView) -> AnyView {
    id.parse().map_or_else(|_| desk_not_found(), page)
}

/// The head of a page below the overview.
fn head(title: &str, lead: &str, above: &[(String, &str)]) -> AnyView {
    let l = use_lang();
    let mut trail = vec![(paths::office(), t::layout::office(l).to_owned())];
    trail.extend(above.iter().map(|(href, name)| (href.clone(), (*name).to_owned())));
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=title.to_owned() lead=lead.to_owned()/>
    }
    .into_any()
}

/// What has just been done here, of what can be.
fn done(known: &[(&str, &'static str)]) -> Option<AnyView> {
    let done = use_location().query.with_untracked(|query| query.get("done"))?;
    let text = known.iter().find(|(name, _)| *name == done)?.1;
    Some(view! { <Notice kind=NoticeKind::Success><p>{text}</p></Notice> }.into_any())
}

/// The roles of an office as choices, each with what it may do.
fn role_choices(roles: &[Role]) -> Vec<crate::ui::Choice> {
    use crate::{parts::desk::role_text, ui::Choice};
    let l = use_lang();
    let hint = |role: Role| t::office::role_hint::by_key(l, role.name()).unwrap_or_default();
    roles.iter().map(|role| Choice::new(role.name(), role_text(l, *role)).hint(hint(*role))).collect()
}
