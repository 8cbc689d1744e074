//! One question and its answer, over a connection of its own to a socket that was judged.

use super::{Failure, Page, Policy};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, client::Resumption, pki_types::ServerName};
use std::{error::Error as _, io, net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;
use url::{Host, Position, Url};

/// How many of a name's sockets are tried.
const TRIES: usize = 4;
/// What hyper takes as the least size of its buffer.
const LEAST_HEAD: usize = 8 << 10;
const MOST_HEADERS: usize = 100;
const AGENT: &str = concat!("beian/", env!("CARGO_PKG_VERSION"));

/// An answer whose body is still to be read, with the connection that brings it: that ends with the answer.
pub(super) struct Answer {
    response: Response<Incoming>,
    _connection: JoinSet<()>,
}

/// How lines are protected: by certificates of the policy's authorities. No session is taken up again: it would tell a server
/// who comes back, and skip the look at its certificate.
pub(super) fn tls(policy: &Policy) -> Option<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let mut config = builder.with_root_certificates(Arc::clone(&policy.roots)).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Some(Arc::new(config))
}

/// Asks one of `sockets` for `url`, and waits for the answer's head.
pub(super) async fn get(
    policy: &Policy,
    tls: Option<&Arc<ClientConfig>>,
    url: &Url,
    sockets: &[SocketAddr],
) -> Result<Answer, Failure> {
    let stream = connect(policy, sockets).await?;
    if url.scheme() == "http" {
        return ask(policy, url, stream).await;
    }
    let name = match url.host().ok_or(Failure::Address)? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| Failure::Address)?,
        Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(address)),
        Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(address)),
    };
    let tls = Arc::clone(tls.ok_or(Failure::Tls)?);
    let protected = TlsConnector::from(tls).connect(name, stream).await.map_err(|_| Failure::Tls)?;
    ask(policy, url, protected).await
}

async fn connect(policy: &Policy, sockets: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for socket in sockets.iter().take(TRIES) {
        if let Ok(Ok(stream)) = tokio::time::timeout(policy.connecting, TcpStream::connect(socket)).await {
            return Ok(stream);
        }
    }
    Err(Failure::NoConnection)
}

async fn ask(
    policy: &Policy,
    url: &Url,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Answer, Failure> {
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::USER_AGENT, AGENT)
        .header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Failure::Address)?;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(policy.head.max(LEAST_HEAD)).max_headers(MOST_HEADERS);
    let (mut sender, driver) = builder.handshake(TokioIo::new(stream)).await.map_err(|_| Failure::NoConnection)?;
    let mut connection = JoinSet::new();
    // What becomes of the connection shows in the answer.
    connection.spawn(async move { _ = driver.await });
    let response = sender.send_request(request).await.map_err(|error| match error.is_parse_too_large() {
        true => Failure::Head,
        false => Failure::Broken,
    })?;
    Ok(Answer { response, _connection: connection })
}

/// Where an answer sends on to.
pub(super) fn location(answer: &Answer) -> Option<String> {
    let status = answer.response.status();
    let onward = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    let location = answer.response.headers().get(header::LOCATION).filter(|_| onward.contains(&status))?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// Reads the body, and stops at the policy's end of it.
pub(super) async fn read(policy: &Policy, url: Url, mut answer: Answer) -> Result<Page, Failure> {
    let headers = answer.response.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Failure::Encoding);
    }
    let content_type = text(header::CONTENT_TYPE);
    let status = answer.response.status().as_u16();
    let says_its_end = headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
    let mut body = Vec::new();
    let mut cut = false;
    while let Some(frame) = answer.response.body_mut().frame().await {
        let frame = match frame {
            Err(error) if !says_its_end && is_end(&error) => break,
            frame => frame.map_err(|_| Failure::Broken)?,
        };
        let Ok(data) = frame.into_data() else { continue };
        let room = policy.bytes.saturating_sub(body.len());
        body.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() > room {
            cut = true;
            break;
        }
    }
    Ok(Page { url, status, content_type, body, cut })
}

/// The connection ended where a protected line should have been closed first. Many servers end so, and browsers take it for the
/// end where the answer names no other (RFC 9112, 9.8 would have it incomplete). Who cuts the line can so hide the end of a page;
/// they could break it off anyhow, and put nothing into it.
fn is_end(error: &hyper::Error) -> bool {
    let line = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    line.is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}
