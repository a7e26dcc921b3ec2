//! Access control: the users and chats that may use the bot, and their rate limits.
//!
//! The limits use the monotonic clock and are kept in memory only, so a restart resets them.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::bot::receive::update::ChatKind;
use crate::config;

/// Decision on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Allowed,
    /// The user and the chat are not allowed.
    NotAllowed {
        /// Whether the chat gets a notice.
        is_notified: bool,
    },
    /// The user or the chat has sent too many requests.
    Throttled {
        /// Whether the chat gets a notice.
        is_notified: bool,
    },
}

/// Access control of one bot.
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

/// Minimum time between two notices to a chat that is not allowed.
const NOT_ALLOWED_NOTICE_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// Minimum time between two notices to a chat that is throttled.
const THROTTLE_NOTICE_INTERVAL: Duration = Duration::from_secs(60);
/// Number of inline queries that count as one request. While a user types, every few letters are a
/// query.
const INLINE_QUERIES_PER_REQUEST: u32 = 10;
/// Age above which a request does not count for the limits.
const UNCOUNTED_AFTER: Duration = Duration::from_secs(60);
/// Number of tracked keys of a limit above which idle keys are removed.
const MAX_TRACKED_KEYS: usize = 10_000;

impl AccessControl {
    /// Returns access control with these settings. A limit of 0 means no limit.
    pub fn new(settings: &config::Access) -> AccessControl {
        let limiter = |per_minute: u32| {
            NonZeroU32::new(per_minute).map(|limit| RateLimiter::keyed(Quota::per_minute(limit)))
        };
        let once_per = |interval: Duration| {
            // Only an interval of zero has no quota.
            let quota = Quota::with_period(interval).unwrap_or(Quota::per_hour(NonZeroU32::MIN));
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
            not_allowed_notices: once_per(NOT_ALLOWED_NOTICE_INTERVAL),
            throttle_notices: once_per(THROTTLE_NOTICE_INTERVAL),
        }
    }

    /// Returns whether a user is an administrator of the bot.
    pub fn is_admin(&self, user: i64) -> bool {
        self.admins.contains(&user)
    }

    /// Returns whether only listed users and chats may read the articles.
    pub fn is_restricted(&self) -> bool {
        !self.chats.is_empty() || !self.users.is_empty()
    }

    /// Returns whether all members of a chat may read the articles, so that the bot may send
    /// excerpts to the chat on its own.
    pub fn is_chat_allowed(&self, chat: i64) -> bool {
        // The id of a private chat is that of its user. The ids of groups are negative.
        self.is_allowed(chat, Some(chat))
    }

    /// Returns whether a chat is listed.
    pub fn is_chat_listed(&self, chat: i64) -> bool {
        self.chats.contains(&chat)
    }

    /// Returns whether a user may use the bot in a chat. Inline queries have no chat.
    pub fn is_allowed(&self, user: i64, chat: Option<i64>) -> bool {
        !self.is_restricted()
            || self.admins.contains(&user)
            || self.users.contains(&user)
            || chat.is_some_and(|chat| self.chats.contains(&chat))
    }

    /// Returns whether a chat that is not allowed gets a notice now, and counts the notice.
    pub fn is_notice_due(&self, chat: i64) -> bool {
        is_within(&self.not_allowed_notices, chat)
    }

    /// Counts a request, and decides on it. A request of a high `age` is always admitted, since it
    /// was sent while the bot was not running, and all such requests arrive at once.
    pub fn admit(&self, user: i64, chat: i64, kind: ChatKind, age: Duration) -> Admission {
        if !self.is_allowed(user, Some(chat)) {
            return Admission::NotAllowed { is_notified: self.is_notice_due(chat) };
        }
        if self.admins.contains(&user) || age > UNCOUNTED_AFTER {
            return Admission::Allowed;
        }
        // In a private chat, the limits of the chat and of its user would count the same requests.
        match self.is_within_limits(user, (!kind.is_private()).then_some(chat)) {
            true => Admission::Allowed,
            false => Admission::Throttled { is_notified: is_within(&self.throttle_notices, chat) },
        }
    }

