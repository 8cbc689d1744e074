//! Runs server functions: in the context of the request, with the status that belongs to the outcome.

use crate::{
    answers::{self, Asked, LARGEST_FAULT, accepts_html, json_fault, status, with_retry_after},
    forms,
    node::{Node, Visit},
};
use app::fault::Fault;
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use leptos::{
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
    server_fn::{axum::get_server_fn_service, error::SERVER_FN_ERROR_HEADER},
};
use leptos_axum::ResponseOptions;

/// `/api/…`: a server function, for fetch clients and for forms without scripts.
pub async fn call(State(node): State<Node>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    if visit.door.is_none() {
        return answers::fault(&node, &visit, &Asked::by(&request), Fault::NotFound).await;
    }
    if accepts_html(request.headers()) && !request.method().is_safe() {
        return forms::post(&node, &visit, request).await;
    }
    run(&visit, request).await
}

/// Runs the server function behind the request's address as for a fetch client.
pub async fn run(visit: &Visit, request: Request) -> Response {
    let Some(mut service) = get_server_fn_service(request.uri().path(), request.method().clone()) else {
        return json_fault(&Fault::NotFound);
    };
    let (mut parts, body) = request.into_parts();
    // Asked for a page, the framework would redirect instead of answering.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let options = ResponseOptions::default();
    let owner = Owner::new();
    let response = {
        let (options, visit, parts) = (options.clone(), visit.clone(), parts);
        owner
            .with(|| {
                ScopedFuture::new(async move {
                    provide_context(parts.clone());
                    provide_context(options);
                    visit.provide();
                    service.run(Request::from_parts(parts, body)).await
                })
            })
            .await
    };
    owner.unset_with_forced_cleanup();
    let mut response = with_status(response).await;
    if let Ok(mut set) = options.0.write() {
        response.headers_mut().extend(std::mem::take(&mut set.headers));
    }
    response
}

/// The framework answers every fault with 500; fetch clients get the status that says what it is.
async fn with_status(response: Response) -> Response {
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_FAULT).await.unwrap_or_default();
    let fault = match serde_json::from_slice(&bytes) {
        // Here it means that the request's body could not be read: the client is to blame, not the line.
        Ok(Fault::Offline) => Fault::Malformed,
        Ok(fault) => fault,
        Err(_) => Fault::Broken { incident: String::new() },
    };
    parts.status = status(&fault);
    parts.headers.remove(header::CONTENT_LENGTH);
    let bytes = serde_json::to_vec(&fault).unwrap_or_default();
    with_retry_after(&fault, Response::from_parts(parts, Body::from(bytes)))
}
