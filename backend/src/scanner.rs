//! The operator's virus scanner, asked over a socket in clamd's way (INSTREAM): nothing that was uploaded is kept unless it
//! said that nothing was found.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// From the connection to the answer: less than a request may take.
const LONGEST: Duration = Duration::from_secs(10);
/// A scanner on this machine or in its network answers at once that it is there.
const LONGEST_PING: Duration = Duration::from_secs(2);
/// clamd reads pieces of any size below its own limit.
const PIECE: usize = 64 * 1024;
/// Longer than any answer.
const LONGEST_ANSWER: u64 = 4096;
/// The most characters of what it calls its find.
const LONGEST_NAME: usize = 80;

/// Where a scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    place: Place,
    longest: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Unix(PathBuf),
    Tcp(String),
}

/// What a scanner said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// It found this.
    Found(String),
}

/// Why nothing is known of a file.
#[derive(Debug, thiserror::Error)]
pub enum Unscanned {
    /// There is nobody, or the connection broke off.
    #[error("the scanner is not reached: {0}")]
    Unreached(#[from] std::io::Error),
    /// It took too long.
    #[error("the scanner does not answer in time")]
    Late,
    /// It said that it failed, or something else that is no verdict.
    #[error("the scanner answers {0:?}")]
    Answer(String),
}

impl FromStr for Scanner {
    type Err = ();

    /// `unix:/run/clamav/clamd.ctl` or `tcp:host:port`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let place = match text.split_once(':').ok_or(())? {
            ("unix", path) if path.starts_with('/') => Place::Unix(path.into()),
            ("tcp", address) => {
                let (host, port) = address.rsplit_once(':').ok_or(())?;
                let port: u16 = port.parse().map_err(|_| ())?;
                if host.is_empty() || port == 0 || host.contains('/') {
                    return Err(());
                }
                Place::Tcp(address.to_owned())
            }
            _ => return Err(()),
        };
        Ok(Self { place, longest: LONGEST })
    }
}

impl Scanner {
    /// The same with another limit of time.
    #[doc(hidden)]
    pub fn within(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// Asks about a file.
    pub async fn scan(&self, bytes: &[u8]) -> Result<Verdict, Unscanned> {
        let answer = self.ask(self.longest, Some(bytes));
        let outcome = answer.await.and_then(|answer| verdict(&answer));
        let said = match &outcome {
            Ok(Verdict::Clean) => "clean",
            Ok(Verdict::Found(_)) => "found",
            Err(_) => "unscanned",
        };
        metrics::counter!("scans_total", "outcome" => said).increment(1);
        outcome
    }

    /// Whether somebody listens who speaks this way.
    pub async fn ping(&self) -> Result<(), Unscanned> {
        let answer = self.ask(self.longest.min(LONGEST_PING), None);
        match answer.await?.as_str() {
            "PONG" => Ok(()),
            other => Err(Unscanned::Answer(other.to_owned())),
        }
    }

    /// Asks about a file, or without one whether anybody is there.
    async fn ask(&self, longest: Duration, file: Option<&[u8]>) -> Result<String, Unscanned> {
        let asked = tokio::time::timeout(longest, async {
            match &self.place {
                Place::Unix(path) => talk(&mut UnixStream::connect(path).await?, file).await,
                Place::Tcp(address) => talk(&mut TcpStream::connect(address).await?, file).await,
            }
        });
        Ok(asked.await.map_err(|_| Unscanned::Late)??)
    }
}

async fn talk(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), file: Option<&[u8]>) -> std::io::Result<String> {
    let Some(bytes) = file else {
        stream.write_all(b"zPING\0").await?;
        return read_answer(stream).await;
    };
    // A scanner to whom it is too much says so and reads no further: then its answer counts, not the broken pipe.
    let sent = send(stream, bytes).await;
    match read_answer(stream).await {
        Ok(answer) if !answer.is_empty() => Ok(answer),
        read => sent.and(read),
    }
}

/// The command, the pieces with their lengths, and a piece of no length.
async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(PIECE) {
        let length = u32::try_from(piece.len()).map_err(std::io::Error::other)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(piece).await?;
    }
    stream.write_all(&[0; 4]).await?;
    stream.flush().await
}

/// What is said before a zero or the end.
async fn read_answer(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut answer = Vec::new();
    let mut said = stream.take(LONGEST_ANSWER);
    let mut piece = [0; 512];
    loop {
        let read = said.read(&mut piece).await?;
        let part = piece.get(..read).unwrap_or_default();
        match part.iter().position(|byte| *byte == 0) {
            Some(end) => answer.extend_from_slice(part.get(..end).unwrap_or_default()),
            None if read > 0 => {
                answer.extend_from_slice(part);
                continue;
            }
            // Without its end it is half an answer.
            None => return Err(std::io::ErrorKind::UnexpectedEof.into()),
        }
        return Ok(String::from_utf8_lossy(&answer).trim().to_owned());
    }
}

fn verdict(answer: &str) -> Result<Verdict, Unscanned> {
    match answer.strip_prefix("stream: ") {
        Some("OK") => Ok(Verdict::Clean),
        Some(rest) => match rest.strip_suffix(" FOUND").map(str::trim) {
            Some(name) if !name.is_empty() => {
                Ok(Verdict::Found(name.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(LONGEST_NAME).collect()))
            }
            _ => Err(Unscanned::Answer(answer.chars().take(LONGEST_NAME).collect())),
        },
        None => Err(Unscanned::Answer(answer.chars().take(LONGEST_NAME).collect())),
    }
}

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;
