//! Starting, health, draining.

use crate::server::{Place, Server, beian, header_of, run};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_served_demo_is_healthy_and_ready_and_drains_when_asked_to_end() {
    let server = Server::demo().await;
    let client = server.client();
    for path in ["/healthz", "/readyz"] {
        let response = client.open(path).await;
        assert_eq!(response.status(), 200, "{path}");
    }
    // A stream that would never end by itself does not hold the drain up.
    let staff = server.signed_in("yunshang-clerk").await;
    let mut stream = staff.open("/live?desk=1").await;
    assert_eq!(stream.status(), 200);
    assert_eq!(header_of(&stream, "content-type"), "text/event-stream; charset=utf-8");
    assert!(stream.chunk().await.unwrap().is_some());

    let mut process = server.process.lock().unwrap();
    signal::kill(Pid::from_raw(i32::try_from(process.id()).unwrap()), Signal::SIGTERM).unwrap();
    let ended = tokio::task::block_in_place(|| process.wait().unwrap());
    assert!(ended.success(), "{ended}");
    drop(process);
    assert!(server.log().contains("\"message\":\"ended\""), "{}", server.log());
}

#[tokio::test]
async fn the_log_holds_neither_queries_nor_names_nor_secrets() {
    let server = Server::demo().await;
    let client = server.client();
    client.open("/query?q=secret-question").await;
    client.open("/lost-password/secret-token").await;
    client.post_form("/api/sessions/sign_in", &[("form[user_name]", "secret-name"), ("form[password]", "secret-word")]).await;
    let log = server.log();
    assert!(log.contains("/api/sessions/sign_in"), "{log}");
    assert!(log.contains("/lost-password/{token}"), "{log}");
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn a_database_without_tables_is_not_served() {
    let place = Place::new();
    let (done, said) = run(&mut place.beian(&["serve", "--demo"]));
    assert!(!done);
    assert!(said.contains("run `beian migrate`"), "{said}");
    let (done, said) = run(&mut place.beian(&["seed"]));
    assert!(!done);
    assert!(said.contains("run `beian migrate`"), "{said}");
}

/// What production needs to be told.
fn production(place: &Place) -> [(&'static str, String); 2] {
    let file = place.folder.join("beian.keys");
    std::fs::write(&file, beian(&["keys"]).output().unwrap().stdout).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    [("BEIAN_KEYS_FILE", file.to_str().unwrap().to_owned()), ("BEIAN_PUBLIC_URL", "https://beian.example.org".to_owned())]
}

#[tokio::test]
async fn the_first_administrator_of_a_bureau_is_made_at_the_prompt_and_signs_in() {
    let ask = |place: &Place, settings: &[(&str, String)], mobile: &str| {
        let said = ["--user-name", "jiang-song", "--contact-name", "蒋松", "--mobile", mobile, "--email", "jiang@post.example"];
        let args = [&["bureau-administrator", "--province", "330000"][..], &said].concat();
        run(place.beian(&args).envs(settings.iter().cloned()))
    };
    let demo = Place::demo();
    let (done, said) = ask(&demo, &production(&demo), "13912345678");
    assert!(!done && said.contains("this database holds the demo"), "{said}");

    let place = Place::new();
    let settings = production(&place);
    let (done, said) = ask(&place, &settings, "13912345678");
    assert!(!done && said.contains("run `beian migrate`"), "{said}");
    assert!(run(&mut place.beian(&["migrate"])).0);
    let (done, said) = ask(&place, &settings, "123");
    assert!(!done && said.contains("--mobile: "), "{said}");
    let (done, said) = ask(&place, &settings, "13912345678");
    assert!(done, "{said}");
    let password = said.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    let (done, said) = ask(&place, &settings, "13912345678");
    assert!(!done && said.contains("--user-name: "), "{said}");

    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start(place, &["serve"], &settings).await;
    let client = server.client();
    let form = [("form[category]", "bureau"), ("form[user_name]", "jiang-song"), ("form[password]", &password)];
    let entered = client.call("/api/sessions/sign_in", &form).await;
    assert_eq!(entered.status(), 200);
    assert!(entered.text().await.unwrap().contains("/sign-in/first-password"));
}

#[tokio::test]
async fn a_demo_is_served_as_a_demo_alone_and_production_as_production_alone() {
    let demo = Place::demo();
    let (done, said) = run(demo.beian(&["serve"]).envs(production(&demo)));
    assert!(!done);
    assert!(said.contains("this database holds the demo"), "{said}");

    let place = Place::new();
    assert!(run(&mut place.beian(&["migrate"])).0);
    let (done, said) = run(&mut place.beian(&["serve", "--demo"]));
    assert!(!done);
    assert!(said.contains("--demo serves only a database that `beian seed` made"), "{said}");

    let settings = production(&place);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start(place, &["serve"], &settings).await;
    let client = server.client();
    for path in ["/demo", "/demo/messages"] {
        assert_eq!(client.open(path).await.status(), 404, "{path}");
    }
    let wound = client.call("/api/demo/wind", &[("hours", "1")]).await;
    assert_eq!(wound.status(), 404);
    assert_eq!(header_of(&client.open("/").await, "strict-transport-security"), "max-age=31536000; includeSubDomains");
    let (done, said) = run(&mut server.place.beian(&["seed"]));
    assert!(!done);
    assert!(said.contains("this database holds real filings"), "{said}");
}

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let place = Place::demo();
    let (done, said) = run(&mut place.beian(&["seed"]));
    assert!(done, "{said}");
    let server = Server::start(place, &["serve", "--demo"], &[]).await;
    let me = server.signed_in("lin-yuqing").await;
    assert_eq!(me.open("/account").await.status(), 200);
}

#[tokio::test]
async fn figures_stand_on_a_port_of_their_own() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_METRICS_ADDR", &address)]).await;
    let client = server.client();
    assert_eq!(client.open("/").await.status(), 200);
    assert_eq!(client.open("/metrics").await.status(), 404);
    let figures = client.http.get(format!("http://{address}/metrics")).timeout(Duration::from_secs(5)).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(figures.contains("http_requests_total{door=\"/\",status=\"200\"} 1"), "{figures}");
}

