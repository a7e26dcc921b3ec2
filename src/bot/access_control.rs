//! Access control: the users and chats that may use the bot, and their rate limits.
//!
//! The limits use the monotonic clock and are kept in memory only, so a restart resets them.

use std::collections::HashSet;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::bot::receive::update::ChatKind;
use crate::config::{self, BoundFolder};
use crate::corpus::Folder;
use crate::ids::{ChatId, UserId};
use crate::library::ArticleFilter;

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
    chats: HashSet<ChatId>,
    users: HashSet<UserId>,
    admins: HashSet<UserId>,
    /// Folders that only some chats may see.
    folders: Vec<BoundFolder>,
    /// Users whom Telegram does not name share one limit.
    per_user: Option<DefaultKeyedRateLimiter<Option<UserId>>>,
    per_chat: Option<DefaultKeyedRateLimiter<ChatId>>,
    per_inline_user: Option<DefaultKeyedRateLimiter<UserId>>,
    not_allowed_notices: DefaultKeyedRateLimiter<ChatId>,
    throttle_notices: DefaultKeyedRateLimiter<ChatId>,
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

/// Returns a rate limiter, or `None` for a limit of 0, which means no limit.
fn limiter<K: Clone + Eq + Hash>(per_minute: u32) -> Option<DefaultKeyedRateLimiter<K>> {
    NonZeroU32::new(per_minute).map(|limit| RateLimiter::keyed(Quota::per_minute(limit)))
}

