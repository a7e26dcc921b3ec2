//! What each update leads to: one reply, an edit, or silence.
//!
//! An update is marked as done only when its reply is out, or when it needs none.

use std::sync::Arc;

use teloxide::types::CallbackQueryId;
use tokio::sync::Semaphore;

use super::incoming::{self, ChatKind, Incoming, Letter, Press};
use super::menu::{self, Command, Slash};
use super::payload::{self, StartPayload};
use super::send::{Sender, Sent, Target};
use super::{Me, now, replies};
use crate::answer::{Answer, Excerpt, SmallTalk};
use crate::config::Telegram;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Action, Message};
use crate::store::{Answered, Journalled, Store, StoreError};

/// Deals with updates, one at a time for each lane.
pub struct Reactor {
    me: Me,
    library: Arc<Library>,
    store: Arc<Store>,
    sender: Sender,
    settings: Telegram,
    /// How many questions are worked on at once.
    workers: Semaphore,
}

/// What is said to a message.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Question { text: String, before: Option<String> },
    Do(Command),
    Say(String),
    Silence,
}

impl Reactor {
    pub fn new(
        me: Me,
        library: Arc<Library>,
        store: Arc<Store>,
        sender: Sender,
        settings: Telegram,
    ) -> Reactor {
        let workers = Semaphore::new(settings.lanes);
        Reactor { me, library, store, sender, settings, workers }
    }

    /// Deals with an update to the end, unless the bot stops before.
    pub async fn react(&self, update: &Journalled) {
        let outcome = match serde_json::from_str(&update.body) {
            Ok(body) => self.deal_with(update, incoming::read(&body, self.me.id)).await,
            Err(_) => self.store.done(update.id, None),
        };
        if let Err(error) = outcome {
            tracing::error!(update = update.id, %error, "an update could not be dealt with");
        }
    }

    /// After a panic: says so to whoever asked.
    pub async fn apologise(&self, update: &Journalled) {
        let body = serde_json::from_str(&update.body).unwrap_or_default();
        if let Incoming::Message(letter) = incoming::read(&body, self.me.id) {
            self.sender.send(target(&letter), &telegram::plain(&replies::sorry())).await;
        }
        if let Err(error) = self.store.done(update.id, None) {
            tracing::error!(update = update.id, %error, "an update could not be closed");
        }
    }

    async fn deal_with(&self, update: &Journalled, incoming: Incoming) -> Result<(), StoreError> {
        match incoming {
            Incoming::Message(letter) if self.is_too_old(&letter) => {
                self.store.done(update.id, None)
            }
            Incoming::Message(letter) => self.reply(update, &letter, None).await,
            Incoming::Edited(letter) => {
                let known = self.store.answer_to(letter.chat, letter.id)?;
                if known.is_none() && self.is_too_old(&letter) {
                    return self.store.done(update.id, None);
                }
                self.reply(update, &letter, known).await
            }
            Incoming::Pressed(press) => self.press(update, &press).await,
            Incoming::Membership { chat, may_write } => {
                match may_write {
                    true => self.store.resume(chat)?,
                    false => self.store.pause(chat, now())?,
                }
                self.store.done(update.id, None)
            }
            Incoming::Migrated { from, to } => {
                self.store.move_chat(from, to)?;
                self.store.done(update.id, None)
            }
            Incoming::Nothing => self.store.done(update.id, None),
        }
    }

    fn is_too_old(&self, letter: &Letter) -> bool {
        now() - letter.date > self.settings.max_question_age.as_secs() as i64
    }

    /// Replies to a message; `known` is the answer that it had before it was edited.
    async fn reply(
        &self,
        update: &Journalled,
        letter: &Letter,
        known: Option<Answered>,
    ) -> Result<(), StoreError> {
        let request = self.request(letter)?;
        let text = match &request {
            Request::Question { text, .. } => text.clone(),
            _ => String::new(),
        };
        let message = match (request, &known) {
            (Request::Silence, None) => return self.store.done(update.id, None),
            (Request::Silence, Some(_)) => telegram::plain(&replies::withdrawn()),
            // Telegram tells of an edit, too, when only a preview has changed.
            (Request::Question { text, .. }, Some(known)) if known.text == text => {
                return self.store.done(update.id, None);
            }
            (Request::Question { text, before }, _) => self.answer(update, text, before).await,
            (Request::Do(command), _) => self.obey(update, command).await,
            (Request::Say(sentence), _) => telegram::plain(&sentence),
        };
        let sent = match known {
            Some(known) => self.sender.edit(target(letter), known.answer, &message).await,
            None => self.sender.send(target(letter), &message).await,
        };
        match sent {
            Sent::As { chat, message } => {
                let answered =
                    Answered { chat, question: letter.id, answer: message, text, at: now() };
                self.store.done(update.id, Some(&answered))
            }
            Sent::Refused => self.store.done(update.id, None),
            Sent::Stopped => Ok(()),
        }
    }

