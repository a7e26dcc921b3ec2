//! Messages that not all members of a chat get from the bot: answers to guest queries, and
//! messages that one person in a group sees.

use serde_json::{Value, json};

use super::methods::{Outcome, show};
use super::{Live, Message, bot_user, chat_of, person};

pub fn answer_guest(live: &mut Live, body: &Value) -> Outcome {
    let id = body["guest_query_id"].as_str().unwrap_or_default().to_owned();
    let at = live.open_guests.iter().position(|open| *open == id);
    let at = at.ok_or("query is too old and response timeout expired or query ID is invalid")?;
    let result = &body["result"];
    if result["type"] != json!("article") || result["title"].as_str().is_none_or(str::is_empty) {
        return Err("ARTICLE_TITLE_EMPTY".into());
    }
    if result["id"].as_str().is_none_or(|id| !(1..=64).contains(&id.len())) {
        return Err("RESULT_ID_INVALID".into());
    }
    let mut content = result["input_message_content"].clone();
    content["text"] = content["message_text"].clone();
    content["reply_markup"] = result["reply_markup"].clone();
    let inline = format!("guest-{id}");
    let shown = Message { inline: Some(inline.clone()), ..show(&content, 0, 0, false)? };
    live.open_guests.remove(at);
    live.inline_posts.insert(inline.clone(), content);
    live.shown.push_back(shown);
    Ok(json!({"inline_message_id": inline}))
}

/// Sends a message that one person sees. A press allows it, or the rights of an administrator.
pub fn send(live: &mut Live, chat: i64, body: &Value) -> Outcome {
    let parameters = &body["ephemeral_message_parameters"];
    let receiver = parameters["receiver_user_id"].as_i64().ok_or("USER_ID_INVALID")?;
    let is_press = parameters["callback_query_id"].is_string();
    if !live.has_ephemeral || chat >= 0 || (!is_press && !live.bot_is_administrator) {
        return Err("not enough rights to send ephemeral messages to the chat".into());
    }
    let id = live.next_message;
    live.next_message += 1;
    let shown = Message { only_for: Some((receiver, id)), ..show(body, chat, 0, false)? };
    let text = shown.text.clone();
    live.ephemeral.insert(id, (chat, receiver, body.clone()));
    live.shown.push_back(shown);
    Ok(json!({
        "message_id": 0, "ephemeral_message_id": id, "receiver_user": person(receiver), "date": 1,
        "chat": chat_of(chat), "from": bot_user(), "text": text,
    }))
}

/// Edits a message that one person sees: its text and buttons, or only its buttons.
pub fn edit(live: &mut Live, body: &Value, is_text: bool) -> Outcome {
    let (id, chat, receiver, before) = find(live, body)?;
    let mut body = body.clone();
    if !is_text {
        for kept in ["text", "parse_mode", "link_preview_options"] {
            body[kept] = before[kept].clone();
        }
    }
    let shown = Message { only_for: Some((receiver, id)), ..show(&body, chat, 0, true)? };
    live.ephemeral.insert(id, (chat, receiver, body));
    live.shown.push_back(shown);
    Ok(json!(true))
}

pub fn delete(live: &mut Live, body: &Value) -> Outcome {
    let (id, ..) = find(live, body)?;
    live.ephemeral.remove(&id);
    Ok(json!(true))
}

/// Deletes a message of a chat, also before the test has seen it.
pub fn delete_public(live: &mut Live, body: &Value) -> Outcome {
    let id = body["message_id"].as_i64().ok_or("message_id is empty")?;
    live.messages.remove(&id).ok_or("message to delete not found")?;
    live.shown.retain(|shown| shown.id != id);
    Ok(json!(true))
}

fn find(live: &Live, body: &Value) -> Result<(i64, i64, i64, Value), String> {
    let id = body["ephemeral_message_id"].as_i64().ok_or("MESSAGE_ID_INVALID")?;
    let known = live.ephemeral.get(&id).cloned().ok_or("message to edit not found")?;
    let (chat, receiver, before) = known;
    match body["chat_id"] == json!(chat) && body["receiver_user_id"] == json!(receiver) {
        true => Ok((id, chat, receiver, before)),
        false => Err("message to edit not found".into()),
    }
}
