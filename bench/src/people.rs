//! People who are signed in, as many as are wanted: sessions written as the system writes them.

use crate::Outcome;
use data_encoding::BASE64URL_NOPAD;
use domain::id::UserId;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

/// The account of the demo with this name.
pub async fn find(pool: &PgPool, user_name: &str) -> Outcome<UserId> {
    Ok(UserId(sqlx::query_scalar("select id from users where user_name = $1").bind(user_name).fetch_one(pool).await?))
}

/// Opens a session for each of these accounts, and answers their cookies.
pub async fn sign_in(pool: &PgPool, users: &[UserId]) -> Outcome<Vec<String>> {
    let tokens: Vec<String> = (0..users.len())
        .map(|_| BASE64URL_NOPAD.encode(&[*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat()))
        .collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|token| Sha256::digest(token.as_bytes()).to_vec()).collect();
    sqlx::query(
        "insert into sessions (id, token_hash, user_id, stage, address, agent, created_at, seen_at, expires_at)
         select gen_random_uuid(), hash, user_id, 'full', '127.0.0.1', 'bench', now(), now(), now() + interval '8 hours'
         from unnest($1::uuid[], $2::bytea[]) as opened (user_id, hash)",
    )
    .bind(users.iter().map(|user| user.0).collect::<Vec<_>>())
    .bind(hashes)
    .execute(pool)
    .await?;
    Ok(tokens.into_iter().map(|token| format!("__Host-session={token}")).collect())
}
