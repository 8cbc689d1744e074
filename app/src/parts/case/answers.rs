//! The answers as handed in, section by section, each with its mask, what changed, and a place for a reason.

use std::collections::HashMap;

use domain::{
    draft::Draft,
    filing::Verb,
    id::FilingId,
    problem::Section,
    views::{desk::Finding, filings::ProviderChoice},
};
use leptos::prelude::*;

use super::{
    labels::{field_label, in_order, section_label, value_text},
    reasons::{Answer, Notepad, correction, flag},
    reveal::masked,
};
use crate::{
    texts::{Lang, problem_text, t},
    ui::{SummaryCard, SummaryRow},
};

/// Words by field.
type Marks = HashMap<(Section, String), String>;

/// What the answers are shown with.
pub struct Answers<'a> {
    /// The language.
    pub l: Lang,
    /// The filing.
    pub filing: FilingId,
    /// Its answers.
    pub draft: &'a Draft,
    /// The sponsor's division in words.
    pub region: &'a str,
    /// What the machine found.
    pub findings: &'a [Finding],
    /// Names of providers.
    pub providers: &'a [ProviderChoice],
    /// The verb that takes reasons, if it may be used now.
    pub reasoned: Option<Verb>,
    /// Whether answers may be corrected now.
    pub correctable: bool,
    /// Where reasons are typed.
    pub pad: Notepad,
}

