use crate::stage::*;
use backend::{Ctx, Error, e_certificates, filings, journal, keys::Keys};
use data_encoding::BASE64URL_NOPAD;
use domain::{actor::Actor, e_certificate::Standing, filing_number::FilingNumber, id::FilingId, problem::Rule};
use sqlx::PgPool;

fn words() -> e_certificates::PaperWords {
    e_certificates::PaperWords { title: "证书", labels: [""; 10], notes: [""; 2], made: str::to_owned }
}

/// An approved filing of the owner's, and the number of its site.
async fn approved(ctx: &Ctx, owner: &Actor, n: u32) -> (FilingId, String) {
    let id = to_the_bureau(ctx, owner, n).await;
    approve(ctx, &reviewer(1), id).await.unwrap();
    let number =
        sqlx::query_scalar("select s.number from sites s join site_versions v on v.site_id = s.id where v.filing_id = $1");
    (id, number.bind(id.0).fetch_one(&ctx.pool).await.unwrap())
}

async fn code(ctx: &Ctx, owner: &Actor, number: &str) -> String {
    let file = e_certificates::file(ctx, owner, number).await.unwrap();
    let (found, code) = e_certificates::open_file(ctx, file.as_bytes()).unwrap();
    assert_eq!(found, number);
    code
}

async fn standing(ctx: &Ctx, number: &str, code: &str) -> Standing {
    e_certificates::check(ctx, number, code).await.unwrap().standing
}

#[sqlx::test(migrations = "../migrations")]
async fn a_certificate_is_its_owner_s_and_everybody_can_check_it(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let (_, number) = approved(&ctx, &owner, 1).await;
    let paper = e_certificates::paper(&ctx, &owner, &number, words()).await.unwrap();
    assert!(paper.starts_with(b"%PDF-"));
    for stranger in [registrant(2), clerk(1), reviewer(1)] {
        let paper = e_certificates::paper(&ctx, &stranger, &number, words()).await;
        assert!(matches!(paper, Err(Error::NotFound | Error::Forbidden)), "{paper:?}");
        let file = e_certificates::file(&ctx, &stranger, &number).await;
        assert!(matches!(file, Err(Error::NotFound | Error::Forbidden)), "{file:?}");
    }
    let code = code(&ctx, &owner, &number).await;
    let check = e_certificates::check(&ctx, &number, &code).await.unwrap();
    assert_eq!(check.standing, Standing::Current);
    assert_eq!(check.record.unwrap().site_number, number);
    // As people type it.
    let typed = code.replace('-', " ").to_lowercase();
    assert_eq!(standing(&ctx, &number.to_lowercase(), &typed).await, Standing::Current);
    // Another's code, a code of nobody, and a number of nobody are the same nothing.
    let (_, other) = approved(&ctx, &registrant(2), 2).await;
    let theirs = self::code(&ctx, &registrant(2), &other).await;
    let nowhere = FilingNumber::find("京ICP备2026999999号-1").unwrap().to_string();
    for (number, code) in [(&number, &theirs), (&number, &"0000-0000-0000-0000".to_owned()), (&nowhere, &code)] {
        let check = e_certificates::check(&ctx, number, code).await.unwrap();
        assert_eq!((check.standing, check.record), (Standing::Unknown, None), "{number} {code}");
    }
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_certificate_of_an_earlier_record_and_of_a_cancelled_site_say_so(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let (_, number) = approved(&ctx, &owner, 1).await;
    let first = code(&ctx, &owner, &number).await;
    // The record changes: the version in force ends, and another begins.
    sqlx::raw_sql(
        "with ended as (
             update site_versions set valid = tstzrange(lower(valid), lower(valid) + interval '1 day') returning *
         )
         insert into site_versions
         select site_id, tstzrange(upper(valid), null), recorded_at, filing_id, gen_random_uuid(), '改过的网站', domain_display,
                home_page, approved_on, services, preapprovals, sealed from ended",
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    let check = e_certificates::check(&ctx, &number, &first).await.unwrap();
    assert_eq!((check.standing, check.record.unwrap().site_name), (Standing::Superseded, "改过的网站".to_owned()));
    let second = code(&ctx, &owner, &number).await;
    assert_ne!(first, second);
    assert_eq!(standing(&ctx, &number, &second).await, Standing::Current);

    sqlx::raw_sql("update sites set cancelled_at = recorded_at from site_versions").execute(&ctx.pool).await.unwrap();
    for code in [first, second] {
        let check = e_certificates::check(&ctx, &number, &code).await.unwrap();
        assert_eq!((check.standing, check.record), (Standing::Revoked, None));
    }
    assert!(matches!(e_certificates::file(&ctx, &owner, &number).await, Err(Error::NotFound)));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_that_was_changed_or_that_another_signed_is_none(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let (_, number) = approved(&ctx, &owner, 1).await;
    let file = e_certificates::file(&ctx, &owner, &number).await.unwrap();
    // A line's end that an editor adds changes nothing.
    assert!(e_certificates::open_file(&ctx, format!("{file}\r\n").as_bytes()).is_ok());
    let parts: Vec<&str> = file.split('.').collect();
    let payload = String::from_utf8(BASE64URL_NOPAD.decode(parts[1].as_bytes()).unwrap()).unwrap();
    let forged = BASE64URL_NOPAD.encode(payload.replace("科技", "金融").as_bytes());
    assert_ne!(forged, parts[1]);
    let unsigned = BASE64URL_NOPAD.encode(br#"{"alg":"none","kid":"test"}"#);
    let other = Ctx { keys: Keys::parse(&Keys::generate()).unwrap(), ..ctx.clone() };
    let by_another = e_certificates::file(&other, &owner, &number).await.unwrap();
    let wrong: Vec<Vec<u8>> = vec![
        format!("{}.{forged}.{}", parts[0], parts[2]).into(),
        format!("{unsigned}.{}.{}", parts[1], parts[2]).into(),
        format!("{unsigned}.{}.", parts[1]).into(),
        by_another.into(),
        file[..file.len() - 4].into(),
        b"..".to_vec(),
        b"\xff\xfe".to_vec(),
        vec![b'.'; 8000],
    ];
    for bytes in wrong {
        let found = problems(e_certificates::open_file(&ctx, &bytes));
        assert_eq!(found[0].2, Rule::NotOurCertificate, "{}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(problems(e_certificates::open_file(&ctx, b""))[0].2, Rule::Required);
    let keys = serde_json::to_value(e_certificates::public_keys(&ctx)).unwrap();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&"OKP".into(), &"Ed25519".into()));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_file_in_the_folder_was_a_duty_until_2024(pool: PgPool) {
    let ctx = set(pool).await;
    let duty = async |day: &str| -> String {
        let sql = "select duty from certificate_duties where valid @> $1::text::date";
        sqlx::query_scalar(sql).bind(day).fetch_one(&ctx.pool).await.unwrap()
    };
    assert_eq!([duty("2024-01-17").await, duty("2024-01-18").await], ["required", "recommended"]);
    let owner = registrant(1);
    let (id, _) = approved(&ctx, &owner, 1).await;
    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.certificate_duty.name(), "recommended");
    sqlx::raw_sql("update certificate_duties set duty = 'required'").execute(&ctx.pool).await.unwrap();
    let view = filings::progress(&ctx, &owner, id).await.unwrap();
    assert_eq!(view.certificate_duty.name(), "required");
}
