//! A4: whether an electronic certificate is genuine and still holds, by number and code, by its QR code, or by its file.

use domain::{
    e_certificate::{CertificateCheck, CertificateCode, FILE_NAME, Standing},
    filing_number::FilingNumber,
};
use leptos::prelude::*;

use super::{
    query::no_answer,
    record::cards,
    sign_in::{is_queried, queried},
};
use crate::{
    doors::{clock, e_certificates},
    parts::{dates, load::load_once},
    texts::{t, use_lang},
    ui::{FileField, FormAction, PageHead, PostForm, PrintCommand, SubmitButton},
};

pub(super) fn certificates_page() -> AnyView {
    use t::certificate as c;
    let l = use_lang();
    let (number, code) = (queried("number").trim().to_owned(), queried("code").trim().to_owned());
    let asked = is_queried("number") || is_queried("code");
    let wrong_number = (asked && FilingNumber::find(&number).is_none()).then(|| c::wrong_number(l));
    let wrong_code = (asked && CertificateCode::find(&code).is_none()).then(|| c::wrong_code(l));
    let answer = (asked && wrong_number.is_none() && wrong_code.is_none()).then(|| answer(number.clone(), code.clone()));
    view! {
        <PageHead title=c::title(l) lead=c::lead(l)/>
        {answer}
        <section>
            <h2>{c::by_code(l)}</h2>
            <form class="form" method="get" action=crate::paths::certificates()>
                {field("number", c::number(l), c::number_hint(l), number, wrong_number)}
                {field("code", c::code(l), c::code_hint(l), code, wrong_code)}
                <button class="button" type="submit">{c::check(l)}</button>
            </form>
            <p class="hint">{c::by_square(l)}</p>
        </section>
        <section>
            <h2>{c::by_file(l)}</h2>
            <PostForm id="certificate-file" action=FormAction::at(e_certificates::CHECK_FILE) upload=true>
                <FileField name="file" label=c::file(l, FILE_NAME) hint=c::file_hint(l)/>
                <SubmitButton label=c::check_file(l) secondary=true/>
            </PostForm>
        </section>
    }
    .into_any()
}

/// One question of the form that asks by its address.
fn field(name: &'static str, label: &'static str, hint: &'static str, value: String, problem: Option<&'static str>) -> AnyView {
    let described = if problem.is_some() { format!("{name}-hint {name}-problem") } else { format!("{name}-hint") };
    view! {
        <div class=if problem.is_some() { "field field-wrong" } else { "field" }>
            <label for=name>{label}</label>
            <p class="hint" id=format!("{name}-hint")>{hint}</p>
            {problem.map(|problem| view! { <p class="problem" id=format!("{name}-problem")>{problem}</p> })}
            <input
                class="input input-half"
                type="text"
                id=name
                name=name
                value=value
                maxlength="64"
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=problem.is_some().then_some("true")
            />
        </div>
    }
    .into_any()
}

fn answer(number: String, code: String) -> AnyView {
    let l = use_lang();
    let data = async move {
        match e_certificates::check(number, code).await {
            Ok(check) => Ok(Ok((check, clock::now().await?))),
            Err(fault) => Ok(Err(fault)),
        }
    };
    load_once(data, move |found| match found {
        Ok((check, now)) => {
            let at = t::public::query::as_of(l, &dates::moment(l, now.0));
            view! {
                {standing(check)}
                <p class="muted">{at}</p>
                <PrintCommand/>
            }
            .into_any()
        }
        Err(fault) => no_answer(&fault),
    })
}

fn standing(check: CertificateCheck) -> AnyView {
    use t::certificate as c;
    let l = use_lang();
    let (class, title, text) = match check.standing {
        Standing::Current => ("answer answer-filed", c::current(l), c::current_text(l)),
        Standing::Superseded => ("answer answer-cannot-say", c::superseded(l), c::superseded_text(l)),
        Standing::Revoked => ("answer answer-not-filed", c::revoked(l), c::revoked_text(l)),
        Standing::Unknown => ("answer answer-not-filed", c::unknown(l), c::unknown_text(l)),
    };
    view! {
        <section class=class>
            <h2>{title}</h2>
            <p>{text}</p>
        </section>
        {check.record.map(|record| cards(l, record))}
    }
    .into_any()
}
