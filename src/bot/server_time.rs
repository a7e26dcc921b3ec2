//! The time by Telegram's clock: the `Date` of its latest response (RFC 9110, section 6.6.1), carried on
//! by the monotonic clock.
//!
//! The clock of the machine may be wrong, and may jump. While it differs by more than [`MAX_SKEW`], all
//! that depends on the time goes by Telegram's clock. With a server that sends no `Date`, the machine's
//! clock decides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio_util::sync::CancellationToken;

use crate::bot::retry::sleep_or_stop;

/// The clocks of one bot. A clone reads the same.
#[derive(Debug, Clone, Default)]
pub struct ServerTime(Arc<Mutex<Clocks>>);

#[derive(Debug)]
struct Clocks {
    /// The latest time of the server, and when it came.
    server: Option<(i64, Instant)>,
    /// The time of the machine at the start, and when that was.
    start: (i64, Instant),
    /// The machine's time less the server's, in seconds, where it was more than [`MAX_SKEW`].
    skew: Option<i64>,
}

/// Maximum difference in seconds at which the machine's clock counts as right.
const MAX_SKEW: i64 = 5 * 60;
/// Maximum difference in seconds between the machine's clock and the monotonic one since the last look.
const MAX_JUMP: i64 = 60;
/// Interval of looking for a jump of the machine's clock.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

impl ServerTime {
    /// Records the time of a response, and logs when the machine's clock begins or ends to differ from it.
    pub fn observe(&self, server: i64) {
        let mut clocks = self.lock();
        let before = clocks.skew;
        let after = clocks.note(server, wall(), Instant::now());
        drop(clocks);
        match (before, after) {
            (None, Some(seconds)) => tracing::warn!(
                seconds,
                "the clock of this machine differs from Telegram's, by which the bot goes now; set it right, for example by NTP"
            ),
            (Some(_), None) => {
                tracing::info!("the clock of this machine agrees with Telegram's again");
            }
            _ => {}
        }
    }

    /// Returns the time in Unix seconds: the machine's, unless it is known to be wrong.
    pub fn now(&self) -> i64 {
        self.lock().time(wall(), Instant::now())
    }

    /// Returns the age in seconds of a message that was sent at `date` by Telegram's clock and received
    /// at `received_at`, as [`now`](Self::now) gave it.
    pub fn age(&self, date: i64, received_at: i64) -> i64 {
        self.lock().age(date, received_at, wall(), Instant::now())
    }

    /// Returns by how many seconds the machine's clock is ahead of Telegram's, where it is wrong.
    pub fn skew(&self) -> Option<i64> {
        self.lock().skew
    }

    /// Logs each jump of the machine's clock until `stop`.
    pub async fn watch(&self, stop: &CancellationToken) {
        let mut last = (wall(), Instant::now());
        while !stop.is_cancelled() {
            sleep_or_stop(CHECK_INTERVAL, stop).await;
            let look = (wall(), Instant::now());
            if let Some(seconds) = jump(last, look) {
                tracing::warn!(
                    seconds,
                    "the clock of this machine was set, or the machine was suspended"
                );
            }
            last = look;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Clocks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Clocks { server: None, start: (wall(), Instant::now()), skew: None }
    }
}

impl Clocks {
    fn note(&mut self, server: i64, wall: i64, now: Instant) -> Option<i64> {
        self.server = Some((server, now));
        self.skew = Some(wall - server).filter(|skew| skew.abs() > MAX_SKEW);
        self.skew
    }

    fn server_time(&self, now: Instant) -> Option<i64> {
        self.server.map(|known| carried_on(known, now))
    }

    fn time(&self, wall: i64, now: Instant) -> i64 {
        match self.server_time(now) {
            Some(server) if (wall - server).abs() > MAX_SKEW => server,
            Some(_) => wall,
            // What is too old is dropped or removed: a clock that was set must make nothing older.
            None => wall.min(carried_on(self.start, now)),
        }
    }

    fn age(&self, date: i64, received_at: i64, wall: i64, now: Instant) -> i64 {
        let age = match self.server_time(now) {
            Some(server) if date > 0 => server - date,
            _ => self.time(wall, now) - received_at,
        };
        age.max(0)
    }
}

fn carried_on((time, then): (i64, Instant), now: Instant) -> i64 {
    time + now.saturating_duration_since(then).as_secs() as i64
}

/// Returns by how many seconds the machine's clock has gone further than the monotonic one.
fn jump(last: (i64, Instant), (wall, now): (i64, Instant)) -> Option<i64> {
    Some(wall - carried_on(last, now)).filter(|seconds| seconds.abs() > MAX_JUMP)
}

/// Returns the time of the machine in Unix seconds.
fn wall() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;
    const TRUE_TIME: i64 = 1_770_000_000;

    fn clocks(wall: i64, server: Option<i64>) -> (Clocks, Instant) {
        let now = Instant::now();
        let mut clocks = Clocks { server: None, start: (wall, now), skew: None };
        if let Some(server) = server {
            clocks.note(server, wall, now);
        }
        (clocks, now)
    }

    #[test]
    fn clock_that_is_wrong_gives_way_to_the_server() {
        for off in [25 * 3600, -25 * 3600, 8 * DAY, -TRUE_TIME, 301, -301] {
            let wall = TRUE_TIME + off;
            let (clocks, now) = clocks(wall, Some(TRUE_TIME));
            assert_eq!(clocks.skew, Some(off));
            assert_eq!(clocks.time(wall, now), TRUE_TIME, "{off}");
            assert_eq!(clocks.age(TRUE_TIME - 1, TRUE_TIME, wall, now), 1, "{off}");
            let old = clocks.age(TRUE_TIME - 2 * DAY, TRUE_TIME, wall, now);
            assert_eq!(old, 2 * DAY, "{off}");
            let later = now + Duration::from_secs(100);
            assert_eq!(clocks.age(TRUE_TIME, TRUE_TIME, wall + 100, later), 100, "{off}");
        }
        let (clocks, now) = clocks(TRUE_TIME + 300, Some(TRUE_TIME));
        assert_eq!((clocks.skew, clocks.time(TRUE_TIME + 300, now)), (None, TRUE_TIME + 300));
    }

    #[test]
    fn clock_without_a_server_ages_a_message_from_its_receipt() {
        let (clocks, now) = clocks(TRUE_TIME, None);
        let later = now + Duration::from_secs(60);
        for date in [TRUE_TIME - 30 * DAY, TRUE_TIME + 30 * DAY, 0, -1] {
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME + 60, later), 60);
            // Set ahead, or back, after that.
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME + 2 * DAY, later), 60);
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME - 2 * DAY, later), 0);
        }
    }

    #[test]
    fn clock_jumps_are_seen_both_ways_and_drift_is_not() {
        let (last, later) = (Instant::now(), Instant::now() + Duration::from_secs(10));
        let seen = |wall| jump((TRUE_TIME, last), (wall, later));
        assert_eq!(seen(TRUE_TIME + 10), None);
        assert_eq!(seen(TRUE_TIME + 12), None);
        assert_eq!(seen(TRUE_TIME + 10 + DAY), Some(DAY));
        assert_eq!(seen(TRUE_TIME + 10 - DAY), Some(-DAY));
    }
}
