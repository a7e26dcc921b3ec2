//! Articles that come with their questions, each put into a corpus of its own or all into one.
//!
//! The corpora are files in a scratch directory, so that they go the whole way of a real one.

use std::fs;
use std::path::Path;

use super::{Judged, JudgedArticle, Tally, evaluate};
use crate::library::Library;

type Failure = Box<dyn std::error::Error>;

/// Each article by itself; as many questions about the others must be refused.
pub fn one_by_one(articles: &[JudgedArticle], scratch: &Path) -> Result<Vec<Tally>, Failure> {
    let mut tallies = Vec::new();
    for (position, article) in articles.iter().enumerate() {
        let library = library(&[article], &scratch.join(position.to_string()))?;
        let mut questions = article.questions.clone();
        questions.extend(strangers(articles, position));
        tallies.push(evaluate(&library, &article.title, &questions)?);
    }
    Ok(tallies)
}

/// All articles in one corpus; an article's questions must be refused by the corpus without it.
pub fn pooled(articles: &[JudgedArticle], scratch: &Path) -> Result<Tally, Failure> {
    let all: Vec<_> = articles.iter().collect();
    let questions: Vec<_> =
        articles.iter().flat_map(|article| article.questions.iter().cloned()).collect();
    let mut tally = evaluate(&library(&all, &scratch.join("all"))?, "pooled", &questions)?;
    for (position, article) in articles.iter().enumerate().filter(|_| articles.len() > 1) {
        let others: Vec<_> = all.iter().copied().filter(|other| *other != article).collect();
        let library = library(&others, &scratch.join(format!("without-{position}")))?;
        let strangers: Vec<_> = article.questions.iter().map(stranger).collect();
        tally.add(&evaluate(&library, "", &strangers)?);
    }
    Ok(tally)
}

/// A library of these articles, made under `dir`.
pub fn library(articles: &[&JudgedArticle], dir: &Path) -> Result<Library, Failure> {
    let corpus = dir.join("corpus");
    fs::create_dir_all(&corpus)?;
    for (position, article) in articles.iter().enumerate() {
        fs::write(corpus.join(format!("{position}.md")), article.to_markdown())?;
    }
    Ok(Library::open(&corpus, &dir.join("data"))?)
}

/// Questions about the other articles, spread evenly over them, as many as the article has.
pub fn strangers(articles: &[JudgedArticle], own: usize) -> Vec<Judged> {
    let others = articles.iter().enumerate().filter(|(position, _)| *position != own);
    let all: Vec<_> = others.flat_map(|(_, article)| &article.questions).collect();
    let wanted = articles[own].questions.len().min(all.len());
    (0..wanted).map(|number| stranger(all[number * all.len() / wanted])).collect()
}

/// The question as one that must be refused.
pub fn stranger(judged: &Judged) -> Judged {
    Judged { question: judged.question.clone(), gold: Vec::new(), passage: None }
}
