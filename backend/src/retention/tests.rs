use super::*;
use crate::testing::{audited, registrant};
use crate::{clock::Clock, upkeep};
use sqlx::PgPool;
use time::macros::{date, datetime};

/// A day that every machine's clock is far beyond: the audit is guarded by the database's.
const DAY: Moment = datetime!(2025-01-02 01:30 UTC);

fn ctx(pool: PgPool) -> Ctx {
    Ctx { clock: Clock::standing(DAY), ..Ctx::for_tests(pool) }
}

fn hours(hours: i64) -> std::time::Duration {
    std::time::Duration::from_secs(hours.unsigned_abs() * 3600)
}

/// A row of each kind that is over now: `$1` is now, `$2` somebody's account.
const OVER: &[(&str, &str)] = &[
    ("audit", "insert into audit (at, actor, address, agent, verb, result, detail) values ($1, $2, '', '', 'x', 'done', '{}')"),
    (
        "sessions",
        "insert into sessions (id, token_hash, user_id, stage, address, agent, created_at, seen_at, expires_at)
         values (gen_random_uuid(), 'x', $2::uuid, 'full', '', '', $1, $1, $1)",
    ),
    (
        "messages",
        "insert into outbox (id, channel, template, lang, recipient, recipient_index, params, status, due_at, created_at, user_id)
         values (gen_random_uuid(), 'sms', 'x', 'zh', '', '', '', 'expired', $1, $1, $2::uuid)",
    ),
    ("notices", "insert into notices (id, user_id, template, created_at) values (gen_random_uuid(), $2::uuid, 'x', $1)"),
    (
        "jobs",
        "insert into jobs (id, kind, key, payload, status, run_at, ended_at) values (gen_random_uuid(), 'x', $2, '{}', 'done', $1, $1)",
    ),
    (
        "failed_jobs",
        "insert into jobs (id, kind, key, payload, status, run_at, ended_at) values (gen_random_uuid(), 'x', $2, '{}', 'failed', $1, $1)",
    ),
    (
        "footer_checks",
        "with site as (
             insert into sponsors (id, number, province, identity_key, owner_id, filed_by, created_at)
             values ($2::uuid, 'x', 110000, '', $2::uuid, 'self', $1) returning id),
         named as (
             insert into sites (id, sponsor_id, number, domain, created_at) select id, id, 'x-1', 'x.cn', $1 from site returning id)
         insert into footer_checks (id, site_id, checked_at, checked_by, not_reached, superseded_at)
         select gen_random_uuid(), id, $1, $2::uuid, 'name', $1 from named",
    ),
    ("retry_keys", "insert into retry_keys (actor, verb, key, body_hash, created_at) values ($2, '', gen_random_uuid(), '', $1)"),
    (
        "codes",
        "insert into codes (id, user_id, purpose, code_hash, sent_at, expires_at) values (gen_random_uuid(), $2::uuid, 'mobile', '', $1, $1)",
    ),
    ("codes", "insert into recoveries (token_hash, user_id, sent_at, expires_at) values ('', $2::uuid, $1, $1)"),
    ("counters", "insert into rate_counters (kind, key_hash, window_end, count) values ($2, '', $1 + interval '1 hour', 1)"),
    (
        "flashes",
        "insert into flashes (id, token_hash, content, expires_at) values ($2::uuid, '', '', $1 + interval '1 hour')",
    ),
    (
        "challenges",
        "insert into challenges (id, purpose, kind, ready_at, expires_at) values ($2::uuid, 'sign_in', 'wait', $1, $1 + interval '1 hour')",
    ),
    (
        "first_passwords",
        "insert into first_passwords (user_id, row_id, issued_by, issued_at, shown_until, sealed)
         values ($2::uuid, gen_random_uuid(), $2::uuid, $1, $1 + interval '1 hour', '')",
    ),
];

async fn kept_for(ctx: &Ctx, kind: &str) -> i64 {
    let today = beijing_date(ctx.clock.now());
    let sql = "select days::bigint from retention where kind = $1 and valid @> $2::date";
    sqlx::query_scalar(sql).bind(kind).bind(today).fetch_one(&ctx.pool).await.unwrap()
}

