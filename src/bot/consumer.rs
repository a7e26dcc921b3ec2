//! Telegram allows one consumer of a bot's updates: the other consumer in a conflict.

/// Other consumer of the updates that causes a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Consumer {
    /// Another process that uses long polling.
    #[error("another process asks for this bot's updates with the same token")]
    Poller,
    /// A webhook.
    #[error("a webhook is set for this bot")]
    Webhook,
    /// Another process that has changed the address of the webhook.
    #[error("another process has changed this bot's webhook")]
    OtherWebhook,
}

impl Consumer {
    /// Returns the consumer that Telegram's description of a 409 names.
    pub fn of(description: &str) -> Consumer {
        match description.to_ascii_lowercase().contains("webhook") {
            true => Consumer::Webhook,
            false => Consumer::Poller,
        }
    }

    /// Returns what the operator can do.
    pub fn hint(self) -> &'static str {
        match self {
            Consumer::Poller => {
                "stop the other process, which may run on another machine; if nobody knows it, revoke the token with @BotFather"
            }
            Consumer::Webhook => {
                "run `verbatim webhook delete`, or set `[webhook] url` to use a webhook"
            }
            Consumer::OtherWebhook => "stop the other process that sets a webhook with this token",
        }
    }
}
