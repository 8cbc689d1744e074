//! A registrant's filings: the draft being filled in, and a filing's progress.

use crate::{
    draft::Draft,
    e_certificate::CertificateDuty,
    filing::{Kind, Status, Verb, Who},
    footer::SiteFooter,
    id::{FilingId, MaterialId, ProviderId},
    problem::{Problem, Section},
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One line in a list of one's own filings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FilingRow {
    /// The filing.
    pub id: FilingId,
    /// Where it stands.
    pub status: Status,
    /// The sponsor's name as typed; may be empty.
    pub title: String,
    /// The domains as typed.
    pub domains: Vec<String>,
    /// The last change.
    #[serde(with = "time::serde::rfc3339")]
    pub touched_at: OffsetDateTime,
    /// Until when whoever holds it must act.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub due_at: Option<OffsetDateTime>,
    /// The filing number, once issued.
    pub number: Option<String>,
    /// It waits for a pre-approval 前置审批中.
    pub held: bool,
}

/// A provider one may choose, with what the access page needs to check addresses.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProviderChoice {
    /// The provider.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// 经营许可证编号
    pub licence_number: String,
}

/// How far one section of a draft is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SectionState {
    /// Which.
    pub section: Section,
    /// Its version; 0 when nothing was ever saved.
    pub version: i32,
    /// The page that saved it last, by its client id, and the number of that save; none when that was no page's program.
    pub last_save: Option<(Uuid, i64)>,
    /// Its problems as the server sees them.
    pub problems: Vec<Problem>,
    /// Whether all that the note says of it is another answer than the one that came back.
    pub corrected: bool,
}

/// The draft, whole, as the wizard needs it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DraftView {
    /// The filing.
    pub id: FilingId,
    /// Where it stands; editable only as [`Status::is_editable`] says.
    pub status: Status,
    /// The version the person sees; sent back with a submission.
    pub seq: i32,
    /// How often answers and materials were changed; sent back with a submission.
    pub edition: i64,
    /// All answers.
    pub draft: Draft,
    /// Each section, in the order of the task list.
    pub sections: Vec<SectionState>,
    /// Licensed providers.
    pub providers: Vec<ProviderChoice>,
    /// What the draft's rules are checked with in the browser.
    pub tables: crate::tables::Tables,
    /// Why it came back, if it did.
    pub note: Option<NoteView>,
    /// Conflicts with the register or with filings on their way, as problems of one's own fields.
    pub conflicts: Vec<Problem>,
    /// What can be done with it now.
    pub offers: Vec<(Verb, Option<Refusal>)>,
    /// The draft was begun before this visit: continue or delete must be chosen first (R3).
    pub resumed: bool,
}

/// The answer to a save.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The section's version now.
    pub version: i32,
    /// The problems of the section.
    pub problems: Vec<Problem>,
}

/// One reason of a return or refusal, for one field.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reason {
    /// The section, as [`Section`] prints; `materials` for a material.
    pub section: String,
    /// The field's name, or the material kind's code.
    pub field: String,
    /// What is wrong, in the reviewer's words.
    pub words: String,
    /// What to do.
    pub suggestion: String,
}

/// What was asked of a department, or what it answered 前置审批 (rules 0.11).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Preapproval {
    /// 审批部门
    pub department: String,
    /// 批准文号
    pub number: String,
    /// The day of its decision, as given.
    pub date: String,
    /// Its decision; none while it is asked.
    pub granted: Option<bool>,
}

/// An opinion or reasons, as shown to the other parties.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NoteView {
    /// Its identifier.
    pub id: Uuid,
    /// What it accompanied.
    pub verb: Verb,
    /// The coded opinion 核实意见 or reason, as a code of its table; 0 for none.
    pub code: u16,
    /// Free words, at most 1024 characters.
    pub words: String,
    /// Reasons per field.
    pub reasons: Vec<Reason>,
    /// What it says of a pre-approval.
    pub preapproval: Option<Preapproval>,
    /// Who wrote it, by name and house; the registrant sees the house only.
    pub author: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// One entry of the timeline.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The event's number.
    pub seq: i32,
    /// What was done.
    pub verb: Verb,
    /// To where.
    pub to: Status,
    /// By which party.
    pub who: WhoName,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What was said with it.
    pub note: Option<NoteView>,
}

