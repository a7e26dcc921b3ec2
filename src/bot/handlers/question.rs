//! Questions and their answers.

use super::{ask_person, prefetch, suggestions};
use crate::answer::{Answer, AnswerCursor, NothingFound};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::bot::receive::update::IncomingMessage;
use crate::dialogue::{Request, SmallTalk};
use crate::ids::UpdateId;
use crate::render::telegram::Message;
use crate::store::{Outcome, StoreError};

/// Answer to a question, with what the store records of it.
pub struct AnsweredQuestion {
    pub message: Message,
    pub outcome: Outcome,
    /// Text that a follow-up question is analysed with.
    pub context: String,
    /// Encoded cursor of the quotes; empty if there are none.
    pub quotes: Vec<u8>,
    /// Request that the message makes instead of asking about the text.
    pub request: Option<Request>,
    pub kind: ReplyKind,
    /// Whether the message has the hint on the language of the articles.
    pub has_language_hint: bool,
}

/// Kind of a reply, which decides whether a group gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// Quotes, articles, or a reply to small talk.
    Answer,
    /// Reply to a reaction such as "ok", which expects none.
    ToReaction,
    /// Nothing was found, or there is nothing to search.
    Refusal,
}

/// Maximum length of a quoted part of a message in UTF-16 code units, by the Bot API.
const MAX_QUOTED_UNITS: usize = 1024;

/// Answers a question, which may be a follow-up to a previous one. The message is an apology if the
/// library cannot be read.
pub async fn answer(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: String,
    previous: Option<String>,
) -> AnsweredQuestion {
    let is_recorded = ctx.settings.record_questions;
    let prefetched = match previous {
        None => prefetch::take_prefetched(ctx, reader.audience, &text),
        Some(_) => None,
    };
    let is_hint_due = ctx.language_hints.is_due(incoming.chat, incoming.id);
    let answered = ctx.with_library_inline(update, reader, move |library, context| {
        let mut answer = match prefetched {
            Some(answer) => answer,
            None => library.ask(&text, previous.as_deref())?,
        };
        if !is_hint_due {
            answer = answer.without_language_hint();
        }
        let outcome = match &answer {
            Answer::Found(_) | Answer::Byline(_) | Answer::Articles(_) => Outcome::Answered,
            // A filter without articles says nothing about what the articles lack.
            Answer::NothingFound(nothing) if nothing.unmatched.is_some() => Outcome::Other,
            Answer::NothingFound(_) => Outcome::Refused { is_recorded },
            Answer::SmallTalk(_) | Answer::Request(_) | Answer::Empty => Outcome::Other,
        };
        let message = pages::answer_message(&answer, context);
        let context = library.context(&text, previous.as_deref());
        let (quotes, request, kind) =
            (quotes_of(&answer), request_of(&answer), ReplyKind::of(&answer));
        let has_language_hint = false;
        Ok((
            AnsweredQuestion {
                message,
                outcome,
                context,
                quotes,
                request,
                kind,
                has_language_hint,
            },
            answer,
        ))
    });
    let answered = answered.await;
    ctx.health.metrics.answered(answered.as_ref().map(|(_, answer)| answer));
    let Some((answered, answer)) = answered else {
        return AnsweredQuestion {
            message: ctx.apology(reader),
            outcome: Outcome::Other,
            context: String::new(),
            quotes: Vec::new(),
            request: None,
            kind: ReplyKind::Answer,
            has_language_hint: false,
        };
    };
    let Answer::NothingFound(nothing) = &answer else { return answered };
    let offered = |answered: AnsweredQuestion| AnsweredQuestion {
        message: ask_person::offer(ctx, incoming.chat, reader, answered.message),
        ..answered
    };
    let NothingFound { languages: Some(languages), nearest, .. } = nothing else {
        return offered(answered);
    };
    let message = match nearest.is_empty() {
        true => {
            let messages = reader.messages().in_language_of(languages);
            suggestions::add_suggestions(ctx, update, reader, messages, answered.message).await
        }
        // The buttons below the hint are the nearest sections.
        false => answered.message,
    };
    offered(AnsweredQuestion { message, has_language_hint: true, ..answered })
}

impl ReplyKind {
    fn of(answer: &Answer) -> ReplyKind {
        match answer {
            Answer::SmallTalk(SmallTalk::Acknowledgement) => ReplyKind::ToReaction,
            Answer::NothingFound(nothing) if nothing.unmatched.is_some() => ReplyKind::Answer,
            Answer::NothingFound(_) | Answer::Empty => ReplyKind::Refusal,
            Answer::Found(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::SmallTalk(_)
            | Answer::Request(_) => ReplyKind::Answer,
        }
    }
}

fn quotes_of(answer: &Answer) -> Vec<u8> {
    let Answer::Found(found) = answer else { return Vec::new() };
    let cursor = AnswerCursor::of(&found.excerpts)
        .or_else(|| AnswerCursor::of(found.excerpts.get(..1).unwrap_or_default()));
    cursor.map(AnswerCursor::to_bytes).unwrap_or_default()
}

fn request_of(answer: &Answer) -> Option<Request> {
    match answer {
        Answer::Request(request) => Some(request.clone()),
        _ => None,
    }
}

/// Returns the question that was answered by the message that this one replies to, with its own
/// context.
pub fn previous(
    ctx: &BotContext,
    incoming: &IncomingMessage,
) -> Result<Option<String>, StoreError> {
    let replied = incoming.reply.as_ref();
    let Some(replied) = replied.filter(|replied| replied.sender == Some(ctx.identity.id)) else {
        return Ok(None);
    };
    let Some(id) = replied.id else { return Ok(None) };
    let asked = ctx.store.question_of(incoming.chat, id)?;
    let known = asked.into_iter().flat_map(|asked| [asked.context, asked.text]);
    Ok(known.into_iter().find(|text| !text.is_empty()))
}

/// Returns whether the first quote of an answer is in the message that is replied to.
pub fn is_repeated(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    answered: &AnsweredQuestion,
) -> Result<bool, StoreError> {
    let replied = incoming.reply.as_ref().and_then(|replied| replied.id);
    let Some(replied) = replied else { return Ok(false) };
    let Some(shown) = AnswerCursor::from_bytes(&answered.quotes) else { return Ok(false) };
    let before = ctx.store.question_of(incoming.chat, replied)?;
    let before = before.and_then(|record| AnswerCursor::from_bytes(&record.quotes));
    Ok(before.is_some_and(|before| before.current().passage == shown.current().passage))
}

/// Returns the question if Telegram can quote it from its message, which is done in groups.
pub fn quotable(incoming: &IncomingMessage, question: &str) -> Option<String> {
    let text = incoming.text.as_deref().filter(|_| !incoming.kind.is_private())?;
    let is_short = question.encode_utf16().count() <= MAX_QUOTED_UNITS;
    (is_short && !question.is_empty() && text.contains(question)).then(|| question.to_owned())
}
