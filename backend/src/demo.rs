//! The demo's own pages: accounts with live codes, messages sent, a clock to wind. Outside a demo none of it is there.

use crate::outbox::{self, Channel, MessageTexts};
use crate::{Ctx, Error, Result, confirmations, installation, second_factor, seed, seed_accounts};
use domain::actor::Actor;
use domain::id::FilingId;
use domain::views::demo::{DemoAccountView, DemoMessageView, DemoView};
use std::time::Duration;

/// No further than a year at once: more is a slip of the finger, and the calendar of working days ends.
const FURTHEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// So many of those who have to confirm are shown.
const AWAITED: i64 = 10;
/// So many messages are shown at once.
const SHOWN: i64 = 100;

/// Accounts, password, time, whose confirmation is awaited, and answers for a trial.
pub async fn view(ctx: &Ctx) -> Result<DemoView> {
    if !ctx.settings.demo {
        return Err(Error::NotFound);
    }
    let rows = sqlx::query!(
        "select u.user_name::text as \"user_name!\", coalesce(p.name, b.name, '') as \"office!\"
         from users u left join providers p on p.id = u.provider_id left join bureaux b on b.province = u.province",
    )
    .fetch_all(&ctx.pool)
    .await?;
    let mut accounts = Vec::with_capacity(seed_accounts::ACCOUNTS.len());
    for account in seed_accounts::ACCOUNTS {
        let office = rows.iter().find(|row| row.user_name == account.user_name).map(|row| row.office.clone());
        accounts.push(DemoAccountView {
            user_name: account.user_name.to_owned(),
            contact_name: account.contact_name.to_owned(),
            role: account.role,
            office: office.unwrap_or_default(),
            code: second_factor::find_demo_code(ctx, account.user_name).await?,
        });
    }
    Ok(DemoView {
        password: seed_accounts::PASSWORD.to_owned(),
        accounts,
        now: ctx.clock.now(),
        wound_s: ctx.clock.wound().as_secs(),
        awaited: confirmations::awaited(ctx, AWAITED).await?,
        sample: seed::sample(ctx).await?,
    })
}

/// Begins a filing of the caller's that has answers and pictures.
pub async fn begin(ctx: &Ctx, caller: &Actor) -> Result<FilingId> {
    if !ctx.settings.demo {
        return Err(Error::NotFound);
    }
    seed::begin_sample(ctx, caller).await
}

/// The newest messages, newest first.
pub async fn messages(ctx: &Ctx, texts: &dyn MessageTexts, to: &str) -> Result<Vec<DemoMessageView>> {
    let to = to.trim();
    // Winding the clock writes to everybody at once.
    let looked_at = if to.is_empty() { SHOWN } else { 100 * SHOWN };
    let shown = outbox::list_shown(ctx, texts, looked_at).await?;
    Ok(shown
        .into_iter()
        .filter(|message| to.is_empty() || message.recipient == to)
        .take(usize::try_from(SHOWN).unwrap_or_default())
        .map(|message| DemoMessageView {
            channel: if message.channel == Channel::Sms { "sms" } else { "email" }.to_owned(),
            recipient: message.recipient,
            template: message.template,
            lang: message.lang,
            subject: message.subject,
            body: message.body,
            params: message
                .params
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
            status: message.status,
            at: message.created_at,
        })
        .collect())
}

/// Winds the clock forward.
pub async fn wind(ctx: &Ctx, hours: u32) -> Result<()> {
    if !ctx.settings.demo {
        return Err(Error::NotFound);
    }
    let by = Duration::from_secs(u64::from(hours) * 3600);
    if by > FURTHEST {
        return Err(Error::NotFound);
    }
    installation::wind_clock(&ctx.pool, &ctx.clock, by).await
}
