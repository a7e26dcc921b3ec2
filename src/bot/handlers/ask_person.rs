//! Help requests: a question without an answer goes to a person if its asker presses a button, and
//! the answer of the person comes back to the asker.
//!
//! Nothing is sent without the press. The person gets the text of the question and nothing about
//! the asker. Each of the two messages is sent at least once; the store connects them, so that a
//! reply never goes to another chat.

use super::command::{self, ParsedCommand};
use crate::bot::callback_data;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::bot::reply::{After, HelpAnswer, HelpQuestion, Reply};
use crate::bot::send::SendTarget;
use crate::ids::ChatId;
use crate::render::messages::Locale;
use crate::render::telegram::{self, Action, Button, Message, Surface};
use crate::store::{AnswerRecord, HelpRequest, StoreError};

/// Maximum length of an answer of a person, in UTF-16 code units. The heading fits above.
const MAX_ANSWER_UNITS: usize = 3900;
/// Maximum length of a question that is passed on, in UTF-16 code units.
const MAX_QUESTION_UNITS: usize = 3500;

/// Adds the button that sends the question to a person to a refusal in a chat.
pub fn offer(ctx: &BotContext, chat: ChatId, reader: ReaderContext, refusal: Message) -> Message {
    let is_offered = ctx.settings.help_chat.is_some_and(|help_chat| help_chat != chat);
    match is_offered && reader.surface == Surface::Chat {
        true => {
            let label = reader.messages().button_ask_person();
            refusal.with_row(vec![Button::new(&label, Action::AskPerson)])
        }
        false => refusal,
    }
}

/// Returns the notice for a press that sends nothing: by another person than the asker, or below an
/// answer that is not known any more.
pub fn objection(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
) -> Result<Option<String>, StoreError> {
    let messages = reader.messages();
    Ok(match question_of(ctx, query)? {
        None => Some(messages.help_expired()),
        Some(record) if record.asker != query.sender.id => Some(messages.help_only_asker()),
        Some(_) => None,
    })
}

/// Passes the question above a pressed button on to a person.
pub fn pass_on(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
) -> Result<Reply, StoreError> {
    let messages = reader.messages();
    let (Some(record), Some(help_chat)) = (question_of(ctx, query)?, ctx.settings.help_chat) else {
        return Ok(Reply::Nothing);
    };
    let MessageRef::Chat { topic, .. } = query.message else { return Ok(Reply::Nothing) };
    let Some(asker) = record.asker else { return Ok(Reply::Nothing) };
    let sent = without_offer(query, &messages.help_sent());
    let request = ctx.store.add_help_request(&HelpRequest {
        number: 0,
        chat: record.chat,
        topic,
        question: record.question,
        asker,
        language: reader.locale.code().to_owned(),
        help_chat,
        is_sent: false,
        answer: None,
        delivered: None,
        at: ctx.now(),
    })?;
    if request.is_sent {
        return Ok(Reply::Edit(query.message.clone(), sent, After::Nothing));
    }
    let heading = ctx.background_reader(help_chat, None).messages().help_question(request.number);
    let text = telegram::truncate(&record.text, MAX_QUESTION_UNITS);
    let message = telegram::plain(&format!("{heading}\n\n{text}"));
    let failed = without_offer(query, &messages.help_failed());
    let pressed = query.message.clone();
    let question = Box::new(HelpQuestion { number: request.number, pressed, sent, failed });
    let to = SendTarget::chat(help_chat, None);
    Ok(Reply::Send(to, message, After::PassedOn(question)))
}

/// Returns the reply to a message of a person that answers a help request: the message to the
/// asker. Returns `None` for other messages.
pub fn answer_of_person(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    is_edit: bool,
) -> Result<Option<Reply>, StoreError> {
    let replied = incoming.reply.as_ref();
    let replied = replied.filter(|replied| replied.sender == Some(ctx.identity.id));
    let heading = replied.and_then(|replied| replied.first_line.as_deref());
    let Some(number) = heading.and_then(number_in) else { return Ok(None) };
    let Some(request) = ctx.store.help_request(incoming.chat, number)? else { return Ok(None) };
    let helper = SendTarget::reply(incoming.chat, incoming.topic, incoming.id);
    let messages = ctx.background_reader(incoming.chat, incoming.topic).messages();
    let to_helper = |text: String| {
        Ok(Some(Reply::Send(helper.clone(), telegram::plain(&text), After::Nothing)))
    };
    let Some(text) = incoming.text.as_deref() else { return to_helper(messages.only_text()) };
    let command = command::parse(text, &ctx.identity.username);
    if matches!(command, Some(ParsedCommand::Known(_) | ParsedCommand::ForAnotherBot)) {
        return Ok(None);
    }
    if telegram::utf16_len(text) > MAX_ANSWER_UNITS {
        return to_helper(messages.help_too_long(MAX_ANSWER_UNITS));
    }
    let is_delivered = request.answer == Some(incoming.id);
    if is_delivered && !is_edit {
        return to_helper(messages.help_delivered());
    }
    let locale = Locale::from_tag(&request.language).unwrap_or(Locale::English);
    let message = telegram::person_answer(&locale.messages().help_answer(), text);
    let to = SendTarget::reply(request.chat, request.topic, request.question);
    let earlier = request.delivered.filter(|_| is_delivered);
    let after = After::PersonAnswered(Box::new(HelpAnswer {
        number: request.number,
        answer: incoming.id,
        delivered: telegram::plain(&messages.help_delivered()),
        failed: telegram::plain(&messages.help_undeliverable()),
        helper,
    }));
    Ok(Some(match earlier {
        Some(earlier) => Reply::Replace(to, earlier, message, after),
        None => Reply::Send(to, message, after),
    }))
}

/// Returns the number of the request if this is the heading of a question to a person.
fn number_in(heading: &str) -> Option<i64> {
    let digits = heading.split_once('#')?.1;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end].parse().ok()?;
    let is_heading = |locale: Locale| locale.messages().help_question(number) == heading;
    Locale::ALL.into_iter().any(is_heading).then_some(number)
}

/// Returns the question that the message with the pressed button answers.
fn question_of(
    ctx: &BotContext,
    query: &CallbackQuery,
) -> Result<Option<AnswerRecord>, StoreError> {
    let MessageRef::Chat { chat, message, .. } = query.message else { return Ok(None) };
    let record = ctx.store.question_of(chat, message)?;
    Ok(record.filter(|record| !record.text.trim().is_empty() && record.asker.is_some()))
}

/// Returns the message with the pressed button with a note in the place of that button.
fn without_offer(query: &CallbackQuery, note: &str) -> Message {
    let text = query.text.as_deref().unwrap_or_default().trim_end();
    let separator = if text.is_empty() { "" } else { "\n\n" };
    let buttons = query.keyboard.iter().filter_map(|button| {
        let action = callback_data::parse(&button.data).ok()?;
        (action != Action::AskPerson).then(|| vec![Button::new(&button.label, action)])
    });
    Message {
        html: telegram::plain(&format!("{text}{separator}{note}")).html,
        buttons: buttons.collect(),
    }
}
