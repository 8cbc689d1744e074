//! Benches as ratios: the system and a yardstick in the same run, in turn, five pairs, medians, both raw figures.
//!
//! `cargo xtask bench` builds everything in release, starts a throwaway Postgres and calls this program. No test decides by
//! what it prints.

mod live;
mod people;
mod queue;
mod submission;
mod weight;
mod wrk;
mod yardstick;

use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

/// A failure is a sentence for the person at the screen.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// How often each side is measured.
const PAIRS: usize = 5;
const SYSTEM: &str = "127.0.0.1:3711";
const YARDSTICK: &str = "127.0.0.1:3712";

fn var(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set: start this through `cargo xtask bench`").into())
}

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if std::env::args().nth(1).as_deref() == Some("yardstick") {
        return runtime.block_on(yardstick::serve(&var("BENCH_DATABASE_URL")?, YARDSTICK));
    }
    runtime.block_on(run())
}

async fn run() -> Outcome {
    let database = var("BENCH_DATABASE_URL")?;
    let program = PathBuf::from(var("BENCH_BEIAN")?);
    let site = PathBuf::from(var("BENCH_SITE")?);
    let data = PathBuf::from(var("BENCH_DATA")?);
    let number = |name: &str, otherwise| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let (sites, many): (u64, u64) = (number("BENCH_SITES", 10_000), number("BENCH_SITES_MANY", 1_000_000));
    let beian = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).env("DATABASE_URL", &database).env("BEIAN_DATA", &data).env("BEIAN_SITE", &site);
        // What breaks is to be seen beside the figures.
        command.env("BEIAN_ADDR", SYSTEM).env("BEIAN_LIMIT_FACTOR", "60000").env("BEIAN_LOG", "error");
        command
    };
    let command = |args: &[&str]| -> Outcome {
        if beian(args).status()?.success() { Ok(()) } else { Err(format!("beian {} failed", args.join(" ")).into()) }
    };
    // Beside the yardstick, beside listeners, and with the large register both again.
    let drafts = (submission::SUBMISSIONS * PAIRS * 8 + 10).to_string();
    command(&["migrate"])?;
    command(&["seed", "--sites", &sites.to_string(), "--drafts", &drafts])?;
    let pool = PgPoolOptions::new().max_connections(4).connect(&database).await?;
    sqlx::query("vacuum analyze").execute(&pool).await?;

    let system = Served::start(beian(&["serve", "--demo"]), SYSTEM).await?;
    let mut bare = Command::new(std::env::current_exe()?);
    bare.arg("yardstick").env("BENCH_DATABASE_URL", &database);
    let yard = Served::start(bare, YARDSTICK).await?;

    let filed = filed(&pool).await?;
    println!("register: {filed} sites; {PAIRS} pairs, medians");
    let questions = questions(&pool, &data).await?;
    let json = wrk::compare(&questions, "/api/v1/register?q=", SYSTEM, YARDSTICK)?;
    json.print("public look-up, JSON", "bare axum + sqlx", 0.8);
    let page = wrk::compare(&questions, "/query?q=", SYSTEM, YARDSTICK)?;
    page.print("public look-up, page", "axum + maud", 0.5);
    let mut submissions = submission::Submissions::new(&pool, &database, &data).await?;
    submission::compare(&pool, &mut submissions, &database, &data, &PathBuf::from(var("BENCH_PG_LOG")?)).await?;
    live::compare(&pool, &mut submissions).await?;
    weight::print_memory(system.id())?;
    weight::print(&site)?;
    drop(yard);

    if many > sites {
        let before = alone(&pool, &data, &mut submissions, [json.system, page.system]).await?;
        command(&["seed", "--sites", &(many - sites).to_string()])?;
        queue::deepen(&pool).await?;
        sqlx::query("vacuum analyze").execute(&pool).await?;
        let questions = self::questions(&pool, &data).await?;
        let json = wrk::alone(&questions, "/api/v1/register?q=", SYSTEM)?;
        let page = wrk::alone(&questions, "/query?q=", SYSTEM)?;
        let after = alone(&pool, &data, &mut submissions, [json, page]).await?;
        println!("register: {} sites; {} more filings in each queue", self::filed(&pool).await?, queue::DEEPER);
        for ((what, small), (_, large)) in before.lines.iter().zip(&after.lines) {
            println!(
                "{what}: {:.0} requests/s, p99 {:.2} ms | with {filed} sites {:.0} requests/s, p99 {:.2} ms | p99 grew {:.2} x (goal 1.5)",
                large.rate,
                large.p99,
                small.rate,
                small.p99,
                large.p99 / small.p99
            );
        }
        println!(
            "submit a filing: {:.0} a second | with {filed} sites {:.0} a second | ratio {:.2}",
            after.submitted,
            before.submitted,
            after.submitted / before.submitted
        );
        live::compare(&pool, &mut submissions).await?;
        weight::print_memory(system.id())?;
    }
    drop(system);
    Ok(())
}

/// What is compared between a small and a large register.
struct Alone {
    lines: Vec<(&'static str, wrk::Measured)>,
    submitted: f64,
}

async fn alone(
    pool: &PgPool,
    data: &Path,
    submissions: &mut submission::Submissions,
    [json, page]: [wrk::Measured; 2],
) -> Outcome<Alone> {
    let mut lines = vec![("public look-up, JSON", json), ("public look-up, page", page)];
    lines.extend(queue::measure(pool, data).await?);
    let mut rates = Vec::new();
    for _ in 0..PAIRS / 2 {
        rates.push(submissions.run(|_| {}).await?);
    }
    Ok(Alone { lines, submitted: median(rates) })
}

async fn filed(pool: &PgPool) -> Outcome<i64> {
    Ok(sqlx::query_scalar("select count(*) from sites").fetch_one(pool).await?)
}

/// Questions for two thousand domains of the register, scattered over it.
async fn questions(pool: &PgPool, data: &Path) -> Outcome<wrk::Questions> {
    let domains: Vec<String> =
        sqlx::query_scalar("select domain from sites where cancelled_at is null order by md5(domain) limit 2000")
            .fetch_all(pool)
            .await?;
    wrk::Questions::write(data, &domains)
}

fn median(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

/// A server under measurement, ended when dropped.
struct Served(Child);

impl Served {
    async fn start(mut command: Command, address: &str) -> Outcome<Self> {
        let mut served = Self(command.spawn()?);
        for _ in 0..600 {
            if let Some(status) = served.0.try_wait()? {
                return Err(format!("the server for {address} ended with {status}").into());
            }
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(served);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("nothing answers on {address}").into())
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The pool a yardstick uses: as large as the system's.
async fn pool(database: &str) -> Outcome<PgPool> {
    Ok(PgPoolOptions::new().max_connections(20).connect(database).await?)
}
