//! Messages and inline answers as a reader sees them, and their rendering for snapshots.

use std::fmt::{Display, Formatter, Result};

use super::html::Entity;
use super::{ADA, BEN, GROUP};

/// Maximum length of the part of a replied message that a rendering shows, in chars.
const MAX_REPLIED: usize = 60;

/// A message as a reader sees it.
///
/// Its rendering has a line in parentheses with the circumstances, the text with `> ` before quoted
/// lines, and a line for each row of buttons.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub chat: i64,
    pub id: i64,
    pub is_edit: bool,
    pub text: String,
    pub html: String,
    pub entities: Vec<Entity>,
    /// Labels with their data, in rows.
    pub buttons: Vec<Vec<(String, String)>>,
    pub thread: Option<i64>,
    pub reply_to: Option<i64>,
    /// The text of the message that is replied to, if the server knows it.
    pub replied: Option<String>,
    /// The part of the replied message that is quoted.
    pub quote: Option<String>,
    /// The id of a message that was posted inline.
    pub inline: Option<String>,
    /// The person who alone sees the message, and its id for this person.
    pub only_for: Option<(i64, i64)>,
    pub is_silent: bool,
}

/// The list that a person sees above the keyboard after `@bot words`.
#[derive(Debug, Clone, PartialEq)]
pub struct InlineAnswer {
    pub query: String,
    pub posts: Vec<InlinePost>,
    pub next_offset: String,
    /// The start parameter of the button above.
    pub button: Option<String>,
    pub cache_time: Option<i64>,
    pub is_personal: bool,
}

/// One offer of an inline answer.
#[derive(Debug, Clone, PartialEq)]
pub struct InlinePost {
    pub title: String,
    pub description: String,
    /// The message that a tap posts.
    pub message: Message,
}

impl Message {
    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().flatten().map(|(label, _)| label.as_str()).collect()
    }

    /// Returns the data of a button, or the text or address of a button that copies or links.
    #[track_caller]
    pub fn data(&self, label: &str) -> &str {
        let button = self.buttons.iter().flatten().find(|(known, _)| known == label);
        &button.unwrap_or_else(|| panic!("there is no button {label} in\n{self}")).1
    }

    /// Returns the addresses of the links in the text.
    pub fn links(&self) -> Vec<&str> {
        self.entities.iter().filter_map(|entity| entity.url.as_deref()).collect()
    }

    /// Returns the text and the buttons with their data, to compare two versions of a message.
    pub fn content(&self) -> (&str, &[Vec<(String, String)>]) {
        (&self.html, &self.buttons)
    }

    /// Returns the message as it is after it was posted inline under this id.
    pub fn posted_as(&self, id: &str) -> Message {
        Message { inline: Some(id.to_owned()), ..self.clone() }
    }

    fn circumstances(&self) -> String {
        let mut parts = Vec::new();
        match (&self.inline, self.chat) {
            (Some(id), _) => parts.push(id.clone()),
            (None, 0 | ADA) => {}
            (None, GROUP) => parts.push("group".into()),
            (None, chat) => parts.push(format!("chat {chat}")),
        }
        parts.extend(self.only_for.map(|(person, _)| match person {
            ADA => "only for Ada".into(),
            BEN => "only for Ben".into(),
            person => format!("only for {person}"),
        }));
        parts.extend(self.thread.map(|topic| format!("topic {topic}")));
        parts.extend(self.is_edit.then(|| "edit".into()));
        parts.extend(self.is_silent.then(|| "silent".into()));
        if self.reply_to.is_some() {
            let replied = self.replied.as_deref().unwrap_or("…");
            let line = replied.lines().next().unwrap_or_default();
            let shown: String = line.chars().take(MAX_REPLIED).collect();
            let rest = if shown.len() < replied.len() { "…" } else { "" };
            parts.push(format!("reply to “{shown}{rest}”"));
        }
        parts.extend(self.quote.as_ref().map(|quote| format!("quoting “{quote}”")));
        parts.join(", ")
    }
}

/// Returns the text with its invisible marks of direction written as escapes.
fn visible(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let show = |c: char| match is_mark(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    text.chars().map(show).collect()
}

impl Display for Message {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let circumstances = self.circumstances();
        if !circumstances.is_empty() {
            writeln!(f, "({circumstances})")?;
        }
        let mut lines = Vec::new();
        let mut at = 0;
        for line in self.text.split('\n') {
            let end = at + line.encode_utf16().count();
            let is_quoted = self.entities.iter().any(|entity| {
                entity.kind == "blockquote" && entity.from <= at && end <= entity.to && at < end
            });
            let line_shown = visible(line);
            lines.push(if is_quoted { format!("> {line_shown}") } else { line_shown });
            at = end + 1;
        }
        write!(f, "{}", lines.join("\n"))?;
        for row in &self.buttons {
            let row: Vec<_> = row.iter().map(|(label, _)| format!("[{label}]")).collect();
            write!(f, "\n{}", row.join(" "))?;
        }
        Ok(())
    }
}

impl Display for InlineAnswer {
    fn fmt(&self, f: &mut Formatter) -> Result {
        for InlinePost { title, description, .. } in &self.posts {
            writeln!(f, "{title}: {description}")?;
        }
        if let Some(parameter) = &self.button {
            writeln!(f, "button to the private chat: {parameter}")?;
        }
        if !self.next_offset.is_empty() {
            writeln!(f, "more from {}", self.next_offset)?;
        }
        Ok(())
    }
}
