//! Pages that ask before something is taken back or removed.

use domain::{filing::Verb, id::FilingId};
use leptos::prelude::*;

use crate::{
    doors,
    doors::filings::{Discard, RemoveAccess, RemoveSite, Withdraw},
    parts::load::load_once,
    paths,
    texts::{refusal_text, t, use_lang},
    ui::{ButtonRow, DangerButton, FormAction, LinkButton, Notice, NoticeKind, PageHead, PostForm},
};

/// Withdraw from the provider.
pub(super) fn withdraw(id: FilingId) -> AnyView {
    let l = use_lang();
    offered(id, Verb::Withdraw, move |seq| {
        let words =
            [t::filing::confirm::withdraw_title(l), t::filing::confirm::withdraw_body(l), t::filing::confirm::withdraw(l)];
        question(
            words,
            FormAction::of::<Withdraw>(),
            paths::filing::progress(id),
            hidden(vec![("id", id.to_string()), ("seq", seq.to_string())]),
        )
    })
}

/// Give the filing up.
pub(super) fn discard(id: FilingId) -> AnyView {
    let l = use_lang();
    offered(id, Verb::Discard, move |seq| {
        let words = [t::filing::confirm::discard_title(l), t::filing::confirm::discard_body(l), t::filing::confirm::discard(l)];
        question(
            words,
            FormAction::of::<Discard>(),
            paths::filings(),
            hidden(vec![("id", id.to_string()), ("seq", seq.to_string())]),
        )
    })
}

/// Remove a site with its accesses.
pub(super) fn remove_site(id: FilingId, site: u8) -> AnyView {
    let l = use_lang();
    let title = t::filing::confirm::remove_site_title(l, &site.to_string());
    let words = [title.as_str(), t::filing::confirm::remove_site_body(l), t::filing::confirm::remove(l)];
    let fields = hidden(vec![("id", id.to_string()), ("site", site.to_string())]);
    question(words, FormAction::of::<RemoveSite>(), paths::filing::tasks(id), fields)
}

/// Remove an access of a site.
pub(super) fn remove_access(id: FilingId, site: u8, access: u8) -> AnyView {
    let l = use_lang();
    let title = t::filing::confirm::remove_access_title(l, &access.to_string());
    let words = [title.as_str(), t::filing::confirm::remove_access_body(l), t::filing::confirm::remove(l)];
    let fields = hidden(vec![("id", id.to_string()), ("site", site.to_string()), ("access", access.to_string())]);
    question(words, FormAction::of::<RemoveAccess>(), paths::filing::tasks(id), fields)
}

/// The question, if it can be asked now; else why not.
fn offered(id: FilingId, verb: Verb, ask: impl FnOnce(i32) -> AnyView + Send + 'static) -> AnyView {
    let l = use_lang();
    load_once(doors::filings::progress(id), move |doors::filings::Standing { view, .. }| {
        let refusal = view.offers.iter().find(|(offer, _)| *offer == verb).map(|(_, refusal)| *refusal);
        match refusal {
            Some(None) => ask(view.seq),
            refused => {
                let why = refused.flatten().unwrap_or(domain::refusal::Refusal::Status { status: view.status });
                view! {
                    <PageHead title=t::filing::progress::title(l)/>
                    <Notice kind=NoticeKind::Warning>
                        <p>{refusal_text(l, &why)}</p>
                    </Notice>
                    <LinkButton href=paths::filing::progress(id) label=t::filing::submitted::progress(l)/>
                }
                .into_any()
            }
        }
    })
}

fn hidden(fields: Vec<(&'static str, String)>) -> AnyView {
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view().into_any()
}

fn question(words: [&str; 3], action: FormAction, keep: String, fields: AnyView) -> AnyView {
    let l = use_lang();
    let [title, body, label] = words.map(str::to_owned);
    view! {
        <PageHead title=title lead=body/>
        <PostForm id="ask" action=action once=true>
            {fields}
            <ButtonRow>
                <DangerButton label=label/>
                <LinkButton href=keep label=t::filing::confirm::keep(l) secondary=true/>
            </ButtonRow>
        </PostForm>
    }
    .into_any()
}
