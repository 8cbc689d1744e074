use super::*;
use serde_json::json;
use sqlx::PgPool;

fn flash() -> Flash {
    let values = [("form[site_name]".to_owned(), vec!["我的 <b> 网站".to_owned()])].into();
    Flash { values, fault: Some(json!({ "fault": "stale" })), by: None }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_is_read_once_by_who_has_its_token(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let token = put(&ctx, &flash()).await.unwrap();
    assert_eq!(take(&ctx, "another token", None).await.unwrap(), None);
    let stored: String = sqlx::query_scalar("select to_jsonb(f)::text from flashes f").fetch_one(&ctx.pool).await.unwrap();
    assert!(!stored.contains("网站") && !stored.contains(&hex::encode("网站")) && !stored.contains(&token));
    let (a, b) = tokio::join!(take(&ctx, &token, None), take(&ctx, &token, None));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.or(b.clone()), Some(flash()));
    assert_eq!(take(&ctx, &token, None).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_holds_five_minutes(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let (read, left) = (put(&ctx, &flash()).await.unwrap(), put(&ctx, &flash()).await.unwrap());
    ctx.clock.wind(HOLDS);
    assert_eq!(take(&ctx, &read, None).await.unwrap(), None);
    crate::retention::sweep(&ctx).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from flashes").fetch_one(&ctx.pool).await.unwrap(), Some(0));
    assert_eq!(take(&ctx, &left, None).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_is_shown_to_the_account_that_typed_it_and_to_no_other(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let [one, another] = [1, 2].map(|n| Some(UserId(Uuid::from_u128(n))));
    for (by, reader) in [(one, another), (one, None), (None, one)] {
        let flash = Flash { by, ..flash() };
        assert_eq!(take(&ctx, &put(&ctx, &flash).await.unwrap(), reader).await.unwrap(), None);
        assert_eq!(take(&ctx, &put(&ctx, &flash).await.unwrap(), by).await.unwrap(), Some(flash));
    }
}
