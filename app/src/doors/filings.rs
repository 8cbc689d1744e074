//! A registrant's filings: begin, fill in, hand in, take back, look on.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths, texts::use_lang};
#[cfg(feature = "ssr")]
use backend::filings;
#[cfg(feature = "ssr")]
use domain::{divisions, filing, filing::Status, views::filings::Saved};
use domain::{
    forms::{AccessForm, ConsentForm, SiteForm, SponsorForm},
    id::FilingId,
    problem::{Problem, Section},
    views::filings::{DraftView, FilingRow, KindForm, ProgressView},
};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, codec::GetUrl},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Where the sponsor's answers are kept.
pub const SAVE_SPONSOR: &str = <SaveSponsor as ServerFn>::PATH;
/// Where a site's answers are kept.
pub const SAVE_SITE: &str = <SaveSite as ServerFn>::PATH;
/// Where an access's answers are kept.
pub const SAVE_ACCESS: &str = <SaveAccess as ServerFn>::PATH;

/// Where the divisions within another are asked for.
pub const DIVISIONS: &str = <Divisions as ServerFn>::PATH;

/// Answers were kept: where a form goes on to, and the section's version for the next save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The path to go to.
    pub next: String,
    /// The section's version now.
    pub version: i32,
    /// What is not right yet.
    pub problems: Vec<Problem>,
}

/// Progress, with the time by which its deadlines are to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Where the filing stands.
    pub view: ProgressView,
    /// Now, by the server's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

/// An individual is sponsor and person in charge in one: name and certificate are asked once.
#[must_use]
pub fn one_person(mut form: SponsorForm) -> SponsorForm {
    if form.nature.trim() == domain::codes::Nature::Individual.to_string() {
        form.person_name.clone_from(&form.name);
        form.person_certificate_type.clone_from(&form.certificate_type);
        form.person_certificate_number.clone_from(&form.certificate_number);
    }
    form
}

/// The problems of an individual's person in charge stand where the answer was asked: at the sponsor's own name and
/// certificate, once.
#[must_use]
pub fn asked_once(sponsor: &SponsorForm, problems: Vec<Problem>) -> Vec<Problem> {
    if sponsor.nature.trim() != domain::codes::Nature::Individual.to_string() {
        return problems;
    }
    let mut asked: Vec<Problem> = Vec::with_capacity(problems.len());
    for mut problem in problems {
        if problem.section == Section::Sponsor {
            let field = match problem.field.as_ref() {
                "person_name" => "name",
                "person_certificate_type" => "certificate_type",
                "person_certificate_number" => "certificate_number",
                other => other,
            };
            problem.field = field.to_owned().into();
        }
        let known = asked.iter().any(|other| (other.section, &other.field) == (problem.section, &problem.field));
        if !known {
            asked.push(problem);
        }
    }
    asked
}

/// One's own filings.
#[server(endpoint = "filings/list_own", prefix = "/api", input = GetUrl)]
pub async fn list_own() -> Result<Vec<FilingRow>, Fault> {
    Ok(filings::list_own(&ssr::ctx()?, &ssr::caller()).await?)
}

/// A filing's answers as they stand.
#[server(endpoint = "filings/draft", prefix = "/api", input = GetUrl)]
pub async fn draft(id: FilingId) -> Result<DraftView, Fault> {
    let mut view = filings::draft(&ssr::ctx()?, &ssr::caller(), id).await?;
    view.resumed = view.status == Status::Draft && is_begun(&view) && !ssr::is_opened(&id.to_string());
    for state in &mut view.sections {
        state.problems = asked_once(&view.draft.sponsor, std::mem::take(&mut state.problems));
    }
    Ok(view)
}

/// Where a filing stands.
#[server(endpoint = "filings/progress", prefix = "/api", input = GetUrl)]
pub async fn progress(id: FilingId) -> Result<Standing, Fault> {
    let ctx = ssr::ctx()?;
    let view = filings::progress(&ctx, &ssr::caller(), id).await?;
    Ok(Standing { view, now: ctx.clock.now() })
}

