//! The subcommands of the program, one file each. Only `main` uses this module.

mod ask;
mod brief;
mod check;
mod convert;
mod doctor;
mod evaluate;
mod evaluate_directory;
mod health;
mod import;
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

use verbatim::cli::{Cli, PathArgs, Subcommand};
use verbatim::config::Config;
use verbatim::import::target::Mode;

use ask::AskOutput;
use brief::Subject;
use check::Detail;
use evaluate::QuestionOptions;
use evaluate_directory::DirectoryOptions;
use import::ImportOptions;
use outcome::Outcome;
use output::OutputFormat;

const NO_TOKEN_NOTICE: &str = "To serve Telegram, put TELOXIDE_TOKEN=… (from @BotFather) into `.env`; this is a chat in the terminal.";

/// Reads the configuration and runs the subcommand of `cli`.
pub fn run(cli: &Cli) -> Outcome {
    // A converter has no configuration: it reads bytes from outside.
    if matches!(cli.subcommand, Some(Subcommand::Convert)) {
        return convert::convert();
    }
    let config = match (Config::load(&paths(cli)), &cli.subcommand) {
        (Err(problems), Some(Subcommand::Doctor { json })) => {
            return doctor::unconfigured(&problems, OutputFormat::from_json_flag(*json));
        }
        (loaded, _) => loaded?,
    };
    // One user may install a model for another. All other files are in the data directory.
    if !matches!(cli.subcommand, Some(Subcommand::Model { .. })) {
        process::keep_files_private();
    }
    match &cli.subcommand {
        Some(Subcommand::Serve) => serve::serve(&config),
        Some(Subcommand::Doctor { json }) => {
            doctor::doctor(&config, OutputFormat::from_json_flag(*json))
        }
        Some(Subcommand::Convert) => convert::convert(),
        Some(Subcommand::Import { sources, into, limit, dry_run, json }) => {
            let options = ImportOptions {
                into: into.as_deref(),
                limit: *limit,
                mode: if *dry_run { Mode::DryRun } else { Mode::Write },
            };
            import::import(&config, sources, &options, OutputFormat::from_json_flag(*json))
        }
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
        Some(Subcommand::Evaluate {
            file,
            json,
            failures,
            sample,
            pooled,
            mistyped,
            questions,
        }) => {
            let format = OutputFormat::from_json_flag(*json);
            let is_judged = *pooled || *mistyped || questions.is_some();
            match file.is_dir() {
                true if is_judged => Err(evaluate::NEEDS_FILE.into()),
                true => {
                    let options = DirectoryOptions { failures: *failures, sample: *sample };
                    evaluate_directory::evaluate(&config, options, format)
                }
                false if *failures || sample.is_some() => {
                    Err(evaluate_directory::NEEDS_DIRECTORY.into())
                }
                false => {
                    let questions = questions.as_deref();
                    let options =
                        QuestionOptions { pooled: *pooled, mistyped: *mistyped, questions };
                    evaluate::evaluate(&config, file, options, format)
                }
            }
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

/// Returns the paths of the command line. A directory to evaluate is the corpus.
fn paths(cli: &Cli) -> PathArgs {
    match &cli.subcommand {
        Some(Subcommand::Evaluate { file, .. }) if file.is_dir() => {
            PathArgs { corpus: Some(file.clone()), ..cli.paths.clone() }
        }
        _ => cli.paths.clone(),
    }
}
