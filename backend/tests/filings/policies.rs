use crate::stage::*;
use backend::{filings, journal, policies, reviews};
use domain::{
    filing::Verb,
    policy::SmsStage,
    views::desk::{DecisionForm, Listing},
};
use sqlx::PgPool;
use time::macros::datetime;
use uuid::Uuid;

#[sqlx::test(migrations = "../migrations")]
async fn provinces_and_years_have_the_policies_of_their_time(pool: PgPool) {
    let ctx = set(pool).await;
    for (province, at, stage, hours) in [
        (110_000, datetime!(2017-05-01 10:00 +8), SmsStage::None, 48),
        (120_000, datetime!(2017-12-31 23:59 +8), SmsStage::None, 48),
        (120_000, datetime!(2018-01-01 00:00 +8), SmsStage::During, 48),
        (330_000, datetime!(2018-09-09 23:59 +8), SmsStage::None, 48),
        (330_000, datetime!(2018-09-10 00:00 +8), SmsStage::During, 48),
        (110_000, datetime!(2019-01-01 00:00 +8), SmsStage::None, 48),
        (120_000, datetime!(2020-08-16 23:59 +8), SmsStage::During, 48),
        (120_000, datetime!(2020-08-17 00:00 +8), SmsStage::Before, 24),
        (110_000, datetime!(2026-03-02 00:00 +8), SmsStage::Before, 24),
    ] {
        let policy = policies::policy(&ctx, province, at).await.unwrap();
        assert_eq!((policy.sms_stage, policy.sms_window_hours), (stage, hours), "{province} {at}");
    }
    let overlap = sqlx::query(
        "insert into policies (province, valid, sms_stage, sms_window_hours) values (0, '[2026-01-01,)', 'none', 24)",
    )
    .execute(&ctx.pool)
    .await;
    assert!(overlap.is_err(), "two policies at once");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_variant_leads_from_draft_over_a_refusal_to_a_number(pool: PgPool) {
    let ctx = set(pool).await;
    let mut n = 0;
    for stage in ["none", "before", "during"] {
        for route in ["bureau", "provider"] {
            for second in [false, true] {
                n += 1;
                policy(&ctx, &format!("sms_stage = '{stage}', after_refusal = '{route}', second_reviewer = {second}")).await;
                let owner = registrant(u128::from(n));
                let told = format!("{stage} {route} {second}");
                let id = fill(&ctx, &owner, &company(n)).await;
                submit(&ctx, &owner, id).await.unwrap();
                pass(&ctx, id).await;
                let waits = if stage == "before" { "sms_pending" } else { "bureau_review" };
                assert_eq!(status(&ctx, id).await, waits, "{told}");
                if stage != "none" {
                    confirm_newest(&ctx, &mobile(n)).await;
                }
                refuse(&ctx, &reviewer(1), id).await.unwrap();
                resubmit(&ctx, &owner, id).await.unwrap();
                let next = if route == "provider" { "provider_review" } else { "bureau_review" };
                assert_eq!(status(&ctx, id).await, next, "{told}");
                if route == "provider" {
                    pass(&ctx, id).await;
                }
                approve(&ctx, &reviewer(1), id).await.unwrap();
                if second {
                    assert_eq!(status(&ctx, id).await, "bureau_review", "{told}");
                    approve(&ctx, &reviewer(2), id).await.unwrap();
                }
                assert_eq!(status(&ctx, id).await, "approved", "{told}");
            }
        }
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn after_a_refusal_the_provider_may_correct_and_send_it_on(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none', after_refusal = 'provider'").await;
    let id = to_the_bureau(&ctx, &registrant(1), 1).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    resubmit(&ctx, &clerk(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_pre_approval_stops_the_clock_where_policy_says_so(pool: PgPool) {
    let ctx = set(pool).await;
    for (n, pauses) in [(1, true), (2, false)] {
        policy(&ctx, &format!("sms_stage = 'none', preapproval_pauses = {pauses}")).await;
        let owner = registrant(u128::from(n));
        let id = to_the_bureau(&ctx, &owner, n).await;
        let due = filings::progress(&ctx, &owner, id).await.unwrap().due_at.unwrap();
        let department = DecisionForm { department: "新闻出版局".into(), ..DecisionForm::default() };
        let at = seq(&ctx, id).await;
        reviews::hold(&ctx, &reviewer(1), id, at, Uuid::new_v4(), department).await.unwrap();
        assert!(filings::progress(&ctx, &owner, id).await.unwrap().held_at.is_some());
        ctx.clock.wind(days(14));
        let answer = DecisionForm {
            department: "新闻出版局".into(),
            approval_number: "新出审字1号".into(),
            approval_date: "2026-03-10".into(),
            granted: "yes".into(),
            ..DecisionForm::default()
        };
        let at = seq(&ctx, id).await;
        reviews::resume(&ctx, &reviewer(1), id, at, Uuid::new_v4(), answer).await.unwrap();
        let progress = filings::progress(&ctx, &owner, id).await.unwrap();
        assert!(progress.held_at.is_none());
        assert_eq!(progress.due_at.unwrap() > due, pauses, "{due} {:?}", progress.due_at);
        assert_eq!(progress.timeline[0].verb, Verb::Resume);
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_later_change_of_policy_does_not_move_a_stage_that_was_entered(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    pass(&ctx, id).await;
    let until = filings::progress(&ctx, &owner, id).await.unwrap().confirm_until.unwrap();
    sqlx::query("update policies set sms_window_hours = 1, sms_stage = 'none'").execute(&ctx.pool).await.unwrap();
    ctx.clock.wind(hours(2));
    run_jobs(&ctx).await;
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(progress.confirm_until, Some(until));
    confirm_newest(&ctx, &mobile(1)).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_case_that_waits_for_a_department_is_late_only_where_the_clock_goes_on(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let id = to_the_bureau(&ctx, &owner, 1).await;
    let department = DecisionForm { department: "新闻出版局".into(), ..DecisionForm::default() };
    reviews::hold(&ctx, &reviewer(1), id, seq(&ctx, id).await, Uuid::new_v4(), department).await.unwrap();
    let due: time::OffsetDateTime = sqlx::query_scalar("select due_at from filings").fetch_one(&ctx.pool).await.unwrap();
    ctx.clock.wind((due - ctx.clock.now()).unsigned_abs() - hours(2));
    // Rows that the list names, what its count says, whether the row is paused, and its deadline.
    let seen = async |listing| {
        let desk = reviews::desk(&ctx, &reviewer(1), listing, 1).await.unwrap();
        let count = if listing == Listing::Missed { desk.counts.missed } else { desk.counts.due_soon };
        (desk.rows.len(), count)
    };
    let shown = async |who| {
        let row = reviews::desk(&ctx, &who, Listing::All, 1).await.unwrap().rows.remove(0);
        (row.paused, row.due_at)
    };
    for (pauses, late) in [(true, 0), (false, 1)] {
        policy(&ctx, &format!("sms_stage = 'none', preapproval_pauses = {pauses}")).await;
        assert_eq!(seen(Listing::DueSoon).await, (late as usize, late), "{pauses}");
        let expected = (pauses, (!pauses).then_some(due));
        assert_eq!(shown(reviewer(1)).await, expected);
        assert_eq!(shown(clerk(1)).await, expected);
        let progress = filings::progress(&ctx, &owner, id).await.unwrap();
        assert_eq!((progress.paused, progress.due_at), expected);
        assert!(progress.held_at.is_some());
    }
    ctx.clock.wind(hours(3));
    for (pauses, late) in [(true, 0), (false, 1)] {
        policy(&ctx, &format!("sms_stage = 'none', preapproval_pauses = {pauses}")).await;
        assert_eq!(seen(Listing::Missed).await, (late as usize, late), "{pauses}");
    }
}
