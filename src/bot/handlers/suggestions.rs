//! Suggested questions: questions that the corpus answers, offered as buttons.

use crate::answer::Answer;
use crate::bot::context::{BotContext, ReaderContext};
use crate::corpus::article::PassageId;
use crate::ids::UpdateId;
use crate::library::{LibraryError, View};
use crate::render::messages::{Locale, Messages};
use crate::render::telegram::{self, Action, Button, Message, RenderContext};
use crate::suggest::{self, ExampleKind, Topic};

/// A question, and the action of its button.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SuggestedQuestion {
    question: String,
    kind: ExampleKind,
    action: Action,
}

/// Maximum number of suggested questions.
const MAX_SUGGESTIONS: usize = 3;

/// Makes a message with the suggested questions as buttons below the text.
pub async fn with_suggestions(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    text: String,
) -> Message {
    add_suggestions(ctx, update, reader, reader.messages(), telegram::plain(&text)).await
}

/// Adds the suggested questions, which `messages` introduce, to a message, above its own buttons.
/// The questions stay the same until the articles of the audience change.
pub async fn add_suggestions(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    messages: &Messages,
    message: Message,
) -> Message {
    // Without a stamp, the library cannot be read, which the read below reports.
    let stamp = ctx.view(reader.audience).stamp().ok();
    let suggestions = match stamp.and_then(|stamp| ctx.caches.suggestions.get(&stamp)) {
        Some(suggestions) => suggestions,
        None => {
            let read =
                ctx.with_library(Some(update), reader, |library, _| suggested_questions(library));
            let suggested = read.await.unwrap_or_default().into_iter();
            let suggestions: Vec<_> =
                suggested.map(|suggested| (suggested.question, suggested.action)).collect();
            if let Some(stamp) = stamp.filter(|_| !suggestions.is_empty()) {
                ctx.caches.suggestions.insert(stamp, suggestions.clone());
            }
            suggestions
        }
    };
    if suggestions.is_empty() {
        return message;
    }
    let introduction = telegram::plain(&messages.try_one()).html;
    let suggested = suggestions.iter();
    let suggested = suggested.map(|(question, action)| vec![Button::new(question, *action)]);
    Message {
        html: format!("{}\n\n{introduction}", message.html),
        buttons: suggested.chain(message.buttons).collect(),
    }
}

/// Chooses up to three questions, if possible of different kinds and about different passages.
fn suggested_questions(library: &View<'_>) -> Result<Vec<SuggestedQuestion>, LibraryError> {
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

/// Puts a topic as a question in the article's language, or returns its name if the bot does not
/// speak that language.
fn question(
    library: &View<'_>,
    passage: PassageId,
    topic: &Topic,
) -> Result<Option<String>, LibraryError> {
    let Some((place, _)) = library.passage(passage)? else { return Ok(None) };
    let Some(locale) = Locale::from_tag(&library.language_of(&place.article)) else {
        return Ok(Some(topic.name.clone()));
    };
    let messages = locale.messages();
    Ok(Some(match topic.kind {
        ExampleKind::Person => messages.example_person(&topic.name),
        ExampleKind::Year => messages.example_year(&topic.name),
        ExampleKind::Topic => messages.example_topic(&topic.name),
    }))
}

/// Returns whether the first quote for a question is from this passage.
fn answers(library: &View<'_>, passage: PassageId, question: &str) -> Result<bool, LibraryError> {
    Ok(match library.ask(question, None)? {
        Answer::Found(found) => {
            found.excerpts.first().is_some_and(|first| first.passage().id == passage)
        }
        Answer::NothingFound(_)
        | Answer::Byline(_)
        | Answer::Articles(_)
        | Answer::SmallTalk(_)
        | Answer::Request(_)
        | Answer::Empty => false,
    })
}

/// Makes the page with the answer to a suggested question, under the question. Returns `None` if
/// its passage has changed.
pub fn page(
    library: &View<'_>,
    context: &RenderContext<'_>,
    passage: PassageId,
    kind: ExampleKind,
) -> Result<Option<Message>, LibraryError> {
    let Some((place, text)) = library.passage(passage)? else { return Ok(None) };
    let topics = suggest::topics(&place.article, &text);
    let Some(topic) = topics.into_iter().find(|topic| topic.kind == kind) else { return Ok(None) };
    let Some(question) = question(library, passage, &topic)? else { return Ok(None) };
    Ok(match library.ask(&question, None)? {
        Answer::Found(found) => Some(telegram::quotes(&found, context).under(&question)),
        Answer::NothingFound(nothing) => Some(telegram::nothing_found(&nothing, context)),
        Answer::Byline(_)
        | Answer::Articles(_)
        | Answer::SmallTalk(_)
        | Answer::Request(_)
        | Answer::Empty => None,
    })
}
