//! A real server of S3 over a folder, a process of its own, and what stands before it and is moody.

#![allow(dead_code, missing_docs, reason = "two programs of tests share it, and each uses a part")]

use backend::files::Bucket;
use secrecy::SecretString;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const KEY_ID: &str = "AKIABEIANTEST";
/// What nothing may print.
pub const SECRET: &str = "kept-to-oneself-0123456789";
const BUCKET: &str = "materials";

/// The program, where `cargo xtask test` has put it.
fn program() -> PathBuf {
    let named = std::env::var_os("BEIAN_S3_SERVER").map(PathBuf::from);
    let program = named.unwrap_or_else(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        target.join("tools/s3s-fs-0.14.1/bin/s3s-fs")
    });
    assert!(program.is_file(), "{} is not there: run `cargo xtask s3` once", program.display());
    program
}

/// One that runs until it is dropped.
pub struct Server {
    folder: PathBuf,
    child: Child,
    endpoint: String,
}

impl Server {
    /// Starts one with an empty bucket.
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("beian-s3-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(folder.join(BUCKET)).unwrap();
        let (child, endpoint) = launch(&folder);
        Self { folder, child, endpoint }
    }

    /// Takes it away.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it over what it had.
    pub fn start_again(&mut self) {
        (self.child, self.endpoint) = launch(&self.folder);
    }

    /// A folder of its bucket, with the right key.
    pub fn bucket(&self, folder: &str) -> Bucket {
        Bucket {
            name: BUCKET.into(),
            folder: folder.into(),
            endpoint: Some(self.endpoint.clone()),
            region: "us-east-1".into(),
            key_id: KEY_ID.into(),
            secret: SecretString::from(SECRET),
        }
    }

    /// The folder of its bucket.
    pub fn folder(&self) -> PathBuf {
        self.folder.join(BUCKET)
    }

    /// The files of its objects.
    pub fn objects(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let is_object = path.file_name().unwrap().len() == 32;
                if path.is_dir() {
                    folders.push(path);
                } else if is_object {
                    found.push(path);
                }
            }
        }
        found
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The system gives it a port, which it tells.
fn launch(folder: &Path) -> (Child, String) {
    let mut child = Command::new(program())
        .args(["--host", "127.0.0.1", "--port", "0", "--access-key", KEY_ID, "--secret-key", SECRET])
        .arg(folder)
        .env("RUST_LOG", "s3s_fs=info")
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let endpoint = lines.find_map(|line| line.unwrap().split_once("running at ").map(|(_, url)| url.trim().to_owned())).unwrap();
    // It would stop at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, endpoint)
}

/// Stands before a server and says to the first requests that there is too much to do.
pub struct Moody {
    /// Its address.
    pub endpoint: String,
    refused: Arc<AtomicU32>,
}

impl Moody {
    /// Refuses so many requests.
    pub async fn before(server: &Server, most: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let behind = server.endpoint.trim_start_matches("http://").to_owned();
        let refused = Arc::new(AtomicU32::new(0));
        let count = refused.clone();
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let (count, behind) = (count.clone(), behind.clone());
                tokio::spawn(async move {
                    if count.load(Ordering::SeqCst) < most {
                        count.fetch_add(1, Ordering::SeqCst);
                        let mut head = vec![0; 65536];
                        let _ = client.read(&mut head).await;
                        let answer = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                        let _ = client.write_all(answer).await;
                        return;
                    }
                    let mut server = TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { endpoint, refused }
    }

    /// How many it refused.
    pub fn refused(&self) -> u32 {
        self.refused.load(Ordering::SeqCst)
    }
}
