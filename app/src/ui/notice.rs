//! What the page has to say beside its content.

use leptos::prelude::*;

/// What a notice is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Look before going on.
    Warning,
    /// It did not work.
    Error,
}

/// A box with something to know.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(optional)]
    kind: NoticeKind,
    /// In a few words.
    #[prop(optional, into)]
    title: String,
    /// The rest.
    children: Children,
) -> AnyView {
    let (class, role) = match kind {
        NoticeKind::Info => ("notice", "note"),
        NoticeKind::Success => ("notice notice-success", "status"),
        NoticeKind::Warning => ("notice notice-warning", "note"),
        NoticeKind::Error => ("notice notice-error", "alert"),
    };
    view! {
        <div class=class role=role>
            {(!title.is_empty()).then(|| view! { <p class="notice-title">{title}</p> })}
            {children()}
        </div>
    }
    .into_any()
}

/// The end of a journey: what is done and what comes next.
#[component]
pub fn Panel(
    /// What is done.
    #[prop(into)]
    title: String,
    /// The number or name to keep, in large letters.
    #[prop(optional, into)]
    value: String,
    /// What comes next.
    children: Children,
) -> AnyView {
    view! {
        {super::page::window_title(&title)}
        <section class="panel">
            <h1 tabindex="-1">{title}</h1>
            {(!value.is_empty()).then(|| view! { <p class="panel-value">{value}</p> })}
            <div class="panel-more">{children()}</div>
        </section>
    }
    .into_any()
}

/// The colour of a tag; the words say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing has happened.
    #[default]
    Grey,
    /// On its way.
    Blue,
    /// Well done.
    Green,
    /// Somebody must do something.
    Amber,
    /// Late, refused, stopped.
    Red,
}

/// A status in a word.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    text: String,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
) -> AnyView {
    let class = match tone {
        Tone::Grey => "tag",
        Tone::Blue => "tag tag-blue",
        Tone::Green => "tag tag-green",
        Tone::Amber => "tag tag-amber",
        Tone::Red => "tag tag-red",
    };
    view! { <strong class=class>{text}</strong> }.into_any()
}

/// There is nothing: what that means and what to do.
#[component]
pub fn Empty(
    /// What is not there.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
