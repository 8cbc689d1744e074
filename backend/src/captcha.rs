//! A challenge before what looks like guessing: a picture to read, or, for who cannot or will not, a wait.
//!
//! The wait asks for nothing that has to be seen, heard or remembered (WCAG 2.2, 3.3.8; a spoken code would be one more thing to
//! transcribe). It is no rule to keep to: a form that comes early is held until it is over. It is not the cheap way for a
//! machine: each try takes its time, and an address gets a third as many of them as pictures.
//!
//! Counts and challenges are rows, so they hold over all nodes; a challenge counts once, and for the form it was shown for.

use crate::limits::{self, Limit};
use crate::settings::CaptchaUse;
use crate::{Ctx, Error, Result};
use ::captcha::Captcha;
use ::captcha::filters::{Dots, Grid, Noise, Wave};
use data_encoding::BASE64;
use domain::account::problem;
use domain::problem::Rule;
use domain::views::accounts::{ChallengeFor, ChallengeView};
use std::time::Duration;
use uuid::Uuid;

/// The kind of the keyed hashes of answers.
const ANSWER: &str = "captcha";
/// How long a challenge can be answered.
const HOLDS: Duration = Duration::from_secs(300);
/// Counts whose password was asked for.
const BY_NAME: &str = "recovery_name";

/// The picture's size: five of the widest letters fit.
const WIDTH: u32 = 250;
const HEIGHT: u32 = 100;
/// The radius of the largest speck: narrower than a letter's stroke.
const LARGEST_SPECK: u32 = 2;

/// What draws something that people read and machines do not.
pub trait Picture: Send + Sync {
    /// The answer, and a PNG.
    fn draw(&self) -> Option<(String, Vec<u8>)>;
}

/// Five distorted letters.
pub struct DistortedLetters;

impl Picture for DistortedLetters {
    fn draw(&self) -> Option<(String, Vec<u8>)> {
        let mut captcha = Captcha::new();
        // Without those that look like others, and without L, which the font has not.
        captcha.set_chars(&"abdefhkmnrtwxyACDEFGHJKMNPQRTUVWXY34679".chars().collect::<Vec<_>>());
        // Lines that are bent like the letters, and specks: what a person looks past. No blot, which would hide a letter.
        captcha
            .add_chars(5)
            .apply_filter(Grid::new(31, 23))
            .apply_filter(Wave::new(2.0, 9.0).horizontal())
            .apply_filter(Wave::new(2.0, 9.0).vertical())
            .view(WIDTH, HEIGHT)
            .apply_filter(Noise::new(0.03))
            .apply_filter(Dots::new(25).min_radius(1).max_radius(LARGEST_SPECK));
        captcha.as_tuple()
    }
}

/// Whether a challenge stands before the next form of this purpose, from here and, where a name is typed, under this name.
///
/// Who confirms always meets one (the ministry's rules of 2018 name it among what is entered). Elsewhere the installation says: always,
/// or where failures under the name, or tries from the address, look like guessing.
pub async fn is_due(ctx: &Ctx, purpose: ChallengeFor, name: &str) -> Result<bool> {
    let s = &ctx.settings.accounts;
    if s.captcha == CaptchaUse::Always || matches!(purpose, ChallengeFor::Confirmation | ChallengeFor::Resend) {
        return Ok(true);
    }
    let (name, address) = (name.trim().to_lowercase(), ctx.origin.limit_key());
    let most = s.failures_to_captcha;
    let (by_name, by_address, tries) = match purpose {
        ChallengeFor::SignIn => (Some("sign_in_name"), "sign_in_address", 5 * most),
        ChallengeFor::Recovery => (Some(BY_NAME), "recovery_address", most),
        _ => (None, "register", most),
    };
    if limits::count(ctx, by_address, &address).await? >= tries.saturating_mul(s.address_allowance) {
        return Ok(true);
    }
    match by_name {
        Some(kind) => Ok(limits::count(ctx, kind, &name).await? >= most),
        None => Ok(false),
    }
}

/// Counts that a password was asked for under this name, whether or not anybody has it.
pub(crate) async fn note_recovery(ctx: &Ctx, name: &str) -> Result<()> {
    let count = Limit { kind: BY_NAME, max: i32::MAX, window: Duration::from_secs(3600) };
    limits::hit(ctx, count, &name.trim().to_lowercase()).await.map(drop)
}

