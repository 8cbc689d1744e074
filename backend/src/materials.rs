//! Materials 备案材料 (features R7): photographs and scans that are shown with a filing.
//!
//! What is kept is never what was sent: the picture is decoded within limits, turned upright, and drawn anew, so that
//! neither position nor any other hidden content survives. The bytes are sealed with a key of their own that stands,
//! wrapped, in the row; erasing a material is forgetting that key.

mod objects;
mod opening;
mod orphans;
mod picture;
mod sealed;
mod thumbnails;

pub use opening::open;
pub(crate) use opening::{Viewer, is_visible};
pub use thumbnails::open as open_thumbnail;

use crate::jobs::Handlers;
use crate::limits::Limit;
use crate::scanner::Verdict;
use crate::{Ctx, Error, Result, Tx, audit, filings, jobs, journal, limits, retention};
use bytes::Bytes;
use domain::Moment;
use domain::actor::Actor;
use domain::codes::MaterialKind;
use domain::draft::MaterialFact;
use domain::filing::{Filing, Status};
use domain::id::{FilingId, MaterialId};
use domain::problem::{Problem, Rule, Section};
use domain::refusal::Refusal;
use domain::text::find_unprintable;
use domain::views::filings::MaterialView;
use sealed::SealedFile;
use serde_json::json;
use sha2::{Digest, Sha256};
use thumbnails::Thumbnail;
use time::Duration;
use uuid::Uuid;

/// The most bytes of one file (rules 1.4).
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most characters of a file's name (rules 1.4).
pub const MAX_NAME: usize = 100;
/// The most materials of one filing.
const MAX_FILES: i64 = 200;
/// How often one account may upload: a whole filing's materials several times over.
pub(crate) const UPLOADS: Limit = Limit { kind: "upload", max: 200, window: std::time::Duration::from_secs(3600) };

const TABLE: &str = "materials";
const ORPHAN: &str = "material_orphan";
const ERASE: &str = "material_erase";

/// Keeps a material of a filing that the caller may change.
pub async fn upload(
    ctx: &Ctx,
    caller: &Actor,
    filing: FilingId,
    section: Section,
    kind: u16,
    name: &str,
    bytes: Bytes,
) -> Result<MaterialView> {
    editable(ctx, caller, filing).await?;
    if let Some(user) = caller.user() {
        limits::hit(ctx, UPLOADS, &user.to_string()).await?;
    }
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    check_form(section, kind, name, bytes.len())?;
    refuse_infected(ctx, caller, filing, kind, &bytes).await?;
    let picture = picture::redraw(bytes).await.map_err(|fault| Error::from(fault.at(Section::Materials, kind.to_string())))?;

    let id = MaterialId(ctx.new_id());
    let object = Uuid::new_v4();
    let sealed = SealedFile::seal(ctx, TABLE, id, name, &picture.bytes, object)?;
    let sha256: [u8; 32] = Sha256::digest(&picture.bytes).into();
    let size = i32::try_from(picture.bytes.len()).map_err(|_| Error::Internal("a picture of two gigabytes"))?;
    let (width, height) = (i32::try_from(picture.width).unwrap_or(i32::MAX), i32::try_from(picture.height).unwrap_or(i32::MAX));
    let small = Thumbnail::seal(ctx, id, &picture.small)?;
    // Objects first, then their rows: nothing is lost whenever this stops.
    let kept = objects::put(ctx, &[(object, sealed.bytes.into()), (small.object, small.bytes.clone())]).await;
    kept.map_err(|error| not_now(kind, &error))?;

    let mut tx = ctx.begin().await?;
    let row = lock_editable(&mut tx, caller, filing).await?;
    if matches!(section, Section::Site(_)) && !filings::has_section(&mut tx, filing, section).await? {
        return Err(Error::NotFound);
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from materials where filing_id = $1 and removed_at is null"#,
        filing.0
    )
    .fetch_one(&mut *tx)
    .await?;
    if count >= MAX_FILES {
        return Err(Error::Limited { retry_after: UPLOADS.window });
    }
    let uploaded_at = ctx.clock.now();
    sqlx::query!(
        "insert into materials (id, filing_id, section, kind, object_key, sealed, content_type, size, width, height, sha256,
                                uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.0,
        filing.0,
        section.to_string(),
        i16::try_from(kind).unwrap_or_default(),
        object.to_string(),
        sealed.row,
        picture.content_type,
        size,
        width,
        height,
        sha256.as_slice(),
        caller.user().map(|u| u.0),
        uploaded_at,
    )
    .execute(&mut *tx)
    .await?;
    small.insert(ctx, &mut tx, id).await?;
    filings::mark_edited(ctx, &mut tx, &row, caller).await?;
    audit::record(ctx, &mut tx, audit::Entry::done(*caller, "upload_material", Some(("material", id.0)))).await?;
    tx.commit().await?;
    Ok(MaterialView { id, section, kind, name: name.to_owned(), size: i64::from(size), width, height, uploaded_at })
}

