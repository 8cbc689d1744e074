//! What a backup says of itself.

use super::error::{at, damaged};
use super::{BackupError, FORMAT, MANIFEST, Result};
use crate::keys::Keys;
use domain::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// What a backup says of itself; `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of manifest and folder.
    pub format: u32,
    /// When it was begun.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: Moment,
    /// `production` or `demo`, as the database is marked.
    pub kind: Option<String>,
    /// The major version of the Postgres it came from.
    pub postgres: u32,
    /// The migrations that had run: version and sum.
    pub migrations: BTreeMap<i64, String>,
    /// Every table, by its quoted name.
    pub tables: BTreeMap<String, TableFacts>,
    /// What opens the rows.
    pub keys: NeededKeys,
    /// The materials.
    pub objects: ObjectFacts,
}

/// What is compared of a table after it was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFacts {
    /// How many rows.
    pub rows: i64,
    /// The sum of the hashes of its rows as text: the same in any order.
    pub digest: String,
}

/// The ids of the keys that rows need. With each a check value, by which a key of the same id that is another one is
/// noticed; it tells nothing of the key. None: the key was not there when the backup was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededKeys {
    /// Keys that values are sealed with.
    pub sealing: BTreeMap<String, Option<String>>,
    /// Versions of the key of blind indexes by which rows are found.
    pub index: BTreeMap<u8, Option<String>>,
    /// Versions of it that check codes which people hold: a retired key does. None: the backup is from before these were told
    /// apart, and `index` has them too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<BTreeMap<u8, Option<String>>>,
}

/// The materials of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFacts {
    /// How many.
    pub count: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many were erased between the snapshot and their turn.
    pub removed_meanwhile: u64,
}

impl Manifest {
    /// All rows of all tables.
    pub fn rows(&self) -> i64 {
        self.tables.values().map(|table| table.rows).sum()
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| at(path)(error.into()))?;
        let mut file = File::create_new(path).map_err(at(path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(path))
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(damaged(MANIFEST, "is missing")),
            other => other.map_err(at(path))?,
        };
        // The format first: another one need not have the other fields.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let unreadable = |_| damaged(MANIFEST, "is not a manifest");
        let Format { format } = serde_json::from_slice(&text).map_err(unreadable)?;
        if format != FORMAT {
            return Err(BackupError::Format(format));
        }
        serde_json::from_slice(&text).map_err(unreadable)
    }
}

impl NeededKeys {
    /// Whether these keys open everything; names the first that is missing.
    pub(super) fn refuse_uncovered(&self, keys: Option<&Keys>) -> Result<()> {
        for (id, check) in &self.sealing {
            match keys.and_then(|keys| keys.sealing_check(id)) {
                None => return Err(BackupError::MissingKey(id.clone())),
                Some(ours) if check.as_ref().is_some_and(|theirs| *theirs != ours) => {
                    return Err(BackupError::OtherKey(id.clone()));
                }
                Some(_) => {}
            }
        }
        let found_by: fn(&Keys, u8) -> _ = if self.held.is_some() { Keys::index_check } else { Keys::held_check };
        let index = self.index.iter().map(|(version, check)| (version, check, found_by));
        let held = self.held.iter().flatten().map(|(version, check)| (version, check, Keys::held_check as fn(&Keys, u8) -> _));
        for (version, check, ours) in index.chain(held) {
            match keys.and_then(|keys| ours(keys, *version)) {
                Some(ours) if check.as_ref().is_none_or(|theirs| *theirs == ours) => {}
                _ => return Err(BackupError::IndexKey(*version)),
            }
        }
        Ok(())
    }
}
