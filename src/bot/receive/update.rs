//! An update's JSON to what it means for us. Pure.
//!
//! Read from the JSON itself, since teloxide turns a message with an entity that it does not know
//! into an empty one.

use serde::Serialize;
use serde_json::Value;

/// Kind of an update that the bot asks Telegram for. The names are Telegram's, and label values of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateKind {
    Message,
    EditedMessage,
    CallbackQuery,
    MyChatMember,
    InlineQuery,
}

impl UpdateKind {
    /// All kinds: what `allowed_updates` lists.
    pub const ALL: [UpdateKind; 5] = [
        UpdateKind::Message,
        UpdateKind::EditedMessage,
        UpdateKind::CallbackQuery,
        UpdateKind::MyChatMember,
        UpdateKind::InlineQuery,
    ];

    /// Returns the kind of an update, or `None` for a kind that the bot does not ask for.
    pub fn of(update: &Value) -> Option<UpdateKind> {
        UpdateKind::ALL.into_iter().find(|kind| update.get(kind.name()).is_some())
    }

    /// Returns Telegram's name of the kind.
    pub fn name(self) -> &'static str {
        match self {
            UpdateKind::Message => "message",
            UpdateKind::EditedMessage => "edited_message",
            UpdateKind::CallbackQuery => "callback_query",
            UpdateKind::MyChatMember => "my_chat_member",
            UpdateKind::InlineQuery => "inline_query",
        }
    }
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    Message(IncomingMessage),
    EditedMessage(IncomingMessage),
    CallbackQuery(CallbackQuery),
    Membership(Membership),
    /// A group has become a supergroup.
    Migrated {
        from: i64,
        to: i64,
    },
    /// Nothing for us: other bots, channels, service messages, unknown kinds.
    Ignored,
}

/// A message of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingMessage {
    pub chat: i64,
    /// The topic, if it has one that must be named.
    pub topic: Option<i32>,
    pub id: i32,
    /// In Unix seconds.
    pub date: i64,
    /// When it became what it is: later, if it was edited.
    pub written_at: i64,
    pub kind: ChatKind,
    pub sender: User,
    /// The text, or the caption; `None` for a sticker and the like.
    pub text: Option<String>,
    pub reply: Option<RepliedMessage>,
    pub file: Option<IncomingFile>,
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingFile {
    /// By which it can be fetched.
    pub id: String,
    /// Whatever the sender's program called it.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// Who wrote or pressed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Id of the user, or of the chat in whose name a message is written: Telegram gives one account for
    /// all messages of that kind. 0 when Telegram does not say.
    pub id: i64,
    /// The language of their Telegram, such as `en` or `pt-br`.
    pub language: Option<String>,
    /// Whether they write as the group itself, which only administrators can.
    pub is_anonymous_admin: bool,
}

impl User {
    /// Returns the id of somebody whom Telegram names.
    pub fn known_id(&self) -> Option<i64> {
        (self.id != 0).then_some(self.id)
    }
}

/// Where the bot stands in a chat has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub chat: i64,
    pub kind: ChatKind,
    /// Who changed it.
    pub changed_by: User,
    pub may_write: bool,
    /// Whether the bot is no member any more, or is blocked.
    pub has_left: bool,
    /// Whether the bot was not there before.
    pub has_joined: bool,
    pub is_admin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    Private,
    Group,
}

impl ChatKind {
    /// Returns whether the chat is with a single user.
    pub fn is_private(self) -> bool {
        self == ChatKind::Private
    }
}

/// The message that a message replies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepliedMessage {
    pub id: i32,
    pub sender: Option<i64>,
    /// The part that was quoted in the reply, or the whole text.
    pub text: Option<String>,
}

/// A button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackQuery {
    pub id: String,
    pub data: String,
    pub message: MessageRef,
    pub sender: User,
    /// The bytes of every button below the message, the pressed one included.
    pub keyboard: Vec<String>,
    /// The text of the message that the pressed one replies to.
    pub question: Option<String>,
}

impl CallbackQuery {
    /// Whether the message is in this chat.
    pub fn is_in(&self, chat: i64) -> bool {
        matches!(self.message, MessageRef::Chat { chat: known, .. } if known == chat)
    }
}

/// What somebody typed after `@bot`, in any chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineQuery {
    pub id: String,
    pub sender: User,
    pub text: String,
    /// What the answer before gave as its `next_offset`; empty at first.
    pub offset: String,
}

