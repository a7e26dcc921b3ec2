//! State that all parts of the running bot share: who the bot is, the library, the store, the
//! settings, the clock and the metrics.
//!
//! The context has no state of a single feature. It is the place where work that burns CPU leaves
//! the async threads: each reader of the library calls one of the `with_library` methods. They give
//! it a [`View`] of the articles that its audience may see, and nothing else reads articles.

use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::access_control::AccessControl;
use super::attempts::AttemptCounter;
use super::clock::Clock;
use super::deep_link_data;
use super::degraded_mode::DegradedMode;
use super::guests::Guests;
use super::identity::BotIdentity;
use super::language_hints::LanguageHints;
use super::operations::bot_health::Health;
use super::receive::update::User;
use super::send::Sender;
use super::send::completion::CompletionBatcher;
use super::shelf::Shelf;
use super::stale::StaleQuestions;
use super::stamped_cache::StampedCache;
use crate::answer::Answer;
use crate::config::{Sources, Telegram};
use crate::corpus::CorpusDir;
use crate::ids::{ChatId, TopicId, UpdateId};
use crate::import::document::Failure;
use crate::import::worker::Converter;
use crate::import::{FetchSettings, Fetcher};
use crate::library::{ArticleFilter, Library, LibraryError, View};
use crate::render::messages::{Locale, Messages};
use crate::render::telegram::{self, Action, Message, RenderContext, StartPayload, Surface};
use crate::store::{AnswerRecord, Store, StoreError};

/// State that all parts of the running bot share.
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
    /// Directory of the articles.
    pub corpus: CorpusDir,
    pub installation: Arc<Installation>,
    pub imports: Imports,
    pub clock: Clock,
    pub events: Events,
    pub caches: Caches,
    pub language_hints: LanguageHints,
    pub guests: Guests,
    /// Whether the Bot API server sent a message for one person to everybody.
    pub lacks_ephemeral: AtomicBool,
    pub stale: StaleQuestions,
    pub permits: Permits,
    pub degraded_mode: DegradedMode,
    pub stop: CancellationToken,
}

/// Directories and the address of this bot, which a self-diagnosis looks at.
#[derive(Debug)]
pub struct Installation {
    /// Directory of the index and the store.
    pub data: PathBuf,
    /// Directory of the sentence model.
    pub model: PathBuf,
    /// Address of the webhook; `None` for long polling.
    pub webhook: Option<Url>,
}

/// Sources of new articles, and the tools that import them.
pub struct Imports {
    pub sources: Sources,
    pub converter: Converter,
    settings: FetchSettings,
    /// Created when something is fetched for the first time, since it takes memory.
    fetcher: OnceLock<Fetcher>,
}

impl Imports {
    /// Returns the tools for the sources. `settings` are those of the fetcher.
    pub fn new(sources: Sources, settings: FetchSettings) -> Imports {
        let converter = Converter::new(sources.program.clone());
        Imports { sources, converter, settings, fetcher: OnceLock::new() }
    }

    /// Returns the fetcher, which all imports share, or the reason why its settings are wrong.
    pub fn fetcher(&self) -> Result<Fetcher, Failure> {
        if let Some(fetcher) = self.fetcher.get() {
            return Ok(fetcher.clone());
        }
        let fetcher = Fetcher::new(self.settings.clone())?;
        Ok(self.fetcher.get_or_init(|| fetcher).clone())
    }
}

/// Signals between the tasks of the bot. Each has one task that waits for it.
#[derive(Debug, Default)]
pub struct Events {
    /// A schedule was made, or falls due at another time.
    pub schedules_changed: Notify,
    /// Articles were added or changed, or a paused chat can be written to again: watches may have
    /// hits.
    pub articles_added: Notify,
    /// The list of articles has changed, which the bot's description names.
    pub corpus_changed: Notify,
}

/// Values that are computed once for the articles that an audience sees.
pub struct Caches {
    /// Answer to the question that arrived last, computed while the question is being journalled.
    pub prefetched: StampedCache<(String, Answer)>,
    /// Labels and actions of the suggested questions, by [`View::stamp`].
    pub suggestions: Cache<[u8; 32], Vec<(String, Action)>>,
}

/// Limits of concurrent reads of the library.
#[derive(Debug)]
pub struct Permits {
    questions: Semaphore,
    /// Questions that are answered on the async threads.
    inline: Semaphore,
    /// Background work has permits of its own, so that a question never waits for it.
    background: Semaphore,
}

