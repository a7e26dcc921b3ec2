//! Coming, going and being made an administrator.

use std::time::Instant;

use super::feedback::without_words;
use super::incoming::{ChatKind, Letter, Membership};
use super::react::{Reactor, Setting};
use super::send::{Sent, Target};
use crate::render::telegram::{self, Message};
use crate::render::words::Locale;
use crate::store::{Journalled, StoreError};

impl Reactor {
    /// A chat that the bot came to is welcomed, once; one that it may not write to is left alone. A group
    /// that it has left is forgotten.
    pub(super) async fn membership(
        &self,
        update: &Journalled,
        change: &Membership,
    ) -> Result<(), StoreError> {
        match change.may_write {
            true => {
                self.store.resume(change.chat)?;
                self.has_news.notify_one();
            }
            false if !change.is_away => self.store.pause(change.chat, self.now())?,
            false => {
                let update = without_words(update);
                match change.kind {
                    ChatKind::Group => self.store.leave(change.chat, self.now(), Some(&update))?,
                    ChatKind::Private => {
                        self.store.block(change.chat, self.now(), Some(&update))?
                    }
                }
            }
        }
        let is_new = change.kind == ChatKind::Group && change.has_come && change.may_write;
        if !is_new || self.store.is_welcomed(change.chat)? {
            return self.done(update.id, None).await;
        }
        let setting = self.setting(change.chat, &change.by);
        let is_chat_let_in = self.access.is_chat_let_in(change.chat);
        let message = if is_chat_let_in {
            self.welcome(update.id, setting, change.is_admin).await
        } else if self.access.is_let_in(change.by.id, None) {
            telegram::plain(&setting.words().welcome())
        } else if self.access.is_stranger_told(change.chat) {
            telegram::plain(&setting.words().not_allowed())
        } else {
            return self.done(update.id, None).await;
        };
        let to = Target::chat(change.chat, None);
        self.attempts.composed(update.id);
        match self.sender.send(&to, &message).await {
            Sent::As { chat, .. } => {
                self.vitals.replied(update.id, Instant::now());
                // A chat that is let in later is welcomed then.
                if is_chat_let_in {
                    self.noted(|| self.store.set_welcomed(chat, self.now())).await?;
                }
                self.done(update.id, None).await
            }
            Sent::Refused => self.done(update.id, None).await,
            Sent::Stopped => Ok(()),
        }
    }

    /// The first message to a group: how to ask, three examples, and what privacy mode means.
    async fn welcome(&self, update: i64, setting: Setting, is_admin: bool) -> Message {
        let words = setting.words();
        let mut text = words.welcome();
        if !self.me.reads_all && !is_admin {
            text = format!("{text}\n\n{}", words.welcome_privacy(&self.me.username));
        }
        self.with_examples(update, setting, text).await
    }

    /// What `/start` and `/help` say.
    pub(super) async fn help(&self, update: i64, setting: Setting) -> Message {
        let (words, bot) = (setting.words(), &self.me.username);
        let parts = [
            words.start(),
            words.help_reading(),
            words.help_briefings(),
            words.help_group(bot),
            words.help_inline(bot),
        ];
        self.with_examples(update, setting, parts.join("\n\n")).await
    }

    /// What the button back to the examples shows: in a group the welcome, elsewhere the help.
    pub(super) async fn beginning(&self, update: i64, kind: ChatKind, setting: Setting) -> Message {
        match kind {
            ChatKind::Private => self.help(update, setting).await,
            ChatKind::Group => self.welcome(update, setting, true).await,
        }
    }

    /// Sets the language of a chat, or asks which it shall be. In a group only administrators can.
    pub(super) async fn choose_language(
        &self,
        letter: &Letter,
        setting: Setting,
        code: &str,
    ) -> Result<Message, StoreError> {
        if !self.may_set_up(letter).await {
            return Ok(telegram::plain(&setting.words().only_administrators()));
        }
        let Some(locale) = Locale::of_code(code.trim()) else {
            return Ok(telegram::languages(setting.words()));
        };
        self.store.set_language(letter.chat, locale.code())?;
        Ok(telegram::plain(&locale.words().language_set()))
    }
}
