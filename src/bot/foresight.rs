//! Thinks of an answer while its question is being journalled: the wait for the disk is longer than what an
//! answer by words takes.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::incoming::{self, Incoming};
use super::menu;
use super::react::Reactor;
use crate::answer::Answer;

/// The answer to the question that came last, until it is given.
#[derive(Debug, Default)]
pub(super) struct Foresight(Mutex<Option<Foreseen>>);

#[derive(Debug)]
struct Foreseen {
    question: String,
    /// Of the corpus that answers it.
    stamp: [u8; 32],
    answer: Answer,
}

impl Foresight {
    fn keep(&self, foreseen: Foreseen) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(foreseen);
    }

    /// The answer to this question, if it is the one and the corpus is the same.
    fn take(&self, question: &str, stamp: [u8; 32]) -> Option<Answer> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = kept.take_if(|foreseen| foreseen.question == question)?;
        (taken.stamp == stamp).then_some(taken.answer)
    }
}

impl Reactor {
    /// Answers an update that is a plain question, without saying so yet.
    pub(super) fn foresee(&self, update: &Value) {
        // One that ends the process here might never get into the journal, where attempts are counted.
        if self.attempts.is_cautious() {
            return;
        }
        let Incoming::Message(letter) = incoming::read(update, self.me.id) else { return };
        let is_plain = letter.kind.is_private() && letter.reply.is_none() && letter.file.is_none();
        let question = letter.text.filter(|_| is_plain && self.library.is_quick());
        let Some(question) = question else { return };
        let is_command = menu::parse(&question, &self.me.username).is_some();
        if is_command || !self.access.is_let_in(letter.asker.id, Some(letter.chat)) {
            return;
        }
        let stamp = self.library.stamp();
        // Whoever asks for it will see the error.
        let Ok(answer) = self.library.ask(&question, None) else { return };
        self.foresight.keep(Foreseen { question, stamp, answer });
    }

    /// The answer to a question that follows up no other, if it was foreseen.
    pub(super) fn foreseen(&self, question: &str) -> Option<Answer> {
        self.foresight.take(question, self.library.stamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_foreseen_is_said_once_to_the_same_question_of_the_same_corpus() {
        let foresight = Foresight::default();
        let keep = |question: &str| {
            let question = question.to_owned();
            foresight.keep(Foreseen { question, stamp: [1; 32], answer: Answer::Empty });
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
