//! Confirmation by SMS 短信核验 (rules 0.1, features A5): rounds, codes, and who has still to confirm.
//!
//! One message per distinct mobile: the sponsor's person in charge and those of the sites. Codes are six digits, kept as
//! keyed hashes, useless without mobile and certificate digits. Only the newest code of a person holds.

mod answer;
mod jobs;

pub use answer::{confirm, resend};
pub use jobs::handlers;

use crate::{
    Ctx, Error, Result, Tx, filings, journal, keys,
    keys::{Keys, Place},
    outbox, policies,
};
use domain::{
    actor::Actor,
    certificate_number::CertificateNumber,
    codes::CertificateType,
    draft::Draft,
    filing::{Command, Filing, SentBy, Status},
    id::ConfirmationId,
    phone::Mobile,
    time::beijing_date,
    views::{demo::AwaitedPersonView, filings::PersonDue},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// The kind of the blind indexes of mobiles.
pub(crate) const MOBILE: &str = "confirmation mobile";

/// The kind of the keyed hashes of codes.
const CODE: &str = "confirmation code";

/// The blind indexes of a mobile, the one to keep last, those under older keys before it.
pub(crate) fn mobile_indexes(ctx: &Ctx, mobile: &Mobile) -> Vec<Vec<u8>> {
    ctx.keys.indexes(MOBILE, mobile.as_str())
}

/// The blind index that is kept beside a person as opened.
pub(crate) fn index_of_person(keys: &Keys, opened: &str) -> Result<Vec<u8>> {
    let person: Person = serde_json::from_str(opened)?;
    Ok(keys.index(MOBILE, &person.mobile))
}

/// A person in charge, as far as confirming needs it. Kept sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    /// The name.
    pub name: String,
    /// The mobile in its one writing.
    pub mobile: String,
    /// The last six characters of the certificate's number.
    pub last_six: String,
}

/// Identifiers for those who would have to confirm if the filing went to the bureau now: for `Command::Pass` and
/// `Command::Resubmit`. [`journal::commit`] opens the round for exactly these persons.
pub async fn ids(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing) -> Result<Vec<ConfirmationId>> {
    let draft = filings::load_draft(ctx, conn, filing.id).await?;
    let persons = due_persons(ctx, conn, filing, &draft).await?;
    Ok(persons.iter().map(|_| ConfirmationId(ctx.new_id())).collect())
}

/// Those who must confirm: everybody, except who did so with the same answers in a round that succeeded.
async fn due_persons(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing, draft: &Draft) -> Result<Vec<Person>> {
    let mut due = persons(draft, beijing_date(ctx.clock.now()));
    let done = sqlx::query!(
        "select id, sealed from confirmations c where filing_id = $1 and confirmed_at is not null
           and not exists (select from confirmations o
                           where o.filing_id = c.filing_id and o.round = c.round and o.confirmed_at is null)",
        filing.id.0,
    )
    .fetch_all(conn)
    .await?;
    for row in done {
        let person = open_person(ctx, row.id, &row.sealed)?;
        due.retain(|p| *p != person);
    }
    Ok(due)
}

/// The persons in charge of a draft, one per mobile, the sponsor's first.
fn persons(draft: &Draft, today: Date) -> Vec<Person> {
    let sponsor = &draft.sponsor;
    let mut found: Vec<Person> = Vec::new();
    let mut add = |name: &str, kind: &str, number: &str, mobile: &str| {
        // Prefixes were checked at submission under the tables of that day.
        let Ok(mobile) = Mobile::parse(mobile, &[], &["1".to_owned()]) else { return };
        let Some(number) = CertificateType::choose(kind).ok().and_then(|kind| CertificateNumber::parse(kind, number, today).ok())
        else {
            return;
        };
        if found.iter().all(|p| p.mobile != mobile.as_str()) {
            found.push(Person {
                name: name.trim().to_owned(),
                mobile: mobile.as_str().to_owned(),
                last_six: number.last_six().to_owned(),
            });
        }
    };
    add(&sponsor.person_name, &sponsor.person_certificate_type, &sponsor.person_certificate_number, &sponsor.person_mobile);
    for site in draft.sites.iter().map(|site| &site.form).filter(|form| form.person_same_as_sponsor != "yes") {
        add(&site.person_name, &site.person_certificate_type, &site.person_certificate_number, &site.person_mobile);
    }
    found
}

/// Opens the round that the filing has just entered, and asks for its messages.
pub(crate) async fn open_round(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing) -> Result<()> {
    let Some(round) = &filing.sms else { return Ok(()) };
    close_round(tx, filing.id).await?;
    let draft = filings::load_draft(ctx, tx, filing.id).await?;
    let persons = due_persons(ctx, tx, filing, &draft).await?;
    if persons.len() != round.due.len() {
        return Err(Error::Internal("those who must confirm changed while the round was opened"));
    }
    for (due, person) in round.due.iter().zip(&persons) {
        let sealed = ctx.keys.seal(place(due.id.0), &serde_json::to_vec(person)?);
        sqlx::query!(
            "insert into confirmations (id, filing_id, round, mobile_index, sealed) values ($1, $2, $3, $4, $5)",
            due.id.0,
            filing.id.0,
            i16::from(round.number),
            ctx.keys.index(MOBILE, &person.mobile),
            sealed,
        )
        .execute(&mut **tx)
        .await?;
    }
    let policy = policies::version(tx, filing.policy).await?;
    jobs::plan(ctx, tx, filing, round, policy.sms_noon_resend).await
}

