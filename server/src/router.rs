//! Which request goes where, and through which layers.

use crate::{
    answers::{self, Asked},
    api, bodies, doors, e_certificates,
    guard::{broken, guard},
    headers::secure,
    health, language, live, materials,
    node::{Node, Visit},
    observe::observe,
    pages,
};
use app::fault::Fault;
use axum::{
    Extension, Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, path::Path, time::Duration};
use tokio::time::timeout;
use tower::ServiceBuilder;
use tower_http::{compression::CompressionLayer, services::ServeDir, timeout::TimeoutLayer};

/// No request may take longer; streams have answered by then.
pub const LONGEST: Duration = Duration::from_secs(30);
/// So long whoever looks waits, after the door: there is time left to be told, where an end by [`LONGEST`] is a blank page.
const LONGEST_LOOK: Duration = Duration::from_secs(20);

/// Everything that answers.
pub fn router(node: &Node, site: &Path) -> Router {
    let watched = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    let assets = Router::new()
        .nest_service("/pkg", ServeDir::new(site.join("pkg")).precompressed_br())
        .route_service("/favicon.svg", tower_http::services::ServeFile::new(site.join("favicon.svg")));
    let guarded = Router::new()
        .merge(api::router())
        .route("/api/{*door}", any(doors::call))
        .route("/lang/{code}", get(language::switch))
        .route(app::doors::materials::UPLOAD, post(materials::upload))
        .route(app::doors::e_certificates::CHECK_FILE, post(e_certificates::check_file))
        .route(app::doors::e_certificates::PAPER, get(e_certificates::paper))
        .route(app::doors::e_certificates::FILE, get(e_certificates::file))
        .route(app::doors::materials::DOWNLOAD, get(materials::download))
        .route(app::doors::materials::THUMBNAIL, get(materials::thumbnail))
        .route("/live", get(live::live))
        .fallback(page)
        .layer(DefaultBodyLimit::disable())
        .with_state(node.clone());
    // The layers stand around a router, not around each of its routes: a router is cloned for a request by a counter, but a
    // route together with all that is around it.
    let guarded = ServiceBuilder::new()
        .map_request(bodies::ReadOn::of)
        .layer(from_fn(answers::words))
        .layer(from_fn_with_state(node.clone(), guard))
        .layer(from_fn_with_state(node.clone(), whole))
        .service(guarded);
    let all = ServiceBuilder::new()
        .layer(from_fn(observe))
        .layer(from_fn_with_state(node.clone(), secure))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .service(watched.merge(assets).with_state(node.clone()).fallback_service(guarded));
    Router::new().fallback_service(all)
}

async fn page(State(node): State<Node>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return answers::fault(&node, &visit, &Asked::by(&request), Fault::NotFound).await;
    }
    pages::draw(&node, &visit, request).await
}

/// A panic ends one request, not the connection: people get a page with the number of the incident.
async fn whole(State(node): State<Node>, request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().cloned();
    let asked = Asked::by(&request);
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    // Before anything is carried through without its client: a body that trickles in ends with the time of its request.
    let request = match &visit {
        Some(visit) if !looks => match bodies::read(&node, visit, request).await {
            Ok(request) => request,
            Err(answer) => return answer,
        },
        _ => request,
    };
    let run = AssertUnwindSafe(next.run(request)).catch_unwind();
    // What changes something is carried through, also when its client goes away: a use-case of several steps is not left
    // half done.
    let outcome = if looks {
        match (timeout(LONGEST_LOOK, run).await, &visit) {
            (Ok(outcome), _) => outcome,
            (Err(_), Some(visit)) => {
                tracing::error!(door = answers::name(visit.door), "a request broke: it was not answered in time");
                return answers::fault(&node, visit, &asked, Fault::Busy).await;
            }
            (Err(_), None) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    } else {
        tokio::spawn(run).await.unwrap_or_else(|error| Err(Box::new(error)))
    };
    let panic = match outcome {
        Ok(response) => return response,
        Err(panic) => panic,
    };
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic");
    let Some(visit) = visit else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let fault = broken(&visit, &text);
    let drawn = AssertUnwindSafe(answers::fault(&node, &visit, &asked, fault)).catch_unwind().await;
    drawn.unwrap_or_else(|_| {
        let mut response = Response::new(Body::from("500\n"));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
        response
    })
}
