use super::*;
use crate::accounts::{change_password, profile};
use crate::sessions::{self, NewSession, Session};
use crate::settings::Settings;
use crate::testing::*;
use crate::{Error, second_factor, seed_accounts, staff};
use domain::actor::Actor;
use domain::views::accounts::{NewPasswordForm, PasswordForm, SecondFactorForm, Stage};
use sqlx::PgPool;

const NAME: &str = "beijing-reviewer-1";
const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

fn under_mlps3(pool: PgPool) -> Ctx {
    let demo = Settings::demo();
    let settings = Settings { accounts: demo.accounts.clone().under(Profile::Mlps3), ..demo };
    Ctx { settings: settings.into(), ..Ctx::for_tests(pool) }
}

async fn both_steps(ctx: &Ctx, password: &str) -> NewSession {
    let half = session(ctx, &sign_in(ctx, NAME, password, "bureau").await.unwrap()).await;
    let (code, _) = second_factor::find_demo_code(ctx, NAME).await.unwrap().unwrap();
    second_factor::prove(ctx, &half, &SecondFactorForm { code }).await.unwrap()
}

async fn change(ctx: &Ctx, session: &Session, old: &str, new: &str) -> Result<Session> {
    let form = PasswordForm { old_password: old.into(), new_password: new.into(), repeat_password: new.into() };
    let new = change_password(ctx, session, &form).await?;
    Ok(sessions::find(ctx, new.cookie_value()).await?.unwrap())
}

fn choice(new: &str) -> NewPasswordForm {
    NewPasswordForm { new_password: new.into(), repeat_password: new.into(), ..NewPasswordForm::default() }
}

