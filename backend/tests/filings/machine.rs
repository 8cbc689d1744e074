use crate::stage::*;
use backend::journal;
use domain::filing::{MOVES, Status};
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "../migrations")]
async fn the_database_knows_the_same_moves(pool: PgPool) {
    let rows: Vec<(String, String, String, String)> =
        sqlx::query_as("select verb, from_status, to_status, who from moves").fetch_all(&pool).await.unwrap();
    let kept: BTreeSet<_> = rows.into_iter().collect();
    let told = |m: &domain::filing::Move| {
        (m.verb.name().to_owned(), m.from.map_or("", Status::name).to_owned(), m.to.name().to_owned(), m.who.name().to_owned())
    };
    assert_eq!(kept, MOVES.iter().map(told).collect());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_refuses_what_is_no_move_and_what_does_not_follow(pool: PgPool) {
    let ctx = set(pool).await;
    let id = fill(&ctx, &registrant(1), &company(1)).await;
    let insert = async |seq: i32, verb: &str, from: &str, to: &str, who: &str| {
        sqlx::query(
            "insert into journal (filing_id, seq, previous_seq, verb, from_status, to_status, who, actor, fact, at)
             values ($1, $2, $2 - 1, $3, $4, $5, $6, '{}', '{}', now())",
        )
        .bind(id.0)
        .bind(seq)
        .bind(verb)
        .bind(from)
        .bind(to)
        .bind(who)
        .execute(&ctx.pool)
        .await
        .map(|_| ())
        .map_err(|e| e.as_database_error().and_then(|e| e.constraint().map(str::to_owned)).unwrap_or_default())
    };
    let moves = "journal_verb_from_status_to_status_who_fkey".to_owned();
    assert_eq!(insert(2, "approve", "draft", "approved", "bureau").await, Err(moves));
    let chain = insert(2, "pass", "provider_review", "bureau_review", "provider").await.unwrap_err();
    assert!(chain.starts_with("journal_filing_id_previous_seq"), "{chain}");
    let gap = insert(3, "submit", "draft", "provider_review", "registrant").await.unwrap_err();
    assert!(gap.starts_with("journal_filing_id_previous_seq"), "{gap}");
    journal::check(&ctx.pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_row_that_was_changed_behind_the_journal_is_found(pool: PgPool) {
    let ctx = set(pool).await;
    let id = fill(&ctx, &registrant(1), &company(1)).await;
    submit(&ctx, &registrant(1), id).await.unwrap();
    journal::check(&ctx.pool).await.unwrap();
    for (change, back) in [
        ("update filings set due_at = due_at + interval '1 day'", "update filings set due_at = due_at - interval '1 day'"),
        ("update filings set leave = true", "update filings set leave = false"),
        ("update holds set kind = 'sponsor', key = 'x' where kind = 'domain'", ""),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(change)).execute(&ctx.pool).await.unwrap();
        assert_eq!(journal::disagreements(&ctx.pool).await.unwrap().len(), 1, "{change}");
        if !back.is_empty() {
            sqlx::query(sqlx::AssertSqlSafe(back)).execute(&ctx.pool).await.unwrap();
            journal::check(&ctx.pool).await.unwrap();
        }
    }
}
