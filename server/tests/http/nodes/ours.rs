//! What belongs to all nodes: sessions, second factors, counts, challenges, files, hints.

use super::stage::*;
use crate::server::Client;
use backend::{captcha, second_factor, seed_accounts::PASSWORD};
use domain::views::accounts::ChallengeFor;
use reqwest::Method;
use std::time::Duration;

async fn tries(client: &Client, user_name: &str, password: &str, challenge: &str) -> u16 {
    let form = [
        ("form[user_name]", user_name),
        ("form[password]", password),
        ("form[category]", "registrant"),
        ("form[challenge]", challenge),
        ("form[captcha]", "known"),
    ];
    client.call("/api/sessions/sign_in", &form).await.status().as_u16()
}

#[tokio::test]
async fn a_session_of_one_node_is_one_of_the_other_and_ended_there_it_is_over_here() {
    let pair = Pair::demo(&[]).await;
    let here = pair.a.signed_in("lin-yuqing").await;
    let there = here.at(&pair.b);
    let filing = begin(&here).await;
    assert_eq!(there.open("/account").await.status(), 200);

    // A picture that was given to one node is there on the other.
    let draft = read(&there, &format!("/api/filings/draft?id={filing}")).await;
    let material = draft["draft"]["materials"][0]["id"].as_str().unwrap();
    assert_eq!(there.open(&format!("/materials/{material}")).await.status(), 200);

    // So is what was typed into a form that was wrong.
    let stranger = pair.a.client();
    let typed = [("form[user_name]", "somebody-else"), ("form[password]", "x"), ("back", "/sign-in")];
    assert_eq!(stranger.post_form("/api/sessions/sign_in", &typed).await.status(), 303);
    let page = stranger.at(&pair.b).open("/sign-in").await.text().await.unwrap();
    assert!(page.contains("somebody-else"), "{page}");

    // Ended there, its stream here ends, and the very next request here is nobody's.
    let stream = Stream::open(&here, &format!("filing={filing}")).await;
    write(&there, "/api/sessions/sign_out", &[]).await;
    assert_eq!(here.call("/api/sessions/revoke_others", &[]).await.status(), 401);
    stream.ends().await;
}

#[tokio::test]
async fn a_second_factor_counts_once_on_all_nodes() {
    let pair = Pair::demo(&[]).await;
    let half = async |at: &crate::server::Server| {
        let client = at.client();
        let form = [("form[user_name]", "beijing-admin"), ("form[password]", PASSWORD), ("form[category]", "bureau")];
        write(&client, "/api/sessions/sign_in", &form).await;
        client
    };
    let (first, second) = (half(&pair.a).await, half(&pair.b).await);
    let (code, _) = second_factor::find_demo_code(&pair.a.ctx().await, "beijing-admin").await.unwrap().unwrap();
    write(&first, "/api/second_factor/prove", &[("form[code]", &code)]).await;
    assert_eq!(second.call("/api/second_factor/prove", &[("form[code]", &code)]).await.status(), 422);
    assert_eq!(first.at(&pair.b).open("/bureau").await.status(), 200);
}

#[tokio::test]
async fn what_guards_secrets_counts_over_both_nodes() {
    let pair = Pair::demo(&[("BEIAN_LIMIT_FACTOR", "1")]).await;
    let nodes = [pair.a.client(), pair.b.client()];
    let due = async |node: &Client, purpose: &str| {
        let form = [("purpose", purpose), ("user_name", "zhou-ming")];
        write(node, "/api/captchas/make", &form).await != serde_json::Value::Null
    };
    // Two failures here and one there ask for a picture everywhere.
    for (n, node) in [&nodes[0], &nodes[1], &nodes[0]].into_iter().enumerate() {
        assert!(!due(node, "sign_in").await, "after {n}");
        assert_eq!(tries(node, "zhou-ming", "wrong", "").await, 422);
    }
    for node in &nodes {
        assert!(due(node, "sign_in").await);
        assert_eq!(tries(node, "zhou-ming", PASSWORD, "").await, 422, "without the picture");
    }
    // A challenge of one node is answered on the other, once.
    let ctx = pair.a.ctx().await;
    let challenge = async || captcha::make_with(&ctx, &Known, ChallengeFor::SignIn, false).await.unwrap().id.to_string();
    let used = challenge().await;
    assert_eq!(tries(&nodes[0], "zhou-ming", "wrong", &used).await, 422);
    let names = pair.ask("select count from rate_counters where kind = 'sign_in_name'");
    assert_eq!(names, ["4"]);
    assert_eq!(tries(&nodes[1], "zhou-ming", "wrong", &used).await, 422);
    assert_eq!(pair.ask("select count from rate_counters where kind = 'sign_in_name'"), ["4"], "a used challenge is none");
    // Ten failures, wherever they were, lock the name everywhere, for the right password too.
    for n in 4..10 {
        assert_eq!(tries(&nodes[n % 2], "zhou-ming", "wrong", &challenge().await).await, 422, "{n}");
    }
    for node in &nodes {
        assert_eq!(tries(node, "zhou-ming", PASSWORD, &challenge().await).await, 429);
    }
    assert!(!pair.a.log().contains("a request broke") && !pair.b.log().contains("a request broke"));
}

