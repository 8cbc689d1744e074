//! One of two nodes ends under load: killed, or asked to. And a node whose database is away for a while.

use super::{load::*, stage::*};
use crate::server::psql;
use std::sync::atomic::Ordering;

/// Filings to hand in while it happens.
const READY: usize = 6;

pub(super) async fn ready(owner: &crate::server::Client, nodes: &Pair) -> (String, Vec<String>) {
    let kept = begin(owner).await;
    let mut filings = Vec::new();
    for n in 0..READY {
        filings.push(begin(&owner.at(if n % 2 == 0 { &nodes.a } else { &nodes.b })).await);
    }
    (kept, filings)
}

pub(super) async fn name_of(owner: &crate::server::Client, id: &str) -> String {
    let draft = read(owner, &format!("/api/filings/draft?id={id}")).await;
    draft["draft"]["sponsor"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_killed_under_load_loses_nothing_that_was_acknowledged_and_doubles_nothing() {
    let pair = Pair::demo(&[]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let (kept, filings) = ready(&owner, &pair).await;
    let listener = Stream::open_first(&owner.at(&pair.b), &format!("filing={kept}")).await;
    let lb = Balancer::new(&owner);
    lb.add(&pair.a).await;
    lb.add(&pair.b).await;
    let killing = async {
        lb.answers_more(60).await;
        pair.b.kill();
        lb.answers_more(100).await;
        lb.end();
    };
    let (told, ()) = tokio::join!(run(&lb, &owner, &clerk, &kept, &filings), killing);
    lb.remove(&pair.b.url);
    // What was cut off, was cut off by the kill: every failure is that node's.
    let failed = lb.failed.lock().unwrap().clone();
    assert!(failed.iter().all(|line| line.contains(&pair.b.url)), "{failed:#?}");
    // Its listener hears that it is over, comes to the other node, and is told to look again.
    listener.ends().await;
    Stream::open_first(&owner, &format!("filing={}", filings[0])).await;

    // The messages that it had in hand go out after their lease.
    write(&pair.a.client(), "/api/demo/wind", &[("hours", "1")]).await;
    pair.settle().await;
    told.prove(&pair.a.place, &kept, &name_of(&owner, &kept).await);
    pair.gateway.times();
    pair.check_journal().await;
    assert!(!pair.a.log().contains("a request broke"), "{}", pair.a.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_are_restarted_one_after_the_other_under_load_and_no_request_fails() {
    let settings = [("BEIAN_LINGER", "3")];
    let pair = Pair::demo(&settings).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let (kept, filings) = ready(&owner, &pair).await;
    let lb = Balancer::new(&owner);
    lb.add(&pair.a).await;
    lb.add(&pair.b).await;
    let (place, gateway) = (pair.a.place.lend(), pair.gateway.clone());
    let restarting = async {
        let mut restarted = Vec::new();
        for old in [&pair.b, &pair.a] {
            restarted.push(restart(&lb, old, node(place.lend(), &gateway, &settings)).await);
        }
        lb.answers_more(30).await;
        lb.end();
        restarted
    };
    let (told, restarted) = tokio::join!(run(&lb, &owner, &clerk, &kept, &filings), restarting);
    let failed = lb.failed.lock().unwrap().clone();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(lb.answered.load(Ordering::SeqCst) > 90);
    for old in [&pair.b, &pair.a] {
        assert!(!old.log().contains("cut off") && !old.log().contains("a request broke"), "{}", old.log());
    }
    told.prove(&place, &kept, &name_of(&owner.at(&restarted[0]), &kept).await);
    pair.settle().await;
    pair.check_journal().await;
    assert!(pair.gateway.times().values().all(|times| *times == 1));
    drop(restarted);
    pair.b.kill();
}

#[tokio::test]
async fn a_node_that_loses_its_database_is_not_ready_and_comes_back() {
    let pair = Pair::demo(&[]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let filing = begin(&owner).await;
    let mut stream = Stream::open_first(&owner.at(&pair.b), &format!("filing={filing}")).await;
    // A message is in hand, and that it was handed over cannot be noted.
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let another = begin(&owner).await;
    submit(&owner, &another).await;
    pair.settle().await;
    pair.gateway.hold(true);
    let before = pair.gateway.all().len();
    pass(&pair.a.place, &clerk, &another).await;
    let taken = pair.gateway.until("a message in hand", |taken| taken.len() > before).await;
    let database = pair.ask("select current_database()").remove(0);
    let connections = |allowed: bool| psql(&format!("alter database {database} allow_connections {allowed}"));

    connections(false);
    psql(&format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"));
    pair.gateway.hold(false);
    for node in [&pair.a, &pair.b] {
        assert_eq!(readiness(node).await, (503, "database unreachable\n".to_owned()));
        assert_eq!(node.client().open("/healthz").await.status(), 200);
        let page = owner.at(node).open("/account").await;
        assert_eq!(page.status(), 500);
    }
    // The node that has it in hand looks for no other before.
    let missed = async |node: &crate::server::Server| {
        while !node.log().contains("messages cannot be sent") {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, async { tokio::join!(missed(&pair.a), missed(&pair.b)) }).await.unwrap();
    connections(true);
    for node in [&pair.a, &pair.b] {
        is_ready(node, 200).await;
        assert_eq!(owner.at(node).open("/account").await.status(), 200);
    }
    // The stream stood all the while, and hears what is done now.
    submit(&owner, &filing).await;
    stream.hears(&filing, 2).await;
    // So do the workers; what was in hand goes out again after its lease.
    write(&pair.a.client(), "/api/demo/wind", &[("hours", "1")]).await;
    pair.settle().await;
    assert_eq!(pair.gateway.times()[&taken[before].key], 2);
    pair.check_journal().await;
}
