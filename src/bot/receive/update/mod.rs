//! Parser of updates: Telegram's JSON to typed values. Pure.
//!
//! A missing field, or a field of a wrong type, never fails: the update is then read without the
//! field, or is [`Update::Ignored`]. teloxide's types are not used, since they turn a message with
//! an unknown kind of entity into an empty one.

use serde_json::Value;

mod channel_post;

use super::fields::{chat_of, id_of, text_of, topic_of, user_of};
use crate::ids::{ChatId, MessageId, TopicId, UserId};
pub use channel_post::ChannelPost;

#[cfg(test)]
mod tests;

/// Update that is journalled before it is handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    Message(IncomingMessage),
    EditedMessage(IncomingMessage),
    CallbackQuery(CallbackQuery),
    Membership(Membership),
    /// Post in a channel, or an edit of one.
    ChannelPost(ChannelPost),
    /// Migration of a group to a supergroup, which has another chat id.
    Migrated {
        from: ChatId,
        to: ChatId,
    },
    /// Update that the bot does not react to: a service message, a message of another bot, or one
    /// of another kind.
    Ignored,
}

/// Message that a user sent, or that was sent in the name of a group or channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMessage {
    pub chat: ChatId,
    /// Topic of a forum. `None` for the General topic, which a reply must not name.
    pub topic: Option<TopicId>,
    pub id: MessageId,
    /// Time of the message, in Unix seconds.
    pub date: i64,
    /// Time of the last edit, or else of the message, in Unix seconds.
    pub written_at: i64,
    pub kind: ChatKind,
    pub sender: User,
    /// Text or caption. `None` for media without a caption, such as a sticker.
    pub text: Option<String>,
    pub reply: Option<RepliedMessage>,
    pub file: Option<IncomingFile>,
    /// Whether the message is one item of an album. An album is sent as one message for each item,
    /// and mostly only one of them has a caption.
    pub is_in_album: bool,
    /// Whether the message was forwarded, so that its sender did not write it.
    pub is_forwarded: bool,
}

/// File that a message contains as a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingFile {
    /// Id for `getFile`.
    pub id: String,
    /// Name that the sender's client gives, which is not safe as a path.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
}

/// Sender of a message or a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Id of the user, or of the chat if a message is sent in its name: Telegram gives one account
    /// for all messages of that kind. `None` if Telegram names no user.
    pub id: Option<UserId>,
    /// IETF language tag of the user's Telegram client, such as `en` or `pt-br`.
    pub language: Option<String>,
    /// Whether the user writes in the name of the group, which only administrators can.
    pub is_anonymous_admin: bool,
}

/// Change of the bot's own membership in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub chat: ChatId,
    pub kind: ChatKind,
    pub changed_by: User,
    /// Whether the bot may send messages after the change.
    pub may_write: bool,
    /// Whether the bot has left the chat, was removed, or was blocked.
    pub has_left: bool,
    /// Whether the bot was not a member before the change and is one now.
    pub has_joined: bool,
    /// Whether the bot is an administrator of the chat after the change.
    pub is_admin: bool,
}

/// Kind of a chat. Channels are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    Private,
    /// Group or supergroup.
    Group,
}

impl ChatKind {
    /// Returns whether the chat is with a single user.
    pub fn is_private(self) -> bool {
        self == ChatKind::Private
    }
}

/// Message that a message replies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepliedMessage {
    /// `None` for a message in another chat.
    pub id: Option<MessageId>,
    pub sender: Option<UserId>,
    /// Quoted part of the text, or the whole text, caption or question of a poll.
    pub text: Option<String>,
    /// First line of the whole text.
    pub first_line: Option<String>,
}

/// Press of an inline button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackQuery {
    pub id: String,
    /// Callback data of the pressed button. Empty for a button without data.
    pub data: String,
    pub message: MessageRef,
    pub sender: User,
    /// Callback buttons below the message, including the pressed one.
    pub keyboard: Vec<KeyboardButton>,
    /// Text of the message with the button.
    pub text: Option<String>,
    /// Text of the message that the message with the button replies to.
    pub question: Option<String>,
    /// Sender of that message.
    pub asker: Option<UserId>,
}

/// Callback button below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyboardButton {
    pub label: String,
    pub data: String,
}

impl CallbackQuery {
    /// Returns whether the message with the button is in this chat.
    pub fn is_in(&self, chat: ChatId) -> bool {
        matches!(self.message, MessageRef::Chat { chat: found, .. } if found == chat)
    }
}

/// Inline query: the text that a user types after the bot's username, in any chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineQuery {
    pub id: String,
    pub user: UserId,
    pub sender: User,
    pub text: String,
    /// The `next_offset` of the answer to the previous query, or an empty string.
    pub offset: String,
}

/// Guest query: a message to the bot in a chat that the bot need not be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestQuery {
    /// Id for `answerGuestQuery`.
    pub id: String,
    /// The message. The id of a private chat may be that of another chat of the bot, too.
    pub message: IncomingMessage,
}

