//! The methods of the Bot API, with their limits and refusals.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::ephemeral;
use super::inline::answer_inline;
use super::profile::{get_chat_member, profile_key, profile_name, set_commands, set_profile};
use super::webhook::{self, set_webhook};
use super::{BOT, BOT_ID, CONFLICT, Live, Message, TOKEN, World, bot_user, chat_of, html};

/// The parameters of each method that the bot may use.
const PARAMETERS: [(&str, &[&str]); 27] = [
    ("getfile", &["file_id"]),
    ("getme", &[]),
    ("getupdates", &["offset", "limit", "timeout", "allowed_updates"]),
    (
        "sendmessage",
        &[
            "chat_id",
            "message_thread_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "disable_notification",
            "reply_parameters",
            "reply_markup",
            "ephemeral_message_parameters",
        ],
    ),
    ("answerguestquery", &["guest_query_id", "result"]),
    ("editmessagereplymarkup", &["chat_id", "message_id", "inline_message_id", "reply_markup"]),
    (
        "editephemeralmessagetext",
        &[
            "chat_id",
            "receiver_user_id",
            "ephemeral_message_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "reply_markup",
        ],
    ),
    (
        "editephemeralmessagereplymarkup",
        &["chat_id", "receiver_user_id", "ephemeral_message_id", "reply_markup"],
    ),
    ("deleteephemeralmessage", &["chat_id", "receiver_user_id", "ephemeral_message_id"]),
    ("deletemessage", &["chat_id", "message_id"]),
    (
        "editmessagetext",
        &[
            "chat_id",
            "message_id",
            "inline_message_id",
            "text",
            "parse_mode",
            "link_preview_options",
            "reply_markup",
        ],
    ),
    ("answercallbackquery", &["callback_query_id", "text", "show_alert", "cache_time"]),
    (
        "answerinlinequery",
        &["inline_query_id", "results", "cache_time", "is_personal", "next_offset", "button"],
    ),
    ("getchatmember", &["chat_id", "user_id"]),
    ("senddocument", &["raw"]),
    ("getmycommands", &["scope", "language_code"]),
    ("setmycommands", &["commands", "scope", "language_code"]),
    ("getmyname", &["language_code"]),
    ("setmyname", &["name", "language_code"]),
    ("getmydescription", &["language_code"]),
    ("setmydescription", &["description", "language_code"]),
    ("getmyshortdescription", &["language_code"]),
    ("setmyshortdescription", &["short_description", "language_code"]),
    ("leavechat", &["chat_id"]),
    (
        "setwebhook",
        &["url", "secret_token", "allowed_updates", "max_connections", "drop_pending_updates"],
    ),
    ("getwebhookinfo", &[]),
    ("deletewebhook", &["drop_pending_updates"]),
];
/// Refusals that a valid request can get, since chats and messages change.
const EXPECTED_REFUSALS: [&str; 10] = [
    "chat not found",
    "message thread not found",
    "message to be replied not found",
    "message to edit not found",
    "message can't be edited",
    "message is not modified",
    "query is too old",
    "wrong file_id",
    "QUOTE_TEXT_INVALID",
    "not enough rights",
];
const MAX_UNITS: usize = 4096;
const MAX_RAW_BYTES: usize = 32_768;
const MAX_ENTITIES: usize = 100;
const GENERAL: i64 = 1;

pub type Reply = (StatusCode, String);
pub type Outcome = Result<Value, String>;

pub fn refuse(code: u16, description: &str, parameters: Value) -> Reply {
    let mut body = json!({"ok": false, "error_code": code, "description": description});
    if !parameters.is_null() {
        body["parameters"] = parameters;
    }
    (StatusCode::from_u16(code).expect("a test gives a status code"), body.to_string())
}

