use super::*;
use crate::settings::CaptchaUse;
use crate::testing::*;
use crate::{captcha, jobs};
use domain::views::accounts::{
    ChallengeFor, ConfirmationForm, ContactCodesForm, ContactForm, CorrectionForm, NameCheck, NewPasswordForm, RecoveryForm,
    RegistrationForm,
};
use sqlx::PgPool;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn both_wrong() -> Vec<(String, Rule)> {
    vec![("mobile_code".into(), Rule::CodeWrong), ("email_code".into(), Rule::CodeWrong)]
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_a_registrant_registers_confirms_and_signs_in(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let form = registration("lin-yuqing", 1);
    assert_eq!(check_name(&ctx, "lin-yuqing").await.unwrap(), NameCheck::Free);
    let user = register(&ctx, &form).await.unwrap();
    assert_eq!(check_name(&ctx, "LIN-yuqing").await.unwrap(), NameCheck::Taken);
    let codes = codes_of(&ctx, &form).await;
    assert_eq!(confirm(&ctx, &codes).await.unwrap(), user);
    let session = session(&ctx, &sign_in(&ctx, "Lin-Yuqing", PASSWORD, "registrant").await.unwrap()).await;
    assert_eq!(session.actor(), domain::actor::Actor::Registrant { user });
    assert_eq!(audited(&ctx, "register").await, ["done"]);
    assert_eq!(audited(&ctx, "confirm").await, ["done"]);
    // Codes are used once.
    assert_eq!(problems(confirm(&ctx, &codes).await), both_wrong());
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_personal_data_is_not_readable_in_the_tables(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    register(&ctx, &registration("lin-yuqing", 1)).await.unwrap();
    let rows: Vec<String> = sqlx::query_scalar(
        "select to_jsonb(u)::text from users u union all select to_jsonb(o)::text from outbox o
         union all select to_jsonb(c)::text from codes c union all select to_jsonb(a)::text from audit a",
    )
    .fetch_all(&ctx.pool)
    .await
    .unwrap();
    assert_eq!(rows.len(), 1 + 2 + 2 + 1);
    for secret in ["13900000001", "person1@post.example", "林雨晴", PASSWORD] {
        let hidden = hex::encode(secret);
        assert!(!rows.iter().any(|row| row.contains(secret) || row.contains(&hidden)), "{secret}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_every_field_of_a_wrong_registration_has_its_message(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let mut form = registration("1", 1);
    form.mobile = "12345".into();
    form.email = "nobody".into();
    form.password_repeat = "other".into();
    let found = problems(register(&ctx, &form).await);
    let expected = [
        ("user_name", Rule::UserNameFormat),
        ("mobile", Rule::MobileFormat),
        ("email", Rule::EmailFormat),
        ("password_repeat", Rule::PasswordsDiffer),
    ];
    assert_eq!(found, expected.map(|(f, r)| (f.to_owned(), r)));
    for password in ["password1234", "lin-yuqing-2026"] {
        let mut form = registration("lin-yuqing", 1);
        form.password = password.into();
        form.password_repeat = password.into();
        assert_eq!(problems(register(&ctx, &form).await)[0].0, "password", "{password}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_of_two_registrations_of_one_name_at_the_same_time_one_gets_it(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let (first, second) = (registration("same-name", 1), registration("SAME-name", 2));
    let (a, b) = tokio::join!(register(&ctx, &first), register(&ctx, &second));
    let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
    won.unwrap();
    assert_eq!(problems(lost), [("user_name".to_owned(), Rule::UserNameTaken)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_a_code_used_twice_at_the_same_time_confirms_once(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let form = registration("lin-yuqing", 1);
    register(&ctx, &form).await.unwrap();
    let codes = codes_of(&ctx, &form).await;
    let (a, b) = tokio::join!(confirm(&ctx, &codes), confirm(&ctx, &codes));
    assert_eq!(a.is_ok() as u8 + b.is_ok() as u8, 1);
    assert_eq!(audited(&ctx, "confirm").await.iter().filter(|r| *r == "done").count(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_a_code_holds_ten_minutes_and_five_tries(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let form = registration("lin-yuqing", 1);
    register(&ctx, &form).await.unwrap();
    let right = codes_of(&ctx, &form).await;
    ctx.clock.wind(10 * MINUTE);
    let expired = problems(confirm(&ctx, &right).await);
    assert_eq!(expired, [("mobile_code".to_owned(), Rule::CodeExpired), ("email_code".to_owned(), Rule::CodeExpired)]);

    resend_codes(&ctx, "lin-yuqing").await.unwrap();
    let right = codes_of(&ctx, &form).await;
    let other = |code: &str| if code == "000000" { "000001".to_owned() } else { "000000".to_owned() };
    let wrong =
        ConfirmationForm { mobile_code: other(&right.mobile_code), email_code: other(&right.email_code), ..right.clone() };
    // A burst of tries at once has five between them.
    let tries = futures::future::join_all((0..5).map(|_| confirm(&ctx, &wrong))).await;
    assert!(tries.into_iter().all(|t| problems(t) == both_wrong()));
    assert_eq!(problems(confirm(&ctx, &right).await), both_wrong());

    // New codes void the older ones, and bring new tries.
    ctx.clock.wind(MINUTE);
    resend_codes(&ctx, "lin-yuqing").await.unwrap();
    let newest = codes_of(&ctx, &form).await;
    confirm(&ctx, &newest).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_codes_are_resent_only_to_stored_contacts_and_every_name_gets_the_same_answer(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "confirmed", 1).await;
    register(&ctx, &registration("waiting", 2)).await.unwrap();
    ctx.clock.wind(MINUTE);
    let before = outbox::list_shown(&ctx, &PlainTexts, 100).await.unwrap().len();
    for name in ["confirmed", "waiting", "nobody"] {
        resend_codes(&ctx, name).await.unwrap();
        assert_eq!(retry_after(resend_codes(&ctx, name).await), MINUTE, "{name}");
    }
    let messages = outbox::list_shown(&ctx, &PlainTexts, 100).await.unwrap();
    let new: Vec<_> = messages.iter().take(messages.len() - before).map(|m| m.recipient.as_str()).collect();
    assert_eq!(new, ["person2@post.example", "13900000002"]);
    for name in ["confirmed", "nobody"] {
        let form = ConfirmationForm { user_name: name.into(), mobile_code: "123456".into(), email_code: "123456".into() };
        assert_eq!(problems(confirm(&ctx, &form).await), both_wrong(), "{name}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_one_contact_is_not_flooded_whoever_registers_with_it(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    register(&ctx, &registration("first", 1)).await.unwrap();
    let mut other = registration("second", 2);
    other.mobile = "139 0000 0001".into();
    assert_eq!(retry_after(register(&ctx, &other).await), MINUTE);
    assert_eq!(check_name(&ctx, "second").await.unwrap(), NameCheck::Free);
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_a_wrong_contact_is_corrected_with_the_password_before_confirmation(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let form = registration("lin-yuqing", 1);
    register(&ctx, &form).await.unwrap();
    let old = codes_of(&ctx, &form).await;
    let right = CorrectionForm {
        user_name: "lin-yuqing".into(),
        password: PASSWORD.into(),
        mobile: "13911112222".into(),
        email: "right@post.example".into(),
    };
    let guess = CorrectionForm { password: "a-guess".into(), ..right.clone() };
    assert_eq!(problems(correct_contacts(&ctx, &guess).await), [("password".to_owned(), Rule::SignInWrong)]);
    correct_contacts(&ctx, &right).await.unwrap();
    assert_eq!(problems(confirm(&ctx, &old).await), both_wrong());
    let codes = ConfirmationForm {
        user_name: "lin-yuqing".into(),
        mobile_code: code_to(&ctx, "13911112222").await,
        email_code: code_to(&ctx, "right@post.example").await,
    };
    let user = confirm(&ctx, &codes).await.unwrap();
    assert_eq!(get_contacts(&ctx, user).await.unwrap().mobile, "13911112222");
    // Afterwards contacts change only for who is signed in.
    assert_eq!(problems(correct_contacts(&ctx, &right).await), [("password".to_owned(), Rule::SignInWrong)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_a_script_that_knows_a_name_cannot_lock_its_sign_in(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let form = CorrectionForm {
        user_name: "lin-yuqing".into(),
        password: "a-guess".into(),
        mobile: "13911112222".into(),
        email: "other@post.example".into(),
    };
    for _ in 0..10 {
        problems(correct_contacts(&ctx, &form).await);
    }
    assert_eq!(retry_after(correct_contacts(&ctx, &form).await), 15 * MINUTE);
    sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_a_name_is_nobody_s(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let long = "x".repeat(100_000);
    for name in ["a\0bcd", "林雨晴", long.as_str()] {
        let wrong = problems(sign_in(&ctx, name, PASSWORD, "registrant").await);
        assert_eq!(wrong, [("password".to_owned(), Rule::SignInWrong)]);
        let form = ConfirmationForm { user_name: name.into(), mobile_code: "123456".into(), email_code: "123456".into() };
        assert_eq!(problems(confirm(&ctx, &form).await), both_wrong());
        let form = RecoveryForm {
            user_name: name.into(),
            contact_name: "\0".into(),
            email: "\0".into(),
            category: "registrant".into(),
            ..RecoveryForm::default()
        };
        ask_recovery(&ctx, &form).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_the_name_of_an_unconfirmed_registration_is_freed_after_a_day(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    register(&ctx, &registration("lin-yuqing", 1)).await.unwrap();
    registrant(&ctx, "confirmed", 2).await;
    let handlers =
        jobs::Handlers::new().on(registration::FREE_UNCONFIRMED, |ctx, tx, job| Box::pin(free_unconfirmed(ctx, tx, job)));
    ctx.clock.wind(24 * 60 * MINUTE - MINUTE);
    assert_eq!(jobs::run_due(&ctx, &handlers).await.unwrap(), 0);
    ctx.clock.wind(MINUTE);
    // Free at once, whether a node has cleared it away or not.
    assert_eq!(check_name(&ctx, "lin-yuqing").await.unwrap(), NameCheck::Free);
    assert_eq!(jobs::run_due(&ctx, &handlers).await.unwrap(), 1);
    assert_eq!(audited(&ctx, "free_unconfirmed").await, ["done"]);
    register(&ctx, &registration("lin-yuqing", 3)).await.unwrap();
    assert_eq!(check_name(&ctx, "confirmed").await.unwrap(), NameCheck::Taken);
}

#[sqlx::test(migrations = "../migrations")]
async fn r1_the_name_check_is_limited_by_address_over_nodes(pool: PgPool) {
    let mut settings = crate::settings::Settings::demo();
    settings.accounts.address_allowance = 1;
    let base = Ctx { settings: settings.into(), ..Ctx::for_tests(pool) };
    let other_pool = PgPool::connect_with((*base.pool.connect_options()).clone()).await.unwrap();
    let here = from_address(&base, "198.51.100.7");
    let there = Ctx { pool: other_pool, ..here.clone() };
    for _ in 0..15 {
        check_name(&here, "some-name").await.unwrap();
        check_name(&there, "some-name").await.unwrap();
    }
    assert_eq!(retry_after(check_name(&here, "some-name").await), 10 * MINUTE);
    assert_eq!(retry_after(check_name(&there, "some-name").await), 10 * MINUTE);
    check_name(&from_address(&base, "198.51.100.8"), "some-name").await.unwrap();
    base.clock.wind(10 * MINUTE);
    check_name(&here, "some-name").await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a8_the_password_changes_only_with_the_old_one_and_ends_other_sessions(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let here = signed_in(&ctx, "lin-yuqing", 1).await;
    let elsewhere = sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.unwrap();
    let mut form = PasswordForm {
        old_password: "wrong".into(),
        new_password: "green-kettle-sings-4".into(),
        repeat_password: "green-kettle-sings-4".into(),
    };
    let wrong = problems(change_password(&ctx, &here, &form).await);
    assert_eq!(wrong, [("old_password".to_owned(), Rule::OldPasswordWrong)]);
    form.old_password = PASSWORD.into();
    let renewed = change_password(&ctx, &here, &form).await.unwrap();
    assert!(sessions::find(&ctx, elsewhere.cookie_value()).await.unwrap().is_none());
    assert_eq!(session(&ctx, &renewed).await.id, here.id);
    assert!(sign_in(&ctx, "lin-yuqing", PASSWORD, "registrant").await.is_err());
    sign_in(&ctx, "lin-yuqing", "green-kettle-sings-4", "registrant").await.unwrap();
    for contact in ["13900000001", "person1@post.example"] {
        assert_eq!(newest_to(&ctx, contact).await.unwrap().template, "password_changed");
    }
    assert_eq!(audited(&ctx, "prove_password").await, ["wrong"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a8_the_old_password_cannot_be_guessed_from_a_stolen_session(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let session = signed_in(&ctx, "lin-yuqing", 1).await;
    let form = PasswordForm {
        old_password: "wrong".into(),
        new_password: "green-kettle-sings-4".into(),
        repeat_password: "green-kettle-sings-4".into(),
    };
    for _ in 0..10 {
        problems(change_password(&ctx, &session, &form).await);
    }
    let right = PasswordForm { old_password: PASSWORD.into(), ..form };
    assert_eq!(retry_after(change_password(&ctx, &session, &right).await), 15 * MINUTE);
}

#[sqlx::test(migrations = "../migrations")]
async fn a8_new_contacts_hold_once_their_codes_came_back(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let session = signed_in(&ctx, "lin-yuqing", 1).await;
    let form = ContactForm {
        contact_name: "林晴".into(),
        mobile: "13911112222".into(),
        email: "new@post.example".into(),
        password: PASSWORD.into(),
    };
    assert!(ask_contact_change(&ctx, &session, &form).await.unwrap());
    let before = get_contacts(&ctx, session.user).await.unwrap();
    assert_eq!((before.name.as_str(), before.mobile.as_str()), ("林晴", "13900000001"));
    let view = profile(&ctx, &session).await.unwrap();
    assert_eq!((view.mobile.as_str(), view.new_mobile.as_deref()), ("139****0001", Some("139****2222")));
    assert_eq!((view.email.as_str(), view.new_email.as_deref()), ("p***@post.example", Some("n***@post.example")));

    let codes =
        ContactCodesForm { mobile_code: code_to(&ctx, "13911112222").await, email_code: code_to(&ctx, "new@post.example").await };
    let half = ContactCodesForm { email_code: String::new(), ..codes.clone() };
    let missing = problems(confirm_contact_change(&ctx, &session, &half).await);
    assert_eq!(missing, [("email_code".to_owned(), Rule::Required)]);
    confirm_contact_change(&ctx, &session, &codes).await.unwrap();
    let after = get_contacts(&ctx, session.user).await.unwrap();
    assert_eq!((after.mobile.as_str(), after.email.as_str()), ("13911112222", "new@post.example"));
    // The contacts so far are told, or a thief would change them unseen.
    for contact in ["13900000001", "person1@post.example"] {
        assert_eq!(newest_to(&ctx, contact).await.unwrap().template, "contacts_changed");
    }
    assert!(matches!(confirm_contact_change(&ctx, &session, &ContactCodesForm::default()).await, Err(Error::NotFound)));
    assert!(!problems(confirm_contact_change(&ctx, &session, &codes).await).is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn r13_a_one_time_link_replaces_a_lost_password_and_ends_every_session(pool: PgPool) {
    let ctx = without_captcha(pool);
    let old = signed_in(&ctx, "lin-yuqing", 1).await;
    let right = RecoveryForm {
        user_name: "LIN-yuqing".into(),
        contact_name: " 林雨晴".into(),
        email: "Person1@post.example".into(),
        category: "registrant".into(),
        ..RecoveryForm::default()
    };
    let count = async || outbox::list_shown(&ctx, &PlainTexts, 100).await.unwrap().len();
    let before = count().await;
    for wrong in [
        RecoveryForm { user_name: "nobody".into(), ..right.clone() },
        RecoveryForm { contact_name: "周明".into(), ..right.clone() },
        RecoveryForm { email: "other@post.example".into(), ..right.clone() },
        RecoveryForm { category: "bureau".into(), ..right.clone() },
    ] {
        ask_recovery(&ctx, &wrong).await.unwrap();
        assert_eq!(count().await, before);
    }
    ask_recovery(&ctx, &right).await.unwrap();
    let message = newest_to(&ctx, "person1@post.example").await.unwrap();
    let link = message.params["link"].as_str().unwrap();
    let token = link.strip_prefix("http://localhost:3000/lost-password/").unwrap().to_owned();
    assert!(is_recovery_open(&ctx, &token).await.unwrap());
    let new = "green-kettle-sings-4".to_owned();
    let form = NewPasswordForm { token: token.clone(), new_password: new.clone(), repeat_password: new.clone() };
    finish_recovery(&ctx, &form).await.unwrap();
    assert!(!sessions::is_open(&ctx, &mut ctx.pool.acquire().await.unwrap(), old.id).await.unwrap());
    sign_in(&ctx, "lin-yuqing", &new, "registrant").await.unwrap();
    assert!(matches!(finish_recovery(&ctx, &form).await, Err(Error::NotFound)));
    assert!(!is_recovery_open(&ctx, &token).await.unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn r13_who_knows_a_name_alone_keeps_nobody_from_the_link_and_nobody_is_flooded(pool: PgPool) {
    let ctx = without_captcha(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let right = RecoveryForm {
        user_name: "lin-yuqing".into(),
        contact_name: "林雨晴".into(),
        email: "person1@post.example".into(),
        category: "registrant".into(),
        ..RecoveryForm::default()
    };
    for _ in 0..6 {
        ask_recovery(&ctx, &RecoveryForm { contact_name: "周明".into(), ..right.clone() }).await.unwrap();
    }
    let links = async || {
        let shown = outbox::list_shown(&ctx, &PlainTexts, 100).await.unwrap();
        shown.iter().filter(|message| message.template == "recovery_link").count()
    };
    for sent in [1, 2, 3, 4, 5, 5] {
        ask_recovery(&ctx, &right).await.unwrap();
        assert_eq!(links().await, sent);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn r13_the_link_holds_thirty_minutes(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    registrant(&ctx, "lin-yuqing", 1).await;
    let form = RecoveryForm {
        user_name: "lin-yuqing".into(),
        contact_name: "林雨晴".into(),
        email: "person1@post.example".into(),
        category: "registrant".into(),
        ..RecoveryForm::default()
    };
    ask_recovery(&ctx, &form).await.unwrap();
    let message = newest_to(&ctx, "person1@post.example").await.unwrap();
    let token = message.params["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    ctx.clock.wind(30 * MINUTE);
    assert!(!is_recovery_open(&ctx, &token).await.unwrap());
    let new = "green-kettle-sings-4".to_owned();
    let form = NewPasswordForm { token, new_password: new.clone(), repeat_password: new };
    assert!(matches!(finish_recovery(&ctx, &form).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_demo_s_accounts_are_made_once_and_never_in_production(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let providers = seed_demo(&ctx).await;
    let count = sqlx::query_scalar!("select count(*) from users").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(count, Some(14));
    let production = crate::settings::Settings { demo: false, ..crate::settings::Settings::demo() };
    let ctx = Ctx { settings: production.into(), ..ctx };
    assert!(matches!(crate::seed_accounts::seed(&ctx, providers).await, Err(Error::Forbidden)));
}

/// Nothing comes between, however often is asked.
fn without_captcha(pool: PgPool) -> Ctx {
    let mut settings = crate::settings::Settings::demo();
    settings.accounts.failures_to_captcha = i32::MAX / 1000;
    Ctx { settings: settings.into(), ..Ctx::for_tests(pool) }
}

/// An installation where an address is one person's, with or without a challenge before everything.
fn installation(pool: PgPool, captcha: CaptchaUse) -> Ctx {
    let mut settings = crate::settings::Settings::demo();
    settings.accounts.captcha = captcha;
    settings.accounts.address_allowance = 1;
    settings.accounts.captcha_wait = Duration::from_millis(50);
    Ctx { settings: settings.into(), ..Ctx::for_tests(pool) }
}

async fn passed(ctx: &Ctx, purpose: ChallengeFor) -> String {
    captcha::ask(ctx, purpose, "", true).await.unwrap().expect("a challenge is due").id.to_string()
}

fn needs_captcha<T: std::fmt::Debug>(answer: Result<T>) -> bool {
    matches!(answer, Err(Error::Invalid(problems)) if problems.iter().all(|p| p.field == "captcha" && p.rule == Rule::Required))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_challenge_stands_before_registration_always_or_after_three_from_the_address(pool: PgPool) {
    let ctx = installation(pool.clone(), CaptchaUse::ByRisk);
    for number in 1..=3 {
        register(&ctx, &registration(&format!("name-{number}"), number)).await.unwrap();
    }
    let form = registration("name-4", 4);
    assert!(needs_captcha(register(&ctx, &form).await));
    let challenge = passed(&ctx, ChallengeFor::Registration).await;
    register(&ctx, &RegistrationForm { challenge: challenge.clone(), ..form }).await.unwrap();
    let again = RegistrationForm { challenge, ..registration("name-5", 5) };
    assert_eq!(problems(register(&ctx, &again).await), [("captcha".to_owned(), Rule::CaptchaWrong)], "it counts once");

    // On another node: the counts are rows. After an hour they are forgotten.
    let other = installation(pool.clone(), CaptchaUse::ByRisk);
    assert!(captcha::is_due(&other, ChallengeFor::Registration, "").await.unwrap());
    other.clock.wind(61 * MINUTE);
    assert!(!captcha::is_due(&other, ChallengeFor::Registration, "").await.unwrap());
    let always = installation(pool, CaptchaUse::Always);
    always.clock.wind(61 * MINUTE);
    assert!(needs_captcha(register(&always, &registration("name-6", 6)).await));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_challenge_stands_before_recovery_always_or_after_three_for_the_name_or_from_the_address(pool: PgPool) {
    let ctx = installation(pool.clone(), CaptchaUse::ByRisk);
    let form = |name: &str| RecoveryForm {
        user_name: name.into(),
        contact_name: "林雨晴".into(),
        email: "person1@post.example".into(),
        category: "registrant".into(),
        ..RecoveryForm::default()
    };
    // The name may be nobody's: what is asked shows nothing.
    for address in 1..=3 {
        let ctx = from_address(&ctx, &format!("192.0.2.{address}"));
        ask_recovery(&ctx, &form("lin-yuqing")).await.unwrap();
    }
    let fresh = from_address(&ctx, "192.0.2.9");
    assert!(needs_captcha(ask_recovery(&fresh, &form(" LIN-yuqing")).await));
    for name in ["name-1", "name-2", "name-3"] {
        ask_recovery(&fresh, &form(name)).await.unwrap();
    }
    assert!(needs_captcha(ask_recovery(&fresh, &form("name-4")).await));
    let challenge = passed(&fresh, ChallengeFor::Recovery).await;
    ask_recovery(&fresh, &RecoveryForm { challenge, ..form("name-4") }).await.unwrap();
    let always = from_address(&installation(pool, CaptchaUse::Always), "192.0.2.77");
    assert!(needs_captcha(ask_recovery(&always, &form("name-7")).await));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_passed_for_one_form_opens_no_other(pool: PgPool) {
    let ctx = installation(pool, CaptchaUse::Always);
    let challenge = passed(&ctx, ChallengeFor::Recovery).await;
    let form = RegistrationForm { challenge, ..registration("lin-yuqing", 1) };
    assert_eq!(problems(register(&ctx, &form).await), [("captcha".to_owned(), Rule::CaptchaWrong)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_way_without_a_picture_is_not_the_cheap_one(pool: PgPool) {
    let ctx = installation(pool, CaptchaUse::Always);
    let mut made = 0;
    while captcha::make(&ctx, ChallengeFor::SignIn, true).await.is_ok() {
        made += 1;
    }
    assert_eq!(made, 20);
    captcha::make(&ctx, ChallengeFor::SignIn, false).await.unwrap();
}
