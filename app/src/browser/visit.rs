//! Going from page to page of an area without loading the program anew: the server draws the next page, and its document
//! takes the place of the one that stands here. A page that is loaded again, after a form or a hint, is taken over in place:
//! what was typed, what is open and what has the keyboard stays.

use std::cell::{Cell, RefCell};

use gloo_net::http::{Request, Response};
use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Document, DomParser, Element, Event, HtmlAnchorElement, HtmlSelectElement, MouseEvent, Node, SupportedType, Url,
    UrlSearchParams,
};

use super::{arrived, dom, form, keeper, vault};
use crate::{
    fault,
    shell::part_of,
    texts::{Lang, t},
};

thread_local! {
    /// Path and query of the page that stands here; the address may be ahead of it.
    static HERE: RefCell<String> = RefCell::default();
    /// Counts the visits: only the last one is shown.
    static VISITS: Cell<u32> = const { Cell::new(0) };
    /// The visit that somebody waits for.
    static AWAITED: Cell<Option<u32>> = const { Cell::new(None) };
    /// The next page is fetched for nobody.
    static UNATTENDED: Cell<bool> = const { Cell::new(false) };
}

/// The page that the program came with.
pub fn begin() {
    HERE.set(address());
}

/// What is drawn within the body.
const FRAME: &str = ".desk";

/// A link was clicked: within the area it is visited.
pub fn clicked(event: &Event) {
    let Some(mouse) = event.dyn_ref::<MouseEvent>() else { return };
    if event.default_prevented()
        || mouse.button() != 0
        || mouse.meta_key()
        || mouse.ctrl_key()
        || mouse.shift_key()
        || mouse.alt_key()
    {
        return;
    }
    let link = dom::target(event).and_then(|target| target.closest("a[href]").ok().flatten());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
    let elsewhere = ["target", "download"].into_iter().any(|name| link.has_attribute(name)) || link.rel().contains("external");
    // What cannot be handed over is not left behind by a visit: leaving the page asks first.
    if keeper::is_stuck() {
        return;
    }
    let is_place = !link.hash().is_empty() && format!("{}{}", link.pathname(), link.search()) == address();
    if elsewhere || is_place || link.origin() != window().location().origin().unwrap_or_default() || !is_near(&link.pathname()) {
        return;
    }
    event.prevent_default();
    let next = format!("{}{}{}", link.pathname(), link.search(), link.hash());
    spawn_local(async move { go(&next).await });
}

/// Whether the program that runs here serves this path too.
fn is_near(path: &str) -> bool {
    let here = window().location().pathname().unwrap_or_default();
    part_of(path).is_some_and(|part| part_of(&here) == Some(part))
}

/// Goes to a path of this site, whatever it is.
pub async fn go(next: &str) {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    if is_near(path) {
        show(next, Why::Gone).await;
    } else {
        form::leave_for(next);
    }
}

/// Goes where a form leads that was taken: by the browser itself if the page cannot be fetched, as sending it again would be
/// wrong now.
pub async fn done(next: &str) {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    if !is_near(path) || !show(next, Why::Done).await {
        form::leave_for(next);
    }
}

/// Whether somebody is on the way to another page.
pub fn is_under_way() -> bool {
    AWAITED.get().is_some()
}

/// The connection is back: the word that it was lost goes.
pub fn online() {
    if let Some(notice) = dom::first(".not-reached") {
        notice.remove();
    }
}

/// The browser went back or forth: the page of that address is drawn.
pub fn back() {
    let next = address();
    if HERE.with_borrow(|here| *here == next) {
        // Also when another page is on its way: it is not wanted any more.
        VISITS.set(VISITS.get() + 1);
        wait(None);
        return follow_hash();
    }
    if keeper::is_stuck() {
        let leaves = window().confirm_with_message(t::filing::form::leave_unsaved(Lang::of_page())).unwrap_or(true);
        if !leaves {
            return stay();
        }
    }
    spawn_local(async move { _ = show(&next, Why::Back).await });
}

/// Asks again for the page that stands here.
pub async fn refresh() {
    let here = HERE.with_borrow(Clone::clone);
    _ = show(&here, Why::Again).await;
}

/// The same without waiting for it.
pub fn anew() {
    spawn_local(refresh());
}

/// The same for a hint: nobody asked.
pub fn told() {
    UNATTENDED.set(true);
    anew();
}

fn address() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// The path of the page that stands here.
pub fn path() -> String {
    HERE.with_borrow(|here| path_of(here).to_owned())
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Why a page is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Somebody goes there.
    Gone,
    /// A form was taken and leads there.
    Done,
    /// The browser went back or forth: the address is there already.
    Back,
    /// It stands here, and may have changed.
    Again,
}

/// Shows which visit is waited for.
fn wait(number: Option<u32>) {
    AWAITED.set(number);
    if let Some(main) = dom::by_id("main") {
        dom::set_or_not(&main, "aria-busy", number.map(|_| "true"));
    }
}

