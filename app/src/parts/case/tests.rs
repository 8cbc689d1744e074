//! The pages of a desk, drawn from made-up cases.

use domain::{
    Moment,
    actor::{Actor, Role},
    draft::{AccessDraft, Draft, SiteDraft},
    e_certificate::CertificateDuty,
    filing::{Status, Verb},
    forms::{AccessForm, ConsentForm, SiteForm, SponsorForm},
    id::{FilingId, MaterialId, ProviderId, UserId},
    problem::{Problem, Rule, Section},
    refusal::Refusal,
    views::{
        desk::{CaseRow, CaseView, Colleague, DeskCounts, DeskView, Finding, IdentityCheckView, Listing, Proposal},
        filings::{MaterialView, NoteView, PersonDue, ProgressView, ProviderChoice, Reason, TimelineEntry},
    },
};
use leptos::prelude::*;
use leptos_router::{components::Router, location::RequestUrl};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use super::{House, Place, desk, reasons::Notepad, sheet};
use crate::{
    doors::desk::Sheet,
    flash::provide_flash,
    texts::{Lang, t},
    ui::provide_ui,
};

pub(super) const NOW: Moment = datetime!(2026-11-20 02:30 UTC);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn text(s: &str) -> String {
    s.to_owned()
}

fn draft() -> Draft {
    let sponsor = SponsorForm {
        nature: text("4"),
        name: text("青禾（北京）科技有限公司"),
        certificate_type: text("1"),
        certificate_number: text("91110105MA01K3XQ7T"),
        certificate_address: text("北京市朝阳区望京街10号院3号楼1201室"),
        investor: text("青禾控股有限公司"),
        province: text("110000"),
        city: text("110100"),
        county: text("110105"),
        address: text("望京街10号院3号楼1201室"),
        person_name: text("林语晴"),
        person_certificate_type: text("2"),
        person_certificate_number: text("110105********0021"),
        person_certificate_from: text("2019-03-01"),
        person_certificate_until: text("long_term"),
        person_mobile: text("190****0001"),
        person_office_phone: text("086-010-84561234"),
        person_emergency_phone: text("190****0002"),
        person_email: text("l*********@qinghe.example"),
        ..SponsorForm::default()
    };
    let form = SiteForm {
        name: text("青禾助农服务平台"),
        domain: text("qinghe.example"),
        home_page: text("www.qinghe.example"),
        services: vec![text("8"), text("9")],
        languages: vec![text("1"), text("12")],
        preapprovals: vec![text("none")],
        person_same_as_sponsor: text("yes"),
        ..SiteForm::default()
    };
    let access = AccessForm {
        provider_id: id(50).to_string(),
        service_code: text("YH-2026-884210"),
        method: text("5"),
        addresses: text("203.0.113.10-203.0.113.12\n2001:db8::10"),
        locations: vec![text("2")],
        ..AccessForm::default()
    };
    let consent = ConsentForm { truthful: text("yes"), personal_data: text("yes"), provider_may_correct: text("yes") };
    let sites = vec![SiteDraft { key: 1, form, accesses: vec![AccessDraft { key: 1, form: access }] }];
    Draft { sponsor, sites, consent, ..Draft::default() }
}

fn event(seq: i32, verb: Verb, to: Status, who: &str, note: Option<NoteView>) -> TimelineEntry {
    TimelineEntry { seq, verb, to, who: text(who), at: NOW - Duration::hours(30 - i64::from(seq)), note }
}

fn material(n: u128, kind: u16, section: Section) -> MaterialView {
    MaterialView {
        id: MaterialId(id(n)),
        section,
        kind,
        name: text("照片.jpg"),
        size: 412_876,
        width: 1600,
        height: 1067,
        uploaded_at: NOW - Duration::hours(28),
    }
}

