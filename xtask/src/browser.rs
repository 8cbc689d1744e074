//! The browser tests: a server over a throwaway demo, and Playwright with the machine's own Chromium.

use crate::{
    cluster::Cluster,
    packages,
    pages::{self, Mode},
    run::{end, server_program},
    sh::{Outcome, cargo_for_server, program, root, step},
};
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};

/// A demo that lives as long as this value.
pub struct Demo {
    server: Child,
    data: PathBuf,
    /// Where it is reached.
    pub url: String,
    /// Its database.
    pub database_url: String,
}

/// Builds and runs the browser tests; `args` go to Playwright.
pub fn test(args: &[String]) -> Outcome {
    pages::build(Mode::Demo)?;
    step("compile the server", cargo_for_server().args(["build", "--package", "server"]))?;
    let cluster = Cluster::throwaway()?;
    test_with(&cluster, args)
}

/// As `test`, with what is there already.
pub fn test_with(cluster: &Cluster, args: &[String]) -> Outcome {
    packages::browser()?;
    let folder = root().join("end2end");
    if !is_installed(&folder)? {
        step(
            "install Playwright",
            program("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder)
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )?;
        fs::copy(folder.join("package-lock.json"), folder.join("node_modules/.installed"))?;
    }
    step("check the tests' types", program("npx").args(["tsc", "--noEmit"]).current_dir(&folder))?;
    let demo = Demo::start(cluster, "browser")?;
    step(
        "browser tests",
        program("npx")
            .args(["playwright", "test"])
            .args(args)
            .current_dir(&folder)
            .env("BEIAN_TEST_URL", &demo.url)
            .env("BEIAN_TEST_DATABASE", &demo.database_url),
    )
}

/// npm ci starts from nothing each time; the lock it last ran with says whether it must.
fn is_installed(folder: &std::path::Path) -> Outcome<bool> {
    let installed = fs::read(folder.join("node_modules/.installed")).unwrap_or_default();
    Ok(installed == fs::read(folder.join("package-lock.json"))?)
}

impl Demo {
    /// A fresh database, filled, and a server over it on a free port.
    pub fn start(cluster: &Cluster, database: &str) -> Outcome<Self> {
        let data = std::env::temp_dir().join(format!("beian-{database}-{}", std::process::id()));
        fs::create_dir_all(&data)?;
        cluster.fresh_database(database)?;
        let database_url = cluster.url(database);
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let beian = |args: &[&str]| {
            let mut command = program(&server_program().to_string_lossy());
            command
                .args(args)
                .env("DATABASE_URL", &database_url)
                .env("BEIAN_DATA", &data)
                .env("BEIAN_SITE", pages::site())
                .env("BEIAN_ADDR", format!("127.0.0.1:{port}"))
                .env("BEIAN_LIMIT_FACTOR", "1000");
            command
        };
        step("migrate", &mut beian(&["migrate"]))?;
        step("fill in the demo", &mut beian(&["seed"]))?;
        // The folder is there by itself only where the pages are built into it.
        let logs = root().join("target");
        fs::create_dir_all(&logs)?;
        let log = fs::File::create(logs.join(format!("{database}-server.log")))?;
        let server = beian(&["serve", "--demo"]).stdout(log.try_clone()?).stderr(log).spawn()?;
        let demo = Self { server, data, url: format!("http://localhost:{port}"), database_url };
        demo.wait_until_ready(port)?;
        Ok(demo)
    }

    fn wait_until_ready(&self, port: u16) -> Outcome {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if answers_ready(port).unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("the server at {} did not become ready: see target/*-server.log", self.url).into())
    }
}

fn answers_ready(port: u16) -> std::io::Result<bool> {
    let mut line = TcpStream::connect(("127.0.0.1", port))?;
    line.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    line.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"))
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = end(&mut self.server);
        let _ = fs::remove_dir_all(&self.data);
    }
}
