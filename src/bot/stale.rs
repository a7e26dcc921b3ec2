//! Questions that are dropped because they are too old: counted, and logged together.

use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::bot::retry::sleep_or_stop;

/// The questions that were dropped since the last log line.
#[derive(Debug, Default)]
pub struct StaleQuestions {
    dropped: Mutex<Dropped>,
    came: Notify,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Dropped {
    questions: u64,
    /// The age of the oldest, in seconds.
    oldest: i64,
}

/// Time without another dropped question after which they are logged.
const QUIET_PERIOD: Duration = Duration::from_secs(2);

impl StaleQuestions {
    /// Counts a question of this age, in seconds.
    pub fn add(&self, age: i64) {
        let mut dropped = self.dropped();
        dropped.questions += 1;
        dropped.oldest = dropped.oldest.max(age);
        drop(dropped);
        self.came.notify_one();
    }

    /// Logs, until `stop`, what was dropped, in one line for each backlog.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = self.came.notified() => {}
                () = stop.cancelled() => return,
            }
            let mut known = *self.dropped();
            loop {
                sleep_or_stop(QUIET_PERIOD, stop).await;
                let now = *self.dropped();
                if now == known || stop.is_cancelled() {
                    break;
                }
                known = now;
            }
            self.report();
        }
    }

    /// Logs what was dropped since the last time, if anything was.
    pub fn report(&self) {
        let Dropped { questions, oldest } = take(&mut *self.dropped());
        if questions > 0 {
            tracing::warn!(
                questions,
                oldest_seconds = oldest,
                "questions were dropped without an answer, since they are older than `[telegram] max_question_age`"
            );
        }
    }

    fn dropped(&self) -> MutexGuard<'_, Dropped> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_questions_are_counted_until_they_are_reported() {
        let stale = StaleQuestions::default();
        stale.add(90_000);
        stale.add(100_000);
        stale.add(95_000);
        assert_eq!(*stale.dropped(), Dropped { questions: 3, oldest: 100_000 });
        stale.report();
        assert_eq!(*stale.dropped(), Dropped::default());
    }
}
