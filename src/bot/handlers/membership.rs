//! Coming, going and being made an administrator.

use std::time::Instant;

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::handlers::feedback::without_words;
use crate::bot::receive::update::{ChatKind, IncomingMessage, Membership};
use crate::bot::send::{SendOutcome, SendTarget};
use crate::render::messages::Locale;
use crate::render::telegram::{self, Message};
use crate::store::{PendingUpdate, StoreError};

impl BotContext {
    /// A chat that the bot came to is welcomed, once; one that it may not write to is left alone. A group
    /// that it has left is forgotten.
    pub async fn membership(
        &self,
        update: &PendingUpdate,
        change: &Membership,
    ) -> Result<(), StoreError> {
        match change.may_write {
            true => {
                self.store.resume(change.chat)?;
                self.articles_added.notify_one();
            }
            false if !change.has_left => self.store.pause(change.chat, self.now())?,
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
        let is_new = change.kind == ChatKind::Group && change.has_joined && change.may_write;
        if !is_new || self.store.is_welcomed(change.chat)? {
            return self.complete(update.id, None).await;
        }
        let setting = self.reader_context(change.chat, &change.changed_by);
        let is_chat_let_in = self.access.is_chat_allowed(change.chat);
        let message = if is_chat_let_in {
            self.welcome(update.id, setting, change.is_admin).await
        } else if self.access.is_allowed(change.changed_by.id, None) {
            telegram::plain(&setting.messages().welcome())
        } else if self.access.is_notice_due(change.chat) {
            telegram::plain(&setting.messages().not_allowed())
        } else {
            return self.complete(update.id, None).await;
        };
        let to = SendTarget::chat(change.chat, None);
        self.attempts.composed(update.id);
        match self.sender.send(&to, &message).await {
            SendOutcome::Delivered { chat, .. } => {
                self.health.replied(update.id, Instant::now());
                // A chat that is let in later is welcomed then.
                if is_chat_let_in {
                    self.retry_store_write(|| self.store.set_welcomed(chat, self.now())).await?;
                }
                self.complete(update.id, None).await
            }
            SendOutcome::Rejected => self.complete(update.id, None).await,
            SendOutcome::Stopped => Ok(()),
        }
    }

    /// The first message to a group: how to ask, three examples, and what privacy mode means.
    async fn welcome(&self, update: i64, setting: ReaderContext, is_admin: bool) -> Message {
        let words = setting.messages();
        let mut text = words.welcome();
        if !self.identity.reads_all && !is_admin {
            text = format!("{text}\n\n{}", words.welcome_privacy(&self.identity.username));
        }
        self.with_suggestions(update, setting, text).await
    }

    /// What `/start` and `/help` say.
    pub async fn help(&self, update: i64, setting: ReaderContext) -> Message {
        let (words, bot) = (setting.messages(), &self.identity.username);
        let parts = [
            words.start(),
            words.help_reading(),
            words.help_briefings(),
            words.help_group(bot),
            words.help_inline(bot),
        ];
        self.with_suggestions(update, setting, parts.join("\n\n")).await
    }

    /// What the button back to the examples shows: in a group the welcome, elsewhere the help.
    pub async fn start_page(&self, update: i64, kind: ChatKind, setting: ReaderContext) -> Message {
        match kind {
            ChatKind::Private => self.help(update, setting).await,
            ChatKind::Group => self.welcome(update, setting, true).await,
        }
    }

    /// Sets the language of a chat, or asks which it shall be. In a group only administrators can.
    pub async fn choose_language(
        &self,
        incoming: &IncomingMessage,
        setting: ReaderContext,
        code: &str,
    ) -> Result<Message, StoreError> {
        if !self.may_configure(incoming).await {
            return Ok(telegram::plain(&setting.messages().only_administrators()));
        }
        let Some(locale) = Locale::of_code(code.trim()) else {
            return Ok(telegram::languages(setting.messages()));
        };
        self.store.set_language(incoming.chat, locale.code())?;
        Ok(telegram::plain(&locale.messages().language_set()))
    }
}
