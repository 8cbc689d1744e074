//! Questions that many ask at once, with one answer for all of them: a hint has every desk of a house count anew.

use crate::Result;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex as Lock, PoisonError},
};
use tokio::sync::Mutex;

/// Answers by what was asked about. Who asks while an answer is being made waits, and shares the next one with all who wait:
/// however many ask, two answers are made for them at most, and none is older than its question.
pub(crate) struct Together<K, V>(Lock<HashMap<K, Arc<Question<V>>>>);

struct Question<V> {
    /// How many answers were begun.
    begun: Lock<u64>,
    /// The last one, and its number. Whoever makes one holds it.
    answer: Mutex<Option<(u64, V)>>,
}

impl<K, V> Default for Together<K, V> {
    fn default() -> Self {
        Self(Lock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Together<K, V> {
    /// The answer, from somebody else where theirs was begun after this was asked, else from `make`. What fails is for who made
    /// it alone.
    pub(crate) async fn ask(&self, about: K, make: impl AsyncFnOnce() -> Result<V>) -> Result<V> {
        let question = Arc::clone(
            held(&self.0).entry(about).or_insert_with(|| Arc::new(Question { begun: Lock::default(), answer: Mutex::default() })),
        );
        let begun_before = *held(&question.begun);
        let mut answer = question.answer.lock().await;
        if let Some((number, value)) = answer.as_ref()
            && *number > begun_before
        {
            return Ok(value.clone());
        }
        let number = {
            let mut begun = held(&question.begun);
            *begun += 1;
            *begun
        };
        let value = make().await?;
        *answer = Some((number, value.clone()));
        Ok(value)
    }
}

fn held<T>(lock: &Lock<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use futures::future::join_all;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use tokio::{sync::Notify, task::yield_now};

    #[tokio::test]
    async fn many_who_ask_at_once_have_two_answers_and_none_is_older_than_its_question() {
        let (together, made, go) = (Together::<u8, u32>::default(), AtomicU32::new(0), Notify::new());
        let ask = |about| {
            together.ask(about, async || {
                go.notified().await;
                Ok(made.fetch_add(1, SeqCst) + 1)
            })
        };
        let all = join_all((0..50).map(|_| ask(1)));
        let release = async {
            for _ in 0..2 {
                for _ in 0..100 {
                    yield_now().await;
                }
                go.notify_one();
            }
        };
        let (answers, ()) = tokio::join!(all, release);
        let answers: Vec<u32> = answers.into_iter().map(Result::unwrap).collect();
        // The first was being made when the others asked: what it saw may be older than their question.
        assert_eq!((answers[0], &answers[1..]), (1, &[2; 49][..]));
        // Whoever asks later has a later one, and another question its own.
        for (about, expected) in [(1, 3), (2, 4)] {
            go.notify_one();
            assert_eq!(ask(about).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn what_fails_or_is_dropped_is_made_again_by_the_next() {
        let together = Together::<u8, u32>::default();
        let failed = together.ask(1, async || Err(Error::NotFound));
        let next = together.ask(1, async || Ok(7));
        let (failed, next) = tokio::join!(failed, next);
        assert!(matches!(failed, Err(Error::NotFound)));
        assert_eq!(next.unwrap(), 7);
        {
            let dropped = together.ask(1, async || std::future::pending().await);
            tokio::select! { _ = dropped => unreachable!(), () = yield_now() => {} }
        }
        assert_eq!(together.ask(1, async || Ok(8)).await.unwrap(), 8);
    }
}
