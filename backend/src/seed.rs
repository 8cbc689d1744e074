//! The demo: made-up houses, accounts and filings at every status, and the rule tables' rows that let their made-up values
//! pass. Nothing in the code asks whether this is a demo: the dated rows do it.
//!
//! Everything is derived from fixed words, so that every demo looks the same, and a second run changes nothing.

pub(crate) mod journeys;
mod load;
mod persons;
mod tables;
mod words;

pub use load::load;
pub use tables::{PROVIDERS, SeededProvider};

use crate::installation::{self, Kind};
use crate::{Ctx, Error, Result, filings, seed_accounts};
use domain::actor::Actor;
use domain::draft::{AccessDraft, Draft, SiteDraft};
use domain::id::FilingId;
use domain::views::demo::SampleView;
use domain::views::filings::ProviderChoice;

/// Sites on the demo's register before anybody files one.
const SITES: u64 = 200;

/// Fills a database as a demo. Refuses one that was made for anything else.
pub async fn demo(ctx: &Ctx) -> Result<()> {
    houses(ctx).await?;
    persons::seed_registrants(ctx).await?;
    if !is_loaded(ctx).await? {
        load(ctx, SITES).await?;
        load::seal_answers(ctx).await?;
    }
    journeys::walk_all(ctx).await
}

/// Houses, rule tables and the accounts that one can sign in with: a demo without any filing.
pub async fn houses(ctx: &Ctx) -> Result<()> {
    if !ctx.settings.demo || installation::mark(&ctx.pool, &ctx.clock, Kind::Demo).await? != Kind::Demo {
        return Err(Error::Forbidden);
    }
    tables::seed(ctx).await?;
    let [first, second, ..] = PROVIDERS;
    seed_accounts::seed(ctx, [first.id, second.id]).await
}

/// Makes so many complete drafts, for measuring: a service may be named by all of them.
pub async fn drafts(ctx: &Ctx, count: usize) -> Result<()> {
    sqlx::query!("update provider_services set capacity = 32767").execute(&ctx.pool).await?;
    journeys::fill_in_many(ctx, count).await
}

/// The first sample that is typed by hand, and the first that a filing is begun with: nobody begins with what another types.
const TYPED: usize = 10_000;
const BEGUN: usize = 50_000;

/// Answers for a trial: of somebody whom no filing of this demo names yet.
pub async fn sample(ctx: &Ctx) -> Result<SampleView> {
    let handed_in = sqlx::query_scalar!(r#"select count(distinct filing_id) as "count!" from journal where verb = 'submit'"#)
        .fetch_one(&ctx.pool)
        .await?;
    let draft = sample_draft(TYPED + usize::try_from(handed_in).unwrap_or_default())?;
    let county = draft.sponsor.county.parse().unwrap_or_default();
    let [provider, ..] = &PROVIDERS;
    let choice =
        ProviderChoice { id: provider.id, name: provider.name.to_owned(), licence_number: provider.licence_number.to_owned() };
    Ok(SampleView { draft, region: domain::divisions::name_of(county).unwrap_or_default(), provider: choice })
}

/// Begins a filing of the caller's with answers that no other has, and with pictures for its materials: the declarations and
/// the submission are left.
pub async fn begin_sample(ctx: &Ctx, caller: &Actor) -> Result<FilingId> {
    let id = filings::create(ctx, caller).await?;
    let begun = installation::count_sample(&ctx.pool).await?.ok_or(Error::NotFound)?;
    let draft = sample_draft(BEGUN + usize::try_from(begun).unwrap_or_default())?;
    journeys::keep(ctx, caller, id, &draft, |_| ()).await?;
    journeys::upload(ctx, caller, id).await?;
    Ok(id)
}

/// The n-th sample: the same each time.
fn sample_draft(n: usize) -> Result<Draft> {
    let site = SiteDraft { key: 1, accesses: vec![AccessDraft { key: 1, ..AccessDraft::default() }], ..SiteDraft::default() };
    let mut draft = Draft { sites: vec![site], ..Draft::default() };
    let [provider, ..] = &PROVIDERS;
    journeys::answer(&mut draft, n, 0, false, provider)?;
    // The seeded filings have the same words in their names: somebody else's would look like one's own.
    let name: Vec<char> = draft.sponsor.name.chars().collect();
    let (place, rest) = name.split_at(name.len().min(2));
    draft.sponsor.name = format!("{}新{}", String::from_iter(place), String::from_iter(rest));
    Ok(draft)
}

async fn is_loaded(ctx: &Ctx) -> Result<bool> {
    let loaded = sqlx::query_scalar!(r#"select exists (select 1 from sponsors) as "loaded!""#);
    Ok(loaded.fetch_one(&ctx.pool).await?)
}

#[cfg(test)]
mod tests;
