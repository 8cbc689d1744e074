//! The way back: everything is checked before anything is written, and compared afterwards.

use super::manifest::Manifest;
use super::snapshot::{self, Snapshot};
use super::{BackupError, DUMP, MANIFEST, Result, System, objects, programs};
use crate::database;
use std::path::Path;

/// Restores a backup into an empty database and an empty store. The database comes last and in one transaction: until it
/// is there, nothing was restored.
pub async fn restore(system: &System<'_>, from: &Path) -> Result<Manifest> {
    let manifest = Manifest::read(&from.join(MANIFEST))?;
    objects::verify(from, &manifest).await?;
    refuse_unknown_migrations(&manifest)?;
    manifest.keys.refuse_uncovered(system.keys)?;
    let options = system.options()?;
    let mut conn = snapshot::connect(&options).await?;
    snapshot::refuse_used(&mut conn).await?;
    let major = snapshot::major(&mut conn).await?;
    if !system.files.is_empty().await? {
        return Err(BackupError::StoreInUse);
    }

    let restored = async {
        objects::put_back(from, system.files).await?;
        programs::restore(&options, major, &from.join(DUMP)).await
    };
    if let Err(error) = restored.await {
        // The store is as empty as before, for the next try. What went wrong first is what is told.
        let _ = objects::take_out(from, system.files).await;
        return Err(error);
    }

    let tables = Snapshot::begin(&options).await?.tables().await?;
    if tables != manifest.tables {
        let differs = |name: &&String| tables.get(*name) != manifest.tables.get(*name);
        let name = manifest.tables.keys().chain(tables.keys()).find(differs);
        return Err(BackupError::Differs(format!("table {}", name.map_or("?", String::as_str))));
    }
    objects::compare(from, system.files).await?;
    Ok(manifest)
}

/// Older ones are brought up to date afterwards; those of a newer program would be served wrongly.
fn refuse_unknown_migrations(manifest: &Manifest) -> Result<()> {
    let ours = database::migrations();
    match manifest.migrations.iter().find(|(version, sum)| ours.get(version) != Some(sum)) {
        Some((version, _)) => Err(BackupError::UnknownMigration(*version)),
        None => Ok(()),
    }
}
