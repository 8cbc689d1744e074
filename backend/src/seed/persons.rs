//! Made-up people and units: identity numbers of a division that never was, with a right check character, mobiles of a prefix
//! that no operator has, credit codes of an office that registers nobody.

use super::words::{FAMILY, GIVEN, PLACES, STREETS, TRADES, WORDS};
use crate::accounts::rows;
use crate::{Ctx, Error, Result};
use domain::actor::Actor;
use domain::certificate_number::CertificateNumber;
use domain::codes::CertificateType;
use domain::forms::SponsorForm;
use domain::id::UserId;
use time::Date;
use time::macros::date;
use uuid::Uuid;

/// How many accounts stand behind the demo's filings beside those that one can sign in with.
const REGISTRANTS: u128 = 12;

/// The n-th of those accounts.
pub(super) fn registrant(n: usize) -> Actor {
    let n = n as u128 % REGISTRANTS;
    Actor::Registrant { user: UserId(Uuid::from_u128(0x0192_0000_0000_7000_9000_0000_0000_0000 | n)) }
}

/// Makes them, without a password that could be typed.
pub(super) async fn seed_registrants(ctx: &Ctx) -> Result<()> {
    for n in 0..REGISTRANTS as usize {
        let Some(user) = registrant(n).user() else { continue };
        let mobile = format!("100{:08}", 90_000_000 + n);
        let sealed = rows::seal(ctx, user.0, 1, &person_name(n * 7 + 3), &mobile, &format!("user{n}@post.example"));
        sqlx::query!(
            "insert into users (id, user_name, category, role, status, contact_name, mobile, email, mobile_index, email_index,
                                password_hash, password_changed_at, created_at, confirmed_at)
             values ($1, $2::text::citext, 'registrant', 'registrant', 'active', $3, $4, $5, $6, $7, '', $8, $8, $8)
             on conflict do nothing",
            user.0,
            format!("registrant-{n:02}"),
            sealed.name,
            sealed.mobile,
            sealed.email,
            sealed.mobile_index,
            sealed.email_index,
            ctx.clock.now(),
        )
        .execute(&ctx.pool)
        .await?;
    }
    Ok(())
}

pub(super) fn person_name(n: usize) -> String {
    format!("{}{}", pick(&FAMILY, n * 5 + 1), pick(&GIVEN, n * 7 + n / 24))
}

/// «云帆远山科技有限公司», with the place in front.
pub(super) fn company_name(n: usize, place: &str) -> String {
    let (first, _) = pick(&WORDS, n * 11 + 5);
    format!("{place}{first}{}", pick(&TRADES, n * 5 + 2))
}

/// A right identity number of somebody born from 1960 to 1999. Its division was never given out, so that it is nobody's.
pub(super) fn identity_number(n: usize) -> Result<String> {
    let stem = format!("110199{}{:02}{:02}{:03}", 1960 + n * 7 % 40, 1 + n % 12, 1 + n / 12 % 28, n % 999 + 1);
    complete(CertificateType::CitizenCard, &stem, 1)
}

/// A right credit code of a registration that was never made.
pub(super) fn credit_code(n: usize, county: u32) -> Result<String> {
    complete(CertificateType::BusinessLicence, &format!("91{county}{n:08}"), 2)
}

/// The stem with the check characters that make it right.
fn complete(kind: CertificateType, stem: &str, missing: usize) -> Result<String> {
    const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const DAY: Date = date!(2026 - 01 - 01);
    let mut tries = vec![stem.to_owned()];
    for _ in 0..missing {
        tries = tries.iter().flat_map(|t| CHARACTERS.chars().map(move |c| format!("{t}{c}"))).collect();
    }
    let right = tries.into_iter().find(|text| CertificateNumber::parse(kind, text, DAY).is_ok());
    right.ok_or(Error::Internal("a made-up number without check characters"))
}

/// The n-th sponsor, a company or an individual, at one of the places.
pub(super) fn sponsor(n: usize, place: usize, individual: bool) -> Result<SponsorForm> {
    let (province, city, county, county_name) = *pick(&PLACES, place);
    let person = person_name(n);
    let number = identity_number(n)?;
    let (area, city_name) = match province {
        110_000 => ("010", "北京"),
        320_000 => ("025", "南京"),
        _ => ("0571", "杭州"),
    };
    let address = format!("{}路{}号院{}号楼{}室", pick(&STREETS, n), n * 3 % 180 + 1, n % 9 + 1, 101 + n * 7 % 800);
    Ok(SponsorForm {
        nature: if individual { "5" } else { "4" }.into(),
        name: if individual { person.clone() } else { company_name(n, city_name) },
        investor: person.clone(),
        certificate_type: if individual { "2" } else { "1" }.into(),
        certificate_number: if individual { number.clone() } else { credit_code(n + 1, county)? },
        certificate_address: format!("{county_name}{address}"),
        province: province.to_string(),
        city: city.to_string(),
        county: county.to_string(),
        address,
        person_name: person,
        person_certificate_type: "2".into(),
        person_certificate_number: number,
        person_certificate_from: "2015-06-01".into(),
        person_certificate_until: "long_term".into(),
        person_mobile: format!("100{:08}", 10_000_000 + n),
        person_office_phone: if individual { String::new() } else { format!("086-{area}-{}", 10_000_000 + n) },
        person_emergency_phone: format!("100{:08}", 20_000_000 + n),
        person_email: format!("contact{n}@post.example"),
        ..SponsorForm::default()
    })
}

pub(super) fn pick<T>(all: &[T], n: usize) -> &T {
    // The tables of words are not empty.
    &all[n % all.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn made_up_people_are_of_working_age_and_each_has_another_number() {
        const DAY: Date = date!(2026 - 01 - 01);
        let mut known = BTreeSet::new();
        for n in 0..60_000 {
            let text = identity_number(n).unwrap();
            let number = CertificateNumber::parse(CertificateType::CitizenCard, &text, DAY).unwrap();
            let year = number.birth_date().unwrap().year();
            assert!((1960..2000).contains(&year), "{n}: {text}");
            assert!(known.insert(text), "{n}");
        }
    }
}
