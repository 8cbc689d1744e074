//! Filings of the demo at every status, walked there through the real use-cases with the clock of their day.

use super::persons::{self, pick, sponsor};
use super::tables::{PROVIDERS, SeededProvider};
use super::words::{OWN_SITES, UNIT_SITES, WORDS};
use crate::accounts::rows;
use crate::clock::Clock;
use crate::jobs::{self, Handlers};
use crate::keys::Place;
use crate::{Ctx, Error, Result, audit, captcha, confirmations, filings, limits, materials, reviews};
use bytes::Bytes;
use domain::Moment;
use domain::actor::Actor;
use domain::draft::Draft;
use domain::forms::{AccessForm, ConsentForm, SiteForm};
use domain::id::FilingId;
use domain::problem::Section;
use domain::views::accounts::ChallengeFor;
use domain::views::confirmations::ConfirmForm;
use domain::views::desk::DecisionForm;
use domain::views::filings::Reason;
use image::{DynamicImage, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use time::Duration;
use uuid::Uuid;

/// One thing that happens, so many hours before now.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// The registrant fills it in.
    FillIn,
    /// Its materials are uploaded.
    Gather,
    /// It is handed in, after its materials were uploaded.
    Submit,
    /// A clerk takes it.
    Claim,
    /// A clerk sends it back.
    Return,
    /// A clerk checks the identity and passes it.
    Pass,
    /// All persons confirm.
    Confirm,
    /// The window passes by without a confirmation.
    LetPass,
    /// A reviewer takes it.
    Take,
    /// A reviewer asks a department.
    Hold,
    /// A reviewer refuses.
    Refuse,
    /// A reviewer approves.
    Approve,
    /// A reviewer stops it.
    Stop,
}

/// A filing of the demo.
struct Journey {
    /// Which made-up sponsor.
    sponsor: usize,
    /// 0 Beijing, 1 Zhejiang, 2 Jiangsu.
    place: usize,
    individual: bool,
    owner: Owner,
    steps: &'static [(Step, u32)],
}

#[derive(Clone, Copy)]
enum Owner {
    /// The account that one can sign in with to see filings at several statuses.
    ZhouMing,
    Other,
}

use Owner::{Other, ZhouMing};
use Step::*;

const fn company(sponsor: usize, place: usize, owner: Owner, steps: &'static [(Step, u32)]) -> Journey {
    Journey { sponsor, place, individual: false, owner, steps }
}

const fn person(sponsor: usize, place: usize, owner: Owner, steps: &'static [(Step, u32)]) -> Journey {
    Journey { sponsor, place, individual: true, owner, steps }
}

