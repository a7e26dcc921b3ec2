//! Proxies between the bot and Telegram: SOCKS5 and HTTP, from the configuration and the
//! environment.

mod servers;

use std::fs;

use crate::cli;
use crate::fake_bot_api::{FakeBotApi, TOKEN};
use servers::ProxyServer;

/// A server that only a proxy can find.
const FAR: &str = "http://bot-api.invalid:8081";
/// A server that is not there.
const NOWHERE: &str = "http://127.0.0.1:1";
const NOT_SET: &str = "No webhook is set.\n";

/// Runs `verbatim webhook status` with `[telegram] proxy` and variables. Returns the exit code and
/// both outputs.
async fn status(server: &str, key: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = cli::folder();
    fs::write(folder.path().join("v.toml"), format!("[telegram]\nproxy = \"{key}\"\n"))
        .expect("a new file");
    let mut all = vec![
        ("TELOXIDE_TOKEN".to_owned(), TOKEN.to_owned()),
        ("TELOXIDE_API_URL".to_owned(), server.to_owned()),
    ];
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let run = move || {
        let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let output = cli::run(&folder, &["webhook", "status", "--config", "v.toml"], &all, b"");
        (output.status.code(), cli::out(&output) + &cli::err(&output))
    };
    tokio::task::spawn_blocking(run).await.expect("the program ends")
}

/// Checks that the Bot API is reached.
async fn reaches(server: &str, key: &str, variables: &[(&str, &str)]) {
    let (code, said) = status(server, key, variables).await;
    assert_eq!((code, said.as_str()), (Some(1), NOT_SET), "{key} {variables:?}");
}

