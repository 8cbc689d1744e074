//! A9: signing in; R13: a lost password.

use domain::{actor::Category, views::accounts::ChallengeFor};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::{accounts, captchas},
    flash::use_flash,
    parts::{
        captcha::{self, Captcha},
        load::load,
        sign_in::{SignInBox, categories, new_password_fields},
    },
    paths,
    texts::{t, use_lang},
    ui::{
        ButtonRow, Empty, FormAction, LinkButton, Notice, NoticeKind, PageHead, Panel, PostForm, RadioGroup, SubmitButton,
        TextField, page_data,
    },
};

/// A value of the page's query; empty when it is not there.
pub(super) fn queried(name: &str) -> String {
    use_location().query.with_untracked(|query| query.get(name)).unwrap_or_default()
}

/// Whether the page's query names this at all: a form that asks by its address was sent, be it empty.
pub(super) fn is_queried(name: &str) -> bool {
    use_location().query.with_untracked(|query| query.get_str(name).is_some())
}

pub(super) fn sign_in_page() -> AnyView {
    let l = use_lang();
    let next = queried("next");
    let done = match queried("done").as_str() {
        "registered" => Some(t::sign_in::done_registered(l)),
        "password" => Some(t::sign_in::done_password(l)),
        "signed_out" => Some(t::sign_in::done_signed_out(l)),
        _ => None,
    };
    let done = done.map(|text| view! { <Notice kind=NoticeKind::Success><p>{text}</p></Notice> });
    view! {
        <PageHead title=t::sign_in::title(l)/>
        {done}
        <SignInBox next=next category=Category::find(&queried("category"))/>
    }
    .into_any()
}

pub(super) fn lost_password_page() -> AnyView {
    use t::sign_in::lost;
    let l = use_lang();
    if queried("done") == "sent" {
        return view! {
            <Panel title=lost::sent_title(l)>
                <p>{lost::sent(l)}</p>
                <p><a href=paths::sign_in()>{t::sign_in::title(l)}</a></p>
            </Panel>
        }
        .into_any();
    }
    let (name, wait) = (use_flash().value("form[user_name]").unwrap_or_default().to_owned(), captcha::waits());
    let data = page_data(move || (name.clone(), wait), |(name, wait)| captchas::make(ChallengeFor::Recovery, name, wait));
    load(data, move |challenge| {
        view! {
            <PageHead title=lost::title(l) lead=lost::lead(l)/>
            <PostForm id="lost-password" action={FormAction::of::<accounts::AskRecovery>()}>
                <RadioGroup name="form[category]" label=t::sign_in::category(l) choices=categories(l)/>
                <TextField name="form[user_name]" label=t::sign_in::user_name(l) autocomplete="username" maxlength=32/>
                <TextField name="form[contact_name]" label=lost::contact_name(l) autocomplete="name" maxlength=60/>
                <TextField
                    name="form[email]"
                    label=lost::email(l)
                    kind="email"
                    inputmode="email"
                    autocomplete="email"
                    maxlength=254
                />
                <Captcha challenge=challenge/>
                <SubmitButton label=lost::button(l)/>
            </PostForm>
            <p class="muted">{lost::forgot(l)}</p>
        }
        .into_any()
    })
}

pub(super) fn new_password_page(token: &str) -> AnyView {
    use t::sign_in::lost;
    let l = use_lang();
    let token = crate::parts::decoded(token);
    let key = token.clone();
    let data = page_data(move || key.clone(), |token| async move { accounts::is_recovery_open(token).await });
    load(data, move |open| {
        if !open {
            return view! {
                <PageHead title=lost::closed_title(l)/>
                <Empty title=lost::closed(l)>
                    <ButtonRow>
                        <LinkButton href=paths::lost_password() label=lost::title(l)/>
                    </ButtonRow>
                </Empty>
            }
            .into_any();
        }
        let token = token.clone();
        view! {
            <PageHead title=lost::new_title(l) lead=lost::new_lead(l)/>
            <PostForm id="new-password" action={FormAction::of::<accounts::FinishRecovery>()}>
                <input type="hidden" name="form[token]" value=token/>
                {new_password_fields(l, false)}
                <SubmitButton label=lost::set(l)/>
            </PostForm>
        }
        .into_any()
    })
}
