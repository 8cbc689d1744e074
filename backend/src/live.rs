//! Live progress: hints that something changed, fanned out from the journal to the pages that listen.
//!
//! The journal is the outbox. While somebody listens, a node reads past the last row it has seen every
//! [`PAUSE`]; numbers that are missing (a transaction that is not committed yet, or was rolled back) are remembered and
//! looked at again for [`GAP_HOLDS`]. Nothing is notified inside a writing transaction: that would make writers wait for
//! each other. A hint carries only a filing's identifier and its number: the page asks again through its own door.

use crate::{Ctx, Result};
use domain::actor::Actor;
use domain::id::{FilingId, ProviderId};
use futures::Stream;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, broadcast, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};
use uuid::Uuid;

/// Between two looks at the journal.
const PAUSE: Duration = Duration::from_millis(120);
/// Longer than any writing transaction lasts: after it a missing number was rolled back.
const GAP_HOLDS: Duration = Duration::from_secs(60);
/// Rows read at once.
const BATCH: i64 = 1000;
/// Hints that a slow listener may be behind before it is told to look at everything again.
const BACKLOG: usize = 256;

/// Streams that one session may hold at once: a person's tabs, not a script.
const STREAMS: usize = 50;

/// What a page listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Topic {
    /// One filing.
    Filing(FilingId),
    /// The desk of a provider.
    ProviderDesk(ProviderId),
    /// The desk of a province's bureau.
    BureauDesk(u32),
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Filing(id) => write!(f, "filing/{id}"),
            Self::ProviderDesk(id) => write!(f, "desk/provider/{id}"),
            Self::BureauDesk(province) => write!(f, "desk/bureau/{province}"),
        }
    }
}

/// The text names no topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTopic;

impl std::str::FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            ["filing", id] => id.parse().map(Self::Filing).map_err(|_| UnknownTopic),
            ["desk", "provider", id] => id.parse().map(Self::ProviderDesk).map_err(|_| UnknownTopic),
            ["desk", "bureau", province] => province.parse().map(Self::BureauDesk).map_err(|_| UnknownTopic),
            _ => Err(UnknownTopic),
        }
    }
}

/// Something changed: ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Which filing; none when hints were missed and everything is to be looked at again.
    pub filing: Option<FilingId>,
    /// Its last event's number.
    pub seq: i32,
    /// When it happened, for measuring how late the hint is.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub at: Option<domain::Moment>,
}

impl Hint {
    /// Look at everything again.
    pub const ALL: Self = Self { filing: None, seq: 0, at: None };
}

/// The topics that an actor may listen to, of those it asked for. Others are left out silently, as if there were none.
pub async fn permitted(ctx: &Ctx, caller: &Actor, asked: &[Topic]) -> Result<Vec<Topic>> {
    let mut permitted = Vec::new();
    for topic in asked.iter().take(20) {
        let may = match (*topic, *caller) {
            (Topic::ProviderDesk(desk), Actor::Provider { provider, .. }) => desk == provider,
            (Topic::BureauDesk(desk), Actor::Bureau { province, .. }) => desk == province,
            (Topic::Filing(id), _) => crate::materials::is_visible(ctx, caller, id).await?,
            _ => false,
        };
        if may {
            permitted.push(*topic);
        }
    }
    Ok(permitted)
}

