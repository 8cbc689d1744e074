//! The file of the keys, and the steps in which it changes. A key is added, read by every node, written with, and retired when
//! no row names it any more: each step is a new file in the place of the old one.

use super::{Inner, Keys, index_name, random, sealing_name};
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// The key file: `{"active": "k1", "sealing": {"k1": "<base64 of 32 bytes>"}, "index_version": 1, "index": {"1": "…"}}`; while
/// keys change also `next`, and afterwards `retired`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeyFile {
    pub(super) active: String,
    pub(super) sealing: BTreeMap<String, String>,
    pub(super) index_version: u8,
    pub(super) index: BTreeMap<u8, String>,
    /// Keys that are read already and not written with yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<Next>,
    #[serde(default, skip_serializing_if = "Retired::is_empty")]
    pub(super) retired: Retired,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Next {
    sealing: String,
    index: u8,
}

/// What is left of retired keys: of sealing keys the public key of what was signed under each; index keys whole, for the codes
/// that people hold.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Retired {
    #[serde(default)]
    signing: BTreeMap<String, String>,
    #[serde(default)]
    index: BTreeMap<u8, String>,
}

impl Retired {
    fn is_empty(&self) -> bool {
        self.signing.is_empty() && self.index.is_empty()
    }
}

/// A step of the change of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// New keys, which are read and not written with.
    Add,
    /// From now on they are written with.
    Activate,
    /// The keys before them go; what codes and certificates need of them stays.
    Retire,
}

/// What became of a file of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The keys that the step was about.
    pub names: Vec<String>,
    /// Where the file lies that has the keys which are gone.
    pub kept: Option<PathBuf>,
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
    #[error("the active key, the active index version or the next one is not among the keys given")]
    Active,
    /// The file cannot be read or written.
    #[error("the key file cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Others may read the file.
    #[error("the key file may be read by others: set its mode to 0600")]
    Mode,
    /// Somebody else is at it.
    #[error("the key file is being changed by another process: try again")]
    Busy,
    /// Keys were added before.
    #[error("the keys {0} were added already: activate them first")]
    Added(String),
    /// No keys were added.
    #[error("there are no keys to activate: add some first")]
    NothingAdded,
    /// There is one key of each kind.
    #[error("there is no key to retire: each is written with, or was only just added")]
    NothingToRetire,
    /// Versions are one byte.
    #[error("there are no versions left for another index key")]
    NoVersion,
}

type Result<T> = std::result::Result<T, KeyError>;

impl KeyFile {
    fn new() -> Self {
        Self {
            active: "k1".into(),
            sealing: [("k1".into(), new_key())].into(),
            index_version: 1,
            index: [(1, new_key())].into(),
            next: None,
            retired: Retired::default(),
        }
    }

    fn text(&self) -> SecretString {
        serde_json::to_string_pretty(self).unwrap_or_default().into()
    }

    fn keys(&self) -> Result<Keys> {
        let mut sealing = BTreeMap::new();
        for (id, encoded) in &self.sealing {
            if id.is_empty() || id.len() > 32 {
                return Err(KeyError::Form);
            }
            sealing.insert(id.clone(), secret(id, encoded)?);
        }
        let secrets = |keys: &BTreeMap<u8, String>| -> Result<BTreeMap<u8, SecretBox<[u8; 32]>>> {
            keys.iter().map(|(version, encoded)| Ok((*version, secret(&version.to_string(), encoded)?))).collect()
        };
        let index = secrets(&self.index)?;
        let next_is_there = |next: &Next| sealing.contains_key(&next.sealing) && index.contains_key(&next.index);
        let is_there = sealing.contains_key(&self.active) && index.contains_key(&self.index_version);
        if !is_there || !self.next.as_ref().is_none_or(next_is_there) {
            return Err(KeyError::Active);
        }
        let public = self.retired.signing.iter().map(|(id, encoded)| Ok((id.clone(), bytes(id, encoded)?)));
        Ok(Keys(Arc::new(Inner {
            active: self.active.clone(),
            sealing,
            index_version: self.index_version,
            index,
            retired_signing: public.collect::<Result<_>>()?,
            retired_index: secrets(&self.retired.index)?,
            lacking: Mutex::default(),
        })))
    }

