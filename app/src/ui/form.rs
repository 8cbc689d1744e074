//! The form that works with and without scripts.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use gloo_net::http::Request;
use leptos::{context::Provider, ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use server_fn::ServerFn;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use super::data::use_page_version;
use crate::{
    fault::{Done, Fault},
    flash::{forget_flash, use_flash},
    texts::{Lang, fault_lines, t, use_lang},
};

/// Where a form posts: the URL of a server function that answers `Result<Done, Fault>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormAction(&'static str);

impl FormAction {
    /// The URL of the server function `F`.
    #[must_use]
    pub fn of<F: ServerFn<Output = Done, Error = Fault>>() -> Self {
        Self(F::PATH)
    }

    /// The URL of a door that is no server function, such as an upload. It must answer like one.
    #[must_use]
    pub const fn at(url: &'static str) -> Self {
        Self(url)
    }

    /// The URL.
    #[must_use]
    pub fn url(self) -> &'static str {
        self.0
    }
}

/// A problem in words, at a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field as [`field_path`] names it.
    pub field: String,
    /// What is wrong and what to do.
    pub text: String,
    /// Where it is put right, when that is no field of the form.
    pub href: Option<String>,
}

/// Puts a fault in words where some of what is wrong stands elsewhere on the page than in the form's fields.
pub type Tell = fn(Lang, &Fault) -> FaultLines;

/// A fault in words, as a form shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultLines {
    /// What is not about one field.
    pub general: Option<String>,
    /// What is.
    pub fields: Vec<FieldProblem>,
    /// A way out: address and words of a link.
    pub way_out: Option<(String, String)>,
    /// The way out is to load what stands now.
    pub stale: bool,
}

impl FaultLines {
    /// Nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.general.is_none() && self.fields.is_empty()
    }
}

/// Judges a form while it is filled in; its problems are shown at fields that were visited.
/// It must never be stricter than the server.
pub type Check = Arc<dyn Fn(&FormValues) -> Vec<FieldProblem> + Send + Sync>;

/// The name and value pairs of a form, as it would be posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormValues(pub Vec<(String, String)>);

impl FormValues {
    /// What stands in a form of the page now.
    #[must_use]
    pub fn of(form: &HtmlFormElement) -> Self {
        FormData::new_with_form(form).map(|data| pairs(&data)).unwrap_or_default()
    }

    /// The first value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The nested input under `root` (`form[…]`) as its `…Form` type; `None` when it does not fit.
    #[must_use]
    pub fn parse<T: DeserializeOwned>(&self, root: &str) -> Option<T> {
        let mut tree = Value::Object(Map::new());
        for (name, value) in &self.0 {
            let Some((first, rest)) = name.split_once('[') else { continue };
            if first == root {
                let keys: Vec<&str> = rest.trim_end_matches(']').split("][").collect();
                plant(&mut tree, &keys, value);
            }
        }
        serde_json::from_slice(tree.to_string().as_bytes()).ok()
    }
}

fn plant(tree: &mut Value, keys: &[&str], value: &str) {
    let Some((key, rest)) = keys.split_first() else {
        *tree = Value::String(value.to_owned());
        return;
    };
    if key.is_empty() {
        if !tree.is_array() {
            *tree = Value::Array(Vec::new());
        }
        if let Value::Array(items) = tree {
            items.push(Value::String(value.to_owned()));
        }
        return;
    }
    if !tree.is_object() {
        *tree = Value::Object(Map::new());
    }
    if let Value::Object(map) = tree {
        plant(map.entry((*key).to_owned()).or_insert(Value::Null), rest, value);
    }
}

/// The field that an input's name or a problem means: `form[approval_numbers][3]` and `approval_numbers[3]` are both
/// `approval_numbers.3`; `form[services][]` is `services`.
#[must_use]
pub fn field_path(name: &str) -> String {
    let inner = name.strip_prefix("form[").map_or_else(|| name.to_owned(), |rest| rest.replacen(']', "", 1));
    inner.replace("[]", "").replace("][", ".").replace('[', ".").replace(']', "")
}

