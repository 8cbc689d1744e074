//! The change of keys as an operator makes it: add, restart, activate, restart, rekey, retire.

use crate::server::{Place, Server, run};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
};

fn file(place: &Place) -> PathBuf {
    place.folder.join("data/demo.keys")
}

fn step(place: &Place, step: &str) -> (bool, String) {
    run(&mut place.beian(&["keys", step, file(place).to_str().unwrap()]))
}

fn ask(place: &Place, sql: &str) -> String {
    let said = Command::new("psql").args(["-XAtq", &place.database_url, "-c", sql]).output().unwrap();
    assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// Ends it as an operator does, so that the others know.
fn end(server: Server) -> Place {
    let mut process = server.process.lock().unwrap();
    signal::kill(Pid::from_raw(i32::try_from(process.id()).unwrap()), Signal::SIGTERM).unwrap();
    assert!(process.wait().unwrap().success());
    drop(process);
    server.stop()
}

async fn start(place: Place) -> Server {
    Server::start(place, &["serve", "--demo"], &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_keys_while_it_is_served_and_a_rekey_that_was_killed_goes_on() {
    let server = Server::demo().await;
    let path = file(&server.place);
    let before = fs::read_to_string(&path).unwrap();
    let (done, said) = step(&server.place, "--activate");
    assert!(!done && said.contains("there are no keys to activate"), "{said}");
    let (done, said) = step(&server.place, "--retire");
    assert!(!done && said.contains("there is no key to retire"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before, "what is refused changes nothing");
    let (done, said) = step(&server.place, "--add");
    assert!(done && said.contains("sealing k2, index 2"), "{said}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".beian")), "{left:?}");
    let (done, said) = step(&server.place, "--add");
    assert!(!done && said.contains("were added already"), "{said}");
    // The node that serves has not read it yet.
    let (done, said) = step(&server.place, "--activate");
    assert!(!done && said.contains("does not read the key «sealing k2» yet"), "{said}");

    let server = start(end(server)).await;
    let (done, said) = step(&server.place, "--activate");
    assert!(done, "{said}");
    let place = end(server);
    // The file from before is not served any more once the new key is in use.
    let server = start(place).await;
    let changed = fs::read_to_string(&path).unwrap();
    fs::write(&path, &before).unwrap();
    let (done, said) = run(&mut server.place.beian(&["serve", "--demo"]));
    assert!(!done && said.contains("rows of this database need the key «index 2»"), "{said}");
    fs::write(&path, &changed).unwrap();
    let ready = server.client().open("/readyz").await;
    assert_eq!((ready.status().as_u16(), ready.text().await.unwrap()), (200, "ready\n".to_owned()));

    // It is killed where it waits for a row.
    let old = "select count(*) from outbox where sealed_with(recipient) = 'k1'";
    let all: u32 = ask(&server.place, old).parse().unwrap();
    let lock = server.place.lock("select id from outbox order by id offset 2 limit 1 for update");
    let mut rekey = server.place.beian(&["rekey"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "select count(*) from pg_stat_activity where application_name = 'beian rekey' and wait_event_type = 'Lock'
                 and datname = current_database()";
    while ask(&server.place, waits) == "0" {
        assert!(rekey.try_wait().unwrap().is_none(), "it did not wait");
    }
    let (done, said) = run(&mut server.place.beian(&["rekey"]));
    assert!(!done && said.contains("another `beian rekey` is under way"), "{said}");
    rekey.kill().unwrap();
    rekey.wait().unwrap();
    drop(lock);
    let left: u32 = ask(&server.place, old).parse().unwrap();
    assert!(0 < left && left < all, "{left} of {all}");
    let (done, said) = step(&server.place, "--retire");
    assert!(!done && said.contains("within the last hour"), "{said}");
    let (done, said) = run(&mut server.place.beian(&["rekey", "--status"]));
    assert!(done && said.contains(&format!("  outbox.recipient: {left}\n")), "{said}");
    // Postgres notices that a client is gone when it next writes to it.
    let gone = "select count(*) from pg_stat_activity where application_name = 'beian rekey' and datname = current_database()";
    while ask(&server.place, gone) != "0" {}
    let (done, said) = run(&mut server.place.beian(&["rekey"]));
    assert!(done && said.contains("sealing k1: 0 values\n") && said.contains("index 1: 0 values\n"), "{said}");

    ask(&server.place, "update key_readers set seen_at = seen_at - interval '61 minutes' where ended_at is not null");
    let (done, said) = step(&server.place, "--retire");
    assert!(done && said.contains("sealing k1, index 1"), "{said}");
    let server = start(end(server)).await;
    let me = server.signed_in("lin-yuqing").await;
    assert_eq!(me.open("/account").await.status(), 200);
    server.signed_in("yunshang-clerk").await;
    let keys = me.open("/api/v1/certificate-keys").await.text().await.unwrap();
    assert!(keys.contains("\"kid\":\"k1\"") && keys.contains("\"kid\":\"k2\""), "{keys}");
    let kept = fs::read_to_string(&path).unwrap();
    let secret: serde_json::Value = serde_json::from_str(&before).unwrap();
    assert!(!kept.contains(secret["sealing"]["k1"].as_str().unwrap()));
}

#[tokio::test]
async fn keys_change_with_the_database_that_they_belong_to_alone_and_the_file_from_before_a_retirement_is_kept() {
    let (place, fresh, others) = (Place::demo(), Place::new(), Place::demo());
    let (done, said) = run(&mut fresh.beian(&["migrate"]));
    assert!(done, "{said}");
    ask(&others, "update installation_keys set check_value = '0000000000000000'");
    ask(&others, "insert into installation_keys (name, check_value, since) values ('sealing k2', '0000000000000000', now())");
    let path = file(&place);
    let refused = |step: &str, key: &str| {
        let before = fs::read_to_string(&path).unwrap();
        let at = |place: &Place| run(&mut place.beian(&["keys", step, path.to_str().unwrap()]));
        let (done, said) = at(&fresh);
        assert!(!done && said.contains(&format!("this database does not know the key «{key}»")), "{step}: {said}");
        let (done, said) = at(&others);
        assert!(!done && said.contains(&format!("the key «{key}» of the keys' file is another one")), "{step}: {said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), before, "{step}: what is refused changes nothing");
    };
    assert!(step(&place, "--add").0);
    refused("--activate", "sealing k1");
    assert!(step(&place, "--activate").0);
    let (done, said) = run(&mut place.beian(&["rekey"]));
    assert!(done, "{said}");
    refused("--retire", "sealing k2");
    let before = fs::read_to_string(&path).unwrap();
    let kept = path.with_file_name("demo.keys.before-1");
    assert!(!kept.exists());
    let (done, said) = step(&place, "--retire");
    assert!(done && said.contains(kept.to_str().unwrap()), "{said}");
    assert_eq!(fs::read_to_string(&kept).unwrap(), before);
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert_ne!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(
        place.ask("select verb from audit where verb in ('activate_keys', 'rekey', 'retire_keys') order by id"),
        ["activate_keys", "rekey", "retire_keys"]
    );
}

#[tokio::test]
async fn a_node_without_a_key_that_rows_need_answers_nobody_but_those_who_watch() {
    let server = Server::demo().await;
    let client = server.client();
    ask(
        &server.place,
        "insert into installation_keys (name, check_value, since) values ('sealing k9', '0000000000000000', now())",
    );
    while client.open("/readyz").await.status() == 200 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(client.open("/healthz").await.status(), 200);
    let page = client.open("/").await;
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("<html"), "people get a page");
    for path in ["/api/v1/register?q=chenxi7.example", "/live?desk=1", "/api/reviews/desk"] {
        assert_eq!(client.open(path).await.status(), 503, "{path}");
    }
    assert_eq!(client.call("/api/sessions/sign_in", &[]).await.status(), 503);
    ask(&server.place, "delete from installation_keys where name = 'sealing k9'");
    while client.open("/").await.status() == 503 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(client.open("/").await.status(), 200);
}