/// The cities of a province, or the counties of a city: code and name in the language of the page.
#[server(endpoint = "filings/divisions", prefix = "/api", input = GetUrl)]
pub async fn divisions(of: String) -> Result<Vec<(String, String)>, Fault> {
    let (l, of) = (use_lang(), of.parse().unwrap_or_default());
    Ok(divisions::within(of).into_iter().map(|one| (one.code.to_string(), ssr::division_name(l, one))).collect())
}

/// The name of a city or county in the language of the page; the code itself where there is none.
#[server(endpoint = "filings/division", prefix = "/api", input = GetUrl)]
pub async fn division(code: String) -> Result<String, Fault> {
    let found = code.parse().ok().and_then(divisions::find);
    Ok(found.map_or(code, |division| ssr::division_name(use_lang(), division)))
}

/// Finds the kind of filing that fits (R4). A first filing begins at once with the answers given.
#[server(endpoint = "filings/kind", prefix = "/api")]
pub async fn kind(form: KindForm) -> Result<Done, Fault> {
    let found = filings::kind(&ssr::ctx()?, &ssr::caller(), form.clone()).await?;
    match (found.under_way, found.kind) {
        (Some(id), _) => Ok(Done::to(format!("{}?filing={id}", paths::filing::found("underway")))),
        (None, filing::Kind::FirstFiling) => begin_with(form).await,
        (None, kind) => Ok(Done::to(paths::filing::found(kind.name()))),
    }
}

