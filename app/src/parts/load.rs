//! Shows what a door answered, or the fault as a page with the right status.

use std::{future::Future, sync::Arc};

use leptos::prelude::*;

use super::desk::desk_not_found;
use crate::{
    doors::apart::asked,
    fault::Fault,
    shell::set_fault,
    texts::{fault_lines, t, use_lang},
    ui::{Notice, NoticeKind, PageData, PageHead},
};

/// Waits for the data, then draws it. What was drawn stays while it is fetched again.
pub fn load<T>(data: PageData<T>, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    load_or(data, draw, fault_page)
}

/// The same for a page whose heading is drawn with the data: a fault in its place has a heading of its own.
pub fn load_page<T>(data: PageData<T>, draw: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    load_or(data, draw, |fault| {
        let l = use_lang();
        let head = (*fault != Fault::NotFound).then(|| view! { <PageHead title=t::form::not_done(l)/> });
        view! { {head} {fault_page(fault)} }.into_any()
    })
}

fn load_or<T>(
    data: PageData<T>,
    draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
    fault_view: fn(&Fault) -> AnyView,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let l = use_lang();
    let draw = Arc::new(draw);
    view! {
        <Transition fallback=move || view! { <p class="loading" role="status">{t::form::loading(l)}</p> }>
            {move || {
                let draw = Arc::clone(&draw);
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => draw(data),
                        Err(fault) => fault_view(&fault),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// The same for pages without scripts: drawn once, on the server, when the data is there.
pub fn load_once<T: Send + 'static>(
    data: impl Future<Output = Result<T, Fault>> + Send + 'static,
    draw: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    once(data, |data| match data {
        Ok(data) => draw(data),
        Err(fault) => fault_page(&fault),
    })
}

/// The same for a part that knows what to show without its data. Every part is drawn through here: one that asked by itself,
/// while the page looks at it, would hold what it was given until its turn comes ([`asked`]).
pub fn once<T: Send + 'static>(
    data: impl Future<Output = Result<T, Fault>> + Send + 'static,
    draw: impl FnOnce(Result<T, Fault>) -> AnyView + Send + 'static,
) -> AnyView {
    let data = asked(data);
    Suspend::new(async move { draw(data.await) }).into_any()
}

/// A fault in the place of the page.
pub fn fault_page(fault: &Fault) -> AnyView {
    let l = use_lang();
    if *fault == Fault::NotFound {
        return desk_not_found();
    }
    set_fault(fault);
    let mut lines = fault_lines(l, fault);
    if *fault == Fault::Busy {
        // Nothing was sent: the page itself is what is missing.
        lines.general = Some(t::errors::busy_text(l).to_owned());
    }
    let problems = lines.fields.into_iter().map(|problem| view! { <p>{problem.text}</p> }).collect_view();
    let way_out = lines.way_out.map(|(href, words)| view! { <p><a href=href rel="external">{words}</a></p> });
    view! {
        <Notice kind=NoticeKind::Error title=t::form::not_done(l)>
            {lines.general.map(|text| view! { <p>{text}</p> })}
            {problems}
            {way_out}
        </Notice>
    }
    .into_any()
}
