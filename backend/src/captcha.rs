//! A challenge before what looks like guessing: a picture to read, or, for who cannot, a wait to sit out.
//!
//! Waiting is as dear to a machine as reading a picture: each try needs a fresh challenge, counted by address.

use crate::limits::{self, Limit};
use crate::{Ctx, Error, Result};
use ::captcha::Captcha;
use ::captcha::filters::{Dots, Noise, Wave};
use data_encoding::BASE64;
use domain::account::problem;
use domain::problem::Rule;
use domain::views::accounts::ChallengeView;
use std::time::Duration;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How long a challenge can be answered.
const HOLDS: Duration = Duration::from_secs(300);

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
        // Without those that look like others.
        captcha.set_chars(&"abdefhkmnrtwxyACDEFGHJKLMNPQRTUVWXY34679".chars().collect::<Vec<_>>());
        captcha
            .add_chars(5)
            .apply_filter(Noise::new(0.1))
            .apply_filter(Wave::new(2.0, 12.0).horizontal())
            .apply_filter(Wave::new(2.0, 12.0).vertical())
            .view(220, 100)
            .apply_filter(Dots::new(5));
        captcha.as_tuple()
    }
}

/// Makes a challenge: a picture, or a wait.
pub async fn make(ctx: &Ctx, wait: bool) -> Result<ChallengeView> {
    make_with(ctx, &DistortedLetters, wait).await
}

/// Makes a challenge with another kind of picture.
pub async fn make_with(ctx: &Ctx, picture: &dyn Picture, wait: bool) -> Result<ChallengeView> {
    let s = &ctx.settings.accounts;
    let limit = Limit { kind: "challenge", max: 60 * s.address_allowance, window: Duration::from_secs(600) };
    limits::hit(ctx, limit, &ctx.origin.limit_key()).await?;
    let (id, now) = (ctx.new_id(), ctx.clock.now());
    let drawn = if wait { None } else { Some(picture.draw().ok_or(Error::Internal("no picture"))?) };
    let ready_at = if wait { now + s.captcha_wait } else { now };
    sqlx::query!(
        "insert into challenges (id, kind, answer_hash, ready_at, expires_at) values ($1, $2, $3, $4, $5)",
        id,
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

/// Uses a challenge up: right or wrong, it never counts again. Its problem stands at the field `captcha`.
pub async fn prove(ctx: &Ctx, challenge: &str, answer: &str) -> Result<()> {
    let Ok(id) = challenge.trim().parse::<Uuid>() else {
        return Err(problem("captcha", Rule::Required).into());
    };
    let now = ctx.clock.now();
    let row = sqlx::query!(
        "update challenges set used_at = $2 where id = $1 and used_at is null returning kind, answer_hash, ready_at, expires_at",
        id,
        now,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    let right = row.is_some_and(|row| {
        let answered = match row.answer_hash {
            Some(hash) => bool::from(answer_hash(ctx, id, answer).as_slice().ct_eq(hash.as_slice())),
            None => row.kind == "wait",
        };
        answered && row.ready_at <= now && row.expires_at > now
    });
    if right { Ok(()) } else { Err(problem("captcha", Rule::CaptchaWrong).into()) }
}

/// Deletes the challenges whose time has passed.
pub async fn prune(ctx: &Ctx) -> Result<u64> {
    let done = sqlx::query!("delete from challenges where expires_at <= $1", ctx.clock.now()).execute(&ctx.pool).await?;
    Ok(done.rows_affected())
}

fn answer_hash(ctx: &Ctx, id: Uuid, answer: &str) -> Vec<u8> {
    ctx.keys.index("captcha", &format!("{id} {}", answer.trim().to_lowercase()))
}
