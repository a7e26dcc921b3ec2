//! Updates that Telegram brings, over HTTP, and what strangers get at the same address.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use url::Url;
use verbatim::bot::BotError;
use verbatim::store::{PendingUpdate, Store};

use crate::cli;
use crate::fake_bot_api::{ADA, Fault, TOKEN};
use crate::talk::{conversation, folders, start, start_hooked};

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

fn message(update: i64) -> String {
    let chat = json!({"id": ADA, "type": "private", "first_name": "Ada"});
    let from = json!({"id": ADA, "is_bot": false, "first_name": "Ada"});
    let date = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    json!({"update_id": update, "message": {
        "message_id": 900, "date": date.as_secs(), "chat": chat, "from": from, "text": "neap tide",
    }})
    .to_string()
}

/// The status and the body.
async fn answered(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.expect("the bot answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

#[test]
fn what_telegram_brings_is_answered_and_the_webhook_outlives_the_bot() {
    conversation(async |telegram| {
        let (bot, url) = start_hooked(telegram, folders());
        telegram.says("When does a neap tide happen?");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.types("barrage", "");
        assert_eq!(telegram.next_inline().await.posts.len(), 1);
        let folders = bot.stop().await;
        let set = telegram.calls("setWebhook");
        assert_eq!(set.len(), 1);
        assert_eq!(set[0]["url"], url.as_str());
        assert_eq!(
            set[0]["allowed_updates"],
            json!([
                "message",
                "edited_message",
                "callback_query",
                "my_chat_member",
                "inline_query"
            ])
        );
        assert_eq!(telegram.brought(), [200, 200]);

        telegram.says("What has made electricity since 1966?");
        let (bot, _) = start_hooked(telegram, folders);
        assert!(telegram.next().await.text.starts_with("A barrage across"));
        bot.stop().await;
        let called = telegram.all_calls();
        assert!(
            !called.iter().any(|(method, _)| method == "GetUpdates"),
            "nobody asks for updates"
        );
    });
}

#[test]
fn an_update_is_acknowledged_once_it_is_in_the_journal() {
    conversation(async |telegram| {
        let (bot, _) = start_hooked(telegram, folders());
        telegram.says("hello");
        telegram.next().await;
        let store = bot.folders.path().join("data/verbatim.sqlite");
        let store = rusqlite::Connection::open(store).expect("the store is there");
        let full = "CREATE TRIGGER full BEFORE INSERT ON updates BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        store.execute(full, []).expect("a trigger");
        telegram.says("neap tide");
        telegram.brought_with(503).await;
        store.execute("DROP TRIGGER full", []).expect("it is there");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn an_update_that_comes_again_is_acknowledged_and_not_answered_again() {
    conversation(async |telegram| {
        let (bot, url) = start_hooked(telegram, folders());
        telegram.says("hello");
        telegram.next().await;
        let secret = telegram.secret().await;
        let bring = || Client::new().post(url.clone()).header(SECRET_HEADER, &secret);
        for _ in 0..3 {
            let answer = answered(bring().body(message(4000))).await;
            assert_eq!(answer, (200, String::new()));
        }
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        telegram.stays_silent(ADA).await;
        let folders = bot.stop().await;

        let (bot, url) = start_hooked(telegram, folders);
        telegram.stays_silent(ADA).await;
        let again = Client::new().post(url).header(SECRET_HEADER, &telegram.secret().await);
        assert_eq!(answered(again.body(message(4000))).await.0, 200);
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn strangers_learn_nothing_and_what_is_too_large_is_not_read() {
    conversation(async |telegram| {
        let (bot, url) = start_hooked(telegram, folders());
        telegram.exists(ADA);
        let secret = telegram.secret().await;
        let client = Client::new();
        let post = |url: &Url| client.post(url.clone()).header(SECRET_HEADER, &secret);
        let check = async |request: RequestBuilder, expected: StatusCode| {
            let answer = answered(request).await;
            assert_eq!(answer, (expected.as_u16(), String::new()));
        };
        let near = |secret: &str| client.post(url.clone()).header(SECRET_HEADER, secret);
        check(client.post(url.clone()).body(message(1)), StatusCode::UNAUTHORIZED).await;
        check(near("").body(message(1)), StatusCode::UNAUTHORIZED).await;
        check(near(&secret[1..]).body(message(1)), StatusCode::UNAUTHORIZED).await;
        check(near(&format!("{secret}a")).body(message(1)), StatusCode::UNAUTHORIZED).await;
        let elsewhere = url.join("/other").expect("an address");
        check(post(&elsewhere).body(message(1)), StatusCode::NOT_FOUND).await;
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
        check(post(&url).body(format!("{}{}", message(5000), " ".repeat(900_000))), StatusCode::OK)
            .await;
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        bot.stop().await;
    });
}

#[test]
fn what_has_no_room_is_left_with_telegram() {
    conversation(async |telegram| {
        let folders = folders();
        let left =
            |id| PendingUpdate { id, chat: ADA, thread: 0, received_at: 1, body: message(id) };
        let data = folders.path().join("data");
        std::fs::create_dir(&data).expect("a new directory");
        let store = Store::open(&data).expect("a new store");
        store.journal(&(1..=50_000).map(left).collect::<Vec<_>>()).expect("there is room on disk");
        drop(store);
        let later = json!({"retry_after": 1000});
        telegram.fail_next("sendMessage", Fault::Refuse(429, "Too Many Requests", later));
        let (bot, url) = start_hooked(telegram, folders);
        let bring = Client::new().post(url).header(SECRET_HEADER, &telegram.secret().await);
        assert_eq!(answered(bring.body(message(60_000))).await, (503, String::new()));
        bot.stop().await;
    });
}

#[test]
fn a_webhook_that_telegram_refuses_ends_the_bot_and_a_failure_or_a_loss_does_not() {
    conversation(async |telegram| {
        let refuse = |code, description| Fault::Refuse(code, description, Value::Null);
        telegram.fail_next(
            "setWebhook",
            refuse(400, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"),
        );
        let (bot, _) = start_hooked(telegram, folders());
        let trouble = bot.task.await.expect("no panic").expect_err("it is refused");
        insta::assert_snapshot!(trouble, @r"
        Telegram does not take the webhook: Bad Request: bad webhook: IP address 10.0.0.1 is reserved
        hint: `[webhook] url` must be reachable from the internet by HTTPS, on port 443, 80, 88 or 8443, with a certificate that browsers trust
        ");
        telegram.fail_next("setWebhook", refuse(401, "Unauthorized"));
        let (bot, _) = start_hooked(telegram, folders());
        assert!(matches!(bot.task.await, Ok(Err(BotError::WrongToken))));

        telegram.fail_next("setWebhook", Fault::Html(400));
        let (bot, _) = start_hooked(telegram, folders());
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        let folders = bot.stop().await;

        telegram.loses_webhook();
        let (bot, _) = start_hooked(telegram, folders);
        telegram.called("setWebhook", 6).await;
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        let folders = bot.stop().await;

        let bot = start(telegram, folders);
        let trouble = bot.task.await.expect("no panic").expect_err("a webhook is set");
        insta::assert_snapshot!(trouble, @r"
        a webhook is set for this bot
        hint: run `verbatim webhook delete`, or set `[webhook] url` to use a webhook
        ");
    });
}

#[test]
fn webhook_is_shown_and_deleted_by_a_command() {
    conversation(async |telegram| {
        let run = async |arguments: &'static [&'static str], token: &'static str, server: &str| {
            let server = server.to_owned();
            let ran = tokio::task::spawn_blocking(move || {
                let variables = [("TELOXIDE_TOKEN", token), ("TELOXIDE_API_URL", server.as_str())];
                let output = cli::run(&cli::folder(), arguments, &variables, b"");
                (output.status.code(), cli::out(&output), cli::err(&output))
            });
            ran.await.expect("it ends")
        };
        let (status, delete): (&[_], &[_]) = (&["webhook", "status"], &["webhook", "delete"]);
        let none = (Some(1), "No webhook is set.\n".to_owned(), String::new());
        assert_eq!(run(status, TOKEN, &telegram.url).await, none);
        assert_eq!(run(delete, TOKEN, &telegram.url).await, none);

        let (bot, url) = start_hooked(telegram, folders());
        let secret = telegram.secret().await;
        bot.stop().await;
        telegram.says("neap tide");
        let (code, said, _) = run(status, TOKEN, &telegram.url).await;
        let address = url.as_str().trim_end_matches("/telegram");
        let known = format!("A webhook is set: {address}.\nUpdates that wait with Telegram: 1.\n");
        assert_eq!((code, said.as_str()), (Some(0), known.as_str()));
        assert!(!said.contains(&secret));
        let (code, said, _) = run(delete, TOKEN, &telegram.url).await;
        let deleted =
            format!("Deleted the webhook {address}.\nUpdates that wait with Telegram: 1.\n");
        assert_eq!((code, said), (Some(0), deleted));
        assert_eq!(run(status, TOKEN, &telegram.url).await, none);
        assert_eq!(telegram.unconfirmed(), 1);

        let (code, _, said) = run(delete, "1:wrong", &telegram.url).await;
        assert_eq!(code, Some(2));
        assert!(said.contains("does not know this bot token"), "{said}");
        let (code, _, said) = run(delete, TOKEN, "http://127.0.0.1:1/bot").await;
        assert_eq!(code, Some(2));
        let cause = "127.0.0.1:1 cannot be asked (directly): tcp connect error";
        assert!(said.contains(cause) && !said.contains("fake-Token"), "{said}");
    });
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
        "bot-api.example:8081 cannot be asked (by the proxy http://127.0.0.1:1 of HTTPS_PROXY";
    assert!(said.contains(cause), "{said}");
    assert!(!said.contains("secret") && !said.contains("fake-Token"), "{said}");
}

#[test]
fn an_address_that_is_taken_ends_the_program_with_a_hint() {
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
