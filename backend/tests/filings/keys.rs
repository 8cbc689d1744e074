//! Keys change while nodes of two kinds serve: one writes with the old ones, one with the new.

use crate::stage::*;
use backend::{
    Ctx, Error, Result, accounts, e_certificates, filings, flash, journal,
    keys::{
        Keys, Step,
        registry::{self, Misfit},
    },
    rekey::{self, uses},
    second_factor, seed, seed_accounts, sessions,
};
use domain::{
    actor::Actor,
    e_certificate::Standing,
    forms::SponsorForm,
    id::FilingId,
    problem::{Rule, Section},
    views::accounts::{RegistrationForm, SecondFactorForm, SignInForm, Stage},
};
use secrecy::SecretString;
use sqlx::PgPool;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::Notify;

/// The file as it was, and after each step.
struct Files {
    old: SecretString,
    added: SecretString,
    active: SecretString,
    retired: SecretString,
}

fn files() -> Files {
    let old = Keys::generate();
    let (added, names) = Keys::after(&old, Step::Add).unwrap();
    assert_eq!(names, ["sealing k2", "index 2"]);
    let (active, _) = Keys::after(&added, Step::Activate).unwrap();
    let (retired, names) = Keys::after(&active, Step::Retire).unwrap();
    assert_eq!(names, old_names());
    Files { old, added, active, retired }
}

fn old_names() -> Vec<String> {
    vec!["sealing k1".to_owned(), "index 1".to_owned()]
}

/// A node of the same system with these keys.
fn node(ctx: &Ctx, keys: &SecretString) -> Ctx {
    Ctx { keys: Keys::parse(keys).unwrap(), ..ctx.clone() }
}

/// Runs to the end; the connection of one that was cut off may still be open.
async fn renew(ctx: &Ctx) -> rekey::Outcome {
    loop {
        if let Some(outcome) = rekey::run(ctx, &mut |_, _| {}).await.unwrap() {
            return outcome;
        }
        tokio::task::yield_now().await;
    }
}

