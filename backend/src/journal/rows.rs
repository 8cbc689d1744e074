//! Between rows and the domain's types.

use crate::{Error, Result};
use domain::{
    Moment,
    actor::Actor,
    filing::{Entry, Event, Fact, Filing, SmsRound, Status, Verb},
    id::{FilingId, ProviderId, UserId},
};
use serde_json::Value;
use uuid::Uuid;

pub(super) struct Row {
    pub id: Uuid,
    pub seq: i32,
    pub status: String,
    pub owner_id: Uuid,
    pub province: Option<i32>,
    pub provider_id: Option<Uuid>,
    pub leave: bool,
    pub edited: bool,
    pub policy_version: i32,
    pub due_at: Option<Moment>,
    pub claimed_by: Option<Uuid>,
    pub sms: Option<Value>,
    pub rounds: i16,
    pub failed_rounds: i16,
    pub held_at: Option<Moment>,
    pub first_approval_by: Option<Uuid>,
    pub note_id: Option<Uuid>,
    pub number: Option<String>,
    pub submitted_at: Option<Moment>,
    pub entered_at: Moment,
}

impl Row {
    pub fn into_filing(self) -> Result<Filing> {
        let bad = |column| Error::Inconsistent { table: "filings", column, id: self.id };
        let count = |n: i16, column| u8::try_from(n).map_err(|_| bad(column));
        let province = self.province.map(|p| u32::try_from(p).map_err(|_| bad("province"))).transpose()?;
        let sms: Option<SmsRound> = self.sms.clone().map(serde_json::from_value).transpose().map_err(|_| bad("sms"))?;
        Ok(Filing {
            status: Status::find(&self.status).ok_or_else(|| bad("status"))?,
            province,
            sms,
            rounds: count(self.rounds, "rounds")?,
            failed_rounds: count(self.failed_rounds, "failed_rounds")?,
            id: FilingId(self.id),
            seq: self.seq,
            owner: UserId(self.owner_id),
            provider: self.provider_id.map(ProviderId),
            leave: self.leave,
            edited: self.edited,
            policy: self.policy_version,
            due_at: self.due_at,
            claimed_by: self.claimed_by.map(UserId),
            held_at: self.held_at,
            first_approval: self.first_approval_by.map(UserId),
            note: self.note_id,
            number: self.number,
            submitted_at: self.submitted_at,
            entered_at: self.entered_at,
        })
    }
}

pub(super) struct EventRow {
    pub filing_id: Uuid,
    pub seq: i32,
    pub verb: String,
    pub from_status: String,
    pub to_status: String,
    pub actor: Value,
    pub fact: Value,
    pub entry: Option<Value>,
    pub at: Moment,
}

impl EventRow {
    pub fn into_event(self) -> Result<Event> {
        let bad = |column| misread(self.filing_id, column);
        let from = match self.from_status.as_str() {
            "" => None,
            name => Some(Status::find(name).ok_or_else(|| bad("from_status"))?),
        };
        let verb = Verb::find(&self.verb).ok_or_else(|| bad("verb"))?;
        let to = Status::find(&self.to_status).ok_or_else(|| bad("to_status"))?;
        let by: Actor = serde_json::from_value(self.actor).map_err(|_| misread(self.filing_id, "actor"))?;
        let fact: Fact = serde_json::from_value(self.fact).map_err(|_| misread(self.filing_id, "fact"))?;
        let entry: Option<Entry> =
            self.entry.map(serde_json::from_value).transpose().map_err(|_| misread(self.filing_id, "entry"))?;
        Ok(Event { seq: self.seq, verb, from, to, at: self.at, by, fact, entry })
    }
}

fn misread(id: Uuid, column: &'static str) -> Error {
    Error::Inconsistent { table: "journal", column, id }
}

pub(super) fn small(n: u8) -> i16 {
    i16::from(n)
}
