//! Tests of the whole configuration: values, defaults and problems.

use super::*;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let variable = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    Config::check(Path::new("v.toml"), text, &PathArgs::default(), variable, Vec::new())
        .map_err(|problems| problems.to_string())
}

#[test]
fn config_file_of_the_project_has_every_key_with_its_default() {
    let file = load(include_str!("../../config/verbatim.toml"), &[]).unwrap();
    let empty = load("", &[]).unwrap();
    assert_eq!(format!("{file:?}"), format!("{empty:?}"));
    for key in [
        "[corpus]",
        "[data]",
        "[model]",
        "dir =",
        "settle =",
        "follow_links =",
        "max_age =",
        "schedules_per_chat =",
        "watches_per_chat =",
        "max_question_age =",
        "max_concurrent_questions =",
        "overall_per_second =",
        "chat_per_second =",
        "chat_burst =",
        "group_per_minute =",
        "name =",
        "proxy =",
        "allowed_chats =",
        "allowed_users =",
        "admins =",
        "user_per_minute =",
        "chat_per_minute =",
        "record_questions =",
        "[webhook]",
        "url =",
        "listen =",
        "secret =",
        "[monitor]",
        "level =",
        "format =",
        "[aliases]",
    ] {
        assert!(include_str!("../../config/verbatim.toml").contains(key), "{key}");
    }
}

