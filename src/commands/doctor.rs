//! `verbatim doctor`: checks the configuration, the way to Telegram, the files and the index.

use std::io::{self, Write};

use verbatim::bot::look_at_telegram;
use verbatim::config::{Config, ConfigProblems, relative_paths};
use verbatim::doctor::{self, Check, Status};

use super::outcome::{CommandResult, ERROR, NEGATIVE, Outcome, SUCCESS};
use super::output::OutputFormat;

/// Prints one line for each check, and a hint where there is one. Exit code: 0 nothing is wrong, 1
/// warnings, 2 errors.
pub fn doctor(config: &Config, format: OutputFormat) -> Outcome {
    print(checks(config)?, format)
}

/// Prints the problems of a configuration that cannot be used.
pub fn unconfigured(problems: &ConfigProblems, format: OutputFormat) -> Outcome {
    print(doctor::unconfigured(problems.list()), format)
}

fn print(mut checks: Vec<Check>, format: OutputFormat) -> Outcome {
    let mut out = io::stdout().lock();
    for check in &mut checks {
        check.message = relative_paths(&check.message);
        check.hint = check.hint.as_deref().map(relative_paths);
        match format {
            OutputFormat::Json => writeln!(out, "{}", serde_json::to_string(check)?)?,
            OutputFormat::Text => print_check(&mut out, check)?,
        }
    }
    Ok(match doctor::worst(&checks) {
        Status::Ok | Status::Skipped => SUCCESS,
        Status::Warning => NEGATIVE,
        Status::Error => ERROR,
    })
}

fn checks(config: &Config) -> CommandResult<Vec<Check>> {
    let mut checks = vec![doctor::configured()];
    match &config.token {
        None => checks.extend(doctor::telegram::without_token()),
        Some(token) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let server = config.api_url.as_deref();
            let webhook = config.webhook.as_ref().map(|webhook| &webhook.url);
            let facts = look_at_telegram(token, server, &config.proxies, webhook);
            match runtime.block_on(facts) {
                Ok(facts) => checks.extend(doctor::telegram::checks(&facts)),
                Err(error) => {
                    checks.extend(doctor::telegram::with_bad_server(&error.to_string()));
                }
            }
        }
    }
    let local = doctor::local::look(&config.corpus, &config.data, &config.model);
    checks.extend(doctor::local::checks(&local));
    Ok(checks)
}

fn print_check(out: &mut impl Write, check: &Check) -> io::Result<()> {
    let (word, label) = (check.status.word(), check.name.label());
    writeln!(out, "{word:<7} {label}: {}", check.message)?;
    match &check.hint {
        Some(hint) => writeln!(out, "        hint: {hint}"),
        None => Ok(()),
    }
}
