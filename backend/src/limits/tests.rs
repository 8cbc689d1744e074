use super::*;
use crate::testing::retry_after;
use sqlx::PgPool;

const LIMIT: Limit = Limit { kind: "test", max: 5, window: Duration::from_secs(600) };

#[sqlx::test(migrations = "../migrations")]
async fn a_burst_on_two_nodes_passes_exactly_the_maximum(pool: PgPool) {
    let here = Ctx::for_tests(pool);
    let other_pool = PgPool::connect_with((*here.pool.connect_options()).clone()).await.unwrap();
    let there = Ctx { pool: other_pool, ..here.clone() };
    let burst = (0..40).map(|i| hit(if i % 2 == 0 { &here } else { &there }, LIMIT, "key"));
    let passed = futures::future::join_all(burst).await.iter().filter(|r| r.is_ok()).count();
    assert_eq!(passed, 5);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_answer_says_when_to_come_again_and_trying_makes_it_no_later(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    for count in 1..=5 {
        assert_eq!(hit(&ctx, LIMIT, "key").await.unwrap(), count);
    }
    ctx.clock.wind(Duration::from_secs(100));
    assert_eq!(retry_after(hit(&ctx, LIMIT, "key").await), Duration::from_secs(500));
    assert_eq!(retry_after(hit(&ctx, LIMIT, "key").await), Duration::from_secs(500));
    assert_eq!(count(&ctx, "test", "key").await.unwrap(), 7);
    hit(&ctx, LIMIT, "other key").await.unwrap();
    hit(&ctx, Limit { kind: "other kind", ..LIMIT }, "key").await.unwrap();
    ctx.clock.wind(Duration::from_secs(500));
    assert_eq!(count(&ctx, "test", "key").await.unwrap(), 0);
    assert_eq!(hit(&ctx, LIMIT, "key").await.unwrap(), 1);
    clear(&ctx, "test", "key").await.unwrap();
    assert_eq!(count(&ctx, "test", "key").await.unwrap(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_table_names_nobody_and_keeps_nothing_that_is_over(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    hit(&ctx, LIMIT, "lin-yuqing").await.unwrap();
    let row: String = sqlx::query_scalar("select to_jsonb(c)::text from rate_counters c").fetch_one(&ctx.pool).await.unwrap();
    assert!(!row.contains("lin-yuqing") && !row.contains(&hex::encode("lin-yuqing")), "{row}");
    let left = async || {
        crate::retention::sweep(&ctx).await.unwrap();
        sqlx::query_scalar!("select count(*) from rate_counters").fetch_one(&ctx.pool).await.unwrap()
    };
    assert_eq!(left().await, Some(1));
    ctx.clock.wind(LIMIT.window);
    assert_eq!(left().await, Some(0));
}