/// A case that was returned once and came back corrected.
pub(super) fn case(house: House) -> CaseView {
    let reason = Reason {
        section: text("sponsor"),
        field: text("address"),
        words: text("地址未精确到门牌号"),
        suggestion: text("补充楼号和房间号"),
    };
    let note = |verb, code, words: &str, reasons, author: &str| NoteView {
        id: id(70),
        verb,
        code,
        words: text(words),
        reasons,
        preapproval: None,
        author: text(author),
        at: NOW - Duration::hours(4),
    };
    let mut timeline = vec![
        event(4, Verb::Resubmit, Status::ProviderReview, "registrant", None),
        event(
            3,
            Verb::Return,
            Status::ProviderReturned,
            "provider",
            Some(note(Verb::Return, 11, "请补充后重新提交。", vec![reason], "云河数据 周明远")),
        ),
        event(2, Verb::Submit, Status::ProviderReview, "registrant", None),
        event(1, Verb::Create, Status::Draft, "registrant", None),
    ];
    let (status, offers, persons) = match house {
        House::Provider => (
            Status::ProviderReview,
            vec![
                (Verb::Claim, None),
                (Verb::Release, None),
                (Verb::HandOver, None),
                (Verb::Return, None),
                (Verb::Correct, None),
                (Verb::Pass, None),
            ],
            vec![],
        ),
        House::Bureau => {
            let said = note(Verb::Pass, 1, "已电话核实主办单位及负责人信息。", vec![], "云河数据 周明远");
            timeline.insert(0, event(5, Verb::Pass, Status::BureauReview, "provider", Some(said)));
            (
                Status::BureauReview,
                vec![
                    (Verb::Claim, None),
                    (Verb::Release, None),
                    (Verb::HandOver, None),
                    (Verb::Hold, None),
                    (Verb::Resume, Some(Refusal::NoPreapproval)),
                    (Verb::Approve, Some(Refusal::ConfirmationPending)),
                    (Verb::Refuse, None),
                    (Verb::Stop, None),
                ],
                vec![
                    PersonDue { name: text("林**"), mobile: text("190****0001"), confirmed_at: Some(NOW - Duration::hours(1)) },
                    PersonDue { name: text("王**"), mobile: text("190****0003"), confirmed_at: None },
                ],
            )
        }
    };
    CaseView {
        progress: ProgressView {
            id: FilingId(id(1)),
            seq: 5,
            status,
            title: text("青禾（北京）科技有限公司"),
            domains: vec![text("qinghe.example")],
            holder: text("云河数据"),
            due_at: Some(NOW + Duration::minutes(200)),
            waiting: None,
            timeline,
            confirm_until: (!persons.is_empty()).then_some(NOW + Duration::hours(20)),
            persons,
            held_at: None,
            department: String::new(),
            second_look: false,
            paused: false,
            offers,
            number: None,
            sites: vec![],
            certificate_duty: CertificateDuty::Recommended,
            expires_on: None,
            kept_until: None,
        },
        edition: 9,
        draft: draft(),
        materials: vec![
            material(80, 1, Section::Sponsor),
            material(81, 21, Section::Sponsor),
            material(82, 22, Section::Sponsor),
            material(83, 5, Section::Site(1)),
        ],
        findings: vec![
            Finding::ChecksPassed,
            Finding::OutsideRanges { section: Section::Access(1, 1), address: text("203.0.113.12") },
            Finding::Problem { problem: Problem::new(Section::Site(1), "home_page", Rule::HomePageDomain) },
            Finding::Changed {
                section: Section::Sponsor,
                field: text("address"),
                before: text("望京街10号"),
                after: text("望京街10号院3号楼1201室"),
            },
        ],
        identity_checks: vec![IdentityCheckView {
            section: Section::Sponsor,
            method: text("face_to_face"),
            checked_at: NOW - Duration::hours(26),
            checked_by: text("周明远"),
        }],
        claimed_by: Some(text("周明远")),
        mine: true,
        colleagues: vec![Colleague { id: UserId(id(60)), name: text("沈知夏") }],
        providers: vec![ProviderChoice {
            id: ProviderId(id(50)),
            name: text("云河数据科技有限公司"),
            licence_number: text("B1-20180001"),
        }],
        proposal: None,
        two_reviewers: false,
        preapproval_pauses: true,
        next: Some(FilingId(id(2))),
    }
}

