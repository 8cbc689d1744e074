//! `run`, `dev` and `db`: the system on this machine, from nothing to a page in the browser.

use crate::{
    cluster::{Cluster, data_folder},
    packages,
    pages::{self, Mode},
    sh::{Outcome, cargo_for_server, program, root, step, target_dir},
};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

/// Builds, starts everything, and serves the demo until Ctrl-C.
pub fn run() -> Outcome {
    let stop = on_ctrl_c()?;
    let cluster = Cluster::durable()?;
    let outcome = build().and_then(|()| prepare_demo(&cluster)).and_then(|()| serve_until(&cluster, &stop));
    cluster.stop()?;
    outcome
}

/// As `run`, and builds and starts again whenever a source has changed.
pub fn dev() -> Outcome {
    let stop = on_ctrl_c()?;
    let cluster = Cluster::durable()?;
    while !stop.load(Ordering::SeqCst) {
        let seen = sources();
        let mut server = match build().and_then(|()| prepare_demo(&cluster)).and_then(|()| serve(&cluster)) {
            Ok(server) => Some(server),
            Err(error) => {
                eprintln!("{error}\nwaiting for a change");
                None
            }
        };
        while !stop.load(Ordering::SeqCst) && sources() == seen {
            thread::sleep(Duration::from_millis(500));
        }
        if let Some(server) = &mut server {
            end(server)?;
        }
    }
    cluster.stop()
}

/// Starts the private Postgres, says how to reach it, and stops it at Ctrl-C.
pub fn db() -> Outcome {
    let stop = on_ctrl_c()?;
    let cluster = Cluster::durable()?;
    println!("{}", cluster.url("beian"));
    while !stop.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(100));
    }
    cluster.stop()
}

/// The server's program, as compiled by `build`.
pub fn server_program() -> PathBuf {
    target_dir().join("debug/beian")
}

fn build() -> Outcome {
    pages::build(Mode::Demo)?;
    step("compile the server", cargo_for_server().args(["build", "--package", "server"]))
}

fn beian(cluster: &Cluster, args: &[&str]) -> Command {
    let mut command = program(&server_program().to_string_lossy());
    command
        .args(args)
        .env("DATABASE_URL", cluster.url("beian"))
        .env("BEIAN_DATA", data_folder())
        .env("BEIAN_SITE", pages::site());
    command
}

fn prepare_demo(cluster: &Cluster) -> Outcome {
    packages::fonts()?;
    step("bring the database up to date", &mut beian(cluster, &["migrate"]))?;
    step("fill in the demo", &mut beian(cluster, &["seed"]))
}

/// In a group of its own: Ctrl-C comes here, and from here to it.
fn serve(cluster: &Cluster) -> Outcome<Child> {
    use std::os::unix::process::CommandExt;
    Ok(beian(cluster, &["serve", "--demo"]).process_group(0).spawn()?)
}

fn serve_until(cluster: &Cluster, stop: &AtomicBool) -> Outcome {
    let mut server = serve(cluster)?;
    loop {
        if let Some(status) = server.try_wait()? {
            return if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) };
        }
        if stop.load(Ordering::SeqCst) {
            return end(&mut server);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Asks a program to end, and waits until it has.
pub fn end(child: &mut Child) -> Outcome {
    // By the system call: a bare machine has no program for it.
    signal::kill(Pid::from_raw(i32::try_from(child.id())?), Signal::SIGTERM)?;
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(30) {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(50));
    }
    child.kill()?;
    child.wait()?;
    Err("the server did not drain within 30 seconds and was stopped".into())
}

fn on_ctrl_c() -> Outcome<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&stop);
    ctrlc::set_handler(move || seen.store(true, Ordering::SeqCst))?;
    Ok(stop)
}

/// Every source file with the time it was last written.
fn sources() -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    for folder in ["domain", "backend", "app", "frontend", "server", "style", "migrations", "public"] {
        collect(&root().join(folder), &mut found);
    }
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            collect(&entry.path(), found);
        } else if let Ok(written) = metadata.modified() {
            found.insert(entry.path(), written);
        }
    }
}
