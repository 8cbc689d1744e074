//! Jobs and messages that both nodes are after: each is done by one.

use super::stage::*;
use crate::server::{Client, WAITING};
use domain::filing::Verb;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Filings of a test.
const FILINGS: usize = 6;

/// Filings that wait for their persons, with who these are.
async fn awaited(pair: &Pair, owner: &Client, clerk: &Client, count: usize) -> Vec<(String, (String, String))> {
    // Noon comes within the window at whatever time of the day the test runs.
    pair.ask("update policies set sms_window_hours = 72");
    let mut filings = Vec::new();
    for n in 0..count {
        let (owner, clerk) =
            if n % 2 == 0 { (owner.at(&pair.a), clerk.at(&pair.b)) } else { (owner.at(&pair.b), clerk.at(&pair.a)) };
        let id = begin(&owner).await;
        let person = person(&owner, &id).await;
        submit(&owner, &id).await;
        pass(&pair.a.place, &clerk, &id).await;
        filings.push((id, person));
    }
    filings
}

/// How many hours it is to the last of the noons.
fn to_noon(pair: &Pair) -> u32 {
    let sql = "select ceil(extract(epoch from max(run_at) - now()) / 3600)::int from jobs
               where kind = 'send_codes_at_noon' and status = 'due'";
    pair.ask(sql).remove(0).parse().unwrap()
}

