//! What answers say about trust, and who may post.

use crate::server::{Client, Place, Server, header_of};
use reqwest::Method;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

#[tokio::test]
async fn every_answer_is_closed_to_frames_sniffing_and_foreign_scripts() {
    let server = Server::demo().await;
    let client = server.client();
    for path in ["/", "/not-there", "/healthz", "/api/v1/register?q=x", "/api/sessions/me", "/pkg/x/app.css"] {
        let response = client.open(path).await;
        assert_eq!(header_of(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header_of(&response, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(header_of(&response, "x-request-id").len(), 32, "{path}");
        assert_eq!(header_of(&response, "strict-transport-security"), "", "{path}: the demo has no TLS");
        let policy = header_of(&response, "content-security-policy");
        for part in ["default-src 'none'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{path}");
    }
}

#[tokio::test]
async fn a_public_page_has_no_script_and_a_page_with_scripts_a_nonce_of_its_own() {
    let server = Server::demo().await;
    let client = server.client();
    let response = client.open("/").await;
    assert!(header_of(&response, "content-security-policy").contains("script-src 'none'"));
    assert!(!response.text().await.unwrap().contains("<script"));

    let me = server.signed_in("lin-yuqing").await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let response = me.open("/account").await;
        assert_eq!(response.status(), 200);
        assert_eq!(header_of(&response, "cache-control"), "no-store");
        let policy = header_of(&response, "content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = response.text().await.unwrap();
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/pkg/"), "{tag}");
        }
        assert_eq!(
            page.matches(&nonce).count(),
            page.matches(&format!("nonce=\"{nonce}\"")).count(),
            "the nonce stands nowhere else"
        );
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn files_of_a_build_are_kept_for_ever_and_pages_are_asked_for_again() {
    let server = Server::demo().await;
    let client = server.client();
    assert_eq!(header_of(&client.open("/pkg/x/app.css").await, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header_of(&client.open("/pkg/x/none.css").await, "cache-control"), "no-cache");
    assert_eq!(header_of(&client.open("/").await, "cache-control"), "no-cache");
}

#[tokio::test]
async fn a_post_from_another_site_is_refused_before_anything_happens() {
    let server = Server::demo().await;
    let me = server.signed_in("lin-yuqing").await;
    let post = || {
        let cookie = format!("__Host-session={}", me.cookies.lock().unwrap()["__Host-session"]);
        me.http.post(format!("{}/api/sessions/sign_out", me.url)).header("cookie", cookie)
    };
    for request in [
        post(),
        post().header("origin", "null"),
        post().header("origin", "https://evil.example"),
        post().header("sec-fetch-site", "cross-site").header("origin", &me.url),
        post().header("sec-fetch-site", "same-site"),
        post().header("sec-fetch-site", "none"),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    assert_eq!(me.open("/account").await.status(), 200, "still signed in");
    let signed_out = post().header("origin", &me.url).send().await.unwrap();
    assert_eq!(signed_out.status(), 200);
    assert_eq!(header_of(&signed_out, "clear-site-data"), "", "the program of the page deletes what is its account's alone");
    assert_eq!(me.open("/account").await.status(), 303, "signed out");
    // Where no program of ours runs, nothing stays in the browser either.
    let by_form = server.signed_in("zhou-ming").await.post_form("/api/sessions/sign_out", &[]).await;
    assert_eq!(header_of(&by_form, "clear-site-data"), "\"storage\"");
}

#[tokio::test]
async fn what_is_too_large_or_no_form_is_refused_with_4xx() {
    let server = Server::demo().await;
    let client = server.client();
    // The head alone is answered: nobody has to send what will not be read.
    let head = "POST /api/sessions/sign_in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 2097152\r\n\r\n";
    let mut line = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    line.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    let broken = client.request(Method::POST, "/api/sessions/revoke").body(vec![0xff, 0xfe, b'=', 0xff]);
    let me = server.signed_in("lin-yuqing").await;
    assert_eq!(client.send(broken).await.status(), 401);
    let broken = me.request(Method::POST, "/api/sessions/revoke").body(vec![0xff, 0xfe, b'=', 0xff]);
    assert_eq!(me.send(broken).await.status(), 400);
    assert_eq!(me.call("/api/sessions/revoke", &[("id", "no-uuid")]).await.status(), 400);
}

/// A connection on which this was sent, and nothing more.
fn begun(server: &Server, text: &str) -> TcpStream {
    let mut line = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    line.write_all(text.as_bytes()).unwrap();
    line
}

#[tokio::test]
async fn a_body_of_unknown_length_ends_where_it_is_too_long() {
    let server = Server::demo().await;
    let head = "POST /api/sessions/sign_in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut line = begun(&server, head);
    let piece = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    // Beyond a megabyte nobody reads on.
    for _ in 0..17 {
        line.write_all(piece.as_bytes()).unwrap();
    }
    let mut answer = [0; 12];
    line.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

/// Browsers send all they have before they look at the answer: whoever is refused before that sees why, not a broken line.
#[tokio::test]
async fn what_is_refused_early_is_read_on_and_its_sender_sees_why() {
    let server = Server::demo().await;
    let asks = [
        ("/api/e_certificates/check_file", "same-origin", "413"),
        ("/api/materials/upload", "same-origin", "401"),
        ("/api/sessions/sign_in", "cross-site", "403"),
    ];
    for (path, site, status) in asks {
        let body = vec![b'a'; 3_000_000];
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: {site}\r\nContent-Type: multipart/form-data; boundary=X\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let mut line = begun(&server, &head);
        // Larger than what lies between the two, so that the server has long answered when the last of it is sent.
        for piece in body.chunks(100_000) {
            line.write_all(piece).unwrap();
        }
        let mut answer = [0; 12];
        line.read_exact(&mut answer).unwrap();
        assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"), "{path}");
    }
    let me = server.signed_in("lin-yuqing").await;
    let page = me.request(Method::POST, "/api/materials/upload").header("accept", "text/html").body(vec![b'a'; 13 << 20]);
    let page = me.send(page).await;
    assert_eq!(page.status(), 413);
    assert!(page.text().await.unwrap().contains("提交的内容超过 12 MB"));
}

#[tokio::test]
async fn files_of_one_account_are_taken_so_many_at_once_and_one_that_breaks_off_makes_room() {
    let server = Server::demo().await;
    let me = server.signed_in("lin-yuqing").await;
    let another = server.signed_in("zhou-ming").await;
    let cookies: Vec<String> = me.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /api/materials/upload HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
         Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000000\r\n\r\n--X",
        cookies.join("; ")
    );
    let open: Vec<TcpStream> = (0..4).map(|_| begun(&server, &head)).collect();
    // Whether there is room is seen by what a form that is none is told.
    let told =
        async |client: &Client| client.send(client.request(Method::POST, "/api/materials/upload").body("none")).await.status();
    let until = async |status: u16| {
        for _ in 0..200 {
            if told(&me).await == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {status}");
    };
    until(429).await;
    assert_eq!(told(&another).await, 400);
    drop(open);
    until(400).await;
}

#[tokio::test]
async fn one_address_may_not_ask_without_end_and_is_told_when_to_come_again() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_LIMIT_FACTOR", "1")]).await;
    let client = server.client();
    let mut limited = None;
    for _ in 0..300 {
        let response = client.open("/api/v1/register?q=example.com").await;
        if response.status() == 429 {
            limited = Some(response);
            break;
        }
        assert_eq!(response.status(), 200);
    }
    let limited = limited.expect("more than sixty questions a minute are too many");
    assert!(header_of(&limited, "retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(limited.json::<serde_json::Value>().await.unwrap()["answer"], "cannot_say");
}

#[tokio::test]
async fn a_path_that_the_pages_would_read_otherwise_leads_nowhere() {
    let server = Server::demo().await;
    let visitor = server.client();
    let registrant = server.signed_in("lin-yuqing").await;
    // As they stand: a client would tidy them up.
    for path in [
        "//x/query?q=x",
        "//x/bureau",
        "///filings",
        "//[/",
        "//x:99999/",
        "/help/../query?q=x",
        "/help/%2e%2E/bureau",
        "/./account",
    ] {
        for client in [&visitor, &registrant] {
            let cookies: Vec<String> =
                client.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut line = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
            let head = format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {}\r\nConnection: close\r\n\r\n",
                cookies.join("; ")
            );
            line.write_all(head.as_bytes()).unwrap();
            let mut answer = String::new();
            line.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_a_secret_in_the_address_opens_is_kept_nowhere() {
    let server = Server::demo().await;
    for path in ["/sms/done?receipt=x", "/lost-password/x", "/api/confirmations/receipt?receipt=x"] {
        assert_eq!(header_of(&server.client().open(path).await, "cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn every_text_says_its_encoding() {
    let server = Server::demo().await;
    let client = server.client();
    let page = client.open("/").await.text().await.unwrap();
    let style = page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|path| path.ends_with("/app.css")).unwrap();
    let script = style.replace("app.css", "start.js");
    std::fs::write(server.place.folder.join("site").join(script.trim_start_matches('/')), "").unwrap();
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        (style, "text/css; charset=utf-8"),
        (script.as_str(), "text/javascript; charset=utf-8"),
        ("/healthz", "text/plain; charset=utf-8"),
        ("/api/v1/register?q=x", "application/json"),
    ] {
        assert!(header_of(&client.open(path).await, "content-type").starts_with(kind), "{path}");
    }
}

#[tokio::test]
async fn no_folder_is_listed_and_no_trace_is_answered() {
    let server = Server::demo().await;
    let client = server.client();
    for path in ["/pkg", "/pkg/", "/pkg/x/"] {
        assert_eq!(client.open(path).await.status(), 404, "{path}");
    }
    for path in ["/", "/api/v1/register", "/pkg/x", "/api/sessions/me"] {
        let response = client.send(client.request(Method::TRACE, path)).await;
        assert!(response.status().is_client_error(), "{path}: {}", response.status());
        assert!(!response.text().await.unwrap().contains("sec-fetch-site"), "{path}");
    }
}
