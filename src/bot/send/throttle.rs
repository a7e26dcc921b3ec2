//! Send throttle: limits on all messages, on the messages to a group, and on those to a chat.
//!
//! The overall limit and the limit of a group are sliding windows of a second and a minute. The
//! limit of a chat is a token bucket, kept as the time when it will be full again (the generic cell
//! rate algorithm, ITU-T I.371). Pure: the time is an argument.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::ids::ChatId;

/// The recent messages and the blocks of all chats.
#[derive(Debug)]
pub struct Throttle {
    limits: Limits,
    overall: Window,
    chats: HashMap<ChatId, ChatThrottle>,
    /// The end of the block of all messages.
    blocked_until: Option<Instant>,
    /// The chats with a 429 since the last block of all messages, and the times of the 429s.
    rate_limited: Vec<(ChatId, Instant)>,
}

#[derive(Debug, Default, Clone)]
struct ChatThrottle {
    /// The time when the token bucket will be full.
    bucket_full_at: Option<Instant>,
    per_minute: Window,
    blocked_until: Option<Instant>,
}

/// A sliding window: the times of the last messages, as many as the limit.
#[derive(Debug, Default, Clone)]
struct Window(VecDeque<Instant>);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Divisor of the overall limit that gives the number of messages a second reserved for replies.
const REPLY_SHARE: u32 = 6;
/// Number of chats with a 429 within [`RATE_LIMIT_WINDOW`] that blocks all messages.
const CHATS_TO_BLOCK_ALL: usize = 2;
/// Number of chats with a 429 that blocks all messages again, within [`RATE_LIMIT_WINDOW`] after
/// such a block. It is larger, because the messages that waited reach the limits of many chats at
/// once.
const CHATS_TO_BLOCK_ALL_AGAIN: usize = 8;
/// Maximum time between two 429s that count as one incident.
const RATE_LIMIT_WINDOW: Duration = Duration::from_secs(10);
/// Number of chats above which the chats that are within their limits are forgotten.
const MAX_CHATS: usize = 10_000;

impl Throttle {
    pub fn new(limits: Limits) -> Throttle {
        Throttle {
            limits,
            overall: Window::default(),
            chats: HashMap::new(),
            blocked_until: None,
            rate_limited: Vec::new(),
        }
    }

    /// Reserves a message to a chat (a negative id is a group), and returns the time to wait for
    /// the chat's limits.
    pub fn reserve(&mut self, chat: ChatId, now: Instant) -> Duration {
        let limits = self.limits;
        if self.chats.len() > MAX_CHATS {
            self.chats.retain(|_, chat| chat.idle_at().is_some_and(|idle_at| idle_at > now));
        }
        let throttle = self.chats.entry(chat).or_default();
        let at = throttle.next_slot(chat, &limits, now);
        if chat.is_group() {
            throttle.per_minute.reserve(limits.group_per_minute, at);
        }
        throttle.bucket_full_at =
            Some(bucket_full_after(throttle.bucket_full_at, limits.chat_per_second, at));
        at - now
    }

