//! Redaction of updates: the JSON of an update without personal data. Pure.

use serde_json::{Map, Value};

/// Fields that are needed to reply to a command or to a callback query. Names of users and chats,
/// texts and captions are not among them.
const KEPT: [&str; 24] = [
    "update_id",
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "old_chat_member",
    "new_chat_member",
    "status",
    "can_send_messages",
    "user",
    "message_id",
    "inline_message_id",
    "message_thread_id",
    "is_topic_message",
    "date",
    "edit_date",
    "chat",
    "from",
    "sender_chat",
    "id",
    "type",
    "is_bot",
    "language_code",
    "data",
];

/// Returns an update without names and texts. The command at the beginning of a text is kept,
/// without its arguments.
pub fn redact(update: &Value) -> Value {
    let Value::Object(fields) = update else { return update.clone() };
    let kept = fields.iter().filter(|(key, _)| KEPT.contains(&key.as_str()));
    let mut kept: Map<_, _> = kept.map(|(key, value)| (key.clone(), redact(value))).collect();
    let text = fields.get("text").and_then(Value::as_str).filter(|text| text.starts_with('/'));
    if let Some(command) = text.and_then(|text| text.split_whitespace().next()) {
        kept.insert("text".into(), command.into());
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn redacted_updates_keep_ids_and_commands_only() {
        let check = |update: Value, expected: Value| assert_eq!(redact(&update), expected);
        check(
            json!({"update_id": 1, "message": {
                "message_id": 2, "date": 3, "text": "/forget me now",
                "chat": {"id": 7, "type": "private", "first_name": "Ada"},
                "from": {"id": 7, "first_name": "Ada", "username": "ada", "language_code": "de"},
            }}),
            json!({"update_id": 1, "message": {
                "message_id": 2, "date": 3, "text": "/forget",
                "chat": {"id": 7, "type": "private"},
                "from": {"id": 7, "language_code": "de"},
            }}),
        );
        check(
            json!({"message": {"text": "why tides?", "caption": "/start", "reply_to_message": {}}}),
            json!({"message": {}}),
        );
        check(
            json!({"callback_query": {"id": "1", "data": "fg", "message": {"text": "/a b"}}}),
            json!({"callback_query": {"id": "1", "data": "fg", "message": {"text": "/a"}}}),
        );
    }
}
