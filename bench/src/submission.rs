//! Submitting a filing: the use-case against pgbench with the very same SQL.
//!
//! One submission is watched through the server's log; its statements, with their parameters, become pgbench's script. What
//! must differ from one filing to the next (identifiers, keys of holds) is made from a counter there.

use crate::{Outcome, PAIRS};
use backend::{Ctx, clock::Clock, files::Files, filings, keys::Keys, settings::Settings};
use domain::{
    actor::Actor,
    id::{FilingId, UserId},
};
use sqlx::{PgPool, Row, postgres::PgPoolOptions};
use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Submissions of one run, on each side.
pub const SUBMISSIONS: usize = 160;
/// How many at once.
const CLIENTS: usize = 8;
/// Submissions of one of pgbench's clients in a run: so many that preparing the statements, which the system has done once for
/// all its runs, does not count.
const ROUNDS: usize = 60;

/// A complete draft.
type Ready = (FilingId, UserId, filings::Seen);

/// Drafts that are submitted one batch after the other, over connections of its own.
pub struct Submissions {
    ctx: Ctx,
    ready: Vec<Ready>,
}

impl Submissions {
    /// Every complete draft of the demo.
    pub async fn new(pool: &PgPool, database: &str, data: &Path) -> Outcome<Self> {
        let clients = u32::try_from(CLIENTS)?;
        let many = PgPoolOptions::new().max_connections(clients).min_connections(clients).connect(database).await?;
        Ok(Self { ctx: context(data, many)?, ready: complete_drafts(pool).await? })
    }

    /// So many filings with their owners, the next batch first; where there are fewer, some several times.
    pub fn next_filings(&self, count: usize) -> Vec<(FilingId, UserId)> {
        self.ready.iter().map(|(filing, owner, _)| (*filing, *owner)).cycle().take(count).collect()
    }

    /// Submits a batch, tells of each filing once that is committed, and answers how many that is a second.
    pub async fn run(&mut self, committed: impl Fn(FilingId) + Send + Sync + 'static) -> Outcome<f64> {
        if self.ready.len() < SUBMISSIONS {
            return Err(format!("{} complete drafts are left, {SUBMISSIONS} are needed", self.ready.len()).into());
        }
        let batch = self.ready.drain(..SUBMISSIONS).collect();
        submit_all(&self.ctx, batch, Arc::new(committed)).await
    }
}

fn context(data: &Path, pool: PgPool) -> Outcome<Ctx> {
    let keys = Keys::load_or_generate(&data.join("demo.keys"))?;
    Ok(Ctx::new(pool, Clock::system(Duration::ZERO), keys, Files::in_memory(), Settings::demo()))
}

/// Prints both medians and their ratio.
pub async fn compare(pool: &PgPool, submissions: &mut Submissions, database: &str, data: &Path, log: &Path) -> Outcome {
    let one = PgPoolOptions::new().max_connections(1).connect(database).await?;
    let script = watch(&context(data, one.clone())?, &one, &mut submissions.ready, log).await?;
    let path = data.join("submission.sql");
    fs::write(&path, &script.text)?;
    clone_template(pool, script.template).await?;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        ours.push(submissions.run(|_| {}).await?);
        theirs.push(pgbench(database, &path, pair)?);
        // Every filing of pgbench's names the same service, whose claims each submission counts: they must not pile up.
        sqlx::query("delete from service_claims where filing_id::text like '00000000-0000-7000-8000-%'").execute(pool).await?;
    }
    let (ours, theirs) = (crate::median(ours), crate::median(theirs));
    println!(
        "submit a filing ({} statements): {ours:.0} a second | pgbench, same SQL: {theirs:.0} a second | ratio {:.2} (goal 0.6)",
        script.statements,
        ours / theirs
    );
    Ok(())
}

async fn complete_drafts(pool: &PgPool) -> Outcome<Vec<Ready>> {
    let rows = sqlx::query(
        "select id, owner_id, seq from filings f where status = 'draft'
         and exists (select 1 from materials m where m.filing_id = f.id and m.removed_at is null)
         and exists (select 1 from draft_sections d where d.filing_id = f.id and d.section = 'consent') order by id",
    )
    .fetch_all(pool)
    .await?;
    let mut conn = pool.acquire().await?;
    let mut ready = Vec::with_capacity(rows.len());
    for row in rows {
        let id = FilingId(row.get(0));
        let edition = filings::edition(&mut conn, id).await.map_err(|error| format!("{id}: {error:?}"))?;
        ready.push((id, UserId(row.get(1)), filings::Seen { seq: row.get(2), edition }));
    }
    Ok(ready)
}

async fn submit(ctx: &Ctx, (id, owner, seen): Ready, key: Uuid) -> Outcome {
    let caller = Actor::Registrant { user: owner };
    filings::submit(ctx, &caller, id, seen, key).await.map_err(|error| format!("{id}: {error:?}").into())
}