    /// Reserves a message to a chat if its limits permit one now. Otherwise returns the time to
    /// wait.
    pub fn try_reserve(&mut self, chat: ChatId, now: Instant) -> Result<(), Duration> {
        let throttle = self.chats.get(&chat);
        match throttle.map_or(now, |throttle| throttle.next_slot(chat, &self.limits, now)) - now {
            Duration::ZERO => {
                self.reserve(chat, now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Reserves a message within the overall limit, and returns the time to wait.
    pub fn reserve_overall(&mut self, now: Instant) -> Duration {
        let limit = self.limits.overall_per_second;
        let at = self.overall.next_slot(limit, SECOND, now);
        self.overall.reserve(limit, at);
        at - now
    }

    /// Returns the time that a background message must wait, so that a share of the overall limit
    /// stays free for replies.
    pub fn background_delay(&self, now: Instant) -> Duration {
        let limit = self.limits.overall_per_second;
        match limit - limit.div_ceil(REPLY_SHARE) {
            0 if limit == 0 => Duration::ZERO,
            unreserved => self.overall.next_slot(unreserved.max(1), SECOND, now) - now,
        }
    }

    /// Blocks a chat after a 429. Blocks all messages if several chats got a 429 at about the same
    /// time, because Telegram does not say which limit was exceeded.
    pub fn block_chat(&mut self, chat: ChatId, wait: Duration, now: Instant) {
        let throttle = self.chats.entry(chat).or_default();
        throttle.blocked_until = throttle.blocked_until.max(Some(now + wait));
        let is_recent = |at: Instant| now.saturating_duration_since(at) <= RATE_LIMIT_WINDOW;
        self.rate_limited.retain(|(other, at)| *other != chat && is_recent(*at));
        self.rate_limited.push((chat, now));
        let threshold = match self.blocked_until.is_some_and(is_recent) {
            true => CHATS_TO_BLOCK_ALL_AGAIN,
            false => CHATS_TO_BLOCK_ALL,
        };
        if self.rate_limited.len() >= threshold {
            self.rate_limited.clear();
            self.block_all(wait, now);
        }
    }

    /// Blocks all messages for this time. A shorter time does not end an earlier block.
    pub fn block_all(&mut self, wait: Duration, now: Instant) {
        self.blocked_until = self.blocked_until.max(Some(now + wait));
    }

    /// Returns the remaining time of the block of all messages.
    pub fn blocked_for(&self, now: Instant) -> Duration {
        self.blocked_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

impl ChatThrottle {
    /// Returns the first time from `at` on when the limits permit a message.
    fn next_slot(&self, chat: ChatId, limits: &Limits, at: Instant) -> Instant {
        let at = self.blocked_until.map_or(at, |until| until.max(at));
        let at = bucket_slot(self.bucket_full_at, limits.chat_per_second, limits.chat_burst, at);
        match chat.is_group() {
            true => self.per_minute.next_slot(limits.group_per_minute, MINUTE, at),
            false => at,
        }
    }

    /// Returns the time from which on the chat is as good as unused.
    fn idle_at(&self) -> Option<Instant> {
        let window_empty_at = self.per_minute.0.back().map(|last| *last + MINUTE);
        self.bucket_full_at.max(window_empty_at).max(self.blocked_until)
    }
}

impl Window {
    /// Returns the first time from `at` on when fewer than `limit` messages were sent within
    /// `period`. A limit of 0 means no limit.
    fn next_slot(&self, limit: u32, period: Duration, at: Instant) -> Instant {
        let oldest = self.0.len().checked_sub(limit as usize).filter(|_| limit > 0);
        let oldest = oldest.and_then(|index| self.0.get(index));
        oldest.map_or(at, |oldest| at.max(*oldest + period))
    }

    fn reserve(&mut self, limit: u32, at: Instant) {
        self.0.push_back(at);
        while self.0.len() > limit as usize {
            self.0.pop_front();
        }
    }
}

/// Returns the first time from `at` on when a bucket of `burst` tokens, refilled with `per_second`,
/// has a token.
fn bucket_slot(full_at: Option<Instant>, per_second: u32, burst: u32, at: Instant) -> Instant {
    let (Some(full_at), true) = (full_at, per_second > 0) else { return at };
    let tolerance = SECOND / per_second * burst.max(1).saturating_sub(1);
    full_at.checked_sub(tolerance).map_or(at, |slot| slot.max(at))
}

/// Returns the time when a bucket will be full after one more message at `at`.
fn bucket_full_after(full_at: Option<Instant>, per_second: u32, at: Instant) -> Instant {
    match per_second {
        0 => at,
        per_second => full_at.map_or(at, |full_at| full_at.max(at)) + SECOND / per_second,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttle_passes_a_burst_then_one_message_a_second_for_each_chat() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Limits { chat_burst: 3, ..Limits::default() });
        let waits: Vec<_> =
            (0..5).map(|_| throttle.reserve(ChatId::new(1), now).as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 1000, 2000]);
        assert_eq!(throttle.reserve(ChatId::new(2), now), Duration::ZERO);
    }

    #[test]
    fn throttle_limits_groups_by_the_minute_and_blocks_a_chat_after_a_429() {
        let now = Instant::now();
        let limits = Limits {
            overall_per_second: 0,
            chat_per_second: 0,
            chat_burst: 0,
            group_per_minute: 2,
        };
        let mut throttle = Throttle::new(limits);
        let waits: Vec<_> =
            (0..3).map(|_| throttle.reserve(ChatId::new(-1), now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 60]);
        throttle.block_chat(ChatId::new(5), Duration::from_secs(7), now);
        assert_eq!(throttle.reserve(ChatId::new(5), now), Duration::from_secs(7));
        assert_eq!(throttle.reserve(ChatId::new(6), now), Duration::ZERO);
    }

    #[test]
    fn throttle_blocks_all_messages_after_429s_of_several_chats() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Limits::default());
        let wait = Duration::from_secs(7);
        throttle.block_chat(ChatId::new(1), wait, now);
        throttle.block_chat(ChatId::new(1), wait, now + SECOND);
        assert_eq!(throttle.blocked_for(now + SECOND), Duration::ZERO);
        throttle.block_chat(ChatId::new(2), wait, now + 12 * SECOND);
        assert_eq!(throttle.blocked_for(now + 12 * SECOND), Duration::ZERO);
        throttle.block_chat(ChatId::new(3), wait, now + 13 * SECOND);
        assert_eq!(throttle.blocked_for(now + 13 * SECOND), wait);
        assert_eq!(throttle.blocked_for(now + 20 * SECOND), Duration::ZERO);
        for chat in 4..=11 {
            assert_eq!(throttle.blocked_for(now + 21 * SECOND), Duration::ZERO, "{chat}");
            throttle.block_chat(ChatId::new(chat), wait, now + 21 * SECOND);
        }
        assert_eq!(throttle.blocked_for(now + 21 * SECOND), wait);
        // A shorter wait does not end a longer one.
        throttle.block_all(wait, now);
        throttle.block_all(SECOND, now);
        assert_eq!(throttle.blocked_for(now), 28 * SECOND);
    }

    #[test]
    fn throttle_keeps_the_overall_limit_in_every_second() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Limits { overall_per_second: 30, ..Limits::default() });
        let sent: Vec<_> = (0..100).map(|_| throttle.reserve_overall(now)).collect();
        for later in sent.windows(31) {
            assert!(later[30] - later[0] >= SECOND, "{later:?}");
        }
        assert_eq!(sent[99], 3 * SECOND);
    }

