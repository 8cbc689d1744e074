//! Live hints: the way to the node's hub. What may be listened to is the door's to say.

use crate::{
    answers::json_fault,
    node::{Node, Visit},
};
use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};

/// `GET /live?…`: server-sent events until the session or the node ends.
pub async fn live(State(node): State<Node>, Extension(visit): Extension<Visit>, RawQuery(query): RawQuery) -> Response {
    let session = visit.session.as_ref().map(|session| session.id);
    let query = query.unwrap_or_default();
    app::doors::live::stream(&visit.ctx, &visit.actor(), session, &node.hub, &query)
        .await
        .unwrap_or_else(|fault| json_fault(&fault))
}
