//! A backup of what is served, and the way back into an empty place.

use crate::server::{Place, Server, beian, run, url_of};
use backend::{
    Ctx, database, journal, second_factor,
    seed_accounts::PASSWORD,
    sessions::{self, Session},
};
use domain::views::accounts::{SecondFactorForm, SignInForm};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

fn back_up(place: &Place, name: &str) -> PathBuf {
    let folder = place.folder.join(name);
    let (done, said) = run(&mut place.beian(&["backup", "--to", folder.to_str().unwrap()]));
    assert!(done, "{said}");
    folder
}

fn restore(place: &Place, from: &Path) -> (bool, String) {
    run(&mut place.beian(&["restore", "--from", from.to_str().unwrap()]))
}

/// Restores into a place where a restore must leave nothing.
fn refused(place: &Place, from: &Path, sentence: &str) {
    let (done, said) = restore(place, from);
    assert!(!done, "restored in spite of: {sentence}");
    assert!(said.contains(sentence), "{said:?} does not say {sentence:?}");
    assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
    assert_eq!(tables(place), Vec::<String>::new(), "{sentence}: tables were written");
    assert_eq!(files(&place.folder.join("data/files")), BTreeMap::new(), "{sentence}: objects were written");
}

/// An empty place with the keys of another.
fn empty_with_keys_of(place: &Place) -> Place {
    let empty = Place::new();
    fs::create_dir_all(empty.folder.join("data")).unwrap();
    fs::copy(place.folder.join("data/demo.keys"), empty.folder.join("data/demo.keys")).unwrap();
    empty
}

fn tables(place: &Place) -> Vec<String> {
    place.ask("select tablename from pg_tables where schemaname = 'public' order by 1")
}

/// Every table's rows and a hash of all of them, by other means than the program's.
fn contents(place: &Place) -> BTreeMap<String, String> {
    let hash = |table| {
        format!("select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from {table} t")
    };
    tables(place).into_iter().map(|table| (table.clone(), place.ask(&hash(table)).remove(0))).collect()
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => _ = found.insert(entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap()),
            }
        }
    }
    found
}

fn manifest(backup: &Path) -> Value {
    serde_json::from_slice(&fs::read(backup.join("manifest.json")).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_and_written_to_is_backed_up_and_comes_back_whole_in_an_empty_place() {
    let server = Server::demo().await;
    let me = server.signed_in("lin-yuqing").await;
    let (written, stop) = (AtomicU32::new(0), AtomicBool::new(false));
    let writes = async {
        while !stop.load(Ordering::SeqCst) {
            let begun = me.call("/api/filings/create", &[]).await;
            if begun.status() == 429 {
                // A hundred a day is what one registrant may begin, and the backup of a busy machine takes longer.
                server.place.ask("delete from rate_counters");
                continue;
            }
            assert_eq!(begun.status(), 200);
            written.fetch_add(1, Ordering::SeqCst);
        }
    };
    let backup = async {
        // The first write is there before the backup begins, and others come until it has ended.
        while written.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let before = written.load(Ordering::SeqCst);
        let folder = server.place.folder.join("busy");
        let mut command = tokio::process::Command::from(server.place.beian(&["backup", "--to", folder.to_str().unwrap()]));
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        stop.store(true, Ordering::SeqCst);
        (folder, before, written.load(Ordering::SeqCst))
    };
    let ((), (busy, before, after)) = tokio::join!(writes, backup);
    assert!(after > before, "nothing was written meanwhile");

    let filings = manifest(&busy)["tables"]["public.filings"]["rows"].as_i64().unwrap();
    let place = empty_with_keys_of(&server.place);
    let (done, said) = restore(&place, &busy);
    assert!(done, "{said}");
    assert!(said.contains(&format!("public.filings: {filings}\n")), "{said}");
    assert_eq!(place.ask("select count(*) from filings"), [filings.to_string()]);
    let pool = database::connect(&place.database_url.clone().into()).await.unwrap();
    assert_eq!(journal::disagreements(&pool).await.unwrap(), [], "the state was of one moment");
    pool.close().await;

    // Nobody writes any more: row for row and byte for byte.
    drop(me);
    let stopped = server.stop();
    let still = back_up(&stopped, "still");
    let same = empty_with_keys_of(&stopped);
    let (done, said) = restore(&same, &still);
    assert!(done, "{said}");
    assert_eq!(contents(&same), contents(&stopped));
    let sql = "select object_key from materials where sealed <> '' union select object_key from material_thumbnails";
    let named = stopped.ask(sql);
    let objects = files(&same.folder.join("data/files"));
    assert_eq!((objects.len(), named.is_empty()), (named.len(), false));
    let before = files(&stopped.folder.join("data/files"));
    assert!(objects.iter().all(|(name, bytes)| before.get(name) == Some(bytes)), "other bytes");

    let sums = Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&still).output().unwrap();
    assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stdout));
    let keys: Value = serde_json::from_slice(&fs::read(stopped.folder.join("data/demo.keys")).unwrap()).unwrap();
    let secrets = [&keys["sealing"]["k1"], &keys["index"]["1"]].map(|key| key.as_str().unwrap());
    for (name, bytes) in files(&still) {
        assert!(secrets.iter().all(|key| !String::from_utf8_lossy(&bytes).contains(key)), "{name:?} holds a key");
    }
    assert_eq!(manifest(&still)["keys"]["sealing"].as_object().unwrap().keys().collect::<Vec<_>>(), ["k1"]);
    assert_eq!(fs::metadata(&still).unwrap().permissions().mode() & 0o077, 0, "others may look into it");

    // What came back is still a demo, and serves what was uploaded before.
    let material = "select m.id, u.user_name from materials m join filings f on f.id = m.filing_id
                    join users u on u.id = f.owner_id where m.removed_at is null and u.user_name in ('lin-yuqing', 'zhou-ming') limit 1";
    let row = same.ask(material).remove(0);
    let (id, owner) = row.split_once('|').unwrap();
    let (done, said) = run(same
        .beian(&["serve"])
        .env("BEIAN_KEYS_FILE", same.folder.join("data/demo.keys"))
        .env("BEIAN_PUBLIC_URL", "https://beian.example.org"));
    assert!(!done && said.contains("this database holds the demo"), "{said}");
    let restored = Server::start(same, &["serve", "--demo"], &[]).await;
    let picture = restored.signed_in(owner).await.open(&format!("/materials/{id}")).await;
    assert_eq!(picture.status(), 200);
    assert_eq!(&picture.bytes().await.unwrap()[..3], b"\xFF\xD8\xFF");
}

