//! A folder and a bucket as the store of materials: the same is asked of both. The bucket is a real server's, a process of
//! its own that this test starts and stops.

#![allow(clippy::unwrap_used)]

#[path = "stores/s3.rs"]
mod s3;
#[path = "filings/stage.rs"]
mod stage;

use backend::{
    Ctx, Error,
    backup::{self, System},
    clock::Clock,
    files::{Bucket, Files, Reach},
    jobs, materials, upkeep,
};
use bytes::Bytes;
use domain::{id::FilingId, problem::Rule, problem::Section};
use futures::{StreamExt, TryStreamExt};
use s3::Server;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};
use stage::*;
use std::{path::PathBuf, time::Duration};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

fn temporary() -> PathBuf {
    std::env::temp_dir().join(format!("beian-store-{}", Uuid::new_v4().simple()))
}

/// What is asked of every store.
async fn keeps(files: &Files) {
    assert!(files.is_empty().await.unwrap());
    files.ping().await.unwrap();
    files.reach().await.unwrap();
    let [first, second, large] = [1_u128, 2, 3].map(|n| Uuid::from_u128((n << 8) + 0xAB));
    files.put(first, Bytes::from_static(b"first")).await.unwrap();
    files.put(second, Bytes::from_static(b"second")).await.unwrap();
    files.put(second, Bytes::from_static(b"second again")).await.unwrap();
    assert_eq!(files.get(first).await.unwrap(), "first");
    assert_eq!(files.get(second).await.unwrap(), "second again");
    let pieces: Vec<Bytes> = files.stream(second).await.unwrap().try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"second again");
    assert!(!files.is_empty().await.unwrap());

    // Larger than one request of the store takes.
    let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 253) as u8).collect();
    let mut writer = files.writer(large);
    writer.write_all(&bytes).await.unwrap();
    writer.shutdown().await.unwrap();
    assert!(files.get(large).await.unwrap() == bytes);

    let mut shelf: Vec<Uuid> = files.list(0xAB).map(|kept| kept.unwrap().id).collect().await;
    shelf.sort();
    assert_eq!(shelf, [first, second, large]);
    assert_eq!(files.list(0xAC).count().await, 0);
    let since = files.list(0xAB).next().await.unwrap().unwrap().since;
    assert!((Clock::system(Duration::ZERO).now() - since).abs() < time::Duration::minutes(5), "{since}");

    for id in [first, second, large, second] {
        files.delete(id).await.unwrap();
    }
    assert!(matches!(files.get(first).await, Err(Error::NotFound)));
    assert!(matches!(files.stream(first).await, Err(Error::NotFound)));
    assert!(files.is_empty().await.unwrap());
}

#[tokio::test]
async fn a_folder_and_a_bucket_keep_give_list_and_forget() {
    let folder = temporary();
    keeps(&Files::in_folder(&folder).unwrap()).await;
    std::fs::remove_dir_all(folder).unwrap();

    let server = Server::start();
    keeps(&Files::in_bucket(&server.bucket("")).unwrap()).await;
    // Two installations in one bucket see nothing of each other.
    let [one, other] = ["one", "deep/other"].map(|folder| Files::in_bucket(&server.bucket(folder)).unwrap());
    one.put(Uuid::nil(), Bytes::from_static(b"one")).await.unwrap();
    keeps_nothing_of(&other, Uuid::nil()).await;
    keeps(&other).await;
    assert_eq!(one.get(Uuid::nil()).await.unwrap(), "one");
}

