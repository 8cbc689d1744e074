use super::*;
use crate::accounts::rows;
use crate::policies;
use crate::seed::{
    self,
    journeys::{Step, walk_here},
};
use crate::testing::*;
use domain::actor::Actor;
use domain::views::office::{ProviderForm, RangesForm, ServiceForm};
use sqlx::PgPool;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

async fn cast(pool: PgPool) -> (Ctx, [Actor; 5]) {
    let ctx = Ctx::for_tests(pool);
    seed::houses(&ctx).await.unwrap();
    let actor = async |name: &str| rows::find_by_name(&ctx.pool, name).await.unwrap().unwrap().actor().unwrap();
    let actors = [
        actor("yunshang-admin").await,
        actor("yunshang-clerk").await,
        actor("hengtong-admin").await,
        actor("beijing-admin").await,
        actor("zhejiang-admin").await,
    ];
    (ctx, actors)
}

fn provider_form(name: &str, licence: &str) -> ProviderForm {
    ProviderForm {
        name: name.into(),
        licence_number: licence.into(),
        phone: "010-12345678".into(),
        valid_from: "2026-01-01".into(),
        valid_to: String::new(),
    }
}

fn ranges_form(addresses: &str) -> RangesForm {
    RangesForm { addresses: addresses.into(), location: "2".into() }
}

fn service_form(code: &str, capacity: &str) -> ServiceForm {
    ServiceForm { code: code.into(), description: "云服务器".into(), capacity: capacity.into(), valid_to: String::new() }
}

fn one(field: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(field.to_owned(), rule)]
}

fn is_forbidden<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Forbidden))
}

