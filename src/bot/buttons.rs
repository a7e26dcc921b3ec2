//! A pressed button to the change of its message.
//!
//! The press is answered before any work but a look at who presses, once. What a button shows comes from its bytes, and the
//! way back from the other buttons of its message; nothing is kept in memory or in the store. The bytes are what a
//! client sends: anybody can send any, below any message of the bot.

use std::time::Instant;

use teloxide::types::CallbackQueryId;

use super::examples;
use super::incoming::{ChatKind, Press, Spot};
use super::lanes::Due;
use super::payload;
use super::react::{Reactor, Setting};
use super::schedules;
use super::send::Sent;
use super::shelf::Put;
use super::views;
use crate::answer::Trail;
use crate::render::telegram::{self, Action, Button, Message, Permit, Surface, Verdict};
use crate::render::words::{Locale, Words};
use crate::store::{Journalled, StoreError};

impl Reactor {
    pub(super) async fn press(
        &self,
        update: &Journalled,
        press: &Press,
        due: Due,
    ) -> Result<(), StoreError> {
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
        let is_let_in = match &press.spot {
            Spot::Chat { chat, .. } => self.access.is_let_in(press.by.id, Some(*chat)),
            // Nobody knows the chat in which it was posted.
            Spot::Inline(_) => self.access.is_let_in(press.by.id, None),
        };
        let permit = action.map_or(Permit::Everybody, Action::permit);
        // One look at who presses comes first: without it nobody knows what to answer.
        let may = is_let_in
            && due == Due::Now
            && match permit {
                Permit::Everybody => true,
                Permit::Administrators => self.may_change(press).await,
                Permit::Operator => self.access.is_admin(press.by.id),
            };
        let words = setting.words();
        let notice = match action {
            _ if !is_let_in => Some(words.not_allowed()),
            _ if due == Due::TooFast => Some(words.slower()),
            _ if due == Due::Superseded => None,
            _ if !may && permit == Permit::Operator => Some(words.only_operator()),
            _ if !may => Some(words.only_administrators()),
            Some(Action::Vote(Verdict::Good)) => Some(words.vote_good()),
            Some(Action::Vote(Verdict::Bad)) => Some(words.vote_bad()),
            _ => None,
        };
        let query = CallbackQueryId(press.query.clone());
        self.attempts.suspend(update.id);
        self.sender.answer_callback(&query, notice.as_deref()).await;
        // The first `begin` has already decided that the press is worked on.
        self.attempts.begin(update.id).await;
        if !may {
            return self.done(update.id, None).await;
        }
        if let Some(Action::SendAgain(schedule, run)) = action {
            self.attempts.composed(update.id);
            return self.send_again(update, press, schedule, run).await;
        }
        let Some(message) = self.pressed(update, press, kind, setting, action, keyboard).await?
        else {
            return self.done(update.id, None).await;
        };
        let message = back.add_to(message, action, setting.words());
        self.attempts.composed(update.id);
        let changed = self.sender.change(&press.spot, &message).await;
        if matches!(changed, Sent::As { .. }) {
            self.vitals.replied(update.id, Instant::now());
        }
        match changed {
            Sent::As { .. } | Sent::Refused => self.done(update.id, None).await,
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
                return self.language_chosen(press, locale);
            }
            Some(Action::ForgetGroup) => return self.forget_group(update, press, setting),
            Some(Action::ExportGaps) => {
                self.export_gaps(press).await?;
                return Ok(None);
            }
            Some(Action::ClearGaps) => {
                self.store.clear_gaps()?;
                return Ok(Some(telegram::plain(&setting.words().gaps_cleared())));
            }
            Some(Action::PutUpload(upload)) => {
                let put = self.put_upload(update.id, setting, upload, Put::New);
                return Ok(Some(put.await?));
            }
            Some(Action::ReplaceByUpload(upload)) => {
                let put = self.put_upload(update.id, setting, upload, Put::Instead);
                return Ok(Some(put.await?));
            }
            Some(Action::DropUpload(upload)) => {
                return Ok(Some(self.drop_upload(setting, upload)?));
            }
            Some(Action::Remove(article)) => {
                return Ok(Some(self.remove_article(update.id, press, setting, article).await));
            }
            Some(Action::Zone(zone)) => return self.choose_zone(press, setting, zone).await,
            Some(Action::Zones(region, page)) => {
                return Ok(Some(schedules::zones_of(region, page, setting)));
            }
            Some(Action::AllZones) => return Ok(Some(schedules::zones(setting))),
            Some(
                change @ (Action::EndSchedule(_) | Action::Silence(..) | Action::SendAlways(..)),
            ) => return self.change_schedule(press, setting, change).await,
            Some(Action::EndWatch(id)) => return self.end_watch(press, setting, id).await,
            Some(Action::QuoteAgain(watch, article)) => {
                return self.quote_again(press, setting, watch, article).await;
            }
            Some(Action::Start) => {
                return Ok(Some(self.beginning(update.id, kind, setting).await));
            }
            Some(
                Action::Quote(_)
                | Action::Context(_)
                | Action::Cite(_)
                | Action::Section(..)
                | Action::Article(..)
                | Action::Brief(..)
                | Action::Briefs(_)
                | Action::Contents(_)
                | Action::Example(..)
                | Action::Removals(_)
                | Action::AskRemoval(_)
                | Action::SendAgain(..),
            )
            | None => {}
        }
        let shown = self.show(update.id, setting, move |library, frame| {
            let shown = match action {
                Some(Action::Quote(trail)) => views::quote(library, frame, trail)?,
                Some(Action::Context(trail)) => views::context(library, frame, trail)?,
                Some(Action::Cite(trail)) => views::citation(library, frame, trail)?,
                Some(Action::Section(id, page)) => library
                    .section(id)?
                    .map(|reading| telegram::section(&reading, page, None, frame)),
                Some(Action::Article(id, page)) => {
                    library.article(id)?.map(|outline| telegram::article(&outline, page, frame))
                }
                Some(Action::Brief(id, page)) => views::brief(library, frame, id, page)?,
                Some(Action::Briefs(page)) => {
                    Some(telegram::briefs(&library.newest(), page, frame))
                }
                Some(Action::Contents(page)) => Some(views::contents(library, frame, page)?),
                Some(Action::Removals(page)) => {
                    Some(telegram::shelf::removals(&library.articles(), page, frame.words))
                }
                Some(Action::AskRemoval(id)) => {
                    let outline = library.article(id)?;
                    outline.map(|outline| telegram::shelf::removal(&outline, frame.words))
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

    fn language_chosen(
        &self,
        press: &Press,
        locale: Locale,
    ) -> Result<Option<Message>, StoreError> {
        let Spot::Chat { chat, .. } = press.spot else { return Ok(None) };
        self.store.set_language(chat, locale.code())?;
        Ok(Some(telegram::plain(&locale.words().language_set())))
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
        let is_answer =
            matches!(pressed, Some(Action::Quote(_) | Action::Context(_) | Action::Cite(_)));
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
