//! Filing numbers 备案号: the next of province and Beijing year, never twice, never skipped, never issued again.
//!
//! The counter's row is drawn from in the approving transaction and stands locked until that ends: a transaction that
//! fails takes its number back with it, and the next one draws the same.

use crate::{Ctx, Error, Result, Tx};
use domain::{codes::Province, filing_number::FilingNumber, id::FilingId, time::beijing_date};

/// Draws the number of a new sponsor.
pub(crate) async fn draw(ctx: &Ctx, tx: &mut Tx<'_>, province: u32, filing: FilingId) -> Result<FilingNumber> {
    let now = ctx.clock.now();
    let year = beijing_date(now).year();
    let (code, short_year) = (i32::try_from(province).unwrap_or_default(), i16::try_from(year).unwrap_or_default());
    let sequence = sqlx::query_scalar!(
        "insert into number_counters (province, year, last) values ($1, $2, 1)
         on conflict (province, year) do update set last = number_counters.last + 1 returning last",
        code,
        short_year,
    )
    .fetch_one(&mut **tx)
    .await?;
    let house = Province::of_division(province).ok_or(Error::Internal("a province without numbers"))?;
    let number = FilingNumber::issue(house, year, sequence.unsigned_abs())
        .map_err(|_| Error::Internal("the numbers of the year are used up"))?;
    sqlx::query!(
        "insert into issued_numbers (province, year, sequence, number, filing_id, issued_at) values ($1, $2, $3, $4, $5, $6)",
        code,
        short_year,
        sequence,
        number.to_string(),
        filing.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(number)
}
