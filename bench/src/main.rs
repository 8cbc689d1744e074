//! Benches as ratios: the system and a yardstick in the same run, in turn, five pairs, medians, both raw figures.
//!
//! `cargo xtask bench` builds everything in release, starts a throwaway Postgres and calls this program. No test decides by
//! what it prints.

mod submission;
mod weight;
mod wrk;
mod yardstick;

use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
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
    let sites: u64 = std::env::var("BENCH_SITES").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let beian = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.args(args).env("DATABASE_URL", &database).env("BEIAN_DATA", &data).env("BEIAN_SITE", &site);
        command.env("BEIAN_ADDR", SYSTEM).env("BEIAN_LIMIT_FACTOR", "60000").env("BEIAN_LOG", "error").stdout(Stdio::null());
        command
    };
    let drafts = (submission::SUBMISSIONS * PAIRS + 10).to_string();
    for args in [vec!["migrate"], vec!["seed", "--sites", &sites.to_string(), "--drafts", &drafts]] {
        if !beian(&args).status()?.success() {
            return Err(format!("beian {} failed", args.join(" ")).into());
        }
    }
    let pool = PgPoolOptions::new().max_connections(4).connect(&database).await?;
    sqlx::query("analyze").execute(&pool).await?;

    let system = Served::start(beian(&["serve", "--demo"]), SYSTEM).await?;
    let mut bare = Command::new(std::env::current_exe()?);
    bare.arg("yardstick").env("BENCH_DATABASE_URL", &database);
    let yard = Served::start(bare, YARDSTICK).await?;

    let domains: Vec<String> =
        sqlx::query_scalar("select domain from sites where cancelled_at is null order by md5(domain) limit 2000")
            .fetch_all(&pool)
            .await?;
    let filed: i64 = sqlx::query_scalar("select count(*) from sites").fetch_one(&pool).await?;
    println!("register: {filed} sites; {PAIRS} pairs, medians");
    let questions = wrk::Questions::write(&data, &domains)?;
    let json = wrk::compare(&questions, "/api/v1/register?q=", SYSTEM, YARDSTICK)?;
    json.print("public look-up, JSON", "bare axum + sqlx", 0.8);
    let page = wrk::compare(&questions, "/query?q=", SYSTEM, YARDSTICK)?;
    page.print("public look-up, page", "axum + maud", 0.5);
    submission::compare(&pool, &database, &data, &PathBuf::from(var("BENCH_PG_LOG")?)).await?;
    weight::print(&site)?;
    weight::print_memory(system.id())?;
    drop((system, yard));
    Ok(())
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
