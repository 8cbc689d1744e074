//! For those who watch over the process.

use crate::node::Node;
use axum::{extract::State, http::StatusCode};
use backend::database;

/// `/healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: requests may be sent here. Not while the database is away or older than the program, nor once it is ending.
pub async fn readyz(State(node): State<Node>) -> (StatusCode, &'static str) {
    if *node.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if !database::is_reachable(&node.ctx.pool).await {
        return (StatusCode::SERVICE_UNAVAILABLE, "database unreachable\n");
    }
    match database::is_current(&node.ctx.pool).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "migrations missing\n"),
    }
}
