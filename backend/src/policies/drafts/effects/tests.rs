use super::super::tests::{DAY, cast, decide, filings_status, from};
use super::super::{list, prepare};
use super::*;
use crate::accounts::rows;
use crate::reviews;
use crate::seed::journeys::{Step, walk_here};
use crate::{jobs, upkeep};
use domain::actor::Actor;
use domain::filing::{Status, Verb};
use domain::id::FilingId;
use domain::views::desk::DecisionForm;
use domain::views::filings::Reason;
use domain::views::office::PolicyForm;
use sqlx::PgPool;
use time::macros::date;
use uuid::Uuid;

async fn account(ctx: &Ctx, name: &str) -> Actor {
    rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap()
}

/// Submitted on Monday 2026-03-02, and sent back by its provider so many days later.
async fn returned_after(ctx: &Ctx, days: u32) -> FilingId {
    let id = walk_here(ctx, 0, 0, &[Step::FillIn, Step::Submit]).await.unwrap();
    ctx.clock.wind(DAY * days);
    let seq = crate::journal::load(&mut ctx.pool.acquire().await.unwrap(), id, false).await.unwrap().seq;
    let reason = Reason { section: "sponsor".into(), field: "name".into(), words: "请核对".into(), suggestion: String::new() };
    let code = domain::codes::opinions(Verb::Return).first().unwrap().to_string();
    let form = DecisionForm { code, reasons: vec![reason], ..DecisionForm::default() };
    reviews::return_filing(ctx, &account(ctx, "yunshang-clerk").await, id, seq, Uuid::new_v4(), form).await.unwrap();
    id
}

/// What the preview says of a policy.
async fn told(ctx: &Ctx, admin: &Actor, form: &PolicyForm) -> Vec<PolicyEffect> {
    prepare(ctx, admin, form).await.unwrap();
    list(ctx, admin).await.unwrap().draft.unwrap().effects
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_verifications_that_would_have_been_late_and_filings_that_come_back_are_counted(pool: PgPool) {
    let (ctx, beijing, zhejiang) = cast(pool).await;
    // Three working days: 72 hours.
    returned_after(&ctx, 3).await;
    let hours = |hours| from(date!(2026 - 03 - 20), move |policy| policy.provider_hours = hours);
    for (limit, slower) in [(48, 1), (96, 0)] {
        let effects = told(&ctx, &beijing, &hours(limit)).await;
        assert!(effects.contains(&PolicyEffect::SlowerProviders { slower, of: 1 }), "{limit}: {effects:?}");
        assert!(effects.contains(&PolicyEffect::Meets { filings: 1 }), "{effects:?}");
        assert_eq!(effects[0], PolicyEffect::Keeps { provider: 0, confirming: 0, bureau: 0 });
    }
    // Another province's filings are its own.
    let effects = told(&ctx, &zhejiang, &hours(48)).await;
    assert!(effects.contains(&PolicyEffect::SlowerProviders { slower: 0, of: 0 }), "{effects:?}");
    assert!(effects.contains(&PolicyEffect::Meets { filings: 0 }), "{effects:?}");
    // After 90 days it is none of late.
    ctx.clock.wind(DAY * 91);
    let effects = told(&ctx, &beijing, &from(date!(2026 - 06 - 20), |policy| policy.provider_hours = 48)).await;
    assert!(effects.contains(&PolicyEffect::SlowerProviders { slower: 0, of: 0 }), "{effects:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_what_the_preview_says_expires_on_the_first_day_does_and_nothing_else(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    // Idle since 2026-03-05; another one since 03-20.
    let old = returned_after(&ctx, 3).await;
    ctx.clock.wind(DAY * 15);
    let young = walk_here(&ctx, 1, 0, &[Step::FillIn, Step::Submit, Step::Return]).await.unwrap();
    ctx.clock.wind(DAY * 2);
    jobs::run_due(&ctx, &upkeep::handlers()).await.unwrap();
    // 2026-03-22.
    let idle = |days| from(date!(2026 - 03 - 25), move |policy| policy.idle_days = days);
    for (days, expired) in [(30, 0), (21, 0), (19, 1), (10, 1)] {
        let effects = told(&ctx, &beijing, &idle(days)).await;
        assert!(effects.contains(&PolicyEffect::Expires { filings: expired }), "{days}: {effects:?}");
    }
    decide(&ctx, &beijing, &idle(10)).await.unwrap();
    ctx.clock.wind(DAY * 2);
    jobs::run_due(&ctx, &upkeep::handlers()).await.unwrap();
    assert_eq!(filings_status(&ctx, old).await, Status::ProviderReturned, "the day before");
    ctx.clock.wind(DAY);
    jobs::run_due(&ctx, &upkeep::handlers()).await.unwrap();
    assert_eq!(filings_status(&ctx, old).await, Status::Expired);
    assert_eq!(filings_status(&ctx, young).await, Status::ProviderReturned);
    crate::journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_bureau_in_which_nobody_could_give_the_second_approval_is_warned(pool: PgPool) {
    let (ctx, beijing, _) = cast(pool).await;
    let two = from(date!(2026 - 03 - 20), |policy| policy.second_reviewer = true);
    let warned = async |form: &PolicyForm| {
        let effects = told(&ctx, &beijing, form).await;
        effects.into_iter().find(|effect| matches!(effect, PolicyEffect::TooFewReviewers { .. }))
    };
    // Two reviewers and the administrator, who may review, too.
    assert_eq!(warned(&two).await, None);
    let suspend = async |name: &str| {
        sqlx::query("update users set status = 'suspended' where user_name = $1").bind(name).execute(&ctx.pool).await.unwrap();
    };
    suspend("beijing-reviewer-1").await;
    assert_eq!(warned(&two).await, None);
    suspend("beijing-reviewer-2").await;
    assert_eq!(warned(&two).await, Some(PolicyEffect::TooFewReviewers { reviewers: 1 }));
    // Where one approves there is nothing to warn of.
    assert_eq!(warned(&from(date!(2026 - 03 - 20), |policy| policy.provider_hours = 12)).await, None);
}
