//! Where materials are kept: a folder, or any other object store.

use crate::{Error, Result};
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::buffered::BufWriter;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path::Path as ObjectPath};
use std::path::Path;
use std::sync::Arc;
use tokio::io::AsyncWrite;
use uuid::Uuid;

/// The bytes of one object, as they come.
pub type Pieces = BoxStream<'static, Result<Bytes>>;

/// A store of sealed bytes under random identifiers.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

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

    /// Any other store.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self(store)
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

    /// Whether nothing at all is kept here.
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.0.list(None).try_next().await?.is_none())
    }

    /// Forgets an identifier. Nothing happens if it is not known.
    pub async fn delete(&self, id: Uuid) -> Result<()> {
        match self.0.delete(&path(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
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
