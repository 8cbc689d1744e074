//! What a desk may rest upon: whom it checked, what it saw, that what was right stays so, and that it can be filed.

use crate::stage::*;
use backend::{
    Ctx, Error,
    filings::{self, Seen},
    journal,
    live::{self, Hint, Hub, Topic},
    materials, register, reviews,
};
use domain::{
    actor::Actor,
    draft::{AccessDraft, Draft},
    filing::Verb,
    id::FilingId,
    problem::{Rule, Section},
    refusal::Refusal,
    views::{
        desk::{CaseView, DecisionForm, Finding},
        filings::Reason,
        register::Answer,
    },
};
use futures::StreamExt;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

fn key() -> Uuid {
    Uuid::new_v4()
}

fn correcting(changes: &[(&str, &str, &str)]) -> DecisionForm {
    let reasons = changes.iter().map(|(section, field, value)| Reason {
        section: (*section).to_owned(),
        field: (*field).to_owned(),
        words: "与登记者电话核对".to_owned(),
        suggestion: (*value).to_owned(),
    });
    DecisionForm { reasons: reasons.collect(), ..DecisionForm::default() }
}

async fn at_desk(ctx: &Ctx, id: FilingId) -> (CaseView, Seen) {
    let case = reviews::case(ctx, &clerk(1), id).await.unwrap();
    let seen = Seen { seq: case.progress.seq, edition: case.edition };
    (case, seen)
}

fn offer(case: &CaseView, verb: Verb) -> Option<Refusal> {
    case.progress.offers.iter().find(|(offered, _)| *offered == verb).unwrap().1
}

async fn pass_now(ctx: &Ctx, id: FilingId) -> backend::Result<Option<FilingId>> {
    reviews::pass(ctx, &clerk(1), id, seq(ctx, id).await, key(), said(Verb::Pass, "属实")).await
}

async fn check(ctx: &Ctx, id: FilingId, section: &str) {
    let edition = Some(seen(ctx, id).await.edition);
    reviews::record_identity_check(ctx, &clerk(1), id, edition, section, "face_to_face", "").await.unwrap();
}

async fn save_sponsor(ctx: &Ctx, owner: &Actor, id: FilingId, change: impl FnOnce(&mut Draft)) {
    let view = filings::draft(ctx, owner, id).await.unwrap();
    let version = view.sections.iter().find(|s| s.section == Section::Sponsor).unwrap().version;
    let mut draft = view.draft;
    change(&mut draft);
    filings::save_sponsor(ctx, owner, id, version, None, 0, draft.sponsor).await.unwrap();
}

/// The n-th company's filing at the provider's desk, with leave to correct.
async fn at_provider(ctx: &Ctx, owner: &Actor, draft: &Draft) -> FilingId {
    let mut draft = draft.clone();
    draft.consent.provider_may_correct = "yes".into();
    let id = fill(ctx, owner, &draft).await;
    submit(ctx, owner, id).await.unwrap();
    id
}

