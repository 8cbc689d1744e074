//! Doors that a page asks while it is drawn.

use std::future::Future;

use crate::fault::Fault;

/// Data that is asked for at once and apart from the page. A page that is drawn looks at each part that waits once, and again
/// only when its turn comes: what was looked at once may have been given a connection to the database by then, and would hold it
/// without going on while what comes before it waits for one. As many pages as there are connections would stand still.
#[cfg(feature = "ssr")]
pub fn asked<T: Send + 'static>(
    data: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> impl Future<Output = Result<T, Fault>> + Send + 'static {
    let (mut tell, told) = tokio::sync::oneshot::channel();
    leptos::task::spawn(async move {
        let answer = tokio::select! {
            answer = data => answer,
            // Whoever asked for the page has gone.
            () = tell.closed() => return,
        };
        _ = tell.send(answer);
    });
    async move { told.await.unwrap_or_else(|_| Err(Fault::Broken { incident: String::new() })) }
}

/// The same in a browser, which draws no such pages.
#[cfg(not(feature = "ssr"))]
pub fn asked<T: Send + 'static>(
    data: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> impl Future<Output = Result<T, Fault>> + Send + 'static {
    data
}
