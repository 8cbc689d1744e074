//! Buttons and links that look like them.

use leptos::prelude::*;

use super::form::FormAction;
use crate::texts::{t, use_lang};

/// Sends the form around it; cannot be pressed twice while the form is on its way.
#[component]
pub fn SubmitButton(
    /// What it does: a verb.
    #[prop(into)]
    label: String,
    /// Not the main one of the page.
    #[prop(optional)]
    secondary: bool,
    /// It ends or deletes something.
    #[prop(optional)]
    danger: bool,
    /// Another door than the form's.
    #[prop(optional)]
    action: Option<FormAction>,
    /// Sent when this button is pressed.
    #[prop(optional, into)]
    name: Option<String>,
    /// Sent when this button is pressed.
    #[prop(optional, into)]
    value: Option<String>,
    /// Why it cannot be pressed now.
    #[prop(optional, into)]
    refused: Option<String>,
) -> AnyView {
    let l = use_lang();
    let class = match (danger, secondary) {
        (true, _) => "button button-danger",
        (_, true) => "button button-secondary",
        _ => "button",
    };
    let disabled = refused.is_some();
    let button = view! {
        <button
            type="submit"
            class=class
            name=name
            value=value
            formaction=action.map(FormAction::url)
            disabled=disabled
            data-pending=t::form::pending(l)
        >
            {label}
        </button>
    };
    match refused {
        Some(reason) => view! { <span class="refused">{button}<span class="hint">{reason}</span></span> }.into_any(),
        None => button.into_any(),
    }
}

/// Sends the form around it; for what cannot be undone.
#[component]
pub fn DangerButton(
    /// What it does: a verb.
    #[prop(into)]
    label: String,
) -> AnyView {
    view! { <SubmitButton label=label danger=true/> }.into_any()
}

/// A link that looks like a button: it leads somewhere and changes nothing.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What happens there.
    #[prop(into)]
    label: String,
    /// Not the main one of the page.
    #[prop(optional)]
    secondary: bool,
    /// To a page outside this area: loads anew.
    #[prop(optional)]
    external: bool,
) -> AnyView {
    let class = if secondary { "button button-secondary" } else { "button" };
    view! { <a class=class href=href rel=external.then_some("external")>{label}</a> }.into_any()
}

/// Buttons beside each other.
#[component]
pub fn ButtonRow(
    /// The buttons.
    children: Children,
) -> AnyView {
    view! { <div class="button-row">{children()}</div> }.into_any()
}
