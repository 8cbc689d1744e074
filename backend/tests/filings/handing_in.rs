use crate::stage::*;
use backend::{
    Ctx, Error,
    filings::{self, Seen},
    jobs, journal, materials,
};
use domain::{
    draft::MISSING_MATERIAL,
    filing::{Kind, Verb},
    id::FilingId,
    problem::{Rule, Section},
    refusal::Refusal,
    views::filings::KindForm,
};
use sqlx::PgPool;
use uuid::Uuid;

fn at(section: &str, field: &str, rule: Rule) -> (String, String, Rule) {
    (section.to_owned(), field.to_owned(), rule)
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_complete_is_told_and_stays_a_draft(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let mut draft = company(1);
    draft.sponsor.person_mobile = "12".into();
    let id = fill(&ctx, &owner, &draft).await;
    let found = problems(submit(&ctx, &owner, id).await);
    assert!(found.contains(&at("sponsor", "person_mobile", Rule::MobileFormat)), "{found:?}");
    assert_eq!((status(&ctx, id).await, seq(&ctx, id).await), ("draft".to_owned(), 1));
    let holds: i64 = sqlx::query_scalar("select count(*) from holds").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(holds, 0);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_submission_that_comes_twice_is_one(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    let key = Uuid::new_v4();
    let first = seen(&ctx, id).await;
    let (a, b) = tokio::join!(filings::submit(&ctx, &owner, id, first, key), filings::submit(&ctx, &owner, id, first, key));
    a.unwrap();
    b.unwrap();
    filings::submit(&ctx, &owner, id, first, key).await.unwrap();
    assert_eq!((status(&ctx, id).await, seq(&ctx, id).await), ("provider_review".to_owned(), 2));
    let now = seen(&ctx, id).await;
    assert_eq!(now.seq, 2);
    let other = filings::submit(&ctx, &owner, id, now, key).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::RetryKeyReused))));
    let again = filings::submit(&ctx, &owner, id, now, Uuid::new_v4()).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Status { .. }))), "{again:?}");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_seen_must_be_what_stands(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    filings::withdraw(&ctx, &owner, id, 2, Uuid::new_v4()).await.unwrap();
    // A page that still shows the first draft.
    let late = filings::submit(&ctx, &owner, id, Seen { seq: 1, ..seen(&ctx, id).await }, Uuid::new_v4()).await;
    assert!(matches!(late, Err(Error::Stale)), "{late:?}");
    submit(&ctx, &owner, id).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_filings_that_race_for_a_domain_exactly_one_passes(pool: PgPool) {
    let ctx = set(pool).await;
    for round in 0..5_u32 {
        let mut racers = Vec::new();
        for n in 0..6_u32 {
            let number = round * 10 + n;
            let mut draft = company(number);
            // Two domains each, in different order: whoever loses must not wait in a circle either.
            draft.sites = vec![site(1, &format!("wanted{round}.cn")), site(2, &format!("also{round}.cn"))];
            draft.sites[1].form.name = "另一个官网".into();
            if n % 2 == 1 {
                draft.sites = vec![site(1, &format!("also{round}.cn")), site(2, &format!("www{n}-wanted{round}.cn"))];
                draft.sites[1].form.domain = format!("WANTED{round}.cn");
                draft.sites[1].form.home_page = format!("www.wanted{round}.cn");
                draft.sites[1].form.name = "另一个官网".into();
            }
            let owner = registrant(u128::from(number));
            racers.push((owner, fill(&ctx, &owner, &draft).await));
        }
        let tries = racers.iter().map(|(owner, id)| {
            let (ctx, owner, id) = (ctx.clone(), *owner, *id);
            tokio::spawn(async move { submit(&ctx, &owner, id).await })
        });
        let mut won = 0;
        for result in futures::future::join_all(tries).await {
            match result.unwrap() {
                Ok(()) => won += 1,
                other => {
                    let found = problems(other);
                    assert!(found.iter().all(|p| p.1 == "domain" && p.2 == Rule::DomainTaken), "{found:?}");
                }
            }
        }
        assert_eq!(won, 1, "round {round}");
        journal::check(&ctx.pool).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn two_filings_that_swap_their_domains_do_not_stand_still(pool: PgPool) {
    let ctx = set(pool).await;
    let mut filings = Vec::new();
    for n in [1, 2] {
        let owner = registrant(u128::from(n));
        let id = fill(&ctx, &owner, &company(n)).await;
        submit(&ctx, &owner, id).await.unwrap();
        backend::reviews::return_filing(&ctx, &clerk(1), id, 2, Uuid::new_v4(), reason(Verb::Return, "name")).await.unwrap();
        let mut draft = company(n);
        draft.sites[0] = site(1, &format!("company{}.cn", 3 - n));
        type_in(&ctx, &owner, id, &draft).await;
        filings.push((owner, id));
    }
    let tries = filings.iter().map(|(owner, id)| resubmit(&ctx, owner, *id));
    let results = futures::future::join_all(tries).await;
    // Whoever came first found the other's domain still held, or both passed after each other.
    for result in results {
        if result.is_err() {
            assert_eq!(problems(result)[0].2, Rule::DomainTaken);
        }
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sponsor_has_one_filing_on_its_way_whichever_certificate_it_shows(pool: PgPool) {
    let ctx = set(pool).await;
    let first = fill(&ctx, &registrant(1), &company(1)).await;
    submit(&ctx, &registrant(1), first).await.unwrap();
    let mut same = company(2);
    // The organisation code within the same credit code.
    same.sponsor.certificate_number = credit_code(1).to_lowercase();
    let second = fill(&ctx, &registrant(2), &same).await;
    let found = problems(submit(&ctx, &registrant(2), second).await);
    assert_eq!(found, [at("sponsor", "certificate_number", Rule::SponsorUnderWay)]);
    let shown = filings::conflicts(&ctx, &registrant(2), second).await.unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].given, "", "nothing of the other party");
    filings::withdraw(&ctx, &registrant(1), first, 2, Uuid::new_v4()).await.unwrap();
    submit(&ctx, &registrant(2), second).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn one_is_told_when_the_other_filing_is_ones_own(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let first = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, first).await.unwrap();
    let mut draft = company(2);
    draft.sites[0] = site(1, "company1.cn");
    let second = fill(&ctx, &owner, &draft).await;
    let found = problems(submit(&ctx, &owner, second).await);
    assert_eq!(found, [at("site-1", "domain", Rule::DomainUnderWay)]);
    let form = KindForm {
        certificate_type: "1".into(),
        certificate_number: credit_code(3),
        domain: "company1.cn".into(),
        ..KindForm::default()
    };
    let kind = filings::kind(&ctx, &owner, form).await.unwrap();
    assert_eq!((kind.kind, kind.under_way), (Kind::FirstFiling, Some(first)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_service_that_is_not_the_providers_is_refused(pool: PgPool) {
    let ctx = set(pool).await;
    sqlx::query("update provider_services set capacity = 1 where provider_id = $1")
        .bind(PROVIDER.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
    let owner = registrant(1);
    let mut draft = company(1);
    draft.sites[0].accesses[0].form.service_code = "nothing".into();
    let id = fill(&ctx, &owner, &draft).await;
    let found = problems(submit(&ctx, &owner, id).await);
    assert_eq!(found, [at("access-1-1", "service_code", Rule::ServiceCode)]);
    draft.sites[0].accesses[0].form.service_code = "I-0001".into();
    type_in(&ctx, &owner, id, &draft).await;
    submit(&ctx, &owner, id).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_given_up_is_erased_and_its_holds_are_free(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    let early = filings::discard(&ctx, &owner, id, 2, Uuid::new_v4()).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Status { .. }))));
    filings::withdraw(&ctx, &owner, id, 2, Uuid::new_v4()).await.unwrap();
    filings::discard(&ctx, &owner, id, 3, Uuid::new_v4()).await.unwrap();
    for table in ["draft_sections", "filing_snapshots", "confirmations", "holds", "mobile_claims", "notes"] {
        let sql = format!("select count(*) from {table}");
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&ctx.pool).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert!(filings::list_own(&ctx, &owner).await.unwrap().is_empty());
    let materials: i64 =
        sqlx::query_scalar("select count(*) from materials where removed_at is null").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(materials, 0);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_returned_filing_is_edited_and_sent_again_as_the_same(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    let locked = filings::add_site(&ctx, &owner, id).await;
    assert!(matches!(locked, Err(Error::Refused(Refusal::Status { .. }))));
    let mut form = reason(Verb::Return, "name");
    form.reasons.extend(reason(Verb::Return, "investor").reasons);
    backend::reviews::return_filing(&ctx, &clerk(1), id, 2, Uuid::new_v4(), form).await.unwrap();
    let view = filings::draft(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.note.unwrap().reasons[0].field, "name");
    assert!(view.offers.contains(&(Verb::Resubmit, None)));
    let mut draft = company(1);
    let corrected = async || filings::draft(&ctx, &owner, id).await.unwrap().sections[0].corrected;
    draft.sponsor.name.push(' ');
    draft.sponsor.investor = "新投资人".into();
    type_in(&ctx, &owner, id, &draft).await;
    assert!(!corrected().await, "a blank more is no other answer");
    draft.sponsor.investor.clear();
    draft.sponsor.remark = "别的".into();
    draft.sponsor.name = "北京新示例科技有限公司".into();
    type_in(&ctx, &owner, id, &draft).await;
    assert!(!corrected().await, "one of two that were objected to");
    draft.sponsor.investor = "新投资人".into();
    type_in(&ctx, &owner, id, &draft).await;
    assert!(corrected().await);
    // Edited once, however much is typed.
    assert_eq!(seq(&ctx, id).await, 4);
    resubmit(&ctx, &owner, id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    let mut conn = ctx.pool.acquire().await.unwrap();
    let copies = filings::snapshots(&ctx, &mut conn, id, 10).await.unwrap();
    let names: Vec<_> = copies.iter().map(|(seq, draft)| (*seq, draft.sponsor.name.as_str())).collect();
    assert_eq!(names, [(5, "北京新示例科技有限公司"), (2, "北京第1示例科技有限公司")]);
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    let verbs: Vec<_> = progress.timeline.iter().map(|e| e.verb).collect();
    assert_eq!(verbs, [Verb::Resubmit, Verb::Edit, Verb::Return, Verb::Submit, Verb::Create]);
    assert_eq!((progress.holder.as_str(), progress.waiting.unwrap().ahead), ("云上网络", 0));
    journal::check(&ctx.pool).await.unwrap();
}

/// Whether each section counts as corrected, of those that the note speaks of.
async fn corrected(ctx: &Ctx, id: FilingId) -> Vec<(Section, bool)> {
    let view = filings::draft(ctx, &registrant(1), id).await.unwrap();
    let said: Vec<_> = view.note.into_iter().flat_map(|note| note.reasons).map(|reason| reason.section).collect();
    let states = view.sections.into_iter().filter(|state| said.contains(&state.section.to_string()));
    states.map(|state| (state.section, state.corrected)).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_missing_is_corrected_by_whatever_is_uploaded(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    let mut form = reason(Verb::Return, MISSING_MATERIAL);
    form.reasons[0].section = "materials".to_owned();
    backend::reviews::return_filing(&ctx, &clerk(1), id, 2, Uuid::new_v4(), form).await.unwrap();
    assert_eq!(corrected(&ctx, id).await, [(Section::Materials, false)]);
    materials::upload(&ctx, &owner, id, Section::Sponsor, 2, "授权书.jpg", photograph().into()).await.unwrap();
    assert_eq!(corrected(&ctx, id).await, [(Section::Materials, true)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_provider_corrected_in_a_refused_filing_is_corrected(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none', after_refusal = 'provider'").await;
    let owner = registrant(1);
    let mut draft = company(1);
    draft.consent.provider_may_correct = "yes".into();
    let id = fill(&ctx, &owner, &draft).await;
    submit(&ctx, &owner, id).await.unwrap();
    pass(&ctx, id).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    assert_eq!(corrected(&ctx, id).await, [(Section::Sponsor, false)]);
    let mut form = reason(Verb::Correct, "name");
    form.reasons[0].suggestion = "北京新示例科技有限公司".into();
    backend::reviews::correct(&ctx, &clerk(1), id, seen(&ctx, id).await, Uuid::new_v4(), form).await.unwrap();
    assert_eq!(corrected(&ctx, id).await, [(Section::Sponsor, true)]);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_corrected_before_a_failed_round_is_not_asked_for_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "").await;
    let owner = registrant(1);
    let mut draft = company(1);
    let id = fill(&ctx, &owner, &draft).await;
    submit(&ctx, &owner, id).await.unwrap();
    backend::reviews::return_filing(&ctx, &clerk(1), id, 2, Uuid::new_v4(), reason(Verb::Return, "name")).await.unwrap();
    draft.sponsor.name = "北京新示例科技有限公司".into();
    type_in(&ctx, &owner, id, &draft).await;
    resubmit(&ctx, &owner, id).await.unwrap();
    pass(&ctx, id).await;
    run_jobs(&ctx).await;
    ctx.clock.wind(hours(25));
    run_jobs(&ctx).await;
    assert_eq!(status(&ctx, id).await, "sms_failed");
    assert_eq!(filings::draft(&ctx, &owner, id).await.unwrap().note, None);
    // Of the history it is still.
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    assert!(progress.timeline.iter().any(|entry| entry.note.is_some()));
}

#[sqlx::test(migrations = "../migrations")]
async fn who_gives_up_a_refused_filing_erases_the_answers_and_not_the_refusal(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let id = to_the_bureau(&ctx, &owner, 1).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    let mut corrected = reason(Verb::Correct, "remark");
    corrected.reasons[0].suggestion = "业务联系人张三".to_owned();
    backend::reviews::correct(&ctx, &clerk(1), id, seen(&ctx, id).await, Uuid::new_v4(), corrected).await.unwrap();
    filings::discard(&ctx, &owner, id, seq(&ctx, id).await, Uuid::new_v4()).await.unwrap();
    for table in ["draft_sections", "filing_snapshots", "confirmations", "holds", "mobile_claims"] {
        let sql = format!("select count(*) from {table}");
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&ctx.pool).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let kinds: Vec<String> = sqlx::query_scalar("select kind from notes order by kind").fetch_all(&ctx.pool).await.unwrap();
    assert_eq!(kinds, ["pass", "refuse"], "a correction is an answer");
    let timeline = filings::progress(&ctx, &owner, id).await.unwrap().timeline;
    let refusal = timeline.iter().find(|entry| entry.verb == Verb::Refuse).and_then(|entry| entry.note.as_ref()).unwrap();
    assert_eq!(refusal.reasons[0].words, "请核对");

    // What the provider and the bureau decided upon is kept for its time, out of everybody's sight (rules 1.4).
    assert!(materials::list(&ctx, &owner, id).await.unwrap().is_empty());
    let run = async || jobs::run_due(&ctx, &materials::handlers(jobs::Handlers::new())).await.unwrap();
    let kept = async || -> i64 {
        sqlx::query_scalar("select count(*) from materials where sealed <> ''").fetch_one(&ctx.pool).await.unwrap()
    };
    let all = kept().await;
    assert!(all > 0);
    ctx.clock.wind(days(91));
    run().await;
    assert_eq!(kept().await, all);
    ctx.clock.wind(days(2));
    run().await;
    assert_eq!(kept().await, 0);
    journal::check(&ctx.pool).await.unwrap();
}

/// How many sites may name the service of the stage's provider.
async fn capacity(ctx: &Ctx, sites: i16) {
    sqlx::query("update provider_services set capacity = $2 where provider_id = $1")
        .bind(PROVIDER.0)
        .bind(sites)
        .execute(&ctx.pool)
        .await
        .unwrap();
}

fn with_service(n: u32, code: &str) -> domain::draft::Draft {
    let mut draft = company(n);
    draft.sites[0].accesses[0].form.service_code = code.into();
    draft
}

#[sqlx::test(migrations = "../migrations")]
async fn a_services_capacity_is_one_in_any_letter_case(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    capacity(&ctx, 1).await;
    let first = fill(&ctx, &registrant(1), &with_service(1, "I-0001")).await;
    submit(&ctx, &registrant(1), first).await.unwrap();
    pass(&ctx, first).await;
    approve(&ctx, &reviewer(1), first).await.unwrap();
    let on_its_way: i64 = sqlx::query_scalar("select count(*) from service_claims").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(on_its_way, 0, "the register counts it now");
    for (n, code) in [(2, "i-0001"), (3, "I-0001")] {
        let id = fill(&ctx, &registrant(n.into()), &with_service(n, code)).await;
        let found = problems(submit(&ctx, &registrant(n.into()), id).await);
        assert_eq!(found, [at("access-1-1", "service_code", Rule::ServiceCode)], "{code}");
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_filing_on_its_way_takes_of_a_services_capacity_until_it_is_given_up(pool: PgPool) {
    let ctx = set(pool).await;
    capacity(&ctx, 1).await;
    let (one, other) = (registrant(1), registrant(2));
    let first = fill(&ctx, &one, &with_service(1, "i-0001")).await;
    let second = fill(&ctx, &other, &with_service(2, "I-0001")).await;
    // Of two at once one passes.
    let (a, b) = tokio::join!(submit(&ctx, &one, first), submit(&ctx, &other, second));
    assert_eq!(u32::from(a.is_ok()) + u32::from(b.is_ok()), 1, "{a:?} {b:?}");
    let (winner, held, loser, late) = if a.is_ok() { (&one, first, &other, second) } else { (&other, second, &one, first) };
    assert_eq!(problems(submit(&ctx, loser, late).await), [at("access-1-1", "service_code", Rule::ServiceCode)]);
    // It came back and is corrected: what it took is still its own.
    let returned = reason(Verb::Return, "name");
    backend::reviews::return_filing(&ctx, &clerk(1), held, seq(&ctx, held).await, Uuid::new_v4(), returned).await.unwrap();
    assert_eq!(problems(submit(&ctx, loser, late).await), [at("access-1-1", "service_code", Rule::ServiceCode)]);
    resubmit(&ctx, winner, held).await.unwrap();
    filings::withdraw(&ctx, winner, held, seq(&ctx, held).await, Uuid::new_v4()).await.unwrap();
    submit(&ctx, loser, late).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}
