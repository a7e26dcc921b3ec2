//! Bot profile: what Telegram shows of the bot outside its messages. Menus, name and descriptions.
//!
//! Telegram limits the rate of each `setMy…` method strictly, so a value is only set if it differs
//! from the current one.

use std::time::Duration;

use teloxide::payloads::{
    GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters, GetMyName,
    GetMyShortDescription, GetMyShortDescriptionSetters, SetMyCommands, SetMyCommandsSetters,
    SetMyDescription, SetMyDescriptionSetters, SetMyName, SetMyNameSetters, SetMyShortDescription,
    SetMyShortDescriptionSetters,
};
use teloxide::types::{
    self, BotCommand, BotCommandScope, BotDescription, BotName, BotShortDescription, Recipient,
};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::ids::ChatId;
use crate::render::messages::Locale;

/// The profile that a bot should have.
pub struct BotProfile {
    /// `None` keeps the current name.
    pub name: Option<String>,
    /// The titles of the first [`MAX_TITLES`] articles, which the descriptions list. Empty if the
    /// articles are not public.
    pub titles: Vec<String>,
    pub menus: Vec<CommandMenu>,
}

/// A menu of commands in one language.
pub struct CommandMenu {
    pub scope: MenuScope,
    pub locale: Locale,
    pub commands: Vec<MenuCommand>,
}

/// The chats that show a menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuScope {
    PrivateChats,
    Groups,
    /// The administrators of groups.
    Administrators,
    /// One chat.
    Chat(ChatId),
}

/// An entry of a menu.
pub struct MenuCommand {
    /// The command without its slash.
    pub name: &'static str,
    pub description: String,
}

/// Timeout of each request.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Maximum length of the description in characters.
const MAX_DESCRIPTION_CHARS: usize = 512;
/// Maximum length of the short description in characters.
const MAX_SHORT_DESCRIPTION_CHARS: usize = 120;
/// Maximum number of titles in a description: one more than fit with a separator of two characters.
pub const MAX_TITLES: usize = MAX_DESCRIPTION_CHARS / 3 + 1;

/// Sets each part of the profile that differs from the current one.
pub async fn register(client: &ApiClient, profile: &BotProfile) -> Result<(), ApiError> {
    for menu in &profile.menus {
        set_menu(client, menu).await?;
    }
    if let Some(name) = &profile.name
        && client.call::<_, BotName>(&GetMyName::new(), TIMEOUT).await?.name != *name
    {
        client.call::<_, bool>(&SetMyName::new().name(name), TIMEOUT).await?;
    }
    for locale in Locale::ALL {
        set_description(client, &profile.titles, locale).await?;
        set_short_description(client, &profile.titles, locale).await?;
    }
    Ok(())
}

async fn set_menu(client: &ApiClient, menu: &CommandMenu) -> Result<(), ApiError> {
    let scope = match menu.scope {
        MenuScope::PrivateChats => BotCommandScope::AllPrivateChats,
        MenuScope::Groups => BotCommandScope::AllGroupChats,
        MenuScope::Administrators => BotCommandScope::AllChatAdministrators,
        MenuScope::Chat(id) => {
            BotCommandScope::Chat { chat_id: Recipient::Id(types::ChatId(id.get())) }
        }
    };
    let language = language_code(menu.locale);
    let command = |command: &MenuCommand| BotCommand::new(command.name, &*command.description);
    let wanted: Vec<_> = menu.commands.iter().map(command).collect();
    let request = GetMyCommands::new().scope(scope.clone()).language_code(language);
    let current: Vec<BotCommand> = client.call(&request, TIMEOUT).await?;
    if current != wanted {
        let request = SetMyCommands::new(wanted).scope(scope).language_code(language);
        client.call::<_, bool>(&request, TIMEOUT).await?;
    }
    Ok(())
}

async fn set_description(
    client: &ApiClient,
    titles: &[String],
    locale: Locale,
) -> Result<(), ApiError> {
    let (messages, language) = (locale.messages(), language_code(locale));
    let wanted = match titles {
        [] => messages.description_untitled(),
        titles => fit_titles(titles, MAX_DESCRIPTION_CHARS, |titles| messages.description(titles)),
    };
    let request = GetMyDescription::new().language_code(language);
    let current: BotDescription = client.call(&request, TIMEOUT).await?;
    if current.description != wanted {
        let request = SetMyDescription::new().description(wanted).language_code(language);
        client.call::<_, bool>(&request, TIMEOUT).await?;
    }
    Ok(())
}

async fn set_short_description(
    client: &ApiClient,
    titles: &[String],
    locale: Locale,
) -> Result<(), ApiError> {
    let (messages, language) = (locale.messages(), language_code(locale));
    let wanted = match titles {
        [] => messages.short_description_untitled(),
        titles => fit_titles(titles, MAX_SHORT_DESCRIPTION_CHARS, |titles| {
            messages.short_description(titles)
        }),
    };
    let request = GetMyShortDescription::new().language_code(language);
    let current: BotShortDescription = client.call(&request, TIMEOUT).await?;
    if current.short_description != wanted {
        let request =
            SetMyShortDescription::new().short_description(wanted).language_code(language);
        client.call::<_, bool>(&request, TIMEOUT).await?;
    }
    Ok(())
}

/// Returns the language code for which Telegram keeps a value. English is the default for users of
/// languages that the bot does not have.
fn language_code(locale: Locale) -> &'static str {
    match locale {
        Locale::English => "",
        other => other.code(),
    }
}

/// Returns the text with as many titles as fit into `max_chars`. If not even the first title fits,
/// the text is truncated.
fn fit_titles(titles: &[String], max_chars: usize, text: impl Fn(&str) -> String) -> String {
    let fits = |text: &String| text.chars().count() <= max_chars;
    let texts = (1..=titles.len()).map(|count| text(&titles[..count].join(", ")));
    let first = titles.first().map_or("", String::as_str);
    let longest = texts.take_while(fits).last();
    longest.unwrap_or_else(|| text(first).chars().take(max_chars).collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn profile_descriptions_list_as_many_titles_as_fit() {
        let about = |titles: &str| format!("about {titles}");
        let titles = ["Tides".to_owned(), "x".repeat(600)];
        let text = fit_titles(&titles, MAX_SHORT_DESCRIPTION_CHARS, about);
        assert_eq!(text, "about Tides");
        let text = fit_titles(&titles[1..], MAX_SHORT_DESCRIPTION_CHARS, about);
        assert_eq!(text.chars().count(), MAX_SHORT_DESCRIPTION_CHARS);
    }

    #[test]
    fn profile_descriptions_try_only_titles_that_can_fit() {
        let attempts = Cell::new(0);
        let titles = vec!["Tides".to_owned(); 40_000];
        fit_titles(&titles, MAX_DESCRIPTION_CHARS, |titles| {
            attempts.set(attempts.get() + 1);
            titles.to_owned()
        });
        assert!(attempts.get() < MAX_DESCRIPTION_CHARS);
    }
}