fn is_not_found<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_a_provider_can_be_chosen_while_its_licence_holds(pool: PgPool) {
    let (ctx, [.., bureau, elsewhere]) = cast(pool).await;
    let form = provider_form("新云科技有限公司", "B1-20260099");
    let id = licences::create(&ctx, &bureau, &form).await.unwrap();
    let can_be_chosen = async || choices(&ctx).await.unwrap().iter().any(|choice| choice.id == id);
    assert!(can_be_chosen().await);
    // Today is 2026-03-02: the last day counts.
    let ends = ProviderForm { valid_to: "2026-03-02".into(), ..form.clone() };
    assert!(is_not_found(licences::change(&ctx, &elsewhere, id, &ends).await));
    licences::change(&ctx, &bureau, id, &ends).await.unwrap();
    assert!(can_be_chosen().await);
    ctx.clock.wind(DAY);
    assert!(!can_be_chosen().await);
    assert!(!licences::file(&ctx, &bureau, id).await.unwrap().provider.licensed);
    assert!(is_not_found(licences::file(&ctx, &elsewhere, id).await));
    assert!(!licences::list(&ctx, &elsewhere).await.unwrap().iter().any(|provider| provider.id == id));
    assert_eq!(audited(&ctx, "create_provider").await, ["done"]);
    assert_eq!(audited(&ctx, "change_provider").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_name_and_licence_are_one_providers_each(pool: PgPool) {
    let (ctx, [admin, clerk, _, bureau, elsewhere]) = cast(pool).await;
    let name = licences::create(&ctx, &elsewhere, &provider_form("云上网络科技有限公司", "B1-20260099")).await;
    assert_eq!(problems(name), one("name", Rule::Taken));
    let licence = licences::create(&ctx, &elsewhere, &provider_form("新云科技有限公司", "b1.b2-20260001")).await;
    assert_eq!(problems(licence), one("licence_number", Rule::Taken));
    for caller in [&admin, &clerk, &Actor::Anonymous] {
        assert!(is_forbidden(licences::create(&ctx, caller, &provider_form("新云科技有限公司", "B1-20260099")).await));
        assert!(is_forbidden(licences::list(&ctx, caller).await));
    }
    for caller in [&bureau, &clerk, &Actor::Anonymous] {
        assert!(is_forbidden(ranges::list(&ctx, caller).await));
        assert!(is_forbidden(ranges::add(&ctx, caller, &ranges_form("8.8.8.8")).await));
        assert!(is_forbidden(services::create(&ctx, caller, &service_form("X-1", "1")).await));
        assert!(is_forbidden(services::list(&ctx, caller, "", 1).await));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_no_address_is_two_providers(pool: PgPool) {
    let (ctx, [admin, _, rival, ..]) = cast(pool).await;
    ranges::add(&ctx, &admin, &ranges_form("8.8.8.0/24\n240e:1::/48")).await.unwrap();
    let shown: Vec<String> = ranges::list(&ctx, &admin).await.unwrap().into_iter().map(|range| range.addresses).collect();
    assert!(shown.contains(&"8.8.8.0-8.8.8.255".to_owned()), "{shown:?}");
    // All or none: the second line is free, and is not entered.
    let taken = ranges::add(&ctx, &rival, &ranges_form("8.8.8.200-8.8.9.1\n1.2.4.1")).await;
    assert_eq!(problems(taken), one("addresses", Rule::Taken));
    assert_eq!(problems(ranges::add(&ctx, &rival, &ranges_form("240e:1::5")).await), one("addresses", Rule::Taken));
    assert_eq!(problems(ranges::add(&ctx, &admin, &ranges_form("8.8.8.8")).await), one("addresses", Rule::Taken));
    assert!(!ranges::list(&ctx, &rival).await.unwrap().iter().any(|range| range.addresses == "1.2.4.1"));
    // Of two who enter the same at once, one does.
    let (form_a, form_b) = (ranges_form("1.2.4.0/24"), ranges_form("1.2.4.7"));
    let (a, b) = tokio::join!(ranges::add(&ctx, &admin, &form_a), ranges::add(&ctx, &rival, &form_b));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    // The database holds it by itself.
    let direct = sqlx::query(
        "insert into provider_ranges (id, provider_id, start_address, end_address, location_code)
         select gen_random_uuid(), provider_id, start_address, end_address, 2 from provider_ranges limit 1",
    )
    .execute(&ctx.pool)
    .await;
    assert!(direct.is_err());
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_range_that_sites_use_stays_and_another_goes_and_is_no_longer_accepted(pool: PgPool) {
    let (ctx, [admin, _, rival, ..]) = cast(pool).await;
    walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit, Step::Pass, Step::Confirm, Step::Approve]).await.unwrap();
    ranges::add(&ctx, &admin, &ranges_form("8.8.8.0/24")).await.unwrap();
    let all = ranges::list(&ctx, &admin).await.unwrap();
    let id = |addresses: &str| all.iter().find(|range| range.addresses == addresses).expect("a range").id;
    let (used, free) = (id("203.0.113.0-203.0.113.127"), id("8.8.8.0-8.8.8.255"));
    assert_eq!(problems(ranges::remove(&ctx, &admin, used).await), one("addresses", Rule::RangeInUse));
    assert!(is_not_found(ranges::remove(&ctx, &rival, free).await));
    let has = async |ctx: &Ctx| {
        let tables = policies::tables(ctx).await.unwrap();
        tables.ranges.iter().any(|range| range.start.to_string() == "8.8.8.0")
    };
    assert!(has(&ctx).await);
    ranges::remove(&ctx, &admin, free).await.unwrap();
    assert!(!has(&ctx).await);
    assert_eq!(audited(&ctx, "remove_range").await, ["done"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn p15_a_service_is_found_by_its_code_counts_its_sites_and_ends(pool: PgPool) {
    let (ctx, [admin, _, rival, ..]) = cast(pool).await;
    services::create(&ctx, &admin, &service_form("XY-1", "2")).await.unwrap();
    assert_eq!(problems(services::create(&ctx, &admin, &service_form("xy-1", "2")).await), one("code", Rule::Taken));
    // Another provider may have the same code.
    services::create(&ctx, &rival, &service_form("XY-1", "2")).await.unwrap();
    let found = services::list(&ctx, &admin, " xy", 1).await.unwrap().services;
    assert_eq!(found.len(), 1);
    let id = found[0].id;
    assert!(is_not_found(services::get(&ctx, &rival, id).await));
    assert!(is_not_found(services::change(&ctx, &rival, id, &service_form("", "9")).await));
    let ends = ServiceForm { valid_to: "2026-03-01".into(), ..service_form("ignored", "7") };
    services::change(&ctx, &admin, id, &ends).await.unwrap();
    let service = services::get(&ctx, &admin, id).await.unwrap();
    assert_eq!((service.code.as_str(), service.capacity, service.ended), ("XY-1", 7, true));

    walk_here(&ctx, 0, 0, &[Step::FillIn, Step::Submit]).await.unwrap();
    let used: u32 = services::list(&ctx, &admin, "", 1).await.unwrap().services.iter().map(|service| service.used).sum();
    assert!(used >= 1);
    // What a pattern would be is a code like any other.
    assert_eq!(services::list(&ctx, &admin, "\0xy\u{7}", u32::MAX).await.unwrap().page, 10_000);
    assert!(services::list(&ctx, &admin, "%", 1).await.unwrap().services.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn b11_what_a_provider_was_before_a_change_and_what_was_removed_stand_in_the_audit(pool: PgPool) {
    let (ctx, [admin, _, _, bureau, _]) = cast(pool).await;
    let newest = async |verb: &str| -> serde_json::Value {
        let sql = "select detail from audit where verb = $1 order by id desc limit 1";
        sqlx::query_scalar(sql).bind(verb).fetch_one(&ctx.pool).await.unwrap()
    };
    let id = licences::create(&ctx, &bureau, &provider_form("青云接入", "B1-20260001")).await.unwrap();
    let new = ProviderForm {
        name: "青云网络".into(),
        licence_number: "B1-20260002".into(),
        phone: "010-87654321".into(),
        valid_from: "2026-02-01".into(),
        valid_to: "2030-12-31".into(),
    };
    licences::change(&ctx, &bureau, id, &new).await.unwrap();
    let detail = newest("change_provider").await;
    for (field, before, after) in [
        ("name", Some("青云接入"), "青云网络"),
        ("licence_number", Some("B1-20260001"), "B1-20260002"),
        ("phone", Some("010-12345678"), "010-87654321"),
        ("valid_from", Some("2026-01-01"), "2026-02-01"),
        ("valid_to", None, "2030-12-31"),
    ] {
        assert_eq!((detail["before"][field].as_str(), detail[field].as_str()), (before, Some(after)), "{field}: {detail}");
    }
    // A second change has the first as what was before.
    licences::change(&ctx, &bureau, id, &provider_form("青云接入", "B1-20260001")).await.unwrap();
    assert_eq!(newest("change_provider").await["before"]["name"], "青云网络");

    ranges::add(&ctx, &admin, &ranges_form("8.8.8.0/24")).await.unwrap();
    let all = ranges::list(&ctx, &admin).await.unwrap();
    let range = all.into_iter().find(|range| range.addresses.starts_with("8.8.8.0")).unwrap();
    ranges::remove(&ctx, &admin, range.id).await.unwrap();
    let detail = newest("remove_range").await;
    assert_eq!(detail["addresses"], range.addresses);
    assert_eq!(detail["location"], range.location);
}
