//! `train`: trains the weights of the ranking and of the refusal, and writes them into the sources.
//!
//! The shipped program does not contain the training. To run it, in the directory of the sources:
//!
//! ```text
//! cargo run --release --features train --bin train -- FILE
//! ```

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use verbatim::answer::confidence::FOREIGN_FILE;
use verbatim::cli::PathArgs;
use verbatim::config::Config;
use verbatim::embedding::model_files;
use verbatim::embedding::{Access, EmbeddingIndex};
use verbatim::evaluate::testbed::{self, Testbed};
use verbatim::evaluate::train::reader::Progress;
use verbatim::evaluate::train::{self, OldWeights, TrainedWeights, TrainingFile};
use verbatim::evaluate::{self, Judgments, Metrics};
use verbatim::search::Mode;
use verbatim::search::weights::Weights;

/// Result of a step of the training.
type TrainResult<T> = Result<T, Box<dyn Error>>;

/// Trains the weights of the ranking and of the refusal from articles with judged questions
///
/// Writes `words.toml` in `search` and `answer` under SOURCES, and `meaning.toml`, `foreign.toml`
/// and `reranker.bin` if the sentence model is installed; the next build has them. Prints the
/// metrics on articles that the weights were not trained on.
#[derive(Debug, Parser)]
#[command(name = "train", max_term_width = 100)]
struct Arguments {
    /// Judged questions in SQuAD's format
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The questions of one of the files in another language, joined by their ids
    #[arg(long, value_name = "FILE")]
    questions: Vec<PathBuf>,
    /// Trains the maps of token vectors instead of the weights
    ///
    /// Writes `embedding/token_projection.bin` under SOURCES. The weights of semantic search depend
    /// on the maps: train them afterwards, with a new build. The files should not be those that the
    /// weights are trained on.
    #[arg(long, conflicts_with_all = ["questions", "only_meaning"])]
    tokens: bool,
    /// Trains the reader instead of the weights
    ///
    /// Writes `embedding/reader.bin` under SOURCES. The weights of semantic search depend on the
    /// reader: train them afterwards, with a new build. The files should not be those that the
    /// weights are trained on.
    #[arg(long, conflicts_with_all = ["questions", "only_meaning", "tokens"])]
    reader: bool,
    /// Trains only the weights of semantic search
    #[arg(long)]
    only_meaning: bool,
    /// The directory of the sources
    #[arg(long, value_name = "SOURCES", default_value = "src")]
    into: PathBuf,
    #[command(flatten)]
    paths: PathArgs,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(metrics) => {
            if !metrics.is_empty() {
                print!("{}", evaluate::table(&metrics));
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("train: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> TrainResult<Vec<Metrics>> {
    let files = arguments.files.iter().map(|file| read_articles(file, arguments));
    let mut files = files.collect::<TrainResult<Vec<_>>>()?;
    for questions in &arguments.questions {
        files.push(read_translation(questions, arguments)?);
    }
    let config = Config::load(&arguments.paths)?;
    let scratch = testbed::scratch_dir(&config.data)?;
    let metrics = match arguments.tokens || arguments.reader {
        true => train_networks(arguments, files, &config, scratch.path())?,
        false => train_into(arguments, &files, &config, scratch.path())?,
    };
    scratch.close()?;
    Ok(metrics)
}

/// Reads the articles of a file. The metrics of the only file need no name.
fn read_articles(file: &Path, arguments: &Arguments) -> TrainResult<TrainingFile> {
    let Judgments::Articles(articles) = evaluate::read(file)? else {
        let shown = file.display();
        return Err(format!("{shown}: weights are trained from articles with their questions\nhint: `verbatim help evaluate` names the format").into());
    };
    let is_only = arguments.files.len() + arguments.questions.len() == 1;
    let name = if is_only { String::new() } else { stem(file) };
    Ok(TrainingFile { name, articles, is_translated: false })
}

/// Reads the questions of one of the files in another language.
fn read_translation(questions: &Path, arguments: &Arguments) -> TrainResult<TrainingFile> {
    let mut last = None;
    for file in &arguments.files {
        let mut judgments = evaluate::read(file)?;
        match evaluate::translate(&mut judgments, file, questions) {
            Ok(()) => {
                let Judgments::Articles(articles) = judgments else { continue };
                let name = stem(questions);
                return Ok(TrainingFile { name, articles, is_translated: true });
            }
            Err(error) => last = Some(error),
        }
    }
    let error = last.map(|error| error.to_string());
    Err(error.unwrap_or_else(|| "no file has these questions".into()).into())
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Trains the maps of token vectors or the reader. The metrics come with the weights.
fn train_networks(
    arguments: &Arguments,
    files: Vec<TrainingFile>,
    config: &Config,
    scratch: &Path,
) -> TrainResult<Vec<Metrics>> {
    let installed = model_files::installed(&config.model)?;
    let installed = installed.ok_or(
        "no sentence model is installed\nhint: install it with `verbatim model install` in this directory",
    )?;
    let embeddings = EmbeddingIndex::open(&installed, scratch, Access::ReadWrite)?;
    let files: Vec<_> = files.into_iter().map(|file| file.articles).collect();
    let (name, bytes) = match arguments.reader {
        true => ("reader.bin", train::reader::train(&files, &embeddings, report).to_bytes()),
        false => ("token_projection.bin", train::tokens::train(&files, &embeddings).to_bytes()),
    };
    let path = arguments.into.join("embedding").join(name);
    fs::write(&path, bytes).map_err(|error| describe(&path, &error))?;
    Ok(Vec::new())
}

/// Prints how far the training of the reader is.
fn report(progress: Progress) {
    let Progress { step, steps, loss } = progress;
    eprintln!("train: step {step} of {steps}, loss {loss:.3}");
}

/// Trains the weights of lexical search, and those of semantic search if the model is
/// installed. Writes all files at the end, since they fit only each other.
fn train_into(
    arguments: &Arguments,
    files: &[TrainingFile],
    config: &Config,
    scratch: &Path,
) -> TrainResult<Vec<Metrics>> {
    let installed = model_files::installed(&config.model)?;
    let open = |model| EmbeddingIndex::open(&model, scratch, Access::ReadWrite);
    let embeddings = installed.map(open).transpose()?;
    let mut metrics = Vec::new();
    let mut written = Vec::new();
    let models = testbed::models(embeddings.as_ref());
    for embeddings in models.filter(|model| model.is_some() || !arguments.only_meaning) {
        let mut testbed = Testbed { scratch, embeddings };
        let mode = testbed.mode();
        let scratch = scratch.join(mode.name());
        testbed.scratch = &scratch;
        let path = |dir: &str, file: &str| arguments.into.join(dir).join(file);
        let paths = [path("search", mode.file()), path("answer", mode.file())];
        // By words, the ranking has no prior, and other languages have no weights of their own.
        let of_meaning = |path: PathBuf| match mode {
            Mode::Lexical => Ok(Weights::default()),
            Mode::Semantic => read_weights(&path),
        };
        let old = OldWeights {
            ranking: read_weights(&paths[0])?,
            confidence: read_weights(&paths[1])?,
            prior: of_meaning(path("search", Mode::Lexical.file()))?,
            foreign: of_meaning(path("answer", FOREIGN_FILE))?,
        };
        let trained = train::train(files, &testbed, &old)?;
        let TrainedWeights { ranking, reranker, confidence, foreign, held_out } = trained;
        for (path, weights) in paths.into_iter().zip([&ranking, &confidence]) {
            written.push((path, toml::to_string(weights)?.into_bytes()));
        }
        if mode == Mode::Semantic {
            written.push((path("answer", FOREIGN_FILE), toml::to_string(&foreign)?.into_bytes()));
        }
        if let Some(reranker) = reranker {
            written.push((path("search", "reranker.bin"), reranker.to_bytes()));
        }
        metrics.extend(held_out);
    }
    for (path, bytes) in written {
        fs::write(&path, bytes).map_err(|error| describe(&path, &error))?;
    }
    if embeddings.is_none() {
        eprintln!(
            "train: no sentence model is installed: the weights of semantic search are unchanged"
        );
    }
    Ok(metrics)
}

fn read_weights(path: &Path) -> TrainResult<Weights> {
    let text = fs::read_to_string(path).map_err(|error| describe(path, &error))?;
    Ok(Weights::read(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn describe(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    format!("{path}: {error}\nhint: name the directory of this program's sources with `--into`")
}
