//! Questions to one snapshot of the index: analysis, search and answer.

use super::reading;
use crate::answer::{self, Answer, Correction, Excerpt, LanguageMismatch, UnmatchedFilter};
use crate::corpus::article::PassageId;
use crate::dialogue;
use crate::embedding::EmbeddingIndex;
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::language_detection;
use crate::index::{IndexError, Snapshot};
use crate::search::aliases::Aliases;
use crate::search::follow_up::FollowUp;
use crate::search::keyboard_layout;
use crate::search::query::{self, Query};
use crate::search::question_language::{self, MAX_SEARCHED, QuestionLanguages};
use crate::search::split::{MAX_PARTS, split_questions};
use crate::search::term_cache::TermCache;
use crate::search::{self, Ranking, TermStats};

/// A snapshot of the index with everything that is needed to answer questions from it.
pub struct Questions<'a> {
    pub snapshot: &'a Snapshot<'a>,
    pub aliases: &'a Aliases,
    pub term_cache: &'a TermCache,
    /// `None` for lexical ranking.
    pub embeddings: Option<&'a EmbeddingIndex>,
}

/// Reason why no article can ever match some words by lexical search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmatchable {
    /// There are only function words, or no words.
    NoContent,
    /// The words are in a language of no article, and none may be a name that an article has.
    OtherLanguage {
        /// Languages of all articles, the most frequent first.
        articles: Vec<Language>,
    },
    /// A filter leaves no article.
    Filter(UnmatchedFilter),
}

/// Maximum length of a question, in bytes. A longer question is cut.
const MAX_QUESTION_BYTES: usize = 16 << 10;
/// Number of hits that an answer is made from.
pub const HITS: usize = 10;

