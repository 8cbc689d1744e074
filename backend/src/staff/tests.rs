use super::*;
use crate::outbox;
use crate::seed::journeys::{Step, walk_here};
use crate::testing::*;
use crate::{accounts, queues, reviews, second_factor as factor, seed};
use domain::filing::{Status, Verb};
use domain::refusal::Refusal;
use domain::views::accounts::{NewPasswordForm, RecoveryForm, SecondFactorForm, Stage};
use sqlx::PgPool;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const OWN: &str = "green-lantern-sails-7";

struct Cast {
    ctx: Ctx,
    admin: Actor,
    clerk: Actor,
    rival: Actor,
    bureau: Actor,
    reviewer: Actor,
    elsewhere: Actor,
}

async fn cast(pool: PgPool) -> Cast {
    let ctx = Ctx::for_tests(pool);
    seed::houses(&ctx).await.unwrap();
    let actor = async |name: &str| rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap();
    Cast {
        admin: actor("yunshang-admin").await,
        clerk: actor("yunshang-clerk").await,
        rival: actor("hengtong-admin").await,
        bureau: actor("beijing-admin").await,
        reviewer: actor("beijing-reviewer-1").await,
        elsewhere: actor("zhejiang-admin").await,
        ctx,
    }
}

fn form(user_name: &str, role: &str) -> StaffForm {
    StaffForm {
        user_name: user_name.into(),
        contact_name: "王芳".into(),
        mobile: "13912345678".into(),
        email: "wang.fang@post.example".into(),
        role: role.into(),
    }
}

async fn password_of(ctx: &Ctx, admin: &Actor, id: UserId) -> String {
    hand_over(ctx, admin, id).await.unwrap().password.expect("a first password")
}

async fn standing(ctx: &Ctx, admin: &Actor, id: UserId) -> Standing {
    get(ctx, admin, id).await.unwrap().standing
}

fn own_password(password: &str) -> NewPasswordForm {
    NewPasswordForm { new_password: password.into(), repeat_password: password.into(), ..NewPasswordForm::default() }
}

fn is_not_found<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

