//! Logs of the real program at every level: never the token, a name or a question.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::cli;
use crate::fake_bot_api::{ADA, FakeBotApi, Fault, TOKEN};

/// Strings that no log may contain.
const SECRETS: [&str; 4] =
    [TOKEN, "fake-Token_for-tests", "4242%3Afake-Token_for-tests", "a-secret_of-the-webhook"];
/// Words that no log may contain. They are looked for as words, since `Ada` begins `Adapter`.
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

    /// Asks the program to stop, and returns everything that it has written.
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

/// Lets people with names use every feature, while much goes wrong.
async fn busy_day(telegram: &FakeBotApi) {
    let person = || telegram.private().named("Xanthippe", "xanthi99");
    let question = person().post("When is a neap tide, zyzzyva?");
    let answer = telegram.reply_to(question).await;
    telegram.click_data(&answer, "v+");
    telegram.click_data(&answer, "axolotl");
    person().post("/quokka Xanthippe");
    let edited = person().post("sourdough bread");
    person().edit(edited, "Rance barrage");
    telegram.group().named("Xanthippe", "xanthi99").post("/ask neap tide");
    telegram.fail_next("sendMessage", Fault::Html(400));
    telegram.fail_next("sendMessage", Fault::DropAfter);
    telegram.fail_next("sendMessage", Fault::refuse(400, "Bad Request: message text is empty"));
    telegram.fail_next("sendMessage", Fault::blocked());
    telegram.fail_next("getUpdates", Fault::Html(400));
    telegram.fail_next("answerCallbackQuery", Fault::refuse(400, "Bad Request: query is too old"));
    for question in ["neap", "zyzzyva", "sourdough", "rance", "quokka"] {
        person().post(question);
    }
    telegram.inline("axolotl barrage").await;
    telegram.fail_next("answerInlineQuery", Fault::refuse(400, "Bad Request: RESULT_ID_INVALID"));
    telegram.inline("neap").post();
    let quokka = b"---\ntitle: Quokka\n---\nA quokka smiles.\n";
    telegram.private().post_file("quokka.md", quokka);
    telegram.called("getFile", 1).await;
    telegram.fail_next("getFile", Fault::Html(400));
    telegram.private().post_file("zyzzyva.md", b"a\0b");
    telegram.called("getFile", 2).await;
    let last = person().post("/help");
    while telegram.next_message().await.reply_to != Some(last.id) {}
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

#[tokio::test(flavor = "multi_thread")]
async fn log_in_text_contains_no_secret() {
    let telegram = FakeBotApi::start();
    let folder = cli::folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it was just taken");
    let config = format!("[access]\nadmins = [{ADA}]\n[monitor]\nlisten = \"{address}\"\n");
    let program = Program::start(folder.path(), &telegram, &config);
    busy_day(&telegram).await;
    let said = program.stop();
    assert_eq!(telegram.invalid_requests(), Vec::<String>::new());
    check(&said);
    let others = |line: &&str| {
        let mut words = line.split_whitespace().skip(1);
        let (level, target) = (words.next(), words.next().unwrap_or_default());
        matches!(level, Some("INFO" | "DEBUG" | "TRACE")) && !target.starts_with("verbatim")
    };
    assert_eq!(said.lines().find(others), None);
    assert!(said.contains("the monitoring endpoints are unavailable"), "{said}");
    assert_eq!(said.matches("`verbatim model install` installs it").count(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_in_json_contains_no_secret_and_has_an_object_a_line() {
    let telegram = FakeBotApi::start();
    let folder = cli::folder();
    // Below the ports that the system gives away by itself.
    let port = 20_000 + std::process::id() % 10_000;
    let config = format!(
        "[access]\nadmins = [{ADA}]\n[log]\nformat = \"json\"\n[monitor]\nlisten = \"\"\n\
         [webhook]\nurl = \"http://127.0.0.1:{port}/telegram\"\nlisten = \"127.0.0.1:{port}\"\n\
         secret = \"a-secret_of-the-webhook\"\n"
    );
    std::fs::write(folder.path().join("corpus/bad.md"), b"\xff").expect("a new file");
    let program = Program::start(folder.path(), &telegram, &config);
    busy_day(&telegram).await;
    let said = program.stop();
    assert_eq!(telegram.invalid_requests(), Vec::<String>::new());
    check(&said);
    assert!(said.contains("left out: corpus/bad.md"), "{said}");
    for line in said.lines() {
        let object: Value = serde_json::from_str(line).expect("an object a line");
        let is_event = object["level"].is_string() && object["fields"]["message"].is_string();
        assert!(is_event, "{line}");
    }
}
