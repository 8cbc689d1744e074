//! One question, one field: label, hint, problem, input, and why it is asked.

use leptos::prelude::*;

use super::form::Form;
use crate::texts::{t, use_lang};

/// How wide an input is: as wide as what belongs into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// The whole form.
    #[default]
    Full,
    /// About twenty characters.
    Half,
    /// About ten characters.
    Short,
}

impl Width {
    fn class(self) -> &'static str {
        match self {
            Self::Full => "input",
            Self::Half => "input input-half",
            Self::Short => "input input-short",
        }
    }
}

/// What stands around every input. The kit's own: fields of other shapes are built on it.
pub(super) struct Frame {
    pub form: Form,
    pub name: String,
    pub label: String,
    pub hint: String,
    pub why: String,
    pub optional: bool,
}

impl Frame {
    /// A field of the form around it.
    pub(super) fn of(name: String, label: String, hint: String, why: String, optional: bool) -> Self {
        let form = Form::around();
        form.name_field(&name, &label);
        Self { form, name, label, hint, why, optional }
    }

    pub(super) fn id(&self) -> String {
        self.form.input_id(&self.name)
    }

    /// The ids of the texts that describe the input. A problem that comes or goes later is the browser's to enter.
    pub(super) fn described_by(&self) -> Option<String> {
        let id = self.id();
        match (!self.hint.is_empty(), self.is_wrong()) {
            (false, false) => None,
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-problem")),
            (true, true) => Some(format!("{id}-hint {id}-problem")),
        }
    }

    fn is_wrong(&self) -> bool {
        self.form.problem(&self.name).is_some()
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.is_wrong().then_some("true")
    }

    /// The place of the problem, empty while there is none.
    pub(super) fn problem_place(&self) -> AnyView {
        let l = use_lang();
        let text = self.form.problem(&self.name);
        let shown = text.clone().map(|text| {
            let words = text.clone();
            view! {
                <p class="problem" id=format!("{}-problem", self.id()) data-text=text>
                    <span class="visually-hidden">{t::form::problem(l)}</span>
                    {words}
                </p>
            }
        });
        view! { <div class="problem-place" aria-live="polite" data-answer=text>{shown}</div> }.into_any()
    }

    /// Hint, problem and reason around an input.
    fn texts(&self) -> (Option<AnyView>, AnyView, Option<AnyView>) {
        let l = use_lang();
        let id = self.id();
        let hint =
            (!self.hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{self.hint.clone()}</p> }.into_any());
        let problem = self.problem_place();
        let why = (!self.why.is_empty()).then(|| {
            view! {
                <details class="why">
                    <summary>{t::form::why(l)}</summary>
                    <p>{self.why.clone()}</p>
                </details>
            }
            .into_any()
        });
        (hint, problem, why)
    }

    pub(super) fn class(&self) -> &'static str {
        if self.is_wrong() { "field field-wrong" } else { "field" }
    }

    fn label(&self) -> AnyView {
        let l = use_lang();
        let optional = self.optional.then(|| view! { <span class="optional">{t::form::optional(l)}</span> });
        view! { {self.label.clone()} {optional} }.into_any()
    }

    /// Around one input.
    pub(super) fn around(self, input: AnyView) -> AnyView {
        let (hint, problem, why) = self.texts();
        view! {
            <div class=self.class()>
                <label for=self.id()>{self.label()}</label>
                {hint}
                {problem}
                {input}
                {why}
            </div>
        }
        .into_any()
    }

    /// Around several inputs that answer one question. The fieldset has the id that the summary leads to.
    pub(super) fn around_group(self, inputs: AnyView) -> AnyView {
        let (hint, problem, why) = self.texts();
        view! {
            <fieldset class=self.class() id=self.id() tabindex="-1" aria-describedby=self.described_by()>
                <legend>{self.label()}</legend>
                {hint}
                {problem}
                {inputs}
                {why}
            </fieldset>
        }
        .into_any()
    }
}

/// One line of text.
#[component]
pub fn TextField(
    /// The input's name, such as `form[mobile]`.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What to show when nothing was typed yet.
    #[prop(optional, into)]
    value: String,
    /// The input's type: `text`, `password`, `email`, `tel`, `search`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in, such as `tel` or `one-time-code`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The keyboard to offer: `numeric`, `tel`, `email`, `url`.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// How wide.
    #[prop(optional)]
    width: Width,
    /// Never show again what was typed: an answer that holds once.
    #[prop(optional)]
    fresh: bool,
    /// What is beside the input, such as a button that looks something up.
    #[prop(optional)]
    beside: Option<AnyView>,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    // A password is never sent back, whatever the flash holds.
    let value = if kind == "password" || fresh { String::new() } else { frame.form.value(&frame.name, &value) };
    let input = view! {
        <input
            class=width.class()
            type=kind
            id=frame.id()
            name=frame.name.clone()
            value=value
            autocomplete=autocomplete
            inputmode=inputmode
            maxlength=maxlength.map(|most| most.to_string())
            spellcheck="false"
            autocapitalize="off"
            aria-required=(!optional).then_some("true")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    }
    .into_any();
    let input = match beside {
        Some(beside) => view! { <div class="input-row">{input}{beside}</div> }.into_any(),
        None => input,
    };
    frame.around(input)
}

/// A date, as `2026-11-22`.
#[component]
pub fn DateField(
    /// The input's name.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What to show when nothing was typed yet.
    #[prop(optional, into)]
    value: String,
    /// The earliest date that makes sense.
    #[prop(optional, into)]
    min: Option<String>,
    /// The latest.
    #[prop(optional, into)]
    max: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let value = frame.form.value(&frame.name, &value);
    let input = view! {
        <input
            class="input input-short"
            type="date"
            id=frame.id()
            name=frame.name.clone()
            value=value
            min=min
            // Else a browser's field takes years of six digits, and keys typed on go into the year.
            max=max.unwrap_or_else(|| "9999-12-31".to_owned())
            aria-required=(!optional).then_some("true")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    }
    .into_any();
    frame.around(input)
}

/// A file to send; the form around it needs `upload=true`.
#[component]
pub fn FileField(
    /// The input's name.
    #[prop(into)]
    name: String,
    /// What to send.
    #[prop(into)]
    label: String,
    /// How it must look.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// The types to offer, such as `image/jpeg,image/png`.
    #[prop(optional, into)]
    accept: Option<String>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let input = view! {
        <input
            class="input input-file"
            type="file"
            id=frame.id()
            name=frame.name.clone()
            accept=accept
            aria-required=(!optional).then_some("true")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        />
    }
    .into_any();
    frame.around(input)
}
