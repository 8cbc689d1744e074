//! Live hints as server-sent events: `GET /live?filing=<id>` for one case, `GET /live?desk=1` for one's desk.
//!
//! An event says `{"filing":"…","seq":n}`: the page asks again through its own door. The stream ends with the session and
//! with the node; the browser comes back by itself, and is turned away once it is signed out.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use backend::{
    Ctx,
    live::{self, Hint, Hub, Topic},
};
use domain::actor::Actor;
use futures::{StreamExt, stream};
use uuid::Uuid;

use crate::fault::Fault;

/// Proxies give up on silent connections after a minute or less.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a browser comes back after the connection is lost, in the first event.
const RETRY: Duration = Duration::from_secs(2);

/// The topics that a query asks for.
fn asked(query: &str, caller: &Actor) -> Vec<Topic> {
    let desk = match *caller {
        Actor::Provider { provider, .. } => Some(Topic::ProviderDesk(provider)),
        Actor::Bureau { province, .. } => Some(Topic::BureauDesk(province)),
        _ => None,
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter_map(|(name, value)| match name {
            "filing" => value.parse().ok().map(Topic::Filing),
            "desk" => desk,
            _ => None,
        })
        .collect()
}

/// The stream of what the caller asks for and may see; nothing of it is 404.
pub async fn stream(ctx: &Ctx, caller: &Actor, session: Option<Uuid>, hub: &Hub, query: &str) -> Result<Response, Fault> {
    let topics = live::permitted(ctx, caller, &asked(query, caller)).await?;
    if topics.is_empty() {
        return Err(Fault::NotFound);
    }
    if session.is_some_and(|session| hub.is_crowded(session)) {
        return Err(Fault::Limited { retry_after_s: 60 });
    }
    let hints = hub.subscribe(&topics, session).map(|hint| Ok::<_, Infallible>(event(&hint)));
    let hello = stream::once(async { Ok(Event::default().comment("live").retry(RETRY)) });
    let events = Sse::new(hello.chain(hints)).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("beat"));
    // Some proxies hold back what streams unless they are told not to.
    Ok(([("x-accel-buffering", "no"), ("cache-control", "no-store")], events).into_response())
}

fn event(hint: &Hint) -> Event {
    let data = match hint.filing {
        Some(filing) => format!(r#"{{"filing":"{filing}","seq":{}}}"#, hint.seq),
        None => r#"{"filing":null,"seq":0}"#.to_owned(),
    };
    Event::default().data(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        actor::Role,
        id::{FilingId, ProviderId, UserId},
    };

    #[test]
    fn a_desk_is_always_ones_own() {
        let (user, provider) = (UserId(Uuid::from_u128(1)), ProviderId(Uuid::from_u128(2)));
        let clerk = Actor::Provider { user, provider, role: Role::ProviderClerk };
        assert_eq!(asked("desk=1", &clerk), [Topic::ProviderDesk(provider)]);
        let reviewer = Actor::Bureau { user, province: 330_000, role: Role::Reviewer };
        assert_eq!(asked("desk=1", &reviewer), [Topic::BureauDesk(330_000)]);
        assert_eq!(asked("desk=1", &Actor::Registrant { user }), []);
    }

    #[test]
    fn several_topics_share_one_stream_and_nonsense_is_left_out() {
        let user = UserId(Uuid::from_u128(1));
        let filing = FilingId(Uuid::from_u128(9));
        let query = format!("filing={filing}&filing=x&other=1");
        assert_eq!(asked(&query, &Actor::Registrant { user }), [Topic::Filing(filing)]);
    }
}
