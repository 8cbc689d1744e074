//! What runs beside the requests: jobs that are due, messages on their way, and the sweeping up.

use crate::node::Node;
use backend::{Ctx, Result, flash, jobs, jobs::Handlers, limits, sessions};
use std::time::Duration;
use tokio::task::JoinSet;

/// How long jobs and messages wait at most after they are due.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two sweeps.
const SWEEP: Duration = Duration::from_secs(600);

/// Starts them; each ends when the node is asked to stop, after what it has in hand.
pub fn start(node: &Node) -> Result<JoinSet<()>> {
    let handlers = Handlers::new();
    let mut workers = JoinSet::new();
    let ctx = node.ctx.clone();
    workers.spawn({
        let (ctx, node) = (ctx.clone(), node.clone());
        async move { jobs::run_forever(ctx, handlers, PAUSE, node.stopped()).await }
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
                if let Err(error) = sweep(&ctx).await {
                    tracing::warn!(%error, "the sweep failed");
                }
            }
        }
    });
    Ok(workers)
}

async fn sweep(ctx: &Ctx) -> Result<()> {
    flash::prune(ctx).await?;
    limits::prune(ctx).await?;
    sessions::prune(ctx).await?;
    backend::retry::prune(ctx).await?;
    Ok(())
}