async fn submit_all(ctx: &Ctx, batch: Vec<Ready>, committed: Arc<dyn Fn(FilingId) + Send + Sync>) -> Outcome<f64> {
    let (count, batch, next) = (batch.len(), Arc::new(batch), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (ctx, batch, next, committed) = (ctx.clone(), batch.clone(), next.clone(), committed.clone());
        tasks.spawn(async move {
            while let Some(ready) = batch.get(next.fetch_add(1, Ordering::Relaxed)) {
                submit(&ctx, *ready, Uuid::new_v4()).await.map_err(|error| error.to_string())?;
                committed(ready.0);
            }
            Ok::<(), String>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(per_second(count, started.elapsed()))
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn pgbench(database: &str, script: &Path, pair: usize) -> Outcome<f64> {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--define=i=0"])
        .arg(format!("--define=base={}", pair * 1_000_000))
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--transactions={ROUNDS}"))
        .arg("--file")
        .arg(script)
        .arg(database)
        .output()
        .map_err(|error| format!("pgbench: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = !text.contains("number of failed transactions: 0 ");
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(|rest| rest.split(' ').next()?.parse().ok());
    match rate {
        Some(rate) if !failed => Ok(rate),
        _ => {
            Err(format!("pgbench: {text}\n{}", String::from_utf8_lossy(&output.stderr).chars().take(4000).collect::<String>())
                .into())
        }
    }
}

struct Script {
    text: String,
    statements: usize,
    /// The filing that pgbench's are copied from.
    template: FilingId,
}

/// Submits one filing on a connection that is warm, with its statements logged.
async fn watch(ctx: &Ctx, one: &PgPool, ready: &mut Vec<Ready>, log: &Path) -> Outcome<Script> {
    let mut take = || ready.pop().ok_or("no draft left");
    let template = take()?.0;
    submit(ctx, take()?, Uuid::new_v4()).await?;
    let watched = take()?;
    let before = fs::read_to_string(log)?.len();
    let key = Uuid::new_v4();
    sqlx::query("set log_statement = 'all'").execute(one).await?;
    submit(ctx, watched, key).await?;
    sqlx::query("set log_statement = 'none'").execute(one).await?;
    let rows = sqlx::query("select name, parameter_types::text[] from pg_prepared_statements").fetch_all(one).await?;
    let types: HashMap<String, Vec<String>> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let text = fs::read_to_string(log)?;
    let names = Names { filing: watched.0.to_string(), retry: key.to_string() };
    let mut script = String::from("\\set i :i + 1\n\\set n :base + :client_id * 1000 + :i\n");
    let mut statements = 0;
    for logged in entries(text.get(before..).unwrap_or_default()) {
        if logged.sql.contains("log_statement") {
            continue;
        }
        script.push_str(&logged.inlined(types.get(&logged.name).map_or(&[], Vec::as_slice), &names));
        script.push_str(";\n");
        statements += 1;
    }
    Ok(Script { text: script, statements, template })
}

/// What is another value for each of pgbench's filings.
struct Names {
    filing: String,
    retry: String,
}

const FILING_TEXT: &str = "('00000000-0000-7000-8000-' || lpad((:n)::bigint::text, 12, '0'))";

struct Logged {
    name: String,
    sql: String,
    parameters: Vec<Option<String>>,
}

/// The log's entries: `LOG:  execute NAME: SQL` with its `DETAIL:  parameters: …`, or `LOG:  statement: SQL`.
fn entries(log: &str) -> Vec<Logged> {
    let mut found: Vec<Logged> = Vec::new();
    let mut in_detail = false;
    let mut detail = String::new();
    let finish = |found: &mut Vec<Logged>, detail: &mut String| {
        if let Some(last) = found.last_mut()
            && !detail.is_empty()
        {
            last.parameters = parameters(detail);
        }
        detail.clear();
    };
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            let target = if in_detail { Some(&mut detail) } else { found.last_mut().map(|last| &mut last.sql) };
            if let Some(text) = target {
                text.push('\n');
                text.push_str(more);
            }
        } else if let Some((_, rest)) = line.split_once("] LOG:  execute ") {
            finish(&mut found, &mut detail);
            in_detail = false;
            if let Some((name, sql)) = rest.split_once(": ") {
                found.push(Logged { name: name.to_owned(), sql: sql.to_owned(), parameters: Vec::new() });
            }
        } else if let Some((_, sql)) = line.split_once("] LOG:  statement: ") {
            finish(&mut found, &mut detail);
            in_detail = false;
            found.push(Logged { name: String::new(), sql: sql.to_owned(), parameters: Vec::new() });
        } else if let Some((_, rest)) = line.split_once("] DETAIL:  parameters: ") {
            in_detail = true;
            detail.push_str(rest);
        }
    }
    finish(&mut found, &mut detail);
    found
}

/// `$1 = 'it''s', $2 = NULL`
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let mut literal = String::new();
        let mut letters = value.char_indices().skip(1).peekable();
        let mut end = value.len();
        while let Some((at, letter)) = letters.next() {
            if letter == '\'' {
                if letters.peek().is_some_and(|(_, next)| *next == '\'') {
                    letters.next();
                } else {
                    end = at + 1;
                    break;
                }
            }
            literal.push(letter);
        }
        values.push(Some(literal));
        rest = value.get(end..).unwrap_or_default();
    }
    values
}

impl Logged {
    /// The statement with its parameters written in.
    fn inlined(&self, types: &[String], names: &Names) -> String {
        let mut sql = String::new();
        let mut rest = self.sql.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            sql.push_str(before);
            let digits = after.chars().take_while(char::is_ascii_digit).count();
            let (number, tail) = after.split_at(digits);
            match number.parse::<usize>() {
                Ok(number) if number > 0 => {
                    let kind = types.get(number - 1).map_or("text", String::as_str);
                    sql.push_str(&self.value(self.parameters.get(number - 1).and_then(Option::as_deref), kind, number, names));
                }
                _ => {
                    sql.push('$');
                    sql.push_str(number);
                }
            }
            rest = tail;
        }
        sql.push_str(rest);
        sql
    }

    fn value(&self, value: Option<&str>, kind: &str, number: usize, names: &Names) -> String {
        let Some(value) = value else { return format!("null::{kind}") };
        let counted = |salt: &str| format!("md5((:n)::bigint::text || '{salt}')");
        if value.contains(&names.filing) {
            let pieces: Vec<String> = value.split(names.filing.as_str()).map(quoted).collect();
            return format!("({})::{kind}", pieces.join(&format!(" || {FILING_TEXT} || ")));
        }
        if value == names.retry {
            return format!("{}::uuid", counted("retry"));
        }
        let holds = ["into holds", "into retry_keys", "mobile_index"].iter().any(|part| self.sql.contains(part));
        match kind {
            "uuid" if is_fresh(value) => format!("{}::uuid", counted(value.get(24..).unwrap_or_default())),
            "bytea" if holds => format!("decode({}, 'hex')", counted(&number.to_string())),
            "bytea[]" if holds => {
                let keys = value.matches("\\\\x").count();
                let made: Vec<String> =
                    (0..keys).map(|k| format!("decode({}, 'hex')", counted(&format!("{number}-{k}")))).collect();
                format!("array[{}]::bytea[]", made.join(", "))
            }
            _ => format!("{}::{kind}", quoted(value)),
        }
    }
}

/// A literal. pgbench takes a colon before a letter for a variable, in literals too, so these are broken there.
fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        literal.push(letter);
        if letter == '\'' {
            literal.push('\'');
        }
        if letter == ':' && letters.peek().is_some_and(|next| next.is_alphabetic() || *next == '_') {
            literal.push_str("' || '");
        }
    }
    format!("({literal}')")
}

