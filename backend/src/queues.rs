//! The queues of the desks: what waits at a house, oldest deadline first, and how much of it.
//!
//! Every query names the house in its WHERE: a provider's staff sees its filings, a bureau's those of its province.

use crate::{Ctx, Error, Result, accounts, policies};
use domain::Moment;
use domain::actor::Actor;
use domain::filing::Status;
use domain::id::{FilingId, ProviderId, UserId};
use domain::time::{beijing_date, start_of_day};
use domain::views::desk::{CaseRow, DeskCounts, Listing};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::{BTreeMap, BTreeSet};
use time::Duration;
use uuid::Uuid;

/// Rows of one page of a list.
pub const PAGE: u32 = 25;
/// «Due soon»: within the next working day's worth of hours.
const SOON: Duration = Duration::hours(24);

/// Whose desk it is, and who sits at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct House {
    /// Which.
    pub kind: HouseKind,
    /// The member of its staff.
    pub user: UserId,
}

/// A provider or a province's bureau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HouseKind {
    /// Verifies.
    Provider(ProviderId),
    /// Decides.
    Bureau(u32),
}

impl House {
    /// The house of a member of staff; others have none.
    pub(crate) fn of(caller: &Actor) -> Result<Self> {
        match *caller {
            Actor::Provider { user, provider, .. } => Ok(Self { kind: HouseKind::Provider(provider), user }),
            Actor::Bureau { user, province, .. } => Ok(Self { kind: HouseKind::Bureau(province), user }),
            Actor::Anonymous => Err(Error::SignedOut),
            Actor::Registrant { .. } | Actor::System => Err(Error::Forbidden),
        }
    }

    /// Its two keys, of which one is null: `(provider_id, province)`.
    pub(crate) fn keys(&self) -> (Option<Uuid>, Option<i32>) {
        match self.kind {
            HouseKind::Provider(provider) => (Some(provider.0), None),
            HouseKind::Bureau(province) => (None, i32::try_from(province).ok()),
        }
    }

    /// The status in which a filing is this house's to act on.
    pub(crate) fn own_status(&self) -> Status {
        match self.kind {
            HouseKind::Provider(_) => Status::ProviderReview,
            HouseKind::Bureau(_) => Status::BureauReview,
        }
    }

    /// The house's name.
    pub(crate) async fn name(&self, ctx: &Ctx) -> Result<String> {
        let (provider, province) = self.keys();
        let name = sqlx::query_scalar!(
            r#"select name as "name!" from providers where id = $1 union all select name from bureaux where province = $2"#,
            provider,
            province,
        )
        .fetch_optional(&ctx.pool)
        .await?;
        name.ok_or(Error::NotFound)
    }

    /// How the house works: whether its clock stands still for cases that wait for a department (rules 0.11), and whether
    /// two review. A provider does neither.
    async fn ways(&self, ctx: &Ctx, now: Moment) -> Result<Ways> {
        match self.kind {
            HouseKind::Provider(_) => Ok(Ways { pauses: false, two_reviewers: false }),
            HouseKind::Bureau(province) => {
                let policy = policies::policy(ctx, province, now).await?;
                Ok(Ways { pauses: policy.preapproval_pauses, two_reviewers: policy.second_reviewer })
            }
        }
    }

    /// Its filings: the tenancy of every list.
    fn push_own(&self, query: &mut QueryBuilder<Postgres>) {
        match self.kind {
            HouseKind::Provider(provider) => query.push("f.provider_id = ").push_bind(provider.0),
            HouseKind::Bureau(province) => query.push("f.province = ").push_bind(i32::try_from(province).unwrap_or(-1)),
        };
    }
}

impl House {
    /// Of these those in its queue. The status is written out: a queue's index has the rows of this status alone, and a
    /// statement that is planned for whatever status may come cannot go by it.
    fn push_queue<'q>(&self, query: &'q mut QueryBuilder<Postgres>) -> &'q mut QueryBuilder<Postgres> {
        query.push(match self.kind {
            HouseKind::Provider(_) => " and f.status = 'provider_review'",
            HouseKind::Bureau(_) => " and f.status = 'bureau_review'",
        })
    }
}

