//! What each update leads to: one reply, an edit, or silence.
//!
//! An update is marked as done only when its reply is out, or when it needs none. What a reader can
//! do has a file each: `ask`, `buttons`, `groups`.

use crate::bot::handlers::callback;
use crate::bot::handlers::membership;
use crate::bot::handlers::message;
use crate::bot::send::single_attempt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use teloxide::types::CallbackQueryId;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::access_control::AccessControl;
use super::attempts::AttemptCounter;
use super::callback_data;
use super::clock::Clock;
use super::send::{SendOutcome, SendTarget, Sender};
use super::{BotConfig, BotIdentity};
use crate::bot::briefings::changes;
use crate::bot::handlers::prefetch::AnswerPrefetch;
use crate::bot::handlers::stale::StaleQuestions;
use crate::bot::handlers::suggestions::SuggestionCache;
use crate::bot::operations::health::Health;
use crate::bot::receive::queue::Turn;
use crate::bot::receive::update;
use crate::bot::receive::update::{ChatKind, IncomingMessage, MessageRef, Update, User};
use crate::bot::send::completion::CompletionBatcher;
use crate::config::Telegram;
use crate::corpus::CorpusDir;
use crate::library::{Library, LibraryError};
use crate::render::messages::{Locale, Messages};
use crate::render::telegram::{self, Message, RenderContext, StartPayload, Surface};
use crate::store::{AnswerRecord, PendingUpdate, Store, StoreError};

/// Deals with updates, one at a time for each lane.
pub struct BotContext {
    pub identity: BotIdentity,
    pub library: Arc<Library>,
    pub store: Arc<Store>,
    pub completions: CompletionBatcher,
    pub attempts: AttemptCounter,
    pub sender: Sender,
    pub health: Arc<Health>,
    pub settings: Telegram,
    pub access: AccessControl,
    /// The directory of the articles.
    pub corpus: CorpusDir,
    pub clock: Clock,
    /// What was looked up lately.
    pub changes_cache: Mutex<Option<changes::CachedChanges>>,
    /// Whether all that is new is written down.
    pub versions_recorded: AtomicBool,
    /// A schedule was made.
    pub schedules_changed: Notify,
    /// Articles came, changed or went: for those who wait for what they say, and for those who name them.
    pub articles_added: Notify,
    pub corpus_changed: Notify,
    pub prefetched: AnswerPrefetch,
    /// The example questions, once they were looked for.
    pub suggestion_cache: Mutex<Option<SuggestionCache>>,
    /// How many questions are worked on at once.
    question_permits: Semaphore,
    /// And how many of these on the async threads.
    inline_permits: Semaphore,
    /// The same for what nobody waits for: a question must find a place.
    background_permits: Semaphore,
    pub stale: StaleQuestions,
    /// The store cannot be written now.
    pub is_store_failing: AtomicBool,
    pub stop: CancellationToken,
}

const MAX_BACKGROUND_READS: usize = 2;
/// What is sent by itself belongs to no update.
const NO_UPDATE: i64 = 0;

/// For whom a message is made, and where; what a [`Frame`] is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReaderContext {
    pub locale: Locale,
    pub surface: Surface,
}

impl ReaderContext {
    pub fn messages(&self) -> &'static Messages {
        self.locale.messages()
    }
}

impl BotContext {
    pub fn new(
        identity: BotIdentity,
        library: Arc<Library>,
        store: Arc<Store>,
        sender: Sender,
        health: Arc<Health>,
        setup: &BotConfig,
        stop: CancellationToken,
    ) -> BotContext {
        let settings = setup.telegram.clone();
        BotContext {
            identity,
            library,
            completions: CompletionBatcher::new(store.clone()),
            attempts: AttemptCounter::new(store.clone()),
            store,
            sender,
            health,
            access: AccessControl::new(&settings.access),
            question_permits: Semaphore::new(settings.max_concurrent_questions),
            inline_permits: Semaphore::new((Handle::current().metrics().num_workers() - 1).max(1)),
            background_permits: Semaphore::new(MAX_BACKGROUND_READS),
            settings,
            corpus: setup.corpus.clone(),
            clock: setup.clock.clone(),
            changes_cache: Mutex::default(),
            versions_recorded: AtomicBool::new(false),
            schedules_changed: Notify::new(),
            articles_added: Notify::new(),
            corpus_changed: Notify::new(),
            prefetched: AnswerPrefetch::default(),
            suggestion_cache: Mutex::default(),
            stale: StaleQuestions::default(),
            is_store_failing: AtomicBool::new(false),
            stop,
        }
    }

