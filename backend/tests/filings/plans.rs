//! How the hot statements are planned on large tables: which index each goes by. The statements are the product's own: its
//! use-cases run on connections that tell the plan of whatever they are asked (Postgres' `auto_explain`). Most are planned for
//! whatever is asked, as on a connection that has been open for a while; where that says nothing, as for the beginning of a name,
//! for what is asked. What was planned is committed (`plans.txt`); `BEIAN_WRITE=1` writes it anew.

use crate::stage::*;
use backend::{Ctx, filings, jobs, keys::Place, live, notices, outbox, providers, register, reviews, sessions, upkeep};
use domain::{
    actor::{Actor, Role},
    id::UserId,
    views::{accounts::SignInForm, desk::Listing},
};
use serde_json::Value;
use sqlx::{
    Connection, Executor, PgPool,
    postgres::{PgConnection, PgPoolOptions},
};
use std::{
    collections::BTreeSet,
    fmt::{Debug, Write},
    future::Future,
    sync::Mutex,
    time::Duration,
};
use tracing::{Event, Metadata, Subscriber, field::Field, span};
use uuid::Uuid;

/// What each connection does before anything else.
const TELLS_PLANS: &str = "load 'auto_explain';
    set auto_explain.log_min_duration = 0;
    set auto_explain.log_format = 'json';
    set client_min_messages = log;
    set plan_cache_mode = ";

/// Tables that may be read whole: they stay small, or are a handful of rows at that moment.
const SMALL: &[&str] = &[
    "policies",
    "policy_drafts",
    "bureaux",
    "providers",
    "provider_ranges",
    "moves",
    "denied_prefixes",
    "permitted_prefixes",
    "permitted_ranges",
    "permitted_suffixes",
    "minimum_ages",
    "certificate_duties",
    "installation",
    "first_passwords",
    "number_counters",
    "issued_numbers",
    "retention",
    "passkey_challenges",
];

/// Whether a line reads a table that is large.
fn reads_large(line: &str) -> bool {
    line.trim().rsplit_once(" on ").is_some_and(|(_, table)| !SMALL.contains(&table))
}

/// Plans told so far.
static TOLD: Mutex<Vec<Value>> = Mutex::new(Vec::new());

