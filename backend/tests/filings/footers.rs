//! Looking at home pages, against servers on this machine that stand for the sites.

use crate::stage::*;
use axum::{Router, extract::Request, http::header, response::IntoResponse};
use backend::{
    Ctx, Error,
    fetcher::{Fetcher, Policy, Resolve},
    filings, footers, journal,
};
use domain::{
    actor::Actor,
    filing::Status,
    footer::{Found, NotReached, ShownNumber},
    id::FilingId,
    refusal::Refusal,
};
use sqlx::PgPool;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

const NUMBER: &str = "京ICP备2026000001号-1";

/// Port 80 of every name is this socket; nobody listens at the others.
struct Port80(SocketAddr);

#[async_trait::async_trait]
impl Resolve for Port80 {
    async fn resolve(&self, _name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![if port == 80 { self.0 } else { nowhere() }])
    }
}

/// A port that was free a moment ago and is kept by nobody: the discard service of this machine.
fn nowhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

/// The context whose sites are all served by `answer`; what they were asked for is noted.
async fn serving<R: IntoResponse + Send + 'static>(
    ctx: &Ctx,
    answer: impl Fn(String) -> R + Clone + Send + Sync + 'static,
) -> (Ctx, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let site = Router::new().fallback(move |request: Request| {
        let host = request.headers()[header::HOST].to_str().unwrap();
        noted.lock().unwrap().push(format!("{host}{}", request.uri()));
        let answer = answer(request.uri().to_string());
        async move { answer }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, site).await });
    let policy = Policy {
        resolver: Arc::new(Port80(socket)),
        permitted: vec![socket, nowhere()],
        time: Duration::from_secs(5),
        ..Policy::default()
    };
    (Ctx { fetcher: Fetcher::new(policy), ..ctx.clone() }, asked)
}

fn html(body: &str) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], format!("<!doctype html><title>x</title><body>{body}"))
}

/// The first company's approved filing.
async fn approved(ctx: &Ctx, owner: &Actor) -> FilingId {
    policy(ctx, "sms_stage = 'none'").await;
    let id = to_the_bureau(ctx, owner, 1).await;
    approve(ctx, &reviewer(1), id).await.unwrap();
    id
}

async fn found(ctx: &Ctx, owner: &Actor, id: FilingId) -> Found {
    footers::check(ctx, owner, id, NUMBER).await.unwrap().found
}

