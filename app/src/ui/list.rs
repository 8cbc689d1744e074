//! Answers to check.

use leptos::prelude::*;

/// One answer.
#[derive(Default)]
pub struct SummaryRow {
    /// The question.
    pub key: String,
    /// The answer; empty when it was not answered.
    pub value: String,
    /// The answer where it is more than words.
    pub view: Option<AnyView>,
    /// Where it is changed, and the words of the link.
    pub change: Option<(String, String)>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What it was before.
    pub before: Option<String>,
}

impl SummaryRow {
    /// A question and its answer.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into(), ..Self::default() }
    }

    /// A question and an answer that is more than words.
    #[must_use]
    pub fn with_view(key: impl Into<String>, view: AnyView) -> Self {
        Self { key: key.into(), view: Some(view), ..Self::default() }
    }

    /// With a link that changes it.
    #[must_use]
    pub fn change(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.change = Some((href.into(), words.into()));
        self
    }

    /// With what is wrong.
    #[must_use]
    pub fn problem(mut self, text: Option<String>) -> Self {
        self.problem = text;
        self
    }

    /// With what it was before.
    #[must_use]
    pub fn before(mut self, before: Option<String>) -> Self {
        self.before = before;
        self
    }
}

/// Questions and answers, with a change link at each.
#[component]
pub fn SummaryList(
    /// The answers in order.
    rows: Vec<SummaryRow>,
) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let value = if row.value.is_empty() && row.view.is_none() { "—".to_owned() } else { row.value };
            let class = if row.problem.is_some() { "summary-row summary-row-wrong" } else { "summary-row" };
            let key = row.key.clone();
            let change = row.change.map(|(href, words)| {
                view! {
                    <dd class="summary-change">
                        <a href=href>{words}<span class="visually-hidden">{key}</span></a>
                    </dd>
                }
            });
            view! {
                <div class=class>
                    <dt>{row.key}</dt>
                    <dd class="summary-value">
                        {row.before.map(|before| view! { <del>{before}</del> })}
                        {value}
                        {row.view}
                        {row.problem.map(|text| view! { <p class="problem">{text}</p> })}
                    </dd>
                    {change}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="summary-list">{rows}</dl> }.into_any()
}

/// A summary list under a head of its own.
#[component]
pub fn SummaryCard(
    /// The head.
    #[prop(into)]
    title: String,
    /// Links or buttons beside the head.
    #[prop(optional)]
    actions: Option<AnyView>,
    /// The answers.
    rows: Vec<SummaryRow>,
) -> AnyView {
    view! {
        <section class="card">
            <header class="card-head">
                <h2>{title}</h2>
                {actions}
            </header>
            <SummaryList rows=rows/>
        </section>
    }
    .into_any()
}
