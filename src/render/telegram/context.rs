//! The context that a message is rendered for.

use super::action::StartPayload;
use crate::render::messages::Messages;

/// Place where a message is shown. It decides what the message's buttons can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A chat that the bot is a member of.
    Chat,
    /// A message posted through inline mode or as a guest. The bot does not see its chat.
    Inline,
    /// A message in a group that one person sees.
    Ephemeral,
}

/// Language, surface and corpus facts that rendering depends on.
pub struct RenderContext<'a> {
    pub messages: &'a Messages,
    pub surface: Surface,
    /// Number of articles that are searched and listed.
    pub article_count: usize,
    /// Folders and tags to which the chat has limited the articles, as text.
    pub shelf: Option<String>,
    /// Returns the URL of a deep link to the bot.
    pub link: &'a (dyn Fn(StartPayload) -> String + Sync),
}
