//! Keys change while both nodes serve, by the steps of the README: added, read by both, written with, rows renewed, retired.

use super::{faults::*, load::*, stage::*};
use crate::server::{Client, Place, run as end_of};
use backend::seed_accounts::PASSWORD;
use std::sync::{Arc, atomic::Ordering};

/// Runs the program beside the nodes, while they are asked.
async fn beian(place: &Place, args: &[&str]) -> String {
    let mut command = place.beian(args);
    let (done, said) = tokio::task::spawn_blocking(move || end_of(&mut command)).await.unwrap();
    assert!(done, "{args:?}: {said}");
    said
}

/// A step with the operator's file, of which each node has a copy.
async fn step(place: &Place, step: &str) -> String {
    let file = place.folder.join("data/demo.keys");
    beian(place, &["keys", step, file.to_str().unwrap()]).await
}

/// Those who come meanwhile: one signs in, and one hands in what was begun before.
async fn come(lb: &Arc<Balancer>, owner: &Client, ready: &mut Vec<String>) {
    let form = [("form[user_name]", "zhou-ming"), ("form[password]", PASSWORD), ("form[category]", "registrant")];
    // Each node is asked.
    for _ in 0..2 {
        let (status, text) = lb.until_answered(&owner.stranger(), "/api/sessions/sign_in", &form).await;
        assert_eq!(status, 200, "{text}");
    }
    hand_in(lb, owner, &ready.pop().expect("a filing")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_added_activated_and_retired_under_load_and_no_request_fails() {
    const LINGER: (&str, &str) = ("BEIAN_LINGER", "2");
    let pair = Pair::demo(&[LINGER]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let (kept, filings) = ready(&owner, &pair).await;
    let mut later = Vec::new();
    for _ in 0..7 {
        later.push(begin(&owner).await);
    }
    let lb = Balancer::new(&owner);
    lb.add(&pair.a).await;
    lb.add(&pair.b).await;
    let place = pair.a.place.lend();
    let written = || place.ask("select distinct convert_from(sealed_with(sealed), 'UTF8') from filing_snapshots order by 1");
    let mut nodes = Vec::new();
    let changing = async {
        for act in ["--add", "--activate", "--retire"] {
            if act == "--retire" {
                assert_eq!(written(), ["k1", "k2"], "each key was written with");
                beian(&place, &["rekey"]).await;
                come(&lb, &owner, &mut later).await;
                // An hour after the last node that wrote with the old keys.
                place.ask("update key_readers set seen_at = seen_at - interval '61 minutes' where ended_at is not null");
            }
            step(&place, act).await;
            for n in 0..2 {
                let file = place.folder.join(format!("{n}.keys"));
                std::fs::copy(place.folder.join("data/demo.keys"), &file).unwrap();
                let settings = [LINGER, ("BEIAN_KEYS_FILE", file.to_str().unwrap())];
                let old = match nodes.len().checked_sub(2) {
                    None => [&pair.b, &pair.a][n],
                    Some(at) => &nodes[at],
                };
                let new = restart(&lb, old, node(place.lend(), &pair.gateway, &settings)).await;
                nodes.push(new);
                // After the first, the two have different files.
                come(&lb, &owner, &mut later).await;
            }
        }
        lb.answers_more(30).await;
        lb.end();
    };
    let (told, ()) = tokio::join!(run(&lb, &owner, &clerk, &kept, &filings), changing);
    let failed = lb.failed.lock().unwrap().clone();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(lb.answered.load(Ordering::SeqCst) > 200);
    for old in nodes.iter().chain([&pair.a, &pair.b]) {
        let log = old.log();
        assert!(!["cut off", "a request broke", "\"ERROR\""].iter().any(|word| log.contains(word)), "{log}");
    }
    let last = nodes.last().unwrap();
    told.prove(&place, &kept, &name_of(&owner.at(last), &kept).await);
    pair.settle().await;
    pair.check_journal().await;
    assert!(pair.gateway.times().values().all(|times| *times == 1));
    let said = beian(&place, &["rekey", "--status"]).await;
    assert!(said.contains("sealing k2") && said.contains("index 2") && !said.contains("sealing k1"), "{said}");
    assert_eq!(written(), ["k2"]);
    drop(nodes);
    pair.b.kill();
}