/// The younger ones last: a desk's identifiers sort by time.
const JOURNEYS: &[Journey] = &[
    company(
        1,
        0,
        Other,
        &[(FillIn, 1300), (Submit, 1299), (Claim, 1294), (Pass, 1293), (Confirm, 1290), (Take, 1100), (Approve, 1099)],
    ),
    company(
        2,
        1,
        Other,
        &[(FillIn, 1210), (Submit, 1209), (Claim, 1204), (Pass, 1203), (Confirm, 1200), (Take, 1000), (Approve, 998)],
    ),
    person(
        3,
        0,
        Other,
        &[(FillIn, 1100), (Submit, 1098), (Claim, 1090), (Pass, 1089), (Confirm, 1085), (Take, 900), (Approve, 899)],
    ),
    company(4, 0, Other, &[(FillIn, 960), (Submit, 959), (Claim, 955), (Pass, 954), (Confirm, 950), (Take, 800), (Approve, 799)]),
    company(5, 1, Other, &[(FillIn, 900), (Submit, 899), (Claim, 890), (Pass, 888), (Confirm, 885), (Take, 700), (Approve, 699)]),
    company(6, 0, Other, &[(FillIn, 860), (Submit, 859), (Claim, 850), (Pass, 849), (Confirm, 846), (Take, 760), (Stop, 759)]),
    company(
        7,
        0,
        ZhouMing,
        &[(FillIn, 800), (Submit, 799), (Claim, 795), (Pass, 794), (Confirm, 790), (Take, 600), (Approve, 599)],
    ),
    company(8, 0, Other, &[(FillIn, 640), (Submit, 639), (Claim, 630), (Pass, 629), (Confirm, 627), (Take, 500), (Approve, 499)]),
    company(9, 1, Other, &[(FillIn, 600), (Submit, 599), (Claim, 590), (Pass, 589), (Confirm, 585), (Take, 400), (Approve, 399)]),
    person(10, 1, Other, &[(FillIn, 560), (Submit, 559), (Claim, 552), (Pass, 551), (Confirm, 548), (Take, 300), (Refuse, 299)]),
    company(
        11,
        0,
        ZhouMing,
        &[(FillIn, 520), (Submit, 519), (Claim, 515), (Pass, 514), (Confirm, 510), (Take, 200), (Refuse, 199)],
    ),
    company(12, 0, Other, &[(FillIn, 610), (Submit, 609), (Claim, 606), (Pass, 605), (Confirm, 600)]),
    company(13, 1, Other, &[(FillIn, 420), (Submit, 419), (Claim, 410), (Pass, 409), (Confirm, 405), (Take, 120), (Hold, 119)]),
    company(14, 0, Other, &[(FillIn, 300), (Submit, 299), (Claim, 295), (Pass, 294), (Confirm, 290), (Take, 30)]),
    company(33, 2, Other, &[(FillIn, 280), (Submit, 279), (Claim, 275), (Pass, 274), (Confirm, 270), (Take, 40), (Approve, 39)]),
    company(34, 2, Other, &[(FillIn, 260), (Submit, 259), (Claim, 255), (Pass, 254), (Confirm, 250)]),
    company(15, 0, Other, &[(FillIn, 240), (Submit, 239), (Claim, 232), (Pass, 231), (Confirm, 228)]),
    company(16, 1, Other, &[(FillIn, 210), (Submit, 209), (Claim, 204), (Pass, 203), (Confirm, 200)]),
    company(17, 0, Other, &[(FillIn, 190), (Submit, 189), (Claim, 186), (Pass, 185), (LetPass, 160)]),
    company(18, 0, Other, &[(FillIn, 170), (Submit, 169)]),
    person(19, 0, Other, &[(FillIn, 150), (Submit, 149), (Claim, 146), (Pass, 145), (Confirm, 140)]),
    company(20, 0, ZhouMing, &[(FillIn, 90), (Submit, 80), (Claim, 72), (Return, 71)]),
    company(21, 1, Other, &[(FillIn, 70), (Submit, 60), (Claim, 50), (Return, 49)]),
    company(22, 1, Other, &[(FillIn, 50), (Submit, 40), (Claim, 30), (Pass, 28)]),
    company(23, 0, Other, &[(FillIn, 40), (Submit, 30), (Claim, 12), (Pass, 11)]),
    person(24, 0, Other, &[(FillIn, 26), (Submit, 20), (Claim, 5), (Pass, 4)]),
    company(25, 0, Other, &[(FillIn, 24), (Submit, 21)]),
    company(26, 0, Other, &[(FillIn, 20), (Submit, 17), (Claim, 1)]),
    person(27, 0, Other, &[(FillIn, 12), (Submit, 9)]),
    company(28, 1, Other, &[(FillIn, 9), (Submit, 6)]),
    company(29, 0, Other, &[(FillIn, 7), (Submit, 4)]),
    company(30, 1, Other, &[(FillIn, 6), (Submit, 3), (Claim, 1)]),
    company(31, 0, Other, &[(FillIn, 5), (Submit, 2)]),
    person(32, 0, ZhouMing, &[(FillIn, 3), (Gather, 2)]),
];

