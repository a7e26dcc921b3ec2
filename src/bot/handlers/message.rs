//! Messages to the bot: what a message asks for, and the reply to it.

use std::time::Duration;

use super::command::{self, Command, ParsedCommand};
use super::{feedback, help, language, privacy, question, upload};
use crate::bot::access_control::Admission;
use crate::bot::briefings::{schedules, watches};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{IncomingFile, IncomingMessage};
use crate::bot::reply::{After, Reply};
use crate::bot::send::SendTarget;
use crate::bot::{deep_link_data, pages};
use crate::ids::UserId;
use crate::render::telegram::{self, Message, StartPayload};
use crate::store::{AnswerRecord, Outcome, PendingUpdate, StoreError};

/// Intent of a message.
#[derive(Debug, PartialEq, Eq)]
enum Intent {
    Question {
        text: String,
        /// Question to which this one is a follow-up.
        previous: Option<String>,
    },
    Run(Command),
    Upload {
        file: IncomingFile,
        operator: UserId,
    },
    /// Asks for nothing that the bot can do: the reply is this text.
    Text(String),
    Ignore,
}

/// Handles a message. `known` is the answer that the message already has if it was edited; the
/// reply replaces it.
pub async fn handle_message(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    known: Option<AnswerRecord>,
) -> Result<Reply, StoreError> {
    let reader = ctx.reader(incoming.chat, &incoming.sender);
    let messages = reader.messages();
    let mut intent = intent_of(ctx, incoming, reader)?;
    if intent != Intent::Ignore {
        match admit(ctx, update, incoming) {
            Admission::Allowed => {}
            Admission::NotAllowed { is_notified: true } => {
                intent = Intent::Text(messages.not_allowed())
            }
            Admission::Throttled { is_notified: true } if known.is_none() => {
                intent = Intent::Text(messages.slow_down());
            }
            // An existing answer is never replaced by a notice.
            Admission::NotAllowed { .. } | Admission::Throttled { .. } => {
                return Ok(Reply::Nothing);
            }
        }
    }
    let mut to = SendTarget::reply(incoming.chat, incoming.topic, incoming.id);
    let mut record = AnswerRecord {
        chat: incoming.chat,
        question: incoming.id,
        answer: None,
        text: String::new(),
        context: String::new(),
        asker: None,
        outcome: Outcome::Other,
        at: ctx.now(),
    };
    let is_forgotten = intent == Intent::Run(Command::Forget);
    let message = match (intent, &known) {
        (Intent::Ignore, None) => return Ok(Reply::Nothing),
        (Intent::Ignore, Some(_)) => telegram::plain(&messages.withdrawn()),
        // Telegram also reports an edit when only a link preview has changed.
        (Intent::Question { text, .. }, Some(known)) if known.text == text => {
            return Ok(Reply::Nothing);
        }
        (Intent::Question { text, previous }, _) => {
            to.quote = question::quotable(incoming, &text);
            (record.text, record.asker) = (text.clone(), incoming.sender.id);
            let answered = question::answer(ctx, update.id, reader, text, previous).await;
            (record.outcome, record.context) = (answered.outcome, answered.context);
            answered.message
        }
        (Intent::Run(command), _) => run_command(ctx, update, incoming, reader, command).await?,
        (Intent::Upload { file, operator }, _) => {
            upload::receive_file(ctx, update.id, operator, reader, &file).await?
        }
        (Intent::Text(text), _) => telegram::plain(&text),
    };
    // Nothing is recorded about a user who has just been forgotten.
    let after = if is_forgotten { After::Nothing } else { After::Answered(record) };
    // Without the id of the answer, which Telegram's response did not tell, a new one is sent.
    Ok(match known.and_then(|known| known.answer) {
        Some(answer) => Reply::Replace(to, answer, message, after),
        None => Reply::Send(to, message, after),
    })
}