/// The materials of a filing that the caller may see, as [`laid`] out: those that stand, or as a desk works on them.
pub async fn list(ctx: &Ctx, caller: &Actor, filing: FilingId) -> Result<Vec<MaterialView>> {
    if !is_visible(ctx, caller, filing).await? {
        return Err(Error::NotFound);
    }
    let mut conn = ctx.pool.acquire().await?;
    let status = journal::load(&mut conn, filing, false).await?.status;
    if works_on_what_stands(caller, status) {
        return Ok(laid(list_in(ctx, &mut conn, filing).await?));
    }
    let facts = handed_in(ctx, &mut conn, filing).await?;
    list_these(ctx, &mut conn, filing, &facts).await
}

/// The registrant does; of staff only the provider of a refused filing, which may correct and send it on (rules 0.3).
fn works_on_what_stands(caller: &Actor, status: Status) -> bool {
    matches!((caller, status), (Actor::Registrant { .. }, _) | (Actor::Provider { .. }, Status::BureauRefused))
}

/// In the order of sections and kinds, so that each lies in the same place at every case.
fn laid(mut listed: Vec<MaterialView>) -> Vec<MaterialView> {
    listed.sort_by_key(|material| (material.section, material.kind));
    listed
}

/// These materials of a filing, also those that the registrant took away since, as [`laid`] out, for use-cases that have checked
/// who asks.
pub(crate) async fn list_these(
    ctx: &Ctx,
    conn: &mut sqlx::PgConnection,
    filing: FilingId,
    facts: &[MaterialFact],
) -> Result<Vec<MaterialView>> {
    let ids: Vec<Uuid> = facts.iter().map(|material| material.id.0).collect();
    let rows = sqlx::query_as!(
        MaterialRow,
        "select id, section, kind, sealed, size, width, height, uploaded_at from materials
         where id = any($1) and filing_id = $2 and sealed <> '' order by uploaded_at, id",
        &ids,
        filing.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.view(ctx)).collect::<Result<_>>().map(laid)
}

/// The materials as last handed in.
async fn handed_in(ctx: &Ctx, conn: &mut sqlx::PgConnection, filing: FilingId) -> Result<Vec<MaterialFact>> {
    Ok(filings::handed_in(ctx, conn, filing).await?.unwrap_or_default().materials)
}

/// The materials that a filing has now.
async fn list_in(ctx: &Ctx, conn: &mut sqlx::PgConnection, filing: FilingId) -> Result<Vec<MaterialView>> {
    let rows = sqlx::query_as!(
        MaterialRow,
        "select id, section, kind, sealed, size, width, height, uploaded_at from materials
         where filing_id = $1 and removed_at is null order by uploaded_at, id",
        filing.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.view(ctx)).collect()
}

struct MaterialRow {
    id: Uuid,
    section: String,
    kind: i16,
    sealed: Vec<u8>,
    size: i32,
    width: i32,
    height: i32,
    uploaded_at: Moment,
}

impl MaterialRow {
    fn view(self, ctx: &Ctx) -> Result<MaterialView> {
        let wrong = |column| Error::Inconsistent { table: "materials", column, id: self.id };
        let id = MaterialId(self.id);
        Ok(MaterialView {
            id,
            section: self.section.parse().map_err(|_| wrong("section"))?,
            kind: u16::try_from(self.kind).map_err(|_| wrong("kind"))?,
            name: sealed::open_row(ctx, TABLE, id, &self.sealed)?.name,
            size: i64::from(self.size),
            width: self.width,
            height: self.height,
            uploaded_at: self.uploaded_at,
        })
    }
}

/// What the rules need to know of the materials that a filing has now.
pub(crate) async fn facts_in(ctx: &Ctx, conn: &mut sqlx::PgConnection, filing: FilingId) -> Result<Vec<MaterialFact>> {
    let listed = list_in(ctx, conn, filing).await?;
    Ok(listed
        .into_iter()
        .map(|m| MaterialFact {
            id: m.id,
            kind: m.kind,
            section: m.section,
            name: m.name,
            size: u32::try_from(m.size).unwrap_or(u32::MAX),
        })
        .collect())
}