    #[test]
    fn throttle_reserves_a_share_for_replies() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Limits { overall_per_second: 10, ..Limits::default() });
        let try_background = |throttle: &mut Throttle, now| {
            throttle.background_delay(now).is_zero() && throttle.reserve_overall(now).is_zero()
        };
        let sent = (1..=1000).filter(|_| try_background(&mut throttle, now)).count();
        assert_eq!(sent, 8);
        for _ in 1..=2 {
            assert_eq!(throttle.reserve_overall(now), Duration::ZERO);
        }
        assert_eq!(throttle.background_delay(now), SECOND);
        assert!(try_background(&mut throttle, now + SECOND));
    }

    #[test]
    fn throttle_does_not_count_failed_reservations() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Limits { chat_burst: 1, ..Limits::default() });
        assert_eq!(throttle.reserve(ChatId::new(1), now), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(throttle.try_reserve(ChatId::new(1), now), Err(Duration::from_secs(1)));
        }
        assert_eq!(throttle.reserve(ChatId::new(1), now), Duration::from_secs(1));
        assert_eq!(throttle.reserve(ChatId::new(2), now), Duration::ZERO);
    }

    #[test]
    fn throttle_without_limits_never_waits() {
        let mut throttle = Throttle::new(Limits {
            overall_per_second: 0,
            chat_per_second: 0,
            chat_burst: 0,
            group_per_minute: 0,
        });
        for _ in 0..1000 {
            assert_eq!(throttle.reserve(ChatId::new(-1), Instant::now()), Duration::ZERO);
            assert_eq!(throttle.background_delay(Instant::now()), Duration::ZERO);
            assert_eq!(throttle.reserve_overall(Instant::now()), Duration::ZERO);
        }
    }
}
