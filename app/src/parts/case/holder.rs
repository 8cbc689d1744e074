//! Who works on a case: claim, put back, hand over.

use domain::{filing::Verb, id::FilingId, refusal::Refusal, views::desk::CaseView};
use leptos::prelude::*;

use super::{Place, reasons::form_id};
use crate::{
    doors::desk,
    texts::{Lang, refusal_text, t, verb_text},
    ui::{FormAction, Notice, NoticeKind, PostForm, SelectField, SubmitButton},
};

/// What every form of a desk sends along: the case, the version that was seen, the list it was opened from.
pub fn about(id: FilingId, seq: i32, place: Place) -> AnyView {
    view! {
        <input type="hidden" name="id" value=id.to_string()/>
        <input type="hidden" name="seq" value=seq.to_string()/>
        <input type="hidden" name="place" value=place.to_form()/>
    }
    .into_any()
}

/// Whether a verb is offered, and why not now.
pub fn offer(case: &CaseView, verb: Verb) -> Option<Option<Refusal>> {
    case.progress.offers.iter().find(|(offered, _)| *offered == verb).map(|(_, refusal)| *refusal)
}

/// The line that says who works on it, with what one may do about that.
pub fn holder(l: Lang, place: Place, case: &CaseView) -> AnyView {
    let who = match (&case.claimed_by, case.mine) {
        (_, true) => t::desk::claimed_by_me(l).to_owned(),
        (Some(name), false) => t::desk::claimed_by(l, name),
        (None, false) => t::desk::nobody(l).to_owned(),
    };
    let (id, seq) = (case.progress.id, case.progress.seq);
    let simple = move |verb: Verb, action: FormAction, refusal: Option<Refusal>| {
        let refused = refusal.map(|refusal| refusal_text(l, &refusal));
        view! {
            <PostForm id=form_id(verb) action=action once=true class="form-inline">
                {about(id, seq, place)}
                {button(verb_text(l, verb), refused)}
            </PostForm>
        }
    };
    let claim = offer(case, Verb::Claim)
        .filter(|_| !case.mine)
        .map(|refusal| simple(Verb::Claim, FormAction::of::<desk::Claim>(), refusal));
    let release = offer(case, Verb::Release)
        .filter(|_| case.mine)
        .map(|refusal| simple(Verb::Release, FormAction::of::<desk::Release>(), refusal));
    let hand_over = offer(case, Verb::HandOver).filter(|_| case.mine).map(|_| hand_over(l, place, case));
    view! {
        <div class="holder">
            <p class="holder-who"><strong>{who}</strong></p>
            {claim}
            {release}
            {hand_over}
        </div>
    }
    .into_any()
}

fn button(label: &'static str, refused: Option<String>) -> AnyView {
    match refused {
        Some(reason) => view! { <SubmitButton label=label secondary=true refused=reason/> }.into_any(),
        None => view! { <SubmitButton label=label secondary=true/> }.into_any(),
    }
}

fn hand_over(l: Lang, place: Place, case: &CaseView) -> AnyView {
    if case.colleagues.is_empty() {
        return view! { <span class="hint">{t::desk::hand_over_nobody(l)}</span> }.into_any();
    }
    let (id, seq) = (case.progress.id, case.progress.seq);
    let colleagues = case.colleagues.iter().map(|colleague| (colleague.id.to_string(), colleague.name.clone())).collect();
    view! {
        <details class="hand-over">
            <summary>{verb_text(l, Verb::HandOver)}</summary>
            <PostForm id=form_id(Verb::HandOver) action={FormAction::of::<desk::HandOver>()} once=true>
                {about(id, seq, place)}
                <SelectField name="to" label=t::desk::hand_over_to(l) choices=colleagues empty=t::desk::hand_over_choose(l)/>
                <SubmitButton label=verb_text(l, Verb::HandOver) secondary=true/>
            </PostForm>
        </details>
    }
    .into_any()
}

/// Shown large where somebody else works on the case: what that means and what to do.
pub fn claimed_notice(l: Lang, case: &CaseView) -> Option<AnyView> {
    let name = case.claimed_by.clone().filter(|_| !case.mine)?;
    Some(
        view! {
            <Notice kind=NoticeKind::Warning title=t::desk::claimed_by_another_title(l, &name)>
                <p>{t::desk::claimed_by_another_hint(l, &name)}</p>
            </Notice>
        }
        .into_any(),
    )
}