/// Message of the bot that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageRef {
    Chat {
        chat: ChatId,
        kind: ChatKind,
        topic: Option<TopicId>,
        message: MessageId,
    },
    /// Inline message id of a message that was sent through inline mode or as a guest, in a chat
    /// that the bot may not be in.
    Inline(String),
    /// Message in a group that one person sees.
    Ephemeral {
        chat: ChatId,
        receiver: UserId,
        /// Id among the ephemeral messages of the chat, which Telegram may use again.
        message: i64,
    },
}

impl MessageRef {
    /// Returns the chat of the message, or `None` if Telegram does not name it.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            MessageRef::Chat { chat, .. } | MessageRef::Ephemeral { chat, .. } => Some(*chat),
            MessageRef::Inline(_) => None,
        }
    }
}

/// Id of the account that Telegram names as the sender of all messages in the name of a channel.
const CHANNEL_BOT: UserId = UserId::new(136_817_688);

/// Parses an update. `bot` is the bot's own user id: messages sent through the bot are ignored.
pub fn parse(update: &Value, bot: UserId) -> Update {
    let parsed = if let Some(message) = update.get("message") {
        match (
            chat_of(message),
            message.get("migrate_to_chat_id").and_then(Value::as_i64).map(ChatId::new),
        ) {
            (Some(from), Some(to)) => Some(Update::Migrated { from, to }),
            _ => incoming_message(message, bot).map(Update::Message),
        }
    } else if let Some(message) = update.get("edited_message") {
        incoming_message(message, bot).map(Update::EditedMessage)
    } else if let Some(query) = update.get("callback_query") {
        callback_query(query).map(Update::CallbackQuery)
    } else if let Some(change) = update.get("my_chat_member") {
        membership(change).map(Update::Membership)
    } else if let Some(post) =
        update.get("channel_post").or_else(|| update.get("edited_channel_post"))
    {
        channel_post::channel_post(post).map(Update::ChannelPost)
    } else {
        None
    };
    parsed.unwrap_or(Update::Ignored)
}

/// Parses an inline query. Returns `None` for other updates. Inline queries are not a variant of
/// [`Update`], since they are never journalled.
pub fn inline_query(update: &Value) -> Option<InlineQuery> {
    let query = update.get("inline_query")?;
    let text = |key: &str| query.get(key).and_then(Value::as_str);
    Some(InlineQuery {
        id: text("id")?.to_owned(),
        user: user_of(query)?,
        sender: user(query),
        text: text("query").unwrap_or_default().to_owned(),
        offset: text("offset").unwrap_or_default().to_owned(),
    })
}

/// Parses a guest query. Returns `None` for other updates. Guest queries are not a variant of
/// [`Update`], since they are never journalled.
pub fn guest_query(update: &Value, bot: UserId) -> Option<GuestQuery> {
    let message = update.get("guest_message")?;
    let id = message.get("guest_query_id")?.as_str()?.to_owned();
    Some(GuestQuery { id, message: incoming_message(message, bot)? })
}

fn incoming_message(message: &Value, bot: UserId) -> Option<IncomingMessage> {
    let (chat, kind) = (chat_of(message)?, kind_of(message)?);
    let sender_chat = message.pointer("/sender_chat/id").and_then(Value::as_i64).map(UserId::new);
    // Telegram names a bot of its own as the sender of a message in the name of a group.
    let is_anonymous_admin = sender_chat.is_some_and(|sender| sender.get() == chat.get());
    let is_of_channel = sender_chat.is_some() && user_of(message) == Some(CHANNEL_BOT);
    let is_of_bot = message.pointer("/from/is_bot").and_then(Value::as_bool).unwrap_or(false);
    let is_forwarded_post = message.get("is_automatic_forward").is_some();
    let is_via_this_bot = message.pointer("/via_bot/id").and_then(Value::as_i64) == Some(bot.get());
    if (is_of_bot && !is_anonymous_admin && !is_of_channel) || is_forwarded_post || is_via_this_bot
    {
        return None;
    }
    let text = text_of(message);
    if text.is_none() && !has_media(message) {
        return None;
    }
    let date = message.get("date").and_then(Value::as_i64).unwrap_or(0);
    Some(IncomingMessage {
        chat,
        topic: topic_of(message),
        id: id_of(message)?,
        date,
        written_at: message.get("edit_date").and_then(Value::as_i64).unwrap_or(date),
        kind,
        sender: match (kind, user(message)) {
            (ChatKind::Private, user) if user.id.is_none() => User { id: chat.user(), ..user },
            (_, user) => User { id: sender_chat.or(user.id), is_anonymous_admin, ..user },
        },
        text: text.map(str::to_owned),
        reply: replied_message(message),
        // Telegram sets `document` for an animation, too.
        file: message
            .get("document")
            .filter(|_| message.get("animation").is_none())
            .and_then(incoming_file),
        is_in_album: message.get("media_group_id").is_some(),
        is_forwarded: message.get("forward_origin").is_some(),
    })
}