/// What a field knows about the form around it.
#[derive(Clone, Copy)]
pub struct Form {
    id: StoredValue<String>,
    typed: StoredValue<Option<HashMap<String, Vec<String>>>>,
    answer: RwSignal<FaultLines>,
    checked: RwSignal<Vec<FieldProblem>>,
    pending: RwSignal<bool>,
    /// What each field asks, by its path: the summary names the field.
    labels: StoredValue<HashMap<String, String>>,
}

impl Form {
    /// A form without problems and without typed values.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: StoredValue::new(id.to_owned()),
            typed: StoredValue::new(None),
            answer: RwSignal::new(FaultLines::default()),
            checked: RwSignal::new(Vec::new()),
            pending: RwSignal::new(false),
            labels: StoredValue::new(HashMap::new()),
        }
    }

    /// The form around this field; a form of its own where there is none.
    #[must_use]
    pub fn around() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self::new(""))
    }

    /// The id of the input with this name.
    #[must_use]
    pub fn input_id(&self, name: &str) -> String {
        let path = field_path(name).replace('.', "-");
        self.id.with_value(|id| if id.is_empty() { path.clone() } else { format!("{id}-{path}") })
    }

    /// The values typed before the server sent the form back; `None` when it did not.
    #[must_use]
    pub fn typed(&self, name: &str) -> Option<Vec<String>> {
        self.typed.with_value(|typed| typed.as_ref().map(|typed| typed.get(name).cloned().unwrap_or_default()))
    }

    /// The value typed before the server sent the form back, else `given`.
    #[must_use]
    pub fn value(&self, name: &str, given: &str) -> String {
        self.typed(name).map_or_else(|| given.to_owned(), |typed| typed.first().cloned().unwrap_or_default())
    }

    /// The problem at this field, if any; reactive.
    #[must_use]
    pub fn problem(&self, name: &str) -> Option<String> {
        let path = field_path(name);
        let find = |problems: &[FieldProblem]| {
            problems.iter().find(|problem| field_path(&problem.field) == path).map(|problem| problem.text.clone())
        };
        self.checked.with(|checked| find(checked)).or_else(|| self.answer.with(|answer| find(&answer.fields)))
    }

    /// Tells the summary what a field asks.
    pub(super) fn name_field(&self, name: &str, label: &str) {
        self.labels.update_value(|labels| _ = labels.insert(field_path(name), label.to_owned()));
    }

    /// Whether the form is on its way to the server; reactive.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.get()
    }
}

