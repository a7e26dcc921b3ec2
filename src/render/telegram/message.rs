//! Messages and their buttons.

use super::action::Action;
use super::html::escape;

/// Message in Telegram's HTML, with rows of buttons.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    pub html: String,
    pub buttons: Vec<Vec<Button>>,
}

/// Button of an inline keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    pub effect: Effect,
}

/// Effect of a pressed button, named after the field of Telegram's `InlineKeyboardButton`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Sends a callback query to the bot.
    Callback(Action),
    /// Copies a text of at most 256 characters to the clipboard.
    CopyText(String),
    /// Opens a URL.
    Url(String),
}

/// Maximum length of a label, in chars. Phones hide the end of a longer one.
pub const MAX_LABEL_CHARS: usize = 60;

/// Returns a message that consists of plain text.
pub fn plain(text: &str) -> Message {
    Message { html: escape(text), buttons: Vec::new() }
}

/// Returns the answer of a person, under a heading that tells it from a quote.
pub fn person_answer(heading: &str, text: &str) -> Message {
    Message { html: format!("<b>{}</b>\n\n{}", escape(heading), escape(text)), buttons: Vec::new() }
}

impl Message {
    /// Returns the message with the plain text `note` and an empty line above its own text.
    pub fn under(self, note: &str) -> Message {
        Message { html: format!("{}\n\n{}", escape(note), self.html), buttons: self.buttons }
    }

    /// Returns the message with one more row of buttons.
    pub fn with_row(mut self, row: Vec<Button>) -> Message {
        self.buttons.push(row);
        self
    }
}

impl Button {
    /// Creates a callback button.
    pub fn new(label: &str, action: Action) -> Button {
        Button { label: truncate_label(label), effect: Effect::Callback(action) }
    }

    /// Returns whether the button sends this action to the bot.
    pub fn sends(&self, action: Action) -> bool {
        self.effect == Effect::Callback(action)
    }

    /// Creates a button that opens a URL.
    pub fn url(label: &str, url: String) -> Button {
        Button { label: truncate_label(label), effect: Effect::Url(url) }
    }
}

fn truncate_label(label: &str) -> String {
    match label.char_indices().nth(MAX_LABEL_CHARS) {
        Some((end, _)) => format!("{}…", label[..end].trim_end()),
        None => label.to_owned(),
    }
}
