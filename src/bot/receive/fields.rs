//! Fields that several kinds of updates share. Pure.

use serde_json::Value;

use crate::ids::{ChatId, MessageId, TopicId, UserId};

/// Id of the General topic of a forum, which a request must not name.
const GENERAL_TOPIC: i64 = 1;

/// Returns the id of the chat of a message or of a membership change.
pub fn chat_of(message: &Value) -> Option<ChatId> {
    message.pointer("/chat/id")?.as_i64().map(ChatId::new)
}

/// Returns the topic of a message, or `None` for the General topic and outside of forums.
pub fn topic_of(message: &Value) -> Option<TopicId> {
    // A reply outside of a forum has a thread as well, which is not a topic.
    let is_topic = message.get("is_topic_message").and_then(Value::as_bool).unwrap_or(false);
    let topic = message.get("message_thread_id").and_then(Value::as_i64)?;
    (is_topic && topic != GENERAL_TOPIC)
        .then(|| i32::try_from(topic).ok().map(TopicId::new))
        .flatten()
}

/// Returns the user who sent a message or a query, if Telegram names one.
pub fn user_of(message: &Value) -> Option<UserId> {
    message.pointer("/from/id").and_then(Value::as_i64).map(UserId::new)
}

/// Returns the id of a message.
pub fn id_of(message: &Value) -> Option<MessageId> {
    i32::try_from(message.get("message_id")?.as_i64()?).ok().map(MessageId::new)
}

/// Returns the text or the caption of a message.
pub fn text_of(message: &Value) -> Option<&str> {
    ["text", "caption"].iter().find_map(|key| message.get(key)).and_then(Value::as_str)
}
