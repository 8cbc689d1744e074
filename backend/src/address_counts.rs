//! What addresses asked of one node, told to the others, so that limits by address hold over all of them.
//!
//! Told by notifications of the database, many counts in one, outside of any other transaction. Nothing is stored: a node that
//! does not listen at that moment never hears of it, and counts on by itself.

use crate::Result;
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, postgres::PgListener};
use uuid::Uuid;

const CHANNEL: &str = "address_counts";
/// Of so many counts the text stays below the 8000 bytes that a notification may have.
const IN_ONE: usize = 80;

/// Requests from one address under one limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The limit's name.
    pub limit: String,
    /// What limits count by: an address, or a network of IPv6.
    pub address: String,
    /// How many came since the last telling.
    pub count: u32,
}

/// Tells the other nodes what came to this one.
pub async fn tell(pool: &PgPool, node: Uuid, counts: &[Count]) -> Result<()> {
    let texts: Vec<String> = counts.chunks(IN_ONE).filter_map(|some| serde_json::to_string(&(node, some)).ok()).collect();
    sqlx::query!("select pg_notify($1, told) from unnest($2::text[]) told", CHANNEL, &texts).execute(pool).await?;
    Ok(())
}

/// Hears what came to the others, until the database is lost.
pub async fn hear(pool: &PgPool, node: Uuid, mut heard: impl FnMut(Count)) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let told = listener.recv().await?;
        match serde_json::from_str::<(Uuid, Vec<Count>)>(told.payload()) {
            Ok((of, counts)) if of != node => counts.into_iter().for_each(&mut heard),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "another node counts in words that this one does not know"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_at_once_fits_a_notification() {
        let longest = Count { limit: "strict".into(), address: "ffff:ffff:ffff:ffff::/64".into(), count: u32::MAX };
        assert!(serde_json::to_string(&(Uuid::max(), vec![longest; IN_ONE])).unwrap().len() < 8000);
    }
}