/// Checks the permissions and limits of the sender, and counts the message.
fn admit(ctx: &BotContext, update: &PendingUpdate, incoming: &IncomingMessage) -> Admission {
    let waited = ctx.health.time.age(incoming.written_at, update.received_at);
    let waited = Duration::from_secs(waited.unsigned_abs());
    ctx.access.admit(incoming.sender.id, incoming.chat, incoming.kind, waited)
}

fn intent_of(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
) -> Result<Intent, StoreError> {
    let (messages, is_private) = (reader.messages(), incoming.kind.is_private());
    let bot = &ctx.identity.username;
    if let Some(file) = &incoming.file
        && is_private
        && let Some(operator) = incoming.sender.id.filter(|user| ctx.access.is_admin(Some(*user)))
    {
        return Ok(Intent::Upload { file: file.clone(), operator });
    }
    let Some(text) = incoming.text.as_deref() else {
        return Ok(if is_private { Intent::Text(messages.only_text()) } else { Intent::Ignore });
    };
    let replied = incoming.reply.as_ref();
    Ok(match command::parse(text, bot) {
        Some(ParsedCommand::Known(Command::Ask(question))) if question.trim().is_empty() => {
            match replied.and_then(|replied| replied.text.clone()) {
                Some(text) => Intent::Question { text, previous: None },
                None => Intent::Text(messages.ask_what(bot)),
            }
        }
        Some(ParsedCommand::Known(Command::Ask(text))) => {
            Intent::Question { text, previous: question::previous(ctx, incoming)? }
        }
        Some(ParsedCommand::Known(Command::Start(payload))) => {
            match deep_link_data::parse(payload.trim()) {
                Ok(StartPayload::Question(text)) => Intent::Question { text, previous: None },
                _ => Intent::Run(Command::Start(payload)),
            }
        }
        Some(ParsedCommand::Known(command)) => Intent::Run(command),
        Some(ParsedCommand::Unknown) if is_private => Intent::Text(messages.unknown_command()),
        Some(ParsedCommand::Unknown | ParsedCommand::ForAnotherBot) => Intent::Ignore,
        None => {
            let (text, is_mentioned) = without_mention(text, bot);
            let is_reply = replied.is_some_and(|replied| replied.sender == Some(ctx.identity.id));
            match is_private || is_mentioned || is_reply {
                true => Intent::Question { text, previous: question::previous(ctx, incoming)? },
                false => Intent::Ignore,
            }
        }
    })
}

/// Runs a command and returns the message with its result.
async fn run_command(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    command: Command,
) -> Result<Message, StoreError> {
    let is_operator = ctx.access.is_admin(incoming.sender.id) && incoming.kind.is_private();
    let id = update.id;
    Ok(match command {
        Command::Start(payload) if !payload.trim().is_empty() => {
            let payload = deep_link_data::parse(payload.trim()).ok();
            ctx.render_or_apologise(id, reader, move |library, context| {
                pages::deep_link_page(library, context, payload)
            })
            .await
        }
        Command::Start(_) | Command::Help | Command::Ask(_) => help::help(ctx, id, reader).await,
        Command::Language(code) => language::choose_language(ctx, incoming, reader, &code).await?,
        Command::Privacy => privacy::privacy(ctx, incoming.kind, reader),
        Command::Forget => privacy::forget(ctx, update, incoming, reader).await?,
        Command::Gaps | Command::Remove if !is_operator => {
            telegram::plain(&reader.messages().only_operator())
        }
        Command::Gaps => feedback::gaps(ctx, reader)?,
        Command::Remove => {
            ctx.render_or_apologise(id, reader, |library, context| {
                Ok(telegram::uploads::removals(&library.articles(), 0, context.messages))
            })
            .await
        }
        Command::Brief(text) => schedules::handle_brief(ctx, id, incoming, reader, &text).await?,
        Command::Watch(text) => watches::handle_watch(ctx, id, incoming, reader, &text).await?,
        Command::Sections => {
            ctx.render_or_apologise(id, reader, |library, context| {
                pages::contents(library, context, 0)
            })
            .await
        }
        Command::About => ctx.render_or_apologise(id, reader, pages::about).await,
    })
}

/// Removes a mention of the bot. Returns the text and whether there was a mention.
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