fn incoming_file(document: &Value) -> Option<IncomingFile> {
    Some(IncomingFile {
        id: document.get("file_id")?.as_str()?.to_owned(),
        name: document.get("file_name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        size: document.get("file_size").and_then(Value::as_u64).unwrap_or(0),
    })
}

/// Returns whether a message without text has content of its sender, unlike a service message.
fn has_media(message: &Value) -> bool {
    const MEDIA: [&str; 14] = [
        "sticker",
        "photo",
        "voice",
        "video",
        "audio",
        "document",
        "animation",
        "video_note",
        "location",
        "venue",
        "contact",
        "poll",
        "dice",
        "story",
    ];
    MEDIA.iter().any(|kind| message.get(kind).is_some())
}

fn replied_message(message: &Value) -> Option<RepliedMessage> {
    let quote = message.pointer("/quote/text").and_then(Value::as_str);
    let Some(replied) = message.get("reply_to_message") else {
        // Telegram sends the quoted part or the poll of a message in another chat, but no text.
        let replied = message.get("external_reply")?;
        let text = quote.or(poll_question(replied)).map(str::to_owned);
        return Some(RepliedMessage { id: None, sender: None, text, first_line: None });
    };
    // In a topic, a message that replies to no other replies to the one that created the topic.
    if replied.get("forum_topic_created").is_some() {
        return None;
    }
    let text = quote.or(text_of(replied)).or(poll_question(replied));
    Some(RepliedMessage {
        id: Some(id_of(replied)?),
        sender: user_of(replied),
        text: text.map(str::to_owned),
        first_line: text_of(replied).and_then(|text| text.lines().next()).map(str::to_owned),
    })
}

fn callback_query(query: &Value) -> Option<CallbackQuery> {
    let ephemeral = query.pointer("/message/ephemeral_message_id").and_then(Value::as_i64);
    let message = match (query.get("message"), query.get("inline_message_id")) {
        (Some(message), _) if let Some(id) = ephemeral => MessageRef::Ephemeral {
            chat: chat_of(message)?,
            receiver: message
                .pointer("/receiver_user/id")
                .and_then(Value::as_i64)
                .map(UserId::new)
                .or(user_of(query))?,
            message: id,
        },
        (Some(message), _) => MessageRef::Chat {
            chat: chat_of(message)?,
            kind: kind_of(message)?,
            topic: topic_of(message),
            message: id_of(message)?,
        },
        (None, Some(id)) => MessageRef::Inline(id.as_str()?.to_owned()),
        (None, None) => return None,
    };
    let rows = query.pointer("/message/reply_markup/inline_keyboard").and_then(Value::as_array);
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    let keyboard = buttons.filter_map(|button| {
        let text = |key: &str| button.get(key).and_then(Value::as_str);
        let label = text("text").unwrap_or_default().to_owned();
        Some(KeyboardButton { label, data: text("callback_data")?.to_owned() })
    });
    let question = query.pointer("/message/reply_to_message/text").and_then(Value::as_str);
    let asker = query.pointer("/message/reply_to_message").and_then(sender_of);
    Some(CallbackQuery {
        id: query.get("id")?.as_str()?.to_owned(),
        data: query.get("data").and_then(Value::as_str).unwrap_or("").to_owned(),
        message,
        sender: user(query),
        keyboard: keyboard.collect(),
        text: query.pointer("/message/text").and_then(Value::as_str).map(str::to_owned),
        question: question.map(str::to_owned),
        asker,
    })
}

/// Returns the user or the chat in whose name a message was sent.
fn sender_of(message: &Value) -> Option<UserId> {
    let chat = message.pointer("/sender_chat/id").and_then(Value::as_i64).map(UserId::new);
    chat.or(user_of(message))
}

fn membership(change: &Value) -> Option<Membership> {
    let is_away = |status: &str| matches!(status, "left" | "kicked");
    let status = change.pointer("/new_chat_member/status")?.as_str()?;
    let old_status = change.pointer("/old_chat_member/status").and_then(Value::as_str);
    let can_send = change.pointer("/new_chat_member/can_send_messages").and_then(Value::as_bool);
    Some(Membership {
        chat: chat_of(change)?,
        kind: kind_of(change)?,
        changed_by: user(change),
        may_write: !is_away(status) && can_send != Some(false),
        has_left: is_away(status),
        has_joined: !is_away(status) && old_status.is_none_or(is_away),
        is_admin: status == "administrator",
    })
}

fn user(message: &Value) -> User {
    let language = message.pointer("/from/language_code").and_then(Value::as_str);
    User { id: user_of(message), language: language.map(str::to_owned), is_anonymous_admin: false }
}

/// Returns the kind of the chat, or `None` for a channel.
fn kind_of(message: &Value) -> Option<ChatKind> {
    match message.pointer("/chat/type")?.as_str()? {
        "private" => Some(ChatKind::Private),
        "group" | "supergroup" => Some(ChatKind::Group),
        _ => None,
    }
}

/// Returns the text or the caption of a message.
fn poll_question(message: &Value) -> Option<&str> {
    message.pointer("/poll/question").and_then(Value::as_str)
}
