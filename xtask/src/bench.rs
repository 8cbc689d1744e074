//! `cargo xtask bench`: everything in release, a Postgres of its own, and the bench program over them.

use crate::{
    cluster::Cluster,
    packages,
    pages::{self, Mode},
    sh::{Outcome, cargo_for_server, is_installed, program, step, target_dir},
};
use std::fs;

/// Builds and measures; prints, and never fails because of a speed. A wizard that is too heavy it refuses.
pub fn run() -> Outcome {
    if !is_installed("wrk") {
        packages::install(&["wrk"])?;
    }
    let site = pages::build(Mode::Release)?;
    pages::hold_weight(&site, Mode::Release)?;
    // In one go: what both are made of is compiled once.
    let both = ["build", "--release", "--package", "server", "--package", "bench"];
    step("compile the server and the benches", cargo_for_server().args(both))?;
    let cluster = Cluster::measured()?;
    let data = std::env::temp_dir().join(format!("beian-bench-data-{}", std::process::id()));
    fs::create_dir_all(&data)?;
    let release = target_dir().join("release");
    let outcome = step(
        "measure",
        program(&release.join("bench").to_string_lossy())
            .env("BENCH_DATABASE_URL", cluster.fresh_url("bench")?)
            .env("BENCH_PG_LOG", cluster.log())
            .env("BENCH_BEIAN", release.join("beian"))
            .env("BENCH_SITE", site)
            .env("BENCH_DATA", &data),
    );
    let _ = fs::remove_dir_all(&data);
    outcome
}
