//! When the next message may go out: so many in any second or minute for all together and for a group, and
//! a token bucket for each chat.
//!
//! Pure: the time is an argument. A bucket is kept as the moment when it will be full again
//! (the generic cell rate algorithm, ITU-T I.371).

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::config::Limits;

/// What was sent lately.
#[derive(Debug)]
pub struct Throttle {
    limits: Limits,
    overall: Window,
    chats: HashMap<i64, Chat>,
    /// All messages are held until then.
    blocked_until: Option<Instant>,
    /// The chats that got a 429 since all messages were last held, and when.
    refused: Vec<(i64, Instant)>,
}

#[derive(Debug, Default, Clone)]
struct Chat {
    per_second: Option<Instant>,
    per_minute: Window,
    blocked_until: Option<Instant>,
}

/// When the last messages went out, or will, as many as count.
#[derive(Debug, Default, Clone)]
struct Window(VecDeque<Instant>);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// The share of a second's messages that is kept for those that somebody waits for.
const RESERVED_FOR_REPLIES: u32 = 6;
/// Number of chats with a 429 within [`TOGETHER`] from which on the limit of the whole bot was met.
const MEANS_ALL: usize = 2;
/// Number of chats with a 429 that holds all messages soon after such a hold: the messages that
/// waited meet the limits of many chats at once.
const MEANS_ALL_AGAIN: usize = 8;
const TOGETHER: Duration = Duration::from_secs(10);
/// Chats that were quiet for long are forgotten when there are more than this.
const MAX_CHATS: usize = 10_000;

impl Throttle {
    pub fn new(limits: Limits) -> Throttle {
        Throttle {
            limits,
            overall: Window::default(),
            chats: HashMap::new(),
            blocked_until: None,
            refused: Vec::new(),
        }
    }

    /// Books a message to `chat` (negative for groups), and says how long its chat has it wait.
    pub fn reserve(&mut self, chat: i64, now: Instant) -> Duration {
        let limits = self.limits;
        if self.chats.len() > MAX_CHATS {
            self.chats.retain(|_, chat| chat.latest().is_some_and(|latest| latest > now));
        }
        let known = self.chats.entry(chat).or_default();
        let at = known.free(chat, &limits, now);
        if chat < 0 {
            known.per_minute.reserve(limits.group_per_minute, at);
        }
        known.per_second = Some(spent(known.per_second, limits.chat_per_second, at));
        at - now
    }

