//! Stands before everything: where a request comes from, who asks, whether the door admits them, and how often.

use crate::{
    answers::{self, Asked},
    api,
    node::{Node, Visit},
};
use app::{
    doors::{self, Kind, Limit, Who, ssr::SESSION},
    fault::{ACCOUNT, Fault, UNATTENDED},
    paths,
    texts::Lang,
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use backend::{Error, audit::Origin, sessions};
use domain::id::UserId;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use uuid::Uuid;

/// The identifier of a request, in its log lines and in `X-Request-Id`.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

/// The layer.
pub async fn guard(State(node): State<Node>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let plain = is_plain(path);
    let door = doors::find(request.method().as_str(), path).filter(|_| plain);
    let asked = Asked::by(&request);
    let headers = request.headers();
    let lang = language(headers);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let origin = Origin {
        address: peer.map(|peer| client_address(peer, headers, &node.trusted_proxies)),
        agent: headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned(),
        request: request.extensions().get::<RequestId>().map(|id| id.0),
    };
    let ctx = node.ctx.from_origin(origin);
    let mut visit = Visit { ctx, session: None, door, lang };

    // What it would answer from rows that it cannot read, or write for others to miss, another node does.
    if visit.ctx.keys.lacking().is_some() {
        return answers::fault(&node, &visit, &asked, Fault::Offline).await;
    }
    // Programs have no origin: whatever they send, they are told what there is.
    if door.is_none() && plain && doors::find("GET", path).is_some_and(|door| door.kind == Kind::Api) {
        return api::not_this_way();
    }
    let cross_site = !request.method().is_safe() && !is_same_origin(headers, &node.ctx.settings.base_url);
    let token = cookie(headers, SESSION).map(str::to_owned);
    // What another site sends is counted too, but not against what a person may do here.
    let limit = door.filter(|_| !cross_site).map_or(Limit::Usual, |door| door.limit);
    if let Some(retry_after_s) = node.limits.refuse(limit, &visit.ctx.origin.limit_key()) {
        return answers::fault(&node, &visit, &asked, Fault::Limited { retry_after_s }).await;
    }
    if cross_site {
        return answers::fault(&node, &visit, &asked, Fault::Forbidden).await;
    }
    if let Some(token) = token {
        let unattended = door.is_some_and(|door| door.kind == Kind::Stream) || is_unattended(&request);
        let found = if unattended {
            sessions::find_unattended(&visit.ctx, &token).await
        } else {
            sessions::find(&visit.ctx, &token).await
        };
        match found {
            // A page that somebody else's session has overtaken does nothing under it.
            Ok(session) => visit.session = session.filter(|session| is_of(headers, session.user)),
            Err(error) => return answers::fault(&node, &visit, &asked, not_done(&visit, &error)).await,
        }
    }
    if !plain {
        return answers::fault(&node, &visit, &asked, Fault::NotFound).await;
    }
    if let Some(door) = door {
        if door.who == Who::Demo && !node.is_demo() {
            return answers::fault(&node, &visit, &asked, Fault::NotFound).await;
        }
        if !door.who.admits(visit.actor().role()) {
            let signed_in = visit.actor().user().is_some();
            if !signed_in && door.kind == Kind::Page && asked.html {
                let next = request.uri().path_and_query().map_or("/", |path| path.as_str());
                return Redirect::to(&paths::sign_in_then(next)).into_response();
            }
            let fault = if signed_in { Fault::Forbidden } else { Fault::SignedOut };
            return answers::fault(&node, &visit, &asked, fault).await;
        }
    }
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// The same of a use-case that no door stands before.
pub fn not_done(visit: &Visit, error: &Error) -> Fault {
    doors::ssr::not_done(error, visit.ctx.origin.request)
}

/// The fault of something that broke, with the request as its incident; the log gets the cause.
pub fn broken(visit: &Visit, error: &dyn std::fmt::Display) -> Fault {
    let incident = visit.ctx.origin.request.unwrap_or_default().simple().to_string();
    tracing::error!(incident, %error, "a request broke");
    Fault::Broken { incident }
}

/// Whether a request, if it says whose page sent it, comes from a page of this account.
fn is_of(headers: &HeaderMap, user: UserId) -> bool {
    headers.get(ACCOUNT).is_none_or(|account| account.to_str().is_ok_and(|account| account == user.to_string()))
}

/// Whether a page asks by itself, and nobody need be there. Its pictures come with it, whoever asked for the page.
fn is_unattended(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let is_picture = request.headers().get("sec-fetch-dest").is_some_and(|place| place == "image");
    is_picture || request.headers().contains_key(UNATTENDED) || query.split('&').any(|pair| pair == "unattended=true")
}

/// The language that was chosen, else Chinese.
pub fn language(headers: &HeaderMap) -> Lang {
    cookie(headers, Lang::COOKIE).and_then(Lang::from_code).unwrap_or_default()
}

/// A cookie of these headers.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

/// Whether everybody reads this path alike. The router of the pages takes `//x/query` and `/x/../query` for `/query`: a path
/// with such segments leads to no door, or what it leads to would not be what was looked up in the table.
fn is_plain(path: &str) -> bool {
    let dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    !path.contains(['\\', '\t', '\n', '\r']) && !path.contains("//") && !path.split('/').any(dots)
}

/// Whether a page of ours sent this. Browsers say so in `Sec-Fetch-Site`; where they are silent (plain HTTP beyond this
/// machine) `Origin` must be ours, or that of this machine's own name; who sends neither is no browser of ours.
fn is_same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    if origin == base_url {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") && origin.strip_prefix("http://") == Some(host)
}

/// The last address that is not one of our proxies; what a client writes into the header itself stands before it.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    if !is_trusted(&peer) {
        return peer.to_canonical();
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let mut client = peer;
    for text in forwarded.into_iter().rev() {
        let Ok(address) = text.trim().parse::<IpAddr>() else { break };
        client = address;
        if !is_trusted(&address) {
            break;
        }
    }
    client.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_post_from_another_site_is_known() {
        let ours = "https://beian.example.org";
        assert!(is_same_origin(&headers(&[("sec-fetch-site", "same-origin")]), ours));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!is_same_origin(&headers(&[("sec-fetch-site", site), ("origin", ours)]), ours), "{site}");
        }
        assert!(is_same_origin(&headers(&[("origin", ours)]), ours));
        assert!(is_same_origin(&headers(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]), ours));
        assert!(!is_same_origin(&headers(&[("origin", "https://evil.example"), ("host", "beian.example.org")]), ours));
        let plain = [("origin", "http://beian.example.org"), ("host", "beian.example.org")];
        assert!(!is_same_origin(&headers(&plain), ours), "what came without TLS anybody on the line has written");
        assert!(!is_same_origin(&headers(&[("origin", "://localhost"), ("host", "localhost")]), ours));
        assert!(!is_same_origin(&headers(&[("origin", "null")]), ours));
        assert!(!is_same_origin(&headers(&[]), ours));
    }

    #[test]
    fn a_path_that_somebody_would_read_otherwise_is_not_plain() {
        for path in ["/", "/query", "/filings/", "/records/%E4%BA%ACICP%E5%A4%871%E5%8F%B7-1", "/help/a.b", "/lost-password/..x"]
        {
            assert!(is_plain(path), "{path}");
        }
        for path in
            ["//x/query", "///", "/query//", "/./query", "/help/../query", "/help/%2E%2e/query", "/help/.%2e", "/\\x/query"]
        {
            assert!(!is_plain(path), "{path}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_the_address() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let forged = headers(&[("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.1.1.1")]);
        assert_eq!(client_address(address("198.51.100.7"), &forged, &trusted), address("198.51.100.7"));
        assert_eq!(client_address(address("10.0.0.2"), &forged, &trusted), address("203.0.113.9"));
        assert_eq!(client_address(address("::ffff:10.0.0.2"), &forged, &trusted), address("203.0.113.9"));
        assert_eq!(
            client_address(address("10.0.0.2"), &headers(&[("x-forwarded-for", "unknown")]), &trusted),
            address("10.0.0.2")
        );
    }

    #[test]
    fn the_cookie_decides_the_language_and_chinese_is_the_default() {
        let of = |cookies: &str| language(&headers(&[("cookie", cookies)]));
        assert_eq!(of("a=b; __Host-lang=en"), Lang::En);
        assert_eq!(of("__Host-lang=tlh"), Lang::Zh);
        assert_eq!(of("lang=en"), Lang::Zh);
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
    }
}