/// A form that posts to a server function, with or without scripts. See the module's example.
#[component]
pub fn PostForm(
    /// Where it posts.
    action: FormAction,
    /// Unique on the page: tells the page's forms apart when one is sent back.
    #[prop(into)]
    id: String,
    /// The page to come back to with problems; this page when not given.
    #[prop(optional, into)]
    back: Option<String>,
    /// Repeating it would matter: send a retry key.
    #[prop(optional)]
    once: bool,
    /// Sends files.
    #[prop(optional)]
    upload: bool,
    /// Judges while the form is filled in.
    #[prop(optional)]
    check: Option<Check>,
    /// What is wrong with the answers as they stand, to be shown at once.
    #[prop(optional)]
    problems: Vec<FieldProblem>,
    /// How faults are put in words.
    #[prop(default = fault_lines)]
    tell: Tell,
    /// A class beside `form`.
    #[prop(optional, into)]
    class: String,
    /// Fields and buttons.
    children: Children,
) -> AnyView {
    let l = use_lang();
    let form = Form::new(&id);
    form.answer.set(FaultLines { fields: problems, ..FaultLines::default() });
    let flash = use_flash();
    let sent = flash.values.get("form_id").and_then(|ids| ids.first());
    let mine = if sent.is_some() { sent == Some(&id) } else { flash.door == action.url() };
    if mine {
        form.typed.set_value(Some(flash.values));
        if let Some(fault) = flash.fault {
            form.answer.set(tell(l, &fault));
        }
    }
    let location = use_location();
    let back = back.unwrap_or_else(|| {
        let search = location.search.get_untracked();
        let path = location.pathname.get_untracked();
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    });
    let version = use_page_version();
    let navigate = use_navigate();
    let summary_id = format!("{id}-summary");
    let focus_id = summary_id.clone();
    let on_submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        if form.pending.get_untracked() {
            return;
        }
        let Some(Posted { url, data, element }) = Posted::from_event(&ev, action.url()) else { return };
        form.pending.set(true);
        let (navigate, focus_id) = (navigate.clone(), focus_id.clone());
        spawn_local(async move {
            let answer = send(&url, &data, upload).await;
            _ = form.pending.try_set(false);
            match answer {
                Ok(done) => {
                    _ = form.answer.try_set(FaultLines::default());
                    _ = form.checked.try_set(Vec::new());
                    renew_retry_key(&element);
                    // A page that is left, as at signing out, does not ask once more.
                    if go(&done.next, &navigate) {
                        _ = version.try_update(|version| *version += 1);
                    }
                }
                Err(fault) => {
                    _ = form.checked.try_set(Vec::new());
                    _ = form.answer.try_set(tell(l, &fault));
                    request_animation_frame(move || focus(&focus_id));
                }
            }
        });
    };
    let judge = Judge::new(form, check);
    let on_change = move |ev: leptos::ev::Event| {
        let input = ev.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(name) = input.and_then(|input| input.get_attribute("name")) {
            judge.visited(field_path(&name));
        }
    };
    let retry_key = once.then(|| view! { <input type="hidden" name="retry_key" value=new_retry_key()/> });
    view! {
        <form
            id=id.clone()
            class=format!("form {class}")
            method="post"
            action=action.url()
            enctype=upload.then_some("multipart/form-data")
            novalidate
            aria-busy=move || form.pending.get().then_some("true")
            on:submit=on_submit
            on:change=on_change
            on:pointerdown=move |_| judge.pressed.set_value(true)
        >
            <input type="hidden" name="form_id" value=id.clone()/>
            <input type="hidden" name="back" value=back/>
            {retry_key}
            {move || summary(&summary_id, form, version)}
            <Provider value=form>{children()}</Provider>
        </form>
    }
    .into_any()
}

/// Checks a form while it is filled in and shows what is wrong with the fields that were visited.
#[derive(Clone, Copy)]
struct Judge {
    form: Form,
    check: StoredValue<Option<Check>>,
    visited: StoredValue<BTreeSet<String>>,
    /// A finger or a mouse button is down: a problem that appeared now would move its target away from under it.
    pressed: StoredValue<bool>,
    /// The fields that changed since the last look.
    changed: StoredValue<Vec<String>>,
}

impl Judge {
    fn new(form: Form, check: Option<Check>) -> Self {
        let judge = Self {
            form,
            check: StoredValue::new(check),
            visited: StoredValue::new(BTreeSet::new()),
            pressed: StoredValue::new(false),
            changed: StoredValue::new(Vec::new()),
        };
        if judge.check.with_value(Option::is_some) {
            let up = window_event_listener(leptos::ev::pointerup, move |_| judge.released());
            let cancelled = window_event_listener(leptos::ev::pointercancel, move |_| judge.released());
            on_cleanup(move || {
                up.remove();
                cancelled.remove();
            });
        }
        judge
    }

    fn visited(self, path: String) {
        if self.check.with_value(Option::is_none) {
            return;
        }
        self.visited.update_value(|visited| _ = visited.insert(path.clone()));
        self.changed.update_value(|changed| changed.push(path));
        if !self.pressed.get_value() {
            self.show();
        }
    }