/// Walks every journey that was not begun yet.
pub(super) async fn walk_all(ctx: &Ctx) -> Result<()> {
    for journey in JOURNEYS {
        walk(ctx, journey).await?;
    }
    Ok(())
}

/// Fills in so many drafts, up to where they could be handed in.
pub(super) async fn fill_in_many(ctx: &Ctx, count: usize) -> Result<()> {
    for n in 0..count {
        let journey = company(1000 + n, 0, Other, &[(FillIn, 0), (Submit, 0)]);
        let mut walker = Walker::new(Ctx { clock: Clock::standing(ctx.clock.now()), ..ctx.clone() }, &journey).await?;
        walker.take(FillIn).await?;
        walker.upload().await?;
        // A dozen accounts begin thousands.
        let owner = walker.owner.user().map(|owner| owner.to_string()).unwrap_or_default();
        limits::clear(ctx, filings::BEGINNINGS.kind, &owner).await?;
    }
    Ok(())
}

async fn walk(ctx: &Ctx, journey: &Journey) -> Result<()> {
    // The audit remembers which were begun, also after their filings are gone.
    let mark = Uuid::from_u128(0x0190_c0de_0000_7000_a000_0000_0000_0000 | journey.sponsor as u128);
    let begun = sqlx::query_scalar!(
        r#"select exists (select 1 from audit where object_id = $1 and verb = 'seed_journey') as "begun!""#,
        mark
    )
    .fetch_one(&ctx.pool)
    .await?;
    if begun {
        return Ok(());
    }
    audit::record_alone(ctx, audit::Entry::done(Actor::System, "seed_journey", Some(("journey", mark)))).await?;

    let now = ctx.clock.now();
    let hours_ago = |hours: u32| now - Duration::hours(i64::from(hours));
    let (_, begun) = journey.steps.first().ok_or(Error::Internal("a journey without a step"))?;
    let ctx = Ctx { clock: Clock::standing(hours_ago(*begun)), ..ctx.clone() };
    let mut walker = Walker::new(ctx, journey).await?;
    for (step, hours) in journey.steps {
        walker.wait_until(hours_ago(*hours));
        walker.take(*step).await?;
    }
    Ok(())
}

/// Walks one new filing of a place so far, at the context's own time.
#[cfg(test)]
pub(crate) async fn walk_here(ctx: &Ctx, sponsor: usize, place: usize, steps: &[Step]) -> Result<FilingId> {
    let journey = Journey { sponsor, place, individual: false, owner: ZhouMing, steps: &[(FillIn, 0), (Submit, 0)] };
    let mut walker = Walker::new(ctx.clone(), &journey).await?;
    for step in steps {
        walker.take(*step).await?;
    }
    walker.id()
}

/// Those who act on one journey, and where it is.
struct Walker<'a> {
    ctx: Ctx,
    journey: &'a Journey,
    provider: &'a SeededProvider,
    owner: Actor,
    clerk: Actor,
    reviewer: Actor,
    id: Option<FilingId>,
}

impl<'a> Walker<'a> {
    async fn new(ctx: Ctx, journey: &'a Journey) -> Result<Self> {
        // Jiangsu's are with Zhejiang's provider: the third has no staff.
        let provider = pick(&PROVIDERS, journey.place.min(1));
        let (clerk, reviewer) = match journey.place {
            0 => ("yunshang-clerk", "beijing-reviewer-1"),
            1 => ("hengtong-clerk", "zhejiang-reviewer-1"),
            _ => ("hengtong-clerk", "jiangsu-reviewer-1"),
        };
        let owner = match journey.owner {
            ZhouMing => account(&ctx, "zhou-ming").await?,
            Other => persons::registrant(journey.sponsor),
        };
        let (clerk, reviewer) = (account(&ctx, clerk).await?, account(&ctx, reviewer).await?);
        Ok(Self { ctx, journey, provider, owner, clerk, reviewer, id: None })
    }

