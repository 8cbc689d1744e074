use super::*;
use crate::Error;
use domain::id::UserId;
use sqlx::PgPool;

fn key(user: u128, body: &str) -> RetryKey {
    let actor = Actor::Registrant { user: UserId(Uuid::from_u128(user)) };
    RetryKey::new(actor, "submit", Uuid::from_u128(9), &body).unwrap()
}

/// A use-case that must happen once; answers how often it has happened.
async fn work(ctx: &Ctx, key: &RetryKey) -> Result<i64> {
    let mut tx = ctx.begin().await?;
    if let Some(result) = begin(ctx, &mut tx, key).await? {
        return Ok(result);
    }
    let entry = crate::audit::Entry::done(Actor::System, "work", None);
    crate::audit::record(ctx, &mut tx, entry).await?;
    let done: i64 = sqlx::query_scalar("select count(*) from audit where verb = 'work'").fetch_one(&mut *tx).await?;
    finish(&mut tx, key, &done).await?;
    tx.commit().await?;
    Ok(done)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_that_comes_five_times_at_once_is_done_once_and_answered_alike(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let same = key(1, "body");
    let answers = futures::future::join_all((0..5).map(|_| work(&ctx, &same))).await;
    for answer in answers {
        assert_eq!(answer.unwrap(), 1);
    }
    assert_eq!(work(&ctx, &key(2, "body")).await.unwrap(), 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_same_key_with_another_body_is_refused(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    work(&ctx, &key(1, "body")).await.unwrap();
    let other = work(&ctx, &key(1, "another body")).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::RetryKeyReused))), "{other:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_failed_the_first_time_is_done_the_second_time(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let same = key(1, "body");
    let mut tx = ctx.begin().await.unwrap();
    assert_eq!(begin::<i64>(&ctx, &mut tx, &same).await.unwrap(), None);
    drop(tx);
    assert_eq!(work(&ctx, &same).await.unwrap(), 1);
    ctx.clock.wind(std::time::Duration::from_secs(7 * 24 * 3600));
    crate::retention::sweep(&ctx).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from retry_keys").fetch_one(&ctx.pool).await.unwrap(), Some(0));
}
