//! The draft as the wizard needs it.

use super::{conflicts, registrant, sections};
use crate::{Ctx, Result, journal, notes, policies, providers};
use domain::{
    actor::Actor,
    draft::{Draft, MISSING_MATERIAL, MaterialFact, find_material},
    filing::Status,
    id::FilingId,
    problem::Section,
    time::beijing_date,
    views::filings::{DraftView, NoteView, SectionState},
};
use time::Duration;

/// A draft that lay for so long was begun in an earlier visit: the form stays closed until one chooses to go on (R3).
const VISIT: Duration = Duration::minutes(30);

/// One's own draft, whole, with its problems and what stands against it.
pub async fn draft(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<DraftView> {
    let owner = registrant(caller)?;
    let now = ctx.clock.now();
    let mut look = conflicts::look(ctx, owner, id).await?;
    let against = if look.filing.status.is_editable() { look.against().await? } else { Vec::new() };
    let conflicts::Look { mut tx, filing, draft, tables, .. } = look;
    let edition = super::edition(&mut tx, id).await?;
    let rules = policies::rules(&mut tx, filing.province.unwrap_or_default(), now).await?;
    // The note of a return or refusal; after a failed round it is an older one's, whose corrections were handed in since.
    let has_note = matches!(filing.status, Status::ProviderReturned | Status::BureauRefused);
    let note = match filing.note.filter(|_| has_note) {
        Some(id) => {
            let notes = notes::list(ctx, &mut tx, filing.id, caller).await?;
            notes.into_iter().find(|note| note.id == id)
        }
        None => None,
    };
    // As it came back: what was corrected since, by whomever, is different.
    let came_back = if note.is_some() { journal::sent_back(&mut tx, id, None).await? } else { None };
    let before = match came_back {
        Some(seq) => super::handed_in_until(ctx, &mut tx, id, seq).await?,
        None => None,
    };
    let saves = sections::last_saves(&mut tx, id).await?;
    let touched_at = sqlx::query_scalar!("select touched_at from filings where id = $1", id.0).fetch_one(&mut *tx).await?;
    let problems = super::problems(&draft, &tables);
    let saved = |section| saves.iter().find(|save| save.section == section);
    let sections = order(&draft)
        .into_iter()
        .map(|section| SectionState {
            section,
            version: saved(section).map_or(0, |save| save.version),
            last_save: saved(section).and_then(|save| save.by),
            corrected: note
                .as_ref()
                .zip(before.as_ref())
                .is_some_and(|(note, before)| is_corrected(note, section, before, &draft)),
            problems: problems.iter().filter(|p| p.section == section).cloned().collect(),
        })
        .collect();
    let typed = saves.iter().any(|save| save.version > 1 || save.section == Section::Sponsor);
    Ok(DraftView {
        id,
        status: filing.status,
        seq: filing.seq,
        edition,
        sections,
        providers: providers::choices_in(&mut tx, beijing_date(now)).await?,
        tables,
        note,
        conflicts: against,
        offers: filing.offers(caller, &rules.env(now)),
        resumed: filing.status == Status::Draft && typed && now - touched_at >= VISIT,
        draft,
    })
}

/// Whether everything that the note says of a section is another answer now than the one that came back.
fn is_corrected(note: &NoteView, section: Section, before: &Draft, now: &Draft) -> bool {
    let name = section.to_string();
    let mut said = note.reasons.iter().filter(|reason| reason.section == name).peekable();
    said.peek().is_some()
        && said.all(|reason| answer_at(before, section, &reason.field) != answer_at(now, section, &reason.field))
}

/// The answer that a reason means: of a map the whole, of materials those of the kind, or all where one is missing.
fn answer_at(draft: &Draft, section: Section, field: &str) -> Option<String> {
    let base = field.split('[').next().unwrap_or_default();
    if section == Section::Materials {
        let is_meant = |fact: &&MaterialFact| {
            base == MISSING_MATERIAL
                || fact.kind.to_string() == base && find_material(field).is_none_or(|(section, _)| section == fact.section)
        };
        return Some(draft.materials.iter().filter(is_meant).map(|fact| fact.id.to_string()).collect());
    }
    draft.answers(section).into_iter().find(|(name, _)| *name == base).map(|(_, answer)| answer.trim().to_owned())
}

/// The sections in the order of the task list.
fn order(draft: &Draft) -> Vec<Section> {
    let sites = draft.sites.iter().flat_map(|site| {
        let accesses = site.accesses.iter().map(|access| Section::Access(site.key, access.key));
        std::iter::once(Section::Site(site.key)).chain(accesses)
    });
    std::iter::once(Section::Sponsor).chain(sites).chain([Section::Materials, Section::Consent]).collect()
}
