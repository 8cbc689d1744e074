use super::*;
use crate::accounts::rows;
use crate::{journal, reviews};
use domain::views::desk::Listing;
use domain::views::register::Answer;
use sqlx::PgPool;

async fn actor(ctx: &Ctx, user_name: &str) -> domain::actor::Actor {
    rows::find_by_name(&ctx.pool, user_name).await.unwrap().unwrap().actor().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_demo_has_filings_at_every_status_that_fold_from_their_journals_and_a_second_run_changes_nothing(pool: PgPool) {
    let mut ctx = Ctx::for_tests(pool);
    ctx.clock = crate::clock::Clock::standing(time::macros::datetime!(2026-11-22 06:00 UTC));
    demo(&ctx).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
    let statuses = async || {
        sqlx::query!(r#"select status, count(*) as "n!" from filings group by status order by status"#)
            .fetch_all(&ctx.pool)
            .await
            .unwrap()
            .into_iter()
            .map(|r| (r.status, r.n))
            .collect::<Vec<_>>()
    };
    let first = statuses().await;
    let names: Vec<&str> = first.iter().map(|(s, _)| s.as_str()).collect();
    let expected = [
        "approved",
        "bureau_refused",
        "bureau_review",
        "draft",
        "provider_returned",
        "provider_review",
        "sms_failed",
        "sms_pending",
        "stopped",
    ];
    assert_eq!(names, expected, "{first:?}");
    let messages = sqlx::query_scalar!("select count(*) from outbox").fetch_one(&ctx.pool).await.unwrap();
    demo(&ctx).await.unwrap();
    assert_eq!(statuses().await, first);
    assert_eq!(sqlx::query_scalar!("select count(*) from outbox").fetch_one(&ctx.pool).await.unwrap(), messages);

    for (user, listing, least) in [
        ("yunshang-clerk", Listing::Waiting, 4),
        ("yunshang-clerk", Listing::Missed, 1),
        ("yunshang-clerk", Listing::Mine, 1),
        ("hengtong-clerk", Listing::Waiting, 2),
        ("hengtong-clerk", Listing::Returned, 1),
        ("beijing-reviewer-1", Listing::Waiting, 3),
        ("beijing-reviewer-1", Listing::Confirming, 1),
        ("beijing-reviewer-2", Listing::All, 20),
        ("zhejiang-reviewer-1", Listing::Waiting, 2),
        ("zhejiang-reviewer-1", Listing::Held, 1),
        ("jiangsu-reviewer-2", Listing::SecondLook, 1),
    ] {
        let caller = actor(&ctx, user).await;
        let desk = reviews::desk(&ctx, &caller, listing, 1).await.unwrap();
        assert!(desk.rows.len() >= least, "{user} {listing:?} {}", desk.rows.len());
        for row in desk.rows {
            reviews::case(&ctx, &caller, row.id).await.unwrap();
        }
    }
    assert!(crate::filings::list_own(&ctx, &actor(&ctx, "lin-yuqing").await).await.unwrap().is_empty());
    assert!(crate::filings::list_own(&ctx, &actor(&ctx, "zhou-ming").await).await.unwrap().len() >= 4);
    let found = crate::register::find(&ctx, "shuxiang7.example").await.unwrap();
    assert_eq!(found.answer, Answer::NotFiled);
    let any = sqlx::query_scalar!("select number from sites order by number limit 1").fetch_one(&ctx.pool).await.unwrap();
    let found = crate::register::find(&ctx, &any).await.unwrap();
    assert_eq!((found.answer, found.records.len()), (Answer::Filed, 1));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_answers_of_the_sample_pass_every_check_and_are_other_ones_once_used(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    houses(&ctx).await.unwrap();
    let first = sample(&ctx).await.unwrap();
    let tables = crate::policies::tables(&ctx).await.unwrap();
    let mut problems = first.draft.problems(&tables);
    problems.retain(|p| p.section != domain::problem::Section::Materials);
    assert_eq!(problems, []);
    assert_eq!(first.region, "北京市朝阳区");
    let owner = actor(&ctx, "lin-yuqing").await;
    let id = crate::filings::create(&ctx, &owner).await.unwrap();
    assert_eq!(sample(&ctx).await.unwrap(), first, "it stays while it is filled in");
    crate::filings::discard(&ctx, &owner, id, 1, uuid::Uuid::new_v4()).await.unwrap();
    assert_eq!(sample(&ctx).await.unwrap(), first, "what was never handed in moves nothing");
    drafts(&ctx, 1).await.unwrap();
    let (id, owner, seq): (uuid::Uuid, uuid::Uuid, i32) =
        sqlx::query_as("select id, owner_id, seq from filings where status = 'draft'").fetch_one(&ctx.pool).await.unwrap();
    let (id, owner) = (domain::id::FilingId(id), domain::actor::Actor::Registrant { user: domain::id::UserId(owner) });
    let edition = crate::filings::edition(&mut ctx.pool.acquire().await.unwrap(), id).await.unwrap();
    let seen = crate::filings::Seen { seq, edition };
    crate::filings::submit(&ctx, &owner, id, seen, uuid::Uuid::new_v4()).await.unwrap();
    let second = sample(&ctx).await.unwrap();
    crate::filings::withdraw(&ctx, &owner, id, seq + 1, uuid::Uuid::new_v4()).await.unwrap();
    assert_eq!(sample(&ctx).await.unwrap(), second, "what was taken back is not anybody's again");
    let second = second.draft;
    assert_ne!(second.sponsor.certificate_number, first.draft.sponsor.certificate_number);
    assert_ne!(second.sites[0].form.domain, first.draft.sites[0].form.domain);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_filing_that_the_demo_began_lacks_only_the_declarations_and_is_like_no_other(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    houses(&ctx).await.unwrap();
    let owner = actor(&ctx, "lin-yuqing").await;
    // At once, before any is handed in.
    let (first, second) = tokio::join!(crate::demo::begin(&ctx, &owner), crate::demo::begin(&ctx, &owner));
    let mut drafts = Vec::new();
    for id in [first.unwrap(), second.unwrap()] {
        let view = crate::filings::draft(&ctx, &owner, id).await.unwrap();
        let open: Vec<_> = view.sections.iter().filter(|state| !state.problems.is_empty()).map(|state| state.section).collect();
        assert_eq!(open, [domain::problem::Section::Consent]);
        assert_eq!(view.conflicts, []);
        drafts.push(view.draft);
    }
    let typed = sample(&ctx).await.unwrap().draft;
    let told = |draft: &Draft| {
        let sponsor = &draft.sponsor;
        [&sponsor.certificate_number, &sponsor.person_mobile, &draft.sites[0].form.domain].map(Clone::clone)
    };
    for (one, other) in [(&drafts[0], &drafts[1]), (&drafts[0], &typed), (&drafts[1], &typed)] {
        assert!(told(one).iter().zip(told(other)).all(|(one, other)| *one != other), "{:?} {:?}", told(one), told(other));
    }

    let clerk = actor(&ctx, "yunshang-clerk").await;
    assert!(matches!(crate::demo::begin(&ctx, &clerk).await, Err(Error::Forbidden)));
    let mut production = ctx.clone();
    let mut settings = (*production.settings).clone();
    settings.demo = false;
    production.settings = settings.into();
    assert!(matches!(crate::demo::begin(&production, &owner).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_of_production_is_not_made_a_demo(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    installation::mark(&ctx.pool, &ctx.clock, Kind::Production).await.unwrap();
    assert!(matches!(demo(&ctx).await, Err(Error::Forbidden)));
    assert_eq!(sqlx::query_scalar!("select count(*) from providers").fetch_one(&ctx.pool).await.unwrap(), Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn many_sites_are_loaded_with_journals_that_fold_and_more_after_them(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    tables::seed(&ctx).await.unwrap();
    load(&ctx, 4000).await.unwrap();
    load(&ctx, 1000).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from sites").fetch_one(&ctx.pool).await.unwrap(), Some(5000));
    assert_eq!(sqlx::query_scalar!("select count(*) from sponsors").fetch_one(&ctx.pool).await.unwrap(), Some(3750));
}