async fn keeps_nothing_of(files: &Files, id: Uuid) {
    assert!(files.is_empty().await.unwrap());
    assert!(matches!(files.get(id).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn who_has_not_the_key_is_told_and_the_key_is_not() {
    let server = Server::start();
    let right = server.bucket("");
    let wrong = [
        Bucket { secret: SecretString::from("the-wrong-secret"), ..right.clone() },
        Bucket { key_id: "nobody".into(), ..right.clone() },
    ];
    for bucket in wrong {
        let files = Files::in_bucket(&bucket).unwrap();
        let id = Uuid::new_v4();
        let outcomes = [
            files.put(id, Bytes::from_static(b"x")).await.map(|()| Bytes::new()),
            files.get(id).await,
            files.is_empty().await.map(|_| Bytes::new()),
        ];
        assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
        assert!(matches!(files.reach().await, Err(Reach::Refused(_))));
        let said = format!("{outcomes:?} {files:?} {bucket:?} {}", outcomes[0].as_ref().unwrap_err());
        for secret in [s3::SECRET, "the-wrong-secret"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
    assert!(Files::in_bucket(&right).unwrap().is_empty().await.unwrap());
}

#[tokio::test]
async fn what_fails_for_a_moment_is_tried_again_and_what_stays_away_is_told_in_time() {
    let mut server = Server::start();
    let moody = s3::Moody::before(&server, 2).await;
    let files = Files::in_bucket(&Bucket { endpoint: Some(moody.endpoint.clone()), ..server.bucket("") }).unwrap();
    files.put(Uuid::nil(), Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(files.get(Uuid::nil()).await.unwrap(), "x");
    assert_eq!(moody.refused(), 2, "it was asked again");
    let files = Files::in_bucket(&server.bucket("")).unwrap();
    server.stop();
    assert!(matches!(files.reach().await, Err(Reach::Away(_))));
    let away = tokio::time::timeout(Duration::from_secs(20), files.get(Uuid::nil())).await;
    assert!(matches!(away.expect("within a page's patience"), Err(Error::Store(_))));
}

async fn on(pool: PgPool, files: Files) -> (Ctx, FilingId) {
    let ctx = Ctx { files, ..Ctx::for_tests(pool) };
    furnish(&ctx).await;
    let id = fill(&ctx, &registrant(1), &company(1)).await;
    (ctx, id)
}

async fn upload(ctx: &Ctx, id: FilingId) -> backend::Result<domain::id::MaterialId> {
    let sent = photograph().into();
    Ok(materials::upload(ctx, &registrant(1), id, Section::Sponsor, 1, "a.jpg", sent).await?.id)
}

async fn count(ctx: &Ctx, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&ctx.pool).await.unwrap()
}

/// Sweeps until every shelf has had its turn.
async fn sweep_all(ctx: &Ctx) {
    for sweep in 0..64 {
        let clock = Clock::standing(ctx.clock.now() + time::Duration::minutes(10 * sweep));
        upkeep::sweep(&Ctx { clock, ..ctx.clone() }).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_material_goes_into_a_bucket_and_out_of_it_and_nothing_is_left_behind(pool: PgPool) {
    let server = Server::start();
    let (ctx, id) = on(pool, Files::in_bucket(&server.bucket("beian")).unwrap()).await;
    let kept = upload(&ctx, id).await.unwrap();
    let gone = upload(&ctx, id).await.unwrap();
    let (_, whole) = materials::open(&ctx, &registrant(1), kept).await.unwrap();
    assert_eq!(image::load_from_memory(&whole).unwrap().width(), image::load_from_memory(&photograph()).unwrap().width());
    materials::open_thumbnail(&ctx, &registrant(1), kept).await.unwrap();
    for stored in server.objects() {
        assert_ne!(&std::fs::read(stored).unwrap()[..3], b"\xFF\xD8\xFF", "the bytes lie open");
    }
    let before = server.objects().len();
    materials::remove(&ctx, &registrant(1), gone).await.unwrap();
    jobs::run_due(&ctx, &upkeep::handlers()).await.unwrap();
    assert_eq!(server.objects().len(), before - 2, "whole and small");

    // What no row names goes once it is old, by the store's own date.
    let [orphan, young] = [Uuid::new_v4(), Uuid::new_v4()];
    for object in [orphan, young] {
        ctx.files.put(object, Bytes::from_static(b"lost")).await.unwrap();
    }
    sqlx::query("delete from jobs").execute(&ctx.pool).await.unwrap();
    let now = ctx.clock.now();
    for object in server.objects() {
        let age = if object.ends_with(young.simple().to_string()) { 12 } else { 25 };
        let file = std::fs::File::open(&object).unwrap();
        file.set_modified((now - time::Duration::hours(age)).into()).unwrap();
    }
    sweep_all(&ctx).await;
    assert!(matches!(ctx.files.get(orphan).await, Err(Error::NotFound)));
    ctx.files.get(young).await.expect("its row may still come");
    materials::open(&ctx, &registrant(1), kept).await.unwrap();
    materials::open_thumbnail(&ctx, &registrant(1), kept).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn while_the_bucket_is_away_uploads_are_put_off_and_no_half_of_one_stays(pool: PgPool) {
    let mut server = Server::start();
    let (ctx, id) = on(pool, Files::in_bucket(&server.bucket("")).unwrap()).await;
    let kept = upload(&ctx, id).await.unwrap();
    let rows = "select (select count(*) from materials) + (select count(*) from material_thumbnails)";
    let before = count(&ctx, rows).await;
    server.stop();
    match upload(&ctx, id).await {
        Err(Error::Invalid(problems)) => assert_eq!(problems[0].rule, Rule::MaterialLater),
        other => panic!("{other:?}"),
    }
    assert_eq!(count(&ctx, rows).await, before);
    assert!(matches!(materials::open(&ctx, &registrant(1), kept).await, Err(Error::Store(_))));

    server.start_again();
    let ctx = Ctx { files: Files::in_bucket(&server.bucket("")).unwrap(), ..ctx };
    materials::open(&ctx, &registrant(1), kept).await.unwrap();
    upload(&ctx, id).await.unwrap();
    // The jobs of what was never kept find nothing to collect, and are done.
    ctx.clock.wind(hours(2));
    jobs::run_due(&ctx, &upkeep::handlers()).await.unwrap();
    assert_eq!(count(&ctx, "select count(*) from jobs where kind = 'material_orphan' and status <> 'done'").await, 0);
    materials::open(&ctx, &registrant(1), kept).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_backup_of_a_bucket_is_restored_into_a_bucket_and_into_a_folder(pool: PgPool) {
    let server = Server::start();
    let (ctx, id) = on(pool, Files::in_bucket(&server.bucket("before")).unwrap()).await;
    let kept = upload(&ctx, id).await.unwrap();
    let url: SecretString = ctx.pool.connect_options().to_url_lossy().to_string().into();
    let system = System { database_url: &url, files: &ctx.files, keys: Some(&ctx.keys) };
    let folder = temporary();
    let manifest = backup::backup(&system, &folder, ctx.clock.now()).await.unwrap();
    let objects = server.objects().len();
    assert_eq!(usize::try_from(manifest.objects.count).unwrap(), objects, "whole and small ones");

    let refused = backup::restore(&System { ..system }, &folder).await.unwrap_err();
    assert!(matches!(refused, backup::BackupError::DatabaseInUse(_)), "{refused}");
    let elsewhere = temporary();
    for (number, files) in
        [Files::in_bucket(&server.bucket("after")).unwrap(), Files::in_folder(&elsewhere).unwrap()].into_iter().enumerate()
    {
        let name = format!("beian_restored_{}_{number}", Uuid::new_v4().simple());
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&ctx.pool).await.unwrap();
        let options = (*ctx.pool.connect_options()).clone().database(&name);
        let url: SecretString = options.to_url_lossy().to_string().into();
        backup::restore(&System { database_url: &url, files: &files, keys: Some(&ctx.keys) }, &folder).await.unwrap();
        let pool = PgPool::connect_with(options).await.unwrap();
        let restored = Ctx { pool: pool.clone(), files: files.clone(), ..ctx.clone() };
        let [whole, small] = [
            materials::open(&restored, &registrant(1), kept).await.unwrap().1,
            materials::open_thumbnail(&restored, &registrant(1), kept).await.unwrap(),
        ];
        assert_eq!(whole, materials::open(&ctx, &registrant(1), kept).await.unwrap().1);
        assert_eq!(small, materials::open_thumbnail(&ctx, &registrant(1), kept).await.unwrap());
        pool.close().await;
        sqlx::query(AssertSqlSafe(format!("drop database {name}"))).execute(&ctx.pool).await.unwrap();
        assert!(!files.is_empty().await.unwrap());
    }
    for folder in [folder, elsewhere] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
