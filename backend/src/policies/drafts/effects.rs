//! What a policy that is being prepared does to filings, and what it would have meant for those of late (features B11).

use crate::{Ctx, Result};
use domain::Moment;
use domain::calendar::Calendar;
use domain::policy::{Policy, WorkingTime};
use domain::time::start_of_day;
use domain::views::office::PolicyEffect;
use sqlx::PgConnection;
use time::{Date, Duration};

/// How far a rehearsal looks back, and how many filings it looks at.
const REHEARSED: Duration = Duration::days(90);
const REHEARSED_FILINGS: i64 = 2000;

/// What a policy would do to filings on their way, and what it would have meant for those of late.
pub(super) async fn of(
    ctx: &Ctx,
    conn: &mut PgConnection,
    province: i32,
    from: Date,
    before: &Policy,
    policy: &Policy,
) -> Result<Vec<PolicyEffect>> {
    let counts = sqlx::query!(
        r#"select count(*) filter (where status = 'provider_review') as "provider!",
                  count(*) filter (where status = 'sms_pending') as "confirming!",
                  count(*) filter (where status = 'bureau_review') as "bureau!",
                  count(*) filter (where status in ('provider_returned', 'sms_failed', 'bureau_refused')) as "waiting!",
                  count(*) filter (where status in ('provider_returned', 'sms_failed', 'bureau_refused')
                                   and touched_at < $2) as "idle!"
           from filings where province = $1
             and status in ('provider_review', 'sms_pending', 'bureau_review', 'provider_returned', 'sms_failed',
                            'bureau_refused')"#,
        province,
        start_of_day(from) - Duration::days(i64::from(policy.idle_days)),
    )
    .fetch_one(&mut *conn)
    .await?;
    let some = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let mut effects = vec![
        PolicyEffect::Keeps { provider: some(counts.provider), confirming: some(counts.confirming), bureau: some(counts.bureau) },
        PolicyEffect::Meets { filings: some(counts.waiting) },
    ];
    if policy.provider_hours != before.provider_hours {
        let spans = spans(ctx, conn, province, "provider_review").await?;
        let limit = |at| Calendar::published().after_working_hours(at, policy.provider_hours);
        let (slower, of) = slower(&spans, limit);
        effects.push(PolicyEffect::SlowerProviders { slower, of });
    }
    if policy.bureau_working_days != before.bureau_working_days {
        let spans = spans(ctx, conn, province, "bureau_review").await?;
        let limit = |at| Calendar::published().after_working_days(at, policy.bureau_working_days);
        let (slower, of) = slower(&spans, limit);
        effects.push(PolicyEffect::SlowerReviews { slower, of });
    }
    if policy.idle_days < before.idle_days {
        effects.push(PolicyEffect::Expires { filings: some(counts.idle) });
    }
    if policy.second_reviewer {
        let reviewers = reviewers(conn, province).await?;
        if reviewers < 2 {
            effects.push(PolicyEffect::TooFewReviewers { reviewers: some(reviewers) });
        }
    }
    Ok(effects)
}

/// Who can review in a bureau: administrators do, too.
async fn reviewers(conn: &mut PgConnection, province: i32) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from users where province = $1 and category = 'bureau' and status = 'active'"#,
        province,
    );
    Ok(count.fetch_one(conn).await?)
}

/// When filings of late entered a stage, and when it was decided. Those that waited for a department are left out: their time
/// was not the reviewer's.
async fn spans(ctx: &Ctx, conn: &mut PgConnection, province: i32, status: &str) -> Result<Vec<(Moment, Moment)>> {
    let rows = sqlx::query!(
        r#"select e.at as "entered!", d.at as decided
           from (select id from filings where province = $1 and touched_at > $2 order by touched_at desc limit $4) f
           join journal d on d.filing_id = f.id and d.from_status = $3 and d.to_status <> $3
                and d.who in ('provider', 'bureau')
           join lateral (select max(e.at) as at from journal e where e.filing_id = f.id and e.seq < d.seq
                         and e.to_status = $3 and e.from_status <> $3) e on e.at is not null
           where not exists (select from journal h where h.filing_id = f.id and h.verb = 'hold')"#,
        province,
        ctx.clock.now() - REHEARSED,
        status,
        REHEARSED_FILINGS,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.entered, row.decided)).collect())
}

fn slower(spans: &[(Moment, Moment)], limit: impl Fn(Moment) -> Option<Moment>) -> (u32, u32) {
    let known = spans.iter().filter_map(|(entered, decided)| limit(*entered).map(|limit| *decided > limit));
    let (slower, of) = known.fold((0_u32, 0_u32), |(slower, of), late| (slower + u32::from(late), of + 1));
    (slower, of)
}

#[cfg(test)]
mod tests;
