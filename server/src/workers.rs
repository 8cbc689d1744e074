//! What runs beside the requests: jobs that are due, messages on their way, and the sweeping up.

use crate::node::Node;
use app::messages::LocaleMessages;
use backend::{
    Result, jobs,
    outbox::{self, Senders},
    upkeep,
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// How long jobs and messages wait at most after they are due.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two sweeps.
const SWEEP: Duration = Duration::from_secs(600);

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
