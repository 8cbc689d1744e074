//! `kill -9` of the worker and of Postgres at random moments of submissions and approvals.
//!
//! A private Postgres and a worker process are killed and started again, round after round. Then it is proved: what was
//! acknowledged is in the journal, nothing was done twice, no number was issued twice or skipped, a message that was sent
//! twice was the same one, and the journal folds to the rows. `BEIAN_CRASHES` sets the rounds, `BEIAN_CRASH_SEED` repeats
//! a run.

#![allow(clippy::unwrap_used)]

#[path = "filings/stage.rs"]
mod stage;

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use backend::{
    Ctx, Error, Result,
    audit::Origin,
    clock::Clock,
    confirmations, database, filings, jobs, journal,
    keys::Keys,
    outbox::{self, MessageTexts, Senders},
    reviews,
    settings::{Settings, SmsGateway},
};
use domain::{filing::Verb, id::FilingId};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use secrecy::SecretString;
use serde_json::Value;
use sqlx::PgPool;
use stage::*;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// Lanes of one worker: they race for the same filings.
const LANES: u32 = 4;
/// How many filings are on their way at a time.
const OPEN: u64 = 8;

/// A small generator: the run is told by its seed.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

// ---- The worker, a process of its own ----

/// What the parent tells the worker.
#[derive(serde::Serialize, serde::Deserialize)]
struct Orders {
    url: String,
    gateway: String,
    log: PathBuf,
    seed: u64,
    wound_s: u64,
    filings: Vec<FilingId>,
}

struct Texts;

impl MessageTexts for Texts {
    fn render(&self, template: &str, _lang: &str, params: &Value) -> (String, String) {
        (String::new(), format!("{template} {params}"))
    }
}

/// Not a test by itself: the process that is killed. Without orders there is nothing to do.
#[test]
fn worker() {
    let Ok(orders) = std::env::var("BEIAN_CRASH_ORDERS") else { return };
    let orders: Orders = serde_json::from_str(&std::fs::read_to_string(orders).unwrap()).unwrap();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work(orders));
}

fn context(pool: PgPool, gateway: &str, wound: Duration) -> Ctx {
    let mut settings = Settings::demo();
    settings.sms =
        Some(SmsGateway { url: gateway.to_owned(), secret: SecretString::from("secret".to_owned()), daily_cap: 1_000_000 });
    Ctx::new(pool, Clock::system(wound), Keys::fixed(), backend::files::Files::in_memory(), settings)
}

