//! Briefings on articles and topics, and the quotes of new passages, as a view shows them.

use std::sync::Arc;

use super::briefing::{self, MAX_NEW_QUOTES, NewQuotes};
use super::open_corpus::LibraryError;
use super::view::{Narrowed, View};
use crate::answer::{Answer, NothingFound};
use crate::brief::{self, Brief, OnTopic, TopicBrief};
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::language::Language;

/// Number of hits from which the key sentences on a topic are selected.
const TOPIC_HITS: usize = 24;

/// Briefings.
impl View<'_> {
    /// Returns the briefing of an article, from a cache if possible, or `None` if the corpus does
    /// not have the article.
    pub fn brief(&self, id: ArticleId) -> Result<Option<Arc<Brief>>, LibraryError> {
        let summary = self.open_in(|snapshot| {
            let outline = snapshot.outline(id)?;
            Ok(outline.and_then(|outline| snapshot.articles().of_file(&outline.file)))
        })?;
        let Some(summary) = summary else { return Ok(None) };
        self.corpus.briefs.get_or_create(id, summary.hash, || {
            let full = self.full_article(id)?;
            Ok(full.map(|full| {
                let language = Language::of_code(&self.language_of(&full.article));
                (full, language)
            }))
        })
    }

    /// Returns the key sentences on a topic. A topic that is refused as a question is refused here.
    /// A topic of filters alone gets the briefing of the newest article that passes.
    pub fn brief_on(&self, topic: &str) -> Result<OnTopic, LibraryError> {
        let Narrowed { view, text, filters, is_as_typed, .. } =
            match self.narrowed_by(topic)?.checked() {
                Ok(narrowed) => narrowed,
                Err(unmatched) => {
                    let nothing = NothingFound::unmatched(unmatched);
                    return Ok(OnTopic::Fallback(Answer::NothingFound(nothing)));
                }
            };
        let Some(filters) = filters else { return view.brief_on_words(&text) };
        if text.trim().is_empty() {
            let newest = view.newest().first();
            let brief = newest.map(|article| view.brief(article.id)).transpose()?.flatten();
            return Ok(brief.map_or(OnTopic::Fallback(Answer::Empty), OnTopic::Article));
        }
        Ok(match view.brief_on_words(&text)? {
            OnTopic::Found(found) => {
                let filters = (!is_as_typed).then_some(filters);
                OnTopic::Found(TopicBrief { filters, ..found })
            }
            OnTopic::Fallback(answer) => {
                OnTopic::Fallback(answer.with_filters(filters, is_as_typed))
            }
            OnTopic::Article(brief) => OnTopic::Article(brief),
        })
    }

    /// Returns the key sentences on a topic without filters.
    fn brief_on_words(&self, topic: &str) -> Result<OnTopic, LibraryError> {
        let found = match self.read_questions(|questions| questions.ask_topic(topic))? {
            Answer::Found(found) => found,
            answer => return Ok(OnTopic::Fallback(answer)),
        };
        let (_, ranking) = self.search(topic, None, TOPIC_HITS)?;
        let language_of = |article: &Outline| Language::of_code(&self.language_of(article));
        let excerpts = brief::topic_sentences(&ranking, language_of);
        Ok(match excerpts.is_empty() {
            true => OnTopic::Fallback(Answer::Found(found)),
            false => {
                OnTopic::Found(TopicBrief { excerpts, corrected: found.corrected, filters: None })
            }
        })
    }

    /// Returns the quotes of the `new` passages of an article. If the subject has words, returns
    /// only quotes that answer them. Returns `None` if the article or its new passages were
    /// removed, if the article does not pass the filters of the subject, or if no quote answers its
    /// words.
    pub fn new_quotes(
        &self,
        article: ArticleId,
        new: &[PassageId],
        subject: &str,
    ) -> Result<Option<NewQuotes>, LibraryError> {
        let narrowed = self.narrowed_by(subject)?.checked();
        let Ok(Narrowed { view, text, .. }) = narrowed else { return Ok(None) };
        if !view.lists(article)? {
            return Ok(None);
        }
        let Some(full) = view.full_article(article)? else { return Ok(None) };
        if !text.trim().is_empty() {
            let mut excerpts =
                view.read_questions(|questions| questions.quotes_within(&text, new))?;
            excerpts.truncate(MAX_NEW_QUOTES);
            let quotes = NewQuotes { article: full.article, excerpts };
            return Ok((!quotes.excerpts.is_empty()).then_some(quotes));
        }
        let language = Language::of_code(&self.language_of(&full.article));
        Ok(briefing::new_quotes(full, new, &language))
    }
}
