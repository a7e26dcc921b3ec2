//! Entry point: parses the arguments, runs the subcommand and maps its result to an exit code.

mod commands;

use std::error::Error;
use std::io;
use std::process::ExitCode;

use clap::Parser;

use verbatim::bot::BotError;
use verbatim::cli::Cli;

use commands::logging;
use commands::outcome::{ERROR, TEMPORARY_ERROR};

fn main() -> ExitCode {
    commands::process::limit_heaps();
    match commands::run(&Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        // The reader of the output closed the pipe, as `head` does.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error_code(error.as_ref());
            logging::print_error(error);
            ExitCode::from(code)
        }
    }
}

/// Returns the exit code for an error.
fn error_code(error: &(dyn Error + 'static)) -> u8 {
    match error.downcast_ref::<BotError>() {
        Some(BotError::Conflict(_)) => TEMPORARY_ERROR,
        _ => ERROR,
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