fn one(rule: Rule) -> Vec<(String, Rule)> {
    vec![("new_password".to_owned(), rule)]
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_of_staff_that_is_too_old_opens_nothing_but_the_page_that_replaces_it(pool: PgPool) {
    let ctx = under_mlps3(pool);
    seed_demo(&ctx).await;
    let changed_at = ctx.clock.now();
    ctx.clock.wind(89 * DAY);
    let in_time = session(&ctx, &both_steps(&ctx, seed_accounts::PASSWORD).await).await;
    assert_eq!(in_time.stage, Stage::Full);
    let view = profile(&ctx, &in_time).await.unwrap();
    assert_eq!(view.password_until, Some(changed_at + Duration::days(90)));

    ctx.clock.wind(DAY);
    let new = both_steps(&ctx, seed_accounts::PASSWORD).await;
    let late = session(&ctx, &new).await;
    assert_eq!((late.stage, late.actor()), (Stage::ExpiredPassword, Actor::Anonymous));
    let again = SecondFactorForm { code: "000000".into() };
    assert!(matches!(second_factor::prove(&ctx, &late, &again).await, Err(Error::Forbidden)));
    let kept = staff::choose_password(&ctx, &late, &choice(seed_accounts::PASSWORD)).await;
    assert_eq!(problems(kept), one(Rule::PasswordReused));
    let full = session(&ctx, &staff::choose_password(&ctx, &late, &choice("Amber-Heron-42")).await.unwrap()).await;
    assert_eq!(full.stage, Stage::Full);
    assert!(sessions::find(&ctx, new.cookie_value()).await.unwrap().is_none());
    assert!(matches!(staff::choose_password(&ctx, &full, &choice("Amber-Heron-43")).await, Err(Error::Forbidden)));
    ctx.clock.wind(MINUTE);
    assert_eq!(session(&ctx, &both_steps(&ctx, "Amber-Heron-42").await).await.stage, Stage::Full);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_never_grows_old_without_the_profile(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    ctx.clock.wind(400 * DAY);
    let full = session(&ctx, &both_steps(&ctx, seed_accounts::PASSWORD).await).await;
    assert_eq!((full.stage, profile(&ctx, &full).await.unwrap().password_until), (Stage::Full, None));
    // Nor is anything kept of it, nor are kinds of characters asked for.
    change(&ctx, &full, seed_accounts::PASSWORD, "green-lantern-sails").await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from former_passwords").fetch_one(&ctx.pool).await.unwrap(), Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_password_of_staff_has_kinds_and_is_none_of_the_last_five(pool: PgPool) {
    let ctx = under_mlps3(pool);
    seed_demo(&ctx).await;
    let mut me = session(&ctx, &both_steps(&ctx, seed_accounts::PASSWORD).await).await;
    let mut old = seed_accounts::PASSWORD.to_owned();
    for (weak, rule) in [("Teal-77x9", Rule::PasswordShort), ("green-lantern-sails", Rule::PasswordKinds)] {
        assert_eq!(problems(change(&ctx, &me, &old, weak).await), one(rule), "{weak}");
    }
    // Whichever check finds it, it says how many are needed.
    for short in ["abc", "Teal-77x9"] {
        let Err(Error::Invalid(found)) = change(&ctx, &me, &old, short).await.map(drop) else { panic!("{short}") };
        assert_eq!(found.iter().map(|problem| problem.given.as_str()).collect::<Vec<_>>(), ["10"], "{short}");
    }
    for n in 1..=4 {
        let new = format!("Amber-Heron-{n}{n}");
        me = change(&ctx, &me, &old, &new).await.unwrap();
        old = new;
    }
    for former in [seed_accounts::PASSWORD, "Amber-Heron-11", "Amber-Heron-44"] {
        assert_eq!(problems(change(&ctx, &me, &old, former).await), one(Rule::PasswordReused), "{former}");
    }
    me = change(&ctx, &me, &old, "Amber-Heron-55").await.unwrap();
    change(&ctx, &me, "Amber-Heron-55", seed_accounts::PASSWORD).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from former_passwords").fetch_one(&ctx.pool).await.unwrap(), Some(4));

    // Whoever replaces a first password meets the same.
    sqlx::query!(
        "update users set first_password_until = $1 where user_name = $2::text::citext",
        ctx.clock.now() + Duration::DAY,
        NAME
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    let first = session(&ctx, &sign_in(&ctx, NAME, seed_accounts::PASSWORD, "bureau").await.unwrap()).await;
    assert_eq!(first.stage, Stage::FirstPassword);
    assert_eq!(problems(staff::choose_password(&ctx, &first, &choice("green-lantern-sails")).await), one(Rule::PasswordKinds));

    // Registrants keep to what holds for everybody.
    let registrant = signed_in(&ctx, "lin-test", 77).await;
    change(&ctx, &registrant, PASSWORD, "green-lantern-sails").await.unwrap();
    change(&ctx, &registrant, "green-lantern-sails", PASSWORD).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn five_failures_lock_for_half_an_hour_and_staff_who_rest_are_out_after_a_quarter(pool: PgPool) {
    let ctx = under_mlps3(pool);
    seed_demo(&ctx).await;
    let staff = both_steps(&ctx, seed_accounts::PASSWORD).await;
    registrant(&ctx, "lin-test", 77).await;
    let registrant = sign_in(&ctx, "lin-test", PASSWORD, "registrant").await.unwrap();
    ctx.clock.wind(14 * MINUTE);
    assert!(sessions::find(&ctx, staff.cookie_value()).await.unwrap().is_some());
    ctx.clock.wind(16 * MINUTE - std::time::Duration::from_secs(1));
    assert!(sessions::find(&ctx, staff.cookie_value()).await.unwrap().is_none());
    assert!(sessions::find(&ctx, registrant.cookie_value()).await.unwrap().is_some());

    let settings = &ctx.settings.accounts;
    assert_eq!((settings.failures_to_lockout, settings.lockout), (5, 30 * MINUTE));
    let wrong = SecondFactorForm { code: "000000".into() };
    let half = session(&ctx, &sign_in(&ctx, NAME, seed_accounts::PASSWORD, "bureau").await.unwrap()).await;
    for _ in 0..5 {
        assert_eq!(problems(second_factor::prove(&ctx, &half, &wrong).await), [("code".to_owned(), Rule::SecondFactorWrong)]);
    }
    assert_eq!(retry_after(second_factor::prove(&ctx, &half, &wrong).await), 30 * MINUTE);
}