    /// The click that belongs to the release comes first.
    fn released(self) {
        if self.pressed.try_get_value() != Some(true) {
            return;
        }
        self.pressed.set_value(false);
        if !self.changed.with_value(Vec::is_empty) {
            set_timeout(move || self.show(), Duration::ZERO);
        }
    }

    fn show(self) {
        let Some(Some(check)) = self.check.try_get_value() else { return };
        let element = self.form.id.with_value(|id| document().get_element_by_id(id));
        let Some(element) = element.and_then(|element| element.dyn_into::<HtmlFormElement>().ok()) else { return };
        let found = check(&FormValues::of(&element));
        let changed = self.changed.try_update_value(std::mem::take).unwrap_or_default();
        let is_changed = |problem: &FieldProblem| changed.contains(&field_path(&problem.field));
        if self.form.answer.with_untracked(|answer| answer.fields.iter().any(is_changed)) {
            self.form.answer.update(|answer| answer.fields.retain(|problem| !is_changed(problem)));
        }
        let shown = |problem: &FieldProblem| self.visited.with_value(|visited| visited.contains(&field_path(&problem.field)));
        self.form.checked.set(found.into_iter().filter(shown).collect());
    }
}

/// What is wrong, in one place on top, each line leading to its field.
fn summary(id: &str, form: Form, version: RwSignal<u64>) -> Option<AnyView> {
    let l = use_lang();
    let lines = form.answer.get();
    if lines.is_empty() {
        return None;
    }
    let items = lines
        .fields
        .iter()
        .map(|problem| {
            let href = problem.href.clone().unwrap_or_else(|| format!("#{}", form.input_id(&problem.field)));
            let label = form.labels.with_value(|labels| labels.get(&field_path(&problem.field)).cloned());
            let words = match label {
                // Not twice: many problems name their field themselves.
                Some(label) if !label.is_empty() && !problem.text.contains(&label) => t::form::at_field(l, &label, &problem.text),
                _ => problem.text.clone(),
            };
            view! { <li><a href=href rel="external">{words}</a></li> }
        })
        .collect_view();
    let way_out = lines.way_out.map(|(href, words)| view! { <p><a href=href rel="external">{words}</a></p> });
    // Without scripts the page that came back shows what stands now already.
    let load = lines.stale.then(|| {
        let load = move |_| _ = version.try_update(|version| *version += 1);
        view! {
            <p class="needs-scripts">
                <button type="button" class="button button-secondary" on:click=load>{t::fault::stale_load(l)}</button>
            </p>
        }
    });
    let title = if lines.fields.is_empty() { t::form::not_done(l) } else { t::form::problems(l) };
    Some(
        view! {
            <div class="error-summary" id=id.to_owned() role="alert" tabindex="-1" autofocus>
                <h2>{title}</h2>
                {lines.general.map(|text| view! { <p>{text}</p> })}
                {(!lines.fields.is_empty()).then(|| view! { <ul>{items}</ul> })}
                {way_out}
                {load}
            </div>
        }
        .into_any(),
    )
}

/// A submit event turned into what is to be sent.
struct Posted {
    url: String,
    data: FormData,
    element: HtmlFormElement,
}

impl Posted {
    fn from_event(ev: &SubmitEvent, action: &str) -> Option<Self> {
        let element = ev.target()?.dyn_into::<HtmlFormElement>().ok()?;
        let data = FormData::new_with_form(&element).ok()?;
        let mut url = action.to_owned();
        if let Some(button) = ev.submitter() {
            if let Some(name) = button.get_attribute("name").filter(|name| !name.is_empty()) {
                data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default()).ok()?;
            }
            if let Some(other) = button.get_attribute("formaction") {
                url = other;
            }
        }
        Some(Self { url, data, element })
    }
}

