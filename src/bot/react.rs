//! What each update leads to: one reply, an edit, or silence.
//!
//! An update is marked as done only when its reply is out, or when it needs none. What a reader can
//! do has a file each: `ask`, `buttons`, `groups`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use teloxide::types::CallbackQueryId;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::access::Access;
use super::attempts::Attempts;
use super::clerk::Clerk;
use super::clock::Clock;
use super::examples::Chosen;
use super::foresight::Foresight;
use super::incoming::{self, ChatKind, Incoming, Letter, Person, Spot};
use super::lanes::Due;
use super::news;
use super::payload;
use super::send::{Sender, Sent, Target};
use super::stale::Stale;
use super::vitals::Vitals;
use super::{Me, Setup};
use crate::config::Telegram;
use crate::corpus::CorpusDir;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Frame, Message, StartPayload, Surface};
use crate::render::words::{Locale, Words};
use crate::store::{Answered, Journalled, Store, StoreError};

/// Deals with updates, one at a time for each lane.
pub struct Reactor {
    pub(super) me: Me,
    pub(super) library: Arc<Library>,
    pub(super) store: Arc<Store>,
    pub(super) clerk: Clerk,
    pub(super) attempts: Attempts,
    pub(super) sender: Sender,
    pub(super) vitals: Arc<Vitals>,
    pub(super) settings: Telegram,
    pub(super) access: Access,
    /// The directory of the articles.
    pub(super) corpus: CorpusDir,
    pub(super) clock: Clock,
    /// What was looked up lately.
    pub(super) news: Mutex<Option<news::Known>>,
    /// Whether all that is new is written down.
    pub(super) stock_is_taken: AtomicBool,
    /// A schedule was made.
    pub(super) is_due: Notify,
    /// Articles came, changed or went: for those who wait for what they say, and for those who name them.
    pub(super) has_news: Notify,
    pub(super) has_changed: Notify,
    pub(super) foresight: Foresight,
    /// The example questions, once they were looked for.
    pub(super) examples: Mutex<Option<Chosen>>,
    /// How many questions are worked on at once.
    workers: Semaphore,
    /// And how many of these on the async threads.
    here: Semaphore,
    /// The same for what nobody waits for: a question must find a place.
    unasked_workers: Semaphore,
    pub(super) stale: Stale,
    /// The store cannot be written now.
    pub(super) is_store_failing: AtomicBool,
    pub(super) stop: CancellationToken,
}

const UNASKED_AT_ONCE: usize = 2;
/// What is sent by itself belongs to no update.
const NO_UPDATE: i64 = 0;

/// For whom a message is made, and where; what a [`Frame`] is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub locale: Locale,
    pub surface: Surface,
}

impl Setting {
    pub fn words(&self) -> &'static Words {
        self.locale.words()
    }
}

impl Reactor {
    pub fn new(
        me: Me,
        library: Arc<Library>,
        store: Arc<Store>,
        sender: Sender,
        vitals: Arc<Vitals>,
        setup: &Setup,
        stop: CancellationToken,
    ) -> Reactor {
        let settings = setup.telegram.clone();
        Reactor {
            me,
            library,
            clerk: Clerk::new(store.clone()),
            attempts: Attempts::new(store.clone()),
            store,
            sender,
            vitals,
            access: Access::new(&settings.access),
            workers: Semaphore::new(settings.lanes),
            here: Semaphore::new((Handle::current().metrics().num_workers() - 1).max(1)),
            unasked_workers: Semaphore::new(UNASKED_AT_ONCE),
            settings,
            corpus: setup.corpus.clone(),
            clock: setup.clock.clone(),
            news: Mutex::default(),
            stock_is_taken: AtomicBool::new(false),
            is_due: Notify::new(),
            has_news: Notify::new(),
            has_changed: Notify::new(),
            foresight: Foresight::default(),
            examples: Mutex::default(),
            stale: Stale::default(),
            is_store_failing: AtomicBool::new(false),
            stop,
        }
    }

