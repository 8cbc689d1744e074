//! The words of the form for sections, fields and coded answers.

use domain::{
    codes::{
        AccessMethod, CertificateType, Language, MaterialKind, Nature, Preapproval, Province, Row, ServerLocation, ServiceContent,
    },
    forms::SponsorForm,
    problem::Section,
    views::filings::ProviderChoice,
};

use crate::texts::{self, Lang, t};

/// A section in words: «网站 1 的接入信息 2».
pub fn section_label(l: Lang, section: Section) -> String {
    match section {
        Section::Sponsor => t::desk::sponsor(l).to_owned(),
        Section::Site(key) => t::desk::site(l, &key.to_string()),
        Section::Access(site, key) => t::desk::access(l, &site.to_string(), &key.to_string()),
        Section::Materials => t::desk::materials(l).to_owned(),
        Section::Consent => t::desk::consent(l).to_owned(),
        Section::Account => t::desk::account(l).to_owned(),
    }
}

/// The person in charge that a section names.
pub fn person_label(l: Lang, section: Section) -> String {
    match section {
        Section::Site(key) => t::desk::person_of_site(l, &key.to_string()),
        _ => t::desk::person_of_sponsor(l).to_owned(),
    }
}

/// A field of a section in the words of the form, the same for those who fill it in and those who read it; a material by its
/// kind.
pub fn field_label(l: Lang, section: Section, field: &str) -> String {
    let name = field.split(['[', '.']).next().unwrap_or(field);
    let known = match section {
        Section::Consent => t::desk::field::consent::by_key(l, name),
        Section::Materials => return material_at(l, field),
        _ => texts::field_label(l, section, name),
    };
    known.unwrap_or(name).to_owned()
}

/// A material as reasons name it: `4`, or `4[site-1]` for that of one part of the filing.
fn material_at(l: Lang, field: &str) -> String {
    let (kind, place) = field.split_once('[').unwrap_or((field, ""));
    let label = material_label(l, kind.parse().unwrap_or_default());
    match place.trim_end_matches(']').parse() {
        Ok(section) if section != Section::Sponsor => t::filing::aside(l, &label, &section_label(l, section)),
        _ => label,
    }
}

/// A kind of material.
pub fn material_label(l: Lang, kind: u16) -> String {
    MaterialKind::find(u32::from(kind)).map_or_else(|| t::desk::materials(l).to_owned(), |kind| row(l, kind.row()))
}

fn row(l: Lang, row: &Row) -> String {
    l.pick(row.zh, row.en).to_owned()
}

fn rows_of(section: Section, field: &str) -> Option<&'static [Row]> {
    Some(match (section, field) {
        (Section::Sponsor, "nature") => Nature::ROWS,
        (_, "certificate_type" | "person_certificate_type") => CertificateType::ROWS,
        (Section::Sponsor, "province") => Province::ROWS,
        (Section::Site(_), "services") => ServiceContent::ROWS,
        (Section::Site(_), "languages") => Language::ROWS,
        (Section::Site(_), "preapprovals") => Preapproval::ROWS,
        (Section::Access(..), "method") => AccessMethod::ROWS,
        (Section::Access(..), "locations") => ServerLocation::ROWS,
        _ => return None,
    })
}

/// The codes that may be chosen for a field, in words; none where the answer is free.
pub fn choices(l: Lang, section: Section, field: &str) -> Option<Vec<(String, String)>> {
    let rows = rows_of(section, field)?;
    Some(rows.iter().filter(|row| row.current).map(|r| (r.id.to_string(), row(l, r))).collect())
}

/// An answer in words: codes by their names, several joined.
pub fn value_text(l: Lang, section: Section, field: &str, raw: &str, providers: &[ProviderChoice]) -> String {
    let separator = l.pick("、", ", ");
    let codes = |rows: &[Row]| {
        let names = raw.split(';').filter(|code| !code.is_empty()).map(|code| code_text(l, rows, code));
        names.collect::<Vec<_>>().join(separator)
    };
    if raw.is_empty() {
        return String::new();
    }
    if let Some(rows) = rows_of(section, field) {
        return codes(rows);
    }
    match (section, field) {
        (Section::Access(..), "provider_id") => {
            let chosen = providers.iter().find(|provider| provider.id.to_string() == raw);
            chosen.map_or_else(|| raw.to_owned(), |provider| t::filing::aside(l, &provider.name, &provider.licence_number))
        }
        (Section::Site(_), "approval_numbers") => {
            let pairs = raw.split(';').filter_map(|pair| pair.split_once('='));
            let lines = pairs.map(|(code, number)| format!("{} {number}", code_text(l, Preapproval::ROWS, code)));
            lines.collect::<Vec<_>>().join(separator)
        }
        (_, "person_certificate_until") if raw == "long_term" => t::desk::long_term(l).to_owned(),
        (Section::Access(..), "addresses") => raw.lines().map(str::trim).collect::<Vec<_>>().join(separator),
        _ if raw == "yes" => t::desk::yes(l).to_owned(),
        _ => raw.to_owned(),
    }
}

