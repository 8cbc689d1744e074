//! Servers on this machine that answer as told, byte by byte, and names that lead where a test wants.

use super::super::Resolve;
use rustls::{HandshakeKind, ServerConfig};
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

/// What a server says to a request.
pub(super) enum Reply {
    /// These bytes, and the end.
    Whole(Vec<u8>),
    /// These bytes, and nothing more, not even the end of a protected line.
    Dropped(Vec<u8>),
    /// These bytes, then one more every 20 ms for ever.
    Dripping(Vec<u8>),
    /// These bytes, then as many as are taken.
    Endless(Vec<u8>),
}

/// How a protected line began: the name it was for, and whether from the beginning.
pub(super) type Shaken = (Option<String>, Option<HandshakeKind>);

/// A server on a port of its own.
pub(super) struct Server {
    /// Where it listens.
    pub(super) socket: SocketAddr,
    /// The heads of the requests it had.
    asked: Arc<Mutex<Vec<String>>>,
    /// The names that protected lines were asked for, and how each began.
    shaken: Arc<Mutex<Vec<Shaken>>>,
    /// A connection was closed from the other side while it was still speaking.
    pub(super) hung_up: mpsc::UnboundedReceiver<()>,
}

impl Server {
    /// Answers by the request's path.
    pub(super) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::listening(None, reply).await
    }

    /// Answers over lines that are protected like this.
    pub(super) async fn protected(tls: ServerConfig, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::listening(Some(TlsAcceptor::from(Arc::new(tls))), reply).await
    }

    async fn listening(tls: Option<TlsAcceptor>, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = listener.local_addr().unwrap();
        let (asked, shaken) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (told, hung_up) = mpsc::unbounded_channel();
        let (reply, heads, shakes) = (Arc::new(reply), Arc::clone(&asked), Arc::clone(&shaken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, reply, told) = (tls.clone(), Arc::clone(&reply), told.clone());
                let (heads, shakes) = (Arc::clone(&heads), Arc::clone(&shakes));
                tokio::spawn(async move {
                    let served = match tls {
                        None => serve(stream, &*reply, &heads).await,
                        Some(tls) => shake(tls, stream, &*reply, &heads, &shakes).await,
                    };
                    if served.is_err() {
                        _ = told.send(());
                    }
                });
            }
        });
        Self { socket, asked, shaken, hung_up }
    }

    /// One that always says the same.
    pub(super) async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_| Reply::Whole(answer.clone())).await
    }

    /// The heads of the requests it had.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How the protected lines began that stood.
    pub(super) fn shaken(&self) -> Vec<Shaken> {
        self.shaken.lock().unwrap().clone()
    }
}

async fn shake(
    tls: TlsAcceptor,
    stream: TcpStream,
    reply: &(impl Fn(&str) -> Reply + Sync),
    heads: &Mutex<Vec<String>>,
    shakes: &Mutex<Vec<Shaken>>,
) -> io::Result<()> {
    let stream = tls.accept(stream).await?;
    let (_, line) = stream.get_ref();
    shakes.lock().unwrap().push((line.server_name().map(str::to_owned), line.handshake_kind()));
    serve(stream, reply, heads).await
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    reply: &(impl Fn(&str) -> Reply + Sync),
    heads: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            // Nothing was asked: a connection is known too.
            heads.lock().unwrap().push(String::new());
            return Ok(());
        }
        if byte == [22] {
            // A handshake of TLS, which is not spoken here.
            return stream.write_all(&page("plain")).await;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    heads.lock().unwrap().push(head);
    match reply(&path) {
        Reply::Whole(bytes) => {
            // Who has read enough may go.
            _ = stream.write_all(&bytes).await;
            _ = stream.shutdown().await;
            Ok(())
        }
        Reply::Dropped(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await
        }
        Reply::Dripping(bytes) => {
            stream.write_all(&bytes).await?;
            let mut drops = tokio::time::interval(Duration::from_millis(20));
            loop {
                drops.tick().await;
                stream.write_all(b"x").await?;
            }
        }
        Reply::Endless(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(&[b'x'; 16384]).await?;
            }
        }
    }
}

/// A page.
pub(super) fn page(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

/// A redirect that gives a cookie on the way.
pub(super) fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// Names with an answer for each time they are asked; the last one stays.
#[derive(Default)]
pub(super) struct Names {
    answers: HashMap<String, Vec<Vec<SocketAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    /// Knows one name more.
    pub(super) fn with(mut self, name: &str, answers: Vec<Vec<SocketAddr>>) -> Self {
        self.answers.insert(name.to_owned(), answers);
        self
    }

    /// What was asked, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
        let mut asked = self.asked.lock().unwrap();
        let times = asked.iter().filter(|known| *known == name).count();
        asked.push(name.to_owned());
        let answers = self.answers.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(answers.get(times).or(answers.last()).cloned().unwrap_or_default())
    }
}