    /// Deals with an update to the end, unless the bot stops before.
    pub async fn handle(&self, update: &PendingUpdate, due: Turn) {
        let mut has_failed = false;
        loop {
            let outcome = match serde_json::from_str(&update.body) {
                Ok(body) => self.dispatch(update, update::read(&body, self.identity.id), due).await,
                Err(_) => {
                    tracing::warn!(
                        update = update.id,
                        "an update cannot be read back; it is skipped"
                    );
                    self.complete(update.id, None).await
                }
            };
            // What fails before anything was said is done again.
            let Err(error) = outcome else { break };
            has_failed = true;
            if let Err(error) = self.wait_for_store(error).await {
                return tracing::error!(update = update.id, %error, "an update could not be dealt with");
            }
        }
        if has_failed {
            self.store_recovered();
        }
    }

    /// Says that something went wrong, in the form that the update has for it, and closes the update:
    /// after a panic, or once the update has ended the process too often. Leaves it open if the bot stops
    /// before.
    pub async fn report_panic(&self, update: &PendingUpdate) {
        let body = serde_json::from_str(&update.body).unwrap_or_default();
        // Held until the store knows that it is out.
        let said = match update::read(&body, self.identity.id) {
            Update::Message(incoming) => self.say_sorry(update.id, &incoming, None).await,
            Update::EditedMessage(incoming) => {
                match self.store.answer_to(incoming.chat, incoming.id) {
                    Ok(known) => self.say_sorry(update.id, &incoming, known).await,
                    Err(error) => {
                        return tracing::error!(update = update.id, %error, "an answer could not be looked up; its update stays open");
                    }
                }
            }
            Update::CallbackQuery(press) => {
                let chat = match press.message {
                    MessageRef::Chat { chat, .. } => chat,
                    MessageRef::Inline(_) => press.sender.id,
                };
                let sorry = self.locale(chat, &press.sender).messages().sorry();
                single_attempt::answer_callback(
                    &self.sender,
                    &CallbackQueryId(press.id),
                    Some(&sorry),
                )
                .await;
                SendOutcome::Rejected
            }
            Update::Membership(_) | Update::Migrated { .. } | Update::Ignored => {
                tracing::error!(
                    update = update.id,
                    "an update that nobody waits for is closed after a panic, without its effect"
                );
                SendOutcome::Rejected
            }
        };
        let is_said = matches!(said, SendOutcome::Delivered { .. });
        if matches!(said, SendOutcome::Stopped) || (!is_said && self.stop.is_cancelled()) {
            return;
        }
        if let Err(error) = self.complete(update.id, None).await {
            tracing::error!(update = update.id, %error, "an update could not be closed");
        }
    }

    async fn say_sorry(
        &self,
        update: i64,
        incoming: &IncomingMessage,
        known: Option<AnswerRecord>,
    ) -> SendOutcome {
        let to = SendTarget::reply_to(incoming);
        let words = self.locale(incoming.chat, &incoming.sender).messages();
        let sorry = telegram::plain(&words.sorry());
        self.attempts.composed(update);
        match known {
            Some(known) => self.sender.edit(&to, known.answer, &sorry).await,
            None => self.sender.send(&to, &sorry).await,
        }
    }

    async fn dispatch(
        &self,
        update: &PendingUpdate,
        incoming: Update,
        due: Turn,
    ) -> Result<(), StoreError> {
        match incoming {
            Update::Message(incoming) => match self.too_old(incoming.date, update) {
                Some(age) => self.drop_stale(update, age).await,
                None => message::handle_message(self, update, &incoming, None).await,
            },
            Update::EditedMessage(incoming) => {
                let known = self.store.answer_to(incoming.chat, incoming.id)?;
                if known.is_none()
                    && let Some(age) = self.too_old(incoming.date, update)
                {
                    return self.drop_stale(update, age).await;
                }
                message::handle_message(self, update, &incoming, known).await
            }
            Update::CallbackQuery(press) => {
                callback::handle_callback(self, update, &press, due).await
            }
            Update::Membership(change) => membership::membership(self, update, &change).await,
            Update::Migrated { from, to } => {
                if self.access.is_chat_listed(from) && !self.access.is_chat_listed(to) {
                    tracing::warn!(
                        from,
                        to,
                        "a group that is let in has another number now; put the new one in `[access] allowed_chats`"
                    );
                }
                self.store.move_chat(from, to)?;
                self.complete(update.id, None).await
            }
            Update::Ignored => self.complete(update.id, None).await,
        }
    }