    fn request(&self, letter: &Letter) -> Result<Request, StoreError> {
        let is_private = letter.kind == ChatKind::Private;
        let Some(text) = letter.text.as_deref() else {
            let sentence =
                if is_private { Request::Say(replies::only_text()) } else { Request::Silence };
            return Ok(sentence);
        };
        let replied = letter.reply.as_ref();
        Ok(match menu::parse(text, &self.me.username) {
            Some(Slash::Known(Command::Ask(question))) if question.trim().is_empty() => {
                match replied.and_then(|replied| replied.text.clone()) {
                    Some(text) => Request::Question { text, before: None },
                    None => Request::Say(replies::ask_what(&self.me.username)),
                }
            }
            Some(Slash::Known(Command::Ask(text))) => {
                Request::Question { text, before: self.before(letter)? }
            }
            Some(Slash::Known(command)) => Request::Do(command),
            Some(Slash::Unknown) if is_private => Request::Say(replies::unknown_command()),
            Some(Slash::Unknown | Slash::Elsewhere) => Request::Silence,
            None => {
                let (text, is_mentioned) = without_mention(text, &self.me.username);
                let is_reply = replied.is_some_and(|replied| replied.sender == Some(self.me.id));
                match is_private || is_mentioned || is_reply {
                    true => Request::Question { text, before: self.before(letter)? },
                    false => Request::Silence,
                }
            }
        })
    }

    /// The question that the replied-to message answers.
    fn before(&self, letter: &Letter) -> Result<Option<String>, StoreError> {
        let Some(replied) =
            letter.reply.as_ref().filter(|replied| replied.sender == Some(self.me.id))
        else {
            return Ok(None);
        };
        let asked = self.store.question_of(letter.chat, replied.id)?;
        Ok(asked.map(|asked| asked.text).filter(|text| !text.is_empty()))
    }

    async fn answer(&self, update: &Journalled, text: String, before: Option<String>) -> Message {
        let answer = self.read(update, move |library| library.ask(&text, before.as_deref())).await;
        let Some(answer) = answer else { return telegram::plain(&replies::sorry()) };
        let link =
            |excerpt: &Excerpt| excerpt.source_link().unwrap_or_else(|| self.deep_link(excerpt));
        telegram::answer(&answer, self.library.article_count(), link).unwrap_or_else(|| {
            telegram::plain(&match answer {
                Answer::SmallTalk(SmallTalk::Greeting) => replies::greeting(),
                Answer::SmallTalk(SmallTalk::Thanks) => replies::thanks(),
                Answer::SmallTalk(SmallTalk::Farewell) => replies::farewell(),
                Answer::Empty | Answer::Found(_) | Answer::NothingFound(_) => {
                    replies::nothing_to_search()
                }
            })
        })
    }

    async fn obey(&self, update: &Journalled, command: Command) -> Message {
        match command {
            Command::Start(payload) if !payload.trim().is_empty() => {
                let payload = payload::parse_start(payload.trim());
                self.show(update, move |library| open(library, payload.ok())).await
            }
            Command::Start(_) | Command::Help | Command::Ask(_) => {
                telegram::plain(&replies::help(&self.me.username))
            }
            Command::Sections => {
                self.show(update, |library| show(library, Action::Contents(0))).await
            }
            Command::About => self.show(update, about).await,
        }
    }

    async fn press(&self, update: &Journalled, press: &Press) -> Result<(), StoreError> {
        self.sender.answer_callback(&CallbackQueryId(press.query.clone())).await;
        let action = payload::parse_button(&press.data);
        let message = self.show(update, move |library| match action {
            Ok(action) => show(library, action),
            Err(_) => changed(library),
        });
        let to = Target { chat: press.chat, thread: press.thread, reply_to: None };
        match self.sender.edit(to, press.message, &message.await).await {
            Sent::As { .. } | Sent::Refused => self.store.done(update.id, None),
            Sent::Stopped => Ok(()),
        }
    }

    async fn show(
        &self,
        update: &Journalled,
        show: impl FnOnce(&Library) -> Result<Message, LibraryError> + Send + 'static,
    ) -> Message {
        self.read(update, show).await.unwrap_or_else(|| telegram::plain(&replies::sorry()))
    }

