//! Pages over protected lines.

use super::{
    authority::Authority,
    loopback::{Names, Reply, Server, page, redirect},
    never, policy,
};
use crate::fetcher::{Failure, Fetcher, Policy, Resolve};
use rstest::rstest;
use rustls::HandshakeKind;
use std::{sync::Arc, time::Duration};
use tokio::{io::AsyncReadExt, net::TcpListener, sync::oneshot};

async fn site(authority: &Authority) -> Server {
    Server::protected(authority.serving("site.example"), |_| Reply::Whole(page("hello"))).await
}

fn fetcher(authority: &Authority, site: &Server) -> Fetcher {
    Fetcher::new(Policy { roots: authority.roots(), ..policy(site, &[], Names::default()) })
}

#[tokio::test]
async fn a_page_comes_over_a_protected_line_by_its_name_from_where_that_was_judged_to_lead() {
    let authority = Authority::new();
    let site = site(&authority).await;
    let page = fetcher(&authority, &site).get("https://site.example/a?b=c").await.unwrap();
    assert_eq!((page.status, page.text().as_str(), page.cut), (200, "hello", false));
    assert_eq!(page.url.as_str(), "https://site.example/a?b=c");
    assert_eq!(site.shaken(), [(Some("site.example".to_owned()), Some(HandshakeKind::Full))]);
    assert!(site.asked().remove(0).starts_with("GET /a?b=c HTTP/1.1\r\nhost: site.example\r\n"));
}

#[tokio::test]
async fn a_protected_line_is_never_taken_up_again() {
    let authority = Authority::new();
    let site = site(&authority).await;
    let fetcher = fetcher(&authority, &site);
    for _ in 0..3 {
        fetcher.get("https://site.example/").await.unwrap();
    }
    assert_eq!(site.shaken(), vec![(Some("site.example".to_owned()), Some(HandshakeKind::Full)); 3]);
}

#[tokio::test]
async fn a_redirect_leads_to_a_protected_line() {
    let authority = Authority::new();
    let protected = site(&authority).await;
    let plain = Server::saying(redirect("https://secure.example/b")).await;
    let secure = Server::protected(authority.serving("secure.example"), |_| Reply::Whole(page("secure"))).await;
    let names = Names::default().with("secure.example", vec![vec![secure.socket]]);
    let policy = Policy {
        roots: authority.roots(),
        permitted: vec![plain.socket, secure.socket, protected.socket],
        ..policy(&plain, &[], names)
    };
    let page = Fetcher::new(policy).get("http://site.example/").await.unwrap();
    assert_eq!((page.text().as_str(), page.url.as_str()), ("secure", "https://secure.example/b"));
    assert_eq!(secure.shaken(), [(Some("secure.example".to_owned()), Some(HandshakeKind::Full))]);
    assert!(protected.asked().is_empty());
}

#[rstest]
#[case::of_another_name("other.example", 30, true)]
#[case::of_names_below("*.site.example", 30, true)]
#[case::that_has_ended("site.example", -1, true)]
#[case::of_an_unknown_authority("site.example", 30, false)]
#[tokio::test]
async fn a_certificate_does_not_count(#[case] name: &str, #[case] days: i64, #[case] known: bool) {
    let authority = Authority::new();
    let tls = authority.serving_until(name, time::Duration::days(days));
    let site = Server::protected(tls, |_| Reply::Whole(page("hello"))).await;
    let counting = if known { fetcher(&authority, &site) } else { super::fetcher(&site, &[]) };
    assert_eq!(counting.get("https://site.example/").await.unwrap_err(), Failure::Tls);
    assert!(site.asked().is_empty(), "no question was asked");
}

#[tokio::test]
async fn a_name_that_moves_inside_is_reached_over_a_protected_line_where_it_was_judged() {
    let authority = Authority::new();
    let tls = authority.serving("rebound.example");
    let site = Server::protected(tls, |_| Reply::Whole(page("outside"))).await;
    let inside = never().await;
    let names = Arc::new(Names::default().with("rebound.example", vec![vec![site.socket], vec![inside.socket]]));
    let policy = Policy {
        roots: authority.roots(),
        resolver: Arc::clone(&names) as Arc<dyn Resolve>,
        ..policy(&site, &[&inside], Names::default())
    };
    let fetcher = Fetcher::new(policy);
    assert_eq!(fetcher.get("https://rebound.example/").await.unwrap().text(), "outside");
    assert_eq!(names.asked(), ["rebound.example"], "a name is resolved once");
    // When it has moved, nobody is asked.
    assert_eq!(fetcher.get("https://rebound.example/").await.unwrap_err(), Failure::Inside);
    assert_eq!((site.shaken().len(), inside.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_handshake_that_hangs_ends_when_the_time_is_over() {
    let site = never().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = listener.local_addr().unwrap();
    let (told, hung_up) = oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        _ = stream.read_to_end(&mut heard).await;
        _ = told.send(heard);
    });
    let names = Names::default().with("dumb.example", vec![vec![socket]]);
    let time = Duration::from_millis(200);
    let policy = Policy { time, permitted: vec![socket], ..policy(&site, &[], names) };
    assert_eq!(Fetcher::new(policy).get("https://dumb.example/").await.unwrap_err(), Failure::TimedOut);
    // A handshake of TLS was begun, and the connection ends with the time.
    assert_eq!(hung_up.await.unwrap()[0], 22);
}

#[rstest]
#[case::length("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Ok("hello"))]
#[case::chunks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Ok("hello"))]
#[case::until_the_end("HTTP/1.1 200 OK\r\n\r\nhello", Ok("hello"))]
#[case::nothing_until_the_end("HTTP/1.0 200 OK\r\n\r\n", Ok(""))]
#[case::less_than_the_length("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", Err(Failure::Broken))]
#[case::no_last_chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Err(Failure::Broken))]
#[case::half_a_head("HTTP/1.1 200 OK\r\nContent-", Err(Failure::Broken))]
#[case::silence("", Err(Failure::Broken))]
#[tokio::test]
async fn a_page_may_end_with_the_connection_where_it_says_no_other_end(
    #[case] answer: &'static str,
    #[case] expected: Result<&str, Failure>,
) {
    let authority = Authority::new();
    let site = Server::protected(authority.serving("site.example"), |_| Reply::Dropped(answer.into())).await;
    let page = fetcher(&authority, &site).get("https://site.example/").await.map(|page| (page.text(), page.cut));
    assert_eq!(page, expected.map(|text| (text.to_owned(), false)));
}
