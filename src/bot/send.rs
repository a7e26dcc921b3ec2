//! Messages out: the one place that owns chat, topic, reply, limits and retries.
//!
//! A network failure of a send is ambiguous, since the message may have arrived. It is sent again:
//! a question is never lost, and at most the message on the wire is said twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use teloxide::payloads::{
    AnswerCallbackQuerySetters, AnswerInlineQuerySetters, EditMessageTextSetters,
    SendMessageSetters,
};
use teloxide::prelude::Requester;
use teloxide::requests::{JsonRequest, Payload, Request};
use teloxide::types::{
    CallbackQueryId, ChatId, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup,
    InlineQueryId, InlineQueryResult, InlineQueryResultsButton, InputFile, LinkPreviewOptions,
    MessageId, ParseMode, ReplyParameters, ThreadId, True, UserId,
};
use teloxide::{Bot, RequestError};
use tokio_util::sync::CancellationToken;

use super::incoming::{Letter, Spot};
use super::pace::Pace;
use super::refusal::{Refusal, classify};
use super::{now, payload};
use crate::config::Limits;
use crate::render::telegram::{Button, Effect, Message};
use crate::store::Store;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub chat: i64,
    pub thread: Option<i32>,
    /// The message that is replied to.
    pub reply_to: Option<i32>,
    /// The part of it that is quoted, if Telegram finds it there.
    pub quote: Option<String>,
}

impl Target {
    /// Replies stay in the topic of the question.
    pub fn reply_to(letter: &Letter) -> Target {
        Target { chat: letter.chat, thread: letter.thread, reply_to: Some(letter.id), quote: None }
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Out, as this message of this chat.
    As { chat: i64, message: i32 },
    /// Can never go out; why was logged.
    Refused,
    /// Not out yet, and the bot is stopping.
    Stopped,
}

/// teloxide's own has no `link_preview_options`.
#[derive(Debug, Clone, Serialize)]
struct EditInline {
    inline_message_id: String,
    text: String,
    parse_mode: ParseMode,
    link_preview_options: LinkPreviewOptions,
    reply_markup: InlineKeyboardMarkup,
}

impl Payload for EditInline {
    type Output = True;
    const NAME: &'static str = "EditMessageText";
}

/// What a message takes the place of.
#[derive(Clone, Copy)]
enum Place<'a> {
    New,
    /// Of this message, or it is sent anew.
    Instead(i32),
    /// Of this message, or of none.
    Only(i32),
    /// Of this message that was posted inline.
    Inline(&'a str),
}

/// Sends for the whole bot.
pub struct Sender {
    bot: Bot,
    pace: Mutex<Pace>,
    store: Arc<Store>,
    stop: CancellationToken,
}

const TELEGRAM: &str = "https://t.me";
/// How long Telegram may answer the same words of the same person by itself: short enough for an
/// edit of the articles to be seen.
const INLINE_CACHE_SECONDS: u32 = 300;
const MAX_BACK_OFF_SECONDS: u64 = 5;

impl Sender {
    pub fn new(bot: Bot, limits: Limits, store: Arc<Store>, stop: CancellationToken) -> Sender {
        Sender { bot, pace: Mutex::new(Pace::new(limits)), store, stop }
    }

    /// Sends a message.
    pub async fn send(&self, to: &Target, message: &Message) -> Sent {
        self.until_settled(to.clone(), Place::New, message).await
    }

    /// Replaces a message of ours; one that cannot be edited any more is sent anew.
    pub async fn edit(&self, to: &Target, id: i32, message: &Message) -> Sent {
        self.until_settled(to.clone(), Place::Instead(id), message).await
    }

    /// Changes a message of ours below which a button was pressed. It is never sent anew.
    pub async fn change(&self, spot: &Spot, message: &Message) -> Sent {
        match spot {
            Spot::Chat { chat, thread, message: id, .. } => {
                let to = Target { chat: *chat, thread: *thread, reply_to: None, quote: None };
                self.until_settled(to, Place::Only(*id), message).await
            }
            Spot::Inline(id) => {
                let nowhere = Target { chat: 0, thread: None, reply_to: None, quote: None };
                self.until_settled(nowhere, Place::Inline(id), message).await
            }
        }
    }

    /// Answers a pressed button, so that it stops glowing. Not repeated: a late answer is refused.
    pub async fn answer_callback(&self, id: &CallbackQueryId, notice: Option<&str>) {
        let mut request = self.bot.answer_callback_query(id.clone());
        if let Some(notice) = notice {
            request = request.text(notice);
        }
        if let Err(error) = request.await {
            match classify(&error) {
                Refusal::StaleQuery => {}
                refusal => tracing::warn!(?refusal, "a pressed button could not be answered"),
            }
        }
    }

    /// Whether somebody is an administrator of a group; no, if Telegram does not say.
    pub async fn is_administrator(&self, chat: i64, person: i64) -> bool {
        let Ok(person) = u64::try_from(person) else { return false };
        match self.bot.get_chat_member(ChatId(chat), UserId(person)).await {
            Ok(member) => member.is_privileged(),
            Err(error) => {
                tracing::warn!(refusal = ?classify(&error), "a group's member could not be looked up");
                false
            }
        }
    }

    /// Sends a text as a file. Not repeated: the button is still there.
    pub async fn send_file(&self, chat: i64, name: &'static str, text: String) {
        let file = InputFile::memory(text).file_name(name);
        if let Err(error) = self.bot.send_document(ChatId(chat), file).await {
            tracing::warn!(refusal = ?classify(&error), "a file could not be sent");
        }
    }