fn code_text(l: Lang, rows: &[Row], code: &str) -> String {
    if code == "none" {
        return t::desk::none_of_these(l).to_owned();
    }
    let found = rows.iter().find(|row| row.id.to_string() == code);
    found.map_or_else(|| code.to_owned(), |found| row(l, found))
}

/// The fields of a section in the order in which the form asks for them: a form's type has its answers of several values
/// behind those of one.
pub fn in_order<T>(section: Section, mut fields: Vec<(&'static str, T)>) -> Vec<(&'static str, T)> {
    let later: &[(&str, &str)] = match section {
        Section::Site(_) => &[
            ("home_page", "languages"),
            ("languages", "services"),
            ("services", "preapprovals"),
            ("preapprovals", "approval_numbers"),
        ],
        Section::Access(..) => &[("addresses", "locations")],
        _ => &[],
    };
    for (before, name) in later {
        let place = |wanted: &str| fields.iter().position(|(name, _)| *name == wanted);
        if let (Some(from), Some(_)) = (place(name), place(before)) {
            let field = fields.remove(from);
            let after = fields.iter().position(|(name, _)| name == before).map_or(fields.len(), |at| at + 1);
            fields.insert(after, field);
        }
    }
    fields
}

/// The most precise division that a sponsor's address names.
pub fn division(sponsor: &SponsorForm) -> Option<u32> {
    [&sponsor.county, &sponsor.city, &sponsor.province].into_iter().find_map(|code| code.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_by_their_names() {
        let site = Section::Site(1);
        assert_eq!(value_text(Lang::Zh, site, "services", "8;24", &[]), "单位门户网站、其他");
        assert_eq!(value_text(Lang::Zh, site, "preapprovals", "none", &[]), "以上都不涉及");
        assert_eq!(value_text(Lang::Zh, site, "approval_numbers", "3=教〔2026〕1号", &[]), "教育 教〔2026〕1号");
        assert_eq!(value_text(Lang::En, Section::Access(1, 1), "method", "5", &[]), "Cloud");
        assert_eq!(value_text(Lang::Zh, Section::Sponsor, "nature", "77", &[]), "77");
    }

    #[test]
    fn the_fields_stand_in_the_order_of_the_form() {
        use domain::forms::{AccessForm, SiteForm};
        let names = |section, fields: Vec<(&'static str, String)>| {
            let all = fields.len();
            let names: Vec<_> = in_order(section, fields).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), all);
            names
        };
        let site = names(Section::Site(1), SiteForm::default().fields());
        let content = ["name", "domain", "home_page", "languages", "services", "preapprovals", "approval_numbers"];
        assert_eq!(site[..8], [&content[..], &["person_same_as_sponsor"]].concat());
        assert_eq!(site.last(), Some(&"remark"));
        let access = names(Section::Access(1, 1), AccessForm::default().fields());
        assert_eq!(access, ["provider_id", "service_code", "method", "addresses", "locations", "location_confirmed"]);
        let sponsor = SponsorForm::default().fields();
        assert_eq!(names(Section::Sponsor, sponsor.clone()), sponsor.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }

    #[test]
    fn desks_and_the_form_call_an_answer_by_one_name() {
        for l in Lang::ALL {
            let service = t::filing::access_field::service_code(l);
            assert_eq!(field_label(l, Section::Access(1, 1), "service_code"), service);
            assert_eq!(field_label(l, Section::Sponsor, "person_mobile"), t::filing::sponsor_field::person_mobile(l));
            assert_eq!(t::sms::mobile(l), t::filing::site_field::person_mobile(l));
        }
    }

    #[test]
    fn every_field_of_the_forms_has_a_label() {
        use domain::forms::{AccessForm, ConsentForm, SiteForm};
        let forms = [
            (Section::Sponsor, SponsorForm::FIELDS),
            (Section::Site(1), SiteForm::FIELDS),
            (Section::Access(1, 1), AccessForm::FIELDS),
            (Section::Consent, ConsentForm::FIELDS),
        ];
        for l in Lang::ALL {
            for (section, fields) in forms {
                for (name, _) in fields {
                    assert_ne!(field_label(l, section, name), *name);
                }
            }
        }
    }
}
