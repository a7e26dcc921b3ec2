//! Who may ask, and how often. Time is the clock of the rate limiter; nothing is stored.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::incoming::ChatKind;
use crate::config;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Welcome,
    /// Not among those who may ask; told rarely.
    Stranger {
        is_told: bool,
    },
    /// Too many requests lately; told once.
    TooFast {
        is_told: bool,
    },
}

/// The doorkeeper.
pub struct Access {
    chats: HashSet<i64>,
    people: HashSet<i64>,
    admins: HashSet<i64>,
    by_person: Option<DefaultKeyedRateLimiter<i64>>,
    by_chat: Option<DefaultKeyedRateLimiter<i64>>,
    strangers_told: DefaultKeyedRateLimiter<i64>,
    hasty_told: DefaultKeyedRateLimiter<i64>,
}

const TELL_STRANGERS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
const TELL_HASTY_EVERY: Duration = Duration::from_secs(60);
/// Who has waited for longer is not counted.
const WAITED: Duration = Duration::from_secs(60);
/// With more keys than this, those that were quiet are forgotten.
const MANY_KEYS: usize = 10_000;

impl Access {
    pub fn new(settings: &config::Access) -> Access {
        let limiter = |per_minute: u32| {
            NonZeroU32::new(per_minute).map(|number| RateLimiter::keyed(Quota::per_minute(number)))
        };
        let rarely = |every: Duration| {
            // A period of zero has no quota; ours are not.
            let quota = Quota::with_period(every).unwrap_or(Quota::per_hour(NonZeroU32::MIN));
            RateLimiter::keyed(quota)
        };
        Access {
            chats: settings.allowed_chats.iter().copied().collect(),
            people: settings.allowed_users.iter().copied().collect(),
            admins: settings.admins.iter().copied().collect(),
            by_person: limiter(settings.user_per_minute),
            by_chat: limiter(settings.chat_per_minute),
            strangers_told: rarely(TELL_STRANGERS_EVERY),
            hasty_told: rarely(TELL_HASTY_EVERY),
        }
    }

    /// Whether a person is named as an administrator of the bot.
    pub fn is_admin(&self, person: i64) -> bool {
        self.admins.contains(&person)
    }

    /// Whether a person may ask in a chat; inline queries have no chat.
    pub fn is_let_in(&self, person: i64, chat: Option<i64>) -> bool {
        let is_open = self.chats.is_empty() && self.people.is_empty();
        is_open
            || self.admins.contains(&person)
            || self.people.contains(&person)
            || chat.is_some_and(|chat| self.chats.contains(&chat))
    }

    /// Counts a request and says what becomes of it. What has `waited` for long was asked while the bot
    /// was away: it comes all at once, for which nobody is to blame.
    pub fn admit(&self, person: i64, chat: i64, kind: ChatKind, waited: Duration) -> Admission {
        if !self.is_let_in(person, Some(chat)) {
            return Admission::Stranger { is_told: is_within(&self.strangers_told, chat) };
        }
        if self.admins.contains(&person) || waited > WAITED {
            return Admission::Welcome;
        }
        let limits = [(&self.by_person, person), (&self.by_chat, chat)];
        // A private chat is its person.
        let limits = &limits[..if kind.is_private() { 1 } else { 2 }];
        let is_slow = limits
            .iter()
            .all(|(limit, key)| limit.as_ref().is_none_or(|limit| is_within(limit, *key)));
        match is_slow {
            true => Admission::Welcome,
            false => Admission::TooFast { is_told: is_within(&self.hasty_told, chat) },
        }
    }
}

fn is_within(limiter: &DefaultKeyedRateLimiter<i64>, key: i64) -> bool {
    if limiter.len() > MANY_KEYS {
        limiter.retain_recent();
    }
    limiter.check_key(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: i64 = 1;
    const BEN: i64 = 2;
    const GROUP: i64 = -5;

    #[test]
    fn strangers_are_told_once_and_admins_come_in_anywhere() {
        let settings = config::Access {
            allowed_chats: vec![GROUP],
            admins: vec![ADA],
            ..config::Access::default()
        };
        let access = Access::new(&settings);
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Welcome);
        assert_eq!(access.admit(BEN, GROUP, ChatKind::Group, Duration::ZERO), Admission::Welcome);
        for is_told in [true, false] {
            let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
            assert_eq!(refused, Admission::Stranger { is_told });
        }
        assert!(!access.is_let_in(BEN, None));
    }

    #[test]
    fn too_many_requests_are_told_once() {
        let settings = config::Access { user_per_minute: 2, ..config::Access::default() };
        let access = Access::new(&settings);
        let admit = || access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!([admit(), admit()], [Admission::Welcome; 2]);
        let refused = [admit(), admit()];
        assert_eq!(refused, [true, false].map(|is_told| Admission::TooFast { is_told }));
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Welcome);
        assert_eq!(access.admit(BEN, BEN, ChatKind::Private, 2 * WAITED), Admission::Welcome);
    }
}
