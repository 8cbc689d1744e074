//! The fetcher against servers on this machine: one socket is permitted, everything else of loopback stays inside.

mod authority;
mod loopback;
mod tls;

use super::*;
use loopback::{Names, Reply, Server, page, redirect};
use rstest::rstest;

/// Fetches from `site.example`, which is `site`; the ports of `others` may be named, their sockets not be reached.
fn fetcher(site: &Server, others: &[&Server]) -> Fetcher {
    Fetcher::new(policy(site, others, Names::default()))
}

fn policy(site: &Server, others: &[&Server], names: Names) -> Policy {
    let names = names.with("site.example", vec![vec![site.socket]]);
    let ports = [80, 443, site.socket.port()].into_iter().chain(others.iter().map(|other| other.socket.port())).collect();
    Policy { resolver: Arc::new(names), ports, permitted: vec![site.socket], ..Policy::default() }
}

async fn never() -> Server {
    Server::saying(page("inside")).await
}

#[tokio::test]
async fn a_page_comes_by_its_name_and_tells_nothing_of_who_asks() {
    let site = Server::saying(page("hello")).await;
    let page = fetcher(&site, &[]).get("http://site.example/a?b=c#d").await.unwrap();
    assert_eq!((page.status, page.text().as_str(), page.cut), (200, "hello", false));
    assert_eq!(page.url.as_str(), "http://site.example/a?b=c#d");
    let asked = site.asked().remove(0).to_lowercase();
    assert!(asked.starts_with("get /a?b=c http/1.1\r\nhost: site.example\r\n"), "{asked}");
    assert!(asked.contains("accept-encoding: identity\r\n"), "{asked}");
    assert!(!asked.contains("cookie") && !asked.contains("referer") && !asked.contains("authorization"), "{asked}");
}

#[rstest]
#[case("http://127.0.0.1:PORT/")]
#[case("http://2130706433:PORT/")]
#[case("http://0x7f.0.0.1:PORT/")]
#[case("http://0177.1:PORT/")]
#[case("http://127.1:PORT/")]
#[case("http://0.0.0.0:PORT/")]
#[case("http://\u{ff11}\u{ff12}\u{ff17}.0.0.1:PORT/")]
#[case("http://[::ffff:127.0.0.1]:PORT/")]
#[case("http://[::ffff:7f00:1]:PORT/")]
#[case("http://[::1]:PORT/")]
#[case("https://127.0.0.1:PORT/")]
#[tokio::test]
async fn an_address_inside_is_not_reached_however_it_is_written(#[case] address: &str) {
    let (site, inside) = (Server::saying(page("hello")).await, never().await);
    let address = address.replace("PORT", &inside.socket.port().to_string());
    let result = fetcher(&site, &[&inside]).get(&address).await;
    assert_eq!(result.unwrap_err(), Failure::Inside, "{address}");
    assert!(inside.asked().is_empty());
}

#[tokio::test]
async fn the_machines_own_name_is_inside_by_the_systems_resolver_too() {
    let inside = never().await;
    let policy = Policy { ports: vec![inside.socket.port()], ..Policy::default() };
    let result = Fetcher::new(policy).get(&format!("http://localhost:{}/", inside.socket.port())).await;
    assert_eq!(result.unwrap_err(), Failure::Inside);
    assert!(inside.asked().is_empty());
}

#[tokio::test]
async fn a_name_with_one_address_inside_is_not_reached_at_all() {
    let (site, inside) = (Server::saying(page("hello")).await, never().await);
    for answer in [vec![site.socket, inside.socket], vec![inside.socket, site.socket], vec![inside.socket]] {
        let names = Names::default().with("both.example", vec![answer]);
        let result = Fetcher::new(policy(&site, &[&inside], names)).get("http://both.example/").await;
        assert_eq!(result.unwrap_err(), Failure::Inside);
    }
    assert!(site.asked().is_empty() && inside.asked().is_empty());
}

#[tokio::test]
async fn a_name_that_answers_otherwise_the_second_time_is_reached_where_it_was_judged() {
    let (site, inside) = (Server::saying(page("outside")).await, never().await);
    let names = Arc::new(Names::default().with("rebound.example", vec![vec![site.socket], vec![inside.socket]]));
    let policy = Policy { resolver: Arc::clone(&names) as Arc<dyn Resolve>, ..policy(&site, &[&inside], Names::default()) };
    let page = Fetcher::new(policy).get("http://rebound.example/").await.unwrap();
    assert_eq!(page.text(), "outside");
    assert_eq!(names.asked(), ["rebound.example"], "a name is resolved once");
    assert!(inside.asked().is_empty());
}

