//! Parser of posts in channels. Pure.

use serde_json::Value;

use super::super::fields::{chat_of, id_of, text_of};
use crate::ids::{ChatId, MessageId};

/// Post in a channel, or its new version after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPost {
    pub chat: ChatId,
    /// Title of the channel.
    pub title: Option<String>,
    /// Public name of the channel, without `@`.
    pub username: Option<String>,
    pub id: MessageId,
    /// Time of the post, in Unix seconds.
    pub date: i64,
    /// Time of the last edit, in Unix seconds.
    pub edited: Option<i64>,
    /// Name of the author, if the channel shows it.
    pub signature: Option<String>,
    /// Text or caption.
    pub text: String,
    pub entities: Vec<TextEntity>,
}

/// Format of a part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEntity {
    /// Telegram's name of the format, such as `bold`.
    pub kind: String,
    /// Start and length, in UTF-16 code units.
    pub offset: usize,
    pub length: usize,
    /// Address of a `text_link`.
    pub url: Option<String>,
    /// Programming language of a `pre`.
    pub language: Option<String>,
}

/// Parses a post. Returns `None` for a post without a text.
pub fn channel_post(post: &Value) -> Option<ChannelPost> {
    let text_at = |pointer: &str| post.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let entities = post.get("entities").or_else(|| post.get("caption_entities"));
    let entities = entities.and_then(Value::as_array).into_iter().flatten();
    Some(ChannelPost {
        chat: chat_of(post)?,
        title: text_at("/chat/title"),
        username: text_at("/chat/username"),
        id: id_of(post)?,
        date: post.get("date").and_then(Value::as_i64).unwrap_or(0),
        edited: post.get("edit_date").and_then(Value::as_i64),
        signature: text_at("/author_signature"),
        text: text_of(post)?.to_owned(),
        entities: entities.filter_map(entity).collect(),
    })
}

fn entity(entity: &Value) -> Option<TextEntity> {
    let number = |key: &str| usize::try_from(entity.get(key)?.as_u64()?).ok();
    let text = |key: &str| entity.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(TextEntity {
        kind: text("type")?,
        offset: number("offset")?,
        length: number("length")?,
        url: text("url"),
        language: text("language"),
    })
}
