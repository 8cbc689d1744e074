//! Pages in the place of a page that may not be shown, or broke: 401, 403, 404, 409, 422, 429, 500, 503.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;

use crate::{
    fault::Fault,
    parts::layout::PublicLayout,
    paths,
    texts::{fault_lines, t, use_lang, wait_text},
    ui::{ButtonRow, LinkButton, PageHead},
};

/// The whole page for a fault; drawn by the server alone, without scripts.
#[must_use]
pub fn fault_document(fault: &Fault) -> AnyView {
    provide_meta_context();
    let fault = fault.clone();
    view! {
        <Router>
            <PublicLayout>{fault_body(&fault)}</PublicLayout>
        </Router>
    }
    .into_any()
}

fn fault_body(fault: &Fault) -> AnyView {
    let l = use_lang();
    let lines = fault_lines(l, fault);
    let general = lines.general.unwrap_or_default();
    let (title, lead) = match fault {
        Fault::SignedOut => (t::errors::expired(l), t::errors::expired_text(l).to_owned()),
        Fault::Forbidden => (t::errors::forbidden(l), t::errors::forbidden_text(l).to_owned()),
        Fault::NotFound => (t::errors::not_found(l), t::errors::not_found_text(l).to_owned()),
        Fault::Limited { retry_after_s } => (t::errors::limited(l), t::fault::limited(l, &wait_text(l, *retry_after_s))),
        Fault::Broken { .. } => (t::errors::broken(l), t::errors::broken_text(l).to_owned()),
        Fault::Busy => (t::errors::busy(l), t::errors::busy_text(l).to_owned()),
        Fault::Offline => (t::errors::unready(l), t::errors::unready_text(l).to_owned()),
        Fault::TooLarge { .. } => (t::errors::too_large(l), general),
        Fault::Refused(_) | Fault::Stale | Fault::Invalid(_) | Fault::Malformed => (t::errors::conflict(l), general),
    };
    let problems = lines.fields.into_iter().map(|problem| view! { <p class="problem">{problem.text}</p> }).collect_view();
    let incident = match fault {
        Fault::Broken { incident } if !incident.is_empty() => Some(incident.clone()),
        _ => None,
    };
    let incident = incident.map(|incident| {
        view! { <p>{t::errors::incident(l)} " " <strong class="figures">{incident}</strong></p> }
    });
    let sign_in = fault.wants_sign_in().then(|| view! { <LinkButton href=paths::sign_in() label=t::sign_in::title(l)/> });
    let secondary = sign_in.is_some();
    view! {
        <PageHead title=title lead=lead/>
        {problems}
        {incident}
        <ButtonRow>
            {sign_in}
            <LinkButton href=paths::home() label=t::errors::to_home(l) secondary=secondary/>
        </ButtonRow>
    }
    .into_any()
}