    /// Books a message to `chat` if that has it wait for nothing; else says how long it would.
    pub fn try_reserve(&mut self, chat: i64, now: Instant) -> Result<(), Duration> {
        let known = self.chats.get(&chat);
        match known.map_or(now, |known| known.free(chat, &self.limits, now)) - now {
            Duration::ZERO => {
                self.reserve(chat, now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Books one message among all, which its chat does not hold up any more, and says how long it has to
    /// wait.
    pub fn reserve_overall(&mut self, now: Instant) -> Duration {
        let most = self.limits.overall_per_second;
        let at = self.overall.next(most, SECOND, now);
        self.overall.reserve(most, at);
        at - now
    }

    /// How long a message that nobody waits for has to wait among all, to leave room for those that somebody
    /// waits for.
    pub fn background_delay(&self, now: Instant) -> Duration {
        let most = self.limits.overall_per_second;
        match most - most.div_ceil(RESERVED_FOR_REPLIES) {
            0 if most == 0 => Duration::ZERO,
            spare => self.overall.next(spare.max(1), SECOND, now) - now,
        }
    }

    /// Holds messages to `chat`, after a 429. Holds all messages when several chats got one at about the
    /// same time: Telegram does not say which of its limits was met.
    pub fn block_until(&mut self, chat: i64, wait: Duration, now: Instant) {
        let known = self.chats.entry(chat).or_default();
        known.blocked_until = known.blocked_until.max(Some(now + wait));
        let is_recent = |then: Instant| now.saturating_duration_since(then) <= TOGETHER;
        self.refused.retain(|(other, then)| *other != chat && is_recent(*then));
        self.refused.push((chat, now));
        let was_held = self.blocked_until.is_some_and(is_recent);
        if self.refused.len() >= if was_held { MEANS_ALL_AGAIN } else { MEANS_ALL } {
            self.refused.clear();
            self.block_all_until(wait, now);
        }
    }

    /// Holds all messages.
    pub fn block_all_until(&mut self, wait: Duration, now: Instant) {
        self.blocked_until = self.blocked_until.max(Some(now + wait));
    }

    /// Returns how long all messages are still held.
    pub fn blocked_for(&self, now: Instant) -> Duration {
        self.blocked_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

impl Chat {
    /// The first moment from `at` on when a message may go to this chat.
    fn free(&self, chat: i64, limits: &Limits, at: Instant) -> Instant {
        let at = self.blocked_until.map_or(at, |until| until.max(at));
        let at = next(self.per_second, limits.chat_per_second, limits.chat_burst, at);
        match chat < 0 {
            true => self.per_minute.next(limits.group_per_minute, MINUTE, at),
            false => at,
        }
    }

    fn latest(&self) -> Option<Instant> {
        // What was booked in a minute is remembered for it.
        let group = self.per_minute.0.back().map(|last| *last + MINUTE);
        self.per_second.max(group).max(self.blocked_until)
    }
}

impl Window {
    /// The first moment from `at` on when fewer than `count` went out within `per`; 0 is no limit.
    fn next(&self, count: u32, per: Duration, at: Instant) -> Instant {
        let first = self.0.len().checked_sub(count as usize).filter(|_| count > 0);
        let first = first.and_then(|first| self.0.get(first));
        first.map_or(at, |first| at.max(*first + per))
    }

    fn reserve(&mut self, count: u32, at: Instant) {
        self.0.push_back(at);
        while self.0.len() > count as usize {
            self.0.pop_front();
        }
    }
}

/// The first moment from `at` on when a bucket of `burst` has room, of which `count` a second run out.
fn next(full_again: Option<Instant>, count: u32, burst: u32, at: Instant) -> Instant {
    let (Some(full_again), true) = (full_again, count > 0) else { return at };
    let tolerance = SECOND / count * burst.max(1).saturating_sub(1);
    full_again.checked_sub(tolerance).map_or(at, |free| free.max(at))
}

/// When a bucket will be full again after one more message at `at`.
fn spent(full_again: Option<Instant>, count: u32, at: Instant) -> Instant {
    match count {
        0 => at,
        count => full_again.map_or(at, |full| full.max(at)) + SECOND / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_a_second_and_other_chats_do_not_wait() {
        let now = Instant::now();
        let mut pace = Throttle::new(Limits { chat_burst: 3, ..Limits::default() });
        let waits: Vec<_> = (0..5).map(|_| pace.reserve(1, now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 2000]);
        assert_eq!(pace.reserve(2, now), Duration::ZERO);
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
        let mut pace = Throttle::new(limits);
        let waits: Vec<_> = (0..3).map(|_| pace.reserve(-1, now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 60]);
        pace.block_until(5, Duration::from_secs(7), now);
        assert_eq!(pace.reserve(5, now), Duration::from_secs(7));
        assert_eq!(pace.reserve(6, now), Duration::ZERO);
    }

    #[test]
    fn throttle_holds_all_once_two_chats_have_to_wait() {
        let now = Instant::now();
        let mut pace = Throttle::new(Limits::default());
        let wait = Duration::from_secs(7);
        pace.block_until(1, wait, now);
        pace.block_until(1, wait, now + SECOND);
        assert_eq!(pace.blocked_for(now + SECOND), Duration::ZERO);
        pace.block_until(2, wait, now + 12 * SECOND);
        assert_eq!(pace.blocked_for(now + 12 * SECOND), Duration::ZERO);
        pace.block_until(3, wait, now + 13 * SECOND);
        assert_eq!(pace.blocked_for(now + 13 * SECOND), wait);
        assert_eq!(pace.blocked_for(now + 20 * SECOND), Duration::ZERO);
        for chat in 4..=11 {
            assert_eq!(pace.blocked_for(now + 21 * SECOND), Duration::ZERO, "{chat}");
            pace.block_until(chat, wait, now + 21 * SECOND);
        }
        assert_eq!(pace.blocked_for(now + 21 * SECOND), wait);
        // A shorter wait does not end a longer one.
        pace.block_all_until(wait, now);
        pace.block_all_until(SECOND, now);
        assert_eq!(pace.blocked_for(now), 28 * SECOND);
    }

    #[test]
    fn no_second_has_more_than_all_together_may_send() {
        let now = Instant::now();
        let mut pace = Throttle::new(Limits { overall_per_second: 30, ..Limits::default() });
        let sent: Vec<_> = (0..100).map(|_| pace.reserve_overall(now)).collect();
        for later in sent.windows(31) {
            assert!(later[30] - later[0] >= SECOND, "{later:?}");
        }
        assert_eq!(sent[99], 3 * SECOND);
    }

    #[test]
    fn what_nobody_waits_for_leaves_room_for_what_somebody_does() {
        let now = Instant::now();
        let mut pace = Throttle::new(Limits { overall_per_second: 10, ..Limits::default() });
        let is_spare = |pace: &mut Throttle, now| {
            pace.background_delay(now).is_zero() && pace.reserve_overall(now).is_zero()
        };
        let out = (1..=1000).filter(|_| is_spare(&mut pace, now)).count();
        assert_eq!(out, 8);
        for _ in 1..=2 {
            assert_eq!(pace.reserve_overall(now), Duration::ZERO);
        }
        assert_eq!(pace.background_delay(now), SECOND);
        assert!(is_spare(&mut pace, now + SECOND));
    }

    #[test]
    fn a_message_that_was_not_booked_costs_nothing() {
        let now = Instant::now();
        let mut pace = Throttle::new(Limits { chat_burst: 1, ..Limits::default() });
        assert_eq!(pace.reserve(1, now), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(pace.try_reserve(1, now), Err(Duration::from_secs(1)));
        }
        assert_eq!(pace.reserve(1, now), Duration::from_secs(1));
        assert_eq!(pace.reserve(2, now), Duration::ZERO);
    }

    #[test]
    fn no_limit_is_no_wait() {
        let mut pace = Throttle::new(Limits {
            overall_per_second: 0,
            chat_per_second: 0,
            chat_burst: 0,
            group_per_minute: 0,
        });
        for _ in 0..1000 {
            assert_eq!(pace.reserve(-1, Instant::now()), Duration::ZERO);
            assert_eq!(pace.background_delay(Instant::now()), Duration::ZERO);
            assert_eq!(pace.reserve_overall(Instant::now()), Duration::ZERO);
        }
    }
}