/// The codes of the filing's rounds no longer hold.
pub(crate) async fn close_round(tx: &mut Tx<'_>, filing: domain::id::FilingId) -> Result<()> {
    sqlx::query!("update confirmations set live = false, code_index = null where filing_id = $1 and live", filing.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Sends a new code; the one before is void from now on.
async fn send_code(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, actor: &Actor, id: ConfirmationId, by: SentBy) -> Result<Filing> {
    let event = journal::decide(tx, ctx, filing, actor, &Command::SendCode { confirmation: id, by }).await?;
    let filing = journal::commit(tx, ctx, filing, event).await?;
    let Some(round) = &filing.sms else { return Ok(filing) };
    let code = six_digits();
    let row = sqlx::query!(
        "update confirmations set code_index = $2, code_sent_at = $3, code_sends = code_sends + 1
         where id = $1 and live returning sealed, code_sends",
        id.0,
        code_index(ctx, id.0, &code),
        ctx.clock.now(),
    )
    .fetch_one(&mut **tx)
    .await?;
    let person = open_person(ctx, id.0, &row.sealed)?;
    let domains = sqlx::query_scalar!("select domains from filings where id = $1", filing.id.0).fetch_one(&mut **tx).await?;
    let params = json!({
        "code": code,
        "domain": domains.first().cloned().unwrap_or_default(),
        "until": beijing_minute(round.until),
    });
    let mut message = outbox::Message::new(outbox::Channel::Sms, &person.mobile, "confirmation_code", params);
    message.key = Some(format!("confirmation-{id}-{}", row.code_sends));
    message.filing = Some(filing.id);
    message.expires_at = Some(round.until);
    outbox::enqueue(ctx, tx, message).await?;
    Ok(filing)
}

/// Those of the filing's present round, masked, in the order of the draft.
pub async fn people(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing) -> Result<Vec<PersonDue>> {
    let Some(round) = filing.sms.as_ref().filter(|_| matches!(filing.status, Status::SmsPending | Status::BureauReview)) else {
        return Ok(Vec::new());
    };
    let ids: Vec<Uuid> = round.due.iter().map(|due| due.id.0).collect();
    let rows = sqlx::query!("select id, sealed from confirmations where id = any($1)", &ids).fetch_all(conn).await?;
    let mut people = Vec::with_capacity(ids.len());
    for due in &round.due {
        let row = rows.iter().find(|row| row.id == due.id.0);
        let row = row.ok_or(Error::Inconsistent { table: "confirmations", column: "id", id: due.id.0 })?;
        let person = open_person(ctx, row.id, &row.sealed)?;
        people.push(PersonDue {
            name: mask_name(&person.name),
            mobile: mask_mobile(&person.mobile),
            confirmed_at: due.confirmed_at,
        });
    }
    Ok(people)
}

/// The newest of those who have still to confirm, unmasked: for the demo, where nobody is anybody.
pub(crate) async fn awaited(ctx: &Ctx, most: i64) -> Result<Vec<AwaitedPersonView>> {
    let rows = sqlx::query!(
        "select c.id, c.sealed, f.title from confirmations c join filings f on f.id = c.filing_id
         where c.live and c.confirmed_at is null and c.code_index is not null order by c.id desc limit $1",
        most,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let people = rows.into_iter().map(|row| {
        let Person { name, mobile, last_six } = open_person(ctx, row.id, &row.sealed)?;
        // A list has no title of a person's filing: the person is the sponsor.
        let sponsor = if row.title.is_empty() { name.clone() } else { row.title };
        Ok(AwaitedPersonView { sponsor, name, mobile, last_six })
    });
    people.collect()
}

fn open_person(ctx: &Ctx, id: Uuid, sealed: &[u8]) -> Result<Person> {
    let bytes = ctx.keys.open(place(id), sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| Error::Inconsistent { table: "confirmations", column: "sealed", id })
}

fn place(row: Uuid) -> Place {
    Place { table: "confirmations", column: "sealed", row, version: 1 }
}

fn code_index(ctx: &Ctx, id: Uuid, code: &str) -> Vec<u8> {
    ctx.keys.index(CODE, &code_text(id, code))
}

fn code_text(id: Uuid, code: &str) -> String {
    format!("{id}:{code}")
}

/// Evenly spread over all codes: what lies above the last whole million is drawn again.
fn six_digits() -> String {
    loop {
        let n = u32::from_be_bytes(keys::random());
        if n < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", n % 1_000_000);
        }
    }
}

/// «张**»
fn mask_name(name: &str) -> String {
    name.chars().enumerate().map(|(i, c)| if i == 0 { c } else { '*' }).collect()
}

/// «190****0001»
fn mask_mobile(mobile: &str) -> String {
    let count = mobile.chars().count();
    mobile.chars().enumerate().map(|(i, c)| if i < 3 || i + 4 >= count { c } else { '*' }).collect()
}

/// Beijing's clock to the minute: «2026-11-23 12:00».
pub(crate) fn beijing_minute(at: domain::Moment) -> String {
    let at = domain::time::beijing(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}
