//! The commands, and the menu that Telegram shows of them.

use teloxide::Bot;
use teloxide::prelude::Requester;
use teloxide::types::BotCommand;
use teloxide::utils::command::BotCommands;

/// What can be asked for with a slash.
#[derive(Debug, Clone, PartialEq, Eq, BotCommands)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    #[command(description = "ask a question")]
    Ask(String),
    #[command(description = "what there is to read")]
    Sections,
    #[command(description = "what the articles are")]
    About,
    #[command(description = "how to ask")]
    Help,
    #[command(description = "begin")]
    Start(String),
}

/// A text that starts with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slash {
    Known(Command),
    /// A command that we do not have.
    Unknown,
    /// For another bot.
    Elsewhere,
}

/// Reads a command: any case, `/ask@bot`, and any white space after it. `None` for other texts.
pub fn parse(text: &str, bot: &str) -> Option<Slash> {
    let text = text.trim_start();
    text.strip_prefix('/').filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    let (name, rest) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    let name = name.to_lowercase();
    if name.split_once('@').is_some_and(|(_, addressee)| addressee != bot.to_lowercase()) {
        return Some(Slash::Elsewhere);
    }
    let name = name.split('@').next().unwrap_or(&name);
    let command = Command::parse(&format!("{name} {}", rest.trim()), bot)
        .or_else(|_| Command::parse(name, bot));
    Some(command.map_or(Slash::Unknown, Slash::Known))
}

/// Sets the menu if it differs. It is limited hard by Telegram and never worth failing for.
pub async fn register(bot: &Bot) {
    let wanted: Vec<_> = Command::bot_commands()
        .into_iter()
        .map(|command| {
            BotCommand::new(command.command.trim_start_matches('/'), command.description)
        })
        .collect();
    let outcome = match bot.get_my_commands().await {
        Ok(known) if known == wanted => return,
        Ok(_) => bot.set_my_commands(wanted).await.map(|_| ()),
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        let refusal = super::refusal::classify(&error);
        tracing::warn!(?refusal, "the menu of commands could not be set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_people_type_them() {
        let check =
            |text: &str, expected| assert_eq!(parse(text, "VerbatimBot"), expected, "{text}");
        let ask = |text: &str| Some(Slash::Known(Command::Ask(text.into())));
        check("/ask why?", ask("why?"));
        check("/ASK@verbatimbot\nwhy?  so", ask("why?  so"));
        check("/ask", ask(""));
        check("/ask@other why?", Some(Slash::Elsewhere));
        check("/start pABC", Some(Slash::Known(Command::Start("pABC".into()))));
        check("/sections please", Some(Slash::Known(Command::Sections)));
        check("/brew", Some(Slash::Unknown));
        check("/ is a slash", None);
        check("why/how", None);
    }
}
