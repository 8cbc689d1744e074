//! Idle filings: reminders, expiry, and the way on from it, with the clock wound.

use crate::stage::*;
use backend::{Ctx, Error, filings, journal, notices, reviews};
use domain::{
    actor::Actor,
    filing::Verb,
    id::FilingId,
    refusal::Refusal,
    time::{beijing_date, iso_date},
    views::notices::NoticeView,
};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

/// A registrant with an account: somebody to write to.
pub async fn account(ctx: &Ctx) -> Actor {
    backend::seed::houses(ctx).await.unwrap();
    furnish(ctx).await;
    let user: Uuid = sqlx::query_scalar("select id from users where user_name = 'zhou-ming'").fetch_one(&ctx.pool).await.unwrap();
    Actor::Registrant { user: domain::id::UserId(user) }
}

/// The reminders in the inbox, the oldest first.
async fn reminders(ctx: &Ctx, owner: &Actor) -> Vec<NoticeView> {
    let mut all = notices::list(ctx, owner, 1).await.unwrap().notices;
    all.retain(|notice| notice.template.starts_with("filing_expiring"));
    all.reverse();
    all
}

/// Winds the clock and does what is due.
pub async fn after(ctx: &Ctx, span: std::time::Duration) {
    ctx.clock.wind(span);
    run_jobs(ctx).await;
}

