//! A5: 短信核验, for persons in charge. Nobody signs in here; code, mobile and certificate prove who it is.

use domain::views::accounts::{ChallengeFor, ChallengeView};
use leptos::prelude::*;

use super::sign_in::queried;
use crate::{
    doors::{captchas, confirmations},
    fault::Fault,
    parts::{
        captcha::{self, Captcha},
        dates,
        load::{fault_page, load},
    },
    paths,
    texts::{t, use_lang},
    ui::{
        ButtonRow, Column, DataTable, Empty, FormAction, LinkButton, Notice, NoticeKind, PageHead, Panel, PostForm, SubmitButton,
        Tag, TextField, Tone, Width, page_data,
    },
};

fn mobile_field() -> AnyView {
    let l = use_lang();
    view! {
        <TextField
            name="form[mobile]"
            label=t::sms::mobile(l)
            hint=t::sms::mobile_hint(l)
            why=t::sms::mobile_why(l)
            kind="tel"
            inputmode="tel"
            autocomplete="tel"
            maxlength=20
            width=Width::Half
        />
    }
    .into_any()
}

fn digits_field() -> AnyView {
    let l = use_lang();
    view! {
        <TextField
            name="form[last_six]"
            label=t::sms::last_six(l)
            hint=t::sms::last_six_hint(l)
            maxlength=6
            width=Width::Short
        />
    }
    .into_any()
}

/// A form with the challenge that stands before it.
fn with_captcha(purpose: ChallengeFor, draw: impl Fn(Option<ChallengeView>) -> AnyView + Send + Sync + 'static) -> AnyView {
    let wait = captcha::waits();
    let data = page_data(move || wait, move |wait| captchas::make(purpose, String::new(), wait));
    load(data, draw)
}

pub(super) fn confirm_page() -> AnyView {
    let l = use_lang();
    let sent = (queried("done") == "sent").then(|| view! { <Notice kind=NoticeKind::Success><p>{t::sms::sent(l)}</p></Notice> });
    view! {
        <PageHead title=t::sms::title(l) lead=t::sms::lead(l)/>
        {sent}
        {with_captcha(ChallengeFor::Confirmation, move |challenge| {
            view! {
                <PostForm id="sms" action={FormAction::of::<confirmations::Confirm>()}>
                    <TextField
                        name="form[code]"
                        label=t::sms::code(l)
                        hint=t::sms::code_hint(l)
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        maxlength=6
                        width=Width::Short
                    />
                    {mobile_field()}
                    {digits_field()}
                    <Captcha challenge=challenge/>
                    <SubmitButton label=t::sms::button(l)/>
                </PostForm>
            }
            .into_any()
        })}
        <section class="prose">
            <h2>{t::sms::no_code(l)}</h2>
            <p>{t::sms::no_code_text(l)}</p>
            <ButtonRow>
                <LinkButton href=paths::sms_resend() label=t::sms::resend(l) secondary=true/>
            </ButtonRow>
        </section>
    }
    .into_any()
}

pub(super) fn resend_page() -> AnyView {
    let l = use_lang();
    view! {
        <PageHead title=t::sms::resend(l) lead=t::sms::resend_lead(l)/>
        {with_captcha(ChallengeFor::Resend, move |challenge| {
            view! {
                <PostForm id="resend" action={FormAction::of::<confirmations::Resend>()}>
                    {mobile_field()}
                    {digits_field()}
                    <Captcha challenge=challenge/>
                    <SubmitButton label=t::sms::resend_button(l)/>
                </PostForm>
            }
            .into_any()
        })}
        <p><a href=paths::sms()>{t::sms::back(l)}</a></p>
    }
    .into_any()
}

pub(super) fn done_page() -> AnyView {
    let l = use_lang();
    let receipt = queried("receipt");
    let data = page_data(
        move || receipt.clone(),
        |receipt| async move {
            match confirmations::receipt(receipt).await {
                // The receipt is only what the page says: without it the confirmation holds all the same.
                Err(Fault::NotFound) => Ok(Err(Fault::NotFound)),
                other => Ok(other),
            }
        },
    );
    load(data, move |found| {
        let confirmed = match found {
            Ok(confirmed) => confirmed,
            Err(Fault::NotFound) => {
                return view! {
                    <PageHead title=t::sms::title(l)/>
                    <Empty title=t::sms::receipt_gone(l)>
                        <LinkButton href=paths::sms() label=t::sms::title(l)/>
                    </Empty>
                }
                .into_any();
            }
            Err(fault) => return fault_page(&fault),
        };
        if confirmed.still_due.is_empty() {
            let next = if confirmed.moved_on { t::sms::moved_on(l) } else { t::sms::all_done(l) };
            return view! { <Panel title=t::sms::done(l)><p>{next}</p></Panel> }.into_any();
        }
        let columns = vec![Column::new(t::sms::person(l)), Column::new(t::sms::mobile_short(l)), Column::new(t::sms::state(l))];
        let rows = confirmed
            .still_due
            .into_iter()
            .map(|person| {
                vec![
                    person.name.into_any(),
                    person.mobile.into_any(),
                    view! { <Tag text=t::sms::due(l) tone=Tone::Amber/> }.into_any(),
                ]
            })
            .collect();
        view! {
            <Panel title=t::sms::done(l)>
                <p>{t::sms::others(l, &dates::moment(l, confirmed.until))}</p>
            </Panel>
            <DataTable caption=t::sms::still_due(l) caption_shown=true columns=columns rows=rows/>
            <ButtonRow>
                <LinkButton href=paths::sms() label=t::sms::next_person(l) secondary=true/>
            </ButtonRow>
        }
        .into_any()
    })
}
