//! What every answer says to the browser about trust.

use crate::{
    guard::cookie,
    node::Node,
    pages::{PageNonce, PageScript},
};
use app::doors::{self, Owner, ssr::SESSION};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer` browsers send `Origin: null`, and forms could not be told from another site's.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The layer.
pub async fn secure(State(node): State<Node>, request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/pkg/");
    let door = doors::find(request.method().as_str(), request.uri().path());
    // A secret in the address opens things of persons, too.
    let is_owned = door.is_some_and(|door| door.owner != Owner::None) || cookie(request.headers(), SESSION).is_some();
    let mut response = next.run(request).await;
    let scripts = scripts(response.extensions().get::<PageNonce>(), response.extensions().get::<PageScript>());
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy(&scripts));
    }
    if *node.stopping.borrow() {
        // The next request of this client is another node's.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if !node.is_demo() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    // Styles and scripts of a build come by a type alone (ASVS 5.0, 4.1.1).
    let plain = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if let Some(kind) = plain.filter(|kind| kind.starts_with("text/") && !kind.contains("charset"))
        && let Ok(kind) = HeaderValue::from_str(&format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if is_asset && response.status().is_success() {
        // The folder's name is a hash of its content.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    } else if !response.headers().contains_key(header::CACHE_CONTROL) {
        let personal = is_owned || response.headers().contains_key(header::SET_COOKIE);
        let value = if personal { "no-store" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

/// A page without scripts may run none; one with the program runs ours and its own inline data.
fn scripts(nonce: Option<&PageNonce>, script: Option<&PageScript>) -> String {
    match (nonce, script) {
        (Some(PageNonce(nonce)), _) => format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        (None, Some(PageScript)) => "'self'".to_owned(),
        (None, None) => "'none'".to_owned(),
    }
}

fn policy(scripts: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; object-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
