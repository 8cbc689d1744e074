mod scanned;
mod small;

use super::*;
use domain::actor::Role;
use domain::id::{ProviderId, UserId};
use image::{DynamicImage, RgbImage, codecs::jpeg::JpegEncoder};
use sqlx::PgPool;

const OWNER: Actor = Actor::Registrant { user: UserId(Uuid::from_u128(1)) };
const STRANGER: Actor = Actor::Registrant { user: UserId(Uuid::from_u128(2)) };
const PROVIDER: ProviderId = ProviderId(Uuid::from_u128(10));

fn clerk(of: u128) -> Actor {
    Actor::Provider { user: UserId(Uuid::from_u128(3)), provider: ProviderId(Uuid::from_u128(of)), role: Role::ProviderClerk }
}

fn reviewer(province: u32) -> Actor {
    Actor::Bureau { user: UserId(Uuid::from_u128(4)), province, role: Role::Reviewer }
}

fn photograph() -> Bytes {
    let mut out = Vec::new();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(320, 240, image::Rgb([9, 99, 199])));
    picture.write_with_encoder(JpegEncoder::new(&mut out)).unwrap();
    out.into()
}

async fn filing(ctx: &Ctx) -> FilingId {
    sqlx::query!(
        "insert into providers (id, name, licence_number, province) values ($1, '云商', 'B1-1', 110000) on conflict do nothing",
        PROVIDER.0
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    let id = FilingId(ctx.new_id());
    sqlx::query!(
        "insert into filings (id, seq, status, owner_id, entered_at, touched_at) values ($1, 1, 'draft', $2, $3, $3)",
        id.0,
        OWNER.user().unwrap().0,
        ctx.clock.now()
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    sqlx::query!(
        "insert into draft_sections (filing_id, section, row_id, version, sealed, updated_at, updated_by)
         values ($1, 'site-1', $1, 1, $3, $2, $1)",
        id.0,
        ctx.clock.now(),
        ctx.keys.seal(
            crate::keys::Place { table: "draft_sections", column: "sealed", row: id.0, version: 1 },
            &serde_json::to_vec(&domain::forms::SiteForm::default()).unwrap()
        )
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    id
}

async fn at(ctx: &Ctx, id: FilingId, status: &str) {
    // No use-case leads there without the other houses; what is tried is who may change materials at this status.
    sqlx::query(
        r#"update filings set seq = seq + 1, status = $2, province = 110000, provider_id = $3, submitted_at = $4, edited = true,
                            sms = '{"number": 1, "until": "2026-03-03T01:30:00Z", "wrong_digits": 5, "manual_resends": 5,
                                    "last": false, "due": []}',
                            number = case when $2 = 'approved' then '京ICP备2026000001号' end
         where id = $1"#,
    )
    .bind(id.0)
    .bind(status)
    .bind(PROVIDER.0)
    .bind(ctx.clock.now())
    .execute(&ctx.pool)
    .await
    .unwrap();
    // What staff sees is what was handed in.
    let mut tx = ctx.begin().await.unwrap();
    let filing = journal::load(&mut tx, id, false).await.unwrap();
    filings::keep_snapshot(ctx, &mut tx, &filing).await.unwrap();
    tx.commit().await.unwrap();
}

async fn upload_one(ctx: &Ctx, caller: &Actor, id: FilingId) -> Result<MaterialView> {
    upload(ctx, caller, id, Section::Sponsor, 1, "C:\\照片\\营业执照.jpg", photograph()).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_material_is_kept_sealed_and_given_back_to_its_owner(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    assert_eq!((kept.name.as_str(), kept.width, kept.height), ("营业执照.jpg", 320, 240));
    assert_eq!(list(&ctx, &OWNER, id).await.unwrap(), std::slice::from_ref(&kept));
    let (content_type, bytes) = open(&ctx, &OWNER, kept.id).await.unwrap();
    assert_eq!(content_type, "image/jpeg");
    assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 320);

    let row = sqlx::query!("select object_key, sealed from materials").fetch_one(&ctx.pool).await.unwrap();
    let stored = ctx.files.get(row.object_key.parse().unwrap()).await.unwrap();
    assert_ne!(&stored[..3], b"\xFF\xD8\xFF", "the bytes lie open");
    assert!(!String::from_utf8_lossy(&row.sealed).contains("营业执照"), "the name lies open");
}

#[sqlx::test(migrations = "../migrations")]
async fn only_its_parties_see_a_material_and_only_at_their_time(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    let table = [
        // status, its provider, the bureau that decides
        ("draft", false, false),
        ("provider_review", true, false),
        ("provider_returned", true, false),
        ("sms_pending", true, true),
        ("bureau_review", true, true),
        ("bureau_refused", true, true),
        ("approved", true, true),
        ("discarded", false, false),
    ];
    for (status, provider, bureau) in table {
        at(&ctx, id, status).await;
        let cells = [
            (OWNER, true),
            (STRANGER, false),
            (Actor::Anonymous, false),
            (clerk(10), provider),
            (clerk(11), false),
            (reviewer(110_000), bureau),
            (reviewer(510_000), false),
        ];
        for (actor, allowed) in cells {
            let opened = open(&ctx, &actor, kept.id).await;
            let listed = list(&ctx, &actor, id).await;
            assert_eq!(opened.is_ok(), allowed, "{status} {actor:?}");
            assert_eq!(listed.is_ok(), allowed, "{status} {actor:?}");
            assert!(allowed || matches!(opened, Err(Error::NotFound)));
        }
    }
    let looks =
        sqlx::query_scalar!(r#"select count(*) as "n!" from audit where verb = 'open_material' and object_id = $1"#, kept.id.0)
            .fetch_one(&ctx.pool)
            .await
            .unwrap();
    assert_eq!(looks, 10, "each look of staff, none of the owner");
}

#[sqlx::test(migrations = "../migrations")]
async fn only_the_owner_changes_materials_and_only_while_it_may(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    for stranger in [STRANGER, Actor::Anonymous, clerk(10), reviewer(110_000)] {
        assert!(matches!(upload_one(&ctx, &stranger, id).await, Err(Error::NotFound)));
        assert!(matches!(remove(&ctx, &stranger, kept.id).await, Err(Error::NotFound)));
    }
    at(&ctx, id, "provider_review").await;
    assert!(matches!(upload_one(&ctx, &OWNER, id).await, Err(Error::Refused(Refusal::Status { .. }))));
    assert!(matches!(remove(&ctx, &OWNER, kept.id).await, Err(Error::Refused(Refusal::Status { .. }))));
    at(&ctx, id, "provider_returned").await;
    upload_one(&ctx, &OWNER, id).await.unwrap();
    remove(&ctx, &OWNER, kept.id).await.unwrap();
    assert!(matches!(open(&ctx, &OWNER, kept.id).await, Err(Error::NotFound)));
    assert_eq!(list(&ctx, &OWNER, id).await.unwrap().len(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_with_a_file_is_named(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let rule = async |section, kind, name: &str, bytes: Bytes| match upload(&ctx, &OWNER, id, section, kind, name, bytes).await {
        Err(Error::Invalid(problems)) => problems[0].rule,
        other => panic!("{other:?}"),
    };
    assert_eq!(rule(Section::Sponsor, 1, &"长".repeat(101), photograph()).await, Rule::MaterialName);
    for name in ["a\u{7}.jpg", "a\r\nb.jpg", "a\u{202e}gpj.exe"] {
        assert_eq!(rule(Section::Sponsor, 1, name, photograph()).await, Rule::MaterialName, "{name:?}");
    }
    assert_eq!(rule(Section::Sponsor, 1, "a.jpg", vec![0; MAX_BYTES + 1].into()).await, Rule::MaterialTooLarge);
    assert_eq!(rule(Section::Sponsor, 1, "a.jpg", Bytes::from_static(b"%PDF-1.7")).await, Rule::MaterialFormat);
    assert_eq!(rule(Section::Sponsor, 77, "a.jpg", photograph()).await, Rule::UnknownCode);
    assert_eq!(rule(Section::Access(1, 1), 1, "a.jpg", photograph()).await, Rule::UnknownCode);
    upload(&ctx, &OWNER, id, Section::Site(1), 1, &"长".repeat(100), photograph()).await.unwrap();
    let nowhere = upload(&ctx, &OWNER, id, Section::Site(2), 1, "a.jpg", photograph()).await;
    assert!(matches!(nowhere, Err(Error::NotFound)), "the filing has one site");
}

#[sqlx::test(migrations = "../migrations")]
async fn objects_without_a_row_and_removed_ones_are_collected(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let handlers = handlers(Handlers::new());
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    let removed = upload_one(&ctx, &OWNER, id).await.unwrap();
    remove(&ctx, &OWNER, removed.id).await.unwrap();

    // A node that died between the object and its row.
    let orphan = Uuid::from_u128(99);
    let mut tx = ctx.begin().await.unwrap();
    jobs::enqueue(&mut tx, ORPHAN, &orphan.to_string(), json!({}), ctx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    ctx.files.put(orphan, Bytes::from_static(b"lost")).await.unwrap();

    ctx.clock.wind(std::time::Duration::from_secs(7200));
    jobs::run_due(&ctx, &handlers).await.unwrap();
    assert!(matches!(ctx.files.get(orphan).await, Err(Error::NotFound)));
    let row =
        sqlx::query!("select object_key, sealed from materials where id = $1", removed.id.0).fetch_one(&ctx.pool).await.unwrap();
    assert!(row.sealed.is_empty());
    assert!(matches!(ctx.files.get(row.object_key.parse().unwrap()).await, Err(Error::NotFound)));
    open(&ctx, &OWNER, kept.id).await.unwrap();
}

/// As if an object had been written so long before the clock's time.
fn date(folder: &std::path::Path, object: Uuid, age: Duration, ctx: &Ctx) {
    let name = object.simple().to_string();
    let file = std::fs::File::open(folder.join(&name[30..]).join(&name)).unwrap();
    file.set_modified((ctx.clock.now() - ctx.clock.wound() - age).into()).unwrap();
}

/// Sweeps until every shelf has had its turn.
async fn sweep_all(ctx: &Ctx) {
    for sweep in 0..64 {
        let clock = crate::clock::Clock::standing(ctx.clock.now() - ctx.clock.wound() + Duration::minutes(10 * sweep));
        clock.wind(ctx.clock.wound());
        // The store's dates are as old then as they are now.
        crate::upkeep::sweep(&Ctx { clock, ..ctx.clone() }).await.unwrap();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_sweep_removes_old_objects_without_a_row_and_none_whose_row_may_come(pool: PgPool) {
    let folder = std::env::temp_dir().join(format!("beian-orphans-{}", Uuid::new_v4().simple()));
    let files = crate::files::Files::in_folder(&folder).unwrap();
    let ctx = Ctx { files, ..Ctx::for_tests(pool) };
    // A demo whose clock is a month ahead of the machine, which dates the objects.
    ctx.clock.wind(std::time::Duration::from_secs(30 * 86_400));
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    jobs::run_due(
        &Ctx { clock: crate::clock::Clock::standing(ctx.clock.now() + Duration::hours(2)), ..ctx.clone() },
        &handlers(Handlers::new()),
    )
    .await
    .unwrap();
    let of_rows: Vec<String> =
        sqlx::query_scalar("select object_key from materials union select object_key from material_thumbnails")
            .fetch_all(&ctx.pool)
            .await
            .unwrap();
    let of_rows: Vec<Uuid> = of_rows.iter().map(|key| key.parse().unwrap()).collect();
    assert_eq!(of_rows.len(), 2);
    for object in &of_rows {
        date(&folder, *object, Duration::days(40), &ctx);
    }

    let [orphan, young, coming] = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
    for (object, age) in [(orphan, Duration::hours(25)), (young, Duration::hours(12)), (coming, Duration::days(2))] {
        ctx.files.put(object, Bytes::from_static(b"sealed")).await.unwrap();
        date(&folder, object, age, &ctx);
    }
    // An upload that is under way for so long that its object is old: its job is due, its row not committed.
    let mut tx = ctx.begin().await.unwrap();
    jobs::enqueue(&mut tx, ORPHAN, &coming.to_string(), json!({}), ctx.clock.now() + Duration::hours(1)).await.unwrap();
    tx.commit().await.unwrap();
    std::fs::create_dir_all(folder.join("00")).unwrap();
    std::fs::write(folder.join("00/lost+found"), "not ours").unwrap();
    let theirs = std::fs::File::open(folder.join("00/lost+found")).unwrap();
    theirs.set_modified((ctx.clock.now() - Duration::days(400)).into()).unwrap();

    sweep_all(&ctx).await;
    assert!(matches!(ctx.files.get(orphan).await, Err(Error::NotFound)), "an orphan stays");
    ctx.files.get(young).await.expect("its row may still come");
    ctx.files.get(coming).await.expect("its job is still due");
    open(&ctx, &OWNER, kept.id).await.expect("its row stands");
    for object in of_rows {
        ctx.files.get(object).await.expect("a row of either table stands");
    }
    assert!(folder.join("00/lost+found").exists());

    sqlx::query("delete from jobs").execute(&ctx.pool).await.unwrap();
    date(&folder, young, Duration::hours(25), &ctx);
    sweep_all(&ctx).await;
    assert!(matches!(ctx.files.get(young).await, Err(Error::NotFound)), "a day later it is one too");
    assert!(matches!(ctx.files.get(coming).await, Err(Error::NotFound)), "nobody is at it any more");
    open(&ctx, &OWNER, kept.id).await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}
