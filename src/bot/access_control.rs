//! Who may ask, and how often. Time is the clock of the rate limiter; nothing is stored.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::bot::receive::update::ChatKind;
use crate::config;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Allowed,
    /// Not among those who may ask; told rarely.
    NotAllowed {
        is_told: bool,
    },
    /// Too many requests lately; told once.
    Throttled {
        is_told: bool,
    },
}

/// The doorkeeper.
pub struct AccessControl {
    chats: HashSet<i64>,
    users: HashSet<i64>,
    admins: HashSet<i64>,
    per_user: Option<DefaultKeyedRateLimiter<i64>>,
    per_chat: Option<DefaultKeyedRateLimiter<i64>>,
    per_inline_user: Option<DefaultKeyedRateLimiter<i64>>,
    not_allowed_notices: DefaultKeyedRateLimiter<i64>,
    throttle_notices: DefaultKeyedRateLimiter<i64>,
}

const NOT_ALLOWED_NOTICE_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
const THROTTLE_NOTICE_INTERVAL: Duration = Duration::from_secs(60);
/// Inline queries that count as one request: while a person types, every few letters are a query.
const INLINE_QUERIES_PER_REQUEST: u32 = 10;
/// Who has waited for longer is not counted.
const UNCOUNTED_AFTER: Duration = Duration::from_secs(60);
/// With more keys than this, those that were quiet are forgotten.
const MAX_TRACKED_KEYS: usize = 10_000;

impl AccessControl {
    pub fn new(settings: &config::Access) -> AccessControl {
        let limiter = |per_minute: u32| {
            NonZeroU32::new(per_minute).map(|number| RateLimiter::keyed(Quota::per_minute(number)))
        };
        let rarely = |every: Duration| {
            // A period of zero has no quota; ours are not.
            let quota = Quota::with_period(every).unwrap_or(Quota::per_hour(NonZeroU32::MIN));
            RateLimiter::keyed(quota)
        };
        AccessControl {
            chats: settings.allowed_chats.iter().copied().collect(),
            users: settings.allowed_users.iter().copied().collect(),
            admins: settings.admins.iter().copied().collect(),
            per_user: limiter(settings.user_per_minute),
            per_chat: limiter(settings.chat_per_minute),
            per_inline_user: limiter(
                settings.user_per_minute.saturating_mul(INLINE_QUERIES_PER_REQUEST),
            ),
            not_allowed_notices: rarely(NOT_ALLOWED_NOTICE_INTERVAL),
            throttle_notices: rarely(THROTTLE_NOTICE_INTERVAL),
        }
    }

    /// Whether a person is named as an administrator of the bot.
    pub fn is_admin(&self, person: i64) -> bool {
        self.admins.contains(&person)
    }

    /// Returns whether only those who are listed may read the articles.
    pub fn is_restricted(&self) -> bool {
        !self.chats.is_empty() || !self.users.is_empty()
    }

    /// Returns whether everybody in a chat may read the articles, so that they may be shown there unasked.
    pub fn is_chat_allowed(&self, chat: i64) -> bool {
        // A private chat has the number of its person; those of groups are negative.
        self.is_allowed(chat, Some(chat))
    }

    /// Returns whether a chat is listed.
    pub fn is_chat_listed(&self, chat: i64) -> bool {
        self.chats.contains(&chat)
    }

    /// Whether a person may ask in a chat; inline queries have no chat.
    pub fn is_allowed(&self, person: i64, chat: Option<i64>) -> bool {
        !self.is_restricted()
            || self.admins.contains(&person)
            || self.users.contains(&person)
            || chat.is_some_and(|chat| self.chats.contains(&chat))
    }

    /// Returns whether a chat of strangers is told now that they are not let in, which is rare.
    pub fn is_notice_due(&self, chat: i64) -> bool {
        is_within(&self.not_allowed_notices, chat)
    }