/// Begins a filing.
#[server(endpoint = "filings/create", prefix = "/api")]
pub async fn create() -> Result<Done, Fault> {
    let id = filings::create(&ssr::ctx()?, &ssr::caller()).await?;
    ssr::keep_opened(&id.to_string());
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Begins another filing with the answers of one that expired.
#[server(endpoint = "filings/begin_again", prefix = "/api")]
pub async fn begin_again(id: FilingId) -> Result<Done, Fault> {
    let id = filings::begin_again(&ssr::ctx()?, &ssr::caller(), id).await?;
    ssr::keep_opened(&id.to_string());
    Ok(Done::to(paths::filing::tasks(id)))
}

/// On return: goes on with what was filled in before (R3).
#[server(endpoint = "filings/continue_draft", prefix = "/api")]
pub async fn continue_draft(id: FilingId) -> Result<Done, Fault> {
    filings::progress(&ssr::ctx()?, &ssr::caller(), id).await?;
    ssr::keep_opened(&id.to_string());
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Keeps the sponsor's answers; `go` is the button pressed, empty when they are only kept.
#[server(endpoint = "filings/save_sponsor", prefix = "/api")]
#[allow(clippy::too_many_arguments)]
pub async fn save_sponsor(
    id: FilingId,
    version: i32,
    #[server(default)] client: String,
    #[server(default)] sequence: i64,
    #[server(default)] go: String,
    #[server(default)] next: String,
    #[server(default)] long_term: String,
    #[server(default)] form: SponsorForm,
) -> Result<Kept, Fault> {
    let mut form = one_person(form);
    until(&mut form.person_certificate_until, &long_term);
    let client = client.parse().ok();
    let mut saved = filings::save_sponsor(&ssr::ctx()?, &ssr::caller(), id, version, client, sequence, form.clone()).await?;
    saved.problems = asked_once(&form, saved.problems);
    kept(id, Section::Sponsor, saved, &go, &next)
}

/// Keeps a site's answers.
#[server(endpoint = "filings/save_site", prefix = "/api")]
#[allow(clippy::too_many_arguments)]
pub async fn save_site(
    id: FilingId,
    site: u8,
    version: i32,
    #[server(default)] client: String,
    #[server(default)] sequence: i64,
    #[server(default)] go: String,
    #[server(default)] next: String,
    #[server(default)] long_term: String,
    #[server(default)] form: SiteForm,
) -> Result<Kept, Fault> {
    let mut form = form;
    until(&mut form.person_certificate_until, &long_term);
    form.approval_numbers.retain(|_, number| !number.is_empty());
    let client = client.parse().ok();
    let saved = filings::save_site(&ssr::ctx()?, &ssr::caller(), id, site, version, client, sequence, form).await?;
    kept(id, Section::Site(site), saved, &go, &next)
}

/// Keeps an access's answers.
#[server(endpoint = "filings/save_access", prefix = "/api")]
#[allow(clippy::too_many_arguments)]
pub async fn save_access(
    id: FilingId,
    site: u8,
    access: u8,
    version: i32,
    #[server(default)] client: String,
    #[server(default)] sequence: i64,
    #[server(default)] go: String,
    #[server(default)] next: String,
    #[server(default)] form: AccessForm,
) -> Result<Kept, Fault> {
    let client = client.parse().ok();
    let saved = filings::save_access(&ssr::ctx()?, &ssr::caller(), id, site, access, version, client, sequence, form).await?;
    kept(id, Section::Access(site, access), saved, &go, &next)
}

/// Adds an empty site.
#[server(endpoint = "filings/add_site", prefix = "/api")]
pub async fn add_site(id: FilingId) -> Result<Done, Fault> {
    let site = filings::add_site(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(paths::filing::section(id, Section::Site(site))))
}

/// Removes a site with its accesses.
#[server(endpoint = "filings/remove_site", prefix = "/api")]
pub async fn remove_site(id: FilingId, site: u8) -> Result<Done, Fault> {
    filings::remove_site(&ssr::ctx()?, &ssr::caller(), id, site).await?;
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Adds an empty access to a site.
#[server(endpoint = "filings/add_access", prefix = "/api")]
pub async fn add_access(id: FilingId, site: u8) -> Result<Done, Fault> {
    let access = filings::add_access(&ssr::ctx()?, &ssr::caller(), id, site).await?;
    Ok(Done::to(paths::filing::section(id, Section::Access(site, access))))
}

/// Removes an access.
#[server(endpoint = "filings/remove_access", prefix = "/api")]
pub async fn remove_access(id: FilingId, site: u8, access: u8) -> Result<Done, Fault> {
    filings::remove_access(&ssr::ctx()?, &ssr::caller(), id, site, access).await?;
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Hands the filing to the provider, with the declarations of the same page.
#[server(endpoint = "filings/submit", prefix = "/api")]
pub async fn submit(
    id: FilingId,
    seq: i32,
    edition: i64,
    retry_key: Uuid,
    #[server(default)] version: i32,
    #[server(default)] form: ConsentForm,
) -> Result<Done, Fault> {
    declare(id, version, retry_key, form).await?;
    filings::submit(&ssr::ctx()?, &ssr::caller(), id, filings::Seen { seq, edition }, retry_key).await?;
    Ok(Done::to(paths::filing::submitted(id)))
}

/// Sends a filing that came back on its way again.
#[server(endpoint = "filings/resubmit", prefix = "/api")]
pub async fn resubmit(
    id: FilingId,
    seq: i32,
    edition: i64,
    retry_key: Uuid,
    #[server(default)] version: i32,
    #[server(default)] form: ConsentForm,
) -> Result<Done, Fault> {
    declare(id, version, retry_key, form).await?;
    filings::resubmit(&ssr::ctx()?, &ssr::caller(), id, filings::Seen { seq, edition }, retry_key).await?;
    Ok(Done::to(paths::filing::submitted(id)))
}

/// Takes it back while it has not reached the bureau.
#[server(endpoint = "filings/withdraw", prefix = "/api")]
pub async fn withdraw(id: FilingId, seq: i32, retry_key: Uuid) -> Result<Done, Fault> {
    filings::withdraw(&ssr::ctx()?, &ssr::caller(), id, seq, retry_key).await?;
    ssr::keep_opened(&id.to_string());
    Ok(Done::to(paths::filing::tasks(id)))
}

/// Gives it up and erases the answers.
#[server(endpoint = "filings/discard", prefix = "/api")]
pub async fn discard(id: FilingId, seq: i32, retry_key: Uuid) -> Result<Done, Fault> {
    filings::discard(&ssr::ctx()?, &ssr::caller(), id, seq, retry_key).await?;
    Ok(Done::to(paths::filings()))
}

/// Begins a first filing with what was answered to find its kind.
#[cfg(feature = "ssr")]
async fn begin_with(given: KindForm) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let id = filings::create(&ctx, &caller).await?;
    ssr::keep_opened(&id.to_string());
    let view = filings::draft(&ctx, &caller, id).await?;
    let version = |section| view.sections.iter().find(|state| state.section == section).map_or(0, |state| state.version);
    let sponsor = SponsorForm {
        nature: given.nature,
        province: given.province,
        certificate_type: given.certificate_type,
        certificate_number: given.certificate_number,
        ..view.draft.sponsor
    };
    filings::save_sponsor(&ctx, &caller, id, version(Section::Sponsor), None, 0, one_person(sponsor)).await?;
    if let Some(site) = view.draft.sites.first() {
        let form = SiteForm { domain: given.domain, ..site.form.clone() };
        filings::save_site(&ctx, &caller, id, site.key, version(Section::Site(site.key)), None, 0, form).await?;
    }
    Ok(Done::to(format!("{}?kind=first", paths::filing::tasks(id))))
}

/// Whether anything was answered yet.
#[cfg(feature = "ssr")]
fn is_begun(view: &DraftView) -> bool {
    view.draft.sponsor != SponsorForm::default() || view.draft.sites.iter().any(|site| site.form != SiteForm::default())
}

/// The box «长期有效» stands for the end of validity.
#[cfg(feature = "ssr")]
fn until(answer: &mut String, long_term: &str) {
    if long_term == "yes" {
        "long_term".clone_into(answer);
    }
}

/// Where a form goes on to after its answers were kept.
#[cfg(feature = "ssr")]
fn kept(id: FilingId, section: Section, saved: Saved, go: &str, next: &str) -> Result<Kept, Fault> {
    let Saved { version, problems } = saved;
    let next = match go {
        "continue" if !problems.is_empty() => return Err(Fault::Invalid(problems)),
        "continue" if next.starts_with(&paths::filing::tasks(id)) => next.to_owned(),
        "refresh" => paths::filing::section(id, section),
        _ => paths::filing::tasks(id),
    };
    Ok(Kept { next, version, problems })
}

/// Keeps the declarations. A filing that can no longer be changed is the submission's to refuse, or to answer a repeat.
#[cfg(feature = "ssr")]
async fn declare(id: FilingId, version: i32, key: Uuid, form: ConsentForm) -> Result<(), Fault> {
    let ctx = ssr::ctx()?;
    let sequence = i64::try_from(ctx.clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    match filings::save_consent(&ctx, &ssr::caller(), id, version, Some(key), sequence, form).await {
        Ok(_) | Err(backend::Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_individuals_name_and_certificate_are_the_persons_in_charge() {
        let typed = SponsorForm {
            nature: "5".to_owned(),
            name: "李明".to_owned(),
            certificate_type: "2".to_owned(),
            certificate_number: "11010519491231002X".to_owned(),
            person_name: "旧名".to_owned(),
            ..SponsorForm::default()
        };
        let form = one_person(typed.clone());
        assert_eq!((form.person_name.as_str(), form.person_certificate_number.as_str()), ("李明", "11010519491231002X"));
        let at = |field: &'static str| Problem::new(Section::Sponsor, field, domain::problem::Rule::Required);
        let found = asked_once(&form, vec![at("name"), at("person_name"), at("person_certificate_number"), at("person_mobile")]);
        let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_ref()).collect();
        assert_eq!(fields, ["name", "certificate_number", "person_mobile"]);
        let unit = SponsorForm { nature: "4".to_owned(), ..typed };
        assert_eq!(one_person(unit.clone()), unit);
    }
}