/// The address goes back to the page that stands here.
fn stay() {
    let here = HERE.with_borrow(Clone::clone);
    _ = window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
}

/// Shows the page at an address; answers false when it was not reached.
async fn show(next: &str, why: Why) -> bool {
    // Whoever goes somewhere else overtakes all that is under way; a page that is only looked at again overtakes nobody.
    let number = VISITS.get() + u32::from(why != Why::Again);
    VISITS.set(number);
    let here = HERE.with_borrow(Clone::clone);
    let (address, hash) = next.split_once('#').map_or((next, String::new()), |(address, hash)| (address, format!("#{hash}")));
    if why != Why::Again {
        wait(Some(number));
        // First what was typed here: the next page may tell of it.
        if HERE.with_borrow(|here| path_of(here) != path_of(address)) {
            keeper::settle().await;
        }
    }
    let fetched = page_at(address).await;
    if AWAITED.get() == Some(number) && why != Why::Again {
        wait(None);
    }
    let left = HERE.with_borrow(|now| *now != here);
    if VISITS.get() != number || (why == Why::Again && left) {
        return true;
    }
    let Some((came, page)) = fetched else {
        match why {
            Why::Gone => offline(),
            Why::Back => {
                offline();
                stay();
            }
            Why::Done | Why::Again => {}
        }
        return false;
    };
    let frame = page.query_selector(FRAME).ok().flatten();
    let (Some(frame), Some(old), true) = (frame, dom::first(FRAME), is_same_build(&page) && is_near(path_of(&came))) else {
        form::leave_for(&format!("{came}{hash}"));
        return true;
    };
    let stays = path_of(&here) == path_of(&came);
    // What waits for a choice stays until it is made.
    if why == Why::Again && stays && (keeper::is_ahead_of(&frame) || vault::is_shown()) {
        return true;
    }
    // Another part of the same list is another page to look at.
    let begins = hash.is_empty() && (!stays || (why == Why::Gone && here != came));
    if !stays {
        keeper::leave();
    }
    let target = format!("{came}{hash}");
    let is_there = target == format!("{}{}", self::address(), window().location().hash().unwrap_or_default());
    if let Some(history) = window().history().ok().filter(|_| !is_there) {
        _ = match why {
            Why::Gone | Why::Done => history.push_state_with_url(&JsValue::NULL, "", Some(&target)),
            // The server sent the address on.
            Why::Back if came != address => history.replace_state_with_url(&JsValue::NULL, "", Some(&target)),
            Why::Back | Why::Again => Ok(()),
        };
    }
    HERE.set(came);
    document().set_title(&page.title());
    if stays {
        merge(&old, &frame);
        dom::keep_focus();
    } else {
        _ = old.replace_with_with_node_1(&frame);
    }
    if begins {
        window().scroll_to_with_x_and_y(0.0, 0.0);
        if let Some(main) = dom::by_id("main") {
            dom::focus(&main);
        }
    }
    arrived();
    // A page that is only looked at again does not take the keyboard back to where it once began.
    if why != Why::Again {
        follow_hash();
    }
    true
}

/// The page that stands here, as the server draws it now.
pub async fn fetched() -> Option<Document> {
    let here = HERE.with_borrow(Clone::clone);
    page_at(&here).await.map(|(_, page)| page)
}

/// The page at an address, and where it came from: another address when the server sent this one on.
async fn page_at(address: &str) -> Option<(String, Document)> {
    let mut request = Request::get(address).header("Accept", "text/html");
    if UNATTENDED.take() {
        request = request.header(fault::UNATTENDED, "1");
    }
    let response = request.send().await.ok()?;
    let sent_on = response.redirected().then(|| Url::new(&response.url()).ok()).flatten();
    let came = sent_on.map_or_else(|| address.to_owned(), |url| format!("{}{}", url.pathname(), url.search()));
    Some((came, parsed(response).await?))
}

/// Posts a form as a page without scripts does, and answers the page that it leads to.
pub async fn posted(url: &str, params: &UrlSearchParams) -> Option<Document> {
    let request = Request::post(url).header("Accept", "text/html").body(params.clone()).ok()?;
    parsed(request.send().await.ok()?).await
}

/// Shows the page that a posted form leads to where it is this page, as it was filled in; answers whether it does. Whoever
/// goes on meanwhile is not pulled back.
pub async fn show_posted(url: &str, params: &UrlSearchParams) -> bool {
    let here = path();
    let page = posted(url, params).await;
    let frame = page.and_then(|page| page.query_selector(FRAME).ok().flatten());
    let (Some(frame), Some(old), true) = (frame, dom::first(FRAME), path() == here) else { return false };
    // What both windows wrote says why it was not taken.
    if dom::within(&frame, ".stale").is_some() {
        dom::all(&frame, ".error-summary").iter().for_each(Element::remove);
    }
    _ = old.replace_with_with_node_1(&frame);
    arrived();
    true
}

