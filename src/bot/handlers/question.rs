//! Questions and their answers.

use super::prefetch;
use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::pages;
use crate::bot::receive::update::IncomingMessage;
use crate::ids::UpdateId;
use crate::render::telegram::Message;
use crate::store::{Outcome, StoreError};

/// Answer to a question, with what the store records of it.
pub struct AnsweredQuestion {
    pub message: Message,
    pub outcome: Outcome,
    /// Text that a follow-up question is analysed with.
    pub context: String,
}

/// Maximum length of a quoted part of a message in UTF-16 code units, by the Bot API.
const MAX_QUOTED_UNITS: usize = 1024;

/// Answers a question, which may be a follow-up to a previous one. The message is an apology if the
/// library cannot be read.
pub async fn answer(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    text: String,
    previous: Option<String>,
) -> AnsweredQuestion {
    let is_recorded = ctx.settings.record_questions;
    let prefetched = match previous {
        None => prefetch::take_prefetched(ctx, &text),
        Some(_) => None,
    };
    let answered = ctx.with_library_inline(update, reader, move |library, context| {
        let answer = match prefetched {
            Some(answer) => answer,
            None => library.ask(&text, previous.as_deref())?,
        };
        let outcome = match &answer {
            Answer::Found(_) | Answer::Byline(_) => Outcome::Answered,
            Answer::NothingFound(_) => Outcome::Refused { is_recorded },
            Answer::SmallTalk(_) | Answer::Empty => Outcome::Other,
        };
        let message = pages::answer_message(&answer, context);
        let context = library.context(&text, previous.as_deref());
        Ok((AnsweredQuestion { message, outcome, context }, answer))
    });
    let answered = answered.await;
    ctx.health.metrics.answered(answered.as_ref().map(|(_, answer)| answer));
    answered.map(|(answered, _)| answered).unwrap_or_else(|| AnsweredQuestion {
        message: ctx.apology(reader),
        outcome: Outcome::Other,
        context: String::new(),
    })
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
    let asked = ctx.store.question_of(incoming.chat, replied.id)?;
    let known = asked.into_iter().flat_map(|asked| [asked.context, asked.text]);
    Ok(known.into_iter().find(|text| !text.is_empty()))
}

/// Returns the question if Telegram can quote it from its message, which is done in groups.
pub fn quotable(incoming: &IncomingMessage, question: &str) -> Option<String> {
    let text = incoming.text.as_deref().filter(|_| !incoming.kind.is_private())?;
    let is_short = question.encode_utf16().count() <= MAX_QUOTED_UNITS;
    (is_short && !question.is_empty() && text.contains(question)).then(|| question.to_owned())
}