fn is_forbidden<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Forbidden))
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_new_account_signs_in_once_by_its_first_password_and_then_by_its_own(pool: PgPool) {
    let Cast { ctx, admin, .. } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_clerk")).await.unwrap();
    let first = password_of(&ctx, &admin, id).await;
    assert_eq!(standing(&ctx, &admin, id).await, Standing::FirstPassword);
    assert!(newest_to(&ctx, "13912345678").await.unwrap().template == "staff_created");

    let begun = session(&ctx, &sign_in(&ctx, "wang-fang", &first, "provider").await.unwrap()).await;
    assert_eq!((begun.stage, begun.actor()), (Stage::FirstPassword, Actor::Anonymous));
    // Nothing else opens before: neither the authenticator nor its code.
    assert!(is_forbidden(factor::enrolment(&ctx, &begun).await));
    assert!(is_forbidden(factor::prove(&ctx, &begun, &SecondFactorForm { code: "123456".into() }).await));

    let kept = choose_password(&ctx, &begun, &own_password(&first)).await;
    assert_eq!(problems(kept), [("new_password".to_owned(), Rule::FirstPasswordKept)]);
    let weak = choose_password(&ctx, &begun, &own_password("password1")).await;
    assert_eq!(problems(weak), [("new_password".to_owned(), Rule::PasswordCommon)]);
    let chosen = session(&ctx, &choose_password(&ctx, &begun, &own_password(OWN)).await.unwrap()).await;
    assert_eq!(chosen.stage, Stage::Enrolment);
    assert_eq!(standing(&ctx, &admin, id).await, Standing::Active);
    // The first password is over, and shown no more.
    assert_eq!(hand_over(&ctx, &admin, id).await.unwrap().password, None);
    let again = sign_in(&ctx, "wang-fang", &first, "provider").await;
    assert_eq!(problems(again), [("password".to_owned(), Rule::SignInWrong)]);
    assert!(is_forbidden(choose_password(&ctx, &chosen, &own_password("another-own-one-3")).await));
    assert_eq!(audited(&ctx, "choose_password").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_first_password_is_shown_to_who_issued_it_for_a_while_and_holds_for_three_days(pool: PgPool) {
    let Cast { ctx, admin, bureau, .. } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_admin")).await.unwrap();
    let first = password_of(&ctx, &admin, id).await;
    let groups: Vec<&str> = first.split('-').collect();
    assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{first}");
    // The bureau keeps a provider's administrators too, but did not issue this one.
    assert_eq!(hand_over(&ctx, &bureau, id).await.unwrap().password, None);
    handed_over(&ctx, &bureau, id).await.unwrap();
    assert_eq!(password_of(&ctx, &admin, id).await, first);
    ctx.clock.wind(HOUR / 4);
    assert_eq!(hand_over(&ctx, &admin, id).await.unwrap().password, None);
    crate::retention::sweep(&ctx).await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from first_passwords").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(kept, 0);
    // Three looks, two of which showed something.
    assert_eq!(audited(&ctx, "show_first_password").await, ["done", "done"]);
    ctx.clock.wind(72 * HOUR);
    assert_eq!(standing(&ctx, &admin, id).await, Standing::FirstPasswordOver);
    let late = sign_in(&ctx, "wang-fang", &first, "provider").await;
    assert_eq!(problems(late), [("password".to_owned(), Rule::FirstPasswordOver)]);
    // To who does not know it, it is as any other.
    let guess = sign_in(&ctx, "wang-fang", "some-other-guess-1", "provider").await;
    assert_eq!(problems(guess), [("password".to_owned(), Rule::SignInWrong)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_handed_over_is_shown_no_more_and_no_table_has_it_in_the_clear(pool: PgPool) {
    let Cast { ctx, admin, .. } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_clerk")).await.unwrap();
    let first = password_of(&ctx, &admin, id).await;
    let rows: Vec<String> = sqlx::query_scalar(
        "select to_jsonb(f)::text from first_passwords f union all select to_jsonb(u)::text from users u
         union all select to_jsonb(a)::text from audit a union all select to_jsonb(o)::text from outbox o",
    )
    .fetch_all(&ctx.pool)
    .await
    .unwrap();
    for secret in [first.as_str(), "王芳", "13912345678"] {
        assert!(!rows.iter().any(|row| row.contains(secret) || row.contains(&hex::encode(secret))), "{secret}");
    }
    handed_over(&ctx, &admin, id).await.unwrap();
    assert_eq!(hand_over(&ctx, &admin, id).await.unwrap().password, None);
    // It still signs in.
    sign_in(&ctx, "wang-fang", &first, "provider").await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_only_the_administrators_of_an_office_keep_its_staff(pool: PgPool) {
    let Cast { ctx, admin, clerk, rival, bureau, reviewer, elsewhere } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_clerk")).await.unwrap();
    for caller in [&clerk, &reviewer, &Actor::Anonymous, &Actor::System] {
        assert!(is_forbidden(list(&ctx, caller).await), "{caller:?}");
        assert!(is_forbidden(create(&ctx, caller, &form("li-na", "provider_clerk")).await));
        assert!(is_forbidden(suspend(&ctx, caller, id).await));
        assert!(is_forbidden(hand_over(&ctx, caller, id).await));
        assert!(is_forbidden(reissue(&ctx, caller, id, true).await));
    }
    // Another provider, the bureau (which keeps administrators alone) and another bureau find nothing.
    for caller in [&rival, &bureau, &elsewhere] {
        assert!(is_not_found(get(&ctx, caller, id).await), "{caller:?}");
        assert!(is_not_found(suspend(&ctx, caller, id).await));
        assert!(is_not_found(resume(&ctx, caller, id).await));
        assert!(is_not_found(reissue(&ctx, caller, id, false).await));
        assert!(is_not_found(hand_over(&ctx, caller, id).await));
        assert!(is_not_found(handed_over(&ctx, caller, id).await));
        let names: Vec<String> = list(&ctx, caller).await.unwrap().staff.into_iter().map(|one| one.user_name).collect();
        assert!(!names.contains(&"wang-fang".to_owned()), "{names:?}");
    }
    for caller in [&rival, &elsewhere] {
        assert!(change_role(&ctx, caller, id, "provider_admin").await.is_err());
    }
    // No role of another office, and no registrant.
    for role in ["reviewer", "bureau_admin", "registrant", "king", ""] {
        assert_eq!(problems(create(&ctx, &admin, &form("li-na", role)).await)[0].0, "role", "{role}");
    }
    assert_eq!(
        problems(create(&ctx, &admin, &form("Wang-Fang", "provider_clerk")).await),
        [("user_name".to_owned(), Rule::UserNameTaken)]
    );
    assert_eq!(standing(&ctx, &admin, id).await, Standing::FirstPassword);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_nobody_changes_the_own_account(pool: PgPool) {
    let Cast { ctx, admin, bureau, .. } = cast(pool).await;
    for caller in [&admin, &bureau] {
        let oneself = caller.user().unwrap();
        assert!(get(&ctx, caller, oneself).await.unwrap().oneself);
        let role = Office::of(caller).unwrap().roles()[0].name();
        assert!(is_forbidden(change_role(&ctx, caller, oneself, role).await));
        assert!(is_forbidden(suspend(&ctx, caller, oneself).await));
        assert!(is_forbidden(reissue(&ctx, caller, oneself, true).await));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_of_two_administrators_who_suspend_each_other_at_once_one_stays(pool: PgPool) {
    let Cast { ctx, admin, .. } = cast(pool).await;
    for n in 0..5 {
        let id = create(&ctx, &admin, &form(&format!("wang-fang-{n}"), "provider_admin")).await.unwrap();
        let other = rows::find_by_id(&ctx.pool, id).await.unwrap().unwrap().actor().unwrap();
        let oneself = admin.user().unwrap();
        let (a, b) = tokio::join!(suspend(&ctx, &admin, id), suspend(&ctx, &other, oneself));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let (a, b) = if a.is_ok() { (admin, oneself) } else { (other, id) };
        let gone = if a.user() == Some(oneself) { id } else { oneself };
        resume(&ctx, &a, gone).await.unwrap();
        assert_ne!(b, gone);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_bureau_makes_the_administrators_of_its_own_provinces_providers(pool: PgPool) {
    let Cast { ctx, admin, bureau, elsewhere, .. } = cast(pool).await;
    let Actor::Provider { provider, .. } = admin else { panic!() };
    let asked = form("wang-fang", "provider_admin");
    assert!(is_not_found(create_administrator(&ctx, &elsewhere, provider, &asked).await));
    assert!(is_forbidden(create_administrator(&ctx, &admin, provider, &asked).await));
    let clerk = create_administrator(&ctx, &bureau, provider, &form("wang-fang", "provider_clerk")).await;
    assert_eq!(problems(clerk), [("role".to_owned(), Rule::UnknownCode)]);
    let id = create_administrator(&ctx, &bureau, provider, &asked).await.unwrap();
    let first = password_of(&ctx, &bureau, id).await;
    sign_in(&ctx, "wang-fang", &first, "provider").await.unwrap();
    // Its colleague sees it, and the bureau may suspend it but give it no role of its own.
    assert_eq!(get(&ctx, &admin, id).await.unwrap().role, Role::ProviderAdmin);
    assert_eq!(problems(change_role(&ctx, &bureau, id, "bureau_admin").await), [("role".to_owned(), Rule::UnknownCode)]);
    suspend(&ctx, &bureau, id).await.unwrap();
    assert_eq!(standing(&ctx, &admin, id).await, Standing::Suspended);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_suspended_account_is_out_at_once_and_its_cases_are_back_in_the_queue(pool: PgPool) {
    let Cast { ctx, admin, clerk, .. } = cast(pool).await;
    let filing = walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit]).await.unwrap();
    let seq = journal::load(&mut ctx.pool.acquire().await.unwrap(), filing, false).await.unwrap().seq;
    reviews::claim(&ctx, &clerk, filing, seq, Uuid::new_v4()).await.unwrap();
    let id = clerk.user().unwrap();
    assert_eq!(get(&ctx, &admin, id).await.unwrap().cases, 1);
    let open = sign_in(&ctx, "yunshang-clerk", crate::seed_accounts::PASSWORD, "provider").await.unwrap();

    let contacts = rows::find_by_id(&ctx.pool, id).await.unwrap().unwrap().contacts(&ctx).unwrap();
    let lost = RecoveryForm {
        user_name: "yunshang-clerk".into(),
        contact_name: contacts.name,
        email: contacts.email.clone(),
        category: "provider".into(),
        ..RecoveryForm::default()
    };
    accounts::ask_recovery(&ctx, &lost).await.unwrap();
    let link = newest_to(&ctx, &contacts.email).await.unwrap().params["link"].as_str().unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap();
    assert!(accounts::is_recovery_open(&ctx, token).await.unwrap());

    suspend(&ctx, &admin, id).await.unwrap();
    assert!(!accounts::is_recovery_open(&ctx, token).await.unwrap());
    assert!(sessions::find(&ctx, open.cookie_value()).await.unwrap().is_none());
    let again = sign_in(&ctx, "yunshang-clerk", crate::seed_accounts::PASSWORD, "provider").await;
    assert_eq!(problems(again), [("password".to_owned(), Rule::AccountSuspended)]);
    // To who does not know its password, it is as any other.
    let guess = sign_in(&ctx, "yunshang-clerk", "some-other-guess-1", "provider").await;
    assert_eq!(problems(guess), [("password".to_owned(), Rule::SignInWrong)]);
    let mut conn = ctx.pool.acquire().await.unwrap();
    let after = journal::load(&mut conn, filing, false).await.unwrap();
    assert_eq!((after.claimed_by, after.status), (None, Status::ProviderReview));
    let last = journal::events(&mut conn, filing).await.unwrap().pop().unwrap();
    assert_eq!(last.verb, Verb::Release);
    drop(conn);
    journal::check(&ctx.pool).await.unwrap();
    let told = outbox::list_shown(&ctx, &PlainTexts, 10).await.unwrap();
    assert_eq!(told.iter().filter(|message| message.template == "staff_suspended").count(), 2);

    resume(&ctx, &admin, id).await.unwrap();
    sign_in(&ctx, "yunshang-clerk", crate::seed_accounts::PASSWORD, "provider").await.unwrap();
    for verb in ["suspend_staff", "resume_staff"] {
        assert_eq!(audited(&ctx, verb).await, ["done"]);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_the_system_releases_only_what_is_held(pool: PgPool) {
    let Cast { ctx, .. } = cast(pool).await;
    let filing = walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit]).await.unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let free = journal::load(&mut tx, filing, true).await.unwrap();
    let answer = journal::decide(&mut tx, &ctx, &free, &Actor::System, &Command::Release).await;
    assert!(matches!(answer, Err(Error::Refused(Refusal::NotClaimed))), "{answer:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_new_first_password_ends_the_old_one_the_sessions_and_if_asked_the_authenticator(pool: PgPool) {
    let Cast { ctx, admin, clerk, .. } = cast(pool).await;
    let id = clerk.user().unwrap();
    let open = sign_in(&ctx, "yunshang-clerk", crate::seed_accounts::PASSWORD, "provider").await.unwrap();
    reissue(&ctx, &admin, id, false).await.unwrap();
    assert!(sessions::find(&ctx, open.cookie_value()).await.unwrap().is_none());
    assert!(get(&ctx, &admin, id).await.unwrap().second_factor);
    let first = password_of(&ctx, &admin, id).await;
    let begun = session(&ctx, &sign_in(&ctx, "yunshang-clerk", &first, "provider").await.unwrap()).await;
    let chosen = choose_password(&ctx, &begun, &own_password(OWN)).await.unwrap();
    // The authenticator that is there must be proved still.
    assert_eq!(chosen.stage, Stage::SecondFactor);

    reissue(&ctx, &admin, id, true).await.unwrap();
    assert!(!get(&ctx, &admin, id).await.unwrap().second_factor);
    let first = password_of(&ctx, &admin, id).await;
    let begun = session(&ctx, &sign_in(&ctx, "yunshang-clerk", &first, "provider").await.unwrap()).await;
    assert_eq!(choose_password(&ctx, &begun, &own_password("blue-lantern-sails-8")).await.unwrap().stage, Stage::Enrolment);
    assert_eq!(audited(&ctx, "reissue_password").await, ["done"]);
    assert_eq!(audited(&ctx, "reissue_password_and_factor").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_an_authenticator_that_was_shown_and_not_confirmed_is_gone_with_its_password(pool: PgPool) {
    let Cast { ctx, admin, .. } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_clerk")).await.unwrap();
    // Whoever has the first password may look, and go.
    let mut seen = Vec::new();
    for own in [OWN, "blue-lantern-sails-8"] {
        let first = password_of(&ctx, &admin, id).await;
        let begun = session(&ctx, &sign_in(&ctx, "wang-fang", &first, "provider").await.unwrap()).await;
        let chosen = session(&ctx, &choose_password(&ctx, &begun, &own_password(own)).await.unwrap()).await;
        let shown = factor::enrolment(&ctx, &chosen).await.unwrap();
        assert_eq!(factor::enrolment(&ctx, &chosen).await.unwrap(), shown, "the same until it is confirmed");
        seen.push((shown.secret, shown.recovery_codes));
        reissue(&ctx, &admin, id, false).await.unwrap();
    }
    assert_ne!(seen[0].0, seen[1].0);
    assert!(seen[0].1.iter().all(|code| !seen[1].1.contains(code)));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_authenticator_that_was_shown_and_not_confirmed_is_gone_with_a_lost_password(pool: PgPool) {
    let Cast { ctx, admin, .. } = cast(pool).await;
    let id = create(&ctx, &admin, &form("wang-fang", "provider_clerk")).await.unwrap();
    let first = password_of(&ctx, &admin, id).await;
    let begun = session(&ctx, &sign_in(&ctx, "wang-fang", &first, "provider").await.unwrap()).await;
    let chosen = session(&ctx, &choose_password(&ctx, &begun, &own_password(OWN)).await.unwrap()).await;
    let seen = factor::enrolment(&ctx, &chosen).await.unwrap();

    let lost = RecoveryForm {
        user_name: "wang-fang".into(),
        contact_name: "王芳".into(),
        email: "wang.fang@post.example".into(),
        category: "provider".into(),
        ..RecoveryForm::default()
    };
    accounts::ask_recovery(&ctx, &lost).await.unwrap();
    let link = newest_to(&ctx, "wang.fang@post.example").await.unwrap().params["link"].as_str().unwrap().to_owned();
    let new = "blue-lantern-sails-8";
    let renewed = NewPasswordForm { token: link.rsplit('/').next().unwrap().into(), ..own_password(new) };
    accounts::finish_recovery(&ctx, &renewed).await.unwrap();
    let again = session(&ctx, &sign_in(&ctx, "wang-fang", new, "provider").await.unwrap()).await;
    let shown = factor::enrolment(&ctx, &again).await.unwrap();
    assert_ne!(shown.secret, seen.secret);
    assert!(shown.recovery_codes.iter().all(|code| !seen.recovery_codes.contains(code)));
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_another_role_holds_from_the_next_sign_in(pool: PgPool) {
    let Cast { ctx, admin, clerk, .. } = cast(pool).await;
    let id = clerk.user().unwrap();
    let open = sign_in(&ctx, "yunshang-clerk", crate::seed_accounts::PASSWORD, "provider").await.unwrap();
    // The one that it has is no other: nobody is signed out for it, or told that something changed.
    assert_eq!(problems(change_role(&ctx, &admin, id, "provider_clerk").await), [("role".to_owned(), Rule::UnknownCode)]);
    assert!(sessions::find(&ctx, open.cookie_value()).await.unwrap().is_some());
    assert_eq!(hand_over(&ctx, &admin, id).await.unwrap().roles, [Role::ProviderAdmin]);
    change_role(&ctx, &admin, id, "provider_admin").await.unwrap();
    assert!(sessions::find(&ctx, open.cookie_value()).await.unwrap().is_none());
    let now = rows::find_by_id(&ctx.pool, id).await.unwrap().unwrap().actor().unwrap();
    assert!(list(&ctx, &now).await.is_ok());
    assert!(queues::House::of(&now).is_ok());
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_who_runs_the_installation_makes_the_first_administrator_of_a_bureau(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let nowhere = create_bureau_administrator(&ctx, 999_999, &form("zhang-wei", "bureau_admin")).await;
    assert_eq!(problems(nowhere), [("province".to_owned(), Rule::UnknownCode)]);
    let first = create_bureau_administrator(&ctx, 330_000, &form("zhang-wei", "bureau_admin")).await.unwrap();
    let begun = session(&ctx, &sign_in(&ctx, "zhang-wei", &first, "bureau").await.unwrap()).await;
    assert_eq!((begun.stage, begun.role), (Stage::FirstPassword, Role::BureauAdmin));
    let twice = create_bureau_administrator(&ctx, 330_000, &form("zhang-wei", "bureau_admin")).await;
    assert_eq!(problems(twice), [("user_name".to_owned(), Rule::UserNameTaken)]);
}
