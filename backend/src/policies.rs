//! The dated rules: a province's policy at a moment, the calendar, and the tables that a draft is checked with.

mod drafts;

pub use drafts::{drop_draft, enact, list, prepare, withdraw};

use crate::{Ctx, Error, Result};
use domain::{
    Moment,
    calendar::Calendar,
    draft::Draft,
    filing::Env,
    id::ProviderId,
    ip_range::IpRange,
    policy::{Policy, RefusalRoute, SmsStage},
    tables::{ProviderRange, Tables},
    time::beijing_date,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// What a decision is made under.
pub struct Rules {
    /// The province's policy.
    pub policy: Policy,
    /// Its working days.
    pub calendar: Calendar,
}

impl Rules {
    /// What holds at this moment.
    pub fn env(&self, now: Moment) -> Env<'_> {
        Env { now, policy: &self.policy, calendar: &self.calendar }
    }
}

/// Policy and calendar of a province at a moment.
pub async fn rules(conn: &mut PgConnection, province: u32, at: Moment) -> Result<Rules> {
    Ok(Rules { policy: policy_in(conn, province, at).await?, calendar: Calendar::published() })
}

/// The policy of a province on the Beijing day of `at`; without a row of its own, the one of all provinces.
pub async fn policy(ctx: &Ctx, province: u32, at: Moment) -> Result<Policy> {
    policy_in(&mut *ctx.pool.acquire().await?, province, at).await
}

/// The same within a transaction.
pub async fn policy_in(conn: &mut PgConnection, province: u32, at: Moment) -> Result<Policy> {
    policy_on(conn, i32::try_from(province).unwrap_or_default(), beijing_date(at)).await
}

/// The policy of a province on a day.
async fn policy_on(conn: &mut PgConnection, province: i32, day: Date) -> Result<Policy> {
    let row = sqlx::query_as!(
        PolicyRow,
        "select version, sms_stage, sms_window_hours, sms_rounds, sms_wrong_digits, sms_noon_resend, sms_manual_resends,
                after_refusal, second_reviewer, preapproval_pauses, provider_hours, bureau_working_days, idle_days
         from policies where province in (0, $1) and valid @> $2::date order by province desc limit 1",
        province,
        day,
    )
    .fetch_optional(conn)
    .await?;
    row.map_or_else(|| Ok(Policy::national()), PolicyRow::into_policy)
}

/// The policy with this version: the one a stage was entered under.
pub async fn version(conn: &mut PgConnection, version: i32) -> Result<Policy> {
    let row = sqlx::query_as!(
        PolicyRow,
        "select version, sms_stage, sms_window_hours, sms_rounds, sms_wrong_digits, sms_noon_resend, sms_manual_resends,
                after_refusal, second_reviewer, preapproval_pauses, provider_hours, bureau_working_days, idle_days
         from policies where version = $1",
        version,
    )
    .fetch_optional(conn)
    .await?;
    row.map_or_else(|| Ok(Policy::national()), PolicyRow::into_policy)
}

struct PolicyRow {
    version: i32,
    sms_stage: String,
    sms_window_hours: i16,
    sms_rounds: i16,
    sms_wrong_digits: i16,
    sms_noon_resend: bool,
    sms_manual_resends: i16,
    after_refusal: String,
    second_reviewer: bool,
    preapproval_pauses: bool,
    provider_hours: i16,
    bureau_working_days: i16,
    idle_days: i16,
}

impl PolicyRow {
    fn into_policy(self) -> Result<Policy> {
        let bad = |column| Error::Inconsistent { table: "policies", column, id: Uuid::nil() };
        Ok(Policy {
            version: self.version,
            sms_stage: SmsStage::find(&self.sms_stage).ok_or_else(|| bad("sms_stage"))?,
            sms_window_hours: self.sms_window_hours.unsigned_abs(),
            sms_rounds: u8::try_from(self.sms_rounds).map_err(|_| bad("sms_rounds"))?,
            sms_wrong_digits: u8::try_from(self.sms_wrong_digits).map_err(|_| bad("sms_wrong_digits"))?,
            sms_noon_resend: self.sms_noon_resend,
            sms_manual_resends: u8::try_from(self.sms_manual_resends).map_err(|_| bad("sms_manual_resends"))?,
            after_refusal: RefusalRoute::find(&self.after_refusal).ok_or_else(|| bad("after_refusal"))?,
            second_reviewer: self.second_reviewer,
            preapproval_pauses: self.preapproval_pauses,
            provider_hours: self.provider_hours.unsigned_abs(),
            bureau_working_days: self.bureau_working_days.unsigned_abs(),
            idle_days: self.idle_days.unsigned_abs(),
        })
    }
}

