use super::*;
use crate::keys::{Keys, Step};
use crate::settings::{Settings, SmsGateway, Smtp, Tls};
use crate::testing::{PlainTexts, newest_to};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server on loopback received, and what it is to answer next (in this order, then success).
#[derive(Clone, Default)]
struct Sink {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

#[derive(Clone, Debug)]
struct Received {
    headers: Vec<(String, String)>,
    body: String,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, v)| v.as_str()).unwrap_or_default()
    }
}

impl Sink {
    fn next_answer(&self) -> Option<u16> {
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { None } else { Some(answers.remove(0)) }
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// A gateway for short messages.
    async fn gateway(&self, cap: i32) -> SmsGateway {
        let take = |State(sink): State<Sink>, headers: HeaderMap, body: String| async move {
            let headers = headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
            sink.received.lock().unwrap().push(Received { headers, body });
            StatusCode::from_u16(sink.next_answer().unwrap_or(202)).unwrap()
        };
        let router = axum::Router::new().route("/send", axum::routing::post(take)).with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        SmsGateway { url, secret: "gateway secret".to_owned().into(), daily_cap: cap }
    }

    /// A mail server.
    async fn mail_server(&self) -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(sink.clone().speak_smtp(stream));
            }
        });
        let from = "网站备案 <no-reply@filing.example>".to_owned();
        Smtp { host: "127.0.0.1".into(), port, tls: Tls::None, credentials: None, from }
    }

    /// As much of RFC 5321 as a client needs.
    async fn speak_smtp(self, stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 sink\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await?;
                    let mut message = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|l| l != ".") {
                        message.push_str(&line);
                        message.push('\n');
                    }
                    let (head, body) = message.split_once("\n\n").unwrap();
                    let unfolded = head.replace("\n ", " ");
                    let headers = unfolded.lines().filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.into(), v.into()));
                    self.received.lock().unwrap().push(Received { headers: headers.collect(), body: body.into() });
                    // 0: the line is cut after the message was taken, the worst moment.
                    match self.next_answer() {
                        Some(0) => return Ok(()),
                        Some(code) => writer.write_all(format!("{code} not now\r\n").as_bytes()).await?,
                        None => writer.write_all(b"250 taken\r\n").await?,
                    }
                }
                "QUIT" => {
                    writer.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => writer.write_all(b"250 ok\r\n").await?,
            }
        }
        Ok(())
    }
}

fn with(ctx: &Ctx, smtp: Option<Smtp>, sms: Option<SmsGateway>, demo: bool) -> Ctx {
    Ctx { settings: Settings { smtp, sms, demo, ..Settings::demo() }.into(), ..ctx.clone() }
}

