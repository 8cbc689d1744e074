use super::*;
use futures::poll;
use sqlx::Row;
use std::pin::pin;

/// Whether a connection of the pool stands in no transaction: within one, the clock stands still.
async fn is_free(pool: &PgPool) -> bool {
    tokio::time::sleep(Duration::from_millis(2)).await;
    let row = sqlx::raw_sql("select now() = statement_timestamp()").fetch_one(pool).await.unwrap();
    row.get(0)
}

#[sqlx::test(migrations = false)]
async fn a_beginning_that_nobody_waits_for_leaves_no_transaction_behind(options: PgPoolOptions, connect: PgConnectOptions) {
    let pool = options.max_connections(1).connect_with(connect).await.unwrap();
    for looks in 0..40 {
        for looking in [false, true] {
            {
                let mut beginning = pin!(async { if looking { snapshot(&pool).await } else { begin(&pool).await } });
                for _ in 0..looks {
                    if poll!(beginning.as_mut()).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            assert!(is_free(&pool).await, "after {looks} looks");
        }
    }
    // What is begun, is.
    let mut tx = begin(&pool).await.unwrap();
    sqlx::raw_sql("create table kept (n integer)").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = snapshot(&pool).await.unwrap();
    assert!(sqlx::raw_sql("insert into kept values (1)").execute(&mut *tx).await.is_err());
}
