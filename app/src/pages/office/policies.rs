//! B11, B6: a province's policies, past, present and to come, and what the one that is being prepared would change.

use domain::views::office::{Holds, PoliciesView, PolicyDraftView, PolicyEffect, PolicyRowView, PrefixView};
use leptos::prelude::*;
use time::Date;

use super::{done, head, policy_words::lines};
use crate::{
    doors::offices,
    parts::{dates, load::load_page},
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        ButtonRow, Column, DataTable, Empty, FormAction, LinkButton, Notice, NoticeKind, PostForm, SubmitButton, SummaryCard,
        SummaryRow, Tag, Tone, page_data,
    },
};

pub(super) fn policies_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_policies());
    load_page(data, move |policies| {
        let PoliciesView { rows, draft, prefixes, bureau, .. } = policies;
        let known = [("enacted", o::done_enacted(l)), ("withdrawn", o::done_withdrawn(l)), ("dropped", o::done_dropped(l))];
        let draft = draft.map(|draft| {
            view! {
                <Notice kind=NoticeKind::Warning>
                    <p>
                        {o::draft_stands(l, &draft.from.to_string())} " "
                        <a href=paths::office_policy_preview()>{o::to_preview(l)}</a>
                    </p>
                </Notice>
            }
        });
        let cards = rows.into_iter().map(|row| policy_card(l, &bureau, row)).collect_view();
        view! {
            {head(o::policies(l), o::policies_lead(l), &[])}
            {done(&known)}
            {draft}
            <ButtonRow><LinkButton href=paths::office_policy_new() label=o::policy_new(l)/></ButtonRow>
            {cards}
            {prefix_table(l, prefixes)}
        }
        .into_any()
    })
}

/// `2018-09-10 至 2020-08-16`
fn span(l: Lang, from: Option<Date>, to: Option<Date>) -> String {
    use t::office as o;
    let from = from.map(|day| day.to_string()).unwrap_or_default();
    to.map_or_else(|| o::since(l, &from), |to| o::from_to(l, &from, &to.to_string()))
}

fn policy_card(l: Lang, bureau: &str, row: PolicyRowView) -> AnyView {
    use t::office as o;
    let whose = if row.national { o::national(l).to_owned() } else { bureau.to_owned() };
    let (word, tone) = match row.holds {
        Holds::Past => (o::past(l), Tone::Grey),
        Holds::Now => (o::now(l), Tone::Green),
        Holds::Later => (o::later(l), Tone::Blue),
    };
    let version = row.policy.version;
    let withdraw = (row.holds == Holds::Later && !row.national).then(|| {
        view! {
            <PostForm id=format!("withdraw-{version}") action={FormAction::of::<offices::WithdrawPolicy>()}>
                <input type="hidden" name="version" value=version.to_string()/>
                <SubmitButton label=o::withdraw(l) secondary=true/>
            </PostForm>
        }
    });
    let rows = lines(l, &row.policy).into_iter().map(|(name, says)| SummaryRow::new(name, says)).collect::<Vec<_>>();
    let title = format!("{whose} · {}", span(l, row.from, row.to));
    view! {
        <details class="card" open=row.holds != Holds::Past>
            <summary>{title} " " <Tag text=word tone=tone/></summary>
            <SummaryCard title=o::rules(l) rows=rows/>
            {withdraw}
        </details>
    }
    .into_any()
}

fn prefix_table(l: Lang, prefixes: Vec<PrefixView>) -> Option<AnyView> {
    use t::office as o;
    if prefixes.is_empty() {
        return None;
    }
    let columns = vec![Column::new(o::prefix(l)), Column::new(o::denied(l))];
    let rows =
        prefixes.into_iter().map(|prefix| vec![prefix.prefix.into_any(), span(l, prefix.from, prefix.to).into_any()]).collect();
    Some(
        view! {
            <section>
                <h2>{o::prefixes(l)}</h2>
                <p class="hint">{o::prefixes_lead(l)}</p>
                <DataTable caption=o::prefixes(l) columns=columns rows=rows/>
            </section>
        }
        .into_any(),
    )
}

pub(super) fn preview_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_policies());
    load_page(data, move |policies| {
        let above = [(paths::office_policies(), o::policies(l))];
        let Some(draft) = policies.draft else {
            return view! {
                {head(o::preview(l), "", &above)}
                <Empty title=o::no_draft(l)><LinkButton href=paths::office_policy_new() label=o::policy_new(l)/></Empty>
            }
            .into_any();
        };
        let lead = o::preview_lead(l, &policies.bureau, &span(l, Some(draft.from), draft.to));
        view! {
            {head(o::preview(l), &lead, &above)}
            {changes(l, &draft)}
            {(!is_same(l, &draft)).then(|| effects(l, &draft))}
            {acts(l, &draft)}
        }
        .into_any()
    })
}

/// Whether nothing changes.
fn is_same(l: Lang, draft: &PolicyDraftView) -> bool {
    lines(l, &draft.before) == lines(l, &draft.policy)
}

