//! One mobile serves at most three filings (rules 1.5).

use crate::stage::*;
use backend::{Ctx, filings, journal, reviews};
use domain::{
    actor::Actor,
    draft::Draft,
    filing::Verb,
    id::FilingId,
    problem::Rule,
    views::{desk::DecisionForm, filings::Reason},
};
use sqlx::PgPool;
use uuid::Uuid;

/// The mobile that everybody names here.
fn shared() -> String {
    mobile(77)
}

fn with_mobile(n: u32, number: &str) -> Draft {
    let mut draft = company(n);
    draft.sponsor.person_mobile = number.to_owned();
    draft
}

/// One account files for all these companies: of one's own filings each counts from its submission on.
fn owner(_n: u32) -> Actor {
    registrant(1)
}

/// The n-th company's filing with the shared mobile, complete.
async fn ready(ctx: &Ctx, n: u32) -> FilingId {
    fill(ctx, &owner(n), &with_mobile(n, &shared())).await
}

/// So many filings on their way with the shared mobile, of the companies from 1 on.
async fn on_their_way(ctx: &Ctx, count: u32) -> Vec<FilingId> {
    let mut filings = Vec::new();
    for n in 1..=count {
        let id = ready(ctx, n).await;
        submit(ctx, &owner(n), id).await.unwrap();
        filings.push(id);
    }
    filings
}

fn exhausted(section: &str) -> Vec<(String, String, Rule)> {
    vec![(section.to_owned(), "person_mobile".to_owned(), Rule::MobileExhausted)]
}

