//! Corpora that are made of judged articles: one corpus per article, or one of all articles.
//!
//! The corpora are files in a scratch directory, so the evaluation covers the parser and the index.

use std::error::Error;
use std::fs;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;

use tempfile::TempDir;

use super::judgments::{JudgedArticle, JudgedQuestion};
use super::metrics::{Counts, evaluate};
use crate::embedding::{EmbeddingIndex, Threads};
use crate::index::no_progress;
use crate::library::Library;
use crate::search::Mode;

/// Maximum number of corpora that lack some of the articles.
const MAX_LEFT_OUT: usize = 8;

/// The scratch directory and the search mode of an evaluation.
pub struct Testbed<'a> {
    /// The directory of the corpora and their indexes.
    pub scratch: &'a Path,
    /// The sentence model for semantic search; without it, search is lexical. All corpora share its
    /// vectors.
    pub embeddings: Option<&'a EmbeddingIndex>,
}

impl Testbed<'_> {
    /// Returns the search mode.
    pub fn mode(&self) -> Mode {
        if self.embeddings.is_some() { Mode::Semantic } else { Mode::Lexical }
    }

    /// Builds the library of a corpus of these articles, with vectors for all passages. `name` is
    /// the name of its directory.
    pub fn library(
        &self,
        articles: &[&JudgedArticle],
        name: &str,
    ) -> Result<Library, Box<dyn Error>> {
        let dir = self.scratch.join(name);
        let corpus = dir.join("corpus");
        fs::create_dir_all(&corpus)?;
        for (position, article) in articles.iter().enumerate() {
            fs::write(corpus.join(format!("{position}.md")), article.to_markdown())?;
        }
        let library = Library::open(&corpus, &dir.join("data"), no_progress)?;
        let Some(embeddings) = self.embeddings else { return Ok(library) };
        let library = library.with_embeddings(embeddings.for_corpus());
        library.backfill(Threads::All, |_| ControlFlow::Continue(()))?;
        Ok(library)
    }
}

/// Creates a scratch directory below `data`, which is removed on drop.
pub fn scratch_dir(data: &Path) -> io::Result<TempDir> {
    fs::create_dir_all(data)?;
    tempfile::Builder::new().prefix("evaluate-").tempdir_in(data)
}

/// Returns the models to evaluate with: none for lexical search, then the one for semantic search.
pub fn models(
    embeddings: Option<&EmbeddingIndex>,
) -> impl Iterator<Item = Option<&EmbeddingIndex>> {
    [None].into_iter().chain(embeddings.map(Some))
}

/// Evaluates each article in a corpus of its own. The same number of questions about the other
/// articles must be refused.
pub fn one_by_one(
    articles: &[JudgedArticle],
    testbed: &Testbed<'_>,
) -> Result<Vec<Counts>, Box<dyn Error>> {
    let mut counts = Vec::new();
    for (position, article) in articles.iter().enumerate() {
        let library = testbed.library(&[article], &position.to_string())?;
        let mut questions = article.questions.clone();
        questions.extend(unanswerable(articles, position));
        counts.push(evaluate(&library, &article.title, &questions)?);
    }
    Ok(counts)
}

/// Returns the ranges of articles that are left out of a corpus together: each alone, or several of
/// many, since each range costs an index of all other articles.
pub fn left_out(articles: usize) -> impl Iterator<Item = Range<usize>> {
    let count = articles.min(MAX_LEFT_OUT);
    (0..count).map(move |at| at * articles / count..(at + 1) * articles / count)
}

/// Evaluates all articles in one corpus. The questions of each article must be refused by a corpus
/// without it.
pub fn pooled(articles: &[JudgedArticle], testbed: &Testbed<'_>) -> Result<Counts, Box<dyn Error>> {
    let all: Vec<_> = articles.iter().collect();
    let questions: Vec<_> =
        articles.iter().flat_map(|article| article.questions.iter().cloned()).collect();
    let mut counts = evaluate(&testbed.library(&all, "all")?, "pooled", &questions)?;
    for range in left_out(articles.len()).filter(|_| articles.len() > 1) {
        let others = [&all[..range.start], &all[range.end..]].concat();
        let library = testbed.library(&others, &format!("without-{}", range.start))?;
        let own = articles[range].iter().flat_map(|article| &article.questions);
        let unanswerable: Vec<_> = own.map(JudgedQuestion::to_unanswerable).collect();
        counts.add(&evaluate(&library, "", &unanswerable)?);
    }
    Ok(counts)
}

/// Returns questions about the articles other than `own`, spread evenly over them, as many as the
/// article `own` has.
pub fn unanswerable(articles: &[JudgedArticle], own: usize) -> Vec<JudgedQuestion> {
    let others = articles.iter().enumerate().filter(|(position, _)| *position != own);
    let all = others.flat_map(|(_, article)| &article.questions);
    let all: Vec<_> = all.filter(|judged| !judged.is_on_topic).collect();
    let wanted = articles[own].questions.len().min(all.len());
    (0..wanted).map(|number| all[number * all.len() / wanted].to_unanswerable()).collect()
}
