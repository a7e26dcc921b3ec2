//! The webhook: updates from Telegram, and requests of strangers at the same address.

use insta::assert_snapshot;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use url::Url;
use verbatim::bot::BotError;

use crate::cli;
use crate::fake_bot_api::{ADA, FakeBotApi, Fault, TOKEN, Update};
use crate::tester::Bot;

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

/// Sends a request and returns the status and the body.
async fn answered(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.expect("the bot answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

/// Returns a request to the webhook as Telegram makes it.
async fn bring(bot: &Bot) -> RequestBuilder {
    Client::new().post(bot.webhook().clone()).header(SECRET_HEADER, bot.secret().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_brings_updates_and_outlives_the_bot() {
    let mut bot = Bot::start().with_webhook().await;
    assert_snapshot!(bot.private().send("When does a neap tide happen?").await, @"
    (reply to “When does a neap tide happen?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.inline("barrage").await, @"Tidal power: A barrage across the Rance estuary has made electricity since 1966.");
    let url = bot.webhook().to_string();
    bot.stop().await;
    let set = bot.calls("setWebhook");
    assert_eq!((set.len(), set[0]["url"].as_str()), (1, Some(url.as_str())));
    assert_snapshot!(set[0]["allowed_updates"], @r#"["message","edited_message","callback_query","my_chat_member","inline_query","guest_message","channel_post","edited_channel_post"]"#);
    assert_eq!(bot.brought(), [200, 200]);

    let question = bot.private().post("What has made electricity since 1966?");
    bot.run();
    assert_snapshot!(bot.reply_to(question).await, @"
    (reply to “What has made electricity since 1966?”)
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    bot.stop().await;
    assert!(bot.calls("getUpdates").is_empty(), "nobody asks for updates");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_acknowledges_an_update_once_it_is_in_the_journal() {
    let bot = Bot::start().with_webhook().await;
    bot.private().send("hello").await;
    let store = rusqlite::Connection::open(bot.data().join("verbatim.sqlite"));
    let store = store.expect("the store is there");
    let full = "CREATE TRIGGER full BEFORE INSERT ON updates BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    store.execute(full, []).expect("a trigger");
    let question = bot.private().post("neap tide");
    bot.brought_with(503).await;
    store.execute("DROP TRIGGER full", []).expect("it is there");
    assert!(bot.reply_to(question).await.text.starts_with("A neap tide"));
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_acknowledges_an_update_that_comes_again_and_does_not_answer_it() {
    let mut bot = Bot::start().with_webhook().await;
    bot.private().send("hello").await;
    let update = Update::message(900, "neap tide").body();
    for _ in 0..3 {
        let answer = answered(bring(&bot).await.body(update.clone())).await;
        assert_eq!(answer, (200, String::new()));
    }
    let answer = bot.next_message().await;
    assert_eq!((answer.chat, answer.reply_to), (ADA, Some(900)));
    bot.private().stays_silent().await;
    bot.restart().await;
    bot.private().stays_silent().await;
    assert_eq!(answered(bring(&bot).await.body(update)).await.0, 200);
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_reveals_nothing_to_strangers_and_reads_nothing_that_is_too_large() {
    let bot =
        Bot::start().with_webhook().telegram(|telegram: &FakeBotApi| telegram.exists(ADA)).await;
    let (secret, url) = (bot.secret().await, bot.webhook().clone());
    let client = Client::new();
    let post = |url: &Url| client.post(url.clone()).header(SECRET_HEADER, &secret);
    let check = async |request: RequestBuilder, expected: StatusCode| {
        assert_eq!(answered(request).await, (expected.as_u16(), String::new()));
    };
    let update = || Update::message(900, "neap tide").body();
    let near = |secret: &str| client.post(url.clone()).header(SECRET_HEADER, secret);
    check(client.post(url.clone()).body(update()), StatusCode::UNAUTHORIZED).await;
    check(near("").body(update()), StatusCode::UNAUTHORIZED).await;
    check(near(&secret[1..]).body(update()), StatusCode::UNAUTHORIZED).await;
    check(near(&format!("{secret}a")).body(update()), StatusCode::UNAUTHORIZED).await;
    let elsewhere = url.join("/other").expect("an address");
    check(post(&elsewhere).body(update()), StatusCode::NOT_FOUND).await;
    let get = client.request(Method::GET, url.clone()).header(SECRET_HEADER, &secret);
    check(get, StatusCode::METHOD_NOT_ALLOWED).await;
    for rubbish in ["", "{", "[]", "{\"message\": {}}", "{\"update_id\": \"1\"}"] {
        check(post(&url).body(rubbish), StatusCode::BAD_REQUEST).await;
    }
    let headers =
        (0..101).fold(post(&url), |request, number| request.header(format!("x-{number}"), "a"));
    check(headers, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).await;
    let long = post(&url).header("x-long", "a".repeat(20 * 1024));
    check(long, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).await;
    let large = post(&url).body(" ".repeat(1024 * 1024 + 1));
    check(large, StatusCode::PAYLOAD_TOO_LARGE).await;
    let padded = format!("{}{}", update(), " ".repeat(900_000));
    check(post(&url).body(padded), StatusCode::OK).await;
    assert_eq!(bot.next_message().await.reply_to, Some(900));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_leaves_updates_with_telegram_while_the_journal_is_full() {
    let bot = Bot::start()
        .with_webhook()
        .store(|store| {
            let waiting = |_| Update::message(900, "neap tide").journalled();
            let waiting: Vec<_> = (0..50_000).map(waiting).collect();
            store.journal(&waiting).expect("there is room on disk");
        })
        .telegram(|telegram| telegram.fail_next("sendMessage", Fault::retry_after(1000)))
        .await;
    let update = Update::message(900, "neap tide").body();
    assert_eq!(answered(bring(&bot).await.body(update)).await, (503, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_that_telegram_refuses_ends_the_bot() {
    let refuse = |fault: Fault| {
        Bot::start().with_webhook().telegram(|telegram| telegram.fail_next("setWebhook", fault))
    };
    let reserved = "Bad Request: bad webhook: IP address 10.0.0.1 is reserved";
    let mut bot = refuse(Fault::refuse(400, reserved)).await;
    assert_snapshot!(bot.ended().await, @"
    Telegram rejected the webhook: Bad Request: bad webhook: IP address 10.0.0.1 is reserved
    hint: `[webhook] url` must be reachable from the internet by HTTPS, on port 443, 80, 88 or 8443, with a certificate that browsers trust
    ");
    let mut bot = refuse(Fault::refuse(401, "Unauthorized")).await;
    assert!(matches!(bot.ended().await, BotError::WrongToken));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_is_set_again_after_a_failure_and_a_loss() {
    let mut bot = Bot::start()
        .with_webhook()
        .telegram(|telegram| telegram.fail_next("setWebhook", Fault::Html(400)))
        .await;
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
    bot.stop().await;
    let set = bot.calls("setWebhook").len();
    bot.loses_webhook();
    bot.run();
    bot.called("setWebhook", set + 2).await;
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_that_is_set_ends_a_bot_that_polls() {
    let mut bot = Bot::start().with_webhook().await;
    bot.secret().await;
    bot.restart_polling().await;
    assert_snapshot!(bot.ended().await, @"
    a webhook is set for this bot
    hint: run `verbatim webhook delete`, or set `[webhook] url` to use a webhook
    ");
}

/// Runs a command against this server and returns the exit code and both outputs.
async fn run(
    arguments: &'static [&'static str],
    token: &'static str,
    server: &str,
) -> (Option<i32>, String, String) {
    let server = server.to_owned();
    let ran = tokio::task::spawn_blocking(move || {
        let variables = [("TELOXIDE_TOKEN", token), ("TELOXIDE_API_URL", server.as_str())];
        let output = cli::run(&cli::folder(), arguments, &variables, b"");
        (output.status.code(), cli::out(&output), cli::err(&output))
    });
    ran.await.expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_command_shows_and_deletes_the_webhook() {
    const STATUS: &[&str] = &["webhook", "status"];
    const DELETE: &[&str] = &["webhook", "delete"];
    let none = (Some(1), "No webhook is set.\n".to_owned(), String::new());
    let mut bot = Bot::start().with_webhook().await;
    let secret = bot.secret().await;
    let address = bot.webhook().as_str().trim_end_matches("/telegram").to_owned();
    bot.stop().await;
    bot.private().post("neap tide");
    let (code, shown, _) = run(STATUS, TOKEN, &bot.url).await;
    assert_eq!(code, Some(0));
    assert!(!shown.contains(&secret));
    assert_snapshot!(shown.replace(&address, "ADDRESS"), @"
    A webhook is set: ADDRESS.
    Updates that wait with Telegram: 1.
    ");
    let (code, deleted, _) = run(DELETE, TOKEN, &bot.url).await;
    assert_eq!(code, Some(0));
    assert_snapshot!(deleted.replace(&address, "ADDRESS"), @"
    Deleted the webhook ADDRESS.
    Updates that wait with Telegram: 1.
    ");
    assert_eq!(run(STATUS, TOKEN, &bot.url).await, none);
    assert_eq!(run(DELETE, TOKEN, &bot.url).await, none);
    assert_eq!(bot.unconfirmed(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook_command_explains_a_wrong_token_and_an_unreachable_server() {
    const DELETE: &[&str] = &["webhook", "delete"];
    let telegram = FakeBotApi::start();
    let (code, _, said) = run(DELETE, "1:wrong", &telegram.url).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("does not know this bot token"), "{said}");
    let (code, _, said) = run(DELETE, TOKEN, "http://127.0.0.1:1/bot").await;
    assert_eq!(code, Some(2));
    let cause = "127.0.0.1:1 cannot be reached (directly): tcp connect error";
    assert!(said.contains(cause) && !said.contains("fake-Token"), "{said}");
}

#[test]
fn webhook_command_names_the_proxy_without_its_password() {
    let variables = [
        ("TELOXIDE_TOKEN", TOKEN),
        ("TELOXIDE_API_URL", "http://bot-api.example:8081/bot"),
        ("HTTP_PROXY", "http://ada:secret@127.0.0.1:1"),
        ("NO_PROXY", ""),
    ];
    let output = cli::run(&cli::folder(), &["webhook", "status"], &variables, b"");
    assert_eq!(output.status.code(), Some(2));
    let said = cli::err(&output);
    let cause =
        "bot-api.example:8081 cannot be reached (by the proxy http://127.0.0.1:1 of HTTP_PROXY): ";
    assert!(said.contains(cause), "{said}");
    assert!(!said.contains("secret") && !said.contains("fake-Token"), "{said}");
}

#[test]
fn webhook_address_that_is_taken_ends_the_program_with_a_hint() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it was just taken").to_string();
    let folder = cli::folder();
    let config = format!("[webhook]\nurl = \"https://example.org/a\"\nlisten = \"{address}\"\n");
    std::fs::write(folder.path().join("v.toml"), config).expect("a new file");
    let variables = [("TELOXIDE_TOKEN", TOKEN)];
    let output = cli::run(&folder, &["serve", "--config", "v.toml"], &variables, b"");
    assert_eq!(output.status.code(), Some(2));
    let said = cli::err(&output);
    assert!(said.contains(&format!("webhook.listen: {address}: Address")), "{said}");
    assert!(said.contains("\nhint: stop the program that uses this address"), "{said}");
}
