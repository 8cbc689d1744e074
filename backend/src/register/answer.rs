//! The public question: filed, not filed, or cannot say; never an empty list that looks like «not filed».

use super::record::name_key;
use crate::{Ctx, Error, Result};
use domain::{
    domain_name::find_registrable,
    filing_number::{FilingNumber, ServiceKind},
    text::{find_unprintable, fold, is_han},
    views::register::{Answer, RecordView, RegisterView},
};
use time::Date;

/// The most records of one answer.
pub const MOST: i64 = 20;
/// The longest question that makes sense, in characters: the longest name.
pub const LONGEST: usize = 255;

struct Row {
    sponsor_name: String,
    nature: i16,
    sponsor_number: String,
    site_number: String,
    site_name: String,
    domain: String,
    home_page: String,
    preapprovals: Vec<i16>,
    approved_on: Date,
}

/// One query for all questions, so that they never show different things.
macro_rules! records {
    ($which:literal, $($given:expr),+) => {
        sqlx::query_as!(
            Row,
            "select v.name as sponsor_name, v.nature, p.number as sponsor_number, s.number as site_number,
                    w.name as site_name, w.domain_display as domain, w.home_page, w.preapprovals, w.approved_on
             from sponsors p
             join sponsor_versions v on v.sponsor_id = p.id and upper_inf(v.valid)
             join sites s on s.sponsor_id = p.id and s.cancelled_at is null
             join site_versions w on w.site_id = s.id and upper_inf(w.valid)
             where p.cancelled_at is null and " + $which,
            $($given),+
        )
    };
}

/// Answers a question typed into the one box: a domain in any writing, a number in any writing, or the sponsor's name,
/// whole or from its beginning.
pub async fn find(ctx: &Ctx, question: &str) -> Result<RegisterView> {
    let asked = fold(question);
    if asked.is_empty() || asked.chars().count() > LONGEST || find_unprintable(&asked).is_some() {
        return Ok(cannot_say());
    }
    let rows = if let Some(number) = FilingNumber::find(&asked) {
        if !is_of_websites(number) {
            return Ok(cannot_say());
        }
        by_number(ctx, &number.to_string()).await?
    } else if let Some(domain) = find_registrable(&asked) {
        records!("s.domain = $1 order by s.number limit $2", domain, MOST + 1).fetch_all(&ctx.pool).await?
    } else if looks_like_address(&asked) {
        return Ok(cannot_say());
    } else {
        let name = name_key(&asked);
        // One letter would list half the register; one Chinese character is not a name either.
        if name.chars().count() < 2 {
            return Ok(cannot_say());
        }
        let prefix = format!("{}%", escape(&name));
        records!(
            "v.name_key like $1 and upper_inf(v.valid) order by v.name_key <> $2, v.name_key, s.number limit $3",
            prefix,
            name,
            MOST + 1
        )
        .fetch_all(&ctx.pool)
        .await?
    };
    let more = i64::try_from(rows.len()).is_ok_and(|n| n > MOST);
    let mut records = rows.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    records.truncate(usize::try_from(MOST).unwrap_or_default());
    let answer = if records.is_empty() { Answer::NotFiled } else { Answer::Filed };
    Ok(RegisterView { answer, records, more })
}

/// The record of one site number 网站备案号.
pub async fn record(ctx: &Ctx, number: &str) -> Result<Option<RecordView>> {
    let Some(number) = FilingNumber::find(number) else { return Ok(None) };
    let row = records!("s.number = $1", number.to_string()).fetch_optional(&ctx.pool).await?;
    row.map(view).transpose()
}

/// Licences, apps, mini programs and quick apps are not in this register: that they are missing here says nothing.
fn is_of_websites(number: FilingNumber) -> bool {
    number.is_filing() && number.service().is_none_or(|(_, kind)| kind == ServiceKind::Site)
}

async fn by_number(ctx: &Ctx, number: &str) -> Result<Vec<Row>> {
    let site = records!("s.number = $1", number).fetch_all(&ctx.pool).await?;
    if !site.is_empty() {
        return Ok(site);
    }
    let sponsor = records!("p.number = $1 order by s.created_at, s.number limit $2", number, MOST + 1);
    Ok(sponsor.fetch_all(&ctx.pool).await?)
}

fn view(row: Row) -> Result<RecordView> {
    let nature = u16::try_from(row.nature).map_err(|_| Error::Internal("a nature below zero"))?;
    Ok(RecordView {
        sponsor_name: row.sponsor_name,
        sponsor_nature: nature,
        sponsor_number: row.sponsor_number,
        site_number: row.site_number,
        site_name: row.site_name,
        domain: row.domain,
        home_page: row.home_page,
        preapprovals: row.preapprovals,
        approved_on: row.approved_on,
    })
}

/// An address of something that is no domain one files: a suffix alone, an IP address, a host without a dot.
fn looks_like_address(asked: &str) -> bool {
    asked.contains("://") || (asked.contains(['.', ':']) && !asked.chars().any(|c| is_han(c) || c.is_whitespace()))
}

fn escape(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

fn cannot_say() -> RegisterView {
    RegisterView { answer: Answer::CannotSay, records: Vec::new(), more: false }
}