    fn wait_until(&self, moment: Moment) {
        if let Ok(wait) = std::time::Duration::try_from(moment - self.ctx.clock.now()) {
            self.ctx.clock.wind(wait);
        }
    }

    fn wait(&self, seconds: u64) {
        self.ctx.clock.wind(std::time::Duration::from_secs(seconds));
    }

    fn id(&self) -> Result<FilingId> {
        self.id.ok_or(Error::Internal("a journey that begins without filling in"))
    }

    async fn seq(&self) -> Result<i32> {
        let seq = sqlx::query_scalar!("select seq from filings where id = $1", self.id()?.0);
        Ok(seq.fetch_one(&self.ctx.pool).await?)
    }

    async fn take(&mut self, step: Step) -> Result<()> {
        if let FillIn = step {
            return self.fill_in().await;
        }
        let (id, seq, key) = (self.id()?, self.seq().await?, self.ctx.new_id());
        let (ctx, clerk, reviewer) = (&self.ctx, &self.clerk, &self.reviewer);
        match step {
            FillIn => Ok(()),
            Gather => self.upload().await,
            Submit => {
                self.upload().await?;
                let edition = filings::edition(&mut *ctx.pool.acquire().await?, id).await?;
                filings::submit(ctx, &self.owner, id, filings::Seen { seq, edition }, key).await
            }
            Claim => reviews::claim(ctx, clerk, id, seq, key).await.map(drop),
            Return => reviews::return_filing(ctx, clerk, id, seq, key, returned()).await.map(drop),
            Pass => self.pass(id, key).await,
            Confirm => self.confirm().await,
            LetPass => {
                self.wait(25 * 3600);
                self.run_jobs().await
            }
            Take => reviews::claim(ctx, reviewer, id, seq, key).await.map(drop),
            Hold => {
                let form = DecisionForm {
                    department: "省新闻出版局".into(),
                    ..said("", "网站内容可能涉及出版，征求主管部门意见。")
                };
                reviews::hold(ctx, reviewer, id, seq, key, form).await.map(drop)
            }
            Refuse => reviews::refuse(ctx, reviewer, id, seq, key, refused()).await.map(drop),
            Approve => reviews::approve(ctx, reviewer, id, seq, key, said("20", "材料齐全，信息一致。")).await.map(drop),
            Stop => {
                let form = DecisionForm { granted: "yes".into(), ..said("40", "主办者书面申请停止。") };
                reviews::stop(ctx, reviewer, id, seq, key, form).await.map(drop)
            }
        }
    }

    async fn fill_in(&mut self) -> Result<()> {
        let (ctx, owner) = (&self.ctx, &self.owner);
        let id = filings::create(ctx, owner).await?;
        self.id = Some(id);
        let draft = self.answers(id).await?;
        self.wait(240);
        keep(ctx, owner, id, &draft, |seconds| self.wait(seconds)).await?;
        if !matches!(self.journey.steps, [.., (Gather, _)]) {
            filings::save_consent(ctx, owner, id, version(ctx, id, Section::Consent).await?, None, 1, draft.consent).await?;
        }
        Ok(())
    }

    /// The answers of this journey's sponsor, in the sections that a new filing has.
    async fn answers(&self, id: FilingId) -> Result<Draft> {
        let mut draft = filings::load_draft(&self.ctx, &mut *self.ctx.pool.acquire().await?, id).await?;
        answer(&mut draft, self.journey.sponsor, self.journey.place, self.journey.individual, self.provider)?;
        Ok(draft)
    }

    async fn upload(&self) -> Result<()> {
        upload(&self.ctx, &self.owner, self.id()?).await
    }

    async fn pass(&self, id: FilingId, key: Uuid) -> Result<()> {
        reviews::record_identity_check(&self.ctx, &self.clerk, id, None, "sponsor", "face_recognition", "").await?;
        let seq = self.seq().await?;
        reviews::pass(&self.ctx, &self.clerk, id, seq, key, said("1", "证件、人像与填报信息一致。")).await?;
        self.wait(60);
        self.run_jobs().await
    }

