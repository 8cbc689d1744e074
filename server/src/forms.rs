//! Forms without scripts. An HTML post runs its door as a fetch client would, and is answered 303: to where the door says,
//! or back to the form with a flash of what was typed and what is wrong.

use crate::{
    doors,
    guard::{cookie, not_done},
    node::{Node, Visit},
    pages,
};
use app::{
    doors::{captchas, sessions::SIGN_OUT},
    fault::{Done, Fault},
    flash::{Flash, is_secret},
    paths::{self, is_local},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::collections::HashMap;
use url::Url;

/// The one-time cookie of a flash.
pub const FLASH: &str = "__Host-flash";
/// A form of this size holds every answer of a filing; larger ones were refused before they came here (`bodies`).
const LARGEST_FORM: usize = 1 << 20;

/// What is kept of a form that was wrong: more than the longest of our forms, and no place to store things in.
const LARGEST_FLASH: usize = 128 << 10;

/// Answers an HTML post to a server function.
pub async fn post(node: &Node, visit: &Visit, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    let typed = values(&bytes);
    let back = back(&typed, &parts.headers, &node.ctx.settings.base_url);
    let door = parts.uri.path().to_owned();
    let response = doors::run(visit, Request::from_parts(parts, Body::from(bytes))).await;

    let (parts, body) = response.into_parts();
    let answer = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    let outcome = if parts.status.is_success() {
        Ok(serde_json::from_slice::<Done>(&answer).unwrap_or_else(|_| Done::to(back.clone())))
    } else {
        Err(serde_json::from_slice::<Fault>(&answer).unwrap_or(Fault::Malformed))
    };
    let mut answer = redirect(node, visit, outcome, typed, &door, &back).await;
    for cookie in parts.headers.get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    if door == SIGN_OUT && parts.status.is_success() {
        // A program of ours deletes what the browser keeps of its account; here none has come yet, or none runs.
        answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    }
    answer
}

/// Where to go after a form, with a flash where something was wrong.
pub async fn redirect(
    node: &Node,
    visit: &Visit,
    outcome: Result<Done, Fault>,
    typed: HashMap<String, Vec<String>>,
    door: &str,
    back: &str,
) -> Response {
    let (fault, back) = match outcome {
        // The form is drawn again as it was filled in, with another challenge.
        Ok(done) if door == captchas::ANOTHER && is_local(&done.next) => (None, done.next),
        Ok(done) => return see_other(if is_local(&done.next) { &done.next } else { "/" }),
        Err(Fault::SignedOut) => return see_other(&paths::sign_in_then(back)),
        Err(fault) => (Some(fault), back.to_owned()),
    };
    let back = back.as_str();
    if !node.limits.allows_flash(&visit.ctx.origin.limit_key()) {
        return see_other(back);
    }
    let mut values: HashMap<_, _> = typed.into_iter().filter(|(name, _)| !is_secret(door, name)).collect();
    if values.iter().map(|(name, values)| name.len() + values.iter().map(String::len).sum::<usize>()).sum::<usize>()
        > LARGEST_FLASH
    {
        values.clear();
    }
    let content = serde_json::json!({ "fault": fault, "door": door, "page": path_of(back) });
    match backend::flash::put(&visit.ctx, &backend::flash::Flash { values, fault: Some(content), by: visit.actor().user() }).await
    {
        Ok(token) => {
            let mut answer = see_other(back);
            let cookie = format!("{FLASH}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=300");
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            answer
        }
        // Going back, whoever sent it finds it in the browser as it was.
        Err(error) => pages::draw_fault(node, visit, door, not_done(visit, &error)).await,
    }
}

/// What names the flash that this request brings.
pub fn flash_token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, FLASH)
}

/// The flash that this names, if this page is the one that it is for: what was typed for one filing is not for the same form of
/// another.
pub async fn read(visit: &Visit, token: &str, page: &str) -> backend::Result<Option<Flash>> {
    let Some(stored) = backend::flash::read(&visit.ctx, token, visit.actor().user()).await? else { return Ok(None) };
    let content = stored.fault.unwrap_or_default();
    if content.get("page").and_then(|page| page.as_str()) != path_of(page).as_deref() {
        return Ok(None);
    }
    Ok(Some(Flash {
        values: stored.values,
        fault: content.get("fault").and_then(|fault| serde_json::from_value(fault.clone()).ok()),
        door: content.get("door").and_then(|door| door.as_str()).unwrap_or_default().to_owned(),
    }))
}

/// Forgets what a page has shown; answers what takes the cookie away.
pub async fn forget(visit: &Visit, token: &str) -> HeaderValue {
    if let Err(error) = backend::flash::forget(&visit.ctx, token).await {
        tracing::warn!(%error, "a flash stays until its time is over");
    }
    HeaderValue::from_static("__Host-flash=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The path of an address here, as it is compared: without what is asked of it.
fn path_of(address: &str) -> Option<String> {
    Url::parse(&format!("http://localhost{address}")).ok().map(|url| url.path().to_owned())
}

/// Every input of a posted form.
fn values(form: &Bytes) -> HashMap<String, Vec<String>> {
    let mut values: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(form) {
        values.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    values
}

/// The form's page: what its hidden `back` says, else where the browser says it was.
pub fn back(typed: &HashMap<String, Vec<String>>, headers: &HeaderMap, base_url: &str) -> String {
    if let Some(path) = typed.get("back").and_then(|values| values.first()).filter(|path| is_local(path)) {
        return path.clone();
    }
    let referer =
        headers.get(header::REFERER).and_then(|referer| referer.to_str().ok()).and_then(|referer| Url::parse(referer).ok());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let came_from = match referer {
        Some(url) if url.authority() == host || url.origin().ascii_serialization() == base_url => {
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
        }
        _ => String::new(),
    };
    if is_local(&came_from) { came_from } else { "/".into() }
}

/// Go there, with GET.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_referer_counts_only_when_it_is_ours() {
        let typed = HashMap::new();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost:3000"));
        headers.insert(header::REFERER, HeaderValue::from_static("http://localhost:3000/sign-in?next=/account"));
        assert_eq!(back(&typed, &headers, "http://localhost:3000"), "/sign-in?next=/account");
        for away in ["http://localhost:3000//evil.example", "http://localhost:3000/.//evil.example/a?b=1"] {
            headers.insert(header::REFERER, HeaderValue::from_static(away));
            assert_eq!(back(&typed, &headers, "http://localhost:3000"), "/", "{away}");
        }
        headers.insert(header::REFERER, HeaderValue::from_static("https://evil.example/sign-in"));
        assert_eq!(back(&typed, &headers, "http://localhost:3000"), "/");
    }
}