pub(super) fn desk_view(rows: u128) -> DeskView {
    let names = ["青禾（北京）科技有限公司", "浙江山海文化传播有限公司", "宁波市江北区图书馆", "杭州临安竹溪农业专业合作社", ""];
    let rows = (0..rows)
        .map(|n| CaseRow {
            id: FilingId(id(100 + n)),
            status: if n % 7 == 6 { Status::SmsPending } else { Status::ProviderReview },
            title: text(names.get((n % 5) as usize).copied().unwrap_or_default()),
            nature: Some(4),
            domains: vec![format!("site-{n}.example"); if n % 4 == 3 { 3 } else { 1 }],
            entered_at: NOW - Duration::hours(30 - n as i64),
            due_at: Some(NOW + Duration::minutes(n as i64 * 170 - 400)),
            paused: false,
            held: false,
            second_look: false,
            proposed_by_me: false,
            claimed_by: (n % 3 == 1).then(|| text("沈知夏")),
            mine: n % 6 == 1,
        })
        .collect::<Vec<_>>();
    let count = rows.len() as i64;
    DeskView {
        house: text("云河数据科技有限公司"),
        counts: DeskCounts {
            waiting: count,
            mine: count / 6,
            due_soon: count / 2,
            missed: count.min(3),
            confirming: 4,
            returned: 2,
            second_look: None,
            held: None,
            done_today: 17,
            oldest_minutes: 1822,
        },
        listing: Listing::Waiting,
        more: count > 20,
        rows,
        page: 1,
        now: NOW,
    }
}

/// The markup of a page at an address, in a language.
fn draw(l: Lang, address: &str, page: impl Fn() -> AnyView + Send + Sync + 'static) -> String {
    _ = any_spawner::Executor::init_tokio();
    let owner = Owner::new();
    let address = address.to_owned();
    owner.with(|| {
        provide_context(RequestUrl::new(&address));
        provide_context(l);
        leptos_meta::provide_meta_context();
        provide_flash();
        provide_ui();
        view! { <Router><main id="main" class="desk-main">{page()}</main></Router> }.to_html()
    })
}

fn place(house: House) -> Place {
    Place { house, listing: Listing::Waiting, page: 1 }
}

fn sheet_html(l: Lang, house: House, case: CaseView) -> String {
    let address = format!("{}?done=pass&last={}", place(house).case(case.progress.id), id(9));
    draw(l, &address, move || {
        let pad = Notepad::new();
        pad.open(&case.progress);
        sheet::body(place(house), Sheet { case: case.clone(), region: text("北京市朝阳区"), now: NOW }, pad, RwSignal::new(0))
    })
}

/// Where texts stand in a page, in the order of these texts.
fn places(html: &str, texts: &[&str]) -> Vec<usize> {
    texts.iter().map(|text| html.find(text).unwrap_or_else(|| panic!("no {text} in {html}"))).collect()
}

/// The opening tag that has this text, within its brackets.
fn tag<'a>(html: &'a str, has: &str) -> &'a str {
    let found = html.split('<').filter_map(|part| part.split('>').next()).find(|tag| tag.contains(has));
    found.unwrap_or_else(|| panic!("no {has} in {html}"))
}

#[tokio::test]
async fn what_a_verdict_rests_on_stands_before_it() {
    for house in [House::Provider, House::Bureau] {
        let html = sheet_html(Lang::Zh, house, case(house));
        let mut order = vec!["id=\"materials\"", "id=\"identity\""];
        if house == House::Bureau {
            order.push("id=\"persons-head\"");
        }
        order.push("id=\"verdict-head\"");
        assert!(places(&html, &order).is_sorted(), "{html}");
    }
}

