use super::*;
use domain::actor::Role;
use domain::id::UserId;
use sqlx::PgPool;
use tokio::time::timeout;

const PROVIDER: ProviderId = ProviderId(Uuid::from_u128(10));
const SOON: Duration = Duration::from_secs(20);

async fn prepare(ctx: &Ctx) {
    sqlx::query!("insert into providers (id, name, licence_number, province) values ($1, '云商', 'B1-1', 110000)", PROVIDER.0)
        .execute(&ctx.pool)
        .await
        .unwrap();
    // A move that stays where it is, so that a filing can be written to as often as a test likes.
    sqlx::query!("insert into moves values ('edit', 'draft', 'draft', 'registrant')").execute(&ctx.pool).await.unwrap();
}

async fn begin(ctx: &Ctx) -> FilingId {
    let id = FilingId(ctx.new_id());
    sqlx::query!(
        "insert into filings (id, seq, status, owner_id, entered_at, touched_at, province, provider_id)
         values ($1, 1, 'draft', $2, $3, $3, 110000, $4)",
        id.0,
        Uuid::from_u128(1),
        ctx.clock.now(),
        PROVIDER.0
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    let mut tx = ctx.begin().await.unwrap();
    append(ctx, &mut tx, id, 1).await;
    tx.commit().await.unwrap();
    id
}

async fn append(ctx: &Ctx, tx: &mut crate::Tx<'_>, id: FilingId, seq: i32) {
    let first = seq == 1;
    sqlx::query!(
        "insert into journal (filing_id, seq, previous_seq, verb, from_status, to_status, who, actor, fact, at)
         values ($1, $2, $3, $4, $5, 'draft', 'registrant', '{}', '{}', $6)",
        id.0,
        seq,
        (!first).then(|| seq - 1),
        if first { "create" } else { "edit" },
        if first { "" } else { "draft" },
        ctx.clock.now()
    )
    .execute(&mut **tx)
    .await
    .unwrap();
}

fn run(hub: &Hub, ctx: &Ctx) -> tokio::task::JoinHandle<()> {
    tokio::spawn(hub.clone().run(ctx.clone(), std::future::pending()))
}

/// The first answer says "look at everything"; so does the one that comes when an idle hub begins to read.
async fn next_change(hints: &mut Hints) -> Hint {
    loop {
        let hint = timeout(SOON, hints.next()).await.expect("a hint in time").expect("the stream goes on");
        if hint != Hint::ALL {
            return hint;
        }
    }
}

/// Until the reader has begun: two calls to look at everything.
async fn begun(hints: &mut Hints) {
    for _ in 0..2 {
        assert_eq!(timeout(SOON, hints.next()).await.unwrap(), Some(Hint::ALL));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_listens_hears_of_its_filing_and_of_no_other_and_no_desk_of_a_draft(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    prepare(&ctx).await;
    let (mine, other) = (begin(&ctx).await, begin(&ctx).await);
    let hub = Hub::new();
    let node = run(&hub, &ctx);
    let mut filing = hub.subscribe(&[Topic::Filing(mine)], None);
    begun(&mut filing).await;
    let mut desk = hub.subscribe(&[Topic::ProviderDesk(PROVIDER), Topic::BureauDesk(110_000)], None);
    for id in [other, mine] {
        let mut tx = ctx.begin().await.unwrap();
        append(&ctx, &mut tx, id, 2).await;
        tx.commit().await.unwrap();
    }
    let heard = next_change(&mut filing).await;
    assert_eq!((heard.filing, heard.seq), (Some(mine), 2));
    hub.stop();
    timeout(SOON, node).await.unwrap().unwrap();
    assert_eq!(desk.next().await, Some(Hint::ALL));
    assert_eq!(desk.next().await, None, "nothing but the end");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_number_that_commits_late_is_heard_though_higher_ones_were_seen(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    prepare(&ctx).await;
    let (slow, fast) = (begin(&ctx).await, begin(&ctx).await);
    let hub = Hub::new();
    let _node = run(&hub, &ctx);
    let mut hints = hub.subscribe(&[Topic::Filing(slow), Topic::Filing(fast)], None);
    begun(&mut hints).await;
    let mut late = ctx.begin().await.unwrap();
    append(&ctx, &mut late, slow, 2).await;
    let mut tx = ctx.begin().await.unwrap();
    append(&ctx, &mut tx, fast, 2).await;
    tx.commit().await.unwrap();
    assert_eq!(next_change(&mut hints).await.filing, Some(fast));
    late.commit().await.unwrap();
    assert_eq!(next_change(&mut hints).await.filing, Some(slow));
    hub.stop();
}

#[sqlx::test(migrations = "../migrations")]
async fn no_change_is_lost_under_many_writers_some_of_which_roll_back(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    prepare(&ctx).await;
    let mut filings = Vec::new();
    for _ in 0..8 {
        filings.push(begin(&ctx).await);
    }
    let hub = Hub::new();
    let _node = run(&hub, &ctx);
    let mut hints = hub.subscribe(&filings.iter().map(|f| Topic::Filing(*f)).collect::<Vec<_>>(), None);
    begun(&mut hints).await;
    let writers: Vec<_> = filings
        .iter()
        .zip(0..)
        .map(|(id, n)| {
            let (ctx, id) = (ctx.clone(), *id);
            tokio::spawn(async move {
                for seq in 2..=26 {
                    // A try that is given up leaves a gap in the numbers.
                    let mut lost = ctx.begin().await.unwrap();
                    append(&ctx, &mut lost, id, seq).await;
                    lost.rollback().await.unwrap();
                    let mut tx = ctx.begin().await.unwrap();
                    append(&ctx, &mut tx, id, seq).await;
                    if (seq + n) % 3 == 0 {
                        tokio::task::yield_now().await;
                    }
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    let mut last: BTreeMap<FilingId, i32> = filings.iter().map(|f| (*f, 1)).collect();
    while last.values().any(|seq| *seq < 26) {
        let hint = next_change(&mut hints).await;
        let seq = last.get_mut(&hint.filing.unwrap()).unwrap();
        *seq = (*seq).max(hint.seq);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    hub.stop();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stream_ends_with_its_session_wherever_that_is_ended(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    prepare(&ctx).await;
    let id = begin(&ctx).await;
    let (here, elsewhere) = (Uuid::from_u128(71), Uuid::from_u128(72));
    let hub = Hub::new();
    let mut first = hub.subscribe(&[Topic::Filing(id)], Some(here));
    assert_eq!(first.next().await, Some(Hint::ALL));
    hub.close_session(here);
    assert_eq!(timeout(SOON, first.next()).await.unwrap(), None);

    // A session that another node has ended, or that never was.
    let mut second = hub.subscribe(&[Topic::Filing(id)], Some(elsewhere));
    let mut lasting = hub.subscribe(&[Topic::Filing(id)], None);
    let _node = run(&hub, &ctx);
    while timeout(SOON, second.next()).await.unwrap().is_some() {}
    begun(&mut lasting).await;
    let mut tx = ctx.begin().await.unwrap();
    append(&ctx, &mut tx, id, 2).await;
    tx.commit().await.unwrap();
    assert_eq!(next_change(&mut lasting).await.seq, 2);
    hub.stop();
}

#[test]
fn one_session_holds_no_more_streams_than_a_person_has_tabs() {
    let hub = Hub::new();
    let (here, elsewhere) = (Uuid::from_u128(71), Uuid::from_u128(72));
    let topics = [Topic::BureauDesk(110_000)];
    let mut streams: Vec<_> = (0..STREAMS).map(|_| hub.subscribe(&topics, Some(here))).collect();
    assert!(hub.is_crowded(here) && !hub.is_crowded(elsewhere));
    streams.pop();
    assert!(!hub.is_crowded(here));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_desk_is_heard_by_its_own_staff_only(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    prepare(&ctx).await;
    let id = begin(&ctx).await;
    let user = UserId(Uuid::from_u128(1));
    let all = [
        Topic::Filing(id),
        Topic::ProviderDesk(PROVIDER),
        Topic::BureauDesk(110_000),
        Topic::ProviderDesk(ProviderId(Uuid::from_u128(11))),
        Topic::BureauDesk(510_000),
    ];
    let clerk = Actor::Provider { user, provider: PROVIDER, role: Role::ProviderClerk };
    let reviewer = Actor::Bureau { user, province: 510_000, role: Role::Reviewer };
    assert_eq!(permitted(&ctx, &Actor::Registrant { user }, &all).await.unwrap(), [all[0]]);
    assert_eq!(permitted(&ctx, &clerk, &all).await.unwrap(), [all[1]], "its draft is not its provider's yet");
    assert_eq!(permitted(&ctx, &reviewer, &all).await.unwrap(), [all[4]]);
    assert!(permitted(&ctx, &Actor::Anonymous, &all).await.unwrap().is_empty());
    for topic in all {
        assert_eq!(topic.to_string().parse(), Ok(topic));
    }
}