#[tokio::test]
async fn what_one_address_asked_of_a_node_counts_on_the_other() {
    let pair = Pair::demo(&[("BEIAN_LIMIT_FACTOR", "1")]).await;
    let (a, b) = (pair.a.client(), pair.b.client());
    let look = async |node: &Client| node.open("/api/v1/register?q=nobody-has-this.example").await.status().as_u16();
    let mut admitted = 0;
    while look(&a).await == 200 {
        admitted += 1;
    }
    assert!(admitted >= 60, "{admitted}");
    // By itself the other node would admit sixty more: what is heard a moment later leaves a few at most, and one each second.
    let mut further = 0;
    while look(&b).await == 200 {
        further += 1;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert!(further < 20, "{further}");
    // Of another kind there is enough.
    assert_eq!(b.open("/help").await.status(), 200);
    assert!(!pair.a.log().contains("in words that") && !pair.b.log().contains("are not heard"));
}

#[tokio::test]
async fn registrations_from_one_address_count_over_both_nodes() {
    let pair = Pair::demo(&[("BEIAN_LIMIT_FACTOR", "1")]).await;
    let nodes = [pair.a.client(), pair.b.client()];
    let ctx = pair.a.ctx().await;
    let (mut met, mut said) = (Vec::new(), Vec::new());
    for n in 0..12 {
        let challenge = captcha::make_with(&ctx, &Known, ChallengeFor::Registration, false).await.unwrap().id.to_string();
        let (name, mobile, email) = (format!("somebody-{n}"), format!("139000000{n:02}"), format!("somebody{n}@post.example"));
        let form = [
            ("form[terms]", "accepted"),
            ("form[user_name]", name.as_str()),
            ("form[contact_name]", "王芳"),
            ("form[mobile]", &mobile),
            ("form[email]", &email),
            ("form[password]", "purple-teapot-walks-9"),
            ("form[password_repeat]", "purple-teapot-walks-9"),
            ("form[challenge]", &challenge),
            ("form[captcha]", "known"),
        ];
        let answer = nodes[n % 2].call("/api/accounts/register", &form).await;
        met.push(answer.status().as_u16());
        said.push(answer.text().await.unwrap());
    }
    assert_eq!(met, [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 429, 429], "{said:?}");
    // Each code went out once, though two nodes send.
    pair.settle().await;
    let codes = |taken: &[Message]| taken.iter().filter(|message| message.to.starts_with("139000000")).count();
    pair.gateway.until("ten codes", |taken| codes(taken) >= 10).await;
    assert_eq!(codes(&pair.gateway.all()), 10);
    assert!(pair.gateway.times().values().all(|times| *times == 1));
    assert_eq!(pair.ask("select distinct attempts from outbox"), ["1"]);
}

#[tokio::test]
async fn a_stream_of_one_node_hears_what_is_done_through_the_other() {
    let pair = Pair::demo(&[]).await;
    let owner = pair.a.signed_in("lin-yuqing").await;
    let clerk = pair.b.signed_in("yunshang-clerk").await;
    let filing = begin(&owner).await;
    let mut desk = Stream::open_first(&clerk, "desk=1").await;
    let mut case = Stream::open_first(&owner, &format!("filing={filing}")).await;
    // Through the first node, heard at the desk of the second …
    submit(&owner, &filing).await;
    desk.hears(&filing, 2).await;
    // … and through the second, heard on the first.
    pass(&pair.a.place, &clerk, &filing).await;
    let seq = pair.ask(&format!("select seq from filings where id = '{filing}'")).remove(0).parse().unwrap();
    assert!(seq > 2);
    case.hears(&filing, seq).await;
    // What a stream tells of can be read on either node.
    for server in [&pair.a, &pair.b] {
        let request = clerk.at(server).request(Method::GET, &format!("/api/reviews/case?id={filing}")).send().await.unwrap();
        assert_eq!(request.status(), 200);
    }
}