/// A section with its fields by name.
type Fields = (Section, Vec<(&'static str, String)>);

/// Every section of a draft with its answers, in the order of the form.
pub fn sections(draft: &Draft) -> Vec<Fields> {
    let mut all = vec![(Section::Sponsor, draft.sponsor.fields())];
    for site in &draft.sites {
        all.push((Section::Site(site.key), site.form.fields()));
        for access in &site.accesses {
            all.push((Section::Access(site.key, access.key), access.form.fields()));
        }
    }
    all.push((Section::Consent, draft.consent.fields()));
    all.into_iter().map(|(section, fields)| (section, in_order(section, fields))).collect()
}

/// Fields that say nothing when they are empty.
const SILENT: &[&str] =
    &["address_most_precise", "location_confirmed", "approval_numbers", "remark", "investor", "person_same_as_sponsor"];

/// Whether an answer is shown: not where another answer makes it pointless.
fn is_shown(section: Section, fields: &[(&'static str, String)], name: &str, value: &str) -> bool {
    let is = |key: &str, wanted: &str| fields.iter().any(|(name, value)| *name == key && value == wanted);
    if value.is_empty() && SILENT.contains(&name) {
        return false;
    }
    match section {
        Section::Site(_) if name.starts_with("person_") && is("person_same_as_sponsor", "yes") => {
            name == "person_same_as_sponsor"
        }
        // The most precise division says the others too.
        Section::Sponsor if matches!(name, "province" | "city") && !is("county", "") => false,
        Section::Sponsor if name == "province" && !is("city", "") => false,
        // An individual is the person in charge: name and certificate are not asked twice.
        Section::Sponsor if is("nature", "5") => !value.is_empty(),
        _ => true,
    }
}

/// The answers that reasons may be about, numbered as the page shows them. Materials follow with further numbers.
pub fn list(draft: &Draft) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (section, fields) in sections(draft) {
        for (name, value) in &fields {
            if is_shown(section, &fields, name, value) {
                answers.push(Answer { number: answers.len(), section, field: (*name).to_owned() });
            }
        }
    }
    answers
}

impl Answers<'_> {
    /// All sections.
    pub fn draw(&self) -> AnyView {
        let (before, wrong) = self.marks();
        let mut number = 0;
        let cards = sections(self.draft)
            .into_iter()
            .map(|(section, fields)| {
                let mut rows = Vec::new();
                for (name, value) in &fields {
                    if is_shown(section, &fields, name, value) {
                        let answer = Answer { number, section, field: (*name).to_owned() };
                        number += 1;
                        let key = (section, (*name).to_owned());
                        rows.push(self.row(&answer, value, before.get(&key).cloned(), wrong.get(&key).cloned()));
                    }
                }
                view! { <SummaryCard title=section_label(self.l, section) rows=rows/> }
            })
            .collect_view();
        view! { <div class="answers">{cards}</div> }.into_any()
    }

    /// What was there before, and what is wrong, by field.
    fn marks(&self) -> (Marks, Marks) {
        let (mut changed, mut wrong) = (HashMap::new(), HashMap::new());
        for finding in self.findings {
            match finding {
                Finding::Changed { section, field, before, .. } => {
                    let text = value_text(self.l, *section, field, before, self.providers);
                    let text = if text.is_empty() { t::desk::blank(self.l).to_owned() } else { text };
                    changed.insert((*section, field.clone()), text);
                }
                Finding::Problem { problem } => {
                    let field = problem.field.split(['[', '.']).next().unwrap_or_default().to_owned();
                    wrong.insert((problem.section, field), problem_text(self.l, problem));
                }
                _ => {}
            }
        }
        (changed, wrong)
    }

    fn row(&self, answer: &Answer, raw: &str, before: Option<String>, problem: Option<String>) -> SummaryRow {
        let l = self.l;
        let Answer { section, field, .. } = answer;
        let (label, text) = match (section, field.as_str()) {
            (Section::Sponsor, "city" | "county") if !self.region.is_empty() && !raw.is_empty() => {
                (t::desk::region(l).to_owned(), self.region.to_owned())
            }
            _ => (field_label(l, *section, field), value_text(l, *section, field, raw, self.providers)),
        };
        let value = if text.is_empty() {
            view! { <span class="muted">{t::desk::not_given(l)}</span> }.into_any()
        } else {
            masked(l, self.filing, *section, field, &label, text)
        };
        // Declarations are the registrant's own; there is nothing to correct in them.
        let declared = matches!(section, Section::Consent);
        let flag = self.reasoned.filter(|_| !declared).map(|verb| flag(l, self.pad, verb, answer));
        let correctable = self.correctable && !declared && is_text(*section, field);
        let correction = correctable.then(|| correction(l, self.pad, answer));
        let view = view! {
            <div class="answer-line" id=answer.place_id() tabindex="-1">
                <div class="answer-given">{value}</div>
                {correction}
                {flag}
            </div>
        };
        let mut row = SummaryRow::with_view(label, view.into_any()).problem(problem);
        row.before = before;
        row
    }
}

/// Whether an answer has one value, so that one input corrects it. Province and provider decide whose case it is: they
/// are sent back instead.
fn is_text(section: Section, field: &str) -> bool {
    use domain::forms::{AccessForm, SiteForm, SponsorForm};
    if matches!(field, "province" | "city" | "county" | "provider_id") {
        return false;
    }
    match section {
        Section::Sponsor => SponsorForm::default().text_mut(field).is_some(),
        Section::Site(_) => SiteForm::default().text_mut(field).is_some(),
        Section::Access(..) => AccessForm::default().text_mut(field).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        draft::{AccessDraft, SiteDraft},
        forms::{SiteForm, SponsorForm},
    };

    #[test]
    fn a_site_person_who_is_the_sponsors_is_not_shown_again() {
        let form = SiteForm { person_same_as_sponsor: "yes".into(), ..SiteForm::default() };
        let site = SiteDraft { key: 2, form, accesses: vec![AccessDraft { key: 1, ..AccessDraft::default() }] };
        let draft = Draft { sites: vec![site], ..Draft::default() };
        let answers = list(&draft);
        let of_site = answers.iter().filter(|answer| answer.section == Section::Site(2));
        assert_eq!(of_site.filter(|answer| answer.field.starts_with("person_")).count(), 1);
        assert!(answers.iter().any(|answer| answer.section == Section::Access(2, 1)));
        assert!(answers.iter().enumerate().all(|(number, answer)| answer.number == number));
    }

    #[test]
    fn an_individual_shows_only_what_was_answered() {
        let sponsor = SponsorForm { nature: "5".into(), name: "张三".into(), ..SponsorForm::default() };
        let draft = Draft { sponsor, ..Draft::default() };
        let shown: Vec<_> = list(&draft).into_iter().filter(|a| a.section == Section::Sponsor).map(|a| a.field).collect();
        assert_eq!(shown, ["nature", "name"]);
    }
}