    /// With the code that was sent, as the person would.
    async fn confirm(&self) -> Result<()> {
        let ctx = &self.ctx;
        let sent = sqlx::query!(
            "select id, params from outbox where filing_id = $1 and template = 'confirmation_code' order by created_at desc, id desc limit 1",
            self.id()?.0
        )
        .fetch_optional(&ctx.pool)
        .await?;
        let Some(sent) = sent else { return Ok(()) };
        let place = Place { table: "outbox", column: "params", row: sent.id, version: 1 };
        let params: serde_json::Value = serde_json::from_slice(&ctx.keys.open(place, &sent.params)?)?;
        let form = sponsor(self.journey.sponsor, self.journey.place, self.journey.individual)?;
        let challenge = captcha::make(ctx, ChallengeFor::Confirmation, true).await?;
        self.wait(60);
        let last_six = form.person_certificate_number.chars().skip(12).collect();
        let code = params.get("code").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let form = ConfirmForm {
            code,
            mobile: form.person_mobile,
            last_six,
            captcha_token: challenge.id.to_string(),
            captcha_answer: String::new(),
        };
        confirmations::confirm(ctx, form).await.map(drop)
    }

    async fn run_jobs(&self) -> Result<()> {
        jobs::run_due(&self.ctx, &filings::handlers(Handlers::new())).await.map(drop)
    }
}

/// Keeps the answers of sponsor, sites and accesses in the sections that a filing has, with a pause before each site.
pub(super) async fn keep(ctx: &Ctx, owner: &Actor, id: FilingId, draft: &Draft, pause: impl Fn(u64)) -> Result<()> {
    let at = version(ctx, id, Section::Sponsor).await?;
    filings::save_sponsor(ctx, owner, id, at, None, 1, draft.sponsor.clone()).await?;
    for site in &draft.sites {
        pause(180);
        let at = version(ctx, id, Section::Site(site.key)).await?;
        filings::save_site(ctx, owner, id, site.key, at, None, 1, site.form.clone()).await?;
        for access in &site.accesses {
            let at = version(ctx, id, Section::Access(site.key, access.key)).await?;
            filings::save_access(ctx, owner, id, site.key, access.key, at, None, 1, access.form.clone()).await?;
        }
    }
    Ok(())
}

/// Uploads a picture for each material that the filing asks for. They count for nothing: more is made up here within an hour
/// than one registrant uploads.
pub(super) async fn upload(ctx: &Ctx, owner: &Actor, id: FilingId) -> Result<()> {
    let draft = filings::load_draft(ctx, &mut *ctx.pool.acquire().await?, id).await?;
    let uploads = draft.required_materials().into_iter().map(async |(section, kind)| {
        let name = format!("{}.jpg", kind.zh());
        let picture = picture(kind.id())?;
        let kind = u16::try_from(kind.id()).unwrap_or_default();
        materials::upload(ctx, owner, id, section, kind, &name, picture).await
    });
    futures::future::try_join_all(uploads).await?;
    if let Some(owner) = owner.user() {
        limits::clear(ctx, materials::UPLOADS.kind, &owner.to_string()).await?;
    }
    Ok(())
}

async fn version(ctx: &Ctx, id: FilingId, section: Section) -> Result<i32> {
    let section = section.to_string();
    let row = sqlx::query_scalar!("select version from draft_sections where filing_id = $1 and section = $2", id.0, section);
    Ok(row.fetch_optional(&ctx.pool).await?.unwrap_or_default())
}

