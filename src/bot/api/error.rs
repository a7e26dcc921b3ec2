//! Errors of the Bot API, and their classification. Pure.
//!
//! Most of Telegram's errors have the code 400 or 403, so they are classified by their description.

use std::time::Duration;

use crate::ids::ChatId;

use thiserror::Error;

/// An error of a request to the Bot API.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApiError {
    /// The server returned an error.
    #[error("{code} {description}")]
    Rejected {
        code: u16,
        description: String,
        retry_after: Option<Duration>,
        /// The id of the supergroup that the group was converted to.
        migrated_to: Option<ChatId>,
    },
    /// The response has a success status and a body that cannot be parsed.
    #[error("the response cannot be read")]
    UnreadableResponse {
        /// Whether the body says that the request was carried out.
        is_done: bool,
    },
    /// There was no response, or a response of a proxy instead of a Bot API server.
    #[error("{cause}")]
    NoResponse {
        /// Whether the request may have been carried out nevertheless.
        may_have_arrived: bool,
        /// The cause for the operator, without the URL, which contains the token.
        cause: String,
    },
}

/// The class of an error, which decides how the bot reacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The bot was blocked or removed, or the chat was deleted.
    ChatGone,
    /// The bot may not write in the chat.
    NoRights,
    /// The edit would not change the message.
    NotModified,
    /// The message to edit was deleted, or can no longer be edited.
    NotEditable,
    /// The callback query or inline query expired.
    StaleQuery,
    /// The text of the message is invalid: its markup or its length.
    BadText,
    /// The quoted text does not occur in the message that is replied to.
    BadQuote,
    /// The topic was deleted or closed.
    NoTopic,
    /// Telegram's rate limit was exceeded. No message may be sent to the chat for this time.
    RetryAfter(Duration),
    /// The group was converted to the supergroup with this id.
    Migrated(ChatId),
    WrongToken,
    /// Another process polls for updates, or a webhook is set.
    Conflict,
    /// The network or the server failed; a later attempt may succeed.
    Transient,
    Other,
}

/// Wait after a 429 that does not say how long to wait.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

impl ApiError {
    /// Returns the class of the error.
    pub fn kind(&self) -> ApiErrorKind {
        match self {
            ApiError::NoResponse { .. } | ApiError::UnreadableResponse { .. } => {
                ApiErrorKind::Transient
            }
            ApiError::Rejected { migrated_to: Some(chat), .. } => ApiErrorKind::Migrated(*chat),
            ApiError::Rejected { retry_after: Some(wait), .. } => ApiErrorKind::RetryAfter(*wait),
            ApiError::Rejected { code: 429, .. } => ApiErrorKind::RetryAfter(DEFAULT_RETRY_AFTER),
            ApiError::Rejected { code: 401, .. } => ApiErrorKind::WrongToken,
            ApiError::Rejected { code: 409, .. } => ApiErrorKind::Conflict,
            ApiError::Rejected { code: 500.., .. } => ApiErrorKind::Transient,
            ApiError::Rejected { description, .. } => kind_of_description(description),
        }
    }

    /// Returns whether the request may have been carried out although it failed.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            ApiError::NoResponse { may_have_arrived, .. } => *may_have_arrived,
            ApiError::UnreadableResponse { .. } => true,
            // A backend may have carried it out before it failed or timed out.
            ApiError::Rejected { code, .. } => matches!(code, 500 | 504),
        }
    }
}

impl ApiErrorKind {
    /// One value of each kind.
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
        ApiErrorKind::Migrated(ChatId::new(0)),
        ApiErrorKind::WrongToken,
        ApiErrorKind::Conflict,
        ApiErrorKind::Transient,
        ApiErrorKind::Other,
    ];

    /// Returns the label of the kind in metrics.
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

/// Returns the kind of the first known phrase in a description.
fn kind_of_description(description: &str) -> ApiErrorKind {
    const PHRASES: [(&str, ApiErrorKind); 37] = [
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
    let description = description.to_lowercase();
    let known = PHRASES.iter().find(|(phrase, _)| description.contains(phrase));
    known.map_or(ApiErrorKind::Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_errors_are_classified_by_code_and_description() {
        let check = |code: u16, description: &str, expected| {
            let description = description.to_owned();
            let error =
                ApiError::Rejected { code, description, retry_after: None, migrated_to: None };
            assert_eq!(error.kind(), expected, "{error}");
        };
        use ApiErrorKind::*;
        check(403, "Forbidden: bot was blocked by the user", ChatGone);
        check(403, "Forbidden: bot was kicked from the supergroup chat", ChatGone);
        check(403, "Forbidden: user is deactivated", ChatGone);
        check(400, "Bad Request: chat not found", ChatGone);
        check(400, "Bad Request: not enough rights to send text messages to the chat", NoRights);
        check(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            NotModified,
        );
        check(400, "Bad Request: message to edit not found", NotEditable);
        check(400, "Bad Request: message can't be edited", NotEditable);
        check(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            StaleQuery,
        );
        check(
            400,
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
            BadText,
        );
        check(400, "Bad Request: message is too long", BadText);
        check(400, "Bad Request: MESSAGE_TOO_LONG", BadText);
        check(400, "Bad Request: message text is empty", BadText);
        check(400, "Bad Request: message thread not found", NoTopic);
        check(400, "Bad Request: TOPIC_CLOSED", NoTopic);
        check(400, "Bad Request: QUOTE_TEXT_INVALID", BadQuote);
        check(401, "Unauthorized", WrongToken);
        check(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            Conflict,
        );
        check(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            Conflict,
        );
        check(502, "Bad Gateway", Transient);
        check(400, "Bad Request: Service Unavailable", Transient);
        check(429, "Too Many Requests: retry later", RetryAfter(DEFAULT_RETRY_AFTER));
        check(400, "Bad Request: something new", Other);
    }

    #[test]
    fn api_errors_may_have_arrived_unless_the_server_declined() {
        let check = |error: ApiError, expected| {
            assert_eq!(error.may_have_arrived(), expected, "{error:?}");
        };
        let rejected = |code| ApiError::Rejected {
            code,
            description: String::new(),
            retry_after: None,
            migrated_to: None,
        };
        let lost =
            |may_have_arrived| ApiError::NoResponse { may_have_arrived, cause: "timed out".into() };
        check(rejected(400), false);
        check(rejected(429), false);
        check(rejected(500), true);
        check(rejected(502), false);
        check(rejected(504), true);
        check(ApiError::UnreadableResponse { is_done: false }, true);
        check(lost(true), true);
        check(lost(false), false);
    }
}
