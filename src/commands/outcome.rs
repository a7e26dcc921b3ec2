//! Exit codes and results of the subcommands.

use std::error::Error;

/// Exit code of a subcommand that did its work, and of a question that was answered.
pub const SUCCESS: u8 = 0;
/// Exit code of a negative result: nothing was found, installed or set, or the bot is not healthy.
pub const NEGATIVE: u8 = 1;
/// Exit code of an error that stays until the operator acts.
pub const ERROR: u8 = 2;
/// Exit code of an error that may pass without action (`EX_TEMPFAIL` of sysexits.h).
pub const TEMPORARY_ERROR: u8 = 75;

/// An exit code, or the error that ended the subcommand.
pub type Outcome = CommandResult<u8>;

/// The result of a step of a subcommand.
pub type CommandResult<T> = Result<T, Box<dyn Error>>;