/// What of a house's policy its lists follow.
#[derive(Clone, Copy)]
struct Ways {
    pauses: bool,
    two_reviewers: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    status: String,
    title: String,
    nature: Option<i16>,
    domains: Vec<String>,
    entered_at: Moment,
    due_at: Option<Moment>,
    claimed_by: Option<Uuid>,
    province: Option<i32>,
    held: bool,
    first_approval_by: Option<Uuid>,
}

/// One page of a list, and whether there are more.
pub(crate) async fn list(ctx: &Ctx, house: &House, listing: Listing, page: u32) -> Result<(Vec<CaseRow>, bool)> {
    let now = ctx.clock.now();
    let ways = house.ways(ctx, now).await?;
    let mut query = QueryBuilder::new(
        "select f.id, f.status, f.title, f.nature, f.domains, f.entered_at, f.due_at, f.claimed_by,
                f.province, f.held_at is not null as held, f.first_approval_by from filings f where ",
    );
    house.push_own(&mut query);
    push_listing(&mut query, house, listing, now, ways);
    query.push(match listing {
        Listing::Returned | Listing::All => " order by f.touched_at desc, f.id",
        _ => " order by f.due_at, f.id",
    });
    let skipped = i64::from(page.clamp(1, 10_000) - 1) * i64::from(PAGE);
    query.push(" limit ").push_bind(i64::from(PAGE) + 1).push(" offset ").push_bind(skipped);
    let mut rows: Vec<Row> = query.build_query_as().fetch_all(&ctx.pool).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);

    let mut conn = ctx.pool.acquire().await?;
    let holders: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.claimed_by).collect();
    let names = accounts::rows::names(ctx, &mut conn, &Vec::from_iter(holders)).await?;
    // A provider's filings lie in many provinces, each with its policy.
    let mut pausing: BTreeMap<i32, bool> = BTreeMap::new();
    for province in rows.iter().filter(|row| row.held).filter_map(|row| row.province) {
        if let std::collections::btree_map::Entry::Vacant(place) = pausing.entry(province) {
            let policy = policies::policy_in(&mut conn, u32::try_from(province).unwrap_or_default(), now).await?;
            place.insert(policy.preapproval_pauses);
        }
    }
    let rows = rows.into_iter().map(|row| case_row(row, house, ways, &names, &pausing)).collect::<Result<_>>()?;
    Ok((rows, more))
}

fn case_row(
    row: Row,
    house: &House,
    ways: Ways,
    names: &BTreeMap<Uuid, String>,
    pausing: &BTreeMap<i32, bool>,
) -> Result<CaseRow> {
    let paused = row.held && row.province.is_some_and(|province| pausing.get(&province).copied().unwrap_or_default());
    let first = row.first_approval_by.filter(|_| ways.two_reviewers && row.status == Status::BureauReview.name());
    Ok(CaseRow {
        held: row.held,
        second_look: first.is_some(),
        proposed_by_me: first == Some(house.user.0),
        id: FilingId(row.id),
        status: Status::find(&row.status).ok_or(Error::Inconsistent { table: "filings", column: "status", id: row.id })?,
        title: row.title,
        nature: row.nature.map(i16::unsigned_abs),
        domains: row.domains,
        entered_at: row.entered_at,
        due_at: row.due_at.filter(|_| !paused),
        paused,
        mine: row.claimed_by == Some(house.user.0),
        claimed_by: row.claimed_by.and_then(|holder| names.get(&holder).cloned()),
    })
}

fn push_listing(query: &mut QueryBuilder<Postgres>, house: &House, listing: Listing, now: Moment, ways: Ways) {
    match listing {
        Listing::Waiting => house.push_queue(query),
        Listing::Mine => house.push_queue(query).push(" and f.claimed_by = ").push_bind(house.user.0),
        Listing::DueSoon => {
            house.push_queue(query).push(" and f.due_at >= ").push_bind(now).push(" and f.due_at < ").push_bind(now + SOON)
        }
        Listing::Missed => house.push_queue(query).push(" and f.due_at < ").push_bind(now),
        Listing::SecondLook => {
            house.push_queue(query).push(" and f.first_approval_by is not null and ").push_bind(ways.two_reviewers)
        }
        Listing::Held => house.push_queue(query).push(" and f.held_at is not null"),
        Listing::Confirming => {
            query.push(" and (f.status = 'sms_pending' or f.status = 'bureau_review' and f.sms_until is not null)")
        }
        Listing::Returned => query.push(match house.kind {
            HouseKind::Provider(_) => " and f.status in ('provider_returned', 'sms_failed', 'bureau_refused')",
            HouseKind::Bureau(_) => " and f.status in ('bureau_refused', 'sms_failed')",
        }),
        Listing::All => {
            let (provider, province) = house.keys();
            let category = if provider.is_some() { "provider" } else { "bureau" };
            query
                .push(" and filing_is_visible(f, ")
                .push_bind(category)
                .push(", null, ")
                .push_bind(provider)
                .push(", ")
                .push_bind(province)
                .push(")")
        }
    };
    if ways.pauses && matches!(listing, Listing::DueSoon | Listing::Missed) {
        query.push(" and f.held_at is null");
    }
}

