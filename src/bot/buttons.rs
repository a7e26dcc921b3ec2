//! A pressed button to the change of its message.
//!
//! The press is answered before any work, once. What a button shows comes from its bytes, and the
//! way back from the other buttons of its message; nothing is kept in memory or in the store.

use teloxide::types::CallbackQueryId;

use super::access::Admission;
use super::examples;
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
        let admission = match &press.spot {
            Spot::Chat { .. } => self.access.admit(press.by.id, chat, kind),
            Spot::Inline(_) => Admission::Welcome,
        };
        let words = setting.words();
        let may = match action {
            Some(Action::Language(_)) => self.may_choose(press, kind).await,
            Some(Action::ExportGaps | Action::ClearGaps) => self.access.is_admin(press.by.id),
            _ => true,
        };
        let notice = match (admission, action) {
            (Admission::Stranger { .. }, _) => Some(words.not_allowed()),
            (Admission::TooFast { .. }, _) => Some(words.slower()),
            (_, Some(Action::Language(_))) if !may => Some(words.only_administrators()),
            _ if !may => Some(words.only_operator()),
            (_, Some(Action::Vote(Verdict::Good))) => Some(words.vote_good()),
            (_, Some(Action::Vote(Verdict::Bad))) => Some(words.vote_bad()),
            _ => None,
        };
        let query = CallbackQueryId(press.query.clone());
        self.sender.answer_callback(&query, notice.as_deref()).await;
        if !may || admission != Admission::Welcome {
            return self.store.done(update.id, None);
        }
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
        press: &Press,
        kind: ChatKind,
        setting: Setting,
        action: Option<Action>,
        keyboard: Vec<Action>,
    ) -> Result<Option<Message>, StoreError> {
        match action {
            Some(Action::Vote(verdict)) => {
                self.vote(press, verdict)?;
                return Ok(None);
            }
            Some(Action::Language(locale)) => {
                if let Spot::Chat { chat, .. } = press.spot {
                    self.store.set_language(chat, locale.code())?;
                }
                return Ok(Some(telegram::plain(&locale.words().language_set())));
            }
            Some(Action::ExportGaps) => {
                self.export_gaps(press).await?;
                return Ok(None);
            }
            Some(Action::ClearGaps) => {
                self.store.clear_gaps()?;
                return Ok(Some(telegram::plain(&setting.words().gaps_cleared())));
            }
            Some(Action::Start) => {
                return Ok(Some(self.beginning(update.id, kind, setting).await));
            }
            Some(
                Action::Quote(_)
                | Action::Context(_)
                | Action::Section(..)
                | Action::Article(..)
                | Action::Contents(_)
                | Action::Example(..),
            )
            | None => {}
        }
        let shown = self.show(update.id, setting, move |library, frame| {
            let shown = match action {
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
                Some(Action::Example(passage, kind)) => {
                    examples::show(library, frame, passage, kind)?
                }
                _ => None,
            };
            shown.map_or_else(|| views::gone(library, frame, &keyboard), Ok)
        });
        Ok(Some(shown.await))
    }
}

impl Reactor {
    /// Whether a person may choose the language of the chat.
    async fn may_choose(&self, press: &Press, kind: ChatKind) -> bool {
        match press.spot {
            Spot::Chat { chat, .. } if kind == ChatKind::Group => {
                self.sender.is_administrator(chat, press.by.id).await
            }
            Spot::Chat { .. } | Spot::Inline(_) => true,
        }
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
        let is_example = |action: &Action| matches!(action, Action::Start | Action::Example(..));
        let has_examples = keyboard.iter().any(is_example);
        WayBack { answer: shown.or(left), has_examples }
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
