//! Telegram's refusals to what follows from them, in one place. Pure.
//!
//! teloxide knows many refusals by texts that the server no longer uses, so the text is read here.

use std::time::Duration;

use teloxide::{ApiError, RequestError};

/// Why a request was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The chat is gone for us: blocked, kicked, deleted.
    GoneChat,
    /// The bot may not write here.
    NoRights,
    /// The message already reads like that.
    NotModified,
    /// The message to edit is gone, or can no longer be edited.
    NotEditable,
    /// The button was pressed too long ago.
    StaleQuery,
    /// Our text is at fault: markup or length.
    BadText,
    /// What we quote of a message is not there.
    BadQuote,
    /// The topic is gone or closed.
    NoTopic,
    /// This chat has to wait.
    RetryAfter(Duration),
    /// The group is now this supergroup.
    Migrated(i64),
    /// The token is wrong.
    WrongToken,
    /// Another poller, or a webhook.
    Conflict,
    /// The network, or Telegram itself: may go better later.
    Transient,
    /// Anything else.
    Other,
}

/// What a failed request means.
pub fn classify(error: &RequestError) -> Refusal {
    match error {
        RequestError::RetryAfter(seconds) => Refusal::RetryAfter(seconds.duration()),
        RequestError::MigrateToChatId(chat) => Refusal::Migrated(chat.0),
        RequestError::Network(_) | RequestError::Io(_) | RequestError::InvalidJson { .. } => {
            Refusal::Transient
        }
        RequestError::Api(ApiError::InvalidToken) => Refusal::WrongToken,
        RequestError::Api(error) => by_text(&error.to_string()),
    }
}

/// Whether a request may have been carried out although it failed: its answer was lost.
pub fn may_have_arrived(error: &RequestError) -> bool {
    match error {
        RequestError::Network(error) => !error.is_connect(),
        RequestError::Io(_) => true,
        // A page of something in front of the server, or the beginning of the server's own answer.
        RequestError::InvalidJson { raw, .. } => !raw.trim_start().starts_with('<'),
        RequestError::RetryAfter(_) | RequestError::MigrateToChatId(_) | RequestError::Api(_) => {
            false
        }
    }
}

fn by_text(text: &str) -> Refusal {
    const TEXTS: [(&str, Refusal); 36] = [
        ("quote_text_invalid", Refusal::BadQuote),
        ("quote not found", Refusal::BadQuote),
        ("bot was blocked by the user", Refusal::GoneChat),
        ("bot was kicked", Refusal::GoneChat),
        ("user is deactivated", Refusal::GoneChat),
        ("chat not found", Refusal::GoneChat),
        ("user not found", Refusal::GoneChat),
        ("bot is not a member", Refusal::GoneChat),
        ("can't initiate conversation", Refusal::GoneChat),
        ("can't send messages to bots", Refusal::GoneChat),
        ("group chat was deactivated", Refusal::GoneChat),
        ("chat was deleted", Refusal::GoneChat),
        ("not enough rights", Refusal::NoRights),
        ("have no rights", Refusal::NoRights),
        ("need administrator rights", Refusal::NoRights),
        ("chat_write_forbidden", Refusal::NoRights),
        ("chat_restricted", Refusal::NoRights),
        ("message is not modified", Refusal::NotModified),
        ("not modified", Refusal::NotModified),
        ("message to edit not found", Refusal::NotEditable),
        ("message can't be edited", Refusal::NotEditable),
        ("message_id_invalid", Refusal::NotEditable),
        ("query is too old", Refusal::StaleQuery),
        ("query id is invalid", Refusal::StaleQuery),
        ("can't parse entities", Refusal::BadText),
        ("message is too long", Refusal::BadText),
        ("message_too_long", Refusal::BadText),
        ("text is empty", Refusal::BadText),
        ("text must be non-empty", Refusal::BadText),
        ("thread not found", Refusal::NoTopic),
        ("topic_closed", Refusal::NoTopic),
        ("topic_deleted", Refusal::NoTopic),
        ("unauthorized", Refusal::WrongToken),
        ("terminated by", Refusal::Conflict),
        ("webhook", Refusal::Conflict),
        ("conflict", Refusal::Conflict),
    ];
    let text = text.to_lowercase();
    let known = TEXTS.iter().find(|(part, _)| text.contains(part)).map(|(_, refusal)| *refusal);
    known.unwrap_or_else(|| match text.as_str() {
        _ if text.contains("bad gateway") || text.contains("internal server error") => {
            Refusal::Transient
        }
        _ if text.contains("gateway timeout") || text.contains("restart") => Refusal::Transient,
        _ if text.contains("service unavailable") || text.contains("too many requests") => {
            Refusal::Transient
        }
        _ => Refusal::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_of_the_server_has_its_consequence() {
        let check = |text: &str, expected| {
            let error: ApiError = serde_json::from_value(text.into()).unwrap();
            assert_eq!(classify(&RequestError::Api(error)), expected, "{text}");
        };
        check("Forbidden: bot was blocked by the user", Refusal::GoneChat);
        check("Forbidden: bot was kicked from the supergroup chat", Refusal::GoneChat);
        check("Forbidden: user is deactivated", Refusal::GoneChat);
        check("Bad Request: chat not found", Refusal::GoneChat);
        check(
            "Bad Request: not enough rights to send text messages to the chat",
            Refusal::NoRights,
        );
        check(
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            Refusal::NotModified,
        );
        check("Bad Request: message to edit not found", Refusal::NotEditable);
        check("Bad Request: message can't be edited", Refusal::NotEditable);
        check(
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            Refusal::StaleQuery,
        );
        check(
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
            Refusal::BadText,
        );
        check("Bad Request: message is too long", Refusal::BadText);
        check("Bad Request: MESSAGE_TOO_LONG", Refusal::BadText);
        check("Bad Request: message text is empty", Refusal::BadText);
        check("Bad Request: message thread not found", Refusal::NoTopic);
        check("Bad Request: TOPIC_CLOSED", Refusal::NoTopic);
        check("Bad Request: QUOTE_TEXT_INVALID", Refusal::BadQuote);
        check("Unauthorized", Refusal::WrongToken);
        check(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            Refusal::Conflict,
        );
        check(
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            Refusal::Conflict,
        );
        check("Bad Gateway", Refusal::Transient);
        check("Service Unavailable", Refusal::Transient);
        check("Too Many Requests: retry later", Refusal::Transient);
        check("Bad Request: something new", Refusal::Other);
    }
}