/// Each rule before and after; those that change first in the eye.
fn changes(l: Lang, draft: &PolicyDraftView) -> AnyView {
    use t::office as o;
    let columns = vec![Column::new(o::rule(l)), Column::new(o::before(l)), Column::new(o::after(l))];
    if is_same(l, draft) {
        return view! { <Notice kind=NoticeKind::Warning><p>{o::nothing_changes(l)}</p></Notice> }.into_any();
    }
    let rows: Vec<Vec<AnyView>> = lines(l, &draft.before)
        .into_iter()
        .zip(lines(l, &draft.policy))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| {
            vec![name.into_any(), before.into_any(), view! { <strong>{after}</strong> }.into_any()]
        })
        .collect();
    view! {
        <section>
            <h2>{o::changes(l, &rows.len().to_string())}</h2>
            <DataTable caption=o::preview(l) columns=columns rows=rows/>
        </section>
    }
    .into_any()
}

fn effects(l: Lang, draft: &PolicyDraftView) -> AnyView {
    use t::office::effect as e;
    let (warnings, effects): (Vec<&PolicyEffect>, Vec<&PolicyEffect>) =
        draft.effects.iter().partition(|effect| matches!(effect, PolicyEffect::TooFewReviewers { .. }));
    let warnings = warnings
        .into_iter()
        .map(|effect| {
            let text = effect_text(l, draft, effect);
            view! { <Notice kind=NoticeKind::Warning title=e::too_few_reviewers_title(l)><p>{text}</p></Notice> }
        })
        .collect_view();
    let lines = effects.into_iter().map(|effect| view! { <li>{effect_text(l, draft, effect)}</li> }).collect_view();
    view! {
        {warnings}
        <section class="card">
            <h2>{e::title(l)}</h2>
            <ul>{lines}</ul>
        </section>
    }
    .into_any()
}

fn effect_text(l: Lang, draft: &PolicyDraftView, effect: &PolicyEffect) -> String {
    use t::office::effect as e;
    let from = draft.from.to_string();
    match *effect {
        PolicyEffect::Keeps { provider, confirming, bureau } => {
            e::keeps(l, &provider.to_string(), &confirming.to_string(), &bureau.to_string())
        }
        PolicyEffect::Meets { filings } => e::meets(l, &filings.to_string(), &from),
        PolicyEffect::SlowerProviders { slower, of } => {
            let limit = draft.policy.provider_hours.to_string();
            e::slower_providers(l, &of.to_string(), &slower.to_string(), &limit)
        }
        PolicyEffect::SlowerReviews { slower, of } => {
            let limit = draft.policy.bureau_working_days.to_string();
            e::slower_reviews(l, &of.to_string(), &slower.to_string(), &limit)
        }
        PolicyEffect::Expires { filings } => e::expires(l, &filings.to_string(), &from),
        PolicyEffect::TooFewReviewers { reviewers } => e::too_few_reviewers(l, &reviewers.to_string()),
    }
}

fn acts(l: Lang, draft: &PolicyDraftView) -> AnyView {
    use t::office as o;
    let id = draft.id.to_string();
    let drop_id = id.clone();
    let enact = if draft.outdated {
        view! { <Notice kind=NoticeKind::Error><p>{o::outdated(l)}</p></Notice> }.into_any()
    } else if is_same(l, draft) {
        // There is nothing to enact.
        ().into_any()
    } else {
        let words = o::enact(l, &draft.from.to_string());
        view! {
            <PostForm id="enact" action={FormAction::of::<offices::EnactPolicy>()} once=true>
                <input type="hidden" name="id" value=id/>
                <SubmitButton label=words/>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <p class="hint">{o::prepared_at(l, &dates::moment(l, draft.created_at))}</p>
        {enact}
        <ButtonRow>
            <LinkButton href=paths::office_policy_new() label=o::edit_draft(l) secondary=true/>
            <PostForm id="drop" class="inline" action={FormAction::of::<offices::DropPolicyDraft>()}>
                <input type="hidden" name="id" value=drop_id/>
                <SubmitButton label=o::drop_draft(l) secondary=true/>
            </PostForm>
        </ButtonRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::policy::Policy;
    use time::macros::{date, datetime};

    #[tokio::test]
    async fn a_bureau_without_a_second_reviewer_is_warned_in_both_languages_before_it_enacts() {
        _ = any_spawner::Executor::init_tokio();
        let drawn = |l: Lang, effects: Vec<PolicyEffect>| {
            let draft = PolicyDraftView {
                id: uuid::Uuid::nil(),
                from: date!(2026 - 03 - 20),
                to: None,
                policy: Policy::national(),
                before: Policy::national(),
                outdated: false,
                effects,
                created_at: datetime!(2026-03-02 01:30 UTC),
            };
            Owner::new().with(|| effects_html(l, &draft))
        };
        let few = PolicyEffect::TooFewReviewers { reviewers: 1 };
        for (l, said) in [(Lang::Zh, "只有 1 个"), (Lang::En, "are 1: until there are more, nothing can be approved")] {
            let html = drawn(l, vec![PolicyEffect::Meets { filings: 3 }, few]);
            assert!(html.contains("notice-warning") && html.contains(said), "{html}");
            assert!(html.find(said) < html.find("<ul"), "before what is merely counted: {html}");
            let html = drawn(l, vec![PolicyEffect::Meets { filings: 3 }]);
            assert!(!html.contains("notice-warning") && html.contains('3'), "{html}");
        }
    }

    fn effects_html(l: Lang, draft: &PolicyDraftView) -> String {
        effects(l, draft).to_html()
    }
}
