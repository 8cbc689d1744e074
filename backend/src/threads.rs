//! Work that takes long, on threads of its own: where it stops no request, and only so much of it at once.

use crate::{Error, Result};
use tokio::sync::Semaphore;

/// Runs `work` once there is room. The place is taken until the work ends: it goes on when nobody waits for it any more, and
/// connections that are broken off must not make room for more of it.
pub(crate) async fn run<T: Send + 'static>(room: &'static Semaphore, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = room.acquire().await.map_err(|_| Error::Internal("no room for work"))?;
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|_| Error::Internal("work stopped"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_keeps_its_place_until_it_ends() {
        static ROOM: Semaphore = Semaphore::const_new(1);
        let (end, ended) = channel::<()>();
        let mut first = Box::pin(run(&ROOM, move || ended.recv().is_ok()));
        assert!(first.as_mut().now_or_never().is_none(), "it works");
        drop(first);
        let mut second = Box::pin(run(&ROOM, || 2));
        assert!(second.as_mut().now_or_never().is_none(), "there is no room");
        assert_eq!(ROOM.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(second.await.unwrap(), 2);
    }
}
