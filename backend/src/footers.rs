//! Whether a site shows its number and the link at the bottom of its home page (features R16; Order 33, Art. 13).

mod page;

use crate::{Ctx, Error, Result, audit, fetcher::Failure, filings::registrant, journal, limits, limits::Limit};
use domain::{
    actor::Actor,
    filing::{Filing, Status},
    filing_number::FilingNumber,
    footer::{FooterCheck, Found, NotReached, ShownNumber, SiteFooter, find_number, number_to_show},
    id::FilingId,
    refusal::Refusal,
    time::beijing_date,
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many checks one account may ask for: each sends this machine to an address that the account chose.
const CHECKS: Limit = Limit { kind: "check_footer", max: 20, window: std::time::Duration::from_secs(3600) };

/// Looks at the home page of a site of one's own approved filing, named by its number, and keeps what was found.
pub async fn check(ctx: &Ctx, caller: &Actor, id: FilingId, number: &str) -> Result<FooterCheck> {
    let owner = registrant(caller)?;
    let mut conn = ctx.pool.acquire().await?;
    let filing = journal::load_own(&mut conn, id, owner, false).await?;
    if filing.status != Status::Approved {
        return Err(Refusal::Status { status: filing.status }.into());
    }
    let number = FilingNumber::find(number).ok_or(Error::NotFound)?;
    let site = sqlx::query!(
        "select s.id, w.home_page from site_versions v join sites s on s.id = v.site_id
         join site_versions w on w.site_id = s.id and upper_inf(w.valid)
         where v.filing_id = $1 and s.number = $2 and s.cancelled_at is null",
        id.0,
        number.to_string(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    // A page may take its time: no connection to the database waits with it.
    drop(conn);
    limits::hit(ctx, CHECKS, &owner.to_string()).await?;
    let found = look(ctx, &site.home_page, number).await?;
    let check = FooterCheck { at: ctx.clock.now(), found };
    keep(ctx, caller, site.id, &check).await?;
    Ok(check)
}

/// The sites of a filing once it is approved, each with its last check.
pub(crate) async fn list(ctx: &Ctx, conn: &mut PgConnection, filing: &Filing) -> Result<Vec<SiteFooter>> {
    if filing.status != Status::Approved {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select s.id, s.number, v.domain_display, c.checked_at as "checked_at?", c.number_shown, c.has_link, c.not_reached
           from site_versions v join sites s on s.id = v.site_id
           left join lateral (select * from footer_checks where site_id = s.id order by checked_at desc, id desc limit 1) c on true
           where v.filing_id = $1 order by s.created_at, s.number"#,
        filing.id.0,
    )
    .fetch_all(conn)
    .await?;
    let today = beijing_date(ctx.clock.now());
    let sites = rows.into_iter().map(|row| {
        let inconsistent = |column| Error::Inconsistent { table: "footer_checks", column, id: row.id };
        let check = match row.checked_at {
            None => None,
            Some(at) => {
                let found = read(row.number_shown.as_deref(), row.has_link, row.not_reached.as_deref());
                Some(FooterCheck { at, found: found.ok_or_else(|| inconsistent("not_reached"))? })
            }
        };
        let shown = FilingNumber::find(&row.number).map(|number| number_to_show(number, today).to_string());
        Ok(SiteFooter {
            domain: row.domain_display,
            shown: shown.unwrap_or_else(|| row.number.clone()),
            number: row.number,
            check,
        })
    });
    sites.collect()
}

fn read(number: Option<&str>, link: Option<bool>, not_reached: Option<&str>) -> Option<Found> {
    match (number, link, not_reached) {
        (Some(number), Some(link), None) => Some(Found::Page { number: ShownNumber::find(number)?, link }),
        (None, None, Some(why)) => NotReached::find(why).map(Found::NotReached),
        _ => None,
    }
}

async fn keep(ctx: &Ctx, caller: &Actor, site: Uuid, check: &FooterCheck) -> Result<()> {
    let (number, link, not_reached) = match check.found {
        Found::Page { number, link } => (Some(number.name()), Some(link), None),
        Found::NotReached(why) => (None, None, Some(why.name())),
    };
    let mut tx = ctx.begin().await?;
    let id = ctx.new_id();
    // It takes the place of what is shown, unless a newer one was faster.
    sqlx::query!(
        "update footer_checks set superseded_at = $2
         where site_id = $1 and superseded_at is null and (checked_at, id) < ($2, $3)",
        site,
        check.at,
        id,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into footer_checks (id, site_id, checked_at, checked_by, number_shown, has_link, not_reached)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        site,
        check.at,
        caller.user().map(|user| user.0),
        number,
        link,
        not_reached,
    )
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "number": number, "link": link, "not_reached": not_reached });
    audit::record(ctx, &mut tx, audit::Entry::done(*caller, "check_footer", Some(("site", site))).with_detail(detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Over a protected line first; many sites still have none.
async fn look(ctx: &Ctx, home_page: &str, number: FilingNumber) -> Result<Found> {
    let protected = look_at(ctx, &format!("https://{home_page}"), number).await?;
    let Found::NotReached(first) = protected else { return Ok(protected) };
    match look_at(ctx, &format!("http://{home_page}"), number).await? {
        // Nothing listens there, or it only leads to the other: what was wrong there says more.
        Found::NotReached(NotReached::Connection) => Ok(Found::NotReached(first)),
        found => Ok(found),
    }
}

async fn look_at(ctx: &Ctx, address: &str, number: FilingNumber) -> Result<Found> {
    let page = match ctx.fetcher.get(address).await {
        Ok(page) if (200..300).contains(&page.status) => page,
        Ok(_) => return Ok(Found::NotReached(NotReached::Status)),
        Err(failure) => return Ok(Found::NotReached(why(failure)?)),
    };
    let seen = page::read(&page.text(), &page.url);
    let shown = find_number(&seen.text, number, beijing_date(ctx.clock.now()));
    if page.cut && (shown != ShownNumber::Exact || !seen.link) {
        return Ok(Found::NotReached(NotReached::Size));
    }
    Ok(Found::Page { number: shown, link: seen.link })
}

/// What is wrong with the site; that nobody could look says nothing about it, and is not kept.
fn why(failure: Failure) -> Result<NotReached, Refusal> {
    Ok(match failure {
        Failure::Busy => return Err(Refusal::Busy),
        Failure::Address | Failure::Credentials | Failure::Port => NotReached::Address,
        Failure::NoSuchName => NotReached::Name,
        Failure::Inside => NotReached::Inside,
        Failure::NoConnection => NotReached::Connection,
        Failure::Tls => NotReached::Certificate,
        Failure::TimedOut => NotReached::Time,
        Failure::Redirect => NotReached::Redirect,
        Failure::Head | Failure::Encoding | Failure::Broken => NotReached::Answer,
    })
}