#[derive(sqlx::FromRow)]
struct Counted {
    waiting: i64,
    mine: i64,
    due_soon: i64,
    missed: i64,
    second_look: i64,
    held: i64,
    oldest: Option<Moment>,
    confirming: i64,
    returned: i64,
}

/// The counts on top of a desk.
pub(crate) async fn counts(ctx: &Ctx, house: &House) -> Result<DeskCounts> {
    let now = ctx.clock.now();
    let (provider, province) = house.keys();
    let ways = house.ways(ctx, now).await?;
    let runs = if ways.pauses { " and f.held_at is null" } else { "" };
    // Its queue is walked once, by the queue's index; what lies elsewhere has indexes of its own.
    let mut query = QueryBuilder::new("select count(*) as waiting, count(*) filter (where f.claimed_by = ");
    query.push_bind(house.user.0).push(") as mine, count(*) filter (where f.due_at >= ").push_bind(now);
    query.push(" and f.due_at < ").push_bind(now + SOON).push(runs).push(") as due_soon, count(*) filter (where f.due_at < ");
    query.push_bind(now).push(runs).push(") as missed, count(f.first_approval_by) as second_look, count(f.held_at) as held");
    query.push(", min(f.entered_at) filter (where true").push(runs).push(") as oldest");
    for (listing, name) in [(Listing::Confirming, "confirming"), (Listing::Returned, "returned")] {
        query.push(", (select count(*) from filings f where ");
        house.push_own(&mut query);
        push_listing(&mut query, house, listing, now, ways);
        query.push(") as ").push(name);
    }
    query.push(" from filings f where ");
    house.push_own(&mut query);
    let row: Counted = house.push_queue(&mut query).build_query_as().fetch_one(&ctx.pool).await?;
    let done_today = sqlx::query_scalar!(
        r#"select count(*) as "count!" from journal j join filings f on f.id = j.filing_id
           where j.at >= $3 and j.from_status = $4 and j.to_status <> $4 and j.who = $5
             and j.verb in ('pass', 'return', 'approve', 'refuse', 'stop', 'resume')
             and (f.provider_id = $1 or f.province = $2)"#,
        provider,
        province,
        start_of_day(beijing_date(now)),
        house.own_status().name(),
        if provider.is_some() { "provider" } else { "bureau" },
    )
    .fetch_one(&ctx.pool)
    .await?;
    Ok(DeskCounts {
        waiting: row.waiting,
        mine: row.mine,
        due_soon: row.due_soon,
        missed: row.missed,
        confirming: row.confirming,
        returned: row.returned,
        second_look: ways.two_reviewers.then_some(row.second_look),
        held: matches!(house.kind, HouseKind::Bureau(_)).then_some(row.held),
        done_today,
        oldest_minutes: row.oldest.map_or(0, |oldest| (now - oldest).whole_minutes().max(0)),
    })
}

/// The case to go on with: the oldest deadline that nobody else works on, that waits for no department, and that one has not
/// approved already.
pub(crate) async fn next(conn: &mut PgConnection, house: &House, after: FilingId) -> Result<Option<FilingId>> {
    let mut query = QueryBuilder::new("select f.id from filings f where ");
    house.push_own(&mut query);
    house.push_queue(&mut query).push(" and f.id <> ").push_bind(after.0);
    query.push(" and f.held_at is null and (f.claimed_by is null or f.claimed_by = ").push_bind(house.user.0);
    query.push(") and f.first_approval_by is distinct from ").push_bind(house.user.0);
    query.push(" order by f.due_at, f.id limit 1");
    let next: Option<Uuid> = query.build_query_scalar().fetch_optional(conn).await?;
    Ok(next.map(FilingId))
}