/// Reader for whom a message is made: their language, and where the message is shown.
#[derive(Debug, Clone, Copy)]
pub struct ReaderContext {
    pub locale: Locale,
    pub surface: Surface,
    pub audience: Audience,
}

/// People who see a message, on whom it depends which articles it may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The members of a chat, in a topic if there is one.
    Chat(ChatId, Option<TopicId>),
    /// Unknown people: those in the chat in which an inline message was posted, and those who look
    /// at the profile of the bot.
    Unknown,
}

/// Maximum time for which a stopping bot works on updates in progress. Process supervisors usually
/// kill after 10 s.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(9);
/// Maximum number of cached lists of suggested questions.
const CACHED_SUGGESTIONS: usize = 64;
/// Maximum number of background reads of the library at the same time.
const MAX_BACKGROUND_READS: usize = 2;

/// Filters of the articles that some people see.
#[derive(Debug, Clone)]
pub struct ReadingScope {
    /// Articles that may be shown at all.
    border: ArticleFilter,
    /// Articles that the chat chose to search and list.
    shelf: Shelf,
}

impl ReadingScope {
    /// Returns the view of the articles that pass the filters.
    pub fn view<'l>(&self, library: &'l Library) -> View<'l> {
        library.view(self.border.clone()).and_any_of(self.shelf.criteria())
    }

    /// Returns the shelf as text, unless all articles are on it.
    fn shown_shelf(&self) -> Option<String> {
        (!self.shelf.is_empty()).then(|| self.shelf.shown(&self.border))
    }
}

impl ReaderContext {
    /// Returns the localized messages of the reader's language.
    pub fn messages(&self) -> &'static Messages {
        self.locale.messages()
    }
}

impl Default for Caches {
    fn default() -> Self {
        Caches { prefetched: StampedCache::default(), suggestions: Cache::new(CACHED_SUGGESTIONS) }
    }
}

impl Permits {
    /// Creates the permits for so many concurrent questions. Must be called within a Tokio runtime,
    /// whose number of threads limits the questions that are answered on them.
    pub fn new(max_concurrent_questions: usize) -> Permits {
        Permits {
            questions: Semaphore::new(max_concurrent_questions),
            inline: Semaphore::new((Handle::current().metrics().num_workers() - 1).max(1)),
            background: Semaphore::new(MAX_BACKGROUND_READS),
        }
    }
}

impl BotContext {
    /// Marks an update as done, and records its answer. Retries while the store cannot be written,
    /// because the reply is already sent.
    pub async fn complete(
        &self,
        update: UpdateId,
        answer: Option<&AnswerRecord>,
    ) -> Result<(), StoreError> {
        let complete = || self.completions.complete(update, answer.cloned());
        self.degraded_mode.retry_write(complete).await
    }

    /// Runs a store write that records a sent message, until it succeeds.
    pub async fn retry_store_write(
        &self,
        write: impl Fn() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.degraded_mode.retry_write(|| ready(write())).await
    }

    /// Returns the current time in Unix seconds, by Telegram's clock.
    pub fn now(&self) -> i64 {
        self.health.time.now()
    }

    /// Returns the language that a chat chose, or else the language of the user's Telegram, or else
    /// English.
    pub fn locale(&self, chat: Option<ChatId>, user: &User) -> Locale {
        let chosen = chat.map_or(Ok(None), |chat| self.store.language(chat));
        let chosen = chosen.unwrap_or_else(|error| {
            tracing::error!(%error, "the language of a chat could not be read");
            None
        });
        let code = chosen.as_deref().or(user.language.as_deref());
        code.and_then(Locale::from_tag).unwrap_or(Locale::English)
    }

    /// Returns the reader context of a user in a chat or topic.
    pub fn reader(&self, chat: ChatId, topic: Option<TopicId>, user: &User) -> ReaderContext {
        let audience = Audience::Chat(chat, topic);
        ReaderContext { locale: self.locale(Some(chat), user), surface: Surface::Chat, audience }
    }

    /// Returns the reader context of a chat or topic to which something is sent unasked.
    pub fn background_reader(&self, chat: ChatId, topic: Option<TopicId>) -> ReaderContext {
        let code = self.store.background_language(chat).unwrap_or_else(|error| {
            tracing::error!(%error, "the language of a chat could not be read");
            None
        });
        let locale = code.as_deref().and_then(Locale::from_tag).unwrap_or(Locale::English);
        ReaderContext { locale, surface: Surface::Chat, audience: Audience::Chat(chat, topic) }
    }

