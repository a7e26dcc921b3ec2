//! The commands, and what Telegram shows of the bot: menus, name, descriptions.
//!
//! Each `setMy…` is limited hard by Telegram, so it is called only for what differs, beside the
//! work, and nothing fails for it.

use std::time::Duration;

use teloxide::payloads::{
    GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters, GetMyName,
    GetMyShortDescription, GetMyShortDescriptionSetters, SetMyCommands, SetMyCommandsSetters,
    SetMyDescription, SetMyDescriptionSetters, SetMyName, SetMyNameSetters, SetMyShortDescription,
    SetMyShortDescriptionSetters,
};
use teloxide::types::{
    BotCommand, BotCommandScope, BotDescription, BotName, BotShortDescription, ChatId, Recipient,
};
use teloxide::utils::command::BotCommands;

use crate::bot::api::client::{ApiClient, ApiError};
use crate::bot::api::error::ApiErrorKind;
use crate::bot::operations::health::Health;
use crate::render::messages::{Locale, Messages};

/// What can be asked for with a slash.
#[derive(Debug, Clone, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    Ask(String),
    Brief(String),
    Watch(String),
    Sections,
    About,
    Help,
    Start(String),
    Language(String),
    Privacy,
    Forget,
    Gaps,
    Remove,
}

/// A text that starts with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParsedCommand {
    Known(Command),
    /// A command that we do not have.
    Unknown,
    /// For another bot.
    ForAnotherBot,
}

/// Reads a command: any case, `/ask@bot`, and any white space after it. `None` for other texts.
pub fn parse(text: &str, bot: &str) -> Option<ParsedCommand> {
    let text = text.trim_start();
    text.strip_prefix('/').filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let name = name.to_lowercase();
    if name.split_once('@').is_some_and(|(_, addressee)| addressee != bot.to_lowercase()) {
        return Some(ParsedCommand::ForAnotherBot);
    }
    let name = name.split('@').next().unwrap_or(&name);
    let command = Command::parse(&format!("{name} {}", rest.trim()), bot)
        .or_else(|_| Command::parse(name, bot));
    Some(command.map_or(ParsedCommand::Unknown, ParsedCommand::Known))
}

/// Returns the text after `/brief`, if the message is that command.
pub fn brief_request(text: &str, bot: &str) -> Option<String> {
    match parse(text, bot)? {
        ParsedCommand::Known(Command::Brief(words)) => Some(words),
        _ => None,
    }
}

/// For whom a menu is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Private,
    Group,
    GroupAdministrators,
    Operator,
}

/// What is shown of the bot besides its messages.
pub struct BotProfile {
    /// `None` leaves the name that it has.
    pub name: Option<String>,
    /// The titles of the first [`MAX_TITLES`] articles, for the descriptions; none if they are not for
    /// everybody.
    pub titles: Vec<String>,
    /// Who gets the operator's commands.
    pub admins: Vec<i64>,
}

const REGISTER_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_DESCRIPTION_CHARS: usize = 512;
const MAX_SHORT_CHARS: usize = 120;
/// More fit into no description, with a comma and a space between them.
pub const MAX_TITLES: usize = MAX_DESCRIPTION_CHARS / 3 + 1;

/// What became of the menus and descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// As far as Telegram lets them.
    Done,
    /// The network failed on the way.
    RetryLater,
}

/// Sets what differs.
pub async fn register(
    client: &ApiClient,
    health: &Health,
    profile: &BotProfile,
) -> RegisterOutcome {
    let Err(failure) = try_to_register(client, profile).await else { return RegisterOutcome::Done };
    match health.count_error(&failure) {
        ApiErrorKind::Transient => RegisterOutcome::RetryLater,
        refusal => {
            tracing::warn!(?refusal, "the menus and descriptions could not all be set");
            RegisterOutcome::Done
        }
    }
}

