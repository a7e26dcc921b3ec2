//! Thinks of an answer while its question is being journalled: the wait for the disk is longer than what an
//! answer by words takes.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::answer::Answer;
use crate::bot::context::BotContext;
use crate::bot::handlers::command;
use crate::bot::receive::update;
use crate::bot::receive::update::Update;

/// The answer to the question that came last, until it is given.
#[derive(Debug, Default)]
pub struct AnswerPrefetch(Mutex<Option<Prefetched>>);

#[derive(Debug)]
struct Prefetched {
    question: String,
    /// Of the corpus that answers it.
    stamp: [u8; 32],
    answer: Answer,
}

impl AnswerPrefetch {
    fn put(&self, foreseen: Prefetched) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(foreseen);
    }

    /// The answer to this question, if it is the one and the corpus is the same.
    fn take(&self, question: &str, stamp: [u8; 32]) -> Option<Answer> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = kept.take_if(|foreseen| foreseen.question == question)?;
        (taken.stamp == stamp).then_some(taken.answer)
    }
}

/// Answers an update that is a plain question, without saying so yet.
pub fn prefetch(ctx: &BotContext, update: &Value) {
    // One that ends the process here might never get into the journal, where attempts are counted.
    if ctx.attempts.is_cautious() {
        return;
    }
    let Update::Message(incoming) = update::read(update, ctx.identity.id) else { return };
    let is_plain =
        incoming.kind.is_private() && incoming.reply.is_none() && incoming.file.is_none();
    let question = incoming.text.filter(|_| is_plain && ctx.library.is_quick());
    let Some(question) = question else { return };
    let is_command = command::parse(&question, &ctx.identity.username).is_some();
    if is_command || !ctx.access.is_allowed(incoming.sender.id, Some(incoming.chat)) {
        return;
    }
    let stamp = ctx.library.stamp();
    // Whoever asks for it will see the error.
    let Ok(answer) = ctx.library.ask(&question, None) else { return };
    ctx.prefetched.put(Prefetched { question, stamp, answer });
}

/// The answer to a question that follows up no other, if it was foreseen.
pub fn take_prefetched(ctx: &BotContext, question: &str) -> Option<Answer> {
    ctx.prefetched.take(question, ctx.library.stamp())
}

#[cfg(test)]
mod tests {
    use crate::bot::handlers::prefetch::*;

    #[test]
    fn what_was_foreseen_is_said_once_to_the_same_question_of_the_same_corpus() {
        let foresight = AnswerPrefetch::default();
        let keep = |question: &str| {
            let question = question.to_owned();
            foresight.put(Prefetched { question, stamp: [1; 32], answer: Answer::Empty });
        };
        assert_eq!(foresight.take("why?", [1; 32]), None);
        keep("why?");
        assert_eq!(foresight.take("who?", [1; 32]), None);
        assert_eq!(foresight.take("why?", [1; 32]), Some(Answer::Empty));
        assert_eq!(foresight.take("why?", [1; 32]), None);
        keep("why?");
        assert_eq!(foresight.take("why?", [2; 32]), None);
    }
}
