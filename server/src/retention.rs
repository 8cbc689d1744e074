//! `beian retention`: how long what is kept, and a rule for a day to come.

use crate::keys;
use backend::{Ctx, retention};
use std::error::Error;
use time::Date;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A rule to be.
#[derive(Debug, clap::Args)]
pub struct NewRule {
    /// What it is about, as `beian retention` names it.
    kind: String,
    /// How many days it is kept.
    days: i32,
    /// The first day, after today, such as 2027-01-01.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Date,
    /// Why so long.
    #[arg(long, value_name = "WORDS", default_value = "set by the operator")]
    because: String,
}

fn day(text: &str) -> Result<Date, String> {
    domain::time::parse_date(text).ok_or_else(|| format!("{text:?} is no day; write it such as 2027-01-01"))
}

/// Prints what holds today and what is to come; sets one first, if asked to.
pub async fn run(rule: Option<NewRule>) -> Outcome {
    let ctx = keys::of_this_installation().await?;
    if let Some(NewRule { kind, days, from, because }) = rule {
        retention::set(&ctx, &kind, days, from, because.trim()).await.map_err(|unfit| format!("{unfit}."))?;
    }
    list(&ctx).await
}

async fn list(ctx: &Ctx) -> Outcome {
    println!("{:<20} {:>6} {:>6} {:<11} {:>9}  why", "kind", "days", "least", "from", "due now");
    for rule in retention::list(ctx).await? {
        let due = rule.due.map_or_else(|| "to come".to_owned(), |rows| rows.to_string());
        println!(
            "{:<20} {:>6} {:>6} {:<11} {:>9}  {}",
            rule.kind,
            rule.days,
            rule.least,
            rule.from.to_string(),
            due,
            rule.source
        );
    }
    println!(
        "Filings that nobody touches expire by the policy of their province. Records, decisions and their reasons are kept."
    );
    Ok(())
}
