//! Commands: the parser, and the menus that list them.

use teloxide::utils::command::BotCommands;

use crate::bot::api::profile::{CommandMenu, MenuCommand, MenuScope};
use crate::ids::UserId;
use crate::render::messages::{Locale, Messages};

/// Commands, in the order in which menus list them.
#[derive(Debug, Clone, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    Ask(String),
    Brief(String),
    Watch(String),
    Shelf(String),
    Sections,
    About,
    Help,
    Start(String),
    Language(String),
    Private,
    Privacy,
    Forget,
    Whoami,
    Gaps,
    Remove,
    Doctor,
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

/// The readers that a menu is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Private,
    Group,
    GroupAdministrators,
    Operator,
}

/// Returns the menus of all audiences in all languages. The chats of `admins` get the operator's
/// menu.
pub fn menus(admins: &[UserId]) -> Vec<CommandMenu> {
    let scopes = [
        (Audience::Private, MenuScope::PrivateChats),
        (Audience::Group, MenuScope::Groups),
        (Audience::GroupAdministrators, MenuScope::Administrators),
    ];
    let operators =
        admins.iter().map(|admin| (Audience::Operator, MenuScope::Chat(admin.private_chat())));
    let menus = |(audience, scope)| {
        Locale::ALL.map(|locale| CommandMenu {
            scope,
            locale,
            commands: menu_commands(audience, locale.messages()),
        })
    };
    scopes.into_iter().chain(operators).flat_map(menus).collect()
}

/// Returns the commands of an audience's menu, in the order in which Telegram shows them.
fn menu_commands(audience: Audience, messages: &Messages) -> Vec<MenuCommand> {
    Command::all()
        .filter_map(|command| {
            let (name, description, audiences) = command.entry(messages)?;
            audiences.contains(&audience).then_some(MenuCommand { name, description })
        })
        .collect()
}

impl Command {
    /// Iterates over all commands, without arguments, in the order of the enum.
    fn all() -> impl Iterator<Item = Command> {
        let names = Command::bot_commands().into_iter().map(|command| command.command);
        names.filter_map(|name| Command::parse(&name, "").ok())
    }

    /// Returns the name, the description and the audiences in menus; `None` for a command that is
    /// in no menu.
    fn entry(&self, words: &Messages) -> Option<(&'static str, String, &'static [Audience])> {
        use Audience::{Group, GroupAdministrators, Operator, Private};
        const ALL: &[Audience] = &[Private, Group, GroupAdministrators, Operator];
        Some(match self {
            Command::Ask(_) => ("ask", words.menu_ask(), ALL),
            Command::Brief(_) => ("brief", words.menu_brief(), ALL),
            Command::Watch(_) => ("watch", words.menu_watch(), ALL),
            Command::Shelf(_) => {
                ("shelf", words.menu_shelf(), &[Private, GroupAdministrators, Operator])
            }
            Command::Sections => ("sections", words.menu_sections(), ALL),
            Command::About => ("about", words.menu_about(), ALL),
            Command::Help => ("help", words.menu_help(), ALL),
            Command::Language(_) => {
                ("language", words.menu_language(), &[Private, GroupAdministrators, Operator])
            }
            Command::Private => ("private", words.menu_private(), &[GroupAdministrators]),
            Command::Privacy => ("privacy", words.menu_privacy(), &[Private, Operator]),
            Command::Forget => ("forget", words.menu_forget(), &[Private, Operator]),
            // A person without access gets the numbers with the notice.
            Command::Whoami => ("whoami", words.menu_whoami(), &[GroupAdministrators, Operator]),
            Command::Gaps => ("gaps", words.menu_gaps(), &[Operator]),
            Command::Remove => ("remove", words.menu_remove(), &[Operator]),
            Command::Doctor => ("doctor", words.menu_doctor(), &[Operator]),
            // Telegram has a button of its own for it.
            Command::Start(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::help;
    use super::*;
    use crate::bot::identity::BotIdentity;

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
        check("shelf", Command::Shelf(String::new()));
        check("sections", Command::Sections);
        check("about", Command::About);
        check("help", Command::Help);
        check("start", Command::Start(String::new()));
        check("language", Command::Language(String::new()));
        check("private", Command::Private);
        check("privacy", Command::Privacy);
        check("forget", Command::Forget);
        check("whoami", Command::Whoami);
        check("gaps", Command::Gaps);
        check("remove", Command::Remove);
        check("doctor", Command::Doctor);
    }

    #[test]
    fn commands_are_all_known_to_menus_under_their_own_name() {
        let messages = Locale::English.messages();
        assert_eq!(Command::all().count(), Command::bot_commands().len());
        for command in Command::all() {
            let Some((name, _, audiences)) = command.entry(messages) else { continue };
            assert!(!audiences.is_empty(), "{command:?}");
            assert_eq!(parse(&format!("/{name}"), "bot"), Some(ParsedCommand::Known(command)));
        }
    }

    #[test]
    fn commands_are_in_the_documentation() {
        let documentation = include_str!("../../../docs/telegram.md");
        let (_, section) = documentation.split_once("\n## Commands\n").unwrap();
        let (table, _) = section.split_once("\n## ").unwrap();
        for command in Command::bot_commands() {
            let name = &command.command;
            assert!(table.contains(&format!("`{name}`")), "{name} is not in docs/telegram.md");
        }
    }

    /// Returns whether the reply to `/help` explains a command. The menus explain the others.
    fn is_in_help(command: &Command) -> bool {
        match command {
            Command::Ask(_) | Command::Brief(_) | Command::Watch(_) | Command::Sections => true,
            Command::Shelf(_)
            | Command::About
            | Command::Help
            | Command::Start(_)
            | Command::Language(_)
            | Command::Private
            | Command::Privacy
            | Command::Forget
            | Command::Whoami
            | Command::Gaps
            | Command::Remove
            | Command::Doctor => false,
        }
    }

    #[test]
    fn help_explains_commands_in_every_language() {
        let identity = BotIdentity {
            id: UserId::new(1),
            username: "bot".into(),
            reads_all: false,
            supports_inline: true,
            supports_guests: true,
        };
        for (command, name) in Command::all().zip(Command::bot_commands()) {
            let name = name.command;
            for locale in Locale::ALL {
                let text = help::all_help_text(locale.messages(), &identity);
                let has = text.contains(&name);
                assert_eq!(has, is_in_help(&command), "{name} in the help in {locale:?}");
            }
        }
    }
}
