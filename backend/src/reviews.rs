//! What providers and bureaux do (features P3, B1, P16): desks, cases, and one use-case for each verb.
//!
//! Who asks stands in every WHERE: a filing that is another house's is not found. Each verb takes the version that the
//! person saw (else `Stale`) and a retry key, and answers the case to go on with.

mod case;
mod findings;
pub(crate) mod identity;
mod mask;
mod preapproval;
mod second_look;
mod verdict;

pub use case::{case, reveal};
pub use identity::record_identity_check;
pub(crate) use identity::{PERSON, identities};
pub use preapproval::{hold, resume};
pub use second_look::{is_proposed, retract, send_back};
pub use verdict::{approve, claim, correct, hand_over, pass, refuse, release, resubmit, return_filing, stop};

use crate::queues::{self, House};
use crate::{Ctx, Result};
use domain::actor::Actor;
use domain::views::desk::{DeskView, Listing};

/// The caller's desk: counts, and one page of one list.
pub async fn desk(ctx: &Ctx, caller: &Actor, listing: Listing, page: u32) -> Result<DeskView> {
    let house = House::of(caller)?;
    let (rows, more) = queues::list(ctx, &house, listing, page).await?;
    Ok(DeskView {
        house: house.name(ctx).await?,
        counts: queues::counts(ctx, &house).await?,
        listing,
        rows,
        page: page.max(1),
        more,
        now: ctx.clock.now(),
    })
}

#[cfg(test)]
mod tests;
