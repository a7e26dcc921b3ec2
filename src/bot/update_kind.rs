//! Kinds of updates that the bot asks Telegram for.

use serde::Serialize;
use serde_json::Value;

/// Kind of an update. The names are Telegram's, and label values of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateKind {
    Message,
    EditedMessage,
    CallbackQuery,
    MyChatMember,
    InlineQuery,
    GuestMessage,
    ChannelPost,
    EditedChannelPost,
}

impl UpdateKind {
    /// All kinds, for `allowed_updates`.
    pub const ALL: [UpdateKind; 8] = [
        UpdateKind::Message,
        UpdateKind::EditedMessage,
        UpdateKind::CallbackQuery,
        UpdateKind::MyChatMember,
        UpdateKind::InlineQuery,
        UpdateKind::GuestMessage,
        UpdateKind::ChannelPost,
        UpdateKind::EditedChannelPost,
    ];

    /// Returns the kind of an update, or `None` for a kind that the bot does not ask for.
    pub fn of(update: &Value) -> Option<UpdateKind> {
        UpdateKind::ALL.into_iter().find(|kind| update.get(kind.name()).is_some())
    }

    /// Returns Telegram's name of the kind, which is also the name of an update's field.
    pub fn name(self) -> &'static str {
        match self {
            UpdateKind::Message => "message",
            UpdateKind::EditedMessage => "edited_message",
            UpdateKind::CallbackQuery => "callback_query",
            UpdateKind::MyChatMember => "my_chat_member",
            UpdateKind::InlineQuery => "inline_query",
            UpdateKind::GuestMessage => "guest_message",
            UpdateKind::ChannelPost => "channel_post",
            UpdateKind::EditedChannelPost => "edited_channel_post",
        }
    }
}
