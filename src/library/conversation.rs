//! Messages of a conversation: their filters, and what they follow up.

use super::open_corpus::LibraryError;
use super::questions::HITS;
use super::view::{Narrowed, View};
use crate::answer::{self, Answer, NothingFound};
use crate::dialogue::{self, ArticleRequest, Request};
use crate::search;

/// A message in a conversation.
struct Turn<'a> {
    narrowed: Narrowed<'a>,
    /// The text that the message may follow up, without its filters.
    before: Option<String>,
    /// Whether the filters are those of the text that the message follows up.
    is_inherited: bool,
}

impl<'a> View<'a> {
    /// Answers a message, which may have several questions. `before` is the question that the
    /// message may follow up, or the [`View::context`] of a conversation.
    ///
    /// Filters in the message narrow the search, and so do those in `before` if the message follows
    /// it up without filters of its own. A message of filters alone gets the articles that pass.
    pub fn ask(&self, message: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        let Turn { narrowed, before, is_inherited } = self.turn(message, before)?;
        let filters = narrowed.filters.clone();
        let narrowed = match narrowed.checked() {
            Ok(narrowed) => narrowed,
            Err(unmatched) => {
                return Ok(Answer::NothingFound(NothingFound::unmatched(unmatched)));
            }
        };
        let (view, text) = (&narrowed.view, narrowed.text.as_str());
        let Some(filters) = filters else { return view.ask_all(text, before.as_deref()) };
        let answer = match text.contains(char::is_alphanumeric) {
            true => view.ask_all(text, before.as_deref())?,
            false => view.read_questions(|questions| {
                let listed = questions.list_articles(ArticleRequest::All)?;
                Ok(listed.map_or(Answer::Empty, |listed| Answer::Articles(listed.list)))
            })?,
        };
        Ok(match answer {
            // The briefing is made later, from the topic alone.
            Answer::Request(Request::Briefing { topic }) => {
                let topic = [topic.unwrap_or_default(), filters].join(" ").trim().to_owned();
                Answer::Request(Request::Briefing { topic: Some(topic) })
            }
            answer => answer.with_filters(filters, narrowed.is_as_typed && !is_inherited),
        })
    }

    /// Answers a message without filters from the articles that are searched.
    fn ask_all(&self, message: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        let answer = self.read_questions(|questions| questions.ask(message, before))?;
        // An index file that was just truncated or overwritten may lack terms.
        if matches!(answer, Answer::NothingFound(_)) && self.corpus.index.looks_damaged() {
            self.corpus.index.check_readable().map_err(LibraryError)?;
        }
        Ok(answer)
    }

    /// Returns the context in which a question that follows up `message` is to be asked. `before`
    /// is the context of `message` itself. Small talk does not change the context.
    pub fn context(&self, message: &str, before: Option<&str>) -> String {
        if dialogue::small_talk(message).is_some() {
            return before.unwrap_or_default().to_owned();
        }
        let Ok(Turn { narrowed, before, .. }) = self.turn(message, before) else {
            return String::new();
        };
        let text = narrowed.text.as_str();
        let context = narrowed.view.list(|snapshot| {
            self.with_questions(snapshot, |asked| asked.context(text, before.as_deref()))
        });
        match narrowed.filters {
            Some(filters) => format!("{filters} {context}").trim_end().to_owned(),
            None => context,
        }
    }

    /// Returns the filters and the text of a message, and the text that it follows up.
    fn turn(&self, message: &str, before: Option<&str>) -> Result<Turn<'a>, LibraryError> {
        let narrowed = self.narrowed_by(message)?;
        let Some(before) = before else {
            return Ok(Turn { narrowed, before: None, is_inherited: false });
        };
        let earlier = self.narrowed_by(before)?;
        let before = Some(earlier.text.clone());
        let has_own = narrowed.filters.is_some() || narrowed.unmatched.is_some();
        let is_inherited = !has_own
            && earlier.filters.is_some()
            && self.list(|snapshot| {
                self.with_questions(snapshot, |questions| {
                    questions.analyse(&narrowed.text, before.as_deref()).follow_up.is_some()
                })
            });
        let narrowed = match is_inherited {
            true => Narrowed { text: narrowed.text, ..earlier },
            false => narrowed,
        };
        Ok(Turn { narrowed, before, is_inherited })
    }

    /// Describes the scores of the passages for a question, as text for a developer.
    pub fn explain(&self, question: &str, before: Option<&str>) -> Result<String, LibraryError> {
        let Turn { narrowed, before, .. } = self.turn(question, before)?;
        let (query, ranking) = narrowed.view.search(&narrowed.text, before.as_deref(), HITS)?;
        Ok(search::explain::explain(&query, &ranking) + &answer::explain(&ranking))
    }
}