    /// Takes a step; answers the names of the keys that it is about.
    fn take(&mut self, step: Step) -> Result<Vec<String>> {
        match step {
            Step::Add => self.add(),
            Step::Activate => self.activate(),
            Step::Retire => self.retire(),
        }
    }

    fn add(&mut self) -> Result<Vec<String>> {
        if let Some(next) = &self.next {
            return Err(KeyError::Added(next.names().join(", ")));
        }
        let number = |id: &String| id.strip_prefix('k').and_then(|digits| digits.parse::<u32>().ok());
        let last = self.sealing.keys().chain(self.retired.signing.keys()).filter_map(number).max().unwrap_or_default();
        let version = self.index.keys().chain(self.retired.index.keys()).max().copied().unwrap_or_default();
        let next =
            Next { sealing: format!("k{}", last.saturating_add(1)), index: version.checked_add(1).ok_or(KeyError::NoVersion)? };
        self.sealing.insert(next.sealing.clone(), new_key());
        self.index.insert(next.index, new_key());
        let names = next.names();
        self.next = Some(next);
        Ok(names)
    }

    fn activate(&mut self) -> Result<Vec<String>> {
        let next = self.next.take().ok_or(KeyError::NothingAdded)?;
        let names = next.names();
        (self.active, self.index_version) = (next.sealing, next.index);
        Ok(names)
    }

    fn retire(&mut self) -> Result<Vec<String>> {
        let keys = self.keys()?;
        let next = self.next.clone();
        let sealing_stays = |id: &String| *id == self.active || next.as_ref().is_some_and(|next| next.sealing == *id);
        let index_stays =
            |version: &u8| *version == self.index_version || next.as_ref().is_some_and(|next| next.index == *version);
        let sealing: Vec<String> = self.sealing.keys().filter(|id| !sealing_stays(id)).cloned().collect();
        let index: Vec<u8> = self.index.keys().copied().filter(|version| !index_stays(version)).collect();
        for id in &sealing {
            let public = keys.public_key(id).ok_or(KeyError::Active)?;
            self.retired.signing.insert(id.clone(), BASE64.encode(&public));
            self.sealing.remove(id);
        }
        for version in &index {
            if let Some(key) = self.index.remove(version) {
                self.retired.index.insert(*version, key);
            }
        }
        let names = sealing.iter().map(|id| sealing_name(id)).chain(index.iter().copied().map(index_name));
        let names: Vec<String> = names.collect();
        if names.is_empty() { Err(KeyError::NothingToRetire) } else { Ok(names) }
    }
}

impl Next {
    fn names(&self) -> Vec<String> {
        vec![sealing_name(&self.sealing), index_name(self.index)]
    }
}

impl Keys {
    /// Keys from the text of a key file.
    pub fn parse(text: &SecretString) -> Result<Self> {
        read(text)?.keys()
    }

    /// The text of a new key file with one sealing and one index key.
    pub fn generate() -> SecretString {
        KeyFile::new().text()
    }

