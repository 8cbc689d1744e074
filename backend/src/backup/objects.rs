//! Objects and sums: copied and hashed piece by piece, so that neither many nor large ones fill the memory.

use super::error::{at, damaged};
use super::manifest::{Manifest, ObjectFacts};
use super::snapshot::{self, Snapshot};
use super::{BackupError, DUMP, MANIFEST, Result, SUMS};
use crate::Error;
use crate::files::{self, Files};
use futures::{StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

const OBJECTS: &str = "objects";
const PIECE: usize = 256 * 1024;

/// The list of sums, in the form of `sha256sum`.
pub struct Sums {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Sums {
    /// Begins the list.
    pub fn create(folder: &Path) -> Result<Self> {
        let path = folder.join(SUMS);
        let file = File::create_new(&path).map_err(at(&path))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    /// Adds a file by its path within the backup.
    pub fn add(&mut self, name: &str, sum: &str) -> Result<()> {
        writeln!(self.file, "{sum}  {name}").map_err(at(&self.path))
    }

    /// Ends the list, on the disk.
    pub fn finish(self) -> Result<()> {
        let path = self.path;
        let file = self.file.into_inner().map_err(|error| at(&path)(error.into_error()))?;
        file.sync_all().map_err(at(&path))
    }
}

/// Copies every object that a row of the snapshot names.
pub async fn copy(
    store: &Files,
    options: &PgConnectOptions,
    snapshot: &mut Snapshot,
    folder: &Path,
    sums: &mut Sums,
) -> Result<ObjectFacts> {
    let mut facts = ObjectFacts::default();
    // The snapshot does not see what happens meanwhile.
    let mut meanwhile = snapshot::connect(options).await?;
    let mut named = std::pin::pin!(snapshot.objects());
    while let Some((material, object)) = named.try_next().await? {
        let lost = || BackupError::Lost { object: object.clone(), material };
        let id: Uuid = object.parse().map_err(|_| lost())?;
        match store.stream(id).await {
            Ok(pieces) => {
                let name = format!("{OBJECTS}/{}", files::path_of(id));
                let (bytes, sum) = keep(pieces, &folder.join(&name)).await?;
                sums.add(&name, &sum)?;
                facts.count += 1;
                facts.bytes += bytes;
            }
            Err(Error::NotFound) if snapshot::still_stands(&mut meanwhile, material).await? => return Err(lost()),
            Err(Error::NotFound) => facts.removed_meanwhile += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(facts)
}

async fn keep(mut pieces: files::Pieces, path: &Path) -> Result<(u64, String)> {
    if let Some(shelf) = path.parent() {
        std::fs::create_dir_all(shelf).map_err(at(shelf))?;
    }
    let mut file = tokio::fs::File::create_new(path).await.map_err(at(path))?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        hash.update(&piece);
        bytes += u64::try_from(piece.len()).unwrap_or_default();
        file.write_all(&piece).await.map_err(at(path))?;
    }
    file.sync_all().await.map_err(at(path))?;
    Ok((bytes, hex::encode(hash.finalize())))
}

/// The sum of a file.
pub async fn hash_file(path: &Path) -> Result<String> {
    let mut file = tokio::fs::File::open(path).await.map_err(at(path))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).await.map_err(at(path))?;
        match piece.get(..read) {
            Some([]) | None => return Ok(hex::encode(hash.finalize())),
            Some(bytes) => hash.update(bytes),
        }
    }
}

/// The lines of a backup's sums, one at a time: name and sum.
fn lines(folder: &Path) -> Result<impl Iterator<Item = Result<(String, String)>>> {
    let path = folder.join(SUMS);
    let file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(damaged(SUMS, "is missing")),
        other => other.map_err(at(&path))?,
    };
    Ok(BufReader::new(file).lines().map(|line| {
        let line = line.map_err(|_| damaged(SUMS, "is not a list of sums"))?;
        let (sum, name) = line.split_once("  ").ok_or_else(|| damaged(SUMS, "is not a list of sums"))?;
        Ok((name.to_owned(), sum.to_owned()))
    }))
}

/// The objects of a backup: identifier, name within the backup, sum.
fn listed(folder: &Path) -> Result<impl Iterator<Item = Result<(Uuid, String, String)>>> {
    Ok(lines(folder)?.filter_map(|line| match line {
        Ok((name, sum)) => object_of(&name).map(|id| Ok((id, name, sum))),
        Err(error) => Some(Err(error)),
    }))
}

/// The identifier of an object's file. A name that is not exactly where the store would have it is none: a list from
/// elsewhere leads nowhere.
fn object_of(name: &str) -> Option<Uuid> {
    let id = Uuid::parse_str(name.rsplit('/').next()?).ok()?;
    (name == format!("{OBJECTS}/{}", files::path_of(id))).then_some(id)
}

/// Holds every file of a backup to its sum, and the list to the manifest.
pub async fn verify(folder: &Path, manifest: &Manifest) -> Result<()> {
    let (mut dump, mut itself, mut count) = (false, false, 0);
    for line in lines(folder)? {
        let (name, sum) = line?;
        match name.as_str() {
            DUMP => dump = true,
            MANIFEST => itself = true,
            _ if object_of(&name).is_some() => count += 1,
            _ => return Err(damaged(SUMS, "names what is no part of a backup")),
        }
        match hash_file(&folder.join(&name)).await {
            Ok(found) if found == sum => {}
            Ok(_) => return Err(damaged(&name, "is not what was written")),
            Err(BackupError::Io(_, error)) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(damaged(&name, "is missing"));
            }
            Err(error) => return Err(error),
        }
    }
    if !dump || !itself || count != manifest.objects.count {
        return Err(damaged(SUMS, "lacks lines"));
    }
    Ok(())
}

/// Puts the objects of a backup into a store.
pub async fn put_back(folder: &Path, store: &Files) -> Result<()> {
    for object in listed(folder)? {
        let (id, name, _) = object?;
        let path = folder.join(name);
        let mut file = tokio::fs::File::open(&path).await.map_err(at(&path))?;
        let mut writer = store.writer(id);
        tokio::io::copy(&mut file, &mut writer).await.map_err(at(&path))?;
        writer.shutdown().await.map_err(at(&path))?;
    }
    Ok(())
}

/// Takes out again what [`put_back`] put there.
pub async fn take_out(folder: &Path, store: &Files) -> Result<()> {
    for object in listed(folder)? {
        store.delete(object?.0).await?;
    }
    Ok(())
}

/// Whether the store gives back what the backup holds.
pub async fn compare(folder: &Path, store: &Files) -> Result<()> {
    for object in listed(folder)? {
        let (id, name, sum) = object?;
        let mut pieces = match store.stream(id).await {
            Err(Error::NotFound) => return Err(BackupError::Differs(name)),
            other => other?,
        };
        let mut hash = Sha256::new();
        while let Some(piece) = pieces.next().await {
            hash.update(&piece?);
        }
        if hex::encode(hash.finalize()) != sum {
            return Err(BackupError::Differs(name));
        }
    }
    Ok(())
}
