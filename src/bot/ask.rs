//! A message to its reply: questions, commands, and what is neither.

use std::time::{Duration, Instant};

use super::access::Admission;
use super::incoming::{Letter, SentFile};
use super::menu::{self, Command, Slash};
use super::payload;
use super::react::{Reactor, Setting};
use super::send::{Sent, Target};
use super::views;
use crate::answer::{Answer, SmallTalk};
use crate::render::telegram::{self, Action, Button, Frame, Message, StartPayload};
use crate::store::{Answered, Journalled, Outcome, StoreError};

/// Telegram's limit for a quoted part, in UTF-16 units.
const MAX_QUOTED_UNITS: usize = 1024;

/// What is said to a message.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Question { text: String, before: Option<String> },
    Do(Command),
    Receive(SentFile),
    Say(String),
    Silence,
}

/// What a question is given.
struct Given {
    message: Message,
    outcome: Outcome,
    /// What a question that follows it up is read with.
    context: String,
}

impl Reactor {
    /// Replies to a message; `known` is the answer that it had before it was edited.
    pub(super) async fn reply(
        &self,
        update: &Journalled,
        letter: &Letter,
        known: Option<Answered>,
    ) -> Result<(), StoreError> {
        let setting = self.setting(letter.chat, &letter.asker);
        let words = setting.words();
        let mut request = self.request(letter, setting)?;
        if request != Request::Silence {
            let waited = self.vitals.time.age(letter.written_at, update.received_at);
            let waited = Duration::from_secs(waited.unsigned_abs());
            match self.access.admit(letter.asker.id, letter.chat, letter.kind, waited) {
                Admission::Welcome => {}
                Admission::Stranger { is_told: true } => {
                    request = Request::Say(words.not_allowed())
                }
                Admission::TooFast { is_told: true } if known.is_none() => {
                    request = Request::Say(words.slower());
                }
                // An answer that is there already is never replaced by a reproach.
                Admission::Stranger { .. } | Admission::TooFast { .. } => {
                    return self.done(update.id, None).await;
                }
            }
        }
        let mut to = Target::reply_to(letter);
        let mut reply = Answered {
            chat: letter.chat,
            question: letter.id,
            answer: 0,
            text: String::new(),
            context: String::new(),
            asker: 0,
            outcome: Outcome::Other,
            at: self.now(),
        };
        let is_forgotten = request == Request::Do(Command::Forget);
        let message = match (request, &known) {
            (Request::Silence, None) => return self.done(update.id, None).await,
            (Request::Silence, Some(_)) => telegram::plain(&words.withdrawn()),
            // Telegram tells of an edit, too, when only a preview has changed.
            (Request::Question { text, .. }, Some(known)) if known.text == text => {
                return self.done(update.id, None).await;
            }
            (Request::Question { text, before }, _) => {
                to.quote = quoted(letter, &text);
                (reply.text, reply.asker) = (text.clone(), letter.asker.id);
                let given = self.answer(update.id, setting, text, before).await;
                (reply.outcome, reply.context) = (given.outcome, given.context);
                given.message
            }
            (Request::Do(command), _) => self.obey(update, letter, setting, command).await?,
            (Request::Receive(file), _) => {
                self.receive_file(update.id, letter.asker.id, setting, &file).await?
            }
            (Request::Say(sentence), _) => telegram::plain(&sentence),
        };
        self.attempts.composed(update.id);
        let sent = match known {
            Some(known) => self.sender.edit(&to, known.answer, &message).await,
            None => self.sender.send(&to, &message).await,
        };
        match sent {
            Sent::As { chat, message, turn: _until_done } => {
                self.vitals.replied(update.id, Instant::now());
                (reply.chat, reply.answer) = (chat, message);
                // Nothing is kept of who was forgotten just now.
                self.done(update.id, Some(&reply).filter(|_| !is_forgotten)).await
            }
            Sent::Refused => self.done(update.id, None).await,
            Sent::Stopped => Ok(()),
        }
    }

