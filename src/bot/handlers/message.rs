//! A message to its reply: questions, commands, and what is neither.

use crate::bot::briefings::schedules;
use crate::bot::briefings::watches;
use crate::bot::handlers::feedback;
use crate::bot::handlers::membership;
use crate::bot::handlers::prefetch;
use crate::bot::handlers::upload;
use std::time::{Duration, Instant};

use crate::answer::{Answer, SmallTalk};
use crate::bot::access_control::Admission;
use crate::bot::callback_data;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::handlers::command;
use crate::bot::handlers::command::{Command, ParsedCommand};
use crate::bot::handlers::pages;
use crate::bot::receive::update::{IncomingFile, IncomingMessage};
use crate::bot::send::{SendOutcome, SendTarget};
use crate::render::telegram::{self, Action, Button, Message, RenderContext, StartPayload};
use crate::store::{AnswerRecord, Outcome, PendingUpdate, StoreError};

/// Telegram's limit for a quoted part, in UTF-16 units.
const MAX_QUOTED_UNITS: usize = 1024;

/// What is said to a message.
#[derive(Debug, PartialEq, Eq)]
enum Intent {
    Question { text: String, before: Option<String> },
    Run(Command),
    Upload(IncomingFile),
    Text(String),
    Ignore,
}

/// What a question is given.
struct AnsweredQuestion {
    message: Message,
    outcome: Outcome,
    /// What a question that follows it up is read with.
    context: String,
}

/// Replies to a message; `known` is the answer that it had before it was edited.
pub async fn handle_message(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    known: Option<AnswerRecord>,
) -> Result<(), StoreError> {
    let setting = ctx.reader_context(incoming.chat, &incoming.sender);
    let words = setting.messages();
    let mut request = intent_of(ctx, incoming, setting)?;
    if request != Intent::Ignore {
        let waited = ctx.health.time.age(incoming.written_at, update.received_at);
        let waited = Duration::from_secs(waited.unsigned_abs());
        match ctx.access.admit(incoming.sender.id, incoming.chat, incoming.kind, waited) {
            Admission::Allowed => {}
            Admission::NotAllowed { is_told: true } => request = Intent::Text(words.not_allowed()),
            Admission::Throttled { is_told: true } if known.is_none() => {
                request = Intent::Text(words.slower());
            }
            // An answer that is there already is never replaced by a reproach.
            Admission::NotAllowed { .. } | Admission::Throttled { .. } => {
                return ctx.complete(update.id, None).await;
            }
        }
    }
    let mut to = SendTarget::reply_to(incoming);
    let mut reply = AnswerRecord {
        chat: incoming.chat,
        question: incoming.id,
        answer: 0,
        text: String::new(),
        context: String::new(),
        asker: 0,
        outcome: Outcome::Other,
        at: ctx.now(),
    };
    let is_forgotten = request == Intent::Run(Command::Forget);
    let message = match (request, &known) {
        (Intent::Ignore, None) => return ctx.complete(update.id, None).await,
        (Intent::Ignore, Some(_)) => telegram::plain(&words.withdrawn()),
        // Telegram tells of an edit, too, when only a preview has changed.
        (Intent::Question { text, .. }, Some(known)) if known.text == text => {
            return ctx.complete(update.id, None).await;
        }
        (Intent::Question { text, before }, _) => {
            to.quote = quoted(incoming, &text);
            (reply.text, reply.asker) = (text.clone(), incoming.sender.id);
            let given = answer(ctx, update.id, setting, text, before).await;
            (reply.outcome, reply.context) = (given.outcome, given.context);
            given.message
        }
        (Intent::Run(command), _) => run_command(ctx, update, incoming, setting, command).await?,
        (Intent::Upload(file), _) => {
            upload::receive_file(ctx, update.id, incoming.sender.id, setting, &file).await?
        }
        (Intent::Text(sentence), _) => telegram::plain(&sentence),
    };
    ctx.attempts.composed(update.id);
    let sent = match known {
        Some(known) => ctx.sender.edit(&to, known.answer, &message).await,
        None => ctx.sender.send(&to, &message).await,
    };
    match sent {
        SendOutcome::Delivered { chat, message, turn: _until_done } => {
            ctx.health.replied(update.id, Instant::now());
            (reply.chat, reply.answer) = (chat, message);
            // Nothing is kept of who was forgotten just now.
            ctx.complete(update.id, Some(&reply).filter(|_| !is_forgotten)).await
        }
        SendOutcome::Rejected => ctx.complete(update.id, None).await,
        SendOutcome::Stopped => Ok(()),
    }
}

