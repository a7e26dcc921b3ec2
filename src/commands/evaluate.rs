//! `verbatim evaluate`: asks judged questions and prints the metrics of the answers.

use std::io::{self, Write};
use std::path::Path;

use verbatim::config::{Config, LogFormat};
use verbatim::embedding::Access;
use verbatim::evaluate::testbed::{self, Testbed};
use verbatim::evaluate::{self, Counts, JudgedArticle, JudgedQuestion, Judgments, Metrics};

use super::library;
use super::logging::init_logging;
use super::outcome::{CommandResult, Outcome, SUCCESS};
use super::output::OutputFormat;

/// Error of an option for judged questions with a directory.
pub const NEEDS_FILE: &str = "`--pooled`, `--mistyped` and `--questions` need a file of judged questions\nhint: give the file instead of the directory";

/// Options of an evaluation.
#[derive(Debug, Clone, Copy)]
pub struct QuestionOptions<'a> {
    /// Whether all articles of a SQuAD file are in one corpus.
    pub pooled: bool,
    /// Whether each question gets one wrong letter.
    pub mistyped: bool,
    /// A file with the same questions in another language.
    pub questions: Option<&'a Path>,
}

/// Asks the questions of `file` with lexical search, and with semantic search if a model is
/// installed. Prints the metrics.
pub fn evaluate(
    config: &Config,
    file: &Path,
    options: QuestionOptions<'_>,
    format: OutputFormat,
) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let mut judgments = evaluate::read(file)?;
    if let Some(questions) = options.questions {
        evaluate::translate(&mut judgments, file, questions)?;
    }
    if options.mistyped {
        let questions = judgments.questions_mut();
        questions.for_each(|judged| judged.question = evaluate::with_typo(&judged.question));
    }
    let counts = match &judgments {
        Judgments::Questions(questions) => evaluate_corpus(config, questions)?,
        Judgments::Articles(articles) => {
            let scratch = testbed::scratch_dir(&config.data)?;
            let counts = evaluate_articles(config, articles, options, scratch.path())?;
            scratch.close()?;
            counts
        }
    };
    print(&counts.iter().map(Counts::metrics).collect::<Vec<_>>(), format)
}

/// Asks questions about the corpus of the configuration.
fn evaluate_corpus(config: &Config, questions: &[JudgedQuestion]) -> CommandResult<Vec<Counts>> {
    let library = library::open_lexical(config)?;
    let mut counts = vec![evaluate::evaluate(&library, "corpus", questions)?];
    let access = library::access(&library);
    if let Some(embeddings) = library::open_embeddings(config, &config.data, access)? {
        let library = library.with_embeddings(embeddings);
        library::backfill_all(&library)?;
        counts.push(evaluate::evaluate(&library, "corpus", questions)?);
    }
    Ok(counts)
}

/// Asks the questions of articles about corpora that are made of these articles in `scratch`.
fn evaluate_articles(
    config: &Config,
    articles: &[JudgedArticle],
    options: QuestionOptions<'_>,
    scratch: &Path,
) -> CommandResult<Vec<Counts>> {
    let embeddings = library::open_embeddings(config, scratch, Access::ReadWrite)?;
    let mut counts = Vec::new();
    for embeddings in testbed::models(embeddings.as_ref()) {
        let testbed = Testbed { scratch, embeddings };
        match options.pooled {
            true => counts.push(testbed::pooled(articles, &testbed)?),
            false => counts.extend(with_total(testbed::one_by_one(articles, &testbed)?)),
        }
    }
    Ok(counts)
}

/// Adds the sum of the counts, if there are several.
fn with_total(mut counts: Vec<Counts>) -> Vec<Counts> {
    if let [first, _, ..] = &counts[..] {
        let mut total = Counts::new("all", first.mode);
        counts.iter().for_each(|counts| total.add(counts));
        counts.push(total);
    }
    counts
}

fn print(rows: &[Metrics], format: OutputFormat) -> Outcome {
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => {
            for row in rows {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
        }
        OutputFormat::Text => write!(out, "{}", evaluate::table(rows))?,
    }
    Ok(SUCCESS)
}