/// A message of ours that can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageRef {
    Chat {
        chat: i64,
        kind: ChatKind,
        thread: Option<i32>,
        message: i32,
    },
    /// Posted through the bot, in a chat that it does not see.
    Inline(String),
}

/// The General topic is not to be named.
const GENERAL_TOPIC: i64 = 1;
/// The account that Telegram names for everybody who writes as a channel.
const CHANNEL_BOT: i64 = 136_817_688;

/// The chat and the topic (0 without) in whose lane an update waits.
pub fn chat_and_topic(update: &Value) -> (i64, i64) {
    let message = ["message", "edited_message", "my_chat_member"]
        .iter()
        .find_map(|kind| update.get(kind))
        .or_else(|| update.pointer("/callback_query/message"));
    let Some(message) = message else {
        // Messages posted inline have no chat: one lane for each person.
        let person = update.pointer("/callback_query/from/id").and_then(Value::as_i64);
        return (0, person.unwrap_or(0));
    };
    (chat_of(message).unwrap_or(0), topic_of(message).map_or(0, i64::from))
}

/// Reads an update; `me` is the bot's own id.
pub fn read(update: &Value, me: i64) -> Update {
    let incoming = if let Some(message) = update.get("message") {
        match (chat_of(message), message.get("migrate_to_chat_id").and_then(Value::as_i64)) {
            (Some(from), Some(to)) => Some(Update::Migrated { from, to }),
            _ => incoming_message(message, me).map(Update::Message),
        }
    } else if let Some(message) = update.get("edited_message") {
        incoming_message(message, me).map(Update::EditedMessage)
    } else if let Some(query) = update.get("callback_query") {
        callback_query(query).map(Update::CallbackQuery)
    } else if let Some(change) = update.get("my_chat_member") {
        membership(change)
    } else {
        None
    };
    incoming.unwrap_or(Update::Ignored)
}

/// Returns an update without names and words: all that is needed to reply to a command, or to a press.
pub fn without_personal_data(update: &Value) -> Value {
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
    let Value::Object(fields) = update else { return update.clone() };
    let kept = fields.iter().filter(|(key, _)| KEPT.contains(&key.as_str()));
    let mut kept: serde_json::Map<_, _> =
        kept.map(|(key, value)| (key.clone(), without_personal_data(value))).collect();
    let command = fields.get("text").and_then(Value::as_str).filter(|text| text.starts_with('/'));
    if let Some(command) = command.and_then(|text| text.split_whitespace().next()) {
        kept.insert("text".into(), command.into());
    }
    Value::Object(kept)
}

/// An inline query, which is too short-lived to be journalled.
pub fn inline_query(update: &Value) -> Option<InlineQuery> {
    let query = update.get("inline_query")?;
    let text = |key: &str| query.get(key).and_then(Value::as_str);
    Some(InlineQuery {
        id: text("id")?.to_owned(),
        sender: user(query),
        text: text("query").unwrap_or_default().to_owned(),
        offset: text("offset").unwrap_or_default().to_owned(),
    })
}

fn incoming_message(message: &Value, me: i64) -> Option<IncomingMessage> {
    let chat = chat_of(message)?;
    let kind = kind_of(message)?;
    let writes_as = message.pointer("/sender_chat/id").and_then(Value::as_i64);
    // An anonymous administrator writes as the group itself, through a bot of Telegram's.
    let is_anonymous_admin = writes_as == Some(chat);
    let sender = message.pointer("/from/id").and_then(Value::as_i64);
    let is_channel = writes_as.is_some() && sender == Some(CHANNEL_BOT);
    let is_bot = message.pointer("/from/is_bot").and_then(Value::as_bool).unwrap_or(false);
    let is_forwarded_post = message.get("is_automatic_forward").is_some();
    let is_ours = message.pointer("/via_bot/id").and_then(Value::as_i64) == Some(me);
    if (is_bot && !is_anonymous_admin && !is_channel) || is_forwarded_post || is_ours {
        return None;
    }
    let text = ["text", "caption"].iter().find_map(|key| message.get(key)).and_then(Value::as_str);
    if text.is_none() && !is_media(message) {
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
            // The id of a private chat is that of its person.
            (ChatKind::Private, person) if person.id == 0 => User { id: chat, ..person },
            (_, person) => {
                User { id: writes_as.unwrap_or(person.id), is_anonymous_admin, ..person }
            }
        },
        text: text.map(str::to_owned),
        reply: replied_to(message),
        // An animation is a document, too.
        file: message
            .get("document")
            .filter(|_| message.get("animation").is_none())
            .and_then(sent_file),
    })
}

