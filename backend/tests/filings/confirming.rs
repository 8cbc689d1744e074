use crate::stage::*;
use backend::{Ctx, Error, captcha, confirmations, filings, journal, materials};
use domain::{
    filing::Verb,
    id::FilingId,
    problem::Rule,
    refusal::Refusal,
    views::{
        accounts::ChallengeFor,
        confirmations::{ConfirmForm, ResendForm},
    },
};
use sqlx::PgPool;

/// A filing of the n-th company that waits for its persons; the second is another one's.
async fn waiting(ctx: &Ctx, n: u32, two: bool) -> FilingId {
    let owner = registrant(u128::from(n));
    let mut draft = company(n);
    if two {
        of_another_person(&mut draft.sites[0].form, n + 1);
    }
    let id = fill(ctx, &owner, &draft).await;
    submit(ctx, &owner, id).await.unwrap();
    pass(ctx, id).await;
    run_jobs(ctx).await;
    id
}

/// The last six of the second person's certificate.
fn other_digits() -> String {
    citizen("11010519500101", 3)[12..].to_owned()
}

fn only(found: &[(String, String, Rule)]) -> (&str, Rule) {
    assert_eq!(found.len(), 1, "{found:?}");
    (found[0].1.as_str(), found[0].2)
}

fn given<T: std::fmt::Debug>(result: backend::Result<T>) -> (Rule, String) {
    match result {
        Err(Error::Invalid(problems)) => (problems[0].rule, problems[0].given.clone()),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_last_of_the_persons_moves_the_filing_on(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let id = waiting(&ctx, 1, true).await;
    assert_eq!(status(&ctx, id).await, "sms_pending");
    let (first, second) = (mobile(1), mobile(2));
    let code = codes(&ctx, &first).await.remove(0);
    let done = confirm(&ctx, &first, &code, &DIGITS.to_lowercase()).await.unwrap();
    assert!(!done.moved_on);
    assert_eq!(done.still_due.len(), 1);
    assert_eq!((done.still_due[0].name.as_str(), done.still_due[0].mobile.as_str()), ("李*", "139****0002"));
    // A code is used once.
    let again = problems(confirm(&ctx, &first, &code, DIGITS).await);
    assert_eq!(only(&again), ("code", Rule::ConfirmationUnknown));
    let code = codes(&ctx, &second).await.remove(0);
    let done = confirm(&ctx, &second, &code, &other_digits()).await.unwrap();
    assert!(done.moved_on && done.still_due.is_empty());
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn one_mobile_gets_one_message(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let id = waiting(&ctx, 1, false).await;
    assert_eq!(codes(&ctx, &mobile(1)).await.len(), 1);
    run_jobs(&ctx).await;
    assert_eq!(codes(&ctx, &mobile(1)).await.len(), 1);
    let people = filings::progress(&ctx, &registrant(1), id).await.unwrap().persons;
    assert_eq!(people.len(), 1);
    let kept: Vec<u8> = sqlx::query_scalar("select code_index from confirmations").fetch_one(&ctx.pool).await.unwrap();
    let code = codes(&ctx, &mobile(1)).await.remove(0);
    assert!(!kept.windows(6).any(|w| w == code.as_bytes()), "the code is kept as a hash");
}

#[sqlx::test(migrations = "../migrations")]
async fn wrong_digits_count_only_with_the_right_code_and_the_fifth_returns_the_filing(pool: PgPool) {
    for (limit, changes) in [(5_u32, ""), (6, "sms_wrong_digits = 6")] {
        let ctx = set(pool.clone()).await;
        policy(&ctx, changes).await;
        let n = limit * 10;
        let id = waiting(&ctx, n, false).await;
        let mobile = mobile(n);
        let code = codes(&ctx, &mobile).await.remove(0);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        // Neither a wrong code nor another mobile tells anything or counts.
        for _ in 0..3 {
            let told = given(confirm(&ctx, &mobile, wrong, "123456").await);
            assert_eq!(told, (Rule::ConfirmationUnknown, String::new()));
            let told = given(confirm(&ctx, "13912345678", &code, "123456").await);
            assert_eq!(told, (Rule::ConfirmationUnknown, String::new()));
        }
        for left in (2..limit).rev() {
            let told = given(confirm(&ctx, &mobile, &code, "123456").await);
            assert_eq!(told, (Rule::CertificateDigitsWrong, left.to_string()));
        }
        // A new code does not give new tries.
        resend(&ctx, &mobile, DIGITS).await.unwrap();
        let old = given(confirm(&ctx, &mobile, &code, DIGITS).await);
        assert_eq!(old.0, Rule::ConfirmationUnknown, "the older code is void");
        let code = codes(&ctx, &mobile).await.remove(0);
        assert_eq!(given(confirm(&ctx, &mobile, &code, "123456").await), (Rule::CertificateDigitsWrong, "1".into()));
        assert_eq!(status(&ctx, id).await, "sms_pending");
        assert_eq!(given(confirm(&ctx, &mobile, &code, "123456").await), (Rule::ConfirmationEnded, String::new()));
        assert_eq!(status(&ctx, id).await, "sms_failed");
        let late = given(confirm(&ctx, &mobile, &code, DIGITS).await);
        assert_eq!(late.0, Rule::ConfirmationUnknown);
        journal::check(&ctx.pool).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_does_not_pass_the_captcha_uses_up_no_tries_of_anothers_mobile(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    waiting(&ctx, 1, false).await;
    run_jobs(&ctx).await;
    for _ in 0..25 {
        let junk = try_confirm_form(&ctx, &mobile(1), "000000").await.unwrap();
        let refused = confirmations::confirm(&ctx, ConfirmForm { captcha_answer: "wrong".into(), ..junk }).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    for _ in 0..10 {
        let challenge = captcha::make_with(&ctx, &Known, ChallengeFor::Confirmation, false).await.unwrap();
        let junk = ResendForm {
            mobile: mobile(1),
            last_six: DIGITS.into(),
            captcha_token: challenge.id.to_string(),
            captcha_answer: "wrong".into(),
        };
        let refused = confirmations::resend(&ctx, junk).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    resend(&ctx, &mobile(1), DIGITS).await.unwrap();
    let code = codes(&ctx, &mobile(1)).await.remove(0);
    confirm(&ctx, &mobile(1), &code, DIGITS).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn asking_for_a_new_code_is_answered_the_same_whatever_is_true(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_manual_resends = 2").await;
    let id = waiting(&ctx, 1, false).await;
    let mobile = mobile(1);
    resend(&ctx, "13900009999", DIGITS).await.unwrap();
    resend(&ctx, &mobile, "999999").await.unwrap();
    assert_eq!(codes(&ctx, &mobile).await.len(), 1);
    for sent in [2, 3, 3] {
        resend(&ctx, &mobile, DIGITS).await.unwrap();
        assert_eq!(codes(&ctx, &mobile).await.len(), sent);
    }
    resend(&ctx, &mobile, DIGITS).await.unwrap();
    let limited = resend(&ctx, &mobile, DIGITS).await;
    assert!(matches!(limited, Err(Error::Limited { .. })), "{limited:?}");
    confirm_newest(&ctx, &mobile).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_come_again_at_noon_and_the_window_ends_the_round_and_the_second_round_the_filing(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_window_hours = 48").await;
    // 09:30 in Beijing: noon of the next day is 26.5 hours away.
    let id = waiting(&ctx, 1, false).await;
    let mobile = mobile(1);
    ctx.clock.wind(hours(26));
    run_jobs(&ctx).await;
    assert_eq!(codes(&ctx, &mobile).await.len(), 1);
    ctx.clock.wind(hours(1));
    run_jobs(&ctx).await;
    let sent = codes(&ctx, &mobile).await;
    assert_eq!(sent.len(), 2);
    assert_eq!(given(confirm(&ctx, &mobile, &sent[1], DIGITS).await).0, Rule::ConfirmationUnknown);
    ctx.clock.wind(hours(20));
    run_jobs(&ctx).await;
    assert_eq!(status(&ctx, id).await, "sms_pending");
    ctx.clock.wind(hours(2));
    run_jobs(&ctx).await;
    assert_eq!(status(&ctx, id).await, "sms_failed");
    // Nothing edited: the second round follows at once; it is the last.
    resubmit(&ctx, &registrant(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "sms_pending");
    run_jobs(&ctx).await;
    assert_eq!(codes(&ctx, &mobile).await.len(), 3);
    ctx.clock.wind(hours(49));
    run_jobs(&ctx).await;
    assert_eq!(status(&ctx, id).await, "stopped");
    let holds: i64 = sqlx::query_scalar("select count(*) from holds").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(holds, 0);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_edited_after_a_failed_round_goes_through_the_provider_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let id = waiting(&ctx, 1, false).await;
    ctx.clock.wind(hours(25));
    run_jobs(&ctx).await;
    let mut draft = company(1);
    draft.sponsor.person_mobile = mobile(7);
    type_in(&ctx, &registrant(1), id, &draft).await;
    resubmit(&ctx, &registrant(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    pass(&ctx, id).await;
    confirm_newest(&ctx, &mobile(7)).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_material_that_was_replaced_after_a_failed_round_goes_through_the_provider_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let owner = registrant(1);
    let id = waiting(&ctx, 1, false).await;
    ctx.clock.wind(hours(25));
    run_jobs(&ctx).await;
    let returned = seq(&ctx, id).await;
    let old = materials::list(&ctx, &owner, id).await.unwrap().remove(0);
    materials::remove(&ctx, &owner, old.id).await.unwrap();
    materials::upload(&ctx, &owner, id, old.section, old.kind, "新照片.jpg", photograph().into()).await.unwrap();
    // Edited once, whatever is taken away and put there.
    assert_eq!(seq(&ctx, id).await, returned + 1);
    resubmit(&ctx, &owner, id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    assert!(progress.timeline.iter().any(|entry| entry.verb == Verb::Edit));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn during_the_review_the_bureau_waits_for_the_persons(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'during', sms_window_hours = 48").await;
    let id = waiting(&ctx, 1, false).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");
    let early = approve(&ctx, &reviewer(1), id).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::ConfirmationPending))), "{early:?}");
    let seen = seq(&ctx, id).await;
    confirm_newest(&ctx, &mobile(1)).await;
    // The reviewer's page is older than the confirmation: that changes nothing that was decided upon.
    let key = uuid::Uuid::new_v4();
    backend::reviews::approve(&ctx, &reviewer(1), id, seen, key, said(Verb::Approve, "同意")).await.unwrap();
    assert_eq!(status(&ctx, id).await, "approved");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn who_confirmed_before_a_refusal_need_not_confirm_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let id = waiting(&ctx, 1, false).await;
    confirm_newest(&ctx, &mobile(1)).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_refused");
    resubmit(&ctx, &registrant(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    let mut draft = company(1);
    draft.sponsor.person_mobile = mobile(8);
    type_in(&ctx, &registrant(1), id, &draft).await;
    resubmit(&ctx, &registrant(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "sms_pending", "another mobile must confirm");
    confirm_newest(&ctx, &mobile(8)).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}
