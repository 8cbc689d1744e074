//! A scanner for the tests: it speaks clamd's way over a real socket, and answers as it is told.

use super::{Place, Scanner};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};

/// How it behaves once it was asked.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Reads everything and says this.
    Says(&'static [u8]),
    /// Reads this many bytes of the file, says this and closes.
    SaysAfter(usize, &'static [u8]),
    /// Reads everything and never says anything.
    Hangs,
    /// Takes the connection and reads nothing.
    Deaf,
}

/// What EICAR's test file holds. No scanner is asked about this source: it is put together here.
pub fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// One that listens, and what it was given so far.
pub struct Fake {
    /// The way to it.
    pub scanner: Scanner,
    /// The files that it read to their end.
    pub read: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Listens on a port of this machine.
pub async fn tcp(way: Way) -> Fake {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = Place::Tcp(listener.local_addr().unwrap().to_string());
    let read = Arc::default();
    let all: Arc<Mutex<Vec<Vec<u8>>>> = Arc::clone(&read);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, way, all.clone()));
        }
    });
    Fake { scanner: Scanner { place, longest: Duration::from_secs(10) }, read }
}

/// Listens on a socket in a folder.
pub async fn unix(way: Way, path: &std::path::Path) -> Fake {
    let listener = UnixListener::bind(path).unwrap();
    let read = Arc::default();
    let all: Arc<Mutex<Vec<Vec<u8>>>> = Arc::clone(&read);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, way, all.clone()));
        }
    });
    Fake { scanner: Scanner { place: Place::Unix(path.into()), longest: Duration::from_secs(10) }, read }
}

/// A place where nobody listens.
pub async fn nobody() -> Scanner {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Scanner { place: Place::Tcp(listener.local_addr().unwrap().to_string()), longest: Duration::from_secs(10) }
}

async fn serve(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, way: Way, all: Arc<Mutex<Vec<Vec<u8>>>>) -> Option<()> {
    if matches!(way, Way::Deaf) {
        std::future::pending::<()>().await;
    }
    let mut command = Vec::new();
    loop {
        match stream.read_u8().await.ok()? {
            0 => break,
            byte => command.push(byte),
        }
    }
    if command == b"zPING" {
        let answer = if let Way::Says(answer) = way { answer } else { b"PONG\0" };
        return stream.write_all(if answer == b"stream: OK\0" { b"PONG\0" } else { answer }).await.ok();
    }
    assert_eq!(command, b"zINSTREAM");
    let mut file = Vec::new();
    loop {
        let length = stream.read_u32().await.ok()?;
        if length == 0 {
            break;
        }
        let mut piece = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut piece).await.ok()?;
        file.extend_from_slice(&piece);
        match way {
            Way::SaysAfter(most, answer) if file.len() > most => return stream.write_all(answer).await.ok(),
            _ => {}
        }
    }
    let found = file.windows(eicar().len()).any(|window| window == eicar());
    all.lock().unwrap().push(file);
    match way {
        Way::Says(_) if found => stream.write_all(b"stream: Eicar-Test-Signature FOUND\0").await.ok(),
        Way::Says(answer) | Way::SaysAfter(_, answer) => stream.write_all(answer).await.ok(),
        Way::Hangs | Way::Deaf => std::future::pending().await,
    }
}
