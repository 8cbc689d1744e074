//! The queues of the desks, as a clerk and a reviewer see them.

use crate::{
    Outcome, SYSTEM, people,
    wrk::{self, Measured, Questions},
};
use sqlx::PgPool;
use std::path::Path;

/// So many more filings wait in each queue when the register is large.
pub const DEEPER: i32 = 5000;

/// Has [`DEEPER`] filings wait in the queue of the provider, and as many in that of the bureau. Rows alone: nobody opens them.
pub async fn deepen(pool: &PgPool) -> Outcome {
    sqlx::query(
        "insert into filings (id, seq, status, owner_id, province, provider_id, policy_version, due_at, submitted_at, entered_at,
                              touched_at, title, site_count, nature, domains)
         select gen_random_uuid(), 2, stood, clerk.id, 110000, clerk.provider_id, 1, now() + n * interval '1 minute',
                now() - n * interval '1 minute', now() - n * interval '1 minute', now() - n * interval '1 minute',
                '等待的有限公司' || n, 1, 4, array['waiting-' || stood || n || '.example']
         from users clerk, generate_series(1, $1) n, unnest(array['provider_review', 'bureau_review']) stood
         where clerk.user_name = 'yunshang-clerk'",
    )
    .bind(DEEPER)
    .execute(pool)
    .await?;
    Ok(())
}

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
