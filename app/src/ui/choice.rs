//! Questions answered by choosing.

use leptos::prelude::*;

use super::{field::Frame, form::Form};

/// One answer to choose.
#[derive(Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What it means or needs.
    pub hint: String,
    /// Asked only when this is chosen: shown by style alone, so it works without scripts.
    pub inside: Option<AnyView>,
}

impl Choice {
    /// An answer without more words.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new(), inside: None }
    }

    /// With what it means or needs.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With what is asked when it is chosen.
    #[must_use]
    pub fn inside(mut self, inside: AnyView) -> Self {
        self.inside = Some(inside);
        self
    }
}

/// One of many, in a list that opens.
#[component]
pub fn SelectField(
    /// The input's name.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// The answers: what is sent and what is read.
    choices: Vec<(String, String)>,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What is chosen when nothing was yet.
    #[prop(optional, into)]
    value: String,
    /// The words of the empty answer on top; without them there is none.
    #[prop(optional, into)]
    empty: Option<String>,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The answer that these choices follow from, where they do: the browser fills the list anew when it changes.
    #[prop(optional, into)]
    of: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let chosen = frame.form.value(&frame.name, &value);
    let options = empty
        .map(|words| (String::new(), words))
        .into_iter()
        .chain(choices)
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    let input = view! {
        <select
            class="input"
            id=frame.id()
            name=frame.name.clone()
            autocomplete=autocomplete
            data-of=of
            aria-required=(!optional).then_some("true")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        >
            {options}
        </select>
    }
    .into_any();
    frame.around(input)
}

fn options(frame: &Frame, kind: &'static str, choices: Vec<Choice>, chosen: &[String]) -> AnyView {
    let id = frame.id();
    choices
        .into_iter()
        .map(|choice| {
            let option_id = format!("{id}-{}", choice.value);
            let hint_id = format!("{option_id}-hint");
            let checked = chosen.contains(&choice.value);
            let described = (!choice.hint.is_empty()).then(|| hint_id.clone());
            let hint = (!choice.hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{choice.hint}</p> });
            let inside = choice.inside.map(|inside| view! { <div class="choice-inside">{inside}</div> });
            view! {
                <div class="choice">
                    <input
                        type=kind
                        id=option_id.clone()
                        name=frame.name.clone()
                        value=choice.value
                        checked=checked
                        aria-describedby=described
                    />
                    <label for=option_id>{choice.label}</label>
                    {hint}
                    {inside}
                </div>
            }
        })
        .collect_view()
        .into_any()
}

/// One of a few, all to be seen. Nothing is chosen beforehand unless `value` says so.
#[component]
pub fn RadioGroup(
    /// The inputs' name.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// The answers.
    choices: Vec<Choice>,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What is chosen when nothing was yet.
    #[prop(optional, into)]
    value: String,
    /// Beside each other, for a few short answers.
    #[prop(optional)]
    inline: bool,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let chosen = frame.form.value(&frame.name, &value);
    let inputs = options(&frame, "radio", choices, &[chosen]);
    let class = if inline { "choices choices-inline" } else { "choices" };
    frame.around_group(view! { <div class=class>{inputs}</div> }.into_any())
}

/// Any of a few. The name ends in `[]`, or each choice has its own.
#[component]
pub fn CheckboxGroup(
    /// The inputs' name, such as `form[services][]`.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// The answers.
    choices: Vec<Choice>,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What is ticked when nothing was yet.
    #[prop(optional)]
    values: Vec<String>,
    /// In columns, for many short answers.
    #[prop(optional)]
    columns: bool,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let chosen = frame.form.typed(&frame.name).unwrap_or(values);
    let inputs = options(&frame, "checkbox", choices, &chosen);
    let class = if columns { "choices choices-columns" } else { "choices" };
    frame.around_group(view! { <div class=class>{inputs}</div> }.into_any())
}

/// One box to tick; sends `value` or nothing.
#[component]
pub fn Checkbox(
    /// The input's name.
    #[prop(into)]
    name: String,
    /// What is stated by ticking.
    #[prop(into)]
    label: String,
    /// What it means.
    #[prop(optional, into)]
    hint: String,
    /// What is sent when ticked.
    #[prop(default = "yes")]
    value: &'static str,
    /// Ticked when nothing was typed yet.
    #[prop(optional)]
    checked: bool,
) -> AnyView {
    let form = Form::around();
    let checked = form.typed(&name).map_or(checked, |typed| typed.iter().any(|typed| typed == value));
    let frame = Frame { form, name, label: String::new(), hint: String::new(), why: String::new(), optional: false };
    let id = frame.id();
    view! {
        <div class=frame.class()>
            {frame.problem_place()}
            <div class="choice">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=frame.name.clone()
                    value=value
                    checked=checked
                    aria-describedby=frame.described_by()
                    aria-invalid=frame.invalid()
                />
                <label for=id>{label}</label>
                {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            </div>
        </div>
    }
    .into_any()
}