/// Hears what the server tells beside its answers.
struct Ear;

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Text(String);
        impl tracing::field::Visit for Text {
            fn record_str(&mut self, field: &Field, value: &str) {
                if field.name() == "message" {
                    value.clone_into(&mut self.0);
                }
            }

            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        if let Some((_, plan)) = text.0.split_once("plan:\n") {
            TOLD.lock().unwrap().push(serde_json::from_str(plan).unwrap_or_else(|error| panic!("{error}: {plan}")));
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// What was planned, question by question.
#[derive(Default)]
struct Book {
    text: String,
    wrong: Vec<String>,
}

/// Whether a question's rows come in an index's order.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Any,
    OfAnIndex,
}

impl Book {
    /// Runs a use-case, and writes down how its statements were planned.
    async fn ask<T>(&mut self, what: &str, order: Order, doing: impl Future<Output = T>) -> T {
        TOLD.lock().unwrap().clear();
        let done = doing.await;
        writeln!(self.text, "\n## {what}").unwrap();
        let mut seen = BTreeSet::new();
        for told in std::mem::take(&mut *TOLD.lock().unwrap()) {
            let statement: Vec<&str> = told["Query Text"].as_str().unwrap().split_whitespace().collect();
            let statement = statement.join(" ");
            // The driver asks for the types that it meets first.
            if statement.contains("pg_catalog.") {
                continue;
            }
            let mut tree = String::new();
            draw(&told["Plan"], 1, &mut tree);
            let short: String = statement.chars().take(110).collect();
            if !seen.insert((short.clone(), tree.clone())) {
                continue;
            }
            for line in tree.lines().map(str::trim) {
                let scanned = line.strip_prefix("Seq Scan on ");
                if scanned.is_some_and(|table| !SMALL.contains(&table)) {
                    self.wrong.push(format!("{what}: {line}, for {statement}"));
                }
                if order == Order::OfAnIndex && line.contains("Sort") && tree.lines().any(reads_large) {
                    self.wrong.push(format!("{what}: {line}, for {statement}"));
                }
            }
            writeln!(self.text, "{short}\n{}", tree.trim_end()).unwrap();
        }
        assert!(!seen.is_empty(), "{what} asked nothing");
        done
    }
}

fn draw(plan: &Value, depth: usize, tree: &mut String) {
    let text = |name: &str| plan[name].as_str().map(str::to_owned);
    let mut line = text("Node Type").unwrap();
    if let Some(operation) = text("Operation") {
        line = operation;
    }
    if let Some(index) = text("Index Name") {
        write!(line, " by {index}").unwrap();
    }
    if let Some(table) = text("Relation Name") {
        write!(line, " on {table}").unwrap();
    }
    writeln!(tree, "{}{line}", "  ".repeat(depth)).unwrap();
    for inner in plan["Plans"].as_array().into_iter().flatten() {
        draw(inner, depth + 1, tree);
    }
}

/// A context whose connections tell their plans.
async fn telling(ctx: &Ctx, mode: &'static str) -> Ctx {
    let options = (*ctx.pool.connect_options()).clone();
    let pool = PgPoolOptions::new()
        .max_connections(4)
        .after_connect(move |conn, _| {
            let sql = sqlx::AssertSqlSafe(format!("{TELLS_PLANS}{mode}"));
            Box::pin(async move { conn.execute(sqlx::raw_sql(sql)).await.map(drop) })
        })
        .connect_with(options)
        .await
        .unwrap();
    Ctx { pool, ..ctx.clone() }
}

fn administrator() -> Actor {
    Actor::Provider { user: UserId(Uuid::from_u128(0x2001)), provider: PROVIDER, role: Role::ProviderAdmin }
}

fn sign_in() -> SignInForm {
    let (user_name, category) = ("registrant-77".to_owned(), "registrant".to_owned());
    SignInForm { user_name, password: "purple-teapot-walks-9".into(), category, ..SignInForm::default() }
}

/// The staff's names open, as those of the fill do not.
async fn name_staff(ctx: &Ctx) {
    for n in (0x2001..0x2015_u128).chain(0x3001..0x3015) {
        let row = Uuid::from_u128(n);
        let name = ctx.keys.seal(Place { table: "users", column: "contact_name", row, version: 1 }, "何静".as_bytes());
        sqlx::query("update users set contact_name = $2 where id = $1").bind(row).bind(name).execute(&ctx.pool).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_hot_statement_goes_by_its_index(pool: PgPool) {
    tracing::subscriber::set_global_default(Ear).unwrap();
    let ctx = set(pool).await;
    policy(&ctx, "sms_stage = 'none', second_reviewer = true").await;
    let mut one = PgConnection::connect_with(&ctx.pool.connect_options()).await.unwrap();
    one.execute(sqlx::raw_sql(include_str!("plans/fill.sql"))).await.unwrap();
    one.close().await.unwrap();
    name_staff(&ctx).await;
    // One whole filing, with which one can go on.
    let owner = registrant(7);
    let id = fill(&ctx, &owner, &company(1)).await;
    ctx.pool.execute("analyze").await.unwrap();
    // For whatever is asked, and for what is asked.
    let (bare, ctx, exact) = (ctx.clone(), telling(&ctx, "force_generic_plan").await, telling(&ctx, "force_custom_plan").await);
    let mut book = Book::default();
    let b = &mut book;

    for (kind, question) in [
        ("domain", "domain77.com"),
        ("number of a site", "京ICP备2026000077号-1"),
        ("number of a sponsor", "京ICP备2026000077号"),
    ] {
        b.ask(&format!("the register by {kind}"), Order::Any, register::find(&ctx, question)).await.unwrap();
    }
    b.ask("the register by name", Order::Any, register::find(&exact, "单位77")).await.unwrap();
    b.ask("a record", Order::Any, register::record(&ctx, "京ICP备2026000077号-1")).await.unwrap();

    for (house, caller) in [("provider", clerk(1)), ("bureau", reviewer(1))] {
        for listing in Listing::ALL {
            let what = format!("{house}'s list {listing:?}");
            // The others are few of a queue, and sorted; what lies with the registrant is found by the house where there are many
            // houses, else by its age.
            let long = matches!(listing, Listing::Waiting | Listing::DueSoon | Listing::Missed | Listing::All);
            let order = if long { Order::OfAnIndex } else { Order::Any };
            b.ask(&what, order, reviews::desk(&ctx, &caller, listing, 1)).await.unwrap();
        }
    }

    b.ask("one's own filings", Order::OfAnIndex, filings::list_own(&ctx, &owner)).await.unwrap();
    b.ask("a draft", Order::Any, filings::draft(&ctx, &owner, id)).await.unwrap();
    b.ask("a session", Order::Any, sessions::find(&ctx, "token")).await.unwrap();
    b.ask("who signs in", Order::Any, sessions::sign_in(&ctx, &sign_in(), None)).await.unwrap_err();
    b.ask("the inbox", Order::OfAnIndex, notices::list(&ctx, &owner, 1)).await.unwrap();
    b.ask("a provider's services", Order::Any, providers::services::list(&ctx, &administrator(), "", 1)).await.unwrap();
    b.ask("a provider's service by its code", Order::Any, providers::services::list(&exact, &administrator(), "s-42", 1))
        .await
        .unwrap();

    let heard = async {
        let hub = live::Hub::new();
        let hints = hub.subscribe(&[live::Topic::Filing(id)], Some(Uuid::nil()));
        let looked = async {
            while !TOLD
                .lock()
                .unwrap()
                .iter()
                .any(|told| told["Query Text"].as_str().unwrap().contains("unnest($1::uuid[]) as o"))
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        hub.run(ctx.clone(), looked).await;
        drop(hints);
    };
    b.ask("live", Order::Any, heard).await;

    let seen = seen(&ctx, id).await;
    b.ask("a submission", Order::Any, filings::submit(&ctx, &owner, id, seen, Uuid::from_u128(1))).await.unwrap();
    let next = upkeep::handlers();
    // Asked to end at once: one job, one message.
    b.ask("a job", Order::OfAnIndex, jobs::run_forever(ctx.clone(), next, Duration::ZERO, async {})).await;
    let senders = outbox::Senders::default();
    let texts: std::sync::Arc<dyn outbox::MessageTexts> = std::sync::Arc::new(PlainTexts);
    let sent = outbox::dispatch_forever(ctx.clone(), senders, texts, Duration::ZERO, async {});
    b.ask("a message", Order::OfAnIndex, sent).await;
    // A first sweep takes what the fill left lying for years; each one after it finds ten minutes' worth.
    upkeep::sweep(&bare).await.unwrap();
    bare.pool.execute("analyze").await.unwrap();
    b.ask("the sweep", Order::Any, upkeep::sweep(&exact)).await.unwrap();

    let heading = "# How the hot statements are planned on large tables. Written by the test `plans`.\n";
    let text = format!("{heading}{}", book.text);
    assert!(book.wrong.is_empty(), "{}\n{text}", book.wrong.join("\n"));
    let file = format!("{}/tests/filings/plans.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BEIAN_WRITE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "plans.txt is not what was planned: BEIAN_WRITE=1 writes it anew\n{text}");

    // A lost index is noticed.
    bare.pool.execute("drop index sites_live_domain, filings_provider_queue, notices_inbox, jobs_due").await.unwrap();
    let mut lost = Book::default();
    let l = &mut lost;
    l.ask("the register by domain", Order::Any, register::find(&ctx, "domain77.com")).await.unwrap();
    l.ask("the queue", Order::OfAnIndex, reviews::desk(&ctx, &clerk(1), Listing::Waiting, 1)).await.unwrap();
    l.ask("the inbox", Order::OfAnIndex, notices::list(&ctx, &owner, 1)).await.unwrap();
    l.ask("a job", Order::OfAnIndex, jobs::run_forever(ctx.clone(), upkeep::handlers(), Duration::ZERO, async {})).await;
    for what in ["the register by domain", "the queue", "the inbox", "a job"] {
        assert!(lost.wrong.iter().any(|line| line.starts_with(what)), "{what}: {}", lost.text);
    }
}