    /// Counts a callback query of an allowed user, and returns whether it is within the limits. A
    /// message that was sent through inline mode has no chat.
    pub fn admits_callback_query(&self, user: i64, chat: Option<i64>) -> bool {
        let group = chat.filter(|chat| *chat < 0);
        self.admins.contains(&user) || self.is_within_limits(user, group)
    }

    /// Counts an inline query, and returns whether it is within the limit of its user, which is
    /// [`INLINE_QUERIES_PER_REQUEST`] times that of requests.
    pub fn admits_inline_query(&self, user: i64) -> bool {
        let limit = self.per_inline_user.as_ref();
        self.admins.contains(&user) || limit.is_none_or(|limit| is_within(limit, user))
    }

    /// Counts a request of a user, and of the group if it is within the user's limit. Returns
    /// whether the request is within both limits.
    fn is_within_limits(&self, user: i64, group: Option<i64>) -> bool {
        let limits = [(&self.per_user, Some(user)), (&self.per_chat, group)];
        let is_within = |(limit, key): (&Option<_>, Option<i64>)| {
            limit.as_ref().zip(key).is_none_or(|(limit, key)| is_within(limit, key))
        };
        limits.into_iter().all(is_within)
    }
}

/// Counts a use of a key, and returns whether the use is within the limit.
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
    fn access_notifies_a_disallowed_chat_once_and_admits_admins_everywhere() {
        let settings = config::Access {
            allowed_chats: vec![GROUP],
            admins: vec![ADA],
            ..config::Access::default()
        };
        let access = AccessControl::new(&settings);
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Allowed);
        assert_eq!(access.admit(BEN, GROUP, ChatKind::Group, Duration::ZERO), Admission::Allowed);
        for is_notified in [true, false] {
            let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
            assert_eq!(refused, Admission::NotAllowed { is_notified });
        }
        assert!(!access.is_allowed(BEN, None));
    }

    #[test]
    fn access_counts_callback_queries_with_requests_and_inline_queries_separately() {
        let settings =
            config::Access { user_per_minute: 2, chat_per_minute: 3, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        assert!(
            access.admits_callback_query(BEN, Some(GROUP))
                && access.admits_callback_query(BEN, None)
        );
        assert!(!access.admits_callback_query(BEN, Some(GROUP)));
        let refused = access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!(refused, Admission::Throttled { is_notified: true });
        // Requests above the user's limit do not count for the group.
        assert!(
            access.admits_callback_query(ADA, Some(GROUP))
                && access.admits_callback_query(ADA, Some(GROUP))
        );
        assert!(!access.admits_callback_query(3, Some(GROUP)));
        let queries = (0..100).filter(|_| access.admits_inline_query(BEN)).count();
        assert_eq!(queries, 2 * INLINE_QUERIES_PER_REQUEST as usize);
        let free = config::Access { user_per_minute: 0, ..settings };
        assert!((0..100).all(|_| AccessControl::new(&free).admits_inline_query(BEN)));
    }

    #[test]
    fn access_of_a_chat_needs_the_chat_or_its_user_to_be_listed() {
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
    fn access_notifies_a_throttled_chat_once() {
        let settings = config::Access { user_per_minute: 2, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        let admit = || access.admit(BEN, BEN, ChatKind::Private, Duration::ZERO);
        assert_eq!([admit(), admit()], [Admission::Allowed; 2]);
        let refused = [admit(), admit()];
        assert_eq!(refused, [true, false].map(|is_notified| Admission::Throttled { is_notified }));
        assert_eq!(access.admit(ADA, ADA, ChatKind::Private, Duration::ZERO), Admission::Allowed);
        assert_eq!(
            access.admit(BEN, BEN, ChatKind::Private, 2 * UNCOUNTED_AFTER),
            Admission::Allowed
        );
    }
}
