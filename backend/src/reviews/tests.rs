use super::*;
use crate::accounts::rows;
use crate::filings::Seen;
use crate::seed::journeys::{Step, walk_here};
use crate::{Error, filings, journal, materials, notices, register, seed};
use domain::draft::Draft;
use domain::filing::{Event, Status, Verb};
use domain::id::FilingId;
use domain::problem::{Rule, Section};
use domain::refusal::Refusal;
use domain::views::desk::{CaseView, DecisionForm, Finding};
use domain::views::filings::{MaterialView, Reason};
use domain::views::register::Answer;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

mod second_look;

const HANDED_IN: &[Step] = &[Step::FillIn, Step::Submit];
const AT_BUREAU: &[Step] = &[Step::FillIn, Step::Submit, Step::Pass, Step::Confirm];

/// Everybody there is.
struct Cast {
    ctx: Ctx,
    owner: Actor,
    clerk: Actor,
    admin: Actor,
    rival: Actor,
    reviewer: Actor,
    second: Actor,
    stranger: Actor,
}

async fn cast(pool: PgPool) -> Cast {
    let ctx = Ctx::for_tests(pool);
    seed::houses(&ctx).await.unwrap();
    let actor = async |name: &str| rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap();
    Cast {
        owner: actor("zhou-ming").await,
        clerk: actor("yunshang-clerk").await,
        admin: actor("yunshang-admin").await,
        rival: actor("hengtong-clerk").await,
        reviewer: actor("beijing-reviewer-1").await,
        second: actor("beijing-reviewer-2").await,
        stranger: actor("zhejiang-reviewer-1").await,
        ctx,
    }
}

fn key() -> Uuid {
    Uuid::new_v4()
}

fn form() -> DecisionForm {
    DecisionForm {
        words: "信息一致".into(),
        granted: "yes".into(),
        approval_number: "京新出〔2026〕1号".into(),
        approval_date: "2026-03-01".into(),
        department: "新闻出版局".into(),
        ..DecisionForm::default()
    }
}

/// With the verb's usual opinion, unless the form has one.
fn usual(verb: Verb, mut form: DecisionForm) -> DecisionForm {
    if let (true, Some(code)) = (form.code.is_empty(), domain::codes::opinions(verb).first()) {
        form.code = code.to_string();
    }
    form
}

macro_rules! with_usual_opinion {
    ($($name:ident = $verb:ident),*) => {$(
        async fn $name(ctx: &Ctx, who: &Actor, id: FilingId, seq: i32, key: Uuid, form: DecisionForm) -> Result<Option<FilingId>> {
            super::$name(ctx, who, id, seq, key, usual(Verb::$verb, form)).await
        }
    )*};
}
with_usual_opinion!(pass = Pass, return_filing = Return, approve = Approve, refuse = Refuse, stop = Stop);

fn with_reason(section: &str, field: &str) -> DecisionForm {
    let reason =
        Reason { section: section.into(), field: field.into(), words: "与证件不一致".into(), suggestion: String::new() };
    DecisionForm { reasons: vec![reason], ..form() }
}

fn correcting(section: &str, field: &str, value: &str) -> DecisionForm {
    let reason = Reason { section: section.into(), field: field.into(), words: String::new(), suggestion: value.into() };
    DecisionForm { reasons: vec![reason], ..form() }
}

async fn do_it(
    ctx: &Ctx,
    who: &Actor,
    verb: Verb,
    id: FilingId,
    seq: i32,
    key: Uuid,
    form: DecisionForm,
) -> Result<Option<FilingId>> {
    match verb {
        Verb::Claim => claim(ctx, who, id, seq, key).await,
        Verb::Release => release(ctx, who, id, seq, key).await,
        Verb::HandOver => hand_over(ctx, who, id, seq, key, domain::id::UserId(Uuid::nil())).await,
        Verb::Return => return_filing(ctx, who, id, seq, key, form).await,
        Verb::Correct => correct(ctx, who, id, Seen { seq, ..seen(ctx, id).await }, key, form).await,
        Verb::Pass => pass(ctx, who, id, seq, key, form).await,
        Verb::Hold => hold(ctx, who, id, seq, key, form).await,
        Verb::Resume => resume(ctx, who, id, seq, key, form).await,
        Verb::Approve => approve(ctx, who, id, seq, key, form).await,
        Verb::SendBack => send_back(ctx, who, id, seq, key, form).await,
        Verb::Retract => retract(ctx, who, id, seq, key).await,
        Verb::Refuse => refuse(ctx, who, id, seq, key, form).await,
        Verb::Stop => stop(ctx, who, id, seq, key, form).await,
        other => panic!("no verb of a desk: {other:?}"),
    }
}

const VERBS: [Verb; 13] = [
    Verb::Claim,
    Verb::Release,
    Verb::HandOver,
    Verb::Return,
    Verb::Correct,
    Verb::Pass,
    Verb::Hold,
    Verb::Resume,
    Verb::Approve,
    Verb::SendBack,
    Verb::Retract,
    Verb::Refuse,
    Verb::Stop,
];

