//! R1: registration. Statement of use, flow chart, the form, the codes.

use domain::{
    account::{problem, user_name_problem},
    problem::Rule,
    views::accounts::{ChallengeFor, ChallengeView, NameCheck},
};
use leptos::prelude::*;

use super::{
    help::flow_chart,
    sign_in::{is_queried, queried},
};
use crate::{
    doors::{accounts, captchas},
    parts::{
        captcha::{self, Captcha},
        load::load,
        sign_in::own_password,
    },
    paths,
    texts::{t, use_lang},
    ui::{
        ButtonRow, Checkbox, FormAction, LinkButton, Notice, NoticeKind, PageHead, PostForm, Steps, SubmitButton, SummaryList,
        SummaryRow, TextField, Width, page_data,
    },
};

fn steps(current: usize) -> AnyView {
    let l = use_lang();
    let names = [t::register::step_1(l), t::register::step_2(l), t::register::step_3(l), t::register::step_4(l)];
    view! { <Steps label=t::register::title(l) steps=names.map(str::to_owned).to_vec() current=current/> }.into_any()
}

pub(super) fn statement_page() -> AnyView {
    use t::register::terms;
    let l = use_lang();
    let clauses = [terms::c1(l), terms::c2(l), terms::c3(l), terms::c4(l), terms::c5(l), terms::c6(l)]
        .into_iter()
        .map(|clause| view! { <li>{clause}</li> })
        .collect_view();
    view! {
        {steps(0)}
        <PageHead title=terms::title(l) lead=terms::lead(l)/>
        <div class="statement" tabindex="0" role="region" aria-label=terms::title(l)><ol>{clauses}</ol></div>
        <ButtonRow>
            <LinkButton href=paths::register_flow() label=t::register::accept(l)/>
            <LinkButton href=paths::home() label=t::register::decline(l) secondary=true/>
        </ButtonRow>
    }
    .into_any()
}

pub(super) fn flow_page() -> AnyView {
    let l = use_lang();
    view! {
        {steps(1)}
        <PageHead title=t::help::flow::title(l) lead=t::help::flow::lead(l)/>
        {flow_chart()}
        <ButtonRow>
            <LinkButton href=paths::register_form() label=t::register::accept(l)/>
            <LinkButton href=paths::register() label=t::register::back(l) secondary=true/>
        </ButtonRow>
    }
    .into_any()
}

/// The name first: it is free, or it is taken and its codes can be had again. Nothing more is said about it.
pub(super) fn form_page() -> AnyView {
    let l = use_lang();
    let name = queried("user_name").trim().to_owned();
    if name.is_empty() {
        let missing = is_queried("user_name").then(|| problem("user_name", Rule::Required));
        let missing = missing.map(|missing| t::problem_text(l, &missing)).unwrap_or_default();
        return view! {
            {steps(2)}
            <PageHead title=t::register::name_title(l) lead=t::register::name_lead(l)/>
            {name_form("", &missing)}
        }
        .into_any();
    }
    let (key, wait) = (name.clone(), captcha::waits());
    let data = page_data(
        move || (key.clone(), wait),
        |(name, wait)| async move {
            if let Some(rule) = user_name_problem(&name) {
                return Ok(Err(problem("user_name", rule)));
            }
            let found = accounts::check_name(name).await?;
            Ok(Ok((found, captchas::make(ChallengeFor::Registration, String::new(), wait).await?)))
        },
    );
    load(data, move |found| {
        let (name, codes) = (name.clone(), paths::register_codes_of(&name));
        match found {
            Ok((NameCheck::Free, challenge)) => registration(&name, challenge),
            Ok((NameCheck::Taken, _)) => view! {
                {steps(2)}
                <PageHead title=t::register::name_title(l) lead=t::register::name_lead(l)/>
                <Notice kind=NoticeKind::Warning title=t::register::taken(l, &name)>
                    <p>{t::register::taken_text(l)}</p>
                    <p><a href=codes>{t::register::codes_again(l)}</a></p>
                </Notice>
                {name_form(&name, "")}
            }
            .into_any(),
            Err(problem) => view! {
                {steps(2)}
                <PageHead title=t::register::name_title(l) lead=t::register::name_lead(l)/>
                {name_form(&name, &t::problem_text(l, &problem))}
            }
            .into_any(),
        }
    })
}

fn name_form(name: &str, problem: &str) -> AnyView {
    let l = use_lang();
    let wrong = !problem.is_empty();
    let problem = wrong.then(|| view! { <p class="problem" id="user_name-problem">{problem.to_owned()}</p> });
    view! {
        <form class="form" method="get" action=paths::register_form()>
            <div class=if wrong { "field field-wrong" } else { "field" }>
                <label for="user_name">{t::sign_in::user_name(l)}</label>
                <p class="hint" id="user_name-hint">{t::register::name_hint(l)}</p>
                {problem}
                <input
                    class="input input-half"
                    type="text"
                    id="user_name"
                    name="user_name"
                    value=name.to_owned()
                    maxlength="32"
                    autocomplete="username"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=if wrong { "user_name-hint user_name-problem" } else { "user_name-hint" }
                    aria-invalid=wrong.then_some("true")
                />
            </div>
            <button class="button" type="submit">{t::register::check(l)}</button>
        </form>
    }
    .into_any()
}

