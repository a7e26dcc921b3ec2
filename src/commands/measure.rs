//! `evaluate` and `learn`: judged questions to figures and to weights.

use std::io::{self, Write};
use std::path::Path;

use verbatim::config::{Config, LogFormat};
use verbatim::embedding::{Access, EmbeddingIndex};
use verbatim::evaluate::squad::{self, Testbed};
use verbatim::evaluate::{self, Counts, JudgedArticle, JudgedQuestion, Judgments, Metrics};
use verbatim::learn;
use verbatim::search::Mode;
use verbatim::search::weights::Weights;

use super::{ANSWERED, CommandResult, Outcome, library, log, model};

/// How judged questions are put.
#[derive(Debug, Clone, Copy)]
pub struct QuestionOptions {
    /// All articles of a SQuAD file in one corpus.
    pub pooled: bool,
    /// With one wrong letter in each question.
    pub mistyped: bool,
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Text,
    Json,
}

/// Asks the questions of a file, and shows what came of it: by words, and with the model if there is one.
pub fn evaluate(config: &Config, file: &Path, put: QuestionOptions, table: Table) -> Outcome {
    log("warn", LogFormat::Text);
    let mut judgements = judgements(file)?;
    if put.mistyped {
        let questions = judgements.questions_mut();
        questions.for_each(|judged| judged.question = evaluate::with_typo(&judged.question));
    }
    let tallies = match &judgements {
        Judgments::Questions(questions) => of_corpus(config, questions)?,
        Judgments::Articles(articles) => in_scratch(config, "evaluate", |scratch| {
            let meaning = model::meaning(config, scratch, Access::ReadWrite)?;
            let mut all = Vec::new();
            for meaning in modes(meaning.as_ref()) {
                all.extend(of_articles(articles, &Testbed { scratch, meaning }, put)?);
            }
            Ok(all)
        })?,
    };
    show(&tallies.iter().map(Counts::figures).collect::<Vec<_>>(), table)
}

fn of_corpus(config: &Config, questions: &[JudgedQuestion]) -> CommandResult<Vec<Counts>> {
    let words = library::open_for_words(config)?;
    let mut tallies = vec![evaluate::evaluate(&words, "corpus", questions)?];
    let access = library::access(&words);
    if let Some(meaning) = model::meaning(config, &config.data, access)? {
        let library = words.with_embeddings(meaning);
        library::catch_up_fully(&library)?;
        tallies.push(evaluate::evaluate(&library, "corpus", questions)?);
    }
    Ok(tallies)
}

fn of_articles(
    articles: &[JudgedArticle],
    bench: &Testbed<'_>,
    put: QuestionOptions,
) -> CommandResult<Vec<Counts>> {
    if put.pooled {
        return Ok(vec![squad::pooled(articles, bench)?]);
    }
    let mut tallies = squad::one_by_one(articles, bench)?;
    if tallies.len() > 1 {
        let mut all = Counts::new("all", tallies[0].mode);
        tallies.iter().for_each(|tally| all.add(tally));
        tallies.push(all);
    }
    Ok(tallies)
}

/// Learns the weights of words alone, and those with the model if there is one.
pub fn learn(config: &Config, file: &Path, into: &Path) -> Outcome {
    log("warn", LogFormat::Text);
    let Judgments::Articles(articles) = judgements(file)? else {
        return Err(format!("{}: weights are learned from articles with their questions\nhint: `verbatim help learn` names the format", file.display()).into());
    };
    let reached = in_scratch(config, "learn", |scratch| {
        let paragraphs = articles.iter().flat_map(|article| &article.paragraphs);
        let texts: Vec<_> = paragraphs.map(String::as_str).collect();
        let (meaning, projection) = model::learned(config, scratch, &texts)?.unzip();
        let mut reached = Vec::new();
        let mut files = Vec::new();
        files.extend(projection.map(|bytes| (into.join("meaning/projection.bin"), bytes)));
        for meaning in modes(meaning.as_ref()) {
            let mode = if meaning.is_some() { Mode::Semantic } else { Mode::Lexical };
            let places =
                [into.join("search"), into.join("answer")].map(|dir| dir.join(mode.file()));
            let [ranking, confidence] = [weights(&places[0])?, weights(&places[1])?];
            let bench = Testbed { scratch: &scratch.join(mode.name()), meaning };
            let learned = learn::learn(&articles, &bench, &ranking, &confidence)?;
            for (place, weights) in places.into_iter().zip([&learned.ranking, &learned.confidence])
            {
                files.push((place, toml::to_string(weights)?.into_bytes()));
            }
            reached.extend(learned.reached);
        }
        // They fit each other: all of them or none.
        for (place, bytes) in files {
            std::fs::write(&place, bytes).map_err(|error| not_there(&place, &error))?;
        }
        if meaning.is_none() {
            super::print_notice(
                "all-MiniLM-L6-v2 is not installed: the weights with it stay as they are",
            );
        }
        Ok(reached)
    })?;
    show(&reached, Table::Text)
}

fn weights(place: &Path) -> CommandResult<Weights> {
    let shown = place.display();
    let text = std::fs::read_to_string(place).map_err(|error| not_there(place, &error))?;
    Ok(Weights::read(&text).map_err(|error| format!("{shown}: {error}"))?)
}

fn not_there(place: &Path, error: &io::Error) -> String {
    let place = place.display();
    format!("{place}: {error}\nhint: name the directory of this program's sources with `--into`")
}

/// Without the model, then with it.
fn modes(meaning: Option<&EmbeddingIndex>) -> impl Iterator<Item = Option<&EmbeddingIndex>> {
    [None].into_iter().chain(meaning.map(Some))
}

/// Gives `work` a directory that is removed when it is done.
fn in_scratch<T>(
    config: &Config,
    name: &str,
    work: impl FnOnce(&Path) -> CommandResult<T>,
) -> CommandResult<T> {
    let scratch = config.data.join(format!("{name}-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let done = work(&scratch);
    let removed = std::fs::remove_dir_all(&scratch);
    let done = done?;
    removed?;
    Ok(done)
}

fn show(figures: &[Metrics], table: Table) -> Outcome {
    let mut out = io::stdout().lock();
    match table {
        Table::Json => {
            for row in figures {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
        }
        Table::Text => write!(out, "{}", evaluate::table(figures))?,
    }
    Ok(ANSWERED)
}

fn judgements(file: &Path) -> CommandResult<Judgments> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    Ok(evaluate::parse(&text).map_err(|problem| {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{shown}{line}: {problem}\nhint: `verbatim help evaluate` shows the formats")
    })?)
}
