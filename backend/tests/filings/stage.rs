//! What the tests of filings stand on: a provider, people, complete drafts, and the way from draft to number.

#![allow(dead_code)]

use backend::{
    Ctx, Error, Result,
    captcha::{self, Picture},
    clock::Clock,
    confirmations,
    filings::{self, Seen},
    jobs,
    keys::Keys,
    materials,
    outbox::{self, MessageTexts},
    reviews,
    settings::Settings,
};
use domain::{
    actor::{Actor, Role},
    draft::{AccessDraft, Draft, SiteDraft},
    filing::Verb,
    forms::{AccessForm, ConsentForm, SiteForm, SponsorForm},
    id::{FilingId, ProviderId, UserId},
    problem::{Rule, Section},
    views::{
        accounts::ChallengeFor,
        confirmations::{ConfirmForm, Confirmed, ResendForm},
        desk::DecisionForm,
        filings::Reason,
    },
};
use image::{DynamicImage, RgbImage};
use serde_json::Value;
use sqlx::PgPool;
use std::io::Cursor;
use uuid::Uuid;

pub const PROVIDER: ProviderId = ProviderId(Uuid::from_u128(0xbe1));
pub const OTHER_PROVIDER: ProviderId = ProviderId(Uuid::from_u128(0xbe2));
pub const PROVINCE: u32 = 110_000;

/// The stage: a standing clock, two providers, and one policy everywhere.
pub async fn set(pool: PgPool) -> Ctx {
    let ctx = Ctx::for_tests(pool);
    furnish(&ctx).await;
    ctx
}

/// Providers with ranges and services, documentation addresses allowed.
pub async fn furnish(ctx: &Ctx) {
    for (id, name, net) in [(PROVIDER, "云上网络", "203.0.113"), (OTHER_PROVIDER, "恒通数据", "198.51.100")] {
        sqlx::query(
            "insert into providers (id, name, licence_number, province) values ($1, $2, $2, 110000) on conflict do nothing",
        )
        .bind(id.0)
        .bind(name)
        .execute(&ctx.pool)
        .await
        .unwrap();
        sqlx::query(
            "insert into provider_ranges (id, provider_id, start_address, end_address, location_code)
             values ($1, $1, $2::inet, $3::inet, 2) on conflict do nothing",
        )
        .bind(id.0)
        .bind(format!("{net}.0"))
        .bind(format!("{net}.255"))
        .execute(&ctx.pool)
        .await
        .unwrap();
        sqlx::query(
            "insert into provider_services (id, provider_id, code, capacity) values ($1, $1, 'i-0001', 30000) on conflict do nothing",
        )
        .bind(id.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
        sqlx::query(
            "insert into permitted_ranges (start_address, end_address, valid) values ($1::inet, $2::inet, '[2000-01-01,)')",
        )
        .bind(format!("{net}.0"))
        .bind(format!("{net}.255"))
        .execute(&ctx.pool)
        .await
        .unwrap();
    }
}

/// One policy everywhere and always: the national one with these columns changed.
pub async fn policy(ctx: &Ctx, changes: &str) {
    sqlx::query("delete from policies").execute(&ctx.pool).await.unwrap();
    sqlx::query("insert into policies (province, valid, sms_stage, sms_window_hours) values (0, '[2000-01-01,)', 'before', 24)")
        .execute(&ctx.pool)
        .await
        .unwrap();
    if !changes.is_empty() {
        sqlx::query(sqlx::AssertSqlSafe(format!("update policies set {changes}"))).execute(&ctx.pool).await.unwrap();
    }
}

pub fn registrant(n: u128) -> Actor {
    Actor::Registrant { user: UserId(Uuid::from_u128(0x1000 + n)) }
}

pub fn clerk(n: u128) -> Actor {
    Actor::Provider { user: UserId(Uuid::from_u128(0x2000 + n)), provider: PROVIDER, role: Role::ProviderClerk }
}

pub fn reviewer(n: u128) -> Actor {
    Actor::Bureau { user: UserId(Uuid::from_u128(0x3000 + n)), province: PROVINCE, role: Role::Reviewer }
}

/// The n-th company's credit code, with the right check characters (GB 32100-2015, GB 11714-1997).
pub fn credit_code(n: u32) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("{:08}", 60_000_000 + n);
    let sum: u32 = body.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap(),
    };
    let code = format!("91110000{body}{check}");
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = code.chars().zip(weights).map(|(c, w)| alphabet.find(c).unwrap() * w).sum();
    format!("{code}{}", alphabet.chars().nth((31 - sum % 31) % 31).unwrap())
}