    /// Counts a request and says what becomes of it. What has `waited` for long was asked while the bot
    /// was away: it comes all at once, for which nobody is to blame.
    pub fn admit(&self, person: i64, chat: i64, kind: ChatKind, waited: Duration) -> Admission {
        if !self.is_allowed(person, Some(chat)) {
            return Admission::NotAllowed { is_told: self.is_notice_due(chat) };
        }
        if self.admins.contains(&person) || waited > UNCOUNTED_AFTER {
            return Admission::Allowed;
        }
        // A private chat is its person.
        match self.is_within_limits(person, (!kind.is_private()).then_some(chat)) {
            true => Admission::Allowed,
            false => Admission::Throttled { is_told: is_within(&self.throttle_notices, chat) },
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
        let limit = self.per_inline_user.as_ref();
        self.admins.contains(&person) || limit.is_none_or(|limit| is_within(limit, person))
    }

    /// Counts a request of a person, and in a group of the group where it is within the person's limit.
    fn is_within_limits(&self, person: i64, group: Option<i64>) -> bool {
        let limits = [(&self.per_user, Some(person)), (&self.per_chat, group)];
        let is_within = |(limit, key): (&Option<_>, Option<i64>)| {
            limit.as_ref().zip(key).is_none_or(|(limit, key)| is_within(limit, key))
        };
        limits.into_iter().all(is_within)
    }
}

fn is_within(limiter: &DefaultKeyedRateLimiter<i64>, key: i64) -> bool {
    if limiter.len() > MAX_TRACKED_KEYS {
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
        let access = AccessControl::new(&settings);
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Allowed);
        assert_eq!(access.admit(BEN, GROUP, ChatKind::Group, Duration::ZERO), Admission::Allowed);
        for is_told in [true, false] {
            let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
            assert_eq!(refused, Admission::NotAllowed { is_told });
        }
        assert!(!access.is_allowed(BEN, None));
    }

    #[test]
    fn access_counts_presses_with_requests_and_inline_queries_for_themselves() {
        let settings =
            config::Access { user_per_minute: 2, chat_per_minute: 3, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        assert!(access.admits_press(BEN, Some(GROUP)) && access.admits_press(BEN, None));
        assert!(!access.admits_press(BEN, Some(GROUP)));
        let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!(refused, Admission::Throttled { is_told: true });
        // The group was not charged for what was refused.
        assert!(access.admits_press(ADA, Some(GROUP)) && access.admits_press(ADA, Some(GROUP)));
        assert!(!access.admits_press(3, Some(GROUP)));
        let queries = (0..100).filter(|_| access.admits_query(BEN)).count();
        assert_eq!(queries, 2 * INLINE_QUERIES_PER_REQUEST as usize);
        let free = config::Access { user_per_minute: 0, ..settings };
        assert!((0..100).all(|_| AccessControl::new(&free).admits_query(BEN)));
    }

    #[test]
    fn access_of_a_chat_needs_the_chat_or_its_person_to_be_listed() {
        let open = AccessControl::new(&config::Access::default());
        assert!(!open.is_restricted() && open.is_chat_allowed(GROUP) && open.is_chat_allowed(BEN));
        let settings = config::Access { allowed_users: vec![ADA], ..config::Access::default() };
        let people = AccessControl::new(&settings);
        assert!(people.is_restricted() && people.is_chat_allowed(ADA));
        assert!(!people.is_chat_allowed(BEN) && !people.is_chat_allowed(GROUP));
        let settings = config::Access { allowed_chats: vec![GROUP], ..config::Access::default() };
        let chats = AccessControl::new(&settings);
        assert!(chats.is_chat_allowed(GROUP) && !chats.is_chat_allowed(GROUP - 1));
        assert!(!chats.is_chat_allowed(ADA) && !chats.is_chat_allowed(0));
    }

    #[test]
    fn too_many_requests_are_told_once() {
        let settings = config::Access { user_per_minute: 2, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        let admit = || access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!([admit(), admit()], [Admission::Allowed; 2]);
        let refused = [admit(), admit()];
        assert_eq!(refused, [true, false].map(|is_told| Admission::Throttled { is_told }));
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Allowed);
        assert_eq!(
            access.admit(BEN, BEN, ChatKind::Private, 2 * UNCOUNTED_AFTER),
            Admission::Allowed
        );
    }
}
