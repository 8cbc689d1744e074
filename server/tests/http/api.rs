//! The public API: what it refuses says why, and every status is one that its document tells of.

use crate::server::{Place, Server, header_of};
use reqwest::{Method, header};
use serde_json::Value;

async fn document(server: &Server) -> Value {
    let response = server.client().open("/api/v1/openapi.json").await;
    assert_eq!((response.status().as_u16(), header_of(&response, "content-type")), (200, "application/json".into()));
    response.json().await.unwrap()
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_named() {
    let server = Server::demo().await;
    let told = &document(&server).await["paths"]["/api/v1/register"]["get"]["responses"];
    let client = server.client();
    for (query, reason) in [
        (String::new(), "missing"),
        ("?question=x".into(), "missing"),
        ("?q=".into(), "empty"),
        ("?q=a&q=b".into(), "repeated"),
        (format!("?q={}", "a".repeat(256)), "too_long"),
    ] {
        let response = client.open(&format!("/api/v1/register{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
        assert_eq!(header_of(&response, "access-control-allow-origin"), "*");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "parameter");
        assert_eq!((&body["error"]["parameter"], &body["error"]["reason"]), (&"q".into(), &reason.into()), "{query}");
        assert_eq!(body["answer"], "cannot_say");
    }
    assert!(told["400"].is_object());
    assert_eq!(client.open(&format!("/api/v1/register?q={}", "a".repeat(255))).await.status(), 200);
}

#[tokio::test]
async fn another_way_of_asking_is_told_how_to_ask_and_another_address_that_there_is_nothing() {
    let server = Server::demo().await;
    let told = document(&server).await;
    let client = server.client();
    for (path, methods) in told["paths"].as_object().unwrap() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let request = client.request(method.clone(), path).header(header::ORIGIN, "https://elsewhere.example");
            let response = client.send(request).await;
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(header_of(&response, "allow"), "GET, HEAD");
            assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], "method_not_allowed");
        }
        assert!(methods["get"]["responses"]["405"].is_object(), "{path}");
    }
    let response = client.open("/api/v1/registers?q=x").await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], "not_found");
}

#[tokio::test]
async fn who_asks_too_often_is_told_how_long_to_wait_in_head_and_body() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_LIMIT_FACTOR", "1")]).await;
    let told = document(&server).await;
    let client = server.client();
    for _ in 0..300 {
        let response = client.open("/api/v1/certificate-keys").await;
        if response.status() == 429 {
            let seconds: u64 = header_of(&response, "retry-after").parse().unwrap();
            let body: Value = response.json().await.unwrap();
            assert!(seconds >= 1 && body["error"]["retry_after_s"] == seconds, "{body}");
            assert!(told["paths"]["/api/v1/certificate-keys"]["get"]["responses"]["429"].is_object());
            return;
        }
    }
    panic!("nobody is limited");
}
