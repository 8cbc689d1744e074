//! Keys for personal data: sealing (AES-256-GCM-SIV) and blind indexes (HMAC-SHA-256).
//!
//! Sealed bytes are `1 | suite | length of key id | key id | nonce (12) | ciphertext`. Table, column, row and row version
//! are authenticated with them, so that a value moved to another place or put back from an older version does not open.
//! Keys come from a file or the environment, never from the database, and are never printed.

use crate::{Error, Result};
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

const LAYOUT: u8 = 1;
const SUITE_AES_256_GCM_SIV: u8 = 1;
const NONCE_LENGTH: usize = 12;

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
}

/// The key file: `{"active": "k1", "sealing": {"k1": "<base64 of 32 bytes>"}, "index_version": 1, "index": {"1": "…"}}`.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    active: String,
    sealing: BTreeMap<String, String>,
    index_version: u8,
    index: BTreeMap<u8, String>,
}

/// Why keys cannot be used. Says what to set, never what was given.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not the expected JSON.
    #[error("the keys are not JSON of the form {{\"active\", \"sealing\", \"index_version\", \"index\"}}")]
    Form,
    /// A key is not 32 bytes of base64.
    #[error("the key «{0}» is not the base64 of 32 bytes")]
    Length(String),
    /// The active key is not among the keys.
    #[error("the active key or the active index version is not among the keys given")]
    Active,
    /// The file cannot be read or written.
    #[error("the key file cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Others may read the file.
    #[error("the key file may be read by others: set its mode to 0600")]
    Mode,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Keys from the text of a key file.
    pub fn parse(text: &SecretString) -> std::result::Result<Self, KeyError> {
        let file: KeyFile = serde_json::from_str(text.expose_secret()).map_err(|_| KeyError::Form)?;
        let key = |name: &str, encoded: &str| -> std::result::Result<SecretBox<[u8; 32]>, KeyError> {
            let bytes = BASE64.decode(encoded.trim().as_bytes()).ok();
            let bytes: Option<[u8; 32]> = bytes.and_then(|b| b.try_into().ok());
            bytes.map(|b| SecretBox::new(Box::new(b))).ok_or_else(|| KeyError::Length(name.to_owned()))
        };
        let mut sealing = BTreeMap::new();
        for (id, encoded) in &file.sealing {
            if id.is_empty() || id.len() > 32 {
                return Err(KeyError::Form);
            }
            sealing.insert(id.clone(), key(id, encoded)?);
        }
        let mut index = BTreeMap::new();
        for (version, encoded) in &file.index {
            index.insert(*version, key(&version.to_string(), encoded)?);
        }
        if !sealing.contains_key(&file.active) || !index.contains_key(&file.index_version) {
            return Err(KeyError::Active);
        }
        Ok(Self(Arc::new(Inner { active: file.active, sealing, index_version: file.index_version, index })))
    }

    /// The text of a new key file with one sealing and one index key.
    pub fn generate() -> SecretString {
        let file = KeyFile {
            active: "k1".into(),
            sealing: [("k1".into(), BASE64.encode(&random::<32>()))].into(),
            index_version: 1,
            index: [(1, BASE64.encode(&random::<32>()))].into(),
        };
        serde_json::to_string_pretty(&file).unwrap_or_default().into()
    }

    /// Keys from a file that only its owner may read.
    pub fn load(path: &Path) -> std::result::Result<Self, KeyError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What systemd hands over (LoadCredential) may carry an access list that names the service's user alone; the
            // group's bits are that list's mask then, and the folder is nobody else's.
            let handed_over = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| path.starts_with(folder));
            let others = if handed_over { 0o037 } else { 0o077 };
            if std::fs::metadata(path)?.permissions().mode() & others != 0 {
                return Err(KeyError::Mode);
            }
        }
        Self::parse(&std::fs::read_to_string(path)?.into())
    }

    /// The demo's keys: made at the first start, kept in a file of mode 0600.
    pub fn load_or_generate(path: &Path) -> std::result::Result<Self, KeyError> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        match options.open(path) {
            Ok(mut file) => {
                file.write_all(Self::generate().expose_secret().as_bytes())?;
                file.sync_all()?;
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e.into()),
        }
        Self::load(path)
    }

    /// Keys that tests know.
    #[doc(hidden)]
    pub fn fixed() -> Self {
        Self(Arc::new(Inner {
            active: "test".into(),
            sealing: [("test".to_owned(), SecretBox::new(Box::new([7; 32])))].into(),
            index_version: 1,
            index: [(1, SecretBox::new(Box::new([8; 32])))].into(),
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
        let key = self.0.sealing.get(std::str::from_utf8(id).ok()?)?;
        let cipher = Aes256GcmSiv::new_from_slice(key.expose_secret()).ok()?;
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad: &place.bytes() }).ok()
    }

    /// The blind index of a canonical value: equal values of one kind have equal indexes, and nobody without the key can
    /// try values. The first byte is the key's version.
    pub fn index(&self, kind: &str, canonical: &str) -> Vec<u8> {
        self.index_with(self.0.index_version, kind, canonical)
    }

    /// The indexes under every key version, newest last: for looking up rows that were indexed under an older key.
    pub fn indexes(&self, kind: &str, canonical: &str) -> Vec<Vec<u8>> {
        self.0.index.keys().map(|version| self.index_with(*version, kind, canonical)).collect()
    }

    /// Signs by Ed25519 (RFC 8032) with the key of the present; answers its id too.
    pub fn sign(&self, message: &[u8]) -> Option<(&str, [u8; 64])> {
        let id = self.0.active.as_str();
        Some((id, self.signing(id)?.sign(message).to_bytes()))
    }

    /// Whether the key of this id signed the message.
    pub fn is_signed(&self, id: &str, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature).ok();
        let key = self.signing(id).map(|key| key.verifying_key());
        key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
    }

    /// The public keys of all that was ever signed, by id.
    pub fn public_keys(&self) -> Vec<(String, [u8; 32])> {
        let ids = self.0.sealing.keys();
        ids.filter_map(|id| Some((id.clone(), self.signing(id)?.verifying_key().to_bytes()))).collect()
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

    fn index_with(&self, version: u8, kind: &str, canonical: &str) -> Vec<u8> {
        let mut out = vec![version];
        let key = self.0.index.get(&version);
        if let Some(mut mac) = key.and_then(|k| <Hmac<Sha256> as KeyInit>::new_from_slice(k.expose_secret()).ok()) {
            mac.update(kind.as_bytes());
            mac.update(&[0]);
            mac.update(canonical.as_bytes());
            out.extend_from_slice(&mac.finalize().into_bytes());
        }
        out
    }
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
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "users", column: "mobile", row: Uuid::from_u128(5), version: 1 };

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let keys = Keys::fixed();
        let sealed = keys.seal(PLACE, b"13800000000");
        assert_eq!(keys.open(PLACE, &sealed).unwrap(), b"13800000000");
        let elsewhere = [
            Place { table: "sponsors", ..PLACE },
            Place { column: "email", ..PLACE },
            Place { row: Uuid::from_u128(6), ..PLACE },
            Place { version: 2, ..PLACE },
        ];
        for place in elsewhere {
            assert!(matches!(keys.open(place, &sealed), Err(Error::Inconsistent { .. })), "{place:?}");
        }
    }

    #[test]
    fn no_changed_byte_opens_and_no_short_value_panics() {
        let keys = Keys::fixed();
        let sealed = keys.seal(PLACE, b"secret");
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert!(keys.open(PLACE, &changed).is_err(), "byte {i}");
            assert!(keys.open(PLACE, &sealed[..i]).is_err(), "length {i}");
        }
    }

    #[test]
    fn after_a_change_of_keys_old_values_still_open_and_old_indexes_are_still_found() {
        let old: KeyFile = serde_json::from_str(Keys::generate().expose_secret()).unwrap();
        let mut new: KeyFile = serde_json::from_str(Keys::generate().expose_secret()).unwrap();
        let sealing = new.sealing.remove("k1").unwrap();
        new.sealing = [("k1".into(), old.sealing["k1"].clone()), ("k2".into(), sealing)].into();
        new.active = "k2".into();
        new.index = [(1, old.index[&1].clone()), (2, new.index[&1].clone())].into();
        new.index_version = 2;
        let text = |f: &KeyFile| SecretString::from(serde_json::to_string(f).unwrap());
        let (old, new) = (Keys::parse(&text(&old)).unwrap(), Keys::parse(&text(&new)).unwrap());
        assert_eq!(new.open(PLACE, &old.seal(PLACE, b"x")).unwrap(), b"x");
        assert!(old.open(PLACE, &new.seal(PLACE, b"x")).is_err());
        assert!(new.indexes("mobile", "1").contains(&old.index("mobile", "1")));
        assert_ne!(new.index("mobile", "1"), old.index("mobile", "1"));
        assert_ne!(new.index("mobile", "1"), new.index("email", "1"));
    }

    #[test]
    fn keys_are_never_printed() {
        assert_eq!(format!("{:?}", Keys::fixed()), "Keys(…)");
        let short = "{\"active\":\"k1\",\"sealing\":{\"k1\":\"c2VjcmV0\"},\"index_version\":1,\"index\":{}}";
        let error = Keys::parse(&short.to_owned().into()).unwrap_err().to_string();
        assert!(error.contains("k1") && !error.contains("c2VjcmV0"), "{error}");
    }

    #[test]
    fn the_generated_key_file_is_private_and_lasts() {
        let folder = std::env::temp_dir().join(Uuid::new_v4().to_string());
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("keys.json");
        let sealed = Keys::load_or_generate(&path).unwrap().seal(PLACE, b"x");
        assert_eq!(Keys::load_or_generate(&path).unwrap().open(PLACE, &sealed).unwrap(), b"x");
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::load(&path), Err(KeyError::Mode)));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
