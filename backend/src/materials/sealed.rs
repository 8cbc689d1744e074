//! A file under a key of its own, and the row that keeps the key wrapped.

use crate::keys::Place;
use crate::{Ctx, Error, Result};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use data_encoding::BASE64;
use domain::id::MaterialId;
use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Each key seals one file once, so a fixed nonce never repeats.
const NONCE: [u8; 12] = [0; 12];

/// A file ready to be stored.
pub struct SealedFile {
    /// The row's column.
    pub row: Vec<u8>,
    /// The object's bytes.
    pub bytes: Vec<u8>,
}

/// What the row's column holds.
#[derive(Serialize, Deserialize)]
pub struct FileRow {
    /// The file's name as given.
    pub name: String,
    key: String,
}

impl SealedFile {
    /// Seals a file for one object. `table` is where its row stands, under the material's id.
    pub fn seal(ctx: &Ctx, table: &'static str, id: MaterialId, name: &str, plain: &[u8], object: Uuid) -> Result<Self> {
        let mut key = [0_u8; 32];
        OsRng.try_fill_bytes(&mut key).map_err(|_| Error::Internal("no random numbers"))?;
        let cipher = Aes256GcmSiv::new_from_slice(&key).map_err(|_| Error::Internal("a key of 32 bytes"))?;
        let payload = Payload { msg: plain, aad: object.as_bytes() };
        let bytes = cipher.encrypt(&Nonce::from(NONCE), payload).map_err(|_| Error::Internal("a file too large to seal"))?;
        let row = FileRow { name: name.to_owned(), key: BASE64.encode(&key) };
        Ok(Self { row: ctx.keys.seal(place(table, id), &serde_json::to_vec(&row)?), bytes })
    }
}

impl FileRow {
    /// The file's bytes; none when they are not what was sealed for this object.
    pub fn open(&self, sealed: &[u8], object: Uuid) -> Option<Vec<u8>> {
        let cipher = Aes256GcmSiv::new_from_slice(&BASE64.decode(self.key.as_bytes()).ok()?).ok()?;
        cipher.decrypt(&Nonce::from(NONCE), Payload { msg: sealed, aad: object.as_bytes() }).ok()
    }
}

/// The row's column, opened.
pub fn open_row(ctx: &Ctx, table: &'static str, id: MaterialId, sealed: &[u8]) -> Result<FileRow> {
    Ok(serde_json::from_slice(&ctx.keys.open(place(table, id), sealed)?)?)
}

fn place(table: &'static str, id: MaterialId) -> Place {
    Place { table, column: "sealed", row: id.0, version: 1 }
}
