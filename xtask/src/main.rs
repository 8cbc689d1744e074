//! Everything around the code: build, database, run, test, checks. `cargo xtask help` lists it.

mod api;
mod asvs;
mod bench;
mod browser;
mod cluster;
mod deploy;
mod licences;
mod packages;
mod pages;
mod queries;
mod run;
mod sh;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  run                 build, start a private Postgres, migrate, fill in the demo, serve http://localhost:3000
  dev                 the same, again at every change of a source
  db                  the private Postgres alone, until Ctrl-C
  test [--no-browser] everything that must hold
  s3                  compile the server of S3 that the tests of the store start, where it is missing
  e2e [arguments]     the browser tests alone; arguments go to Playwright
  api                 the public API against its document alone
  tidy                the invariants of the sources
  licences            the licences of what is compiled in
  build [--release]   compile the pages' WASM, split and bind it, bundle the styles
  bench               speed, weight and memory against yardsticks (BENCH_SITES: how many sites; 10000)
  prepare             write .sqlx anew, from a throwaway database
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match task.as_str() {
        "build" => pages::build(pages::Mode::from_args(&rest)).map(|_| ()),
        "run" => run::run(),
        "dev" => run::dev(),
        "db" => run::db(),
        "test" => test::test(&rest),
        "api" => api::test(),
        "s3" => packages::s3_server().map(|_| ()),
        "e2e" => browser::test(&rest),
        "tidy" => tidy::check(),
        "licences" => licences::check(),
        "bench" => bench::run(),
        "prepare" => queries::prepare(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("no task {other:?}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask {task}: {error}");
            ExitCode::FAILURE
        }
    }
}