fn sent_file(document: &Value) -> Option<IncomingFile> {
    Some(IncomingFile {
        id: document.get("file_id")?.as_str()?.to_owned(),
        name: document.get("file_name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        size: document.get("file_size").and_then(Value::as_u64).unwrap_or(0),
    })
}

/// Something a person sent, unlike a service message.
fn is_media(message: &Value) -> bool {
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

fn replied_to(message: &Value) -> Option<RepliedMessage> {
    let replied = message.get("reply_to_message")?;
    // In a topic, every message replies to the one that made the topic.
    if replied.get("forum_topic_created").is_some() {
        return None;
    }
    let quoted = message.pointer("/quote/text").and_then(Value::as_str);
    let whole = ["text", "caption"].iter().find_map(|key| replied.get(key)).and_then(Value::as_str);
    Some(RepliedMessage {
        id: id_of(replied)?,
        sender: replied.pointer("/from/id").and_then(Value::as_i64),
        text: quoted.or(whole).map(str::to_owned),
    })
}

fn callback_query(query: &Value) -> Option<CallbackQuery> {
    let spot = match (query.get("message"), query.get("inline_message_id")) {
        (Some(message), _) => MessageRef::Chat {
            chat: chat_of(message)?,
            kind: kind_of(message)?,
            thread: topic_of(message),
            message: id_of(message)?,
        },
        (None, Some(id)) => MessageRef::Inline(id.as_str()?.to_owned()),
        (None, None) => return None,
    };
    let rows = query.pointer("/message/reply_markup/inline_keyboard").and_then(Value::as_array);
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    let keyboard = buttons.filter_map(|button| button.get("callback_data")?.as_str());
    let question = query.pointer("/message/reply_to_message/text").and_then(Value::as_str);
    Some(CallbackQuery {
        id: query.get("id")?.as_str()?.to_owned(),
        data: query.get("data").and_then(Value::as_str).unwrap_or("").to_owned(),
        message: spot,
        sender: user(query),
        keyboard: keyboard.map(str::to_owned).collect(),
        question: question.map(str::to_owned),
    })
}

fn membership(change: &Value) -> Option<Update> {
    let is_away = |status: &str| matches!(status, "left" | "kicked");
    let status = change.pointer("/new_chat_member/status")?.as_str()?;
    let before = change.pointer("/old_chat_member/status").and_then(Value::as_str);
    let is_silenced = change.pointer("/new_chat_member/can_send_messages").and_then(Value::as_bool)
        == Some(false);
    Some(Update::Membership(Membership {
        chat: chat_of(change)?,
        kind: kind_of(change)?,
        changed_by: user(change),
        may_write: !is_away(status) && !is_silenced,
        has_left: is_away(status),
        has_joined: !is_away(status) && before.is_none_or(is_away),
        is_admin: status == "administrator",
    }))
}

fn user(message: &Value) -> User {
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    User {
        id: message.pointer("/from/id").and_then(Value::as_i64).unwrap_or(0),
        language: text("/from/language_code").map(str::to_owned),
        is_anonymous_admin: false,
    }
}

/// `None` for a channel.
fn kind_of(message: &Value) -> Option<ChatKind> {
    match message.pointer("/chat/type")?.as_str()? {
        "private" => Some(ChatKind::Private),
        "group" | "supergroup" => Some(ChatKind::Group),
        _ => None,
    }
}

fn chat_of(message: &Value) -> Option<i64> {
    message.pointer("/chat/id")?.as_i64()
}

fn id_of(message: &Value) -> Option<i32> {
    i32::try_from(message.get("message_id")?.as_i64()?).ok()
}

fn topic_of(message: &Value) -> Option<i32> {
    let is_topic = message.get("is_topic_message").and_then(Value::as_bool).unwrap_or(false);
    let thread = message.get("message_thread_id").and_then(Value::as_i64)?;
    (is_topic && thread != GENERAL_TOPIC).then(|| i32::try_from(thread).ok()).flatten()
}
