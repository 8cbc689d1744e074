//! What a person saw of a filing when it acted.
//!
//! Saves make no event but the first, so the number of the last event does not say that answers stayed as they were: two
//! windows of one registrant, or registrant and provider after a refusal, would send on what they never saw.

use crate::{Error, Result, journal};
use domain::{filing::Filing, id::FilingId};
use serde::Serialize;
use sqlx::PgConnection;

/// What a person saw of a filing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Seen {
    /// The number of its last event.
    pub seq: i32,
    /// How often its answers and materials were changed, see [`edition`].
    pub edition: i64,
}

/// How often answers and materials of a filing were changed. A page reads it before the answers that it shows: what is saved
/// between the two is then not taken for seen. Declarations do not count: they come with the submission, which has their
/// version beside it.
pub async fn edition(conn: &mut PgConnection, id: FilingId) -> Result<i64> {
    // Versions only grow, a section or material that was taken away keeps its row: each change makes the sum greater.
    let edition = sqlx::query_scalar!(
        r#"select (select coalesce(sum(version), 0) from draft_sections where filing_id = $1 and section <> 'consent')
                + (select count(*) + count(removed_at) from materials where filing_id = $1) as "edition!""#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(edition)
}

/// Refuses when filing or answers are not what the person saw. The filing is locked.
pub(crate) async fn still_seen(conn: &mut PgConnection, filing: &Filing, seen: Seen) -> Result<()> {
    journal::seen(conn, filing, seen.seq).await?;
    if edition(conn, filing.id).await? == seen.edition { Ok(()) } else { Err(Error::Stale) }
}