#[tokio::test]
async fn a_stopped_case_whose_answers_are_erased_says_so_and_still_tells_why_it_was_stopped() {
    let stopped = || {
        let mut case = case(House::Bureau);
        (case.progress.status, case.progress.offers) = (Status::Stopped, vec![]);
        case
    };
    let erased = CaseView { draft: Draft::default(), ..stopped() };
    for l in [Lang::Zh, Lang::En] {
        let (before, after) = (sheet_html(l, House::Bureau, stopped()), sheet_html(l, House::Bureau, erased.clone()));
        let (said, address) = (t::desk::erased(l), "望京街10号院3号楼1201室");
        assert!(!before.contains(said) && before.contains(address), "{before}");
        assert!(after.contains(said) && after.contains("请补充后重新提交。"), "{after}");
        assert!(before.contains("answer-line") && !after.contains("answer-line"), "no empty answers: {after}");
    }
}

#[tokio::test]
async fn a_verdict_is_folded_and_nothing_speaks_against_a_filing_before_somebody_says_so() {
    for house in [House::Provider, House::Bureau] {
        let html = sheet_html(Lang::Zh, house, case(house));
        for verb in house.verdicts() {
            if html.contains(&format!("id=\"verdict-{}\"", verb.name())) {
                assert!(!tag(&html, &format!("id=\"do-{}\"", verb.name())).contains(" open"), "{verb:?}");
            }
        }
    }
    let form = |html: &str, verb: &str| {
        let from = html.split(&format!("id=\"verdict-{verb}\"")).nth(1).unwrap_or_default();
        from.split("</form>").next().unwrap_or_default().to_owned()
    };
    let provider = sheet_html(Lang::Zh, House::Provider, case(House::Provider));
    assert!(tag(&form(&provider, "return"), "value=\"\" selected").starts_with("option"));
    assert!(tag(&form(&provider, "pass"), "value=\"1\" selected").starts_with("option"));
    let bureau = sheet_html(Lang::Zh, House::Bureau, case(House::Bureau));
    assert!(tag(&form(&bureau, "refuse"), "value=\"\" selected").starts_with("option"));
}

#[test]
fn a_check_digit_that_does_not_fit_is_not_given_away() {
    for rule in [Rule::IdCheckDigit, Rule::UsccCheckDigit, Rule::OrgCodeCheckDigit, Rule::RegistrationCheckDigit] {
        for l in Lang::ALL {
            let words = crate::texts::problem_text(l, &Problem::with(Section::Sponsor, "certificate_number", rule, "7"));
            assert!(!words.contains(|c: char| c.is_ascii_digit()), "{words}");
        }
    }
}

#[tokio::test]
async fn a_check_of_identity_is_open_until_it_was_made() {
    let record = |case: CaseView| {
        let html = sheet_html(Lang::Zh, House::Provider, case);
        tag(&html, "class=\"record\"").to_owned()
    };
    let mut due = case(House::Provider);
    due.identity_checks.clear();
    assert!(record(due).contains(" open"));
    assert!(!record(case(House::Provider)).contains(" open"));
}

#[test]
fn a_case_that_ends_up_elsewhere_while_it_is_looked_at_is_lost() {
    let owner = Owner::new();
    owner.with(|| {
        provide_flash();
        let pad = Notepad::new();
        let mine = case(House::Bureau).progress;
        let decided = ProgressView { seq: 6, status: Status::Approved, offers: vec![], ..mine.clone() };
        pad.open(&decided);
        assert!(!pad.lost(), "it was so when it was opened");
        pad.open(&ProgressView { id: FilingId(id(2)), ..mine.clone() });
        pad.open(&mine);
        assert!(!pad.lost(), "another case");
        pad.open(&ProgressView { seq: 6, ..mine.clone() });
        assert!(!pad.lost(), "still to be decided here");
        let refused = |(verb, _): &(Verb, Option<Refusal>)| (*verb, Some(Refusal::ClaimedByAnother));
        pad.open(&ProgressView { offers: mine.offers.iter().map(refused).collect(), ..mine.clone() });
        assert!(pad.lost(), "a colleague took it");
        pad.open(&decided);
        assert!(pad.lost(), "and decided it");
        pad.open(&decided);
        assert!(!pad.lost(), "told once");
    });
}

fn desk_html(l: Lang, house: House, view: DeskView) -> String {
    draw(l, &place(house).desk(), move || desk::body(place(house), view.clone()))
}

