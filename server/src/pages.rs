//! Draws a page: the whole document in one piece, so that it reads without scripts and its status is known
//! before the first byte. Own instead of `leptos_axum`'s handlers, which end every page with an inline script;
//! a public page carries none.

use app::shell::{Assets, PageStatus, part_of, shell};
use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use futures::StreamExt;
use leptos::{
    IntoView,
    nonce::Nonce,
    prelude::provide_context,
};
use leptos_axum::ResponseOptions;
use leptos_integration_utils::{BoxedFnOnce, PinnedFuture, PinnedStream, build_response};
use leptos_meta::ServerMetaContext;
use leptos_router::{components::provide_server_redirect, location::RequestUrl};

/// What every page can reach while it is drawn.
pub trait Context: Fn() + Clone + Send + Sync + 'static {}
impl<F: Fn() + Clone + Send + Sync + 'static> Context for F {}

/// Draws the page behind the request's address.
pub async fn draw(assets: &Assets, context: impl Context, request: Request<Body>) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let address = parts.uri.path_and_query().map_or_else(|| path.clone(), ToString::to_string);
    let scripted = part_of(&path).is_some();
    let nonce = Nonce::new();
    let status = PageStatus::default();
    let options = ResponseOptions::default();
    let (meta, meta_output) = ServerMetaContext::new();

    let provide = {
        let (nonce, status, options) = (nonce.clone(), status.clone(), options.clone());
        move || {
            provide_context(RequestUrl::new(&address));
            provide_context(meta.clone());
            provide_context(parts.clone());
            provide_context(options.clone());
            provide_server_redirect(leptos_axum::redirect);
            provide_context(status.clone());
            if scripted {
                provide_context(nonce.clone());
            }
            context();
        }
    };
    let document = {
        let assets = assets.clone();
        let path = path.clone();
        move || shell(&assets, &path)
    };
    let (owner, stream) = build_response(document, provide, if scripted { with_data } else { without_scripts }, false);
    let waiting = owner.shared_context();
    let stream = stream.await;
    while let Some(pending) = waiting.as_ref().and_then(|context| context.await_deferred()) {
        pending.await;
    }
    let html: String = meta_output.inject_meta_context(stream).await.collect().await;
    owner.unset_with_forced_cleanup();

    let mut response = Response::new(Body::from(html));
    *response.status_mut() = StatusCode::from_u16(status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if scripted {
        response.extensions_mut().insert(PageNonce(nonce.to_string()));
    }
    if let Ok(mut set) = options.0.write() {
        if let Some(code) = set.status {
            *response.status_mut() = code;
        }
        response.headers_mut().extend(std::mem::take(&mut set.headers));
    }
    response
}

/// The nonce of a page's inline data, for the policy header.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

fn with_data<IV: IntoView + 'static>(app: IV, data: BoxedFnOnce<PinnedStream<String>>, _: bool) -> PinnedFuture<PinnedStream<String>> {
    Box::pin(async move {
        let html: String = app.to_html_stream_in_order().collect().await;
        Box::pin(futures::stream::once(async move { html }).chain(data())) as PinnedStream<String>
    })
}

fn without_scripts<IV: IntoView + 'static>(app: IV, _: BoxedFnOnce<PinnedStream<String>>, _: bool) -> PinnedFuture<PinnedStream<String>> {
    Box::pin(async move {
        let html: String = app.to_html_stream_in_order().collect().await;
        Box::pin(futures::stream::once(async move { html })) as PinnedStream<String>
    })
}

/// A last answer when even drawing failed.
pub fn broken(incident: &str) -> Response<Body> {
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("500 {incident}\n")).into_response()
}