/// A party, by its stable name.
pub type WhoName = String;

/// The stable name of a party, as [`TimelineEntry`] carries it.
pub fn who_name(who: Who) -> WhoName {
    who.name().to_owned()
}

/// A person in charge who must confirm, masked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PersonDue {
    /// «张**»
    pub name: String,
    /// «190****0001»
    pub mobile: String,
    /// When it was done.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub confirmed_at: Option<OffsetDateTime>,
}

/// An honest word about waiting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Filings before this one in the same queue.
    pub ahead: i64,
    /// The median of the last decided ones at this stage, in minutes; none when too few were decided to say.
    pub median_minutes: Option<i64>,
}

/// A filing's progress (R8).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProgressView {
    /// The filing.
    pub id: FilingId,
    /// The last event's number.
    pub seq: i32,
    /// Where it stands.
    pub status: Status,
    /// The sponsor's name.
    pub title: String,
    /// The domains.
    pub domains: Vec<String>,
    /// Who holds it: the name of the provider or bureau; empty when it is the registrant.
    pub holder: String,
    /// Until when the holder must act; none while the clock stands still.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub due_at: Option<OffsetDateTime>,
    /// The clock stands still while a department is asked (rules 0.11).
    pub paused: bool,
    /// How long it may take.
    pub waiting: Option<Waiting>,
    /// Everything that happened, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// Those who must confirm in the open round.
    pub persons: Vec<PersonDue>,
    /// Until when they may.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub confirm_until: Option<OffsetDateTime>,
    /// Since when it waits for a pre-approval 前置审批中.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub held_at: Option<OffsetDateTime>,
    /// Of which department.
    pub department: String,
    /// A first reviewer is through with it, and a second one looks 复审中. By whom is nobody's business outside.
    pub second_look: bool,
    /// What can be done now.
    pub offers: Vec<(Verb, Option<Refusal>)>,
    /// 主体备案号, once issued.
    pub number: Option<String>,
    /// The sites of an approved filing, with their numbers 网站备案号.
    pub sites: Vec<SiteFooter>,
    /// What holds today for the file of the electronic certificate.
    pub certificate_duty: CertificateDuty,
    /// When it will be dropped if the registrant does nothing.
    pub expires_on: Option<Date>,
    /// Until when the answers of an expired or stopped filing are kept; none once they are erased.
    pub kept_until: Option<Date>,
}

/// What is asked before a filing begins: which kind fits (R4).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KindForm {
    /// 省, GB/T 2260.
    pub province: String,
    /// 主办单位性质, a code.
    pub nature: String,
    /// 主办单位证件类型, a code.
    pub certificate_type: String,
    /// 主办单位证件号码
    pub certificate_number: String,
    /// 网站域名
    pub domain: String,
    /// 接入服务提供者, its id.
    pub provider_id: String,
}

/// The kind that fits. The data must equal what is recorded, or another kind seems to fit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KindView {
    /// Which.
    pub kind: Kind,
    /// One's own sponsor's number, if it is filed.
    pub number: Option<String>,
    /// One's own filing on its way for the same domain or sponsor: go on with that one.
    pub under_way: Option<FilingId>,
}

/// A material, without its bytes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MaterialView {
    /// Its identifier.
    pub id: MaterialId,
    /// To which section it belongs.
    pub section: Section,
    /// The code of its kind.
    pub kind: u16,
    /// The file name as given.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// When it was uploaded.
    #[serde(with = "time::serde::rfc3339")]
    pub uploaded_at: OffsetDateTime,
}
