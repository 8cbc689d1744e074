//! Houses and rule tables of the demo.

use crate::{Ctx, Result};
use domain::id::ProviderId;
use uuid::Uuid;

/// A provider of the demo, with what a registrant needs to name it as its own.
#[derive(Clone, Copy, Debug)]
pub struct SeededProvider {
    /// Its identifier.
    pub id: ProviderId,
    /// Its name.
    pub name: &'static str,
    /// 经营许可证编号
    pub licence_number: &'static str,
    /// Its province.
    pub province: i32,
    /// Its phone, of numbers that nobody has.
    pub phone: &'static str,
    /// Its ranges: first, last, and the code of 服务器放置地.
    pub ranges: &'static [(&'static str, &'static str, i16)],
    /// Its services: code, what it is.
    pub services: &'static [(&'static str, &'static str)],
}

/// What the demo's identifiers begin with.
const FAMILY: u128 = 0x0190_c0de_0000_7000_8000_0000_0000_0000;

const fn id(n: u128) -> ProviderId {
    ProviderId(Uuid::from_u128(FAMILY | n))
}

/// The demo's providers: two with staff, one without.
pub const PROVIDERS: [SeededProvider; 3] = [
    SeededProvider {
        id: id(1),
        name: "云上网络科技有限公司",
        licence_number: "B1.B2-20260001",
        province: 110_000,
        phone: "010-10000100",
        ranges: &[("203.0.113.0", "203.0.113.127", 2), ("2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", 2)],
        services: &[("YS-2026-0001", "云服务器"), ("YS-2026-0002", "虚拟主机"), ("YS-2026-0003", "主机托管")],
    },
    SeededProvider {
        id: id(2),
        name: "恒通数据服务有限公司",
        licence_number: "B1.B2-20260002",
        province: 330_000,
        phone: "0571-10000200",
        ranges: &[("198.51.100.0", "198.51.100.127", 34), ("2001:db8:2::", "2001:db8:2:ffff:ffff:ffff:ffff:ffff", 34)],
        services: &[("HT-2026-0001", "弹性云主机"), ("HT-2026-0002", "虚拟主机"), ("HT-2026-0003", "授权码")],
    },
    SeededProvider {
        id: id(3),
        name: "蜀江云计算有限公司",
        licence_number: "B1-20260003",
        province: 510_000,
        phone: "028-10000300",
        ranges: &[("198.51.100.128", "198.51.100.255", 24), ("192.0.2.0", "192.0.2.255", 24)],
        services: &[("SJ-2026-0001", "云服务器")],
    },
];

/// From the day of Order 33 on, so that the demo's past is lawful too.
pub(super) async fn seed(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.begin().await?;
    for provider in &PROVIDERS {
        sqlx::query!(
            "insert into providers (id, name, licence_number, province, phone) values ($1, $2, $3, $4, $5) on conflict do nothing",
            provider.id.0,
            provider.name,
            provider.licence_number,
            provider.province,
            provider.phone,
        )
        .execute(&mut *tx)
        .await?;
        for (n, (start, end, location)) in (0..).zip(provider.ranges) {
            sqlx::query!(
                "insert into provider_ranges (id, provider_id, start_address, end_address, location_code)
                 values ($1, $2, $3::text::inet, $4::text::inet, $5) on conflict do nothing",
                part(provider.id, 0x100 + n),
                provider.id.0,
                *start,
                *end,
                location,
            )
            .execute(&mut *tx)
            .await?;
        }
        for (n, (code, description)) in (0..).zip(provider.services) {
            sqlx::query!(
                "insert into provider_services (id, provider_id, code, description, capacity)
                 values ($1, $2, $3::text::citext, $4, 30000) on conflict do nothing",
                part(provider.id, 0x200 + n),
                provider.id.0,
                *code,
                *description,
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    // Zhejiang as in the pilot of 2018: during the review, 48 hours, a sixth mistake, refusals through the provider.
    sqlx::query!(
        "insert into policies (province, valid, sms_stage, sms_window_hours, sms_wrong_digits, after_refusal)
         values (330000, '[2020-08-17,)', 'during', 48, 6, 'provider') on conflict do nothing"
    )
    .execute(&mut *tx)
    .await?;
    // Jiangsu: two review, and the clock goes on while a department is asked.
    sqlx::query!(
        "insert into policies (province, valid, sms_stage, sms_window_hours, second_reviewer, preapproval_pauses)
         values (320000, '[2020-08-17,)', 'before', 24, true, false) on conflict do nothing"
    )
    .execute(&mut *tx)
    .await?;
    // Mobiles of a prefix that no operator has, names of RFC 2606 and of IANA's trial, addresses of RFC 5737 and 3849.
    sqlx::query!("insert into permitted_prefixes (prefix, valid) values ('100', '[2005-03-20,)') on conflict do nothing")
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "insert into permitted_suffixes (suffix, valid)
         select suffix, '[2005-03-20,)' from unnest(array['example', 'test', '测试']) as suffix on conflict do nothing"
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into permitted_ranges (start_address, end_address, valid)
         select s::inet, e::inet, '[2005-03-20,)' from (values ('192.0.2.0', '192.0.2.255'), ('198.51.100.0', '198.51.100.255'),
             ('203.0.113.0', '203.0.113.255'), ('2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')) as r (s, e)
         where not exists (select 1 from permitted_ranges)"
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update bureaux set phone = case province when 110000 then '010-10000010' when 320000 then '025-10000030' else '0571-10000020' end,
                address = case province when 110000 then '北京市西城区' when 320000 then '南京市建邺区' else '杭州市西湖区' end
         where province in (110000, 320000, 330000) and phone = ''"
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// An identifier below a provider's.
fn part(provider: ProviderId, n: u128) -> Uuid {
    Uuid::from_u128(provider.0.as_u128() | n << 16)
}
