//! A province's policies as its bureau edits them (features B11, rules 0): dated rows. What has begun never changes; a policy is
//! prepared, looked at with what it would change, and enacted from a day to come.

mod effects;

use crate::audit::{self, Entry};
use crate::staff::Office;
use crate::{Ctx, Error, Result, Tx};
use domain::actor::Actor;
use domain::filing::Verb;
use domain::policy::Policy;
use domain::time::{beijing_date, start_of_day};
use domain::views::office::{Holds, PoliciesView, PolicyDraftView, PolicyForm, PolicyRowView, PrefixView};
use serde_json::json;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use std::ops::Bound;
use time::Date;
use uuid::Uuid;

/// The first day that can be decided for: tomorrow in Beijing.
fn earliest(ctx: &Ctx) -> Date {
    let today = beijing_date(ctx.clock.now());
    today.next_day().unwrap_or(today)
}

/// Every policy of the caller's province and of all provinces, with the one that is being prepared.
pub async fn list(ctx: &Ctx, caller: &Actor) -> Result<PoliciesView> {
    let province = Office::province_of(caller)?;
    let today = beijing_date(ctx.clock.now());
    let mut tx = ctx.snapshot().await?;
    let bureau = sqlx::query_scalar!("select name from bureaux where province = $1", province).fetch_one(&mut *tx).await?;
    let stored = sqlx::query!(
        "select province, valid, version from policies where province in (0, $1)
         order by lower(valid) desc nulls last, province desc",
        province,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut rows = Vec::with_capacity(stored.len());
    // A handful: each is read as a stage reads its own.
    for row in stored {
        let (from, to) = days(&row.valid);
        let holds = match (from, to) {
            (Some(from), _) if from > today => Holds::Later,
            (_, Some(to)) if to < today => Holds::Past,
            _ => Holds::Now,
        };
        let policy = super::version(&mut tx, row.version).await?;
        rows.push(PolicyRowView { policy, from, to, national: row.province == 0, holds });
    }
    let prefixes = sqlx::query!("select prefix, valid from denied_prefixes order by lower(valid) desc, prefix")
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .map(|row| {
            let (from, to) = days(&row.valid);
            PrefixView { prefix: row.prefix, from, to }
        })
        .collect();
    Ok(PoliciesView { bureau, rows, draft: draft(ctx, &mut tx, province).await?, earliest: earliest(ctx), prefixes })
}

/// The first and the last day of a range as Postgres writes it: the first within, the last behind.
fn days(valid: &PgRange<Date>) -> (Option<Date>, Option<Date>) {
    let from = match valid.start {
        Bound::Included(day) => Some(day),
        Bound::Excluded(day) => day.next_day(),
        Bound::Unbounded => None,
    };
    let to = match valid.end {
        Bound::Included(day) => Some(day),
        Bound::Excluded(day) => day.previous_day(),
        Bound::Unbounded => None,
    };
    (from, to)
}

async fn draft(ctx: &Ctx, conn: &mut PgConnection, province: i32) -> Result<Option<PolicyDraftView>> {
    let row =
        sqlx::query!("select id, valid_from, policy, replaces, created_at from policy_drafts where province = $1", province)
            .fetch_optional(&mut *conn)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let policy: Policy = serde_json::from_value(row.policy)?;
    let standing = standing(&mut *conn, province, row.valid_from).await?;
    let effects = effects::of(ctx, conn, province, row.valid_from, &standing.policy, &policy).await?;
    Ok(Some(PolicyDraftView {
        id: row.id,
        from: row.valid_from,
        to: standing.next.and_then(Date::previous_day),
        outdated: standing.policy.version != row.replaces || row.valid_from < earliest(ctx),
        policy,
        before: standing.policy,
        effects,
        created_at: row.created_at,
    }))
}

/// What would hold on a day.
struct StandingPolicy {
    policy: Policy,
    /// The row's first day, where it is the province's own.
    own_from: Option<Date>,
    /// The first day of what follows, where that is decided already.
    next: Option<Date>,
}

async fn standing(conn: &mut PgConnection, province: i32, day: Date) -> Result<StandingPolicy> {
    let policy = super::policy_on(&mut *conn, province, day).await?;
    let own = sqlx::query_scalar!("select valid from policies where province = $1 and valid @> $2::date", province, day)
        .fetch_optional(&mut *conn)
        .await?;
    let next = match &own {
        Some(valid) => days(valid).1.and_then(Date::next_day),
        None => {
            sqlx::query_scalar!("select min(lower(valid)) from policies where province = $1 and lower(valid) > $2", province, day)
                .fetch_one(&mut *conn)
                .await?
        }
    };
    Ok(StandingPolicy { policy, own_from: own.and_then(|valid| days(&valid).0), next })
}

/// Prepares a policy. It takes the place of one that was being prepared, and nothing of it holds.
pub async fn prepare(ctx: &Ctx, caller: &Actor, form: &PolicyForm) -> Result<()> {
    let province = Office::province_of(caller)?;
    let (from, policy) = form.parse(earliest(ctx))?;
    let user = caller.user().ok_or(Error::Forbidden)?;
    let mut tx = ctx.begin().await?;
    lock(&mut tx, province).await?;
    let standing = standing(&mut tx, province, from).await?;
    let id = ctx.new_id();
    sqlx::query!(
        "insert into policy_drafts (province, id, valid_from, policy, replaces, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (province) do update set id = excluded.id, valid_from = excluded.valid_from, policy = excluded.policy,
             replaces = excluded.replaces, created_by = excluded.created_by, created_at = excluded.created_at",
        province,
        id,
        from,
        serde_json::to_value(&policy)?,
        standing.policy.version,
        user.0,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    audit::record(ctx, &mut tx, Entry::done(*caller, "prepare_policy", Some(("policy_draft", id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives up the policy that is being prepared.
pub async fn drop_draft(ctx: &Ctx, caller: &Actor, id: Uuid) -> Result<()> {
    let province = Office::province_of(caller)?;
    let mut tx = ctx.begin().await?;
    let done = sqlx::query!("delete from policy_drafts where id = $1 and province = $2", id, province).execute(&mut *tx).await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    audit::record(ctx, &mut tx, Entry::done(*caller, "drop_policy_draft", Some(("policy_draft", id)))).await?;
    tx.commit().await?;
    Ok(())
}

/// Enacts the policy that was prepared, as it was looked at: if what it replaces changed since, or its first day has come, it is
/// `Stale`.
pub async fn enact(ctx: &Ctx, caller: &Actor, id: Uuid) -> Result<()> {
    let province = Office::province_of(caller)?;
    let user = caller.user().ok_or(Error::Forbidden)?;
    let mut tx = ctx.begin().await?;
    lock(&mut tx, province).await?;
    let row = sqlx::query!(
        "delete from policy_drafts where id = $1 and province = $2 returning valid_from, policy, replaces",
        id,
        province,
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound)?;
    let policy: Policy = serde_json::from_value(row.policy)?;
    let (from, standing) = (row.valid_from, standing(&mut tx, province, row.valid_from).await?);
    if standing.policy.version != row.replaces || from < earliest(ctx) {
        return Err(Error::Stale);
    }
    match standing.own_from {
        // It begins on the same day, which is to come: no stage was entered under it.
        Some(own) if own == from => {
            sqlx::query!("delete from policies where version = $1", standing.policy.version).execute(&mut *tx).await?;
        }
        Some(_) => {
            sqlx::query!(
                "update policies set valid = daterange(lower(valid), $2) where version = $1",
                standing.policy.version,
                from,
            )
            .execute(&mut *tx)
            .await?;
        }
        None => {}
    }
    let version = sqlx::query_scalar!(
        "insert into policies (province, valid, sms_stage, sms_window_hours, sms_rounds, sms_wrong_digits, sms_noon_resend,
                               sms_manual_resends, after_refusal, second_reviewer, preapproval_pauses, provider_hours,
                               bureau_working_days, idle_days, enacted_by, enacted_at)
         values ($1, daterange($2, $3), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) returning version",
        province,
        from,
        standing.next,
        policy.sms_stage.name(),
        i16::try_from(policy.sms_window_hours).unwrap_or(i16::MAX),
        i16::from(policy.sms_rounds),
        i16::from(policy.sms_wrong_digits),
        policy.sms_noon_resend,
        i16::from(policy.sms_manual_resends),
        policy.after_refusal.name(),
        policy.second_reviewer,
        policy.preapproval_pauses,
        i16::try_from(policy.provider_hours).unwrap_or(i16::MAX),
        i16::try_from(policy.bureau_working_days).unwrap_or(i16::MAX),
        i16::try_from(policy.idle_days).unwrap_or(i16::MAX),
        user.0,
        ctx.clock.now(),
    )
    .fetch_one(&mut *tx)
    .await?;
    look_at_the_idle(&mut tx, province, version, from).await?;
    let detail = json!({
        "province": province,
        "version": version,
        "from": from.to_string(),
        "policy": Policy { version, ..policy },
        "before": standing.policy,
    });
    audit::record(ctx, &mut tx, Entry::done(*caller, "enact_policy", Some(("policy_draft", id))).with_detail(detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Filings whose idle time the policy shortens end on its first day, and not when they would have been looked at anyway.
async fn look_at_the_idle(tx: &mut Tx<'_>, province: i32, version: i32, from: Date) -> Result<()> {
    sqlx::query!(
        "insert into jobs (id, kind, key, payload, run_at)
         select gen_random_uuid(), $1, id || '-policy-' || $2::int, jsonb_build_object('filing', id), $3 from filings
         where province = $4 and status in ('draft', 'provider_returned', 'sms_failed', 'bureau_refused')
         on conflict (kind, key) do nothing",
        Verb::Expire.name(),
        version,
        start_of_day(from),
        province,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Withdraws an own policy whose first day is still to come; what was before it goes on.
pub async fn withdraw(ctx: &Ctx, caller: &Actor, version: i32) -> Result<()> {
    let province = Office::province_of(caller)?;
    let mut tx = ctx.begin().await?;
    lock(&mut tx, province).await?;
    let gone = sqlx::query!(
        r#"delete from policies where version = $1 and province = $2 and lower(valid) >= $3
           returning lower(valid) as "from!", upper(valid) as until"#,
        version,
        province,
        earliest(ctx),
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::NotFound)?;
    sqlx::query!(
        "update policies set valid = daterange(lower(valid), $3) where province = $1 and upper(valid) = $2",
        province,
        gone.from,
        gone.until,
    )
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "province": province, "version": version, "from": gone.from.to_string() });
    audit::record(ctx, &mut tx, Entry::done(*caller, "withdraw_policy", None).with_detail(detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// One change of a province's policies at a time.
async fn lock(conn: &mut PgConnection, province: i32) -> Result<()> {
    sqlx::query!("select province from bureaux where province = $1 for update", province).fetch_optional(conn).await?;
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
