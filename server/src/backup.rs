//! `beian backup` and `beian restore`: what the command line says and needs.

use crate::config::{self, Stored};
use backend::{
    backup::{self, Manifest, System},
    clock::Clock,
    files::Files,
    keys::Keys,
};
use std::{error::Error, path::Path, time::Duration};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// `beian backup --to DIR`.
pub async fn backup(to: &Path) -> Outcome {
    let stored = config::stored()?;
    let (files, keys) = open(&stored)?;
    let system = System { database_url: &stored.database_url, files: &files, keys: keys.as_ref() };
    let manifest = backup::backup(&system, to, Clock::system(Duration::ZERO).now()).await.map_err(sentence)?;
    let needed: Vec<&str> = manifest.keys.sealing.keys().map(String::as_str).collect();
    println!("backed up to {}: {}", to.display(), counts(&manifest));
    println!("what is sealed in it opens with the keys {} alone, which are not in it: keep them elsewhere.", needed.join(", "));
    Ok(())
}

/// `beian restore --from DIR`.
pub async fn restore(from: &Path) -> Outcome {
    let stored = config::stored()?;
    let (files, keys) = open(&stored)?;
    let system = System { database_url: &stored.database_url, files: &files, keys: keys.as_ref() };
    let manifest = backup::restore(&system, from).await.map_err(sentence)?;
    println!("restored and compared with {}: {}", from.display(), counts(&manifest));
    for (name, table) in manifest.tables.iter().filter(|(_, table)| table.rows > 0) {
        println!("  {name}: {}", table.rows);
    }
    Ok(())
}

fn open(stored: &Stored) -> Outcome<(Files, Option<Keys>)> {
    let files = stored.store.open().map_err(|error| format!("BEIAN_STORE_URL: {}: {error}.", stored.store))?;
    // A demo's keys are beside its materials, where no others are named. Without any, the backup says what it can.
    let file = stored.keys_file.clone().or_else(|| Some(stored.data.join("demo.keys")).filter(|file| file.is_file()));
    let keys =
        file.map(|file| Keys::load(&file).map_err(|error| format!("the keys of {}: {error}.", file.display()))).transpose()?;
    Ok((files, keys))
}

fn counts(manifest: &Manifest) -> String {
    let Manifest { tables, objects, .. } = manifest;
    let removed = match objects.removed_meanwhile {
        0 => String::new(),
        removed => format!("; {removed} objects were removed while it was made"),
    };
    format!("{} tables, {} rows, {} objects of {} bytes{removed}.", tables.len(), manifest.rows(), objects.count, objects.bytes)
}

fn sentence(error: backup::BackupError) -> String {
    format!("{error}.")
}