#[tokio::test]
async fn a_verb_that_is_refused_is_shown_disabled_with_its_reason() {
    let html = sheet_html(Lang::Zh, House::Bureau, case(House::Bureau));
    let approve = html.split("id=\"do-approve\"").nth(1).unwrap_or_default();
    let approve = approve.split("id=\"do-").next().unwrap_or_default();
    assert!(approve.contains("disabled"), "{approve}");
    assert!(approve.contains("负责人尚未完成短信核验"), "{approve}");
    assert!(html.contains("id=\"verdict-refuse\""));
    assert!(!html.contains("id=\"verdict-approve\""));
}

#[tokio::test]
async fn a_case_that_a_colleague_works_on_says_so_and_can_not_be_decided() {
    let mut held = case(House::Provider);
    held.mine = false;
    for (_, refusal) in &mut held.progress.offers {
        *refusal = Some(Refusal::ClaimedByAnother);
    }
    let html = sheet_html(Lang::Zh, House::Provider, held);
    assert!(html.contains("此件由 周明远 办理中"));
    assert!(!html.contains("id=\"verdict-pass\""));
    assert!(!html.contains("指出问题"));
}

/// A case that was approved once, as its first reviewer or another one sees it.
fn proposed(mine: bool) -> CaseView {
    let mut case = case(House::Bureau);
    case.two_reviewers = true;
    let note = NoteView {
        id: id(71),
        verb: Verb::Approve,
        code: 20,
        words: text("证照与填报一致"),
        reasons: vec![],
        preapproval: None,
        author: text("江苏省通信管理局 程远"),
        at: NOW,
    };
    case.proposal = Some(Proposal { by: text("程远"), mine, at: NOW, note: Some(note) });
    let refused = |refusal| Some(refusal).filter(|_| mine);
    case.progress.offers = vec![
        (Verb::Claim, refused(Refusal::SameReviewer)),
        (Verb::Hold, refused(Refusal::SameReviewer)),
        (Verb::Approve, refused(Refusal::SameReviewer)),
        (Verb::SendBack, refused(Refusal::SameReviewer)),
        (Verb::Retract, Some(Refusal::NoProposal).filter(|_| !mine)),
        (Verb::Refuse, refused(Refusal::SameReviewer)),
        (Verb::Stop, refused(Refusal::SameReviewer)),
    ];
    case
}

#[tokio::test]
async fn a_second_look_shows_the_first_ones_opinion_and_offers_each_reviewer_what_is_theirs() {
    let mut first = case(House::Bureau);
    first.two_reviewers = true;
    first.progress.offers = vec![(Verb::Approve, None), (Verb::SendBack, Some(Refusal::NoProposal))];
    let html = sheet_html(Lang::Zh, House::Bureau, first);
    assert!(html.contains("初审通过，提请复审") && html.contains("本省须两人审核"), "{html}");
    assert!(!html.contains("do-send_back"), "nothing to send back yet");

    let html = sheet_html(Lang::Zh, House::Bureau, proposed(false));
    for shown in ["程远 已于", "证照与填报一致", "复审通过", "id=\"verdict-send_back\"", "立即核发备案号"] {
        assert!(html.contains(shown), "{shown}");
    }
    assert!(!html.contains("do-retract"), "it is not theirs to take back");

    let html = sheet_html(Lang::Zh, House::Bureau, proposed(true));
    assert!(html.contains("您已于") && html.contains("id=\"verdict-retract\""));
    assert_eq!(html.matches("class=\"verdict").count() - html.matches("class=\"verdicts").count(), 1, "nothing else to do");
    // Where one reviews nothing is said of two.
    let html = sheet_html(Lang::Zh, House::Bureau, case(House::Bureau));
    assert!(!html.contains("复审"), "{html}");
}

