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
    by_typist: Option<DefaultKeyedRateLimiter<i64>>,
    strangers_told: DefaultKeyedRateLimiter<i64>,
    hasty_told: DefaultKeyedRateLimiter<i64>,
}

const TELL_STRANGERS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
const TELL_HASTY_EVERY: Duration = Duration::from_secs(60);
/// Inline queries that count as one request: while a person types, every few letters are a query.
const QUERIES_A_REQUEST: u32 = 10;
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
            by_typist: limiter(settings.user_per_minute.saturating_mul(QUERIES_A_REQUEST)),
            strangers_told: rarely(TELL_STRANGERS_EVERY),
            hasty_told: rarely(TELL_HASTY_EVERY),
        }
    }

    /// Whether a person is named as an administrator of the bot.
    pub fn is_admin(&self, person: i64) -> bool {
        self.admins.contains(&person)
    }

    /// Returns whether only those who are listed may read the articles.
    pub fn is_restricted(&self) -> bool {
        !self.chats.is_empty() || !self.people.is_empty()
    }

    /// Returns whether everybody in a chat may read the articles, so that they may be shown there unasked.
    pub fn is_chat_let_in(&self, chat: i64) -> bool {
        // A private chat has the number of its person; those of groups are negative.
        self.is_let_in(chat, Some(chat))
    }

    /// Returns whether a chat is listed.
    pub fn is_chat_listed(&self, chat: i64) -> bool {
        self.chats.contains(&chat)
    }

    /// Whether a person may ask in a chat; inline queries have no chat.
    pub fn is_let_in(&self, person: i64, chat: Option<i64>) -> bool {
        !self.is_restricted()
            || self.admins.contains(&person)
            || self.people.contains(&person)
            || chat.is_some_and(|chat| self.chats.contains(&chat))
    }

    /// Returns whether a chat of strangers is told now that they are not let in, which is rare.
    pub fn is_stranger_told(&self, chat: i64) -> bool {
        is_within(&self.strangers_told, chat)
    }

    /// Counts a request and says what becomes of it. What has `waited` for long was asked while the bot
    /// was away: it comes all at once, for which nobody is to blame.
    pub fn admit(&self, person: i64, chat: i64, kind: ChatKind, waited: Duration) -> Admission {
        if !self.is_let_in(person, Some(chat)) {
            return Admission::Stranger { is_told: self.is_stranger_told(chat) };
        }
        if self.admins.contains(&person) || waited > WAITED {
            return Admission::Welcome;
        }
        // A private chat is its person.
        match self.is_within_limits(person, (!kind.is_private()).then_some(chat)) {
            true => Admission::Welcome,
            false => Admission::TooFast { is_told: is_within(&self.hasty_told, chat) },
        }
    }

    /// Counts the press of a button by somebody who is let in, and returns whether it is within the limits.
    /// A message that was posted inline has no chat.
    pub fn admits_press(&self, person: i64, chat: Option<i64>) -> bool {
        let group = chat.filter(|chat| *chat < 0);
        self.admins.contains(&person) || self.is_within_limits(person, group)
    }

    /// Counts an inline query that is about to be searched, and returns whether it is within the limit of
    /// its person, which is [`QUERIES_A_REQUEST`] times that of requests.
    pub fn admits_query(&self, person: i64) -> bool {
        let limit = self.by_typist.as_ref();
        self.admins.contains(&person) || limit.is_none_or(|limit| is_within(limit, person))
    }

    /// Counts a request of a person, and in a group of the group where it is within the person's limit.
    fn is_within_limits(&self, person: i64, group: Option<i64>) -> bool {
        let limits = [(&self.by_person, Some(person)), (&self.by_chat, group)];
        let is_within = |(limit, key): (&Option<_>, Option<i64>)| {
            limit.as_ref().zip(key).is_none_or(|(limit, key)| is_within(limit, key))
        };
        limits.into_iter().all(is_within)
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
    fn access_counts_presses_with_requests_and_inline_queries_for_themselves() {
        let settings =
            config::Access { user_per_minute: 2, chat_per_minute: 3, ..config::Access::default() };
        let access = Access::new(&settings);
        assert!(access.admits_press(BEN, Some(GROUP)) && access.admits_press(BEN, None));
        assert!(!access.admits_press(BEN, Some(GROUP)));
        let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!(refused, Admission::TooFast { is_told: true });
        // The group was not charged for what was refused.
        assert!(access.admits_press(ADA, Some(GROUP)) && access.admits_press(ADA, Some(GROUP)));
        assert!(!access.admits_press(3, Some(GROUP)));
        let queries = (0..100).filter(|_| access.admits_query(BEN)).count();
        assert_eq!(queries, 2 * QUERIES_A_REQUEST as usize);
        let free = config::Access { user_per_minute: 0, ..settings };
        assert!((0..100).all(|_| Access::new(&free).admits_query(BEN)));
    }

    #[test]
    fn access_of_a_chat_needs_the_chat_or_its_person_to_be_listed() {
        let open = Access::new(&config::Access::default());
        assert!(!open.is_restricted() && open.is_chat_let_in(GROUP) && open.is_chat_let_in(BEN));
        let settings = config::Access { allowed_users: vec![ADA], ..config::Access::default() };
        let people = Access::new(&settings);
        assert!(people.is_restricted() && people.is_chat_let_in(ADA));
        assert!(!people.is_chat_let_in(BEN) && !people.is_chat_let_in(GROUP));
        let settings = config::Access { allowed_chats: vec![GROUP], ..config::Access::default() };
        let chats = Access::new(&settings);
        assert!(chats.is_chat_let_in(GROUP) && !chats.is_chat_let_in(GROUP - 1));
        assert!(!chats.is_chat_let_in(ADA) && !chats.is_chat_let_in(0));
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
