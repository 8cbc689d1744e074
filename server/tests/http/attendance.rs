//! What a page does by itself keeps nobody's session alive: hints, what they make it fetch, the stream they come by.

use crate::server::{Client, Server};
use reqwest::{Method, header};
use std::time::Duration;

const DESK: &str = "/api/reviews/desk?listing=waiting&page=1";

/// The minutes since the only session that is open was used.
fn rest(server: &Server) -> String {
    let sql = "select floor(extract(epoch from now() - seen_at) / 60) from sessions where ended_at is null";
    server.place.ask(sql).remove(0)
}

fn rested(server: &Server, minutes: u32) {
    server.place.ask(&format!("update sessions set seen_at = now() - interval '{minutes} minutes'"));
}

/// What the wizard's program fetches when a hint comes.
async fn by_a_hint(client: &Client, path: &str) -> u16 {
    let request = client.request(Method::GET, path).header(header::ACCEPT, "text/html").header("beian-unattended", "1");
    client.send(request).await.status().as_u16()
}

#[tokio::test]
async fn what_a_page_fetches_by_itself_is_no_sign_of_somebody() {
    let server = Server::demo().await;
    for (name, path, by_itself) in
        [("yunshang-clerk", DESK, format!("{DESK}&unattended=true")), ("lin-yuqing", "/filings", "/filings".to_owned())]
    {
        server.place.ask("delete from sessions");
        let client = server.signed_in(name).await;
        rested(&server, 10);
        let status =
            if by_itself == path { by_a_hint(&client, path).await } else { client.open(&by_itself).await.status().as_u16() };
        assert_eq!((status, rest(&server)), (200, "10".to_owned()), "{name}");
        // Pictures come with the page.
        let picture = client.request(Method::GET, path).header("sec-fetch-dest", "image");
        assert_eq!((client.send(picture).await.status().as_u16(), rest(&server)), (200, "10".to_owned()), "{name}");
        // The stream comes back by itself too.
        if name == "yunshang-clerk" {
            assert_eq!(client.open("/live?desk=1").await.status(), 200);
            assert_eq!(rest(&server), "10");
        }
        assert_eq!(client.open(path).await.status(), 200);
        assert_eq!(rest(&server), "0", "{name}: somebody was there");
        rested(&server, 31);
        assert_ne!(by_a_hint(&client, path).await, 200, "{name}: too long ago");
    }
}

#[tokio::test]
async fn a_stream_ends_when_nobody_was_there_for_too_long() {
    let server = Server::demo().await;
    let client = server.signed_in("yunshang-clerk").await;
    rested(&server, 20);
    let mut stream = client.open("/live?desk=1").await;
    assert_eq!(stream.status(), 200);
    assert!(stream.chunk().await.unwrap().is_some());
    rested(&server, 31);
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    assert_eq!(client.open("/live?desk=1").await.status(), 401);
}

#[tokio::test]
async fn under_the_profile_a_quarter_of_an_hour_ends_the_stream_of_staff_alone() {
    let server = Server::start(crate::server::Place::demo(), &["serve", "--demo"], &[("BEIAN_PROFILE", "mlps3")]).await;
    let staff = server.signed_in("yunshang-clerk").await;
    let owner = server.signed_in("zhou-ming").await;
    let filing = server.place.ask("select f.id from filings f join users u on u.id = f.owner_id where u.user_name = 'zhou-ming'");
    let mut hers = owner.open(&format!("/live?filing={}", filing[0])).await;
    let mut theirs = staff.open("/live?desk=1").await;
    for stream in [&mut hers, &mut theirs] {
        assert_eq!(stream.status(), 200);
        assert!(stream.chunk().await.unwrap().is_some());
    }
    rested(&server, 16);
    let ended = async { while let Ok(Some(_)) = theirs.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    // Hers goes on: the next it says is a beat.
    let goes_on = tokio::time::timeout(Duration::from_secs(3), async { while let Ok(Some(_)) = hers.chunk().await {} });
    assert!(goes_on.await.is_err(), "a registrant may rest longer");
}
