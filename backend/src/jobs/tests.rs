use super::*;
use serde_json::json;
use sqlx::PgPool;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A handler that leaves a mark in the job's own transaction.
fn marking() -> Handlers {
    Handlers::new().on("mark", |ctx, tx, job| {
        Box::pin(async move {
            let entry = crate::audit::Entry::done(domain::actor::Actor::System, "mark", Some(("job", job.id)));
            crate::audit::record(ctx, tx, entry).await
        })
    })
}

async fn add(ctx: &Ctx, kind: &str, key: &str, in_seconds: i64) -> bool {
    let mut tx = ctx.begin().await.unwrap();
    let first = enqueue(&mut tx, kind, key, json!({}), ctx.clock.now() + Duration::seconds(in_seconds)).await.unwrap();
    tx.commit().await.unwrap();
    first
}

async fn marks(ctx: &Ctx) -> usize {
    crate::testing::audited(ctx, "mark").await.len()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_job_runs_when_it_is_due_and_once_for_each_key(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    assert!(add(&ctx, "mark", "a", 60).await);
    assert!(!add(&ctx, "mark", "a", 0).await);
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 0);
    ctx.clock.wind(std::time::Duration::from_secs(60));
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 1);
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 0);
    assert!(!add(&ctx, "mark", "a", 0).await);
    assert_eq!(marks(&ctx).await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rolled_back_transaction_asks_for_nothing(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let mut tx = ctx.begin().await.unwrap();
    assert!(enqueue(&mut tx, "mark", "a", json!({}), ctx.clock.now()).await.unwrap());
    tx.rollback().await.unwrap();
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn two_nodes_do_each_job_once(pool: PgPool) {
    let here = Ctx::for_tests(pool);
    let other_pool = PgPool::connect_with((*here.pool.connect_options()).clone()).await.unwrap();
    let there = Ctx { pool: other_pool, ..here.clone() };
    for i in 0..60 {
        add(&here, "mark", &i.to_string(), 0).await;
    }
    let handlers = marking();
    let (a, b) = tokio::join!(run_due(&here, &handlers), run_due(&there, &handlers));
    assert_eq!(a.unwrap() + b.unwrap(), 60);
    assert_eq!(marks(&here).await, 60);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failing_job_leaves_nothing_behind_waits_longer_each_time_and_blocks_no_other(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let handlers = marking().on("fail_twice", move |ctx, tx, job| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let entry = crate::audit::Entry::done(domain::actor::Actor::System, "half", Some(("job", job.id)));
            crate::audit::record(ctx, tx, entry).await?;
            if run < 2 { Err(Error::Internal("not yet")) } else { Ok(()) }
        })
    });
    add(&ctx, "fail_twice", "a", 0).await;
    add(&ctx, "mark", "a", 0).await;
    assert_eq!(run_due(&ctx, &handlers).await.unwrap(), 2);
    assert_eq!(marks(&ctx).await, 1);
    for (wait, tried) in [(4, 0), (1, 1), (9, 0), (1, 1), (3600, 0)] {
        ctx.clock.wind(std::time::Duration::from_secs(wait));
        assert_eq!(run_due(&ctx, &handlers).await.unwrap(), tried, "after {wait} s");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(crate::testing::audited(&ctx, "half").await.len(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_job_that_always_fails_stands_as_failed_in_the_end(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let handlers = Handlers::new().on("fail", |_, _, _| Box::pin(async { Err(Error::Internal("never")) }));
    let handlers = handlers.on("panic", |_, _, _| Box::pin(async { panic!("a handler's mistake") }));
    add(&ctx, "fail", "a", 0).await;
    add(&ctx, "panic", "a", 0).await;
    let mut tries = 0;
    for _ in 0..2 * MAX_ATTEMPTS {
        tries += run_due(&ctx, &handlers).await.unwrap();
        ctx.clock.wind(std::time::Duration::from_secs(6 * 3600));
    }
    assert_eq!(tries, 40);
    let rows = sqlx::query!("select status, last_error from jobs order by kind").fetch_all(&ctx.pool).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|r| (r.status.as_str(), r.last_error.as_deref())).collect();
    assert_eq!(rows, [("failed", Some("internal: never")), ("failed", Some("internal: the handler panicked"))]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_job_does_not_run_and_its_key_is_free(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    add(&ctx, "mark", "a", 0).await;
    let mut tx = ctx.begin().await.unwrap();
    assert!(cancel(&mut tx, "mark", "a").await.unwrap());
    assert!(!cancel(&mut tx, "mark", "a").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 0);
    assert!(add(&ctx, "mark", "a", 0).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn jobs_of_kinds_that_a_node_does_not_know_wait_for_one_that_does(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    add(&ctx, "of_the_next_release", "a", 0).await;
    add(&ctx, "mark", "a", 1).await;
    ctx.clock.wind(std::time::Duration::from_secs(1));
    assert_eq!(run_due(&ctx, &marking()).await.unwrap(), 1);
    let status = sqlx::query_scalar!("select status from jobs where kind = 'of_the_next_release'");
    assert_eq!(status.fetch_one(&ctx.pool).await.unwrap(), "due");
}
