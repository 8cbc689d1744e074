//! Two nodes, the gateway that both post short messages to, and a filing's way from hand to hand.

use crate::server::{Client, Place, Server};
use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use backend::captcha::{self, Picture};
use domain::{codes::opinions, filing::Verb, views::accounts::ChallengeFor};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use reqwest::{Method, Response, header};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::watch;
use uuid::Uuid;

/// Whatever is waited for comes well within it, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A short message as the gateway was given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    pub to: String,
    pub template: String,
    pub code: String,
    pub text: String,
}

/// A gateway that keeps what it was given, and can keep its senders waiting.
#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    taken: watch::Sender<Vec<Message>>,
    held: watch::Sender<bool>,
}

impl Gateway {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sms", listener.local_addr().unwrap());
        let gateway = Self { url, taken: watch::Sender::new(Vec::new()), held: watch::Sender::new(false) };
        let router = Router::new().route("/sms", post(take)).with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    /// From now on nobody gets an answer, until it is taken back.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<Message> {
        self.taken.borrow().clone()
    }

    /// Everything, once it is what is waited for.
    pub async fn until(&self, what: &str, is_there: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let mut taken = self.taken.subscribe();
        let waited = tokio::time::timeout(PATIENCE, taken.wait_for(|taken| is_there(taken))).await;
        match waited {
            Ok(taken) => taken.unwrap().clone(),
            Err(_) => panic!("{what}: {:#?}", self.all()),
        }
    }

    /// How often each key came; a repeat says the same as the first.
    pub fn times(&self) -> BTreeMap<String, usize> {
        let mut first: BTreeMap<String, Message> = BTreeMap::new();
        let mut times = BTreeMap::new();
        for message in self.all() {
            *times.entry(message.key.clone()).or_default() += 1;
            let before = first.entry(message.key.clone()).or_insert_with(|| message.clone());
            assert_eq!(*before, message, "a message came again with another content");
        }
        times
    }
}

async fn take(State(gateway): State<Gateway>, headers: HeaderMap, Json(body): Json<Value>) -> StatusCode {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let message = Message {
        key: headers["Idempotency-Key"].to_str().unwrap().to_owned(),
        to: text("to"),
        template: text("template"),
        code: body["params"]["code"].as_str().unwrap_or_default().to_owned(),
        text: text("text"),
    };
    gateway.taken.send_modify(|taken| taken.push(message));
    let _ = gateway.held.subscribe().wait_for(|held| !held).await;
    StatusCode::OK
}

/// Two nodes of one demo. The second is dropped first: the first owns the database.
pub struct Pair {
    pub b: Server,
    pub a: Server,
    pub gateway: Gateway,
}

impl Pair {
    pub async fn demo(settings: &[(&str, &str)]) -> Self {
        let gateway = Gateway::open().await;
        let a = node(Place::demo(), &gateway, settings).await;
        let b = node(a.place.lend(), &gateway, settings).await;
        Self { b, a, gateway }
    }

    /// What both nodes' database answers.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        self.a.place.ask(sql)
    }

    /// What the database answers, once it is what is waited for.
    pub async fn ask_until(&self, sql: &str, is_there: impl Fn(&[String]) -> bool) -> Vec<String> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let rows = self.ask(sql);
                if is_there(&rows) {
                    return rows;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{sql}: {:?}", self.ask(sql)))
    }

    /// Nothing is due any more, neither a job nor a message.
    pub async fn settle(&self) {
        let due = "select (select count(*) from outbox where status = 'due')
                        + (select count(*) from jobs, installation where status = 'due'
                             and run_at <= now() + clock_wound_ms * interval '1 millisecond')";
        self.ask_until(due, |rows| rows == ["0"]).await;
    }

    /// The journal folds to the rows.
    pub async fn check_journal(&self) {
        let ctx = self.a.ctx().await;
        let disagreements = backend::journal::disagreements(&ctx.pool).await.unwrap();
        assert!(disagreements.is_empty(), "{disagreements:#?}");
    }
}

/// One node that posts to the gateway.
pub async fn node(place: Place, gateway: &Gateway, settings: &[(&str, &str)]) -> Server {
    let mut all = vec![("BEIAN_SMS_URL", gateway.url.as_str()), ("BEIAN_SMS_SECRET", "secret")];
    all.extend_from_slice(settings);
    Server::start(place, &["serve", "--demo"], &all).await
}

/// SIGTERM.
pub fn ask_to_end(server: &Server) {
    let process = server.process.lock().unwrap();
    signal::kill(Pid::from_raw(i32::try_from(process.id()).unwrap()), Signal::SIGTERM).unwrap();
}

/// Waits for a process that was asked to end.
pub async fn ended(server: &Server) {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(status) = server.process.lock().unwrap().try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let status = waited.await.expect("the process ends");
    assert!(status.success(), "{status}: {}", server.log());
}

/// Whether a node wants requests, and its word.
pub async fn readiness(server: &Server) -> (u16, String) {
    let response = server.client().open("/readyz").await;
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Waits for a node to say so.
pub async fn is_ready(server: &Server, status: u16) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while readiness(server).await.0 != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("readiness never was {status}"));
}

