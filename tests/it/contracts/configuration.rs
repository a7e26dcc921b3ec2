//! Keys of `config/verbatim.toml` and variables of the environment.

use std::path::Path;
use std::time::Duration;

use verbatim::cli::PathArgs;
use verbatim::config::{Config, LogFormat};
use verbatim::ids::{ChatId, UserId};

use crate::cli::{err, folder, run};

/// Every key, each with a value that is not its default.
const EVERY_KEY: &str = r#"
[corpus]
dir = "articles"
settle = "3s"
follow_links = ["/srv/articles"]
include = ["posts/**"]
exclude = ["*.txt"]

[data]
dir = "state"

[model]
dir = "e5"

[telegram]
max_question_age = "2d"
lanes = 7
name = "Tides"
proxy = "socks5h://ada:word@proxy.example:9050"

[telegram.limits]
overall_per_second = 11
chat_per_second = 12
chat_burst = 13
group_per_minute = 14

[briefings]
max_age = "90m"
schedules_per_chat = 6
watches_per_chat = 8

[access]
allowed_chats = [-100]
allowed_users = [200]
admins = [300]
user_per_minute = 15
chat_per_minute = 16

[access.folders]
board = [-100, 200]

[privacy]
record_questions = true

[webhook]
url = "https://bot.example.org/telegram"
listen = "127.0.0.1:8181"
secret = "a-secret_1"

[monitor]
listen = "127.0.0.1:9999"

[aliases]
WHO = ["World Health Organization"]

[log]
level = "warn,verbatim=debug"
format = "json"
"#;

fn load(text: &str) -> Config {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("verbatim.toml");
    std::fs::write(&path, text).expect("a new file");
    let places = PathArgs { config: Some(path), ..PathArgs::default() };
    Config::load(&places).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn contract_every_configuration_key_is_accepted_and_has_its_effect() {
    let config = load(EVERY_KEY);
    let here = std::env::current_dir().expect("there is one");
    assert_eq!(config.corpus.path(), here.join("articles"));
    assert_eq!(config.corpus.follow_links(), [Path::new("/srv/articles")]);
    let selection = config.corpus.selection();
    let is_article = |path: &str| selection.excluded_by(path).is_none();
    assert!(is_article("posts/a.md") && !is_article("posts/a.txt") && !is_article("a.md"));
    assert_eq!(config.debounce, Duration::from_secs(3));
    assert_eq!(config.data, here.join("state"));
    assert_eq!(config.model, here.join("e5"));

    let telegram = &config.telegram;
    assert_eq!(telegram.max_question_age, Duration::from_secs(2 * 24 * 60 * 60));
    assert_eq!(telegram.max_concurrent_questions, 7);
    assert_eq!(telegram.name.as_deref(), Some("Tides"));
    let proxy = config.proxies.telegram.expect("it is set");
    assert_eq!(proxy.expose(), "socks5h://ada:word@proxy.example:9050");
    assert_eq!(telegram.limits.overall_per_second, 11);
    assert_eq!(telegram.limits.chat_per_second, 12);
    assert_eq!(telegram.limits.chat_burst, 13);
    assert_eq!(telegram.limits.group_per_minute, 14);
    assert_eq!(telegram.briefings.max_age, Duration::from_secs(90 * 60));
    assert_eq!(telegram.briefings.schedules, 6);
    assert_eq!(telegram.briefings.watches, 8);
    assert_eq!(telegram.access.allowed_chats, [ChatId::new(-100)]);
    assert_eq!(telegram.access.allowed_users, [UserId::new(200)]);
    assert_eq!(telegram.access.admins, [UserId::new(300)]);
    assert_eq!(telegram.access.user_per_minute, 15);
    assert_eq!(telegram.access.chat_per_minute, 16);
    let [bound] = &telegram.access.folders[..] else { panic!("{:?}", telegram.access.folders) };
    assert_eq!(bound.folder.path(), "board");
    assert_eq!(bound.chats, [ChatId::new(-100), ChatId::new(200)]);
    assert!(telegram.record_questions);

    let webhook = config.webhook.expect("it has an address");
    assert_eq!(webhook.url.as_str(), "https://bot.example.org/telegram");
    assert_eq!(webhook.listen.to_string(), "127.0.0.1:8181");
    assert_eq!(webhook.secret.expect("it is set").expose(), "a-secret_1");
    assert_eq!(
        config.monitor.map(|address| address.to_string()).as_deref(),
        Some("127.0.0.1:9999")
    );
    let [alias] = &config.aliases[..] else { panic!("one alias") };
    assert_eq!(
        (alias.term.as_str(), &alias.others[..]),
        ("WHO", &["World Health Organization".to_owned()][..])
    );
    assert_eq!(config.log_format, LogFormat::Json);
}

#[test]
fn contract_every_value_of_a_configuration_enum_is_accepted() {
    assert_eq!(load("[log]\nformat = \"text\"").log_format, LogFormat::Text);
    for level in ["off", "error", "warn", "info", "debug", "trace"] {
        load(&format!("[log]\nlevel = \"{level}\""));
    }
    let settle = |typed: &str| load(&format!("[corpus]\nsettle = \"{typed}\"")).debounce.as_secs();
    assert_eq!(["1d", "1h", "1m", "1s"].map(settle), [86_400, 3_600, 60, 1]);
    // Empty texts turn these off.
    let off = load(
        "[webhook]\nurl = \"\"\nsecret = \"\"\n[monitor]\nlisten = \"\"\n[telegram]\nname = \"\"\nproxy = \"\"",
    );
    assert!(off.webhook.is_none() && off.monitor.is_none() && off.telegram.name.is_none());
    assert_eq!(off.proxies.telegram, None);
}

#[test]
fn contract_every_environment_variable_is_read_by_its_name() {
    let folder = folder();
    for name in ["TELOXIDE_TOKEN", "TELOXIDE_API_URL", "TELOXIDE_PROXY", "HF_ENDPOINT", "RUST_LOG"]
    {
        let output = run(&folder, &["check"], &[(name, "not=valid")], b"");
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(err(&output).contains(&format!("{name}: ")), "{name}: {}", err(&output));
    }
    std::fs::write(folder.path().join(".env"), "TELOXIDE_API_URL=nowhere\n").expect("a new file");
    let output = run(&folder, &["check"], &[], b"");
    assert!(err(&output).contains("TELOXIDE_API_URL: "), "{}", err(&output));
}

#[test]
fn contract_configuration_is_found_at_its_default_path() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("config")).expect("a new directory");
    let file = folder.path().join("config/verbatim.toml");
    std::fs::write(file, "[corpus]\ndir = \"elsewhere\"\n").expect("a new file");
    assert_eq!(run(&folder, &["check"], &[], b"").status.code(), Some(2));
    assert_eq!(run(&folder, &["check", "--corpus", "corpus"], &[], b"").status.code(), Some(0));
}
