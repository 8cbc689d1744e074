//! The form that works with and without scripts, as it is drawn. What the browser adds to it (sending it without a reload,
//! judging it while it is filled in) is [`crate::browser::form`].

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use leptos::{context::Provider, prelude::*};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use server_fn::ServerFn;
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

use crate::{
    browser,
    fault::{Done, Fault, Told},
    flash::use_flash,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

thread_local! {
    /// How the forms that the browser draws put faults in words, by their ids.
    static TELLERS: RefCell<BTreeMap<String, Tell>> = const { RefCell::new(BTreeMap::new()) };
}

/// Reads the answer to the form with an id, which the browser drew: it puts faults in words by itself.
#[must_use]
pub fn told_by_form(id: &str, body: &[u8]) -> Option<Told> {
    let fault: Fault = serde_json::from_slice(body).ok()?;
    let tell = TELLERS.with_borrow(|tellers| tellers.get(id).copied()).unwrap_or(fault_lines);
    Some(Told { fault: fault.name().to_owned(), lines: tell(Lang::of_page(), &fault), retry_after_s: 0 })
}

/// A fault in words, as a form shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        let mut tree = Tree::Fields(BTreeMap::new());
        for (name, value) in &self.0 {
            let Some((first, rest)) = name.split_once('[') else { continue };
            if first == root {
                let keys: Vec<&str> = rest.trim_end_matches(']').split("][").collect();
                plant(&mut tree, &keys, value);
            }
        }
        serde_json::from_slice(serde_json::to_string(&tree).ok()?.as_bytes()).ok()
    }
}

/// Nested input on its way to a form type.
#[derive(Serialize)]
#[serde(untagged)]
enum Tree {
    Text(String),
    List(Vec<String>),
    Fields(BTreeMap<String, Tree>),
}

fn plant(tree: &mut Tree, keys: &[&str], value: &str) {
    let Some((key, rest)) = keys.split_first() else {
        *tree = Tree::Text(value.to_owned());
        return;
    };
    if key.is_empty() {
        match tree {
            Tree::List(items) => items.push(value.to_owned()),
            _ => *tree = Tree::List(vec![value.to_owned()]),
        }
        return;
    }
    if !matches!(tree, Tree::Fields(_)) {
        *tree = Tree::Fields(BTreeMap::new());
    }
    if let Tree::Fields(fields) = tree {
        plant(fields.entry((*key).to_owned()).or_insert(Tree::Text(String::new())), rest, value);
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
    answer: StoredValue<FaultLines>,
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
            answer: StoredValue::new(FaultLines::default()),
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
        self.id.with_value(|id| input_id(id, name))
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

    /// The problem at this field that the page is drawn with, if any.
    #[must_use]
    pub fn problem(&self, name: &str) -> Option<String> {
        let path = field_path(name);
        self.answer.with_value(|answer| {
            answer.fields.iter().find(|problem| field_path(&problem.field) == path).map(|problem| problem.text.clone())
        })
    }

    /// Tells the summary what a field asks.
    pub(super) fn name_field(&self, name: &str, label: &str) {
        self.labels.update_value(|labels| _ = labels.insert(field_path(name), label.to_owned()));
    }
}

/// The id of the input with this name in the form with this id.
#[must_use]
pub fn input_id(form_id: &str, name: &str) -> String {
    let path = field_path(name).replace('.', "-");
    if form_id.is_empty() { path } else { format!("{form_id}-{path}") }
}

/// The id of the input with this name in the form around: for what stands in its place.
#[must_use]
pub fn here(name: &str) -> String {
    Form::around().input_id(name)
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
    form.answer.set_value(FaultLines { fields: problems, ..FaultLines::default() });
    let flash = use_flash();
    let sent = flash.values.get("form_id").and_then(|ids| ids.first());
    let mine = if sent.is_some() { sent == Some(&id) } else { flash.door == action.url() };
    if mine {
        form.typed.set_value(Some(flash.values));
        if let Some(fault) = flash.fault {
            form.answer.set_value(tell(l, &fault));
        }
    }
    if cfg!(target_arch = "wasm32") {
        browser::form::judge_by(&id, check);
        TELLERS.with_borrow_mut(|tellers| _ = tellers.insert(id.clone(), tell));
        browser::form::drawn_anew(&id);
    }
    let location = use_location();
    let back = back.unwrap_or_else(|| {
        let search = location.search.get_untracked();
        let path = location.pathname.get_untracked();
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    });
    let retry_key = once.then(|| view! { <input type="hidden" name="retry_key" value=new_retry_key()/> });
    let (form_id, summary_of) = (id.clone(), id.clone());
    view! {
        <form
            id=id
            class=format!("form {class}")
            method="post"
            action=action.url()
            enctype=upload.then_some("multipart/form-data")
            novalidate
        >
            <input type="hidden" name="form_id" value=form_id/>
            <input type="hidden" name="back" value=back/>
            {retry_key}
            // Drawn last: by then each field has said what it asks.
            <div class="summary-place">{move || summary(l, &summary_of, form)}</div>
            <Provider value=form>{children()}</Provider>
        </form>
    }
    .into_any()
}

/// What is wrong, in one place on top, each line leading to its field. The browser draws the same: see `browser::form`.
fn summary(l: Lang, id: &str, form: Form) -> Option<AnyView> {
    let lines = form.answer.get_value();
    if lines.is_empty() {
        return None;
    }
    let label = |field: &str| form.labels.with_value(|labels| labels.get(&field_path(field)).cloned());
    let items = summary_lines(l, id, &lines, label)
        .into_iter()
        .map(|(href, words)| view! { <li><a href=href rel="external">{words}</a></li> })
        .collect_view();
    let way_out = lines.way_out.map(|(href, words)| view! { <p><a href=href rel="external">{words}</a></p> });
    let title = if lines.fields.is_empty() { t::form::not_done(l) } else { t::form::problems(l) };
    Some(
        view! {
            <div class="error-summary" id=format!("{id}-summary") role="alert" tabindex="-1" autofocus>
                <h2>{title}</h2>
                {lines.general.map(|text| view! { <p>{text}</p> })}
                {(!lines.fields.is_empty()).then(|| view! { <ul>{items}</ul> })}
                {way_out}
            </div>
        }
        .into_any(),
    )
}

/// The lines of a summary: where each leads, and its words.
#[must_use]
pub fn summary_lines(
    l: Lang,
    form_id: &str,
    lines: &FaultLines,
    label: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let line = |problem: &FieldProblem| {
        let href = problem.href.clone().unwrap_or_else(|| format!("#{}", input_id(form_id, &problem.field)));
        let words = match label(&problem.field) {
            // Not twice: many problems name their field themselves.
            Some(label) if !label.is_empty() && !problem.text.contains(&label) => t::form::at_field(l, &label, &problem.text),
            _ => problem.text.clone(),
        };
        (href, words)
    };
    lines.fields.iter().map(line).collect()
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

/// A version-4 identifier. On the server from the seeds of the standard hasher: it must be new, not secret.
pub(crate) fn new_retry_key() -> String {
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