    /// The one place where work that burns CPU leaves the async threads. `None` after an error,
    /// which is logged here.
    async fn read<T: Send + 'static>(
        &self,
        update: &Journalled,
        read: impl FnOnce(&Library) -> Result<T, LibraryError> + Send + 'static,
    ) -> Option<T> {
        let _worker = self.workers.acquire().await.ok()?;
        let library = self.library.clone();
        match tokio::task::spawn_blocking(move || read(&library)).await {
            Ok(Ok(read)) => Some(read),
            Ok(Err(error)) => {
                tracing::error!(update = update.id, %error, "the library could not be read");
                None
            }
            Err(error) => {
                tracing::error!(update = update.id, %error, "reading the library panicked");
                None
            }
        }
    }

    fn deep_link(&self, excerpt: &Excerpt) -> String {
        let payload = StartPayload::Passage(excerpt.place().section().id, excerpt.passage().id);
        format!("https://t.me/{}?start={}", self.me.username, payload::start(payload))
    }
}

/// Replies stay in the topic of the question.
fn target(letter: &Letter) -> Target {
    Target { chat: letter.chat, thread: letter.thread, reply_to: Some(letter.id) }
}

/// What a deep link shows; `None` for a payload that is none of ours.
fn open(library: &Library, payload: Option<StartPayload>) -> Result<Message, LibraryError> {
    let (section, passage) = match payload {
        None => return changed(library),
        Some(StartPayload::Section(section)) => (section, None),
        Some(StartPayload::Passage(section, passage)) => (section, Some(passage)),
    };
    let place = passage.map(|passage| library.passage(passage)).transpose()?.flatten();
    // A passage may have moved to another section since the link was made.
    let section = place.as_ref().map_or(section, |(place, _)| place.section().id);
    let Some(reading) = library.section(section)? else { return changed(library) };
    Ok(match (place, passage) {
        (Some((_, passage)), _) => {
            telegram::section(&reading, telegram::page_of(&reading, passage.id), Some(passage.id))
        }
        (None, Some(_)) => with_note(telegram::section(&reading, 0, None)),
        (None, None) => telegram::section(&reading, 0, None),
    })
}

/// What a button shows.
fn show(library: &Library, action: Action) -> Result<Message, LibraryError> {
    match action {
        Action::Section(id, page) => match library.section(id)? {
            Some(reading) => Ok(telegram::section(&reading, page, None)),
            None => changed(library),
        },
        Action::Article(id, page) => match library.article(id)? {
            Some(outline) => Ok(telegram::article(&outline, page, library.article_count())),
            None => changed(library),
        },
        Action::Contents(page) => Ok(telegram::contents(&library.articles()?, page)),
    }
}

/// For a place that is not there any more.
fn changed(library: &Library) -> Result<Message, LibraryError> {
    Ok(with_note(telegram::contents(&library.articles()?, 0)))
}

fn with_note(message: Message) -> Message {
    let note = telegram::plain(&replies::text_has_changed()).html;
    Message { html: format!("{note}\n\n{}", message.html), buttons: message.buttons }
}

fn about(library: &Library) -> Result<Message, LibraryError> {
    let articles = library.articles()?;
    let sections = articles.iter().map(|article| article.sections.len()).sum();
    let note = telegram::plain(&replies::about(articles.len(), sections)).html;
    let contents = telegram::contents(&articles, 0);
    Ok(Message { html: format!("{note}\n\n{}", contents.html), buttons: contents.buttons })
}

/// The text without a mention of the bot, and whether there was one.
fn without_mention(text: &str, bot: &str) -> (String, bool) {
    let mention = format!("@{}", bot.to_lowercase());
    let lower = text.to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let found = lower.match_indices(&mention).find(|(at, _)| {
        !lower[at + mention.len()..].starts_with(is_name) && !lower[..*at].ends_with(is_name)
    });
    match found {
        Some((at, _)) => {
            let rest =
                format!("{} {}", text[..at].trim_end(), text[at + mention.len()..].trim_start());
            (rest.trim().to_owned(), true)
        }
        None => (text.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_mention_is_one() {
        let check = |text: &str, rest: &str, found| {
            assert_eq!(without_mention(text, "VerbatimBot"), (rest.to_owned(), found), "{text}");
        };
        check("@verbatimbot who?", "who?", true);
        check("hey @VerbatimBot, who?", "hey , who?", true);
        check("@verbatimbot2 who?", "@verbatimbot2 who?", false);
        check("a@verbatimbot", "a@verbatimbot", false);
        check("İ @VerbatimBot ж", "İ ж", true);
    }
}