/// Renews so many rows and is cut off.
async fn renew_some(ctx: &Ctx, most: u64) {
    let (seen, enough) = (AtomicU64::new(0), Notify::new());
    let mut report = |_, rows| {
        if seen.fetch_add(rows, Ordering::SeqCst) + rows >= most {
            enough.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = enough.notified() => {}
        ended = rekey::run(ctx, &mut report) => panic!("not cut off: {ended:?}"),
    }
}

async fn uses_of(ctx: &Ctx, names: &[String]) -> i64 {
    let uses = uses::count_now(ctx).await.unwrap();
    names.iter().map(|name| uses.of(name)).sum()
}

/// What one node does all the time: saves answers, hands filings in, registers people, keeps flashes.
async fn work(ctx: &Ctx, owner: Actor, first: u32, stop: &AtomicBool) -> (FilingId, String) {
    let id = filings::create(ctx, &owner).await.unwrap();
    let (mut version, mut n) = (0, first);
    loop {
        n += 1;
        let remark = format!("第{n}次");
        let form = SponsorForm { remark: remark.clone(), ..company(n).sponsor };
        let saved = filings::save_sponsor(ctx, &owner, id, version, None, 0, form).await.unwrap();
        version = saved.version;
        flash::put(ctx, &flash::Flash::default()).await.unwrap();
        if n % 5 == 0 {
            let other = fill(ctx, &owner, &company(n)).await;
            submit(ctx, &owner, other).await.unwrap();
            accounts::register(ctx, &person(n)).await.unwrap();
        }
        if n > first + 5 && stop.load(Ordering::SeqCst) {
            return (id, remark);
        }
    }
}

fn person(n: u32) -> RegistrationForm {
    let password = "purple-teapot-walks-9".to_owned();
    RegistrationForm {
        terms: "accepted".into(),
        user_name: format!("person-{n}"),
        contact_name: "林雨晴".into(),
        mobile: format!("136{n:08}"),
        email: format!("person{n}@post.example"),
        password: password.clone(),
        password_repeat: password,
        lang: "zh".into(),
        ..RegistrationForm::default()
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn keys_change_under_load_and_afterwards_everything_opens_is_found_and_checked_without_the_old_ones(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let files = files();
    let before = node(&ctx, &files.old);
    // Approved, with a certificate in its owner's hands; to be confirmed, with a code on a telephone; a draft.
    let approved = to_the_bureau(&before, &registrant(1), 1).await;
    approve(&before, &reviewer(1), approved).await.unwrap();
    let number: String =
        sqlx::query_scalar("select s.number from sites s join site_versions v on v.site_id = s.id where v.filing_id = $1")
            .bind(approved.0)
            .fetch_one(&ctx.pool)
            .await
            .unwrap();
    let certificate = e_certificates::file(&before, &registrant(1), &number).await.unwrap();
    let pending = fill(&before, &registrant(2), &company(2)).await;
    submit(&before, &registrant(2), pending).await.unwrap();
    pass(&before, pending).await;
    run_jobs(&before).await;
    let code = codes(&before, &mobile(2)).await.first().unwrap().clone();
    fill(&before, &registrant(3), &company(3)).await;
    registry::admit(&before).await.unwrap();

    let (old, new) = (node(&ctx, &files.added), node(&ctx, &files.active));
    registry::admit(&old).await.unwrap();
    registry::admit(&new).await.unwrap();
    let (old_ends, new_ends) = (AtomicBool::new(false), AtomicBool::new(false));
    let change = async {
        renew_some(&new, 7).await;
        renew_some(&new, 20).await;
        // The node with the old keys is restarted with the new ones.
        old_ends.store(true, Ordering::SeqCst);
    };
    let first = async {
        let ((), last) = tokio::join!(change, work(&old, registrant(4), 1000, &old_ends));
        let outcome = renew(&new).await;
        new_ends.store(true, Ordering::SeqCst);
        (last, outcome)
    };
    let ((by_old, outcome), by_new) = tokio::join!(first, work(&new, registrant(5), 5000, &new_ends));
    assert_eq!((outcome.stuck, outcome.uses.of("sealing k1"), outcome.uses.of("index 1")), (0, 0, 0), "{:?}", outcome.uses);
    assert!(outcome.renewed > 0 && outcome.uses.of("sealing k2") > 100);

    registry::retire(&new, &old_names()).await.unwrap();
    let after = node(&ctx, &files.retired);
    registry::admit(&after).await.unwrap();
    // No write was lost, and whoever has a form open goes on.
    for (owner, (id, remark)) in [(registrant(4), by_old), (registrant(5), by_new)] {
        let view = filings::draft(&after, &owner, id).await.unwrap();
        assert_eq!(view.draft.sponsor.remark, remark);
        let version = view.sections.iter().find(|s| s.section == Section::Sponsor).unwrap().version;
        filings::save_sponsor(&after, &owner, id, version, None, 0, view.draft.sponsor).await.unwrap();
    }
    // The register and the holds are found by their indexes.
    for (n, rule) in [(1, Rule::SponsorFiled), (2, Rule::SponsorUnderWay)] {
        let mut twin = company(n);
        twin.sites = vec![site(1, &format!("twin{n}.cn"))];
        twin.sponsor.person_mobile = mobile(90 + n);
        let id = fill(&after, &registrant(6), &twin).await;
        let found = problems(submit(&after, &registrant(6), id).await);
        assert_eq!(found, [("sponsor".to_owned(), "certificate_number".to_owned(), rule)], "{n}");
    }
    // What people hold goes on to hold: the code, the certificate.
    confirm(&after, &mobile(2), &code, DIGITS).await.unwrap();
    assert_eq!(status(&after, pending).await, "bureau_review");
    let (found, code) = e_certificates::open_file(&after, certificate.as_bytes()).unwrap();
    assert_eq!(found, number);
    assert_eq!(e_certificates::check(&after, &number, &code).await.unwrap().standing, Standing::Current);
    let keys = serde_json::to_value(e_certificates::public_keys(&after)).unwrap();
    let ids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(ids, ["k1", "k2"]);
    // And the way goes on: the person whose identity was checked under the old key is still that person.
    approve(&after, &reviewer(1), pending).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_demo_names_no_old_key_after_the_change_and_its_staff_sign_in(pool: PgPool) {
    let mut ctx = Ctx::for_tests(pool);
    ctx.clock = backend::clock::Clock::standing(time::macros::datetime!(2026-11-22 06:00 UTC));
    let files = files();
    let before = node(&ctx, &files.old);
    seed::demo(&before).await.unwrap();
    flash::put(&before, &flash::Flash::default()).await.unwrap();
    let new = node(&ctx, &files.active);
    let all = uses::count_now(&before).await.unwrap();
    let mut untouched = 0;
    loop {
        let left = uses_of(&new, &old_names()).await;
        if left == untouched {
            break;
        }
        untouched = left;
        renew_some(&new, 50).await;
        if uses_of(&new, &old_names()).await < 200 {
            break;
        }
    }
    let outcome = renew(&new).await;
    assert_eq!((outcome.stuck, uses_of(&new, &old_names()).await), (0, 0), "{:?}", outcome.uses);
    for (old, new) in [("sealing k1", "sealing k2"), ("index 1", "index 2")] {
        assert_eq!(outcome.uses.of(new), all.of(old), "{new}");
    }
    // A second run finds nothing to do.
    assert_eq!(renew(&new).await.renewed, 0);

    let after = node(&ctx, &files.retired);
    for account in seed_accounts::ACCOUNTS.iter().filter(|account| account.user_name == "beijing-reviewer-1") {
        let category = account.role.category().name().to_owned();
        let form = SignInForm {
            user_name: account.user_name.into(),
            password: seed_accounts::PASSWORD.into(),
            category,
            ..SignInForm::default()
        };
        let sessions::Entered::Opened(opened) = sessions::sign_in(&after, &form, None).await.unwrap() else { panic!() };
        assert_eq!(opened.stage, Stage::SecondFactor);
        let session = sessions::find(&after, opened.cookie_value()).await.unwrap().unwrap();
        let (code, _) = second_factor::find_demo_code(&after, account.user_name).await.unwrap().unwrap();
        second_factor::prove(&after, &session, &SecondFactorForm { code }).await.unwrap();
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_who_claim_one_sponsor_at_nodes_with_different_keys_one_waits_and_is_told(pool: PgPool) {
    let ctx = set(pool).await;
    let files = files();
    let nodes = [node(&ctx, &files.added), node(&ctx, &files.active)];
    let twin = |n: u32, who: u32| {
        let mut draft = company(n);
        draft.sites = vec![site(1, &format!("of{who}and{n}.cn"))];
        draft.sponsor.person_mobile = mobile(1000 * who + n);
        draft
    };
    for n in 1..=6 {
        let (one, other) = (registrant(1), registrant(2));
        let ids = [fill(&nodes[0], &one, &twin(n, 1)).await, fill(&nodes[1], &other, &twin(n, 2)).await];
        let told = |result: Result<()>| match result {
            Ok(()) => true,
            Err(Error::Invalid(problems)) => {
                assert!(problems.iter().all(|problem| problem.rule == Rule::SponsorUnderWay), "{problems:?}");
                false
            }
            Err(error) => panic!("{error}"),
        };
        let (first, second) = match n {
            // One after the other, either way, and then at once.
            1 => (submit(&nodes[0], &one, ids[0]).await, submit(&nodes[1], &other, ids[1]).await),
            2 => {
                let second = submit(&nodes[1], &other, ids[1]).await;
                (submit(&nodes[0], &one, ids[0]).await, second)
            }
            _ => tokio::join!(submit(&nodes[0], &one, ids[0]), submit(&nodes[1], &other, ids[1])),
        };
        assert!(told(first) ^ told(second), "company {n}: both or neither");
    }
    // Keys that were only added are not written with.
    let holds: Vec<i32> = sqlx::query_scalar("select distinct get_byte(key, 0) from holds where kind = 'sponsor' order by 1")
        .fetch_all(&ctx.pool)
        .await
        .unwrap();
    assert!(holds.iter().all(|version| [1, 2].contains(version)));
    assert_eq!(nodes[0].keys.index("sponsor", "x")[0], 1);
    assert_eq!(nodes[0].keys.indexes("sponsor", "x").last(), Some(&nodes[0].keys.index("sponsor", "x")));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_claim_waits_for_a_node_that_makes_the_same_under_another_key(pool: PgPool) {
    let ctx = set(pool).await;
    let files = files();
    let (old, new) = (node(&ctx, &files.added), node(&ctx, &files.active));
    let id = fill(&new, &registrant(1), &company(1)).await;
    // A node that writes with the old keys stands in the middle of the same claim, and has written nothing yet.
    let mut tx = old.begin().await.unwrap();
    let claims: Vec<Vec<u8>> = {
        let form = company(1).sponsor;
        let identity = backend::holds::sponsor_identity(&form, domain::time::beijing_date(old.clock.now())).unwrap();
        old.keys.indexes("sponsor", &identity)
    };
    sqlx::query("select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))")
        .bind(claims.last().unwrap())
        .execute(&mut *tx)
        .await
        .unwrap();
    let ended = AtomicBool::new(false);
    let submitted = async {
        submit(&new, &registrant(1), id).await.unwrap();
        assert!(ended.load(Ordering::SeqCst), "it did not wait");
    };
    let end = async {
        let waits = "select exists (select from pg_locks where not granted and locktype = 'advisory')";
        for _ in 0..2000 {
            if sqlx::query_scalar::<_, bool>(waits).fetch_one(&ctx.pool).await.unwrap() {
                break;
            }
        }
        ended.store(true, Ordering::SeqCst);
        tx.commit().await.unwrap();
    };
    tokio::join!(submitted, end);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_is_written_with_when_all_read_it_and_goes_when_nothing_needs_it(pool: PgPool) {
    let ctx = set(pool).await;
    let files = files();
    let [old, added, active, retired] = [&files.old, &files.added, &files.active, &files.retired].map(|keys| node(&ctx, keys));
    // A database from before: its rows say which keys they need.
    fill(&old, &registrant(1), &company(1)).await;
    let foreign = node(&ctx, &Keys::after(&Keys::generate(), Step::Add).unwrap().0);
    let stranger = node(&ctx, &Keys::generate());
    let renamed = Keys::generate();
    let renamed = secrecy::ExposeSecret::expose_secret(&renamed).replace("\"k1\"", "\"k9\"");
    assert!(matches!(registry::admit(&node(&ctx, &renamed.into())).await, Err(Misfit::Missing(key)) if key == "sealing k1"));
    let first = registry::enter(&old, "first").await.unwrap();
    for other in [&foreign, &stranger] {
        assert!(matches!(registry::admit(other).await, Err(Misfit::Other(key)) if key == "index 1"));
    }

    // One node has the old file: nobody writes with the new keys, by the command or by a start.
    let second = registry::enter(&added, "second").await.unwrap();
    let new_names = ["sealing k2".to_owned(), "index 2".to_owned()];
    let unread = |result| matches!(result, Err(Misfit::Unread { node, key }) if node == "first" && key == "sealing k2");
    let next = &active.keys;
    assert!(unread(registry::activate(&added, next, &new_names).await));
    assert!(unread(registry::enter(&active, "second").await.map(drop)));
    let nodes: i64 = sqlx::query_scalar("select count(*) from key_readers").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(nodes, 2, "who was refused is not waited for");
    registry::leave(&old, first).await.unwrap();
    registry::activate(&added, next, &new_names).await.unwrap();
    let third = registry::enter(&active, "third").await.unwrap();

    // A node with the old file is refused; one that slipped in is not ready, until it is restarted.
    assert!(matches!(registry::enter(&old, "first").await, Err(Misfit::Missing(key)) if key == "index 2"));
    registry::beat(&old, first, "first").await.unwrap();
    assert_eq!(old.keys.lacking().as_deref(), Some("index 2"));
    registry::beat(&active, third, "third").await.unwrap();
    assert_eq!(active.keys.lacking(), None);
    sqlx::query("update key_readers set ended_at = seen_at where id = $1").bind(first).execute(&ctx.pool).await.unwrap();

    // The old keys go when no node has written with them for an hour, and no row needs them.
    let still_written = registry::retire(&active, &old_names()).await;
    assert!(matches!(still_written, Err(Misfit::StillWritten { node, .. }) if node == "first"));
    registry::leave(&added, second).await.unwrap();
    sqlx::query("update key_readers set seen_at = seen_at - interval '61 minutes' where id <> $1")
        .bind(third)
        .execute(&ctx.pool)
        .await
        .unwrap();
    let still_used = registry::retire(&active, &old_names()).await;
    assert!(matches!(still_used, Err(Misfit::StillUsed { key, rows }) if key == "sealing k1" && rows > 0));
    assert!(matches!(registry::admit(&retired).await, Err(Misfit::Missing(_))), "removed too early");
    assert_eq!(renew(&active).await.stuck, 0);
    registry::retire(&active, &old_names()).await.unwrap();
    registry::admit(&retired).await.unwrap();

    // A file from which the retired key vanished would not check old certificates.
    let bare = secrecy::ExposeSecret::expose_secret(&files.retired).split("\"retired\"").next().unwrap().trim_end().to_owned();
    let bare = format!("{}}}", bare.trim_end_matches(','));
    assert!(matches!(registry::admit(&node(&ctx, &bare.into())).await, Err(Misfit::RetiredLost(key)) if key == "index 1"));
    let told: i64 =
        sqlx::query_scalar("select count(*) from audit where verb = 'retire_keys'").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(told, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_node_without_the_key_of_a_row_answers_an_error_and_leaves_the_row_as_it_is(pool: PgPool) {
    let ctx = set(pool).await;
    let files = files();
    let (old, active) = (node(&ctx, &files.old), node(&ctx, &files.active));
    let id = fill(&active, &registrant(1), &company(1)).await;
    let rows = async || -> Vec<(String, Vec<u8>)> {
        sqlx::query_as("select section, sealed from draft_sections order by 1").fetch_all(&ctx.pool).await.unwrap()
    };
    let before = rows().await;
    assert!(matches!(filings::draft(&old, &registrant(1), id).await, Err(Error::Inconsistent { .. })));
    let outcome = renew(&old).await;
    assert!(outcome.stuck > 0);
    assert_eq!(rows().await, before);
    assert_eq!(filings::draft(&active, &registrant(1), id).await.unwrap().draft.sponsor, company(1).sponsor);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_first_node_that_is_admitted_guards_older_keys_of_rows_too(pool: PgPool) {
    let ctx = set(pool).await;
    let files = files();
    let (old, active) = (node(&ctx, &files.old), node(&ctx, &files.active));
    fill(&old, &registrant(1), &company(1)).await;
    registry::admit(&active).await.unwrap();
    let mut file: serde_json::Value = serde_json::from_str(secrecy::ExposeSecret::expose_secret(&files.active)).unwrap();
    file["sealing"].as_object_mut().unwrap().remove("k1");
    let lost = node(&ctx, &file.to_string().into());
    assert!(matches!(registry::admit(&lost).await, Err(Misfit::Missing(key)) if key == "sealing k1"));
    // They go like any other once no row needs them.
    assert_eq!(renew(&active).await.stuck, 0);
    registry::retire(&active, &old_names()).await.unwrap();
    registry::admit(&node(&ctx, &files.retired)).await.unwrap();
}
