use super::*;
use crate::accounts::rows;
use crate::journal;
use crate::policies;
use crate::seed::{
    self,
    journeys::{Step, walk_here},
};
use crate::testing::*;
use domain::filing::Status;
use domain::policy::SmsStage;
use domain::problem::Rule;
use domain::views::office::PolicyEffect;
use sqlx::PgPool;
use std::time::Duration as Span;
use time::macros::date;

pub(super) const DAY: Span = Span::from_secs(86_400);

/// Today is 2026-03-02.
pub(super) async fn cast(pool: PgPool) -> (Ctx, Actor, Actor) {
    let ctx = Ctx::for_tests(pool);
    seed::houses(&ctx).await.unwrap();
    let actor = async |name: &str| rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap();
    let (beijing, zhejiang) = (actor("beijing-admin").await, actor("zhejiang-admin").await);
    (ctx, beijing, zhejiang)
}

async fn on(ctx: &Ctx, province: u32, day: Date) -> Policy {
    policies::policy(ctx, province, start_of_day(day)).await.unwrap()
}

pub(super) fn from(day: Date, change: impl FnOnce(&mut Policy)) -> PolicyForm {
    let mut policy = Policy::national();
    change(&mut policy);
    PolicyForm::of(&policy, day)
}

/// Prepares, looks and enacts.
pub(super) async fn decide(ctx: &Ctx, admin: &Actor, form: &PolicyForm) -> Result<()> {
    prepare(ctx, admin, form).await?;
    let draft = list(ctx, admin).await?.draft.expect("a draft");
    enact(ctx, admin, draft.id).await
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_policy_holds_from_its_first_day_in_its_province_and_the_past_stays(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let before = on(&ctx, 110_000, date!(2026 - 03 - 09)).await;
    decide(&ctx, &beijing, &from(date!(2026 - 03 - 10), |policy| policy.bureau_working_days = 10)).await.unwrap();
    assert_eq!(on(&ctx, 110_000, date!(2026 - 03 - 09)).await, before);
    assert_eq!(on(&ctx, 110_000, date!(2026 - 03 - 10)).await.bureau_working_days, 10);
    assert_eq!(on(&ctx, 310_000, date!(2026 - 03 - 10)).await.bureau_working_days, 20);
    // A later one ends it, and the one in between keeps its days.
    decide(&ctx, &beijing, &from(date!(2026 - 05 - 01), |policy| policy.bureau_working_days = 5)).await.unwrap();
    decide(&ctx, &beijing, &from(date!(2026 - 04 - 01), |policy| policy.bureau_working_days = 7)).await.unwrap();
    for (day, days) in [
        (date!(2026 - 03 - 31), 10),
        (date!(2026 - 04 - 01), 7),
        (date!(2026 - 04 - 30), 7),
        (date!(2026 - 05 - 01), 5),
        (date!(2029 - 01 - 01), 5),
    ] {
        assert_eq!(on(&ctx, 110_000, day).await.bureau_working_days, days, "{day}");
    }
    assert!(list(&ctx, &beijing).await.unwrap().draft.is_none());
    assert_eq!(audited(&ctx, "enact_policy").await, ["done"; 3]);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_policy_of_the_same_first_day_takes_the_place_of_the_other(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let day = date!(2026 - 03 - 10);
    decide(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 48)).await.unwrap();
    decide(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 12)).await.unwrap();
    assert_eq!(on(&ctx, 110_000, day).await.provider_hours, 12);
    let own = list(&ctx, &beijing).await.unwrap().rows.into_iter().filter(|row| !row.national).count();
    assert_eq!(own, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_what_is_prepared_holds_nothing_and_tells_what_it_would_change(pool: PgPool) {
    let (ctx, beijing, elsewhere) = cast(pool).await;
    walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit]).await.unwrap();
    let day = date!(2026 - 03 - 10);
    let form = from(day, |policy| {
        policy.provider_hours = 1;
        policy.idle_days = 7;
    });
    prepare(&ctx, &beijing, &form).await.unwrap();
    assert_eq!(on(&ctx, 110_000, day).await.provider_hours, 24);
    let draft = list(&ctx, &beijing).await.unwrap().draft.unwrap();
    assert_eq!((draft.before.provider_hours, draft.policy.provider_hours, draft.outdated), (24, 1, false));
    assert_eq!(draft.effects[0], PolicyEffect::Keeps { provider: 1, confirming: 0, bureau: 0 });
    assert!(draft.effects.contains(&PolicyEffect::SlowerProviders { slower: 0, of: 0 }), "{:?}", draft.effects);
    assert!(draft.effects.contains(&PolicyEffect::Expires { filings: 0 }));
    // Another bureau neither sees it nor decides on it.
    assert!(list(&ctx, &elsewhere).await.unwrap().draft.is_none());
    assert!(matches!(enact(&ctx, &elsewhere, draft.id).await, Err(Error::NotFound)));
    assert!(matches!(drop_draft(&ctx, &elsewhere, draft.id).await, Err(Error::NotFound)));
    drop_draft(&ctx, &beijing, draft.id).await.unwrap();
    assert!(matches!(enact(&ctx, &beijing, draft.id).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_the_rehearsal_counts_the_reviews_that_would_have_been_late(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let id = walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit, Step::Pass, Step::Confirm]).await.unwrap();
    let policy_day = |days| from(date!(2026 - 03 - 20), move |policy| policy.bureau_working_days = days);
    let entered = filings_status(&ctx, id).await;
    assert_eq!(entered, Status::BureauReview);
    // Three working days pass before the verdict.
    ctx.clock.wind(DAY * 3);
    approve(&ctx, id).await;
    for (days, slower) in [(2, 1), (5, 0)] {
        prepare(&ctx, &beijing, &policy_day(days)).await.unwrap();
        let draft = list(&ctx, &beijing).await.unwrap().draft.unwrap();
        assert!(draft.effects.contains(&PolicyEffect::SlowerReviews { slower, of: 1 }), "{days}: {:?}", draft.effects);
    }
}

pub(super) async fn filings_status(ctx: &Ctx, id: domain::id::FilingId) -> Status {
    journal::load(&mut ctx.pool.acquire().await.unwrap(), id, false).await.unwrap().status
}

async fn approve(ctx: &Ctx, id: domain::id::FilingId) {
    let reviewer = rows::find_by_name(&ctx.pool, "beijing-reviewer-1").await.unwrap().unwrap().actor().unwrap();
    let seq = journal::load(&mut ctx.pool.acquire().await.unwrap(), id, false).await.unwrap().seq;
    let code = domain::codes::opinions(domain::filing::Verb::Approve).first().unwrap().to_string();
    let form = domain::views::desk::DecisionForm { code, words: "信息一致".into(), ..Default::default() };
    crate::reviews::approve(ctx, &reviewer, id, seq, Uuid::new_v4(), form).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_what_was_looked_at_is_what_is_enacted_or_nothing(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let day = date!(2026 - 03 - 10);
    prepare(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 48)).await.unwrap();
    let seen = list(&ctx, &beijing).await.unwrap().draft.unwrap();
    // A second tab prepares another: what the first one saw is gone.
    prepare(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 12)).await.unwrap();
    assert!(matches!(enact(&ctx, &beijing, seen.id).await, Err(Error::NotFound)));
    let seen = list(&ctx, &beijing).await.unwrap().draft.unwrap();
    // What it replaces changed.
    sqlx::query(
        "insert into policies (province, valid, sms_stage, sms_window_hours) values (110000, '[2026-03-05,)', 'none', 24)",
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    assert!(list(&ctx, &beijing).await.unwrap().draft.unwrap().outdated);
    assert!(matches!(enact(&ctx, &beijing, seen.id).await, Err(Error::Stale)));
    assert!(list(&ctx, &beijing).await.unwrap().draft.is_some(), "what was refused is still there");
    // Its first day has come.
    prepare(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 12)).await.unwrap();
    let seen = list(&ctx, &beijing).await.unwrap().draft.unwrap();
    ctx.clock.wind(DAY * 8);
    assert!(matches!(enact(&ctx, &beijing, seen.id).await, Err(Error::Stale)));
    assert_eq!(on(&ctx, 110_000, day).await.sms_stage, SmsStage::None);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_of_two_who_enact_at_once_one_does(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    prepare(&ctx, &beijing, &from(date!(2026 - 03 - 10), |policy| policy.provider_hours = 48)).await.unwrap();
    let draft = list(&ctx, &beijing).await.unwrap().draft.unwrap();
    let (a, b) = tokio::join!(enact(&ctx, &beijing, draft.id), enact(&ctx, &beijing, draft.id));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_policy_to_come_is_withdrawn_and_what_was_before_goes_on(pool: PgPool) {
    let (ctx, beijing, zhejiang) = cast(pool).await;
    let day = date!(2026 - 03 - 10);
    let before = on(&ctx, 330_000, day).await;
    decide(&ctx, &zhejiang, &from(day, |policy| policy.provider_hours = 48)).await.unwrap();
    let version = on(&ctx, 330_000, day).await.version;
    assert!(matches!(withdraw(&ctx, &beijing, version).await, Err(Error::NotFound)));
    assert!(matches!(withdraw(&ctx, &zhejiang, before.version).await, Err(Error::NotFound)), "it holds today");
    withdraw(&ctx, &zhejiang, version).await.unwrap();
    assert_eq!(on(&ctx, 330_000, day).await, before);
    assert_eq!(on(&ctx, 330_000, date!(2030 - 01 - 01)).await, before);
    // Where there was none of the province's own, that of all provinces goes on.
    decide(&ctx, &beijing, &from(day, |policy| policy.provider_hours = 48)).await.unwrap();
    let version = on(&ctx, 110_000, day).await.version;
    withdraw(&ctx, &beijing, version).await.unwrap();
    assert_eq!(on(&ctx, 110_000, day).await.provider_hours, 24);
    assert_eq!(audited(&ctx, "withdraw_policy").await, ["done", "done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_stage_ends_by_the_rules_it_was_entered_under(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    decide(&ctx, &beijing, &from(date!(2026 - 03 - 03), |policy| policy.sms_window_hours = 48)).await.unwrap();
    let old = walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit, Step::Pass]).await.unwrap();
    let open = async |id: domain::id::FilingId| {
        let hours = "select extract(epoch from sms_until - entered_at)::bigint / 3600 from filings where id = $1";
        sqlx::query_scalar::<_, i64>(hours).bind(id.0).fetch_one(&ctx.pool).await.unwrap()
    };
    assert_eq!(open(old).await, 24);
    ctx.clock.wind(DAY);
    assert_eq!(open(old).await, 24);
    let new = walk_here(&ctx, 1, 0, &[Step::FillIn, Step::Submit, Step::Pass]).await.unwrap();
    assert_eq!(open(new).await, 48);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_only_administrators_of_bureaux_edit_policies(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let form = from(date!(2026 - 03 - 10), |_| {});
    for name in ["beijing-reviewer-1", "yunshang-admin", "zhou-ming"] {
        let caller = rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap();
        assert!(matches!(list(&ctx, &caller).await, Err(Error::Forbidden)), "{name}");
        assert!(matches!(prepare(&ctx, &caller, &form).await, Err(Error::Forbidden)), "{name}");
        assert!(matches!(enact(&ctx, &caller, Uuid::nil()).await, Err(Error::Forbidden)), "{name}");
        assert!(matches!(withdraw(&ctx, &caller, 1).await, Err(Error::Forbidden)), "{name}");
    }
    let today = prepare(&ctx, &beijing, &from(date!(2026 - 03 - 02), |_| {})).await;
    assert_eq!(problems(today), [("valid_from".to_owned(), Rule::DateEarliest)]);
}

/// Rules 0.1: the pilot's two lists of 2018, and everywhere since 2020-08-17; 0.2: the prefixes of the second list.
#[sqlx::test(migrations = "../migrations")]
async fn b6_both_historical_lists_hold_on_their_days_in_their_provinces(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let first = [120_000, 620_000, 630_000, 540_000, 640_000, 650_000, 460_000];
    let second = [330_000, 350_000, 450_000, 500_000, 510_000, 610_000, 530_000];
    let provinces: Vec<i32> =
        sqlx::query_scalar("select province from bureaux order by province").fetch_all(&ctx.pool).await.unwrap();
    assert_eq!(provinces.len(), 31);
    for province in provinces.into_iter().map(i32::unsigned_abs) {
        let stage = async |day| on(&ctx, province, day).await.sms_stage;
        let piloted = first.contains(&province) || second.contains(&province);
        let from = if first.contains(&province) { date!(2018 - 01 - 01) } else { date!(2018 - 09 - 10) };
        assert_eq!(stage(date!(2017 - 12 - 31)).await, SmsStage::None, "{province}");
        if piloted {
            assert_eq!(stage(from).await, SmsStage::During, "{province}");
            assert_eq!(stage(from.previous_day().unwrap()).await, SmsStage::None, "{province}");
            assert_eq!(on(&ctx, province, from).await.sms_window_hours, 48);
        }
        let last = if piloted { SmsStage::During } else { SmsStage::None };
        assert_eq!(stage(date!(2020 - 08 - 16)).await, last, "{province}");
        assert_eq!(stage(date!(2020 - 08 - 17)).await, SmsStage::Before, "{province}");
        assert_eq!(on(&ctx, province, date!(2020 - 08 - 17)).await.sms_window_hours, 24);
    }
    let denied = async |day: Date| {
        let rows: Vec<String> = sqlx::query_scalar("select prefix from denied_prefixes where valid @> $1 order by prefix")
            .bind(day)
            .fetch_all(&ctx.pool)
            .await
            .unwrap();
        rows
    };
    assert_eq!(denied(date!(2018 - 09 - 10)).await, ["147", "166", "198", "199"]);
    assert!(denied(date!(2018 - 09 - 09)).await.is_empty());
    assert!(denied(date!(2020 - 08 - 17)).await.is_empty());
}
