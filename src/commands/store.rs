//! `store`: exports the store to a file and imports it from one.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use verbatim::cli::StoreCommand;
use verbatim::config::{Config, LogFormat, relative_paths};
use verbatim::index;
use verbatim::store::{self, ExportError};

use super::logging::init_logging;
use super::outcome::{Outcome, SUCCESS};

/// Runs a subcommand of `store`.
pub fn store(config: &Config, command: &StoreCommand) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let data = &config.data;
    match command {
        StoreCommand::Export { file: Some(file) } if !is_standard(file) => {
            store::export(data, file)?;
            writeln!(io::stdout(), "exported the store to {}", file.display())?;
        }
        StoreCommand::Export { .. } => export_to_stdout(data)?,
        StoreCommand::Import { file } => {
            let _lock = index::lock(data)?;
            match is_standard(file) {
                true => store::import(data, io::stdin().lock(), "standard input")?,
                false => store::import_file(data, file)?,
            }
            let data = data.display().to_string();
            writeln!(io::stdout(), "imported the store into {}", relative_paths(&data))?;
        }
    }
    Ok(SUCCESS)
}

/// Returns whether the path is the name of standard input or output.
fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}

/// Writes an export to standard output, unless that is a terminal.
fn export_to_stdout(data: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        return Err("an export cannot be shown in a terminal\nhint: name a file, as in `verbatim \
                    store export backup.sqlite`"
            .into());
    }
    store::export_to(data, &mut out).map_err(|error| match error {
        // `main` ignores an error of a pipe whose reader has ended.
        ExportError::Output(error) => error.into(),
        other => other.into(),
    })
}
