//! Tests of the types of updates.

use std::fmt::Write;

use serde_json::json;

use super::*;
use crate::ids::{ChatId, TopicId};

/// User id of the bot.
const BOT: UserId = UserId::new(42);

/// Checks an update, given as JSON, against the description of its parsed form.
#[track_caller]
fn check(update: &str, expected: &str) {
    let json: Value = serde_json::from_str(update).expect(update);
    assert_eq!(describe(&parse(&json, BOT)), expected, "{update}");
}

/// Checks a message, given as the JSON of the fields that differ from a plain message of user 100
/// in the supergroup -1001.
#[track_caller]
fn check_message(fields: &str, expected: &str) {
    check(&format!(r#"{{"message": {}}}"#, message(fields)), expected);
}

/// Returns the JSON of a message in the supergroup -1001. The last of two equal keys counts.
fn message(fields: &str) -> String {
    format!(
        r#"{{"message_id": 5, "date": 1000, "text": "hi",
            "chat": {{"id": -1001, "type": "supergroup"}}, "from": {{"id": 100}}, {fields}}}"#
    )
}

/// Describes an update. Fields with their default values are left out.
fn describe(update: &Update) -> String {
    match update {
        Update::Message(message) => format!("message {}", describe_message(message)),
        Update::EditedMessage(message) => format!("edited message {}", describe_message(message)),
        Update::CallbackQuery(query) => describe_query(query),
        Update::Membership(change) => describe_membership(change),
        Update::Migrated { from, to } => format!("{from} migrated to {to}"),
        Update::ChannelPost(post) => describe_post(post),
        Update::Ignored => "ignored".into(),
    }
}

fn describe_post(post: &ChannelPost) -> String {
    let ChannelPost { chat, title, username, id, date, edited, signature, text, entities } = post;
    let names = [title, username, signature].map(|name| name.as_deref().unwrap_or("-"));
    let mut shown = format!("post {id} in {chat} ({}) at {date}", names.join(", "));
    if let Some(edited) = edited {
        write!(shown, " edited at {edited}").unwrap();
    }
    for entity in entities {
        let (kind, offset, length) = (&entity.kind, entity.offset, entity.length);
        write!(shown, " with {kind} {offset}+{length} {:?}", entity.url).unwrap();
    }
    format!("{shown}: {text}")
}

fn describe_message(message: &IncomingMessage) -> String {
    let mut text = format!("{} from {}", message.id, describe_user(&message.sender));
    text += &describe_chat(message.chat, message.kind, message.topic);
    if message.date != 1000 {
        write!(text, " at {}", message.date).unwrap();
    }
    if message.written_at != message.date {
        write!(text, " written at {}", message.written_at).unwrap();
    }
    if let Some(RepliedMessage { id, sender, text: replied, .. }) = &message.reply {
        match id {
            Some(id) => write!(text, " in reply to {id}").unwrap(),
            None => text += " in reply to another chat",
        }
        if let Some(sender) = sender {
            write!(text, " from {sender}").unwrap();
        }
        if let Some(replied) = replied {
            write!(text, " ({replied})").unwrap();
        }
    }
    if message.is_forwarded {
        text += " forwarded";
    }
    if message.is_in_album {
        text += " in an album";
    }
    if let Some(IncomingFile { id, name, size }) = &message.file {
        write!(text, " with file {id} {name:?} of {size} bytes").unwrap();
    }
    text + &message.text.as_ref().map_or(" without text".into(), |text| format!(": {text}"))
}

fn describe_query(query: &CallbackQuery) -> String {
    let mut text = format!("query {} from {}", query.id, describe_user(&query.sender));
    match &query.message {
        MessageRef::Chat { chat, kind, topic, message } => {
            text += &describe_chat(*chat, *kind, *topic);
            write!(text, " on message {message}").unwrap();
        }
        MessageRef::Inline(id) => write!(text, " on inline message {id}").unwrap(),
        MessageRef::Ephemeral { chat, receiver, message } => {
            write!(text, " on ephemeral message {message} for {receiver} in {chat}").unwrap();
        }
    }
    if let Some(question) = &query.question {
        write!(text, " for ({question})").unwrap();
    }
    if !query.keyboard.is_empty() {
        let data: Vec<_> = query.keyboard.iter().map(|button| button.data.as_str()).collect();
        write!(text, " with buttons {}", data.join(" ")).unwrap();
    }
    format!("{text}: {}", query.data)
}

