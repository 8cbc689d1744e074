//! One account: its first password while it is to be handed over, its role, and the ways to end or renew it.

use domain::{
    actor::Role,
    id::UserId,
    views::office::{HandOverView, StaffView, Standing},
};
use leptos::prelude::*;

use super::{done, head, role_choices, staff::standing_tag};
use crate::{
    doors::offices,
    parts::{dates, desk::role_text, load::load_page},
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        CheckboxGroup, Choice, FormAction, Notice, NoticeKind, PostForm, RadioGroup, SubmitButton, SummaryCard, SummaryRow,
        page_data,
    },
};

pub(super) fn member_page(id: UserId) -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(move || id, offices::hand_over);
    load_page(data, move |view| {
        let known = [("role", o::done_role(l)), ("suspended", o::done_suspended(l)), ("resumed", o::done_resumed(l))];
        let title = format!("{} · {}", view.staff.contact_name, view.staff.user_name);
        let acts = if view.staff.oneself {
            view! { <p class="hint">{o::not_oneself(l)} " " <a href=paths::account()>{t::layout::account(l)}</a></p> }.into_any()
        } else {
            acts(l, &view.staff, &view.roles)
        };
        view! {
            {head(&title, "", &[(paths::office_staff(), o::staff(l))])}
            {done(&known)}
            {first_password(l, &view)}
            {facts(l, &view.staff)}
            {acts}
        }
        .into_any()
    })
}

/// The password, as long as it is shown.
fn first_password(l: Lang, view: &HandOverView) -> Option<AnyView> {
    use t::office as o;
    let (password, shown) = (view.password.clone()?, view.shown_until?);
    let holds = view.staff.first_password_until.map(|until| dates::moment(l, until)).unwrap_or_default();
    let id = view.staff.id.to_string();
    Some(
        view! {
            <section class="panel" aria-labelledby="first-password">
                <h2 id="first-password">{o::hand_over_title(l)}</h2>
                <p class="panel-value">{password}</p>
                <div class="panel-more">
                    <p>{o::hand_over_text(l, &view.staff.user_name, &holds)}</p>
                    <p>{o::hand_over_shown(l, &dates::moment(l, shown))}</p>
                    <PostForm id="handed-over" action={FormAction::of::<offices::HandedOver>()}>
                        <input type="hidden" name="id" value=id/>
                        <SubmitButton label=o::handed_over(l)/>
                    </PostForm>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn facts(l: Lang, staff: &StaffView) -> AnyView {
    use t::office as o;
    let moment = |at: Option<domain::Moment>| at.map_or_else(|| o::never(l).to_owned(), |at| dates::moment(l, at));
    let mut rows = vec![
        SummaryRow::with_view(o::standing(l), standing_tag(l, staff.standing)),
        SummaryRow::new(t::account::role(l), role_text(l, staff.role)),
        SummaryRow::new(t::register::mobile(l), staff.mobile.clone()),
        SummaryRow::new(t::register::email(l), staff.email.clone()),
        SummaryRow::new(o::factor(l), if staff.second_factor { o::factor_set(l) } else { o::factor_missing(l) }),
        SummaryRow::new(o::created_at(l), dates::moment(l, staff.created_at)),
        SummaryRow::new(o::seen_at(l), moment(staff.seen_at)),
        SummaryRow::new(o::cases(l), staff.cases.to_string()),
    ];
    if let Some(until) = staff.first_password_until {
        rows.insert(1, SummaryRow::new(o::first_password_until(l), dates::moment(l, until)));
    }
    view! { <SummaryCard title=o::facts(l) rows=rows/> }.into_any()
}

/// Which account a form is about.
fn hidden(id: UserId) -> AnyView {
    view! { <input type="hidden" name="id" value=id.to_string()/> }.into_any()
}

fn acts(l: Lang, staff: &StaffView, roles: &[Role]) -> AnyView {
    use t::office as o;
    let (id, suspended) = (staff.id, staff.standing == Standing::Suspended);
    let (choices, held) = (role_choices(roles), staff.cases.to_string());
    // Where there is but one other role, it is meant.
    let meant = if let [only] = roles { only.name() } else { "" };
    let role = (!suspended && !roles.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{o::role_title(l)}</h2>
                <PostForm id="staff-role" action={FormAction::of::<offices::ChangeRole>()}>
                    {hidden(id)}
                    <RadioGroup
                        name="role"
                        label=o::role_to(l)
                        hint=o::role_change_hint(l)
                        choices=choices
                        value=meant
                    />
                    <SubmitButton label=o::change_role(l) secondary=true/>
                </PostForm>
            </section>
        }
    });
    let renew = (!suspended).then(|| {
        let factor = staff.second_factor.then(|| {
            let choices = vec![Choice::new("yes", o::forget_factor(l)).hint(o::forget_factor_hint(l))];
            view! { <CheckboxGroup name="forget_factor" label=o::lost_factor(l) choices=choices optional=true/> }
        });
        view! {
            <section class="card">
                <h2>{o::reissue_title(l)}</h2>
                <p>{o::reissue_text(l)}</p>
                <PostForm id="staff-reissue" action={FormAction::of::<offices::Reissue>()}>
                    {hidden(id)}
                    {factor}
                    <SubmitButton label=o::reissue(l) secondary=true/>
                </PostForm>
            </section>
        }
    });
    let end = if suspended {
        view! {
            <PostForm id="staff-resume" action={FormAction::of::<offices::Resume>()}>
                {hidden(id)}
                <SubmitButton label=o::resume(l)/>
            </PostForm>
        }
        .into_any()
    } else {
        view! {
            <Notice kind=NoticeKind::Warning><p>{o::suspend_text(l, &held)}</p></Notice>
            <PostForm id="staff-suspend" action={FormAction::of::<offices::Suspend>()}>
                {hidden(id)}
                <SubmitButton label=o::suspend(l) danger=true/>
            </PostForm>
        }
        .into_any()
    };
    view! {
        {role}
        {renew}
        <section class="card"><h2>{o::end_title(l)}</h2>{end}</section>
    }
    .into_any()
}
