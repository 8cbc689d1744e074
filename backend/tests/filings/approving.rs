use crate::stage::*;
use backend::{Error, filings, journal, register};
use domain::{
    filing::{Command, Kind, Status, Verb},
    problem::Rule,
    refusal::Refusal,
    views::{filings::KindForm, register::Answer},
};
use sqlx::PgPool;
use uuid::Uuid;

#[sqlx::test(migrations = "../migrations")]
async fn an_approval_issues_numbers_and_the_public_finds_them_in_every_writing(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let mut draft = company(1);
    draft.sites.push(site(2, "第二.cn"));
    draft.sites[1].form.name = "另一个官网".into();
    let id = fill(&ctx, &owner, &draft).await;
    submit(&ctx, &owner, id).await.unwrap();
    pass(&ctx, id).await;
    approve(&ctx, &reviewer(1), id).await.unwrap();
    let progress = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(progress.number.as_deref(), Some("京ICP备2026000001号"));
    let numbers: Vec<_> = progress.sites.iter().map(|site| (site.domain.as_str(), site.number.as_str())).collect();
    assert_eq!(numbers, [("company1.cn", "京ICP备2026000001号-1"), ("第二.cn", "京ICP备2026000001号-2")]);

    for question in [
        "company1.cn",
        "  COMPANY1.CN ",
        "https://www.company1.cn/path?q=1",
        "blog.company1.cn",
        "ｃｏｍｐａｎｙ１.cn",
        "第二.cn",
        "xn--4kqu10i.cn",
        "京ICP备2026000001号",
        "京icp备2026000001号-1",
        "京 ICP备 2026000001 - 2",
        "北京第1示例科技有限公司",
        "北京第1示例",
        " 北京 第１示例科技有限公司 ",
    ] {
        let found = register::find(&ctx, question).await.unwrap();
        assert_eq!(found.answer, Answer::Filed, "{question}");
        assert!(!found.records.is_empty(), "{question}");
    }
    assert_eq!(register::find(&ctx, "北京第1示例").await.unwrap().records.len(), 2);
    for question in ["company2.cn", "京ICP备2026000002号", "上海某某公司", "京ICP备2026000001号-3"] {
        let found = register::find(&ctx, question).await.unwrap();
        assert_eq!((found.answer, found.records.len()), (Answer::NotFiled, 0), "{question}");
    }
    let long = "长".repeat(300);
    // Licences and what is no website are not in this register.
    for question in [
        "京B2-20090059",
        "京ICP证030173号",
        "京ICP备2026000001号-3A",
        "",
        "  ",
        "北",
        "com.cn",
        "192.168.0.1",
        "http://",
        "%",
        "a\u{202e}b",
        long.as_str(),
    ] {
        let found = register::find(&ctx, question).await.unwrap();
        assert_eq!(found.answer, Answer::CannotSay, "{question}");
    }
    // What a pattern means to the database means nothing to the question.
    assert_eq!(register::find(&ctx, "北京%").await.unwrap().answer, Answer::NotFiled);
    let record = register::record(&ctx, "京ICP备2026000001号-2").await.unwrap().unwrap();
    assert_eq!((record.domain.as_str(), record.site_name.as_str()), ("第二.cn", "另一个官网"));
    let text = serde_json::to_string(&record).unwrap();
    assert!(!text.contains("张伟") && !text.contains("139"), "{text}");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_filed_conflicts_with_what_comes_later(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let owner = registrant(1);
    let id = to_the_bureau(&ctx, &owner, 1).await;
    approve(&ctx, &reviewer(1), id).await.unwrap();
    let mut theirs = company(2);
    theirs.sites[0] = site(1, "company1.cn");
    let other = fill(&ctx, &registrant(2), &theirs).await;
    let found = problems(submit(&ctx, &registrant(2), other).await);
    assert_eq!(found, [("site-1".into(), "domain".into(), Rule::DomainTaken)]);
    let again = fill(&ctx, &owner, &company(1)).await;
    let found = problems(submit(&ctx, &owner, again).await);
    assert_eq!(
        found,
        [
            ("sponsor".into(), "certificate_number".into(), Rule::OwnSponsorFiled),
            ("site-1".into(), "domain".into(), Rule::DomainFiled)
        ]
    );
    let ask = |certificate: u32, domain: &str, provider: &str| KindForm {
        certificate_type: "1".into(),
        certificate_number: credit_code(certificate),
        domain: domain.into(),
        provider_id: provider.into(),
        ..KindForm::default()
    };
    let (here, elsewhere) = (PROVIDER.to_string(), OTHER_PROVIDER.to_string());
    for (form, kind) in [
        (ask(9, "company9.cn", &here), Kind::FirstFiling),
        (ask(1, "company9.cn", &here), Kind::NewSite),
        (ask(1, "company1.cn", &elsewhere), Kind::NewAccess),
        (ask(1, "company1.cn", &here), Kind::AlreadyFiled),
        (ask(9, "company1.cn", &here), Kind::Conflict),
    ] {
        assert_eq!(filings::kind(&ctx, &owner, form.clone()).await.unwrap().kind, kind, "{form:?}");
    }
    let wrong = KindForm {
        nature: "4".into(),
        certificate_number: format!("{}I", &credit_code(9)[..17]),
        ..ask(9, "https://www.company9.cn", &here)
    };
    let found = problems(filings::kind(&ctx, &owner, wrong).await);
    assert_eq!(
        found,
        [
            ("sponsor".into(), "certificate_number".into(), Rule::UsccCharacters),
            ("site-1".into(), "domain".into(), Rule::DomainScheme)
        ]
    );
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn approvals_at_the_same_time_draw_every_number_once(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let mut filings = Vec::new();
    for n in 0..12 {
        filings.push(to_the_bureau(&ctx, &registrant(u128::from(n)), n).await);
    }
    let tries = filings.iter().map(|id| {
        let (ctx, id) = (ctx.clone(), *id);
        // Two reviewers click at the same time: one of them comes second.
        tokio::spawn(async move {
            let (one, other) = (reviewer(1), reviewer(2));
            tokio::join!(approve(&ctx, &one, id), approve(&ctx, &other, id))
        })
    });
    for pair in futures::future::join_all(tries).await {
        let (a, b) = pair.unwrap();
        assert_eq!(u32::from(a.is_ok()) + u32::from(b.is_ok()), 1, "{a:?} {b:?}");
    }
    let mut numbers: Vec<String> =
        sqlx::query_scalar("select number from filings order by number").fetch_all(&ctx.pool).await.unwrap();
    numbers.dedup();
    let expected: Vec<_> = (1..=12).map(|n| format!("京ICP备2026{n:06}号")).collect();
    assert_eq!(numbers, expected);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_number_whose_transaction_failed_is_drawn_again(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let id = to_the_bureau(&ctx, &registrant(1), 1).await;
    let mut tx = ctx.pool.begin().await.unwrap();
    let filing = journal::load(&mut tx, id, true).await.unwrap();
    let command = Command::Approve { note: Uuid::new_v4() };
    let event = journal::decide(&mut tx, &ctx, &filing, &reviewer(1), &command).await.unwrap();
    let approved = register::record_approval(&mut tx, &ctx, &filing, event).await.unwrap();
    assert_eq!(approved.number.as_deref(), Some("京ICP备2026000001号"));
    tx.rollback().await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    journal::check(&ctx.pool).await.unwrap();
    approve(&ctx, &reviewer(1), id).await.unwrap();
    let number: String = sqlx::query_scalar("select number from sponsors").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(number, "京ICP备2026000001号");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn the_year_of_a_number_is_beijings(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none'").await;
    let id = to_the_bureau(&ctx, &registrant(1), 1).await;
    // 2026-12-31 16:30 UTC: in Beijing it is 2027 already, and the calendar of working days has ended.
    let target = time::macros::datetime!(2026-12-31 16:30 UTC);
    ctx.clock.wind((target - ctx.clock.now()).unsigned_abs());
    approve(&ctx, &reviewer(1), id).await.unwrap();
    let number: String = sqlx::query_scalar("select number from sponsors").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(number, "京ICP备2027000001号");
    // Nobody guesses a deadline beyond the calendar, and nobody is kept from filing.
    let late = fill(&ctx, &registrant(2), &company(2)).await;
    submit(&ctx, &registrant(2), late).await.unwrap();
    assert_eq!(filings::progress(&ctx, &registrant(2), late).await.unwrap().due_at, None);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_second_reviewer_must_be_another(pool: PgPool) {
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none', second_reviewer = true").await;
    let id = to_the_bureau(&ctx, &registrant(1), 1).await;
    approve(&ctx, &reviewer(1), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "bureau_review");
    let read = filings::progress(&ctx, &registrant(1), id).await.unwrap().timeline;
    assert!(read.iter().all(|entry| entry.verb != Verb::Approve), "the registrant reads no approval that is none: {read:?}");
    let desk = backend::reviews::case(&ctx, &reviewer(2), id).await.unwrap().progress.timeline;
    assert_eq!((desk[0].verb, desk[0].to), (Verb::Approve, Status::BureauReview));
    let same = approve(&ctx, &reviewer(1), id).await;
    assert!(matches!(same, Err(Error::Refused(Refusal::SameReviewer))), "{same:?}");
    approve(&ctx, &reviewer(2), id).await.unwrap();
    assert_eq!(status(&ctx, id).await, "approved");
    let read = filings::progress(&ctx, &registrant(1), id).await.unwrap().timeline;
    assert_eq!(read.iter().filter(|entry| entry.verb == Verb::Approve).count(), 1);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn every_question_to_the_register_uses_an_index(pool: PgPool) {
    // A page of rows would be scanned whatever the index: plans are asked for without that way.
    let mut conn = pool.acquire().await.unwrap();
    sqlx::query("set enable_seqscan = off").execute(&mut *conn).await.unwrap();
    sqlx::query("set enable_bitmapscan = off").execute(&mut *conn).await.unwrap();
    for (condition, index) in [
        ("s.domain = 'company1.cn'", "sites_live_domain"),
        ("s.number = '京ICP备2026000001号-1'", "sites_number_key"),
        ("p.number = '京ICP备2026000001号'", "sponsors_number_key"),
        ("v.name_key like '北京第1%' and upper_inf(v.valid)", "sponsor_versions_name"),
    ] {
        let sql = format!(
            "explain select 1 from sponsors p join sponsor_versions v on v.sponsor_id = p.id and upper_inf(v.valid)
             join sites s on s.sponsor_id = p.id and s.cancelled_at is null
             join site_versions w on w.site_id = s.id and upper_inf(w.valid)
             where p.cancelled_at is null and {condition}"
        );
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index), "{condition}\n{plan}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_question_to_the_desks_and_to_records_uses_an_index(pool: PgPool) {
    // A page of rows would be scanned and sorted whatever the index: plans are asked for without these ways.
    let mut conn = pool.acquire().await.unwrap();
    for way in ["seqscan", "bitmapscan", "sort", "incremental_sort"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("set enable_{way} = off"))).execute(&mut *conn).await.unwrap();
    }
    let id = "'00000000-0000-7000-8000-000000000001'";
    for (question, index) in [
        (format!("site_versions v join sites s on s.id = v.site_id where v.filing_id = {id}"), "site_versions_filing"),
        (
            format!("accesses a where a.provider_id = {id} and lower(a.service_code) = lower('I-1') and a.cancelled_at is null"),
            "accesses_service",
        ),
        (format!("service_claims c where c.provider_id = {id} and c.code = 'I-1'::citext"), "service_claims_service"),
        (
            format!(
                "filings f where f.provider_id = {id} and filing_is_visible(f, 'provider', null, {id}, null)
                 order by f.touched_at desc, f.id limit 26"
            ),
            "filings_provider_all",
        ),
        (
            "filings f where f.province = 110000 and filing_is_visible(f, 'bureau', null, null, 110000)
             order by f.touched_at desc, f.id limit 26"
                .to_owned(),
            "filings_bureau_all",
        ),
    ] {
        let sql = format!("explain select 1 from {question}");
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && plan.contains("Index Cond"), "{question}\n{plan}");
    }
}