async fn sent(ctx: &Ctx) -> Vec<(String, String)> {
    sqlx::query_as("select channel, template from outbox where template like 'filing_expir%' order by created_at, channel")
        .fetch_all(&ctx.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_filing_expires_after_its_idle_days_and_not_while_somebody_types(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    after(&ctx, days(44)).await;
    filings::add_site(&ctx, &owner, id).await.unwrap();
    after(&ctx, days(2)).await;
    assert_eq!(status(&ctx, id).await, "draft");
    after(&ctx, days(42)).await;
    assert_eq!(status(&ctx, id).await, "draft");
    after(&ctx, days(2)).await;
    assert_eq!(status(&ctx, id).await, "expired");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn who_leaves_a_draft_is_reminded_30_15_and_7_days_before_its_end_and_each_time_once(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = fill(&ctx, &owner, &company(1)).await;
    let end = ctx.clock.now() + Duration::days(45);
    let mut told = Vec::new();
    for day in 1..=44 {
        after(&ctx, days(1)).await;
        // However often one looks, and another node too.
        run_jobs(&ctx).await;
        for _ in told.len()..reminders(&ctx, &owner).await.len() {
            told.push(day);
        }
    }
    assert_eq!(told, [15, 30, 38]);
    let notices = reminders(&ctx, &owner).await;
    let left: Vec<&str> = notices.iter().map(|notice| notice.params["days"].as_str()).collect();
    assert_eq!(left, ["30", "15", "7"]);
    for notice in &notices {
        assert_eq!((notice.template.as_str(), notice.filing), ("filing_expiring_draft", Some(id)));
        assert_eq!(notice.params["domain"], "company1.cn");
        assert_eq!(notice.params["until"], iso_date(beijing_date(end)));
        assert!(notice.params["link"].ends_with(&id.to_string()));
    }
    // By mail and SMS, each once; and the page says the same day.
    let both = ["email", "sms"].map(|channel| (channel.to_owned(), "filing_expiring_draft".to_owned()));
    assert_eq!(sent(&ctx).await, [both.clone(), both.clone(), both].concat());
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(progress.expires_on, Some(beijing_date(end)));
    after(&ctx, days(1)).await;
    assert_eq!(status(&ctx, id).await, "expired");
    assert_eq!(reminders(&ctx, &owner).await.len(), 3);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_missed_while_nobody_looked_is_told_once_and_not_three_times(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = fill(&ctx, &owner, &company(1)).await;
    // Down from the first day to the fortieth.
    after(&ctx, days(40)).await;
    let told = reminders(&ctx, &owner).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].params["days"], "5", "as many as there are, not as there were to be");
    after(&ctx, days(4)).await;
    assert_eq!(reminders(&ctx, &owner).await.len(), 1);
    after(&ctx, days(1)).await;
    assert_eq!(status(&ctx, id).await, "expired");
    // Down over its end: it has expired, and a reminder would come too late.
    let late = fill(&ctx, &owner, &company(2)).await;
    after(&ctx, days(50)).await;
    assert_eq!(status(&ctx, late).await, "expired");
    assert_eq!(reminders(&ctx, &owner).await.len(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_acts_is_left_in_peace_and_the_time_begins_anew(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = fill(&ctx, &owner, &company(1)).await;
    after(&ctx, days(16)).await;
    assert_eq!(reminders(&ctx, &owner).await.len(), 1);
    filings::add_site(&ctx, &owner, id).await.unwrap();
    let end = ctx.clock.now() + Duration::days(45);
    // On the thirtieth day of the first count nothing is due; fifteen days after the change it is, once more.
    after(&ctx, days(14)).await;
    assert_eq!(reminders(&ctx, &owner).await.len(), 1);
    after(&ctx, days(1)).await;
    let told = reminders(&ctx, &owner).await;
    assert_eq!(told.len(), 2);
    assert_eq!((told[1].params["days"].as_str(), &told[1].params["until"]), ("30", &iso_date(beijing_date(end))));
    filings::remove_site(&ctx, &owner, id, 2).await.unwrap();
    submit(&ctx, &owner, id).await.unwrap();
    // It is the provider's now: however long that takes, it costs the registrant nothing.
    after(&ctx, days(120)).await;
    assert_eq!(status(&ctx, id).await, "provider_review");
    assert_eq!(reminders(&ctx, &owner).await.len(), 2);
    assert_eq!(filings::progress(&ctx, &owner, id).await.unwrap().expires_on, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_status_that_waits_for_the_registrant_says_what_is_asked(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let returned = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, returned).await.unwrap();
    let at = seq(&ctx, returned).await;
    reviews::return_filing(&ctx, &clerk(1), returned, at, Uuid::new_v4(), reason(Verb::Return, "name")).await.unwrap();
    let refused = to_the_bureau(&ctx, &owner, 2).await;
    refuse(&ctx, &reviewer(1), refused).await.unwrap();
    policy(&ctx, "").await;
    let unconfirmed = fill(&ctx, &owner, &company(3)).await;
    submit(&ctx, &owner, unconfirmed).await.unwrap();
    pass(&ctx, unconfirmed).await;
    after(&ctx, hours(25)).await;
    let blank = filings::create(&ctx, &owner).await.unwrap();
    let filings = [
        (returned, "provider_returned", "filing_expiring_returned"),
        (refused, "bureau_refused", "filing_expiring_returned"),
        (unconfirmed, "sms_failed", "filing_expiring_unconfirmed"),
        (blank, "draft", "filing_expiring_unnamed"),
    ];
    for (id, stands, _) in filings {
        assert_eq!(status(&ctx, id).await, stands);
    }
    after(&ctx, days(16)).await;
    let told = reminders(&ctx, &owner).await;
    for (id, _, template) in filings {
        let of: Vec<&str> = told.iter().filter(|n| n.filing == Some(id)).map(|n| n.template.as_str()).collect();
        assert_eq!(of, [template]);
    }
    after(&ctx, days(30)).await;
    for (id, _, _) in filings {
        assert_eq!(status(&ctx, id).await, "expired");
    }
    let holds: i64 = sqlx::query_scalar("select count(*) from holds").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(holds, 0, "sponsor and domain are free");
    let other = fill(&ctx, &registrant(7), &company(2)).await;
    submit(&ctx, &registrant(7), other).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

/// How many rows a table has of a filing.
pub async fn rows_of(ctx: &Ctx, table: &str, id: FilingId) -> i64 {
    let sql = format!("select count(*) from {table} where filing_id = $1");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_one(&ctx.pool).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_answers_of_an_expired_filing_begin_another_one_and_are_erased_in_their_time(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    let early = filings::begin_again(&ctx, &owner, id).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Status { .. }))), "{early:?}");
    let at = seq(&ctx, id).await;
    reviews::return_filing(&ctx, &clerk(1), id, at, Uuid::new_v4(), reason(Verb::Return, "name")).await.unwrap();
    after(&ctx, days(46)).await;
    assert_eq!(status(&ctx, id).await, "expired");

    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.kept_until, Some(beijing_date(ctx.clock.now() + Duration::days(92))));
    assert_eq!((view.expires_on, view.offers), (None, vec![]));
    let stranger = filings::begin_again(&ctx, &registrant(9), id).await;
    assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
    for staff in [clerk(1), reviewer(1)] {
        assert!(matches!(reviews::case(&ctx, &staff, id).await, Err(Error::NotFound)), "no desk sees it any more");
        assert!(matches!(filings::begin_again(&ctx, &staff, id).await, Err(Error::Forbidden)));
    }
    let again = filings::begin_again(&ctx, &owner, id).await.unwrap();
    let (old, new) = (filings::draft(&ctx, &owner, id).await.unwrap(), filings::draft(&ctx, &owner, again).await.unwrap());
    assert_eq!((&new.draft.sponsor, &new.draft.sites), (&old.draft.sponsor, &old.draft.sites));
    assert!(new.draft.materials.is_empty() && new.draft.consent.truthful.is_empty(), "declared anew");
    assert_eq!(status(&ctx, again).await, "draft");

    after(&ctx, days(91)).await;
    assert!(rows_of(&ctx, "draft_sections", id).await > 0);
    after(&ctx, days(2)).await;
    for table in ["draft_sections", "filing_snapshots", "confirmations"] {
        assert_eq!(rows_of(&ctx, table, id).await, 0, "{table}");
    }
    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!((view.kept_until, view.title.as_str(), view.domains.len()), (None, "", 0));
    let gone = filings::begin_again(&ctx, &owner, id).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    assert_eq!(status(&ctx, id).await, "expired");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_idle_filing_from_before_the_reminders_is_looked_at_too(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = account(&ctx).await;
    let id = fill(&ctx, &owner, &company(1)).await;
    // As it was: one look, at the end. Then the migration's own.
    sqlx::query("delete from jobs").execute(&ctx.pool).await.unwrap();
    let migration = include_str!("../../../migrations/0023_expiry_reminders.sql");
    let looks = &migration[migration.find("insert into jobs").unwrap()..];
    ctx.clock.wind(days(20));
    sqlx::query(sqlx::AssertSqlSafe(looks.to_owned())).execute(&ctx.pool).await.unwrap();
    run_jobs(&ctx).await;
    assert_eq!(reminders(&ctx, &owner).await.len(), 1);
    after(&ctx, days(10)).await;
    assert_eq!(reminders(&ctx, &owner).await.len(), 2);
    after(&ctx, days(15)).await;
    assert_eq!(status(&ctx, id).await, "expired");
}

/// Sets how long something is kept from tomorrow on, and waits for that day.
pub async fn keep(ctx: &Ctx, kind: &str, days: i32) {
    let tomorrow = domain::time::beijing_date(ctx.clock.now()).next_day().unwrap();
    backend::retention::set(ctx, kind, days, tomorrow, "a test").await.unwrap();
    ctx.clock.wind(self::days(1));
    backend::upkeep::sweep(ctx).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn answers_and_materials_are_kept_by_the_rule_of_the_day_they_go(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let left = async |sql: &str| -> i64 {
        backend::jobs::run_due(&ctx, &backend::upkeep::handlers()).await.unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&ctx.pool).await.unwrap()
    };
    let answers = "select count(*) from draft_sections";
    let bytes = "select count(*) from materials where sealed <> ''";
    let id = fill(&ctx, &registrant(1), &company(1)).await;
    submit(&ctx, &registrant(1), id).await.unwrap();
    reviews::return_filing(&ctx, &clerk(1), id, seq(&ctx, id).await, Uuid::new_v4(), reason(Verb::Return, "name")).await.unwrap();
    ctx.clock.wind(days(46));
    assert!(left(answers).await > 0);
    assert_eq!(status(&ctx, id).await, "expired");
    // 92 days were the rule when it expired; 100 are when they would go.
    ctx.clock.wind(days(50));
    keep(&ctx, "expired_answers", 100).await;
    ctx.clock.wind(days(45));
    assert!(left(answers).await > 0, "96 days");
    ctx.clock.wind(days(5));
    assert_eq!(left(answers).await, 0, "101 days");
    // The materials went out of sight with them, and are kept for 92 days more: then for longer.
    assert!(left(bytes).await > 0);
    keep(&ctx, "removed_materials", 120).await;
    ctx.clock.wind(days(100));
    assert!(left(bytes).await > 0, "101 days");
    // A shorter rule holds for what is waiting.
    keep(&ctx, "removed_materials", 95).await;
    assert_eq!(left(bytes).await, 0, "102 days, and 95 are the rule");
    journal::check(&ctx.pool).await.unwrap();
}