fn describe_membership(change: &Membership) -> String {
    let mut text = format!("membership{}", describe_chat(change.chat, change.kind, None));
    write!(text, " changed by {}:", describe_user(&change.changed_by)).unwrap();
    for (is_set, name) in [
        (change.has_joined, " joined"),
        (change.has_left, " left"),
        (change.is_admin, " admin"),
        (change.may_write, " may write"),
    ] {
        text += if is_set { name } else { "" };
    }
    text
}

fn describe_user(user: &User) -> String {
    let language = user.language.as_ref().map_or(String::new(), |tag| format!(" ({tag})"));
    let admin = if user.is_anonymous_admin { " as anonymous admin" } else { "" };
    let id = user.id.map_or(0, UserId::get);
    format!("{id}{language}{admin}")
}

fn describe_chat(chat: ChatId, kind: ChatKind, topic: Option<TopicId>) -> String {
    let topic = topic.map_or(String::new(), |topic| format!(" topic {topic}"));
    let kind = if kind.is_private() { "private " } else { "" };
    format!(" in {kind}{chat}{topic}")
}

#[test]
fn update_parsing_reads_messages() {
    check(
        r#"{"update_id": 1, "message": {"message_id": 5, "date": 1000, "text": "why tides?",
            "chat": {"id": 100, "type": "private"}, "from": {"id": 100, "language_code": "pt-br"}}}"#,
        "message 5 from 100 (pt-br) in private 100: why tides?",
    );
    check_message(r#""chat": {"id": -7, "type": "group"}"#, "message 5 from 100 in -7: hi");
    check_message(r#""chat": {"id": -1001, "type": "channel"}"#, "ignored");
    check_message(r#""text": """#, "message 5 from 100 in -1001: ");
    check_message(r#""date": 2000"#, "message 5 from 100 in -1001 at 2000: hi");
    check_message(r#""edit_date": 1500"#, "message 5 from 100 in -1001 written at 1500: hi");
    check(
        &format!(r#"{{"edited_message": {}}}"#, message(r#""edit_date": 1500"#)),
        "edited message 5 from 100 in -1001 written at 1500: hi",
    );
}

#[test]
fn update_parsing_reads_topics() {
    check_message(
        r#""message_thread_id": 9, "is_topic_message": true"#,
        "message 5 from 100 in -1001 topic 9: hi",
    );
    // The General topic.
    check_message(
        r#""message_thread_id": 1, "is_topic_message": true"#,
        "message 5 from 100 in -1001: hi",
    );
    // A thread of replies outside of a forum.
    check_message(r#""message_thread_id": 9"#, "message 5 from 100 in -1001: hi");
    check_message(
        r#""message_thread_id": 9, "is_topic_message": false"#,
        "message 5 from 100 in -1001: hi",
    );
    check_message(
        r#""message_thread_id": 9, "is_topic_message": true,
           "reply_to_message": {"message_id": 9, "forum_topic_created": {"name": "Tides"}}"#,
        "message 5 from 100 in -1001 topic 9: hi",
    );
}

#[test]
fn update_parsing_names_the_sender() {
    // Without `from`, a private chat names its user.
    check_message(
        r#""from": null, "chat": {"id": 100, "type": "private"}"#,
        "message 5 from 100 in private 100: hi",
    );
    check_message(r#""from": null"#, "message 5 from 0 in -1001: hi");
    check_message(
        r#""sender_chat": {"id": -1001}, "from": {"id": 1087968824, "is_bot": true}"#,
        "message 5 from -1001 as anonymous admin in -1001: hi",
    );
    check_message(
        r#""sender_chat": {"id": -1002}, "from": {"id": 136817688, "is_bot": true}"#,
        "message 5 from -1002 in -1001: hi",
    );
    // A post of the linked channel, which Telegram forwards into the group.
    check_message(
        r#""sender_chat": {"id": -1002}, "from": {"id": 777000}, "is_automatic_forward": true"#,
        "ignored",
    );
    check_message(r#""from": {"id": 8, "is_bot": true}"#, "ignored");
    check_message(r#""sender_chat": {"id": -1002}, "from": {"id": 8, "is_bot": true}"#, "ignored");
    check_message(r#""from": {"id": 136817688, "is_bot": true}"#, "ignored");
    check_message(r#""via_bot": {"id": 42}"#, "ignored");
    check_message(r#""via_bot": {"id": 43}"#, "message 5 from 100 in -1001: hi");
    check_message(
        r#""from": {"id": 100, "is_bot": false, "language_code": "de"}"#,
        "message 5 from 100 (de) in -1001: hi",
    );
}

#[test]
fn update_parsing_reads_captions_media_and_files() {
    let check = |fields: &str, expected: &str| {
        let message = message(fields).replace(r#""text": "hi","#, "");
        check(&format!(r#"{{"message": {message}}}"#), expected);
    };
    check(r#""photo": [], "caption": "a map""#, "message 5 from 100 in -1001: a map");
    check(
        r#""photo": [], "media_group_id": "7""#,
        "message 5 from 100 in -1001 in an album without text",
    );
    check(r#""sticker": {}"#, "message 5 from 100 in -1001 without text");
    check(r#""location": {"latitude": 1}"#, "message 5 from 100 in -1001 without text");
    check(
        r#""document": {"file_id": "F", "file_name": "tides.md", "file_size": 12}"#,
        r#"message 5 from 100 in -1001 with file F "tides.md" of 12 bytes without text"#,
    );
    check(
        r#""document": {"file_id": "F"}, "caption": "/add""#,
        r#"message 5 from 100 in -1001 with file F "" of 0 bytes: /add"#,
    );
    check(r#""document": {"file_size": 12}"#, "message 5 from 100 in -1001 without text");
    check(
        r#""animation": {}, "document": {"file_id": "F"}"#,
        "message 5 from 100 in -1001 without text",
    );
}

#[test]
fn update_parsing_reads_replies() {
    check_message(
        r#""reply_to_message": {"message_id": 3, "from": {"id": 42}, "text": "Tides rise."}"#,
        "message 5 from 100 in -1001 in reply to 3 from 42 (Tides rise.): hi",
    );
    check_message(
        r#""reply_to_message": {"message_id": 3, "from": {"id": 42}, "text": "Tides rise."},
           "quote": {"text": "rise"}"#,
        "message 5 from 100 in -1001 in reply to 3 from 42 (rise): hi",
    );
    check_message(
        r#""reply_to_message": {"message_id": 3, "caption": "a map"}"#,
        "message 5 from 100 in -1001 in reply to 3 (a map): hi",
    );
    check_message(
        r#""reply_to_message": {"message_id": 3, "sticker": {}}"#,
        "message 5 from 100 in -1001 in reply to 3: hi",
    );
    // A reply to a message of another chat.
    check_message(
        r#""external_reply": {"message_id": 3}, "quote": {"text": "rise"}"#,
        "message 5 from 100 in -1001 in reply to another chat (rise): hi",
    );
    check_message(
        r#""external_reply": {"poll": {"question": "Tides?"}}"#,
        "message 5 from 100 in -1001 in reply to another chat (Tides?): hi",
    );
    check_message(
        r#""external_reply": {"message_id": 3}"#,
        "message 5 from 100 in -1001 in reply to another chat: hi",
    );
    check_message(
        r#""reply_to_message": {"message_id": 3, "poll": {"question": "Tides?"}}"#,
        "message 5 from 100 in -1001 in reply to 3 (Tides?): hi",
    );
    check_message(r#""reply_to_message": {"text": "rise"}"#, "message 5 from 100 in -1001: hi");
}

#[test]
fn update_parsing_reads_callback_queries() {
    let keyboard = r#""reply_markup": {"inline_keyboard": [
        [{"callback_data": "n2"}, {"url": "https://example.org"}], [{"callback_data": "v+"}], 7]}"#;
    let check = |fields: &str, expected: &str| {
        let query = format!(r#"{{"id": "77", "from": {{"id": 100}}, "data": "n2", {fields}}}"#);
        check(&format!(r#"{{"callback_query": {query}}}"#), expected);
    };
    check(
        &format!(r#""message": {}"#, message(keyboard)),
        "query 77 from 100 in -1001 on message 5 with buttons n2 v+: n2",
    );
    let in_topic = message(
        r#""message_thread_id": 9, "is_topic_message": true,
           "reply_to_message": {"message_id": 3, "text": "why tides?"}"#,
    );
    check(
        &format!(r#""message": {in_topic}"#),
        "query 77 from 100 in -1001 topic 9 on message 5 for (why tides?): n2",
    );
    // An inaccessible message, which is too old.
    check(
        r#""message": {"chat": {"id": 100, "type": "private"}, "message_id": 5, "date": 0}"#,
        "query 77 from 100 in private 100 on message 5: n2",
    );
    check(r#""inline_message_id": "AbC""#, "query 77 from 100 on inline message AbC: n2");
    check(
        r#""inline_message_id": "AbC", "data": null, "game_short_name": "chess""#,
        "query 77 from 100 on inline message AbC: ",
    );
    check(r#""game_short_name": "chess""#, "ignored");
    check(r#""inline_message_id": 7"#, "ignored");
    check(r#""inline_message_id": "AbC", "id": 7"#, "ignored");
    check(r#""message": {"chat": {"id": -1, "type": "channel"}, "message_id": 5}"#, "ignored");
}

#[test]
fn update_parsing_reads_membership_changes() {
    let check = |chat: &str, old: &str, new: &str, expected: &str| {
        let json = format!(
            r#"{{"my_chat_member": {{"chat": {chat}, "from": {{"id": 100}}, "date": 1000,
                "old_chat_member": {old}, "new_chat_member": {new}}}}}"#
        );
        check(&json, expected);
    };
    let group = r#"{"id": -1001, "type": "supergroup"}"#;
    let private = r#"{"id": 100, "type": "private"}"#;
    let left = r#"{"status": "left"}"#;
    let member = r#"{"status": "member"}"#;
    let kicked = r#"{"status": "kicked"}"#;
    let admin = r#"{"status": "administrator"}"#;
    let silent = r#"{"status": "restricted", "can_send_messages": false}"#;
    let restricted = r#"{"status": "restricted", "can_send_messages": true}"#;
    check(group, left, member, "membership in -1001 changed by 100: joined may write");
    check(group, left, admin, "membership in -1001 changed by 100: joined admin may write");
    check(group, kicked, member, "membership in -1001 changed by 100: joined may write");
    check(group, "null", member, "membership in -1001 changed by 100: joined may write");
    check(group, member, admin, "membership in -1001 changed by 100: admin may write");
    check(group, admin, member, "membership in -1001 changed by 100: may write");
    check(group, member, silent, "membership in -1001 changed by 100:");
    check(group, silent, restricted, "membership in -1001 changed by 100: may write");
    check(group, member, left, "membership in -1001 changed by 100: left");
    check(group, member, kicked, "membership in -1001 changed by 100: left");
    check(private, member, kicked, "membership in private 100 changed by 100: left");
    check(private, kicked, member, "membership in private 100 changed by 100: joined may write");
    check(r#"{"id": -1, "type": "channel"}"#, left, admin, "ignored");
    check(group, left, "{}", "ignored");
    check(group, left, r#"{"status": 1}"#, "ignored");
}

#[test]
fn update_parsing_ignores_service_messages_except_migrations() {
    let check = |fields: &str, expected: &str| {
        let message = message(fields).replace(r#""text": "hi","#, "");
        check(&format!(r#"{{"message": {message}}}"#), expected);
    };
    check(r#""migrate_to_chat_id": -1002"#, "-1001 migrated to -1002");
    check(r#""migrate_from_chat_id": -7"#, "ignored");
    check(r#""migrate_to_chat_id": "-1002""#, "ignored");
    check(r#""new_chat_members": [{"id": 42}]"#, "ignored");
    check(r#""left_chat_member": {"id": 100}"#, "ignored");
    check(r#""pinned_message": {"text": "hi"}"#, "ignored");
    check(r#""forum_topic_created": {"name": "Tides"}"#, "ignored");
    check(r#""new_chat_title": "Tides""#, "ignored");
}

#[test]
fn update_parsing_survives_other_kinds_and_wrong_types() {
    for ignored in [
        "{}",
        "[]",
        "null",
        "7",
        r#""message""#,
        r#"{"update_id": 1}"#,
        r#"{"channel_post": {"message_id": 5, "text": "hi"}}"#,
        r#"{"poll": {"id": "1"}}"#,
        r#"{"inline_query": {"id": "1", "query": "tides"}}"#,
        r#"{"message": null}"#,
        r#"{"message": [1, 2]}"#,
        r#"{"message": {"text": "hi"}}"#,
        r#"{"edited_message": "hi"}"#,
        r#"{"callback_query": 7}"#,
        r#"{"callback_query": {"id": "1", "message": []}}"#,
        r#"{"my_chat_member": {"new_chat_member": "member"}}"#,
    ] {
        check(ignored, "ignored");
    }
    check_message(r#""message_id": "5""#, "ignored");
    check_message(r#""message_id": 3000000000"#, "ignored");
    check_message(r#""chat": {"id": "-1001", "type": "supergroup"}"#, "ignored");
    check_message(r#""chat": {"id": -1001, "type": 7}"#, "ignored");
    check_message(r#""chat": {"id": -1001, "type": "planet"}"#, "ignored");
    check_message(r#""text": 7"#, "ignored");
    check_message(r#""text": {"a": "hi"}, "caption": "hi""#, "ignored");
    check_message(r#""date": "now""#, "message 5 from 100 in -1001 at 0: hi");
    check_message(r#""from": {"id": "100"}"#, "message 5 from 0 in -1001: hi");
    check_message(r#""from": {"id": 1.5, "language_code": 7}"#, "message 5 from 0 in -1001: hi");
    check_message(r#""reply_to_message": 7, "quote": 7"#, "message 5 from 100 in -1001: hi");
    check_message(
        r#""is_topic_message": "yes", "message_thread_id": 9"#,
        "message 5 from 100 in -1001: hi",
    );
    check_message(
        r#""is_topic_message": true, "message_thread_id": 3000000000"#,
        "message 5 from 100 in -1001: hi",
    );
    check_message(
        r#""document": {"file_id": "F", "file_name": 7, "file_size": -1}"#,
        r#"message 5 from 100 in -1001 with file F "" of 0 bytes: hi"#,
    );
    check_message(r#""entities": [{"type": "unheard_of"}]"#, "message 5 from 100 in -1001: hi");
}

#[test]
fn update_parsing_reads_inline_queries() {
    let check = |update: Value, expected: Option<(&str, i64, &str, &str)>| {
        let query = inline_query(&update);
        let found = query.as_ref().map(|query| {
            (query.id.as_str(), query.user.get(), query.text.as_str(), query.offset.as_str())
        });
        assert_eq!(found, expected, "{update}");
    };
    check(
        json!({"inline_query": {"id": "1", "from": {"id": 100}, "query": "tides", "offset": "10"}}),
        Some(("1", 100, "tides", "10")),
    );
    // Telegram always names the user of an inline query.
    check(json!({"inline_query": {"id": "1"}}), None);
    check(
        json!({"inline_query": {"id": "1", "from": {"id": 100}, "query": 7}}),
        Some(("1", 100, "", "")),
    );
    check(json!({"inline_query": {"query": "tides"}}), None);
    check(json!({"message": {"text": "tides"}}), None);
}

#[test]
fn update_channel_post_is_parsed_with_its_formats() {
    let chat = r#""chat": {"id": -1001, "type": "channel", "title": "Harbour", "username": "h"}"#;
    check(
        &format!(r#"{{"channel_post": {{"message_id": 5, "date": 9, {chat}, "text": "hi"}}}}"#),
        "post 5 in -1001 (Harbour, h, -) at 9: hi",
    );
    check(
        &format!(
            r#"{{"edited_channel_post": {{"message_id": 5, "date": 9, "edit_date": 10, {chat},
                "author_signature": "Ada", "caption": "a b", "caption_entities": [
                {{"type": "text_link", "offset": 0, "length": 1, "url": "u"}}, {{"type": 1}}, 2,
                {{"type": "bold", "offset": -1, "length": 1}}]}}}}"#
        ),
        r#"post 5 in -1001 (Harbour, h, Ada) at 9 edited at 10 with text_link 0+1 Some("u"): a b"#,
    );
    check(&format!(r#"{{"channel_post": {{"message_id": 5, {chat}, "photo": []}}}}"#), "ignored");
}
