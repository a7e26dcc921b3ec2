//! Messages out: the one place that owns chat, topic, reply, limits and retries.
//!
//! A network failure of a send is ambiguous, since the message may have arrived. It is sent again:
//! a question is never lost, and at most the message on the wire is said twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, AnswerInlineQuery, AnswerInlineQuerySetters,
    GetChatMember, GetFile,
};
use teloxide::types::{
    CallbackQueryId, ChatId, FileId, InlineQueryId, InlineQueryResult, InlineQueryResultsButton,
    UserId,
};
use tokio_util::sync::CancellationToken;

use super::incoming::{Letter, Spot};
use super::pace::Pace;
use super::refusal::{Refusal, may_have_arrived};
use super::vitals::Vitals;
use super::wire::Wire;
use super::{now, requests};
use crate::config::Limits;
use crate::render::telegram::Message;
use crate::store::{Store, StoreError};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub chat: i64,
    pub thread: Option<i32>,
    /// The message that is replied to.
    pub reply_to: Option<i32>,
    /// The part of it that is quoted, if Telegram finds it there.
    pub quote: Option<String>,
    /// Whether it comes without a sound.
    pub is_silent: bool,
}

impl Target {
    /// A chat, or a topic of it.
    pub fn chat(chat: i64, thread: Option<i32>) -> Target {
        Target { chat, thread, reply_to: None, quote: None, is_silent: false }
    }

    /// Replies stay in the topic of the question.
    pub fn reply_to(letter: &Letter) -> Target {
        Target { reply_to: Some(letter.id), ..Target::chat(letter.chat, letter.thread) }
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Out, as this message of this chat.
    As { chat: i64, message: i32 },
    /// Can never go out; why was logged.
    Refused,
    /// Not out yet, and the bot is stopping; or not wanted any more.
    Stopped,
}

/// What became of a message that must not be said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentOnce {
    Settled(Sent),
    /// Its chat has to wait for so long.
    Later(Duration),
    /// It was on the wire when the connection broke.
    Unsure,
}

/// Where a message is that must not be said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    OnTheWire,
    /// It certainly did not arrive.
    NotArrived,
}

/// Of a member of a group.
#[derive(Deserialize)]
struct Member {
    status: String,
}

/// Where a file can be fetched.
#[derive(Deserialize)]
struct FilePlace {
    file_path: String,
}

/// What a message takes the place of.
#[derive(Clone, Copy)]
enum Place<'a> {
    New,
    /// In its topic, or nowhere.
    NewInTopic,
    /// Of this message, or it is sent anew.
    Instead(i32),
    /// Of this message, or of none.
    Only(i32),
    /// Of this message that was posted inline.
    Inline(&'a str),
}

/// What one request has led to.
enum Step {
    Over(Sent),
    Again { after: Duration, may_have_arrived: bool },
}

/// Sends for the whole bot.
pub struct Sender {
    wire: Wire,
    pace: Mutex<Pace>,
    store: Arc<Store>,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
}

/// How long Telegram may answer the same words of the same person by itself: short enough for an
/// edit of the articles to be seen.
const INLINE_CACHE_SECONDS: u32 = 300;
/// What somebody waits for before an answer; an inline query is forgotten soon after.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// For longer than this a message does not keep its place among those that are being sent.
const PATIENCE: Duration = Duration::from_secs(1);
const MAX_BACK_OFF_SECONDS: u64 = 5;

