//! Many sites on the register at once, for the demo and for measuring: one statement a table, no row by row.
//!
//! Each sponsor has the filing it came from, with a journal that folds to its row. What is sealed stays empty until
//! [`seal_answers`] writes it: measuring needs the rows, not what they hide.

use super::persons::{pick, sponsor};
use super::tables::PROVIDERS;
use super::words::{FAMILY, GIVEN, OWN_SITES, TRADES, UNIT_SITES, WORDS};
use crate::keys::Place;
use crate::{Ctx, Error, Result};
use domain::codes::Province;
use domain::draft::{AccessDraft, Draft, SiteDraft};
use domain::forms::{AccessForm, ConsentForm, SiteForm};
use uuid::Uuid;

/// Sponsors of one transaction.
const CHUNK: i64 = 50_000;

/// Adds so many sites, with three sponsors to every four. A later call goes on where the last one ended.
pub async fn load(ctx: &Ctx, sites: u64) -> Result<()> {
    let sponsors = i64::try_from(sites.div_ceil(4) * 3).map_err(|_| Error::Internal("more sites than there are numbers"))?;
    let loaded =
        sqlx::query_scalar!(r#"select count(*) as "count!" from sponsors where identity_key like '\x6c6f6164'::bytea || '%'"#)
            .fetch_one(&ctx.pool)
            .await?;
    let mut first = loaded;
    while first < loaded + sponsors {
        let last = (first + CHUNK).min(loaded + sponsors);
        load_chunk(ctx, first, last).await?;
        first = last;
    }
    Ok(())
}

async fn load_chunk(ctx: &Ctx, first: i64, last: i64) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let list = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let provinces: Vec<i32> = Province::ALL.iter().map(|p| i32::try_from(p.id()).unwrap_or_default()).collect();
    let heads: Vec<String> = Province::ALL.iter().map(|p| p.abbreviation().to_string()).collect();
    let places: Vec<String> = Province::ALL.iter().map(|p| short(p.zh())).collect();
    // A quarter each for the two provinces whose bureaux have staff in the demo.
    let made = "create temporary table loading on commit drop as
        select n,
               (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5('f' || n), 1, 3) || '8' || substr(md5('f' || n), 4, 15))::uuid as filing_id,
               (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5('s' || n), 1, 3) || '8' || substr(md5('s' || n), 4, 15))::uuid as sponsor_id,
               at, province, head, extract(year from at at time zone 'Asia/Shanghai')::smallint as year,
               individual,
               case when individual then family || given else place || word || trade end as name,
               word || extra as site_word,
               latin || latin2 || case when n >= 2304 then (n / 2304)::text else '' end as label,
               case when n % 3 = 0 then 2 else 1 end as sites,
               ('01920000-0000-7000-9000-' || lpad(to_hex(n % 12), 12, '0'))::uuid as owner_id,
               ($12::uuid[])[1 + n % 2] as provider_id,
               0 as sequence, '' as number
        from (
            select n, at, individual, trade, family, given,
                   words[1 + n % 48] as word, words[1 + (n / 48 + n) % 48] as extra,
                   latins[1 + n % 48] as latin, latins[1 + (n / 48 + n) % 48] as latin2,
                   provinces[p] as province, heads[p] as head, places[p] as place
            from (
                select n, $3::timestamptz - make_interval(hours => (1 + (n * 7919) % 26280)::int) as at,
                       n % 6 = 5 as individual,
                       case n % 4 when 0 then 1 when 1 then 11 else 1 + ((n * 13) % 31)::int end as p,
                       ($6::text[])[1 + (n * 5 + n / 12) % 12] as trade,
                       ($7::text[])[1 + (n * 5 + 1) % 24] as family, ($8::text[])[1 + (n * 7 + n / 24) % 24] as given,
                       $4::text[] as words, $5::text[] as latins,
                       $9::int[] as provinces, $10::text[] as heads, $11::text[] as places
                from generate_series($1::bigint, $2::bigint - 1) as n
            ) a
        ) b";
    sqlx::query(made)
        .bind(first)
        .bind(last)
        .bind(ctx.clock.now() - time::Duration::days(2))
        .bind(list(&WORDS.map(|(han, _)| han)))
        .bind(list(&WORDS.map(|(_, latin)| latin)))
        .bind(list(&TRADES))
        .bind(list(&FAMILY))
        .bind(list(&GIVEN))
        .bind(provinces)
        .bind(heads)
        .bind(places)
        .bind(PROVIDERS.map(|p| p.id.0).to_vec())
        .execute(&mut *tx)
        .await?;
    for statement in STATEMENTS {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    let named = "insert into site_versions (site_id, valid, recorded_at, filing_id, row_id, name, domain_display, home_page,
                                            approved_on, services, preapprovals, sealed)
        select s.id, tstzrange(l.at, null), l.at, l.filing_id, md5('site row' || s.id)::uuid,
               l.site_word || case when l.individual then ($1::text[])[1 + l.n % 6] else ($2::text[])[1 + (l.n + length(s.number)) % 6] end,
               s.domain, 'www.' || s.domain, (l.at at time zone 'Asia/Shanghai')::date,
               case when l.individual then '{6}' else '{8}' end::smallint[], '{}', ''
        from loading l join sites s on s.sponsor_id = l.sponsor_id";
    sqlx::query(named).bind(list(&OWN_SITES)).bind(list(&UNIT_SITES)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// What follows from the temporary table, in order.
const STATEMENTS: [&str; 10] = [
    "update loading l set sequence = d.sequence,
            number = d.head || 'ICP备' || d.year || lpad(d.sequence::text, 6, '0') || '号'
     from (select n, head, year, (coalesce(c.last, 0) + row_number() over (partition by province, year order by at, n))::int as sequence
           from loading left join number_counters c using (province, year)) d
     where d.n = l.n",
    "insert into number_counters (province, year, last) select province, year, max(sequence) from loading group by 1, 2
     on conflict (province, year) do update set last = excluded.last",
    "insert into filings (id, seq, status, owner_id, province, provider_id, policy_version, number, submitted_at, entered_at,
                          touched_at, title, site_count, nature, domains)
     select filing_id, 4, 'approved', owner_id, province, provider_id, 1, number, at - interval '6 days', at, at,
            case when individual then '' else name end, sites, case when individual then 5 else 4 end,
            case when sites = 2 then array[label || '.example', label || '-shop.example'] else array[label || '.example'] end
     from loading",
    "insert into journal (filing_id, seq, previous_seq, verb, from_status, to_status, who, actor, fact, entry, at)
     select filing_id, seq, nullif(seq - 1, 0), verb, from_status, to_status, who,
            case who when 'registrant' then jsonb_build_object('category', 'registrant', 'user', owner_id)
                     when 'provider' then jsonb_build_object('category', 'provider', 'user', owner_id, 'provider', provider_id, 'role', 'provider_clerk')
                     else jsonb_build_object('category', 'bureau', 'user', owner_id, 'province', province, 'role', 'reviewer') end,
            case seq when 1 then jsonb_build_object('fact', 'created', 'owner', owner_id)
                     when 2 then jsonb_build_object('fact', 'submitted', 'province', province, 'provider', provider_id, 'leave', false)
                     when 3 then jsonb_build_object('fact', 'noted', 'note', filing_id)
                     else jsonb_build_object('fact', 'approved', 'note', filing_id, 'number', number) end,
            case when seq in (2, 3) then jsonb_build_object('policy', 1, 'due_at', null, 'sms', null) end,
            at - back
     from loading cross join (values
         (1, 'create', '', 'draft', 'registrant', interval '7 days'),
         (2, 'submit', 'draft', 'provider_review', 'registrant', interval '6 days'),
         (3, 'pass', 'provider_review', 'bureau_review', 'provider', interval '5 days'),
         (4, 'approve', 'bureau_review', 'approved', 'bureau', interval '0')) as e (seq, verb, from_status, to_status, who, back)
     order by at - back, n",
    "insert into filing_snapshots (filing_id, seq, row_id, sealed) select filing_id, 2, md5('snapshot' || filing_id)::uuid, '' from loading",
    "insert into issued_numbers (province, year, sequence, number, filing_id, issued_at)
     select province, year, sequence, number, filing_id, at from loading",
    "insert into sponsors (id, number, province, identity_key, last_site_number, owner_id, filed_by, created_at)
     select sponsor_id, number, province, 'load'::bytea || decode(md5('identity' || n), 'hex'), sites, owner_id, 'self', at from loading",
    "insert into sponsor_versions (sponsor_id, valid, recorded_at, filing_id, row_id, name, name_key, nature, sealed)
     select sponsor_id, tstzrange(at, null), at, filing_id, md5('sponsor row' || sponsor_id)::uuid, name, name,
            case when individual then 5 else 4 end, '' from loading",
    "insert into sites (id, sponsor_id, number, domain, created_at)
     select (substr(sponsor_id::text, 1, 14) || '7' || substr(md5('site' || n || k), 1, 3) || '-8' || substr(md5('site' || n || k), 4, 3) || '-' || substr(md5('site' || n || k), 7, 12))::uuid,
            sponsor_id, number || '-' || k, label || case when k = 2 then '-shop' else '' end || '.example', at
     from loading cross join lateral generate_series(1, sites) as k",
    "insert into accesses (id, site_id, provider_id, method, locations, addresses, filing_id, created_at)
     select md5('access' || s.id)::uuid, s.id, l.provider_id, 5, '{2}', array['203.0.113.' || (1 + l.n % 120)], l.filing_id, l.at
     from loading l join sites s on s.sponsor_id = l.sponsor_id",
];

