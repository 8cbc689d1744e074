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
    // A set of one: whoever goes away takes it with them.
    let mut apart = tokio::task::JoinSet::new();
    apart.spawn(leptos::reactive::computed::ScopedFuture::new(data));
    async move {
        match apart.join_next().await {
            Some(Ok(answer)) => answer,
            // What breaks it breaks the page, as if the page had asked itself.
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            _ => Err(Fault::Offline),
        }
    }
}

/// The same in a browser, which draws no such pages.
#[cfg(not(feature = "ssr"))]
pub fn asked<T: Send + 'static>(
    data: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> impl Future<Output = Result<T, Fault>> + Send + 'static {
    data
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::{future::pending, panic::AssertUnwindSafe};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn data_comes_though_the_page_does_not_look_yet() {
        let (tell, told) = oneshot::channel();
        let data = asked(async move {
            tell.send(()).expect("somebody waits");
            Ok(7)
        });
        told.await.expect("it was made while nobody looked");
        assert_eq!(data.await, Ok(7));
    }

    #[tokio::test]
    async fn what_breaks_breaks_the_page_and_nothing_goes_on_for_a_page_that_is_gone() {
        let broken = AssertUnwindSafe(asked::<()>(async { panic!("a part broke") })).catch_unwind().await;
        assert_eq!(broken.expect_err("it broke").downcast_ref::<&str>(), Some(&"a part broke"));

        let (held, let_go) = oneshot::channel::<()>();
        let page = asked::<()>(async move {
            let _held = held;
            pending().await
        });
        drop(page);
        assert!(let_go.await.is_err(), "what it held is let go");
    }
}
