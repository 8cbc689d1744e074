//! A private Postgres: durable for `run`, fast and thrown away for tests. Reached by a socket in a folder of its own, never
//! over the network, never run as root, and in a session of its own (`pg_ctl` sees to it), so that Ctrl-C reaches the
//! server first and Postgres is stopped when that has drained.

use crate::{
    packages::{self, is_root},
    sh::{Outcome, output, program, root, step},
};
use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A Postgres of our own.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    throwaway: bool,
}

const DURABLE: &str = "-c max_connections=100";
/// Nothing of a test outlives a crash anyway.
const FAST: &str =
    "-c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=256MB";

/// The folder of everything that lasts: database, materials, keys.
pub fn data_folder() -> PathBuf {
    match std::env::var_os("BEIAN_DATA") {
        Some(folder) => root().join(folder),
        // User postgres cannot enter a clone under /root.
        None if is_root() => "/var/lib/beian".into(),
        None => root().join("data"),
    }
}

impl Cluster {
    /// The one that lasts, made at the first call and started.
    pub fn durable() -> Outcome<Self> {
        let folder = data_folder();
        fs::create_dir_all(&folder)?;
        let cluster = Self::prepare(folder.join("postgres"), false)?;
        cluster.start(DURABLE)?;
        fs::write(folder.join("database_url"), cluster.url("beian"))?;
        cluster.ensure_database("beian")?;
        Ok(cluster)
    }

    /// One that is gone when it is dropped.
    pub fn throwaway() -> Outcome<Self> {
        let name = format!("beian-test-{}", std::process::id());
        let cluster = Self::prepare(std::env::temp_dir().join(name).join("postgres"), true)?;
        cluster.start(FAST)?;
        Ok(cluster)
    }

    /// One to measure with: as durable as the real one, and gone when it is dropped.
    pub fn measured() -> Outcome<Self> {
        let name = format!("beian-bench-{}", std::process::id());
        let cluster = Self::prepare(std::env::temp_dir().join(name).join("postgres"), true)?;
        cluster.start(DURABLE)?;
        Ok(cluster)
    }

    fn prepare(data: PathBuf, throwaway: bool) -> Outcome<Self> {
        let bin = packages::postgres()?;
        let socket = socket_folder(&data);
        let cluster = Self { bin, data, socket, throwaway };
        cluster.own(&cluster.socket)?;
        if !cluster.data.join("PG_VERSION").is_file() {
            cluster.own(&cluster.data)?;
            let mut initdb = cluster.command("initdb");
            initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=postgres", "--no-instructions"]);
            if throwaway {
                initdb.arg("--no-sync");
            }
            step("make a private Postgres", initdb.arg("-D").arg(&cluster.data).stdout(Stdio::null()))?;
        }
        cluster.refuse_other_version()?;
        Ok(cluster)
    }

    /// As user postgres where this process is root, whose eyes alone may see into the folder.
    fn command(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = program("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
            command
        } else {
            program(&path.to_string_lossy())
        };
        command.current_dir("/");
        command
    }

