//! Example questions that the corpus answers, for who does not know what to ask.

use std::sync::{MutexGuard, PoisonError};

use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::corpus::article::PassageId;
use crate::library::{Library, LibraryError};
use crate::render::messages::Locale;
use crate::render::telegram::{self, Action, Button, Message, RenderContext};
use crate::suggest::{self, ExampleKind, Topic};

/// A question, and what its button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedQuestion {
    question: String,
    kind: ExampleKind,
    action: Action,
}

/// The examples of a corpus.
#[derive(Debug, Clone)]
pub struct SuggestionCache {
    stamp: [u8; 32],
    questions: Vec<SuggestedQuestion>,
}

const MAX_SUGGESTIONS: usize = 3;

/// A message with example questions below it. They are the same for as long as the corpus is.
pub async fn with_suggestions(
    ctx: &BotContext,
    update: i64,
    setting: ReaderContext,
    text: String,
) -> Message {
    let stamp = ctx.library.stamp();
    let known = suggestions(ctx).clone().filter(|known| known.stamp == stamp);
    let examples = match known {
        Some(known) => known.questions,
        None => ctx
            .with_library(update, setting, |library, _| suggested_questions(library))
            .await
            .unwrap_or_default(),
    };
    if examples.is_empty() {
        return telegram::plain(&text);
    }
    *suggestions(ctx) = Some(SuggestionCache { stamp, questions: examples.clone() });
    let message = telegram::plain(&format!("{text}\n\n{}", setting.messages().try_one()));
    examples.iter().fold(message, |message, example| {
        message.with(vec![Button::new(&example.question, example.action)])
    })
}

fn suggestions(ctx: &BotContext) -> MutexGuard<'_, Option<SuggestionCache>> {
    ctx.suggestion_cache.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Up to three questions, of different kinds and passages where there are.
fn suggested_questions(library: &Library) -> Result<Vec<SuggestedQuestion>, LibraryError> {
    let mut chosen: Vec<SuggestedQuestion> = Vec::new();
    let mut spare: Vec<SuggestedQuestion> = Vec::new();
    for (passage, topic) in library.topics()? {
        if chosen.len() == MAX_SUGGESTIONS {
            break;
        }
        let has_kind = chosen.iter().any(|known| known.kind == topic.kind);
        if has_kind && spare.len() >= MAX_SUGGESTIONS {
            continue;
        }
        let question = question(library, passage, &topic)?;
        let is_short = |text: &String| text.chars().count() <= telegram::MAX_LABEL_CHARS;
        let Some(question) = question.filter(is_short) else { continue };
        let is_known =
            |known: &SuggestedQuestion| known.question == question || known.is_of(passage);
        if chosen.iter().chain(&spare).any(is_known) || !answers(library, passage, &question)? {
            continue;
        }
        let action = Action::Example(passage, topic.kind);
        let example = SuggestedQuestion { question, kind: topic.kind, action };
        if has_kind { spare.push(example) } else { chosen.push(example) }
    }
    chosen.extend(spare);
    chosen.truncate(MAX_SUGGESTIONS);
    Ok(chosen)
}

impl SuggestedQuestion {
    fn is_of(&self, passage: PassageId) -> bool {
        matches!(self.action, Action::Example(id, _) if id == passage)
    }
}

/// The topic as a question in the article's language, if that is one of ours.
fn question(
    library: &Library,
    passage: PassageId,
    topic: &Topic,
) -> Result<Option<String>, LibraryError> {
    let Some((place, _)) = library.passage(passage)? else { return Ok(None) };
    let Some(locale) = Locale::of_code(&library.language_of(&place.article)) else {
        return Ok(Some(topic.name.clone()));
    };
    let words = locale.messages();
    Ok(Some(match topic.kind {
        ExampleKind::Person => words.example_person(&topic.name),
        ExampleKind::Year => words.example_year(&topic.name),
        ExampleKind::Topic => words.example_topic(&topic.name),
    }))
}

fn answers(library: &Library, passage: PassageId, question: &str) -> Result<bool, LibraryError> {
    Ok(match library.ask(question, None)? {
        Answer::Found(found) => {
            found.excerpts.first().is_some_and(|first| first.passage().id == passage)
        }
        Answer::NothingFound(_) | Answer::Byline(_) | Answer::SmallTalk(_) | Answer::Empty => false,
    })
}

/// The answer to an example question, under the question. `None` when its passage has changed.
pub fn show(
    library: &Library,
    frame: &RenderContext<'_>,
    passage: PassageId,
    kind: ExampleKind,
) -> Result<Option<Message>, LibraryError> {
    let Some((place, text)) = library.passage(passage)? else { return Ok(None) };
    let topics = suggest::topics(&place.article, &text);
    let Some(topic) = topics.into_iter().find(|topic| topic.kind == kind) else { return Ok(None) };
    let Some(question) = question(library, passage, &topic)? else { return Ok(None) };
    Ok(match library.ask(&question, None)? {
        Answer::Found(found) => Some(telegram::quotes(&found, frame).under(&question)),
        Answer::NothingFound(nothing) => Some(telegram::nothing_found(&nothing, frame)),
        Answer::Byline(_) | Answer::SmallTalk(_) | Answer::Empty => None,
    })
}
