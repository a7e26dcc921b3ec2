//! `verbatim doctor` and `/doctor`: what an operator would look at first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use verbatim::ids::UserId;

use crate::cli;
use crate::fake_bot_api::{ADA, BEN, FakeBotApi, Fault, TOKEN};
use crate::tester::Bot;

/// Runs `verbatim doctor` with these further arguments and variables. Returns the exit code and
/// the output, without the port of the Bot API server and the free space.
async fn doctor(
    folder: TempDir,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Option<i32>, String, TempDir) {
    let own = |text: &&str| (*text).to_owned();
    let arguments: Vec<_> = ["doctor"].iter().chain(arguments).map(own).collect();
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let run = move || {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let output = cli::run(&folder, &arguments, &variables, b"");
        (output.status.code(), cli::out(&output) + &cli::err(&output), folder)
    };
    let (code, said, folder) = tokio::task::spawn_blocking(run).await.expect("the program ends");
    assert!(!said.contains("fake-Token") && !said.contains("secret"), "{said}");
    (code, normalized(&said), folder)
}

/// Replaces the port of a server on this machine, the free space and the number of waiting updates,
/// since an update may be in work.
fn normalized(said: &str) -> String {
    let mut text = String::new();
    let mut rest = said;
    while let Some(at) = rest.find("127.0.0.1:") {
        let (before, after) = rest.split_at(at + "127.0.0.1:".len());
        text.push_str(before);
        text.push_str("PORT");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    text.push_str(rest);
    let text = text.replace("1 update waiting", "0 updates waiting");
    let lines = text.lines().map(|line| match line.split_once("can be written; ") {
        Some((before, free)) => {
            let (_, after) = free.split_once(" free").expect("the unit follows");
            format!("{before}can be written; SOME free{after}")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns all files below a directory with their contents.
fn files(dir: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).expect("it is a directory").flatten() {
        match entry.path() {
            path if path.is_dir() => files(&path, found),
            path => drop(found.insert(path.clone(), std::fs::read(&path).expect("it is a file"))),
        }
    }
}

fn all_files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(dir, &mut found);
    found
}

/// Returns the files that were added, changed or removed below a directory.
fn changed(dir: &Path, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let after = all_files(dir);
    let paths = before.keys().chain(after.keys());
    paths.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_a_new_bot_and_writes_nothing() {
    let telegram = FakeBotApi::start();
    let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &telegram.url)];
    let folder = cli::folder();
    let before = all_files(folder.path());
    let (code, said, folder) = doctor(folder, &[], &variables).await;
    assert_eq!(code, Some(0), "{said}");
    assert_snapshot!(said, @"
    ok      configuration: every key and variable can be used
    ok      token: Telegram knows it
    ok      proxy: Telegram is asked directly
    ok      Telegram: 127.0.0.1:PORT answers; the bot is @VerbatimBot
    ok      privacy mode: on: in groups the bot sees only commands, replies to its messages, and quotes posted through it
            hint: for mentions, make the bot an administrator of the group, or turn Group Privacy off in the app of @BotFather or with /setprivacy, and add the bot to its groups again
    ok      inline mode: on: quotes can be posted in any chat
    ok      guest mode: off: the bot cannot be called where it is not a member
            hint: Guest Mode is a switch in the app of @BotFather
    ok      topics: off: a private chat is one conversation
            hint: topics in private chats are a switch in the app of @BotFather
    ok      webhook: long polling; 0 updates waiting
    ok      clock: it agrees with Telegram's
    ok      disk: the place of the data directory can be written; SOME free
    ok      corpus: 1 article
    ok      index: there is none yet; the first start makes it
    ok      model: none is installed, so the bot answers by words alone
            hint: `verbatim model install` installs one
    ");
    assert_eq!(changed(folder.path(), &before), Vec::<PathBuf>::new());
    assert_eq!(telegram.invalid_requests(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_works_while_the_bot_runs() {
    let bot = Bot::start().await;
    bot.private().send("neap tide").await;
    bot.called("setMyShortDescription", 7).await;
    let [corpus, data] = [bot.corpus(), bot.data()].map(|dir| dir.display().to_string());
    let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &bot.url)];
    let arguments = ["--corpus", &corpus, "--data", &data, "--json"];
    let (code, said, _) = doctor(cli::folder(), &arguments, &variables).await;
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    let index = lines.iter().find(|line| line["name"] == "index").expect("it is checked");
    assert_eq!(index["status"], "ok");
    let message = index["message"].as_str().expect("a text");
    assert!(message.starts_with("sound: 1 article, ") && message.ends_with("up to date"), "{said}");
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_checks_the_files_where_telegram_cannot_be_reached() {
    let variables = [
        ("TELOXIDE_TOKEN", TOKEN),
        ("TELOXIDE_API_URL", "http://bot-api.invalid"),
        ("TELOXIDE_PROXY", "socks5h://ada:secret@127.0.0.1:1"),
    ];
    let folder = cli::folder();
    std::fs::write(folder.path().join("corpus/bad.md"), "a\0b").expect("a new file");
    let (code, said, _) = doctor(folder, &[], &variables).await;
    assert_eq!(code, Some(2), "{said}");
    assert_snapshot!(said, @"
    ok      configuration: every key and variable can be used
    ok      token: it has the form of a token; Telegram did not confirm it
    ok      proxy: Telegram is asked by the proxy socks5h://127.0.0.1:PORT of TELOXIDE_PROXY
    error   Telegram: bot-api.invalid cannot be reached (by the proxy socks5h://127.0.0.1:PORT of TELOXIDE_PROXY): error connecting to socks proxy: SOCKS error: failed to create underlying connection
            hint: check the address, the user name and the password in TELOXIDE_PROXY, and that the proxy runs
    skipped privacy mode: the account of the bot is unknown
    skipped inline mode: the account of the bot is unknown
    skipped guest mode: the account of the bot is unknown
    skipped topics: the account of the bot is unknown
    skipped webhook: the account of the bot is unknown
    skipped clock: Telegram's time is unknown
    ok      disk: the place of the data directory can be written; SOME free
    warning corpus: 1 article, 1 problem
            hint: `verbatim check` prints them
    ok      index: there is none yet; the first start makes it
    ok      model: none is installed, so the bot answers by words alone
            hint: `verbatim model install` installs one
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_a_wrong_token_a_wrong_clock_and_a_webhook() {
    let telegram = FakeBotApi::start();
    let line = |said: &str, name: &str| {
        let is_of = |line: &&str| line.get(8..).is_some_and(|rest| rest.starts_with(name));
        said.lines().find(is_of).unwrap_or_default().to_owned()
    };
    let wrong = [("TELOXIDE_TOKEN", "1:wrong"), ("TELOXIDE_API_URL", &telegram.url)];
    let (code, said, folder) = doctor(cli::folder(), &[], &wrong).await;
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(line(&said, "token"), "error   token: Telegram does not know this bot token");

    telegram.clock_is_ahead(3600);
    let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &telegram.url)];
    let (code, said, folder) = doctor(folder, &[], &variables).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(line(&said, "clock").starts_with("warning clock: it is 3"), "{said}");

    telegram.clock_is_ahead(0);
    telegram.fail_next("getWebhookInfo", Fault::Html(502));
    let (code, said, folder) = doctor(folder, &[], &variables).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(line(&said, "webhook").contains("HTTP 502"), "{said}");

    let config = "[webhook]\nurl = \"https://bot.example.org/secret\"\n";
    std::fs::write(folder.path().join("v.toml"), config).expect("a new file");
    let (code, said, _) = doctor(folder, &["--config", "v.toml"], &variables).await;
    assert_eq!(code, Some(1), "{said}");
    let expected = "warning webhook: `[webhook] url` is not registered; 0 updates waiting";
    assert_eq!(line(&said, "webhook"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_a_webhook_that_long_polling_does_not_want() {
    let mut bot = Bot::start().with_webhook().await;
    bot.secret().await;
    bot.stop().await;
    let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &bot.url)];
    let (code, said, _) = doctor(cli::folder(), &[], &variables).await;
    assert_eq!(code, Some(2), "{said}");
    let expected = "error   webhook: http://127.0.0.1:PORT is registered, so long polling";
    assert!(said.contains(expected), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_a_configuration_that_cannot_be_used() {
    let folder = cli::folder();
    let config = "[telegram]\nproxy = \"ada:secret@h\"\n[acces]\nadmins = [1]\n";
    std::fs::write(folder.path().join("v.toml"), config).expect("a new file");
    let (code, said, folder) = doctor(folder, &["--config", "v.toml"], &[]).await;
    assert_eq!(code, Some(2), "{said}");
    let lines: Vec<_> = said.lines().take(5).collect();
    assert_snapshot!(lines.join("\n"), @"
    error   configuration: v.toml:2: telegram.proxy: expected the address of a proxy
            hint: begin with `http://`, `https://`, `socks5://` or `socks5h://`, as in `socks5h://127.0.0.1:PORT`; in a user name or password, write signs such as `@`, `:` and `/` as `%40`, `%3A` and `%2F`
    error   configuration: v.toml:3: unknown section `[acces]`
            hint: did you mean `[access]`?
    skipped token: the configuration cannot be used
    ");
    // Without a token, the files are checked all the same.
    let (code, said, _) = doctor(folder, &["--corpus", "nowhere"], &[]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("error   token: there is no bot token\n"), "{said}");
    assert!(said.contains("error   corpus: nowhere: "), "{said}");
    assert!(said.contains("\nok      model: none is installed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_an_index_that_is_damaged_or_outdated() {
    let folder = cli::folder();
    let variables = [("TELOXIDE_TOKEN", "")];
    let asked = cli::run(&folder, &["ask", "neap tide"], &[], b"");
    assert_eq!(asked.status.code(), Some(0));
    std::fs::write(folder.path().join("corpus/new.md"), "# New\n\nA bore is a wave.\n")
        .expect("a new file");
    let before = all_files(folder.path());
    let (_, said, folder) = doctor(folder, &[], &variables).await;
    assert!(said.contains("; without the changes of 1 file\n"), "{said}");
    assert_eq!(changed(folder.path(), &before), Vec::<PathBuf>::new());
    let meta = folder.path().join("data/index/meta.json");
    std::fs::write(&meta, "{").expect("it is writable");
    let (_, said, folder) = doctor(folder, &[], &variables).await;
    assert!(said.contains("warning index: "), "{said}");
    assert_eq!(std::fs::read_to_string(&meta).expect("it is there"), "{");
    drop(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_in_the_chat_is_for_the_operator() {
    let bot =
        Bot::start().configure(|settings| settings.access.admins = vec![UserId::new(ADA)]).await;
    let report = bot.private().send("/doctor").await;
    assert_snapshot!(normalized(&report.to_string()), @"
    (reply to “/doctor”)
    Everything is in order.

    ✅ token: Telegram knows it
    ✅ proxy: Telegram is asked directly
    ✅ Telegram: 127.0.0.1:PORT answers; the bot is @VerbatimBot
    ✅ privacy mode: on: in groups the bot sees only commands, replies to its messages, and quotes posted through it
    ✅ inline mode: on: quotes can be posted in any chat
    ✅ guest mode: off: the bot cannot be called where it is not a member
    ✅ topics: off: a private chat is one conversation
    ✅ webhook: long polling; 0 updates waiting
    ✅ clock: it agrees with Telegram's
    ✅ disk: the data directory can be written; SOME free
    ✅ corpus: 1 article
    ✅ index: sound: 1 article, 3 passages, 4 kB; up to date
    ✅ model: none is installed, so the bot answers by words alone
    ");
    bot.fail_next("getMe", Fault::refuse(500, "Internal Server Error"));
    let report = bot.private().language("de").send("/doctor").await;
    assert!(report.text.starts_with("Etwas stimmt nicht:\n"), "{report}");
    assert!(report.text.contains("\n❌ Telegram: "), "{report}");
    for refused in [bot.group().send("/doctor").await, bot.private_of(BEN).send("/doctor").await] {
        assert_eq!(refused.text, "Only my operator can do that.");
    }
    let places = [bot.corpus(), bot.data()].map(|dir| dir.display().to_string());
    assert!(places.iter().all(|dir| !report.text.contains(dir)), "{report}");
}
