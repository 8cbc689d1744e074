//! `beian keys` and `beian rekey`: the change of keys, step by step, while nodes serve.

use crate::{
    config::{self, Stored},
    observe,
};
use backend::{
    Ctx,
    clock::Clock,
    database,
    keys::{Changed, Keys, Step, registry},
    rekey::{self, uses},
    settings::Settings,
};
use secrecy::ExposeSecret;
use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    time::Duration,
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What `beian keys` is asked for: another file, or a step with one.
pub async fn change(step: Option<(Step, &Path)>) -> Outcome {
    let Some((step, file)) = step else {
        println!("{}", Keys::generate().expose_secret());
        return Ok(());
    };
    let wrong = |error| format!("{}: {error}.", file.display());
    // Refused by the file itself before the database is asked.
    let (next, names) = Keys::foresee(file, step).map_err(wrong)?;
    let present = async || open(Keys::load(file).map_err(wrong)?).await;
    match step {
        Step::Add => {}
        Step::Activate => registry::activate(&present().await?, &next, &names).await.map_err(sentence)?,
        Step::Retire => registry::retire(&present().await?, &names).await.map_err(sentence)?,
    }
    let Changed { names, kept } = Keys::change(file, step).map_err(wrong)?;
    let names = names.join(", ");
    let kept = kept.unwrap_or_default();
    let kept = kept.display();
    let file = file.display();
    match step {
        Step::Add => println!(
            "{file} has the new keys {names}. They are read and not written with yet: put this file on every node and restart one \
             after the other, then `beian keys --activate {file}`."
        ),
        Step::Activate => println!(
            "{file} writes with {names} from now on: put this file on every node and restart one after the other, then `beian rekey`."
        ),
        Step::Retire => println!(
            "{file} has no longer {names}, but what checks the certificates and codes made under them: put this file on every node \
             and restart one after the other. The file that had them is {kept}: take it elsewhere and keep it for as long as backups \
             from before, which open with it alone; then destroy it."
        ),
    }
    Ok(())
}

/// `beian rekey`: renews what names old keys.
pub async fn renew() -> Outcome {
    observe::start_log("warn", true)?;
    let ctx = admitted().await?;
    let mut tables: BTreeMap<&str, u64> = BTreeMap::new();
    let mut report = |table, rows| {
        let done = tables.entry(table).or_default();
        let before = *done;
        *done += rows;
        if before / 1000 != *done / 1000 {
            println!("  {table}: {done}");
        }
    };
    let Some(outcome) = rekey::run(&ctx, &mut report).await? else {
        return Err("another `beian rekey` is under way; `beian rekey --status` tells how far it is.".into());
    };
    for (table, rows) in &tables {
        println!("  {table}: {rows}");
    }
    println!("{} rows were sealed or indexed anew.", outcome.renewed);
    tell(&ctx, &outcome.uses);
    if outcome.stuck > 0 {
        return Err(format!(
            "{} values do not open, or follow from nothing, and keep their key: each is named above.",
            outcome.stuck
        )
        .into());
    }
    if left(&ctx, &outcome.uses) > 0 {
        return Err(
            "a node writes with the old keys still: restart it with the file that activates the new ones, and come again.".into(),
        );
    }
    Ok(())
}

/// `beian rekey --status`: what names which key. Looks at every row, and changes nothing.
pub async fn status() -> Outcome {
    let ctx = of_this_installation().await?;
    let uses = uses::count_now(&ctx).await?;
    tell(&ctx, &uses);
    Ok(())
}

fn tell(ctx: &Ctx, uses: &uses::Uses) {
    let writes = ctx.keys.writes();
    let mut names: Vec<String> = uses.names().chain(ctx.keys.reads().into_keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let active = if writes.contains(&name) { ", written with" } else { "" };
        println!("{name}: {} values{active}", uses.of(&name));
        for (table, column, rows) in uses.places(&name).filter(|_| active.is_empty()) {
            println!("  {table}.{column}: {rows}");
        }
    }
}

fn left(ctx: &Ctx, uses: &uses::Uses) -> i64 {
    let writes = ctx.keys.writes();
    uses.names().filter(|name| !writes.contains(name)).map(|name| uses.of(&name)).sum()
}

/// The system that is configured here, without its server.
pub async fn of_this_installation() -> Outcome<Ctx> {
    open(stored_keys(&config::stored()?)?).await
}

async fn admitted() -> Outcome<Ctx> {
    let ctx = of_this_installation().await?;
    registry::admit(&ctx).await.map_err(sentence)?;
    Ok(ctx)
}

/// The keys of the node that is configured here. A demo's are beside its materials.
fn stored_keys(stored: &Stored) -> Outcome<Keys> {
    let file: PathBuf = stored.keys_file.clone().unwrap_or_else(|| stored.data.join("demo.keys"));
    Ok(Keys::load(&file).map_err(|error| format!("BEIAN_KEYS_FILE: {}: {error}.", file.display()))?)
}

/// The database with these keys, of a system that is not served from here.
async fn open(keys: Keys) -> Outcome<Ctx> {
    let stored = config::stored()?;
    let files = stored.store.open().map_err(|error| format!("BEIAN_STORE_URL: {}: {error}.", stored.store))?;
    let pool = database::connect(&stored.database_url)
        .await
        .map_err(|error| format!("DATABASE_URL: the database does not answer: {error}."))?;
    if !database::is_current(&pool).await? {
        return Err("the database is not up to date: run `beian migrate`.".into());
    }
    let settings = Settings { demo: false, ..Settings::demo() };
    Ok(Ctx::new(pool, Clock::system(Duration::ZERO), keys, files, settings))
}

/// Why keys do not fit, as a sentence.
pub fn sentence(misfit: registry::Misfit) -> String {
    format!("{misfit}.")
}