#[rstest]
#[case("http://127.0.0.1:PORT/")]
#[case("http://inside.example/")]
#[case("//inside.example/")]
#[case("https://inside.example/")]
#[case("http://nobody.example/")]
#[case("http://[::1]:PORT/")]
#[case("http://site.example:22/")]
#[case("http://user:secret@site.example/")]
#[case("file:///etc/passwd")]
#[case("gopher://site.example/")]
#[case("http://")]
#[tokio::test]
async fn a_redirect_is_judged_anew_and_tells_nothing_of_why_it_was_not_followed(#[case] to: &str) {
    let inside = never().await;
    let to = to.replace("PORT", &inside.socket.port().to_string());
    let site = Server::saying(redirect(&to)).await;
    let names = Names::default().with("inside.example", vec![vec![inside.socket]]);
    let result = Fetcher::new(policy(&site, &[&inside], names)).get("http://site.example/").await;
    assert_eq!(result.unwrap_err(), Failure::Redirect, "{to}");
    assert_eq!((site.asked().len(), inside.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_name_that_moves_inside_between_two_redirects_is_not_followed() {
    let (site, inside) = (Server::saying(redirect("http://rebound.example/again")).await, never().await);
    let names = Names::default().with("rebound.example", vec![vec![site.socket], vec![inside.socket]]);
    let result = Fetcher::new(policy(&site, &[&inside], names)).get("http://rebound.example/").await;
    assert_eq!(result.unwrap_err(), Failure::Redirect);
    assert_eq!((site.asked().len(), inside.asked().len()), (1, 0));
}

/// `/n` leads to `/n-1`, and `/0` is a page.
async fn stairs() -> Server {
    Server::start(|path| match path.trim_start_matches('/').parse().unwrap_or(0_u32) {
        0 => Reply::Whole(page("arrived")),
        n => Reply::Whole(redirect(&format!("/{}", n - 1))),
    })
    .await
}

#[tokio::test]
async fn three_redirects_are_followed_without_a_cookie_and_a_fourth_is_not() {
    let site = stairs().await;
    let page = fetcher(&site, &[]).get("http://site.example/3").await.unwrap();
    assert_eq!((page.text().as_str(), page.url.path()), ("arrived", "/0"));
    assert!(!site.asked().concat().to_lowercase().contains("cookie"));
    assert_eq!(fetcher(&site, &[]).get("http://site.example/4").await.unwrap_err(), Failure::Redirect);
    assert_eq!(site.asked().len(), 4 + 4);
}

#[rstest]
#[case("ftp://site.example/", Failure::Address)]
#[case("file:///etc/passwd", Failure::Address)]
#[case("javascript:alert(1)", Failure::Address)]
#[case("site.example", Failure::Address)]
#[case("", Failure::Address)]
#[case("http://user@site.example/", Failure::Credentials)]
#[case("http://user:secret@site.example/", Failure::Credentials)]
#[case("http://:secret@site.example/", Failure::Credentials)]
#[case("http://site.example:22/", Failure::Port)]
#[case("http://site.example:6379/", Failure::Port)]
#[case("http://nobody.example/", Failure::NoSuchName)]
#[case("https://site.example/", Failure::Tls)]
#[tokio::test]
async fn what_is_no_address_for_outside_is_refused(#[case] address: &str, #[case] failure: Failure) {
    let site = Server::saying(page("hello")).await;
    assert_eq!(fetcher(&site, &[]).get(address).await.unwrap_err(), failure, "{address}");
    assert!(site.asked().is_empty(), "no question was asked");
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection() {
    let site = Server::saying(page("hello")).await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let names = Names::default().with("gone.example", vec![vec![gone]]);
    let policy = Policy { permitted: vec![gone], ..policy(&site, &[], names) };
    assert_eq!(Fetcher::new(policy).get("http://gone.example/").await.unwrap_err(), Failure::NoConnection);
}

#[tokio::test]
async fn an_endless_body_is_read_to_the_limit_and_left_there() {
    let mut site = Server::start(|_| Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())).await;
    let page = fetcher(&site, &[]).get("http://site.example/").await.unwrap();
    assert_eq!((page.body.len(), page.cut), (1 << 20, true));
    // The connection ends with the answer, else the server would speak for ever.
    assert_eq!(site.hung_up.recv().await, Some(()));
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_whole() {
    let site = Server::saying(page("12345")).await;
    for (bytes, cut, body) in [(5, false, "12345"), (4, true, "1234")] {
        let policy = Policy { bytes, ..policy(&site, &[], Names::default()) };
        let page = Fetcher::new(policy).get("http://site.example/").await.unwrap();
        assert_eq!((page.cut, page.text().as_str()), (cut, body));
    }
}

#[rstest]
#[case::in_the_body(b"HTTP/1.1 200 OK\r\n\r\n")]
#[case::in_the_head(b"HTTP/1.1 200 OK\r\nX: ")]
#[case::before_the_head(b"")]
#[tokio::test]
async fn who_speaks_slowly_is_left_when_the_time_is_over(#[case] begins: &'static [u8]) {
    let mut site = Server::start(|_| Reply::Dripping(begins.to_vec())).await;
    let policy = Policy { time: Duration::from_millis(400), ..policy(&site, &[], Names::default()) };
    let result = Fetcher::new(policy).get("http://site.example/").await;
    // A line that does not begin as an answer is broken at once.
    let expected = if begins.is_empty() { Failure::Broken } else { Failure::TimedOut };
    assert_eq!(result.unwrap_err(), expected);
    assert_eq!(site.hung_up.recv().await, Some(()));
}

#[tokio::test]
async fn a_resolver_that_does_not_answer_takes_no_more_than_the_time() {
    struct Silent;
    #[async_trait::async_trait]
    impl Resolve for Silent {
        async fn resolve(&self, _: &str, _: u16) -> std::io::Result<Vec<SocketAddr>> {
            std::future::pending().await
        }
    }
    let policy = Policy { resolver: Arc::new(Silent), time: Duration::from_millis(50), ..Policy::default() };
    assert_eq!(Fetcher::new(policy).get("http://site.example/").await.unwrap_err(), Failure::TimedOut);
}

#[rstest]
#[case::one_long("X: LONG\r\n", 1)]
#[case::many("X: y\r\n", 101)]
#[case::many_and_long("X: LONG\r\n", 1000)]
#[tokio::test]
async fn a_head_beyond_the_limit_is_not_taken(#[case] line: &str, #[case] times: usize) {
    let line = line.replace("LONG", &"y".repeat(64 << 10));
    let site = Server::saying(format!("HTTP/1.1 200 OK\r\n{}\r\nhello", line.repeat(times))).await;
    assert_eq!(fetcher(&site, &[]).get("http://site.example/").await.unwrap_err(), Failure::Head);
}

#[tokio::test]
async fn a_head_below_the_limit_is_taken() {
    let site = Server::saying(format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\nhello", "y".repeat(20 << 10))).await;
    assert_eq!(fetcher(&site, &[]).get("http://site.example/").await.unwrap().text(), "hello");
}

#[rstest]
#[case("gzip")]
#[case("br")]
#[case("identity, gzip")]
#[tokio::test]
async fn a_compressed_body_is_refused_so_that_none_can_grow(#[case] encoding: &str) {
    let site = Server::saying(format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\nhello")).await;
    assert_eq!(fetcher(&site, &[]).get("http://site.example/").await.unwrap_err(), Failure::Encoding);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_broken() {
    for answer in ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "SSH-2.0-OpenSSH_9.2\r\n", ""] {
        let site = Server::saying(answer).await;
        assert_eq!(fetcher(&site, &[]).get("http://site.example/").await.unwrap_err(), Failure::Broken, "{answer}");
    }
}

#[tokio::test]
async fn a_page_in_gbk_is_read_over_the_line() {
    // 备案 in GBK, by the code chart: B1B8 B0B8.
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta charset=gbk>".as_slice();
    let site = Server::saying([head, &[0xb1, 0xb8, 0xb0, 0xb8]].concat()).await;
    assert_eq!(fetcher(&site, &[]).get("http://site.example/").await.unwrap().text(), "<meta charset=gbk>备案");
}

#[tokio::test]
async fn no_more_fetches_go_on_at_once_than_the_policy_says() {
    let site = Server::start(|path| match path {
        "/slow" => Reply::Dripping(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        _ => Reply::Whole(page("hello")),
    })
    .await;
    let policy = Policy { at_once: 1, time: Duration::from_secs(1), ..policy(&site, &[], Names::default()) };
    let fetcher = Fetcher::new(policy);
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        site.asked().len()
    };
    let (slow, waiting, meanwhile) =
        tokio::join!(fetcher.get("http://site.example/slow"), fetcher.get("http://site.example/"), meanwhile);
    assert_eq!(slow.unwrap_err(), Failure::TimedOut);
    assert_eq!(meanwhile, 1, "the second waits for its turn");
    // The wait was not its own: its time begins with its turn.
    assert_eq!(waiting.unwrap().text(), "hello");
}

#[tokio::test]
async fn who_would_wait_long_for_a_turn_is_told_that_too_many_go_on() {
    let site = Server::start(|_| Reply::Dripping(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())).await;
    let waiting = Duration::from_millis(100);
    let policy = Policy { at_once: 1, waiting, time: Duration::from_secs(1), ..policy(&site, &[], Names::default()) };
    let fetcher = Fetcher::new(policy);
    let (slow, late) = tokio::join!(fetcher.get("http://site.example/slow"), fetcher.get("http://site.example/late"));
    assert_eq!((slow.unwrap_err(), late.unwrap_err()), (Failure::TimedOut, Failure::Busy));
    assert_eq!(site.asked().len(), 1, "the second was not asked for");
}
