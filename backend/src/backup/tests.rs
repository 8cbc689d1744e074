use super::*;
use crate::Ctx;
use crate::keys::Place;
use crate::rekey::uses::{HELD, INDEXES, SEALED};
use secrecy::ExposeSecret;
use sqlx::PgPool;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::collections::BTreeSet;

/// Hashes without a key, and keyed ones of what lives for hours: a new key makes people ask again.
const NEITHER: &[(&str, &str)] = &[
    ("challenges", "answer_hash"),
    ("codes", "code_hash"),
    ("confirmations", "code_index"),
    ("flashes", "token_hash"),
    ("materials", "sha256"),
    ("passkeys", "credential_hash"),
    ("rate_counters", "key_hash"),
    ("recoveries", "token_hash"),
    ("retry_keys", "body_hash"),
    ("sessions", "token_hash"),
];

#[sqlx::test(migrations = "../migrations")]
async fn every_column_of_bytes_is_known_as_sealed_or_index_or_neither(pool: PgPool) {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name, column_name from information_schema.columns join information_schema.tables using (table_name)
         where data_type = 'bytea' and columns.table_schema = 'public' and tables.table_schema = 'public'
           and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let there: BTreeSet<_> = columns.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
    let known: BTreeSet<_> = [SEALED, INDEXES, HELD, NEITHER].concat().into_iter().collect();
    assert_eq!(known, there);
}

fn url(ctx: &Ctx) -> SecretString {
    ctx.pool.connect_options().to_url_lossy().to_string().into()
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("beian-backup-{}", Uuid::new_v4().simple()))
}

/// A material whose row names an object.
async fn material(ctx: &Ctx) -> (Uuid, Uuid) {
    let [filing, material, object] = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
    let now = ctx.clock.now();
    let sql = "insert into filings (id, seq, status, owner_id, entered_at, touched_at) values ($1, 1, 'draft', $1, $2, $2)";
    sqlx::query(sql).bind(filing).bind(now).execute(&ctx.pool).await.unwrap();
    let sealed = ctx.keys.seal(Place { table: "materials", column: "sealed", row: material, version: 1 }, b"{}");
    sqlx::query(
        "insert into materials (id, filing_id, section, kind, object_key, sealed, content_type, size, width, height, sha256,
                                uploaded_by, uploaded_at, removed_at)
         values ($1, $2, 'sponsor', 1, $3, $4, 'image/jpeg', 6, 1, 1, '', $2, $5, $5)",
    )
    .bind(material)
    .bind(filing)
    .bind(object.to_string())
    .bind(sealed)
    .bind(now)
    .execute(&ctx.pool)
    .await
    .unwrap();
    ctx.files.put(object, "sealed".into()).await.unwrap();
    (material, object)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_material_erased_after_the_snapshot_is_noted_and_one_that_is_lost_is_refused(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let (erased, its_object) = material(&ctx).await;
    material(&ctx).await;
    let url = url(&ctx);
    let system = System { database_url: &url, files: &ctx.files, keys: None };
    let options = system.options().unwrap();
    let mut snapshot = Snapshot::begin(&options).await.unwrap();

    // As the job does it: the bytes are gone before its transaction ends, which the copying waits for.
    let mut tx = ctx.begin().await.unwrap();
    sqlx::query("update materials set sealed = '' where id = $1").bind(erased).execute(&mut *tx).await.unwrap();
    ctx.files.delete(its_object).await.unwrap();
    let target = folder();
    std::fs::create_dir(&target).unwrap();
    let (manifest, ()) = tokio::join!(write(&system, &options, &mut snapshot, &target, ctx.clock.now()), async {
        let waits = "select exists (select from pg_locks where not granted and locktype = 'transactionid')";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&ctx.pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
        tx.commit().await.unwrap();
    });
    let manifest = manifest.unwrap();
    assert_eq!((manifest.objects.count, manifest.objects.removed_meanwhile), (1, 1));
    objects::verify(&target, &manifest).await.unwrap();
    std::fs::remove_dir_all(&target).unwrap();

    let (lost, its_object) = material(&ctx).await;
    ctx.files.delete(its_object).await.unwrap();
    let refused = backup(&system, &target, ctx.clock.now()).await.unwrap_err();
    assert!(matches!(&refused, BackupError::Lost { object, material } if *object == its_object.to_string() && *material == lost));
    assert!(!target.exists());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_keys_that_rows_name_are_told_and_those_of_erased_rows_are_not(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let (first, _) = material(&ctx).await;
    let other = Keys::generate().expose_secret().replace("\"k1\"", "\"k-2026\"");
    let newer = Ctx { keys: Keys::parse(&other.into()).unwrap(), ..ctx.clone() };
    material(&newer).await;
    crate::testing::registrant(&newer, "lin-yuqing", 1).await;
    let url = url(&ctx);
    let options = System { database_url: &url, files: &ctx.files, keys: None }.options().unwrap();
    let needed = async || Snapshot::begin(&options).await.unwrap().needed_keys(Some(&newer.keys)).await.unwrap();
    let keys = needed().await;
    assert_eq!(keys.sealing.keys().collect::<Vec<_>>(), ["k-2026", "test"]);
    assert_eq!(keys.sealing["test"], None, "that key is not at hand");
    assert_eq!(keys.index.keys().collect::<Vec<_>>(), [&1]);
    assert!(matches!(keys.refuse_uncovered(Some(&newer.keys)), Err(BackupError::MissingKey(id)) if id == "test"));
    sqlx::query("update materials set sealed = '' where id = $1").bind(first).execute(&ctx.pool).await.unwrap();
    let keys = needed().await;
    assert_eq!(keys.sealing.keys().collect::<Vec<_>>(), ["k-2026"]);
    keys.refuse_uncovered(Some(&newer.keys)).unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_value_changes_its_tables_digest_and_nothing_else(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    material(&ctx).await;
    let url = url(&ctx);
    let options = System { database_url: &url, files: &ctx.files, keys: None }.options().unwrap();
    let facts = async || Snapshot::begin(&options).await.unwrap().tables().await.unwrap();
    let before = facts().await;
    let counted = "select count(*) from filings";
    let filings: i64 = sqlx::query_scalar(AssertSqlSafe(counted)).fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(before["public.filings"].rows, filings);
    sqlx::query("update materials set width = 2").execute(&ctx.pool).await.unwrap();
    let after = facts().await;
    let differing: Vec<_> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(differing, ["public.materials"]);
}