/// Gives the n-th made-up sponsor's answers to a draft's sections.
pub(super) fn answer(draft: &mut Draft, n: usize, place: usize, individual: bool, provider: &SeededProvider) -> Result<()> {
    draft.sponsor = sponsor(n, place, individual)?;
    let (word, latin) = pick(&WORDS, n * 7 + 3);
    let name = if individual { pick(&OWN_SITES, n) } else { pick(&UNIT_SITES, n) };
    let domain = format!("{latin}{n}.example");
    for site in &mut draft.sites {
        site.form = SiteForm {
            name: format!("{word}{name}"),
            domain: domain.clone(),
            home_page: format!("www.{domain}"),
            services: vec![if individual { "6" } else { "8" }.into()],
            languages: vec!["1".into()],
            preapprovals: vec!["none".into()],
            person_same_as_sponsor: "yes".into(),
            ..SiteForm::default()
        };
        for access in &mut site.accesses {
            let (start, _, location) = *pick(provider.ranges, 0);
            let (network, _) = start.rsplit_once('.').unwrap_or((start, ""));
            access.form = AccessForm {
                provider_id: provider.id.to_string(),
                service_code: pick(provider.services, n).0.to_owned(),
                method: "5".into(),
                locations: vec![location.to_string()],
                addresses: format!("{network}.{}", n % 100 + 10),
                ..AccessForm::default()
            };
        }
    }
    draft.consent = ConsentForm { truthful: "yes".into(), personal_data: "yes".into(), provider_may_correct: "yes".into() };
    Ok(())
}

async fn account(ctx: &Ctx, user_name: &str) -> Result<Actor> {
    rows::find_by_name(&ctx.pool, user_name).await?.ok_or(Error::NotFound)?.actor()
}

fn said(code: &str, words: &str) -> DecisionForm {
    DecisionForm { code: code.into(), words: words.into(), ..DecisionForm::default() }
}

fn reason(section: &str, field: &str, words: &str, suggestion: &str) -> Reason {
    Reason { section: section.into(), field: field.into(), words: words.into(), suggestion: suggestion.into() }
}

fn returned() -> DecisionForm {
    let reasons = vec![
        reason("sponsor", "address", "通信地址与证件住所不一致", "请填写实际办公地址，精确到门牌号"),
        reason("materials", "4", "照片模糊，无法辨认本人", "请在光线充足处重新拍摄"),
    ];
    DecisionForm { reasons, ..said("11", "请按所列问题修改后重新提交。") }
}

fn refused() -> DecisionForm {
    let reasons = vec![reason("site-1", "name", "网站名称与网站内容不符", "请使用能反映主办者或内容的名称")];
    DecisionForm { reasons, ..said("31", "网站名称不规范。") }
}

/// A picture that could be a document: a light sheet with lines and a seal, another for each kind, drawn once.
fn picture(kind: u32) -> Result<Bytes> {
    static DRAWN: Mutex<BTreeMap<u32, Bytes>> = Mutex::new(BTreeMap::new());
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(picture) = drawn.get(&kind) {
        return Ok(picture.clone());
    }
    let picture = draw(kind)?;
    drawn.insert(kind, picture.clone());
    Ok(picture)
}

fn draw(kind: u32) -> Result<Bytes> {
    let (width, height) = (330_u32, 210_u32);
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([214 + u8::try_from(kind % 24).unwrap_or_default(), 242, 246]));
    for line in 0..8_u32 {
        let length = 90 + (kind * (line + 3) * 37) % 150;
        for (x, y) in (30..30 + length).flat_map(|x| (0..3).map(move |y| (x, y))) {
            sheet.put_pixel(x, 36 + line * 17 + y, Rgb([70, 82, 98]));
        }
    }
    for (x, y) in (0..100_u32).flat_map(|x| (0..100_u32).map(move |y| (x, y))) {
        let distance = (i64::from(x) - 50).pow(2) + (i64::from(y) - 50).pow(2);
        if (750..980).contains(&distance) {
            sheet.put_pixel(width - 120 + x, height - 108 + y, Rgb([196, 48, 43]));
        }
    }
    let mut out = Vec::new();
    DynamicImage::ImageRgb8(sheet)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, 80))
        .map_err(|_| Error::Internal("a picture that cannot be drawn"))?;
    Ok(out.into())
}
