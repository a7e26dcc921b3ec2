//! `webhook`: whether Telegram brings the bot's updates to an address, and the end of that.

use verbatim::bot::{WebhookState, delete_webhook, webhook_state};
use verbatim::cli::WebhookCommand;
use verbatim::config::Config;

use super::{ANSWERED, NOTHING_FOUND, Outcome};

const NO_TOKEN: &str = "no bot token, whose webhook could be looked up\nhint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`";

/// Exit code: 0 where a webhook is, or was, set; 1 where none is.
pub fn webhook(config: &Config, command: &WebhookCommand) -> Outcome {
    let Some(token) = &config.token else { return Err(NO_TOKEN.into()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = config.api_url.as_deref();
    let (known, text) = match command {
        WebhookCommand::Status => {
            let known = runtime.block_on(webhook_state(token, server))?;
            let text = known.as_ref().map(|known| format!("A webhook is set: {}.", known.address));
            (known, text)
        }
        WebhookCommand::Delete => {
            let known = runtime.block_on(delete_webhook(token, server))?;
            let text =
                known.as_ref().map(|known| format!("Deleted the webhook {}.", known.address));
            (known, text)
        }
    };
    let (Some(WebhookState { waiting, last_error, .. }), Some(text)) = (known, text) else {
        println!("No webhook is set.");
        return Ok(NOTHING_FOUND);
    };
    println!("{text}");
    println!("Updates that wait with Telegram: {waiting}.");
    if let Some(error) = last_error {
        println!("Telegram's last error in bringing one: {error}");
    }
    Ok(ANSWERED)
}
