//! Every connection to the database in use for longer than somebody waits for one: said as it is, and nothing is lost.

use crate::server::{Place, Server, header_of};
use futures::stream::{FuturesUnordered, StreamExt};
use reqwest::{Method, header};
use serde_json::Value;

/// A node has twenty connections (`backend/src/database.rs`).
const MANY: usize = 40;

#[tokio::test]
async fn whoever_gets_no_connection_in_time_is_told_to_come_again_and_loses_nothing() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_LIMIT_FACTOR", "1000")]).await;
    let me = server.signed_in("zhou-ming").await;
    let stranger = server.client();

    // A form that was wrong, whose page was not opened yet.
    let typed = server.client();
    let wrong = [("form[user_name]", "typed-before"), ("form[category]", "registrant"), ("back", "/sign-in")];
    assert_eq!(typed.post_form("/api/sessions/sign_in", &wrong).await.status(), 303);

    // Somebody locks what a look at an account needs: whoever asks waits with a connection in hand, until there is none.
    let lock = server.place.lock("lock table sessions, flashes in access exclusive mode");
    let mut waiting: FuturesUnordered<_> = (0..MANY).map(|_| me.open("/filings")).collect();
    assert_eq!(waiting.next().await.unwrap().status(), 503, "the first to be answered is who got none");

    let form = [("form[user_name]", "somebody-new"), ("back", "/sign-in")];
    let (page, data, query, api, sent, again) = tokio::join!(
        me.open("/filings"),
        me.send(me.request(Method::GET, "/api/filings/list_own").header(header::ACCEPT, "application/json")),
        stranger.open("/query?q=example.com"),
        stranger.open("/api/v1/register?q=example.com"),
        stranger.post_form("/api/sessions/sign_in", &form),
        typed.open("/sign-in"),
    );
    for answer in [&page, &data, &query, &api, &sent, &again] {
        assert_eq!((answer.status().as_u16(), header_of(answer, "retry-after")), (503, "5".to_owned()), "{}", answer.url());
    }
    assert!(page.text().await.unwrap().contains("系统繁忙"));
    assert_eq!(data.json::<Value>().await.unwrap(), serde_json::json!({ "fault": "busy" }));
    // Never what looks like «not filed».
    let query = query.text().await.unwrap();
    assert!(query.contains("系统繁忙，请稍候再查。这不表示该网站未备案。"), "{query}");
    let said = api.json::<Value>().await.unwrap();
    assert_eq!(
        (&said["answer"], &said["error"]["code"], &said["error"]["retry_after_s"]),
        (&"cannot_say".into(), &"busy".into(), &5.into())
    );
    // A form that cannot be kept for the page it came from is no empty form: going back, the browser has it.
    assert!(sent.text().await.unwrap().contains("返回上一页，再次提交"));

    drop(lock);
    let statuses: Vec<u16> = waiting.map(|answer| answer.status().as_u16()).collect().await;
    assert!(statuses.iter().all(|status| [200, 503].contains(status)) && statuses.contains(&200), "{statuses:?}");
    assert_eq!(me.open("/filings").await.status(), 200);
    assert!(typed.open("/sign-in").await.text().await.unwrap().contains("typed-before"), "it waits until it is read");
}

#[tokio::test]
async fn a_page_whose_data_does_not_come_is_no_blank_page() {
    let server = Server::demo().await;
    let typed = server.client();
    let wrong = [("form[mobile]", "typed-before"), ("back", "/sms")];
    assert_eq!(typed.post_form("/api/confirmations/confirm", &wrong).await.status(), 303);
    let lock = server.place.lock("lock table sites, challenges in access exclusive mode");
    let stranger = server.client();
    let (page, api, form) =
        tokio::join!(stranger.open("/query?q=example.com"), stranger.open("/api/v1/register?q=example.com"), typed.open("/sms"),);
    for answer in [&page, &api, &form] {
        assert_eq!((answer.status().as_u16(), header_of(answer, "retry-after")), (503, "5".to_owned()), "{}", answer.url());
    }
    assert!(page.text().await.unwrap().contains("系统没能及时答复"));
    assert_eq!(api.json::<Value>().await.unwrap()["answer"], "cannot_say");
    drop(lock);
    for there in [true, false] {
        let page = typed.open("/sms").await.text().await.unwrap();
        assert_eq!(page.contains("typed-before"), there, "it waits for the page that shows it, and no longer");
    }
}
