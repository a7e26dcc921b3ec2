//! A pressed button to the change of its message.
//!
//! The press is answered before any work, once. What a button shows comes from its bytes, and the
//! way back from the other buttons of its message; nothing is kept in memory or in the store.

use teloxide::types::CallbackQueryId;

use super::incoming::{ChatKind, Press, Spot};
use super::payload;
use super::react::{Reactor, Setting};
use super::send::Sent;
use super::views;
use crate::answer::Trail;
use crate::render::telegram::{self, Action, Button, Message, Surface, Verdict};
use crate::render::words::Words;
use crate::store::{Journalled, StoreError};

impl Reactor {
    pub(super) async fn press(&self, update: &Journalled, press: &Press) -> Result<(), StoreError> {
        let (chat, kind, surface) = match &press.spot {
            Spot::Chat { chat, kind, .. } => (*chat, *kind, Surface::Chat),
            Spot::Inline(_) => (press.by.id, ChatKind::Private, Surface::Inline),
        };
        let keyboard: Vec<_> =
            press.keyboard.iter().filter_map(|data| payload::parse_button(data).ok()).collect();
        let locale = self.locale(chat, &press.by);
        let setting = Setting { locale, surface };
        let back = WayBack::of(&keyboard);
        let action = payload::parse_button(&press.data).ok();
        let notice = match action {
            Some(Action::Vote(Verdict::Good)) => Some(setting.words().vote_good()),
            Some(Action::Vote(Verdict::Bad)) => Some(setting.words().vote_bad()),
            _ => None,
        };
        let query = CallbackQueryId(press.query.clone());
        self.sender.answer_callback(&query, notice.as_deref()).await;
        let Some(message) = self.pressed(update, press, kind, setting, action, keyboard).await?
        else {
            return self.store.done(update.id, None);
        };
        let message = back.add_to(message, action, setting.words());
        match self.sender.change(&press.spot, &message).await {
            Sent::As { .. } | Sent::Refused => self.store.done(update.id, None),
            Sent::Stopped => Ok(()),
        }
    }

    /// The message as it is after the press; `None` to leave it.
    async fn pressed(
        &self,
        update: &Journalled,
        _press: &Press,
        kind: ChatKind,
        setting: Setting,
        action: Option<Action>,
        keyboard: Vec<Action>,
    ) -> Result<Option<Message>, StoreError> {
        let view = match action {
            Some(
                Action::Vote(_) | Action::Language(_) | Action::ExportGaps | Action::ClearGaps,
            ) => {
                return Ok(None);
            }
            Some(Action::Start) => return Ok(Some(self.help(kind, setting))),
            other => other,
        };
        let shown = self.show(update.id, setting, move |library, frame| {
            let shown = match view {
                Some(Action::Quote(trail)) => views::quote(library, frame, trail)?,
                Some(Action::Context(trail)) => views::context(library, frame, trail)?,
                Some(Action::Section(id, page)) => library
                    .section(id)?
                    .map(|reading| telegram::section(&reading, page, None, frame)),
                Some(Action::Article(id, page)) => {
                    library.article(id)?.map(|outline| telegram::article(&outline, page, frame))
                }
                Some(Action::Contents(page)) => {
                    Some(telegram::contents(&library.articles()?, page, frame))
                }
                _ => None,
            };
            shown.map_or_else(|| views::gone(library, frame, &keyboard), Ok)
        });
        Ok(Some(shown.await))
    }
}

/// What a reader can go back to, read from the buttons of the message that was pressed.
#[derive(Debug, Clone, Copy, Default)]
struct WayBack {
    /// The answer that is shown, or the one that was left for a section.
    answer: Option<Trail>,
    has_examples: bool,
}

impl WayBack {
    fn of(keyboard: &[Action]) -> WayBack {
        let shown = keyboard.iter().find_map(|action| match action {
            Action::Context(trail) => Some(*trail),
            _ => None,
        });
        let left = keyboard.iter().find_map(|action| match action {
            Action::Quote(trail) => Some(*trail),
            _ => None,
        });
        WayBack { answer: shown.or(left), has_examples: keyboard.contains(&Action::Start) }
    }

    fn add_to(self, message: Message, pressed: Option<Action>, words: &Words) -> Message {
        let is_answer = matches!(pressed, Some(Action::Quote(_) | Action::Context(_)));
        let mut row = Vec::new();
        if let Some(trail) = self.answer.filter(|_| !is_answer && pressed != Some(Action::Start)) {
            row.push(Button::new(&words.button_answer(), Action::Quote(trail)));
        }
        if self.has_examples && pressed != Some(Action::Start) {
            row.push(Button::new(&words.button_examples(), Action::Start));
        }
        if row.is_empty() { message } else { message.with(row) }
    }
}
