//! Electronic certificates 备案电子证书: the paper to print, the signed file for the site, and the check of both by anybody
//! (features R16, A4).
//!
//! A certificate is kept nowhere. Its code is a keyed hash of the very versions of sponsor and site that it was made of, so
//! that whoever has number and code can be told whether they are still those of the register.

mod file;
mod letters;
mod paper;

pub use paper::PaperWords;

use crate::{Ctx, Error, Result, audit, filings::registrant, limits, limits::Limit, register};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    Moment,
    actor::Actor,
    e_certificate::{CertificateCheck, CertificateCode, CertificateContent, CertificateDuty, Standing},
    filing_number::FilingNumber,
    problem::{Problem, Rule, Section},
    time::beijing_date,
};
use serde::Serialize;
use sqlx::PgConnection;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// The kind of the keyed hash of a code.
const CODE: &str = "certificate code";
/// The longest file that is read: ours have about one thousand bytes.
pub const LARGEST_FILE: usize = 8192;

/// How many papers one account has drawn in an hour: each reads whole fonts. A filing has at most thirty sites.
const PAPERS: Limit = Limit { kind: "certificate_paper", max: 120, window: std::time::Duration::from_secs(3600) };

/// The paper of a site of one's own, as PDF.
pub async fn paper(ctx: &Ctx, caller: &Actor, number: &str, words: PaperWords) -> Result<Vec<u8>> {
    let content = own(ctx, caller, number).await?;
    limits::hit(ctx, PAPERS, &registrant(caller)?.to_string()).await?;
    told(ctx, caller, "download_certificate_paper", &content).await?;
    let (made_at, base_url) = (ctx.clock.now(), ctx.settings.base_url.clone());
    tokio::task::spawn_blocking(move || paper::draw(&words, &content, &base_url, made_at))
        .await
        .map_err(|_| Error::Internal("the drawing of a certificate broke"))?
}

/// The signed file of a site of one's own.
pub async fn file(ctx: &Ctx, caller: &Actor, number: &str) -> Result<String> {
    let content = own(ctx, caller, number).await?;
    told(ctx, caller, "download_certificate_file", &content).await?;
    file::write(&ctx.keys, &content)
}

/// That a certificate was made stands in the audit.
async fn told(ctx: &Ctx, caller: &Actor, act: &'static str, content: &CertificateContent) -> Result<()> {
    let detail = serde_json::json!({ "number": content.record.site_number });
    audit::record_alone(ctx, audit::Entry::done(*caller, act, None).with_detail(detail)).await
}

/// How the certificate of this number and code stands.
pub async fn check(ctx: &Ctx, number: &str, code: &str) -> Result<CertificateCheck> {
    let unknown = CertificateCheck { standing: Standing::Unknown, record: None };
    let (Some(number), Some(code)) = (FilingNumber::find(number), CertificateCode::find(code)) else { return Ok(unknown) };
    let number = number.to_string();
    let versions = sqlx::query!(
        r#"select v.row_id as sponsor, w.row_id as site, upper_inf(v.valid) and upper_inf(w.valid) as "newest!",
                  s.cancelled_at is not null or p.cancelled_at is not null as "cancelled!"
           from sites s join sponsors p on p.id = s.sponsor_id
           join site_versions w on w.site_id = s.id
           join sponsor_versions v on v.sponsor_id = p.id and v.valid && w.valid
           where s.number = $1"#,
        number,
    )
    .fetch_all(&ctx.pool)
    .await?;
    let Some(meant) = versions.iter().find(|row| codes(ctx, row.sponsor, row.site).any(|known| is_same(&known, &code))) else {
        return Ok(unknown);
    };
    let standing = match (meant.cancelled, meant.newest) {
        (true, _) => Standing::Revoked,
        (false, true) => Standing::Current,
        (false, false) => Standing::Superseded,
    };
    Ok(CertificateCheck { standing, record: register::record(ctx, &number).await? })
}

/// Number and code of a file, if it is one of ours as it was written.
pub fn open_file(ctx: &Ctx, bytes: &[u8]) -> Result<(String, String)> {
    let wrong = |rule| Error::from(Problem::new(Section::Account, "file", rule));
    if bytes.is_empty() {
        return Err(wrong(Rule::Required));
    }
    if bytes.len() > LARGEST_FILE {
        return Err(wrong(Rule::NotOurCertificate));
    }
    let content = file::read(&ctx.keys, bytes).ok_or_else(|| wrong(Rule::NotOurCertificate))?;
    Ok((content.record.site_number, content.code))
}

/// The public keys by which anybody can check a file, as a set of keys (RFC 7517, RFC 8037).
pub fn public_keys(ctx: &Ctx) -> KeySet {
    let key = |(kid, x): (String, [u8; 32])| PublicKey {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        r#use: "sig",
        kid,
        x: BASE64URL_NOPAD.encode(&x),
    };
    KeySet { keys: ctx.keys.public_keys().into_iter().map(key).collect() }
}

/// A set of public keys.
#[derive(Debug, Serialize)]
pub struct KeySet {
    keys: Vec<PublicKey>,
}

#[derive(Debug, Serialize)]
struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    r#use: &'static str,
    kid: String,
    x: String,
}

/// What holds on a day for the file in the site's folder.
pub(crate) async fn duty(conn: &mut PgConnection, at: Moment) -> Result<CertificateDuty> {
    let duty = sqlx::query_scalar!("select duty from certificate_duties where valid @> $1::date", beijing_date(at))
        .fetch_optional(conn)
        .await?;
    let inconsistent = Error::Inconsistent { table: "certificate_duties", column: "duty", id: Uuid::nil() };
    duty.map_or(Ok(CertificateDuty::Recommended), |duty| CertificateDuty::find(&duty).ok_or(inconsistent))
}

/// The certificate of a site that the caller's account filed, as it is now.
async fn own(ctx: &Ctx, caller: &Actor, number: &str) -> Result<CertificateContent> {
    let owner = registrant(caller)?;
    let number = FilingNumber::find(number).ok_or(Error::NotFound)?.to_string();
    let row = sqlx::query!(
        "select v.row_id as sponsor, w.row_id as site, b.name as bureau
         from sites s join sponsors p on p.id = s.sponsor_id join bureaux b on b.province = p.province
         join site_versions w on w.site_id = s.id and upper_inf(w.valid)
         join sponsor_versions v on v.sponsor_id = p.id and upper_inf(v.valid)
         where s.number = $1 and p.owner_id = $2 and s.cancelled_at is null and p.cancelled_at is null",
        number,
        owner.0,
    )
    .fetch_optional(&ctx.pool)
    .await?
    .ok_or(Error::NotFound)?;
    let record = register::record(ctx, &number).await?.ok_or(Error::NotFound)?;
    let code = codes(ctx, row.sponsor, row.site).last().ok_or(Error::Internal("no key for a code"))?;
    Ok(CertificateContent { record, bureau: row.bureau, code: code.to_string() })
}

/// The code of a pair of versions under each key there ever was, that of the present one last.
fn codes(ctx: &Ctx, sponsor: Uuid, site: Uuid) -> impl Iterator<Item = CertificateCode> {
    let hashes = ctx.keys.held(CODE, &format!("{sponsor} {site}"));
    // The first byte is the key's version.
    hashes.into_iter().filter_map(|hash| Some(CertificateCode::new(hash.get(1..=CertificateCode::LENGTH)?.try_into().ok()?)))
}

fn is_same(known: &CertificateCode, given: &CertificateCode) -> bool {
    known.bytes().ct_eq(given.bytes()).into()
}
