//! What a form may show on the page after it, carried in the address: sealed, so that neither logs nor histories can read
//! it, and short-lived.

use crate::keys::{Place, RECEIPT};
use crate::{Ctx, Error, Result};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use uuid::Uuid;

/// How long a receipt can be opened.
const HOLDS: time::Duration = time::Duration::hours(1);

#[derive(Serialize, Deserialize)]
struct Receipt<T> {
    #[serde(with = "time::serde::timestamp")]
    until: OffsetDateTime,
    content: T,
}

/// Seals a value into a text for an address.
pub fn seal(ctx: &Ctx, kind: &'static str, content: &impl Serialize) -> Result<String> {
    let receipt = Receipt { until: ctx.clock.now() + HOLDS, content };
    Ok(BASE64_URL_SAFE_NO_PAD.encode(ctx.keys.seal(place(kind), &serde_json::to_vec(&receipt)?)))
}

/// Opens it again; whatever is wrong with it, there is no such receipt.
pub fn open<T: DeserializeOwned>(ctx: &Ctx, kind: &'static str, text: &str) -> Result<T> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::NotFound)?;
    let plain = ctx.keys.open(place(kind), &sealed).map_err(|_| Error::NotFound)?;
    let receipt: Receipt<T> = serde_json::from_slice(&plain)?;
    if receipt.until > ctx.clock.now() { Ok(receipt.content) } else { Err(Error::NotFound) }
}

fn place(kind: &'static str) -> Place {
    Place { table: RECEIPT, column: kind, row: Uuid::nil(), version: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../migrations")]
    async fn a_receipt_opens_for_an_hour_and_only_as_what_it_is(pool: PgPool) {
        let ctx = Ctx::for_tests(pool);
        let text = seal(&ctx, "confirmed", &"张**").unwrap();
        assert!(!text.contains('张'));
        assert_eq!(open::<String>(&ctx, "confirmed", &text).unwrap(), "张**");
        assert!(matches!(open::<String>(&ctx, "other", &text), Err(Error::NotFound)));
        assert!(matches!(open::<String>(&ctx, "confirmed", "AAAA"), Err(Error::NotFound)));
        ctx.clock.wind(std::time::Duration::from_secs(3601));
        assert!(matches!(open::<String>(&ctx, "confirmed", &text), Err(Error::NotFound)));
    }
}