/// A mobile that nobody else of the test has.
pub fn mobile(n: u32) -> String {
    format!("139{n:08}")
}

/// A complete draft of the n-th company with one site, without materials.
pub fn company(n: u32) -> Draft {
    let text = str::to_owned;
    let sponsor = SponsorForm {
        nature: text("4"),
        name: format!("北京第{n}示例科技有限公司"),
        certificate_type: text("1"),
        certificate_number: credit_code(n),
        certificate_address: text("北京市朝阳区建国路1号"),
        province: text("110000"),
        city: text("110100"),
        county: text("110105"),
        address: text("建国路1号院2号楼301室"),
        person_name: text("张伟"),
        person_certificate_type: text("2"),
        person_certificate_number: text("11010519491231002X"),
        person_certificate_from: text("2015-01-01"),
        person_certificate_until: text("long_term"),
        person_mobile: mobile(n),
        person_office_phone: text("086-010-62345678"),
        person_emergency_phone: format!("138{n:08}"),
        person_email: format!("zhang{n}@post.cn"),
        ..SponsorForm::default()
    };
    let consent = ConsentForm { truthful: text("yes"), personal_data: text("yes"), ..ConsentForm::default() };
    Draft { sponsor, sites: vec![site(1, &format!("company{n}.cn"))], consent, ..Draft::default() }
}

pub fn site(key: u8, domain: &str) -> SiteDraft {
    let text = str::to_owned;
    let form = SiteForm {
        name: format!("示例科技官网{key}"),
        domain: text(domain),
        home_page: format!("www.{domain}"),
        services: vec![text("8")],
        languages: vec![text("1")],
        preapprovals: vec![text("none")],
        person_same_as_sponsor: text("yes"),
        ..SiteForm::default()
    };
    let access = AccessForm {
        provider_id: PROVIDER.to_string(),
        service_code: text("i-0001"),
        method: text("5"),
        locations: vec![text("2")],
        addresses: text("203.0.113.7"),
        ..AccessForm::default()
    };
    SiteDraft { key, form, accesses: vec![AccessDraft { key: 1, form: access }] }
}

/// Makes a site's person in charge somebody else than the sponsor's, with this mobile.
pub fn of_another_person(site: &mut SiteForm, n: u32) {
    site.person_same_as_sponsor.clear();
    site.person_name = "李娜".to_owned();
    site.person_certificate_type = "2".to_owned();
    site.person_certificate_number = "110105195001010038".to_owned();
    site.person_certificate_number = citizen("11010519500101", 3);
    site.person_certificate_from = "2015-01-01".to_owned();
    site.person_certificate_until = "long_term".to_owned();
    site.person_mobile = mobile(n);
    site.person_office_phone = "086-010-62345679".to_owned();
    site.person_emergency_phone = format!("137{n:08}");
    site.person_email = format!("li{n}@post.cn");
}