async fn send(url: &str, data: &FormData, upload: bool) -> Result<Done, Fault> {
    let request = Request::post(url).header("Accept", "application/json");
    let request = if upload {
        request.body(data.clone())
    } else {
        let pairs = UrlSearchParams::new_with_str_sequence_sequence(data).map_err(|_| Fault::Offline)?;
        request.body(pairs)
    };
    let response = request.map_err(|_| Fault::Offline)?.send().await.map_err(|_| Fault::Offline)?;
    let body = response.text().await.map_err(|_| Fault::Offline)?;
    if response.ok() {
        serde_json::from_slice(body.as_bytes()).map_err(|_| Fault::Offline)
    } else {
        Err(serde_json::from_slice(body.as_bytes()).unwrap_or(Fault::Offline))
    }
}

/// Goes to a path of this site: within the hydrated area without a reload, elsewhere with one. Answers whether this page stays
/// alive.
pub fn go(next: &str, navigate: &(impl Fn(&str, NavigateOptions) + ?Sized)) -> bool {
    let here = window().location().pathname().unwrap_or_default();
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let same_area = crate::shell::part_of(&here).is_some_and(|part| crate::shell::part_of(path) == Some(part));
    forget_flash();
    if same_area {
        navigate(next, NavigateOptions::default());
    } else {
        _ = window().location().set_href(next);
    }
    same_area
}

fn pairs(data: &FormData) -> FormValues {
    let Ok(pairs) = UrlSearchParams::new_with_str_sequence_sequence(data) else { return FormValues::default() };
    let query = String::from(pairs.to_string());
    FormValues(
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect(),
    )
}

fn decode(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => {
                plain.push(b' ');
                rest = after;
            }
            _ => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// The next submission of the same form is another one.
fn renew_retry_key(form: &HtmlFormElement) {
    let found = form.query_selector("input[name=retry_key]").ok().flatten();
    if let Some(input) = found.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value(&new_retry_key());
    }
}

/// A version-4 identifier. On the server from the seeds of the standard hasher: it must be new, not secret.
fn new_retry_key() -> String {
    if cfg!(target_arch = "wasm32") {
        return window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default();
    }
    use std::hash::{BuildHasher, Hasher, RandomState};
    let half = || RandomState::new().build_hasher().finish();
    uuid::Builder::from_u128((u128::from(half()) << 64) | u128::from(half()))
        .with_version(uuid::Version::Random)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use std::collections::BTreeMap;

    use super::{FormValues, decode, field_path};

    #[test]
    fn an_input_and_a_problem_name_the_same_field() {
        assert_eq!(field_path("form[mobile]"), "mobile");
        assert_eq!(field_path("form[services][]"), "services");
        assert_eq!(field_path("form[approval_numbers][3]"), "approval_numbers.3");
        assert_eq!(field_path("approval_numbers[3]"), "approval_numbers.3");
        assert_eq!(field_path("user_name"), "user_name");
    }

    #[test]
    fn nested_input_becomes_the_form_type() {
        #[derive(Deserialize, Debug, PartialEq, Default)]
        #[serde(default)]
        struct SiteForm {
            name: String,
            services: Vec<String>,
            approval_numbers: BTreeMap<String, String>,
        }
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let values = FormValues(vec![
            pair("back", "/x"),
            pair("form[name]", "青禾"),
            pair("form[services][]", "1"),
            pair("form[services][]", "8"),
            pair("form[approval_numbers][3]", "教〔2026〕1号"),
        ]);
        let form: SiteForm = values.parse("form").unwrap_or_default();
        assert_eq!(form.name, "青禾");
        assert_eq!(form.services, ["1", "8"]);
        assert_eq!(form.approval_numbers.get("3").map(String::as_str), Some("教〔2026〕1号"));
    }

    #[test]
    fn urlencoded_text_is_decoded() {
        assert_eq!(decode("a+b%E5%A4%87%2B%"), "a b备+%");
    }
}
