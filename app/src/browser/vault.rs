//! What the server could not be given, kept in this browser until it can: sealed, bound to the account, the filing and the
//! section (`frontend/vault.js`). Whichever page of the account is open when the server is reached again sends it; what others
//! changed meanwhile is shown beside it on its own page. After that, and when the account signs out, it is gone.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::set_timeout_with_handle};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{js_sys::Array, spawn_local};
use web_sys::{Element, Event, HtmlFormElement, UrlSearchParams};

use super::{dom, form, keeper, visit};
use crate::{
    doors::filings::Kept,
    texts::{Lang, t::filing::form as f},
};

mod js {
    use wasm_bindgen::prelude::*;
    use web_sys::HtmlFormElement;

    #[wasm_bindgen(raw_module = "./vault.js")]
    extern "C" {
        #[wasm_bindgen(catch)]
        pub async fn keep(account: &str, place: &str, text: &str) -> Result<JsValue, JsValue>;
        pub fn changed(form: &HtmlFormElement) -> bool;
        pub fn typed(form: &HtmlFormElement) -> String;
        #[wasm_bindgen(catch)]
        pub async fn kept(account: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        pub async fn forget(account: &str, place: &str, stamp: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        pub async fn wipe(account: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_name = signedIn)]
        pub fn signed_in(account: &str);
    }
}

/// How long until another try when the server was not reached; each after it waits twice as long.
const RETRY: Duration = Duration::from_secs(3);
/// How long such a wait is at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

thread_local! {
    /// Somebody is sending what is kept.
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// How long the next try waits.
    static WAIT: Cell<Duration> = const { Cell::new(RETRY) };
    /// What is kept and the server does not have, as far as this page knows.
    static UNSENT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// What of it stands on the page for a choice: on which page, its place and its stamp.
    static SHOWN: RefCell<Option<(String, String, String)>> = const { RefCell::new(None) };
    /// It was asked for again meanwhile.
    static ASKED: Cell<bool> = const { Cell::new(false) };
    /// The last time broke off: the server was not reached, or knew nobody.
    static BROKEN_OFF: Cell<bool> = const { Cell::new(false) };
    /// The next try.
    static TIMER: Cell<Option<TimeoutHandle>> = const { Cell::new(None) };
}

/// Whose page this is.
fn account() -> Option<String> {
    dom::first("[data-account]").map(|place| dom::get(&place, "data-account"))
}

/// Keeps what stands in a section's form in this browser, in the stead of what was kept at this place; answers whether it could.
pub async fn keep(place: &str, url: &str, form: &HtmlFormElement, answers: &UrlSearchParams) -> bool {
    let Some(account) = account() else { return false };
    let text = format!("{}\n{url}\n{}\n{}", visit::path(), answers.to_string(), js::typed(form));
    let done = js::keep(&account, place, &text).await.is_ok();
    if done {
        UNSENT.with_borrow_mut(|unsent| unsent.push(place.to_owned()));
    }
    done
}

/// The server has what was kept at a place, or somebody gave it up.
pub async fn forget(place: &str) {
    forget_as(place, "").await;
}

/// The same, unless something newer was kept there meanwhile.
async fn forget_as(place: &str, stamp: &str) {
    let Some(account) = account() else { return };
    if js::forget(&account, place, stamp).await.is_ok_and(|done| done.is_truthy()) {
        UNSENT.with_borrow_mut(|unsent| unsent.retain(|one| one != place));
    }
}

/// The choice is made between what the page shows from here and what others wrote; answers whether there was one.
pub async fn decided() -> bool {
    let shown = SHOWN.take().filter(|(path, ..)| *path == visit::path());
    let Some((_, place, stamp)) = shown else { return false };
    forget_as(&place, &stamp).await;
    true
}

/// Whether the page shows something from here that waits for a choice.
pub fn is_shown() -> bool {
    SHOWN.with_borrow(|shown| shown.as_ref().is_some_and(|(path, ..)| *path == visit::path()))
}

/// Whether any field of a form holds something else than the server sent.
pub fn is_changed(form: &HtmlFormElement) -> bool {
    js::changed(form)
}

/// Whether something is kept here that the server does not have.
pub fn has_unsent() -> bool {
    UNSENT.with_borrow(|unsent| !unsent.is_empty())
}

/// The account signs out: nothing of it stays.
pub async fn wipe() {
    if let Some(account) = account() {
        _ = js::wipe(&account).await;
    }
}

/// A page came from the server: whoever's it is, is signed in. What is kept is sent.
pub fn begin() {
    if let Some(account) = account() {
        js::signed_in(&account);
        send();
    }
}

/// Sends what is kept, as far as the server takes it; tries again while the server is not reached.
pub fn send() {
    if SENDING.replace(true) {
        return ASKED.set(true);
    }
    if let Some(timer) = TIMER.take() {
        timer.clear();
    }
    // Whoever went on without choosing is asked again when coming back.
    if !is_shown() {
        SHOWN.set(None);
    }
    spawn_local(async {
        let again = send_all().await;
        SENDING.set(false);
        if ASKED.take() && again.is_none() {
            return send();
        }
        TIMER.set(again.and_then(|again| set_timeout_with_handle(send, again).ok()));
    });
}

/// The same where the last time broke off: somebody may have signed in again beside this page.
pub fn again() {
    if BROKEN_OFF.get() {
        send();
    }
}

/// Somebody gives up what could not be sent: the button says which.
pub fn clicked(event: &Event) {
    let button = dom::target(event).and_then(|target| target.closest("[data-give-up]").ok().flatten());
    if let Some(button) = button {
        spawn_local(async move {
            forget(&dom::get(&button, "data-give-up")).await;
            send();
        });
    }
}

/// Answers when to try again, where that is worth it.
async fn send_all() -> Option<Duration> {
    let kept = js::kept(&account()?).await.ok()?.dyn_into::<Array>().ok()?;
    let texts: Vec<String> = kept.iter().filter_map(|text| text.as_string()).collect();
    let kept: Vec<&[String]> = texts.chunks_exact(3).collect();
    UNSENT.set(kept.iter().map(|kept| kept[0].clone()).collect());
    let l = Lang::of_page();
    let mut said = Vec::new();
    let mut again = None;
    BROKEN_OFF.set(false);
    for kept in kept {
        let [place, stamp, text] = kept else { continue };
        let parts: Vec<&str> = text.splitn(4, '\n').collect();
        let &[path, url, answers, typed] = parts.as_slice() else { continue };
        // What the page shows waits for a choice, and so does what else is kept for this page; what was typed on it is sent
        // by its keeper.
        if keeper::is_at(place) || (visit::path() == path && is_shown()) {
            continue;
        }
        let Ok(answers) = UrlSearchParams::new_with_str(answers) else { continue };
        let Err(told) = form::send_pairs::<Kept>(url, "", &answers).await else {
            WAIT.set(RETRY);
            forget_as(place, stamp).await;
            if visit::path() == path {
                visit::refresh().await;
            }
            continue;
        };
        match told.fault.as_str() {
            "stale" | "invalid" if visit::path() == path && !keeper::is_busy() => {
                if visit::show_posted(url, &answers).await {
                    SHOWN.set(Some((path.to_owned(), place.clone(), stamp.clone())));
                }
            }
            "stale" | "invalid" => said.push(dom::around("p", "", [dom::link(path, f::kept_show(l))])),
            "refused" => said.push(untaken(l, f::kept_locked(l), filing_of(path), place, typed)),
            "not_found" | "malformed" | "too_large" => said.push(untaken(l, f::kept_gone(l), None, place, typed)),
            "offline" | "limited" | "busy" | "broken" => {
                BROKEN_OFF.set(true);
                let wait = WAIT.get();
                WAIT.set(LONGEST_WAIT.min(wait * 2));
                again = Some(wait.max(Duration::from_secs(told.retry_after_s)));
                break;
            }
            // Nobody is signed in any more, or somebody else.
            _ => {
                BROKEN_OFF.set(true);
                break;
            }
        }
    }
    let words = dom::make("p", "", f::kept_unsent(l));
    let notice = (!said.is_empty()).then(|| dom::notice("warning", "note", [words].into_iter().chain(said))).flatten();
    visit::say("kept-unsent", notice);
    again
}

/// The page of the filing that a page belongs to.
fn filing_of(path: &str) -> Option<&str> {
    path.match_indices('/').nth(2).and_then(|(at, _)| path.get(..at))
}

/// What the server does not take: it stays here, to be read, until somebody gives it up, and is sent when it can be.
fn untaken(l: Lang, why: &str, filing: Option<&str>, place: &str, typed: &str) -> Option<Element> {
    let mut lines = vec![dom::make("summary", "", f::kept_look(l))];
    lines.extend(typed.lines().map(|line| dom::make("p", "", line)));
    let button = dom::make("button", "button button-secondary", f::kept_give_up(l))?;
    dom::set(&button, "type", "button");
    dom::set(&button, "data-give-up", place);
    let filing = filing.and_then(|path| dom::around("p", "", [dom::link(path, f::kept_filing(l))]));
    dom::around("div", "", [dom::make("p", "", why), filing, dom::around("details", "", lines), Some(button)])
}
