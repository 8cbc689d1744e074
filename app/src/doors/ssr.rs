//! What the bodies of doors use; on the server only.

use crate::{
    fault::{Done, Fault},
    paths,
    texts::Lang,
};
use axum::http::{HeaderValue, header};
use backend::{
    Ctx, Error, sessions,
    sessions::{NewSession, Session},
};
use domain::{
    actor::{Actor, Category},
    divisions::{self, Division},
    views::accounts::Stage,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// The name of the session's cookie. `__Host-`: only this host, only this path, only over a secure line.
pub const SESSION: &str = "__Host-session";

/// The context of this request: database, clock, keys, and where the request came from.
pub fn ctx() -> Result<Ctx, Fault> {
    use_context::<Ctx>().ok_or(Fault::Broken { incident: String::new() })
}

/// What a division is called on a page: English ones say both names.
pub fn division_name(l: Lang, division: Division) -> String {
    match l {
        Lang::Zh => division.name.to_owned(),
        Lang::En => divisions::in_english(division),
    }
}

/// A division in words, from the province down: none where there is no such place.
pub fn region_name(l: Lang, code: u32) -> Option<String> {
    match l {
        Lang::Zh => divisions::name_of(code),
        Lang::En => divisions::name_in_english(code),
    }
}

/// Who asks. `Anonymous` where nobody is signed in: the door's row says whether that is enough.
pub fn caller() -> Actor {
    use_context::<Actor>().unwrap_or(Actor::Anonymous)
}

/// Gives the browser a session.
pub fn keep_session(token: &str) {
    set_cookie(&format!("{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"));
}

/// Takes the session from the browser.
pub fn forget_session() {
    set_cookie(&format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

/// The token of the session's cookie, as sent.
pub fn session_token() -> Option<String> {
    cookie(SESSION)
}

/// The session of this request, however far it has come.
pub async fn find_session() -> Result<Option<Session>, Fault> {
    if let Some(session) = use_context::<Session>() {
        return Ok(Some(session));
    }
    match session_token() {
        Some(token) => Ok(sessions::find(&ctx()?, &token).await?),
        None => Ok(None),
    }
}

/// The session of who is signed in.
pub async fn session() -> Result<Session, Fault> {
    find_session().await?.filter(|session| session.stage == Stage::Full).ok_or(Fault::SignedOut)
}

/// A session that has begun and waits for its second factor.
pub async fn half_session() -> Result<Session, Fault> {
    find_session().await?.filter(|session| session.stage != Stage::Full).ok_or(Fault::SignedOut)
}

/// Gives the browser a session and leads on: to the second factor, to `next` where that is a path of this site, or to
/// the category's desk.
pub fn begin(session: &NewSession, next: &str) -> Done {
    keep_session(session.cookie_value());
    let wanted = paths::is_local(next);
    Done::to(match (session.stage, session.category) {
        (Stage::Full, _) if wanted => next.to_owned(),
        (Stage::Full, Category::Registrant) => paths::filings(),
        (Stage::Full, Category::Provider) => paths::provider(),
        (Stage::Full, Category::Bureau) => paths::bureau(),
        (stage, _) if stage.wants_password() && wanted => paths::with(&paths::first_password(), "next", next),
        (stage, _) if stage.wants_password() => paths::first_password(),
        (_, _) if wanted => paths::second_factor_then(next),
        (_, _) => paths::second_factor(),
    })
}

/// A cookie of this request.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<axum::http::request::Parts>()?;
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned())
}

/// The name of the cookie that lists the filings opened in this session, after the session itself.
const OPENED: &str = "__Host-opened";

fn opened() -> Option<(String, Vec<String>)> {
    let session = use_context::<Session>()?.id.simple().to_string();
    let given = cookie(OPENED).unwrap_or_default();
    let mut ids = given.split('.').map(str::to_owned);
    let own = ids.next().is_some_and(|first| first == session);
    Some((session, if own { ids.collect() } else { Vec::new() }))
}

/// Whether a filing was begun, or chosen to go on with, in this session (R3).
pub fn is_opened(id: &str) -> bool {
    opened().is_some_and(|(_, ids)| ids.iter().any(|known| known == id))
}

/// Remembers it until the session or the browser is closed; of many the last eight.
pub fn keep_opened(id: &str) {
    let Some((session, known)) = opened() else { return };
    let ids = std::iter::once(id).chain(known.iter().map(String::as_str).filter(|known| *known != id)).take(8);
    let value: Vec<&str> = std::iter::once(session.as_str()).chain(ids).collect();
    set_cookie(&format!("{OPENED}={}; Path=/; Secure; HttpOnly; SameSite=Lax", value.join(".")));
}

fn set_cookie(line: &str) {
    if let (Some(options), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(line)) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// The fault of what only the database or the machine can have kept from its end, with the request as its incident; the log gets
/// the cause.
pub fn not_done(error: &Error, request: Option<uuid::Uuid>) -> Fault {
    if error.is_busy() {
        tracing::error!(%error, "a request broke: the database did not answer in time");
        return Fault::Busy;
    }
    let incident = request.unwrap_or_else(uuid::Uuid::new_v4).simple().to_string();
    tracing::error!(incident, %error, "a request broke");
    Fault::Broken { incident }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(problems) => Self::Invalid(problems),
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::NotFound => Self::NotFound,
            Error::Stale => Self::Stale,
            Error::SignedOut => Self::SignedOut,
            Error::Forbidden => Self::Forbidden,
            Error::Limited { retry_after } => Self::Limited { retry_after_s: retry_after.as_secs().max(1) },
            inside => not_done(&inside, use_context::<Ctx>().and_then(|ctx| ctx.origin.request)),
        }
    }
}
