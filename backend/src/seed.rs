//! What the demo is made of.

use crate::{Ctx, Result, seed_accounts};
use domain::id::ProviderId;
use uuid::uuid;

/// The two providers of the demo: name, licence, province.
const PROVIDERS: [(ProviderId, &str, &str, i32); 2] = [
    (ProviderId(uuid!("0190c0de-0000-7000-8000-000000000001")), "云上网络科技有限公司", "B1-20260001", 110_000),
    (ProviderId(uuid!("0190c0de-0000-7000-8000-000000000002")), "恒通数据服务有限公司", "B1-20260002", 330_000),
];

/// Makes what is missing of the demo; harmless when it is all there.
pub async fn demo(ctx: &Ctx) -> Result<()> {
    for (id, name, licence, province) in PROVIDERS {
        sqlx::query!(
            "insert into providers (id, name, licence_number, province) values ($1, $2, $3, $4) on conflict do nothing",
            id.0,
            name,
            licence,
            province,
        )
        .execute(&ctx.pool)
        .await?;
    }
    seed_accounts::seed(ctx, PROVIDERS.map(|(id, ..)| id)).await
}