    /// Makes a folder that only the user Postgres runs as can enter.
    fn own(&self, folder: &Path) -> Outcome {
        fs::create_dir_all(folder)?;
        if is_root() {
            if let Some(parent) = folder.parent().filter(|_| self.throwaway) {
                fs::set_permissions(parent, fs::Permissions::from_mode(0o755))?;
            }
            step_quietly(program("chown").arg("postgres:postgres").arg(folder))?;
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        let entry = fs::symlink_metadata(folder)?;
        let ours = fs::metadata("/proc/self")?.uid();
        if !is_root() && (!entry.is_dir() || entry.uid() != ours) {
            return Err(format!("{} belongs to somebody else: remove it", folder.display()).into());
        }
        let mut look = if is_root() {
            let mut command = program("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "test"]);
            command
        } else {
            program("test")
        };
        if step_quietly(look.arg("-x").arg(folder)).is_err() {
            return Err(format!(
                "user postgres cannot enter {}: set BEIAN_DATA to a folder that it can reach, such as /var/lib/beian",
                folder.display()
            )
            .into());
        }
        Ok(())
    }

    fn refuse_other_version(&self) -> Outcome {
        let made_by = fs::read_to_string(self.data.join("PG_VERSION")).unwrap_or_default();
        let ours = output(program(&self.bin.join("postgres").to_string_lossy()).arg("--version"))?;
        if !ours.contains(&format!(" {}.", made_by.trim())) {
            return Err(format!("{} was made by Postgres {}, installed is {ours}", self.data.display(), made_by.trim()).into());
        }
        Ok(())
    }

    fn start(&self, settings: &str) -> Outcome {
        if step_quietly(self.command("pg_ctl").arg("status").arg("-D").arg(&self.data)).is_ok() {
            return Ok(());
        }
        let options = format!("-k {} -c listen_addresses='' -c unix_socket_permissions=0700 {settings}", self.socket.display());
        let started = step_quietly(
            self.command("pg_ctl")
                .args(["start", "--wait", "--silent", "-D"])
                .arg(&self.data)
                .arg("-l")
                .arg(self.log())
                .arg("-o")
                .arg(options),
        );
        if started.is_err() {
            return Err(format!("Postgres did not start: see {}", self.log().display()).into());
        }
        Ok(())
    }

    /// What Postgres logs.
    pub fn log(&self) -> PathBuf {
        self.data.join("server.log")
    }

    /// Ends sessions and stops.
    pub fn stop(&self) -> Outcome {
        step_quietly(self.command("pg_ctl").args(["stop", "--wait", "--silent", "--mode=fast", "-D"]).arg(&self.data))
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.socket.display())
    }

    /// Makes a database where it is missing.
    pub fn ensure_database(&self, name: &str) -> Outcome {
        let there = output(self.psql("postgres").args(["-Atc", &format!("select 1 from pg_database where datname = '{name}'")]))?;
        if there.is_empty() {
            step_quietly(self.psql("postgres").args(["-qc", &format!("create database {name}")]))?;
        }
        Ok(())
    }

    /// Makes an empty database, in the place of one of this name.
    pub fn fresh_database(&self, name: &str) -> Outcome {
        step_quietly(self.psql("postgres").args(["-qc", &format!("drop database if exists {name} with (force)")]))?;
        self.ensure_database(name)
    }

    /// Makes an empty database; answers its address.
    pub fn fresh_url(&self, name: &str) -> Outcome<String> {
        self.fresh_database(name)?;
        Ok(self.url(name))
    }

    /// Makes a database afresh and runs the migrations in it.
    pub fn migrated_database(&self, name: &str) -> Outcome<String> {
        self.fresh_database(name)?;
        let mut files: Vec<PathBuf> =
            fs::read_dir(root().join("migrations"))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        files.retain(|file| file.extension() == Some(OsStr::new("sql")));
        files.sort();
        for file in files {
            let text = fs::File::open(&file)?;
            let ran = self.psql(name).args(["-q", "-v", "ON_ERROR_STOP=1"]).stdin(text).status()?;
            if !ran.success() {
                return Err(format!("{} does not run", file.display()).into());
            }
        }
        Ok(self.url(name))
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = self.command("psql");
        command.args(["-X", "-h"]).arg(&self.socket).args(["-U", "postgres", "-d", database]);
        command.env("PGOPTIONS", "--client-min-messages=warning");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.throwaway {
            let _ = step_quietly(
                self.command("pg_ctl").args(["stop", "--wait", "--silent", "--mode=immediate", "-D"]).arg(&self.data),
            );
            let _ = self.data.parent().map(fs::remove_dir_all);
            let _ = fs::remove_dir_all(&self.socket);
        }
    }
}

/// A socket's path ends at 107 bytes, so it does not live beside the data; its name tells the data folders apart.
fn socket_folder(data: &Path) -> PathBuf {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(data.to_string_lossy().as_bytes());
    let name: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let base =
        if is_root() { PathBuf::from("/run") } else { std::env::var_os("XDG_RUNTIME_DIR").map_or("/tmp".into(), PathBuf::from) };
    let base = if base.is_dir() { base } else { "/tmp".into() };
    base.join(format!("beian-{name}"))
}

fn step_quietly(command: &mut Command) -> Outcome {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}
