//! A registrant's filings: filling in, handing in, taking back, looking on (features R3–R5, R8–R10).
//!
//! Ownership stands in the query that loads: somebody else's filing is not found. Every change locks the filing's row
//! first.

mod conflicts;
mod copies;
mod edition;
mod erasing;
mod handing_in;
mod idle;
mod kind;
mod list;
mod progress;
mod sections;
mod view;

pub use conflicts::conflicts;
pub(crate) use copies::handed_in_until;
pub use copies::{handed_in, snapshots};
pub use edition::{Seen, edition};
pub use handing_in::{discard, resubmit, submit, withdraw};
pub use idle::begin_again;
pub use kind::kind;
pub use list::list_own;
pub(crate) use progress::note_of;
pub use progress::{progress, progress_of};
pub use sections::{
    MAX_ACCESSES, MAX_SITES, add_access, add_site, amend, load_draft, remove_access, remove_site, save_access, save_consent,
    save_site, save_sponsor,
};
pub use view::draft;

pub(crate) use copies::{erase, keep_snapshot};
pub(crate) use edition::still_seen;
pub(crate) use erasing::erase_later;
pub(crate) use sections::{has_section, mark_edited};

use crate::{Ctx, Error, Result, confirmations, jobs::Handlers, journal, limits, limits::Limit, policies, providers};
use domain::{
    actor::Actor,
    draft::Draft,
    id::{FilingId, UserId},
    problem::Problem,
    tables::Tables,
};
use sqlx::PgConnection;

/// How many filings one account begins in a day: a mistake or a script, not a registrant.
pub(crate) const BEGINNINGS: Limit = Limit { kind: "create_filing", max: 100, window: std::time::Duration::from_secs(86_400) };

/// Begins a filing, prefilled from the account's last one.
pub async fn create(ctx: &Ctx, caller: &Actor) -> Result<FilingId> {
    let owner = registrant(caller)?;
    limits::hit(ctx, BEGINNINGS, &owner.to_string()).await?;
    let mut tx = ctx.begin().await?;
    let filing = journal::begin(&mut tx, ctx, owner).await?;
    sections::prefill(ctx, &mut tx, &filing).await?;
    tx.commit().await?;
    Ok(filing.id)
}

/// What filings do by themselves: rounds of confirmations, reminders and expiry, erasure.
pub fn handlers(handlers: Handlers) -> Handlers {
    erasing::handlers(idle::handlers(confirmations::handlers(handlers)))
}

/// What is wrong with the answers by the tables of today.
pub(crate) fn problems(draft: &Draft, tables: &Tables) -> Vec<Problem> {
    draft.problems(tables)
}

/// Everything that keeps answers from being handed in or passed on, but what others hold; with the tables it was found by.
pub(crate) async fn all_problems(
    ctx: &Ctx,
    conn: &mut PgConnection,
    id: FilingId,
    draft: &Draft,
) -> Result<(Tables, Vec<Problem>)> {
    let tables = policies::tables_for(conn, ctx.clock.now(), draft).await?;
    let mut found = problems(draft, &tables);
    found.extend(providers::service_problems(conn, id, draft, tables.today).await?);
    Ok((tables, found))
}

/// The registrant who calls; anybody else has no filings of one's own.
pub(crate) fn registrant(caller: &Actor) -> Result<UserId> {
    match caller {
        Actor::Registrant { user } => Ok(*user),
        Actor::Anonymous => Err(Error::SignedOut),
        _ => Err(Error::Forbidden),
    }
}
