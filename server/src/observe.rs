//! One log line and two figures a request, without personal data: the door's name instead of the path, no query, no body.

use crate::{answers, guard::RequestId};
use app::doors;
use axum::{extract::Request, http::HeaderValue, middleware::Next, response::Response};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::{io::IsTerminal, net::SocketAddr, time::Instant};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Logs as JSON; to a person who looks at the demo, as text.
pub fn start_log(filter: &str, demo: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("BEIAN_LOG is {filter:?}: {error}; set it to a value such as info."))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    if demo && std::io::stdout().is_terminal() {
        log.compact().init();
    } else {
        log.json().flatten_event(true).init();
    }
    Ok(())
}

/// Serves the figures to Prometheus on an address of their own.
pub fn start_metrics(addr: Option<SocketAddr>) -> Result<(), String> {
    let Some(addr) = addr else { return Ok(()) };
    PrometheusBuilder::new()
        .with_http_listener(addr)
        .set_buckets(&[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
        .and_then(PrometheusBuilder::install)
        .map_err(|error| format!("BEIAN_METRICS_ADDR: nothing can listen on {addr}: {error}."))
}

/// The layer: gives each request its identifier, and tells what became of it.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let method = request.method().clone();
    let door = answers::name(doors::find(method.as_str(), request.uri().path()));
    let mut response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    if door != "-" {
        tracing::info!(request = %id.simple(), %method, door, status, ms = (seconds * 1e3).round(), "request");
    }
    metrics::counter!("http_requests_total", "door" => door, "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds", "door" => door).record(seconds);
    if let Ok(value) = HeaderValue::from_str(&id.simple().to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