#[tokio::test]
async fn what_a_client_asked_for_is_carried_through_when_it_goes_away() {
    let server = Server::demo().await;
    let client = server.signed_in("lin-yuqing").await;
    let filings = async || -> Vec<String> {
        let list: serde_json::Value =
            serde_json::from_str(&client.open("/api/filings/list_own").await.text().await.unwrap()).unwrap();
        list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    // As long as a use-case of several steps takes, and longer than its first.
    for milliseconds in [20, 40, 80] {
        let begun = client.request(reqwest::Method::POST, "/api/demo/begin").timeout(Duration::from_millis(milliseconds));
        drop(begun.send().await);
    }
    let is_whole = async |id: &String| {
        let draft = client.open(&format!("/api/filings/draft?id={id}")).await.text().await.unwrap();
        let draft: serde_json::Value = serde_json::from_str(&draft).unwrap();
        draft["draft"]["materials"].as_array().unwrap().len() == 6
    };
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let all = filings().await;
        let mut whole = 0;
        for id in &all {
            whole += usize::from(is_whole(id).await);
        }
        if !all.is_empty() && whole == all.len() {
            return;
        }
    }
    panic!("a filing that was begun is not whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_says_that_it_serves_for_as_long_as_it_does() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_LINGER", "60")]).await;
    let told = |sql: &str| server.place.ask(&format!("select {sql} from key_readers")).remove(0);
    let end = || {
        let process = server.process.lock().unwrap();
        signal::kill(Pid::from_raw(i32::try_from(process.id()).unwrap()), Signal::SIGTERM).unwrap();
    };
    end();
    while !server.log().contains("draining") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Whoever activates a key asks the nodes that were seen a minute ago.
    let seen = told("seen_at");
    let patience = Instant::now() + Duration::from_secs(15);
    while told("seen_at") == seen {
        assert!(Instant::now() < patience, "it serves, and does not say so");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(told("ended_at is null"), "t");
    end();
    let ended = tokio::task::block_in_place(|| server.process.lock().unwrap().wait().unwrap());
    assert!(ended.success(), "{ended}");
    assert_eq!(told("ended_at is null"), "f");
}