fn page(number: ShownNumber, link: bool) -> Found {
    Found::Page { number, link }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_snippet_on_the_home_page_is_found_and_kept_with_its_time(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let before = filings::progress(&ctx, &owner, id).await.unwrap().sites;
    assert_eq!((before[0].number.as_str(), before[0].shown.as_str(), &before[0].check), (NUMBER, NUMBER, &None));

    let footer = domain::footer::snippet(&before[0].shown);
    let (ctx, asked) = serving(&ctx, move |_| html(&footer)).await;
    let check = footers::check(&ctx, &owner, id, NUMBER).await.unwrap();
    assert_eq!(check.found, page(ShownNumber::Exact, true));
    assert_eq!(check.at, ctx.clock.now());
    assert_eq!(*asked.lock().unwrap(), ["www.company1.cn/"]);
    let kept = filings::progress(&ctx, &owner, id).await.unwrap().sites.remove(0).check;
    assert_eq!(kept, Some(check));

    // The newest is shown, and the older ones stay.
    let (ctx, _) = serving(&ctx, |_| html("nothing")).await;
    ctx.clock.wind(hours(1));
    let second = footers::check(&ctx, &owner, id, NUMBER).await.unwrap();
    assert_eq!(second.found, page(ShownNumber::None, false));
    let kept = filings::progress(&ctx, &owner, id).await.unwrap().sites.remove(0).check;
    assert_eq!(kept, Some(second));
    let rows: i64 = sqlx::query_scalar("select count(*) from footer_checks").fetch_one(&ctx.pool).await.unwrap();
    let audited: Vec<serde_json::Value> = sqlx::query_scalar("select detail from audit where verb = 'check_footer' order by id")
        .fetch_all(&ctx.pool)
        .await
        .unwrap();
    assert_eq!(rows, 2);
    assert_eq!(audited[0], serde_json::json!({ "number": "exact", "link": true, "not_reached": null }));
    assert_eq!(audited.len(), 2);
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_number_without_the_link_and_another_number_are_told_apart(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let ministry = "<a href=https://beian.miit.gov.cn>";
    for (body, expected) in [
        (NUMBER.to_owned(), page(ShownNumber::Exact, false)),
        (format!("{ministry}{NUMBER}2</a>"), page(ShownNumber::Other, true)),
        ("京ICP备2026000001号".to_owned(), page(ShownNumber::Other, false)),
        (ministry.to_owned(), page(ShownNumber::None, true)),
        (format!("<!-- {NUMBER} -->"), page(ShownNumber::None, false)),
    ] {
        let (ctx, _) = serving(&ctx, move |_| html(&body)).await;
        assert_eq!(found(&ctx, &owner, id).await, expected);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_home_page_in_gbk_behind_a_redirect_is_read(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    // 京ICP备2026000001号-1 in GBK, by the code chart: 京 BEA9, 备 B1B8, 号 BAC5.
    let number = [b"\xbe\xa9ICP\xb1\xb82026000001".as_slice(), b"\xba\xc5-1"].concat();
    let body = [b"<meta charset=gb2312><a href='http://beian.miit.gov.cn/'>".as_slice(), &number].concat();
    let (ctx, asked) = serving(&ctx, move |path| match path.as_str() {
        "/" => (axum::http::StatusCode::FOUND, [(header::LOCATION, "/index.html")], Vec::new()),
        _ => (axum::http::StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], body.clone()),
    })
    .await;
    assert_eq!(found(&ctx, &owner, id).await, page(ShownNumber::Exact, true));
    assert_eq!(*asked.lock().unwrap(), ["www.company1.cn/", "www.company1.cn/index.html"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_looked_at_says_why(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let not = Found::NotReached;
    let (broken, _) = serving(&ctx, |_| axum::http::StatusCode::INTERNAL_SERVER_ERROR).await;
    assert_eq!(found(&broken, &owner, id).await, not(NotReached::Status));
    let (redirecting, _) = serving(&ctx, |_| axum::response::Redirect::temporary("http://127.0.0.1/")).await;
    assert_eq!(found(&redirecting, &owner, id).await, not(NotReached::Redirect));
    let long = format!("{}{}", "x".repeat(2 << 20), domain::footer::snippet(NUMBER));
    let (large, _) = serving(&ctx, move |_| html(&long)).await;
    assert_eq!(found(&large, &owner, id).await, not(NotReached::Size));
    let long = format!("{}{}", domain::footer::snippet(NUMBER), "x".repeat(2 << 20));
    let (large, _) = serving(&ctx, move |_| html(&long)).await;
    assert_eq!(found(&large, &owner, id).await, page(ShownNumber::Exact, true));
    let to = |socket: SocketAddr, permitted| {
        let policy = Policy { resolver: Arc::new(Port80(socket)), permitted, ..Policy::default() };
        Ctx { fetcher: Fetcher::new(policy), ..ctx.clone() }
    };
    assert_eq!(found(&to(nowhere(), vec![nowhere()]), &owner, id).await, not(NotReached::Connection));
    // As it is outside of tests: a site whose name leads inside is not visited.
    let inside = to(nowhere(), Vec::new());
    assert_eq!(found(&inside, &owner, id).await, not(NotReached::Inside));
    let kept = filings::progress(&ctx, &owner, id).await.unwrap().sites.remove(0).check;
    assert_eq!(kept.map(|check| check.found), Some(not(NotReached::Inside)));
}

#[sqlx::test(migrations = "../migrations")]
async fn when_too_many_look_at_once_it_is_said_and_nothing_is_kept_of_the_site(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let policy = Policy { at_once: 0, waiting: Duration::from_millis(10), ..Policy::default() };
    let full = Ctx { fetcher: Fetcher::new(policy), ..ctx.clone() };
    let refused = footers::check(&full, &owner, id, NUMBER).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Busy))), "{refused:?}");
    assert_eq!(filings::progress(&ctx, &owner, id).await.unwrap().sites.remove(0).check, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_looks_at_what_is_anothers_or_not_approved(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let draft = filings::create(&ctx, &registrant(2)).await.unwrap();
    let (ctx, asked) = serving(&ctx, |_| html("x")).await;
    assert!(matches!(footers::check(&ctx, &registrant(2), id, NUMBER).await, Err(Error::NotFound)));
    assert!(matches!(footers::check(&ctx, &Actor::Anonymous, id, NUMBER).await, Err(Error::SignedOut)));
    assert!(matches!(footers::check(&ctx, &reviewer(1), id, NUMBER).await, Err(Error::Forbidden)));
    for number in ["京ICP备2026000001号-2", "京ICP备2026000001号", "x", ""] {
        assert!(matches!(footers::check(&ctx, &owner, id, number).await, Err(Error::NotFound)), "{number}");
    }
    // One's own filing does not open the way to a site of another's.
    let refused = footers::check(&ctx, &registrant(2), draft, NUMBER).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Status { status: Status::Draft }))));
    assert!(asked.lock().unwrap().is_empty());
    let rows: i64 = sqlx::query_scalar("select count(*) from footer_checks").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(rows, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_account_has_twenty_checks_an_hour(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let (ctx, asked) = serving(&ctx, |_| html("x")).await;
    for _ in 0..20 {
        footers::check(&ctx, &owner, id, NUMBER).await.unwrap();
    }
    assert!(matches!(footers::check(&ctx, &owner, id, NUMBER).await, Err(Error::Limited { .. })));
    assert_eq!(asked.lock().unwrap().len(), 20);
    ctx.clock.wind(hours(1));
    footers::check(&ctx, &owner, id, NUMBER).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_look_is_kept_for_a_while_after_a_newer_one_and_the_last_one_for_as_long_as_it_is_shown(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = approved(&ctx, &owner).await;
    let (ctx, _) = serving(&ctx, |_| html("nothing")).await;
    let looks = async || -> i64 {
        backend::upkeep::sweep(&ctx).await.unwrap();
        sqlx::query_scalar("select count(*) from footer_checks").fetch_one(&ctx.pool).await.unwrap()
    };
    for _ in 0..3 {
        found(&ctx, &owner, id).await;
        ctx.clock.wind(days(1));
    }
    assert_eq!(looks().await, 3);
    ctx.clock.wind(days(91));
    assert_eq!(looks().await, 2, "the first one's place was taken 93 days ago, the second one's 92");
    ctx.clock.wind(days(3650));
    assert_eq!(looks().await, 1);
    let shown = filings::progress(&ctx, &owner, id).await.unwrap().sites.remove(0).check.unwrap();
    assert_eq!(shown.found, page(ShownNumber::None, false));
}