    /// Keys from a file that only its owner may read.
    pub fn load(path: &Path) -> Result<Self> {
        let mode = fs::metadata(path)?.permissions().mode();
        // What systemd hands over (LoadCredential) may carry an access list that names the service's user alone; the group's
        // bits are that list's mask then, and the folder is nobody else's.
        let handed_over = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| path.starts_with(folder));
        refuse_open(mode, if handed_over { 0o037 } else { 0o077 })?;
        Self::parse(&fs::read_to_string(path)?.into())
    }

    /// The demo's keys: made at the first start, kept in a file of mode 0600.
    pub fn load_or_generate(path: &Path) -> Result<Self> {
        if !path.exists() {
            // Whole or not at all: another node that starts at this moment would read half a file.
            let draft = path.with_extension(Uuid::new_v4().simple().to_string());
            let mut file = create(&draft)?;
            file.write_all(Self::generate().expose_secret().as_bytes())?;
            file.sync_all()?;
            let named = fs::hard_link(&draft, path);
            fs::remove_file(&draft)?;
            if let Err(error) = named
                && error.kind() != ErrorKind::AlreadyExists
            {
                return Err(error.into());
            }
        }
        Self::load(path)
    }

    /// The text of a key file after a step, and the names of the keys that it is about. Writes nothing.
    pub fn after(text: &SecretString, step: Step) -> Result<(SecretString, Vec<String>)> {
        let mut file = read(text)?;
        let names = file.take(step)?;
        file.keys()?;
        Ok((file.text(), names))
    }

    /// The keys of a file after a step, and the names of those that it is about. Writes nothing.
    pub fn foresee(path: &Path, step: Step) -> Result<(Self, Vec<String>)> {
        Self::load(path)?;
        let (text, names) = Self::after(&fs::read_to_string(path)?.into(), step)?;
        Ok((Self::parse(&text)?, names))
    }

    /// Takes a step with a key file: another file, for its owner alone, takes its place at once or not at all. Where keys go,
    /// the file that has them stays beside it.
    pub fn change(path: &Path, step: Step) -> Result<Changed> {
        // Where the path is a link, the file that it names is what changes.
        let path = &fs::canonicalize(path)?;
        let mut old = File::open(path)?;
        old.try_lock().map_err(|_| KeyError::Busy)?;
        let facts = old.metadata()?;
        if fs::metadata(path)?.ino() != facts.ino() {
            return Err(KeyError::Busy);
        }
        refuse_open(facts.mode(), 0o077)?;
        let mut text = String::new();
        old.read_to_string(&mut text)?;
        let (text, names) = Self::after(&text.into(), step)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let unfinished = folder.join(format!(".beian.keys.{}", Uuid::new_v4().simple()));
        let kept = if step == Step::Retire { Some(keep(path)?) } else { None };
        let written = replace(&unfinished, path, &text, (facts.uid(), facts.gid()));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
            let _ = kept.as_ref().map(fs::remove_file);
        }
        written?;
        File::open(folder)?.sync_all()?;
        Ok(Changed { names, kept })
    }
}

/// Gives a file a second name that is free: `beian.keys.before-1`.
fn keep(path: &Path) -> Result<PathBuf> {
    let mut number = 0_u32;
    loop {
        number += 1;
        let kept = path.with_added_extension(format!("before-{number}"));
        match fs::hard_link(path, &kept) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            linked => return Ok(linked.map(|()| kept)?),
        }
    }
}

fn replace(unfinished: &Path, path: &Path, text: &SecretString, (user, group): (u32, u32)) -> Result<()> {
    let mut file = create(unfinished)?;
    file.write_all(text.expose_secret().as_bytes())?;
    let made = file.metadata()?;
    if (made.uid(), made.gid()) != (user, group) {
        std::os::unix::fs::fchown(&file, Some(user), Some(group))?;
    }
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.sync_all()?;
    Ok(fs::rename(unfinished, path)?)
}

fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn refuse_open(mode: u32, others: u32) -> Result<()> {
    if mode & others == 0 { Ok(()) } else { Err(KeyError::Mode) }
}

fn read(text: &SecretString) -> Result<KeyFile> {
    serde_json::from_str(text.expose_secret()).map_err(|_| KeyError::Form)
}

fn new_key() -> String {
    BASE64.encode(&random::<32>())
}

fn bytes(name: &str, encoded: &str) -> Result<[u8; 32]> {
    let bytes = BASE64.decode(encoded.trim().as_bytes()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| KeyError::Length(name.to_owned()))
}

fn secret(name: &str, encoded: &str) -> Result<SecretBox<[u8; 32]>> {
    Ok(SecretBox::new(Box::new(bytes(name, encoded)?)))
}
