//! Draws a page: the whole document in one piece, so that it reads without scripts and its status is known
//! before the first byte. Own instead of `leptos_axum`'s handlers, which end every page with an inline script;
//! a public page carries none.

use crate::{
    answers::{status, with_retry_after},
    forms,
    guard::not_done,
    node::{Node, Visit},
};
use app::{
    fault::Fault,
    flash::Flash,
    shell::{PageFault, PageStatus, PasskeysScript, is_hydrated, part_of, shell},
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Response, StatusCode, header, request::Parts},
};
use futures::StreamExt;
use leptos::{
    IntoView,
    nonce::Nonce,
    prelude::{Owner, provide_context},
};
use leptos_axum::ResponseOptions;
use leptos_integration_utils::{BoxedFnOnce, PinnedFuture, PinnedStream, build_response};
use leptos_meta::ServerMetaContext;
use leptos_router::{components::provide_server_redirect, location::RequestUrl};

/// The nonce of a page's inline data, for the policy header.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

/// A page without the program that has one script of ours, for the policy header.
#[derive(Clone, Copy, Debug)]
pub struct PageScript;

/// Draws the page behind the request's address, with the flash that its cookie names.
pub async fn draw(node: &Node, visit: &Visit, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let token = forms::flash_token(&parts.headers).map(str::to_owned);
    let flash = match &token {
        None => None,
        Some(token) => match forms::read(visit, token, parts.uri.path()).await {
            Ok(flash) => flash,
            Err(error) => return draw_fault(node, visit, parts.uri.path(), not_done(visit, &error)).await,
        },
    };
    let shown = token.filter(|_| flash.is_some());
    let mut response = render(node, visit, parts, flash.unwrap_or_default(), None).await;
    // Where the page could not be shown, it has what was typed when it is loaded again.
    if let Some(token) = shown
        && response.status().is_success()
    {
        response.headers_mut().append(header::SET_COOKIE, forms::forget(visit, &token).await);
    }
    response
}

/// Draws a fault in the place of the page that was asked for; without scripts, as these would look for the page.
pub async fn draw_fault(node: &Node, visit: &Visit, path: &str, fault: Fault) -> Response<Body> {
    let (mut parts, ()) = axum::http::Request::new(()).into_parts();
    if let Ok(uri) = path.parse() {
        parts.uri = uri;
    }
    let code = status(&fault);
    let mut response = render(node, visit, parts, Flash::default(), Some(fault.clone())).await;
    *response.status_mut() = code;
    with_retry_after(&fault, response)
}

async fn render(node: &Node, visit: &Visit, parts: Parts, flash: Flash, fault: Option<Fault>) -> Response<Body> {
    let path = parts.uri.path().to_owned();
    // Whole: what begins with two slashes would be read as another host, or as no address at all.
    let address = parts.uri.path_and_query().filter(|address| address.as_str().starts_with('/'));
    let address = format!("http://localhost{}", address.map_or("/", |address| address.as_str()));
    let scripted = fault.is_none() && part_of(&path).is_some();
    let hydrated = scripted && is_hydrated(&path);
    let nonce = Nonce::new();
    let page_status = PageStatus::default();
    let passkeys = PasskeysScript::of(&node.assets);
    let options = ResponseOptions::default();
    let (meta, meta_output) = ServerMetaContext::new();

    let provide = {
        let (nonce, page_status, options, visit) = (nonce.clone(), page_status.clone(), options.clone(), visit.clone());
        let passkeys = passkeys.clone();
        move || {
            provide_context(RequestUrl::new(&address));
            provide_context(meta);
            provide_context(parts);
            provide_context(options);
            provide_server_redirect(leptos_axum::redirect);
            provide_context(page_status);
            provide_context(passkeys);
            provide_context(flash);
            if scripted {
                provide_context(nonce);
            }
            if !hydrated && let Some(context) = Owner::current_shared_context() {
                // Nothing will read the data of this page in a browser: what would write it there would never be asked, nor end.
                context.set_is_hydrating(false);
            }
            if let Some(fault) = fault {
                provide_context(PageFault(fault));
            }
            visit.provide();
        }
    };
    let assets = node.assets.clone();
    let document = move || shell(&assets, &path, scripted);
    let (owner, stream) = build_response(document, provide, if hydrated { with_data } else { without_data }, false);
    let waiting = owner.shared_context();
    let stream = stream.await;
    while let Some(pending) = waiting.as_ref().and_then(|context| context.await_deferred()) {
        pending.await;
    }
    let html: String = meta_output.inject_meta_context(stream).await.collect().await;
    owner.unset_with_forced_cleanup();

    let mut response = Response::new(Body::from(html));
    *response.status_mut() = StatusCode::from_u16(page_status.get()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(seconds) = page_status.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if scripted {
        response.extensions_mut().insert(PageNonce(nonce.to_string()));
    } else if passkeys.is_drawn() {
        response.extensions_mut().insert(PageScript);
    }
    if let Ok(mut set) = options.0.write() {
        if let Some(code) = set.status {
            *response.status_mut() = code;
        }
        response.headers_mut().extend(std::mem::take(&mut set.headers));
    }
    response
}

fn with_data<IV: IntoView + 'static>(
    app: IV,
    data: BoxedFnOnce<PinnedStream<String>>,
    _: bool,
) -> PinnedFuture<PinnedStream<String>> {
    Box::pin(async move {
        let html: String = app.to_html_stream_in_order().collect().await;
        Box::pin(futures::stream::once(async move { html }).chain(data())) as PinnedStream<String>
    })
}

fn without_data<IV: IntoView + 'static>(
    app: IV,
    _: BoxedFnOnce<PinnedStream<String>>,
    _: bool,
) -> PinnedFuture<PinnedStream<String>> {
    Box::pin(async move {
        let html: String = app.to_html_stream_in_order().collect().await;
        Box::pin(futures::stream::once(async move { html })) as PinnedStream<String>
    })
}
