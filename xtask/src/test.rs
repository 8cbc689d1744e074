//! `cargo xtask test`: everything that must hold, from layout to browser.

use crate::{
    api, browser,
    cluster::Cluster,
    licences, packages,
    pages::{self, Mode},
    queries,
    sh::{Outcome, cargo, cargo_for_server, is_installed, step},
    tidy,
};
use std::time::Instant;

/// Runs all of it; `--no-browser` leaves the browser out.
pub fn test(args: &[String]) -> Outcome {
    let started = Instant::now();
    step("layout", cargo().args(["fmt", "--all", "--check"]))?;
    tidy::check()?;
    licences::check()?;
    packages::fonts()?;
    let s3_server = packages::s3_server()?;
    let cluster = Cluster::throwaway()?;
    queries::lint_and_compare(&cluster)?;
    pages::ensure_target()?;
    step(
        "lint the browser's side",
        cargo().args(["clippy", "--package", "frontend", "--package", "app", "--features", "app/hydrate", "--lib"]).args([
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    pages::hold_weight(&pages::build(Mode::Demo)?, Mode::Demo)?;
    let database = cluster.fresh_url("tests")?;
    // The browser's side has other features, and the benches are run by hand.
    let chosen = ["--workspace", "--exclude", "frontend", "--exclude", "bench", "--no-fail-fast"];
    let nextest = is_installed("cargo-nextest");
    let mut tests = cargo();
    tests.args(if nextest { &["nextest", "run"][..] } else { &["test"] }).args(chosen);
    step(
        "tests",
        tests
            .env("SQLX_OFFLINE", "true")
            .env("DATABASE_URL", &database)
            .env("BEIAN_SQLX_URL", &database)
            .env("BEIAN_S3_SERVER", &s3_server)
            .env("BEIAN_SITE", pages::site()),
    )?;
    step("compile the server", cargo_for_server().args(["build", "--package", "server"]))?;
    api::test_with(&cluster)?;
    if !args.iter().any(|arg| arg == "--no-browser") {
        browser::test_with(&cluster, &[])?;
    }
    eprintln!("    all of it: {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}