fn intent_of(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    setting: ReaderContext,
) -> Result<Intent, StoreError> {
    let (words, is_private) = (setting.messages(), incoming.kind.is_private());
    if let Some(file) = &incoming.file
        && is_private
        && ctx.access.is_admin(incoming.sender.id)
    {
        return Ok(Intent::Upload(file.clone()));
    }
    let Some(text) = incoming.text.as_deref() else {
        let sentence = if is_private { Intent::Text(words.only_text()) } else { Intent::Ignore };
        return Ok(sentence);
    };
    let replied = incoming.reply.as_ref();
    Ok(match command::parse(text, &ctx.identity.username) {
        Some(ParsedCommand::Known(Command::Ask(question))) if question.trim().is_empty() => {
            match replied.and_then(|replied| replied.text.clone()) {
                Some(text) => Intent::Question { text, before: None },
                None => Intent::Text(words.ask_what(&ctx.identity.username)),
            }
        }
        Some(ParsedCommand::Known(Command::Ask(text))) => {
            Intent::Question { text, before: previous_question(ctx, incoming)? }
        }
        Some(ParsedCommand::Known(Command::Start(payload))) => {
            match callback_data::parse_start(payload.trim()) {
                Ok(StartPayload::Question(text)) => Intent::Question { text, before: None },
                _ => Intent::Run(Command::Start(payload)),
            }
        }
        Some(ParsedCommand::Known(command)) => Intent::Run(command),
        Some(ParsedCommand::Unknown) if is_private => Intent::Text(words.unknown_command()),
        Some(ParsedCommand::Unknown | ParsedCommand::ForAnotherBot) => Intent::Ignore,
        None => {
            let (text, is_mentioned) = without_mention(text, &ctx.identity.username);
            let is_reply = replied.is_some_and(|replied| replied.sender == Some(ctx.identity.id));
            match is_private || is_mentioned || is_reply {
                true => Intent::Question { text, before: previous_question(ctx, incoming)? },
                false => Intent::Ignore,
            }
        }
    })
}

/// What was asked up to the message that is replied to.
fn previous_question(
    ctx: &BotContext,
    incoming: &IncomingMessage,
) -> Result<Option<String>, StoreError> {
    let Some(replied) =
        incoming.reply.as_ref().filter(|replied| replied.sender == Some(ctx.identity.id))
    else {
        return Ok(None);
    };
    let asked = ctx.store.question_of(incoming.chat, replied.id)?;
    let known = asked.into_iter().flat_map(|asked| [asked.context, asked.text]);
    Ok(known.into_iter().find(|text| !text.is_empty()))
}

async fn answer(
    ctx: &BotContext,
    update: i64,
    setting: ReaderContext,
    text: String,
    before: Option<String>,
) -> AnsweredQuestion {
    let is_recorded = ctx.settings.record_questions;
    let foreseen = if before.is_none() { prefetch::take_prefetched(ctx, &text) } else { None };
    let answered = ctx.with_library_inline(update, setting, move |library, frame| {
        let answer = match foreseen {
            Some(answer) => answer,
            None => library.ask(&text, before.as_deref())?,
        };
        let outcome = match &answer {
            Answer::Found(_) | Answer::Byline(_) => Outcome::Answered,
            Answer::NothingFound(_) => Outcome::Refused { is_recorded },
            Answer::SmallTalk(_) | Answer::Empty => Outcome::Other,
        };
        let message = answer_message(&answer, frame);
        let context = library.context(&text, before.as_deref());
        Ok((AnsweredQuestion { message, outcome, context }, answer))
    });
    let answered = answered.await;
    ctx.health.metrics.answered(answered.as_ref().map(|(_, answer)| answer));
    answered.map(|(given, _)| given).unwrap_or_else(|| AnsweredQuestion {
        message: ctx.apology(setting),
        outcome: Outcome::Other,
        context: String::new(),
    })
}

async fn run_command(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    setting: ReaderContext,
    command: Command,
) -> Result<Message, StoreError> {
    Ok(match command {
        Command::Start(payload) if !payload.trim().is_empty() => {
            let payload = callback_data::parse_start(payload.trim()).ok();
            ctx.render_or_apologise(update.id, setting, move |library, frame| {
                pages::deep_link_page(library, frame, payload)
            })
            .await
        }
        Command::Start(_) | Command::Help | Command::Ask(_) => {
            membership::help(ctx, update.id, setting).await
        }
        Command::Language(code) => {
            membership::choose_language(ctx, incoming, setting, &code).await?
        }
        Command::Privacy => feedback::privacy(ctx, incoming.kind, setting),
        Command::Forget => feedback::forget(ctx, update, incoming, setting).await?,
        Command::Gaps => match ctx.access.is_admin(incoming.sender.id) {
            true if incoming.kind.is_private() => feedback::gaps(ctx, setting)?,
            _ => telegram::plain(&setting.messages().only_operator()),
        },
        Command::Remove => match ctx.access.is_admin(incoming.sender.id) {
            true if incoming.kind.is_private() => {
                ctx.render_or_apologise(update.id, setting, |library, frame| {
                    Ok(telegram::uploads::removals(&library.articles(), 0, frame.messages))
                })
                .await
            }
            _ => telegram::plain(&setting.messages().only_operator()),
        },
        Command::Brief(words) => {
            schedules::handle_brief(ctx, update.id, incoming, setting, &words).await?
        }
        Command::Watch(words) => {
            watches::handle_watch(ctx, update.id, incoming, setting, &words).await?
        }
        Command::Sections => {
            ctx.render_or_apologise(update.id, setting, |library, frame| {
                pages::contents(library, frame, 0)
            })
            .await
        }
        Command::About => ctx.render_or_apologise(update.id, setting, pages::about).await,
    })
}

/// An answer as it is sent.
pub fn answer_message(answer: &Answer, frame: &RenderContext<'_>) -> Message {
    let words = frame.messages;
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
fn quoted(incoming: &IncomingMessage, question: &str) -> Option<String> {
    let text = incoming.text.as_deref().filter(|_| !incoming.kind.is_private())?;
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
    use crate::bot::handlers::message::*;

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
