//! B11: a policy to be. It begins with what holds, or with what is being prepared.

use domain::{
    policy::{RefusalRoute, SmsStage},
    views::office::{Holds, PoliciesView, PolicyForm, PolicyRowView},
};
use leptos::prelude::*;

use super::{
    head,
    policy_words::{route_text, stage_text, yes_text},
};
use crate::{
    doors::offices,
    parts::load::load_page,
    paths,
    texts::{Lang, t, use_lang},
    ui::{Choice, DateField, FormAction, Notice, NoticeKind, PostForm, RadioGroup, SubmitButton, TextField, Width, page_data},
};

pub(super) fn form_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_policies());
    load_page(data, move |policies| {
        let form = begun(&policies);
        view! {
            {head(o::policy_new(l), o::policy_new_lead(l), &[(paths::office_policies(), o::policies(l))])}
            {later(l, &policies)}
            <section class="card">
                <PostForm id="policy" action={FormAction::of::<offices::PreparePolicy>()}>
                    <DateField
                        name="form[valid_from]"
                        label=o::policy_from(l)
                        hint=o::policy_from_hint(l, &policies.earliest.to_string())
                        value=form.valid_from.clone()
                        min=policies.earliest.to_string()
                    />
                    {sms(l, &form)}
                    {review(l, &form)}
                    <SubmitButton label=o::policy_preview_button(l)/>
                </PostForm>
            </section>
        }
        .into_any()
    })
}

/// Says what is decided already for a day to come.
fn later(l: Lang, policies: &PoliciesView) -> Option<AnyView> {
    let days: Vec<String> = policies
        .rows
        .iter()
        .filter(|row| row.holds == Holds::Later && !row.national)
        .filter_map(|row| row.from.map(|from| from.to_string()))
        .collect();
    let words = (!days.is_empty()).then(|| t::office::later_stands(l, &days.join(l.pick("、", ", "))))?;
    Some(view! { <Notice kind=NoticeKind::Info><p>{words}</p></Notice> }.into_any())
}

/// What is being prepared, else what would hold on its first day.
fn begun(policies: &PoliciesView) -> PolicyForm {
    if let Some(draft) = &policies.draft {
        return PolicyForm::of(&draft.policy, draft.from.max(policies.earliest));
    }
    let day = policies.earliest;
    let holds = |row: &&PolicyRowView| row.from.is_none_or(|from| from <= day) && row.to.is_none_or(|to| to >= day);
    let of = |national: bool| policies.rows.iter().filter(holds).find(|row| row.national == national);
    let policy = of(false).or_else(|| of(true)).map_or_else(domain::policy::Policy::national, |row| row.policy.clone());
    PolicyForm::of(&policy, day)
}

fn number(name: &'static str, label: &'static str, hint: &'static str, value: &str) -> AnyView {
    view! {
        <TextField
            name=format!("form[{name}]")
            label=label
            hint=hint
            value=value.to_owned()
            inputmode="numeric"
            maxlength=3
            width=Width::Short
        />
    }
    .into_any()
}

fn yes_or_no(l: Lang, name: &'static str, label: &'static str, hint: &'static str, value: &str) -> AnyView {
    let choices = vec![Choice::new("yes", yes_text(l, true)), Choice::new("no", yes_text(l, false))];
    view! {
        <RadioGroup name=format!("form[{name}]") label=label hint=hint choices=choices value=value.to_owned() inline=true/>
    }
    .into_any()
}

fn sms(l: Lang, form: &PolicyForm) -> AnyView {
    use t::office::{policy as p, policy_hint as h};
    let stages = SmsStage::ALL.into_iter().map(|stage| Choice::new(stage.name(), stage_text(l, stage))).collect();
    view! {
        <h2>{p::sms_title(l)}</h2>
        <RadioGroup name="form[sms_stage]" label=p::sms_stage(l) choices=stages value=form.sms_stage.clone()/>
        {number("sms_window_hours", p::sms_window_hours(l), h::sms_window_hours(l), &form.sms_window_hours)}
        {number("sms_rounds", p::sms_rounds(l), h::sms_rounds(l), &form.sms_rounds)}
        {number("sms_wrong_digits", p::sms_wrong_digits(l), h::sms_wrong_digits(l), &form.sms_wrong_digits)}
        {yes_or_no(l, "sms_noon_resend", p::sms_noon_resend(l), "", &form.sms_noon_resend)}
        {number("sms_manual_resends", p::sms_manual_resends(l), h::sms_manual_resends(l), &form.sms_manual_resends)}
    }
    .into_any()
}

fn review(l: Lang, form: &PolicyForm) -> AnyView {
    use t::office::{policy as p, policy_hint as h};
    let routes = RefusalRoute::ALL.into_iter().map(|route| Choice::new(route.name(), route_text(l, route))).collect();
    view! {
        <h2>{p::review_title(l)}</h2>
        {number("provider_hours", p::provider_hours(l), h::provider_hours(l), &form.provider_hours)}
        {number("bureau_working_days", p::bureau_working_days(l), h::bureau_working_days(l), &form.bureau_working_days)}
        {yes_or_no(l, "second_reviewer", p::second_reviewer(l), h::second_reviewer(l), &form.second_reviewer)}
        {yes_or_no(l, "preapproval_pauses", p::preapproval_pauses(l), h::preapproval_pauses(l), &form.preapproval_pauses)}
        <RadioGroup name="form[after_refusal]" label=p::after_refusal(l) choices=routes value=form.after_refusal.clone()/>
        {number("idle_days", p::idle_days(l), h::idle_days(l), &form.idle_days)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{policy::Policy, time::parse_date};

    use super::*;

    #[test]
    fn a_form_begins_with_what_would_hold_on_its_first_day() {
        let row = |hours: u16, holds, national, (from, to)| PolicyRowView {
            policy: Policy { provider_hours: hours, ..Policy::national() },
            from,
            to,
            national,
            holds,
        };
        let begins_with = |rows: Vec<PolicyRowView>| {
            let earliest = parse_date("2026-12-01").expect("a day");
            let view = PoliciesView { bureau: String::new(), rows, draft: None, earliest, prefixes: Vec::new() };
            begun(&view).provider_hours
        };
        let all = row(1, Holds::Now, true, (None, None));
        let now = |to| row(2, Holds::Now, false, (parse_date("2026-01-01"), to));
        let later = |from| row(3, Holds::Later, false, (parse_date(from), None));
        assert_eq!(begins_with(vec![all.clone()]), "1");
        assert_eq!(begins_with(vec![now(None), all.clone()]), "2");
        assert_eq!(begins_with(vec![later("2027-05-01"), now(parse_date("2027-04-30")), all.clone()]), "2");
        assert_eq!(begins_with(vec![later("2026-12-01"), now(parse_date("2026-11-30")), all]), "3");
    }
}
