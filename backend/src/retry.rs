//! Retry keys: a request that comes twice is done once, and answered twice the same.
//!
//! ```text
//! let key = RetryKey::new(actor, "submit", key, &body);
//! if let Some(result) = retry::begin(ctx, &mut tx, &key).await? { return Ok(result) }
//! // … the work, in the same transaction …
//! retry::finish(&mut tx, &key, &result).await?;
//! tx.commit().await?;
//! ```

use crate::{Ctx, Result, Tx};
use domain::actor::Actor;
use domain::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One request, however often it comes.
#[derive(Clone, Debug)]
pub struct RetryKey {
    actor: String,
    verb: &'static str,
    key: Uuid,
    body_hash: Vec<u8>,
}

impl RetryKey {
    /// The request of `actor` to do `verb` with `body`, under the key that its form carried.
    pub fn new(actor: Actor, verb: &'static str, key: Uuid, body: &impl Serialize) -> Result<Self> {
        let actor = actor.user().map(|u| u.to_string()).unwrap_or_default();
        let body_hash = Sha256::digest(serde_json::to_vec(body)?).to_vec();
        Ok(Self { actor, verb, key, body_hash })
    }
}

/// Answers the first time's result, or nothing for the first time. A second request waits here until the first has
/// committed or failed. The same key with another body is refused.
pub async fn begin<T: DeserializeOwned>(ctx: &Ctx, tx: &mut Tx<'_>, key: &RetryKey) -> Result<Option<T>> {
    let first = sqlx::query!(
        "insert into retry_keys (actor, verb, key, body_hash, created_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        key.actor,
        key.verb,
        key.key,
        key.body_hash,
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    if first.rows_affected() == 1 {
        return Ok(None);
    }
    let row = sqlx::query!(
        "select body_hash, result from retry_keys where actor = $1 and verb = $2 and key = $3",
        key.actor,
        key.verb,
        key.key,
    )
    .fetch_one(&mut **tx)
    .await?;
    match row.result {
        Some(result) if row.body_hash == key.body_hash => Ok(Some(serde_json::from_value(result)?)),
        _ => Err(Refusal::RetryKeyReused.into()),
    }
}

/// Keeps the result for those that come again. Must stand in the transaction of [`begin`].
pub async fn finish(tx: &mut Tx<'_>, key: &RetryKey, result: &impl Serialize) -> Result<()> {
    sqlx::query!(
        "update retry_keys set result = $4 where actor = $1 and verb = $2 and key = $3",
        key.actor,
        key.verb,
        key.key,
        serde_json::to_value(result)?,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
