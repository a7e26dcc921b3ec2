//! Articles that come with their questions, each put into a corpus of its own or all into one.
//!
//! The corpora are files in a scratch directory, so that they go the whole way of a real one.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use super::{Counts, JudgedArticle, JudgedQuestion, evaluate};
use crate::embedding::{EmbeddingIndex, Threads};
use crate::index::no_progress;
use crate::library::Library;
use crate::search::Mode;

type Failure = Box<dyn std::error::Error>;

/// Where corpora are made, and how they are asked.
pub struct Testbed<'a> {
    /// A directory, to be removed by its owner.
    pub scratch: &'a Path,
    /// What finds by meaning, too; its vectors are kept from corpus to corpus.
    pub meaning: Option<&'a EmbeddingIndex>,
}

impl Testbed<'_> {
    /// What orders the sentences.
    pub fn mode(&self) -> Mode {
        if self.meaning.is_some() { Mode::Semantic } else { Mode::Lexical }
    }

    /// A library of these articles, with vectors for all passages.
    pub fn library(&self, articles: &[&JudgedArticle], name: &str) -> Result<Library, Failure> {
        let dir = self.scratch.join(name);
        let corpus = dir.join("corpus");
        fs::create_dir_all(&corpus)?;
        for (position, article) in articles.iter().enumerate() {
            fs::write(corpus.join(format!("{position}.md")), article.to_markdown())?;
        }
        let library = Library::open(&corpus, &dir.join("data"), no_progress)?;
        let Some(meaning) = self.meaning else { return Ok(library) };
        let library = library.with_embeddings(meaning.for_corpus());
        library.backfill(Threads::All, |_| ControlFlow::Continue(()))?;
        Ok(library)
    }
}

/// Each article by itself; as many questions about the others must be refused.
pub fn one_by_one(articles: &[JudgedArticle], bench: &Testbed<'_>) -> Result<Vec<Counts>, Failure> {
    let mut tallies = Vec::new();
    for (position, article) in articles.iter().enumerate() {
        let library = bench.library(&[article], &position.to_string())?;
        let mut questions = article.questions.clone();
        questions.extend(strangers(articles, position));
        tallies.push(evaluate(&library, &article.title, &questions)?);
    }
    Ok(tallies)
}

/// All articles in one corpus; an article's questions must be refused by the corpus without it.
pub fn pooled(articles: &[JudgedArticle], bench: &Testbed<'_>) -> Result<Counts, Failure> {
    let all: Vec<_> = articles.iter().collect();
    let questions: Vec<_> =
        articles.iter().flat_map(|article| article.questions.iter().cloned()).collect();
    let mut tally = evaluate(&bench.library(&all, "all")?, "pooled", &questions)?;
    for (position, article) in articles.iter().enumerate().filter(|_| articles.len() > 1) {
        let others: Vec<_> = all.iter().copied().filter(|other| *other != article).collect();
        let library = bench.library(&others, &format!("without-{position}"))?;
        let strangers: Vec<_> = article.questions.iter().map(stranger).collect();
        tally.add(&evaluate(&library, "", &strangers)?);
    }
    Ok(tally)
}

/// Questions about the other articles, spread evenly over them, as many as the article has.
pub fn strangers(articles: &[JudgedArticle], own: usize) -> Vec<JudgedQuestion> {
    let others = articles.iter().enumerate().filter(|(position, _)| *position != own);
    let all: Vec<_> = others.flat_map(|(_, article)| &article.questions).collect();
    let wanted = articles[own].questions.len().min(all.len());
    (0..wanted).map(|number| stranger(all[number * all.len() / wanted])).collect()
}

/// The question as one that must be refused.
pub fn stranger(judged: &JudgedQuestion) -> JudgedQuestion {
    JudgedQuestion { question: judged.question.clone(), gold: Vec::new(), passage: None }
}