/// Whether an identifier (version 7) was made within the last minute.
fn is_fresh(text: &str) -> bool {
    let Ok(id) = text.parse::<Uuid>() else { return false };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    id.get_timestamp().is_some_and(|made| made.to_unix().0 + 60 > now)
}

/// Copies a draft for each of pgbench's submissions.
async fn clone_template(pool: &PgPool, template: FilingId) -> Outcome {
    let new = "('00000000-0000-7000-8000-' || lpad((pair * 1000000 + client * 1000 + i)::text, 12, '0'))::uuid";
    let range = format!(
        "generate_series(0, {}) pair, generate_series(0, {}) client, generate_series(1, {}) i",
        PAIRS - 1,
        CLIENTS - 1,
        ROUNDS
    );
    for (table, unique) in
        [("filings", &[][..]), ("journal", &[]), ("draft_sections", &["row_id"]), ("materials", &["id", "object_key"])]
    {
        let columns: Vec<String> = sqlx::query_scalar(
            "select column_name::text from information_schema.columns where table_schema = 'public' and table_name = $1
             and is_identity = 'NO' order by ordinal_position",
        )
        .bind(table)
        .fetch_all(pool)
        .await?;
        let key = if table == "filings" { "id" } else { "filing_id" };
        let values: Vec<String> = columns
            .iter()
            .map(|column| match column.as_str() {
                name if name == key => new.to_owned(),
                "object_key" => "gen_random_uuid()::text".to_owned(),
                name if unique.contains(&name) => "gen_random_uuid()".to_owned(),
                name => format!("t.{name}"),
            })
            .collect();
        let statement = format!(
            "insert into {table} ({}) select {} from {table} t, {range} where t.{key} = $1",
            columns.join(", "),
            values.join(", ")
        );
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(template.0).execute(pool).await?;
    }
    sqlx::query("analyze").execute(pool).await?;
    Ok(())
}
