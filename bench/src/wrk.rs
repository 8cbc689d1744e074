//! Load by `wrk`, and what it measured.

use crate::{Outcome, PAIRS};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A list of questions that every run asks in the same order.
pub struct Questions(PathBuf);

impl Questions {
    /// Writes the script that asks for each of `domains` in turn.
    pub fn write(folder: &Path, domains: &[String]) -> Outcome<Self> {
        let listed: Vec<String> = domains.iter().map(|domain| format!("{domain:?}")).collect();
        let script = format!(
            "local asked = {{{}}}\nlocal n = 0\nfunction request()\n  n = n % #asked + 1\n  return wrk.format('GET', wrk.path .. asked[n])\nend\n",
            listed.join(",")
        );
        let path = folder.join("questions.lua");
        fs::write(&path, script)?;
        Ok(Self(path))
    }
}

impl Questions {
    /// Writes the script that asks for one address again and again, in a session.
    pub fn of_one(folder: &Path, cookie: &str) -> Outcome<Self> {
        let script = format!("wrk.headers['Cookie'] = {cookie:?}\nwrk.headers['Accept'] = 'application/json'\n");
        let path = folder.join("one.lua");
        fs::write(&path, script)?;
        Ok(Self(path))
    }
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Requests a second.
    pub rate: f64,
    /// The 99th percentile of latency, in milliseconds.
    pub p99: f64,
}

/// Both sides, medians.
pub struct Comparison {
    /// The system.
    pub system: Measured,
    yardstick: Measured,
}

impl Comparison {
    /// A line with both raw figures, the ratio, and what is reached for.
    pub fn print(&self, what: &str, against: &str, goal: f64) {
        let (system, yard) = (self.system, self.yardstick);
        println!(
            "{what}: {:.0} requests/s, p99 {:.2} ms | {against}: {:.0} requests/s, p99 {:.2} ms | ratio {:.2} (goal {goal}), p99 {:.2} x",
            system.rate,
            system.p99,
            yard.rate,
            yard.p99,
            system.rate / yard.rate,
            system.p99 / yard.p99
        );
    }
}

/// System and yardstick in turn.
pub fn compare(questions: &Questions, path: &str, system: &str, yardstick: &str) -> Outcome<Comparison> {
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for side in [system, yardstick] {
        run(questions, path, side, 2)?;
    }
    for _ in 0..PAIRS {
        ours.push(run(questions, path, system, 4)?);
        theirs.push(run(questions, path, yardstick, 4)?);
    }
    Ok(Comparison { system: median(&ours), yardstick: median(&theirs) })
}

/// The system by itself, after a first run that warms it.
pub fn alone(questions: &Questions, path: &str, system: &str) -> Outcome<Measured> {
    run(questions, path, system, 2)?;
    let runs: Vec<Measured> = (0..PAIRS).map(|_| run(questions, path, system, 4)).collect::<Outcome<_>>()?;
    Ok(median(&runs))
}

fn median(runs: &[Measured]) -> Measured {
    let middle = |pick: fn(&Measured) -> f64| {
        let mut sorted: Vec<f64> = runs.iter().map(pick).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    Measured { rate: middle(|run| run.rate), p99: middle(|run| run.p99) }
}

fn run(questions: &Questions, path: &str, address: &str, seconds: u32) -> Outcome<Measured> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "16", "--latency", "--duration", &format!("{seconds}s"), "--script"])
        .arg(&questions.0)
        .arg(format!("http://{address}{path}"))
        .output()
        .map_err(|error| format!("wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("http://{address}{path} answered with errors:\n{text}").into());
    }
    let after = |label: &str| text.lines().map(str::trim).find_map(|line| line.strip_prefix(label)).map(str::trim);
    let rate = after("Requests/sec:").and_then(|value| value.parse().ok()).ok_or_else(|| format!("wrk said:\n{text}"))?;
    let p99 = after("99%").and_then(milliseconds).ok_or_else(|| format!("wrk said:\n{text}"))?;
    Ok(Measured { rate, p99 })
}

fn milliseconds(text: &str) -> Option<f64> {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 0.001)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.strip_suffix('s')?, 1000.0)
    };
    Some(number.parse::<f64>().ok()? * factor)
}
