//! Telegram's refusals to what follows from them, in one place. Pure.
//!
//! Many have no code of their own, so their texts are read.

use std::time::Duration;

use crate::bot::api::client::ApiError;

/// Why a request was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The chat is gone for us: blocked, kicked, deleted.
    ChatGone,
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

impl ApiErrorKind {
    /// One of each kind.
    pub const ALL: [ApiErrorKind; 14] = [
        ApiErrorKind::ChatGone,
        ApiErrorKind::NoRights,
        ApiErrorKind::NotModified,
        ApiErrorKind::NotEditable,
        ApiErrorKind::StaleQuery,
        ApiErrorKind::BadText,
        ApiErrorKind::BadQuote,
        ApiErrorKind::NoTopic,
        ApiErrorKind::RetryAfter(Duration::ZERO),
        ApiErrorKind::Migrated(0),
        ApiErrorKind::WrongToken,
        ApiErrorKind::Conflict,
        ApiErrorKind::Transient,
        ApiErrorKind::Other,
    ];

    /// The kind, for those who count.
    pub fn name(self) -> &'static str {
        match self {
            ApiErrorKind::ChatGone => "gone_chat",
            ApiErrorKind::NoRights => "no_rights",
            ApiErrorKind::NotModified => "not_modified",
            ApiErrorKind::NotEditable => "not_editable",
            ApiErrorKind::StaleQuery => "stale_query",
            ApiErrorKind::BadText => "bad_text",
            ApiErrorKind::BadQuote => "bad_quote",
            ApiErrorKind::NoTopic => "no_topic",
            ApiErrorKind::RetryAfter(_) => "retry_after",
            ApiErrorKind::Migrated(_) => "migrated",
            ApiErrorKind::WrongToken => "wrong_token",
            ApiErrorKind::Conflict => "conflict",
            ApiErrorKind::Transient => "transient",
            ApiErrorKind::Other => "other",
        }
    }
}

/// What a failed request means.
pub fn classify(failure: &ApiError) -> ApiErrorKind {
    match failure {
        ApiError::NoResponse { .. } | ApiError::UnreadableResponse { .. } => {
            ApiErrorKind::Transient
        }
        ApiError::Rejected { migrated_to: Some(chat), .. } => ApiErrorKind::Migrated(*chat),
        ApiError::Rejected { retry_after: Some(wait), .. } => ApiErrorKind::RetryAfter(*wait),
        ApiError::Rejected { code: 429, .. } => ApiErrorKind::RetryAfter(DEFAULT_RETRY_AFTER),
        ApiError::Rejected { code: 401, .. } => ApiErrorKind::WrongToken,
        ApiError::Rejected { code: 409, .. } => ApiErrorKind::Conflict,
        ApiError::Rejected { code: 500.., .. } => ApiErrorKind::Transient,
        ApiError::Rejected { description, .. } => by_text(description),
    }
}

/// Whether a request may have been carried out although it failed: its answer was lost.
pub fn may_have_arrived(failure: &ApiError) -> bool {
    match failure {
        ApiError::NoResponse { may_have_arrived, .. } => *may_have_arrived,
        ApiError::UnreadableResponse { .. } => true,
        // What stood behind the server may have done it before it failed, or ran out of time.
        ApiError::Rejected { code, .. } => matches!(code, 500 | 504),
    }
}

/// Where a server asks to wait and does not say how long.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