fn registration(name: &str, challenge: Option<ChallengeView>) -> AnyView {
    use t::register as r;
    let l = use_lang();
    let hidden_name = name.to_owned();
    view! {
        {steps(2)}
        <PageHead title=r::form_title(l)/>
        <div class="form">
            <SummaryList rows=vec![
                SummaryRow::new(t::sign_in::user_name(l), r::free(l, name)).change(paths::register_form(), r::other_name(l)),
            ]/>
        </div>
        <PostForm id="register" action={FormAction::of::<accounts::Register>()}>
            <input type="hidden" name="form[user_name]" value=hidden_name/>
            <input type="hidden" name="form[lang]" value=l.code()/>
            <TextField
                name="form[contact_name]"
                label=r::contact_name(l)
                hint=r::contact_name_hint(l)
                autocomplete="name"
                maxlength=60
                width=Width::Half
            />
            <TextField
                name="form[mobile]"
                label=r::mobile(l)
                hint=r::mobile_hint(l)
                why=r::mobile_why(l)
                kind="tel"
                inputmode="tel"
                autocomplete="tel"
                maxlength=20
                width=Width::Half
            />
            <TextField
                name="form[email]"
                label=r::email(l)
                hint=r::email_hint(l)
                kind="email"
                inputmode="email"
                autocomplete="email"
                maxlength=254
            />
            <TextField
                name="form[password]"
                label=t::sign_in::password(l)
                hint=t::sign_in::lost::password_hint(l)
                kind="password"
                autocomplete="new-password"
                maxlength=128
            />
            <TextField
                name="form[password_repeat]"
                label=r::password_repeat(l)
                kind="password"
                autocomplete="new-password"
                maxlength=128
            />
            <Checkbox name="form[terms]" value="accepted" label=r::terms_label(l)/>
            <Captcha challenge=challenge passwords=true/>
            <SubmitButton label=r::button(l)/>
        </PostForm>
    }
    .into_any()
}

pub(super) fn confirm_page() -> AnyView {
    use t::register as r;
    let l = use_lang();
    let name = queried("user_name");
    let done = match queried("done").as_str() {
        "sent" => Some(r::done_sent(l)),
        "corrected" => Some(r::done_corrected(l)),
        _ => None,
    };
    let done = done.map(|text| view! { <Notice kind=NoticeKind::Success><p>{text}</p></Notice> });
    let (codes, correct) = (paths::register_codes_of(&name), paths::register_correct_of(&name));
    view! {
        {steps(3)}
        <PageHead title=r::confirm_title(l) lead=r::confirm_lead(l)/>
        {done}
        <PostForm id="confirm" action={FormAction::of::<accounts::Confirm>()}>
            {user_name_field(&name)}
            {code_field("form[mobile_code]", r::mobile_code(l))}
            {code_field("form[email_code]", r::email_code(l))}
            <SubmitButton label=r::confirm_button(l)/>
        </PostForm>
        <section class="prose">
            <h2>{r::no_code(l)}</h2>
            <ul>
                <li><a href=codes>{r::codes_again(l)}</a></li>
                <li><a href=correct>{r::correct(l)}</a></li>
            </ul>
        </section>
    }
    .into_any()
}

fn user_name_field(name: &str) -> AnyView {
    let l = use_lang();
    view! {
        <TextField
            name="form[user_name]"
            label=t::sign_in::user_name(l)
            value=name
            autocomplete="username"
            maxlength=32
            width=Width::Half
        />
    }
    .into_any()
}

fn code_field(name: &'static str, label: &'static str) -> AnyView {
    view! {
        <TextField name=name label=label inputmode="numeric" autocomplete="one-time-code" maxlength=10 width=Width::Short/>
    }
    .into_any()
}

/// 重新找回验证码: only to the stored contacts, and the answer is the same for every name.
pub(super) fn codes_page() -> AnyView {
    use t::register as r;
    let l = use_lang();
    let name = queried("user_name");
    view! {
        <PageHead title=r::codes_again(l) lead=r::codes_lead(l)/>
        <PostForm id="codes" action={FormAction::of::<accounts::ResendCodes>()}>
            <TextField
                name="user_name"
                label=t::sign_in::user_name(l)
                value=name
                autocomplete="username"
                maxlength=32
                width=Width::Half
            />
            <SubmitButton label=r::codes_button(l)/>
        </PostForm>
    }
    .into_any()
}

pub(super) fn correct_page() -> AnyView {
    use t::register as r;
    let l = use_lang();
    let name = queried("user_name");
    view! {
        <PageHead title=r::correct(l) lead=r::correct_lead(l)/>
        <PostForm id="correct" action={FormAction::of::<accounts::CorrectContacts>()}>
            {user_name_field(&name)}
            {own_password(l, r::correct_password_hint(l))}
            <TextField
                name="form[mobile]"
                label=r::mobile(l)
                kind="tel"
                inputmode="tel"
                autocomplete="tel"
                maxlength=20
                width=Width::Half
            />
            <TextField name="form[email]" label=r::email(l) kind="email" inputmode="email" autocomplete="email" maxlength=254/>
            <SubmitButton label=r::correct_button(l)/>
        </PostForm>
    }
    .into_any()
}
