//! Ids of Telegram: chats, topics, users, messages and updates.

use std::fmt;

/// Declares an id type over an integer.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident($raw:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($raw);

        impl $name {
            /// Wraps the number that Telegram uses.
            pub const fn new(raw: $raw) -> Self {
                Self(raw)
            }

            /// Returns the number that Telegram uses.
            pub const fn get(self) -> $raw {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Id of a chat. A private chat has the id of its user; groups and channels have negative ids.
    ChatId(i64)
}
id! {
    /// Id of a topic within a forum group.
    TopicId(i32)
}
id! {
    /// Id of a user, or of the chat in whose name a message is written.
    UserId(i64)
}
id! {
    /// Id of a message within its chat.
    MessageId(i32)
}
id! {
    /// Id of an update. Ids of consecutive updates increase.
    UpdateId(i64)
}

impl UserId {
    /// Returns the private chat with this user.
    pub const fn private_chat(self) -> ChatId {
        ChatId(self.0)
    }
}

impl ChatId {
    /// Returns the user of a private chat, or `None` for a group or channel.
    pub fn user(self) -> Option<UserId> {
        (!self.is_group()).then_some(UserId(self.0))
    }

    /// Returns whether the chat is a group or channel.
    pub const fn is_group(self) -> bool {
        self.0 < 0
    }
}
