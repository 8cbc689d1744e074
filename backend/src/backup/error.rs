//! Why there is no backup, or nothing was restored: sentences for whoever sits at the command line.

use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Why a backup or a restore did not succeed. Says what to do; holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A backup is never written over anything.
    #[error("{} is there already: name a folder that is not there yet", .0.display())]
    TargetExists(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    /// The database does not answer, or not as it should.
    #[error("the database: {0}")]
    Db(#[from] sqlx::Error),
    /// The store of materials does not answer.
    #[error("the store of materials: {0}")]
    Store(String),
    /// A program of Postgres is missing.
    #[error(
        "{name} of Postgres {major} is neither in /usr/lib/postgresql/{major}/bin nor on the PATH: apt-get install postgresql-client-{major}"
    )]
    NoProgram {
        /// The program.
        name: &'static str,
        /// The database's major version.
        major: u32,
    },
    /// A program of Postgres failed.
    #[error("{name} failed: {said}")]
    Program {
        /// The program.
        name: &'static str,
        /// The first error it named.
        said: String,
    },
    /// A material's row stands, and its object is nowhere.
    #[error("the store lacks object {object}, which material {material} names: is BEIAN_STORE_URL the store of this database?")]
    Lost {
        /// The object.
        object: String,
        /// The material.
        material: Uuid,
    },
    /// A file of the backup is not what was written.
    #[error("the backup is damaged, and nothing was restored: {file} {what}")]
    Damaged {
        /// The file, as `SHA256SUMS` names it.
        file: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Written by a program with another idea of backups.
    #[error(
        "the backup is of format {0}, which this program does not read: restore with the program that wrote it, or a newer one"
    )]
    Format(u32),
    /// The backup's tables are newer than this program, or of another one.
    #[error(
        "the backup has migration {0}, which this program does not know: restore with the program that wrote it, or a newer one"
    )]
    UnknownMigration(i64),
    /// The database is not empty.
    #[error("the database already holds {0}: a backup is restored into an empty one; set DATABASE_URL")]
    DatabaseInUse(String),
    /// The store is not empty.
    #[error("the store of materials already holds objects: a backup is restored into an empty one; set BEIAN_STORE_URL")]
    StoreInUse,
    /// A sealing key is missing.
    #[error(
        "the backup needs the sealing key «{0}», which is not among the keys given: set BEIAN_KEYS_FILE to a file that has it"
    )]
    MissingKey(String),
    /// A key of the same name, and another one.
    #[error(
        "the sealing key «{0}» is another one than the backup's rows were sealed with: set BEIAN_KEYS_FILE to the file that has that one"
    )]
    OtherKey(String),
    /// An index key is missing, or is another one.
    #[error(
        "the backup needs version {0} of the index key, which is missing or another one: set BEIAN_KEYS_FILE to the file that has it"
    )]
    IndexKey(u8),
    /// What was restored is not what was backed up.
    #[error("what was restored differs from the backup in {0}: do not serve it")]
    Differs(String),
}

impl From<crate::Error> for BackupError {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Db(error) => Self::Db(error),
            other => Self::Store(other.to_string()),
        }
    }
}

/// Names the file that a system call failed on.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    |error| BackupError::Io(path.to_owned(), error)
}

/// Names the file that is not what it was.
pub(super) fn damaged(file: &str, what: &'static str) -> BackupError {
    BackupError::Damaged { file: file.to_owned(), what }
}
