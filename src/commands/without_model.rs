//! What `model` and all that asks for the sentence model hear from a program that was built without it.

use std::path::Path;

use verbatim::cli::ModelCommand;
use verbatim::config::Config;
use verbatim::meaning::{Access, Meaning};

use super::{Attempt, Outcome};

const WITHOUT: &str = "this program was built without the code of the sentence model\n\
    hint: `cargo build --release` builds one with it; the model is part of the default features";

/// Says that it cannot be done.
pub fn model(_: &Config, _: &ModelCommand) -> Outcome {
    Err(WITHOUT.into())
}

/// None; whoever has installed one hears why it is not put to use.
pub fn meaning(config: &Config, _: &Path, _: Access) -> Attempt<Option<Meaning>> {
    if config.model.exists() { Err(WITHOUT.into()) } else { Ok(None) }
}

/// The same for a model that would be given a projection.
pub fn learned(config: &Config, data: &Path, _: &[&str]) -> Attempt<Option<(Meaning, Vec<u8>)>> {
    meaning(config, data, Access::Own).map(|_| None)
}