/// A province's name as companies bear it: 北京, 内蒙古, 新疆.
fn short(province: &str) -> String {
    let letters = if province.starts_with("内蒙古") || province.starts_with("黑龙江") { 3 } else { 2 };
    province.chars().take(letters).collect()
}

/// Writes what the loaded rows hide, so that their cases can be opened at a desk.
pub(super) async fn seal_answers(ctx: &Ctx) -> Result<()> {
    let rows = sqlx::query!(
        "select v.filing_id, v.row_id as sponsor_row, v.name, v.nature, s.row_id as snapshot_row, p.province
         from sponsor_versions v join sponsors p on p.id = v.sponsor_id
         join filing_snapshots s on s.filing_id = v.filing_id where v.sealed = ''::bytea order by p.created_at"
    )
    .fetch_all(&ctx.pool)
    .await?;
    let mut tx = ctx.begin().await?;
    for (n, row) in rows.into_iter().enumerate() {
        let individual = row.nature == 5;
        let n = n + 5000;
        let mut form = sponsor(n, usize::from(row.province == 330_000), individual)?;
        form.province = row.province.to_string();
        form.name.clone_from(&row.name);
        if individual {
            form.person_name = row.name;
        }
        let sites = sites_of(&mut tx, row.filing_id, n).await?;
        let consent = ConsentForm { truthful: "yes".into(), personal_data: "yes".into(), ..ConsentForm::default() };
        let draft = Draft { sponsor: form, sites, consent, ..Draft::default() };
        let seal =
            |table, id, version, plain: Vec<u8>| ctx.keys.seal(Place { table, column: "sealed", row: id, version }, &plain);
        let sealed = seal("sponsor_versions", row.sponsor_row, 1, serde_json::to_vec(&draft.sponsor)?);
        sqlx::query!("update sponsor_versions set sealed = $2 where row_id = $1", row.sponsor_row, sealed)
            .execute(&mut *tx)
            .await?;
        for site in &draft.sites {
            let row_id = sqlx::query_scalar!(
                "select row_id from site_versions where filing_id = $1 and domain_display = $2",
                row.filing_id,
                site.form.domain
            )
            .fetch_one(&mut *tx)
            .await?;
            let sealed = seal("site_versions", row_id, 1, serde_json::to_vec(&site.form)?);
            sqlx::query!("update site_versions set sealed = $2 where row_id = $1", row_id, sealed).execute(&mut *tx).await?;
        }
        let sealed = seal("filing_snapshots", row.snapshot_row, 2, serde_json::to_vec(&draft)?);
        sqlx::query!("update filing_snapshots set sealed = $2 where row_id = $1", row.snapshot_row, sealed)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn sites_of(tx: &mut crate::Tx<'_>, filing: Uuid, n: usize) -> Result<Vec<SiteDraft>> {
    let rows = sqlx::query!(
        "select v.name, v.domain_display, v.home_page, v.services, a.provider_id, a.addresses from site_versions v
         join accesses a on a.site_id = v.site_id where v.filing_id = $1 order by v.domain_display desc",
        filing
    )
    .fetch_all(&mut **tx)
    .await?;
    let drafts = (1..).zip(rows).map(|(key, row)| SiteDraft {
        key,
        form: SiteForm {
            name: row.name,
            domain: row.domain_display,
            home_page: row.home_page,
            services: row.services.iter().map(i16::to_string).collect(),
            languages: vec!["1".into()],
            preapprovals: vec!["none".into()],
            person_same_as_sponsor: "yes".into(),
            ..SiteForm::default()
        },
        accesses: vec![AccessDraft {
            key: 1,
            form: AccessForm {
                provider_id: row.provider_id.to_string(),
                service_code: pick(PROVIDERS[0].services, n).0.to_owned(),
                method: "5".into(),
                locations: vec!["2".into()],
                addresses: row.addresses.join("\n"),
                ..AccessForm::default()
            },
        }],
    });
    Ok(drafts.collect())
}
