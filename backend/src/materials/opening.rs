//! Who is shown a material, and its bytes.

use super::{TABLE, handed_in, sealed, works_on_what_stands};
use crate::{Ctx, Error, Result, audit};
use bytes::Bytes;
use domain::actor::Actor;
use domain::filing::Status;
use domain::id::{FilingId, MaterialId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The content type and the bytes of a material: for its owner, the provider that verifies and the bureau that decides.
/// A desk opens what it works on, also what the registrant took away since; each look stands in the audit.
pub async fn open(ctx: &Ctx, caller: &Actor, id: MaterialId) -> Result<(String, Bytes)> {
    let shown = find_shown(ctx, caller, id).await?;
    note(ctx, caller, id, "open_material").await?;
    let plain = read(ctx, id, &shown).await?;
    metrics::counter!("material_bytes_total", "size" => "whole").increment(plain.len() as u64);
    Ok((shown.content_type, plain.into()))
}

/// Each look of staff stands in the audit.
pub(super) async fn note(ctx: &Ctx, caller: &Actor, id: MaterialId, verb: &str) -> Result<()> {
    match caller {
        Actor::Registrant { .. } => Ok(()),
        _ => audit::record_alone(ctx, audit::Entry::done(*caller, verb, Some(("material", id.0)))).await,
    }
}

/// The row of a material that somebody may look at.
pub(super) struct Shown {
    object_key: String,
    sealed: Vec<u8>,
    content_type: String,
    sha256: Vec<u8>,
}

/// The one gate to a material, whole or small.
pub(super) async fn find_shown(ctx: &Ctx, caller: &Actor, id: MaterialId) -> Result<Shown> {
    let viewer = Viewer::of(caller);
    let row = sqlx::query!(
        r#"select m.filing_id, f.status, m.object_key, m.sealed, m.content_type, m.sha256, m.removed_at is null as "there!"
           from materials m join filings f on f.id = m.filing_id
           where m.id = $1 and m.sealed <> '' and filing_is_visible(f, $2, $3, $4, $5)"#,
        id.0,
        viewer.category,
        viewer.user,
        viewer.provider,
        viewer.province,
    )
    .fetch_optional(&ctx.pool)
    .await?
    .ok_or(Error::NotFound)?;
    let status =
        Status::find(&row.status).ok_or(Error::Inconsistent { table: "filings", column: "status", id: row.filing_id })?;
    let is_shown = match works_on_what_stands(caller, status) {
        true => row.there,
        false => {
            let facts = handed_in(ctx, &mut *ctx.pool.acquire().await?, FilingId(row.filing_id)).await?;
            facts.iter().any(|material| material.id == id)
        }
    };
    if !is_shown {
        return Err(Error::NotFound);
    }
    Ok(Shown { object_key: row.object_key, sealed: row.sealed, content_type: row.content_type, sha256: row.sha256 })
}

/// The bytes of a material that is shown.
pub(super) async fn read(ctx: &Ctx, id: MaterialId, shown: &Shown) -> Result<Vec<u8>> {
    let inconsistent = |column| Error::Inconsistent { table: TABLE, column, id: id.0 };
    let object: Uuid = shown.object_key.parse().map_err(|_| inconsistent("object_key"))?;
    let key = sealed::open_row(ctx, TABLE, id, &shown.sealed)?;
    let plain = key.open(&ctx.files.get(object).await?, object).ok_or_else(|| inconsistent("sealed"))?;
    if Sha256::digest(&plain).as_slice() != shown.sha256 {
        return Err(inconsistent("sha256"));
    }
    Ok(plain)
}

/// What `filing_is_visible` asks about a caller.
pub(crate) struct Viewer {
    pub category: &'static str,
    pub user: Option<Uuid>,
    pub provider: Option<Uuid>,
    pub province: Option<i32>,
}

impl Viewer {
    pub(crate) fn of(caller: &Actor) -> Self {
        let user = caller.user().map(|u| u.0);
        let (category, provider, province) = match *caller {
            Actor::Registrant { .. } => ("registrant", None, None),
            Actor::Provider { provider, .. } => ("provider", Some(provider.0), None),
            Actor::Bureau { province, .. } => ("bureau", None, i32::try_from(province).ok()),
            Actor::Anonymous | Actor::System => ("", None, None),
        };
        Self { category, user, provider, province }
    }
}

/// Whether the caller may see a filing at all.
pub(crate) async fn is_visible(ctx: &Ctx, caller: &Actor, filing: FilingId) -> Result<bool> {
    let viewer = Viewer::of(caller);
    let visible = sqlx::query_scalar!(
        r#"select filing_is_visible(f, $2, $3, $4, $5) as "visible!" from filings f where id = $1"#,
        filing.0,
        viewer.category,
        viewer.user,
        viewer.provider,
        viewer.province,
    )
    .fetch_optional(&ctx.pool)
    .await?;
    Ok(visible.unwrap_or_default())
}
