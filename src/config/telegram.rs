//! How the bot behaves towards Telegram: what was typed, and what is made of it. Pure.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

/// How the bot behaves towards Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// Questions older than this when their turn comes are dropped, not answered.
    pub max_question_age: Duration,
    /// How many questions are worked on at the same time.
    pub lanes: usize,
    pub limits: Limits,
    /// The bot's name, if it is to be set.
    pub name: Option<String>,
    pub access: Access,
    /// Whether questions that found nothing are kept for the operator.
    pub record_questions: bool,
    pub briefings: Briefings,
}

/// What is sent without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Briefings {
    /// A briefing that could not go out for longer than this is left out.
    pub max_age: Duration,
    /// How many schedules a chat or topic may have.
    pub schedules: usize,
    pub watches: usize,
}

impl Default for Briefings {
    fn default() -> Self {
        Briefings { max_age: Duration::from_secs(12 * 60 * 60), schedules: 5, watches: 20 }
    }
}

/// Who may ask, and how often. With neither chats nor users listed, everybody may.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    pub allowed_chats: Vec<i64>,
    pub allowed_users: Vec<i64>,
    /// Users who get the operator's commands.
    pub admins: Vec<i64>,
    /// Requests; 0 is without limit.
    pub user_per_minute: u32,
    pub chat_per_minute: u32,
}

impl Default for Access {
    fn default() -> Self {
        Access {
            allowed_chats: Vec::new(),
            allowed_users: Vec::new(),
            admins: Vec::new(),
            user_per_minute: 20,
            chat_per_minute: 60,
        }
    }
}

/// How fast messages may go out; 0 is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub overall_per_second: u32,
    pub chat_per_second: u32,
    /// Messages that may go to a chat at once after it was quiet.
    pub chat_burst: u32,
    pub group_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { overall_per_second: 30, chat_per_second: 1, chat_burst: 5, group_per_minute: 20 }
    }
}

impl Default for Telegram {
    fn default() -> Self {
        let max_question_age = Duration::from_secs(24 * 60 * 60);
        Telegram {
            max_question_age,
            lanes: 64,
            limits: Limits::default(),
            name: None,
            access: Access::default(),
            record_questions: false,
            briefings: Briefings::default(),
        }
    }
}

/// As it is typed in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedTelegram {
    max_question_age: Option<String>,
    lanes: Option<i64>,
    name: String,
    limits: Limits,
}

const MAX_LANES: i64 = 10_000;
const MAX_NAME_CHARS: usize = 64;

impl TypedTelegram {
    pub(super) fn check(self, path: &str, problems: &mut Vec<String>) -> Telegram {
        let defaults = Telegram::default();
        let max_question_age = duration_or(
            defaults.max_question_age,
            self.max_question_age.as_deref(),
            path,
            "telegram.max_question_age",
            problems,
        );
        let lanes =
            number_or(defaults.lanes, self.lanes, 1..=MAX_LANES, path, "telegram.lanes", problems);
        let name = Some(self.name.trim().to_owned()).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_CHARS) {
            problems.push(format!("{path}: telegram.name: it is longer than {MAX_NAME_CHARS} characters\nhint: Telegram takes no longer names"));
        }
        Telegram { max_question_age, lanes, limits: self.limits, name, ..defaults }
    }
}

/// As it is typed in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedBriefings {
    max_age: Option<String>,
    schedules_per_chat: Option<i64>,
    watches_per_chat: Option<i64>,
}

/// What fits into one message, each with its buttons.
const MAX_SCHEDULES: i64 = 10;
const MAX_WATCHES: i64 = 50;

impl TypedBriefings {
    pub(super) fn check(self, path: &str, problems: &mut Vec<String>) -> Briefings {
        let defaults = Briefings::default();
        let typed = self.max_age.as_deref();
        let max_age = duration_or(defaults.max_age, typed, path, "briefings.max_age", problems);
        let mut number =
            |default, typed, most, key| number_or(default, typed, 0..=most, path, key, problems);
        Briefings {
            max_age,
            schedules: number(
                defaults.schedules,
                self.schedules_per_chat,
                MAX_SCHEDULES,
                "briefings.schedules_per_chat",
            ),
            watches: number(
                defaults.watches,
                self.watches_per_chat,
                MAX_WATCHES,
                "briefings.watches_per_chat",
            ),
        }
    }
}

/// The duration that was typed, if any; of one that is none the problem is told.
pub(super) fn duration_or(
    default: Duration,
    typed: Option<&str>,
    path: &str,
    key: &str,
    problems: &mut Vec<String>,
) -> Duration {
    let Some(typed) = typed else { return default };
    duration(typed).unwrap_or_else(|| {
        problems.push(format!("{path}: {key}: `{typed}` is no duration\nhint: give a number with its unit, such as `24h`, `30m` or `90s`"));
        default
    })
}

/// The number that was typed, if any; of one that is out of range the problem is told.
fn number_or(
    default: usize,
    typed: Option<i64>,
    range: RangeInclusive<i64>,
    path: &str,
    key: &str,
    problems: &mut Vec<String>,
) -> usize {
    let Some(typed) = typed else { return default };
    if range.contains(&typed) {
        return typed as usize;
    }
    let (least, most) = (range.start(), range.end());
    problems.push(format!(
        "{path}: {key}: {typed} is out of range\nhint: give a number from {least} to {most}"
    ));
    default
}

/// A whole number with its unit: `d`, `h`, `m` or `s`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = text[..text.len() - 1].trim().parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}
