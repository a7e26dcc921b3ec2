//! Articles, sections and passages of one snapshot of the index, as a reader sees them.

use std::sync::Arc;

use crate::answer::{Excerpt, Place};
use crate::corpus::article::{ArticleId, Outline, Passage, PassageId, SectionId};
use crate::index::{IndexError, Snapshot};
use crate::suggest::{self, Topic};

/// A section with its passages, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct FullSection {
    pub place: Place,
    pub passages: Vec<Arc<Passage>>,
}

/// An article with all of its passages, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct FullArticle {
    pub article: Arc<Outline>,
    pub passages: Vec<Arc<Passage>>,
}

/// Language code of the articles of an empty corpus.
pub const DEFAULT_LANGUAGE: &str = "en";
/// Maximum number of articles, of sections in an article, and of passages in a section that topics
/// are taken from. They bound the time for a large archive.
const TOPIC_ARTICLES: usize = 8;
const TOPIC_SECTIONS: usize = 12;
const TOPIC_PASSAGES: usize = 4;

/// Returns an article with its text, or `None` if the corpus does not have the article.
pub fn full_article(
    snapshot: &Snapshot<'_>,
    id: ArticleId,
) -> Result<Option<FullArticle>, IndexError> {
    let Some(article) = snapshot.outline(id)? else { return Ok(None) };
    let mut passages = Vec::new();
    for section in &article.sections {
        let stored = snapshot.section_passages(section.id)?;
        passages.extend(stored.iter().map(|stored| Arc::clone(&stored.passage)));
    }
    Ok(Some(FullArticle { article, passages }))
}

/// Returns a section with its text, or `None` if the corpus does not have the section.
pub fn full_section(
    snapshot: &Snapshot<'_>,
    id: SectionId,
) -> Result<Option<FullSection>, IndexError> {
    let Some(article) = snapshot.outline_of_section(id)? else { return Ok(None) };
    let section = article.sections.iter().position(|section| section.id == id);
    let place = Place { section: section.unwrap_or_default(), article };
    let passages = snapshot.section_passages(id)?;
    let passages = passages.iter().map(|stored| Arc::clone(&stored.passage));
    Ok(Some(FullSection { place, passages: passages.collect() }))
}

/// Returns a passage with its place, or `None` if the corpus does not have the passage.
pub fn passage(
    snapshot: &Snapshot<'_>,
    id: PassageId,
) -> Result<Option<(Place, Arc<Passage>)>, IndexError> {
    let Some(stored) = snapshot.passage(id)? else { return Ok(None) };
    let Some(article) = snapshot.outline(stored.article)? else { return Ok(None) };
    let place = Place { section: stored.passage.section, article };
    Ok(Some((place, Arc::clone(&stored.passage))))
}

/// Returns the first sentence of each of these passages that exists.
pub fn first_sentences(
    snapshot: &Snapshot<'_>,
    passages: &[PassageId],
) -> Result<Vec<Excerpt>, IndexError> {
    let mut excerpts = Vec::new();
    for id in passages {
        let Some((place, passage)) = passage(snapshot, *id)? else { continue };
        let first = passage.sentences.first().filter(|_| !passage.is_boilerplate).cloned();
        let excerpt = first.and_then(|first| Excerpt::new(place.article, passage, first, &[]));
        excerpts.extend(excerpt);
    }
    Ok(excerpts)
}

/// Returns the language code of an article: the declared language, or the main language of the
/// corpus.
pub fn language_of<'a>(snapshot: &'a Snapshot<'_>, article: &'a Outline) -> &'a str {
    let main = snapshot.languages().first().map_or(DEFAULT_LANGUAGE, |language| language.code());
    article.language.as_deref().unwrap_or(main)
}

/// Returns topics of the first articles, each with its passage. The first passages of all sections
/// come first, then the second passages, and so on.
pub fn topics(snapshot: &Snapshot<'_>) -> Result<Vec<(PassageId, Topic)>, IndexError> {
    let articles = snapshot.articles().by_title().clone();
    let mut sections = Vec::new();
    for article in snapshot.outlines(articles.iter().take(TOPIC_ARTICLES))? {
        for section in article.sections.iter().take(TOPIC_SECTIONS) {
            sections.extend(full_section(snapshot, section.id)?);
        }
    }
    let deepest = sections.iter().map(|section| section.passages.len()).max().unwrap_or(0);
    let mut found = Vec::new();
    for depth in 0..deepest.min(TOPIC_PASSAGES) {
        for section in &sections {
            let Some(passage) = section.passages.get(depth) else { continue };
            let topics = suggest::topics(&section.place.article, passage);
            found.extend(topics.into_iter().map(|topic| (passage.id, topic)));
        }
    }
    Ok(found)
}