    fn request(&self, letter: &Letter, setting: Setting) -> Result<Request, StoreError> {
        let (words, is_private) = (setting.words(), letter.kind.is_private());
        if let Some(file) = &letter.file
            && is_private
            && self.access.is_admin(letter.asker.id)
        {
            return Ok(Request::Receive(file.clone()));
        }
        let Some(text) = letter.text.as_deref() else {
            let sentence =
                if is_private { Request::Say(words.only_text()) } else { Request::Silence };
            return Ok(sentence);
        };
        let replied = letter.reply.as_ref();
        Ok(match menu::parse(text, &self.me.username) {
            Some(Slash::Known(Command::Ask(question))) if question.trim().is_empty() => {
                match replied.and_then(|replied| replied.text.clone()) {
                    Some(text) => Request::Question { text, before: None },
                    None => Request::Say(words.ask_what(&self.me.username)),
                }
            }
            Some(Slash::Known(Command::Ask(text))) => {
                Request::Question { text, before: self.before(letter)? }
            }
            Some(Slash::Known(Command::Start(payload))) => {
                match payload::parse_start(payload.trim()) {
                    Ok(StartPayload::Question(text)) => Request::Question { text, before: None },
                    _ => Request::Do(Command::Start(payload)),
                }
            }
            Some(Slash::Known(command)) => Request::Do(command),
            Some(Slash::Unknown) if is_private => Request::Say(words.unknown_command()),
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

    /// What was asked up to the message that is replied to.
    fn before(&self, letter: &Letter) -> Result<Option<String>, StoreError> {
        let Some(replied) =
            letter.reply.as_ref().filter(|replied| replied.sender == Some(self.me.id))
        else {
            return Ok(None);
        };
        let asked = self.store.question_of(letter.chat, replied.id)?;
        let known = asked.into_iter().flat_map(|asked| [asked.context, asked.text]);
        Ok(known.into_iter().find(|text| !text.is_empty()))
    }

    async fn answer(
        &self,
        update: i64,
        setting: Setting,
        text: String,
        before: Option<String>,
    ) -> Given {
        let is_recorded = self.settings.record_questions;
        let foreseen = if before.is_none() { self.foreseen(&text) } else { None };
        let answered = self.read_shortly(update, setting, move |library, frame| {
            let answer = match foreseen {
                Some(answer) => answer,
                None => library.ask(&text, before.as_deref())?,
            };
            let outcome = match &answer {
                Answer::Found(_) | Answer::Byline(_) => Outcome::Answered,
                Answer::NothingFound(_) => Outcome::Refused { is_recorded },
                Answer::SmallTalk(_) | Answer::Empty => Outcome::Other,
            };
            let message = message(&answer, frame);
            let context = library.context(&text, before.as_deref());
            Ok((Given { message, outcome, context }, answer))
        });
        let answered = answered.await;
        self.vitals.metrics.answered(answered.as_ref().map(|(_, answer)| answer));
        answered.map(|(given, _)| given).unwrap_or_else(|| Given {
            message: self.apology(setting),
            outcome: Outcome::Other,
            context: String::new(),
        })
    }

    async fn obey(
        &self,
        update: &Journalled,
        letter: &Letter,
        setting: Setting,
        command: Command,
    ) -> Result<Message, StoreError> {
        Ok(match command {
            Command::Start(payload) if !payload.trim().is_empty() => {
                let payload = payload::parse_start(payload.trim()).ok();
                self.show(update.id, setting, move |library, frame| {
                    views::open(library, frame, payload)
                })
                .await
            }
            Command::Start(_) | Command::Help | Command::Ask(_) => {
                self.help(update.id, setting).await
            }
            Command::Language(code) => self.choose_language(letter, setting, &code).await?,
            Command::Privacy => self.privacy(letter.kind, setting),
            Command::Forget => self.forget(update, letter, setting).await?,
            Command::Gaps => match self.access.is_admin(letter.asker.id) {
                true if letter.kind.is_private() => self.gaps(setting)?,
                _ => telegram::plain(&setting.words().only_operator()),
            },
            Command::Remove => match self.access.is_admin(letter.asker.id) {
                true if letter.kind.is_private() => {
                    self.show(update.id, setting, |library, frame| {
                        Ok(telegram::shelf::removals(&library.articles(), 0, frame.words))
                    })
                    .await
                }
                _ => telegram::plain(&setting.words().only_operator()),
            },
            Command::Brief(words) => self.brief_order(update.id, letter, setting, &words).await?,
            Command::Watch(words) => self.watch_order(update.id, letter, setting, &words).await?,
            Command::Sections => {
                self.show(update.id, setting, |library, frame| views::contents(library, frame, 0))
                    .await
            }
            Command::About => self.show(update.id, setting, views::about).await,
        })
    }
}

/// An answer as it is sent.
pub(super) fn message(answer: &Answer, frame: &Frame<'_>) -> Message {
    let words = frame.words;
    match answer {
        Answer::Found(found) => telegram::quotes(found, frame),
        Answer::NothingFound(nothing) => telegram::nothing_found(nothing, frame),
        Answer::Byline(bylines) => telegram::authors(bylines, frame),
        Answer::SmallTalk(kind) => telegram::plain(&match kind {
            SmallTalk::Greeting => words.greeting(),
            SmallTalk::Thanks => words.thanks(),
            SmallTalk::Farewell => words.farewell(),
        }),
        Answer::Empty => {
            let contents = Button::new(&words.button_contents(), Action::Contents(0));
            telegram::plain(&words.nothing_to_search()).with(vec![contents])
        }
    }
}

/// The question as it stands in its message, for Telegram to quote in a group.
fn quoted(letter: &Letter, question: &str) -> Option<String> {
    let text = letter.text.as_deref().filter(|_| !letter.kind.is_private())?;
    let is_short = question.encode_utf16().count() <= MAX_QUOTED_UNITS;
    (is_short && !question.is_empty() && text.contains(question)).then(|| question.to_owned())
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
