//! Whose names answer "who wrote this?" where no sentence of the corpus does. Pure.
//!
//! Names come from the front matter. A question that names something which no title has is about
//! something else, and gets nothing from here.

use std::sync::Arc;

use super::{Answer, Bylines, Excerpt, Found};
use crate::corpus::article::Outline;
use crate::index::ArticleSummary;
use crate::index::analysis::WordId;
use crate::index::analyzer::{self, Language};
use crate::search::authorship;

/// More articles than this do not answer a question, they list a library.
pub const MAX_BYLINES: usize = 3;

/// Whether an answer leaves open who wrote the text. "Who wrote Neap Tides?" finds the tides, too:
/// a sentence answers it only if it names every author.
pub fn author_is_missing(question: &str, answer: &Answer) -> bool {
    authorship::asks(&analyzer::words(question))
        && match answer {
            Answer::Found(found) => !found.excerpts.first().is_some_and(names_all),
            Answer::NothingFound(_) | Answer::Empty => true,
            Answer::Byline(_) | Answer::SmallTalk(_) => false,
        }
}

fn names_all(excerpt: &Excerpt) -> bool {
    let authors = &excerpt.place().article.authors;
    !authors.is_empty() && authors.iter().all(|author| excerpt.quote().contains(author.as_str()))
}

fn names_one(excerpt: &Excerpt) -> bool {
    let authors = &excerpt.place().article.authors;
    authors.iter().any(|author| excerpt.quote().contains(author.as_str()))
}

/// The answer with the bylines of these articles: of its quotes stay those that name an author.
pub fn with_bylines(answer: Answer, bylines: Vec<Arc<Outline>>) -> Answer {
    match answer {
        _ if bylines.is_empty() => answer,
        Answer::Found(mut found) => {
            found.excerpts.retain(names_one);
            match found.excerpts.is_empty() {
                true => Answer::Byline(alone(bylines)),
                false => Answer::Found(Found { bylines, ..found }),
            }
        }
        Answer::NothingFound(_) | Answer::Byline(_) | Answer::SmallTalk(_) | Answer::Empty => {
            Answer::Byline(alone(bylines))
        }
    }
}

fn alone(articles: Vec<Arc<Outline>>) -> Bylines {
    Bylines { articles, unanswered: Vec::new() }
}

/// Those `articles` with authors that `question` can mean, the first few: those whose titles have every word
/// that it has beside asking. `languages` are those of the corpus.
pub fn byline<I: Iterator<Item = Arc<ArticleSummary>>>(
    question: &str,
    articles: impl FnOnce() -> I,
    languages: &[Language],
) -> Vec<Arc<ArticleSummary>> {
    let asked = analyzer::words(question);
    if !authorship::asks(&asked) {
        return Vec::new();
    }
    let stemmers: Vec<_> = languages.iter().map(Language::stemmer).collect();
    let stems_of = |named: &str| -> Vec<WordId> {
        let stems = stemmers.iter().map(|stemmer| analyzer::stem(stemmer.as_ref(), named));
        stems.map(|stem| WordId::of(&stem)).collect()
    };
    let subject: Vec<_> = authorship::subject(&asked).into_iter().map(stems_of).collect();
    let is_meant = |article: &Arc<ArticleSummary>| {
        let has = |stem: &WordId| article.title_stems.contains(stem);
        subject.iter().all(|named| named.iter().any(has))
    };
    let signed = articles().filter(|article| article.is_signed);
    signed.filter(is_meant).take(MAX_BYLINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ContentHash;
    use crate::corpus::article::ArticleId;
    use crate::index::analysis::Analyst;

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
            title_stems: Analyst::new(&english()).analyse(title).stems().map(WordId::of).collect(),
            published: published.map(str::to_owned),
            is_signed,
            sections: 1,
        })
    }

    #[test]
    fn the_first_articles_that_are_meant_are_named() {
        let all = [
            article("Bores", false, Some("2027-01-01")),
            article("Spring Tides", true, Some("2026-04-01")),
            article("Waves", true, Some("2026-04-01")),
            article("Neap Tides", true, Some("2026-03-01")),
            article("Rivers", true, None),
        ];
        let check = |question: &str, articles: &[Arc<ArticleSummary>], expected: &[&str]| {
            let found = byline(question, || articles.iter().cloned(), &[english()]);
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