/// The node's reader of the journal and its listeners. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    topics: Mutex<HashMap<Topic, broadcast::Sender<Hint>>>,
    sessions: Mutex<HashMap<Uuid, watch::Sender<bool>>>,
    woken: Notify,
    stopped: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    /// A hub that nobody listens to. [`Hub::run`] must be spawned once.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            topics: Mutex::default(),
            sessions: Mutex::default(),
            woken: Notify::new(),
            stopped: watch::channel(false).0,
        }))
    }

    /// Hints about these topics until the session ends, the hub stops or the stream is dropped. The first is [`Hint::ALL`]:
    /// something may have changed between the page and its stream.
    pub fn subscribe(&self, topics: &[Topic], session: Option<Uuid>) -> Hints {
        let receivers: Vec<_> = {
            let mut senders = lock(&self.0.topics);
            topics.iter().map(|t| senders.entry(*t).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()).collect()
        };
        let mut ends = vec![self.0.stopped.subscribe()];
        if let Some(session) = session {
            let mut sessions = lock(&self.0.sessions);
            sessions.retain(|_, sender| sender.receiver_count() > 0);
            ends.push(sessions.entry(session).or_insert_with(|| watch::channel(false).0).subscribe());
        }
        self.0.woken.notify_one();
        Hints::new(receivers, ends)
    }

    /// Whether a session holds as many streams as it may.
    pub fn is_crowded(&self, session: Uuid) -> bool {
        lock(&self.0.sessions).get(&session).is_some_and(|sender| sender.receiver_count() >= STREAMS)
    }

    /// Ends every stream of a session: its owner signed out here. Other nodes notice by [`Hub::run`].
    pub fn close_session(&self, session: Uuid) {
        if let Some(sender) = lock(&self.0.sessions).remove(&session) {
            sender.send_replace(true);
        }
    }

    /// Ends every stream: the node shuts down.
    pub fn stop(&self) {
        self.0.stopped.send_replace(true);
    }

    /// How many listen now.
    pub fn listeners(&self) -> usize {
        lock(&self.0.topics).values().map(broadcast::Sender::receiver_count).sum()
    }

    /// Reads the journal while somebody listens, until the hub stops or `stop` resolves.
    pub async fn run(self, ctx: Ctx, stop: impl Future<Output = ()>) {
        let mut stopped = self.0.stopped.subscribe();
        tokio::pin!(stop);
        let mut reader = Reader::default();
        let mut looks: u32 = 0;
        loop {
            if self.listeners() == 0 {
                reader = Reader::default();
                tokio::select! {
                    () = &mut stop => break,
                    _ = stopped.wait_for(|s| *s) => return,
                    () = self.0.woken.notified() => {}
                }
            }
            let idle = reader.last.is_none();
            match reader.look(&ctx).await {
                // What changed while nobody read is not known.
                Ok(_) if idle => self.tell_all(),
                Ok(changes) => self.fan_out(&changes),
                Err(error) => tracing::warn!(%error, "the journal cannot be read"),
            }
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(16)
                && let Err(error) = self.close_ended_sessions(&ctx).await
            {
                tracing::warn!(%error, "sessions cannot be read");
            }
            tokio::select! {
                () = &mut stop => break,
                _ = stopped.wait_for(|s| *s) => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
        self.stop();
    }

    fn tell_all(&self) {
        for sender in lock(&self.0.topics).values() {
            let _ = sender.send(Hint::ALL);
        }
    }

    fn fan_out(&self, changes: &[Change]) {
        let mut senders = lock(&self.0.topics);
        senders.retain(|_, sender| sender.receiver_count() > 0);
        if changes.is_empty() || senders.is_empty() {
            return;
        }
        // One hint a topic and filing, the newest: a desk does not care how many steps were between.
        let mut newest: BTreeMap<(Topic, FilingId), Hint> = BTreeMap::new();
        for change in changes {
            for topic in change.topics() {
                let hint = newest.entry((topic, change.filing)).or_insert(change.hint());
                if hint.seq < change.seq {
                    *hint = change.hint();
                }
            }
        }
        for ((topic, _), hint) in newest {
            if let Some(sender) = senders.get(&topic) {
                // Fails only when the last listener has just gone.
                let _ = sender.send(hint);
            }
        }
    }

    /// Sessions that ended elsewhere: by another node, by their time, by an administrator, as nobody was there for too long.
    async fn close_ended_sessions(&self, ctx: &Ctx) -> Result<()> {
        let open: Vec<Uuid> = {
            let mut sessions = lock(&self.0.sessions);
            sessions.retain(|_, sender| sender.receiver_count() > 0);
            sessions.keys().copied().collect()
        };
        if open.is_empty() {
            return Ok(());
        }
        let (now, accounts) = (ctx.clock.now(), &ctx.settings.accounts);
        let ended = sqlx::query_scalar!(
            r#"select o.id as "id!" from unnest($1::uuid[]) as o (id)
               where not exists (
                   select from sessions s join users u on u.id = s.user_id
                   where s.id = o.id and s.ended_at is null and s.expires_at > $2
                     and s.seen_at > case u.category when 'registrant' then $3::timestamptz else $4 end)"#,
            &open,
            now,
            now - accounts.session_idle,
            now - accounts.session_idle_staff,
        )
        .fetch_all(&ctx.pool)
        .await?;
        for session in ended {
            self.close_session(session);
        }
        Ok(())
    }
}

/// A row of the journal with the desks that it concerns.
struct Change {
    filing: FilingId,
    seq: i32,
    at: domain::Moment,
    provider: Option<ProviderId>,
    province: Option<u32>,
}

impl Change {
    fn hint(&self) -> Hint {
        Hint { filing: Some(self.filing), seq: self.seq, at: Some(self.at) }
    }

    fn topics(&self) -> impl Iterator<Item = Topic> {
        [Some(Topic::Filing(self.filing)), self.provider.map(Topic::ProviderDesk), self.province.map(Topic::BureauDesk)]
            .into_iter()
            .flatten()
    }
}

/// Where one node is in the journal.
#[derive(Default)]
struct Reader {
    /// The highest number seen; none before the first look.
    last: Option<i64>,
    /// Numbers below it that were missing, and since when.
    gaps: BTreeMap<i64, Instant>,
}

impl Reader {
    async fn look(&mut self, ctx: &Ctx) -> Result<Vec<Change>> {
        let Some(mut last) = self.last else {
            return self.begin(ctx).await;
        };
        let mut changes = Vec::new();
        loop {
            let missing: Vec<i64> = self.gaps.keys().copied().collect();
            let rows = sqlx::query!(
                // A desk hears of what it saw before the event or sees after it: not of what has yet to come to it.
                r#"select j.id as "id!", j.filing_id as "filing_id!", j.seq as "seq!", j.at as "at!",
                          case when seen.by_provider then f.provider_id end as "provider_id?",
                          case when seen.by_bureau then f.province end as "province?"
                   -- Two looks, each by the key: one for both, «beyond this or one of these», is planned as a walk through the
                   -- whole journal.
                   from ((select * from journal where id > $1 order by id limit $3)
                         union all select * from journal where id = any($2) and id <= $1) j
                   join filings f on f.id = j.filing_id
                   cross join lateral (
                       select bool_or(filing_is_visible(stood, 'provider', null, f.provider_id, null)) as by_provider,
                              bool_or(filing_is_visible(stood, 'bureau', null, null, f.province)) as by_bureau
                       from (values (j.from_status), (j.to_status)) as around (status)
                       cross join lateral jsonb_populate_record(f, jsonb_build_object('status', around.status)) as stood
                   ) seen
                   order by j.id limit $3"#,
                last,
                &missing,
                BATCH,
            )
            .fetch_all(&ctx.pool)
            .await?;
            let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == BATCH;
            let seen: BTreeSet<i64> = rows.iter().map(|r| r.id).collect();
            self.note(&mut last, &seen);
            changes.extend(rows.into_iter().map(|r| Change {
                filing: FilingId(r.filing_id),
                seq: r.seq,
                at: r.at,
                provider: r.provider_id.map(ProviderId),
                province: r.province.and_then(|p| u32::try_from(p).ok()),
            }));
            self.last = Some(last);
            if !full {
                return Ok(changes);
            }
        }
    }

    /// Numbers handed out shortly before the first look may belong to transactions that have not been committed: they
    /// count as gaps. Their listeners came later than the change at worst, and are told once too often.
    async fn begin(&mut self, ctx: &Ctx) -> Result<Vec<Change>> {
        let last = sqlx::query_scalar!(r#"select coalesce(max(id), 0) as "last!" from journal"#).fetch_one(&ctx.pool).await?;
        let known = sqlx::query_scalar!("select id from journal where id > $1", last - BATCH).fetch_all(&ctx.pool).await?;
        let known: BTreeSet<i64> = known.into_iter().collect();
        let now = Instant::now();
        self.gaps = ((last - BATCH).max(0) + 1..=last).filter(|id| !known.contains(id)).map(|id| (id, now)).collect();
        self.last = Some(last);
        Ok(Vec::new())
    }

    fn note(&mut self, last: &mut i64, seen: &BTreeSet<i64>) {
        let now = Instant::now();
        self.gaps.retain(|id, since| !seen.contains(id) && now.duration_since(*since) < GAP_HOLDS);
        if let Some(highest) = seen.last().copied().filter(|h| *h > *last) {
            let missing = (*last + 1..highest).filter(|id| !seen.contains(id));
            self.gaps.extend(missing.map(|id| (id, now)));
            *last = highest;
        }
    }
}

/// Hints to one listener. A listener that is too slow gets [`Hint::ALL`] instead of what it missed.
pub struct Hints(Pin<Box<dyn Stream<Item = Hint> + Send>>);

impl Hints {
    fn new(receivers: Vec<broadcast::Receiver<Hint>>, ends: Vec<watch::Receiver<bool>>) -> Self {
        let hints = futures::stream::select_all(receivers.into_iter().map(|r| {
            BroadcastStream::new(r).map(|hint| match hint {
                Ok(hint) => hint,
                Err(BroadcastStreamRecvError::Lagged(_)) => Hint::ALL,
            })
        }));
        let ended = futures::future::select_all(ends.into_iter().map(|mut end| {
            Box::pin(async move {
                // A sender that is gone ends the stream too.
                let _ = end.wait_for(|e| *e).await;
            })
        }));
        let hints = futures::StreamExt::take_until(hints, ended);
        Self(Box::pin(futures::StreamExt::chain(futures::stream::iter([Hint::ALL]), hints)))
    }
}

impl Stream for Hints {
    type Item = Hint;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Hint>> {
        self.0.as_mut().poll_next(context)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
