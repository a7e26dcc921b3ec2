//! Intents: what a message asks the bot to do.
//!
//! In a group, a message is for the bot if it is a command, mentions the bot, or replies to a
//! message of the bot without speaking to another person.

use super::command::{self, Command, ParsedCommand};
use super::question;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::deep_link_data;
use crate::bot::receive::update::{IncomingFile, IncomingMessage};
use crate::dialogue;
use crate::ids::UserId;
use crate::render::telegram::StartPayload;
use crate::store::StoreError;

/// Intent of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Intent {
    Question {
        text: String,
        /// Question to which this one is a follow-up.
        previous: Option<String>,
        address: Address,
    },
    Run(Command),
    /// Adds the bot to a group, or opens the chat, by a link without a place in the articles.
    Welcome,
    Upload {
        file: IncomingFile,
        operator: UserId,
    },
    /// Imports what is at an address.
    Import {
        address: String,
        operator: UserId,
    },
    /// Asks for nothing that the bot can do: the reply is this text.
    Text(String),
    /// Asks although the sender has no access: the reply is the notice.
    Refused,
    Ignore,
}

/// How a question is addressed to the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// By a command, a mention, or in a private chat.
    Direct,
    /// Only by a reply to a message of the bot, in a group.
    Reply,
}

/// Returns the intent of a message.
pub fn intent_of(
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
    // A forwarded message was written elsewhere, and does not address the bot here.
    if incoming.is_forwarded && !is_private {
        return Ok(Intent::Ignore);
    }
    let Some(text) = incoming.text.as_deref() else {
        // The question of an album is the caption of another item.
        return Ok(match is_private && !incoming.is_in_album {
            true => Intent::Text(messages.only_text()),
            false => Intent::Ignore,
        });
    };
    if is_private
        && let Some(address) = address_of(text)
        && let Some(operator) = incoming.sender.id.filter(|user| ctx.access.is_admin(Some(*user)))
    {
        return Ok(Intent::Import { address, operator });
    }
    Ok(match command::parse(text, bot) {
        Some(ParsedCommand::Known(Command::Ask(text))) => match is_pointer(&text) {
            true => pointed_question(ctx, incoming, reader, text),
            false => direct(text, question::previous(ctx, incoming)?),
        },
        Some(ParsedCommand::Known(Command::Start(payload))) => start(payload),
        Some(ParsedCommand::Known(command)) => Intent::Run(command),
        Some(ParsedCommand::Unknown) if is_private => Intent::Text(messages.unknown_command()),
        Some(ParsedCommand::Unknown | ParsedCommand::ForAnotherBot) => Intent::Ignore,
        None => plain_text(ctx, incoming, reader, text)?,
    })
}

/// Returns the address that a text consists of.
fn address_of(text: &str) -> Option<String> {
    let text = text.trim();
    let has_scheme = ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    (has_scheme && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// Returns the intent of a text without a command.
fn plain_text(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: &str,
) -> Result<Intent, StoreError> {
    let (text, is_mentioned) = without_mention(text, &ctx.identity.username);
    let replied = incoming.reply.as_ref();
    let is_reply = replied.is_some_and(|replied| replied.sender == Some(ctx.identity.id));
    let is_private = incoming.kind.is_private();
    Ok(match (is_private || is_mentioned, is_reply) {
        (true, _) if is_mentioned && is_pointer(&text) => {
            pointed_question(ctx, incoming, reader, text)
        }
        (true, _) => direct(text, question::previous(ctx, incoming)?),
        (false, true) if is_pointer(&text) || dialogue::addresses_another(&text) => Intent::Ignore,
        (false, true) => {
            let previous = question::previous(ctx, incoming)?;
            Intent::Question { text, previous, address: Address::Reply }
        }
        (false, false) => Intent::Ignore,
    })
}

fn direct(text: String, previous: Option<String>) -> Intent {
    Intent::Question { text, previous, address: Address::Direct }
}

/// Returns the intent of `/start` with a payload.
fn start(payload: String) -> Intent {
    if payload.trim().is_empty() {
        return Intent::Run(Command::Start(payload));
    }
    match deep_link_data::parse(payload.trim()) {
        Ok(StartPayload::Question(text)) => direct(text, None),
        Ok(_) => Intent::Run(Command::Start(payload)),
        // A link of somebody else, such as `?startgroup=true`.
        Err(_) => Intent::Welcome,
    }
}

/// Returns whether a text has no word, so that it can only point to the message that it replies to.
pub fn is_pointer(text: &str) -> bool {
    !text.contains(char::is_alphanumeric)
}

/// Returns the intent to ask the message that is replied to.
fn pointed_question(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: String,
) -> Intent {
    let bot = &ctx.identity.username;
    // A message of the bot is never a question.
    let of_others = incoming.reply.as_ref().filter(|reply| reply.sender != Some(ctx.identity.id));
    match of_others.and_then(|replied| replied.text.as_deref()) {
        Some(replied) => direct(asked_text(replied, bot), None),
        None if text.trim().is_empty() => Intent::Text(reader.messages().ask_what(bot)),
        None => direct(text, None),
    }
}

/// Returns the text of a message without `/ask` and without a mention of the bot.
pub fn asked_text(message: &str, bot: &str) -> String {
    match command::parse(message, bot) {
        Some(ParsedCommand::Known(Command::Ask(text))) if !is_pointer(&text) => text,
        _ => without_mention(message, bot).0,
    }
}

/// Removes a mention of the bot. Returns the text and whether there was a mention.
pub fn without_mention(text: &str, bot: &str) -> (String, bool) {
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
