//! When the next message may go out: token buckets for each chat, each group and all together.
//!
//! Pure: the time is an argument. A bucket is kept as the moment when it will be full again
//! (the generic cell rate algorithm, ITU-T I.371).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::config::Limits;

/// What was sent lately.
#[derive(Debug)]
pub struct Pace {
    limits: Limits,
    overall: Option<Instant>,
    chats: HashMap<i64, Chat>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Chat {
    per_second: Option<Instant>,
    per_minute: Option<Instant>,
    held_until: Option<Instant>,
}

/// Chats that were quiet for long are forgotten when there are more than this.
const MAX_CHATS: usize = 10_000;

impl Pace {
    pub fn new(limits: Limits) -> Pace {
        Pace { limits, overall: None, chats: HashMap::new() }
    }

    /// Books a message to `chat` (negative for groups) and says how long it has to wait.
    pub fn book(&mut self, chat: i64, now: Instant) -> Duration {
        const SECOND: Duration = Duration::from_secs(1);
        const MINUTE: Duration = Duration::from_secs(60);
        let limits = self.limits;
        if self.chats.len() > MAX_CHATS {
            self.chats.retain(|_, chat| chat.latest().is_some_and(|latest| latest > now));
        }
        // A chat that waits for itself must not hold up the others: its turn among all is now.
        let overall = limits.overall_per_second;
        let among_all = next(self.overall, overall, SECOND, overall, now);
        self.overall = Some(spent(self.overall, overall, SECOND, among_all));
        let known = self.chats.entry(chat).or_default();
        let free = known.held_until.map_or(among_all, |until| until.max(among_all));
        let mut at =
            next(known.per_second, limits.chat_per_second, SECOND, limits.chat_burst, free);
        if chat < 0 {
            let group = limits.group_per_minute;
            at = next(known.per_minute, group, MINUTE, group, at);
            known.per_minute = Some(spent(known.per_minute, group, MINUTE, at));
        }
        known.per_second = Some(spent(known.per_second, limits.chat_per_second, SECOND, at));
        at - now
    }

    /// Books a message that nobody waits for, if it may go out now and leaves room for those that somebody
    /// waits for; else says how long to wait before asking again.
    pub fn spare(&mut self, chat: i64, now: Instant) -> Result<(), Duration> {
        let overall = self.limits.overall_per_second;
        let among_all = next(self.overall, overall, Duration::from_secs(1), overall / 2, now);
        if among_all > now {
            return Err(among_all - now);
        }
        let before = (self.overall, self.chats.get(&chat).copied());
        let wait = self.book(chat, now);
        if wait.is_zero() {
            return Ok(());
        }
        self.overall = before.0;
        self.chats.insert(chat, before.1.unwrap_or_default());
        Err(wait)
    }

    /// Telegram wants `chat`, and no other, to wait.
    pub fn hold(&mut self, chat: i64, wait: Duration, now: Instant) {
        self.chats.entry(chat).or_default().held_until = Some(now + wait);
    }
}

impl Chat {
    fn latest(&self) -> Option<Instant> {
        self.per_second.max(self.per_minute).max(self.held_until)
    }
}

/// The first moment from `at` on when a bucket of `burst` has room.
fn next(
    full_again: Option<Instant>,
    count: u32,
    per: Duration,
    burst: u32,
    at: Instant,
) -> Instant {
    let (Some(full_again), true) = (full_again, count > 0) else { return at };
    let tolerance = per / count * burst.max(1).saturating_sub(1);
    full_again.checked_sub(tolerance).map_or(at, |free| free.max(at))
}

/// When a bucket will be full again after one more message at `at`.
fn spent(full_again: Option<Instant>, count: u32, per: Duration, at: Instant) -> Instant {
    match count {
        0 => at,
        count => full_again.map_or(at, |full| full.max(at)) + per / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_a_second_and_other_chats_do_not_wait() {
        let now = Instant::now();
        let mut pace = Pace::new(Limits { chat_burst: 3, ..Limits::default() });
        let waits: Vec<_> = (0..5).map(|_| pace.book(1, now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 2000]);
        assert_eq!(pace.book(2, now), Duration::ZERO);
    }

    #[test]
    fn a_group_has_its_minute_and_a_held_chat_its_wait() {
        let now = Instant::now();
        let limits = Limits {
            overall_per_second: 0,
            chat_per_second: 0,
            chat_burst: 0,
            group_per_minute: 2,
        };
        let mut pace = Pace::new(limits);
        let waits: Vec<_> = (0..3).map(|_| pace.book(-1, now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 30]);
        pace.hold(5, Duration::from_secs(7), now);
        assert_eq!(pace.book(5, now), Duration::from_secs(7));
        assert_eq!(pace.book(6, now), Duration::ZERO);
    }

    #[test]
    fn what_nobody_waits_for_leaves_room_for_what_somebody_does() {
        let now = Instant::now();
        let mut pace = Pace::new(Limits { overall_per_second: 10, ..Limits::default() });
        let out = (1..=1000).filter(|chat| pace.spare(*chat, now).is_ok()).count();
        assert_eq!(out, 5);
        for chat in 2001..=2005 {
            assert_eq!(pace.book(chat, now), Duration::ZERO);
        }
        let wait = pace.spare(6, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(600));
        assert_eq!(pace.spare(6, now + wait), Ok(()));
    }

    #[test]
    fn a_message_that_was_not_booked_costs_nothing() {
        let now = Instant::now();
        let mut pace = Pace::new(Limits { chat_burst: 1, ..Limits::default() });
        assert_eq!(pace.book(1, now), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(pace.spare(1, now), Err(Duration::from_secs(1)));
        }
        assert_eq!(pace.book(1, now), Duration::from_secs(1));
        assert_eq!(pace.book(2, now), Duration::ZERO);
    }

    #[test]
    fn no_limit_is_no_wait() {
        let mut pace = Pace::new(Limits {
            overall_per_second: 0,
            chat_per_second: 0,
            chat_burst: 0,
            group_per_minute: 0,
        });
        assert!((0..1000).all(|_| pace.book(-1, Instant::now()) == Duration::ZERO));
    }
}
