//! Checks of the persons' identity (R7): by which method, when, by whom. They come before the verdicts, which wait for them.

use domain::{
    problem::Section,
    views::desk::{CaseView, IdentityCheckView},
};
use leptos::{either::Either, prelude::*};

use super::{Place, deadline::when, holder::about, labels::person_label};
use crate::{
    doors::desk,
    flash::use_flash,
    texts::{Lang, t},
    ui::{Choice, FormAction, PostForm, RadioGroup, SubmitButton, Tag, TextField, Tone},
};

/// The methods, by their stable names.
const METHODS: [&str; 3] = ["face_to_face", "face_recognition", "video"];

fn method_text(l: Lang, method: &str) -> &str {
    match method {
        "face_to_face" => t::desk::method_face_to_face(l),
        "face_recognition" => t::desk::method_face_recognition(l),
        "video" => t::desk::method_video(l),
        other => other,
    }
}

/// The sections that name a person in charge: the sponsor's, and sites with another person.
fn persons(case: &CaseView) -> Vec<Section> {
    let sites = case.draft.sites.iter().filter(|site| site.form.person_same_as_sponsor != "yes");
    std::iter::once(Section::Sponsor).chain(sites.map(|site| Section::Site(site.key))).collect()
}

/// The checks, each with a form to record one where `recordable`: open until it was made.
pub fn identity(l: Lang, place: Place, case: &CaseView, recordable: bool) -> AnyView {
    let rows = persons(case)
        .into_iter()
        .map(|section| {
            let check = case.identity_checks.iter().find(|check| check.section == section);
            // A form that was carried out is drawn anew: folded, and empty.
            let form = recordable.then(|| record(l, place, case, section, check.is_none()));
            let form = if check.is_some() { Either::Right(form) } else { Either::Left(form) };
            view! {
                <li class="identity">
                    <p><strong>{person_label(l, section)}</strong>" "{state(l, check)}</p>
                    {form}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="identities" id="identity" tabindex="-1" aria-labelledby="identity-head">
            <h2 id="identity-head">{t::desk::identity(l)}</h2>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

fn state(l: Lang, check: Option<&IdentityCheckView>) -> AnyView {
    match check {
        None => view! { <Tag text=t::desk::identity_none(l) tone=Tone::Amber/> }.into_any(),
        Some(check) => {
            let line = t::desk::identity_line(l, method_text(l, &check.method), &when(l, check.checked_at), &check.checked_by);
            view! { <Tag text=t::desk::kind_ok(l) tone=Tone::Green/>" "<span>{line}</span> }.into_any()
        }
    }
}

fn record(l: Lang, place: Place, case: &CaseView, section: Section, due: bool) -> AnyView {
    let form = format!("identity-{section}");
    // One that a form without scripts sent back shows what is wrong with it.
    let sent = use_flash().value("form_id") == Some(form.as_str());
    let methods = METHODS.iter().map(|method| Choice::new(*method, method_text(l, method))).collect();
    let person = person_label(l, section);
    let edition = case.edition.to_string();
    let about = about(case.progress.id, case.progress.seq, place);
    view! {
        <details class="record" open={due || sent}>
            <summary>
                {t::desk::identity_record(l)}
                <span class="visually-hidden">{format!(" {person}")}</span>
            </summary>
            <PostForm id=form action={FormAction::of::<desk::RecordIdentityCheck>()}>
                {about}
                <input type="hidden" name="edition" value=edition/>
                <input type="hidden" name="section" value=section.to_string()/>
                <RadioGroup name="method" label=t::desk::identity_method(l) choices=methods/>
                <TextField name="at" label=t::desk::identity_at(l) hint=t::desk::identity_at_hint(l) kind="datetime-local" width=crate::ui::Width::Half optional=true/>
                <p class="hint">{t::desk::identity_by(l)}</p>
                <SubmitButton label=t::desk::identity_record_of(l, &person) secondary=true/>
            </PostForm>
        </details>
    }
    .into_any()
}
