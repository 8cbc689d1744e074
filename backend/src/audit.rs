//! Who did what, when, from where, with what result (等保 2.0: audit of every user). Rows are only ever added.

use crate::{Ctx, Result, Tx};
use domain::actor::Actor;
use serde_json::Value;
use std::net::IpAddr;
use uuid::Uuid;

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, after trusted proxies.
    pub address: Option<IpAddr>,
    /// The client's description of itself.
    pub agent: String,
    /// The request's identifier, as in the log.
    pub request: Option<Uuid>,
}

impl Origin {
    /// The address as text; empty for jobs.
    pub fn address_text(&self) -> String {
        self.address.map(|a| a.to_string()).unwrap_or_default()
    }

    /// What limits count by: one IPv4 address, or one IPv6 network of 64 bits, since a household has as many of these.
    pub fn limit_key(&self) -> String {
        match self.address {
            Some(IpAddr::V6(a)) if a.to_ipv4_mapped().is_none() => {
                let [a, b, c, d, ..] = a.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Some(a) => a.to_canonical().to_string(),
            None => String::new(),
        }
    }
}

/// One line of the audit. Holds no personal data beyond identifiers and the address.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Who.
    pub actor: Actor,
    /// What was done: the use-case's name, such as `sign_in` or `claim`.
    pub verb: &'a str,
    /// On which kind of thing and which one.
    pub object: Option<(&'a str, Uuid)>,
    /// `done`, or the reason why not.
    pub result: &'a str,
    /// Further facts, without personal data.
    pub detail: Value,
}

impl<'a> Entry<'a> {
    /// An act that succeeded.
    pub fn done(actor: Actor, verb: &'a str, object: Option<(&'a str, Uuid)>) -> Self {
        Self { actor, verb, object, result: "done", detail: Value::Null }
    }

    /// The same act with another result.
    pub fn with_result(self, result: &'a str) -> Self {
        Self { result, ..self }
    }

    /// The same act with further facts.
    pub fn with_detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// Writes a line in the transaction of what it tells about.
pub async fn record(ctx: &Ctx, tx: &mut Tx<'_>, entry: Entry<'_>) -> Result<()> {
    let actor = match entry.actor {
        Actor::Anonymous => "anonymous",
        Actor::System => "system",
        Actor::Registrant { .. } | Actor::Provider { .. } | Actor::Bureau { .. } => {
            entry.actor.role().map_or("anonymous", |r| r.name())
        }
    };
    let agent: String = ctx.origin.agent.chars().filter(|c| !c.is_control()).take(200).collect();
    sqlx::query!(
        "insert into audit (at, actor, user_id, address, agent, request_id, verb, object, object_id, result, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ctx.clock.now(),
        actor,
        entry.actor.user().map(|u| u.0),
        ctx.origin.address_text(),
        agent,
        ctx.origin.request,
        entry.verb,
        entry.object.map(|o| o.0),
        entry.object.map(|o| o.1),
        entry.result,
        entry.detail,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a line by itself, for acts that changed nothing: a refusal, a look at masked data.
pub async fn record_alone(ctx: &Ctx, entry: Entry<'_>) -> Result<()> {
    let mut tx = ctx.begin().await?;
    record(ctx, &mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
