//! Errors that end the bot.

use std::io;
use std::net::SocketAddr;

use super::consumer::Consumer;
use crate::store::StoreError;

/// Error that ends the bot. The message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// Why the address is invalid, without the address, which may contain a password.
    #[error(
        "TELOXIDE_API_URL is not the address of a Bot API server: {0}\nhint: set it to something like `http://localhost:8081`"
    )]
    BadApiUrl(String),
    #[error(
        "Telegram does not know this bot token\nhint: copy TELOXIDE_TOKEN again from @BotFather"
    )]
    WrongToken,
    /// Another process received the updates when the bot was started.
    #[error("{0}\nhint: {hint}", hint = .0.hint())]
    Conflict(Consumer),
    /// A command could not reach the Bot API.
    #[error("{host} cannot be reached ({way}): {cause}\nhint: {hint}")]
    Unreachable {
        host: String,
        /// Route to the host: direct, or through a proxy.
        way: String,
        cause: String,
        hint: String,
    },
    /// Telegram rejected the webhook, with its own description.
    #[error(
        "Telegram rejected the webhook: {0}\nhint: `[webhook] url` must be reachable from the internet by HTTPS, on port 443, 80, 88 or 8443, with a certificate that browsers trust"
    )]
    WebhookRefused(String),
    /// The address that this configuration key names cannot be listened on.
    #[error("{key}: {address}{error}\nhint: stop the program that uses this address, or give another one", address = .address.map(|address| format!("{address}: ")).unwrap_or_default())]
    Listen { key: &'static str, address: Option<SocketAddr>, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}
