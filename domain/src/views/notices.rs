//! The inbox of notices (A10).

use crate::id::FilingId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// One notice. Its sentence stands in `locales/message.toml` under the template's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NoticeView {
    /// Its identifier.
    pub id: Uuid,
    /// The filing it tells about.
    pub filing: Option<FilingId>,
    /// The template's name.
    pub template: String,
    /// What fills it: `domain`, `number`, `until`, `link`.
    pub params: BTreeMap<String, String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether it was read.
    pub read: bool,
}

/// One page of the inbox.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NoticesView {
    /// The notices, newest first.
    pub notices: Vec<NoticeView>,
    /// The page's number, from 1.
    pub page: u32,
    /// Whether there are more.
    pub more: bool,
    /// How many are not read, on all pages.
    pub unread: i64,
}
