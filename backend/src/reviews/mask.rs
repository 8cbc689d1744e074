//! Personal data of a draft, masked until somebody asks for it by a logged click.

use domain::certificate_number;
use domain::codes::Nature;
use domain::draft::Draft;
use domain::problem::Section;

/// How an answer is masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Certificate,
    Phone,
    Email,
    Address,
}

/// The answers that name a person's identity or whereabouts. A unit's certificate and address are no personal data.
fn kind(field: &str, of_unit: bool) -> Option<Kind> {
    match field {
        "person_certificate_number" => Some(Kind::Certificate),
        "person_mobile" | "person_emergency_phone" => Some(Kind::Phone),
        "person_email" => Some(Kind::Email),
        "certificate_number" if !of_unit => Some(Kind::Certificate),
        "certificate_address" | "address" | "person_office_phone" if !of_unit => {
            Some(if field == "person_office_phone" { Kind::Phone } else { Kind::Address })
        }
        _ => None,
    }
}

/// Whether the draft's sponsor is a unit. In doubt it is a person.
fn is_unit(draft: &Draft) -> bool {
    Nature::choose(&draft.sponsor.nature).is_ok_and(Nature::is_unit)
}

/// The draft with every masked answer masked.
pub(super) fn mask_draft(draft: &mut Draft) {
    let of_unit = is_unit(draft);
    let fields: Vec<&str> = domain::forms::SponsorForm::FIELDS.iter().map(|(name, _)| *name).collect();
    for field in &fields {
        if let (Some(kind), Some(text)) = (kind(field, of_unit), draft.sponsor.text_mut(field)) {
            *text = mask(kind, text);
        }
    }
    for site in &mut draft.sites {
        for (field, _) in domain::forms::SiteForm::FIELDS {
            if let (Some(kind), Some(text)) = (kind(field, of_unit), site.form.text_mut(field)) {
                *text = mask(kind, text);
            }
        }
    }
}

/// One answer as it is shown among changes.
pub(super) fn mask_answer(draft: &Draft, field: &str, text: &str) -> String {
    kind(field, is_unit(draft)).map_or_else(|| text.to_owned(), |kind| mask(kind, text))
}

/// One answer of a draft in full, if it is one that is masked.
pub(super) fn find_masked(draft: &Draft, section: Section, field: &str) -> Option<String> {
    kind(field, is_unit(draft))?;
    answer(draft, section, field)
}

/// One answer of a draft by its section and name.
pub(super) fn answer(draft: &Draft, section: Section, field: &str) -> Option<String> {
    draft.answers(section).into_iter().find(|(name, _)| *name == field).map(|(_, text)| text)
}

/// The sections of a draft that hold answers.
pub(super) fn sections(draft: &Draft) -> Vec<Section> {
    let sites = draft.sites.iter().flat_map(|site| {
        let accesses = site.accesses.iter().map(|access| Section::Access(site.key, access.key));
        std::iter::once(Section::Site(site.key)).chain(accesses)
    });
    std::iter::once(Section::Sponsor).chain(sites).chain([Section::Consent]).collect()
}

fn mask(kind: Kind, text: &str) -> String {
    let text = text.trim();
    let count = text.chars().count();
    match kind {
        _ if text.is_empty() => String::new(),
        Kind::Certificate => certificate_number::mask(text),
        Kind::Phone if count >= 11 => keep(text, 3, 4),
        Kind::Phone => keep(text, count / 3, count / 4),
        Kind::Email => match text.split_once('@') {
            Some((name, host)) => format!("{}@{host}", keep(name, 1, 0)),
            None => keep(text, 1, 0),
        },
        Kind::Address => keep(text, 6.min(count / 2), 0),
    }
}

/// «190****0001»: so many characters at both ends, at least one star between.
fn keep(text: &str, first: usize, last: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let stars = chars.len().saturating_sub(first + last).max(1);
    let head = chars.iter().take(first);
    let tail = chars.iter().skip((first + stars).max(chars.len().saturating_sub(last)));
    head.chain(std::iter::repeat_n(&'*', stars)).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_answer_shows_its_ends_and_never_all_of_it() {
        assert_eq!(mask(Kind::Certificate, "110105190501010021"), "110105********0021");
        assert_eq!(mask(Kind::Phone, "10012345678"), "100****5678");
        assert_eq!(mask(Kind::Email, "lin.yuqing@post.example"), "l*********@post.example");
        assert_eq!(mask(Kind::Address, "北京市朝阳区望京街10号"), "北京市朝阳区******");
        for kind in [Kind::Certificate, Kind::Phone, Kind::Email, Kind::Address] {
            for text in ["1", "12", "张三", "a@b", "123456"] {
                let masked = mask(kind, text);
                assert!(masked.contains('*') && masked != text, "{text} → {masked}");
            }
            assert_eq!(mask(kind, " "), "");
        }
    }

    #[test]
    fn a_units_own_certificate_is_no_personal_data_and_its_persons_is() {
        let mut draft = Draft::default();
        draft.sponsor.nature = "4".into();
        draft.sponsor.certificate_number = "91110000600001760P".into();
        draft.sponsor.person_mobile = "10012345678".into();
        mask_draft(&mut draft);
        assert_eq!(draft.sponsor.certificate_number, "91110000600001760P");
        assert_eq!(draft.sponsor.person_mobile, "100****5678");
        draft.sponsor.nature = "5".into();
        mask_draft(&mut draft);
        assert!(draft.sponsor.certificate_number.contains('*'));
    }
}
