//! The staff of an office, and a new account of it.

use domain::views::office::{StaffView, Standing};
use leptos::prelude::*;

use super::{head, role_choices};
use crate::{
    doors::offices,
    parts::{dates::Time, desk::role_text, load::load_page},
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        ButtonRow, Column, DataTable, FormAction, LinkButton, PostForm, RadioGroup, SubmitButton, Tag, TextField, Tone, Width,
        page_data,
    },
};

pub(super) fn staff_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_staff());
    load_page(data, move |list| {
        view! {
            {head(o::staff(l), o::staff_lead(l), &[])}
            <ButtonRow><LinkButton href=paths::office_staff_new() label=o::staff_new(l)/></ButtonRow>
            {staff_table(l, list.staff)}
        }
        .into_any()
    })
}

/// Accounts, each leading to its own page.
pub(super) fn staff_table(l: Lang, staff: Vec<StaffView>) -> AnyView {
    use t::office as o;
    let columns = vec![
        Column::new(t::sign_in::user_name(l)),
        Column::new(t::register::contact_name(l)),
        Column::new(t::account::role(l)),
        Column::new(o::standing(l)),
        Column::new(o::seen_at(l)),
        Column::number(o::cases(l)),
    ];
    let rows = staff
        .into_iter()
        .map(|one| {
            let seen = match one.seen_at {
                Some(at) => view! { <Time at=at/> }.into_any(),
                None => o::never(l).into_any(),
            };
            let oneself = one.oneself.then(|| view! { " " <Tag text=o::oneself(l)/> });
            vec![
                view! { <a href=paths::staff_member(one.id)>{one.user_name}</a> {oneself} }.into_any(),
                one.contact_name.into_any(),
                role_text(l, one.role).into_any(),
                standing_tag(l, one.standing),
                seen,
                one.cases.to_string().into_any(),
            ]
        })
        .collect();
    view! { <DataTable caption=o::staff(l) columns=columns rows=rows/> }.into_any()
}

/// Whether an account can be used, in a word.
pub(super) fn standing_tag(l: Lang, standing: Standing) -> AnyView {
    use t::office as o;
    let (text, tone) = match standing {
        Standing::Active => (o::active(l), Tone::Green),
        Standing::FirstPassword => (o::first_password(l), Tone::Amber),
        Standing::FirstPasswordOver => (o::first_password_over(l), Tone::Red),
        Standing::Suspended => (o::suspended(l), Tone::Grey),
    };
    view! { <Tag text=text tone=tone/> }.into_any()
}

pub(super) fn new_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| offices::list_staff());
    load_page(data, move |list| {
        view! {
            {head(o::staff_new(l), o::staff_new_lead(l), &[(paths::office_staff(), o::staff(l))])}
            <section class="card">
                <PostForm id="staff" action={FormAction::of::<offices::CreateStaff>()} once=true>
                    {staff_fields()}
                    <RadioGroup name="form[role]" label=t::account::role(l) choices={role_choices(&list.roles)}/>
                    <SubmitButton label=o::create(l)/>
                </PostForm>
            </section>
        }
        .into_any()
    })
}

/// What is asked of a new account, but for its role.
pub(super) fn staff_fields() -> AnyView {
    use t::office as o;
    let l = use_lang();
    view! {
        <TextField
            name="form[contact_name]"
            label=t::register::contact_name(l)
            hint=o::contact_name_hint(l)
            maxlength=60
            width=Width::Half
        />
        <TextField
            name="form[user_name]"
            label=t::sign_in::user_name(l)
            hint=t::register::name_hint(l)
            maxlength=32
            width=Width::Half
        />
        <TextField name="form[mobile]" label=t::register::mobile(l) kind="tel" inputmode="tel" maxlength=20 width=Width::Half/>
        <TextField name="form[email]" label=t::register::email(l) kind="email" inputmode="email" maxlength=254/>
    }
    .into_any()
}
