use super::*;
use crate::settings::{CaptchaUse, Settings};
use crate::testing::sign_in;
use crate::testing::*;
use crate::{captcha, demo, installation, seed_accounts};
use domain::problem::Rule;
use domain::views::accounts::{ChallengeFor, ChallengeView};
use sqlx::PgPool;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn one(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_wrong_name_wrong_password_and_wrong_category_have_their_messages(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    // A name that nobody has and a wrong password look the same, whatever the category.
    for (name, category) in [("nobody", "registrant"), ("lin-yuqing", "registrant"), ("lin-yuqing", "bureau")] {
        let answer = sign_in(&ctx, name, "wrong-password", category).await;
        assert_eq!(problems(answer), one("password", Rule::SignInWrong), "{name}");
        ctx.clock.wind(16 * MINUTE);
    }
    // The category is judged only behind a right password.
    let answer = sign_in(&ctx, "lin-yuqing", PASSWORD, "provider").await;
    assert_eq!(problems(answer), one("category", Rule::CategoryWrong));
    assert_eq!(problems(sign_in(&ctx, "lin-yuqing", PASSWORD, "king").await), one("category", Rule::UnknownCode));
    sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let results = ["sign-in-wrong", "sign-in-wrong", "sign-in-wrong", "category-wrong", "done"];
    assert_eq!(audited(&ctx, "sign_in").await, results);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_the_table_holds_the_hash_of_the_token_only(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let new = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let token = new.cookie_value();
    assert_eq!(BASE64URL_NOPAD.decode(token.as_bytes()).unwrap().len(), 32);
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from sessions").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(stored, Sha256::digest(token.as_bytes()).as_slice());
    assert!(find(&ctx, &hex::encode(&stored)).await.unwrap().is_none());
    assert!(!format!("{new:?}").contains(token));
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_ten_failures_lock_a_name_on_every_node_and_the_lock_ends(pool: PgPool) {
    let ctx = Ctx { settings: without_captcha().into(), ..Ctx::for_tests(pool) };
    registrant(&ctx, "lin-yuqing", 1).await;
    let other_pool = PgPool::connect_with((*ctx.pool.connect_options()).clone()).await.unwrap();
    let there = Ctx { pool: other_pool, ..ctx.clone() };
    let tries = (0..10).map(|i| sign_in(if i % 2 == 0 { &ctx } else { &there }, "lin-yuqing", "guess", "registrant"));
    for answer in futures::future::join_all(tries).await {
        assert_eq!(problems(answer), one("password", Rule::SignInWrong));
    }
    for node in [&ctx, &there] {
        assert_eq!(retry_after(sign_in(node, "LIN-yuqing", PASSWORD, "registrant").await), 15 * MINUTE);
    }
    // A name nobody has is locked the same way: the lock tells nothing.
    for _ in 0..10 {
        problems(sign_in(&ctx, "nobody", "guess", "registrant").await);
    }
    assert_eq!(retry_after(sign_in(&ctx, "nobody", "guess", "registrant").await), 15 * MINUTE);
    ctx.clock.wind(15 * MINUTE);
    sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    // A right password ends the count.
    for _ in 0..9 {
        problems(sign_in(&ctx, "lin-yuqing", "guess", "registrant").await);
    }
    sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    problems(sign_in(&ctx, "lin-yuqing", "guess", "registrant").await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_one_address_cannot_try_many_names(pool: PgPool) {
    let mut settings = without_captcha();
    settings.accounts.address_allowance = 1;
    let base = Ctx { settings: settings.into(), ..Ctx::for_tests(pool) };
    let here = from_address(&base, "2001:db8:1:2::7");
    for i in 0..100 {
        problems(sign_in(&here, &format!("name-{i}"), "guess", "registrant").await);
    }
    // The whole household, not one of its addresses.
    let neighbour = from_address(&base, "2001:db8:1:2::8");
    retry_after(sign_in(&neighbour, "name-100", "guess", "registrant").await);
    let stranger = from_address(&base, "2001:db8:1:3::8");
    problems(sign_in(&stranger, "name-100", "guess", "registrant").await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_after_three_failures_a_picture_is_asked_for_and_counts_once(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    assert!(challenge(&ctx, false).await.is_none());
    for _ in 0..3 {
        problems(sign_in(&ctx, "lin-yuqing", "guess", "registrant").await);
    }
    let mut form = sign_in_form("lin-yuqing", PASSWORD, "registrant");
    assert_eq!(problems(super::sign_in(&ctx, &form, None).await), one("captcha", Rule::Required));

    let shown = challenge(&ctx, false).await.unwrap();
    let png = data_encoding::BASE64.decode(shown.picture.unwrap().as_bytes()).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    form.challenge = shown.id.to_string();
    form.captcha = "?????".into();
    assert_eq!(problems(super::sign_in(&ctx, &form, None).await), one("captcha", Rule::CaptchaWrong));

    let shown = captcha::make_with(&ctx, &KnownPicture, ChallengeFor::SignIn, false).await.unwrap();
    form.challenge = shown.id.to_string();
    form.captcha = " aBcD".into();
    super::sign_in(&ctx, &form, None).await.unwrap();
    for _ in 0..3 {
        problems(sign_in(&ctx, "lin-yuqing", "guess", "registrant").await);
    }
    assert_eq!(problems(super::sign_in(&ctx, &form, None).await), one("captcha", Rule::CaptchaWrong));
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_who_cannot_read_the_picture_waits_instead(pool: PgPool) {
    let mut settings = Settings::demo();
    settings.accounts.captcha = CaptchaUse::Always;
    settings.accounts.captcha_wait = WAIT;
    let base = Ctx::for_tests(pool);
    registrant(&base, "lin-yuqing", 1).await;
    let ctx = Ctx { settings: settings.into(), ..base };
    let mut form = sign_in_form("lin-yuqing", PASSWORD, "registrant");
    let shown = challenge(&ctx, true).await.unwrap();
    assert_eq!(shown.picture, None);
    form.challenge = shown.id.to_string();
    let began = std::time::Instant::now();
    super::sign_in(&ctx, &form, None).await.unwrap();
    assert!(began.elapsed() >= WAIT, "who comes early is held, not refused");
    assert_eq!(problems(super::sign_in(&ctx, &form, None).await), one("captcha", Rule::CaptchaWrong), "it counts once");
    let shown = challenge(&ctx, true).await.unwrap();
    ctx.clock.wind(Duration::from_secs(301) + WAIT);
    form.challenge = shown.id.to_string();
    assert_eq!(problems(super::sign_in(&ctx, &form, None).await), one("captcha", Rule::CaptchaWrong), "it is too old");
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_a_session_ends_when_idle_and_after_twelve_hours(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let idle = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let used = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    for _ in 0..3 {
        ctx.clock.wind(10 * MINUTE);
        assert!(find(&ctx, used.cookie_value()).await.unwrap().is_some());
    }
    assert!(find(&ctx, idle.cookie_value()).await.unwrap().is_none());
    for _ in 0..34 {
        ctx.clock.wind(20 * MINUTE);
        assert!(find(&ctx, used.cookie_value()).await.unwrap().is_some());
    }
    ctx.clock.wind(10 * MINUTE);
    assert!(find(&ctx, used.cookie_value()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn who_winds_the_demos_clock_stays_signed_in_and_who_was_gone_stays_gone(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    installation::mark(&ctx.pool, &ctx.clock, installation::Kind::Demo).await.unwrap();
    registrant(&ctx, "lin-yuqing", 1).await;
    let gone = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    // Not by winding this node's clock alone: that of a demo is the database's.
    let long_ago = "update sessions set seen_at = seen_at - interval '31 minutes'";
    sqlx::query(long_ago).execute(&ctx.pool).await.unwrap();
    let here = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    demo::wind(&ctx, 25).await.unwrap();
    assert!(find(&ctx, here.cookie_value()).await.unwrap().is_some());
    assert!(find(&ctx, gone.cookie_value()).await.unwrap().is_none());
    ctx.clock.wind(31 * MINUTE);
    assert!(find(&ctx, here.cookie_value()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn a8_signing_out_ends_the_session_on_the_server(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let new = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let id = session(&ctx, &new).await.id;
    assert!(is_open(&ctx, &mut ctx.pool.acquire().await.unwrap(), id).await.unwrap());
    sign_out(&ctx, new.cookie_value()).await.unwrap();
    assert!(find(&ctx, new.cookie_value()).await.unwrap().is_none());
    assert!(!is_open(&ctx, &mut ctx.pool.acquire().await.unwrap(), id).await.unwrap());
    sign_out(&ctx, new.cookie_value()).await.unwrap();
    assert_eq!(audited(&ctx, "sign_out").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a8_one_lists_and_revokes_one_s_own_sessions_and_nobody_else_s(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let mine = signed_in(&ctx, "lin-yuqing", 1).await;
    let phone = from_address(&ctx, "198.51.100.7");
    let on_phone = sign_in(&phone, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let third = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let other = signed_in(&ctx, "zhou-ming", 2).await;

    let listed = list(&ctx, &mine).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|s| s.current).map(|s| s.id).collect::<Vec<_>>(), [mine.id]);
    let shown = listed.iter().find(|s| s.address == "198.51.100.7").unwrap();
    assert_eq!(shown.agent, "test");
    assert!(matches!(revoke(&ctx, &other, shown.id).await, Err(Error::NotFound)));
    revoke(&ctx, &mine, shown.id).await.unwrap();
    assert!(find(&ctx, on_phone.cookie_value()).await.unwrap().is_none());
    assert!(matches!(revoke(&ctx, &mine, shown.id).await, Err(Error::NotFound)));
    assert_eq!(revoke_others(&ctx, &mine).await.unwrap(), 1);
    assert!(find(&ctx, third.cookie_value()).await.unwrap().is_none());
    assert!(is_open(&ctx, &mut ctx.pool.acquire().await.unwrap(), other.id).await.unwrap());
    assert!(is_open(&ctx, &mut ctx.pool.acquire().await.unwrap(), mine.id).await.unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_signing_in_again_ends_the_session_that_the_browser_had(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let planted = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let form = sign_in_form("lin-yuqing", PASSWORD, "registrant");
    super::sign_in(&ctx, &form, Some(planted.cookie_value())).await.unwrap();
    assert!(find(&ctx, planted.cookie_value()).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_who_has_not_confirmed_is_led_to_the_codes(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    crate::accounts::register(&ctx, &registration("lin-yuqing", 1)).await.unwrap();
    let form = sign_in_form("lin-yuqing", PASSWORD, "registrant");
    let answer = super::sign_in(&ctx, &form, None).await.unwrap();
    assert!(matches!(answer, Entered::Unconfirmed { user_name } if user_name == "lin-yuqing"));
    let count = sqlx::query_scalar!("select count(*) from sessions").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(count, Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a9_each_category_acts_for_its_own_office(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let providers = seed_demo(&ctx).await;
    for (name, category, office) in
        [("hengtong-clerk", "provider", "provider 1"), ("zhejiang-reviewer-1", "bureau", "浙江省通信管理局")]
    {
        let new = sign_in(&ctx, name, seed_accounts::PASSWORD, category).await.unwrap();
        assert_eq!(new.stage, Stage::SecondFactor);
        let session = session(&ctx, &new).await;
        assert_eq!(session.actor(), Actor::Anonymous);
        assert_eq!(view(&ctx, &session).await.unwrap().office, office);
        match session.claimed_actor() {
            Actor::Provider { provider, role, .. } => assert_eq!((provider, role), (providers[1], Role::ProviderClerk)),
            Actor::Bureau { province, role, .. } => assert_eq!((province, role), (330_000, Role::Reviewer)),
            other => panic!("{other:?}"),
        }
    }
}

/// Long enough to be noticed, short enough for a test.
const WAIT: Duration = Duration::from_millis(300);

async fn challenge(ctx: &Ctx, wait: bool) -> Option<ChallengeView> {
    captcha::ask(ctx, ChallengeFor::SignIn, "lin-yuqing", wait).await.unwrap()
}

struct KnownPicture;

impl captcha::Picture for KnownPicture {
    fn draw(&self) -> Option<(String, Vec<u8>)> {
        Some(("AbCd".into(), Vec::new()))
    }
}

/// Failures lock, and no picture comes between.
fn without_captcha() -> Settings {
    let mut settings = Settings::demo();
    settings.accounts.failures_to_captcha = i32::MAX / 1000;
    settings
}
