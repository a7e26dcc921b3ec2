//! Figures of any directory of articles, without judged questions.
//!
//! The questions are made from the articles: their titles, their headings, and a question for each
//! name that a sentence defines. The right answer of a title is its article, and that of a name is
//! a sentence that defines it. The same directory always gets the same questions.

mod definitions;
mod figures;
mod files;
mod markup;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use crate::answer::{Answer, Excerpt};
use crate::corpus::article::Article;
use crate::corpus::{self, CorpusDir};
use crate::index::Progress;
use crate::library::{Library, LibraryError};
use definitions::{Definition, definitions};
use figures::{COLON, FIRST, IN_THREE, MARKUP, TITLES};
pub use figures::{Failure, Figures, Measured};
use markup::markup_left;

/// Measures the directory `dir` with lexical search. `scratch` is an empty directory for the index.
/// At most `sample` questions of each kind are asked, spread evenly. `report` gets the progress of
/// the index.
pub fn measure(
    dir: &CorpusDir,
    scratch: &Path,
    sample: usize,
    report: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Measured, LibraryError> {
    let (articles, problems) = corpus::load(dir);
    let mut measured = Measured::default();
    files::count(dir, &articles, &problems, &mut measured);
    if articles.is_empty() {
        return Ok(measured);
    }
    let library = Library::open(dir, scratch, report)?;
    let definitions = definitions(&articles);
    let mut session = Session { dir, library, answers: HashMap::new(), measured };
    session.ask_all(&evenly(questions(&articles, &definitions), sample))?;
    session.ask_titles(&evenly(unique_titles(&articles), sample))?;
    session.ask_definitions(&evenly(definitions, sample))?;
    Ok(session.measured)
}

/// A library that answers questions, with the figures so far.
struct Session<'a> {
    dir: &'a CorpusDir,
    library: Library,
    /// The quotes for each question that was asked.
    answers: HashMap<String, Vec<Excerpt>>,
    measured: Measured,
}

impl Session<'_> {
    /// Counts the quotes with markup and those that end with a colon.
    fn ask_all(&mut self, questions: &[String]) -> Result<(), LibraryError> {
        for question in questions {
            let quotes = self.ask(question)?;
            self.measured.figures.questions += 1;
            self.measured.figures.answered += usize::from(!quotes.is_empty());
            for (rank, quote) in quotes.iter().enumerate() {
                self.measured.figures.quotes += 1;
                let file = quote.place().article.file.as_str();
                // Without the file's bytes no code span is exempt.
                let bytes = fs::read(self.dir.path().join(file)).unwrap_or_default();
                if let Some(mark) = markup_left(quote.passage(), quote.range(), &bytes) {
                    self.measured.figures.quotes_with_markup += 1;
                    self.fail(&format!("{MARKUP}: {mark}"), question, "", &quotes[rank..]);
                }
                if rank == 0 && quote.quote().trim_end().ends_with([':', '：']) {
                    self.measured.figures.first_with_colon += 1;
                    self.fail(COLON, question, "", &quotes);
                }
            }
        }
        Ok(())
    }

    /// Counts the titles whose first quote is from their article.
    fn ask_titles(&mut self, articles: &[&Article]) -> Result<(), LibraryError> {
        for article in articles {
            let outline = &article.outline;
            let quotes = self.ask(&outline.title)?;
            self.measured.figures.titles += 1;
            match quotes.first().is_some_and(|first| first.place().article.id == outline.id) {
                true => self.measured.figures.titles_first += 1,
                false => self.fail(TITLES, &outline.title, &outline.file, &quotes),
            }
        }
        Ok(())
    }

    /// Counts the names whose definition is quoted first, or at all.
    fn ask_definitions(&mut self, definitions: &[Definition]) -> Result<(), LibraryError> {
        for Definition { question, sentences } in definitions {
            let quotes = self.ask(question)?;
            let defines = |quote: &Excerpt| {
                sentences.iter().any(|sentence| quote.quote().contains(sentence.as_str()))
            };
            let rank = quotes.iter().position(defines);
            let figures = &mut self.measured.figures;
            figures.definitions += 1;
            figures.definitions_first += usize::from(rank == Some(0));
            figures.definitions_in_three += usize::from(rank.is_some());
            match rank {
                Some(0) => {}
                Some(_) => self.fail(FIRST, question, &sentences[0], &quotes),
                None => self.fail(IN_THREE, question, &sentences[0], &quotes),
            }
        }
        Ok(())
    }

    /// Returns the quotes of the answer to `question`.
    fn ask(&mut self, question: &str) -> Result<Vec<Excerpt>, LibraryError> {
        if let Some(quotes) = self.answers.get(question) {
            return Ok(quotes.clone());
        }
        let quotes = match self.library.all().ask(question, None)? {
            Answer::Found(found) => found.excerpts,
            Answer::NothingFound(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::Request(_)
            | Answer::SmallTalk(_)
            | Answer::Empty => Vec::new(),
        };
        self.answers.insert(question.to_owned(), quotes.clone());
        Ok(quotes)
    }

    fn fail(&mut self, figure: &str, question: &str, expected: &str, quotes: &[Excerpt]) {
        let quoted = |quote: &Excerpt| format!("{}: {}", quote.place().article.file, quote.quote());
        self.measured.failures.push(Failure {
            figure: figure.to_owned(),
            question: question.to_owned(),
            expected: expected.to_owned(),
            got: quotes.first().map_or_else(|| "no quote".to_owned(), quoted),
        });
    }
}

/// Returns the questions for the figures of quotes, each once: titles, headings and names, by
/// article.
fn questions(articles: &[Article], definitions: &[Definition]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let outlines = articles.iter().map(|article| &article.outline);
    let of_articles = outlines.flat_map(|outline| {
        let headings = outline.sections.iter().filter_map(|section| section.heading.as_ref());
        [&outline.title].into_iter().chain(headings)
    });
    let of_names = definitions.iter().map(|definition| &definition.question);
    of_articles.chain(of_names).filter(|question| known.insert(*question)).cloned().collect()
}

/// Returns the articles whose title no other article has.
fn unique_titles(articles: &[Article]) -> Vec<&Article> {
    let title = |article: &Article| article.outline.title.to_lowercase();
    let mut counts = HashMap::new();
    for article in articles {
        *counts.entry(title(article)).or_insert(0) += 1;
    }
    articles.iter().filter(|article| counts[&title(article)] == 1).collect()
}

/// Returns at most `wanted` items, spread evenly.
fn evenly<T>(items: Vec<T>, wanted: usize) -> Vec<T> {
    let all = items.len();
    let wanted = wanted.min(all);
    let chosen: BTreeSet<_> = (0..wanted).map(|number| number * all / wanted).collect();
    let numbered = items.into_iter().enumerate();
    numbered.filter(|(number, _)| chosen.contains(number)).map(|(_, item)| item).collect()
}
