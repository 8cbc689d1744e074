//! All use-cases and all SQL of website filing: accounts, filings, the register, messages, jobs.
//!
//! Every use-case takes a [`Ctx`]. Time comes from its clock, personal data is sealed with its keys, and every use-case
//! leaves a line in the audit.

pub mod accounts;
pub mod address_counts;
pub mod audit;
pub mod backup;
pub mod captcha;
pub mod clock;
pub mod confirmations;
pub mod database;
pub mod demo;
pub mod e_certificates;
pub mod error;
pub mod fetcher;
pub mod files;
pub mod filings;
pub mod flash;
pub mod footers;
pub mod holds;
pub mod installation;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod limits;
pub mod live;
pub mod materials;
pub mod notes;
pub mod notices;
pub mod numbers;
pub mod outbox;
pub mod passkeys;
pub mod policies;
pub mod providers;
pub mod queues;
pub mod receipts;
pub mod register;
pub mod rekey;
pub mod retention;
pub mod retry;
pub mod reviews;
pub mod scanner;
pub mod second_factor;
pub mod seed;
pub mod seed_accounts;
pub mod sessions;
pub mod settings;
mod squares;
pub mod staff;
#[cfg(test)]
pub(crate) mod testing;
mod threads;
pub mod upkeep;

pub use error::{Error, Result};

use audit::Origin;
use clock::Clock;
use fetcher::Fetcher;
use files::Files;
use keys::Keys;
use settings::Settings;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};

/// A transaction of the one database.
pub type Tx<'a> = sqlx::Transaction<'a, sqlx::Postgres>;

/// What every use-case needs. Cheap to clone: one is made for each request, with that request's origin.
#[derive(Clone)]
pub struct Ctx {
    /// The database.
    pub pool: PgPool,
    /// The only source of time.
    pub clock: Clock,
    /// Seals personal data and makes blind indexes.
    pub keys: Keys,
    /// Where materials are kept.
    pub files: Files,
    /// The way to addresses from outside.
    pub fetcher: Fetcher,
    /// What the configuration says.
    pub settings: Arc<Settings>,
    /// Where the request came from, for the audit and the limits.
    pub origin: Arc<Origin>,
}

impl Ctx {
    /// A context without a request: jobs, seeds, tests.
    pub fn new(pool: PgPool, clock: Clock, keys: Keys, files: Files, settings: Settings) -> Self {
        let fetcher = Fetcher::default();
        Self { pool, clock, keys, files, fetcher, settings: Arc::new(settings), origin: Arc::new(Origin::default()) }
    }

    /// The same context for a request from `origin`.
    pub fn from_origin(&self, origin: Origin) -> Self {
        Self { origin: Arc::new(origin), ..self.clone() }
    }

    /// A transaction for changing something: all of it is there, or nothing.
    pub async fn begin(&self) -> Result<Tx<'static>> {
        database::begin(&self.pool).await
    }

    /// A transaction for looking: however many questions it asks, all are answered by what stood at the first. Without it a
    /// page could show the version of one moment beside the answers of another.
    pub async fn snapshot(&self) -> Result<Tx<'static>> {
        database::snapshot(&self.pool).await
    }

    /// A fresh identifier that sorts by the time of making, also within one millisecond of this process.
    pub fn new_id(&self) -> uuid::Uuid {
        static ORDER: Mutex<uuid::ContextV7> = Mutex::new(uuid::ContextV7::new());
        let now = self.clock.now();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&ORDER, seconds, now.nanosecond()))
    }

    /// A context over a test's database, with keys made for it and a clock that stands at a working morning until wound.
    #[doc(hidden)]
    pub fn for_tests(pool: PgPool) -> Self {
        let files = Files::in_memory();
        Self::new(pool, Clock::standing(time::macros::datetime!(2026-03-02 01:30 UTC)), Keys::fixed(), files, Settings::demo())
    }
}
