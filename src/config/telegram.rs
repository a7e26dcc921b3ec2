//! Settings of the bot: limits, access and briefings. Pure.

use std::time::Duration;

use super::section::Section;
use crate::corpus::Folder;
use crate::ids::{ChatId, UserId};

/// Settings of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// Maximum age of a question. An older question is dropped instead of answered.
    pub max_question_age: Duration,
    /// Maximum number of questions that are answered at the same time.
    pub max_concurrent_questions: usize,
    pub limits: Limits,
    /// The display name of the bot. `None` leaves the name as it is.
    pub name: Option<String>,
    pub access: Access,
    /// Whether questions without an answer are stored for the operator.
    pub record_questions: bool,
    pub briefings: Briefings,
    /// Chat of the people to whom readers can send a question without an answer.
    pub help_chat: Option<ChatId>,
}

/// Settings of scheduled briefings and of watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Briefings {
    /// Maximum delay of a briefing. A briefing that is delayed longer is skipped.
    pub max_age: Duration,
    /// Maximum number of schedules of a chat or topic.
    pub schedules: usize,
    /// Maximum number of watches of a chat or topic.
    pub watches: usize,
}

impl Default for Briefings {
    fn default() -> Self {
        Briefings { max_age: Duration::from_secs(12 * 60 * 60), schedules: 5, watches: 20 }
    }
}

/// Access control: the users and chats that may ask, and how often. If both lists are empty,
/// everybody may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub allowed_chats: Vec<ChatId>,
    pub allowed_users: Vec<UserId>,
    /// Users who may use the commands of the operator.
    pub admins: Vec<UserId>,
    /// Maximum number of requests of a user per minute; 0 for no limit.
    pub user_per_minute: u32,
    /// Maximum number of requests of a group per minute; 0 for no limit.
    pub chat_per_minute: u32,
    /// Folders of the corpus that only some chats may see.
    pub folders: Vec<BoundFolder>,
}

/// A folder of the corpus, and the chats whose members may see the articles in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundFolder {
    pub folder: Folder,
    pub chats: Vec<ChatId>,
}

impl Default for Access {
    fn default() -> Self {
        Access {
            allowed_chats: Vec::new(),
            allowed_users: Vec::new(),
            admins: Vec::new(),
            user_per_minute: 20,
            chat_per_minute: 60,
            folders: Vec::new(),
        }
    }
}

/// Sending limits in messages; 0 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub overall_per_second: u32,
    pub chat_per_second: u32,
    /// Maximum number of messages to an idle chat without a pause.
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
            help_chat: None,
        }
    }
}

/// Maximum of `max_concurrent_questions`.
const MAX_CONCURRENT_QUESTIONS: i64 = 10_000;
/// Maximum length of the display name of a bot, a limit of the Bot API.
const MAX_NAME_CHARS: usize = 64;
/// Maximum of a sending or request limit.
const MAX_LIMIT: i64 = u32::MAX as i64;
/// Maximum number of schedules that fit into one message, each with its buttons.
const MAX_SCHEDULES: i64 = 10;
/// Maximum number of watches that fit into one message, each with its button.
const MAX_WATCHES: i64 = 50;

impl Telegram {
    /// Reads `[telegram]`. Settings of other sections keep their defaults.
    pub(super) fn read(mut section: Section<'_, '_>) -> Telegram {
        let defaults = Telegram::default();
        let max_question_age = section.duration("max_question_age", defaults.max_question_age);
        let range = 1..=MAX_CONCURRENT_QUESTIONS;
        let concurrent = section.number("max_concurrent_questions", range.clone());
        // Version 0.1.0 called the key `lanes`.
        let lanes = section.number("lanes", range);
        if concurrent.is_some() && lanes.is_some() {
            section.report(
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
            section.report("name", &cause, "Telegram takes no longer names");
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

/// Wraps the numbers of a key as ids. A missing key has none.
fn ids<T>(numbers: Option<Vec<i64>>, wrap: fn(i64) -> T) -> Vec<T> {
    numbers.unwrap_or_default().into_iter().map(wrap).collect()
}

impl Access {
    /// Reads `[access]`.
    pub(super) fn read(mut section: Section<'_, '_>) -> Access {
        let defaults = Access::default();
        Access {
            allowed_chats: ids(section.numbers("allowed_chats"), ChatId::new),
            allowed_users: ids(section.numbers("allowed_users"), UserId::new),
            admins: ids(section.numbers("admins"), UserId::new),
            user_per_minute: limit(&mut section, "user_per_minute", defaults.user_per_minute),
            chat_per_minute: limit(&mut section, "chat_per_minute", defaults.chat_per_minute),
            folders: defaults.folders,
        }
    }
}

/// Reads `[help]`: the chat of the people who help, or `None` for 0 and without the key.
pub(super) fn help_chat(mut section: Section<'_, '_>) -> Option<ChatId> {
    let chat = section.number("chat", i64::MIN..=i64::MAX)?;
    (chat != 0).then_some(ChatId::new(chat))
}

impl BoundFolder {
    /// Reads `[access.folders]`. Each key is the path of a folder, with a list of chats.
    pub(super) fn read(mut section: Section<'_, '_>) -> Vec<BoundFolder> {
        let mut folders: Vec<BoundFolder> = Vec::new();
        for (path, chats) in section.number_lists() {
            let Some(folder) = Folder::new(&path).filter(|_| !path.contains('*')) else {
                let hint = "give the path of a folder within the corpus, such as `board/minutes`";
                section.report(&path, "the key is no path of a folder", hint);
                continue;
            };
            if folders.iter().any(|known| known.folder.is_same(&folder)) {
                section.report(&path, "the folder is there twice", "name it once, with all chats");
                continue;
            }
            let chats = chats.into_iter().map(ChatId::new).collect();
            folders.push(BoundFolder { folder, chats });
        }
        folders
    }
}

impl Briefings {
    /// Reads `[briefings]`.
    pub(super) fn read(mut section: Section<'_, '_>) -> Briefings {
        let defaults = Briefings::default();
        let max_age = section.duration("max_age", defaults.max_age);
        let mut count = |key, default, max| {
            section.number(key, 0..=max).map_or(default, |count| count as usize)
        };
        Briefings {
            max_age,
            schedules: count("schedules_per_chat", defaults.schedules, MAX_SCHEDULES),
            watches: count("watches_per_chat", defaults.watches, MAX_WATCHES),
        }
    }
}

/// Reads a limit, and returns `default` if it is not set or wrong.
fn limit(section: &mut Section<'_, '_>, key: &'static str, default: u32) -> u32 {
    section.number(key, 0..=MAX_LIMIT).map_or(default, |limit| limit as u32)
}