/// What has to be passed before the next form of this purpose, if anything; `wait` asks for the way without a picture.
pub async fn ask(ctx: &Ctx, purpose: ChallengeFor, name: &str, wait: bool) -> Result<Option<ChallengeView>> {
    if is_due(ctx, purpose, name).await? { make(ctx, purpose, wait).await.map(Some) } else { Ok(None) }
}

/// Makes a challenge: a picture, or a wait.
pub async fn make(ctx: &Ctx, purpose: ChallengeFor, wait: bool) -> Result<ChallengeView> {
    make_with(ctx, &DistortedLetters, purpose, wait).await
}

/// Makes a challenge with another kind of picture.
pub async fn make_with(ctx: &Ctx, picture: &dyn Picture, purpose: ChallengeFor, wait: bool) -> Result<ChallengeView> {
    let s = &ctx.settings.accounts;
    let (kind, max) = if wait { ("challenge_wait", 20) } else { ("challenge", 60) };
    let limit = Limit { kind, max: max * s.address_allowance, window: Duration::from_secs(600) };
    limits::hit(ctx, limit, &ctx.origin.limit_key()).await?;
    let (id, now) = (ctx.new_id(), ctx.clock.now());
    let drawn = if wait { None } else { Some(picture.draw().ok_or(Error::Internal("no picture"))?) };
    let ready_at = if wait { now + s.captcha_wait } else { now };
    sqlx::query!(
        "insert into challenges (id, purpose, kind, answer_hash, ready_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        purpose.name(),
        if wait { "wait" } else { "picture" },
        drawn.as_ref().map(|(answer, _)| answer_hash(ctx, id, answer)),
        ready_at,
        ready_at + HOLDS,
    )
    .execute(&ctx.pool)
    .await?;
    let wait_seconds = if wait { u32::try_from(s.captcha_wait.as_secs()).unwrap_or(u32::MAX) } else { 0 };
    Ok(ChallengeView { id, picture: drawn.map(|(_, png)| BASE64.encode(&png)), wait_seconds })
}

/// Uses a challenge up: right or wrong, it never counts again, and for no other purpose. Who comes before a wait is over
/// is held here until it is. Its problem stands at the field `captcha`.
pub async fn prove(ctx: &Ctx, purpose: ChallengeFor, challenge: &str, answer: &str) -> Result<()> {
    let Ok(id) = challenge.trim().parse::<Uuid>() else {
        return Err(problem("captcha", Rule::Required).into());
    };
    let now = ctx.clock.now();
    let row = sqlx::query!(
        "update challenges set used_at = $2 where id = $1 and used_at is null
         returning purpose, kind, answer_hash, ready_at, expires_at",
        id,
        now,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let Some(row) = row.filter(|row| row.purpose == purpose.name() && row.expires_at > now) else {
        return Err(problem("captcha", Rule::CaptchaWrong).into());
    };
    let right = match row.answer_hash {
        Some(hash) => ctx.keys.is_held(ANSWER, &answer_text(id, answer), &hash),
        None => row.kind == "wait",
    };
    if !right {
        return Err(problem("captcha", Rule::CaptchaWrong).into());
    }
    if let Ok(left) = Duration::try_from(row.ready_at - now) {
        tokio::time::sleep(left.min(ctx.settings.accounts.captcha_wait)).await;
    }
    Ok(())
}

fn answer_hash(ctx: &Ctx, id: Uuid, answer: &str) -> Vec<u8> {
    ctx.keys.index(ANSWER, &answer_text(id, answer))
}

fn answer_text(id: Uuid, answer: &str) -> String {
    format!("{id} {}", answer.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter's stroke is three pixels wide and more; a blot of the old kind had ten times as much in a row.
    #[test]
    fn no_blot_hides_a_letter() {
        for _ in 0..20 {
            let (answer, png) = DistortedLetters.draw().unwrap();
            assert_eq!(answer.chars().count(), 5);
            let picture = image::load_from_memory(&png).unwrap().to_luma8();
            assert_eq!(picture.dimensions(), (WIDTH, HEIGHT));
            let dark = |x: u32, y: u32| picture.get_pixel(x, y).0[0] < 128;
            let side = 4 * LARGEST_SPECK + 3;
            let full = |x: u32, y: u32| (0..side).all(|dx| (0..side).all(|dy| dark(x + dx, y + dy)));
            let blots = (0..WIDTH - side).flat_map(|x| (0..HEIGHT - side).map(move |y| (x, y))).filter(|(x, y)| full(*x, *y));
            assert_eq!(blots.count(), 0, "{answer}");
        }
    }
}
