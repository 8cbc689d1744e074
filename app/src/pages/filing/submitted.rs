//! Submitted: what happens next.

use domain::id::FilingId;
use leptos::prelude::*;

use crate::{
    doors,
    parts::load::load_once,
    paths,
    texts::{t, use_lang},
    ui::{LinkButton, Panel},
};

/// The page.
pub(super) fn page(id: FilingId) -> AnyView {
    let l = use_lang();
    load_once(doors::filings::progress(id), move |doors::filings::Standing { view, .. }| {
        let body = if view.holder.is_empty() {
            t::filing::submitted::body_plain(l).to_owned()
        } else {
            t::filing::submitted::body(l, &view.holder)
        };
        view! {
            <leptos_meta::Title text=t::filing::submitted::title(l)/>
            <Panel title=t::filing::submitted::title(l)>
                <p>{body}</p>
                <ol>
                    <li>{t::filing::review::next_1(l)}</li>
                    <li>{t::filing::review::next_2(l)}</li>
                    <li>{t::filing::review::next_3(l)}</li>
                </ol>
                <LinkButton href=paths::filing::progress(id) label=t::filing::submitted::progress(l)/>
            </Panel>
        }
        .into_any()
    })
}