async fn work(orders: Orders) {
    let pool = loop {
        match database::connect(&orders.url.clone().into()).await {
            Ok(pool) => break pool,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let ctx = context(pool, &orders.gateway, Duration::from_secs(orders.wound_s));
    let orders = Arc::new(orders);
    let side = ctx.clone();
    tokio::spawn(async move {
        let senders = Senders::new(&side.settings).unwrap();
        loop {
            let _ = jobs::run_due(&side, &handlers()).await;
            let _ = outbox::dispatch_due(&side, &senders, &Texts).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    repeat_unanswered(&ctx, &orders).await;
    // All that are before it have ended.
    let first = Arc::new(AtomicU32::new(0));
    let lanes = (0..LANES).map(|lane| {
        let (ctx, orders, first) = (ctx.clone(), orders.clone(), first.clone());
        tokio::spawn(async move {
            let mut dice = Dice(orders.seed ^ u64::from(lane) << 40);
            loop {
                let begin = first.load(Ordering::Relaxed);
                let last = u32::try_from(orders.filings.len()).unwrap() - 1;
                let n = (begin + u32::try_from(dice.roll(OPEN)).unwrap()).min(last);
                let ended = step(&ctx, &orders, n, &mut dice).await;
                if ended && n == begin && n < last {
                    let _ = first.compare_exchange(begin, begin + 1, Ordering::Relaxed, Ordering::Relaxed);
                }
            }
        })
    });
    futures::future::join_all(lanes).await;
}

/// A line that outlives the process: one write to a file opened for appending.
fn note(orders: &Orders, line: &str) {
    let mut log = std::fs::OpenOptions::new().append(true).create(true).open(&orders.log).unwrap();
    log.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// What was begun before the crash and not answered is asked again under the same key, as a browser does.
async fn repeat_unanswered(ctx: &Ctx, orders: &Orders) {
    let log = std::fs::read_to_string(&orders.log).unwrap_or_default();
    let answered: BTreeSet<&str> = log.lines().filter_map(|l| l.strip_prefix("ack ")).collect();
    let open: Vec<_> = log.lines().filter_map(|l| l.strip_prefix("try ")).filter(|l| !answered.contains(l)).collect();
    for told in open.into_iter().rev().take(8) {
        let mut parts = told.split(' ');
        let mut part = || parts.next().unwrap();
        let (n, verb, seq, key) = (part(), part(), part(), part());
        act(ctx, orders, n.parse().unwrap(), verb, seq.parse().unwrap(), key.parse().unwrap()).await;
    }
}

/// Does what comes next; answers whether the filing has ended.
async fn step(ctx: &Ctx, orders: &Orders, n: u32, dice: &mut Dice) -> bool {
    let id = orders.filings[n as usize];
    let row: std::result::Result<(i32, String), _> =
        sqlx::query_as("select seq, status from filings where id = $1").bind(id.0).fetch_one(&ctx.pool).await;
    let Ok((seq, status)) = row else {
        tokio::time::sleep(Duration::from_millis(20)).await;
        return false;
    };
    let verb = match status.as_str() {
        "draft" => "submit",
        "provider_review" => "pass",
        "sms_pending" => {
            answer_code(ctx, orders, n).await;
            return false;
        }
        "bureau_review" if dice.roll(6) == 0 => "refuse",
        "bureau_review" => "approve",
        "bureau_refused" | "sms_failed" => "resubmit",
        _ => return true,
    };
    let key = Uuid::from_u128(u128::from(dice.roll(1 << 30)) << 64 | u128::from(n) << 32 | seq as u128);
    note(orders, &format!("try {n} {verb} {seq} {key}"));
    act(ctx, orders, n, verb, seq, key).await;
    if dice.roll(3) == 0 {
        act(ctx, orders, n, verb, seq, key).await;
    }
    false
}

async fn act(ctx: &Ctx, orders: &Orders, n: u32, verb: &str, seq: i32, key: Uuid) {
    let id = orders.filings[n as usize];
    let owner = registrant(u128::from(n));
    // Without an answer the page was never there: its submission is of nothing that stands.
    let edition = match ctx.pool.acquire().await {
        Ok(mut conn) => filings::edition(&mut conn, id).await.unwrap_or(-1),
        Err(_) => -1,
    };
    let done: Result<()> = match verb {
        "submit" => filings::submit(ctx, &owner, id, filings::Seen { seq, edition }, key).await,
        "resubmit" => filings::resubmit(ctx, &owner, id, filings::Seen { seq, edition }, key).await,
        "pass" => {
            let _ = reviews::record_identity_check(ctx, &clerk(1), id, None, "sponsor", "face_to_face", "").await;
            reviews::pass(ctx, &clerk(1), id, seq, key, said(Verb::Pass, "属实")).await.map(|_| ())
        }
        "refuse" => reviews::refuse(ctx, &reviewer(1), id, seq, key, reason(Verb::Refuse, "name")).await.map(|_| ()),
        _ => reviews::approve(ctx, &reviewer(1), id, seq, key, said(Verb::Approve, "同意")).await.map(|_| ()),
    };
    match done {
        Ok(()) => note(orders, &format!("ack {n} {verb} {seq} {key}")),
        Err(Error::Refused(_) | Error::Stale | Error::Db(_)) => {}
        // `NotFound`: it went on while the page was open.
        Err(Error::NotFound) => {}
        Err(error) => note(orders, &format!("bug {n} {verb}: {error:?}")),
    }
}

async fn answer_code(ctx: &Ctx, orders: &Orders, n: u32) {
    let [_, _, b, c] = n.to_be_bytes();
    let address = Some(std::net::IpAddr::from([10, 0, b, c]));
    let ctx = ctx.from_origin(Origin { address, ..Origin::default() });
    let Ok(shown) = outbox::list_shown(&ctx, &Texts, 400).await else { return };
    let code = shown.into_iter().find(|m| m.recipient == mobile(n) && m.template == "confirmation_code");
    let Some(code) = code else { return tokio::time::sleep(Duration::from_millis(5)).await };
    let code = code.params["code"].as_str().unwrap().to_owned();
    let Ok(form) = try_confirm_form(&ctx, &mobile(n), &code).await else { return };
    match confirmations::confirm(&ctx, form).await {
        Ok(_) => note(orders, &format!("confirmed {n}")),
        Err(Error::Refused(_) | Error::Stale | Error::Db(_) | Error::Invalid(_) | Error::Limited { .. }) => {}
        Err(error) => note(orders, &format!("bug {n} confirm: {error:?}")),
    }
}

// ---- The parent ----

/// A Postgres of its own that can be killed.
struct Postgres {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// Postgres refuses root: as root its programs run as the user postgres.
fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|v| v.path().join("bin").join(name)).filter(|p| p.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}

impl Postgres {
    fn init() -> Self {
        let folder = std::env::temp_dir().join(format!("beian-crash-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success());
        }
        let data = folder.join("data");
        let made = as_postgres(&program("initdb"))
            .args(["-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "postgres", "-D"])
            .arg(&data)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status()
            .expect("initdb of PostgreSQL 15 is needed: apt-get install postgresql");
        assert!(made.success(), "initdb failed");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder, port, child: None }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it, waiting for what the killed one left behind to end.
    async fn start(&mut self) {
        for _ in 0..400 {
            self.child.get_or_insert_with(|| {
                let log = std::fs::OpenOptions::new().append(true).create(true).open(self.folder.join("log")).unwrap();
                as_postgres(&program("postgres"))
                    .arg("-D")
                    .arg(self.folder.join("data"))
                    .args(["-p", &self.port.to_string(), "-k", "", "-c", "listen_addresses=127.0.0.1"])
                    .current_dir(&self.folder)
                    .stdout(Stdio::null())
                    .stderr(log)
                    .spawn()
                    .unwrap()
            });
            if sqlx::PgConnection::connect_ok(&self.url()).await {
                return;
            }
            if self.child.as_mut().is_some_and(|c| c.try_wait().unwrap().is_some()) {
                self.child = None;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("Postgres does not start: {}", std::fs::read_to_string(self.folder.join("log")).unwrap_or_default());
    }

    /// `kill -9` of the postmaster; its children see that and end.
    fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid.lines().next().and_then(|pid| pid.parse().ok()) {
            let _ = signal::kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        let _ = child.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

trait Answers {
    async fn connect_ok(url: &str) -> bool;
}

impl Answers for sqlx::PgConnection {
    async fn connect_ok(url: &str) -> bool {
        use sqlx::Connection;
        match sqlx::PgConnection::connect(url).await {
            Ok(mut conn) => sqlx::query("select 1").execute(&mut conn).await.is_ok(),
            Err(_) => false,
        }
    }
}

/// What the gateway was given, by key.
#[derive(Default)]
struct Received {
    bodies: HashMap<String, Vec<u8>>,
    repeats: usize,
    changed: Vec<String>,
    count: u64,
}

async fn receive(State(received): State<Arc<Mutex<Received>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let key = headers["Idempotency-Key"].to_str().unwrap().to_owned();
    let mut received = received.lock().unwrap();
    received.count += 1;
    match received.bodies.get(&key) {
        Some(before) if *before == body => received.repeats += 1,
        Some(_) => received.changed.push(key),
        None => {
            received.bodies.insert(key, body.to_vec());
        }
    }
    // Every seventh answer is lost: the message was taken, and its sender does not know.
    if received.count % 7 == 0 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}

async fn gateway(received: Arc<Mutex<Received>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/sms", listener.local_addr().unwrap());
    let router = Router::new().route("/sms", post(receive)).with_state(received);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn spawn_worker(orders: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--nocapture"])
        .env("BEIAN_CRASH_ORDERS", orders)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_no_number_is_skipped_however_often_it_crashes() {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let rounds = number("BEIAN_CRASHES").unwrap_or(40);
    let seed = number("BEIAN_CRASH_SEED").unwrap_or_else(|| u64::from(Uuid::new_v4().as_fields().0));
    println!("BEIAN_CRASHES={rounds} BEIAN_CRASH_SEED={seed}");
    let mut dice = Dice(seed);
    let received = Arc::new(Mutex::new(Received::default()));
    let gateway = gateway(received.clone()).await;
    let mut postgres = Postgres::init();
    postgres.start().await;
    let pool = database::connect(&postgres.url().into()).await.unwrap();
    database::migrate(&pool).await.unwrap();
    let ctx = context(pool, &gateway, Duration::ZERO);
    furnish(&ctx).await;
    policy(&ctx, "sms_window_hours = 240").await;
    // Filling in is not what is tried here: it need not wait for the disk.
    durable(&ctx.pool, false).await;
    let count = u32::try_from(10 + rounds * 2).unwrap();
    let mut filled = Vec::new();
    for n in 0..count {
        filled.push(fill(&ctx, &registrant(u128::from(n)), &company(n)).await);
    }
    durable(&ctx.pool, true).await;
    ctx.pool.close().await;

    let log = postgres.folder.join("acknowledged");
    let orders_path = postgres.folder.join("orders.json");
    for round in 0..rounds {
        postgres.start().await;
        let orders = Orders {
            url: postgres.url(),
            gateway: gateway.clone(),
            log: log.clone(),
            seed: seed.wrapping_add(round.wrapping_mul(7919)),
            // Longer than the lease of a message that was being sent: it is sent again.
            wound_s: round * 150,
            filings: filled.clone(),
        };
        std::fs::write(&orders_path, serde_json::to_string(&orders).unwrap()).unwrap();
        let mut worker = spawn_worker(&orders_path);
        tokio::time::sleep(Duration::from_millis(150 + dice.roll(900))).await;
        match dice.roll(3) {
            0 => worker.kill().unwrap(),
            1 => {
                postgres.kill();
                // The worker lives on without its database, and with the next one.
                postgres.start().await;
                tokio::time::sleep(Duration::from_millis(dice.roll(400))).await;
                worker.kill().unwrap();
            }
            _ => {
                postgres.kill();
                worker.kill().unwrap();
            }
        }
        worker.wait().unwrap();
    }

    postgres.start().await;
    let pool = database::connect(&postgres.url().into()).await.unwrap();
    let told = std::fs::read_to_string(&log).unwrap();
    prove(&pool, &told, &filled).await;
    let issued: i64 = sqlx::query_scalar("select count(*) from issued_numbers").fetch_one(&pool).await.unwrap();
    pool.close().await;
    let received = received.lock().unwrap();
    assert_eq!(received.changed, Vec::<String>::new(), "a message was repeated with another content");
    println!(
        "{issued} numbers, {} acknowledged, {} messages, {} repeated",
        told.lines().filter(|l| l.starts_with("ack ")).count(),
        received.bodies.len(),
        received.repeats
    );
    assert!(issued > 0 && received.repeats > 0, "the crashes hit nothing: seed {seed}");
}

async fn durable(pool: &PgPool, wait: bool) {
    let wait = if wait { "on" } else { "off" };
    let sql = format!("alter system set synchronous_commit = {wait}");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
    sqlx::query("select pg_reload_conf()").execute(pool).await.unwrap();
}

/// Compares what the workers were told with what the database holds.
async fn prove(pool: &PgPool, told: &str, filled: &[FilingId]) {
    let bugs: Vec<_> = told.lines().filter(|l| l.starts_with("bug ")).collect();
    assert!(bugs.is_empty(), "{bugs:#?}");
    let disagreements = journal::disagreements(pool).await.unwrap();
    assert!(disagreements.is_empty(), "{disagreements:#?}");

    // Per filing and verb: the keys that were tried, and those that were acknowledged.
    let mut tried: BTreeMap<(FilingId, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut acknowledged = tried.clone();
    let mut confirmed: BTreeMap<FilingId, usize> = BTreeMap::new();
    for line in told.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let id = || filled[parts[1].parse::<usize>().unwrap()];
        match parts.as_slice() {
            ["try", _, verb, _, key] => _ = tried.entry((id(), verb)).or_default().insert(key),
            ["ack", _, verb, _, key] => _ = acknowledged.entry((id(), verb)).or_default().insert(key),
            ["confirmed", _] => *confirmed.entry(id()).or_default() += 1,
            _ => panic!("{line}"),
        }
    }
    let rows: Vec<(Uuid, String, i64)> =
        sqlx::query_as("select filing_id, verb, count(*) from journal group by 1, 2").fetch_all(pool).await.unwrap();
    let events = |id: FilingId, verb: &str| {
        rows.iter().find(|(f, v, _)| *f == id.0 && v == verb).map_or(0, |(_, _, n)| usize::try_from(*n).unwrap())
    };
    for ((id, verb), keys) in &acknowledged {
        assert!(events(*id, verb) >= keys.len(), "{id} lost a {verb}: {keys:?}");
    }
    for ((id, verb), keys) in &tried {
        assert!(events(*id, verb) <= keys.len(), "{id} did a {verb} twice: {keys:?}");
    }
    for (id, n) in confirmed {
        assert!(events(id, "confirm") >= n, "{id} lost a confirmation");
    }
    // Each key of a business event stands once in the outbox.
    let twice: i64 = sqlx::query_scalar(
        "select count(*) from (select key from outbox where key is not null group by key having count(*) > 1) twice",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(twice, 0);
    let numbers: Vec<i32> =
        sqlx::query_scalar("select sequence from issued_numbers order by sequence").fetch_all(pool).await.unwrap();
    let expected: Vec<i32> = (1..=i32::try_from(numbers.len()).unwrap()).collect();
    assert_eq!(numbers, expected, "numbers without a gap");
}
