//! The switch of the language: a cookie for a year, and back to the page.

use crate::forms::see_other;
use app::paths::is_local;
use app::texts::Lang;
use axum::{
    extract::{Path, RawQuery},
    http::{HeaderValue, header},
    response::Response,
};

/// `/lang/{code}?back=/…`
pub async fn switch(Path(code): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let back =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "back").map(|(_, value)| value.into_owned());
    let back = back.map(|back| encode(&back)).filter(|back| is_local(back)).unwrap_or_else(|| "/".to_owned());
    let mut response = see_other(&back);
    if let Some(lang) = Lang::from_code(&code) {
        let cookie = format!("{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", Lang::COOKIE, lang.code());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// A path that was decoded on its way here, in ASCII again.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() { out.push(char::from(byte)) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}