async fn write(ctx: &Ctx, channel: Channel, recipient: &str, key: Option<&str>) -> Option<Uuid> {
    let mut tx = ctx.begin().await.unwrap();
    let params = json!({ "code": "123456" });
    let message = Message { key: key.map(str::to_owned), ..Message::new(channel, recipient, "registration_code", params) };
    let id = enqueue(ctx, &mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn dispatch(ctx: &Ctx) -> Vec<Outcome> {
    dispatch_due(ctx, &Senders::new(&ctx.settings).unwrap(), &PlainTexts).await.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_mail_arrives_at_a_mail_server_with_its_message_id(pool: PgPool) {
    let sink = Sink::default();
    let ctx = with(&Ctx::for_tests(pool), Some(sink.mail_server().await), None, true);
    let id = write(&ctx, Channel::Email, "lin@post.example", None).await.unwrap();
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent]);
    assert_eq!(dispatch(&ctx).await, []);
    let [mail] = &sink.received()[..] else { panic!("{:?}", sink.received()) };
    assert_eq!(mail.header("Message-ID"), format!("<{id}@filing.example>"));
    assert_eq!(mail.header("To"), "lin@post.example");
    assert_eq!(mail.header("Subject"), "zh registration_code");
    assert_eq!(mail.header("Date"), "Mon, 02 Mar 2026 01:30:00 +0000");
    assert!(mail.body.contains("123456"), "{}", mail.body);
    assert_eq!(newest_to(&ctx, "lin@post.example").await.unwrap().status, "sent");
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_a_mail_repeated_after_a_cut_line_carries_the_same_message_id(pool: PgPool) {
    let sink = Sink::default();
    sink.answers.lock().unwrap().extend([0, 451]);
    let ctx = with(&Ctx::for_tests(pool), Some(sink.mail_server().await), None, true);
    write(&ctx, Channel::Email, "lin@post.example", None).await.unwrap();
    assert_eq!(dispatch(&ctx).await, [Outcome::Postponed]);
    assert_eq!(dispatch(&ctx).await, []);
    ctx.clock.wind(Duration::from_secs(5));
    assert_eq!(dispatch(&ctx).await, [Outcome::Postponed]);
    ctx.clock.wind(Duration::from_secs(10));
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent]);
    let ids: Vec<_> = sink.received().iter().map(|m| m.header("Message-ID").to_owned()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_a_short_message_is_signed_and_repeats_carry_the_same_key(pool: PgPool) {
    let sink = Sink::default();
    // Taken, but the answer was lost; then the gateway knows it: 409.
    sink.answers.lock().unwrap().extend([500, 409]);
    let ctx = with(&Ctx::for_tests(pool), None, Some(sink.gateway(100).await), true);
    let id = write(&ctx, Channel::Sms, "13900000001", None).await.unwrap();
    assert_eq!(dispatch(&ctx).await, [Outcome::Postponed]);
    ctx.clock.wind(Duration::from_secs(5));
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent]);
    let received = sink.received();
    assert_eq!(received.len(), 2);
    for request in &received {
        assert_eq!(request.header("Idempotency-Key"), id.to_string());
        let body: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!((body["to"].as_str(), body["params"]["code"].as_str()), (Some("13900000001"), Some("123456")));
        assert_eq!(body["id"], json!(id));
        let expected = sms::signature("gateway secret", request.header("X-Timestamp"), request.body.as_bytes()).unwrap();
        assert_eq!(request.header("X-Signature"), expected);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_one_phone_gets_no_more_short_messages_a_day_than_the_cap(pool: PgPool) {
    let sink = Sink::default();
    let ctx = with(&Ctx::for_tests(pool), None, Some(sink.gateway(2).await), true);
    for _ in 0..3 {
        write(&ctx, Channel::Sms, "13900000001", None).await.unwrap();
    }
    write(&ctx, Channel::Sms, "13900000002", None).await.unwrap();
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent, Outcome::Sent, Outcome::Postponed, Outcome::Sent]);
    assert_eq!(sink.received().len(), 3);
    ctx.clock.wind(Duration::from_secs(24 * 3600));
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent]);
    assert_eq!(sink.received().len(), 4);
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_the_cap_of_a_phone_is_one_while_nodes_write_with_two_keys(pool: PgPool) {
    let added = Keys::after(&Keys::generate(), Step::Add).unwrap().0;
    let active = Keys::after(&added, Step::Activate).unwrap().0;
    let sink = Sink::default();
    let ctx = with(&Ctx::for_tests(pool), None, Some(sink.gateway(2).await), true);
    let [old, new] = [added, active].map(|keys| Ctx { keys: Keys::parse(&keys).unwrap(), ..ctx.clone() });
    for node in [&old, &new, &old, &new] {
        write(node, Channel::Sms, "13900000001", None).await.unwrap();
    }
    assert_eq!(dispatch(&new).await, [Outcome::Sent, Outcome::Sent, Outcome::Postponed, Outcome::Postponed]);
    assert_eq!(sink.received().len(), 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_the_same_business_event_writes_one_message(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    assert!(write(&ctx, Channel::Sms, "13900000001", Some("filing 1 approved")).await.is_some());
    assert!(write(&ctx, Channel::Sms, "13900000001", Some("filing 1 approved")).await.is_none());
    assert!(write(&ctx, Channel::Sms, "13900000001", None).await.is_some());
    assert!(write(&ctx, Channel::Sms, "13900000001", None).await.is_some());
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent; 3]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_a_rolled_back_transaction_sends_nothing(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let mut tx = ctx.begin().await.unwrap();
    enqueue(&ctx, &mut tx, Message::new(Channel::Sms, "13900000001", "x", json!({}))).await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(dispatch(&ctx).await, []);
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_two_nodes_send_each_message_once(pool: PgPool) {
    let sink = Sink::default();
    let here = with(&Ctx::for_tests(pool), None, Some(sink.gateway(1000).await), true);
    let other_pool = PgPool::connect_with((*here.pool.connect_options()).clone()).await.unwrap();
    let there = Ctx { pool: other_pool, ..here.clone() };
    for i in 0..40 {
        write(&here, Channel::Sms, &format!("139000000{i:02}"), None).await.unwrap();
    }
    let (a, b) = tokio::join!(dispatch(&here), dispatch(&there));
    assert_eq!(a.len() + b.len(), 40);
    let mut keys: Vec<_> = sink.received().iter().map(|r| r.header("Idempotency-Key").to_owned()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), sink.received().len()), (40, 40));
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_a_message_taken_by_a_node_that_died_is_sent_by_another(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    write(&ctx, Channel::Sms, "13900000001", None).await.unwrap();
    // What taking it does; then the node is gone.
    let later = ctx.clock.now() + time::Duration::minutes(2);
    sqlx::query!("update outbox set attempts = attempts + 1, due_at = $1", later).execute(&ctx.pool).await.unwrap();
    assert_eq!(dispatch(&ctx).await, []);
    ctx.clock.wind(Duration::from_secs(120));
    assert_eq!(dispatch(&ctx).await, [Outcome::Sent]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a10_a_code_that_no_longer_holds_is_not_sent(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let mut tx = ctx.begin().await.unwrap();
    let expires_at = Some(ctx.clock.now() + time::Duration::minutes(10));
    let message = Message { expires_at, ..Message::new(Channel::Sms, "13900000001", "x", json!({})) };
    enqueue(&ctx, &mut tx, message).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    ctx.clock.wind(Duration::from_secs(600));
    assert_eq!(dispatch(&ctx).await, [Outcome::Expired]);
}

#[sqlx::test(migrations = "../migrations")]
async fn without_a_way_out_production_keeps_messages_and_shows_them_to_nobody(pool: PgPool) {
    let ctx = with(&Ctx::for_tests(pool), None, None, false);
    write(&ctx, Channel::Sms, "13900000001", None).await.unwrap();
    assert_eq!(dispatch(&ctx).await, [Outcome::Postponed]);
    assert!(matches!(list_shown(&ctx, &PlainTexts, 10).await, Err(Error::NotFound)));
    // A gateway that stays away: tried for about a day, then given up for a person to see.
    let mut tries = 1;
    loop {
        ctx.clock.wind(Duration::from_secs(6 * 3600));
        tries += 1;
        if dispatch(&ctx).await == [Outcome::Failed] {
            break;
        }
    }
    assert_eq!(tries, 16);
    assert_eq!(dispatch(&ctx).await, []);
}
