//! For those who watch over the process.

use crate::node::Node;
use axum::{extract::State, http::StatusCode};
use backend::database;
use std::{borrow::Cow, time::Duration};

/// Who watches asks often, and waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// What is ready, with a line for each that does not answer: the store of materials, the scanner.
async fn beside(node: &Node) -> &'static str {
    let scanner = async {
        match &node.ctx.settings.scanner {
            Some(scanner) => scanner.ping().await.is_ok(),
            None => true,
        }
    };
    let store = async { matches!(tokio::time::timeout(PATIENCE, node.ctx.files.ping()).await, Ok(Ok(()))) };
    match tokio::join!(store, scanner) {
        (true, true) => "ready\n",
        (true, false) => "ready\nthe scanner does not answer: uploads are refused\n",
        (false, true) => "ready\nthe store of materials does not answer\n",
        (false, false) => "ready\nthe store of materials does not answer\nthe scanner does not answer: uploads are refused\n",
    }
}

/// `/readyz`: requests may be sent here. Not while the database is away or older than the program, or rows need a key that is
/// not here, nor once it is asked to end.
pub async fn readyz(State(node): State<Node>) -> (StatusCode, Cow<'static, str>) {
    let unready = |line: &'static str| (StatusCode::SERVICE_UNAVAILABLE, line.into());
    if *node.stopping.borrow() {
        return unready("stopping\n");
    }
    if let Some(key) = node.ctx.keys.lacking() {
        let line = format!("the key «{key}» is not in the keys' file: take the file of another node and restart\n");
        return (StatusCode::SERVICE_UNAVAILABLE, line.into());
    }
    match tokio::time::timeout(PATIENCE, database::is_current(&node.ctx.pool)).await {
        // All but materials goes on, and another node would not reach these either.
        Ok(Ok(true)) => (StatusCode::OK, beside(&node).await.into()),
        Ok(Ok(false)) => unready("migrations missing\n"),
        _ => unready("database unreachable\n"),
    }
}