async fn try_to_register(client: &ApiClient, profile: &BotProfile) -> Result<(), ApiError> {
    let scopes = [
        (Audience::Private, BotCommandScope::AllPrivateChats),
        (Audience::Group, BotCommandScope::AllGroupChats),
        (Audience::GroupAdministrators, BotCommandScope::AllChatAdministrators),
    ];
    let operators = profile.admins.iter().map(|admin| {
        let chat_id = Recipient::Id(ChatId(*admin));
        (Audience::Operator, BotCommandScope::Chat { chat_id })
    });
    for (audience, scope) in scopes.into_iter().chain(operators) {
        for locale in Locale::ALL {
            set_commands(client, audience, &scope, locale).await?;
        }
    }
    if let Some(name) = &profile.name
        && client.call::<_, BotName>(&GetMyName::new(), REGISTER_TIMEOUT).await?.name != *name
    {
        client.call::<_, bool>(&SetMyName::new().name(name), REGISTER_TIMEOUT).await?;
    }
    for locale in Locale::ALL {
        describe(client, &profile.titles, locale).await?;
    }
    Ok(())
}

async fn set_commands(
    client: &ApiClient,
    audience: Audience,
    scope: &BotCommandScope,
    locale: Locale,
) -> Result<(), ApiError> {
    let wanted = menu(audience, locale.messages());
    let request = GetMyCommands::new().scope(scope.clone()).language_code(code(locale));
    let known: Vec<BotCommand> = client.call(&request, REGISTER_TIMEOUT).await?;
    if known != wanted {
        let request = SetMyCommands::new(wanted).scope(scope.clone()).language_code(code(locale));
        client.call::<_, bool>(&request, REGISTER_TIMEOUT).await?;
    }
    Ok(())
}

async fn describe(client: &ApiClient, titles: &[String], locale: Locale) -> Result<(), ApiError> {
    let words = locale.messages();
    let wanted = match titles {
        [] => words.description_untitled(),
        titles => {
            truncate_titles(titles, MAX_DESCRIPTION_CHARS, |titles| words.description(titles))
        }
    };
    let request = GetMyDescription::new().language_code(code(locale));
    let known: BotDescription = client.call(&request, REGISTER_TIMEOUT).await?;
    if known.description != wanted {
        let request = SetMyDescription::new().description(wanted).language_code(code(locale));
        client.call::<_, bool>(&request, REGISTER_TIMEOUT).await?;
    }
    let wanted = match titles {
        [] => words.short_description_untitled(),
        titles => {
            truncate_titles(titles, MAX_SHORT_CHARS, |titles| words.short_description(titles))
        }
    };
    let request = GetMyShortDescription::new().language_code(code(locale));
    let known: BotShortDescription = client.call(&request, REGISTER_TIMEOUT).await?;
    if known.short_description != wanted {
        let request =
            SetMyShortDescription::new().short_description(wanted).language_code(code(locale));
        client.call::<_, bool>(&request, REGISTER_TIMEOUT).await?;
    }
    Ok(())
}

/// English is what everybody else gets.
fn code(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "",
        other => other.code(),
    }
}

fn menu(audience: Audience, words: &Messages) -> Vec<BotCommand> {
    let all = [
        Command::Ask(String::new()),
        Command::Brief(String::new()),
        Command::Watch(String::new()),
        Command::Sections,
        Command::About,
        Command::Help,
        Command::Language(String::new()),
        Command::Privacy,
        Command::Forget,
        Command::Gaps,
        Command::Remove,
        Command::Start(String::new()),
    ];
    all.iter()
        .filter_map(|command| {
            let (name, description, audiences) = command.entry(words)?;
            audiences.contains(&audience).then(|| BotCommand::new(name, description))
        })
        .collect()
}

