//! Telegram's refusals to what follows from them, in one place. Pure.
//!
//! Many have no code of their own, so their texts are read.

use std::time::Duration;

use super::wire::Failure;

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

impl Refusal {
    /// One of each kind.
    pub const ALL: [Refusal; 14] = [
        Refusal::GoneChat,
        Refusal::NoRights,
        Refusal::NotModified,
        Refusal::NotEditable,
        Refusal::StaleQuery,
        Refusal::BadText,
        Refusal::BadQuote,
        Refusal::NoTopic,
        Refusal::RetryAfter(Duration::ZERO),
        Refusal::Migrated(0),
        Refusal::WrongToken,
        Refusal::Conflict,
        Refusal::Transient,
        Refusal::Other,
    ];

    /// The kind, for those who count.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::GoneChat => "gone_chat",
            Refusal::NoRights => "no_rights",
            Refusal::NotModified => "not_modified",
            Refusal::NotEditable => "not_editable",
            Refusal::StaleQuery => "stale_query",
            Refusal::BadText => "bad_text",
            Refusal::BadQuote => "bad_quote",
            Refusal::NoTopic => "no_topic",
            Refusal::RetryAfter(_) => "retry_after",
            Refusal::Migrated(_) => "migrated",
            Refusal::WrongToken => "wrong_token",
            Refusal::Conflict => "conflict",
            Refusal::Transient => "transient",
            Refusal::Other => "other",
        }
    }
}

/// What a failed request means.
pub fn classify(failure: &Failure) -> Refusal {
    match failure {
        Failure::Lost { .. } | Failure::Misread { .. } => Refusal::Transient,
        Failure::Refused { migrated_to: Some(chat), .. } => Refusal::Migrated(*chat),
        Failure::Refused { retry_after: Some(wait), .. } => Refusal::RetryAfter(*wait),
        Failure::Refused { code: 429, .. } => Refusal::RetryAfter(UNNAMED_WAIT),
        Failure::Refused { code: 401, .. } => Refusal::WrongToken,
        Failure::Refused { code: 409, .. } => Refusal::Conflict,
        Failure::Refused { code: 500.., .. } => Refusal::Transient,
        Failure::Refused { description, .. } => by_text(description),
    }
}

/// Whether a request may have been carried out although it failed: its answer was lost.
pub fn may_have_arrived(failure: &Failure) -> bool {
    match failure {
        Failure::Lost { may_have_arrived, .. } => *may_have_arrived,
        Failure::Misread { .. } => true,
        // What stood behind the server may have done it before it failed, or ran out of time.
        Failure::Refused { code, .. } => matches!(code, 500 | 504),
    }
}

/// Where a server asks to wait and does not say how long.
const UNNAMED_WAIT: Duration = Duration::from_secs(1);

fn by_text(text: &str) -> Refusal {
    const TEXTS: [(&str, Refusal); 37] = [
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
        ("bad gateway", Refusal::Transient),
        ("internal server error", Refusal::Transient),
        ("gateway timeout", Refusal::Transient),
        ("service unavailable", Refusal::Transient),
        ("restart", Refusal::Transient),
    ];
    let text = text.to_lowercase();
    let known = TEXTS.iter().find(|(part, _)| text.contains(part)).map(|(_, refusal)| *refusal);
    known.unwrap_or(Refusal::Other)
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
                Failure::Refused { code, description, retry_after: None, migrated_to: None };
            assert_eq!(classify(&failure), expected, "{text}");
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
        check("Bad Request: Service Unavailable", Refusal::Transient);
        check("Too Many Requests: retry later", Refusal::RetryAfter(UNNAMED_WAIT));
        check("Bad Request: something new", Refusal::Other);
    }
}
