//! A8: 修改个人信息. A new mobile or e-mail holds once its code was typed.

use domain::views::accounts::ProfileView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::accounts,
    parts::{load::load, sign_in::own_password},
    texts::{t, use_lang},
    ui::{FormAction, Notice, NoticeKind, PageHead, PostForm, SubmitButton, TextField, Width, page_data},
};

pub(super) fn contacts_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    let query = use_location().query;
    let data = page_data(|| (), |()| accounts::profile());
    let sent = move || {
        (query.with(|query| query.get("done")).as_deref() == Some("sent"))
            .then(|| view! { <Notice kind=NoticeKind::Success><p>{a::codes_sent(l)}</p></Notice> })
    };
    view! {
        <PageHead title=t::layout::contacts(l) lead=a::contacts_lead(l)/>
        {sent}
        {load(data, move |me| view! { {waiting(&me)} {change(me)} }.into_any())}
    }
    .into_any()
}

fn waiting(me: &ProfileView) -> Option<AnyView> {
    use t::account as a;
    let l = use_lang();
    if me.new_mobile.is_none() && me.new_email.is_none() {
        return None;
    }
    let code = |name: &'static str, label: String| {
        view! { <TextField name=name label=label inputmode="numeric" autocomplete="one-time-code" maxlength=10 width=Width::Short/> }
    };
    let mobile = me.new_mobile.as_ref().map(|mobile| a::code_of(l, mobile));
    let email = me.new_email.as_ref().map(|email| a::code_of(l, email));
    Some(
        view! {
            <section class="card">
                <h2>{a::confirm_title(l)}</h2>
                <PostForm id="contact-codes" action={FormAction::of::<accounts::ConfirmContactChange>()}>
                    {mobile.map(|label| code("form[mobile_code]", label))}
                    {email.map(|label| code("form[email_code]", label))}
                    <SubmitButton label=a::confirm(l)/>
                </PostForm>
                <PostForm id="contact-drop" action={FormAction::of::<accounts::DropContactChange>()}>
                    <SubmitButton label=a::drop(l) secondary=true/>
                </PostForm>
            </section>
        }
        .into_any(),
    )
}

fn change(me: ProfileView) -> AnyView {
    use t::account as a;
    let l = use_lang();
    view! {
        <section class="card">
            <h2>{a::change_title(l)}</h2>
            <PostForm id="contacts" action={FormAction::of::<accounts::AskContactChange>()}>
                <TextField
                    name="form[contact_name]"
                    label=t::register::contact_name(l)
                    value=me.contact_name
                    autocomplete="name"
                    maxlength=60
                    width=Width::Half
                />
                <TextField
                    name="form[mobile]"
                    label=a::new_mobile(l)
                    hint=a::now(l, &me.mobile)
                    kind="tel"
                    inputmode="tel"
                    autocomplete="tel"
                    maxlength=20
                    width=Width::Half
                    optional=true
                />
                <TextField
                    name="form[email]"
                    label=a::new_email(l)
                    hint=a::now(l, &me.email)
                    kind="email"
                    inputmode="email"
                    autocomplete="email"
                    maxlength=254
                    optional=true
                />
                {own_password(l, a::password_why(l))}
                <SubmitButton label=a::save(l)/>
            </PostForm>
        </section>
    }
    .into_any()
}
