//! Variables of the environment or of `.env`. Pure.

use super::log_filter;
use super::printable::printable;
use super::proxy::{Proxy, ProxyProblem, SharedProxies};
use super::token::{self, BotToken};

/// The checked variables. A variable with an empty value is not set.
pub(super) struct Variables {
    pub(super) token: Option<BotToken>,
    /// A filter of `tracing`.
    pub(super) log: Option<String>,
    /// The address of a Bot API server.
    pub(super) api_url: Option<String>,
    /// The proxy for the requests to Telegram.
    pub(super) proxy: Option<Proxy>,
    pub(super) shared_proxies: SharedProxies,
    /// The address of a model hub.
    pub(super) hub_url: Option<String>,
}

const PROXY: &str = "TELOXIDE_PROXY";

impl Variables {
    /// Checks the raw variables that `variable` returns, and adds their problems.
    pub(super) fn check(
        variable: impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Variables {
        let unquoted = |name: &str| Some(unquoted(&variable(name)?).to_owned());
        let shared_proxies = SharedProxies::read(unquoted);
        let variable = |name: &str| unquoted(name).filter(|value| !value.is_empty());
        let token = variable("TELOXIDE_TOKEN").and_then(|raw| {
            let token = BotToken::parse(&raw);
            if token.is_none() {
                problems.push("TELOXIDE_TOKEN: this does not look like a bot token\nhint: copy it again from @BotFather: digits, a colon, and letters".into());
            }
            token
        });
        let log = variable("RUST_LOG").and_then(|raw| {
            let report = |cause| {
                let raw = if token::may_be_in(&raw) { "…".into() } else { printable(&raw) };
                let expected = log_filter::EXPECTED;
                problems.push(format!("RUST_LOG: {cause}, got \"{raw}\"\nhint: {expected}"));
            };
            log_filter::parse(&raw).map_err(report).ok()
        });
        let mut url = |name: &str, hint: &str| {
            let url = variable(name);
            let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
            if url.as_ref().is_some_and(|url| !is_web(url)) {
                problems.push(format!(
                    "{name}: expected a web address\nhint: give the whole address of {hint}"
                ));
            }
            url
        };
        let api_url = url("TELOXIDE_API_URL", "a Bot API server, such as `http://localhost:8081`");
        let hub_url = url("HF_ENDPOINT", "a model hub, such as `https://huggingface.co`");
        let proxy = variable(PROXY).and_then(|raw| {
            let parsed = Proxy::parse(PROXY, &raw);
            let problem = |it: ProxyProblem| format!("{PROXY}: {}\nhint: {}", it.cause, it.hint);
            parsed.map_err(|problem_of| problems.push(problem(problem_of))).ok()
        });
        Variables { token, log, api_url, proxy, shared_proxies, hub_url }
    }
}

/// Returns a value without a pair of quotation marks around it. Unlike a shell, `docker run
/// --env-file` keeps the marks.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value).trim()
}
