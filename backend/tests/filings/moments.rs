//! What is shown is of one moment, however much happens while it is looked up.

use crate::stage::*;
use backend::{Ctx, filings, reviews};
use domain::{forms::SponsorForm, problem::Section};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

/// Looks, and lets `meanwhile` happen when the look has come as far as this table.
async fn amidst<T>(ctx: &Ctx, table: &str, look: impl Future<Output = T>, meanwhile: impl Future<Output = ()>) -> T {
    let mut held = ctx.pool.begin().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("lock table {table} in access exclusive mode"))).execute(&mut *held).await.unwrap();
    let then = async {
        let waits = "select exists (select from pg_locks where not granted and relation = $1::text::regclass)";
        while !sqlx::query_scalar::<_, bool>(waits).bind(table).fetch_one(&mut *held).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        meanwhile.await;
        held.rollback().await.unwrap();
    };
    tokio::join!(look, then).0
}

#[sqlx::test(migrations = "../migrations")]
async fn a_draft_s_version_is_that_of_the_answers_beside_it(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    let version = |view: &domain::views::filings::DraftView| {
        view.sections.iter().find(|state| state.section == Section::Sponsor).map(|state| state.version)
    };
    let before = filings::draft(&ctx, &owner, id).await.unwrap();
    let newer = SponsorForm { name: "此时改过的有限公司".into(), ..before.draft.sponsor.clone() };
    let seen = amidst(&ctx, "sponsors", filings::draft(&ctx, &owner, id), async {
        let known = version(&before).unwrap();
        filings::save_sponsor(&ctx, &owner, id, known, None, 0, newer.clone()).await.unwrap();
    });
    let seen = seen.await.unwrap();
    assert_eq!((version(&seen), &seen.draft.sponsor), (version(&before), &before.draft.sponsor));
    let after = filings::draft(&ctx, &owner, id).await.unwrap();
    assert_eq!((version(&after), after.draft.sponsor), (version(&before).map(|v| v + 1), newer));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_case_and_a_progress_tell_no_event_beyond_where_they_stand(pool: PgPool) {
    let ctx = set(pool).await;
    let owner = registrant(1);
    let id = fill(&ctx, &owner, &company(1)).await;
    submit(&ctx, &owner, id).await.unwrap();
    let newest = |view: &domain::views::filings::ProgressView| view.timeline.iter().map(|event| event.seq).max();

    let stood = seq(&ctx, id).await;
    let (colleague, clerk) = (clerk(2), clerk(1));
    let seen = amidst(&ctx, "notes", reviews::case(&ctx, &colleague, id), async {
        reviews::claim(&ctx, &clerk, id, stood, Uuid::new_v4()).await.unwrap();
    });
    let seen = seen.await.unwrap();
    assert_eq!((seen.progress.seq, newest(&seen.progress), seen.claimed_by), (stood, Some(stood), None));

    let stood = seq(&ctx, id).await;
    let told = filings::progress(&ctx, &owner, id).await.unwrap();
    let seen = amidst(&ctx, "notes", filings::progress(&ctx, &owner, id), async {
        filings::withdraw(&ctx, &owner, id, stood, Uuid::new_v4()).await.unwrap();
    });
    let seen = seen.await.unwrap();
    assert_eq!((seen.seq, seen.status, newest(&seen)), (stood, told.status, newest(&told)));
}