    /// Returns the view of the articles that may be shown to some people.
    pub fn view(&self, audience: Audience) -> View<'_> {
        self.scope(audience).view(&self.library)
    }

    /// Returns the filters of the articles that may be shown to some people.
    pub fn scope(&self, audience: Audience) -> ReadingScope {
        let chat = match audience {
            Audience::Chat(chat, _) => Some(chat),
            Audience::Unknown => None,
        };
        let border = self.access.border(chat);
        let stored = match audience {
            Audience::Chat(chat, topic) => self.store.shelf(chat, topic),
            Audience::Unknown => Ok(None),
        };
        let stored = stored.unwrap_or_else(|error| {
            tracing::error!(%error, "the shelf of a chat could not be read");
            None
        });
        let shelf = stored.map(|stored| Shelf::parse(&stored)).unwrap_or_default();
        ReadingScope { border, shelf }
    }

    /// Renders a message from the library. Returns an apology if the library cannot be read.
    pub async fn render_or_apologise(
        &self,
        update: UpdateId,
        reader: ReaderContext,
        render: impl FnOnce(&View<'_>, &RenderContext<'_>) -> Result<Message, LibraryError>
        + Send
        + 'static,
    ) -> Message {
        let rendered = self.with_library(Some(update), reader, render).await;
        rendered.unwrap_or_else(|| self.apology(reader))
    }

    /// Returns the message that is shown if the library cannot be read.
    pub fn apology(&self, reader: ReaderContext) -> Message {
        let messages = reader.messages();
        telegram::plain(&match self.library.is_damaged() {
            true => messages.reloading(),
            false => messages.internal_error(),
        })
    }

    /// Reads the library for work that nobody waits for. Returns `None` after an error, which is
    /// logged.
    pub async fn with_library_background<T: Send + 'static>(
        &self,
        reader: ReaderContext,
        read: impl FnOnce(&View<'_>, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _permit = self.permits.background.acquire().await.ok()?;
        self.read_blocking(None, reader, read).await
    }

    /// Reads the library for a user, on a thread for blocking work. Returns `None` after an error,
    /// which is logged.
    pub async fn with_library<T: Send + 'static>(
        &self,
        update: Option<UpdateId>,
        reader: ReaderContext,
        read: impl FnOnce(&View<'_>, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _permit = self.permits.questions.acquire().await.ok()?;
        self.read_blocking(update, reader, read).await
    }

    /// Reads the library for a question, on the current async thread if the library is quick and
    /// another thread is left for the network, or if there is only this one. To start a blocking
    /// thread takes a fifth of the time of such an answer. Returns `None` after an error, which is
    /// logged.
    pub async fn with_library_inline<T: Send + 'static>(
        &self,
        update: UpdateId,
        reader: ReaderContext,
        read: impl FnOnce(&View<'_>, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _permit = self.permits.questions.acquire().await.ok()?;
        let is_quick = self.library.is_quick();
        let Some(_inline) = self.permits.inline.try_acquire().ok().filter(|_| is_quick) else {
            return self.read_blocking(Some(update), reader, read).await;
        };
        logged(Some(update), catch_unwind(AssertUnwindSafe(self.bind(reader, read))))
    }

    async fn read_blocking<T: Send + 'static>(
        &self,
        update: Option<UpdateId>,
        reader: ReaderContext,
        read: impl FnOnce(&View<'_>, &RenderContext<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        logged(update, spawn_blocking(self.bind(reader, read)).await)
    }

    /// Binds a read to the articles that the reader may see, and to the rendering context.
    fn bind<T, F: FnOnce(&View<'_>, &RenderContext<'_>) -> Result<T, LibraryError>>(
        &self,
        reader: ReaderContext,
        read: F,
    ) -> impl FnOnce() -> Result<T, LibraryError> + use<T, F> {
        let (library, scope) = (self.library.clone(), self.scope(reader.audience));
        let bot = self.identity.username.clone();
        move || {
            let view = scope.view(&library);
            let link = |payload: StartPayload| deep_link_data::deep_link(&bot, &payload);
            let context = RenderContext {
                messages: reader.messages(),
                surface: reader.surface,
                article_count: view.listed_count(),
                shelf: scope.shown_shelf(),
                link: &link,
            };
            read(&view, &context)
        }
    }
}

/// Returns the value of a read. Logs its error or panic, without the text of the panic, which may
/// be about the question.
fn logged<T, P>(update: Option<UpdateId>, read: Result<Result<T, LibraryError>, P>) -> Option<T> {
    let update = update.map(UpdateId::get);
    match read {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::error!(update, %error, "the library could not be read");
            None
        }
        Err(_) => {
            tracing::error!(update, "reading the library panicked");
            None
        }
    }
}
