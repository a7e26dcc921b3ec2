//! The addresses of new messages and of messages to edit.

use crate::ids::{ChatId, MessageId, TopicId, UserId};

/// The chat and topic that a message is sent to, and the message that it replies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendTarget {
    pub chat: ChatId,
    pub topic: Option<TopicId>,
    /// The message that is replied to.
    pub reply_to: Option<MessageId>,
    /// The part of that message that is quoted. It must occur there literally.
    pub quote: Option<String>,
    /// Whether the message arrives without a notification sound.
    pub is_silent: bool,
}

/// A message of the bot that is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditTarget {
    Chat {
        chat: ChatId,
        message: MessageId,
    },
    /// Inline message id of a message that was sent through inline mode or as a guest.
    Inline(String),
    /// Message in a group that only the receiver sees.
    Ephemeral {
        chat: ChatId,
        receiver: UserId,
        /// Telegram may use the id again.
        message: i64,
    },
}

impl SendTarget {
    /// Returns the target of a message that replies to none.
    pub fn chat(chat: ChatId, topic: Option<TopicId>) -> SendTarget {
        SendTarget { chat, topic, reply_to: None, quote: None, is_silent: false }
    }

    /// Returns the target of a reply to a message in the same chat and topic.
    pub fn reply(chat: ChatId, topic: Option<TopicId>, message: MessageId) -> SendTarget {
        SendTarget { reply_to: Some(message), ..SendTarget::chat(chat, topic) }
    }
}
