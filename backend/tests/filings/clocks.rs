//! Two nodes whose clocks differ by some seconds.

use crate::stage::*;
use backend::{Ctx, captcha, clock::Clock, jobs, journal, limits};
use domain::{refusal::Refusal, views::accounts::ChallengeFor};
use sqlx::PgPool;
use std::time::Duration;

const APART: Duration = Duration::from_secs(7);

#[sqlx::test(migrations = "../migrations")]
async fn clocks_that_differ_by_some_seconds_lose_nothing_and_double_nothing(pool: PgPool) {
    let ahead = set(pool).await;
    policy(&ahead, "").await;
    let behind = Ctx { clock: Clock::standing(ahead.clock.now() - APART), ..ahead.clone() };
    for (n, first, second) in [(1, &ahead, &behind), (2, &behind, &ahead)] {
        let owner = registrant(u128::from(n));
        // Each step is of the other node; half of them are dated before the one they follow.
        let id = fill(first, &owner, &company(n)).await;
        submit(second, &owner, id).await.unwrap();
        assert!(matches!(submit(first, &owner, id).await, Err(backend::Error::Refused(Refusal::Status { .. }))));
        pass(first, id).await;
        // A job is due when the node that looks says so: for the one behind somewhat later, and for both together once.
        let mut ran = 0;
        for _ in 0..2 {
            ran += jobs::run_due(second, &handlers()).await.unwrap() + jobs::run_due(first, &handlers()).await.unwrap();
            ahead.clock.wind(APART);
            behind.clock.wind(APART);
        }
        assert_eq!(ran, 1, "the codes of {n}");
        let code = codes(first, &mobile(n)).await;
        assert_eq!(code.len(), 1);
        assert!(confirm(second, &mobile(n), &code[0], DIGITS).await.unwrap().moved_on);
        approve(first, &reviewer(1), id).await.unwrap();
        assert_eq!(status(second, id).await, "approved");
    }
    // What one counts, the other counts on.
    let limit = limits::Limit { kind: "tries", max: 2, window: Duration::from_secs(60) };
    for ctx in [&ahead, &behind] {
        limits::hit(ctx, limit, "somebody").await.unwrap();
    }
    for ctx in [&behind, &ahead] {
        assert!(limits::hit(ctx, limit, "somebody").await.is_err());
    }
    // A challenge of the one ahead is one for the one behind.
    let challenge = captcha::make_with(&ahead, &Known, ChallengeFor::SignIn, false).await.unwrap().id.to_string();
    captcha::prove(&behind, ChallengeFor::SignIn, &challenge, "known").await.unwrap();
    journal::check(&ahead.pool).await.unwrap();
}