    /// Answers an inline query. Not repeated: the next keystroke asks anew.
    pub async fn answer_inline(
        &self,
        id: &str,
        results: Vec<InlineQueryResult>,
        next_offset: &str,
        button: Option<InlineQueryResultsButton>,
    ) {
        let mut request = self
            .bot
            .answer_inline_query(InlineQueryId(id.to_owned()), results)
            .cache_time(INLINE_CACHE_SECONDS)
            // Another reader may have another language.
            .is_personal(true)
            .next_offset(next_offset);
        if let Some(button) = button {
            request = request.button(button);
        }
        if let Err(error) = request.await {
            match classify(&error) {
                Refusal::StaleQuery => {}
                refusal => tracing::warn!(?refusal, "an inline query could not be answered"),
            }
        }
    }

    /// Tries until the message is out, or can never be. Gives the chat as it is at the end, since a group may have moved.
    async fn until_settled(&self, mut to: Target, mut place: Place<'_>, message: &Message) -> Sent {
        let mut failures = 0;
        loop {
            let wait = self.pace().book(to.chat, Instant::now());
            if !self.wait(wait).await {
                return Sent::Stopped;
            }
            let attempt = match place {
                Place::New => self.try_to_send(&to, message).await,
                Place::Instead(id) | Place::Only(id) => self.try_to_edit(&to, id, message).await,
                Place::Inline(id) => self.try_to_edit_inline(id, message).await,
            };
            let error = match attempt {
                Ok(message) => return Sent::As { chat: to.chat, message },
                Err(error) => error,
            };
            match classify(&error) {
                Refusal::RetryAfter(wait) => self.pace().hold(to.chat, wait, Instant::now()),
                Refusal::Migrated(chat) => {
                    if let Err(error) = self.store.move_chat(to.chat, chat) {
                        tracing::error!(%error, "a chat could not be moved in the store");
                    }
                    to.chat = chat;
                    to.reply_to = None;
                    to.quote = None;
                }
                Refusal::BadQuote | Refusal::BadText | Refusal::Other if to.quote.is_some() => {
                    to.quote = None;
                }
                Refusal::NoTopic if to.thread.is_some() => to.thread = None,
                Refusal::NotEditable if matches!(place, Place::Instead(_)) => place = Place::New,
                Refusal::Transient => {
                    failures += 1;
                    let seconds = (1_u64 << (failures - 1).min(3)).min(MAX_BACK_OFF_SECONDS);
                    if !self.wait(Duration::from_secs(seconds)).await {
                        return Sent::Stopped;
                    }
                }
                Refusal::GoneChat => {
                    if let Err(error) = self.store.pause(to.chat, now()) {
                        tracing::error!(%error, "a chat could not be paused in the store");
                    }
                    tracing::info!("a chat is gone for the bot; its message is dropped");
                    return Sent::Refused;
                }
                refusal @ (Refusal::NoRights
                | Refusal::NotModified
                | Refusal::NotEditable
                | Refusal::StaleQuery
                | Refusal::BadText
                | Refusal::BadQuote
                | Refusal::NoTopic
                | Refusal::WrongToken
                | Refusal::Conflict
                | Refusal::Other) => {
                    tracing::warn!(?refusal, "Telegram refused a message; it is dropped");
                    return Sent::Refused;
                }
            }
        }
    }

    async fn try_to_send(&self, to: &Target, message: &Message) -> Result<i32, RequestError> {
        let mut request = self
            .bot
            .send_message(ChatId(to.chat), &message.html)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        if let Some(thread) = to.thread {
            request = request.message_thread_id(ThreadId(MessageId(thread)));
        }
        if let Some(question) = to.reply_to {
            let mut reply = ReplyParameters::new(MessageId(question)).allow_sending_without_reply();
            if let Some(quote) = &to.quote {
                reply = reply.quote(quote.clone());
            }
            request = request.reply_parameters(reply);
        }
        if !message.buttons.is_empty() {
            request = request.reply_markup(keyboard(message));
        }
        request.await.map(|sent| sent.id.0)
    }

    async fn try_to_edit(
        &self,
        to: &Target,
        id: i32,
        message: &Message,
    ) -> Result<i32, RequestError> {
        let request = self
            .bot
            .edit_message_text(ChatId(to.chat), MessageId(id), &message.html)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .reply_markup(keyboard(message));
        match request.await {
            Err(error) if classify(&error) == Refusal::NotModified => Ok(id),
            other => other.map(|_| id),
        }
    }

    async fn try_to_edit_inline(&self, id: &str, message: &Message) -> Result<i32, RequestError> {
        let request = EditInline {
            inline_message_id: id.to_owned(),
            text: message.html.clone(),
            parse_mode: ParseMode::Html,
            link_preview_options: no_preview(),
            reply_markup: keyboard(message),
        };
        let request = JsonRequest::new(self.bot.clone(), request).send();
        match request.await {
            Err(error) if classify(&error) == Refusal::NotModified => Ok(0),
            other => other.map(|_| 0),
        }
    }

    /// Waits, and says whether the bot goes on.
    async fn wait(&self, wait: Duration) -> bool {
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn keyboard(message: &Message) -> InlineKeyboardMarkup {
    let button = |button: &Button| {
        let label = button.label.clone();
        match &button.effect {
            Effect::Do(action) => InlineKeyboardButton::callback(label, payload::button(*action)),
            Effect::Copy(text) => {
                InlineKeyboardButton::copy_text_button(label, CopyTextButton { text: text.clone() })
            }
            // An address of ours always parses; `t.me` is at least somewhere.
            Effect::Open(address) => InlineKeyboardButton::url(
                label,
                address.parse().unwrap_or_else(|_| TELEGRAM.parse().expect("it is an address")),
            ),
        }
    };
    let rows = message.buttons.iter().map(|row| row.iter().map(button).collect::<Vec<_>>());
    InlineKeyboardMarkup::new(rows)
}

pub(super) fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
