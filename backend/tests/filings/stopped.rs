//! Stopped filings: they never stood on the register, and what persons typed is erased in its time.

use crate::{
    expiry::{account, after, keep, rows_of},
    stage::*,
};
use backend::{Ctx, Error, filings, journal, reviews};
use domain::{actor::Actor, filing::Verb, id::FilingId, refusal::Refusal, time::beijing_date, views::desk::DecisionForm};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

/// A filing that its bureau stopped.
async fn stopped(ctx: &Ctx, owner: &Actor, n: u32) -> FilingId {
    policy(ctx, "sms_stage = 'none'").await;
    let id = to_the_bureau(ctx, owner, n).await;
    reviews::claim(ctx, &reviewer(1), id, seq(ctx, id).await, Uuid::new_v4()).await.unwrap();
    let form = DecisionForm { granted: "yes".into(), ..said(Verb::Stop, "不再受理") };
    reviews::stop(ctx, &reviewer(1), id, seq(ctx, id).await, Uuid::new_v4(), form).await.unwrap();
    assert_eq!(status(ctx, id).await, "stopped");
    id
}

/// What a filing has of its persons, table by table, and materials that can be seen.
async fn personal(ctx: &Ctx, id: FilingId) -> [i64; 4] {
    let sql = "select count(*) from materials where filing_id = $1 and removed_at is null";
    let seen = sqlx::query_scalar(sql).bind(id.0).fetch_one(&ctx.pool).await.unwrap();
    let rows = async |table| rows_of(ctx, table, id).await;
    [rows("draft_sections").await, rows("filing_snapshots").await, rows("confirmations").await, seen]
}

#[sqlx::test(migrations = "../migrations")]
async fn the_answers_of_a_stopped_filing_are_erased_in_their_time_and_what_was_decided_stays(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = stopped(&ctx, &owner, 1).await;
    // The second round of confirmations that nobody answers stops another.
    policy(&ctx, "").await;
    let unconfirmed = fill(&ctx, &owner, &company(2)).await;
    submit(&ctx, &owner, unconfirmed).await.unwrap();
    pass(&ctx, unconfirmed).await;
    after(&ctx, hours(25)).await;
    resubmit(&ctx, &owner, unconfirmed).await.unwrap();
    after(&ctx, hours(25)).await;
    assert_eq!(status(&ctx, unconfirmed).await, "stopped");
    assert!(personal(&ctx, unconfirmed).await.iter().all(|rows| *rows > 0), "there is something to erase");

    after(&ctx, days(89)).await;
    assert!(personal(&ctx, id).await[0] > 0, "91 days and two hours");
    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.kept_until, Some(beijing_date(ctx.clock.now() + Duration::hours(22))));
    let again = filings::begin_again(&ctx, &owner, id).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Status { .. }))), "{again:?}");
    after(&ctx, days(3)).await;
    for id in [id, unconfirmed] {
        assert_eq!(personal(&ctx, id).await, [0; 4]);
    }
    // The bureau and the registrant still read that it was stopped, and why.
    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!((view.kept_until, view.title.as_str(), view.domains.len()), (None, "", 0));
    for staff in [reviewer(1), clerk(1)] {
        let case = reviews::case(&ctx, &staff, id).await.unwrap();
        assert!(case.draft.sites.is_empty() && case.materials.is_empty() && case.draft.sponsor.name.is_empty());
        let said = case.progress.timeline.iter().find(|event| event.verb == Verb::Stop).and_then(|event| event.note.as_ref());
        assert_eq!(said.map(|note| note.words.as_str()), Some("不再受理"));
    }
    assert_eq!(status(&ctx, id).await, "stopped");
    // The photographs were handed in: out of sight at once, their bytes go as long after as those of any other (rules 1.4).
    let bytes = "select count(*) from materials where sealed <> ''";
    let left = async || -> i64 {
        backend::jobs::run_due(&ctx, &backend::upkeep::handlers()).await.unwrap();
        sqlx::query_scalar(bytes).fetch_one(&ctx.pool).await.unwrap()
    };
    assert!(left().await > 0);
    ctx.clock.wind(days(93));
    assert_eq!(left().await, 0);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_filing_stopped_before_there_was_a_rule_is_erased_when_its_time_is_over(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let old = stopped(&ctx, &owner, 1).await;
    ctx.clock.wind(days(80));
    let late = stopped(&ctx, &owner, 2).await;
    // As it was: no job. Then the migration's own.
    sqlx::query("delete from jobs where kind = 'stopped_erase'").execute(&ctx.pool).await.unwrap();
    let migration = include_str!("../../../migrations/0035_stopped_filings.sql");
    let jobs = &migration[migration.find("insert into jobs").unwrap()..];
    ctx.clock.wind(days(20));
    sqlx::query(sqlx::AssertSqlSafe(jobs.to_owned())).execute(&ctx.pool).await.unwrap();
    run_jobs(&ctx).await;
    assert_eq!(personal(&ctx, old).await, [0; 4], "100 days");
    assert!(personal(&ctx, late).await[0] > 0, "20 days");
    // A longer rule is asked by the job itself, a shorter one brings it forward.
    keep(&ctx, "stopped_answers", 120).await;
    after(&ctx, days(80)).await;
    assert!(personal(&ctx, late).await[0] > 0, "101 days");
    keep(&ctx, "stopped_answers", 60).await;
    run_jobs(&ctx).await;
    assert_eq!(personal(&ctx, late).await, [0; 4]);
    journal::check(&ctx.pool).await.unwrap();
}