pub async fn call(world: &World, method: &str, body: &Value) -> Reply {
    let method = method.to_lowercase();
    let Some((_, known)) = PARAMETERS.iter().find(|(name, _)| *name == method) else {
        return refuse(404, "Not Found", Value::Null);
    };
    let unknown = body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
        .find(|key| !known.contains(&key.as_str()));
    if let Some(key) = unknown {
        return refuse(400, &format!("Bad Request: unknown parameter {key}"), Value::Null);
    }
    if method == "getupdates" && world.lock().webhook.is_some() {
        return refuse(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            Value::Null,
        );
    }
    let outcome = match method.as_str() {
        "getupdates" => match get_updates(world, body).await {
            Ok(due) => due,
            Err(Overtaken) => return refuse(409, CONFLICT, Value::Null),
        },
        "getme" => Ok(json!({
            "id": BOT_ID, "is_bot": true, "first_name": "Verbatim", "username": BOT, "can_join_groups": true,
            "can_read_all_group_messages": false, "supports_inline_queries": true, "has_main_web_app": false,
            "supports_guest_queries": world.lock().has_guest_mode,
        })),
        "answerguestquery" => ephemeral::answer_guest(&mut world.lock(), body),
        "editmessagereplymarkup" => edit_buttons(&mut world.lock(), body),
        "editephemeralmessagetext" => ephemeral::edit(&mut world.lock(), body, true),
        "editephemeralmessagereplymarkup" => ephemeral::edit(&mut world.lock(), body, false),
        "deleteephemeralmessage" => ephemeral::delete(&mut world.lock(), body),
        "deletemessage" => ephemeral::delete_public(&mut world.lock(), body),
        "setwebhook" => set_webhook(&mut world.lock(), body),
        "deletewebhook" => {
            assert_eq!(body["drop_pending_updates"], false, "nothing that people wrote is dropped");
            world.lock().webhook = None;
            Ok(json!(true))
        }
        "getwebhookinfo" => Ok(webhook::info(&mut world.lock())),
        "sendmessage" => send(&mut world.lock(), body),
        "editmessagetext" => edit(&mut world.lock(), body),
        "answercallbackquery" => answer_callback(&mut world.lock(), body),
        "answerinlinequery" => answer_inline(&mut world.lock(), body),
        "getchatmember" => Ok(get_chat_member(&mut world.lock(), body)),
        "getfile" => {
            let id = body["file_id"].as_str().unwrap_or_default();
            match world.lock().files.contains_key(id) {
                true => Ok(json!({
                    "file_id": id, "file_unique_id": id, "file_size": 1, "file_path": id,
                })),
                false => Err("wrong file_id or the file is temporarily unavailable".into()),
            }
        }
        "senddocument" => send_document(&mut world.lock(), body),
        "getmycommands" => Ok(world
            .lock()
            .profile
            .get(&profile_key("commands", body))
            .cloned()
            .unwrap_or(json!([]))),
        "setmycommands" => set_commands(&mut world.lock(), body),
        "getmyname" | "getmydescription" | "getmyshortdescription" => {
            let what = profile_name(&method);
            let known = world.lock().profile.get(&profile_key(what, body)).cloned();
            Ok(json!({what: known.unwrap_or(json!(""))}))
        }
        "setmyname" | "setmydescription" | "setmyshortdescription" => {
            set_profile(&mut world.lock(), profile_name(&method), body)
        }
        _ => Err("Not Found".into()),
    };
    match outcome {
        Ok(result) => (StatusCode::OK, json!({"ok": true, "result": result}).to_string()),
        Err(description) => {
            assert!(!description.contains(TOKEN));
            if !EXPECTED_REFUSALS.iter().any(|known| description.starts_with(known)) {
                world.lock().invalid.push(format!("{method}: {description}"));
            }
            refuse(400, &format!("Bad Request: {description}"), Value::Null)
        }
    }
}

/// The refusal of a poll because another process polls.
struct Overtaken;

async fn get_updates(world: &World, body: &Value) -> Result<Outcome, Overtaken> {
    let limit = body["limit"].as_u64().unwrap_or(100);
    let timeout = body["timeout"].as_u64().unwrap_or(0);
    if !(1..=100).contains(&limit) || timeout > 50 {
        return Ok(Err("limit or timeout is out of range".into()));
    }
    let deadline = tokio::time::Instant::now() + Duration::from_secs(timeout);
    let poll = {
        let mut live = world.lock();
        confirm(&mut live, body);
        live.polls += 1;
        live.polls
    };
    world.changed.notify_waiters();
    loop {
        let changed = world.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let due = {
            let mut live = world.lock();
            if live.polls != poll {
                return Err(Overtaken);
            }
            due(&mut live, limit as usize)
        };
        if !due.is_empty() || tokio::time::timeout_at(deadline, changed).await.is_err() {
            return Ok(Ok(Value::Array(due)));
        }
    }
}

