//! Where something stands, and how long there is.

use leptos::prelude::*;

use super::notice::{Tag, Tone};

/// One thing to do.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// What.
    pub label: String,
    /// Where; nothing to do there yet when `None`.
    pub href: Option<String>,
    /// Its state in a word, with a colour.
    pub state: (String, Tone),
    /// What is in it, or why it must wait.
    pub hint: String,
}

/// The whole way and what is left of it.
#[component]
pub fn TaskList(
    /// The tasks in order.
    tasks: Vec<Task>,
) -> AnyView {
    let items = tasks
        .into_iter()
        .map(|task| {
            let label = match task.href {
                Some(href) => view! { <a href=href>{task.label}</a> }.into_any(),
                None => view! { <span>{task.label}</span> }.into_any(),
            };
            let (word, tone) = task.state;
            view! {
                <li class="task">
                    <div class="task-words">
                        {label}
                        {(!task.hint.is_empty()).then(|| view! { <p class="hint">{task.hint}</p> })}
                    </div>
                    <Tag text=word tone=tone/>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="task-list">{items}</ol> }.into_any()
}

/// The steps of a way, with the one where one is.
#[component]
pub fn Steps(
    /// What it leads to.
    #[prop(into)]
    label: String,
    /// The steps' names.
    steps: Vec<String>,
    /// The one where one is, from 0.
    current: usize,
) -> AnyView {
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(number, name)| {
            let class = if number < current { "done" } else { "" };
            view! {
                <li class=class aria-current=(number == current).then_some("step")>
                    <span class="step-number" aria-hidden="true">{number + 1}</span>
                    <span class="step-name">{name}</span>
                </li>
            }
        })
        .collect_view();
    view! { <nav class="steps" aria-label=label><ol>{items}</ol></nav> }.into_any()
}

/// One thing that happened, or will.
pub struct TimelineEntry {
    /// What.
    pub title: String,
    /// When, in words.
    pub when: String,
    /// By whom, why, what for.
    pub body: Option<AnyView>,
    /// How far it is.
    pub tone: Tone,
    /// It is where things stand now.
    pub current: bool,
}

/// What happened, the newest first.
#[component]
pub fn Timeline(
    /// The entries in order.
    entries: Vec<TimelineEntry>,
) -> AnyView {
    let items = entries
        .into_iter()
        .map(|entry| {
            let class = match entry.tone {
                Tone::Grey => "timeline-entry",
                Tone::Blue => "timeline-entry timeline-blue",
                Tone::Green => "timeline-entry timeline-green",
                Tone::Amber => "timeline-entry timeline-amber",
                Tone::Red => "timeline-entry timeline-red",
            };
            view! {
                <li class=class aria-current=entry.current.then_some("step")>
                    <p class="timeline-title">{entry.title}</p>
                    <p class="timeline-when">{entry.when}</p>
                    {entry.body}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{items}</ol> }.into_any()
}

/// A time limit in words and colour.
#[component]
pub fn Countdown(
    /// What is left, such as «还剩 3 个工作日».
    #[prop(into)]
    left: String,
    /// The moment itself, such as «2026年11月22日 14:05».
    #[prop(into)]
    at: String,
    /// Little is left.
    #[prop(optional)]
    soon: bool,
    /// It is over.
    #[prop(optional)]
    missed: bool,
) -> AnyView {
    let class = match (missed, soon) {
        (true, _) => "countdown countdown-missed",
        (_, true) => "countdown countdown-soon",
        _ => "countdown",
    };
    view! { <span class=class><strong>{left}</strong><span class="countdown-at">{at}</span></span> }.into_any()
}