async fn due_of(ctx: &Ctx, kind: &str) -> i64 {
    list(ctx).await.unwrap().into_iter().find(|rule| rule.kind == kind && rule.due.is_some()).unwrap().due.unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn each_kind_is_kept_for_its_days_and_no_longer(pool: PgPool) {
    let base = ctx(pool);
    let user = registrant(&base, "lin-yuqing", 1).await;
    for (kind, sql) in OVER {
        let table = if *kind == "footer_checks" { kind } else { sql.split(' ').nth(2).unwrap() };
        let ctx = Ctx { clock: Clock::standing(base.clock.now()), ..base.clone() };
        // Nothing of what was there before.
        let clear = if table == "audit" { "select 1".to_owned() } else { format!("delete from {table}") };
        sqlx::query(AssertSqlSafe(clear)).execute(&ctx.pool).await.unwrap();
        sqlx::query(*sql).bind(ctx.clock.now()).bind(user.to_string()).execute(&ctx.pool).await.unwrap();
        let count = async || -> i64 {
            let sql = format!("select count(*) from {table}");
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&ctx.pool).await.unwrap()
        };
        let there = count().await;
        assert!(there > 0, "{kind}");
        let days = kept_for(&ctx, kind).await;
        if days > 0 {
            ctx.clock.wind(hours(days * 24 - 1));
        }
        upkeep::sweep(&ctx).await.unwrap();
        assert_eq!((count().await, due_of(&ctx, kind).await), (there, 0), "{kind}: too early");
        ctx.clock.wind(hours(2));
        assert_eq!(due_of(&ctx, kind).await, there, "{kind}");
        upkeep::sweep(&ctx).await.unwrap();
        // That lines of the audit went is a line.
        let noted = i64::from(table == "audit");
        assert_eq!((count().await, due_of(&ctx, kind).await), (noted, 0), "{kind}: still there");
    }
    assert_eq!(audited(&base, "sweep_audit").await, ["done"]);
    let swept: Vec<_> = KINDS.iter().filter(|kind| kind.job.is_none()).map(|kind| kind.name).collect();
    let tried: Vec<_> = OVER.iter().map(|(kind, _)| *kind).collect();
    assert!(swept.iter().all(|kind| tried.contains(kind)), "{swept:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_refuses_less_than_the_law_asks_for_and_edits_of_what_stands(pool: PgPool) {
    let ctx = ctx(pool);
    let kinds: Vec<(String, i32)> =
        sqlx::query_as("select kind, retention_least(kind) from retention order by kind").fetch_all(&ctx.pool).await.unwrap();
    let mut known: Vec<_> = KINDS.iter().map(|kind| kind.name.to_owned()).collect();
    known.sort();
    assert_eq!(kinds.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>(), known);
    // Half a year has 184 days at most, a quarter 92.
    for (kind, least) in [("audit", 184), ("sessions", 184), ("messages", 184), ("removed_materials", 92)] {
        assert!(kinds.contains(&(kind.to_owned(), least)), "{kind}");
    }
    sqlx::query("delete from retention").execute(&ctx.pool).await.unwrap();
    let insert = async |kind: &str, days: i32| {
        let sql = "insert into retention (kind, days, valid, source) values ($1, $2, '[2020-01-01,)', 'x')";
        sqlx::query(sql).bind(kind).bind(days).execute(&ctx.pool).await.map(drop)
    };
    for (kind, least) in &kinds {
        let error = insert(kind, least - 1).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().constraint(), Some("retention_lawful"), "{kind}");
        insert(kind, *least).await.unwrap();
        insert(kind, *least).await.unwrap_err();
    }
    insert("memories", 1).await.unwrap_err();
    for edit in ["days = 1000", "source = 'y'", "valid = '[2019-01-01,)'", "kind = 'jobs'"] {
        let edit = format!("update retention set {edit} where kind = 'audit'");
        let error = sqlx::query(AssertSqlSafe(edit.clone())).execute(&ctx.pool).await.unwrap_err();
        assert!(error.to_string().contains("is not edited"), "{edit}: {error}");
    }
    // Without a rule nothing is deleted.
    sqlx::query("delete from retention").execute(&ctx.pool).await.unwrap();
    assert!(matches!(sweep(&ctx).await, Err(Error::Inconsistent { table: "retention", .. })));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rule_is_set_for_a_day_to_come_and_holds_from_that_day(pool: PgPool) {
    let ctx = ctx(pool);
    let today = date!(2025 - 01 - 02);
    for day in [today, date!(2024 - 12 - 31)] {
        assert!(matches!(set(&ctx, "jobs", 60, day, "x").await, Err(Unfit::Begun(begun)) if begun == day));
    }
    let first = date!(2025 - 01 - 10);
    assert!(matches!(set(&ctx, "dreams", 60, first, "x").await, Err(Unfit::Kind(kind)) if kind == "dreams"));
    for (kind, days, least) in [("audit", 183, 184), ("removed_materials", 91, 92), ("jobs", 36_501, 30), ("flashes", -1, 0)] {
        let refused = set(&ctx, kind, days, first, "x").await;
        assert!(matches!(refused, Err(Unfit::Days { least: told, .. }) if told == least), "{kind}");
    }
    assert_eq!(audited(&ctx, "set_retention").await, Vec::<String>::new());

    set(&ctx, "jobs", 60, first, "less to keep").await.unwrap();
    // Another thought before it began: the first is withdrawn.
    set(&ctx, "jobs", 90, date!(2025 - 01 - 05), "less to keep").await.unwrap();
    let rules = async || -> Vec<(i32, Date, bool)> {
        let rules = list(&ctx).await.unwrap().into_iter().filter(|rule| rule.kind == "jobs");
        rules.map(|rule| (rule.days, rule.from, rule.due.is_some())).collect()
    };
    let since = date!(2005 - 03 - 20);
    assert_eq!(rules().await, [(184, since, true), (90, date!(2025 - 01 - 05), false)]);
    let days = async || super::days(&mut ctx.pool.acquire().await.unwrap(), "jobs", ctx.clock.now()).await.unwrap().whole_days();
    assert_eq!(days().await, 184);
    ctx.clock.wind(hours(3 * 24));
    assert_eq!(days().await, 90);
    assert_eq!(rules().await, [(90, date!(2025 - 01 - 05), true)]);
    assert_eq!(audited(&ctx, "set_retention").await, ["done", "done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_kind_that_cannot_be_swept_is_told_and_the_others_go(pool: PgPool) {
    let ctx = ctx(pool);
    sqlx::query("insert into flashes (id, token_hash, content, expires_at) values (gen_random_uuid(), '', '', $1)")
        .bind(ctx.clock.now())
        .execute(&ctx.pool)
        .await
        .unwrap();
    ctx.clock.wind(hours(48));
    sqlx::query("alter table sessions rename to sessions_elsewhere").execute(&ctx.pool).await.unwrap();
    assert!(matches!(upkeep::sweep(&ctx).await, Err(Error::Db(_))));
    let left: i64 = sqlx::query_scalar("select count(*) from flashes").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(left, 0);
}

/// What a job erases with the rows of its kind.
const ERASED: &[(&str, &str)] = &[
    ("draft_sections", EXPIRED_ANSWERS),
    ("filing_snapshots", EXPIRED_ANSWERS),
    ("confirmations", EXPIRED_ANSWERS),
    ("materials", REMOVED_MATERIALS),
    ("material_thumbnails", REMOVED_MATERIALS),
];

/// Every table that has no end, and why.
const KEPT: &[(&str, &str)] = &[
    // The register and how it came about (Order 33, Art. 12).
    ("filings", "that there was a filing, and how it ended; what lists show of persons is erased with its answers"),
    ("journal", "who moved it when: without personal data"),
    ("notes", "what was decided and why; a provider's corrections are erased with the answers"),
    ("identity_checks", "that a person was checked is part of the verification; a keyed hash names the person"),
    ("sponsors", "the register"),
    ("sponsor_versions", "the register, what was before too"),
    ("sponsor_mobiles", "the register: keyed hashes, by which a mobile's filings are counted"),
    ("sites", "the register"),
    ("site_versions", "the register, what was before too"),
    ("accesses", "the register"),
    ("issued_numbers", "no number is given twice"),
    ("number_counters", "no number is given twice"),
    // As long as a filing is on its way; released by the move that ends it.
    ("holds", "released when the filing ends"),
    ("mobile_claims", "released when the filing ends"),
    ("service_claims", "released when the filing ends"),
    ("expiry_reminders", "one row a filing: a day, and of nobody"),
    // As long as the account.
    ("users", "as long as the account; one that was never confirmed goes by its job"),
    ("second_factors", "as long as the account"),
    ("recovery_codes", "until they are replaced; hashed"),
    ("passkeys", "until they are removed"),
    ("former_passwords", "the last five, hashed"),
    // What the offices keep.
    ("bureaux", "the offices"),
    ("providers", "the offices; the register names them"),
    ("provider_ranges", "until they are removed"),
    ("provider_services", "the offices; accesses name them"),
    ("policy_drafts", "one a province, until it is enacted or dropped"),
    // Dated rules: what governed a stage is found again.
    ("policies", "a rule, dated"),
    ("denied_prefixes", "a rule, dated"),
    ("permitted_prefixes", "a rule, dated"),
    ("permitted_ranges", "a rule, dated"),
    ("permitted_suffixes", "a rule, dated"),
    ("minimum_ages", "a rule, dated"),
    ("certificate_duties", "a rule, dated"),
    ("retention", "a rule, dated"),
    ("moves", "the state machine"),
    // Of the installation itself.
    ("installation", "one row"),
    ("installation_keys", "as long as rows need the key"),
    ("key_readers", "nodes that serve; each removes those that are gone"),
    ("_sqlx_migrations", "which migrations this database has seen"),
];

#[sqlx::test(migrations = "../migrations")]
async fn every_table_has_an_end_or_a_reason_to_be_kept(pool: PgPool) {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let swept = KINDS.iter().filter(|kind| kind.job.is_none()).flat_map(|kind| kind.rows).map(|(table, _)| *table);
    let erased = ERASED.iter().inspect(|(_, by)| assert!(KINDS.iter().any(|kind| kind.name == *by))).map(|(table, _)| *table);
    let mut named: Vec<&str> = swept.chain(erased).collect();
    named.sort_unstable();
    named.dedup();
    named.extend(KEPT.iter().inspect(|(table, why)| assert!(!why.is_empty(), "{table}")).map(|(table, _)| *table));
    named.sort_unstable();
    assert_eq!(tables, named, "a table belongs to one kind of retention, or to what is kept with a reason");
}
