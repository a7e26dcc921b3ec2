//! A check: one thing that was looked at, with the result. Pure.

use serde::Serialize;

/// One thing that was looked at, with the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: CheckName,
    pub status: Status,
    /// One line without a full stop.
    pub message: String,
    /// Step for the operator.
    pub hint: Option<String>,
}

/// Name of a check. The order is that of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    Configuration,
    Token,
    Proxy,
    Telegram,
    PrivacyMode,
    InlineMode,
    GuestMode,
    Topics,
    Webhook,
    Clock,
    Disk,
    Corpus,
    Index,
    Model,
}

/// Result of a check. The order is that of the severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// An earlier error makes the check impossible.
    Skipped,
    Ok,
    /// The bot works, but not as well as it could.
    Warning,
    /// The bot cannot work.
    Error,
}

impl CheckName {
    /// Returns the name as a reader sees it.
    pub fn label(self) -> &'static str {
        match self {
            CheckName::Configuration => "configuration",
            CheckName::Token => "token",
            CheckName::Proxy => "proxy",
            CheckName::Telegram => "Telegram",
            CheckName::PrivacyMode => "privacy mode",
            CheckName::InlineMode => "inline mode",
            CheckName::GuestMode => "guest mode",
            CheckName::Topics => "topics",
            CheckName::Webhook => "webhook",
            CheckName::Clock => "clock",
            CheckName::Disk => "disk",
            CheckName::Corpus => "corpus",
            CheckName::Index => "index",
            CheckName::Model => "model",
        }
    }
}

impl Status {
    /// Returns the status as a word.
    pub fn word(self) -> &'static str {
        match self {
            Status::Skipped => "skipped",
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Error => "error",
        }
    }
}

impl Check {
    fn new(name: CheckName, status: Status, message: impl Into<String>) -> Check {
        Check { name, status, message: message.into(), hint: None }
    }

    /// Returns the check of a part that is as it should be, or as the operator may want it.
    pub fn ok(name: CheckName, message: impl Into<String>) -> Check {
        Check::new(name, Status::Ok, message)
    }

    /// Returns the check of a part that does not keep the bot from working.
    pub fn warning(name: CheckName, message: impl Into<String>) -> Check {
        Check::new(name, Status::Warning, message)
    }

    /// Returns the check of a part that keeps the bot from working.
    pub fn error(name: CheckName, message: impl Into<String>) -> Check {
        Check::new(name, Status::Error, message)
    }

    /// Returns the check of a part that cannot be looked at, for this reason.
    pub fn skipped(name: CheckName, reason: impl Into<String>) -> Check {
        Check::new(name, Status::Skipped, reason)
    }

    /// Returns the check with a step for the operator.
    pub fn hint(mut self, hint: impl Into<String>) -> Check {
        self.hint = Some(hint.into());
        self
    }

    /// Returns a check with the lines of an error text: the cause, and the hint after `hint: `.
    pub fn of_error(name: CheckName, status: Status, text: &str) -> Check {
        let (cause, hint) = match text.split_once("\nhint: ") {
            Some((cause, hint)) => (cause, Some(one_line(hint))),
            None => (text, None),
        };
        Check { name, status, message: one_line(cause), hint }
    }
}

/// Returns the checks of a configuration that cannot be used: its problems, and all other checks as
/// skipped.
pub fn unconfigured(problems: &[String]) -> Vec<Check> {
    let problems =
        problems.iter().map(|it| Check::of_error(CheckName::Configuration, Status::Error, it));
    let others = [
        CheckName::Token,
        CheckName::Proxy,
        CheckName::Telegram,
        CheckName::PrivacyMode,
        CheckName::InlineMode,
        CheckName::GuestMode,
        CheckName::Topics,
        CheckName::Webhook,
        CheckName::Clock,
        CheckName::Disk,
        CheckName::Corpus,
        CheckName::Index,
        CheckName::Model,
    ];
    let skipped = others.map(|name| Check::skipped(name, "the configuration cannot be used"));
    problems.chain(skipped).collect()
}

/// Returns the check of a configuration without problems.
pub fn configured() -> Check {
    Check::ok(CheckName::Configuration, "every key and variable can be used")
}

/// Returns the worst status of all checks.
pub fn worst(checks: &[Check]) -> Status {
    checks.iter().map(|check| check.status).max().unwrap_or(Status::Skipped)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a number with its noun, such as `1 file` or `2 files`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctor_splits_the_problems_of_the_configuration_from_their_hints() {
        let checks = unconfigured(&["v.toml:2: it is\nwrong\nhint: mend it".into(), "b".into()]);
        assert_eq!(checks[0].message, "v.toml:2: it is wrong");
        assert_eq!(checks[0].hint.as_deref(), Some("mend it"));
        assert_eq!((checks[1].message.as_str(), &checks[1].hint), ("b", &None));
        assert!(checks[2..].iter().all(|check| check.status == Status::Skipped));
        assert_eq!((worst(&checks), worst(&checks[2..])), (Status::Error, Status::Skipped));
    }

    #[test]
    fn doctor_has_a_stable_json_format() {
        let check = Check::warning(CheckName::PrivacyMode, "on").hint("turn it off");
        let json = serde_json::to_string(&check).expect("a check is JSON");
        let expected =
            r#"{"name":"privacy_mode","status":"warning","message":"on","hint":"turn it off"}"#;
        assert_eq!(json, expected);
        let json = serde_json::to_string(&configured()).expect("a check is JSON");
        assert!(json.ends_with(r#""hint":null}"#), "{json}");
    }
}
