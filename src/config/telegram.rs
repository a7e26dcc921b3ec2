//! How the bot behaves towards Telegram: what was typed, and what is made of it. Pure.

use std::time::Duration;

use super::file::Section;

/// How the bot behaves towards Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// Questions older than this when their turn comes are dropped, not answered.
    pub max_question_age: Duration,
    /// How many questions are worked on at the same time.
    pub max_concurrent_questions: usize,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            max_concurrent_questions: 64,
            limits: Limits::default(),
            name: None,
            access: Access::default(),
            record_questions: false,
            briefings: Briefings::default(),
        }
    }
}

const MAX_CONCURRENT_QUESTIONS: i64 = 10_000;
const MAX_NAME_CHARS: usize = 64;
/// Maximum of a limit per second or minute.
const MAX_LIMIT: i64 = u32::MAX as i64;
/// What fits into one message, each with its buttons.
const MAX_SCHEDULES: i64 = 10;
const MAX_WATCHES: i64 = 50;

impl Telegram {
    /// Reads `[telegram]`; the parts that have sections of their own keep their defaults.
    pub(super) fn read(mut section: Section<'_, '_>) -> Telegram {
        let defaults = Telegram::default();
        let max_question_age = section.duration("max_question_age", defaults.max_question_age);
        let range = 1..=MAX_CONCURRENT_QUESTIONS;
        let concurrent = section.number("max_concurrent_questions", range.clone());
        // The name of the key in version 0.1.0.
        let lanes = section.number("lanes", range);
        if concurrent.is_some() && lanes.is_some() {
            section.problem(
                "lanes",
                "this is the former name of `max_concurrent_questions`, which is given, too",
                "remove `lanes`",
            );
        }
        let concurrent = concurrent.or(lanes);
        let name = section.text("name").map(|name| name.trim().to_owned());
        let name = name.filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_CHARS) {
            let cause = format!("the name is longer than {MAX_NAME_CHARS} characters");
            section.problem("name", &cause, "Telegram takes no longer names");
        }
        let max_concurrent_questions =
            concurrent.map_or(defaults.max_concurrent_questions, |number| number as usize);
        Telegram { max_question_age, max_concurrent_questions, name, ..defaults }
    }
}

impl Limits {
    /// Reads `[telegram.limits]`.
    pub(super) fn read(mut section: Section<'_, '_>) -> Limits {
        let defaults = Limits::default();
        Limits {
            overall_per_second: limit(
                &mut section,
                "overall_per_second",
                defaults.overall_per_second,
            ),
            chat_per_second: limit(&mut section, "chat_per_second", defaults.chat_per_second),
            chat_burst: limit(&mut section, "chat_burst", defaults.chat_burst),
            group_per_minute: limit(&mut section, "group_per_minute", defaults.group_per_minute),
        }
    }
}

impl Access {
    /// Reads `[access]`.
    pub(super) fn read(mut section: Section<'_, '_>) -> Access {
        let defaults = Access::default();
        Access {
            allowed_chats: section.numbers("allowed_chats").unwrap_or_default(),
            allowed_users: section.numbers("allowed_users").unwrap_or_default(),
            admins: section.numbers("admins").unwrap_or_default(),
            user_per_minute: limit(&mut section, "user_per_minute", defaults.user_per_minute),
            chat_per_minute: limit(&mut section, "chat_per_minute", defaults.chat_per_minute),
        }
    }
}

impl Briefings {
    /// Reads `[briefings]`.
    pub(super) fn read(mut section: Section<'_, '_>) -> Briefings {
        let defaults = Briefings::default();
        let max_age = section.duration("max_age", defaults.max_age);
        let mut count = |key, default, most| {
            section.number(key, 0..=most).map_or(default, |count| count as usize)
        };
        Briefings {
            max_age,
            schedules: count("schedules_per_chat", defaults.schedules, MAX_SCHEDULES),
            watches: count("watches_per_chat", defaults.watches, MAX_WATCHES),
        }
    }
}

fn limit(section: &mut Section<'_, '_>, key: &'static str, default: u32) -> u32 {
    section.number(key, 0..=MAX_LIMIT).map_or(default, |limit| limit as u32)
}
