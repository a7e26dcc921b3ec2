//! Checks of what Telegram says about the bot. Pure.

#[cfg(test)]
mod tests;

use super::check::{Check, CheckName, Status, counted};

/// The facts that Telegram, or the way to it, tells about the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramFacts {
    /// Host of the Bot API server.
    pub host: String,
    pub route: RouteFact,
    pub account: Result<Account, Failure>,
    pub webhook: Result<WebhookFacts, Failure>,
    pub clock: ClockFact,
}

/// The way to the Bot API server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFact {
    /// Such as `directly`, without a password.
    pub way: String,
    /// How the operator makes the server reachable.
    pub hint: String,
    /// Whether the environment names a proxy that cannot be used, as `way` says.
    pub is_misconfigured: bool,
}

/// The reason why a request to Telegram failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    WrongToken,
    /// There was no response, for this cause.
    Unreachable(String),
    /// Telegram refused the request, with this description.
    Refused(String),
}

/// The account of the bot, with the modes that @BotFather sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub username: String,
    /// Whether privacy mode is off.
    pub reads_all_group_messages: bool,
    pub has_inline_mode: bool,
    pub has_guest_mode: bool,
    /// Whether private chats have topics.
    pub has_topics: bool,
}

/// The delivery of updates, as Telegram knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookFacts {
    pub updates: Updates,
    /// Number of updates that wait for delivery.
    pub waiting: u64,
    /// Telegram's description of a failed delivery in the last hour.
    pub last_error: Option<String>,
}

/// The webhook at Telegram, compared with the configuration. An address is scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updates {
    /// Neither has a webhook.
    LongPolling,
    /// Only Telegram has a webhook.
    Unwanted(String),
    /// Both have this webhook.
    Webhook(String),
    /// Only the configuration has a webhook.
    Unregistered,
    /// Telegram has another webhook than the configuration.
    Other(String),
}

/// The machine's clock compared with Telegram's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockFact {
    Unknown,
    /// Number of seconds by which the machine's clock is ahead.
    Ahead {
        seconds: i64,
        is_wrong: bool,
    },
}

/// Number of waiting updates above which the bot is behind.
const MANY_UPDATES: u64 = 100;
/// Reason why a check is skipped.
const UNKNOWN: &str = "the account of the bot is unknown";
/// Difference of the clocks, in seconds, that a slow request explains.
const NO_DIFFERENCE: i64 = 2;

/// Checks that need the account of the bot.
const MODES: [CheckName; 4] =
    [CheckName::PrivacyMode, CheckName::InlineMode, CheckName::GuestMode, CheckName::Topics];

/// Returns the checks of a bot without a token, for which Telegram cannot be asked.
pub fn without_token() -> Vec<Check> {
    let reason = "there is no bot token";
    let missing = Check::error(CheckName::Token, reason)
        .hint("put TELOXIDE_TOKEN=… (from @BotFather) into `.env`");
    let route = [CheckName::Proxy, CheckName::Telegram].map(|name| Check::skipped(name, reason));
    [missing].into_iter().chain(route).chain(not_asked(reason)).collect()
}

/// Returns the checks of a bot whose Bot API server has an address that cannot be used, with the
/// text of the error.
pub fn with_bad_server(error: &str) -> Vec<Check> {
    let reason = "the address of the Bot API server cannot be used";
    let first = [
        Check::ok(CheckName::Token, "it has the form of a token"),
        Check::skipped(CheckName::Proxy, reason),
        Check::of_error(CheckName::Telegram, Status::Error, error),
    ];
    first.into_iter().chain(not_asked(reason)).collect()
}

/// Returns the checks that need an answer of Telegram, as skipped.
fn not_asked(reason: &str) -> impl Iterator<Item = Check> {
    let others = [CheckName::Webhook, CheckName::Clock];
    MODES.into_iter().chain(others).map(move |name| Check::skipped(name, reason))
}

/// Turns the facts into checks.
pub fn checks(facts: &TelegramFacts) -> Vec<Check> {
    let mut checks = vec![token(facts), proxy(&facts.route), server(facts)];
    match &facts.account {
        Ok(account) => checks.extend(modes(account)),
        Err(_) => checks.extend(MODES.map(|name| Check::skipped(name, UNKNOWN))),
    }
    checks.push(match &facts.webhook {
        Ok(webhook) => delivery(webhook),
        Err(_) if facts.account.is_err() => Check::skipped(CheckName::Webhook, UNKNOWN),
        Err(failure) => unknown_webhook(failure),
    });
    checks.push(clock(facts.clock));
    checks
}

fn token(facts: &TelegramFacts) -> Check {
    match &facts.account {
        Ok(_) => Check::ok(CheckName::Token, "Telegram knows it"),
        Err(Failure::WrongToken) => {
            Check::error(CheckName::Token, "Telegram does not know this bot token")
                .hint("copy TELOXIDE_TOKEN again from @BotFather")
        }
        Err(Failure::Unreachable(_) | Failure::Refused(_)) => {
            Check::ok(CheckName::Token, "it has the form of a token; Telegram did not confirm it")
        }
    }
}

fn proxy(route: &RouteFact) -> Check {
    let RouteFact { way, hint, is_misconfigured } = route;
    let message = format!("Telegram is asked {way}");
    match is_misconfigured {
        true => Check::warning(CheckName::Proxy, message).hint(hint),
        false => Check::ok(CheckName::Proxy, message),
    }
}