impl AccessControl {
    /// Returns access control with these settings. A limit of 0 means no limit.
    pub fn new(settings: &config::Access) -> AccessControl {
        let once_per = |interval: Duration| {
            // Only an interval of zero has no quota.
            let quota = Quota::with_period(interval).unwrap_or(Quota::per_hour(NonZeroU32::MIN));
            RateLimiter::keyed(quota)
        };
        AccessControl {
            chats: settings.allowed_chats.iter().copied().collect(),
            users: settings.allowed_users.iter().copied().collect(),
            admins: settings.admins.iter().copied().collect(),
            folders: settings.folders.clone(),
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
    pub fn is_admin(&self, user: Option<UserId>) -> bool {
        user.is_some_and(|user| self.admins.contains(&user))
    }

    /// Returns whether only listed users and chats may read the articles.
    pub fn is_restricted(&self) -> bool {
        !self.chats.is_empty() || !self.users.is_empty()
    }

    /// Returns whether all members of a chat may read the articles, so that the bot may send
    /// excerpts to the chat on its own.
    pub fn is_chat_allowed(&self, chat: ChatId) -> bool {
        self.is_allowed(chat.user(), Some(chat))
    }

    /// Returns whether a chat is listed.
    pub fn is_chat_listed(&self, chat: ChatId) -> bool {
        self.chats.contains(&chat)
    }

    /// Returns the filter of the articles that may be shown in a chat: those that are in no bound
    /// folder, and those whose bound folders all list the chat. Without a chat, nobody knows who
    /// sees the articles.
    pub fn border(&self, chat: Option<ChatId>) -> ArticleFilter {
        let is_hidden = |bound: &&BoundFolder| chat.is_none_or(|chat| !bound.chats.contains(&chat));
        let hidden = self.folders.iter().filter(is_hidden);
        ArticleFilter::without(hidden.map(|bound| bound.folder.clone()).collect())
    }

    /// Returns the folders that list a chat.
    pub fn folders_of(&self, chat: ChatId) -> impl Iterator<Item = &Folder> {
        let bound = self.folders.iter().filter(move |bound| bound.chats.contains(&chat));
        bound.map(|bound| &bound.folder)
    }

    /// Returns whether everything that a group may see may be shown in this chat, too.
    pub fn sees_all_of(&self, chat: ChatId, group: ChatId) -> bool {
        let is_seen = |folder: &Folder| self.folders_of(chat).any(|known| known.is_same(folder));
        self.is_chat_allowed(chat) && self.folders_of(group).all(is_seen)
    }

    /// Returns whether a user may use the bot in a chat. Inline queries have no chat.
    pub fn is_allowed(&self, user: Option<UserId>, chat: Option<ChatId>) -> bool {
        !self.is_restricted()
            || self.is_admin(user)
            || user.is_some_and(|user| self.users.contains(&user))
            || chat.is_some_and(|chat| self.chats.contains(&chat))
    }

    /// Returns whether a chat that is not allowed gets a notice now, and counts the notice.
    pub fn is_notice_due(&self, chat: ChatId) -> bool {
        is_within(&self.not_allowed_notices, chat)
    }

    /// Counts a request, and decides on it. A request of a high `age` is always admitted, since it
    /// was sent while the bot was not running, and all such requests arrive at once.
    pub fn admit(
        &self,
        user: Option<UserId>,
        chat: ChatId,
        kind: ChatKind,
        age: Duration,
    ) -> Admission {
        if !self.is_allowed(user, Some(chat)) {
            return Admission::NotAllowed { is_notified: self.is_notice_due(chat) };
        }
        self.limit(user, chat, kind, age)
    }

    /// Counts a request that needs no access, and decides on it by the limits alone. A request of a
    /// high `age` is always admitted.
    pub fn limit(
        &self,
        user: Option<UserId>,
        chat: ChatId,
        kind: ChatKind,
        age: Duration,
    ) -> Admission {
        if self.is_admin(user) || age > UNCOUNTED_AFTER {
            return Admission::Allowed;
        }
        // In a private chat, the limits of the chat and of its user would count the same requests.
        match self.is_within_limits(user, (!kind.is_private()).then_some(chat)) {
            true => Admission::Allowed,
            false => Admission::Throttled { is_notified: is_within(&self.throttle_notices, chat) },
        }
    }

    /// Counts a guest query and decides on it. The chat of a guest query grants nothing. `counted`
    /// is the private chat of the user, or the chat of a message without a user.
    pub fn admit_guest(&self, user: Option<UserId>, counted: ChatId) -> Admission {
        if !self.is_allowed(user, None) {
            return Admission::NotAllowed { is_notified: self.is_notice_due(counted) };
        }
        self.limit(user, counted, ChatKind::Private, Duration::ZERO)
    }

    /// Counts a callback query of an allowed user, and returns whether it is within the limits. A
    /// message that was sent through inline mode has no chat.
    pub fn admits_callback_query(&self, user: Option<UserId>, chat: Option<ChatId>) -> bool {
        let group = chat.filter(|chat| chat.is_group());
        self.is_admin(user) || self.is_within_limits(user, group)
    }

    /// Counts an inline query, and returns whether it is within the limit of its user, which is
    /// [`INLINE_QUERIES_PER_REQUEST`] times that of requests.
    pub fn admits_inline_query(&self, user: UserId) -> bool {
        let limit = self.per_inline_user.as_ref();
        self.admins.contains(&user) || limit.is_none_or(|limit| is_within(limit, user))
    }

    /// Counts a request of a user, and of the group if it is within the user's limit. Returns
    /// whether the request is within both limits.
    fn is_within_limits(&self, user: Option<UserId>, group: Option<ChatId>) -> bool {
        let chat_limit = self.per_chat.as_ref().zip(group);
        self.per_user.as_ref().is_none_or(|limit| is_within(limit, user))
            && chat_limit.is_none_or(|(limit, chat)| is_within(limit, chat))
    }
}

/// Counts a use of a key, and returns whether the use is within the limit.
fn is_within<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: K) -> bool {
    if limiter.len() > MAX_TRACKED_KEYS {
        limiter.retain_recent();
    }
    limiter.check_key(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: UserId = UserId::new(1);
    const BEN: UserId = UserId::new(2);
    const GROUP: ChatId = ChatId::new(-5);

    #[test]
    fn access_notifies_a_disallowed_chat_once_and_admits_admins_everywhere() {
        let settings = config::Access {
            allowed_chats: vec![GROUP],
            admins: vec![ADA],
            ..config::Access::default()
        };
        let access = AccessControl::new(&settings);
        assert_eq!(
            access.admit(Some(ADA), ADA.private_chat(), ChatKind::Private, Duration::ZERO),
            Admission::Allowed
        );
        assert_eq!(
            access.admit(Some(BEN), GROUP, ChatKind::Group, Duration::ZERO),
            Admission::Allowed
        );
        for is_notified in [true, false] {
            let refused =
                access.admit(Some(BEN), BEN.private_chat(), ChatKind::Private, Duration::ZERO);
            assert_eq!(refused, Admission::NotAllowed { is_notified });
        }
        assert!(!access.is_allowed(Some(BEN), None));
    }

    #[test]
    fn access_counts_callback_queries_with_requests_and_inline_queries_separately() {
        let settings =
            config::Access { user_per_minute: 2, chat_per_minute: 3, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        assert!(
            access.admits_callback_query(Some(BEN), Some(GROUP))
                && access.admits_callback_query(Some(BEN), None)
        );
        assert!(!access.admits_callback_query(Some(BEN), Some(GROUP)));
        let refused =
            access.admit(Some(BEN), BEN.private_chat(), ChatKind::Private, Duration::ZERO);
        assert_eq!(refused, Admission::Throttled { is_notified: true });
        // Requests above the user's limit do not count for the group.
        assert!(
            access.admits_callback_query(Some(ADA), Some(GROUP))
                && access.admits_callback_query(Some(ADA), Some(GROUP))
        );
        assert!(!access.admits_callback_query(Some(UserId::new(3)), Some(GROUP)));
        let queries = (0..100).filter(|_| access.admits_inline_query(BEN)).count();
        assert_eq!(queries, 2 * INLINE_QUERIES_PER_REQUEST as usize);
        let free = config::Access { user_per_minute: 0, ..settings };
        assert!((0..100).all(|_| AccessControl::new(&free).admits_inline_query(BEN)));
    }

    #[test]
    fn access_of_a_chat_needs_the_chat_or_its_user_to_be_listed() {
        let open = AccessControl::new(&config::Access::default());
        assert!(
            !open.is_restricted()
                && open.is_chat_allowed(GROUP)
                && open.is_chat_allowed(BEN.private_chat())
        );
        let settings = config::Access { allowed_users: vec![ADA], ..config::Access::default() };
        let people = AccessControl::new(&settings);
        assert!(people.is_restricted() && people.is_chat_allowed(ADA.private_chat()));
        assert!(!people.is_chat_allowed(BEN.private_chat()) && !people.is_chat_allowed(GROUP));
        let settings = config::Access { allowed_chats: vec![GROUP], ..config::Access::default() };
        let chats = AccessControl::new(&settings);
        assert!(chats.is_chat_allowed(GROUP) && !chats.is_chat_allowed(ChatId::new(-6)));
        assert!(
            !chats.is_chat_allowed(ADA.private_chat()) && !chats.is_chat_allowed(ChatId::new(0))
        );
    }

    #[test]
    fn access_notifies_a_throttled_chat_once() {
        let settings = config::Access { user_per_minute: 2, ..config::Access::default() };
        let access = AccessControl::new(&settings);
        let admit =
            || access.admit(Some(BEN), BEN.private_chat(), ChatKind::Private, Duration::ZERO);
        assert_eq!([admit(), admit()], [Admission::Allowed; 2]);
        let refused = [admit(), admit()];
        assert_eq!(refused, [true, false].map(|is_notified| Admission::Throttled { is_notified }));
        assert_eq!(
            access.admit(Some(ADA), ADA.private_chat(), ChatKind::Private, Duration::ZERO),
            Admission::Allowed
        );
        assert_eq!(
            access.admit(Some(BEN), BEN.private_chat(), ChatKind::Private, 2 * UNCOUNTED_AFTER),
            Admission::Allowed
        );
    }
}
