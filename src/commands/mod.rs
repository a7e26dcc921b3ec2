//! The subcommands of the program, one file each. Only `main` uses this module.

mod ask;
mod brief;
mod check;
mod evaluate;
mod health;
mod library;
pub mod logging;
mod model;
pub mod outcome;
mod output;
pub mod process;
mod progress;
mod repl;
mod sections;
mod serve;
mod store;
mod webhook;

use std::io::{self, IsTerminal};

use verbatim::cli::{Cli, Subcommand};
use verbatim::config::Config;

use ask::AskOutput;
use brief::Subject;
use check::Detail;
use evaluate::QuestionOptions;
use outcome::Outcome;
use output::OutputFormat;

const NO_TOKEN_NOTICE: &str = "To serve Telegram, put TELOXIDE_TOKEN=… (from @BotFather) into `.env`; this is a chat in the terminal.";

/// Reads the configuration and runs the subcommand of `cli`.
pub fn run(cli: &Cli) -> Outcome {
    let config = Config::load(&cli.paths)?;
    // One user may install a model for another. All other files are in the data directory.
    if !matches!(cli.subcommand, Some(Subcommand::Model { .. })) {
        process::keep_files_private();
    }
    match &cli.subcommand {
        Some(Subcommand::Serve) => serve::serve(&config),
        Some(Subcommand::Health) => health::health(&config.data),
        Some(Subcommand::Chat) => repl::chat(&config),
        Some(Subcommand::Ask { json, after, explain, question }) => {
            let output = match explain {
                true => AskOutput::Scores,
                false => AskOutput::Answer(OutputFormat::from_json_flag(*json)),
            };
            ask::ask(&config, output, after.as_deref(), question)
        }
        Some(Subcommand::Brief { json, all, topic }) => {
            let format = OutputFormat::from_json_flag(*json);
            brief::brief(&config, &Subject::of(topic, *all), format)
        }
        Some(Subcommand::Check { verbose }) => {
            check::check(&config, if *verbose { Detail::Full } else { Detail::Summary })
        }
        Some(Subcommand::Evaluate { file, json, pooled, mistyped }) => {
            let options = QuestionOptions { pooled: *pooled, mistyped: *mistyped };
            evaluate::evaluate(&config, file, options, OutputFormat::from_json_flag(*json))
        }
        Some(Subcommand::Sections { json }) => {
            sections::sections(&config, OutputFormat::from_json_flag(*json))
        }
        Some(Subcommand::Model { command }) => model::model(&config, command),
        Some(Subcommand::Store { command }) => store::store(&config, command),
        Some(Subcommand::Webhook { command }) => webhook::webhook(&config, command),
        None if config.token.is_some() => serve::serve(&config),
        None if io::stdin().is_terminal() => {
            println!("{NO_TOKEN_NOTICE}\n");
            repl::chat(&config)
        }
        None => Err(serve::NO_TOKEN.into()),
    }
}