fn by_text(text: &str) -> ApiErrorKind {
    const TEXTS: [(&str, ApiErrorKind); 37] = [
        ("quote_text_invalid", ApiErrorKind::BadQuote),
        ("quote not found", ApiErrorKind::BadQuote),
        ("bot was blocked by the user", ApiErrorKind::ChatGone),
        ("bot was kicked", ApiErrorKind::ChatGone),
        ("user is deactivated", ApiErrorKind::ChatGone),
        ("chat not found", ApiErrorKind::ChatGone),
        ("user not found", ApiErrorKind::ChatGone),
        ("bot is not a member", ApiErrorKind::ChatGone),
        ("can't initiate conversation", ApiErrorKind::ChatGone),
        ("can't send messages to bots", ApiErrorKind::ChatGone),
        ("group chat was deactivated", ApiErrorKind::ChatGone),
        ("chat was deleted", ApiErrorKind::ChatGone),
        ("not enough rights", ApiErrorKind::NoRights),
        ("have no rights", ApiErrorKind::NoRights),
        ("need administrator rights", ApiErrorKind::NoRights),
        ("chat_write_forbidden", ApiErrorKind::NoRights),
        ("chat_restricted", ApiErrorKind::NoRights),
        ("message is not modified", ApiErrorKind::NotModified),
        ("not modified", ApiErrorKind::NotModified),
        ("message to edit not found", ApiErrorKind::NotEditable),
        ("message can't be edited", ApiErrorKind::NotEditable),
        ("message_id_invalid", ApiErrorKind::NotEditable),
        ("query is too old", ApiErrorKind::StaleQuery),
        ("query id is invalid", ApiErrorKind::StaleQuery),
        ("can't parse entities", ApiErrorKind::BadText),
        ("message is too long", ApiErrorKind::BadText),
        ("message_too_long", ApiErrorKind::BadText),
        ("text is empty", ApiErrorKind::BadText),
        ("text must be non-empty", ApiErrorKind::BadText),
        ("thread not found", ApiErrorKind::NoTopic),
        ("topic_closed", ApiErrorKind::NoTopic),
        ("topic_deleted", ApiErrorKind::NoTopic),
        ("bad gateway", ApiErrorKind::Transient),
        ("internal server error", ApiErrorKind::Transient),
        ("gateway timeout", ApiErrorKind::Transient),
        ("service unavailable", ApiErrorKind::Transient),
        ("restart", ApiErrorKind::Transient),
    ];
    let text = text.to_lowercase();
    let known = TEXTS.iter().find(|(part, _)| text.contains(part)).map(|(_, refusal)| *refusal);
    known.unwrap_or(ApiErrorKind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_of_the_server_has_its_consequence() {
        let check = |text: &str, expected| {
            let code = match text {
                "Unauthorized" => 401,
                _ if text.starts_with("Forbidden") => 403,
                _ if text.starts_with("Conflict") => 409,
                "Bad Gateway" => 502,
                _ if text.starts_with("Too Many") => 429,
                _ => 400,
            };
            let description = text.to_owned();
            let failure =
                ApiError::Rejected { code, description, retry_after: None, migrated_to: None };
            assert_eq!(classify(&failure), expected, "{text}");
        };
        check("Forbidden: bot was blocked by the user", ApiErrorKind::ChatGone);
        check("Forbidden: bot was kicked from the supergroup chat", ApiErrorKind::ChatGone);
        check("Forbidden: user is deactivated", ApiErrorKind::ChatGone);
        check("Bad Request: chat not found", ApiErrorKind::ChatGone);
        check(
            "Bad Request: not enough rights to send text messages to the chat",
            ApiErrorKind::NoRights,
        );
        check(
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            ApiErrorKind::NotModified,
        );
        check("Bad Request: message to edit not found", ApiErrorKind::NotEditable);
        check("Bad Request: message can't be edited", ApiErrorKind::NotEditable);
        check(
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            ApiErrorKind::StaleQuery,
        );
        check(
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
            ApiErrorKind::BadText,
        );
        check("Bad Request: message is too long", ApiErrorKind::BadText);
        check("Bad Request: MESSAGE_TOO_LONG", ApiErrorKind::BadText);
        check("Bad Request: message text is empty", ApiErrorKind::BadText);
        check("Bad Request: message thread not found", ApiErrorKind::NoTopic);
        check("Bad Request: TOPIC_CLOSED", ApiErrorKind::NoTopic);
        check("Bad Request: QUOTE_TEXT_INVALID", ApiErrorKind::BadQuote);
        check("Unauthorized", ApiErrorKind::WrongToken);
        check(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ApiErrorKind::Conflict,
        );
        check(
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ApiErrorKind::Conflict,
        );
        check("Bad Gateway", ApiErrorKind::Transient);
        check("Bad Request: Service Unavailable", ApiErrorKind::Transient);
        check("Too Many Requests: retry later", ApiErrorKind::RetryAfter(DEFAULT_RETRY_AFTER));
        check("Bad Request: something new", ApiErrorKind::Other);
    }
}