#[test]
fn config_reports_all_problems_at_once() {
    let problems = load(
        "[corpus]\nsettle = \"2\"\n[telegram]\nmax_question_age = \"soon\"\nlanes = 0\n[briefings]\nschedules_per_chat = -1\n[webhook]\nurl = \"http://example.org\"\nlisten = \"8080\"\nsecret = \"two words\"\n[monitor]\nlisten = \"localhost\"\n[aliases]\nWHO = [\"\"]\n",
        &[
            ("TELOXIDE_TOKEN", "not a secret"),
            ("TELOXIDE_API_URL", "localhost"),
            ("HF_ENDPOINT", "ftp"),
        ],
    );
    insta::assert_snapshot!(problems.unwrap_err(), @r#"
    v.toml:2: corpus.settle: expected a duration, got `2`
    hint: give a number with its unit, such as `24h`, `30m` or `90s`
    v.toml:4: telegram.max_question_age: expected a duration, got `soon`
    hint: give a number with its unit, such as `24h`, `30m` or `90s`
    v.toml:5: telegram.lanes: 0 is out of range
    hint: give a number from 1 to 10000
    v.toml:7: briefings.schedules_per_chat: -1 is out of range
    hint: give a number from 0 to 10
    v.toml:9: webhook.url: Telegram cannot call this address
    hint: give one such as `https://bot.example.org/telegram`, where HTTPS is in front of the bot
    v.toml:10: webhook.listen: expected an address to listen on, got `8080`
    hint: give an IP address of this machine with a port, such as `127.0.0.1:8080`
    v.toml:11: webhook.secret: Telegram does not take this secret
    hint: give 1 to 256 letters of A to Z, digits, `-` and `_`, or leave it empty
    v.toml:13: monitor.listen: expected an address to listen on, got `localhost`
    hint: give an IP address of this machine with a port, such as `127.0.0.1:9464`
    v.toml:15: aliases.WHO: a name is empty
    hint: give at least one other name, such as `WHO = ["World Health Organization"]`
    TELOXIDE_TOKEN: this does not look like a bot token
    hint: copy it again from @BotFather: digits, a colon, and letters
    TELOXIDE_API_URL: expected a web address
    hint: give the whole address of a Bot API server, such as `http://localhost:8081`
    HF_ENDPOINT: expected a web address
    hint: give the whole address of a model hub, such as `https://huggingface.co`
    "#);
}

#[test]
fn model_directory_is_below_the_data_directory_by_default() {
    let model = |text| load(text, &[]).unwrap().model;
    let here = std::env::current_dir().unwrap();
    assert_eq!(model("[data]\ndir = \"state\""), here.join("state/model"));
    assert_eq!(model("[model]\ndir = \"e5\""), here.join("e5"));
}

#[test]
fn directories_are_absolute_and_printed_relative_to_the_working_directory() {
    let here = std::env::current_dir().unwrap();
    let check = |dir: &str, path: &Path, shown: &str, file: &str| {
        let corpus = load(&format!("[corpus]\ndir = \"{dir}\""), &[]).unwrap().corpus;
        assert_eq!((corpus.path(), corpus.display_path().as_str()), (path, shown), "{dir}");
        assert_eq!(corpus.display_file(&path.join("a.md")), file, "{dir}");
    };
    for dir in ["corpus", "./corpus", "corpus/", ".//corpus/."] {
        check(dir, &here.join("corpus"), "corpus", "corpus/a.md");
    }
    check(".", &here, ".", "./a.md");
    check("../x/corpus", &here.join("../x/corpus"), "../x/corpus", "../x/corpus/a.md");
    check("/srv/articles/", Path::new("/srv/articles"), "/srv/articles", "/srv/articles/a.md");
    let whole = here.join("corpus");
    check(&whole.display().to_string(), &whole, "corpus", "corpus/a.md");
    for key in ["corpus", "data", "model"] {
        let problem = load(&format!("[{key}]\ndir = \"\""), &[]).unwrap_err();
        assert!(
            problem.starts_with(&format!("v.toml:2: {key}.dir: expected a directory, got")),
            "{problem}"
        );
    }
}

#[test]
fn follow_links_accepts_directories_of_articles_only() {
    let links = |dirs: &str| load(&format!("[corpus]\nfollow_links = {dirs}"), &[]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().canonicalize().unwrap();
    let config = links(&format!("[{:?}]", dir.path())).unwrap();
    assert_eq!(config.corpus.follow_links(), [path]);
    for dirs in
        ["['/']", "['']", "['/proc']", "['/proc/self']", "['/sys']", "['/dev/fd']", "['/..']"]
    {
        let problem = links(dirs).unwrap_err();
        assert!(problem.contains("cannot be a directory of articles"), "{dirs}: {problem}");
    }
}

fn check(text: &str, expected: &[&str]) {
    let problems = load(text, &[]).expect_err(text);
    for part in expected {
        assert!(problems.contains(part), "{text}\n→ {problems}\nwithout {part}");
    }
}

#[test]
fn config_suggests_the_nearest_key_and_section() {
    check(
        "[corpus]\nsetle = \"2s\"\n",
        &["v.toml:2: unknown key `setle` in `[corpus]`\nhint: did you mean `settle`?"],
    );
    check("[telegram]\nLanes = 2", &["did you mean `lanes`?"]);
    check("[access]\nadmin = [1]", &["did you mean `admins`?"]);
    check("[access]\nalowed_user = [1]", &["did you mean `allowed_users`?"]);
    check("[telegram.limits]\nper_second = 1", &["did you mean `chat_per_second`?"]);
    check(
        "[telegramm]\nlanes = 2",
        &["unknown section `[telegramm]`", "did you mean `[telegram]`?"],
    );
    check("[telegram.limit]\nchat_burst = 2", &["did you mean `[telegram.limits]`?"]);
    check("[limits]\nchat_burst = 2", &["did you mean `[telegram.limits]`?"]);
    check("[monitoring]\nlisten = \"\"", &["did you mean `[monitor]`?"]);
    check(
        "lanes = 2",
        &["unknown key `lanes` before the first section", "did you mean `lanes` in `[telegram]`?"],
    );
    check("[telegram]\nuser_per_minute = 2", &["did you mean `user_per_minute` in `[access]`?"]);
    check("[telegram]\napi_url = \"http://a\"", &["`.env` or the environment: TELOXIDE_API_URL=…"]);
    check("HF_ENDPOINT = \"http://a\"", &["the environment: HF_ENDPOINT=…"]);
    check("[log]\nrust_log = \"info\"", &["the environment: RUST_LOG=…"]);
    check(
        "[fruit]\npear = 2",
        &["unknown section `[fruit]`", "the sections are `[access]`, `[access.folders]`"],
    );
    check(
        "[log]\npear = 2",
        &["unknown key `pear` in `[log]`", "config/verbatim.toml of the project"],
    );
    check(
        "[log]\nformat = \"jsno\"",
        &[
            "v.toml:2: log.format: expected \"text\" or \"json\", got \"jsno\"",
            "did you mean \"json\"?",
        ],
    );
}

#[test]
fn config_describes_types_in_everyday_words() {
    check(
        "[telegram]\nlanes = \"3\"",
        &["v.toml:2: telegram.lanes: expected a number, got text", "without quotation marks"],
    );
    check(
        "[telegram]\nlanes = 3.5",
        &["expected a number, got a number with a fraction", "a whole number from 1 to 10000"],
    );
    check("[telegram]\nlanes = true", &["expected a number, got true or false"]);
    check("[telegram]\nlanes = [3]", &["expected a number, got a list"]);
    check(
        "[telegram]\nlanes = 99999999999999999999",
        &["telegram.lanes: 99999999999999999999 is out of range"],
    );
    check(
        "[telegram.limits]\nchat_burst = -1",
        &["telegram.limits.chat_burst: -1 is out of range", "from 0 to 4294967295"],
    );
    check(
        "[access]\nuser_per_minute = 4294967296",
        &["access.user_per_minute: 4294967296 is out of range"],
    );
    check(
        "[access]\nadmins = 5",
        &["access.admins: expected a list of numbers, got a number", "`admins = [123456]`"],
    );
    check(
        "[access]\nadmins = [\n1,\n\"2\"]",
        &["v.toml:4: access.admins: expected a number in the list, got text"],
    );
    check("[access]\nadmins = [9223372036854775808]", &["9223372036854775808 is out of range"]);
    check("[corpus]\ndir = 1", &["corpus.dir: expected text, got a number"]);
    check("[corpus]\ndir = \" \"", &["corpus.dir: expected a directory, got an empty text"]);
    check("[corpus]\nsettle = 2", &["corpus.settle: expected text, got a number"]);
    check("[corpus]\nsettle = 07:32:00", &["expected text, got a date or time"]);
    check("[privacy]\nrecord_questions = \"yes\"", &["expected true or false, got text"]);
    check("[aliases]\nWHO = \"health\"", &["aliases.WHO: expected a list of texts, got text"]);
    check("[aliases]\nWHO = [1]", &["aliases.WHO: expected text in the list, got a number"]);
    check(
        "[access.folders]\nboard = 5",
        &["access.folders.board: expected a list of numbers, got a number"],
    );
    check(
        "[access.folders]\nboard = [\"5\"]",
        &["access.folders.board: expected a number in the list, got text"],
    );
    check(
        "[access.folders]\n\"../board\" = [5]",
        &["access.folders.../board: the key is no path of a folder", "such as `board/minutes`"],
    );
    check(
        "[access.folders]\n\"board/*\" = [5]",
        &["access.folders.board/*: the key is no path of a folder"],
    );
    check("[access.folders]\nboard = [5]\n\"Board/\" = [6]", &["the folder is there twice"]);
    check(
        "[[access.folders]]\nfolder = \"a\"",
        &["access.folders: expected a section, got a list"],
    );
    check("[access]\nfolder = [1]", &["did you mean"]);
    check("telegram = 3", &["v.toml:1: telegram: expected a section, got a number"]);
    check("[[corpus]]\ndir = \"a\"", &["corpus: expected a section, got a list"]);
    for raw in ["\"a\"", "1", "-1", "1.5", "true", "[]", "[1]", "[\"a\"]", "{}", "1979-05-27"] {
        for key in [
            "corpus.dir",
            "corpus.settle",
            "telegram.lanes",
            "telegram.limits.chat_burst",
            "access.admins",
            "privacy.record_questions",
            "webhook.url",
            "monitor.listen",
            "aliases.a",
            "log.level",
            "log.format",
            "telegram",
            "log",
        ] {
            let Err(problems) = load(&format!("{key} = {raw}"), &[]) else { continue };
            for term in [
                "i64",
                "u32",
                "string",
                "integer",
                "boolean",
                "array",
                "sequence",
                "map",
                "struct",
                "invalid type",
            ] {
                assert!(!problems.contains(term), "{key} = {raw}: {problems}");
            }
            assert!(
                problems.starts_with("v.toml:1: ") && problems.contains("\nhint: "),
                "{problems}"
            );
        }
    }
}

#[test]
fn config_reports_all_problems_of_a_file_in_the_order_of_their_lines() {
    let problems = load(
        "[telegram]\nlanes = \"3\"\nlimit = 2\n[corpus]\nsettle = \"soon\"\n[log]\nlevel = \"loud\"\n[tokens]\na = 1\n",
        &[],
    );
    insta::assert_snapshot!(problems.unwrap_err(), @r#"
    v.toml:2: telegram.lanes: expected a number, got text
    hint: write the number without quotation marks, such as `lanes = 10`
    v.toml:3: unknown key `limit` in `[telegram]`
    hint: did you mean the section `[telegram.limits]`?
    v.toml:5: corpus.settle: expected a duration, got `soon`
    hint: give a number with its unit, such as `24h`, `30m` or `90s`
    v.toml:7: log.level: this is not a level of the log, got "loud"
    hint: give one of off, error, warn, info, debug and trace, or a filter such as "warn,verbatim=debug"
    v.toml:8: tokens: the bot's token does not belong in this file
    hint: the token belongs in `.env`: TELOXIDE_TOKEN=…, and this entry should be removed
    "#);
    check("[log]\nlevel = info", &["v.toml:2: expected text in quotation marks, got text without"]);
    check("[log]\nlevel = debug,x=info", &["v.toml:2: expected text in quotation marks"]);
    check("[telegram\nlanes = 3", &["v.toml:1: unclosed section, expected `]`"]);
    check("[telegram]\nname = \"a", &["v.toml:2: invalid text, expected `\"`"]);
    check("[telegram]\nlanes = 1\nlanes = 2", &["v.toml:3: this key or section is in the file"]);
    // A line that is not TOML does not hide the problems of other lines.
    let problems = load("[telegram]\nlanes = = 3\nname = 5\n[log]\nformat = 1\n", &[]);
    insta::assert_snapshot!(problems.unwrap_err(), @r#"
    v.toml:2: extra `=`, expected nothing
    hint: write `[section]` and `key = value` lines in TOML; the keys and their defaults are in config/verbatim.toml of the project
    v.toml:3: telegram.name: expected text, got a number
    hint: put the value into quotation marks
    v.toml:5: log.format: expected text, got a number
    hint: put the value into quotation marks
    "#);
}

#[test]
fn config_never_shows_a_token() {
    const TOKEN: &str = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
    for text in [
        "[telegram]\ntoken = \"TOKEN\"",
        "[telegram]\ntoken = TOKEN",
        "[telegram]\ntoken = \"\"",
        "[telegram]\nbot_token = 5",
        "[telegram]\nBotToken = \"TOKEN\"",
        "[telegram]\napi_key = \"TOKEN\"",
        "[telegram]\nsecret = \"TOKEN\"",
        "[telegram]\nname = \"TOKEN\"",
        "[telegram]\nlanes = \"TOKEN\"",
        "token = \"TOKEN\"",
        "TELOXIDE_TOKEN = \"TOKEN\"",
        "TELOXIDE_TOKEN=TOKEN",
        "[bot]\ntoken = \"TOKEN\"",
        "[bot]\na.b.key = \"TOKEN\"",
        "[token]\nvalue = \"TOKEN\"",
        "[webhook]\nlisten = \"TOKEN\"",
        "[corpus]\nsettle = \"TOKEN\"",
        "[log]\nlevel = \"TOKEN\"",
        "[aliases]\ntoken = \"TOKEN\"",
        "[aliases]\na = [\"TOKEN\"]",
        "[aliases]\n\"TOKEN\" = [\"a\"]",
        "[telegram]\n\"TOKEN\" = 1",
        "\"TOKEN\" = 1",
        "TOKEN",
    ] {
        let text =
            text.replace("TOKEN", TOKEN).replace(&format!("TELOXIDE_{TOKEN}"), "TELOXIDE_TOKEN");
        let problems = load(&text, &[]).expect_err(&text);
        assert!(!problems.contains("AAHdq"), "{text}: {problems}");
        assert!(problems.contains("TELOXIDE_TOKEN=…"), "{text}: {problems}");
    }
    let problems = load(
        "",
        &[("RUST_LOG", TOKEN), ("TELOXIDE_TOKEN", &TOKEN[1..]), ("TELOXIDE_API_URL", TOKEN)],
    );
    assert!(!problems.unwrap_err().contains("AAHdq"));
    // An alias may have the name `token`.
    assert!(load("[aliases]\ntoken = [\"bearer\"]", &[]).is_ok());
}

#[test]
fn config_accepts_a_password_of_a_proxy_that_looks_like_a_token() {
    let proxy = "http://123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@h:1";
    let config = load(&format!("[telegram]\nproxy = \"{proxy}\""), &[]).unwrap();
    assert!(!format!("{config:?}").contains("AAHdq"));
    assert_eq!(config.proxies.telegram.map(|proxy| proxy.expose()).as_deref(), Some(proxy));
    let problem = load("[telegram]\nproxy = 1", &[]).unwrap_err();
    assert!(problem.starts_with("v.toml:2: telegram.proxy: expected text, got a number"));
}

#[test]
fn config_accepts_a_token_in_quotation_marks() {
    for raw in ["12:abc", "\"12:abc\"", "'12:abc'", " 12:abc\r\n"] {
        let config = load("", &[("TELOXIDE_TOKEN", raw)]).expect(raw);
        assert_eq!(config.token.as_ref().map(BotToken::expose), Some("12:abc"), "{raw}");
    }
    assert!(load("", &[("TELOXIDE_TOKEN", "\"\"")]).expect("nothing is set").token.is_none());
}

#[test]
fn log_level_that_cannot_be_parsed_is_rejected() {
    check(
        "[log]\nlevel = \"loud\"",
        &[
            "v.toml:2: log.level: this is not a level of the log, got \"loud\"",
            "off, error, warn, info, debug and trace",
        ],
    );
    check("[log]\nlevel = \"\"", &["log.level: expected a level, got an empty text"]);
    check("[log]\nlevel = \"info,=x\"", &["log.level: "]);
    let problems = load("", &[("RUST_LOG", "verbatim=loud")]).unwrap_err();
    assert!(problems.starts_with("RUST_LOG: this is not a level of the log, got \"verbatim=loud\"\nhint: give one of off,"), "{problems}");
    let log = |text, variables: &[(&str, &str)]| load(text, variables).unwrap().log;
    assert_eq!(log("", &[]), "info");
    assert_eq!(log("[log]\nlevel = \"warn, verbatim=debug\"", &[]), "warn,verbatim=debug");
    assert_eq!(log("[log]\nlevel = \"warn\"", &[("RUST_LOG", "trace")]), "trace");
    assert_eq!(log("[log]\nlevel = \"warn\"", &[("RUST_LOG", " ")]), "warn");
}

#[test]
fn token_is_hidden_in_debug_output() {
    let config = load("", &[("TELOXIDE_TOKEN", "12:abc-DEF_9")]).unwrap();
    assert_eq!(config.token.as_ref().map(BotToken::expose), Some("12:abc-DEF_9"));
    assert!(!format!("{config:?}").contains("abc"));
}
