//! `model`: the sentence model, installed, looked at, put to use and removed; and how other subcommands get
//! it.

use std::io::{self, Write};
use std::path::Path;

use verbatim::cli::ModelCommand;
use verbatim::config::{Config, LogFormat, seen_from_here};
use verbatim::embedding::model_files;
use verbatim::embedding::model_files::{ExpectedModel, Installed, Manifest, ModelKind};
use verbatim::embedding::{self, Access, EmbeddingIndex};
use verbatim::search::Mode;

use super::{ANSWERED, CommandResult, NOTHING_FOUND, Outcome, library, log, print_notice};

const HOW_TO_INSTALL: &str =
    "hint: install it with `verbatim model install`, or see `verbatim help model install`";
const HOW_TO_ENCODE: &str = "from now on the bot computes what the passages need while it serves; `verbatim model encode` does it now";

/// Does it.
pub fn model(config: &Config, command: &ModelCommand) -> Outcome {
    log("warn", LogFormat::Text);
    let dir = &config.model;
    match command {
        ModelCommand::Install { path, other } => {
            let wanted = if *other {
                ExpectedModel::Any
            } else {
                ExpectedModel::Exact(Manifest::all_minilm())
            };
            let hub = config.hub_url.as_deref().unwrap_or(model_files::DEFAULT_HUB_URL);
            let installed = match path {
                Some(path) => model_files::install_from_path(dir, path, &wanted)?,
                None => model_files::install_from_hub(dir, hub, &wanted)?,
            };
            EmbeddingIndex::verify(&installed)?;
            show(&installed)?;
            writeln!(io::stdout(), "{HOW_TO_ENCODE}")?;
            Ok(ANSWERED)
        }
        ModelCommand::Status => match model_files::verified(dir)? {
            Some(model) => {
                EmbeddingIndex::verify(&model)?;
                show(&model)
            }
            None => none(config),
        },
        ModelCommand::Encode => encode(config),
        ModelCommand::Remove => {
            let removed = model_files::remove(dir)?.to_string();
            write!(io::stdout(), "{}", seen_from_here(&removed))?;
            if embedding::remove_vectors(&config.data)? {
                let data = config.data.display().to_string();
                writeln!(io::stdout(), "removed the vectors in {}", seen_from_here(&data))?;
            }
            Ok(ANSWERED)
        }
    }
}

/// The model, if one is installed, with its vectors under `data`, which must be this process's own unless
/// `access` is to read.
pub fn meaning(
    config: &Config,
    data: &Path,
    access: Access,
) -> CommandResult<Option<EmbeddingIndex>> {
    let installed = match access {
        Access::ReadWrite => model_files::installed(&config.model)?,
        Access::ReadOnly => model_files::installed_read_only(&config.model)?,
    };
    Ok(installed.map(|installed| EmbeddingIndex::open(&installed, data, access)).transpose()?)
}

/// The model, if the known one is installed, with a projection for these texts, as bytes, too.
pub fn learned(
    config: &Config,
    data: &Path,
    texts: &[&str],
) -> CommandResult<Option<(EmbeddingIndex, Vec<u8>)>> {
    let installed = model_files::installed(&config.model)?;
    let installed = installed.filter(|model| model.kind == ModelKind::AllMiniLm);
    Ok(installed
        .map(|installed| EmbeddingIndex::open_with_learned_projection(&installed, data, texts))
        .transpose()?)
}

fn encode(config: &Config) -> Outcome {
    model_files::verified(&config.model)?;
    let words = library::own_for_words(config)?;
    let Some(meaning) = meaning(config, &config.data, Access::ReadWrite)? else {
        return none(config);
    };
    let library = words.with_embeddings(meaning);
    if library.mode() == Mode::Lexical {
        return Err("the model reads English, and no article is English\nhint: a model for other languages can be installed with `verbatim model install PATH --other`".into());
    }
    let progress = library::catch_up_fully(&library)?;
    writeln!(
        io::stdout(),
        "{} of {} passages can be found by meaning",
        progress.done,
        progress.all
    )?;
    Ok(ANSWERED)
}

fn show(model: &Installed) -> Outcome {
    write!(io::stdout(), "{}", seen_from_here(&model.to_string()))?;
    if let Some(warning) = model.kind.warning() {
        print_notice(warning);
    }
    Ok(ANSWERED)
}

fn none(config: &Config) -> Outcome {
    let dir = seen_from_here(&config.model.display().to_string());
    writeln!(io::stdout(), "no model is installed in {dir}\n{HOW_TO_INSTALL}")?;
    Ok(NOTHING_FOUND)
}