fn confirm(live: &mut Live, body: &Value) {
    if let Some(offset) = body["offset"].as_i64() {
        live.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
    }
    if let Some(allowed) = body["allowed_updates"].as_array() {
        live.allowed = Some(allowed.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
}

fn due(live: &mut Live, limit: usize) -> Vec<Value> {
    let allowed = live.allowed.clone();
    live.updates.retain(|update| {
        let is_allowed =
            |kind: &String| allowed.as_ref().is_none_or(|allowed| allowed.contains(kind));
        update
            .as_object()
            .into_iter()
            .flatten()
            .any(|(key, _)| key != "update_id" && is_allowed(key))
    });
    live.updates.iter().take(limit).cloned().collect()
}

fn send(live: &mut Live, body: &Value) -> Outcome {
    let chat = body["chat_id"].as_i64().ok_or("chat_id is empty")?;
    if !live.messages.values().any(|(known, _, _)| *known == chat) {
        return Err("chat not found".into());
    }
    if body["message_thread_id"] == json!(GENERAL) {
        return Err("message thread not found".into());
    }
    let reply = &body["reply_parameters"];
    if let Some(id) = reply["message_id"].as_i64() {
        let is_there = live.messages.get(&id).is_some_and(|(known, _, _)| *known == chat);
        if !is_there && reply["allow_sending_without_reply"] != json!(true) {
            return Err("message to be replied not found".into());
        }
        if let Some(quote) = reply["quote"].as_str() {
            let replied = live.messages.get(&id).map(|(_, _, body)| body["text"].clone());
            let is_part = replied.is_some_and(|text| text.as_str().unwrap_or("").contains(quote));
            if !is_part || quote.encode_utf16().count() > 1024 {
                return Err("QUOTE_TEXT_INVALID".into());
            }
        }
    }
    if body["ephemeral_message_parameters"].is_object() && !live.ignores_ephemeral {
        return ephemeral::send(live, chat, body);
    }
    let id = live.next_message;
    let mut shown = show(body, chat, id, false)?;
    let replied = shown.reply_to.and_then(|id| live.messages.get(&id));
    let text = replied.map(|(_, _, body)| match body["document"]["file_name"].as_str() {
        Some(name) => name.to_owned(),
        None => body["text"].as_str().unwrap_or("…").to_owned(),
    });
    shown.replied = text;
    live.next_message += 1;
    let message = json!({
        "message_id": id, "date": 1, "chat": chat_of(chat), "from": bot_user(), "text": shown.text,
    });
    live.messages.insert(id, (chat, true, body.clone()));
    live.shown.push_back(shown);
    Ok(message)
}

fn edit(live: &mut Live, body: &Value) -> Outcome {
    if let Some(id) = body["inline_message_id"].as_str() {
        let id = id.to_owned();
        let shown = Message { inline: Some(id.clone()), ..show(body, 0, 0, true)? };
        live.inline_posts.insert(id, body.clone());
        live.shown.push_back(shown);
        return Ok(json!(true));
    }
    let chat = body["chat_id"].as_i64().ok_or("chat_id is empty")?;
    let id = body["message_id"].as_i64().ok_or("message_id is empty")?;
    let (_, is_ours, before) = live
        .messages
        .get(&id)
        .filter(|(known, _, _)| *known == chat)
        .cloned()
        .ok_or("message to edit not found")?;
    if !is_ours {
        return Err("message can't be edited".into());
    }
    let rows = |body: &Value| {
        body["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default()
    };
    if before["text"] == body["text"] && rows(&before) == rows(body) {
        return Err("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message".into());
    }
    let shown = show(body, chat, id, true)?;
    let message = json!({
        "message_id": id, "date": 1, "edit_date": 2, "chat": chat_of(chat), "from": bot_user(), "text": shown.text,
    });
    // An edited message stays in its topic and remains a reply.
    let mut after = body.clone();
    for kept in ["message_thread_id", "reply_parameters"] {
        after[kept] = before[kept].clone();
    }
    live.messages.insert(id, (chat, true, after));
    live.shown.push_back(shown);
    Ok(message)
}

/// Changes only the buttons of a message.
fn edit_buttons(live: &mut Live, body: &Value) -> Outcome {
    let mut body = body.clone();
    let before = match body["inline_message_id"].as_str() {
        Some(id) => live.inline_posts.get(id).cloned().ok_or("MESSAGE_ID_INVALID")?,
        None => {
            let id = body["message_id"].as_i64().ok_or("message_id is empty")?;
            live.messages.get(&id).cloned().ok_or("message to edit not found")?.2
        }
    };
    for kept in ["text", "parse_mode", "link_preview_options"] {
        body[kept] = before[kept].clone();
    }
    edit(live, &body)
}

/// Returns the message as a reader sees it, or the reason for which Telegram refuses it.
pub fn show(body: &Value, chat: i64, id: i64, is_edit: bool) -> Result<Message, String> {
    let raw = body["text"].as_str().unwrap_or_default();
    if raw.len() > MAX_RAW_BYTES {
        return Err("message is too long".into());
    }
    if body["parse_mode"] != json!("HTML") {
        return Err("unsupported parse_mode".into());
    }
    let (text, entities) =
        html::parse(raw).map_err(|problem| format!("can't parse entities: {problem}"))?;
    if text.is_empty() {
        return Err("message text is empty".into());
    }
    if text.encode_utf16().count() > MAX_UNITS || entities.len() > MAX_ENTITIES {
        return Err("message is too long".into());
    }
    if body["link_preview_options"]["is_disabled"] != json!(true) {
        return Err("the test wants link previews to be off".into());
    }
    Ok(Message {
        chat,
        id,
        is_edit,
        text,
        html: raw.to_owned(),
        entities,
        buttons: buttons(&body["reply_markup"])?,
        thread: body["message_thread_id"].as_i64(),
        reply_to: body["reply_parameters"]["message_id"].as_i64(),
        replied: None,
        quote: body["reply_parameters"]["quote"].as_str().map(str::to_owned),
        inline: None,
        only_for: None,
        is_silent: body["disable_notification"] == json!(true),
    })
}

fn buttons(markup: &Value) -> Result<Vec<Vec<(String, String)>>, String> {
    let mut rows = Vec::new();
    for row in markup["inline_keyboard"].as_array().into_iter().flatten() {
        let mut shown = Vec::new();
        for button in row.as_array().into_iter().flatten() {
            let label = button["text"].as_str().unwrap_or_default();
            let effects = ["callback_data", "copy_text", "url"];
            if effects.iter().filter(|effect| button.get(**effect).is_some()).count() != 1 {
                return Err("a button does one thing".into());
            }
            let copied = button["copy_text"]["text"].as_str();
            if copied.is_some_and(|text| !(1..=256).contains(&text.chars().count())) {
                return Err("BUTTON_COPY_TEXT_INVALID".into());
            }
            let url = button["url"].as_str();
            if let Some(shown_only) = copied.or(url) {
                shown.push((label.to_owned(), shown_only.to_owned()));
                continue;
            }
            let data = button["callback_data"].as_str().unwrap_or_default();
            if label.is_empty() || label.len() > 300 {
                return Err("BUTTON_TEXT_INVALID".into());
            }
            if !(1..=64).contains(&data.len()) {
                return Err("BUTTON_DATA_INVALID".into());
            }
            shown.push((label.to_owned(), data.to_owned()));
        }
        if shown.is_empty() || shown.len() > 8 {
            return Err("a row of buttons is empty or too long".into());
        }
        rows.push(shown);
    }
    match rows.iter().map(Vec::len).sum::<usize>() {
        0..=100 => Ok(rows),
        _ => Err("REPLY_MARKUP_TOO_LONG".into()),
    }
}

fn answer_callback(live: &mut Live, body: &Value) -> Outcome {
    let id = body["callback_query_id"].as_str().unwrap_or_default().to_owned();
    let at = live.open_callbacks.iter().position(|open| *open == id);
    let at = at.ok_or("query is too old and response timeout expired or query ID is invalid")?;
    if body["text"].as_str().is_some_and(|text| text.chars().count() > 200) {
        return Err("MESSAGE_TOO_LONG".into());
    }
    live.open_callbacks.remove(at);
    live.answered_callbacks.push(body["text"].as_str().unwrap_or_default().to_owned());
    Ok(json!(true))
}

/// Receives a file as multipart, which [`super::handle`] passes on as text.
fn send_document(live: &mut Live, body: &Value) -> Outcome {
    let raw = body["raw"].as_str().unwrap_or_default().to_owned();
    let id = live.next_message;
    live.next_message += 1;
    live.documents.push(raw);
    Ok(json!({"message_id": id, "date": 1, "chat": chat_of(super::ADA), "from": bot_user(),
        "document": {"file_id": "f", "file_unique_id": "u", "file_size": 1}}))
}
