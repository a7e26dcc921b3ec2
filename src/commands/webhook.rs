//! `verbatim webhook`: reports or deletes the webhook that Telegram has for the bot.

use verbatim::bot::{WebhookState, delete_webhook, webhook_state};
use verbatim::cli::WebhookCommand;
use verbatim::config::Config;

use super::outcome::{NEGATIVE, Outcome, SUCCESS};

const NO_TOKEN: &str = "no bot token, whose webhook could be looked up\nhint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`";

/// Runs a subcommand of `webhook`. Exit code: 0 if a webhook is set or was deleted, 1 if none is
/// set.
pub fn webhook(config: &Config, command: &WebhookCommand) -> Outcome {
    let Some(token) = &config.token else { return Err(NO_TOKEN.into()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (server, proxies) = (config.api_url.as_deref(), &config.proxies);
    let (state, text) = match command {
        WebhookCommand::Status => {
            let state = runtime.block_on(webhook_state(token, server, proxies))?;
            let text = state.as_ref().map(|state| format!("A webhook is set: {}.", state.address));
            (state, text)
        }
        WebhookCommand::Delete => {
            let state = runtime.block_on(delete_webhook(token, server, proxies))?;
            let text =
                state.as_ref().map(|state| format!("Deleted the webhook {}.", state.address));
            (state, text)
        }
    };
    let (Some(WebhookState { waiting, last_error, .. }), Some(text)) = (state, text) else {
        println!("No webhook is set.");
        return Ok(NEGATIVE);
    };
    println!("{text}");
    println!("Updates that wait with Telegram: {waiting}.");
    if let Some(error) = last_error {
        println!("Telegram's last delivery error: {error}");
    }
    Ok(SUCCESS)
}
