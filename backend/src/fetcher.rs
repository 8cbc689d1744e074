//! The one way to an address that somebody outside gave: a home page to look at, later whatever else.
//!
//! Whoever names an address would have this machine ask for them, so nothing inside may be reached by it. What holds:
//!
//! - http and https alone, on the ports of the policy, without a name and password in the address;
//! - a name is resolved once, **every** address it has must be public, and the connection goes to an address that was
//!   judged: there is no second look-up that could answer otherwise (DNS rebinding), and no proxy in between;
//! - redirects are followed by hand, a few of them, and each target is judged anew;
//! - time, bytes, the answer's head, the number of fetches at once and the wait for a turn are bounded; compressed answers are
//!   refused, so that nothing grows on this side;
//! - nothing is sent that tells who asks: no cookies, no referrer, no session of TLS that is taken up again.
//!
//! [`Policy`] holds the numbers. Tests permit one socket of their own and nothing else of the machine.

mod address;
mod charset;
mod exchange;
mod resolver;

pub use address::is_public;
pub use resolver::{Resolve, System};

use rustls::{ClientConfig, RootCertStore};
use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use url::{Host, Url};

/// What may be fetched, and how much of it.
#[derive(Clone)]
pub struct Policy {
    /// Who resolves names.
    pub resolver: Arc<dyn Resolve>,
    /// The ports an address may name.
    pub ports: Vec<u16>,
    /// Sockets that may be reached although they are not public; none but in tests.
    pub permitted: Vec<SocketAddr>,
    /// The authorities whose certificates count.
    pub roots: Arc<RootCertStore>,
    /// How many redirects are followed.
    pub redirects: usize,
    /// How long a fetch may take from its turn on, redirects included.
    pub time: Duration,
    /// How long it may wait for its turn.
    pub waiting: Duration,
    /// How long one connection may take to stand.
    pub connecting: Duration,
    /// How many bytes of a body are read; the rest is left.
    pub bytes: usize,
    /// How many bytes an answer's head may have; 8 KiB at least.
    pub head: usize,
    /// How many fetches go on at once.
    pub at_once: usize,
}

impl Default for Policy {
    /// For addresses from outside, with Mozilla's list of authorities. Two fetches, each with its wait, end before the request
    /// that asks for them does (30 s).
    fn default() -> Self {
        Self {
            resolver: Arc::new(System),
            ports: vec![80, 443],
            permitted: Vec::new(),
            roots: Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }),
            redirects: 3,
            time: Duration::from_secs(10),
            waiting: Duration::from_secs(3),
            connecting: Duration::from_secs(3),
            bytes: 1 << 20,
            head: 32 << 10,
            at_once: 16,
        }
    }
}

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Too many fetches go on already. It says nothing about the address.
    #[error("too many fetches at once")]
    Busy,
    /// Not an address of http or https.
    #[error("not an address of http or https")]
    Address,
    /// A name or password stands in the address.
    #[error("credentials in the address")]
    Credentials,
    /// Another port than those of the policy.
    #[error("a port that is not permitted")]
    Port,
    /// The name has no address.
    #[error("no such name")]
    NoSuchName,
    /// It leads to an address that is not public.
    #[error("not a public address")]
    Inside,
    /// Nobody answers there.
    #[error("no connection")]
    NoConnection,
    /// The line cannot be protected: no valid certificate for the name.
    #[error("no valid certificate")]
    Tls,
    /// It took too long.
    #[error("timed out")]
    TimedOut,
    /// Too many redirects, or one to where none is followed. Which of the two, and why, is not told: whoever wrote the
    /// redirect would learn which names and addresses there are inside.
    #[error("a redirect that is not followed")]
    Redirect,
    /// The answer's head is too large.
    #[error("the head is too large")]
    Head,
    /// The body is compressed although that was declined.
    #[error("a compressed body")]
    Encoding,
    /// The answer breaks the protocol or off.
    #[error("a broken answer")]
    Broken,
}

/// What came.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it came from in the end.
    pub url: Url,
    /// The status of the answer.
    pub status: u16,
    /// `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// The body, as far as it was read.
    pub body: Vec<u8>,
    /// There was more.
    pub cut: bool,
}

impl Page {
    /// The body as text: by its byte order mark, the header, a `meta`; else UTF-8 where it is that, or GB 18030.
    pub fn text(&self) -> String {
        charset::decode(&self.body, self.content_type.as_deref())
    }
}

/// Fetches by a [`Policy`]. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    policy: Arc<Policy>,
    /// How lines are protected. `None` only if the library refuses its own versions of TLS.
    tls: Option<Arc<ClientConfig>>,
    turns: Arc<Semaphore>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("permitted", &self.policy.permitted).finish_non_exhaustive()
    }
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl Fetcher {
    /// One that keeps to this policy.
    pub fn new(policy: Policy) -> Self {
        let turns = Arc::new(Semaphore::new(policy.at_once));
        Self { tls: exchange::tls(&policy), policy: Arc::new(policy), turns }
    }

    /// Asks for an address by GET. An answer of any status is a page.
    pub async fn get(&self, address: &str) -> Result<Page, Failure> {
        // Waiting for a turn says nothing about the address: its time begins after. Nobody waits long: whoever asks is carried
        // through although the request has ended, so the queue would grow.
        let turn = tokio::time::timeout(self.policy.waiting, self.turns.acquire());
        let Ok(Ok(_turn)) = turn.await else { return Err(Failure::Busy) };
        tokio::time::timeout(self.policy.time, self.follow(address)).await.unwrap_or(Err(Failure::TimedOut))
    }

    async fn follow(&self, address: &str) -> Result<Page, Failure> {
        let mut url = Url::parse(address).map_err(|_| Failure::Address)?;
        for hop in 0..=self.policy.redirects {
            let sockets = self.judge(&url).await.map_err(|failure| if hop == 0 { failure } else { Failure::Redirect })?;
            let answer = exchange::get(&self.policy, self.tls.as_ref(), &url, &sockets).await?;
            match exchange::location(&answer) {
                Some(location) => url = url.join(&location).map_err(|_| Failure::Redirect)?,
                None => return exchange::read(&self.policy, url, answer).await,
            }
        }
        Err(Failure::Redirect)
    }

    /// The sockets an address stands for, where each of them may be reached.
    async fn judge(&self, url: &Url) -> Result<Vec<SocketAddr>, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Address);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::Credentials);
        }
        let port = url.port_or_known_default().ok_or(Failure::Address)?;
        if !self.policy.ports.contains(&port) {
            return Err(Failure::Port);
        }
        let sockets = match url.host().ok_or(Failure::Address)? {
            Host::Domain(name) => self.policy.resolver.resolve(name, port).await.map_err(|_| Failure::NoSuchName)?,
            Host::Ipv4(address) => vec![SocketAddr::from((address, port))],
            Host::Ipv6(address) => vec![SocketAddr::from((address, port))],
        };
        if sockets.is_empty() {
            return Err(Failure::NoSuchName);
        }
        // One address inside among public ones is enough: such a name was made to be tried until it falls there.
        let may = |socket: &SocketAddr| is_public(socket.ip()) || self.policy.permitted.contains(socket);
        if sockets.iter().all(may) { Ok(sockets) } else { Err(Failure::Inside) }
    }
}

#[cfg(test)]
mod tests;
