//! Answers in words: the label of a field, and what its codes mean.

use domain::{
    codes::{AccessMethod, CertificateType, Language, Nature, Preapproval, Province, Row, ServerLocation, ServiceContent},
    filing::Status,
    problem::Section,
    views::filings::{DraftView, ProviderChoice},
};

use crate::{
    texts::{Lang, t},
    ui::{Choice, Tone},
};

/// The colour of a status; the words say the same.
pub(super) fn status_tone(status: Status) -> Tone {
    match status {
        Status::Draft | Status::Expired | Status::Discarded => Tone::Grey,
        Status::ProviderReview | Status::BureauReview => Tone::Blue,
        Status::SmsPending => Tone::Amber,
        Status::ProviderReturned | Status::SmsFailed | Status::BureauRefused | Status::Stopped => Tone::Red,
        Status::Approved => Tone::Green,
    }
}

/// The sponsor's name, or that it has none yet.
pub(super) fn title_of(l: Lang, view: &DraftView) -> String {
    let name = view.draft.sponsor.name.trim();
    if name.is_empty() { t::filing::untitled(l).to_owned() } else { name.to_owned() }
}

/// What a section is called.
pub(super) fn section_name(l: Lang, section: Section) -> String {
    match section {
        Section::Sponsor => t::filing::tasks::sponsor(l).to_owned(),
        Section::Site(site) => format!("{} {}", t::filing::tasks::site(l), site),
        Section::Access(site, access) => format!("{} {}-{}", t::filing::tasks::access(l), site, access),
        Section::Materials => t::filing::tasks::materials(l).to_owned(),
        Section::Consent => t::filing::review::declare(l).to_owned(),
        Section::Account => t::filing::area(l).to_owned(),
    }
}

/// The label of a field.
pub(super) fn label(l: Lang, section: Section, field: &str) -> String {
    let (name, key) = field.split_once('[').map_or((field, ""), |(name, key)| (name, key.trim_end_matches(']')));
    let words = match section {
        Section::Sponsor => t::filing::sponsor_field::by_key(l, name),
        Section::Site(_) => t::filing::site_field::by_key(l, name),
        Section::Access(..) => t::filing::access_field::by_key(l, name),
        Section::Consent => t::filing::review::by_key(l, name),
        Section::Materials => return material_of(l, name, key),
        Section::Account => None,
    };
    let words = words.unwrap_or(name);
    match find(Preapproval::ROWS, key) {
        Some(row) => t::filing::of_which(l, words, row_name(l, row)),
        None => words.to_owned(),
    }
}

/// A material of a section, as problems and reasons name it: `21[site-1]`.
fn material_of(l: Lang, code: &str, section: &str) -> String {
    let name = material_name(l, code);
    match section.parse() {
        Ok(section) => t::filing::aside(l, &name, &section_name(l, section)),
        Err(_) => name,
    }
}

/// What a kind of material is called, by its code.
pub(super) fn material_name(l: Lang, code: &str) -> String {
    find(domain::codes::MaterialKind::ROWS, code).map_or_else(|| code.to_owned(), |row| row_name(l, row).to_owned())
}

/// A row of a code table in the page's language.
pub(super) fn row_name(l: Lang, row: &Row) -> &'static str {
    l.pick(row.zh, row.en)
}

fn find(rows: &'static [Row], code: &str) -> Option<&'static Row> {
    let id: u32 = code.trim().parse().ok()?;
    rows.iter().find(|row| row.id == id)
}

/// The rows of a code table that a new filing may use, for a select.
pub(super) fn options<'a>(l: Lang, rows: impl IntoIterator<Item = &'a Row>) -> Vec<(String, String)> {
    rows.into_iter().filter(|row| row.current).map(|row| (row.id.to_string(), l.pick(row.zh, row.en).to_owned())).collect()
}

/// The same for ticks, without more words.
pub(super) fn choices<'a>(l: Lang, rows: impl IntoIterator<Item = &'a Row>) -> Vec<Choice> {
    options(l, rows).into_iter().map(|(value, label)| Choice::new(value, label)).collect()
}

/// The codes of an answer in words, whatever is unknown as typed.
fn names(l: Lang, rows: &'static [Row], answer: &str) -> String {
    let words: Vec<&str> = answer
        .split(';')
        .filter(|code| !code.is_empty())
        .map(|code| find(rows, code).map_or(code, |row| row_name(l, row)))
        .collect();
    words.join(l.pick("、", ", "))
}

fn yes_no(l: Lang, answer: &str) -> String {
    (if answer == "yes" { t::filing::yes(l) } else { t::filing::no(l) }).to_owned()
}

/// An answer in words. `answer` is as [`domain::forms`] writes it: several codes joined by `;`.
pub(super) fn answer_text(l: Lang, field: &str, answer: &str, providers: &[ProviderChoice]) -> String {
    match field {
        "nature" => names(l, Nature::ROWS, answer),
        "certificate_type" | "person_certificate_type" => names(l, CertificateType::ROWS, answer),
        "province" => names(l, Province::ROWS, answer),
        "address_most_precise"
        | "person_same_as_sponsor"
        | "location_confirmed"
        | "truthful"
        | "personal_data"
        | "provider_may_correct" => yes_no(l, answer),
        "person_certificate_until" if answer == "long_term" => t::filing::hint::long_term(l).to_owned(),
        "services" => names(l, ServiceContent::ROWS, answer),
        "languages" => names(l, Language::ROWS, answer),
        "preapprovals" if answer == "none" => t::filing::site::none(l).to_owned(),
        "preapprovals" => names(l, Preapproval::ROWS, answer),
        "approval_numbers" => {
            let pairs = answer.split(';').filter_map(|pair| pair.split_once('='));
            let lines: Vec<String> =
                pairs.map(|(code, number)| format!("{} {number}", names(l, Preapproval::ROWS, code))).collect();
            lines.join("\n")
        }
        "method" => names(l, AccessMethod::ROWS, answer),
        "locations" => names(l, ServerLocation::ROWS, answer),
        "provider_id" => {
            let found = providers.iter().find(|provider| provider.id.to_string() == answer);
            found.map_or_else(|| answer.to_owned(), |provider| provider.name.clone())
        }
        _ => answer.to_owned(),
    }
}

/// The version of a section that was seen; 0 when nothing was ever saved.
pub(super) fn version_of(view: &DraftView, section: Section) -> i32 {
    view.sections.iter().find(|state| state.section == section).map_or(0, |state| state.version)
}

/// Whether a nature is a natural person's; nothing is known before one is chosen.
pub(crate) fn is_individual(nature: &str) -> Option<bool> {
    Nature::choose(nature).ok().map(|nature| !nature.is_unit())
}