/// Takes a material away from a filing that the caller may change.
pub async fn remove(ctx: &Ctx, caller: &Actor, id: MaterialId) -> Result<()> {
    let filing = sqlx::query_scalar!("select filing_id from materials where id = $1 and removed_at is null", id.0)
        .fetch_optional(&ctx.pool)
        .await?
        .ok_or(Error::NotFound)?;
    let mut tx = ctx.begin().await?;
    let row = lock_editable(&mut tx, caller, FilingId(filing)).await?;
    let removed = sqlx::query_scalar!(
        "update materials set removed_at = $2 where id = $1 and removed_at is null returning id",
        id.0,
        ctx.clock.now(),
    )
    .fetch_all(&mut *tx)
    .await?;
    if removed.is_empty() {
        return Err(Error::NotFound);
    }
    follow_removal(ctx, &mut tx, caller, &row, removed).await?;
    filings::mark_edited(ctx, &mut tx, &row, caller).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes away the materials of sections that their filing has no more; without sections, all. The caller holds the filing
/// and has decided that they go.
pub(crate) async fn remove_of(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    caller: &Actor,
    filing: &Filing,
    sections: Option<&[String]>,
) -> Result<()> {
    let removed = sqlx::query_scalar!(
        "update materials set removed_at = $3
         where filing_id = $1 and ($2::text[] is null or section = any($2)) and removed_at is null returning id",
        filing.id.0,
        sections,
        ctx.clock.now(),
    )
    .fetch_all(&mut **tx)
    .await?;
    follow_removal(ctx, tx, caller, filing, removed).await
}

/// What was removed is erased: at once, or after the time for which what was handed in is kept (rules 1.4).
async fn follow_removal(ctx: &Ctx, tx: &mut Tx<'_>, by: &Actor, filing: &Filing, removed: Vec<Uuid>) -> Result<()> {
    let now = ctx.clock.now();
    let handed_in = filing.submitted_at.is_some();
    let kept = if handed_in { retention::days(tx, retention::REMOVED_MATERIALS, now).await? } else { Duration::ZERO };
    for id in removed {
        jobs::enqueue(tx, ERASE, &id.to_string(), json!({ "material": id, "handed_in": handed_in }), now + kept).await?;
        audit::record(ctx, tx, audit::Entry::done(*by, "remove_material", Some(("material", id)))).await?;
    }
    Ok(())
}

/// Sweeps up objects that no row names.
pub(crate) async fn sweep(ctx: &Ctx) -> Result<()> {
    orphans::collect(ctx).await.map(|_| ())
}

/// Adds what this module does by itself.
pub fn handlers(handlers: Handlers) -> Handlers {
    handlers
        .on(ORPHAN, |ctx, tx, job| Box::pin(objects::collect_orphan(ctx, tx, job)))
        .on(ERASE, |ctx, tx, job| Box::pin(objects::erase(ctx, tx, job)))
}

/// Refused before the picture is decoded; asked again under the lock.
async fn editable(ctx: &Ctx, caller: &Actor, filing: FilingId) -> Result<()> {
    let mut tx = ctx.begin().await?;
    lock_editable(&mut tx, caller, filing).await?;
    tx.commit().await?;
    Ok(())
}

/// Locks a filing that its owner may change now.
async fn lock_editable(tx: &mut Tx<'_>, caller: &Actor, filing: FilingId) -> Result<Filing> {
    let Actor::Registrant { user } = *caller else { return Err(Error::NotFound) };
    let filing = journal::load_own(tx, filing, user, true).await?;
    if filing.status.is_editable() { Ok(filing) } else { Err(Refusal::Status { status: filing.status }.into()) }
}

/// Whatever was sent goes to the scanner as it came, before anything else reads it.
async fn refuse_infected(ctx: &Ctx, caller: &Actor, filing: FilingId, kind: u16, bytes: &[u8]) -> Result<()> {
    let Some(scanner) = &ctx.settings.scanner else { return Ok(()) };
    match scanner.scan(bytes).await {
        Ok(Verdict::Clean) => Ok(()),
        Ok(Verdict::Found(name)) => {
            let entry = audit::Entry::done(*caller, "upload_material", Some(("filing", filing.0)));
            let entry = entry.with_result("infected").with_detail(json!({ "found": name, "size": bytes.len() }));
            audit::record_alone(ctx, entry).await?;
            Err(Problem::with(Section::Materials, kind.to_string(), Rule::MaterialInfected, name).into())
        }
        Err(error) => Err(not_now(kind, &error)),
    }
}

/// Neither refused nor kept: somebody else's trouble, which passes.
fn not_now(kind: u16, error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "a material could not be taken");
    Problem::with(Section::Materials, kind.to_string(), Rule::MaterialLater, "").into()
}

fn check_form(section: Section, kind: u16, name: &str, size: usize) -> Result<()> {
    let problem = |rule, given: String| Err(Problem::with(Section::Materials, kind.to_string(), rule, given).into());
    if MaterialKind::find(u32::from(kind)).is_none() || !matches!(section, Section::Sponsor | Section::Site(_)) {
        return problem(Rule::UnknownCode, kind.to_string());
    }
    if name.is_empty() || name.chars().count() > MAX_NAME || find_unprintable(name).is_some() || name.contains(['\n', '\r', '\t'])
    {
        return problem(Rule::MaterialName, MAX_NAME.to_string());
    }
    if size > MAX_BYTES {
        return problem(Rule::MaterialTooLarge, "4 MB".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
