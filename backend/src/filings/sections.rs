//! The answers of a draft: one sealed row per section, with its version and the client's sequence.
//!
//! Any bounded text is kept with its problems. A save names the version it was typed over; a save that comes late, comes
//! twice or comes from a second tab never overwrites a newer one.

use super::registrant;
use crate::{Ctx, Error, Result, Tx, journal, keys::Place, materials, policies};
use domain::{
    actor::Actor,
    draft::{AccessDraft, Draft, SiteDraft},
    filing::{Command, Filing, Status},
    forms::{AccessForm, ConsentForm, FieldBound, SiteForm, SponsorForm},
    id::{FilingId, UserId},
    problem::{Problem, Rule, Section},
    refusal::Refusal,
    views::filings::Saved,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most sites of one filing (the strictest province that counts takes thirty).
pub const MAX_SITES: usize = 30;
/// The most accesses of one site.
pub const MAX_ACCESSES: usize = 10;
/// The most values of an answer with several.
const MAX_VALUES: usize = 64;

/// What a save was typed over.
#[derive(Clone, Copy)]
struct Typed {
    version: i32,
    client: Option<Uuid>,
    sequence: i64,
}

/// Keeps the sponsor's answers.
#[allow(clippy::too_many_arguments)]
pub async fn save_sponsor(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    version: i32,
    client: Option<Uuid>,
    sequence: i64,
    form: SponsorForm,
) -> Result<Saved> {
    save(ctx, caller, id, Section::Sponsor, Typed { version, client, sequence }, &form, SponsorForm::FIELDS).await
}

/// Keeps a site's answers.
#[allow(clippy::too_many_arguments)]
pub async fn save_site(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    site: u8,
    version: i32,
    client: Option<Uuid>,
    sequence: i64,
    form: SiteForm,
) -> Result<Saved> {
    save(ctx, caller, id, Section::Site(site), Typed { version, client, sequence }, &form, SiteForm::FIELDS).await
}

/// Keeps an access's answers.
#[allow(clippy::too_many_arguments)]
pub async fn save_access(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    site: u8,
    access: u8,
    version: i32,
    client: Option<Uuid>,
    sequence: i64,
    form: AccessForm,
) -> Result<Saved> {
    let typed = Typed { version, client, sequence };
    save(ctx, caller, id, Section::Access(site, access), typed, &form, AccessForm::FIELDS).await
}

/// Keeps what is declared.
#[allow(clippy::too_many_arguments)]
pub async fn save_consent(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    version: i32,
    client: Option<Uuid>,
    sequence: i64,
    form: ConsentForm,
) -> Result<Saved> {
    save(ctx, caller, id, Section::Consent, Typed { version, client, sequence }, &form, ConsentForm::FIELDS).await
}

async fn save<F>(
    ctx: &Ctx,
    caller: &Actor,
    id: FilingId,
    section: Section,
    typed: Typed,
    form: &F,
    bounds: &[FieldBound],
) -> Result<Saved>
where
    F: Serialize + DeserializeOwned + PartialEq,
{
    let owner = registrant(caller)?;
    bounded(section, &serde_json::to_value(form)?, bounds)?;
    let mut tx = ctx.begin().await?;
    let filing = journal::load_own(&mut tx, id, owner, true).await?;
    let kept = find_row(&mut tx, id, section).await?;
    if kept.is_none() && matches!(section, Section::Site(_) | Section::Access(..)) {
        return Err(Error::NotFound);
    }
    editable(&filing)?;
    let kept_version = kept.as_ref().map_or(0, |row| row.version);
    let mut version = kept_version;
    let late = kept
        .as_ref()
        .is_some_and(|row| typed.client.is_some() && row.client_id == typed.client && typed.sequence <= row.client_sequence);
    if !late {
        let same = match &kept {
            Some(row) => *form == open::<F>(ctx, row)?,
            None => false,
        };
        let own = kept.as_ref().is_some_and(|row| typed.client.is_some() && row.client_id == typed.client);
        if !same && !own && typed.version != kept_version {
            return Err(Error::Stale);
        }
        if !same {
            version = kept_version + 1;
            write(ctx, &mut tx, id, section, kept.as_ref(), typed, owner, form).await?;
            mark_edited(ctx, &mut tx, &filing, caller).await?;
        } else if own {
            mark_saved(&mut tx, id, section, typed).await?;
        }
    }
    let draft = load_draft(ctx, &mut tx, id).await?;
    let tables = policies::tables_for(&mut tx, ctx.clock.now(), &draft).await?;
    tx.commit().await?;
    let mut problems = super::problems(&draft, &tables);
    problems.retain(|problem| problem.section == section);
    Ok(Saved { version, problems })
}

fn editable(filing: &Filing) -> Result<()> {
    if filing.status.is_editable() { Ok(()) } else { Err(Refusal::Status { status: filing.status }.into()) }
}

/// A filing that came back is marked once as edited: the way back depends on it.
pub(crate) async fn mark_edited(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, caller: &Actor) -> Result<()> {
    if filing.status == Status::Draft || filing.edited {
        return journal::touch(tx, filing.id, ctx.clock.now()).await;
    }
    let event = journal::decide(tx, ctx, filing, caller, &Command::Edit).await?;
    journal::commit(tx, ctx, filing, event).await?;
    Ok(())
}

/// Adds an empty site with an empty access; answers its key.
pub async fn add_site(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<u8> {
    let mut tx = ctx.begin().await?;
    let filing = journal::load_own(&mut tx, id, registrant(caller)?, true).await?;
    editable(&filing)?;
    let keys = keys(&mut tx, id).await?;
    let sites = keys.iter().filter(|k| !k.removed && matches!(k.section, Section::Site(_))).count();
    let last = keys.iter().filter_map(|k| if let Section::Site(site) = k.section { Some(site) } else { None }).max();
    let key = match last.unwrap_or_default().checked_add(1) {
        Some(key) if sites < MAX_SITES => key,
        _ => return Err(Problem::with(Section::Sponsor, "sites", Rule::TooManySites, MAX_SITES.to_string()).into()),
    };
    insert_site(ctx, &mut tx, &filing, key, &SiteForm::default(), &[AccessForm::default()]).await?;
    mark_edited(ctx, &mut tx, &filing, caller).await?;
    tx.commit().await?;
    Ok(key)
}

/// Removes a site with its accesses and materials and erases their answers. Its key is not used again.
pub async fn remove_site(ctx: &Ctx, caller: &Actor, id: FilingId, site: u8) -> Result<()> {
    remove(ctx, caller, id, |section| match section {
        Section::Site(key) | Section::Access(key, _) => key == site,
        _ => false,
    })
    .await
}

/// Adds an empty access to a site; answers its key.
pub async fn add_access(ctx: &Ctx, caller: &Actor, id: FilingId, site: u8) -> Result<u8> {
    let mut tx = ctx.begin().await?;
    let filing = journal::load_own(&mut tx, id, registrant(caller)?, true).await?;
    editable(&filing)?;
    let keys = keys(&mut tx, id).await?;
    if !keys.iter().any(|k| !k.removed && k.section == Section::Site(site)) {
        return Err(Error::NotFound);
    }
    let of_site = |k: &Key| if let Section::Access(s, access) = k.section { (s == site).then_some(access) } else { None };
    let count = keys.iter().filter(|k| !k.removed && of_site(k).is_some()).count();
    let key = match keys.iter().filter_map(of_site).max().unwrap_or_default().checked_add(1) {
        Some(key) if count < MAX_ACCESSES => key,
        _ => {
            let given = MAX_ACCESSES.to_string();
            return Err(Problem::with(Section::Site(site), "accesses", Rule::TooManyRanges, given).into());
        }
    };
    let typed = Typed { version: 0, client: None, sequence: 0 };
    write(ctx, &mut tx, id, Section::Access(site, key), None, typed, filing.owner, &AccessForm::default()).await?;
    mark_edited(ctx, &mut tx, &filing, caller).await?;
    tx.commit().await?;
    Ok(key)
}

/// Removes an access with what hangs on it and erases its answers.
pub async fn remove_access(ctx: &Ctx, caller: &Actor, id: FilingId, site: u8, access: u8) -> Result<()> {
    remove(ctx, caller, id, |section| section == Section::Access(site, access)).await
}

async fn remove(ctx: &Ctx, caller: &Actor, id: FilingId, which: impl Fn(Section) -> bool) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let filing = journal::load_own(&mut tx, id, registrant(caller)?, true).await?;
    editable(&filing)?;
    let gone: Vec<String> =
        keys(&mut tx, id).await?.into_iter().filter(|k| !k.removed && which(k.section)).map(|k| k.section.to_string()).collect();
    if gone.is_empty() {
        return Err(Error::NotFound);
    }
    sqlx::query!(
        "update draft_sections set removed = true, sealed = '', version = version + 1, updated_at = $3
         where filing_id = $1 and section = any($2)",
        id.0,
        &gone,
        ctx.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    materials::remove_of(ctx, &mut tx, caller, &filing, Some(&gone)).await?;
    mark_edited(ctx, &mut tx, &filing, caller).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes single answers of a filing that somebody else than its owner may correct (rules 0.4, verb `correct`). The
/// caller has decided that it may, and commits the event after this.
pub async fn amend(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing, by: UserId, changes: &[(Section, String, String)]) -> Result<()> {
    for (section, field, value) in changes {
        let row = find_row(tx, filing.id, *section).await?.ok_or(Error::NotFound)?;
        match section {
            Section::Sponsor => amend_one::<SponsorForm>(ctx, tx, filing, by, *section, &row, field, value).await?,
            Section::Site(_) => amend_one::<SiteForm>(ctx, tx, filing, by, *section, &row, field, value).await?,
            Section::Access(..) => amend_one::<AccessForm>(ctx, tx, filing, by, *section, &row, field, value).await?,
            Section::Materials | Section::Consent | Section::Account => return Err(Error::NotFound),
        }
    }
    Ok(())
}

/// A form of a section, for what goes through all of them.
trait Answers: Serialize + DeserializeOwned {
    const BOUNDS: &'static [FieldBound];
    fn answer(&mut self, name: &str) -> Option<&mut String>;
}

macro_rules! answers {
    ($($form:ty),*) => {$(
        impl Answers for $form {
            const BOUNDS: &'static [FieldBound] = <$form>::FIELDS;
            fn answer(&mut self, name: &str) -> Option<&mut String> {
                self.text_mut(name)
            }
        }
    )*};
}
answers!(SponsorForm, SiteForm, AccessForm);

#[allow(clippy::too_many_arguments)]
async fn amend_one<F: Answers>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    filing: &Filing,
    by: UserId,
    section: Section,
    row: &SectionRow,
    field: &str,
    value: &str,
) -> Result<()> {
    let mut form: F = open(ctx, row)?;
    *form.answer(field).ok_or(Error::NotFound)? = value.to_owned();
    bounded(section, &serde_json::to_value(&form)?, F::BOUNDS)?;
    let typed = Typed { version: row.version, client: None, sequence: 0 };
    write(ctx, tx, filing.id, section, Some(row), typed, by, &form).await
}

/// All answers of a filing as they stand.
pub async fn load_draft(ctx: &Ctx, conn: &mut PgConnection, id: FilingId) -> Result<Draft> {
    let rows = sqlx::query_as!(
        SectionRow,
        "select section, row_id, version, client_id, client_sequence, sealed from draft_sections
         where filing_id = $1 and not removed",
        id.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut draft = Draft { materials: materials::facts_in(ctx, conn, id).await?, ..Draft::default() };
    let mut accesses: Vec<(u8, AccessDraft)> = Vec::new();
    for row in rows {
        match row.place()? {
            Section::Sponsor => draft.sponsor = open(ctx, &row)?,
            Section::Consent => draft.consent = open(ctx, &row)?,
            Section::Site(key) => {
                draft.sites.push(SiteDraft { key, form: open(ctx, &row)?, accesses: Vec::new() });
            }
            Section::Access(site, key) => accesses.push((site, AccessDraft { key, form: open(ctx, &row)? })),
            Section::Materials | Section::Account => {}
        }
    }
    draft.sites.sort_by_key(|site| site.key);
    for site in &mut draft.sites {
        site.accesses = accesses.extract_if(.., |(key, _)| *key == site.key).map(|(_, access)| access).collect();
        site.accesses.sort_by_key(|access| access.key);
    }
    Ok(draft)
}

/// What a list says of a filing.
#[derive(Default)]
pub(super) struct Heading {
    /// The sponsor's name.
    pub title: String,
    /// The domain of each site, by the site's key.
    pub domains: BTreeMap<u8, String>,
}

/// The headings of many filings, by one question.
pub(super) async fn headings(ctx: &Ctx, conn: &mut PgConnection, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Heading>> {
    let rows = sqlx::query!(
        "select filing_id, section, row_id, version, client_id, client_sequence, sealed from draft_sections
         where filing_id = any($1) and not removed and (section = 'sponsor' or section like 'site-%')",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut headings: BTreeMap<Uuid, Heading> = BTreeMap::new();
    for row in rows {
        let heading = headings.entry(row.filing_id).or_default();
        let (client_id, client_sequence) = (row.client_id, row.client_sequence);
        let row = SectionRow {
            section: row.section,
            row_id: row.row_id,
            version: row.version,
            client_id,
            client_sequence,
            sealed: row.sealed,
        };
        match row.place()? {
            Section::Sponsor => heading.title = open::<SponsorForm>(ctx, &row)?.name,
            Section::Site(key) => _ = heading.domains.insert(key, open::<SiteForm>(ctx, &row)?.domain),
            _ => {}
        }
    }
    Ok(headings)
}

/// The last save of a section.
pub(super) struct LastSave {
    pub section: Section,
    /// The version that it made.
    pub version: i32,
    /// The page whose program sent it, and its number there.
    pub by: Option<(Uuid, i64)>,
}

/// Each section's last save.
pub(super) async fn last_saves(conn: &mut PgConnection, id: FilingId) -> Result<Vec<LastSave>> {
    let rows = sqlx::query!(
        "select section, version, client_id, client_sequence, row_id from draft_sections where filing_id = $1 and not removed",
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let saves = rows.into_iter().map(|row| {
        let by = row.client_id.map(|client| (client, row.client_sequence));
        Ok(LastSave { section: section(&row.section, row.row_id)?, version: row.version, by })
    });
    saves.collect()
}

/// The sections of a new filing: one site with one access, and the sponsor as in the account's last filing.
pub(super) async fn prefill(ctx: &Ctx, tx: &mut Tx<'_>, filing: &Filing) -> Result<()> {
    let last = sqlx::query_as!(
        SectionRow,
        "select d.section, d.row_id, d.version, d.client_id, d.client_sequence, d.sealed
         from draft_sections d join filings f on f.id = d.filing_id
         where f.owner_id = $1 and f.id <> $2 and d.section = 'sponsor' order by f.touched_at desc limit 1",
        filing.owner.0,
        filing.id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let typed = Typed { version: 0, client: None, sequence: 0 };
    if let Some(row) = last {
        let sponsor: SponsorForm = open(ctx, &row)?;
        write(ctx, tx, filing.id, Section::Sponsor, None, typed, filing.owner, &sponsor).await?;
    }
    insert_site(ctx, tx, filing, 1, &SiteForm::default(), &[AccessForm::default()]).await
}

/// The answers of another filing in one that has none yet, all but the declarations. Whether there were any.
pub(super) async fn copy(ctx: &Ctx, tx: &mut Tx<'_>, from: FilingId, filing: &Filing) -> Result<bool> {
    let rows = sqlx::query_as!(
        SectionRow,
        "select section, row_id, version, client_id, client_sequence, sealed from draft_sections
         where filing_id = $1 and not removed and section <> 'consent'",
        from.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    let typed = Typed { version: 0, client: None, sequence: 0 };
    for row in &rows {
        let form: Value = open(ctx, row)?;
        write(ctx, tx, filing.id, row.place()?, None, typed, filing.owner, &form).await?;
    }
    Ok(!rows.is_empty())
}

async fn insert_site(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    filing: &Filing,
    key: u8,
    form: &SiteForm,
    accesses: &[AccessForm],
) -> Result<()> {
    let typed = Typed { version: 0, client: None, sequence: 0 };
    write(ctx, tx, filing.id, Section::Site(key), None, typed, filing.owner, form).await?;
    for (access, n) in accesses.iter().zip(1..) {
        write(ctx, tx, filing.id, Section::Access(key, n), None, typed, filing.owner, access).await?;
    }
    Ok(())
}

struct SectionRow {
    section: String,
    row_id: Uuid,
    version: i32,
    client_id: Option<Uuid>,
    client_sequence: i64,
    sealed: Vec<u8>,
}

impl SectionRow {
    fn place(&self) -> Result<Section> {
        section(&self.section, self.row_id)
    }
}

fn section(name: &str, id: Uuid) -> Result<Section> {
    name.parse().map_err(|_| Error::Inconsistent { table: "draft_sections", column: "section", id })
}

struct Key {
    section: Section,
    removed: bool,
}

async fn keys(tx: &mut Tx<'_>, id: FilingId) -> Result<Vec<Key>> {
    let rows = sqlx::query!("select section, row_id, removed from draft_sections where filing_id = $1", id.0)
        .fetch_all(&mut **tx)
        .await?;
    rows.into_iter().map(|row| Ok(Key { section: section(&row.section, row.row_id)?, removed: row.removed })).collect()
}

/// Whether the filing has this section, and it was not removed.
pub(crate) async fn has_section(tx: &mut Tx<'_>, id: FilingId, section: Section) -> Result<bool> {
    Ok(find_row(tx, id, section).await?.is_some())
}

async fn find_row(tx: &mut Tx<'_>, id: FilingId, section: Section) -> Result<Option<SectionRow>> {
    let row = sqlx::query_as!(
        SectionRow,
        "select section, row_id, version, client_id, client_sequence, sealed from draft_sections
         where filing_id = $1 and section = $2 and not removed",
        id.0,
        section.to_string(),
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row)
}

#[allow(clippy::too_many_arguments)]
async fn write<F: Serialize>(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    id: FilingId,
    section: Section,
    kept: Option<&SectionRow>,
    typed: Typed,
    by: UserId,
    form: &F,
) -> Result<()> {
    let row_id = kept.map_or_else(|| ctx.new_id(), |row| row.row_id);
    let version = kept.map_or(0, |row| row.version) + 1;
    sqlx::query!(
        "insert into draft_sections (filing_id, section, row_id, version, client_id, client_sequence, sealed, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (filing_id, section) do update set version = excluded.version, client_id = excluded.client_id,
             client_sequence = excluded.client_sequence, sealed = excluded.sealed, updated_at = excluded.updated_at,
             updated_by = excluded.updated_by",
        id.0,
        section.to_string(),
        row_id,
        version,
        typed.client,
        typed.sequence,
        ctx.keys.seal(place(row_id, version), &serde_json::to_vec(form)?),
        ctx.clock.now(),
        by.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The same answers came once more: who looks whether they arrived is to find it.
async fn mark_saved(tx: &mut Tx<'_>, id: FilingId, section: Section, typed: Typed) -> Result<()> {
    sqlx::query!(
        "update draft_sections set client_id = $3, client_sequence = $4 where filing_id = $1 and section = $2",
        id.0,
        section.to_string(),
        typed.client,
        typed.sequence,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn open<F: DeserializeOwned>(ctx: &Ctx, row: &SectionRow) -> Result<F> {
    let bytes = ctx.keys.open(place(row.row_id, row.version), &row.sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| Error::Inconsistent { table: "draft_sections", column: "sealed", id: row.row_id })
}

fn place(row: Uuid, version: i32) -> Place {
    Place { table: "draft_sections", column: "sealed", row, version }
}

/// Keeps answers within the bounds of their form. Whatever is within them is kept, right or wrong.
fn bounded(section: Section, answers: &Value, bounds: &[FieldBound]) -> Result<()> {
    let mut problems = Vec::new();
    for (name, most) in bounds {
        let long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > *most);
        let too_long = match answers.get(name) {
            Some(Value::Array(values)) => values.len() > MAX_VALUES || values.iter().any(long),
            Some(Value::Object(values)) => {
                values.len() > MAX_VALUES || values.iter().any(|(key, value)| key.len() > 16 || long(value))
            }
            Some(value) => long(value),
            None => false,
        };
        if too_long {
            problems.push(Problem::with(section, *name, Rule::TooLong, most.to_string()));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}
