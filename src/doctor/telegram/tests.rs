//! Tests of the checks of Telegram.

use super::super::check::worst;
use super::*;

fn good() -> TelegramFacts {
    TelegramFacts {
        host: "api.telegram.org".into(),
        route: RouteFact { way: "directly".into(), hint: "set it".into(), is_misconfigured: false },
        account: Ok(Account {
            username: "VerbatimBot".into(),
            reads_all_group_messages: true,
            has_inline_mode: true,
            has_guest_mode: true,
            has_topics: true,
        }),
        webhook: Ok(WebhookFacts { updates: Updates::LongPolling, waiting: 0, last_error: None }),
        clock: ClockFact::Ahead { seconds: 0, is_wrong: false },
    }
}

/// Returns the lines of the checks that are not in a good report, and the worst status.
fn difference(change: impl FnOnce(&mut TelegramFacts)) -> String {
    let mut facts = good();
    change(&mut facts);
    let (before, after) = (checks(&good()), checks(&facts));
    let lines = after.iter().filter(|check| !before.contains(check)).map(|check| {
        let hint = check.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{} {}: {}{hint}", check.status.word(), check.name.label(), check.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn doctor_reports_a_bot_in_order_without_hints() {
    let checks = checks(&good());
    assert_eq!(worst(&checks), Status::Ok);
    assert!(checks.iter().all(|check| check.hint.is_none()), "{checks:?}");
}

#[test]
fn doctor_reports_what_telegram_does_not_answer() {
    let unreachable = difference(|facts| {
        facts.account = Err(Failure::Unreachable("timed out".into()));
        facts.webhook = Err(Failure::Unreachable("timed out".into()));
        facts.clock = ClockFact::Unknown;
    });
    insta::assert_snapshot!(unreachable, @"
    ok token: it has the form of a token; Telegram did not confirm it
    error Telegram: api.telegram.org cannot be reached (directly): timed out (set it)
    skipped privacy mode: the account of the bot is unknown
    skipped inline mode: the account of the bot is unknown
    skipped guest mode: the account of the bot is unknown
    skipped topics: the account of the bot is unknown
    skipped webhook: the account of the bot is unknown
    skipped clock: Telegram's time is unknown
    ");
    let wrong = difference(|facts| {
        facts.account = Err(Failure::WrongToken);
        facts.webhook = Err(Failure::WrongToken);
    });
    insta::assert_snapshot!(wrong, @"
    error token: Telegram does not know this bot token (copy TELOXIDE_TOKEN again from @BotFather)
    ok Telegram: api.telegram.org answers
    skipped privacy mode: the account of the bot is unknown
    skipped inline mode: the account of the bot is unknown
    skipped guest mode: the account of the bot is unknown
    skipped topics: the account of the bot is unknown
    skipped webhook: the account of the bot is unknown
    ");
    let refused = difference(|facts| facts.account = Err(Failure::Refused("429 later".into())));
    insta::assert_snapshot!(refused, @"
    ok token: it has the form of a token; Telegram did not confirm it
    error Telegram: api.telegram.org refuses requests: 429 later (try again in a minute)
    skipped privacy mode: the account of the bot is unknown
    skipped inline mode: the account of the bot is unknown
    skipped guest mode: the account of the bot is unknown
    skipped topics: the account of the bot is unknown
    ");
    let half = difference(|facts| facts.webhook = Err(Failure::Unreachable("cut".into())));
    insta::assert_snapshot!(half, @"warning webhook: Telegram did not say how updates are delivered: cut (try again)");
}

#[test]
fn doctor_explains_each_mode_that_is_off() {
    let off = difference(|facts| {
        facts.account = Ok(Account {
            username: "VerbatimBot".into(),
            reads_all_group_messages: false,
            has_inline_mode: false,
            has_guest_mode: false,
            has_topics: false,
        });
    });
    insta::assert_snapshot!(off, @"
    ok privacy mode: on: in groups the bot sees only commands, replies to its messages, and quotes posted through it (for mentions, make the bot an administrator of the group, or turn Group Privacy off in the app of @BotFather or with /setprivacy, and add the bot to its groups again)
    ok inline mode: off: quotes cannot be posted in other chats (turn Inline Mode on in the app of @BotFather, or with /setinline)
    ok guest mode: off: the bot cannot be called where it is not a member (Guest Mode is a switch in the app of @BotFather)
    ok topics: off: a private chat is one conversation (topics in private chats are a switch in the app of @BotFather)
    ");
}

#[test]
fn doctor_compares_the_webhook_with_the_configuration() {
    let webhook = |updates: Updates, waiting: u64, error: Option<&str>| {
        let last_error = error.map(str::to_owned);
        difference(|facts| facts.webhook = Ok(WebhookFacts { updates, waiting, last_error }))
    };
    let own = || "https://bot.example".to_owned();
    let reports = [
        webhook(Updates::LongPolling, 1, None),
        webhook(Updates::LongPolling, 100, Some("of a former webhook")),
        webhook(Updates::Unwanted(own()), 3, None),
        webhook(Updates::Webhook(own()), 0, None),
        webhook(Updates::Webhook(own()), 7, Some("Connection refused")),
        webhook(Updates::Unregistered, 0, None),
        webhook(Updates::Other(own()), 0, None),
    ];
    insta::assert_snapshot!(reports.join("\n"), @"
    ok webhook: long polling; 1 update waiting
    warning webhook: long polling; 100 updates waiting (start the bot; if it runs, its log says why it is behind)
    error webhook: https://bot.example is registered, so long polling gets no updates (run `verbatim webhook delete`, or set `[webhook] url` to use a webhook)
    ok webhook: https://bot.example is registered; 0 updates waiting
    warning webhook: https://bot.example is registered; 7 updates waiting; the last delivery failed: Connection refused (the bot must run, and `[webhook] url` must lead to it by HTTPS)
    warning webhook: `[webhook] url` is not registered; 0 updates waiting (start the bot, which registers it; a running bot does so within 30 seconds)
    error webhook: https://bot.example is registered instead of `[webhook] url` (start the bot, which registers its own; stop any other process with this token)
    ");
}

#[test]
fn doctor_compares_the_clocks_and_names_the_way() {
    let clock = |seconds, is_wrong| {
        difference(|facts| facts.clock = ClockFact::Ahead { seconds, is_wrong })
    };
    let way = |way: &str, is_misconfigured| {
        difference(|facts| {
            facts.route = RouteFact { way: way.into(), hint: "correct it".into(), is_misconfigured }
        })
    };
    let reports = [
        clock(2, false),
        clock(-3, false),
        clock(301, true),
        clock(-86_400, true),
        way("by the proxy socks5://h:1 of TELOXIDE_PROXY", false),
        way("directly, since HTTPS_PROXY is not the address of a proxy", true),
    ];
    insta::assert_snapshot!(reports.join("\n"), @"

    ok clock: it is 3 seconds behind Telegram's
    warning clock: it is 301 seconds ahead of Telegram's, which the bot uses (set the clock of this machine right, for example by NTP)
    warning clock: it is 86400 seconds behind Telegram's, which the bot uses (set the clock of this machine right, for example by NTP)
    ok proxy: Telegram is asked by the proxy socks5://h:1 of TELOXIDE_PROXY
    warning proxy: Telegram is asked directly, since HTTPS_PROXY is not the address of a proxy (correct it)
    ");
}