#[tokio::test]
async fn every_code_and_every_code_of_noon_goes_out_once_from_two_nodes_and_numbers_are_given_once() {
    let pair = Pair::demo(&[]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let reviewer = pair.b.signed_in("beijing-reviewer-1").await;
    let filings = awaited(&pair, &owner, &clerk, FILINGS).await;
    let mobiles: BTreeSet<String> = filings.iter().map(|(_, (mobile, _))| mobile.clone()).collect();
    let codes = |taken: &[Message]| {
        taken.iter().filter(|message| message.template == "confirmation_code" && mobiles.contains(&message.to)).count()
    };
    pair.gateway.until("the first codes", |taken| codes(taken) >= FILINGS).await;
    pair.settle().await;
    assert_eq!(codes(&pair.gateway.all()), FILINGS);

    // Wound on one node, it is noon on both.
    write(&pair.a.client(), "/api/demo/wind", &[("hours", &to_noon(&pair).to_string())]).await;
    let taken = pair.gateway.until("the codes of noon", |taken| codes(taken) >= 2 * FILINGS).await;
    pair.settle().await;
    assert_eq!(codes(&pair.gateway.all()), 2 * FILINGS);
    for (id, (mobile, _)) in &filings {
        let own: BTreeSet<&str> =
            taken.iter().filter(|message| message.to == *mobile).map(|message| message.code.as_str()).collect();
        assert_eq!(own.len(), 2, "{id}");
    }
    assert!(pair.gateway.times().values().all(|times| *times == 1), "{:?}", pair.gateway.times());
    assert_eq!(pair.ask("select distinct attempts from outbox where status = 'sent' and via = 'gateway'"), ["1"]);
    let ran = "select kind, count(*), sum(attempts) from jobs where kind like 'send_codes%' and status = 'done' and
               payload ->> 'filing' = any(string_to_array('IDS', ',')) group by kind order by kind";
    let ids: Vec<&str> = filings.iter().map(|(id, _)| id.as_str()).collect();
    let ran = pair.ask(&ran.replace("IDS", &ids.join(",")));
    assert_eq!(ran, [format!("send_codes|{FILINGS}|0"), format!("send_codes_at_noon|{FILINGS}|0")]);
    let clocks = async |client: &Client| read(client, "/api/demo/view").await["wound_s"].clone();
    assert_eq!(clocks(&pair.a.client()).await, clocks(&pair.b.client()).await);

    // Each confirms on one node with the code that came last, and again on the other, where it no longer counts.
    let ctx = pair.a.ctx().await;
    ctx.clock.wind_to(backend::installation::clock_wound(&ctx.pool).await.unwrap());
    for (n, (id, person)) in filings.iter().enumerate() {
        let (one, other) = if n % 2 == 0 { (&pair.a, &pair.b) } else { (&pair.b, &pair.a) };
        let code = taken.iter().rfind(|message| message.to == person.0).unwrap().code.clone();
        assert_eq!(confirm(&one.client(), &ctx, person, &code).await.status(), 200, "{id}");
        assert_eq!(confirm(&other.client(), &ctx, person, &code).await.status(), 422, "{id}");
    }

    // All are approved at once, each on both nodes under a key of its own: one of the two is, and each number is given once.
    let before: u32 = pair.ask("select count(*) from issued_numbers").remove(0).parse().unwrap();
    let approvals = filings.iter().flat_map(|(id, _)| {
        let (pair, reviewer) = (&pair, &reviewer);
        [&pair.a, &pair.b].map(|node| {
            let form = verdict(&pair.a.place, id, Verb::Approve, Uuid::new_v4());
            async move {
                let node = reviewer.at(node);
                node.call("/api/reviews/approve", &borrowed(&form)).await.status().as_u16()
            }
        })
    });
    let mut met = futures::future::join_all(approvals).await;
    met.sort_unstable();
    assert_eq!(met, [[200; FILINGS], [409; FILINGS]].concat());
    let list = ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
    assert_eq!(pair.ask(&format!("select count(distinct number) from filings where id in ({list})")), [FILINGS.to_string()]);
    let after: u32 = pair.ask("select count(*) from issued_numbers").remove(0).parse().unwrap();
    assert_eq!(after - before, u32::try_from(FILINGS).unwrap());
    pair.settle().await;
    pair.check_journal().await;
}

#[tokio::test]
async fn what_a_killed_node_had_in_hand_is_taken_over_and_nothing_is_done_twice() {
    let pair = Pair::demo(&[]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.a.signed_in("yunshang-clerk").await;
    let filings = awaited(&pair, &owner, &clerk, 4).await;
    pair.settle().await;
    // At noon each node comes to a job that waits for its filing, in a transaction of its own …
    let two = format!("select id from filings where id in ('{}', '{}') order by id for update", filings[2].0, filings[3].0);
    let lock = pair.a.place.lock(&two);
    pair.gateway.hold(true);
    let before = pair.gateway.all().len();
    write(&pair.a.client(), "/api/demo/wind", &[("hours", &to_noon(&pair).to_string())]).await;
    pair.ask_until(WAITING, |rows| rows == ["2"]).await;
    // … and has a message of the jobs before it in hand, to which the gateway does not answer.
    let taken = pair.gateway.until("a message from each node", |taken| taken.len() >= before + 2).await;
    assert_ne!(taken[before].key, taken[before + 1].key);

    pair.b.kill();
    pair.ask_until(WAITING, |rows| rows == ["1"]).await;
    drop(lock);
    pair.gateway.hold(false);
    // The other's job is done at once, its message after the lease, which a clock that is wound passes.
    let noon = "select count(*) from jobs where kind = 'send_codes_at_noon' and status = 'done'";
    pair.ask_until(noon, |rows| rows[0].parse::<u8>().unwrap() >= 4).await;
    write(&pair.a.client(), "/api/demo/wind", &[("hours", "1")]).await;
    pair.settle().await;

    // The gateway drops by its key what it has seen. The other node's message may be one of these, if it waited too long.
    let repeats: Vec<usize> = pair.gateway.times().into_values().filter(|times| *times > 1).collect();
    assert!(repeats == [2] || repeats == [2, 2], "what the killed node had in hand comes again: {:?}", pair.gateway.times());
    for (id, (mobile, _)) in &filings {
        let own: BTreeSet<String> =
            pair.gateway.all().into_iter().filter(|message| message.to == *mobile).map(|message| message.key).collect();
        assert_eq!(own.len(), 2, "the first code and that of noon: {id}");
    }
    assert_eq!(pair.ask("select count(*) from outbox where status not in ('sent', 'expired') and channel = 'sms'"), ["0"]);
    pair.check_journal().await;
}
