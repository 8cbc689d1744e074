//! What runs beside the requests: jobs that are due, messages on their way, and the sweeping up.

use crate::{limits, node::Node};
use app::messages::LocaleMessages;
use backend::{
    Result, installation, jobs,
    keys::registry,
    outbox::{self, Senders},
    upkeep,
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// How long jobs and messages wait at most after they are due.
const PAUSE: Duration = Duration::from_millis(500);
/// How far a demo's clock is behind at most when another node was wound.
const FOLLOW: Duration = Duration::from_millis(250);
/// Between two sweeps.
const SWEEP: Duration = Duration::from_secs(600);
/// Between two signs of life; a minute without one is the end of a node.
const BEAT: Duration = Duration::from_secs(10);

/// Starts them; each ends when the node is asked to stop, after what it has in hand.
pub fn start(node: &Node) -> Result<JoinSet<()>> {
    let senders = Senders::new(&node.ctx.settings)?;
    let mut workers = JoinSet::new();
    let ctx = node.ctx.clone();
    workers.spawn({
        let (ctx, node) = (ctx.clone(), node.clone());
        async move { jobs::run_forever(ctx, upkeep::handlers(), PAUSE, node.stopped()).await }
    });
    workers.spawn({
        let (ctx, node) = (ctx.clone(), node.clone());
        async move { outbox::dispatch_forever(ctx, senders, Arc::new(LocaleMessages), PAUSE, node.stopped()).await }
    });
    workers.spawn({
        let (ctx, node) = (ctx.clone(), node.clone());
        async move { node.hub.clone().run(ctx, node.stopped()).await }
    });
    workers.spawn(limits::tell_forever(node.clone()));
    workers.spawn(limits::hear_forever(node.clone()));
    if node.is_demo() {
        workers.spawn(follow_clock(node.clone()));
    }
    workers.spawn({
        let node = node.clone();
        async move {
            loop {
                tokio::select! {
                    () = node.stopped() => return,
                    () = tokio::time::sleep(SWEEP) => {}
                }
                node.limits.forget_idle();
                if let Err(error) = upkeep::sweep(&ctx).await {
                    tracing::warn!(%error, "the sweep failed");
                }
            }
        }
    });
    Ok(workers)
}

/// Tells the others that this node serves, until it is dropped: one that is asked to end still answers for a while.
pub async fn beat(node: Node) {
    loop {
        if let Err(error) = registry::beat(&node.ctx, node.id, &node.name).await {
            tracing::warn!(%error, "this node cannot tell that it serves");
        }
        tokio::time::sleep(BEAT).await;
    }
}

async fn follow_clock(node: Node) {
    loop {
        if let Err(error) = installation::follow_clock(&node.ctx.pool, &node.ctx.clock).await {
            tracing::warn!(%error, "the clock of the other nodes cannot be read");
        }
        tokio::select! {
            () = node.stopped() => return,
            () = tokio::time::sleep(FOLLOW) => {}
        }
    }
}