impl Questions<'_> {
    /// Answers a message, which may have several questions. `before` is the question that the
    /// message may follow up, or the [`Questions::context`] of a conversation.
    pub fn ask(&self, message: &str, before: Option<&str>) -> Result<Answer, IndexError> {
        let message = truncated(message);
        if let Some(kind) = dialogue::small_talk(message) {
            return Ok(Answer::SmallTalk(kind));
        }
        let parts = self.parts(message);
        if let [question] = parts[..] {
            return self.ask_part(question, before);
        }
        let (asked, left) = parts.split_at(parts.len().min(MAX_PARTS));
        let mut before = before.map(str::to_owned);
        let mut answers = Vec::new();
        for part in asked.iter().copied() {
            answers.push((part, self.ask_part(part, before.as_deref())?));
            before = Some(self.context(part, before.as_deref()));
        }
        let is_question = |(_, answer): &&(&str, Answer)| {
            !matches!(answer, Answer::Request(_) | Answer::SmallTalk(_))
        };
        // A message that only makes requests gets the first.
        match answers.iter().find(is_question) {
            None => Ok(answers.into_iter().next().map_or(Answer::Empty, |(_, answer)| answer)),
            Some(_) => Ok(answer::combine(answers, left.first().copied())),
        }
    }

    /// Answers a topic, which is never read as a request.
    pub fn ask_topic(&self, topic: &str) -> Result<Answer, IndexError> {
        if let Some(kind) = dialogue::small_talk(topic) {
            return Ok(Answer::SmallTalk(kind));
        }
        self.ask_one(truncated(topic), None)
    }

    /// Returns the questions of a message, without the words around them.
    fn parts<'m>(&self, message: &'m str) -> Vec<&'m str> {
        let languages = self.languages_of(message).asked;
        let asking = dialogue::asking_parts(message, &languages);
        asking.into_iter().flat_map(|part| split_questions(part, &languages)).collect()
    }

    /// Answers one part of a message, which may be a question or a request.
    fn ask_part(&self, part: &str, before: Option<&str>) -> Result<Answer, IndexError> {
        if let Some(kind) = dialogue::small_talk(part) {
            return Ok(Answer::SmallTalk(kind));
        }
        if let Some(request) = dialogue::request(part) {
            return Ok(Answer::Request(request));
        }
        let Some(request) = dialogue::article_request(part) else {
            return self.ask_one(part, before);
        };
        let listed = self.list_articles(request)?;
        match listed {
            Some(listed) if listed.is_certain => Ok(Answer::Articles(listed.list)),
            Some(listed) => {
                // "When was the book published?" may be answered by the text, too.
                let answer = self.ask_one(part, before)?;
                Ok(if states_number(&answer) { answer } else { Answer::Articles(listed.list) })
            }
            None => self.ask_one(part, before),
        }
    }

    fn ask_one(&self, question: &str, before: Option<&str>) -> Result<Answer, IndexError> {
        let mut query = self.analyse(question, before);
        let mut answer = self.answer(&query)?;
        if matches!(answer, Answer::NothingFound(_))
            && let Some(languages) = self.other_languages(&query.languages)
        {
            // Names and numbers are written alike in other languages.
            let elsewhere = self.analyse_in(&languages, question, before);
            let found = self.answer(&elsewhere)?;
            if matches!(found, Answer::Found(_)) {
                (query, answer) = (elsewhere, found);
            }
        }
        if matches!(answer, Answer::NothingFound(_))
            && !self.has_any_term(&query)
            && let Some(found) = self.ask_retyped(question)?
        {
            return Ok(found);
        }
        if query.follow_up == Some(FollowUp::Ellipsis) && matches!(answer, Answer::NothingFound(_))
        {
            // The question may be a complete one rather than an elliptical follow-up.
            let alone = self.ask_one(question, None)?;
            return Ok(if matches!(alone, Answer::Found(_)) { alone } else { answer });
        }
        if answer::author_is_missing(question, &answer) {
            let all = || self.snapshot.articles().newest().iter();
            let named = answer::find_bylines(question, all, self.snapshot.languages());
            return Ok(answer::with_bylines(answer, self.snapshot.outlines(named)?));
        }
        Ok(answer)
    }

    /// Returns whether an article has a term of a question as it was typed.
    fn has_any_term(&self, query: &Query) -> bool {
        let languages = self.snapshot.languages();
        query.terms.iter().any(|term| {
            languages.iter().any(|language| self.snapshot.has_word(language, &term.folded))
        })
    }

    /// Answers a question as typed in another keyboard layout, if it has an answer and a word of an
    /// article then. A sentence model finds something similar to any letters.
    fn ask_retyped(&self, question: &str) -> Result<Option<Answer>, IndexError> {
        for used in keyboard_layout::retyped(question, self.snapshot.languages()) {
            let query = self.analyse(&used, None);
            if self.has_any_term(&query)
                && let Answer::Found(mut found) = self.answer(&query)?
            {
                let typed = question.trim().to_owned();
                found.corrected = vec![Correction { typed, used: used.trim().to_owned() }];
                return Ok(Some(Answer::Found(found)));
            }
        }
        Ok(None)
    }

    fn answer(&self, query: &Query) -> Result<Answer, IndexError> {
        if query.terms.is_empty() {
            return Ok(Answer::Empty);
        }
        Ok(match answer::answer(query, &self.rank(query, HITS)?) {
            // Function words that no text has in this order ask for nothing.
            Answer::NothingFound(_) if query.is_verbatim => Answer::Empty,
            answer => self.with_languages(answer, &query.languages),
        })
    }

    /// Adds the languages of the question and of the articles to an answer, if they differ.
    ///
    /// A refusal has them only without a sentence model, which reads questions in other languages.
    fn with_languages(&self, mut answer: Answer, languages: &QuestionLanguages) -> Answer {
        let Some(question) = &languages.told else { return answer };
        let differing = |articles| LanguageMismatch::new(question.clone(), articles);
        match &mut answer {
            Answer::Found(found) if question.is_determined() => {
                let quoted = found.excerpts.iter().map(|quote| self.language_of(quote));
                found.languages = differing(quoted.collect());
            }
            Answer::NothingFound(nothing)
                if self.embeddings.is_none() && languages.is_foreign() =>
            {
                nothing.languages = differing(self.snapshot.languages().to_vec());
            }
            Answer::Found(_)
            | Answer::NothingFound(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::SmallTalk(_)
            | Answer::Request(_)
            | Answer::Empty => {}
        }
        answer
    }

    /// Returns the language of a quote: the declared language of its article, or the language of
    /// the corpus that its passage is most likely in.
    fn language_of(&self, quote: &Excerpt) -> Language {
        let article = &quote.place().article;
        if let Some(declared) = &article.language {
            return Language::of_code(declared);
        }
        let languages: Vec<_> = self.snapshot.languages().iter().collect();
        let likeliest = match languages[..] {
            [_] => None,
            _ => language_detection::likeliest(&quote.passage().text, &languages).cloned(),
        };
        let main = || Language::of_code(reading::language_of(self.snapshot, article));
        likeliest.unwrap_or_else(main)
    }

    /// Returns why no article can ever match these words by lexical search, or `None` if one can.
    ///
    /// A word that no article has yet can match if it is in the language of an article, or if it
    /// may be a name: names are spelled alike in other languages of the same script.
    pub fn unmatchable(&self, words: &str) -> Result<Option<Unmatchable>, IndexError> {
        let languages = self.snapshot.languages();
        if languages.is_empty() {
            return Ok(None);
        }
        let query = self.analyse(words, None);
        if query.terms.is_empty() || query.is_verbatim {
            return Ok(Some(Unmatchable::NoContent));
        }
        let ranking = search::search(self.snapshot, self.term_cache, &query, None, HITS)?;
        let is_known = |term: &TermStats| term.is_in_corpus && term.corrected.is_none();
        let is_function_word = |term: &TermStats| {
            question_language::is_function_word_elsewhere(&term.typed, &query.languages.asked)
        };
        let may_be_name = |typed: &str| {
            typed.starts_with(char::is_uppercase) || typed.contains(|c: char| c.is_ascii_digit())
        };
        let can_match = |term: &TermStats| {
            let typed = &term.typed;
            is_known(term)
                || (language_detection::is_in_script_of(typed, languages)
                    && (!query.languages.is_foreign() || may_be_name(typed)))
        };
        let is_nothing = |term: &TermStats| !is_known(term) && is_function_word(term);
        Ok(match &ranking.terms[..] {
            terms if terms.iter().all(is_nothing) => Some(Unmatchable::NoContent),
            terms if terms.iter().any(can_match) => None,
            _ => Some(Unmatchable::OtherLanguage { articles: languages.to_vec() }),
        })
    }

    /// Returns the languages of the articles that a question was not searched in, if there are any.
    fn other_languages(&self, languages: &QuestionLanguages) -> Option<QuestionLanguages> {
        let others = self.snapshot.languages().iter();
        let others = others.filter(|language| !languages.searched.contains(language));
        let searched: Vec<_> = others.take(MAX_SEARCHED).cloned().collect();
        (!searched.is_empty()).then(|| QuestionLanguages { searched, ..languages.clone() })
    }

    /// Returns the context in which a question that follows up `message` is to be asked. `before`
    /// is the context of `message` itself. Small talk does not change the context.
    pub fn context(&self, message: &str, before: Option<&str>) -> String {
        let message = truncated(message);
        let is_request =
            |part: &str| dialogue::small_talk(part).is_some() || dialogue::request(part).is_some();
        if dialogue::small_talk(message).is_some() {
            return before.unwrap_or_default().to_owned();
        }
        let languages = self.languages_of(message).asked;
        let parts = self.parts(message).into_iter().take(MAX_PARTS);
        let parts = parts.filter(|part| !is_request(part));
        let context = parts.fold(before.map(str::to_owned), |before, part| {
            Some(query::context(part, before.as_deref(), &languages))
        });
        context.unwrap_or_default()
    }

    /// Analyses a question. `before` is its context.
    pub fn analyse(&self, question: &str, before: Option<&str>) -> Query {
        let question = truncated(question);
        self.analyse_in(&self.languages_of(question), question, before)
    }

    /// Analyses a question in some languages.
    fn analyse_in(
        &self,
        languages: &QuestionLanguages,
        question: &str,
        before: Option<&str>,
    ) -> Query {
        query::analyse(truncated(question), before.map(truncated), languages, self.aliases)
    }

    /// Returns the languages of a question.
    fn languages_of(&self, question: &str) -> QuestionLanguages {
        let words = analyzer::words(question);
        let is_in = |language: &Language, word: &str| self.snapshot.has_word(language, word);
        question_language::question_languages(question, &words, self.snapshot.languages(), is_in)
    }

    /// Analyses a question and ranks at most `limit` passages for it.
    pub fn search(
        &self,
        question: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Query, Ranking), IndexError> {
        let query = self.analyse(question, before);
        let ranking = self.rank(&query, limit)?;
        Ok((query, ranking))
    }

    /// Returns the quotes for a question that is still being typed, by descending confidence.
    pub fn suggest_quotes(&self, typed: &str) -> Result<Vec<Excerpt>, IndexError> {
        let mut query = self.analyse(typed, None);
        query.is_unfinished = !typed.ends_with(char::is_whitespace);
        if query.terms.is_empty() {
            return Ok(Vec::new());
        }
        Ok(answer::quote_per_hit(&self.rank(&query, search::MAX_HITS)?))
    }

    /// Returns the quotes of these passages that answer `words`, by descending confidence. The
    /// search is lexical, since new passages have no vectors yet.
    pub fn quotes_within(
        &self,
        words: &str,
        passages: &[PassageId],
    ) -> Result<Vec<Excerpt>, IndexError> {
        let mut query = self.analyse(words, None);
        if query.terms.is_empty() || passages.is_empty() {
            return Ok(Vec::new());
        }
        query.restrict_to = Some(passages.to_vec());
        let ranking = search::search(self.snapshot, self.term_cache, &query, None, HITS)?;
        Ok(match answer::answer(&query, &ranking) {
            Answer::Found(found) => found.excerpts,
            Answer::NothingFound(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::SmallTalk(_)
            | Answer::Request(_)
            | Answer::Empty => Vec::new(),
        })
    }

    fn rank(&self, query: &Query, limit: usize) -> Result<Ranking, IndexError> {
        search::search(self.snapshot, self.term_cache, query, self.embeddings, limit)
    }
}

/// Returns whether the first quote of an answer has a number.
fn states_number(answer: &Answer) -> bool {
    let Answer::Found(found) = answer else { return false };
    let first = found.excerpts.first();
    first.is_some_and(|first| first.quote().contains(|c: char| c.is_numeric()))
}

fn truncated(question: &str) -> &str {
    &question[..question.floor_char_boundary(MAX_QUESTION_BYTES)]
}
