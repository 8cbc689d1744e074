//! More at once than there are connections to the database: nobody waits for somebody who waits for them.

use crate::server::{Place, Server};
use futures::future::join_all;
use serde_json::Value;

/// A node has twenty connections (`backend/src/database.rs`).
const MANY: usize = 80;

#[tokio::test]
async fn more_pages_at_once_than_connections_are_drawn_all() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_LIMIT_FACTOR", "1000")]).await;
    let me = server.signed_in("zhou-ming").await;
    let own: Value = serde_json::from_str(&me.open("/api/filings/list_own").await.text().await.unwrap()).unwrap();
    let of = |status: &str| {
        let row = own.as_array().unwrap().iter().find(|row| row["status"] == status);
        row.unwrap_or_else(|| panic!("{own}"))["id"].as_str().unwrap().to_owned()
    };
    let (approved, draft) = (of("approved"), of("draft"));
    let paths = [
        // First: whether these certificates and mobiles may be asked about was not counted yet.
        format!("/api/filings/draft?id={draft}"),
        format!("/filings/{approved}/progress"),
        format!("/filings/{draft}"),
        format!("/filings/{draft}/sponsor"),
        format!("/filings/{draft}/review"),
        "/filings".to_owned(),
        "/account/inbox".to_owned(),
        "/query?q=example.com".to_owned(),
    ];
    for path in paths {
        let answers = join_all((0..MANY).map(|_| me.open(&path))).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status().as_u16()).filter(|status| *status != 200).collect();
        assert!(statuses.is_empty(), "{path}: {statuses:?}");
    }
    // What counts a question, thirty an hour, and then looks.
    let form = [
        ("form[nature]", "4"),
        ("form[certificate_type]", "1"),
        ("form[certificate_number]", "91110000600001760P"),
        ("form[domain]", "crowd-of-people.cn"),
    ];
    let answers = join_all((0..MANY).map(|_| me.call("/api/filings/kind", &form))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status().as_u16()).filter(|status| *status >= 500).collect();
    assert!(statuses.is_empty(), "the kind: {statuses:?}");
}
