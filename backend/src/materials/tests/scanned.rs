use super::*;
use crate::scanner::{
    Scanner,
    fake::{self, Way},
};
use std::sync::Arc;
use std::time::Duration;

fn with(ctx: &Ctx, scanner: Scanner) -> Ctx {
    let settings = crate::settings::Settings { scanner: Some(scanner), ..(*ctx.settings).clone() };
    Ctx { settings: Arc::new(settings), ..ctx.clone() }
}

async fn refusal(ctx: &Ctx, id: FilingId, bytes: Bytes) -> Problem {
    match upload(ctx, &OWNER, id, Section::Sponsor, 1, "a.jpg", bytes).await {
        Err(Error::Invalid(mut problems)) => problems.remove(0),
        other => panic!("{other:?}"),
    }
}

/// Rows and jobs of materials, and what the store holds.
async fn left(ctx: &Ctx) -> (i64, bool) {
    let sql = "select (select count(*) from materials) + (select count(*) from material_thumbnails)
                    + (select count(*) from jobs) + (select count(*) from audit where verb = 'upload_material' and result = 'done')";
    let rows = sqlx::query_scalar(sql).fetch_one(&ctx.pool).await.unwrap();
    (rows, ctx.files.is_empty().await.unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_is_kept_once_the_scanner_has_read_it_as_it_was_sent(pool: PgPool) {
    let fake = fake::tcp(Way::Says(b"stream: OK\0")).await;
    let ctx = with(&Ctx::for_tests(pool), fake.scanner);
    let id = filing(&ctx).await;
    upload_one(&ctx, &OWNER, id).await.unwrap();
    assert_eq!(*fake.read.lock().unwrap(), [photograph().to_vec()]);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_infected_file_is_refused_by_name_noted_and_not_kept(pool: PgPool) {
    let fake = fake::tcp(Way::Says(b"stream: OK\0")).await;
    let ctx = with(&Ctx::for_tests(pool), fake.scanner);
    let id = filing(&ctx).await;
    let infected = [photograph().to_vec(), fake::eicar()].concat();
    let problem = refusal(&ctx, id, infected.into()).await;
    assert_eq!((problem.rule, problem.given.as_str()), (Rule::MaterialInfected, "Eicar-Test-Signature"));
    assert_eq!(left(&ctx).await, (0, true));
    let (result, object, found): (String, Uuid, String) =
        sqlx::query_as("select result, object_id, detail->>'found' from audit where verb = 'upload_material'")
            .fetch_one(&ctx.pool)
            .await
            .unwrap();
    assert_eq!((result.as_str(), object, found.as_str()), ("infected", id.0, "Eicar-Test-Signature"));
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_kept_that_no_scanner_has_cleared(pool: PgPool) {
    let plain = Ctx::for_tests(pool);
    let id = filing(&plain).await;
    for way in [
        Way::Says(b"INSTREAM size limit exceeded. ERROR\0"),
        Way::Says(b"stream: Access denied. ERROR\0"),
        Way::Says(b"nonsense\0"),
        Way::SaysAfter(10, b""),
        Way::Hangs,
        Way::Deaf,
    ] {
        let ctx = with(&plain, fake::tcp(way).await.scanner.within(Duration::from_millis(300)));
        assert_eq!(refusal(&ctx, id, photograph()).await.rule, Rule::MaterialLater, "{way:?}");
        assert_eq!(left(&ctx).await, (0, true), "{way:?}");
    }
    let ctx = with(&plain, fake::nobody().await);
    assert_eq!(refusal(&ctx, id, photograph()).await.rule, Rule::MaterialLater);
    assert_eq!(left(&ctx).await, (0, true));
    // What is no material at all is not sent there.
    let too_large = refusal(&ctx, id, vec![0; MAX_BYTES + 1].into()).await;
    assert_eq!(too_large.rule, Rule::MaterialTooLarge);
}
