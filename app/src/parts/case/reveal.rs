//! A masked answer, and the button that shows it in full. Each look is recorded by the server (rules 6, PIPL).

use domain::{id::FilingId, problem::Section};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    doors::desk::reveal,
    texts::{Lang, t},
};

/// How long an answer stays to be seen.
const SHOWN: std::time::Duration = std::time::Duration::from_secs(60);

/// An answer as the server sent it; with the button where it is masked.
pub fn masked(l: Lang, filing: FilingId, section: Section, field: &str, label: &str, text: String) -> AnyView {
    if !text.contains('*') {
        return view! { <span class="given">{text}</span> }.into_any();
    }
    let shown = RwSignal::new(None::<String>);
    let failed = RwSignal::new(false);
    let pending = RwSignal::new(false);
    let field = field.to_owned();
    let ask = move |_| {
        if shown.get_untracked().is_some() {
            shown.set(None);
            return;
        }
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        let field = field.clone();
        spawn_local(async move {
            let answer = reveal(filing, section.to_string(), field).await;
            _ = pending.try_set(false);
            _ = failed.try_set(answer.is_err());
            _ = shown.try_set(answer.ok());
            set_timeout(move || _ = shown.try_set(None), SHOWN);
        });
    };
    let label = label.to_owned();
    view! {
        <span class="given" aria-live="polite">{move || shown.get().unwrap_or_else(|| text.clone())}</span>
        <button
            type="button"
            class="link-button needs-scripts"
            title=t::desk::show_logged(l)
            aria-disabled=move || pending.get().then_some("true")
            on:click=ask
        >
            {move || if shown.get().is_some() { t::desk::hide(l) } else { t::desk::show(l) }}
            <span class="visually-hidden">{format!(" {label}")}</span>
        </button>
        {move || failed.get().then(|| view! { <span class="problem">{t::desk::show_failed(l)}</span> })}
    }
    .into_any()
}
