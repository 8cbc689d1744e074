//! `pg_dump` and `pg_restore`, of the database's own version, told where to go by their environment: what stands on a
//! command line, everybody on the machine can read.

use super::error::at;
use super::{BackupError, Result};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Dumps what a snapshot sees.
pub async fn dump(options: &PgConnectOptions, major: u32, snapshot: &str, to: &Path) -> Result<()> {
    let mut command = command("pg_dump", options, major).await?;
    command.args(["--format=custom", "--no-password"]).arg(format!("--snapshot={snapshot}")).arg("--file").arg(to);
    run("pg_dump", command).await
}

/// Restores a dump, or nothing of it.
pub async fn restore(options: &PgConnectOptions, major: u32, from: &Path) -> Result<()> {
    let mut command = command("pg_restore", options, major).await?;
    command.args(["--single-transaction", "--exit-on-error", "--no-password"]);
    // Whoever restores owns what comes: roles of another installation need not be here.
    command.args(["--no-owner", "--no-privileges", "--dbname", &database(options)]).arg(from);
    run("pg_restore", command).await
}

async fn command(name: &'static str, options: &PgConnectOptions, major: u32) -> Result<Command> {
    let program = find(name, major).await.ok_or(BackupError::NoProgram { name, major })?;
    let mut command = Command::new(program);
    command.envs(environment(options)).env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    Ok(command)
}

async fn run(name: &'static str, mut command: Command) -> Result<()> {
    let done = command.output().await.map_err(at(Path::new(name)))?;
    if done.status.success() {
        return Ok(());
    }
    // The line of the error alone: those after it may quote rows.
    let said = String::from_utf8_lossy(&done.stderr);
    let line = said.lines().find(|line| line.contains("error:")).or(said.lines().next()).unwrap_or_default();
    Err(BackupError::Program { name, said: line.trim().to_owned() })
}

/// The program of the database's version where Debian puts it, else one of the PATH that is not older.
async fn find(name: &str, major: u32) -> Option<PathBuf> {
    let ours = PathBuf::from(format!("/usr/lib/postgresql/{major}/bin/{name}"));
    if ours.is_file() {
        return Some(ours);
    }
    let said = Command::new(name).arg("--version").stdin(Stdio::null()).output().await.ok()?;
    (version(&String::from_utf8_lossy(&said.stdout))? >= major).then(|| name.into())
}

/// `pg_dump (PostgreSQL) 15.18 (Debian …)` is 15.
fn version(said: &str) -> Option<u32> {
    said.split("(PostgreSQL) ").nth(1)?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The same address as the server's, for libpq.
fn environment(options: &PgConnectOptions) -> Vec<(&'static str, String)> {
    let host = options.get_socket().map_or(options.get_host().to_owned(), |socket| socket.to_string_lossy().into_owned());
    let mode = match options.get_ssl_mode() {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    };
    let mut variables = vec![
        ("PGHOST", host),
        ("PGPORT", options.get_port().to_string()),
        ("PGUSER", options.get_username().to_owned()),
        ("PGDATABASE", database(options)),
        ("PGSSLMODE", mode.to_owned()),
        ("PGAPPNAME", "beian backup".to_owned()),
    ];
    // The address alone tells the rest. Its query decodes; its password's place does not.
    let mut url = options.to_url_lossy();
    let files = [("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY")];
    for (key, value) in url.query_pairs() {
        if let Some((_, name)) = files.iter().find(|(known, _)| *known == key) {
            variables.push((name, value.into_owned()));
        }
    }
    if let Some(encoded) = url.password().map(str::to_owned) {
        url.set_query(Some(&format!("password={encoded}")));
        variables.extend(url.query_pairs().map(|(_, password)| ("PGPASSWORD", password.into_owned())));
    }
    variables
}

fn database(options: &PgConnectOptions) -> String {
    options.get_database().unwrap_or(options.get_username()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_told_the_servers_own_address_and_its_password_as_it_is() {
        let options: PgConnectOptions =
            "postgres://us%40er:p%26a%3Ds%2Bs%20%25%E5%AF%86@db.example:5544/be%20ian?sslmode=require".parse().unwrap();
        let variables = environment(&options);
        for wanted in [
            ("PGHOST", "db.example"),
            ("PGPORT", "5544"),
            ("PGUSER", "us@er"),
            ("PGDATABASE", "be ian"),
            ("PGSSLMODE", "require"),
            ("PGPASSWORD", "p&a=s+s %密"),
        ] {
            assert!(variables.iter().any(|(name, value)| (*name, value.as_str()) == wanted), "{wanted:?}: {variables:?}");
        }
        let socket: PgConnectOptions = "postgres://me@localhost/beian?host=/run/beian-1".parse().unwrap();
        assert!(environment(&socket).contains(&("PGHOST", "/run/beian-1".to_owned())));
    }

    #[test]
    fn a_programs_version_is_read() {
        assert_eq!(version("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(version("pg_dump (PostgreSQL) 18devel"), Some(18));
        assert_eq!(version("something else"), None);
    }
}
