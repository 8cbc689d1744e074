//! The desks of provider and bureau: lists, one case, and every verb that their staff has.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{
    doors::ssr,
    parts::case::{Place, labels::division},
    texts::use_lang,
};
#[cfg(feature = "ssr")]
use backend::{filings::Seen, reviews};
#[cfg(feature = "ssr")]
use domain::filing::Verb;
use domain::{
    id::{FilingId, UserId},
    views::desk::{CaseView, DecisionForm, DeskView, Listing},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A case as its page needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// The case.
    pub case: CaseView,
    /// Province, city and county of the sponsor in words: the browser does not have the names of counties.
    pub region: String,
    /// The server's time, against which deadlines are shown.
    #[serde(with = "time::serde::rfc3339")]
    pub now: domain::Moment,
}

/// A desk with one page of one list. Whether the page asks by itself is for the guard to know.
#[server(endpoint = "reviews/desk", prefix = "/api", input = GetUrl)]
pub async fn desk(listing: Listing, page: u32, #[server(default)] unattended: bool) -> Result<DeskView, Fault> {
    let _ = unattended;
    Ok(reviews::desk(&ssr::ctx()?, &ssr::caller(), listing, page).await?)
}

/// One case, whole. Whether the page asks by itself is for the guard to know.
#[server(endpoint = "reviews/case", prefix = "/api", input = GetUrl)]
pub async fn case(id: FilingId, #[server(default)] unattended: bool) -> Result<Sheet, Fault> {
    let _ = unattended;
    let ctx = ssr::ctx()?;
    let case = reviews::case(&ctx, &ssr::caller(), id).await?;
    let region = division(&case.draft.sponsor).and_then(|code| ssr::region_name(use_lang(), code));
    Ok(Sheet { case, region: region.unwrap_or_default(), now: ctx.clock.now() })
}

/// One masked answer in full; that it was looked at is recorded.
#[server(endpoint = "reviews/reveal", prefix = "/api")]
pub async fn reveal(id: FilingId, section: String, field: String) -> Result<String, Fault> {
    let section = section.parse().map_err(|_| Fault::NotFound)?;
    Ok(reviews::reveal(&ssr::ctx()?, &ssr::caller(), id, section, &field).await?)
}

/// Takes a case from the queue 领取.
#[server(endpoint = "reviews/claim", prefix = "/api")]
pub async fn claim(id: FilingId, seq: i32, retry_key: Uuid, #[server(default)] place: String) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    reviews::claim(&ctx, &caller, id, seq, retry_key).await?;
    Ok(Done::to(place.stay(Verb::Claim, id)))
}

/// Puts a case back into the queue 放回队列.
#[server(endpoint = "reviews/release", prefix = "/api")]
pub async fn release(id: FilingId, seq: i32, retry_key: Uuid, #[server(default)] place: String) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    let next = reviews::release(&ctx, &caller, id, seq, retry_key).await?;
    Ok(Done::to(place.after(Verb::Release, id, next)))
}

/// Gives a case to a colleague 转交.
#[server(endpoint = "reviews/hand_over", prefix = "/api")]
pub async fn hand_over(
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    to: UserId,
    #[server(default)] place: String,
) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    let next = reviews::hand_over(&ctx, &caller, id, seq, retry_key, to).await?;
    Ok(Done::to(place.after(Verb::HandOver, id, next)))
}

macro_rules! verdicts {
    ($($(#[$doc:meta])* $name:ident = $verb:ident at $endpoint:literal, then $then:ident;)*) => {$(
        $(#[$doc])*
        #[server(endpoint = $endpoint, prefix = "/api")]
        pub async fn $name(
            id: FilingId,
            seq: i32,
            retry_key: Uuid,
            #[server(default)] place: String,
            #[server(default)] form: DecisionForm,
        ) -> Result<Done, Fault> {
            let (ctx, caller) = (ssr::ctx()?, ssr::caller());
            let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
            let next = reviews::$name(&ctx, &caller, id, seq, retry_key, form).await?;
            Ok(Done::to(place.$then(Verb::$verb, id, next)))
        }
    )*};
}

verdicts! {
    /// Sends it back to the registrant with reasons 退回.
    return_filing = Return at "reviews/return", then after;
    /// Verifies and submits to the bureau 核实提交.
    pass = Pass at "reviews/pass", then after;
    /// Asks a department for its pre-approval 前置审批.
    hold = Hold at "reviews/hold", then after;
    /// Records the department's answer.
    resume = Resume at "reviews/resume", then stay_with;
    /// Sends a first approval back to who gave it 复审退回.
    send_back = SendBack at "reviews/send_back", then after;
    /// Refuses with reasons.
    refuse = Refuse at "reviews/refuse", then after;
    /// Stops the filing for good.
    stop = Stop at "reviews/stop", then after;
}

/// Approves; the number is issued, or a second reviewer follows.
#[server(endpoint = "reviews/approve", prefix = "/api")]
pub async fn approve(
    id: FilingId,
    seq: i32,
    retry_key: Uuid,
    #[server(default)] place: String,
    #[server(default)] form: DecisionForm,
) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    let next = reviews::approve(&ctx, &caller, id, seq, retry_key, form).await?;
    let proposed = reviews::is_proposed(&ctx, &caller, id).await?;
    Ok(Done::to(place.after_approval(id, next, proposed)))
}

/// Takes one's own first approval back 撤回初审.
#[server(endpoint = "reviews/retract", prefix = "/api")]
pub async fn retract(id: FilingId, seq: i32, retry_key: Uuid, #[server(default)] place: String) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    reviews::retract(&ctx, &caller, id, seq, retry_key).await?;
    Ok(Done::to(place.stay(Verb::Retract, id)))
}

/// Corrects answers with the registrant's leave 代为修改.
#[server(endpoint = "reviews/correct", prefix = "/api")]
pub async fn correct(
    id: FilingId,
    seq: i32,
    edition: i64,
    retry_key: Uuid,
    #[server(default)] place: String,
    #[server(default)] form: DecisionForm,
) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    reviews::correct(&ctx, &caller, id, Seen { seq, edition }, retry_key, form).await?;
    Ok(Done::to(place.stay(Verb::Correct, id)))
}

/// Sends a refused filing on again as its provider (rules 0.3).
#[server(endpoint = "reviews/resubmit", prefix = "/api")]
pub async fn resubmit(
    id: FilingId,
    seq: i32,
    edition: i64,
    retry_key: Uuid,
    #[server(default)] place: String,
) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    let next = reviews::resubmit(&ctx, &caller, id, Seen { seq, edition }, retry_key).await?;
    Ok(Done::to(place.after(Verb::Resubmit, id, next)))
}

/// Records that a person's identity was checked (R7).
#[server(endpoint = "reviews/record_identity_check", prefix = "/api")]
pub async fn record_identity_check(
    id: FilingId,
    #[server(default)] edition: Option<i64>,
    #[server(default)] section: String,
    #[server(default)] method: String,
    #[server(default)] at: String,
    #[server(default)] place: String,
) -> Result<Done, Fault> {
    let (ctx, caller) = (ssr::ctx()?, ssr::caller());
    let place = Place::of(&caller, &place).ok_or(Fault::Forbidden)?;
    reviews::record_identity_check(&ctx, &caller, id, edition, &section, &method, &at).await?;
    Ok(Done::to(place.case(id)))
}