async fn status(ctx: &Ctx, id: FilingId) -> (Status, i32) {
    let filing = journal::load(&mut ctx.pool.acquire().await.unwrap(), id, false).await.unwrap();
    (filing.status, filing.seq)
}

async fn seen(ctx: &Ctx, id: FilingId) -> Seen {
    let edition = filings::edition(&mut ctx.pool.acquire().await.unwrap(), id).await.unwrap();
    Seen { seq: status(ctx, id).await.1, edition }
}

async fn checked(cast: &Cast, id: FilingId) {
    record_identity_check(&cast.ctx, &cast.clerk, id, None, "sponsor", "face_to_face", "").await.unwrap();
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn rule<T: std::fmt::Debug>(result: Result<T>) -> Rule {
    match result {
        Err(Error::Invalid(problems)) => problems[0].rule,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_case_of_another_house_is_not_found_whatever_is_done_to_it(pool: PgPool) {
    let c = cast(pool).await;
    let (ctx, id) = (&c.ctx, walk_here(&c.ctx, 40, 0, HANDED_IN).await.unwrap());
    for at_bureau in [false, true] {
        if at_bureau {
            checked(&c, id).await;
            pass(ctx, &c.clerk, id, status(ctx, id).await.1, key(), form()).await.unwrap();
        }
        let seq = status(ctx, id).await.1;
        let mut others = vec![&c.rival, &c.stranger];
        if !at_bureau {
            // Nothing has been passed on yet.
            others.push(&c.reviewer);
        }
        for other in others {
            assert!(matches!(case(ctx, other, id).await, Err(Error::NotFound)));
            assert!(matches!(reveal(ctx, other, id, Section::Sponsor, "person_mobile").await, Err(Error::NotFound)));
            let check = record_identity_check(ctx, other, id, None, "sponsor", "video", "").await;
            assert!(matches!(check, Err(Error::NotFound)));
            for verb in VERBS {
                let done = do_it(ctx, other, verb, id, seq, key(), with_reason("sponsor", "name")).await;
                assert!(matches!(done, Err(Error::NotFound)), "{verb:?} by {other:?}: {done:?}");
            }
            for listing in Listing::ALL {
                assert!(desk(ctx, other, listing, 1).await.unwrap().rows.is_empty());
            }
        }
        for (nobody, signed_in) in [(&Actor::Anonymous, false), (&c.owner, true)] {
            for verb in VERBS {
                match do_it(ctx, nobody, verb, id, seq, key(), with_reason("sponsor", "name")).await {
                    Err(Error::Forbidden) => assert!(signed_in, "{verb:?}"),
                    Err(Error::SignedOut) => assert!(!signed_in, "{verb:?}"),
                    other => panic!("{verb:?}: {other:?}"),
                }
            }
            assert!(desk(ctx, nobody, Listing::All, 1).await.is_err());
            assert!(case(ctx, nobody, id).await.is_err());
        }
        assert_eq!(status(ctx, id).await.1, seq, "nothing was written");
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn the_other_partys_verbs_are_refused_on_ones_own_case(pool: PgPool) {
    let c = cast(pool).await;
    let id = walk_here(&c.ctx, 41, 0, AT_BUREAU).await.unwrap();
    let seq = status(&c.ctx, id).await.1;
    for verb in [Verb::Claim, Verb::Return, Verb::Pass, Verb::Hold, Verb::Approve, Verb::Refuse, Verb::Stop] {
        let done = do_it(&c.ctx, &c.clerk, verb, id, seq, key(), with_reason("sponsor", "name")).await;
        assert_eq!(refused(done), Refusal::Status { status: Status::BureauReview }, "{verb:?}");
    }
    for verb in [Verb::Return, Verb::Pass, Verb::Correct] {
        let done = do_it(&c.ctx, &c.reviewer, verb, id, seq, key(), correcting("sponsor", "remark", "备注")).await;
        assert_eq!(refused(done), Refusal::Status { status: Status::BureauReview }, "{verb:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_clerks_who_take_a_case_at_once_one_has_it_and_the_other_learns_so(pool: PgPool) {
    let c = cast(pool).await;
    let id = walk_here(&c.ctx, 42, 0, HANDED_IN).await.unwrap();
    let seq = status(&c.ctx, id).await.1;
    for _ in 0..5 {
        let seq = status(&c.ctx, id).await.1.max(seq);
        let (a, b) = tokio::join!(claim(&c.ctx, &c.clerk, id, seq, key()), claim(&c.ctx, &c.admin, id, seq, key()));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let holder = if a.is_ok() { &c.clerk } else { &c.admin };
        assert_eq!(refused(if a.is_ok() { b } else { a }), Refusal::ClaimedByAnother);
        release(&c.ctx, holder, id, status(&c.ctx, id).await.1, key()).await.unwrap();
    }
    let to_nobody = hand_over(&c.ctx, &c.clerk, id, status(&c.ctx, id).await.1, key(), c.reviewer.user().unwrap()).await;
    assert!(matches!(to_nobody, Err(Error::NotFound)), "not to another house");
    claim(&c.ctx, &c.clerk, id, status(&c.ctx, id).await.1, key()).await.unwrap();
    hand_over(&c.ctx, &c.clerk, id, status(&c.ctx, id).await.1, key(), c.admin.user().unwrap()).await.unwrap();
    let seen = case(&c.ctx, &c.clerk, id).await.unwrap();
    assert_eq!((seen.mine, seen.claimed_by.as_deref()), (false, Some("罗建国")));
    assert!(case(&c.ctx, &c.admin, id).await.unwrap().mine);
    journal::check(&c.ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn who_acts_on_what_stands_no_longer_is_told_and_a_repeat_is_answered_like_the_first(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 43, 0, HANDED_IN).await.unwrap();
    let old = status(ctx, id).await.1;
    let again = key();
    claim(ctx, &c.clerk, id, old, again).await.unwrap();
    let after = status(ctx, id).await.1;
    assert_eq!(claim(ctx, &c.clerk, id, old, again).await.unwrap(), None);
    assert_eq!(status(ctx, id).await.1, after, "once");
    assert!(matches!(return_filing(ctx, &c.clerk, id, old, key(), with_reason("sponsor", "name")).await, Err(Error::Stale)));
    assert_eq!(refused(claim(ctx, &c.clerk, id, after, again).await), Refusal::RetryKeyReused);

    let twice = key();
    let send_back = || return_filing(ctx, &c.clerk, id, after, twice, with_reason("sponsor", "name"));
    let (a, b) = tokio::join!(send_back(), send_back());
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    assert_eq!(status(ctx, id).await, (Status::ProviderReturned, after + 1));
    let notes = sqlx::query_scalar!("select count(*) from notes").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(notes, Some(1));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_passed_on_whose_face_was_not_checked(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 44, 0, HANDED_IN).await.unwrap();
    let seq = status(ctx, id).await.1;
    let pass_offer = |case: &CaseView| case.progress.offers.iter().find(|(verb, _)| *verb == Verb::Pass).unwrap().1;
    let seen = case(ctx, &c.clerk, id).await.unwrap();
    assert_eq!(pass_offer(&seen), Some(Refusal::Incomplete));
    assert!(seen.findings.contains(&Finding::ChecksPassed), "{:?}", seen.findings);
    assert!(seen.findings.contains(&Finding::IdentityUnchecked { section: Section::Sponsor }));
    assert_eq!(refused(pass(ctx, &c.clerk, id, seq, key(), form()).await), Refusal::Incomplete);

    let record =
        async |section: &str, method: &str, at: &str| record_identity_check(ctx, &c.clerk, id, None, section, method, at).await;
    assert_eq!(rule(record("sponsor", "", "").await), Rule::Required);
    assert_eq!(rule(record("sponsor", "telepathy", "").await), Rule::UnknownCode);
    assert_eq!(rule(record("sponsor", "video", "yesterday").await), Rule::DateFormat);
    assert_eq!(rule(record("sponsor", "video", "2031-01-01T10:00").await), Rule::DateFormat);
    assert!(matches!(record("site-1", "video", "").await, Err(Error::NotFound)), "the site has no person of its own");
    record("sponsor", "video", "2026-03-01T17:45").await.unwrap();
    record("sponsor", "face_to_face", "2026-03-02T09:05").await.unwrap();
    let seen = case(ctx, &c.clerk, id).await.unwrap();
    assert_eq!(pass_offer(&seen), None);
    let check = &seen.identity_checks[0];
    assert_eq!((check.method.as_str(), check.checked_by.as_str()), ("face_to_face", "何静"));
    assert_eq!(check.checked_at, time::macros::datetime!(2026-03-02 01:05 UTC));
    pass(ctx, &c.clerk, id, seq, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::SmsPending);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_return_names_fields_that_there_are_and_the_registrant_reads_the_house_not_the_clerk(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 45, 0, HANDED_IN).await.unwrap();
    let seq = status(ctx, id).await.1;
    let send_back = async |form: DecisionForm| return_filing(ctx, &c.clerk, id, seq, key(), form).await;
    assert_eq!(wrong(send_back(form()).await), ("reasons".into(), Rule::ReasonRequired));
    assert_eq!(rule(send_back(with_reason("sponsor", "shoe_size")).await), Rule::ReasonField);
    assert_eq!(rule(send_back(with_reason("site-9", "name")).await), Rule::ReasonField);
    assert_eq!(rule(send_back(with_reason("materials", "4[nowhere]")).await), Rule::ReasonField);
    assert_eq!(rule(send_back(DecisionForm { words: "长".repeat(1025), ..with_reason("sponsor", "name") }).await), Rule::TooLong);
    let written = sqlx::query_scalar!("select count(*) from notes").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(written, Some(0), "what is refused leaves nothing behind");
    send_back(DecisionForm { words: "长".repeat(1024), ..with_reason("materials", "4") }).await.unwrap();

    let note = filings::draft(ctx, &c.owner, id).await.unwrap().note.unwrap();
    assert_eq!((note.verb, note.author.as_str(), note.reasons[0].field.as_str()), (Verb::Return, "云上网络科技有限公司", "4"));
    assert!(case(ctx, &c.clerk, id).await.unwrap().progress.timeline[0].note.as_ref().unwrap().author.contains("何静"));
    assert_eq!(desk(ctx, &c.clerk, Listing::Returned, 1).await.unwrap().rows[0].id, id);

    // What the registrant changes meanwhile is seen only once it is handed in, and then as a change.
    let draft = filings::draft(ctx, &c.owner, id).await.unwrap();
    let version = draft.sections.iter().find(|s| s.section == Section::Sponsor).unwrap().version;
    let mut sponsor = draft.draft.sponsor;
    sponsor.person_mobile = "10055556666".into();
    sponsor.remark = "更正手机号码".into();
    filings::save_sponsor(ctx, &c.owner, id, version, None, 2, sponsor).await.unwrap();
    assert_eq!(case(ctx, &c.clerk, id).await.unwrap().draft.sponsor.remark, "");
    filings::resubmit(ctx, &c.owner, id, seen(ctx, id).await, key()).await.unwrap();
    let changed: Vec<Finding> = case(ctx, &c.clerk, id).await.unwrap().findings;
    let expected = Finding::Changed {
        section: Section::Sponsor,
        field: "person_mobile".into(),
        before: "100****0045".into(),
        after: "100****6666".into(),
    };
    assert!(changed.contains(&expected), "{changed:?}");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn the_provider_corrects_with_leave_and_only_to_what_is_right(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 46, 0, HANDED_IN).await.unwrap();
    let seq = status(ctx, id).await.1;
    let fix = async |form: DecisionForm| correct(ctx, &c.clerk, id, seen(ctx, id).await, key(), form).await;
    assert_eq!(rule(fix(correcting("sponsor", "person_mobile", "12")).await), Rule::MobileFormat);
    assert_eq!(refused(fix(correcting("sponsor", "province", "330000")).await), Refusal::NoLeave);
    assert_eq!(wrong(fix(form()).await), ("reasons".into(), Rule::Required));
    assert!(matches!(fix(correcting("sponsor", "shoe_size", "42")).await, Err(Error::NotFound)));
    assert_eq!(status(ctx, id).await.1, seq, "nothing was changed");
    fix(correcting("site-1", "name", "青禾阅读手记")).await.unwrap();
    assert_eq!(case(ctx, &c.clerk, id).await.unwrap().draft.sites[0].form.name, "青禾阅读手记");
    checked(&c, id).await;
    pass(ctx, &c.clerk, id, status(ctx, id).await.1, key(), form()).await.unwrap();
    let findings = case(ctx, &c.reviewer, id).await.unwrap().findings;
    let told =
        findings.iter().any(|f| matches!(f, Finding::Changed { field, after, .. } if field == "name" && after == "青禾阅读手记"));
    assert!(told, "the bureau sees what the provider corrected: {findings:?}");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_issues_one_number_even_when_two_reviewers_click_at_once(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 47, 0, AT_BUREAU).await.unwrap();
    let seq = status(ctx, id).await.1;
    let (a, b) = tokio::join!(approve(ctx, &c.reviewer, id, seq, key(), form()), approve(ctx, &c.second, id, seq, key(), form()));
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
    let issued = sqlx::query_scalar!("select number from issued_numbers").fetch_all(&ctx.pool).await.unwrap();
    assert_eq!(issued, ["京ICP备2026000001号"]);
    let seen = case(ctx, &c.reviewer, id).await.unwrap();
    assert_eq!(seen.progress.number.as_deref(), Some("京ICP备2026000001号"));
    let found = register::find(ctx, "京ICP备2026000001号").await.unwrap();
    assert_eq!((found.answer, found.records[0].site_number.as_str()), (Answer::Filed, "京ICP备2026000001号-1"));
    let told = sqlx::query_scalar!("select count(*) from notices where template = 'filing_approved'")
        .fetch_one(&ctx.pool)
        .await
        .unwrap();
    assert_eq!(told, Some(1));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_is_told_with_the_number_to_show(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 47, 0, AT_BUREAU).await.unwrap();
    approve(ctx, &c.reviewer, id, status(ctx, id).await.1, key(), form()).await.unwrap();
    let told = async || {
        let newest = notices::list(ctx, &c.owner, 1).await.unwrap().notices.remove(0);
        (newest.template, newest.params["number"].clone())
    };
    assert_eq!(told().await, ("filing_approved".to_owned(), "京ICP备2026000001号-1".to_owned()));

    // Of several sites each shows its own number: told is the sponsor's, and that there are several.
    let (site, row) = (Uuid::from_u128(1), Uuid::from_u128(2));
    sqlx::query("insert into sites (id, sponsor_id, number, domain, created_at) select $1, sponsor_id, '京ICP备2026000001号-2', 'second.example', created_at from sites")
        .bind(site)
        .execute(&ctx.pool)
        .await
        .unwrap();
    sqlx::query("insert into site_versions (site_id, valid, recorded_at, filing_id, row_id, name, domain_display, home_page, approved_on, services, preapprovals, sealed) select $1, valid, recorded_at, filing_id, $2, name, 'second.example', 'second.example', approved_on, services, preapprovals, sealed from site_versions")
        .bind(site)
        .bind(row)
        .execute(&ctx.pool)
        .await
        .unwrap();
    ctx.clock.wind(Duration::from_secs(60));
    let mut tx = ctx.begin().await.unwrap();
    let filing = journal::load(&mut tx, id, false).await.unwrap();
    let approved = journal::events(&mut tx, id).await.unwrap().pop().unwrap();
    notices::notify(ctx, &mut tx, &filing, &Event { seq: approved.seq + 1, ..approved }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told().await, ("filing_approved_sites".to_owned(), "京ICP备2026000001号".to_owned()));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_review_waits_for_the_department_and_goes_by_its_answer(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    for (sponsor, granted, end) in [(49, "yes", Status::BureauReview), (50, "no", Status::BureauRefused)] {
        let id = walk_here(ctx, sponsor, 0, AT_BUREAU).await.unwrap();
        let seq = async || status(ctx, id).await.1;
        let blank = DecisionForm { department: " ".into(), ..form() };
        assert_eq!(rule(hold(ctx, &c.reviewer, id, seq().await, key(), blank).await), Rule::Required);
        assert_eq!(refused(resume(ctx, &c.reviewer, id, seq().await, key(), form()).await), Refusal::NoPreapproval);
        hold(ctx, &c.reviewer, id, seq().await, key(), form()).await.unwrap();
        assert_eq!(refused(approve(ctx, &c.reviewer, id, seq().await, key(), form()).await), Refusal::PreapprovalPending);
        assert!(case(ctx, &c.reviewer, id).await.unwrap().progress.held_at.is_some());
        let answer = DecisionForm { granted: granted.into(), ..form() };
        resume(ctx, &c.reviewer, id, seq().await, key(), answer).await.unwrap();
        assert_eq!(status(ctx, id).await.0, end);
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refused_filing_is_corrected_and_sent_on_by_its_provider(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 51, 0, AT_BUREAU).await.unwrap();
    refuse(ctx, &c.reviewer, id, status(ctx, id).await.1, key(), with_reason("site-1", "name")).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauRefused);
    correct(ctx, &c.clerk, id, seen(ctx, id).await, key(), correcting("site-1", "name", "松风企业官网")).await.unwrap();
    assert!(matches!(resubmit(ctx, &c.rival, id, seen(ctx, id).await, key()).await, Err(Error::NotFound)));
    resubmit(ctx, &c.clerk, id, seen(ctx, id).await, key()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauReview);
    let findings = case(ctx, &c.reviewer, id).await.unwrap().findings;
    assert!(findings.iter().any(|f| matches!(f, Finding::Changed { field, .. } if field == "name")), "{findings:?}");
    stop(ctx, &c.reviewer, id, status(ctx, id).await.1, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::Stopped);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn personal_data_comes_masked_and_each_look_stands_in_the_audit(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 52, 0, HANDED_IN).await.unwrap();
    let whole: Draft = filings::draft(ctx, &c.owner, id).await.unwrap().draft;
    let shown = serde_json::to_string(&case(ctx, &c.clerk, id).await.unwrap()).unwrap();
    let sponsor = &whole.sponsor;
    for secret in
        [&sponsor.person_certificate_number, &sponsor.person_mobile, &sponsor.person_emergency_phone, &sponsor.person_email]
    {
        assert!(!shown.contains(secret.as_str()), "{secret}");
    }
    assert!(shown.contains(sponsor.certificate_number.as_str()), "a unit's own number is public");
    let looks =
        async || sqlx::query_scalar!("select count(*) from audit where verb = 'reveal'").fetch_one(&ctx.pool).await.unwrap();
    let number = reveal(ctx, &c.clerk, id, Section::Sponsor, "person_certificate_number").await.unwrap();
    assert_eq!(number, sponsor.person_certificate_number);
    assert_eq!(looks().await, Some(1));
    for field in ["name", "shoe_size", "certificate_number"] {
        assert!(matches!(reveal(ctx, &c.clerk, id, Section::Sponsor, field).await, Err(Error::NotFound)), "{field}");
    }
    assert!(matches!(reveal(ctx, &c.clerk, id, Section::Site(7), "person_mobile").await, Err(Error::NotFound)));
    assert_eq!(looks().await, Some(1));
    let said =
        sqlx::query_scalar!("select detail::text from audit where verb = 'reveal'").fetch_one(&ctx.pool).await.unwrap().unwrap();
    assert!(!said.contains(&number), "{said}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_desk_shows_the_oldest_deadline_first_counts_what_is_missed_and_leads_to_the_next(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let first = walk_here(ctx, 53, 0, HANDED_IN).await.unwrap();
    ctx.clock.wind(Duration::from_secs(3 * 3600));
    let second = walk_here(ctx, 54, 0, HANDED_IN).await.unwrap();
    ctx.clock.wind(Duration::from_secs(22 * 3600));
    let third = walk_here(ctx, 55, 0, HANDED_IN).await.unwrap();
    let listed = async |who: &Actor, listing| {
        desk(ctx, who, listing, 1).await.unwrap().rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&c.clerk, Listing::Waiting).await, [first, second, third]);
    assert_eq!(listed(&c.clerk, Listing::Missed).await, [first]);
    assert_eq!(listed(&c.clerk, Listing::DueSoon).await, [second]);
    assert_eq!(case(ctx, &c.clerk, first).await.unwrap().next, Some(second));

    claim(ctx, &c.admin, second, status(ctx, second).await.1, key()).await.unwrap();
    assert_eq!(listed(&c.admin, Listing::Mine).await, [second]);
    let back = return_filing(ctx, &c.clerk, first, status(ctx, first).await.1, key(), with_reason("sponsor", "name")).await;
    assert_eq!(back.unwrap(), Some(third), "not the one that a colleague works on");
    let counts = desk(ctx, &c.admin, Listing::All, 1).await.unwrap().counts;
    assert_eq!((counts.waiting, counts.mine, counts.missed, counts.returned, counts.done_today), (2, 1, 0, 1, 1));
    // Filling in takes seven minutes, by the second and by the third.
    assert_eq!(counts.oldest_minutes, 22 * 60 + 7);
    assert_eq!(listed(&c.clerk, Listing::All).await.len(), 3);
    assert!(desk(ctx, &c.clerk, Listing::All, 2).await.unwrap().rows.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn each_count_of_a_desk_is_the_length_of_its_list(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let (clerk, reviewer) = (c.clerk.user().unwrap().0, c.reviewer.user().unwrap().0);
    // A filing for every status of a desk, deadline, and what lies beside the status; of this house and of others.
    let made = sqlx::query(
        "insert into filings (id, seq, status, owner_id, province, provider_id, policy_version, due_at, claimed_by, sms, sms_until,
                              held_at, first_approval_by, submitted_at, entered_at, touched_at, title)
         select gen_random_uuid(), 2, status, $1, code, house.id, 1, $2 + hours * interval '1 hour',
                case when status like '%review' and beside = 'claimed' then case status when 'provider_review' then $3 else $4 end end,
                case when status = 'sms_pending' then '{}'::jsonb end,
                case when status = 'sms_pending' or status = 'bureau_review' and beside = 'confirming' then $2 + interval '1 day' end,
                case when status = 'bureau_review' and beside like 'held%' then $2 end,
                case when status = 'bureau_review' and beside like '%proposed' then $4 end, $2,
                $2 - case beside when 'held' then 90 when 'held and proposed' then 80 else hours end * interval '1 minute' - interval '2 days',
                $2, ''
         from providers house, unnest(array[110000, 330000]) code, unnest(array[-5, 5, 50]) hours,
              unnest(array['', 'claimed', 'confirming', 'held', 'proposed', 'held and proposed']) beside,
              unnest(array['provider_review', 'provider_returned', 'sms_pending', 'sms_failed', 'bureau_review', 'bureau_refused', 'stopped'])
                  status",
    )
    .bind(c.owner.user().unwrap().0)
    .bind(ctx.clock.now())
    .bind(clerk)
    .bind(reviewer)
    .execute(&ctx.pool)
    .await
    .unwrap();
    assert!(made.rows_affected() > 500);
    for (pauses, two) in [(true, true), (false, false), (true, false)] {
        sqlx::query("delete from policies where province = 110000").execute(&ctx.pool).await.unwrap();
        let policy = "insert into policies (province, valid, sms_stage, sms_window_hours, second_reviewer, preapproval_pauses)
                      values (110000, '[2020-08-17,)', 'before', 24, $1, $2)";
        sqlx::query(policy).bind(two).bind(pauses).execute(&ctx.pool).await.unwrap();
        for who in [&c.clerk, &c.reviewer] {
            let list = async |listing| {
                let mut rows = Vec::new();
                for page in 1.. {
                    let shown = desk(ctx, who, listing, page).await.unwrap();
                    rows.extend(shown.rows);
                    if !shown.more {
                        return rows;
                    }
                }
                rows
            };
            let length = async |listing| i64::try_from(list(listing).await.len()).unwrap();
            let counts = desk(ctx, who, Listing::Waiting, 1).await.unwrap().counts;
            let is_bureau = matches!(who, Actor::Bureau { .. });
            let all = [
                (Listing::Waiting, Some(counts.waiting)),
                (Listing::Mine, Some(counts.mine)),
                (Listing::DueSoon, Some(counts.due_soon)),
                (Listing::Missed, Some(counts.missed)),
                (Listing::Confirming, Some(counts.confirming)),
                (Listing::Returned, Some(counts.returned)),
                (Listing::SecondLook, counts.second_look),
                (Listing::Held, counts.held),
            ];
            for (listing, count) in all {
                let is_counted = match listing {
                    Listing::SecondLook => is_bureau && two,
                    Listing::Held => is_bureau,
                    _ => true,
                };
                assert_eq!(
                    count,
                    if is_counted { Some(length(listing).await) } else { None },
                    "{listing:?} {pauses} {two} {who:?}"
                );
                assert!(count.is_none_or(|count| count > 0), "{listing:?} {who:?}");
            }
            let oldest = list(Listing::Waiting).await.iter().filter(|row| !row.paused).map(|row| row.entered_at).min().unwrap();
            assert_eq!(counts.oldest_minutes, (ctx.clock.now() - oldest).whole_minutes());
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn during_the_review_nobody_approves_before_the_persons_have_confirmed(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 56, 1, &[Step::FillIn, Step::Submit, Step::Pass]).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauReview);
    let seen = case(ctx, &c.stranger, id).await.unwrap();
    assert_eq!(seen.progress.persons.len(), 1);
    let early = approve(ctx, &c.stranger, id, seen.progress.seq, key(), form()).await;
    assert_eq!(refused(early), Refusal::ConfirmationPending);
    assert_eq!(desk(ctx, &c.stranger, Listing::Confirming, 1).await.unwrap().rows[0].id, id);
    assert!(matches!(case(ctx, &c.reviewer, id).await, Err(Error::NotFound)), "another province reads nothing here");
}

fn wrong<T: std::fmt::Debug>(result: Result<T>) -> (String, Rule) {
    match result {
        Err(Error::Invalid(problems)) => (problems[0].field.to_string(), problems[0].rule),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_refused_or_stopped_without_a_reason(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 57, 0, AT_BUREAU).await.unwrap();
    let seq = async || status(ctx, id).await.1;
    let silent = |granted: &str| DecisionForm { granted: granted.into(), words: " ".into(), ..form() };
    let unasked = async |form: DecisionForm| wrong(stop(ctx, &c.reviewer, id, seq().await, key(), form).await);
    assert_eq!(unasked(silent("yes")).await, ("words".into(), Rule::ReasonRequired));
    for granted in ["no", "", "on"] {
        assert_eq!(unasked(DecisionForm { granted: granted.into(), ..form() }).await, ("granted".into(), Rule::Required));
    }
    hold(ctx, &c.reviewer, id, seq().await, key(), form()).await.unwrap();
    let at = seq().await;
    let answer = async |form: DecisionForm| wrong(resume(ctx, &c.reviewer, id, at, key(), form).await);
    assert_eq!(answer(silent("no")).await, ("words".into(), Rule::ReasonRequired));
    assert_eq!(answer(silent("")).await, ("granted".into(), Rule::Required));
    assert_eq!(answer(silent("disagreed")).await, ("granted".into(), Rule::UnknownCode));
    assert_eq!(status(ctx, id).await, (Status::BureauReview, at), "nothing was written");
    let refusal =
        DecisionForm { granted: "no".into(), words: "内容超出许可范围".into(), approval_number: String::new(), ..form() };
    resume(ctx, &c.reviewer, id, at, key(), refusal).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauRefused);
    let told = filings::draft(ctx, &c.owner, id).await.unwrap().note.unwrap();
    // Why stands at the field that it is about, what the department said beside it.
    let why: Vec<_> = told.reasons.iter().map(|r| (r.section.as_str(), r.field.as_str(), r.words.as_str())).collect();
    assert_eq!(why, [("site-1", "preapprovals", "内容超出许可范围")]);
    let said = told.preapproval.unwrap();
    assert_eq!((said.department.as_str(), said.date.as_str(), said.granted), ("新闻出版局", "2026-03-01", Some(false)));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_return_without_a_reason_is_told_all_that_it_lacks_and_a_page_out_of_date_that_it_is(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 61, 0, HANDED_IN).await.unwrap();
    let before = status(ctx, id).await;
    let lacks = |result: Result<Option<FilingId>>| match result {
        Err(Error::Invalid(problems)) => problems.iter().map(|p| (p.field.to_string(), p.rule)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let reasons = ("reasons".to_owned(), Rule::ReasonRequired);
    let unwritten = Reason { section: "sponsor".into(), field: "name".into(), words: " ".into(), suggestion: String::new() };
    for blank in [DecisionForm::default(), DecisionForm { reasons: vec![unwritten], ..DecisionForm::default() }] {
        let returned = super::return_filing(ctx, &c.clerk, id, before.1, key(), blank).await;
        assert_eq!(lacks(returned), [reasons.clone(), ("code".to_owned(), Rule::Required)]);
    }
    let coded = DecisionForm { code: "11".into(), ..DecisionForm::default() };
    let returned = super::return_filing(ctx, &c.clerk, id, before.1, key(), coded.clone()).await;
    assert_eq!(lacks(returned), std::slice::from_ref(&reasons));
    assert_eq!(status(ctx, id).await, before, "nothing was written");

    // Who looks at an older page learns that first, and who has no right to the case nothing else.
    claim(ctx, &c.clerk, id, before.1, key()).await.unwrap();
    let late = super::return_filing(ctx, &c.clerk, id, before.1, key(), coded.clone()).await;
    assert!(matches!(late, Err(Error::Stale)), "{late:?}");
    let colleague = super::return_filing(ctx, &c.admin, id, before.1, key(), coded.clone()).await;
    assert_eq!(refused(colleague), Refusal::ClaimedByAnother);
    let rival = super::return_filing(ctx, &c.rival, id, before.1, key(), coded).await;
    assert!(matches!(rival, Err(Error::NotFound)), "{rival:?}");

    let at_bureau = walk_here(ctx, 62, 0, AT_BUREAU).await.unwrap();
    let seq = status(ctx, at_bureau).await.1;
    let refusal = super::refuse(ctx, &c.reviewer, at_bureau, seq, key(), DecisionForm { code: "32".into(), ..form() }).await;
    assert_eq!(lacks(refusal), [reasons]);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_departments_answer_has_its_number_and_a_day_that_has_come(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 58, 0, AT_BUREAU).await.unwrap();
    hold(ctx, &c.reviewer, id, status(ctx, id).await.1, key(), form()).await.unwrap();
    let at = status(ctx, id).await.1;
    let answer = async |form: DecisionForm| resume(ctx, &c.reviewer, id, at, key(), form).await;
    let on = |day: &str| DecisionForm { approval_date: day.into(), ..form() };
    assert_eq!(wrong(answer(DecisionForm { approval_number: " ".into(), ..form() }).await).0, "approval_number");
    let today = domain::time::beijing_date(ctx.clock.now());
    let tomorrow = domain::time::iso_date(today.next_day().unwrap());
    for (day, rule) in [
        ("", Rule::Required),
        ("昨天", Rule::DateFormat),
        ("2026-02-30", Rule::DateFormat),
        (tomorrow.as_str(), Rule::DecisionDate),
        ("2000-09-24", Rule::DecisionDate),
        ("0001-01-01", Rule::DecisionDate),
    ] {
        assert_eq!(wrong(answer(on(day)).await), ("approval_date".into(), rule), "{day}");
    }
    answer(on(&domain::time::iso_date(today))).await.unwrap();
    assert_eq!(status(ctx, id).await, (Status::BureauReview, at + 1));
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_opinion_is_one_of_its_verbs_codes(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 59, 0, HANDED_IN).await.unwrap();
    checked(&c, id).await;
    let seq = status(ctx, id).await.1;
    let coded = |code: &str| DecisionForm { code: code.into(), ..with_reason("sponsor", "name") };
    let code = |rule| ("code".to_owned(), rule);
    for (given, rule) in [("", Rule::Required), ("10", Rule::UnknownCode), ("01", Rule::UnknownCode), ("x", Rule::UnknownCode)] {
        let passed = super::pass(ctx, &c.clerk, id, seq, key(), coded(given)).await;
        assert_eq!(wrong(passed), code(rule), "{given}");
    }
    let returned = super::return_filing(ctx, &c.clerk, id, seq, key(), coded("1")).await;
    assert_eq!(wrong(returned), code(Rule::UnknownCode));
    assert_eq!(status(ctx, id).await.1, seq, "nothing was written");
    super::pass(ctx, &c.clerk, id, seq, key(), coded("3")).await.unwrap();
    let said = case(ctx, &c.clerk, id).await.unwrap().progress.timeline[0].note.clone().unwrap();
    assert_eq!((said.verb, said.code), (Verb::Pass, 3));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_desk_shows_the_materials_that_were_handed_in(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 60, 0, HANDED_IN).await.unwrap();
    let shown = async || case(ctx, &c.clerk, id).await.unwrap().materials;
    let before = shown().await;
    let old = before[0].clone();
    return_filing(ctx, &c.clerk, id, status(ctx, id).await.1, key(), with_reason("sponsor", "name")).await.unwrap();
    let (_, bytes) = materials::open(ctx, &c.owner, old.id).await.unwrap();
    materials::remove(ctx, &c.owner, old.id).await.unwrap();
    let new = materials::upload(ctx, &c.owner, id, old.section, old.kind, &old.name, bytes).await.unwrap();

    assert_eq!(shown().await, before, "what the registrant corrects meanwhile is not the desk's to see");
    materials::open(ctx, &c.clerk, old.id).await.unwrap();
    assert!(matches!(materials::open(ctx, &c.owner, old.id).await, Err(Error::NotFound)));
    assert!(matches!(materials::open(ctx, &c.clerk, new.id).await, Err(Error::NotFound)));
    assert!(matches!(materials::open(ctx, &c.rival, old.id).await, Err(Error::NotFound)));
    let own = materials::list(ctx, &c.owner, id).await.unwrap();
    assert!(own.contains(&new) && !own.contains(&old));
    let places = |listed: &[MaterialView]| listed.iter().map(|material| (material.section, material.kind)).collect::<Vec<_>>();
    assert_eq!(places(&own), places(&before), "what is uploaded again lies where the other lay");

    filings::resubmit(ctx, &c.owner, id, seen(ctx, id).await, key()).await.unwrap();
    let after = shown().await;
    assert!(after.contains(&new) && !after.contains(&old));
    assert_eq!(places(&after), places(&before));
    assert!(matches!(materials::open(ctx, &c.clerk, old.id).await, Err(Error::NotFound)));
    materials::open(ctx, &c.clerk, new.id).await.unwrap();

    // Of a refused filing the provider sees what it would send on, the bureau what it decided upon.
    checked(&c, id).await;
    pass(ctx, &c.clerk, id, status(ctx, id).await.1, key(), form()).await.unwrap();
    sqlx::query("update filings set status = 'bureau_refused', edited = true where id = $1")
        .bind(id.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
    materials::remove(ctx, &c.owner, new.id).await.unwrap();
    assert!(!shown().await.contains(&new));
    assert!(matches!(materials::open(ctx, &c.clerk, new.id).await, Err(Error::NotFound)));
    assert!(case(ctx, &c.reviewer, id).await.unwrap().materials.contains(&new));
    materials::open(ctx, &c.reviewer, new.id).await.unwrap();
}