/// The reserved ranges that count today although nobody can have them: those of trials.
pub(crate) async fn permitted_ranges(conn: &mut PgConnection, at: Moment) -> Result<Vec<IpRange>> {
    let rows = sqlx::query!(
        r#"select host(start_address) as "start!", host(end_address) as "end!" from permitted_ranges
           where valid @> $1::date order by start_address"#,
        beijing_date(at),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| IpRange::new(row.start.parse().ok()?, row.end.parse().ok()?)).collect())
}

/// What holds today, with the address ranges of every provider.
pub async fn tables(ctx: &Ctx) -> Result<Tables> {
    tables_in(&mut *ctx.pool.acquire().await?, ctx.clock.now(), None).await
}

/// What holds today for one draft: ranges only of the providers that it names.
pub async fn tables_for(conn: &mut PgConnection, at: Moment, draft: &Draft) -> Result<Tables> {
    let mut named: Vec<Uuid> = draft
        .sites
        .iter()
        .flat_map(|site| &site.accesses)
        .filter_map(|access| access.form.provider_id.trim().parse().ok())
        .collect();
    named.sort_unstable();
    named.dedup();
    tables_in(conn, at, Some(named)).await
}

async fn tables_in(conn: &mut PgConnection, at: Moment, named: Option<Vec<Uuid>>) -> Result<Tables> {
    let today = beijing_date(at);
    let providers = sqlx::query_scalar!(
        "select id from providers where valid_from <= $1 and (valid_to is null or valid_to >= $1) order by id",
        today,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ranges = sqlx::query!(
        r#"select provider_id, host(start_address) as "start!", host(end_address) as "end!", location_code
           from provider_ranges where $1::uuid[] is null or provider_id = any($1) order by provider_id, start_address"#,
        named.as_deref(),
    )
    .fetch_all(&mut *conn)
    .await?
    .into_iter()
    .filter_map(|row| {
        Some(ProviderRange {
            provider: ProviderId(row.provider_id),
            start: row.start.parse().ok()?,
            end: row.end.parse().ok()?,
            location: row.location_code.unsigned_abs(),
        })
    })
    .collect();
    let permitted = permitted_ranges(&mut *conn, at).await?;
    let permitted_ranges = permitted.into_iter().map(|range| (range.first(), range.last())).collect();
    let minimum_ages = sqlx::query!("select province, age from minimum_ages where valid @> $1::date order by province", today)
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .filter_map(|row| Some((u32::try_from(row.province).ok()?, u8::try_from(row.age).ok()?)))
        .collect();
    Ok(Tables {
        today,
        providers: providers.into_iter().map(ProviderId).collect(),
        ranges,
        denied_prefixes: dated(conn, Dated::DeniedPrefixes, today).await?,
        permitted_prefixes: dated(conn, Dated::PermittedPrefixes, today).await?,
        permitted_ranges,
        permitted_suffixes: dated(conn, Dated::PermittedSuffixes, today).await?,
        minimum_ages,
    })
}

enum Dated {
    DeniedPrefixes,
    PermittedPrefixes,
    PermittedSuffixes,
}

async fn dated(conn: &mut PgConnection, which: Dated, today: Date) -> Result<Vec<String>> {
    let rows = match which {
        Dated::DeniedPrefixes => {
            sqlx::query_scalar!("select prefix from denied_prefixes where valid @> $1::date order by prefix", today)
                .fetch_all(conn)
                .await?
        }
        Dated::PermittedPrefixes => {
            sqlx::query_scalar!("select prefix from permitted_prefixes where valid @> $1::date order by prefix", today)
                .fetch_all(conn)
                .await?
        }
        Dated::PermittedSuffixes => {
            sqlx::query_scalar!("select suffix from permitted_suffixes where valid @> $1::date order by suffix", today)
                .fetch_all(conn)
                .await?
        }
    };
    Ok(rows)
}
