//! `verbatim model`: installs, checks and removes the sentence model, and computes its vectors.

use std::io::{self, Write};

use verbatim::cli::ModelCommand;
use verbatim::config::{Config, LogFormat, relative_paths};
use verbatim::embedding::model_files::{self, HubManifest, Installed, Manifest};
use verbatim::embedding::{self, Access, EmbeddingIndex};

use super::library;
use super::logging::init_logging;
use super::outcome::{NEGATIVE, Outcome, SUCCESS};

const HOW_TO_INSTALL: &str =
    "hint: install it with `verbatim model install`, or see `verbatim help model install`";
const HOW_TO_ENCODE: &str = "from now on the bot computes what the passages need while it serves; `verbatim model encode` does it now";

/// Runs a subcommand of `model`.
pub fn model(config: &Config, command: &ModelCommand) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let dir = &config.model;
    match command {
        ModelCommand::Install { path } => {
            let hub = config.hub_url.as_deref().unwrap_or(model_files::DEFAULT_HUB_URL);
            let installed = match path {
                Some(path) => model_files::install_from_path(dir, path, &Manifest::e5_small())?,
                None => model_files::install_from_hub(dir, hub, &HubManifest::e5_small())?,
            };
            EmbeddingIndex::verify(&installed)?;
            print_model(&installed)?;
            writeln!(io::stdout(), "{HOW_TO_ENCODE}")?;
            Ok(SUCCESS)
        }
        ModelCommand::Status => match model_files::verified(dir)? {
            Some(model) => {
                EmbeddingIndex::verify(&model)?;
                print_model(&model)
            }
            None => print_not_installed(config),
        },
        ModelCommand::Encode => encode(config),
        ModelCommand::Remove => {
            let removed = model_files::remove(dir)?.to_string();
            write!(io::stdout(), "{}", relative_paths(&removed))?;
            if embedding::remove_vectors(&config.data)? {
                let data = config.data.display().to_string();
                writeln!(io::stdout(), "removed the vectors in {}", relative_paths(&data))?;
            }
            Ok(SUCCESS)
        }
    }
}

/// Computes the vectors of all passages.
fn encode(config: &Config) -> Outcome {
    model_files::verified(&config.model)?;
    let library = library::own_lexical(config)?;
    let Some(embeddings) = library::open_embeddings(config, &config.data, Access::ReadWrite)?
    else {
        return print_not_installed(config);
    };
    let library = library.with_embeddings(embeddings);
    let progress = library::backfill_all(&library)?;
    writeln!(
        io::stdout(),
        "{} of {} passages can be found by meaning",
        progress.done,
        progress.all
    )?;
    Ok(SUCCESS)
}

fn print_model(model: &Installed) -> Outcome {
    write!(io::stdout(), "{}", relative_paths(&model.to_string()))?;
    Ok(SUCCESS)
}

fn print_not_installed(config: &Config) -> Outcome {
    let dir = relative_paths(&config.model.display().to_string());
    writeln!(io::stdout(), "no model is installed in {dir}\n{HOW_TO_INSTALL}")?;
    Ok(NEGATIVE)
}