#[tokio::test]
async fn a_pre_approval_says_what_the_deadline_does_meanwhile() {
    for (pauses, words) in [(true, "暂停计算"), (false, "继续计算")] {
        let mut held = case(House::Bureau);
        held.preapproval_pauses = pauses;
        held.progress.held_at = Some(NOW);
        held.progress.department = text("省新闻出版局");
        held.progress.paused = pauses;
        let html = sheet_html(Lang::Zh, House::Bureau, held);
        let notice = html.split("id=\"case-notices\"").nth(1).unwrap_or_default();
        assert!(notice.contains("转省新闻出版局") && notice.contains(words), "{notice}");
    }
}

#[tokio::test]
async fn what_people_typed_is_never_markup() {
    const EVIL: &str = "\"><script>alert(1)</script></textarea>";
    let mut evil = case(House::Provider);
    evil.progress.title = text(EVIL);
    evil.draft.sponsor.name = text(EVIL);
    evil.draft.sponsor.remark = text(EVIL);
    evil.claimed_by = Some(text(EVIL));
    if let Some(note) = evil.progress.timeline.iter_mut().find_map(|entry| entry.note.as_mut()) {
        note.words = text(EVIL);
        note.reasons = vec![Reason { words: text(EVIL), suggestion: text(EVIL), field: text(EVIL), section: text(EVIL) }];
    }
    evil.findings.push(Finding::Changed {
        section: Section::Sponsor,
        field: text("name"),
        before: text(EVIL),
        after: text(EVIL),
    });
    let html = sheet_html(Lang::Zh, House::Provider, evil);
    assert!(!html.contains("<script>"), "{html}");
}

#[tokio::test]
async fn every_reason_belongs_to_the_verdicts_form_and_works_without_scripts() {
    let html = sheet_html(Lang::En, House::Provider, case(House::Provider));
    let names = html.matches("form=\"verdict-return\" name=\"form[reasons][").count();
    assert!(names > 80, "{names}");
    assert!(html.contains("action=\"/api/reviews/return\""));
    assert!(html.contains("action=\"/api/reviews/pass\""));
    assert!(html.contains("value=\"waiting.1\""));
}

#[tokio::test]
async fn an_empty_desk_says_what_will_happen() {
    let html = desk_html(Lang::Zh, House::Provider, desk_view(0));
    assert!(html.contains("没有待办理的备案"));
    assert!(!html.contains("<table"));
    let html = desk_html(Lang::Zh, House::Provider, desk_view(25));
    assert!(html.contains("已超时 6 小时 40 分"), "deadline in words");
    assert!(html.contains("rel=\"next\" href=\"/provider?list=waiting&amp;page=2\""), "{html}");
}

/// Writes the pages for looking at them without a server: `CASE_PAGES=/tmp/pages cargo test -p app … pages_to_look_at`.
#[tokio::test]
async fn pages_to_look_at() {
    let Ok(folder) = std::env::var("CASE_PAGES") else { return };
    let style = std::fs::canonicalize("../style/main.css").unwrap();
    let write = |name: &str, body: String| {
        let page = format!(
            "<!DOCTYPE html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>\
             <link rel=stylesheet href='file://{}'><body data-hydrated><div class=desk>{body}</div></body></html>",
            style.display()
        );
        std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
    };
    write("desk-full", desk_html(Lang::Zh, House::Provider, desk_view(25)));
    write("desk-empty", desk_html(Lang::Zh, House::Provider, desk_view(0)));
    write("desk-en", desk_html(Lang::En, House::Bureau, desk_view(8)));
    write("case-provider", sheet_html(Lang::Zh, House::Provider, case(House::Provider)));
    write("case-bureau", sheet_html(Lang::Zh, House::Bureau, case(House::Bureau)));
    write("case-bureau-en", sheet_html(Lang::En, House::Bureau, case(House::Bureau)));
}

#[test]
fn staff_have_a_house_and_others_have_none() {
    let (user, provider) = (UserId(id(1)), ProviderId(id(2)));
    assert_eq!(House::of(&Actor::Provider { user, provider, role: Role::ProviderClerk }), Some(House::Provider));
    assert_eq!(House::of(&Actor::Registrant { user }), None);
    assert_eq!(House::of(&Actor::Anonymous), None);
}