async fn parsed(response: Response) -> Option<Document> {
    let text = response.text().await.ok()?;
    DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()
}

/// A server that was renewed meanwhile has another program: its pages are loaded whole.
fn is_same_build(page: &Document) -> bool {
    let of = |page: &Document| {
        let script = page.query_selector("script[type=module]").ok().flatten();
        script.and_then(|script| script.get_attribute("src"))
    };
    of(page) == of(&document())
}

/// The page could not be fetched: this one stays, and says so.
fn offline() {
    say("not-reached", dom::notice("error", "alert", [dom::make("p", "", t::fault::offline(Lang::of_page()))]));
}

/// Says something above the page, or nothing more, in the stead of what was said under this name.
pub fn say(name: &str, notice: Option<Element>) {
    let Some(main) = dom::by_id("main") else { return };
    let before = dom::all(&main, &format!(".{name}"));
    before.iter().for_each(Element::remove);
    if notice.is_some()
        && let Some(place) = dom::around("div", name, [notice])
    {
        _ = main.insert_before(&place, main.first_child().as_ref());
        // What was said already is found where it is.
        if before.is_empty() {
            place.scroll_into_view();
        }
    }
}

/// Goes to the field that the address names.
pub fn follow_hash() {
    let hash = window().location().hash().unwrap_or_default();
    let id = hash.trim_start_matches('#').to_owned();
    if id.is_empty() {
        return;
    }
    request_animation_frame(move || {
        if let Some(field) = dom::by_id(&id) {
            field.scroll_into_view();
            dom::focus(&field);
        }
    });
}

/// Makes an element like another one, changing only what differs. What people do to a page (what is typed, chosen, open) is
/// no attribute and stays.
fn merge(old: &Element, new: &Element) {
    if old.is_equal_node(Some(new)) {
        return;
    }
    for name in names(old) {
        if !new.has_attribute(&name) && !is_ours(&name) {
            _ = old.remove_attribute(&name);
        }
    }
    for name in names(new) {
        let value = dom::get(new, &name);
        if old.get_attribute(&name).as_deref() != Some(value.as_str()) && !is_ours(&name) {
            dom::set(old, &name, &value);
        }
    }
    // Filled by the browser alone.
    if new.has_attribute("data-kept") {
        return;
    }
    // What was chosen, not what the server had chosen.
    let sent = dom::within(old, "option[selected]").map(|option| dom::get(&option, "value")).unwrap_or_default();
    let chosen = old.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value).filter(|chosen| *chosen != sent);
    let mut at = old.first_child();
    for fresh in children(new) {
        match fitting(at.as_ref(), &fresh) {
            Some(known) => {
                if at.as_ref().is_some_and(|at| *at != known) {
                    _ = old.insert_before(&known, at.as_ref());
                }
                at = known.next_sibling();
                match (known.dyn_ref::<Element>(), fresh.dyn_ref::<Element>()) {
                    (Some(known), Some(fresh)) => merge(known, fresh),
                    _ => known.set_node_value(fresh.node_value().as_deref()),
                }
            }
            None => _ = old.insert_before(&fresh, at.as_ref()),
        }
    }
    while let Some(surplus) = at {
        at = surplus.next_sibling();
        _ = old.remove_child(&surplus);
    }
    // The choices are others now: what was chosen stays where it is still there.
    if let (Some(select), Some(chosen)) = (old.dyn_ref::<HtmlSelectElement>(), chosen)
        && dom::all(old, "option").iter().any(|option| dom::get(option, "value") == chosen)
    {
        select.set_value(&chosen);
    }
}

/// What stands at this place or after it and is to become `fresh`: with the same id wherever it is, else at this very place.
fn fitting(at: Option<&Node>, fresh: &Node) -> Option<Node> {
    let id = |node: &Node| node.dyn_ref::<Element>().and_then(|element| element.get_attribute("id"));
    if let Some(wanted) = id(fresh) {
        let mut next = at.cloned();
        while let Some(node) = next {
            if node.node_name() == fresh.node_name() && id(&node).as_deref() == Some(wanted.as_str()) {
                return Some(node);
            }
            next = node.next_sibling();
        }
        return None;
    }
    at.filter(|at| at.node_type() == fresh.node_type() && at.node_name() == fresh.node_name() && id(at).is_none()).cloned()
}

/// What the browser and this program set themselves.
fn is_ours(name: &str) -> bool {
    matches!(name, "open" | "aria-busy" | "hidden")
}

fn names(element: &Element) -> Vec<String> {
    element.get_attribute_names().iter().filter_map(|name| name.as_string()).collect()
}

fn children(element: &Element) -> Vec<Node> {
    let list = element.child_nodes();
    (0..list.length()).filter_map(|at| list.item(at)).collect()
}
