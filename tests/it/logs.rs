//! What the real program logs, whatever an operator wants to see: never the token, a name or a question.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::cli;
use crate::fake_bot_api::{ADA, FakeBotApi, Fault, GROUP, TOKEN};
use crate::talk::conversation;

/// What nobody may find in a log. Words are looked for as words, since `Ada` begins `Adapter`.
const SECRETS: [&str; 4] =
    [TOKEN, "fake-Token_for-tests", "4242%3Afake-Token_for-tests", "a-secret_of-the-webhook"];
const PRIVATE: [&str; 9] =
    ["xanthippe", "xanthi99", "ada", "neap", "sourdough", "rance", "zyzzyva", "quokka", "axolotl"];

const UNLIMITED: &str = "[telegram.limits]\noverall_per_second = 0\nchat_per_second = 0\n";

struct Program {
    child: Child,
    out: JoinHandle<String>,
    err: JoinHandle<String>,
}

impl Program {
    fn start(folder: &Path, telegram: &FakeBotApi, config: &str) -> Program {
        std::fs::write(folder.join("v.toml"), format!("{config}{UNLIMITED}")).expect("a new file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_verbatim"))
            .args(["serve", "--config", "v.toml"])
            .current_dir(folder)
            .envs([("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &telegram.url)])
            .env("RUST_LOG", "trace,reqwest::connect=trace,hyper_util=debug")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built for this test");
        let out = all_of(child.stdout.take().expect("it is piped"));
        let err = all_of(child.stderr.take().expect("it is piped"));
        Program { child, out, err }
    }

    /// Asks it to stop, and gives all that it has said.
    fn stop(mut self) -> String {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("it runs").success());
        assert!(self.child.wait().expect("it ends").success());
        let said = [self.out, self.err].map(|said| said.join().expect("it is read"));
        said.join("")
    }
}

fn all_of(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut said = String::new();
        pipe.read_to_string(&mut said).expect("logs are UTF-8");
        said
    })
}

/// People with names use all that there is, and much of it goes wrong.
async fn busy_day(telegram: &FakeBotApi) {
    let person =
        json!({"id": ADA, "is_bot": false, "first_name": "Xanthippe", "username": "xanthi99"});
    let asks = |chat: i64, text: &str| telegram.writes(chat, json!({"text": text, "from": person}));
    asks(ADA, "When is a neap tide, zyzzyva?");
    let answer = telegram.next().await;
    telegram.presses(&answer, "👍 Helpful");
    telegram.presses_data(&answer, "axolotl");
    asks(ADA, "/quokka Xanthippe");
    let edited = asks(ADA, "sourdough bread");
    telegram.edits(ADA, edited, json!({"text": "Rance barrage", "from": person}));
    asks(GROUP, "/ask neap tide");
    let gateway = || Fault::Html(400);
    let refuse = |code, description| Fault::Refuse(code, description, Value::Null);
    telegram.fail_next("sendMessage", gateway());
    telegram.fail_next("sendMessage", Fault::DropAfter);
    telegram.fail_next("sendMessage", refuse(400, "Bad Request: message text is empty"));
    telegram.fail_next("sendMessage", refuse(403, "Forbidden: bot was blocked by the user"));
    telegram.fail_next("getUpdates", gateway());
    telegram.fail_next("answerCallbackQuery", refuse(400, "Bad Request: query is too old"));
    for question in ["neap", "zyzzyva", "sourdough", "rance", "quokka"] {
        asks(ADA, question);
    }
    telegram.types("axolotl barrage", "");
    telegram.next_inline().await;
    telegram.fail_next("answerInlineQuery", refuse(400, "Bad Request: RESULT_ID_INVALID"));
    telegram.types("neap", "");
    telegram.sends_file("quokka.md", b"---\ntitle: Quokka\n---\nA quokka smiles.\n");
    telegram.called("getFile", 1).await;
    telegram.fail_next("getFile", gateway());
    telegram.sends_file("zyzzyva.md", b"no title");
    telegram.called("getFile", 2).await;
    let last = asks(ADA, "/help");
    while telegram.next().await.reply_to != Some(last) {}
}

fn check(said: &str) {
    assert!(said.contains("connected to Telegram"), "{said}");
    for secret in SECRETS {
        assert!(!said.contains(secret), "{}", line_with(said, |line| line.contains(secret)));
    }
    let has = |line: &str, word: &str| {
        line.split(|c: char| !c.is_alphanumeric()).any(|known| known.eq_ignore_ascii_case(word))
    };
    for word in PRIVATE {
        assert!(!has(said, word), "{word}: {}", line_with(said, |line| has(line, word)));
    }
}

fn line_with(said: &str, is_it: impl Fn(&str) -> bool) -> String {
    said.lines().find(|line| is_it(line)).unwrap_or_default().to_owned()
}

#[test]
fn a_log_in_text_tells_no_secret() {
    conversation(async |telegram| {
        let folder = cli::folder();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = taken.local_addr().expect("it was just taken");
        let config = format!("[access]\nadmins = [{ADA}]\n[monitor]\nlisten = \"{address}\"\n");
        let program = Program::start(folder.path(), telegram, &config);
        busy_day(telegram).await;
        let said = program.stop();
        // What was tried again may have come until then.
        telegram.unseen();
        check(&said);
        let others = |line: &&str| {
            let mut words = line.split_whitespace().skip(1);
            let (level, target) = (words.next(), words.next().unwrap_or_default());
            matches!(level, Some("INFO" | "DEBUG" | "TRACE")) && !target.starts_with("verbatim")
        };
        assert_eq!(said.lines().find(others), None);
        assert!(said.contains("the bot cannot be watched"), "{said}");
    });
}

#[test]
fn a_log_in_json_tells_no_secret_and_has_an_object_a_line() {
    conversation(async |telegram| {
        let folder = cli::folder();
        // Below the ports that the system gives away by itself.
        let port = 20_000 + std::process::id() % 10_000;
        let config = format!(
            "[access]\nadmins = [{ADA}]\n[log]\nformat = \"json\"\n[monitor]\nlisten = \"\"\n\
             [webhook]\nurl = \"http://127.0.0.1:{port}/telegram\"\nlisten = \"127.0.0.1:{port}\"\n\
             secret = \"a-secret_of-the-webhook\"\n"
        );
        std::fs::write(folder.path().join("corpus/bad.md"), b"\xff").expect("a new file");
        let program = Program::start(folder.path(), telegram, &config);
        busy_day(telegram).await;
        let said = program.stop();
        // What was tried again may have come until then.
        telegram.unseen();
        check(&said);
        assert!(said.contains("left out: corpus/bad.md"), "{said}");
        for line in said.lines() {
            let object: Value = serde_json::from_str(line).expect("an object a line");
            assert!(
                object["level"].is_string() && object["fields"]["message"].is_string(),
                "{line}"
            );
        }
    });
}