impl Command {
    /// Its name, description and audiences; `None` for what is in no menu.
    fn entry(&self, words: &Messages) -> Option<(&'static str, String, &'static [Audience])> {
        use Audience::{Group, GroupAdministrators, Operator, Private};
        const ALL: &[Audience] = &[Private, Group, GroupAdministrators, Operator];
        Some(match self {
            Command::Ask(_) => ("ask", words.menu_ask(), ALL),
            Command::Brief(_) => ("brief", words.menu_brief(), ALL),
            Command::Watch(_) => ("watch", words.menu_watch(), ALL),
            Command::Sections => ("sections", words.menu_sections(), ALL),
            Command::About => ("about", words.menu_about(), ALL),
            Command::Help => ("help", words.menu_help(), ALL),
            Command::Language(_) => {
                ("language", words.menu_language(), &[Private, GroupAdministrators, Operator])
            }
            Command::Privacy => ("privacy", words.menu_privacy(), &[Private, Operator]),
            Command::Forget => ("forget", words.menu_forget(), &[Private, Operator]),
            Command::Gaps => ("gaps", words.menu_gaps(), &[Operator]),
            Command::Remove => ("remove", words.menu_remove(), &[Operator]),
            // Telegram has a button of its own for it.
            Command::Start(_) => return None,
        })
    }
}

/// The text with as many titles as fit; cut if not even one does.
fn truncate_titles(titles: &[String], max_chars: usize, text: impl Fn(&str) -> String) -> String {
    let fits = |text: &String| text.chars().count() <= max_chars;
    let whole = (1..=titles.len()).map(|count| text(&titles[..count].join(", ")));
    let first = titles.first().map_or("", String::as_str);
    let most = whole.take_while(fits).last();
    most.unwrap_or_else(|| text(first).chars().take(max_chars).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn commands_are_read_as_people_type_them() {
        let check =
            |text: &str, expected| assert_eq!(parse(text, "VerbatimBot"), expected, "{text}");
        let ask = |text: &str| Some(ParsedCommand::Known(Command::Ask(text.into())));
        check("/ask why?", ask("why?"));
        check("/ASK@verbatimbot\nwhy?  so", ask("why?  so"));
        check("/ask", ask(""));
        check("/ask@other why?", Some(ParsedCommand::ForAnotherBot));
        check("/start pABC", Some(ParsedCommand::Known(Command::Start("pABC".into()))));
        check("/brief", Some(ParsedCommand::Known(Command::Brief(String::new()))));
        check("/brief the water", Some(ParsedCommand::Known(Command::Brief("the water".into()))));
        check("/sections please", Some(ParsedCommand::Known(Command::Sections)));
        check("/brew", Some(ParsedCommand::Unknown));
        check("/ is a slash", None);
        check("why/how", None);
    }

    #[test]
    fn contract_commands_keep_their_names() {
        let check = |name: &str, expected| {
            assert_eq!(
                parse(&format!("/{name}"), "VerbatimBot"),
                Some(ParsedCommand::Known(expected))
            );
        };
        check("ask", Command::Ask(String::new()));
        check("brief", Command::Brief(String::new()));
        check("watch", Command::Watch(String::new()));
        check("sections", Command::Sections);
        check("about", Command::About);
        check("help", Command::Help);
        check("start", Command::Start(String::new()));
        check("language", Command::Language(String::new()));
        check("privacy", Command::Privacy);
        check("forget", Command::Forget);
        check("gaps", Command::Gaps);
        check("remove", Command::Remove);
    }

    #[test]
    fn descriptions_name_as_many_titles_as_fit() {
        let titles = ["Tides".to_owned(), "x".repeat(600)];
        let text = truncate_titles(&titles, MAX_SHORT_CHARS, |titles| format!("about {titles}"));
        assert_eq!(text, "about Tides");
        let text =
            truncate_titles(&titles[1..], MAX_SHORT_CHARS, |titles| format!("about {titles}"));
        assert_eq!(text.chars().count(), MAX_SHORT_CHARS);
    }

    #[test]
    fn the_titles_of_an_archive_are_tried_only_until_they_do_not_fit() {
        let tries = Cell::new(0);
        let titles = vec!["Tides".to_owned(); 40_000];
        truncate_titles(&titles, MAX_DESCRIPTION_CHARS, |titles| {
            tries.set(tries.get() + 1);
            titles.to_owned()
        });
        assert!(tries.get() < MAX_DESCRIPTION_CHARS);
    }
}
