//! What was said about a case, and what happened to it.

use domain::{
    filing::{Status, Verb},
    problem::Section,
    views::filings::{NoteView, Preapproval, TimelineEntry},
};
use leptos::prelude::*;

use super::{
    deadline::when,
    labels::{field_label, section_label},
    opinion::opinion_text,
    reasons::place_id,
};
use crate::{
    texts::{Lang, status_text, t, verb_text},
    ui::{self, Tone},
};

/// One opinion with its reasons.
pub fn note(l: Lang, note: &NoteView) -> AnyView {
    let code = opinion_text(l, note.code);
    let reasons = note
        .reasons
        .iter()
        .map(|reason| {
            let section = reason.section.parse::<Section>().ok();
            let place = section.map_or_else(
                || reason.section.clone(),
                |section| t::desk::found_changed(l, &section_label(l, section), &field_label(l, section, &reason.field)),
            );
            let href = section.map(|section| format!("#{}", place_id(section, &reason.field)));
            let suggestion = (!reason.suggestion.is_empty())
                .then(|| view! { <span class="muted">{t::desk::reason_suggestion(l, &reason.suggestion)}</span> });
            view! { <li><a href=href rel="external">{place}</a>" "{reason.words.clone()}" "{suggestion}</li> }
        })
        .collect_view();
    view! {
        <div class="note">
            {(!code.is_empty()).then(|| view! { <p><strong>{code}</strong></p> })}
            {note.preapproval.as_ref().map(|said| preapproval(l, said))}
            {(!note.words.is_empty()).then(|| view! { <p class="note-words">{note.words.clone()}</p> })}
            {(!note.reasons.is_empty()).then(|| view! { <ul class="reasons">{reasons}</ul> })}
            <p class="muted">{t::desk::note_by(l, &note.author, &when(l, note.at))}</p>
        </div>
    }
    .into_any()
}

/// What was asked of a department, or what it answered 前置审批.
pub fn preapproval(l: Lang, said: &Preapproval) -> AnyView {
    let asked = (!said.department.is_empty()).then(|| t::desk::preapproval_asked(l, &said.department));
    let number = (!said.number.is_empty()).then(|| t::desk::preapproval_number(l, &said.number));
    let answered = said.granted.map(|granted| {
        let words = if granted { t::desk::granted_yes(l) } else { t::desk::granted_no(l) };
        t::desk::preapproval_answered(l, words, &said.date)
    });
    let lines = [asked, answered, number].into_iter().flatten().map(|line| view! { <p>{line}</p> }).collect_view();
    lines.into_any()
}

/// The provider's last opinion, which the bureau reads first.
pub fn provider_opinion(l: Lang, timeline: &[TimelineEntry]) -> Option<AnyView> {
    let said = timeline.iter().find(|entry| entry.verb == Verb::Pass).and_then(|entry| entry.note.as_ref())?;
    Some(
        view! {
            <section class="opinion" aria-labelledby="opinion-head">
                <h2 id="opinion-head">{t::desk::provider_opinion(l)}</h2>
                {note(l, said)}
            </section>
        }
        .into_any(),
    )
}

/// Everything that happened, the newest first.
pub fn timeline(l: Lang, timeline: &[TimelineEntry]) -> AnyView {
    let entries = timeline
        .iter()
        .enumerate()
        .map(|(number, entry)| {
            let who = who_text(l, &entry.who);
            let said = entry.note.as_ref().map(|said| note(l, said));
            let (done, tone) = done(l, entry);
            // What leaves the status as it was, a note or a hold, turned nothing.
            let before = timeline.get(number + 1).map(|before| before.to);
            let to = (before != Some(entry.to))
                .then(|| view! { <p class="muted">{t::desk::timeline_to(l, status_text(l, entry.to))}</p> });
            ui::TimelineEntry {
                title: t::desk::timeline_line(l, who, done),
                when: when(l, entry.at),
                body: Some(view! { {to} {said} }.into_any()),
                tone,
                current: number == 0,
            }
        })
        .collect();
    view! {
        <section class="happened" aria-labelledby="timeline-head">
            <h2 id="timeline-head">{t::desk::timeline(l)}</h2>
            <ui::Timeline entries=entries/>
        </section>
    }
    .into_any()
}

fn who_text(l: Lang, who: &str) -> &'static str {
    match who {
        "registrant" => t::desk::who_registrant(l),
        "provider" => t::desk::who_provider(l),
        "bureau" => t::desk::who_bureau(l),
        "person" => t::desk::who_person(l),
        _ => t::desk::who_system(l),
    }
}

/// What was done, in words and colour: the first of two approvals approves nothing yet.
fn done(l: Lang, entry: &TimelineEntry) -> (&'static str, Tone) {
    match (entry.verb, entry.to) {
        (Verb::Approve, Status::BureauReview) => (t::desk::first_approval(l), Tone::Blue),
        (verb, _) => (verb_text(l, verb), tone(verb)),
    }
}

fn tone(verb: Verb) -> Tone {
    match verb {
        Verb::Return | Verb::Refuse | Verb::SendBack | Verb::Mistake | Verb::TimeOut => Tone::Amber,
        Verb::Stop | Verb::Expire | Verb::Discard => Tone::Red,
        Verb::Pass | Verb::Confirm | Verb::Approve => Tone::Green,
        Verb::Submit | Verb::Resubmit | Verb::Hold | Verb::Resume | Verb::Correct => Tone::Blue,
        _ => Tone::Grey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_approvals_is_not_called_approved() {
        let entry = |to| TimelineEntry {
            seq: 1,
            verb: Verb::Approve,
            to,
            who: "bureau".to_owned(),
            at: time::OffsetDateTime::UNIX_EPOCH,
            note: None,
        };
        assert_eq!(done(Lang::Zh, &entry(Status::BureauReview)), ("初审通过", Tone::Blue));
        assert_eq!(done(Lang::Zh, &entry(Status::Approved)), ("审核通过", Tone::Green));
    }
}
