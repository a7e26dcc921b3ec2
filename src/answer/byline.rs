//! Bylines: authors from the front matter, for "who wrote this?" if no sentence answers it. Pure.
//!
//! A question that names a subject gets a byline only if the title of an article has the subject.

use std::sync::Arc;

use super::excerpt::Excerpt;
use super::outcome::{Answer, Bylines, Found};
use crate::corpus::article::Outline;
use crate::index::ArticleSummary;
use crate::index::analysis::WordId;
use crate::index::analyzer::{self, WordStemmer};
use crate::index::language::Language;
use crate::search::authorship;

/// Maximum number of bylines of an answer.
pub const MAX_BYLINES: usize = 3;

/// Returns whether a question asks for the author and its answer does not name every author.
///
/// "Who wrote Neap Tides?" may find sentences about tides, so that hits alone are no answer.
pub fn author_is_missing(question: &str, answer: &Answer) -> bool {
    authorship::asks_for_author(&analyzer::words(question))
        && match answer {
            Answer::Found(found) => !found.excerpts.first().is_some_and(names_all_authors),
            Answer::NothingFound(_) | Answer::Empty => true,
            Answer::Byline(_) | Answer::Articles(_) | Answer::SmallTalk(_) | Answer::Request(_) => {
                false
            }
        }
}

fn names_all_authors(excerpt: &Excerpt) -> bool {
    let authors = &excerpt.place().article.authors;
    !authors.is_empty() && authors.iter().all(|author| excerpt.quote().contains(author.as_str()))
}

fn names_an_author(excerpt: &Excerpt) -> bool {
    let authors = &excerpt.place().article.authors;
    authors.iter().any(|author| excerpt.quote().contains(author.as_str()))
}

/// Adds bylines to an answer and keeps only the quotes that name an author.
pub fn with_bylines(answer: Answer, bylines: Vec<Arc<Outline>>) -> Answer {
    match answer {
        _ if bylines.is_empty() => answer,
        Answer::Found(mut found) => {
            found.excerpts.retain(names_an_author);
            match found.excerpts.is_empty() {
                true => Answer::Byline(only(bylines)),
                false => Answer::Found(Found { bylines, ..found }),
            }
        }
        Answer::NothingFound(_)
        | Answer::Byline(_)
        | Answer::Articles(_)
        | Answer::SmallTalk(_)
        | Answer::Request(_)
        | Answer::Empty => Answer::Byline(only(bylines)),
    }
}

/// Makes bylines that leave no question without an answer.
fn only(articles: Vec<Arc<Outline>>) -> Bylines {
    Bylines { articles, unanswered: Vec::new(), filters: None }
}

/// Returns the first signed articles whose titles have every word that the question adds to asking.
///
/// At most `MAX_BYLINES` are returned. `languages` are those of the corpus.
pub fn find_bylines<I: Iterator<Item = Arc<ArticleSummary>>>(
    question: &str,
    articles: impl FnOnce() -> I,
    languages: &[Language],
) -> Vec<Arc<ArticleSummary>> {
    let words = analyzer::words(question);
    if !authorship::asks_for_author(&words) {
        return Vec::new();
    }
    let stemmers: Vec<_> = languages.iter().map(WordStemmer::new).collect();
    let stems_of = |word: &str| -> Vec<WordId> {
        stemmers.iter().map(|stemmer| WordId::of(&stemmer.stem(word))).collect()
    };
    let subject: Vec<_> = authorship::subject_words(&words).into_iter().map(stems_of).collect();
    let has_subject = |article: &Arc<ArticleSummary>| {
        let has = |stem: &WordId| article.title_stems.contains(stem);
        subject.iter().all(|stems| stems.iter().any(has))
    };
    let signed = articles().filter(|article| !article.authors.is_empty());
    signed.filter(has_subject).take(MAX_BYLINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ContentHash;
    use crate::corpus::article::ArticleId;
    use crate::index::analysis::TextAnalyzer;

    fn english() -> Language {
        Language::of_code("en")
    }

    fn article(title: &str, is_signed: bool, published: Option<&str>) -> Arc<ArticleSummary> {
        Arc::new(ArticleSummary {
            id: ArticleId::of_file(title),
            file: format!("{title}.md"),
            hash: ContentHash::of(b""),
            modified: 0,
            title: title.to_owned(),
            title_stems: TextAnalyzer::new(&english())
                .analyse(title)
                .stems()
                .map(WordId::of)
                .collect(),
            published: published.map(str::to_owned),
            authors: is_signed.then(|| "Ada Moon".to_owned()).into_iter().collect(),
            tags: Vec::new(),
            sections: 1,
        })
    }

    #[test]
    fn byline_names_the_first_articles_with_the_subject() {
        let all = [
            article("Bores", false, Some("2027-01-01")),
            article("Spring Tides", true, Some("2026-04-01")),
            article("Waves", true, Some("2026-04-01")),
            article("Neap Tides", true, Some("2026-03-01")),
            article("Rivers", true, None),
        ];
        let check = |question: &str, articles: &[Arc<ArticleSummary>], expected: &[&str]| {
            let found = find_bylines(question, || articles.iter().cloned(), &[english()]);
            let titles: Vec<_> = found.iter().map(|article| article.title.as_str()).collect();
            assert_eq!(titles, expected, "{question}");
        };
        check("Who wrote this?", &all[3..4], &["Neap Tides"]);
        check("Who wrote this?", &all, &["Spring Tides", "Waves", "Neap Tides"]);
        check("¿Quién es el autor de este artículo?", &all[4..], &["Rivers"]);
        check("who wrote Neap Tides?", &all, &["Neap Tides"]);
        check("the author of the river article", &all, &["Rivers"]);
        check("authors on tides", &all, &["Spring Tides", "Neap Tides"]);
        check("Who wrote Bores?", &all, &[]);
        check("Who wrote Hamlet?", &all, &[]);
        check("Who are the Hazaras?", &all, &[]);
    }
}
