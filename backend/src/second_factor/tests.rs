use super::*;
use crate::seed_accounts;
use crate::testing::*;
use domain::actor::Actor;
use sqlx::PgPool;

const STEP_OF_TIME: std::time::Duration = std::time::Duration::from_secs(30);

fn form(code: &str) -> SecondFactorForm {
    SecondFactorForm { code: code.into() }
}

fn wrong() -> Vec<(String, Rule)> {
    vec![("code".to_owned(), Rule::SecondFactorWrong)]
}

async fn half(ctx: &Ctx, name: &str) -> Session {
    let new = sign_in(ctx, name, seed_accounts::PASSWORD, "bureau").await.unwrap();
    session(ctx, &new).await
}

async fn demo_code(ctx: &Ctx, name: &str) -> String {
    find_demo_code(ctx, name).await.unwrap().unwrap().0
}

/// A reviewer without an authenticator.
async fn fresh_reviewer(ctx: &Ctx) -> &'static str {
    seed_demo(ctx).await;
    sqlx::query!("delete from second_factors f using users u where u.id = f.user_id and u.user_name = 'beijing-reviewer-1'")
        .execute(&ctx.pool)
        .await
        .unwrap();
    "beijing-reviewer-1"
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_staff_are_nobody_until_the_second_factor_is_proved(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let new = sign_in(&ctx, "beijing-reviewer-1", seed_accounts::PASSWORD, "bureau").await.unwrap();
    let half = session(&ctx, &new).await;
    assert_eq!((half.stage, half.actor()), (Stage::SecondFactor, Actor::Anonymous));
    let full = prove(&ctx, &half, &form(&demo_code(&ctx, "beijing-reviewer-1").await)).await.unwrap();
    // The token of the half session is worth nothing any more.
    assert!(sessions::find(&ctx, new.cookie_value()).await.unwrap().is_none());
    let full = session(&ctx, &full).await;
    assert_eq!((full.id, full.stage), (half.id, Stage::Full));
    assert!(matches!(full.actor(), Actor::Bureau { province: 110_000, .. }));
    assert_eq!(audited(&ctx, "prove_second_factor").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_the_code_is_the_one_of_rfc_6238(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    // The RFC's own vector: secret 12345678901234567890, 1111111109 s, the last six of 07081804.
    assert_eq!(totp(b"12345678901234567890").unwrap().generate(1_111_111_109).to_string(), "081804");
    let name = fresh_reviewer(&ctx).await;
    let half = half(&ctx, name).await;
    let view = enrolment(&ctx, &half).await.unwrap();
    assert_eq!(BASE32_NOPAD.decode(view.secret.as_bytes()).unwrap().len(), 20);
    assert!(view.link.contains(&format!("secret={}", view.secret)), "{}", view.link);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_a_code_passes_once_also_for_two_at_the_same_time(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let name = "beijing-reviewer-1";
    let (a, b) = (half(&ctx, name).await, half(&ctx, name).await);
    let code = demo_code(&ctx, name).await;
    let typed = form(&code);
    let (x, y) = tokio::join!(prove(&ctx, &a, &typed), prove(&ctx, &b, &typed));
    let (won, lost) = if x.is_ok() { (x, y) } else { (y, x) };
    won.unwrap();
    assert_eq!(problems(lost), wrong());
    // The demo shows the next one, which is accepted a step early; the old one stays used.
    let next = demo_code(&ctx, name).await;
    assert_ne!(next, code);
    let c = half(&ctx, name).await;
    assert_eq!(problems(prove(&ctx, &c, &form(&code)).await), wrong());
    prove(&ctx, &c, &form(&next)).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_codes_of_other_times_and_of_others_are_wrong_and_tries_are_limited(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let name = "beijing-reviewer-1";
    let session = half(&ctx, name).await;
    let old = demo_code(&ctx, name).await;
    ctx.clock.wind(2 * STEP_OF_TIME);
    assert_eq!(problems(prove(&ctx, &session, &form(&old)).await), wrong());
    let other = demo_code(&ctx, "beijing-reviewer-2").await;
    assert_eq!(problems(prove(&ctx, &session, &form(&other)).await), wrong());
    assert_eq!(problems(prove(&ctx, &session, &form(" ")).await), [("code".to_owned(), Rule::Required)]);
    for _ in 0..8 {
        assert_eq!(problems(prove(&ctx, &session, &form("000000")).await), wrong());
    }
    let right = demo_code(&ctx, name).await;
    retry_after(prove(&ctx, &session, &form(&right)).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_staff_set_up_an_authenticator_at_the_first_sign_in(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let name = fresh_reviewer(&ctx).await;
    let session_of = half(&ctx, name).await;
    assert_eq!(session_of.stage, Stage::Enrolment);
    let view = enrolment(&ctx, &session_of).await.unwrap();
    assert_eq!(enrolment(&ctx, &session_of).await.unwrap(), view);
    assert_eq!(view.recovery_codes.len(), 10);
    assert_eq!(problems(enrol(&ctx, &session_of, &form("000000")).await), wrong());
    let code = demo_code(&ctx, name).await;
    let full = session(&ctx, &enrol(&ctx, &session_of, &form(&code)).await.unwrap()).await;
    assert_eq!(full.stage, Stage::Full);
    assert_eq!(crate::accounts::profile(&ctx, &full).await.unwrap().recovery_codes_left, Some(10));
    // Never shown again, neither to the new session nor to one that waited beside it.
    assert!(matches!(enrolment(&ctx, &full).await, Err(Error::Forbidden)));
    assert!(matches!(enrolment(&ctx, &session_of).await, Err(Error::Forbidden)));

    // A recovery code stands in for the authenticator, once, typed with or without its dashes.
    let second = half(&ctx, name).await;
    assert_eq!(second.stage, Stage::SecondFactor);
    let spare = view.recovery_codes[0].to_lowercase().replace('-', " ");
    prove(&ctx, &second, &form(&spare)).await.unwrap();
    let third = half(&ctx, name).await;
    assert_eq!(problems(prove(&ctx, &third, &form(&spare)).await), wrong());
    assert_eq!(crate::accounts::profile(&ctx, &full).await.unwrap().recovery_codes_left, Some(9));
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_a_half_session_ends_after_ten_minutes_and_does_nothing_else(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let new = sign_in(&ctx, "beijing-reviewer-1", seed_accounts::PASSWORD, "bureau").await.unwrap();
    let half = session(&ctx, &new).await;
    assert!(matches!(enrolment(&ctx, &half).await, Err(Error::Forbidden)));
    assert!(matches!(enrol(&ctx, &half, &form("123456")).await, Err(Error::Forbidden)));
    assert_eq!(sessions::list(&ctx, &half).await.unwrap(), []);
    ctx.clock.wind(std::time::Duration::from_secs(600));
    assert!(sessions::find(&ctx, new.cookie_value()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_live_code_is_never_shown_so_late_that_it_ends_while_it_is_typed(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let name = "beijing-reviewer-1";
    let shown = async || find_demo_code(&ctx, name).await.unwrap().unwrap();
    let wait = |seconds: u64| ctx.clock.wind(std::time::Duration::from_secs(seconds));
    wait(STEP - unix(&ctx) % STEP);
    let (first, left) = shown().await;
    assert_eq!(left, STEP);
    wait(STEP - TO_TYPE);
    assert_eq!(shown().await, (first.clone(), TO_TYPE));
    wait(1);
    let (next, left) = shown().await;
    assert_eq!((next == first, left), (false, STEP + TO_TYPE - 1));
    // The one that is shown is accepted, and still the same when its time has come.
    let session = half(&ctx, name).await;
    prove(&ctx, &session, &form(&next)).await.unwrap();
    wait(TO_TYPE);
    assert_ne!(shown().await.0, next, "a code that passed is not shown again");
}

#[sqlx::test(migrations = "../migrations")]
async fn live_codes_are_shown_only_in_a_demo(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let settings = crate::settings::Settings { demo: false, ..crate::settings::Settings::demo() };
    let ctx = Ctx { settings: settings.into(), ..ctx };
    assert!(matches!(find_demo_code(&ctx, "beijing-reviewer-1").await, Err(Error::NotFound)));
}
