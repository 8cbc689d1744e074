//! What a form without scripts carries over its redirect: the typed values and what was wrong. Sealed, read by the account that
//! typed them alone, and kept until a page has shown them.

use crate::keys::{Place, random};
use crate::{Ctx, Result};
use data_encoding::BASE64URL_NOPAD;
use domain::id::UserId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// How long a flash waits for its page.
pub const HOLDS: Duration = Duration::from_secs(300);

/// Typed values by input name, and the fault as it travels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    /// What was typed.
    pub values: HashMap<String, Vec<String>>,
    /// What was wrong.
    pub fault: Option<Value>,
    /// Who typed it; none who was not signed in.
    #[serde(default)]
    pub by: Option<UserId>,
}

/// Keeps a flash; answers the value of its one-time cookie.
pub async fn put(ctx: &Ctx, flash: &Flash) -> Result<String> {
    let token = BASE64URL_NOPAD.encode(&random::<32>());
    let id = ctx.new_id();
    sqlx::query!(
        "insert into flashes (id, token_hash, content, expires_at) values ($1, $2, $3, $4)",
        id,
        token_hash(&token),
        ctx.keys.seal(place(id), &serde_json::to_vec(flash)?),
        ctx.clock.now() + HOLDS,
    )
    .execute(&ctx.pool)
    .await?;
    Ok(token)
}

/// Reads a flash. What somebody else typed, who sat at the same browser before, is not told.
pub async fn read(ctx: &Ctx, token: &str, by: Option<UserId>) -> Result<Option<Flash>> {
    let row = sqlx::query!("select id, content, expires_at from flashes where token_hash = $1", token_hash(token))
        .fetch_optional(&ctx.pool)
        .await?;
    let Some(row) = row.filter(|r| r.expires_at > ctx.clock.now()) else { return Ok(None) };
    let flash: Flash = serde_json::from_slice(&ctx.keys.open(place(row.id), &row.content)?)?;
    Ok(Some(flash).filter(|flash| flash.by == by))
}

/// Forgets a flash: its page has shown it.
pub async fn forget(ctx: &Ctx, token: &str) -> Result<()> {
    sqlx::query!("delete from flashes where token_hash = $1", token_hash(token)).execute(&ctx.pool).await?;
    Ok(())
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn place(id: Uuid) -> Place {
    Place { table: "flashes", column: "content", row: id, version: 1 }
}

#[cfg(test)]
mod tests;
