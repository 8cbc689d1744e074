//! `.sqlx`: what the database says about every query, so that the project compiles without one.

use crate::{
    cluster::Cluster,
    sh::{Outcome, cargo, root, step},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Asks a throwaway database anew about every query, and writes `.sqlx`.
pub fn prepare() -> Outcome {
    let cluster = Cluster::throwaway()?;
    let fresh = describe(&cluster, "check", &[])?;
    let folder = root().join(".sqlx");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for (name, text) in &fresh {
        fs::write(folder.join(name), text)?;
    }
    eprintln!("    {} queries", fresh.len());
    Ok(())
}

/// Lints the server's side against a live database, and refuses a `.sqlx` that says something else.
pub fn lint_and_compare(cluster: &Cluster) -> Outcome {
    let fresh = describe(cluster, "clippy", &["--", "-D", "warnings"])?;
    let committed = read(&root().join(".sqlx"))?;
    let differing: Vec<&String> = fresh
        .iter()
        .filter(|(name, text)| committed.get(*name) != Some(*text))
        .map(|(name, _)| name)
        .chain(committed.keys().filter(|name| !fresh.contains_key(*name)))
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(format!("{} files of .sqlx are stale, such as {}: run `cargo xtask prepare` and commit", differing.len(), differing[0])
        .into())
}

fn describe(cluster: &Cluster, task: &str, more: &[&str]) -> Outcome<BTreeMap<String, String>> {
    let url = cluster.migrated_database("queries")?;
    let folder = std::env::temp_dir().join(format!("beian-queries-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    // The macros speak to the database only where something is compiled.
    let main = root().join("backend/src/lib.rs");
    fs::File::options().append(true).open(&main)?.set_modified(SystemTime::now())?;
    let ran = step(
        "check every query against a live database",
        cargo()
            .args([task, "--workspace", "--exclude", "frontend", "--all-targets"])
            .args(more)
            .env("BEIAN_SQLX_URL", url)
            .env("SQLX_OFFLINE", "false")
            .env("SQLX_OFFLINE_DIR", &folder),
    );
    let fresh = read(&folder);
    fs::remove_dir_all(&folder)?;
    ran?;
    fresh
}

fn read(folder: &Path) -> Outcome<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path: PathBuf = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}
