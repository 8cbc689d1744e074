//! Backup and restore: the database, the sealed objects that its rows name, and what proves that both came back whole.
//!
//! A backup is a folder:
//!
//! | file | what |
//! |---|---|
//! | `manifest.json` | [`Manifest`]: when, of what, rows and digest of each table, the ids of the keys that are needed |
//! | `database.dump` | `pg_dump`'s custom format |
//! | `objects/…` | materials as the store holds them: sealed, and so they stay |
//! | `SHA256SUMS` | a line for each of the others, as `sha256sum --check` reads them |
//!
//! Dump, counts and the list of objects are of one snapshot of the database, so that it may be written to meanwhile. Keys
//! are never in it: who finds a backup finds nothing that opens, and who restores brings the keys.

mod error;
mod manifest;
mod objects;
mod programs;
mod restore;
mod snapshot;
#[cfg(test)]
mod tests;

pub use error::BackupError;
pub use manifest::{Manifest, NeededKeys, TableFacts};
pub use restore::restore;

use crate::files::Files;
use crate::keys::Keys;
use domain::Moment;
use error::at;
use secrecy::{ExposeSecret, SecretString};
use snapshot::Snapshot;
use sqlx::postgres::PgConnectOptions;
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const DUMP: &str = "database.dump";
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";
/// The manifest's form and the folder's; a reader refuses what it does not know.
const FORMAT: u32 = 1;

type Result<T, E = BackupError> = std::result::Result<T, E>;

/// What is backed up, or restored into.
#[derive(Clone, Copy, Debug)]
pub struct System<'a> {
    /// Its database.
    pub database_url: &'a SecretString,
    /// Its store of materials.
    pub files: &'a Files,
    /// Its keys, where there are any: to tell later whether those of the restored system are the same.
    pub keys: Option<&'a Keys>,
}

impl System<'_> {
    fn options(&self) -> Result<PgConnectOptions> {
        Ok(self.database_url.expose_secret().parse()?)
    }
}

/// Writes a backup into a folder that is not there yet; it stands under its name only once it is whole.
pub async fn backup(system: &System<'_>, to: &Path, now: Moment) -> Result<Manifest> {
    refuse_existing(to)?;
    let unfinished = Unfinished::beside(to)?;
    let options = system.options()?;
    let mut snapshot = Snapshot::begin(&options).await?;
    let manifest = write(system, &options, &mut snapshot, &unfinished.0, now).await?;
    // A folder that came meanwhile would be written into if it were empty.
    refuse_existing(to)?;
    std::fs::rename(&unfinished.0, to).map_err(at(to))?;
    sync(parent(to))?;
    Ok(manifest)
}

async fn write(
    system: &System<'_>,
    options: &PgConnectOptions,
    snapshot: &mut Snapshot,
    folder: &Path,
    now: Moment,
) -> Result<Manifest> {
    let postgres = snapshot.major().await?;
    let dump = folder.join(DUMP);
    programs::dump(options, postgres, &snapshot.id, &dump).await?;
    sync(&dump)?;
    let mut sums = objects::Sums::create(folder)?;
    sums.add(DUMP, &objects::hash_file(&dump).await?)?;
    let copied = objects::copy(system.files, options, snapshot, folder, &mut sums).await?;
    let manifest = Manifest {
        format: FORMAT,
        made_at: now,
        kind: snapshot.kind().await?,
        postgres,
        migrations: snapshot.migrations().await?,
        tables: snapshot.tables().await?,
        keys: snapshot.needed_keys(system.keys).await?,
        objects: copied,
    };
    manifest.write(&folder.join(MANIFEST))?;
    sums.add(MANIFEST, &objects::hash_file(&folder.join(MANIFEST)).await?)?;
    sums.finish()?;
    sync(folder)?;
    Ok(manifest)
}

/// A folder beside the one to be, for its owner alone; gone again unless it was renamed.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(to: &Path) -> Result<Self> {
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        let folder = parent(to).join(format!(".{name}.{}.unfinished", Uuid::new_v4().simple()));
        std::fs::DirBuilder::new().mode(0o700).create(&folder).map_err(at(&folder))?;
        Ok(Self(folder))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Renamed, it is not there.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refuse_existing(to: &Path) -> Result<()> {
    match std::fs::symlink_metadata(to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(to)(error)),
        Ok(_) => Err(BackupError::TargetExists(to.to_owned())),
    }
}

/// What is renamed must be on the disk before its name is.
fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}