fn server(facts: &TelegramFacts) -> Check {
    let (host, route) = (&facts.host, &facts.route);
    match &facts.account {
        Ok(account) => {
            let bot = &account.username;
            Check::ok(CheckName::Telegram, format!("{host} answers; the bot is @{bot}"))
        }
        Err(Failure::WrongToken) => Check::ok(CheckName::Telegram, format!("{host} answers")),
        Err(Failure::Refused(description)) => {
            Check::error(CheckName::Telegram, format!("{host} refuses requests: {description}"))
                .hint("try again in a minute")
        }
        Err(Failure::Unreachable(cause)) => {
            let way = &route.way;
            let message = format!("{host} cannot be reached ({way}): {cause}");
            Check::error(CheckName::Telegram, message).hint(&route.hint)
        }
    }
}

/// Returns the checks of the modes. The bot works with each of them on or off.
fn modes(account: &Account) -> [Check; 4] {
    let privacy = match account.reads_all_group_messages {
        true => Check::ok(
            CheckName::PrivacyMode,
            "off: in groups the bot sees all messages, and answers mentions",
        ),
        false => Check::ok(
            CheckName::PrivacyMode,
            "on: in groups the bot sees only commands, replies to its messages, and quotes posted through it",
        )
        .hint("for mentions, make the bot an administrator of the group, or turn Group Privacy off in the app of @BotFather or with /setprivacy, and add the bot to its groups again"),
    };
    let inline = match account.has_inline_mode {
        true => Check::ok(CheckName::InlineMode, "on: quotes can be posted in any chat"),
        false => Check::ok(CheckName::InlineMode, "off: quotes cannot be posted in other chats")
            .hint("turn Inline Mode on in the app of @BotFather, or with /setinline"),
    };
    let guest = match account.has_guest_mode {
        true => {
            Check::ok(CheckName::GuestMode, "on: the bot can be called where it is not a member")
        }
        false => Check::ok(
            CheckName::GuestMode,
            "off: the bot cannot be called where it is not a member",
        )
        .hint("Guest Mode is a switch in the app of @BotFather"),
    };
    let topics = match account.has_topics {
        true => Check::ok(
            CheckName::Topics,
            "on: private chats have topics, each with its own follow-up questions",
        ),
        false => Check::ok(CheckName::Topics, "off: a private chat is one conversation")
            .hint("topics in private chats are a switch in the app of @BotFather"),
    };
    [privacy, inline, guest, topics]
}

fn delivery(webhook: &WebhookFacts) -> Check {
    let name = CheckName::Webhook;
    let waiting = counted(webhook.waiting, "update");
    let message = match &webhook.updates {
        Updates::LongPolling => format!("long polling; {waiting} waiting"),
        Updates::Webhook(address) => format!("{address} is registered; {waiting} waiting"),
        Updates::Unwanted(address) => {
            let message = format!("{address} is registered, so long polling gets no updates");
            return Check::error(name, message)
                .hint("run `verbatim webhook delete`, or set `[webhook] url` to use a webhook");
        }
        Updates::Unregistered => {
            let message = format!("`[webhook] url` is not registered; {waiting} waiting");
            return Check::warning(name, message).hint(
                "start the bot, which registers it; a running bot does so within 30 seconds",
            );
        }
        Updates::Other(address) => {
            let message = format!("{address} is registered instead of `[webhook] url`");
            return Check::error(name, message).hint(
                "start the bot, which registers its own; stop any other process with this token",
            );
        }
    };
    let is_webhook = matches!(webhook.updates, Updates::Webhook(_));
    match webhook.last_error.as_ref().filter(|_| is_webhook) {
        Some(error) => {
            Check::warning(name, format!("{message}; the last delivery failed: {error}"))
                .hint("the bot must run, and `[webhook] url` must lead to it by HTTPS")
        }
        None if webhook.waiting >= MANY_UPDATES => Check::warning(name, message)
            .hint("start the bot; if it runs, its log says why it is behind"),
        None => Check::ok(name, message),
    }
}

fn unknown_webhook(failure: &Failure) -> Check {
    let cause = match failure {
        Failure::WrongToken => "the token is wrong",
        Failure::Unreachable(cause) => cause,
        Failure::Refused(description) => description,
    };
    let message = format!("Telegram did not say how updates are delivered: {cause}");
    Check::warning(CheckName::Webhook, message).hint("try again")
}

fn clock(fact: ClockFact) -> Check {
    let (seconds, is_wrong) = match fact {
        ClockFact::Unknown => {
            return Check::skipped(CheckName::Clock, "Telegram's time is unknown");
        }
        ClockFact::Ahead { seconds, is_wrong } => (seconds, is_wrong),
    };
    let amount = counted(seconds.unsigned_abs(), "second");
    let message = match seconds {
        _ if seconds.abs() <= NO_DIFFERENCE => "it agrees with Telegram's".to_owned(),
        1.. => format!("it is {amount} ahead of Telegram's"),
        ..=0 => format!("it is {amount} behind Telegram's"),
    };
    match is_wrong {
        true => Check::warning(CheckName::Clock, format!("{message}, which the bot uses"))
            .hint("set the clock of this machine right, for example by NTP"),
        false => Check::ok(CheckName::Clock, message),
    }
}
