//! What runs beside the requests on every node: who does which job, and the sweeping up.

use crate::jobs::Handlers;
use crate::{Ctx, Result, accounts, filings, materials, retention};

/// Who does which job. A kind that is missing here waits for a node that knows it.
pub fn handlers() -> Handlers {
    let handlers = materials::handlers(filings::handlers(Handlers::new()));
    handlers.on(accounts::FREE_UNCONFIRMED, |ctx, tx, job| Box::pin(accounts::free_unconfirmed(ctx, tx, job)))
}

/// Deletes what is over by the rules of retention, and objects that no row names.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let over = retention::sweep(ctx).await;
    let objects = materials::sweep(ctx).await;
    over.and(objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::testing::{registrant, registration};
    use crate::{captcha, flash, jobs};
    use sqlx::PgPool;
    use std::time::Duration;

    #[sqlx::test(migrations = "../migrations")]
    async fn a_sweep_leaves_nothing_of_what_is_over_and_all_that_holds(pool: PgPool) {
        let ctx = Ctx::for_tests(pool);
        registrant(&ctx, "lin-yuqing", 1).await;
        testing::sign_in(&ctx, "lin-yuqing", testing::PASSWORD, "registrant").await.unwrap();
        accounts::register(&ctx, &registration("never-confirmed", 2)).await.unwrap();
        flash::put(&ctx, &flash::Flash::default()).await.unwrap();
        captcha::make(&ctx, domain::views::accounts::ChallengeFor::SignIn, true).await.unwrap();
        let count = async || -> i64 {
            let sql = "select (select count(*) from rate_counters) + (select count(*) from flashes)
                            + (select count(*) from challenges) + (select count(*) from codes)";
            sqlx::query_scalar(sql).fetch_one(&ctx.pool).await.unwrap()
        };
        let before = count().await;
        assert!(before > 4, "{before}");
        sweep(&ctx).await.unwrap();
        assert_eq!(count().await, before);
        ctx.clock.wind(Duration::from_secs(26 * 3600));
        assert_eq!(jobs::run_due(&ctx, &handlers()).await.unwrap(), 1);
        sweep(&ctx).await.unwrap();
        assert_eq!(count().await, 0);
        let users = sqlx::query_scalar!("select count(*) from users").fetch_one(&ctx.pool).await.unwrap();
        assert_eq!(users, Some(1));
    }
}
