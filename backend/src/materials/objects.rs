//! Objects of the store, and the jobs by which none is left that no row names.

use super::{ERASE, ORPHAN, thumbnails};
use crate::retention::{self, REMOVED_MATERIALS};
use crate::{Ctx, Result, Tx, jobs};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

/// Keeps objects whose rows are yet to be written: first a job for each that would collect it, then the objects.
pub async fn put(ctx: &Ctx, objects: &[(Uuid, Bytes)]) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let later = ctx.clock.now() + Duration::hours(1);
    for (object, _) in objects {
        jobs::enqueue(&mut tx, ORPHAN, &object.to_string(), json!({ "object": object }), later).await?;
    }
    tx.commit().await?;
    for (object, bytes) in objects {
        ctx.files.put(*object, bytes.clone()).await?;
    }
    Ok(())
}

/// A job: deletes an object whose row was never written.
pub async fn collect_orphan(ctx: &Ctx, tx: &mut Tx<'_>, job: &jobs::Job) -> Result<()> {
    let kept = sqlx::query_scalar!(
        r#"select exists (select from materials where object_key = $1)
               or exists (select from material_thumbnails where object_key = $1) as "kept!""#,
        job.key
    )
    .fetch_one(&mut **tx)
    .await?;
    match job.key.parse() {
        Ok(object) if !kept => ctx.files.delete(object).await,
        _ => Ok(()),
    }
}

/// A job: forgets a removed material's keys, then its bytes, whole and small. The rule of this day decides, should it be longer
/// than that of the removal.
pub async fn erase(ctx: &Ctx, tx: &mut Tx<'_>, job: &jobs::Job) -> Result<()> {
    let About { material: id, handed_in } = serde_json::from_value(job.payload.clone())?;
    let removed_at = sqlx::query_scalar!("select removed_at from materials where id = $1", id).fetch_optional(&mut **tx).await?;
    let Some(removed_at) = removed_at.flatten() else { return Ok(()) };
    if handed_in {
        let until = removed_at + retention::days(tx, REMOVED_MATERIALS, ctx.clock.now()).await?;
        if until > ctx.clock.now() {
            return jobs::enqueue(tx, ERASE, &format!("{id} {}", until.date()), job.payload.clone(), until).await.map(drop);
        }
    }
    let object =
        sqlx::query_scalar!("update materials set sealed = '' where id = $1 and removed_at is not null returning object_key", id)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(object) = object else { return Ok(()) };
    let small = thumbnails::forget(tx, id).await?;
    for object in [Some(object), small].into_iter().flatten().filter_map(|key| key.parse().ok()) {
        ctx.files.delete(object).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct About {
    material: Uuid,
    #[serde(default)]
    handed_in: bool,
}
