//! Keys for personal data: sealing (AES-256-GCM-SIV) and blind indexes (HMAC-SHA-256).
//!
//! Sealed bytes are `1 | suite | length of key id | key id | nonce (12) | ciphertext`. Table, column, row and row version
//! are authenticated with them, so that a value moved to another place or put back from an older version does not open.
//! Keys come from a file or the environment, never from the database, and are never printed.

mod file;
pub mod registry;

pub use file::{Changed, KeyError, Step};

use crate::{Error, Result};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use subtle::ConstantTimeEq;
use uuid::Uuid;

const LAYOUT: u8 = 1;
const SUITE_AES_256_GCM_SIV: u8 = 1;
const NONCE_LENGTH: usize = 12;
/// What stands in an address instead of a table.
pub(crate) const RECEIPT: &str = "receipt";

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's identifier.
    pub row: Uuid,
    /// The row's version.
    pub version: i32,
}

/// All keys of this installation.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    active: String,
    sealing: BTreeMap<String, SecretBox<[u8; 32]>>,
    index_version: u8,
    index: BTreeMap<u8, SecretBox<[u8; 32]>>,
    /// What is left of retired sealing keys: the public keys of what was signed under them.
    retired_signing: BTreeMap<String, [u8; 32]>,
    /// Retired index keys: for codes that people hold alone.
    retired_index: BTreeMap<u8, SecretBox<[u8; 32]>>,
    /// The key that rows need and this node does not have.
    lacking: Mutex<Option<String>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Keys that tests know.
    #[doc(hidden)]
    pub fn fixed() -> Self {
        Self(Arc::new(Inner {
            active: "test".into(),
            sealing: [("test".to_owned(), SecretBox::new(Box::new([7; 32])))].into(),
            index_version: 1,
            index: [(1, SecretBox::new(Box::new([8; 32])))].into(),
            retired_signing: BTreeMap::new(),
            retired_index: BTreeMap::new(),
            lacking: Mutex::default(),
        }))
    }

    /// Seals a value for one place.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Vec<u8> {
        let inner = &*self.0;
        let nonce = random::<NONCE_LENGTH>();
        let mut out = vec![LAYOUT, SUITE_AES_256_GCM_SIV, u8::try_from(inner.active.len()).unwrap_or_default()];
        out.extend_from_slice(inner.active.as_bytes());
        out.extend_from_slice(&nonce);
        // Both fail only on values of more than 64 GiB and on a key of the wrong length; `parse` allows neither.
        let sealed = inner.sealing.get(&inner.active).and_then(|key| {
            let cipher = Aes256GcmSiv::new_from_slice(key.expose_secret()).ok()?;
            cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &place.bytes() }).ok()
        });
        out.extend_from_slice(&sealed.unwrap_or_default());
        out
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>> {
        self.try_open(place, sealed).ok_or(Error::Inconsistent { table: place.table, column: place.column, id: place.row })
    }

    /// Opens a sealed text.
    pub fn open_text(&self, place: Place, sealed: &[u8]) -> Result<String> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| Error::Inconsistent {
            table: place.table,
            column: place.column,
            id: place.row,
        })
    }

    fn try_open(&self, place: Place, sealed: &[u8]) -> Option<Vec<u8>> {
        let [LAYOUT, SUITE_AES_256_GCM_SIV, id_length, rest @ ..] = sealed else { return None };
        let (id, rest) = rest.split_at_checked(usize::from(*id_length))?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        let id = std::str::from_utf8(id).ok()?;
        let Some(key) = self.0.sealing.get(id) else {
            // Receipts come from anybody; what rows say is ours.
            if place.table != RECEIPT {
                tracing::error!(key = id, table = place.table, "a row is sealed with a key that is not in the keys' file");
            }
            return None;
        };
        let cipher = Aes256GcmSiv::new_from_slice(key.expose_secret()).ok()?;
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad: &place.bytes() }).ok()
    }

    /// The blind index of a canonical value: equal values of one kind have equal indexes, and nobody without the key can
    /// try values. The first byte is the key's version.
    pub fn index(&self, kind: &str, canonical: &str) -> Vec<u8> {
        self.index_with(self.0.index_version, kind, canonical)
    }

    /// The indexes under every key there is, that of [`Self::index`] last: for looking up rows that were indexed under another
    /// key, older or newer, than this node writes with.
    pub fn indexes(&self, kind: &str, canonical: &str) -> Vec<Vec<u8>> {
        let active = self.0.index_version;
        let others = self.0.index.keys().copied().filter(|version| *version != active);
        others.chain([active]).map(|version| self.index_with(version, kind, canonical)).collect()
    }

    /// The same with retired keys before them: for codes that people hold, which nobody can index anew.
    pub fn held(&self, kind: &str, canonical: &str) -> Vec<Vec<u8>> {
        let retired = self.0.retired_index.keys().map(|version| self.index_with(*version, kind, canonical));
        retired.chain(self.indexes(kind, canonical)).collect()
    }

    /// Whether a code that somebody gave is the one that was indexed, in the same time for any.
    pub fn is_held(&self, kind: &str, canonical: &str, index: &[u8]) -> bool {
        self.held(kind, canonical).iter().any(|known| known.ct_eq(index).into())
    }

    /// The index under the oldest key there is: the same on all nodes while they change one after the other. For counts.
    pub fn steady_index(&self, kind: &str, canonical: &str) -> Vec<u8> {
        let oldest = self.0.index.keys().next().copied().unwrap_or(self.0.index_version);
        self.index_with(oldest, kind, canonical)
    }

    /// Signs by Ed25519 (RFC 8032) with the key of the present; answers its id too.
    pub fn sign(&self, message: &[u8]) -> Option<(&str, [u8; 64])> {
        let id = self.0.active.as_str();
        Some((id, self.signing(id)?.sign(message).to_bytes()))
    }

    /// Whether the key of this id signed the message.
    pub fn is_signed(&self, id: &str, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature).ok();
        let retired = || ed25519_dalek::VerifyingKey::from_bytes(self.0.retired_signing.get(id)?).ok();
        let key = self.signing(id).map(|key| key.verifying_key()).or_else(retired);
        key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
    }

    /// The public keys of all that was ever signed, by id.
    pub fn public_keys(&self) -> Vec<(String, [u8; 32])> {
        let retired = self.0.retired_signing.iter().map(|(id, key)| (id.clone(), *key));
        retired.chain(self.0.sealing.keys().filter_map(|id| Some((id.clone(), self.public_key(id)?)))).collect()
    }

    fn public_key(&self, id: &str) -> Option<[u8; 32]> {
        Some(self.signing(id)?.verifying_key().to_bytes())
    }

    /// The key for signing that belongs to a sealing key: nobody who has the one has the other.
    fn signing(&self, id: &str) -> Option<SigningKey> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.sealing.get(id)?.expose_secret()).ok()?;
        mac.update(b"signing electronic certificates");
        Some(SigningKey::from_bytes(&mac.finalize().into_bytes().into()))
    }

    /// Tells a sealing key from another of the same id, and nothing else of it; none when there is no key of this id.
    pub fn sealing_check(&self, id: &str) -> Option<String> {
        check_value(self.0.sealing.get(id)?)
    }

    /// The same for a version of the index key.
    pub fn index_check(&self, version: u8) -> Option<String> {
        check_value(self.0.index.get(&version)?)
    }

    /// The same for a key that checks codes which people hold: retired ones go on doing so.
    pub fn held_check(&self, version: u8) -> Option<String> {
        self.index_check(version).or_else(|| check_value(self.0.retired_index.get(&version)?))
    }

    /// All keys that open and find, with their check values, by the names that the database has for them.
    pub fn reads(&self) -> BTreeMap<String, String> {
        let sealing = self.0.sealing.keys().filter_map(|id| Some((sealing_name(id), self.sealing_check(id)?)));
        let index = self.0.index.keys().filter_map(|version| Some((index_name(*version), self.index_check(*version)?)));
        sealing.chain(index).collect()
    }

    /// The names of the two keys that rows are written with.
    pub fn writes(&self) -> [String; 2] {
        [sealing_name(&self.0.active), index_name(self.0.index_version)]
    }

    /// Whether something is left of a retired key of this name.
    pub fn has_retired(&self, name: &str) -> bool {
        let mut names = self.0.retired_signing.keys().map(|id| sealing_name(id));
        names.any(|known| known == name) || self.0.retired_index.keys().any(|version| index_name(*version) == name)
    }

    /// The id of the key that seals.
    pub(crate) fn active(&self) -> &str {
        &self.0.active
    }

    /// The version of the key that indexes.
    pub(crate) fn index_version(&self) -> u8 {
        self.0.index_version
    }

    /// The key that rows need and this node does not have, as it was last seen.
    pub fn lacking(&self) -> Option<String> {
        self.0.lacking.lock().ok()?.clone()
    }

    pub(crate) fn set_lacking(&self, name: Option<String>) {
        if let Ok(mut lacking) = self.0.lacking.lock() {
            *lacking = name;
        }
    }

    fn index_with(&self, version: u8, kind: &str, canonical: &str) -> Vec<u8> {
        let mut out = vec![version];
        let key = self.0.index.get(&version).or_else(|| self.0.retired_index.get(&version));
        if let Some(mut mac) = key.and_then(|k| <Hmac<Sha256> as KeyInit>::new_from_slice(k.expose_secret()).ok()) {
            mac.update(kind.as_bytes());
            mac.update(&[0]);
            mac.update(canonical.as_bytes());
            out.extend_from_slice(&mac.finalize().into_bytes());
        }
        out
    }
}

/// How the database names a sealing key.
pub fn sealing_name(id: &str) -> String {
    format!("sealing {id}")
}

/// How the database names an index key.
pub fn index_name(version: u8) -> String {
    format!("index {version}")
}

/// Eight bytes of a keyed hash: nobody who has them is nearer to the key.
fn check_value(key: &SecretBox<[u8; 32]>) -> Option<String> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose_secret()).ok()?;
    mac.update(b"which key this is");
    Some(mac.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row.as_bytes(), &self.version.to_be_bytes()] {
            out.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(part);
        }
        out
    }
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut rng = OsRng;
    // A system without randomness must not go on with zeros as keys.
    while rng.try_fill_bytes(&mut bytes).is_err() {
        std::thread::yield_now();
    }
    bytes
}

#[cfg(test)]
mod tests;
