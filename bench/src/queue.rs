//! The queues of the desks, as a clerk and a reviewer see them.

use crate::{
    Outcome, SYSTEM, people,
    wrk::{self, Measured, Questions},
};
use sqlx::PgPool;
use std::path::Path;

/// The first page of what waits, for a provider's clerk and for a bureau's reviewer.
pub async fn measure(pool: &PgPool, data: &Path) -> Outcome<[(&'static str, Measured); 2]> {
    let mut found = Vec::new();
    for user_name in ["yunshang-clerk", "beijing-reviewer-1"] {
        let user = people::find(pool, user_name).await?;
        let cookies = people::sign_in(pool, &[user]).await?;
        let questions = Questions::of_one(data, cookies.first().map(String::as_str).unwrap_or_default())?;
        found.push(wrk::alone(&questions, "/api/reviews/desk?listing=waiting&page=1", SYSTEM)?);
    }
    let [provider, bureau] = found.try_into().map_err(|_| "two queues")?;
    Ok([("queue of a provider", provider), ("queue of a bureau", bureau)])
}
