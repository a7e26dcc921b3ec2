//! Routes of updates to the queues. Pure.
//!
//! A route is all that a queue needs to know of an update: the chat and topic that the update is
//! queued for, the user whose turn it takes, and the message that a pressed button changes. The
//! update itself stays in the journal.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::fields::{chat_of, topic_of, user_of};
use crate::bot::callback_data;
use crate::ids::UserId;
use crate::store::UpdateQueue;

/// Route of an update to its queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Route {
    pub queue: UpdateQueue,
    /// User whose turn the update takes, if Telegram names one.
    pub user: Option<UserId>,
    /// The message with the pressed button. `None` for updates other than callback queries.
    pub button: Option<PressedButton>,
}

/// Message with a pressed button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PressedButton {
    /// Id of the message within its chat, or a hash of its inline or ephemeral message id.
    message: u64,
    /// Whether the button only chooses the content of the message.
    is_view: bool,
}

impl Route {
    /// Returns the route of an update.
    pub fn of(update: &Value) -> Route {
        let field =
            ["message", "edited_message", "my_chat_member", "channel_post", "edited_channel_post"];
        if let Some(message) = field.iter().find_map(|name| update.get(name)) {
            return Route { queue: queue_of(message), user: user_of(message), button: None };
        }
        let Some(query) = update.get("callback_query") else { return Route::default() };
        let user = user_of(query);
        let queue = match query.get("message") {
            Some(message) => queue_of(message),
            None => user.map_or(UpdateQueue::Unknown, UpdateQueue::User),
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

/// Returns the queue of a message, which is that of its chat and topic.
fn queue_of(message: &Value) -> UpdateQueue {
    let topic = topic_of(message);
    chat_of(message).map_or(UpdateQueue::Unknown, |chat| UpdateQueue::Chat { chat, topic })
}

fn pressed_button(query: &Value) -> Option<PressedButton> {
    let id = |path| query.pointer(path).and_then(Value::as_i64);
    let message = match (id("/message/ephemeral_message_id"), id("/message/message_id")) {
        // The `message_id` of all ephemeral messages is 0.
        (Some(ephemeral), _) => hash((ephemeral, user_of(query))),
        (None, Some(id)) => id.cast_unsigned(),
        (None, None) => hash(query.get("inline_message_id")?.as_str()?),
    };
    let data = query.get("data").and_then(Value::as_str).unwrap_or_default();
    Some(PressedButton { message, is_view: callback_data::is_view(data) })
}

fn hash(id: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::{ChatId, TopicId};

    #[test]
    fn route_names_the_queue_and_the_user() {
        let check = |update: Value, queue: UpdateQueue, user: Option<i64>| {
            let route = Route::of(&update);
            assert_eq!((route.queue, route.user), (queue, user.map(UserId::new)), "{update}");
            assert_eq!(Route::of_json(&update.to_string()), route);
        };
        let in_chat = |topic: Option<i32>| UpdateQueue::Chat {
            chat: ChatId::new(-100),
            topic: topic.map(TopicId::new),
        };
        let from = json!({"id": 7});
        let chat = json!({"id": -100});
        let in_topic = |topic: i64| json!({"chat": chat, "from": from, "message_id": 3, "message_thread_id": topic, "is_topic_message": true});
        check(json!({"message": {"chat": chat, "from": from}}), in_chat(None), Some(7));
        check(json!({"message": {"chat": chat}}), in_chat(None), None);
        check(json!({"message": in_topic(9)}), in_chat(Some(9)), Some(7));
        check(json!({"message": in_topic(1)}), in_chat(None), Some(7));
        check(json!({"message": in_topic(i64::MAX)}), in_chat(None), Some(7));
        check(json!({"edited_message": in_topic(9)}), in_chat(Some(9)), Some(7));
        check(json!({"my_chat_member": {"chat": chat, "from": from}}), in_chat(None), Some(7));
        check(
            json!({"callback_query": {"from": from, "message": in_topic(9)}}),
            in_chat(Some(9)),
            Some(7),
        );
        check(
            json!({"callback_query": {"from": from, "inline_message_id": "a"}}),
            UpdateQueue::User(UserId::new(7)),
            Some(7),
        );
        check(json!({"callback_query": {}}), UpdateQueue::Unknown, None);
        check(json!({"callback_query": []}), UpdateQueue::Unknown, None);
        check(json!({"message": "text"}), UpdateQueue::Unknown, None);
        check(json!({"poll": {}}), UpdateQueue::Unknown, None);
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