/// A copy of a backup to damage.
fn copy_of(backup: &Path, place: &Place, name: &str) -> PathBuf {
    let folder = place.folder.join(name);
    crate::server::copy(backup, &folder);
    folder
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

/// Puts a file's present sum into the list, as somebody who changes a backup on purpose does.
fn sum_again(backup: &Path, name: &str) {
    let said = Command::new("sha256sum").arg(name).current_dir(backup).output().unwrap().stdout;
    let list = fs::read_to_string(backup.join("SHA256SUMS")).unwrap();
    let others = list.lines().filter(|line| !line.ends_with(&format!("  {name}"))).map(|line| format!("{line}\n"));
    fs::write(backup.join("SHA256SUMS"), others.collect::<String>() + &String::from_utf8(said).unwrap()).unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_named_and_nothing_of_it_is_restored() {
    let demo = Place::demo();
    let backup = back_up(&demo, "backup");
    let empty = empty_with_keys_of(&demo);
    let object = files(&backup.join("objects")).into_keys().next().unwrap();
    let object = format!("objects/{}", object.display());

    for (name, file) in [("dump", "database.dump"), ("object", object.as_str()), ("manifest", "manifest.json")] {
        let damaged = copy_of(&backup, &demo, name);
        flip(&damaged.join(file));
        let what = if name == "manifest" { "manifest.json is not" } else { &format!("{file} is not what was written") };
        refused(&empty, &damaged, &format!("the backup is damaged, and nothing was restored: {what}"));
    }
    for file in ["database.dump", object.as_str(), "manifest.json", "SHA256SUMS"] {
        let lacking = copy_of(&backup, &demo, &format!("without-{}", file.replace('/', "-")));
        fs::remove_file(lacking.join(file)).unwrap();
        refused(&empty, &lacking, &format!("the backup is damaged, and nothing was restored: {file} is missing"));
    }
    let short = copy_of(&backup, &demo, "short");
    let list = fs::read_to_string(short.join("SHA256SUMS")).unwrap();
    let fewer = list.lines().filter(|line| !line.ends_with(&object)).map(|line| format!("{line}\n"));
    fs::write(short.join("SHA256SUMS"), fewer.collect::<String>()).unwrap();
    refused(&empty, &short, "SHA256SUMS lacks lines");
    fs::write(short.join("SHA256SUMS"), format!("{list}{}  ../database.dump\n", "0".repeat(64))).unwrap();
    refused(&empty, &short, "SHA256SUMS names what is no part of a backup");

    // A dump that is whole by its sum and yet none: what was put into the store is taken out again.
    let none = copy_of(&backup, &demo, "no-dump");
    fs::write(none.join("database.dump"), "no dump").unwrap();
    sum_again(&none, "database.dump");
    refused(&empty, &none, "pg_restore failed: ");

    for (name, key, value, sentence) in [
        ("format", "format", Value::from(2), "the backup is of format 2"),
        ("newer", "migrations", serde_json::json!({ "9999": "00" }), "the backup has migration 9999"),
    ] {
        let other = copy_of(&backup, &demo, name);
        let mut text = manifest(&other);
        text[key] = value;
        fs::write(other.join("manifest.json"), text.to_string()).unwrap();
        sum_again(&other, "manifest.json");
        refused(&empty, &other, sentence);
    }
    // The empty place was good for it all the while.
    let (done, said) = restore(&empty, &backup);
    assert!(done, "{said}");
}

#[tokio::test]
async fn what_comes_back_otherwise_than_it_was_is_told() {
    let demo = Place::demo();
    let backup = back_up(&demo, "backup");
    let mut text = manifest(&backup);
    text["tables"]["public.users"]["digest"] = "1".into();
    fs::write(backup.join("manifest.json"), text.to_string()).unwrap();
    sum_again(&backup, "manifest.json");
    let (done, said) = restore(&empty_with_keys_of(&demo), &backup);
    assert!(!done);
    assert!(said.contains("what was restored differs from the backup in table public.users: do not serve it"), "{said}");
}

#[tokio::test]
async fn a_key_that_is_missing_or_another_one_is_named_before_anything_is_written() {
    let demo = Place::demo();
    let backup = back_up(&demo, "backup");
    let place = Place::new();
    refused(&place, &backup, "the backup needs the sealing key «k1», which is not among the keys given");
    let give = |keys: &str| {
        fs::create_dir_all(place.folder.join("data")).unwrap();
        fs::write(place.folder.join("data/demo.keys"), keys).unwrap();
        fs::set_permissions(place.folder.join("data/demo.keys"), fs::Permissions::from_mode(0o600)).unwrap();
    };
    let other = String::from_utf8(beian(&["keys"]).output().unwrap().stdout).unwrap();
    give(&other);
    refused(&place, &backup, "the sealing key «k1» is another one than the backup's rows were sealed with");
    give(&other.replace("k1", "k2"));
    refused(&place, &backup, "the backup needs the sealing key «k1», which is not among the keys given");
    let mut mixed: Value = serde_json::from_slice(&fs::read(demo.folder.join("data/demo.keys")).unwrap()).unwrap();
    let right = mixed.to_string();
    mixed["index"] = serde_json::from_str::<Value>(&other).unwrap()["index"].clone();
    give(&mixed.to_string());
    refused(&place, &backup, "the backup needs version 1 of the index key, which is missing or another one");
    give(&right);
    let (done, said) = restore(&place, &backup);
    assert!(done, "{said}");
}

#[tokio::test]
async fn nothing_is_written_over_what_is_there() {
    let demo = Place::demo();
    let backup = back_up(&demo, "backup");
    let before = files(&backup);
    let (done, said) = run(&mut demo.beian(&["backup", "--to", backup.to_str().unwrap()]));
    assert!(!done);
    assert!(said.contains("backup is there already: name a folder that is not there yet"), "{said}");
    assert_eq!(files(&backup), before);

    let migrated = empty_with_keys_of(&demo);
    assert!(run(&mut migrated.beian(&["migrate"])).0);
    let was = contents(&migrated);
    let (done, said) = restore(&migrated, &backup);
    assert!(!done);
    assert!(said.contains("the database already holds public."), "{said}");
    assert_eq!(contents(&migrated), was);
    assert_eq!(files(&migrated.folder.join("data/files")), BTreeMap::new());

    let stored = empty_with_keys_of(&demo);
    let one = stored.folder.join("data/files/aa/000000000000000000000000000000aa");
    fs::create_dir_all(one.parent().unwrap()).unwrap();
    fs::write(&one, "somebody's").unwrap();
    let (done, said) = restore(&stored, &backup);
    assert!(!done);
    assert!(said.contains("the store of materials already holds objects"), "{said}");
    assert_eq!(tables(&stored), Vec::<String>::new());
    assert_eq!(files(&stored.folder.join("data/files")).len(), 1);
}

#[tokio::test]
async fn a_backup_that_does_not_succeed_leaves_nothing_and_says_why() {
    let demo = Place::demo();
    let object = demo.ask("select object_key from materials where sealed <> '' limit 1").remove(0);
    let file = object.replace('-', "");
    fs::remove_file(demo.folder.join("data/files").join(&file[30..]).join(&file)).unwrap();
    let before = files(&demo.folder);
    let folder = demo.folder.join("backup");
    let (done, said) = run(&mut demo.beian(&["backup", "--to", folder.to_str().unwrap()]));
    assert!(!done);
    assert!(said.contains(&format!("the store lacks object {object}, which material ")), "{said}");
    assert_eq!(files(&demo.folder), before);
    assert!(fs::read_dir(&demo.folder).unwrap().flatten().all(|entry| !entry.file_name().to_string_lossy().contains("backup")));
    let nowhere =
        demo.beian(&["backup", "--to", folder.to_str().unwrap()]).env("DATABASE_URL", url_of("beian_nowhere")).output().unwrap();
    assert!(!nowhere.status.success());
}

const CLERK: &str = "yunshang-clerk";

/// Half signed in, with the password.
async fn half(ctx: &Ctx) -> Session {
    let form =
        SignInForm { user_name: CLERK.into(), password: PASSWORD.into(), category: "provider".into(), ..SignInForm::default() };
    let sessions::Entered::Opened(opened) = sessions::sign_in(ctx, &form, None).await.unwrap() else { panic!("{CLERK}") };
    sessions::find(ctx, opened.cookie_value()).await.unwrap().unwrap()
}

/// Sets up another authenticator; answers the codes for when it is lost.
async fn enrolled(place: &Place) -> Vec<String> {
    place.ask("delete from second_factors where user_id = (select id from users where user_name = 'yunshang-clerk')");
    let ctx = place.ctx().await;
    let session = half(&ctx).await;
    let codes = second_factor::enrolment(&ctx, &session).await.unwrap().recovery_codes;
    let (code, _) = second_factor::find_demo_code(&ctx, CLERK).await.unwrap().unwrap();
    second_factor::enrol(&ctx, &session, &SecondFactorForm { code }).await.unwrap();
    codes
}

#[tokio::test]
async fn a_backup_from_after_a_change_of_keys_comes_back_with_the_file_of_then_and_recovery_codes_hold() {
    let demo = Place::demo();
    let codes = enrolled(&demo).await;
    let file = demo.folder.join("data/demo.keys");
    let file = file.to_str().unwrap();
    for step in [&["keys", "--add", file][..], &["keys", "--activate", file], &["rekey"], &["keys", "--retire", file]] {
        let (done, said) = run(&mut demo.beian(step));
        assert!(done, "{step:?}: {said}");
    }
    let backup = back_up(&demo, "backup");
    let place = empty_with_keys_of(&demo);
    let kept = fs::read_to_string(place.folder.join("data/demo.keys")).unwrap();
    let mut without: Value = serde_json::from_str(&kept).unwrap();
    without["retired"]["index"] = serde_json::json!({});
    fs::write(place.folder.join("data/demo.keys"), without.to_string()).unwrap();
    refused(&place, &backup, "the backup needs version 1 of the index key, which is missing or another one");
    fs::write(place.folder.join("data/demo.keys"), &kept).unwrap();

    // One that was made before these versions were told apart.
    let older = copy_of(&backup, &demo, "older");
    let mut of_then = manifest(&older);
    of_then["keys"].as_object_mut().unwrap().remove("held");
    of_then["keys"]["index"]["1"] = Value::Null;
    fs::write(older.join("manifest.json"), of_then.to_string()).unwrap();
    sum_again(&older, "manifest.json");
    for (from, code) in [(&backup, &codes[0]), (&older, &codes[1])] {
        let place = empty_with_keys_of(&demo);
        let (done, said) = restore(&place, from);
        assert!(done, "{said}");
        let ctx = place.ctx().await;
        let session = half(&ctx).await;
        second_factor::prove(&ctx, &session, &SecondFactorForm { code: code.clone() }).await.unwrap();
    }
}