/// Checks that the Bot API is not reached, and that the message has these parts and no password.
async fn fails(server: &str, key: &str, variables: &[(&str, &str)], parts: &[&str]) {
    let (code, said) = status(server, key, variables).await;
    assert_eq!(code, Some(2), "{key} {variables:?}: {said}");
    for part in parts {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    assert!(!said.contains("pw") && !said.contains("fake-Token"), "{said}");
    assert!(said.contains("\nhint: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_socks5_is_used_with_and_without_a_password() {
    let telegram = FakeBotApi::start();
    let open = ProxyServer::socks5(&telegram, None).await;
    reaches(FAR, &format!("socks5h://{}", open.address), &[]).await;
    assert_eq!(open.seen(), ["name bot-api.invalid:8081"]);
    // The bot looks up the name itself.
    reaches("http://localhost:8081", &format!("socks5://{}", open.address), &[]).await;
    assert!(!open.seen()[1].starts_with("name "), "{:?}", open.seen());

    let closed = ProxyServer::socks5(&telegram, Some(("ada", "pw@/:%ü"))).await;
    let address = &closed.address;
    reaches(FAR, &format!("socks5h://ada:pw%40%2F%3A%25%C3%BC@{address}"), &[]).await;
    assert_eq!(closed.seen(), ["name bot-api.invalid:8081"]);
    let way = format!(
        "bot-api.invalid:8081 cannot be reached (by the proxy socks5h://{address} of `[telegram] proxy`): "
    );
    let refused = [way.as_str(), "credentials not accepted", "hint: check the address, the user"];
    fails(FAR, &format!("socks5h://ada:pw@{address}"), &[], &refused).await;
    fails(FAR, &format!("socks5h://{address}"), &[], &[&way]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_http_is_used_with_and_without_a_password() {
    let telegram = FakeBotApi::start();
    let open = ProxyServer::http(&telegram, None).await;
    reaches(FAR, &format!("http://{}", open.address), &[]).await;
    assert_eq!(open.seen(), ["POST http://bot-api.invalid:8081"]);

    let closed = ProxyServer::http(&telegram, Some(("ada", "pw@"))).await;
    let address = &closed.address;
    reaches(FAR, &format!("http://ada:pw%40@{address}"), &[]).await;
    let way = format!("(by the proxy http://{address} of `[telegram] proxy`): ");
    fails(FAR, &format!("http://ada:pw@{address}"), &[], &[&way, "HTTP 407"]).await;
    // HTTPS goes through a tunnel. The default is Telegram's own server.
    let secure = "https://bot-api.invalid";
    fails(secure, &format!("http://ada:pw@{address}"), &[], &[&way, "proxy"]).await;
    assert_eq!(closed.seen().last().map(String::as_str), Some("CONNECT bot-api.invalid:443"));
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_of_the_environment_has_its_precedence() {
    let telegram = FakeBotApi::start();
    let proxy = ProxyServer::http(&telegram, None).await;
    let right = format!("http://{}", proxy.address);
    // No server listens on port 1.
    let wrong = "socks5h://127.0.0.1:1";
    reaches(FAR, wrong, &[("TELOXIDE_PROXY", &right)]).await;
    reaches(FAR, &right, &[("TELOXIDE_PROXY", "")]).await;
    reaches(FAR, &right, &[("ALL_PROXY", wrong), ("HTTP_PROXY", wrong)]).await;
    reaches(FAR, "", &[("HTTP_PROXY", &right), ("ALL_PROXY", wrong)]).await;
    reaches(FAR, "", &[("http_proxy", &proxy.address)]).await;
    reaches(FAR, "", &[("all_proxy", &right), ("HTTPS_PROXY", wrong)]).await;
    assert_eq!(proxy.seen().len(), 6);
    reaches(&telegram.url, "", &[("ALL_PROXY", wrong), ("NO_PROXY", "a.example,127.0.0.1")]).await;
    let refused = |setting: &str| format!("(by the proxy {wrong} of {setting}): ");
    fails(FAR, &right, &[("TELOXIDE_PROXY", wrong)], &[&refused("TELOXIDE_PROXY")]).await;
    fails(FAR, "", &[("all_proxy", wrong)], &[&refused("all_proxy")]).await;
    fails(FAR, wrong, &[("NO_PROXY", "*")], &[&refused("`[telegram] proxy`")]).await;
    let direct = "(directly, since HTTP_PROXY is not the address of a proxy): ";
    fails(NOWHERE, "", &[("HTTP_PROXY", "ftp://ada:pw@h")], &[direct, "hint: correct HTTP_PROXY"])
        .await;
    fails(
        NOWHERE,
        "",
        &[],
        &["(directly): ", "hint: if the network needs a proxy, set `[telegram]"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_that_is_wrong_is_a_problem_of_the_configuration() {
    let key = "v.toml:2: telegram.proxy: expected the address of a proxy";
    for wrong in ["127.0.0.1:1080", "socks4://h", "http://ada:pw#x@h:1"] {
        fails(FAR, wrong, &[], &[key]).await;
        let variable = "TELOXIDE_PROXY: expected the address of a proxy\nhint: begin with";
        fails(FAR, "", &[("TELOXIDE_PROXY", wrong)], &[variable]).await;
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn proxy_carries_questions_and_files() {
    use crate::faults::child::{Process, folders_with_backlog};

    let telegram = FakeBotApi::start();
    let proxy = ProxyServer::socks5(&telegram, Some(("ada", "pw"))).await;
    let folders = folders_with_backlog(crate::fake_bot_api::ADA);
    let config = folders.path().join("config/verbatim.toml");
    let text = fs::read_to_string(&config).expect("it was just written");
    let key = format!("[telegram]\nproxy = \"socks5h://ada:pw@{}\"\n", proxy.address);
    fs::write(&config, key + &text).expect("it is writable");
    let bot = Process::start(&folders, FAR);
    let answer = telegram.private().send("When does a neap tide happen?").await;
    assert!(answer.text.starts_with("A neap tide"), "{answer}");
    let preview = telegram.private().send_file("dikes.md", b"# Dikes\n\nA dike is high.\n").await;
    assert!(preview.text.contains("Dikes"), "{preview}");
    assert!(proxy.seen().iter().all(|line| line == "name bot-api.invalid:8081"));
    let log = bot.kill().join("\n");
    let way = format!("by the proxy socks5h://{} of `[telegram] proxy`", proxy.address);
    assert!(log.contains(&way) && !log.contains("pw"), "{log}");
}