async fn count(ctx: &Ctx, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&ctx.pool).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_fourth_filing_with_one_mobile_is_told_before_and_refused_at_submission(pool: PgPool) {
    let ctx = set(pool).await;
    let filings = on_their_way(&ctx, 3).await;
    let fourth = ready(&ctx, 4).await;
    let shown = filings::draft(&ctx, &owner(4), fourth).await.unwrap().conflicts;
    assert_eq!(shown, filings::conflicts(&ctx, &owner(4), fourth).await.unwrap());
    let shown: Vec<_> = shown.iter().map(|p| (p.section.to_string(), p.field.to_string(), p.rule, p.given.as_str())).collect();
    assert_eq!(shown, [("sponsor".to_owned(), "person_mobile".to_owned(), Rule::MobileExhausted, "3")]);
    assert_eq!(problems(submit(&ctx, &owner(4), fourth).await), exhausted("sponsor"));
    assert_eq!((status(&ctx, fourth).await.as_str(), count(&ctx, "mobile_claims").await), ("draft", 3));
    // The third has none against it: of its own claim nothing is counted.
    assert_eq!(filings::conflicts(&ctx, &owner(3), filings[2]).await.unwrap(), []);
    filings::withdraw(&ctx, &owner(1), filings[0], 2, Uuid::new_v4()).await.unwrap();
    submit(&ctx, &owner(4), fourth).await.unwrap();
    assert_eq!(problems(submit(&ctx, &owner(1), filings[0]).await), exhausted("sponsor"));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_filings_that_race_for_one_mobile_three_pass(pool: PgPool) {
    let ctx = set(pool).await;
    for round in 0..5_u32 {
        let number = mobile(100 + round);
        let mut racers = Vec::new();
        for n in 0..6 {
            let n = round * 10 + n;
            let mut draft = with_mobile(n, &number);
            // Every other names a second one too, of a person of its site, on either side of the first in any order.
            if n % 2 == 0 {
                of_another_person(&mut draft.sites[0].form, 200 + round);
            }
            let owner = registrant(u128::from(round) + 1);
            racers.push((owner, fill(&ctx, &owner, &draft).await));
        }
        let tries = racers.into_iter().map(|(owner, id)| {
            let ctx = ctx.clone();
            tokio::spawn(async move { submit(&ctx, &owner, id).await })
        });
        let mut passed = 0;
        for result in futures::future::join_all(tries).await {
            match result.unwrap() {
                Ok(()) => passed += 1,
                other => assert_eq!(problems(other), exhausted("sponsor")),
            }
        }
        assert_eq!(passed, 3, "round {round}");
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn the_register_counts_until_its_sponsor_is_cancelled(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let filings = on_their_way(&ctx, 3).await;
    for id in &filings {
        pass(&ctx, *id).await;
        approve(&ctx, &reviewer(1), *id).await.unwrap();
    }
    assert_eq!((count(&ctx, "mobile_claims").await, count(&ctx, "sponsor_mobiles").await), (0, 3));
    let fourth = ready(&ctx, 4).await;
    assert_eq!(problems(submit(&ctx, &owner(4), fourth).await), exhausted("sponsor"));
    sqlx::query("update sponsors set cancelled_at = now() where id = (select min(id::text)::uuid from sponsors)")
        .execute(&ctx.pool)
        .await
        .unwrap();
    submit(&ctx, &owner(4), fourth).await.unwrap();
    let fifth = ready(&ctx, 5).await;
    assert_eq!(problems(submit(&ctx, &owner(5), fifth).await), exhausted("sponsor"), "records and filings count together");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_filings_count_once_the_mobile_itself_confirmed_them(pool: PgPool) {
    let ctx = set(pool).await;
    let victim = registrant(9);
    let draft = fill(&ctx, &victim, &with_mobile(9, &shared())).await;
    let against = async || filings::conflicts(&ctx, &victim, draft).await.unwrap();
    let filings = on_their_way(&ctx, 3).await;
    assert_eq!(against().await, [], "whoever writes a number into filings of their own blocks nobody with it");
    for id in &filings {
        pass(&ctx, *id).await;
    }
    assert_eq!(against().await, []);
    let confirmed = "update confirmations set confirmed_at = now() where filing_id = any($1)";
    for (asked, count) in [(&filings[..2], 0), (&filings[..], 1)] {
        let ids: Vec<Uuid> = asked.iter().map(|id| id.0).collect();
        sqlx::query(confirmed).bind(ids).execute(&ctx.pool).await.unwrap();
        assert_eq!(against().await.len(), count);
    }
    assert_eq!(problems(submit(&ctx, &victim, draft).await), exhausted("sponsor"));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_filing_counts_once_however_often_it_names_the_mobile(pool: PgPool) {
    let ctx = set(pool).await;
    let mut draft = with_mobile(1, &shared());
    draft.sites.push(site(2, "second1.cn"));
    // The same person, named again.
    let (sponsor, form) = (draft.sponsor.clone(), &mut draft.sites[1].form);
    of_another_person(form, 0);
    form.person_name = sponsor.person_name;
    form.person_certificate_number = sponsor.person_certificate_number;
    form.person_mobile = format!("+86 {}", shared());
    let id = fill(&ctx, &owner(1), &draft).await;
    submit(&ctx, &owner(1), id).await.unwrap();
    for n in 2..=3 {
        let id = ready(&ctx, n).await;
        submit(&ctx, &owner(n), id).await.unwrap();
    }
    assert_eq!(count(&ctx, "mobile_claims").await, 3);
    let mut draft = company(4);
    of_another_person(&mut draft.sites[0].form, 77);
    let fourth = fill(&ctx, &owner(4), &draft).await;
    assert_eq!(problems(submit(&ctx, &owner(4), fourth).await), exhausted("site-1"), "at the person who names it");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_correction_gives_the_old_mobile_up_and_claims_the_new_one(pool: PgPool) {
    let ctx = set(pool).await;
    let filings = on_their_way(&ctx, 3).await;
    let mut draft = company(4);
    draft.consent.provider_may_correct = "yes".into();
    let fourth = fill(&ctx, &owner(4), &draft).await;
    submit(&ctx, &owner(4), fourth).await.unwrap();
    let correction = || DecisionForm {
        reasons: vec![Reason {
            section: "sponsor".to_owned(),
            field: "person_mobile".to_owned(),
            words: "请核对".to_owned(),
            suggestion: shared(),
        }],
        ..said(Verb::Correct, "")
    };
    let corrected = reviews::correct(&ctx, &clerk(1), fourth, seen(&ctx, fourth).await, Uuid::new_v4(), correction()).await;
    assert_eq!(problems(corrected), exhausted("sponsor"));
    let returned = reason(Verb::Return, "person_mobile");
    reviews::return_filing(&ctx, &clerk(1), filings[0], 2, Uuid::new_v4(), returned).await.unwrap();
    type_in(&ctx, &owner(1), filings[0], &with_mobile(1, &mobile(1))).await;
    resubmit(&ctx, &owner(1), filings[0]).await.unwrap();
    reviews::correct(&ctx, &clerk(1), fourth, seen(&ctx, fourth).await, Uuid::new_v4(), correction()).await.unwrap();
    let fifth = ready(&ctx, 5).await;
    assert_eq!(problems(submit(&ctx, &owner(5), fifth).await), exhausted("sponsor"));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_tries_certificates_and_mobiles_out_is_told_no_more_of_strangers_before_the_submission(pool: PgPool) {
    let ctx = set(pool).await;
    for n in 1..=2 {
        let stranger = registrant(n.into());
        let id = fill(&ctx, &stranger, &company(n)).await;
        submit(&ctx, &stranger, id).await.unwrap();
    }
    let curious = registrant(9);
    let asking = |n: u32| {
        let mut draft = company(9);
        draft.sponsor.certificate_number = company(n).sponsor.certificate_number;
        draft
    };
    let id = fill(&ctx, &curious, &asking(1)).await;
    let told = async |n: u32| {
        type_in(&ctx, &curious, id, &asking(n)).await;
        filings::conflicts(&ctx, &curious, id).await.unwrap().len()
    };
    assert_eq!(told(1).await, 1);
    for n in 100..160 {
        assert_eq!(told(n).await, 0);
    }
    assert_eq!(told(2).await, 0, "sixty in an hour");
    assert_eq!(told(1).await, 1, "what was asked before is not counted again");
    type_in(&ctx, &curious, id, &asking(2)).await;
    assert_eq!(problems(submit(&ctx, &curious, id).await).len(), 1);
    ctx.clock.wind(hours(1));
    assert_eq!(told(2).await, 1);
}
