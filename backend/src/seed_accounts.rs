//! The demo's accounts: made up, known to everybody, and refused outside a demo.

use crate::accounts::{passwords, rows};
use crate::audit::{self, Entry};
use crate::{Ctx, Error, Result, second_factor};
use domain::actor::{Actor, Role};
use domain::id::{ProviderId, UserId};
use sha2::{Digest, Sha256};

/// The password of every demo account.
pub const PASSWORD: &str = "Beian-Demo-2026";

/// One account of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub user_name: &'static str,
    /// Whom to ask for.
    pub contact_name: &'static str,
    /// The role.
    pub role: Role,
    /// Which of the demo's two providers, for a provider's staff.
    pub provider: Option<usize>,
    /// Which province, for a bureau's staff.
    pub province: Option<i32>,
}

const fn account(
    user_name: &'static str,
    contact_name: &'static str,
    role: Role,
    provider: Option<usize>,
    province: Option<i32>,
) -> DemoAccount {
    DemoAccount { user_name, contact_name, role, provider, province }
}

/// Every account of the demo: two registrants, two of each provider, two reviewers of each of three provinces whose policies
/// differ, and the administrators of two of their bureaux.
pub const ACCOUNTS: &[DemoAccount] = &[
    account("lin-yuqing", "林雨晴", Role::Registrant, None, None),
    account("zhou-ming", "周明", Role::Registrant, None, None),
    account("yunshang-clerk", "何静", Role::ProviderClerk, Some(0), None),
    account("yunshang-admin", "罗建国", Role::ProviderAdmin, Some(0), None),
    account("hengtong-clerk", "宋佳", Role::ProviderClerk, Some(1), None),
    account("hengtong-admin", "唐志远", Role::ProviderAdmin, Some(1), None),
    account("beijing-reviewer-1", "许文", Role::Reviewer, None, Some(110_000)),
    account("beijing-reviewer-2", "韩雪", Role::Reviewer, None, Some(110_000)),
    account("zhejiang-reviewer-1", "陈立", Role::Reviewer, None, Some(330_000)),
    account("zhejiang-reviewer-2", "沈秋", Role::Reviewer, None, Some(330_000)),
    account("beijing-admin", "田雪", Role::BureauAdmin, None, Some(110_000)),
    account("zhejiang-admin", "蒋松", Role::BureauAdmin, None, Some(330_000)),
    account("jiangsu-reviewer-1", "程远", Role::Reviewer, None, Some(320_000)),
    account("jiangsu-reviewer-2", "顾宁", Role::Reviewer, None, Some(320_000)),
];

/// Makes the accounts that are missing; `providers` are the demo's two.
pub async fn seed(ctx: &Ctx, providers: [ProviderId; 2]) -> Result<()> {
    if !ctx.settings.demo {
        return Err(Error::Forbidden);
    }
    for (number, account) in ACCOUNTS.iter().enumerate() {
        if rows::find_by_name(&ctx.pool, account.user_name).await?.is_none() {
            add(ctx, account, number, providers).await?;
        }
    }
    Ok(())
}

async fn add(ctx: &Ctx, account: &DemoAccount, number: usize, providers: [ProviderId; 2]) -> Result<()> {
    let (id, now) = (ctx.new_id(), ctx.clock.now());
    let mobile = format!("190000000{number:02}");
    let email = format!("{}@post.example", account.user_name);
    let sealed = rows::seal(ctx, id, 1, account.contact_name, &mobile, &email);
    let hash = passwords::hash(PASSWORD).await?;
    let provider = account.provider.and_then(|n| providers.get(n)).map(|p| p.0);
    let mut tx = ctx.begin().await?;
    let written = sqlx::query!(
        "insert into users (id, user_name, category, role, provider_id, province, status, contact_name, mobile, email,
                            mobile_index, email_index, password_hash, password_changed_at, created_at, confirmed_at)
         values ($1, $2::text::citext, $3, $4, $5, $6, 'active', $7, $8, $9, $10, $11, $12, $13, $13, $13)
         on conflict on constraint users_user_name_key do nothing",
        id,
        account.user_name,
        account.role.category().name(),
        account.role.name(),
        provider,
        account.province,
        sealed.name,
        sealed.mobile,
        sealed.email,
        sealed.mobile_index,
        sealed.email_index,
        hash,
        now,
    )
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 1 {
        if account.role != Role::Registrant {
            second_factor::seed(ctx, &mut tx, UserId(id), &secret(account.user_name)).await?;
        }
        audit::record(ctx, &mut tx, Entry::done(Actor::System, "seed_account", Some(("user", id)))).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The secret of a demo account's authenticator: the same in every demo, so that one can be set up once.
fn secret(user_name: &str) -> [u8; 20] {
    let hash = Sha256::digest(format!("demo authenticator of {user_name}"));
    let mut secret = [0; 20];
    secret.copy_from_slice(hash.split_at(20).0);
    secret
}