/// A citizen's number: place and date of birth, order, check digit (GB 11643-1999).
pub fn citizen(place_and_birth: &str, order: u32) -> String {
    let body = format!("{place_and_birth}{order:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{body}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

pub fn photograph() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(120, 100)).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// Types the draft into a new filing and uploads what it asks for.
pub async fn fill(ctx: &Ctx, actor: &Actor, draft: &Draft) -> FilingId {
    let id = filings::create(ctx, actor).await.unwrap();
    type_in(ctx, actor, id, draft).await;
    let photograph = photograph();
    for (section, kind) in draft.required_materials() {
        let kind = u16::try_from(kind.id()).unwrap();
        materials::upload(ctx, actor, id, section, kind, "照片.jpg", photograph.clone().into()).await.unwrap();
    }
    id
}

/// Types all answers; the filing has one site with one access from its beginning.
pub async fn type_in(ctx: &Ctx, actor: &Actor, id: FilingId, draft: &Draft) {
    let versions = filings::draft(ctx, actor, id).await.unwrap().sections;
    let version = |section| versions.iter().find(|s| s.section == section).map_or(1, |s| s.version);
    filings::save_sponsor(ctx, actor, id, version(Section::Sponsor), None, 0, draft.sponsor.clone()).await.unwrap();
    for site in &draft.sites {
        let there = versions.iter().any(|s| s.section == Section::Site(site.key));
        if !there {
            assert_eq!(filings::add_site(ctx, actor, id).await.unwrap(), site.key);
        }
        let v = version(Section::Site(site.key));
        filings::save_site(ctx, actor, id, site.key, v, None, 0, site.form.clone()).await.unwrap();
        for access in &site.accesses {
            let section = Section::Access(site.key, access.key);
            // A new site comes with its first.
            if access.key > 1 && !versions.iter().any(|s| s.section == section) {
                assert_eq!(filings::add_access(ctx, actor, id, site.key).await.unwrap(), access.key);
            }
            let v = version(section);
            filings::save_access(ctx, actor, id, site.key, access.key, v, None, 0, access.form.clone()).await.unwrap();
        }
    }
    filings::save_consent(ctx, actor, id, version(Section::Consent), None, 0, draft.consent.clone()).await.unwrap();
}

/// The number of the filing's last event.
pub async fn seq(ctx: &Ctx, id: FilingId) -> i32 {
    sqlx::query_scalar("select seq from filings where id = $1").bind(id.0).fetch_one(&ctx.pool).await.unwrap()
}

/// What a page that is opened now shows.
pub async fn seen(ctx: &Ctx, id: FilingId) -> Seen {
    let seq = seq(ctx, id).await;
    Seen { seq, edition: filings::edition(&mut ctx.pool.acquire().await.unwrap(), id).await.unwrap() }
}

pub async fn status(ctx: &Ctx, id: FilingId) -> String {
    sqlx::query_scalar("select status from filings where id = $1").bind(id.0).fetch_one(&ctx.pool).await.unwrap()
}

pub async fn submit(ctx: &Ctx, actor: &Actor, id: FilingId) -> Result<()> {
    filings::submit(ctx, actor, id, seen(ctx, id).await, Uuid::new_v4()).await
}

pub async fn resubmit(ctx: &Ctx, actor: &Actor, id: FilingId) -> Result<()> {
    filings::resubmit(ctx, actor, id, seen(ctx, id).await, Uuid::new_v4()).await
}

/// A verb's usual opinion, with words.
pub fn said(verb: Verb, words: &str) -> DecisionForm {
    let code = domain::codes::opinions(verb).first().map(ToString::to_string).unwrap_or_default();
    DecisionForm { code, words: words.to_owned(), ..DecisionForm::default() }
}

pub fn reason(verb: Verb, field: &str) -> DecisionForm {
    let reason =
        Reason {
            section: "sponsor".to_owned(), field: field.to_owned(), words: "请核对".to_owned(), suggestion: String::new()
        };
    DecisionForm { reasons: vec![reason], ..said(verb, "") }
}

/// The provider checks the persons and passes the filing on.
pub async fn pass(ctx: &Ctx, id: FilingId) {
    let clerk = clerk(1);
    let sections: Vec<String> = sqlx::query_scalar(
        "select section from draft_sections where filing_id = $1 and (section = 'sponsor' or section like 'site-%')",
    )
    .bind(id.0)
    .fetch_all(&ctx.pool)
    .await
    .unwrap();
    for section in sections {
        let _ = reviews::record_identity_check(ctx, &clerk, id, None, &section, "face_to_face", "").await;
    }
    reviews::pass(ctx, &clerk, id, seq(ctx, id).await, Uuid::new_v4(), said(Verb::Pass, "属实")).await.unwrap();
}

pub async fn approve(ctx: &Ctx, reviewer: &Actor, id: FilingId) -> Result<Option<FilingId>> {
    reviews::approve(ctx, reviewer, id, seq(ctx, id).await, Uuid::new_v4(), said(Verb::Approve, "同意")).await
}

pub async fn refuse(ctx: &Ctx, reviewer: &Actor, id: FilingId) -> Result<Option<FilingId>> {
    reviews::refuse(ctx, reviewer, id, seq(ctx, id).await, Uuid::new_v4(), reason(Verb::Refuse, "name")).await
}

pub fn handlers() -> jobs::Handlers {
    filings::handlers(jobs::Handlers::new())
}

pub async fn run_jobs(ctx: &Ctx) {
    jobs::run_due(ctx, &handlers()).await.unwrap();
}

pub fn hours(n: u64) -> std::time::Duration {
    std::time::Duration::from_secs(n * 3600)
}

pub fn days(n: u64) -> std::time::Duration {
    hours(n * 24)
}

pub struct Known;

impl Picture for Known {
    fn draw(&self) -> Option<(String, Vec<u8>)> {
        Some(("known".to_owned(), vec![1]))
    }
}

pub struct PlainTexts;

impl MessageTexts for PlainTexts {
    fn render(&self, template: &str, _lang: &str, params: &Value) -> (String, String) {
        (template.to_owned(), params.to_string())
    }
}

/// The codes that reached a mobile, the newest first.
pub async fn codes(ctx: &Ctx, mobile: &str) -> Vec<String> {
    let shown = outbox::list_shown(ctx, &PlainTexts, 10_000).await.unwrap();
    shown
        .into_iter()
        .filter(|m| m.recipient == mobile && m.template == "confirmation_code")
        .map(|m| m.params["code"].as_str().unwrap().to_owned())
        .collect()
}

pub async fn confirm(ctx: &Ctx, mobile: &str, code: &str, last_six: &str) -> Result<Confirmed> {
    let form = try_confirm_form(ctx, mobile, code).await.unwrap();
    confirmations::confirm(ctx, ConfirmForm { last_six: last_six.to_owned(), ..form }).await
}

/// The form of the sponsor's person, with a picture that was read.
pub async fn try_confirm_form(ctx: &Ctx, mobile: &str, code: &str) -> Result<ConfirmForm> {
    let challenge = captcha::make_with(ctx, &Known, ChallengeFor::Confirmation, false).await?;
    Ok(ConfirmForm {
        code: code.to_owned(),
        mobile: mobile.to_owned(),
        last_six: DIGITS.to_owned(),
        captcha_token: challenge.id.to_string(),
        captcha_answer: "known".to_owned(),
    })
}

pub async fn resend(ctx: &Ctx, mobile: &str, last_six: &str) -> Result<()> {
    let challenge = captcha::make_with(ctx, &Known, ChallengeFor::Resend, false).await.unwrap();
    let form = ResendForm {
        mobile: mobile.to_owned(),
        last_six: last_six.to_owned(),
        captcha_token: challenge.id.to_string(),
        captcha_answer: "known".to_owned(),
    };
    confirmations::resend(ctx, form).await
}

/// The digits of the sponsor's person.
pub const DIGITS: &str = "31002X";

/// Sends the codes and confirms with the newest one of this mobile.
pub async fn confirm_newest(ctx: &Ctx, mobile: &str) -> Confirmed {
    run_jobs(ctx).await;
    let code = codes(ctx, mobile).await.first().expect("a code").clone();
    confirm(ctx, mobile, &code, DIGITS).await.unwrap()
}

/// The n-th company's filing, from draft to the bureau's desk.
pub async fn to_the_bureau(ctx: &Ctx, owner: &Actor, n: u32) -> FilingId {
    let id = fill(ctx, owner, &company(n)).await;
    submit(ctx, owner, id).await.unwrap();
    pass(ctx, id).await;
    if status(ctx, id).await == "sms_pending" {
        confirm_newest(ctx, &mobile(n)).await;
    }
    assert_eq!(status(ctx, id).await, "bureau_review");
    id
}

/// Field and rule of each problem.
pub fn problems<T: std::fmt::Debug>(result: Result<T>) -> Vec<(String, String, Rule)> {
    match result {
        Err(Error::Invalid(problems)) => {
            problems.into_iter().map(|p| (p.section.to_string(), p.field.into_owned(), p.rule)).collect()
        }
        other => panic!("no problems but {other:?}"),
    }
}

/// A context of its own, as another node has it: another pool, the same clock and keys.
pub fn system_ctx(pool: PgPool, clock: Clock) -> Ctx {
    Ctx::new(pool, clock, Keys::fixed(), backend::files::Files::in_memory(), Settings::demo())
}