impl Sender {
    pub fn new(
        wire: Wire,
        limits: Limits,
        store: Arc<Store>,
        vitals: Arc<Vitals>,
        stop: CancellationToken,
    ) -> Sender {
        Sender { wire, pace: Mutex::new(Pace::new(limits)), store, vitals, stop }
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
                self.until_settled(Target::chat(*chat, *thread), Place::Only(*id), message).await
            }
            Spot::Inline(id) => {
                self.until_settled(Target::chat(0, None), Place::Inline(id), message).await
            }
        }
    }

    /// Answers a pressed button, so that it stops glowing. Not repeated: a late answer is refused.
    pub async fn answer_callback(&self, id: &CallbackQueryId, notice: Option<&str>) {
        let mut request = AnswerCallbackQuery::new(id.clone());
        if let Some(notice) = notice {
            request = request.text(notice);
        }
        if let Err(failure) = self.wire.call::<_, IgnoredAny>(&request, ANSWER_WITHIN).await {
            match self.vitals.refused(&failure) {
                Refusal::StaleQuery => {}
                refusal => tracing::warn!(?refusal, "a pressed button could not be answered"),
            }
        }
    }

    /// Whether somebody is an administrator of a group; no, if Telegram does not say.
    pub async fn is_administrator(&self, chat: i64, person: i64) -> bool {
        let Ok(person) = u64::try_from(person) else { return false };
        let request = GetChatMember::new(ChatId(chat), UserId(person));
        match self.wire.call(&request, ANSWER_WITHIN).await {
            Ok(Member { status }) => matches!(status.as_str(), "creator" | "administrator"),
            Err(error) => {
                tracing::warn!(refusal = ?self.vitals.refused(&error), "a group's member could not be looked up");
                false
            }
        }
    }

    /// Sends a file, and says whether it is out. Not repeated: the button is still there.
    pub async fn send_file(&self, chat: i64, name: &str, content: Vec<u8>) -> bool {
        let sent = self.wire.send_file(chat, name, content).await;
        if let Err(failure) = &sent {
            tracing::warn!(refusal = ?self.vitals.refused(failure), "a file could not be sent");
        }
        sent.is_ok()
    }

    /// Fetches a file that somebody sent, of at most `limit` bytes. Not repeated: it can be sent again.
    pub async fn fetch(&self, id: &str, limit: u64) -> Option<Vec<u8>> {
        let request = GetFile::new(FileId(id.to_owned()));
        let file: Result<FilePlace, _> = self.wire.call(&request, ANSWER_WITHIN).await;
        let content = match file {
            Ok(file) => self.wire.fetch(&file.file_path, limit).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &content {
            tracing::warn!(refusal = ?self.vitals.refused(failure), "a file could not be fetched");
        }
        content.ok()
    }

    /// Answers an inline query, and says whether it is answered. Not repeated: the next keystroke asks anew.
    pub async fn answer_inline(
        &self,
        id: &str,
        results: Vec<InlineQueryResult>,
        next_offset: &str,
        button: Option<InlineQueryResultsButton>,
    ) -> bool {
        let mut request = AnswerInlineQuery::new(InlineQueryId(id.to_owned()), results)
            .cache_time(INLINE_CACHE_SECONDS)
            // Another reader may have another language.
            .is_personal(true)
            .next_offset(next_offset);
        if let Some(button) = button {
            request = request.button(button);
        }
        let answered = self.wire.call::<_, IgnoredAny>(&request, ANSWER_WITHIN).await;
        let Err(failure) = answered else { return true };
        match self.vitals.refused(&failure) {
            Refusal::StaleQuery => {}
            refusal => tracing::warn!(?refusal, "an inline query could not be answered"),
        }
        false
    }

    /// Sends a message that nobody waits for, after all that somebody does, and not twice: `mark` is told
    /// before the message goes onto the wire, and again if it certainly did not arrive. It says whether the
    /// message is still to be sent.
    pub async fn send_once(
        &self,
        mut to: Target,
        message: &Message,
        mark: impl Fn(Going) -> Result<bool, StoreError>,
    ) -> Result<SentOnce, StoreError> {
        let mut place = Place::NewInTopic;
        let mut failures = 0;
        loop {
            loop {
                // Not in one expression with the wait, or the lock would be held across it.
                let spare = self.pace().spare(to.chat, Instant::now());
                match spare {
                    Ok(()) => break,
                    Err(wait) if wait > PATIENCE => return Ok(SentOnce::Later(wait)),
                    Err(wait) if self.wait(wait).await => {}
                    Err(_) => return Ok(SentOnce::Settled(Sent::Stopped)),
                }
            }
            if self.stop.is_cancelled() || !mark(Going::OnTheWire)? {
                return Ok(SentOnce::Settled(Sent::Stopped));
            }
            match self.step(&mut to, &mut place, message, &mut failures).await {
                Step::Over(sent) => return Ok(SentOnce::Settled(sent)),
                Step::Again { may_have_arrived: true, .. } => return Ok(SentOnce::Unsure),
                Step::Again { after, .. } => {
                    mark(Going::NotArrived)?;
                    if !self.wait(after).await {
                        return Ok(SentOnce::Settled(Sent::Stopped));
                    }
                }
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
            match self.step(&mut to, &mut place, message, &mut failures).await {
                Step::Over(sent) => return sent,
                Step::Again { after, .. } if self.wait(after).await => {}
                Step::Again { .. } => return Sent::Stopped,
            }
        }
    }

    /// Makes one request, and draws the consequences of a refusal.
    async fn step(
        &self,
        to: &mut Target,
        place: &mut Place<'_>,
        message: &Message,
        failures: &mut u32,
    ) -> Step {
        let attempt = match *place {
            Place::New | Place::NewInTopic => requests::send(&self.wire, to, message).await,
            Place::Instead(id) | Place::Only(id) => {
                requests::edit(&self.wire, to.chat, id, message).await
            }
            Place::Inline(id) => requests::edit_inline(&self.wire, id, message).await,
        };
        let error = match attempt {
            Ok(message) => {
                self.vitals.reached(Instant::now());
                self.vitals.metrics.sent();
                return Step::Over(Sent::As { chat: to.chat, message });
            }
            Err(error) => error,
        };
        let mut after = Duration::ZERO;
        match self.vitals.refused(&error) {
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
            Refusal::NoTopic if to.thread.is_some() && matches!(place, Place::New) => {
                to.thread = None;
            }
            Refusal::NotEditable if matches!(place, Place::Instead(_)) => *place = Place::New,
            Refusal::Transient => {
                let seconds = (1_u64 << (*failures).min(3)).min(MAX_BACK_OFF_SECONDS);
                *failures = failures.saturating_add(1);
                // Not all at the same moment.
                after = Duration::from_secs(seconds).mul_f64(0.5 + 0.5 * fastrand::f64());
            }
            Refusal::GoneChat => {
                if let Err(error) = self.store.pause(to.chat, now()) {
                    tracing::error!(%error, "a chat could not be paused in the store");
                }
                tracing::info!("a chat is gone for the bot; its message is dropped");
                return Step::Over(Sent::Refused);
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
                tracing::warn!(?refusal, %error, "Telegram refused a message; it is dropped");
                return Step::Over(Sent::Refused);
            }
        }
        Step::Again { after, may_have_arrived: may_have_arrived(&error) }
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
