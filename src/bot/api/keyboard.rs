//! Inline keyboards and texts as the Bot API takes them. teloxide's types have no button styles.

use serde::Serialize;
use teloxide::types::{LinkPreviewOptions, ParseMode};

use crate::bot::callback_data;
use crate::render::telegram::{Button, Effect, Message};

/// Inline keyboard: rows of buttons.
#[derive(Debug, Clone, Serialize)]
pub struct Keyboard {
    inline_keyboard: Vec<Vec<KeyboardButton>>,
}

#[derive(Debug, Clone, Serialize)]
struct KeyboardButton {
    text: String,
    /// Clients that do not know styles ignore the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    #[serde(flatten)]
    effect: ButtonEffect,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
enum ButtonEffect {
    CallbackData(String),
    CopyText { text: String },
    Url(String),
}

/// Style of a button that deletes something.
const DANGER: &str = "danger";

impl Keyboard {
    /// Returns the keyboard with the buttons of a message.
    pub fn of(message: &Message) -> Keyboard {
        let rows = message.buttons.iter().map(|row| row.iter().map(button).collect());
        Keyboard { inline_keyboard: rows.collect() }
    }

    /// Returns the keyboard with the buttons of a message, or `None` if it has no buttons.
    pub fn of_new(message: &Message) -> Option<Keyboard> {
        (!message.buttons.is_empty()).then(|| Keyboard::of(message))
    }
}

fn button(button: &Button) -> KeyboardButton {
    let text = button.label.clone();
    match &button.effect {
        Effect::Callback(action) => KeyboardButton {
            text,
            style: action.is_deletion().then_some(DANGER),
            effect: ButtonEffect::CallbackData(callback_data::encode(*action)),
        },
        Effect::CopyText(copied) => {
            let effect = ButtonEffect::CopyText { text: copied.clone() };
            KeyboardButton { text, style: None, effect }
        }
        Effect::Url(url) => {
            KeyboardButton { text, style: None, effect: ButtonEffect::Url(url.clone()) }
        }
    }
}

/// Text of a message with its format, as inline results contain it.
#[derive(Debug, Clone, Serialize)]
pub struct InputText {
    message_text: String,
    parse_mode: ParseMode,
    link_preview_options: LinkPreviewOptions,
}

impl InputText {
    pub fn new(html: String) -> InputText {
        InputText {
            message_text: html,
            parse_mode: ParseMode::Html,
            link_preview_options: no_preview(),
        }
    }
}

/// Returns options that disable the link preview.
pub fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::article::ArticleId;
    use crate::render::telegram::Action;

    #[test]
    fn keyboard_marks_buttons_that_delete() {
        let id = ArticleId::from_u64(7);
        let message = Message {
            html: String::new(),
            buttons: vec![
                vec![
                    Button::new("Remove", Action::Remove(id)),
                    Button::new("Cancel", Action::Removals(0)),
                ],
                vec![
                    Button { label: "Copy".into(), effect: Effect::CopyText("a quote".into()) },
                    Button::url("Share", "https://t.me/".into()),
                ],
            ],
        };
        let keyboard = serde_json::to_value(Keyboard::of(&message)).unwrap();
        assert_eq!(
            keyboard,
            serde_json::json!({"inline_keyboard": [
                [
                    {"text": "Remove", "style": "danger", "callback_data": "r!AAAAAAAAAAH"},
                    {"text": "Cancel", "callback_data": "r0"},
                ],
                [
                    {"text": "Copy", "copy_text": {"text": "a quote"}},
                    {"text": "Share", "url": "https://t.me/"},
                ],
            ]})
        );
    }
}
