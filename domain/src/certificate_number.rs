//! Numbers of certificates, by type: written one way, checked, and brought to the identity they stand for.

mod citizen;
mod permit;
mod unit;

use ::time::Date;

use crate::codes::CertificateType;
use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, is_han};

/// A number that fits its type of certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateNumber {
    kind: CertificateType,
    text: String,
}

impl CertificateNumber {
    /// Reads a number as it stands on a certificate of this type. A first-generation citizen's number of 15 digits is
    /// read too: old records hold it, and [`CertificateNumber::is_legacy`] tells.
    pub fn parse(kind: CertificateType, text: &str, today: Date) -> Result<Self, Fault> {
        if find_unprintable(text).is_some() {
            return Err(Rule::Unprintable.into());
        }
        let text = tidy(text);
        if text.is_empty() {
            return Err(Rule::Required.into());
        }
        use CertificateType as T;
        match kind {
            T::CitizenCard => citizen::check(&text, today)?,
            T::HkMacauResidence => permit::check_residence(&text, &["81", "82"], today)?,
            T::TaiwanResidence => permit::check_residence(&text, &["83"], today)?,
            T::ForeignResidence => permit::check_foreign_residence(&text, today)?,
            T::Passport => permit::check_passport(&text)?,
            T::HkMacauPermit => permit::check_hk_macau(&text)?,
            T::TaiwanPermit => permit::check_taiwan(&text)?,
            T::BusinessLicence | T::ForeignCompanyOffice => unit::check_licence(&text)?,
            T::GovernmentCreditCode | T::InstitutionCreditCode | T::MassOrganisationCreditCode => {
                unit::check_credit_code(&text)?;
            }
            T::InstitutionOrgCode
            | T::GovernmentOrgCode
            | T::AssociationOrgCode
            | T::CompanyOrgCode
            | T::NonEnterpriseOrgCode
            | T::FoundationOrgCode
            | T::LawFirmOrgCode => {
                let text = unit::check_org_code(&text)?;
                return Ok(Self { kind, text });
            }
            _ => check_free(&text)?,
        }
        Ok(Self { kind, text })
    }

    /// The type of certificate.
    pub fn kind(&self) -> CertificateType {
        self.kind
    }

    /// The number in its one writing.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What two numbers share exactly when they stand for the same person or unit: 15 and 18 digits of one person,
    /// licence, credit code and organisation code of one company. Blind indexes and holds are made of it.
    pub fn identity(&self) -> String {
        if self.kind == CertificateType::CitizenCard {
            let number = citizen::in_18_digits(&self.text).unwrap_or_else(|| self.text.clone());
            return format!("person:{number}");
        }
        if !self.kind.is_personal()
            && let Some(code) = unit::org_code_within(&self.text)
        {
            return format!("unit:{code}");
        }
        format!("certificate-{}:{}", self.kind.id(), self.text)
    }

    /// A citizen's number of the first generation: the same person's 18 digits.
    pub fn is_legacy(&self) -> Option<String> {
        if self.kind == CertificateType::CitizenCard && self.text.len() == 15 { citizen::in_18_digits(&self.text) } else { None }
    }

    /// The date of birth, where the number says it.
    pub fn birth_date(&self) -> Option<Date> {
        use CertificateType as T;
        match self.kind {
            T::CitizenCard => citizen::birth_date(&citizen::in_18_digits(&self.text)?),
            T::HkMacauResidence | T::TaiwanResidence => citizen::birth_date(&self.text),
            T::ForeignResidence if self.text.len() == 18 => citizen::birth_date(&self.text),
            _ => None,
        }
    }

    /// The division that issued a citizen's first card: a hint, counties come and go.
    pub fn division(&self) -> Option<u32> {
        match self.kind {
            CertificateType::CitizenCard => self.text.get(..6)?.parse().ok(),
            _ => None,
        }
    }

    /// The last six characters, which persons in charge confirm with (短信核验).
    pub fn last_six(&self) -> &str {
        let start = self.text.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
        self.text.get(start..).unwrap_or_default()
    }

    /// `110105********0021`: enough to recognise, not to use.
    pub fn masked(&self) -> String {
        mask(&self.text)
    }
}

/// A number with its middle hidden: of 18 characters six and four stay, of shorter ones less, of short ones none.
pub fn mask(number: &str) -> String {
    let count = number.chars().count();
    let (head, tail) = match count {
        15.. => (6, 4),
        8..=14 => (2, 2),
        _ => (0, 0),
    };
    let shown = |(at, c): (usize, char)| {
        if at < head || at >= count - tail { c } else { '*' }
    };
    number.chars().enumerate().map(shown).collect()
}

/// ASCII instead of full-width, upper case, without the spaces that people group digits with.
fn tidy(text: &str) -> String {
    let folded = fold(text);
    let kept = folded.chars().filter(|c| !c.is_whitespace());
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// Certificates whose numbers follow no published form. What has the form of a credit code must be one.
fn check_free(text: &str) -> Result<(), Fault> {
    if unit::looks_like_credit_code(text) {
        return unit::check_credit_code(text);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || is_han(c) || "-()〔〕[]【】/·.第".contains(c);
    let said = text.chars().filter(|c| c.is_alphanumeric()).count();
    if text.chars().all(fits) && said >= 2 { Ok(()) } else { Err(Rule::CertificateFormat.into()) }
}

#[cfg(test)]
mod tests;
