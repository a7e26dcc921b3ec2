//! The last quote of a chat: its source, the quote after it, and the briefing of its article.
//!
//! The last quote is the one in the message that is replied to, or else in the newest answer of the
//! chat. The store has its cursor, so that nothing is searched again.

use crate::answer::AnswerCursor;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::bot::receive::update::IncomingMessage;
use crate::ids::UpdateId;
use crate::render::telegram::{self, Message};
use crate::store::{AnswerRecord, Outcome, StoreError};

/// Quotes of an answer, with the context of its question.
pub struct LastQuote {
    pub cursor: AnswerCursor,
    context: String,
}

impl LastQuote {
    fn of(record: AnswerRecord) -> Option<LastQuote> {
        let cursor = AnswerCursor::from_bytes(&record.quotes)?;
        let context = if record.context.is_empty() { record.text } else { record.context };
        Some(LastQuote { cursor, context })
    }
}

/// Returns the quote in the message of the bot that is replied to.
pub fn replied(
    ctx: &BotContext,
    incoming: &IncomingMessage,
) -> Result<Option<LastQuote>, StoreError> {
    let replied = incoming.reply.as_ref().and_then(|replied| replied.id);
    let record = replied.map(|id| ctx.store.question_of(incoming.chat, id)).transpose()?;
    Ok(record.flatten().and_then(LastQuote::of))
}

fn last(ctx: &BotContext, incoming: &IncomingMessage) -> Result<Option<LastQuote>, StoreError> {
    match replied(ctx, incoming)? {
        Some(quoted) => Ok(Some(quoted)),
        None => Ok(ctx.store.last_quoted(incoming.chat)?.and_then(LastQuote::of)),
    }
}

/// Makes the message with the source of the last quote.
pub async fn source(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    record: &mut AnswerRecord,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    let Some(LastQuote { cursor, context }) = last(ctx, incoming)? else {
        return Ok(telegram::plain(&messages.no_quote_yet()));
    };
    (record.context, record.quotes) = (context, cursor.to_bytes());
    let shown = ctx
        .render_or_apologise(update, reader, move |library, context| {
            let page = pages::source(library, context, cursor)?;
            Ok(page.unwrap_or_else(|| telegram::plain(&messages.text_changed())))
        })
        .await;
    Ok(shown)
}

/// Makes the message with the quote after the last one.
pub async fn more(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    record: &mut AnswerRecord,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    let Some(LastQuote { cursor, context }) = last(ctx, incoming)? else {
        return Ok(telegram::plain(&messages.no_quote_yet()));
    };
    record.context = context;
    let Some(next) = cursor.next() else {
        record.quotes = cursor.to_bytes();
        return Ok(telegram::plain(&messages.no_more_quotes()));
    };
    record.quotes = next.to_bytes();
    record.outcome = Outcome::Other;
    let shown = ctx
        .render_or_apologise(update, reader, move |library, context| {
            let page = pages::quote(library, context, next)?;
            Ok(page.unwrap_or_else(|| telegram::plain(&messages.text_changed())))
        })
        .await;
    Ok(shown)
}

/// Makes the briefing of the article that is quoted.
pub async fn brief(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    cursor: AnswerCursor,
) -> Message {
    let messages = reader.messages();
    ctx.render_or_apologise(update, reader, move |library, context| {
        let place = library.passage(cursor.current().passage)?;
        let article = place.map(|(place, _)| place.article.id);
        let brief = article.map(|id| pages::brief(library, context, id, 0)).transpose()?;
        Ok(brief.flatten().unwrap_or_else(|| telegram::plain(&messages.text_changed())))
    })
    .await
}
