//! Routes of updates to the queues. Pure.
//!
//! A route is all that a queue needs to know of an update: the chat and topic that the update is
//! queued for, the user whose turn it takes, and the message that a pressed button changes. The
//! update itself stays in the journal.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::fields::{chat_of, topic_of, user_of};
use crate::bot::callback_data;

/// Route of an update to its queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Route {
    pub queue: QueueKey,
    /// Id of the user, or 0 if Telegram does not name one.
    pub user: i64,
    /// The message with the pressed button. `None` for updates other than callback queries.
    pub button: Option<PressedButton>,
}

/// Chat and topic whose updates share a queue. The values are stored in the journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct QueueKey {
    /// 0 for a message that was sent through inline mode, whose chat Telegram does not name.
    pub chat: i64,
    /// 0 for no topic. For chat 0, the id of the user, so that each user has a queue.
    pub topic: i64,
}

/// Message with a pressed button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PressedButton {
    /// Id of the message within its chat, or a hash of its inline message id.
    message: u64,
    /// Whether the button only chooses the content of the message.
    is_view: bool,
}

impl Route {
    /// Returns the route of an update.
    pub fn of(update: &Value) -> Route {
        let field = ["message", "edited_message", "my_chat_member"];
        if let Some(message) = field.iter().find_map(|name| update.get(name)) {
            return Route { queue: QueueKey::of(message), user: user_of(message), button: None };
        }
        let Some(query) = update.get("callback_query") else { return Route::default() };
        let user = user_of(query);
        let queue = match query.get("message") {
            Some(message) => QueueKey::of(message),
            None => QueueKey { chat: 0, topic: user },
        };
        Route { queue, user, button: pressed_button(query) }
    }

    /// Returns the route of an update in the journal, which is stored as JSON.
    pub fn of_json(update: &str) -> Route {
        serde_json::from_str(update).map_or_else(|_| Route::default(), |update| Route::of(&update))
    }

    /// Returns the message whose content the update chooses. A newer choice for the same message
    /// supersedes the update.
    pub fn view(&self) -> Option<u64> {
        self.button.filter(|button| button.is_view).map(|button| button.message)
    }
}

impl QueueKey {
    fn of(message: &Value) -> QueueKey {
        let topic = topic_of(message).map_or(0, i64::from);
        QueueKey { chat: chat_of(message).unwrap_or(0), topic }
    }
}

fn pressed_button(query: &Value) -> Option<PressedButton> {
    let message = match query.pointer("/message/message_id").and_then(Value::as_i64) {
        Some(id) => id.cast_unsigned(),
        None => hash(query.get("inline_message_id")?.as_str()?),
    };
    let data = query.get("data").and_then(Value::as_str).unwrap_or_default();
    Some(PressedButton { message, is_view: callback_data::is_view(data) })
}

fn hash(inline_message_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    inline_message_id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn route_names_the_queue_and_the_user() {
        let check = |update: Value, queue: (i64, i64), user: i64| {
            let route = Route::of(&update);
            let expected = QueueKey { chat: queue.0, topic: queue.1 };
            assert_eq!((route.queue, route.user), (expected, user), "{update}");
            assert_eq!(Route::of_json(&update.to_string()), route);
        };
        let from = json!({"id": 7});
        let chat = json!({"id": -100});
        let in_topic = |topic: i64| json!({"chat": chat, "from": from, "message_id": 3, "message_thread_id": topic, "is_topic_message": true});
        check(json!({"message": {"chat": chat, "from": from}}), (-100, 0), 7);
        check(json!({"message": {"chat": chat}}), (-100, 0), 0);
        check(json!({"message": in_topic(9)}), (-100, 9), 7);
        check(json!({"message": in_topic(1)}), (-100, 0), 7);
        check(json!({"message": in_topic(i64::MAX)}), (-100, 0), 7);
        check(json!({"edited_message": in_topic(9)}), (-100, 9), 7);
        check(json!({"my_chat_member": {"chat": chat, "from": from}}), (-100, 0), 7);
        check(json!({"callback_query": {"from": from, "message": in_topic(9)}}), (-100, 9), 7);
        check(json!({"callback_query": {"from": from, "inline_message_id": "a"}}), (0, 7), 7);
        check(json!({"callback_query": {}}), (0, 0), 0);
        check(json!({"callback_query": []}), (0, 0), 0);
        check(json!({"message": "text"}), (0, 0), 0);
        check(json!({"poll": {}}), (0, 0), 0);
        assert_eq!(Route::of_json("{"), Route::default());
    }

    #[test]
    fn route_tells_views_from_other_buttons() {
        let view = |message: Value, data: Value| {
            let query = json!({"from": {"id": 7}, "message": message, "data": data});
            let button = Route::of(&json!({"callback_query": query})).button;
            button.map(|button| button.is_view)
        };
        let message = || json!({"message_id": 3});
        for data in ["c0", "n2", "h", "Z*"] {
            assert_eq!(view(message(), json!(data)), Some(true), "{data}");
        }
        for data in [
            "v+",
            "v-",
            "ge",
            "gc",
            "u+1",
            "r0",
            "lde",
            "zUTC",
            "d-1",
            "ds1",
            "w-1",
            "forged \u{1f642}",
            "",
        ] {
            assert_eq!(view(message(), json!(data)), Some(false), "{data}");
        }
        assert_eq!(view(message(), json!(1)), Some(false));
        assert_eq!(view(json!({}), json!("c0")), None);
        let inline = |id: &str| {
            let query = json!({"from": {"id": 7}, "inline_message_id": id, "data": "c0"});
            Route::of(&json!({"callback_query": query})).view()
        };
        assert_eq!(inline("a"), inline("a"));
        assert_ne!(inline("a"), inline("b"));
    }
}