    /// Deals with an update to the end, unless the bot stops before.
    pub async fn react(&self, update: &Journalled, due: Due) {
        let mut has_failed = false;
        loop {
            let outcome = match serde_json::from_str(&update.body) {
                Ok(body) => self.deal_with(update, incoming::read(&body, self.me.id), due).await,
                Err(_) => {
                    tracing::warn!(
                        update = update.id,
                        "an update cannot be read back; it is skipped"
                    );
                    self.done(update.id, None).await
                }
            };
            // What fails before anything was said is done again.
            let Err(error) = outcome else { break };
            has_failed = true;
            if let Err(error) = self.bear(error).await {
                return tracing::error!(update = update.id, %error, "an update could not be dealt with");
            }
        }
        if has_failed {
            self.store_works();
        }
    }

    /// Says that something went wrong, in the form that the update has for it, and closes the update:
    /// after a panic, or once the update has ended the process too often. Leaves it open if the bot stops
    /// before.
    pub async fn apologise(&self, update: &Journalled) {
        let body = serde_json::from_str(&update.body).unwrap_or_default();
        // Held until the store knows that it is out.
        let said = match incoming::read(&body, self.me.id) {
            Incoming::Message(letter) => self.say_sorry(update.id, &letter, None).await,
            Incoming::Edited(letter) => match self.store.answer_to(letter.chat, letter.id) {
                Ok(known) => self.say_sorry(update.id, &letter, known).await,
                Err(error) => {
                    return tracing::error!(update = update.id, %error, "an answer could not be looked up; its update stays open");
                }
            },
            Incoming::Pressed(press) => {
                let chat = match press.spot {
                    Spot::Chat { chat, .. } => chat,
                    Spot::Inline(_) => press.by.id,
                };
                let sorry = self.locale(chat, &press.by).words().sorry();
                self.sender.answer_callback(&CallbackQueryId(press.query), Some(&sorry)).await;
                Sent::Refused
            }
            Incoming::Membership(_) | Incoming::Migrated { .. } | Incoming::Nothing => {
                tracing::error!(
                    update = update.id,
                    "an update that nobody waits for is closed after a panic, without its effect"
                );
                Sent::Refused
            }
        };
        let is_said = matches!(said, Sent::As { .. });
        if matches!(said, Sent::Stopped) || (!is_said && self.stop.is_cancelled()) {
            return;
        }
        if let Err(error) = self.done(update.id, None).await {
            tracing::error!(update = update.id, %error, "an update could not be closed");
        }
    }

    async fn say_sorry(&self, update: i64, letter: &Letter, known: Option<Answered>) -> Sent {
        let to = Target::reply_to(letter);
        let words = self.locale(letter.chat, &letter.asker).words();
        let sorry = telegram::plain(&words.sorry());
        self.attempts.composed(update);
        match known {
            Some(known) => self.sender.edit(&to, known.answer, &sorry).await,
            None => self.sender.send(&to, &sorry).await,
        }
    }

    async fn deal_with(
        &self,
        update: &Journalled,
        incoming: Incoming,
        due: Due,
    ) -> Result<(), StoreError> {
        match incoming {
            Incoming::Message(letter) => match self.too_old(letter.date, update) {
                Some(age) => self.drop_stale(update, age).await,
                None => self.reply(update, &letter, None).await,
            },
            Incoming::Edited(letter) => {
                let known = self.store.answer_to(letter.chat, letter.id)?;
                if known.is_none()
                    && let Some(age) = self.too_old(letter.date, update)
                {
                    return self.drop_stale(update, age).await;
                }
                self.reply(update, &letter, known).await
            }
            Incoming::Pressed(press) => self.press(update, &press, due).await,
            Incoming::Membership(change) => self.membership(update, &change).await,
            Incoming::Migrated { from, to } => {
                if self.access.is_chat_listed(from) && !self.access.is_chat_listed(to) {
                    tracing::warn!(
                        from,
                        to,
                        "a group that is let in has another number now; put the new one in `[access] allowed_chats`"
                    );
                }
                self.store.move_chat(from, to)?;
                self.done(update.id, None).await
            }
            Incoming::Nothing => self.done(update.id, None).await,
        }
    }