#[sqlx::test(migrations = "../migrations")]
async fn a_check_of_identity_is_worth_nothing_for_whoever_is_named_in_the_same_place_later(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = at_provider(&ctx, &owner, &company(1)).await;
    check(&ctx, id, "sponsor").await;
    reviews::return_filing(&ctx, &clerk(1), id, seq(&ctx, id).await, key(), reason(Verb::Return, "person_name")).await.unwrap();

    // The same person under another mobile, with the number written otherwise: the check stands.
    save_sponsor(&ctx, &owner, id, |draft| {
        draft.sponsor.person_mobile = mobile(77);
        draft.sponsor.person_certificate_number = " 11010519491231002x ".into();
    })
    .await;
    resubmit(&ctx, &owner, id).await.unwrap();
    let (case, _) = at_desk(&ctx, id).await;
    assert_eq!((case.identity_checks.len(), offer(&case, Verb::Pass)), (1, None));

    // Sent back again, and somebody else is named.
    reviews::return_filing(&ctx, &clerk(1), id, seq(&ctx, id).await, key(), reason(Verb::Return, "person_name")).await.unwrap();
    save_sponsor(&ctx, &owner, id, |draft| {
        draft.sponsor.person_name = "李娜".into();
        draft.sponsor.person_certificate_number = citizen("11010519500101", 3);
    })
    .await;
    resubmit(&ctx, &owner, id).await.unwrap();
    let (case, _) = at_desk(&ctx, id).await;
    assert_eq!((case.identity_checks.len(), offer(&case, Verb::Pass)), (0, Some(Refusal::Incomplete)));
    assert!(case.findings.contains(&Finding::IdentityUnchecked { section: Section::Sponsor }));
    let early = pass_now(&ctx, id).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Incomplete))), "{early:?}");

    // The same after it was taken back, with the name alone.
    check(&ctx, id, "sponsor").await;
    assert_eq!(offer(&at_desk(&ctx, id).await.0, Verb::Pass), None);
    filings::withdraw(&ctx, &owner, id, seq(&ctx, id).await, key()).await.unwrap();
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.person_name = "李楠".into()).await;
    submit(&ctx, &owner, id).await.unwrap();
    let early = pass_now(&ctx, id).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Incomplete))), "{early:?}");
    check(&ctx, id, "sponsor").await;
    pass_now(&ctx, id).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_named_after_a_refusal_is_checked_before_the_bureau_sees_the_filing_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none', after_refusal = 'bureau'").await;
    let owner = registrant(1);
    let id = to_the_bureau(&ctx, &owner, 1).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.remark = "更正".into()).await;
    resubmit(&ctx, &owner, id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review", "the person is the one who was checked");

    refuse(&ctx, &reviewer(1), id).await.unwrap();
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.person_name = "李楠".into()).await;
    resubmit(&ctx, &owner, id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    pass(&ctx, id).await;
    assert_eq!(status(&ctx, id).await, "bureau_review");

    // The provider, who may send it on without the registrant, checks first too.
    policy(&ctx, "sms_stage = 'none', after_refusal = 'provider'").await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    let change = correcting(&[("sponsor", "person_name", "李南")]);
    reviews::correct(&ctx, &clerk(1), id, seen(&ctx, id).await, key(), change).await.unwrap();
    assert_eq!(offer(&at_desk(&ctx, id).await.0, Verb::Resubmit), Some(Refusal::Incomplete));
    let early = resubmit(&ctx, &clerk(1), id).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Incomplete))), "{early:?}");
    // The registrant names yet another meanwhile: what was seen is not what stands, and the check is of whoever stands.
    let old = seen(&ctx, id).await.edition;
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.person_name = "李兰".into()).await;
    let late = reviews::record_identity_check(&ctx, &clerk(1), id, Some(old), "sponsor", "face_to_face", "").await;
    assert!(matches!(late, Err(Error::Stale)), "{late:?}");
    check(&ctx, id, "sponsor").await;
    assert_eq!(offer(&at_desk(&ctx, id).await.0, Verb::Resubmit), None);
    resubmit(&ctx, &clerk(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_correction_that_makes_another_answer_wrong_changes_nothing(pool: PgPool) {
    let ctx = set(pool).await;
    let id = at_provider(&ctx, &registrant(1), &company(1)).await;
    let before = seen(&ctx, id).await;
    let fix = async |changes: &[(&str, &str, &str)]| {
        reviews::correct(&ctx, &clerk(1), id, seen(&ctx, id).await, key(), correcting(changes)).await
    };
    let found = problems(fix(&[("site-1", "domain", "company9.cn")]).await);
    assert_eq!(found, [("site-1".into(), "home_page".into(), Rule::HomePageDomain)]);
    let found = problems(fix(&[("site-1", "person_same_as_sponsor", "")]).await);
    assert!(found.contains(&("site-1".into(), "person_name".into(), Rule::Required)), "{found:?}");
    assert!(found.iter().any(|(section, _, rule)| section == "materials" && *rule == Rule::MaterialMissing), "{found:?}");
    let found = problems(fix(&[("access-1-1", "service_code", "nothing")]).await);
    assert_eq!(found, [("access-1-1".into(), "service_code".into(), Rule::ServiceCode)]);
    assert_eq!(seen(&ctx, id).await, before, "nothing was changed");
    fix(&[("site-1", "domain", "company9.cn"), ("site-1", "home_page", "www.company9.cn")]).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_has_ceased_to_be_right_is_not_passed_on_but_may_be_corrected_step_by_step(pool: PgPool) {
    let ctx = set(pool).await;
    let id = at_provider(&ctx, &registrant(1), &company(1)).await;
    check(&ctx, id, "sponsor").await;
    assert_eq!(offer(&at_desk(&ctx, id).await.0, Verb::Pass), None);
    sqlx::query("update provider_services set valid_to = '2020-12-31' where provider_id = $1")
        .bind(PROVIDER.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
    let found = problems(pass_now(&ctx, id).await);
    assert_eq!(found, [("access-1-1".into(), "service_code".into(), Rule::ServiceCode)]);
    let (case, now) = at_desk(&ctx, id).await;
    assert_eq!(offer(&case, Verb::Pass), Some(Refusal::Incomplete));
    // What was wrong already is no reason against the correction of something else.
    reviews::correct(&ctx, &clerk(1), id, now, key(), correcting(&[("site-1", "remark", "备注")])).await.unwrap();
    sqlx::query("insert into provider_services (id, provider_id, code, capacity) values ($1, $2, 'i-0002', 1)")
        .bind(Uuid::from_u128(7))
        .bind(PROVIDER.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
    let fix = correcting(&[("access-1-1", "service_code", "i-0002")]);
    reviews::correct(&ctx, &clerk(1), id, at_desk(&ctx, id).await.1, key(), fix).await.unwrap();
    pass_now(&ctx, id).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_another_window_changed_is_not_submitted_unseen(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    let kind = u16::try_from(domain::codes::MaterialKind::LivePhoto.id()).unwrap();
    let extra = materials::upload(&ctx, &owner, id, Section::Sponsor, kind, "多.jpg", photograph().into()).await.unwrap().id;
    let submit_as = async |seen: Seen| filings::submit(&ctx, &owner, id, seen, key()).await;
    let page = async || {
        let view = filings::draft(&ctx, &owner, id).await.unwrap();
        Seen { seq: view.seq, edition: view.edition }
    };
    let opened = page().await;
    let stale = async |opened: Seen, change: &str| {
        let sent = submit_as(opened).await;
        assert!(matches!(sent, Err(Error::Stale)), "{change}: {sent:?}");
    };
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.remark = "另一个窗口".into()).await;
    stale(opened, "an answer").await;
    let opened = page().await;
    materials::remove(&ctx, &owner, extra).await.unwrap();
    stale(opened, "a material taken away").await;
    let opened = page().await;
    materials::upload(&ctx, &owner, id, Section::Sponsor, kind, "新.jpg", photograph().into()).await.unwrap();
    stale(opened, "a new material").await;
    let opened = page().await;
    let access = filings::add_access(&ctx, &owner, id, 1).await.unwrap();
    stale(opened, "an access added").await;
    let opened = page().await;
    filings::remove_access(&ctx, &owner, id, 1, access).await.unwrap();
    stale(opened, "an access taken away").await;
    let opened = page().await;
    assert_eq!(status(&ctx, id).await, "draft");
    // The declarations come with the submission itself.
    let view = filings::draft(&ctx, &owner, id).await.unwrap();
    let version = view.sections.iter().find(|s| s.section == Section::Consent).unwrap().version;
    let mut consent = view.draft.consent;
    consent.provider_may_correct = "yes".into();
    filings::save_consent(&ctx, &owner, id, version, None, 0, consent).await.unwrap();
    submit_as(opened).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_declaration_changed_on_the_page_that_submits_again_is_no_change_by_another(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    reviews::return_filing(&ctx, &clerk(1), id, seq(&ctx, id).await, key(), reason(Verb::Return, "name")).await.unwrap();
    let opened = filings::draft(&ctx, &owner, id).await.unwrap();
    let version = opened.sections.iter().find(|s| s.section == Section::Consent).unwrap().version;
    let mut consent = opened.draft.consent;
    consent.provider_may_correct = "yes".into();
    filings::save_consent(&ctx, &owner, id, version, Some(key()), 1, consent).await.unwrap();
    let opened = Seen { seq: opened.seq, edition: opened.edition };
    filings::resubmit(&ctx, &owner, id, opened, key()).await.unwrap();
    assert_eq!(status(&ctx, id).await, "provider_review");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn after_a_refusal_registrant_and_provider_send_on_only_what_they_saw(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let id = to_the_bureau(&ctx, &owner, 1).await;
    refuse(&ctx, &reviewer(1), id).await.unwrap();
    let (_, at_first) = at_desk(&ctx, id).await;
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.remark = "第一次修改".into()).await;
    // The provider sees what it would send; the bureau what was handed in.
    let (case, opened) = at_desk(&ctx, id).await;
    assert_eq!(case.draft.sponsor.remark, "第一次修改");
    assert_eq!(reviews::case(&ctx, &reviewer(1), id).await.unwrap().draft.sponsor.remark, "");
    save_sponsor(&ctx, &owner, id, |draft| draft.sponsor.remark = "第二次修改".into()).await;
    for seen in [at_first, opened] {
        let sent = reviews::resubmit(&ctx, &clerk(1), id, seen, key()).await;
        assert!(matches!(sent, Err(Error::Stale)), "{sent:?}");
        let fix = correcting(&[("site-1", "name", "松风企业官网")]);
        let corrected = reviews::correct(&ctx, &clerk(1), id, seen, key(), fix).await;
        assert!(matches!(corrected, Err(Error::Stale)), "{corrected:?}");
    }
    assert_eq!(status(&ctx, id).await, "bureau_refused");

    // The other way round: the registrant's page was opened before the provider corrected.
    let page = filings::draft(&ctx, &owner, id).await.unwrap();
    let (_, opened) = at_desk(&ctx, id).await;
    let fix = correcting(&[("site-1", "name", "松风企业官网")]);
    reviews::correct(&ctx, &clerk(1), id, opened, key(), fix).await.unwrap();
    let sent = filings::resubmit(&ctx, &owner, id, Seen { seq: page.seq, edition: page.edition }, key()).await;
    assert!(matches!(sent, Err(Error::Stale)), "{sent:?}");

    let (case, opened) = at_desk(&ctx, id).await;
    assert_eq!((case.draft.sponsor.remark.as_str(), case.draft.sites[0].form.name.as_str()), ("第二次修改", "松风企业官网"));
    reviews::resubmit(&ctx, &clerk(1), id, opened, key()).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    let shown = reviews::case(&ctx, &reviewer(1), id).await.unwrap().draft;
    assert_eq!((shown.sponsor.remark.as_str(), shown.sites[0].form.name.as_str()), ("第二次修改", "松风企业官网"));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn sites_with_several_accesses_of_their_provider_are_approved_and_filed_whole(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let mut draft = company(1);
    draft.sites.push(site(2, "company1.com"));
    draft.sites[1].form.name = "另一个官网".into();
    draft.sites[1].accesses[0].form.addresses = "203.0.113.17".into();
    for site in &mut draft.sites {
        let mut second = AccessDraft { key: 2, ..site.accesses[0].clone() };
        second.form.addresses = format!("203.0.113.{}0-203.0.113.{}9", site.key + 2, site.key + 2);
        site.accesses.push(second);
    }
    let id = fill(&ctx, &owner, &draft).await;
    submit(&ctx, &owner, id).await.unwrap();
    pass(&ctx, id).await;
    approve(&ctx, &reviewer(1), id).await.unwrap();
    assert_eq!(filings::progress(&ctx, &owner, id).await.unwrap().number.as_deref(), Some("京ICP备2026000001号"));
    for (domain, number) in [("company1.cn", "京ICP备2026000001号-1"), ("company1.com", "京ICP备2026000001号-2")] {
        let found = register::find(&ctx, domain).await.unwrap();
        assert_eq!((found.answer, found.records[0].site_number.as_str()), (Answer::Filed, number));
    }
    let filed: Vec<(String, Vec<String>)> =
        sqlx::query_as("select s.number, a.addresses from accesses a join sites s on s.id = a.site_id order by 1, 2")
            .fetch_all(&ctx.pool)
            .await
            .unwrap();
    let filed: Vec<_> = filed.iter().map(|(number, addresses)| (number.as_str(), addresses.join(" "))).collect();
    let expected = [
        ("京ICP备2026000001号-1", "203.0.113.30-203.0.113.39".to_owned()),
        ("京ICP备2026000001号-1", "203.0.113.7".to_owned()),
        ("京ICP备2026000001号-2", "203.0.113.17".to_owned()),
        ("京ICP备2026000001号-2", "203.0.113.40-203.0.113.49".to_owned()),
    ];
    assert_eq!(filed, expected);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_desk_hears_of_a_case_that_comes_or_goes_and_of_none_before_its_turn(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let hub = Hub::new();
    tokio::spawn(hub.clone().run(ctx.clone(), std::future::pending()));
    let heard = async |hints: &mut live::Hints| loop {
        let hint = timeout(Duration::from_secs(20), hints.next()).await.expect("a hint in time").expect("the stream goes on");
        if let Some(filing) = hint.filing {
            return (filing, hint.seq);
        }
    };
    let mut provider = hub.subscribe(&[Topic::ProviderDesk(PROVIDER)], None);
    let mut bureau = hub.subscribe(&[Topic::BureauDesk(110_000)], None);
    // The reader has begun when it has said twice to look at everything.
    for _ in 0..2 {
        assert_eq!(timeout(Duration::from_secs(20), provider.next()).await.unwrap(), Some(Hint::ALL));
    }
    // Handed in and taken back: the provider's alone, and the bureau's never.
    let taken_back = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, taken_back).await.unwrap();
    assert_eq!(heard(&mut provider).await, (taken_back, 2));
    filings::withdraw(&ctx, &owner, taken_back, 2, Uuid::new_v4()).await.unwrap();
    assert_eq!(heard(&mut provider).await, (taken_back, 3));
    // The first that the bureau hears of is what was passed on to it.
    let passed = fill(&ctx, &owner, &company(2)).await;
    submit(&ctx, &owner, passed).await.unwrap();
    pass(&ctx, passed).await;
    let (filing, seq) = heard(&mut bureau).await;
    assert_eq!(filing, passed);
    assert!(seq > 2, "{seq}");
    hub.stop();
}