/// Reads as a page's scripts do.
pub async fn read(client: &Client, path: &str) -> Value {
    let response = client.send(client.request(Method::GET, path).header(header::ACCEPT, "application/json")).await;
    assert_eq!(response.status(), 200, "{path}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// Writes, and it is done.
pub async fn write(client: &Client, path: &str, fields: &[(&str, &str)]) -> Value {
    let response = client.call(path, fields).await;
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Begins a filing that has answers and pictures.
pub async fn begin(owner: &Client) -> String {
    let done = write(owner, "/api/demo/begin", &[]).await;
    done["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned()
}

/// The form of a submission, as its page has it.
pub async fn submission(owner: &Client, id: &str, key: Uuid) -> Vec<(String, String)> {
    submission_of(&read(owner, &format!("/api/filings/draft?id={id}")).await, key)
}

/// The same from what the page knows.
pub fn submission_of(draft: &Value, key: Uuid) -> Vec<(String, String)> {
    let version = draft["sections"].as_array().unwrap().iter().find(|section| section["section"] == "consent");
    let field = |name: &str, value: String| (name.to_owned(), value);
    vec![
        field("id", draft["id"].as_str().unwrap().to_owned()),
        field("seq", draft["seq"].to_string()),
        field("edition", draft["edition"].to_string()),
        field("retry_key", key.to_string()),
        field("version", version.map_or("0".to_owned(), |state| state["version"].to_string())),
        field("form[truthful]", "yes".to_owned()),
        field("form[personal_data]", "yes".to_owned()),
        field("form[provider_may_correct]", "yes".to_owned()),
    ]
}

/// Hands a filing in.
pub async fn submit(owner: &Client, id: &str) {
    let form = submission(owner, id, Uuid::new_v4()).await;
    write(owner, "/api/filings/submit", &borrowed(&form)).await;
}

/// The form of a verdict.
pub fn verdict(place: &Place, id: &str, verb: Verb, key: Uuid) -> Vec<(String, String)> {
    let seq = place.ask(&format!("select seq from filings where id = '{id}'")).remove(0);
    let code = opinions(verb).first().map(ToString::to_string).unwrap_or_default();
    [("id", id), ("seq", &seq), ("retry_key", &key.to_string()), ("form[code]", &code), ("form[words]", "属实")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// The provider checks the person and passes the filing on.
pub async fn pass(place: &Place, clerk: &Client, id: &str) {
    let check = [("id", id), ("section", "sponsor"), ("method", "face_to_face"), ("place", "provider")];
    write(clerk, "/api/reviews/record_identity_check", &check).await;
    let mut form = verdict(place, id, Verb::Pass, Uuid::new_v4());
    form.push(("place".into(), "provider".into()));
    write(clerk, "/api/reviews/pass", &borrowed(&form)).await;
}

/// The person in charge: mobile and last six of the certificate.
pub async fn person(owner: &Client, id: &str) -> (String, String) {
    let draft = read(owner, &format!("/api/filings/draft?id={id}")).await;
    let sponsor = &draft["draft"]["sponsor"];
    let number = sponsor["person_certificate_number"].as_str().unwrap();
    (sponsor["person_mobile"].as_str().unwrap().to_owned(), number[number.len() - 6..].to_owned())
}

/// Confirms with a code that came by the gateway.
pub async fn confirm(at: &Client, ctx: &backend::Ctx, (mobile, last_six): &(String, String), code: &str) -> Response {
    let challenge = captcha::make_with(ctx, &Known, ChallengeFor::Confirmation, false).await.unwrap().id.to_string();
    let form = [
        ("form[code]", code),
        ("form[mobile]", mobile),
        ("form[last_six]", last_six),
        ("form[captcha_token]", &challenge),
        ("form[captcha_answer]", "known"),
    ];
    at.call("/api/confirmations/confirm", &form).await
}

/// A picture whose answer a test knows.
pub struct Known;

impl Picture for Known {
    fn draw(&self) -> Option<(String, Vec<u8>)> {
        Some(("known".into(), b"png".to_vec()))
    }
}

pub fn borrowed(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A stream of hints.
pub struct Stream {
    response: Response,
    /// What has come and was not read: several events may come at once.
    unread: String,
}

impl Stream {
    pub async fn open(client: &Client, query: &str) -> Self {
        let response = client.open(&format!("/live?{query}")).await;
        assert_eq!(response.status(), 200, "{query}");
        Self { response, unread: String::new() }
    }

    /// The first at a node that nobody listened to, which hears what happens from now on: once as it begins, and again as its
    /// node begins to read, a page is told to look at everything.
    pub async fn open_first(client: &Client, query: &str) -> Self {
        let mut stream = Self::open(client, query).await;
        for _ in 0..2 {
            assert_eq!(stream.next().await, (None, 0), "{query}");
        }
        stream
    }

    /// Waits until it has told of this filing with this number, or of a later one: hints that come together are one, the
    /// newest.
    pub async fn hears(&mut self, filing: &str, seq: u64) {
        while !matches!(self.next().await, (Some(told), number) if told == filing && number >= seq) {}
    }

    /// Waits until it is over, in whatever way.
    pub async fn ends(mut self) {
        let waited = tokio::time::timeout(PATIENCE, async { while let Ok(Some(_)) = self.response.chunk().await {} });
        waited.await.expect("the stream ends");
    }

    /// The next hint: which filing, and its number.
    async fn next(&mut self) -> (Option<String>, u64) {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                while let Some((line, rest)) = self.unread.split_once('\n') {
                    let hint = line.strip_prefix("data:").map(|data| serde_json::from_str::<Value>(data).unwrap());
                    self.unread = rest.to_owned();
                    if let Some(hint) = hint {
                        return (hint["filing"].as_str().map(str::to_owned), hint["seq"].as_u64().unwrap());
                    }
                }
                let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
                self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        });
        waited.await.expect("no hint came")
    }
}
