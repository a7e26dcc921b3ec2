//! Log of questions that are dropped because they are too old: one line for each backlog.

use std::mem::take;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::bot::backoff::sleep_or_stop;

/// Questions that were dropped since the last log line.
#[derive(Debug, Default)]
pub struct StaleQuestions {
    dropped: Mutex<Dropped>,
    added: Notify,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Dropped {
    questions: u64,
    /// Age of the oldest question, in seconds.
    oldest: i64,
}

/// Time without another dropped question after which a backlog is logged.
const QUIET_PERIOD: Duration = Duration::from_secs(2);

impl StaleQuestions {
    /// Counts a dropped question of this age, in seconds.
    pub fn add(&self, age: i64) {
        let mut dropped = self.dropped.lock();
        dropped.questions += 1;
        dropped.oldest = dropped.oldest.max(age);
        drop(dropped);
        self.added.notify_one();
    }

    /// Logs each backlog of dropped questions until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = self.added.notified() => {}
                () = stop.cancelled() => return,
            }
            let mut before = *self.dropped.lock();
            loop {
                sleep_or_stop(QUIET_PERIOD, stop).await;
                let now = *self.dropped.lock();
                if now == before || stop.is_cancelled() {
                    break;
                }
                before = now;
            }
            self.report();
        }
    }

    /// Logs the questions that were dropped since the last log line, if there are any.
    pub fn report(&self) {
        let Dropped { questions, oldest } = take(&mut *self.dropped.lock());
        if questions > 0 {
            tracing::warn!(
                questions,
                oldest_seconds = oldest,
                "questions were dropped without an answer, since they are older than `[telegram] max_question_age`"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_questions_are_counted_until_they_are_logged() {
        let stale = StaleQuestions::default();
        stale.add(90_000);
        stale.add(100_000);
        stale.add(95_000);
        assert_eq!(*stale.dropped.lock(), Dropped { questions: 3, oldest: 100_000 });
        stale.report();
        assert_eq!(*stale.dropped.lock(), Dropped::default());
    }
}