    /// Returns the age in seconds of a question that is too old to be answered.
    fn too_old(&self, date: i64, update: &PendingUpdate) -> Option<i64> {
        let limit = i64::try_from(self.settings.max_question_age.as_secs()).unwrap_or(i64::MAX);
        let age = self.health.time.age(date, update.received_at);
        (age > limit).then_some(age)
    }

    async fn drop_stale(&self, update: &PendingUpdate, age: i64) -> Result<(), StoreError> {
        self.complete(update.id, None).await?;
        self.stale.add(age);
        Ok(())
    }

    /// Returns the time in Unix seconds, as the store keeps it.
    pub fn now(&self) -> i64 {
        self.health.time.now()
    }

    /// The language that a chat chose, or that of the person.
    pub fn locale(&self, chat: i64, person: &User) -> Locale {
        let chosen = self.store.language(chat).unwrap_or_else(|error| {
            tracing::error!(%error, "a chat's language could not be looked up");
            None
        });
        let code = chosen.as_deref().or(person.language.as_deref());
        code.and_then(Locale::of_code).unwrap_or(Locale::English)
    }

    pub fn reader_context(&self, chat: i64, person: &User) -> ReaderContext {
        ReaderContext { locale: self.locale(chat, person), surface: Surface::Chat }
    }

    /// Makes a message; after an error it is a sentence that says sorry.
    pub async fn render_or_apologise(
        &self,
        update: i64,
        setting: ReaderContext,
        show: impl FnOnce(&Library, &RenderContext<'_>) -> Result<Message, LibraryError>
        + Send
        + 'static,
    ) -> Message {
        let shown = self.with_library(update, setting, show).await;
        shown.unwrap_or_else(|| self.apology(setting))
    }

    /// Returns the message after a read of the library that failed.
    pub fn apology(&self, setting: ReaderContext) -> Message {
        let words = setting.messages();
        telegram::plain(&match self.library.is_damaged() {
            true => words.reading_again(),
            false => words.sorry(),
        })
    }

    /// The same for what is sent by itself.
    pub async fn with_library_background<T: Send + 'static>(
        &self,
        setting: ReaderContext,
        read: impl FnOnce(&Library, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.background_permits.acquire().await.ok()?;
        self.work(NO_UPDATE, setting, read).await
    }

    /// Reads the library for a person. `None` after an error, which is logged here.
    pub async fn with_library<T: Send + 'static>(
        &self,
        update: i64,
        setting: ReaderContext,
        read: impl FnOnce(&Library, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.question_permits.acquire().await.ok()?;
        self.work(update, setting, read).await
    }

    /// The same for a question, which a quick library is asked here, as long as another thread is left for the
    /// network, or there is only this one: to have one more begin would take a fifth of the time.
    pub async fn with_library_inline<T: Send + 'static>(
        &self,
        update: i64,
        setting: ReaderContext,
        read: impl FnOnce(&Library, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.question_permits.acquire().await.ok()?;
        let is_quick = self.library.is_quick();
        let Some(_here) = self.inline_permits.try_acquire().ok().filter(|_| is_quick) else {
            return self.work(update, setting, read).await;
        };
        flatten_read(update, catch_unwind(AssertUnwindSafe(self.to_work(setting, read))))
    }

    /// Where work for a reader that burns CPU leaves the async threads.
    async fn work<T: Send + 'static>(
        &self,
        update: i64,
        setting: ReaderContext,
        read: impl FnOnce(&Library, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        flatten_read(update, spawn_blocking(self.to_work(setting, read)).await)
    }

    fn to_work<T, F: FnOnce(&Library, &RenderContext<'_>) -> Result<T, LibraryError>>(
        &self,
        setting: ReaderContext,
        read: F,
    ) -> impl FnOnce() -> Result<T, LibraryError> + use<T, F> {
        let library = self.library.clone();
        let bot = self.identity.username.clone();
        move || {
            let link = |place: StartPayload| callback_data::deep_link(&bot, &place);
            let frame = RenderContext {
                messages: setting.messages(),
                surface: setting.surface,
                articles: library.article_count(),
                link: &link,
            };
            read(&library, &frame)
        }
    }
}

/// What was read, if neither the library nor its reader failed.
fn flatten_read<T, P>(update: i64, read: Result<Result<T, LibraryError>, P>) -> Option<T> {
    match read {
        Ok(Ok(read)) => Some(read),
        Ok(Err(error)) => {
            tracing::error!(update, %error, "the library could not be read");
            None
        }
        // What a panic says may be about the question; where it was is logged.
        Err(_) => {
            tracing::error!(update, "reading the library panicked");
            None
        }
    }
}

impl ChatKind {
    pub fn is_private(self) -> bool {
        self == ChatKind::Private
    }
}
