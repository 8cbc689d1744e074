//! Where materials are kept: a folder, or a bucket of an object store.

mod bucket;

pub use bucket::Bucket;

use crate::{Error, Result};
use bytes::Bytes;
use domain::Moment;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::buffered::BufWriter;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path::Path as ObjectPath};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWrite;
use uuid::Uuid;

/// The bytes of one object, as they come.
pub type Pieces = BoxStream<'static, Result<Bytes>>;

/// How many shelves there are.
pub const SHELVES: usize = 256;

/// One object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its identifier.
    pub id: Uuid,
    /// When it was written, by the store's clock.
    pub since: Moment,
}

/// A store of sealed bytes under random identifiers.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

/// Which store.
#[derive(Clone, Debug)]
pub enum StorePlace {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

impl StorePlace {
    /// Opens it. A bucket is not asked yet.
    pub fn open(&self) -> Result<Files> {
        match self {
            Self::Folder(path) => Files::in_folder(path)
                .map_err(|e| Error::Store(object_store::Error::Generic { store: "folder", source: Box::new(e) })),
            Self::Bucket(bucket) => Files::in_bucket(bucket),
        }
    }
}

impl std::fmt::Display for StorePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Bucket(Bucket { name, folder, .. }) => write!(f, "s3://{name}/{folder}"),
        }
    }
}

impl Files {
    /// A folder, made if it is missing.
    pub fn in_folder(path: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(path)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(std::io::Error::other)?;
        Ok(Self(Arc::new(store.with_automatic_cleanup(true))))
    }

    /// A store that ends with the process.
    pub fn in_memory() -> Self {
        Self(Arc::new(InMemory::new()))
    }

    /// A bucket of a store that speaks S3.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self> {
        Ok(Self(Arc::new(bucket.open()?)))
    }

    /// Whether the store answers: asked for what nobody kept, it has to say that it is not there.
    pub async fn ping(&self) -> Result<()> {
        match self.0.head(&path(Uuid::nil())).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Keeps bytes under an identifier.
    pub async fn put(&self, id: Uuid, bytes: Bytes) -> Result<()> {
        self.0.put(&path(id), bytes.into()).await?;
        Ok(())
    }

    /// The bytes kept under an identifier.
    pub async fn get(&self, id: Uuid) -> Result<Bytes> {
        match self.0.get(&path(id)).await {
            Ok(found) => Ok(found.bytes().await?),
            Err(object_store::Error::NotFound { .. }) => Err(Error::NotFound),
            Err(e) => Err(e.into()),
        }
    }

    /// The same, piece by piece.
    pub async fn stream(&self, id: Uuid) -> Result<Pieces> {
        match self.0.get(&path(id)).await {
            Ok(found) => Ok(found.into_stream().map_err(Error::from).boxed()),
            Err(object_store::Error::NotFound { .. }) => Err(Error::NotFound),
            Err(e) => Err(e.into()),
        }
    }

    /// Keeps what is written; it is there once the writer was shut down.
    pub fn writer(&self, id: Uuid) -> impl AsyncWrite + Unpin + use<> {
        BufWriter::new(self.0.clone(), path(id))
    }

    /// Whether it answers and lets us look and list.
    pub async fn reach(&self) -> Result<(), Reach> {
        use object_store::Error::{PermissionDenied, Unauthenticated};
        self.ping().await.map_err(|error| match error {
            Error::Store(PermissionDenied { .. } | Unauthenticated { .. }) => Reach::Refused(error),
            error => Reach::Away(error),
        })?;
        // Who looked is known: what does not list is no bucket, or not ours.
        self.is_empty().await.map_err(Reach::Refused).map(|_| ())
    }

    /// Whether nothing at all is kept here.
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.0.list(None).try_next().await?.is_none())
    }

    /// What one shelf holds, as it comes. What is not named as [`Files::put`] names it is not ours and left out.
    pub fn list(&self, shelf: u8) -> BoxStream<'static, Result<Kept>> {
        let entries = self.0.list(Some(&ObjectPath::from(format!("{shelf:02x}"))));
        let kept = entries.map_err(Error::from).try_filter_map(async |entry| {
            let id = entry.location.filename().and_then(|name| Uuid::try_parse(name).ok());
            let id = id.filter(|id| path(*id) == entry.location);
            let since = Moment::from_unix_timestamp(entry.last_modified.timestamp()).ok();
            Ok(id.zip(since).map(|(id, since)| Kept { id, since }))
        });
        kept.boxed()
    }

    /// Forgets an identifier. Nothing happens if it is not known.
    pub async fn delete(&self, id: Uuid) -> Result<()> {
        match self.0.delete(&path(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}

/// Why a store is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Reach {
    /// It answers, and lets us not in: another key or bucket is needed.
    #[error("{0}")]
    Refused(Error),
    /// It does not answer; it may come back.
    #[error("{0}")]
    Away(Error),
}

/// Where an identifier stands, relative to the store.
pub(crate) fn path_of(id: Uuid) -> String {
    path(id).to_string()
}

/// The last digits spread evenly, the first ones (the time) do not.
fn path(id: Uuid) -> ObjectPath {
    let name = id.simple().to_string();
    let (_, shelf) = name.split_at(name.len() - 2);
    ObjectPath::from(format!("{shelf}/{name}"))
}
