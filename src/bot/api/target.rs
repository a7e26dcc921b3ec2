//! The address of a new message.

use crate::ids::{ChatId, MessageId, TopicId};

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
