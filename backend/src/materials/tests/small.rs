use super::*;

/// A photograph of which the small picture is another one.
fn large() -> Bytes {
    let mut out = Vec::new();
    let picture = RgbImage::from_fn(1600, 1200, |x, y| image::Rgb([(x / 7) as u8, (y / 5) as u8, ((x * y) % 251) as u8]));
    DynamicImage::ImageRgb8(picture).write_with_encoder(JpegEncoder::new(&mut out)).unwrap();
    out.into()
}

async fn upload_large(ctx: &Ctx, id: FilingId) -> MaterialId {
    upload(ctx, &OWNER, id, Section::Sponsor, 1, "a.jpg", large()).await.unwrap().id
}

async fn objects_of(ctx: &Ctx) -> Vec<String> {
    sqlx::query_scalar(
        "select object_key from material_thumbnails union all select object_key from materials where sealed <> '' order by 1",
    )
    .fetch_all(&ctx.pool)
    .await
    .unwrap()
}

/// The identifiers of all that the store holds.
async fn stored(ctx: &Ctx) -> Vec<String> {
    use futures::TryStreamExt;
    let mut all = Vec::new();
    for shelf in 0..=u8::MAX {
        all.extend(ctx.files.list(shelf).map_ok(|kept| kept.id.to_string()).try_collect::<Vec<_>>().await.unwrap());
    }
    all.sort();
    all
}

#[sqlx::test(migrations = "../migrations")]
async fn a_small_picture_is_kept_sealed_beside_the_whole_one(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_large(&ctx, id).await;
    let small = open_thumbnail(&ctx, &OWNER, kept).await.unwrap();
    let (_, whole) = open(&ctx, &OWNER, kept).await.unwrap();
    let drawn = image::load_from_memory_with_format(&small, image::ImageFormat::Jpeg).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (320, 240));
    assert!(small.len() * 10 < whole.len(), "{} of {}", small.len(), whole.len());
    let object: String = sqlx::query_scalar("select object_key from material_thumbnails").fetch_one(&ctx.pool).await.unwrap();
    let lies = ctx.files.get(object.parse().unwrap()).await.unwrap();
    assert_ne!(&lies[..3], b"\xFF\xD8\xFF", "the bytes lie open");
    // Each under a key of its own: neither object opens with the other's row.
    sqlx::query("update material_thumbnails set object_key = (select object_key from materials)")
        .execute(&ctx.pool)
        .await
        .unwrap();
    assert!(matches!(open_thumbnail(&ctx, &OWNER, kept).await, Err(Error::Inconsistent { column: "sealed", .. })));
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_not_shown_the_whole_picture_is_not_shown_the_small_one(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_one(&ctx, &OWNER, id).await.unwrap();
    for status in ["draft", "provider_review", "sms_pending", "bureau_review", "approved", "discarded"] {
        at(&ctx, id, status).await;
        for actor in [OWNER, STRANGER, Actor::Anonymous, clerk(10), clerk(11), reviewer(110_000), reviewer(510_000)] {
            let [whole, small] =
                [open(&ctx, &actor, kept.id).await.map(|_| ()), open_thumbnail(&ctx, &actor, kept.id).await.map(|_| ())];
            assert_eq!(whole.is_ok(), small.is_ok(), "{status} {actor:?}");
            assert!(small.is_ok() || matches!(small, Err(Error::NotFound)));
        }
    }
    let count = async |verb: &str| -> i64 {
        let sql = "select count(*) from audit where verb = $1 and object_id = $2";
        sqlx::query_scalar(sql).bind(verb).bind(kept.id.0).fetch_one(&ctx.pool).await.unwrap()
    };
    let looks = count("see_thumbnail").await;
    assert!(looks > 0, "looks of staff are noted");
    assert_eq!(looks, count("open_material").await);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_that_is_missing_is_made_when_it_is_asked_for(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let kept = upload_large(&ctx, id).await;
    let made = open_thumbnail(&ctx, &OWNER, kept).await.unwrap();
    // As those that were kept before there were small ones.
    sqlx::query("delete from material_thumbnails").execute(&ctx.pool).await.unwrap();
    let (one, other) = tokio::join!(open_thumbnail(&ctx, &OWNER, kept), open_thumbnail(&ctx, &OWNER, kept));
    assert_eq!(image::load_from_memory(&one.unwrap()).unwrap().width(), image::load_from_memory(&made).unwrap().width());
    other.unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from material_thumbnails").fetch_one(&ctx.pool).await.unwrap();
    assert_eq!(rows, 1);
    // One whose object the store has lost.
    let object: String = sqlx::query_scalar("select object_key from material_thumbnails").fetch_one(&ctx.pool).await.unwrap();
    ctx.files.delete(object.parse().unwrap()).await.unwrap();
    open_thumbnail(&ctx, &OWNER, kept).await.unwrap();
    // What was made and is no more named is collected.
    ctx.clock.wind(std::time::Duration::from_secs(7200));
    jobs::run_due(&ctx, &handlers(Handlers::new())).await.unwrap();
    assert_eq!(stored(&ctx).await, objects_of(&ctx).await);
    assert_eq!(objects_of(&ctx).await.len(), 2);
    open_thumbnail(&ctx, &OWNER, kept).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn it_goes_with_its_material_and_is_not_made_again(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let id = filing(&ctx).await;
    let (kept, removed) = (upload_large(&ctx, id).await, upload_large(&ctx, id).await);
    ctx.clock.wind(std::time::Duration::from_secs(7200));
    jobs::run_due(&ctx, &handlers(Handlers::new())).await.unwrap();
    assert_eq!(stored(&ctx).await.len(), 4, "the jobs for orphans leave what has a row");
    remove(&ctx, &OWNER, removed).await.unwrap();
    assert!(matches!(open_thumbnail(&ctx, &OWNER, removed).await, Err(Error::NotFound)));
    jobs::run_due(&ctx, &handlers(Handlers::new())).await.unwrap();
    assert_eq!(stored(&ctx).await, objects_of(&ctx).await);
    assert_eq!(stored(&ctx).await.len(), 2);
    open_thumbnail(&ctx, &OWNER, kept).await.unwrap();

    // Whoever began to make one before the erasure writes no row after it.
    let late = thumbnails::Thumbnail::seal(&ctx, removed, b"late").unwrap();
    let mut tx = ctx.begin().await.unwrap();
    assert!(matches!(late.insert(&ctx, &mut tx, removed).await, Err(Error::NotFound)));
}
