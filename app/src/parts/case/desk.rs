//! A desk: what is due, live.

use domain::{filing::Verb, views::desk::DeskView};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use super::{
    Place,
    deadline::clock,
    keys::{Key, Keys, focus_next},
    place::PROPOSED,
    queue,
};
use crate::{
    doors,
    live::{Line, Topic, listen},
    texts::{t, use_lang, verb_text},
    ui::{Notice, NoticeKind, PageHead},
};

/// One list of a desk, kept up to date.
pub(super) fn body(place: Place, view: DeskView) -> AnyView {
    let l = use_lang();
    let (title, lead) = queue::title(l, place.house);
    let house = view.house.clone();
    let now = clock(view.now);
    let desk = RwSignal::new(view);
    // A hint says only that something changed: the list is asked for again through its own door. Several hints that come
    // together lead to one question.
    let asking = StoredValue::new(false);
    let line = listen(Topic::Desk, move |_| {
        if asking.try_get_value() != Some(false) {
            return;
        }
        asking.set_value(true);
        set_timeout(
            move || {
                spawn_local(async move {
                    _ = asking.try_set_value(false);
                    match doors::desk::desk(place.listing, place.page, true).await {
                        Ok(fresh) => _ = desk.try_set(fresh),
                        Err(fault) if fault.wants_sign_in() => sign_in_again(),
                        Err(_) => {}
                    }
                });
            },
            std::time::Duration::from_millis(250),
        );
    });
    let state = move || {
        let (class, words) = match line.get() {
            Line::Connecting => ("live live-off", t::desk::live_connecting(l)),
            Line::On => ("live live-on", t::desk::live_on(l)),
            Line::Off => ("live live-off", t::desk::live_off(l)),
        };
        view! { <span class=class role="status">{words}</span> }
    };
    let keys = vec![
        Key::new("j", t::desk::key_down(l), || focus_next(".queue .case-link", 1)),
        Key::new("k", t::desk::key_up(l), || focus_next(".queue .case-link", -1)),
        Key::native("Enter", t::desk::key_enter(l)),
    ];
    let actions = view! { <span class="needs-scripts">{state}</span><Keys keys=keys/> }.into_any();
    view! {
        <PageHead title=title caption=house lead=lead actions=actions/>
        {done(place, None)}
        {queue::counts(l, place, desk)}
        <h2 class="list-name">{queue::list_text(l, place.listing)}</h2>
        {queue::rows(l, place, desk, now)}
        {queue::pages(l, place, desk)}
    }
    .into_any()
}

/// Whoever is not signed in any more sees nothing of a desk: its page is asked for anew, and the server leads to the sign-in.
pub(super) fn sign_in_again() {
    _ = window().location().reload();
}

/// What was done with the last case, with a link to it.
pub fn done(place: Place, here: Option<String>) -> AnyView {
    let l = use_lang();
    let query = use_location().query;
    (move || {
        let query = query.get();
        let words = match query.get_str("done")? {
            PROPOSED => t::desk::done_proposed(l),
            done => verb_text(l, Verb::find(done)?),
        };
        let last = query.get_str("last").and_then(|id| id.parse().ok());
        let title = if last.is_some() { t::desk::done_banner(l, words) } else { t::desk::done_here(l, words) };
        // Another sponsor's case stands here now: that it is another is said, not left to be noticed.
        let next = here.as_ref().filter(|_| last.is_some()).map(|here| t::desk::done_next(l, here));
        let link = last.map(|id| view! { <a href=place.case(id)>{t::desk::done_open(l)}</a> });
        Some(view! { <Notice kind=NoticeKind::Success><p><strong>{title}</strong>" "{next}" "{link}</p></Notice> })
    })
    .into_any()
}
