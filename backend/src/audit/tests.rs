use super::*;
use crate::testing::from_address;
use domain::id::UserId;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn b12_a_line_says_who_when_from_where_what_and_the_result(pool: PgPool) {
    let base = Ctx::for_tests(pool);
    let ctx = from_address(&base, "198.51.100.7");
    let (user, filing) = (UserId(Uuid::from_u128(1)), Uuid::from_u128(2));
    let entry = Entry::done(Actor::Registrant { user }, "submit", Some(("filing", filing)));
    record_alone(&ctx, entry.with_result("stale").with_detail(json!({ "version": 3 }))).await.unwrap();
    let row = sqlx::query!("select at, actor, user_id, address, agent, verb, object, object_id, result, detail from audit")
        .fetch_one(&ctx.pool)
        .await
        .unwrap();
    assert_eq!((row.at, row.actor.as_str(), row.user_id), (ctx.clock.now(), "registrant", Some(user.0)));
    assert_eq!((row.address.as_str(), row.agent.as_str()), ("198.51.100.7", "test"));
    assert_eq!((row.verb.as_str(), row.object.as_deref(), row.object_id), ("submit", Some("filing"), Some(filing)));
    assert_eq!((row.result.as_str(), row.detail), ("stale", json!({ "version": 3 })));
}

#[sqlx::test(migrations = "../migrations")]
async fn b12_a_line_is_neither_changed_nor_deleted(pool: PgPool) {
    // The database goes by the machine's clock: what is older than six months may be deleted.
    let ctx = Ctx { clock: crate::clock::Clock::system(std::time::Duration::ZERO), ..Ctx::for_tests(pool) };
    record_alone(&ctx, Entry::done(Actor::System, "seed", None)).await.unwrap();
    for attempt in ["update audit set result = 'x'", "delete from audit", "truncate audit"] {
        let error = sqlx::query(attempt).execute(&ctx.pool).await.unwrap_err();
        assert!(error.to_string().contains("the audit only grows"), "{attempt}: {error}");
    }
}

#[test]
fn limits_count_one_address_or_one_network_of_ipv6() {
    let key = |address: &str| Origin { address: address.parse().ok(), ..Origin::default() }.limit_key();
    assert_eq!(key("198.51.100.7"), "198.51.100.7");
    assert_eq!(key("::ffff:198.51.100.7"), "198.51.100.7");
    assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assert_eq!(key("2001:db8:1:2::9"), key("2001:db8:1:2:3::"));
    assert_ne!(key("2001:db8:1:2::9"), key("2001:db8:1:3::9"));
    assert_eq!(key(""), "");
}
