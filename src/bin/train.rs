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

use verbatim::cli::PathArgs;
use verbatim::config::Config;
use verbatim::embedding::model_files;
use verbatim::embedding::{Access, EmbeddingIndex};
use verbatim::evaluate::testbed::{self, Testbed};
use verbatim::evaluate::train::{self, TrainingFile};
use verbatim::evaluate::{self, Judgments, Metrics};
use verbatim::search::weights::Weights;

/// Result of a step of the training.
type TrainResult<T> = Result<T, Box<dyn Error>>;

/// Trains the weights of the ranking and of the refusal from articles with judged questions
///
/// Writes `words.toml` in `search` and `answer` under SOURCES, and `meaning.toml` if the sentence
/// model is installed; the next build has them. Prints the metrics on articles that the weights
/// were not trained on.
#[derive(Debug, Parser)]
#[command(name = "train", max_term_width = 100)]
struct Arguments {
    /// Judged questions in SQuAD's format
    #[arg(required = true)]
    files: Vec<PathBuf>,
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
            print!("{}", evaluate::table(&metrics));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("train: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> TrainResult<Vec<Metrics>> {
    let files = arguments.files.iter().map(|file| read_articles(file, &arguments.files));
    let files = files.collect::<TrainResult<Vec<_>>>()?;
    let config = Config::load(&arguments.paths)?;
    let scratch = testbed::scratch_dir(&config.data)?;
    let metrics = train_into(&arguments.into, &files, &config, scratch.path())?;
    scratch.close()?;
    Ok(metrics)
}

/// Reads the articles of a file. The metrics of the only file need no name.
fn read_articles(file: &Path, all: &[PathBuf]) -> TrainResult<TrainingFile> {
    let Judgments::Articles(articles) = evaluate::read(file)? else {
        let shown = file.display();
        return Err(format!("{shown}: weights are trained from articles with their questions\nhint: `verbatim help evaluate` names the format").into());
    };
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.filter(|_| all.len() > 1).unwrap_or_default();
    Ok(TrainingFile { name, articles })
}

/// Trains the weights of lexical search, and those of semantic search if the model is
/// installed. Writes all files at the end, since they fit only each other.
fn train_into(
    sources: &Path,
    files: &[TrainingFile],
    config: &Config,
    scratch: &Path,
) -> TrainResult<Vec<Metrics>> {
    let installed = model_files::installed(&config.model)?;
    let open = |model| EmbeddingIndex::open(&model, scratch, Access::ReadWrite);
    let embeddings = installed.map(open).transpose()?;
    let mut metrics = Vec::new();
    let mut written = Vec::new();
    for embeddings in testbed::models(embeddings.as_ref()) {
        let mut testbed = Testbed { scratch, embeddings };
        let mode = testbed.mode();
        let scratch = scratch.join(mode.name());
        testbed.scratch = &scratch;
        let paths = ["search", "answer"].map(|dir| sources.join(dir).join(mode.file()));
        let [ranking, confidence] = [read_weights(&paths[0])?, read_weights(&paths[1])?];
        let trained = train::train(files, &testbed, &ranking, &confidence)?;
        for (path, weights) in paths.into_iter().zip([&trained.ranking, &trained.confidence]) {
            written.push((path, toml::to_string(weights)?.into_bytes()));
        }
        metrics.extend(trained.held_out);
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
