//! The facts about the bot that Telegram tells, for a self-diagnosis: two requests at the same
//! time, without retries.

use std::time::Duration;

use url::{Position, Url};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::methods::{self, BotAccount};
use crate::bot::api::route::Route;
use crate::bot::api::text::log_safe;
use crate::bot::api::webhook::{self, WebhookInfo};
use crate::doctor::{Account, ClockFact, Failure, RouteFact, TelegramFacts, Updates, WebhookFacts};

/// Timeout of each request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Age above which a failed delivery says nothing about the present, in seconds.
const RECENT: i64 = 60 * 60;

/// Asks Telegram about the bot. `wanted` is the webhook of the configuration.
pub async fn telegram_facts(client: &ApiClient, wanted: Option<&Url>) -> TelegramFacts {
    let (account, webhook) =
        tokio::join!(methods::get_me(client, TIMEOUT), webhook::get_webhook_info(client, TIMEOUT));
    let time = client.time();
    let route = client.route();
    TelegramFacts {
        host: client.host(),
        route: RouteFact {
            way: route.to_string(),
            hint: route.hint(),
            is_misconfigured: match route {
                Route::DirectFor(_) => true,
                Route::Direct | Route::Proxy { .. } => false,
            },
        },
        account: account.map(account_fact).map_err(failure),
        webhook: webhook.map(|info| webhook_fact(&info, wanted, time.now())).map_err(failure),
        clock: match time.difference() {
            None => ClockFact::Unknown,
            Some(seconds) => ClockFact::Ahead { seconds, is_wrong: time.skew().is_some() },
        },
    }
}

fn account_fact(account: BotAccount) -> Account {
    Account {
        username: account.username,
        reads_all_group_messages: account.can_read_all_group_messages,
        has_inline_mode: account.supports_inline_queries,
        has_guest_mode: account.supports_guest_queries,
        has_topics: account.has_topics_enabled,
    }
}

fn webhook_fact(info: &WebhookInfo, wanted: Option<&Url>, now: i64) -> WebhookFacts {
    let found = (!info.url.is_empty()).then(|| webhook::address(&info.url));
    let updates = match (found, wanted) {
        (None, None) => Updates::LongPolling,
        (None, Some(_)) => Updates::Unregistered,
        (Some(address), None) => Updates::Unwanted(address),
        (Some(address), Some(wanted)) if info.url == wanted[..Position::AfterFragment] => {
            Updates::Webhook(address)
        }
        (Some(address), Some(_)) => Updates::Other(address),
    };
    let is_recent = info.last_error_date.is_some_and(|date| now - date < RECENT);
    let last_error = info.last_error_message.as_deref().filter(|_| is_recent).map(log_safe);
    WebhookFacts { updates, waiting: info.pending_update_count, last_error }
}

fn failure(error: ApiError) -> Failure {
    match (&error, error.kind()) {
        // Telegram returns 404 for a token of the wrong form.
        (ApiError::Rejected { code: 404, .. }, _) | (_, ApiErrorKind::WrongToken) => {
            Failure::WrongToken
        }
        (ApiError::Rejected { .. }, _) => Failure::Refused(error.to_string()),
        (ApiError::NoResponse { .. } | ApiError::UnreadableResponse { .. }, _) => {
            Failure::Unreachable(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctor_compares_the_whole_address_of_the_webhook() {
        let check = |found: &str, wanted: Option<&str>, expected: Updates| {
            let info = WebhookInfo { url: found.into(), ..WebhookInfo::default() };
            let wanted = wanted.map(|url| Url::parse(url).expect("it is a URL"));
            let fact = webhook_fact(&info, wanted.as_ref(), 0);
            assert_eq!(fact.updates, expected, "{found} {wanted:?}");
        };
        let own = || "https://h".to_owned();
        check("", None, Updates::LongPolling);
        check("", Some("https://h/a"), Updates::Unregistered);
        check("https://h/a", None, Updates::Unwanted(own()));
        check("https://h/a", Some("https://h/a"), Updates::Webhook(own()));
        check("https://h/b", Some("https://h/a"), Updates::Other(own()));
        check("https://h/", Some("https://h"), Updates::Webhook(own()));
    }

    #[test]
    fn doctor_leaves_out_failed_deliveries_of_long_ago() {
        let last_error = |date, now| {
            let last_error_message = Some("timed out".to_owned());
            let info =
                WebhookInfo { last_error_date: date, last_error_message, ..WebhookInfo::default() };
            webhook_fact(&info, None, now).last_error.is_some()
        };
        assert!(last_error(Some(1_000), 1_000) && last_error(Some(1_000), 4_599));
        assert!(!last_error(Some(1_000), 4_600) && !last_error(None, 1_000));
    }
}