    /// Returns the age in seconds of a question that is too old to be answered.
    fn too_old(&self, date: i64, update: &Journalled) -> Option<i64> {
        let limit = i64::try_from(self.settings.max_question_age.as_secs()).unwrap_or(i64::MAX);
        let age = self.vitals.time.age(date, update.received_at);
        (age > limit).then_some(age)
    }

    async fn drop_stale(&self, update: &Journalled, age: i64) -> Result<(), StoreError> {
        self.done(update.id, None).await?;
        self.stale.add(age);
        Ok(())
    }

    /// Returns the time in Unix seconds, as the store keeps it.
    pub(super) fn now(&self) -> i64 {
        self.vitals.time.now()
    }

    /// The language that a chat chose, or that of the person.
    pub(super) fn locale(&self, chat: i64, person: &Person) -> Locale {
        let chosen = self.store.language(chat).unwrap_or_else(|error| {
            tracing::error!(%error, "a chat's language could not be looked up");
            None
        });
        let code = chosen.as_deref().or(person.language.as_deref());
        code.and_then(Locale::of_code).unwrap_or(Locale::English)
    }

    pub(super) fn setting(&self, chat: i64, person: &Person) -> Setting {
        Setting { locale: self.locale(chat, person), surface: Surface::Chat }
    }

    /// Makes a message; after an error it is a sentence that says sorry.
    pub(super) async fn show(
        &self,
        update: i64,
        setting: Setting,
        show: impl FnOnce(&Library, &Frame<'_>) -> Result<Message, LibraryError> + Send + 'static,
    ) -> Message {
        let shown = self.read(update, setting, show).await;
        shown.unwrap_or_else(|| self.apology(setting))
    }

    /// Returns the message after a read of the library that failed.
    pub(super) fn apology(&self, setting: Setting) -> Message {
        let words = setting.words();
        telegram::plain(&match self.library.is_damaged() {
            true => words.reading_again(),
            false => words.sorry(),
        })
    }

    /// The same for what is sent by itself.
    pub(super) async fn read_unasked<T: Send + 'static>(
        &self,
        setting: Setting,
        read: impl FnOnce(&Library, &Frame<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.unasked_workers.acquire().await.ok()?;
        self.work(NO_UPDATE, setting, read).await
    }

    /// Reads the library for a person. `None` after an error, which is logged here.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        update: i64,
        setting: Setting,
        read: impl FnOnce(&Library, &Frame<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.workers.acquire().await.ok()?;
        self.work(update, setting, read).await
    }

    /// The same for a question, which a quick library is asked here, as long as another thread is left for the
    /// network, or there is only this one: to have one more begin would take a fifth of the time.
    pub(super) async fn read_shortly<T: Send + 'static>(
        &self,
        update: i64,
        setting: Setting,
        read: impl FnOnce(&Library, &Frame<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.workers.acquire().await.ok()?;
        let is_quick = self.library.is_quick();
        let Some(_here) = self.here.try_acquire().ok().filter(|_| is_quick) else {
            return self.work(update, setting, read).await;
        };
        read_by(update, catch_unwind(AssertUnwindSafe(self.to_work(setting, read))))
    }

    /// Where work for a reader that burns CPU leaves the async threads.
    async fn work<T: Send + 'static>(
        &self,
        update: i64,
        setting: Setting,
        read: impl FnOnce(&Library, &Frame<'_>) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        read_by(update, spawn_blocking(self.to_work(setting, read)).await)
    }

    fn to_work<T, F: FnOnce(&Library, &Frame<'_>) -> Result<T, LibraryError>>(
        &self,
        setting: Setting,
        read: F,
    ) -> impl FnOnce() -> Result<T, LibraryError> + use<T, F> {
        let library = self.library.clone();
        let bot = self.me.username.clone();
        move || {
            let link = |place: StartPayload| payload::deep_link(&bot, &place);
            let frame = Frame {
                words: setting.words(),
                surface: setting.surface,
                articles: library.article_count(),
                link: &link,
            };
            read(&library, &frame)
        }
    }
}

/// What was read, if neither the library nor its reader failed.
fn read_by<T, P>(update: i64, read: Result<Result<T, LibraryError>, P>) -> Option<T> {
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
    pub(super) fn is_private(self) -> bool {
        self == ChatKind::Private
    }
}
