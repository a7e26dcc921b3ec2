//! Lists of articles by author, date, title or topic.

use std::collections::HashSet;
use std::sync::Arc;

use super::questions::Questions;
use crate::answer::{self, Answer, ArticleList, ListReason, MAX_LISTED};
use crate::dialogue::ArticleRequest;
use crate::index::analysis::WordId;
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::{ArticleSummary, IndexError};
use crate::search::{self, Hit, stopwords};

/// A list of articles, and whether the message certainly asks for it.
pub struct Listed {
    pub list: ArticleList,
    /// Whether the list answers, whatever the text of the articles says.
    pub is_certain: bool,
}

/// Articles whose titles have all words of a title as typed, newest first.
#[derive(Default)]
struct Titled {
    /// Articles with exactly this title.
    exact: Vec<Arc<ArticleSummary>>,
    /// Articles with a longer title.
    partial: Vec<Arc<ArticleSummary>>,
}

impl Questions<'_> {
    /// Returns the articles that a request asks for; `None` if the corpus has none of that kind.
    pub fn list_articles(&self, request: ArticleRequest<'_>) -> Result<Option<Listed>, IndexError> {
        match request {
            ArticleRequest::All => self.newest(ListReason::All),
            ArticleRequest::Newest => self.newest(ListReason::Newest),
            // In some languages, "articles by" and "articles about" are the same word.
            ArticleRequest::NewestOn(topic) => match self.by_author(topic)? {
                Some(listed) => Ok(Some(listed)),
                None => self.newest_on(topic),
            },
            ArticleRequest::ByAuthor(name) => self.by_author(name),
            ArticleRequest::Published(None) => {
                let dated = self.all().filter(|article| article.published.is_some());
                self.listed(ListReason::Published, dated.collect(), true)
            }
            ArticleRequest::Published(Some(title)) => {
                let Titled { exact, partial } = self.titled(title);
                let is_certain = !exact.is_empty();
                let found = if is_certain { exact } else { partial };
                let dated = found.into_iter().filter(|article| article.published.is_some());
                self.listed(ListReason::Published, dated.collect(), is_certain)
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = Arc<ArticleSummary>> {
        self.snapshot.articles().newest().iter()
    }

    fn newest(&self, reason: ListReason) -> Result<Option<Listed>, IndexError> {
        let articles = self.snapshot.outlines(self.all().take(MAX_LISTED))?;
        let total = self.snapshot.articles().count();
        let list = ArticleList { reason, articles, total, filters: None };
        Ok((total > 0).then_some(Listed { list, is_certain: true }))
    }

    /// Returns the articles whose passages answer a topic.
    fn newest_on(&self, topic: &str) -> Result<Option<Listed>, IndexError> {
        let (query, ranking) = self.search(topic, None, search::MAX_HITS)?;
        if !matches!(answer::answer(&query, &ranking), Answer::Found(_)) {
            return Ok(None);
        }
        let terms = |hit: &Hit| hit.match_strengths.iter().filter(|match_| **match_ >= 0.5).count();
        let most = ranking.hits.iter().map(terms).max().unwrap_or(0);
        let on_topic = ranking.hits.iter().filter(|hit| terms(hit) == most);
        let ids: HashSet<_> = on_topic.map(|hit| hit.article.id).collect();
        let found = self.all().filter(|article| ids.contains(&article.id)).take(ids.len());
        self.listed(ListReason::Topic(topic.trim().to_owned()), found.collect(), true)
    }

    /// Returns the articles by an author whose name has all words of `name`.
    fn by_author(&self, name: &str) -> Result<Option<Listed>, IndexError> {
        let words: Vec<_> = analyzer::words(name).into_iter().map(|word| word.folded).collect();
        let is_pronoun = |word: &String| stopwords::is_stopword(word, &[]);
        if words.is_empty() || words.iter().all(is_pronoun) {
            return Ok(None);
        }
        let has_name = |author: &&String| {
            let known: HashSet<_> =
                analyzer::words(author).into_iter().map(|word| word.folded).collect();
            words.iter().all(|word| known.contains(word))
        };
        let named = |article: &ArticleSummary| article.authors.iter().find(has_name).cloned();
        let found: Vec<_> = self.all().filter(|article| named(article).is_some()).collect();
        let names: HashSet<_> = found.iter().filter_map(|article| named(article)).collect();
        let author = match names.len() {
            1 => names.into_iter().next().unwrap_or_default(),
            _ => name.trim().to_owned(),
        };
        self.listed(ListReason::Author(author), found, true)
    }

    /// Returns the articles whose titles have all content words of `title`.
    fn titled(&self, title: &str) -> Titled {
        let words: Vec<_> = analyzer::words(title).into_iter().map(|word| word.folded).collect();
        let content: Vec<_> =
            words.iter().filter(|word| !stopwords::is_stopword(word, &[])).cloned().collect();
        let subject = if content.is_empty() { &words } else { &content };
        let languages = self.snapshot.languages();
        let stems: Vec<_> = subject.iter().map(|word| stems_of(word, languages)).collect();
        let has_title = |article: &ArticleSummary| {
            let has = |stem: &WordId| article.title_stems.contains(stem);
            !stems.is_empty() && stems.iter().all(|stems| stems.iter().any(has))
        };
        let mut found = Titled::default();
        for article in self.all().filter(|article| has_title(article)) {
            let title = analyzer::words(&article.title);
            let is_content = |word: &&analyzer::Word| !stopwords::is_stopword(&word.folded, &[]);
            let is_exact = title.len() == words.len()
                || title.iter().filter(is_content).count() == content.len() && !content.is_empty();
            if is_exact { found.exact.push(article) } else { found.partial.push(article) }
        }
        found
    }

    fn listed(
        &self,
        reason: ListReason,
        found: Vec<Arc<ArticleSummary>>,
        is_certain: bool,
    ) -> Result<Option<Listed>, IndexError> {
        let total = found.len();
        let articles = self.snapshot.outlines(found.into_iter().take(MAX_LISTED))?;
        let list = ArticleList { reason, articles, total, filters: None };
        Ok((!list.articles.is_empty()).then_some(Listed { list, is_certain }))
    }
}

/// Returns the stems of a folded word in all languages of the corpus.
fn stems_of(folded: &str, languages: &[Language]) -> Vec<WordId> {
    let stem =
        |language: &Language| WordId::of(&analyzer::stem(language.stemmer().as_ref(), folded));
    languages.iter().map(stem).collect()
}
