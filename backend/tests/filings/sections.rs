use crate::stage::*;
use backend::{Error, filings, jobs, journal, materials};
use domain::{
    filing::Status,
    forms::{SiteForm, SponsorForm},
    id::MaterialId,
    problem::{Rule, Section},
};
use sqlx::PgPool;
use uuid::Uuid;

#[sqlx::test(migrations = "../migrations")]
async fn what_is_typed_is_kept_as_typed_and_others_do_not_find_it(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    let odd = SponsorForm { name: "<script>𠮷\u{202e}\0 ".into(), certificate_number: "?".into(), ..SponsorForm::default() };
    let saved = filings::save_sponsor(&ctx, &owner, id, 0, None, 0, odd.clone()).await.unwrap();
    assert_eq!(saved.version, 1);
    assert!(saved.problems.iter().any(|p| p.field == "name" && p.rule == Rule::Unprintable), "{:?}", saved.problems);
    let view = filings::draft(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.draft.sponsor, odd);
    assert_eq!(view.status, Status::Draft);
    for stranger in [registrant(2), clerk(1), reviewer(1)] {
        let seen = filings::draft(&ctx, &stranger, id).await;
        assert!(matches!(seen, Err(Error::NotFound | Error::Forbidden)), "{seen:?}");
        let saved = filings::save_sponsor(&ctx, &stranger, id, 1, None, 0, SponsorForm::default()).await;
        assert!(matches!(saved, Err(Error::NotFound | Error::Forbidden)), "{saved:?}");
    }
    let sealed: Vec<u8> =
        sqlx::query_scalar("select sealed from draft_sections where section = 'sponsor'").fetch_one(&ctx.pool).await.unwrap();
    assert!(!sealed.windows(8).any(|w| w == b"<script>"));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_second_tab_and_a_late_replay_overwrite_nothing(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    let named = |name: &str| SiteForm { name: name.into(), ..SiteForm::default() };
    let tab = Some(Uuid::from_u128(1));
    let other = Some(Uuid::from_u128(2));
    let save =
        |version, client, sequence, name: &str| filings::save_site(&ctx, &owner, id, 1, version, client, sequence, named(name));
    assert_eq!(save(1, tab, 1, "一").await.unwrap().version, 2);
    // The same tab does not wait for its answers.
    assert_eq!(save(1, tab, 3, "三").await.unwrap().version, 3);
    // Its earlier request comes late: nothing changes, nothing is wrong.
    assert_eq!(save(1, tab, 2, "二").await.unwrap().version, 3);
    // Another tab saw version 2.
    assert!(matches!(save(2, other, 1, "四").await, Err(Error::Stale)));
    assert_eq!(filings::draft(&ctx, &owner, id).await.unwrap().draft.sites[0].form.name, "三");
    // A page without scripts that sends the same again is right.
    assert_eq!(save(1, None, 0, "三").await.unwrap().version, 3);
    assert!(matches!(save(1, None, 0, "五").await, Err(Error::Stale)));
    assert_eq!(save(3, other, 2, "六").await.unwrap().version, 4);
    // Whose save it was can be seen, also when it changed nothing.
    let last_save = async || {
        let view = filings::draft(&ctx, &owner, id).await.unwrap();
        view.sections.iter().find(|state| state.section == Section::Site(1)).and_then(|state| state.last_save)
    };
    assert_eq!(last_save().await, other.map(|client| (client, 2)));
    assert_eq!(save(4, other, 3, "六").await.unwrap().version, 4);
    assert_eq!(last_save().await, other.map(|client| (client, 3)));
    // Another page that says the same takes nobody's place: a late save of the page before stays late.
    assert_eq!(save(4, tab, 9, "六").await.unwrap().version, 4);
    assert_eq!(last_save().await, other.map(|client| (client, 3)));
    assert_eq!(save(3, other, 2, "晚到").await.unwrap().version, 4);
    assert_eq!(filings::draft(&ctx, &owner, id).await.unwrap().draft.sites[0].form.name, "六");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn answers_beyond_their_bounds_are_named_and_not_stored(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    let long = SiteForm { name: "名".repeat(513), services: vec!["1".into(); 65], ..SiteForm::default() };
    let found = problems(filings::save_site(&ctx, &owner, id, 1, 1, None, 0, long).await);
    let at = |field: &str| ("site-1".to_owned(), field.to_owned(), Rule::TooLong);
    assert_eq!(found, [at("name"), at("services")]);
    let exact = SiteForm { name: "名".repeat(512), ..SiteForm::default() };
    assert_eq!(filings::save_site(&ctx, &owner, id, 1, 1, None, 0, exact).await.unwrap().version, 2);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn sites_and_accesses_come_and_go_and_no_key_comes_again(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    assert_eq!(filings::add_site(&ctx, &owner, id).await.unwrap(), 2);
    assert_eq!(filings::add_access(&ctx, &owner, id, 2).await.unwrap(), 2);
    filings::remove_access(&ctx, &owner, id, 2, 2).await.unwrap();
    assert_eq!(filings::add_access(&ctx, &owner, id, 2).await.unwrap(), 3);
    filings::remove_site(&ctx, &owner, id, 2).await.unwrap();
    assert!(matches!(filings::remove_site(&ctx, &owner, id, 2).await, Err(Error::NotFound)));
    assert!(matches!(filings::add_access(&ctx, &owner, id, 2).await, Err(Error::NotFound)));
    let lost = filings::save_site(&ctx, &owner, id, 2, 2, None, 0, SiteForm::default()).await;
    assert!(matches!(lost, Err(Error::NotFound)));
    assert_eq!(filings::add_site(&ctx, &owner, id).await.unwrap(), 3);
    let view = filings::draft(&ctx, &owner, id).await.unwrap();
    let shown: Vec<_> = view.sections.iter().map(|s| s.section.to_string()).collect();
    assert_eq!(shown, ["sponsor", "site-1", "access-1-1", "site-3", "access-3-1", "materials", "consent"]);
    for _ in 2..filings::MAX_SITES {
        filings::add_site(&ctx, &owner, id).await.unwrap();
    }
    let full = problems(filings::add_site(&ctx, &owner, id).await);
    assert_eq!(full, [("sponsor".to_owned(), "sites".to_owned(), Rule::TooManySites)]);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_filing_knows_the_sponsor_of_the_last_one(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let first = filings::create(&ctx, &owner).await.unwrap();
    type_in(&ctx, &owner, first, &company(1)).await;
    let second = filings::create(&ctx, &owner).await.unwrap();
    let view = filings::draft(&ctx, &owner, second).await.unwrap();
    assert_eq!(view.draft.sponsor, company(1).sponsor);
    assert_eq!(view.draft.sites[0].form, SiteForm::default());
    let theirs = filings::create(&ctx, &registrant(2)).await.unwrap();
    let view = filings::draft(&ctx, &registrant(2), theirs).await.unwrap();
    assert_eq!(view.draft.sponsor, SponsorForm::default());
    let listed = filings::list_own(&ctx, &owner).await.unwrap();
    assert_eq!(listed.iter().map(|f| f.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(listed[1].domains, ["company1.cn"]);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_draft_of_an_earlier_visit_says_so(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = filings::create(&ctx, &owner).await.unwrap();
    type_in(&ctx, &owner, id, &company(1)).await;
    assert!(!filings::draft(&ctx, &owner, id).await.unwrap().resumed);
    ctx.clock.wind(hours(2));
    assert!(filings::draft(&ctx, &owner, id).await.unwrap().resumed);
    let view = filings::draft(&ctx, &owner, id).await.unwrap();
    let materials = view.sections.iter().find(|s| s.section == Section::Materials).unwrap();
    assert!(materials.problems.iter().all(|p| p.rule == Rule::MaterialMissing));
    assert!(!materials.problems.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_removed_site_takes_its_materials_with_it(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let kept = fill(&ctx, &owner, &company(1)).await;
    let upload =
        async |id, section| materials::upload(&ctx, &owner, id, section, 4, "照片.jpg", photograph().into()).await.unwrap().id;
    let left = async |id| materials::list(&ctx, &owner, id).await.unwrap().into_iter().map(|m| m.id).collect::<Vec<_>>();
    let erased = async |id: MaterialId| -> bool {
        sqlx::query_scalar("select sealed = '' from materials where id = $1").bind(id.0).fetch_one(&ctx.pool).await.unwrap()
    };
    let before = left(kept).await;
    let run = async || jobs::run_due(&ctx, &materials::handlers(jobs::Handlers::new())).await.unwrap();

    // Of a draft that nobody has seen they are gone at once.
    assert_eq!(filings::add_site(&ctx, &owner, kept).await.unwrap(), 2);
    let face = upload(kept, Section::Site(2)).await;
    filings::remove_site(&ctx, &owner, kept, 2).await.unwrap();
    assert_eq!(left(kept).await, before);
    run().await;
    assert!(erased(face).await);
    let late = materials::upload(&ctx, &owner, kept, Section::Site(2), 4, "照片.jpg", photograph().into()).await;
    assert!(matches!(late, Err(Error::NotFound)), "not for a site that is gone");

    // Of a filing that was handed in they are kept as long as a single one is (rules 1.4).
    assert_eq!(filings::add_site(&ctx, &owner, kept).await.unwrap(), 3);
    let face = upload(kept, Section::Site(3)).await;
    sqlx::query("update filings set submitted_at = entered_at where id = $1").bind(kept.0).execute(&ctx.pool).await.unwrap();
    filings::remove_site(&ctx, &owner, kept, 3).await.unwrap();
    assert_eq!(left(kept).await, before);
    ctx.clock.wind(days(91));
    run().await;
    assert!(!erased(face).await);
    ctx.clock.wind(days(2));
    run().await;
    assert!(erased(face).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_removed_access_takes_what_hangs_on_it_and_leaves_the_sites_materials(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    assert_eq!(filings::add_access(&ctx, &owner, id, 1).await.unwrap(), 2);
    let own = materials::upload(&ctx, &owner, id, Section::Site(1), 4, "照片.jpg", photograph().into()).await.unwrap().id;
    let hung = materials::upload(&ctx, &owner, id, Section::Site(1), 4, "照片.jpg", photograph().into()).await.unwrap().id;
    // No kind of material belongs to an access today; the column can hold one.
    sqlx::query("update materials set section = 'access-1-2' where id = $1").bind(hung.0).execute(&ctx.pool).await.unwrap();
    filings::remove_access(&ctx, &owner, id, 1, 2).await.unwrap();
    let left: Vec<_> = materials::list(&ctx, &owner, id).await.unwrap().into_iter().map(|m| m.id).collect();
    assert!(left.contains(&own) && !left.contains(&hung));
}
