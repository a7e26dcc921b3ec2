//! The person behind an update, and the message whose content a pressed button chooses. Pure.
//!
//! A chat's queue needs no more of an update than this to be fair and to leave out presses that a newer
//! one supersedes.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::bot::callback_data;
use crate::render::telegram::Action;

/// Where an update comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// 0 when Telegram does not say.
    pub user: i64,
    pub button: Option<PressedButton>,
}

/// A button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PressedButton {
    /// The message, within its chat, or a hash of the id of one that was posted inline.
    message: u64,
    /// Whether it only chooses what the message shows.
    is_view: bool,
}

impl Origin {
    /// Reads where an update comes from.
    pub fn of(update: &Value) -> Origin {
        if let Some(query) = update.get("callback_query") {
            return Origin { user: person(query), button: button(query) };
        }
        let kinds = ["message", "edited_message", "my_chat_member"];
        let message = kinds.iter().find_map(|kind| update.get(kind));
        Origin { user: message.map_or(0, person), button: None }
    }

    /// Reads where an update comes from that was written down as JSON.
    pub fn of_text(update: &str) -> Origin {
        serde_json::from_str(update)
            .map_or_else(|_| Origin::default(), |update| Origin::of(&update))
    }

    /// Returns the message of which the update only chooses what it shows.
    pub fn view(&self) -> Option<u64> {
        self.button.filter(|button| button.is_view).map(|button| button.message)
    }
}

fn person(part: &Value) -> i64 {
    part.pointer("/from/id").and_then(Value::as_i64).unwrap_or(0)
}

fn button(query: &Value) -> Option<PressedButton> {
    let chosen = query.pointer("/message/message_id").and_then(Value::as_i64);
    let message = match chosen {
        Some(id) => id.cast_unsigned(),
        None => hash(query.get("inline_message_id")?.as_str()?),
    };
    let data = query.get("data").and_then(Value::as_str).unwrap_or_default();
    let is_view = callback_data::parse(data).is_ok_and(Action::is_view);
    Some(PressedButton { message, is_view })
}

/// Returns a number for the id of a message that was posted inline.
pub fn hash(inline_message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    inline_message.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn origin_knows_which_presses_only_show_something() {
        let check = |update: Value, person: i64, is_view: Option<bool>| {
            let origin = Origin::of(&update);
            let found = (origin.user, origin.button.map(|button| button.is_view));
            assert_eq!(found, (person, is_view), "{update}");
            assert_eq!(Origin::of_text(&update.to_string()), origin);
        };
        let from = json!({"id": 7});
        let press = |data: &str| json!({"callback_query": {"from": from, "message": {"message_id": 3}, "data": data}});
        check(json!({"message": {"from": from}}), 7, None);
        check(json!({"edited_message": {"from": from}}), 7, None);
        check(json!({"my_chat_member": {"from": from}}), 7, None);
        check(json!({"poll": {}}), 0, None);
        for view in ["c0", "n2", "h", "Z*"] {
            check(press(view), 7, Some(true));
        }
        for change in [
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
            check(press(change), 7, Some(false));
        }
        let inline = |id: &str| {
            Origin::of(
                &json!({"callback_query": {"from": from, "inline_message_id": id, "data": "c0"}}),
            )
        };
        assert_eq!(inline("a").view(), inline("a").view());
        assert_ne!(inline("a").view(), inline("b").view());
    }
}
