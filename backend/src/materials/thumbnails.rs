//! What lists show of a material: a small picture, sealed like the whole one and shown to the same people.

use super::sealed::{self, SealedFile};
use super::{objects, opening, picture};
use crate::{Ctx, Error, Result, Tx};
use bytes::Bytes;
use domain::actor::Actor;
use domain::id::MaterialId;
use uuid::Uuid;

const TABLE: &str = "material_thumbnails";

/// A small picture on its way into the store.
pub struct Thumbnail {
    /// Its object.
    pub object: Uuid,
    /// The object's bytes.
    pub bytes: Bytes,
    row: Vec<u8>,
    size: i32,
}

impl Thumbnail {
    /// Seals a small picture under a key of its own.
    pub fn seal(ctx: &Ctx, id: MaterialId, small: &[u8]) -> Result<Self> {
        let object = Uuid::new_v4();
        let sealed = SealedFile::seal(ctx, TABLE, id, "", small, object)?;
        let size = i32::try_from(small.len()).map_err(|_| Error::Internal("a small picture of two gigabytes"))?;
        Ok(Self { object, bytes: sealed.bytes.into(), row: sealed.row, size })
    }

    /// Writes its row, over that of one that the store lost, unless the material is being erased.
    pub async fn insert(&self, ctx: &Ctx, tx: &mut Tx<'_>, id: MaterialId) -> Result<()> {
        let stands = sqlx::query_scalar!(r#"select sealed <> '' as "stands!" from materials where id = $1 for share"#, id.0)
            .fetch_optional(&mut **tx)
            .await?;
        if stands != Some(true) {
            return Err(Error::NotFound);
        }
        sqlx::query!(
            "insert into material_thumbnails (material_id, object_key, sealed, size, made_at) values ($1, $2, $3, $4, $5)
             on conflict (material_id) do update set object_key = $2, sealed = $3, size = $4, made_at = $5",
            id.0,
            self.object.to_string(),
            self.row,
            self.size,
            ctx.clock.now(),
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// The small picture of a material, a JPEG, for whom [`super::open`] would show the whole one. Made now where there is none.
pub async fn open(ctx: &Ctx, caller: &Actor, id: MaterialId) -> Result<Bytes> {
    let shown = opening::find_shown(ctx, caller, id).await?;
    opening::note(ctx, caller, id, "see_thumbnail").await?;
    let small = match find(ctx, id).await? {
        Some(small) => small,
        None => make(ctx, id, &shown).await?,
    };
    metrics::counter!("material_bytes_total", "size" => "small").increment(small.len() as u64);
    Ok(small)
}

async fn find(ctx: &Ctx, id: MaterialId) -> Result<Option<Bytes>> {
    let row = sqlx::query!("select object_key, sealed from material_thumbnails where material_id = $1", id.0)
        .fetch_optional(&ctx.pool)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let inconsistent = |column| Error::Inconsistent { table: TABLE, column, id: id.0 };
    let object: Uuid = row.object_key.parse().map_err(|_| inconsistent("object_key"))?;
    let key = sealed::open_row(ctx, TABLE, id, &row.sealed)?;
    match ctx.files.get(object).await {
        Ok(sealed) => Ok(Some(key.open(&sealed, object).ok_or_else(|| inconsistent("sealed"))?.into())),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Of a material that was kept before there were small ones.
async fn make(ctx: &Ctx, id: MaterialId, shown: &opening::Shown) -> Result<Bytes> {
    let whole = opening::read(ctx, id, shown).await?;
    let small =
        picture::reduce(whole).await.map_err(|_| Error::Inconsistent { table: "materials", column: "sealed", id: id.0 })?;
    let thumbnail = Thumbnail::seal(ctx, id, &small)?;
    objects::put(ctx, &[(thumbnail.object, thumbnail.bytes.clone())]).await?;
    let mut tx = ctx.begin().await?;
    thumbnail.insert(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(small.into())
}

/// Forgets a small picture's key; answers its object.
pub async fn forget(tx: &mut Tx<'_>, material: Uuid) -> Result<Option<String>> {
    let object = sqlx::query_scalar!("delete from material_thumbnails where material_id = $1 returning object_key", material);
    Ok(object.fetch_optional(&mut **tx).await?)
}
