//! Four eyes 复审, and what a province's own people and others can do about a proposal.

use super::*;
use domain::views::desk::Listing;

/// A filing at the bureau of Beijing, where two review from now on.
async fn at_two(c: &Cast, sponsor: usize) -> FilingId {
    two_review(c, true).await;
    walk_here(&c.ctx, sponsor, 0, AT_BUREAU).await.unwrap()
}

async fn two_review(c: &Cast, two: bool) {
    sqlx::query("delete from policies where province = 110000").execute(&c.ctx.pool).await.unwrap();
    let insert = "insert into policies (province, valid, sms_stage, sms_window_hours, second_reviewer)
                  values (110000, '[2020-08-17,)', 'before', 24, $1)";
    sqlx::query(insert).bind(two).execute(&c.ctx.pool).await.unwrap();
}

async fn seq(c: &Cast, id: FilingId) -> i32 {
    status(&c.ctx, id).await.1
}

fn because(words: &str) -> DecisionForm {
    DecisionForm { words: words.into(), ..DecisionForm::default() }
}

async fn listed(c: &Cast, who: &Actor, listing: Listing) -> Vec<(FilingId, bool, bool)> {
    let rows = desk(&c.ctx, who, listing, 1).await.unwrap().rows;
    rows.into_iter().map(|row| (row.id, row.second_look, row.proposed_by_me)).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proposal_is_shown_with_who_when_and_what_and_another_person_issues_the_number(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = at_two(&c, 48).await;
    let first = case(ctx, &c.reviewer, id).await.unwrap();
    assert!(first.two_reviewers && first.proposal.is_none());
    approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauReview);
    assert!(is_proposed(ctx, &c.reviewer, id).await.unwrap());

    let seen = case(ctx, &c.second, id).await.unwrap();
    let proposal = seen.proposal.unwrap();
    assert_eq!((proposal.by.as_str(), proposal.mine, proposal.at), ("许文", false, ctx.clock.now()));
    let said = proposal.note.unwrap();
    assert_eq!((said.code, said.words.as_str()), (20, "信息一致"));
    assert!(seen.progress.offers.contains(&(Verb::Approve, None)) && seen.progress.offers.contains(&(Verb::SendBack, None)));

    // Whose proposal it is sees it as such, is offered nothing but to take it back, and gets nothing else by hand.
    let mine = case(ctx, &c.reviewer, id).await.unwrap();
    assert!(mine.proposal.unwrap().mine);
    let open: Vec<Verb> = mine.progress.offers.iter().filter(|(_, no)| no.is_none()).map(|(verb, _)| *verb).collect();
    assert_eq!(open, [Verb::Retract]);
    let at = seq(&c, id).await;
    assert_eq!(refused(approve(ctx, &c.reviewer, id, at, key(), form()).await), Refusal::SameReviewer);
    assert_eq!(refused(claim(ctx, &c.reviewer, id, at, key()).await), Refusal::SameReviewer);
    assert_eq!(refused(refuse(ctx, &c.reviewer, id, at, key(), with_reason("site-1", "name")).await), Refusal::SameReviewer);
    assert_eq!(refused(stop(ctx, &c.reviewer, id, at, key(), form()).await), Refusal::SameReviewer);
    assert_eq!(refused(hold(ctx, &c.reviewer, id, at, key(), form()).await), Refusal::SameReviewer);
    assert_eq!(refused(send_back(ctx, &c.reviewer, id, at, key(), because("?")).await), Refusal::SameReviewer);
    // Nor others: another province, a provider, the registrant.
    for (who, alien) in [(&c.stranger, true), (&c.clerk, false), (&c.owner, false)] {
        let tries = [
            send_back(ctx, who, id, at, key(), because("?")).await.unwrap_err(),
            retract(ctx, who, id, at, key()).await.unwrap_err(),
            approve(ctx, who, id, at, key(), form()).await.unwrap_err(),
        ];
        for refusal in tries {
            let known = match alien {
                true => matches!(refusal, Error::NotFound),
                false => matches!(refusal, Error::Forbidden | Error::Refused(Refusal::Status { .. } | Refusal::NotYours)),
            };
            assert!(known, "{who:?} {refusal:?}");
        }
    }
    assert_eq!(refused(retract(ctx, &c.second, id, at, key()).await), Refusal::NoProposal);
    assert_eq!(status(ctx, id).await, (Status::BureauReview, at), "nothing of it was written");

    approve(ctx, &c.second, id, at, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::Approved);
    assert!(!is_proposed(ctx, &c.reviewer, id).await.unwrap());
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proposal_sent_back_is_the_first_reviewers_again_with_the_reason_that_nobody_outside_reads(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = at_two(&c, 49).await;
    approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    claim(ctx, &c.second, id, seq(&c, id).await, key()).await.unwrap();
    let silent = send_back(ctx, &c.second, id, seq(&c, id).await, key(), because("  ")).await;
    assert_eq!(wrong(silent), ("words".into(), Rule::ReasonRequired));
    let long = send_back(ctx, &c.second, id, seq(&c, id).await, key(), because(&"长".repeat(1025))).await;
    assert_eq!(wrong(long), ("words".into(), Rule::TooLong));
    let colleagues = case(ctx, &c.second, id).await.unwrap().colleagues;
    assert!(
        colleagues.iter().all(|colleague| Some(colleague.id) != c.reviewer.user()),
        "a second look is not handed to the first"
    );
    let handed = hand_over(ctx, &c.second, id, seq(&c, id).await, key(), c.reviewer.user().unwrap()).await;
    assert_eq!(refused(handed), Refusal::SameReviewer);

    send_back(ctx, &c.second, id, seq(&c, id).await, key(), because("营业执照有效期未核对")).await.unwrap();
    let back = case(ctx, &c.reviewer, id).await.unwrap();
    assert!(back.mine && back.proposal.is_none());
    let newest = &back.progress.timeline[0];
    assert_eq!((newest.verb, newest.note.as_ref().unwrap().words.as_str()), (Verb::SendBack, "营业执照有效期未核对"));
    for outside in [&c.owner, &c.clerk] {
        let mut conn = ctx.pool.acquire().await.unwrap();
        let filing = journal::load(&mut conn, id, false).await.unwrap();
        let progress = filings::progress_of(ctx, &mut conn, outside, &filing).await.unwrap();
        let told = serde_json::to_string(&progress).unwrap();
        for secret in ["营业执照有效期未核对", "send_back", "韩雪", "许文", "\"approve\""] {
            assert!(!told.contains(secret), "{outside:?} reads {secret}");
        }
    }
    // Once more, and this time it is taken back while the other one has begun.
    approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    let before_claim = seq(&c, id).await;
    claim(ctx, &c.second, id, before_claim, key()).await.unwrap();
    assert!(matches!(retract(ctx, &c.reviewer, id, before_claim, key()).await, Err(Error::Stale)), "a page out of date");
    let again = key();
    let at = seq(&c, id).await;
    retract(ctx, &c.reviewer, id, at, again).await.unwrap();
    retract(ctx, &c.reviewer, id, at, again).await.unwrap();
    assert_eq!(refused(approve(ctx, &c.second, id, seq(&c, id).await, key(), form()).await), Refusal::ClaimedByAnother);
    assert!(case(ctx, &c.reviewer, id).await.unwrap().mine);
    let newest = "select verb from audit where object_id = $1 order by at desc, id desc limit 4";
    let verbs: Vec<String> = sqlx::query_scalar(newest).bind(id.0).fetch_all(&ctx.pool).await.unwrap();
    assert_eq!(verbs, ["retract", "claim", "approve", "send_back"], "each stands in the audit");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proposal_of_somebody_who_is_gone_goes_back_to_the_queue(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = at_two(&c, 50).await;
    approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    sqlx::query("update users set status = 'suspended' where user_name = 'beijing-reviewer-1'").execute(&ctx.pool).await.unwrap();
    send_back(ctx, &c.second, id, seq(&c, id).await, key(), because("请重新核对")).await.unwrap();
    assert_eq!(case(ctx, &c.second, id).await.unwrap().claimed_by, None);
    // Then it takes two again: the one who sent it back may be the first of them.
    approve(ctx, &c.second, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::BureauReview);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_queue_knows_second_looks_and_leads_nobody_to_their_own(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let (id, other) = (at_two(&c, 51).await, at_two(&c, 52).await);
    assert_eq!(desk(ctx, &c.second, Listing::Waiting, 1).await.unwrap().counts.second_look, Some(0));
    let next = approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert_eq!(next, Some(other));
    assert_eq!(listed(&c, &c.second, Listing::SecondLook).await, [(id, true, false)]);
    assert_eq!(listed(&c, &c.reviewer, Listing::SecondLook).await, [(id, true, true)]);
    assert_eq!(desk(ctx, &c.reviewer, Listing::All, 1).await.unwrap().counts.second_look, Some(1));
    assert_eq!(case(ctx, &c.reviewer, other).await.unwrap().next, None, "not one's own proposal");
    assert_eq!(case(ctx, &c.second, other).await.unwrap().next, Some(id));
    // A provider's lists know nothing of it, and a province with one reviewer has no such list.
    let of_provider = desk(ctx, &c.clerk, Listing::All, 1).await.unwrap();
    assert_eq!((of_provider.counts.second_look, of_provider.counts.held), (None, None));
    assert!(of_provider.rows.iter().all(|row| !row.second_look && !row.proposed_by_me));
    assert!(listed(&c, &c.clerk, Listing::SecondLook).await.is_empty());
    two_review(&c, false).await;
    assert_eq!(desk(ctx, &c.second, Listing::SecondLook, 1).await.unwrap().counts.second_look, None);
    assert!(listed(&c, &c.second, Listing::SecondLook).await.is_empty());
    assert!(!filings::progress(ctx, &c.owner, id).await.unwrap().second_look);
    two_review(&c, true).await;
    let told = filings::progress(ctx, &c.owner, id).await.unwrap();
    assert!(told.second_look);
    assert!(told.timeline.iter().all(|entry| entry.verb != Verb::Approve));
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_who_decide_a_proposal_at_once_one_comes_second(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let third = "update users set province = 110000 where user_name = 'zhejiang-reviewer-2'";
    sqlx::query(third).execute(&ctx.pool).await.unwrap();
    let third = rows::find_by_name(&ctx.pool, "zhejiang-reviewer-2").await.unwrap().unwrap().actor().unwrap();
    let id = at_two(&c, 53).await;
    let at = seq(&c, id).await;
    // Two first approvals: one of them is the proposal, neither is its own second look.
    let (one, two) =
        tokio::join!(approve(ctx, &c.reviewer, id, at, key(), form()), approve(ctx, &c.second, id, at, key(), form()),);
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    assert!(matches!(one.and(two), Err(Error::Stale)));
    assert_eq!(status(ctx, id).await.0, Status::BureauReview);
    let first = if is_proposed(ctx, &c.reviewer, id).await.unwrap() { &c.reviewer } else { &c.second };
    let other = if first == &c.reviewer { &c.second } else { &c.reviewer };
    // Approved, sent back and taken back at once: one thing happens.
    let at = seq(&c, id).await;
    let (a, b, r) = tokio::join!(
        approve(ctx, other, id, at, key(), form()),
        send_back(ctx, &third, id, at, key(), because("再看一看")),
        retract(ctx, first, id, at, key()),
    );
    let done = [a.is_ok(), b.is_ok(), r.is_ok()];
    assert_eq!(done.iter().filter(|ok| **ok).count(), 1, "{a:?} {b:?} {r:?}");
    assert_eq!(status(ctx, id).await.1, at + 1);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_department_asked_in_the_second_look_leaves_the_proposal_to_another(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = at_two(&c, 54).await;
    approve(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await.unwrap();
    hold(ctx, &c.second, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert_eq!(refused(approve(ctx, &c.second, id, seq(&c, id).await, key(), form()).await), Refusal::PreapprovalPending);
    assert_eq!(refused(resume(ctx, &c.reviewer, id, seq(&c, id).await, key(), form()).await), Refusal::SameReviewer);
    resume(ctx, &c.second, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert!(case(ctx, &c.second, id).await.unwrap().proposal.is_some());
    approve(ctx, &c.second, id, seq(&c, id).await, key(), form()).await.unwrap();
    assert_eq!(status(ctx, id).await.0, Status::Approved);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_a_department_was_asked_and_said_is_kept_in_its_parts_and_found_in_the_queue(pool: PgPool) {
    let c = cast(pool).await;
    let ctx = &c.ctx;
    let id = walk_here(ctx, 55, 0, AT_BUREAU).await.unwrap();
    let long = DecisionForm { department: "局".repeat(256), ..DecisionForm::default() };
    assert_eq!(wrong(hold(ctx, &c.reviewer, id, seq(&c, id).await, key(), long).await), ("department".into(), Rule::TooLong));
    let asked =
        DecisionForm { department: " 省新闻出版局 ".into(), words: "网站含电子书".into(), ..DecisionForm::default() };
    hold(ctx, &c.reviewer, id, seq(&c, id).await, key(), asked).await.unwrap();
    let row = desk(ctx, &c.second, Listing::Held, 1).await.unwrap();
    assert_eq!((row.rows[0].id, row.rows[0].held, row.counts.held), (id, true, Some(1)));
    let told = filings::progress(ctx, &c.owner, id).await.unwrap();
    assert_eq!((told.department.as_str(), told.held_at), ("省新闻出版局", Some(ctx.clock.now())));
    assert!(filings::list_own(ctx, &c.owner).await.unwrap().iter().any(|row| row.id == id && row.held));

    // Days that have not come, that there are none of, that are no days.
    let at = seq(&c, id).await;
    let on = |date: &str| DecisionForm { approval_date: date.into(), department: String::new(), ..form() };
    for (date, rule) in [
        ("2026-03-03", Rule::DecisionDate),
        ("2999-01-01", Rule::DecisionDate),
        ("1999-12-31", Rule::DecisionDate),
        ("2026-02-30", Rule::DateFormat),
        ("昨天", Rule::DateFormat),
        (" ", Rule::Required),
    ] {
        let tried = resume(ctx, &c.reviewer, id, at, key(), on(date)).await;
        assert_eq!(wrong(tried), ("approval_date".into(), rule), "{date} at {}", ctx.clock.now());
    }
    let unnumbered = DecisionForm { approval_number: " ".into(), ..on("2026-03-01") };
    assert_eq!(wrong(resume(ctx, &c.reviewer, id, at, key(), unnumbered).await), ("approval_number".into(), Rule::Required));
    let strange = DecisionForm { granted: "no".into(), sites: vec!["9".into()], ..on("2026-03-01") };
    assert_eq!(wrong(resume(ctx, &c.reviewer, id, at, key(), strange).await), ("sites".into(), Rule::UnknownCode));
    resume(ctx, &c.reviewer, id, at, key(), on("2026-03-01")).await.unwrap();
    let note = case(ctx, &c.second, id).await.unwrap().progress.timeline.remove(0).note.unwrap();
    let said = note.preapproval.unwrap();
    let parts = (said.department.as_str(), said.number.as_str(), said.date.as_str(), said.granted);
    assert_eq!(
        parts,
        ("省新闻出版局", "京新出〔2026〕1号", "2026-03-01", Some(true)),
        "whose answer it is stands in what was asked"
    );
    assert!(listed(&c, &c.second, Listing::Held).await.is_empty());
    let told = filings::progress(ctx, &c.owner, id).await.unwrap();
    assert_eq!((told.department.as_str(), told.held_at), ("", None));
    journal::check(&ctx.pool).await.unwrap();
}
