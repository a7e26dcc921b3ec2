//! Time by Telegram's clock: the `Date` header of the latest response (RFC 9110, section 6.6.1),
//! plus the time that the monotonic clock has measured since then.
//!
//! The machine's clock may be wrong, and may jump. While it differs by more than [`MAX_SKEW`], the
//! bot uses Telegram's clock. If the server sends no `Date`, the bot uses the machine's clock.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::bot::backoff::sleep_or_stop;

/// Clocks of one bot. All clones share their state.
#[derive(Debug, Clone, Default)]
pub struct ServerTime(Arc<Mutex<Clocks>>);

#[derive(Debug)]
struct Clocks {
    /// Latest time of the server in Unix seconds, and the time of its arrival.
    server: Option<(i64, Instant)>,
    /// Time of the machine at the start in Unix seconds, and the time of the start.
    start: (i64, Instant),
    /// The machine's time minus the server's, in seconds, if it exceeds [`MAX_SKEW`].
    skew: Option<i64>,
}

/// Maximum difference at which the machine's clock counts as right, in seconds.
const MAX_SKEW: i64 = 5 * 60;
/// Maximum difference between the machine's clock and the monotonic clock since the last check that
/// counts as drift, in seconds.
const MAX_JUMP: i64 = 60;
/// Interval of the checks for a jump of the machine's clock.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

impl ServerTime {
    /// Records the time of a response, in Unix seconds. Logs when the machine's clock becomes
    /// wrong, and when it becomes right again.
    pub fn observe(&self, server: i64) {
        let mut clocks = self.0.lock();
        let before = clocks.skew;
        let after = clocks.observe(server, machine_time(), Instant::now());
        drop(clocks);
        match (before, after) {
            (None, Some(seconds)) => tracing::warn!(
                seconds,
                "the clock of this machine differs from Telegram's, which the bot uses now; set it right, for example by NTP"
            ),
            (Some(_), None) => {
                tracing::info!("the clock of this machine agrees with Telegram's again");
            }
            _ => {}
        }
    }

    /// Returns the current time in Unix seconds: the machine's, unless that is known to be wrong.
    pub fn now(&self) -> i64 {
        self.0.lock().time(machine_time(), Instant::now())
    }

    /// Returns the age of a message in seconds. `date` is the time of the message by Telegram's
    /// clock, and `received_at` the value of [`now`](Self::now) when the message was received.
    pub fn age(&self, date: i64, received_at: i64) -> i64 {
        self.0.lock().age(date, received_at, machine_time(), Instant::now())
    }

    /// Returns by how many seconds the machine's clock is ahead of Telegram's, if that is known.
    pub fn difference(&self) -> Option<i64> {
        let server = self.0.lock().server_time(Instant::now())?;
        Some(machine_time() - server)
    }

    /// Returns by how many seconds the machine's clock is ahead of Telegram's, if it is wrong.
    pub fn skew(&self) -> Option<i64> {
        self.0.lock().skew
    }

    /// Logs each jump of the machine's clock until `stop`.
    pub async fn log_jumps(&self, stop: &CancellationToken) {
        let mut last = (machine_time(), Instant::now());
        while !stop.is_cancelled() {
            sleep_or_stop(CHECK_INTERVAL, stop).await;
            let now = (machine_time(), Instant::now());
            if let Some(seconds) = jump(last, now) {
                tracing::warn!(
                    seconds,
                    "the clock of this machine was set, or the machine was suspended"
                );
            }
            last = now;
        }
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Clocks { server: None, start: (machine_time(), Instant::now()), skew: None }
    }
}

impl Clocks {
    /// Records the time of the server, and returns the new skew.
    fn observe(&mut self, server: i64, machine: i64, now: Instant) -> Option<i64> {
        self.server = Some((server, now));
        self.skew = Some(machine - server).filter(|skew| skew.abs() > MAX_SKEW);
        self.skew
    }

    /// Returns the current time of the server, if it is known.
    fn server_time(&self, now: Instant) -> Option<i64> {
        self.server.map(|seen| advance(seen, now))
    }

    fn time(&self, machine: i64, now: Instant) -> i64 {
        match self.server_time(now) {
            Some(server) if (machine - server).abs() > MAX_SKEW => server,
            Some(_) => machine,
            // Old messages are dropped and old entries removed. A clock that was set ahead must not
            // make them older.
            None => machine.min(advance(self.start, now)),
        }
    }

    fn age(&self, date: i64, received_at: i64, machine: i64, now: Instant) -> i64 {
        let age = match self.server_time(now) {
            Some(server) if date > 0 => server - date,
            _ => self.time(machine, now) - received_at,
        };
        age.max(0)
    }
}

/// Advances a time in Unix seconds, which was read at `then`, to `now`.
fn advance((time, then): (i64, Instant), now: Instant) -> i64 {
    time + now.saturating_duration_since(then).as_secs() as i64
}

/// Returns by how many seconds the machine's clock has advanced more than the monotonic clock, if
/// that is more than a drift.
fn jump(last: (i64, Instant), (machine, now): (i64, Instant)) -> Option<i64> {
    Some(machine - advance(last, now)).filter(|seconds| seconds.abs() > MAX_JUMP)
}

/// Returns the time of the machine's clock in Unix seconds.
fn machine_time() -> i64 {
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
            clocks.observe(server, wall, now);
        }
        (clocks, now)
    }

    #[test]
    fn server_time_replaces_a_wrong_machine_clock() {
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
    fn server_time_without_a_server_ages_a_message_from_its_receipt() {
        let (clocks, now) = clocks(TRUE_TIME, None);
        let later = now + Duration::from_secs(60);
        for date in [TRUE_TIME - 30 * DAY, TRUE_TIME + 30 * DAY, 0, -1] {
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME + 60, later), 60);
            // The clock was set ahead, or back, after the receipt.
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME + 2 * DAY, later), 60);
            assert_eq!(clocks.age(date, TRUE_TIME, TRUE_TIME - 2 * DAY, later), 0);
        }
    }

    #[test]
    fn server_time_notices_jumps_in_both_directions_but_no_drift() {
        let (last, later) = (Instant::now(), Instant::now() + Duration::from_secs(10));
        let seen = |wall| jump((TRUE_TIME, last), (wall, later));
        assert_eq!(seen(TRUE_TIME + 10), None);
        assert_eq!(seen(TRUE_TIME + 12), None);
        assert_eq!(seen(TRUE_TIME + 10 + DAY), Some(DAY));
        assert_eq!(seen(TRUE_TIME + 10 - DAY), Some(-DAY));
    }
}
