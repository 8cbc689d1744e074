use super::*;
use serde_json::json;
use sqlx::PgPool;

fn flash() -> Flash {
    let values = [("form[site_name]".to_owned(), vec!["我的 <b> 网站".to_owned()])].into();
    Flash { values, fault: Some(json!({ "fault": "stale" })), by: None }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_is_read_by_who_has_its_token_until_it_is_forgotten(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let token = put(&ctx, &flash()).await.unwrap();
    assert_eq!(read(&ctx, "another token", None).await.unwrap(), None);
    let stored: String = sqlx::query_scalar("select to_jsonb(f)::text from flashes f").fetch_one(&ctx.pool).await.unwrap();
    assert!(!stored.contains("网站") && !stored.contains(&hex::encode("网站")) && !stored.contains(&token));
    for _ in 0..2 {
        assert_eq!(read(&ctx, &token, None).await.unwrap(), Some(flash()));
    }
    forget(&ctx, &token).await.unwrap();
    assert_eq!(read(&ctx, &token, None).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_holds_five_minutes(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let token = put(&ctx, &flash()).await.unwrap();
    ctx.clock.wind(HOLDS);
    assert_eq!(read(&ctx, &token, None).await.unwrap(), None);
    crate::retention::sweep(&ctx).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from flashes").fetch_one(&ctx.pool).await.unwrap(), Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_flash_is_shown_to_the_account_that_typed_it_and_to_no_other(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let [one, another] = [1, 2].map(|n| Some(UserId(Uuid::from_u128(n))));
    for (by, reader) in [(one, another), (one, None), (None, one)] {
        let flash = Flash { by, ..flash() };
        assert_eq!(read(&ctx, &put(&ctx, &flash).await.unwrap(), reader).await.unwrap(), None);
        assert_eq!(read(&ctx, &put(&ctx, &flash).await.unwrap(), by).await.unwrap(), Some(flash));
    }
}
