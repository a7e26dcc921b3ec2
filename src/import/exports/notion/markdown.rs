//! Pages of Notion as Markdown. Pure.

use super::super::elements::one_line;
use super::super::paths::{has_extension, linked_path};
use super::super::prose::{Line, Link, edited, lines, push_line, replaced_links, split_title};
use super::properties::Properties;
use super::{Parsed, without_id};
use crate::import::document::Body;

/// Maximum number of characters of the name of a property.
const MAX_NAME_CHARS: usize = 40;

/// Parses a page. `is_row`: whether the page is a row of a database, which has properties. `target`
/// returns the address of another page for that of a link.
pub fn parse(text: &str, is_row: bool, target: impl Fn(&str) -> Option<String>) -> Parsed {
    let (title, rest) = match split_title(text) {
        Some((title, rest)) => (Some(one_line(&title)), rest),
        None => (None, text),
    };
    let (properties, rest) = split_properties(rest, is_row);
    let mut out = String::with_capacity(rest.len());
    for line in lines(rest) {
        match line {
            Line::Prose(line) if matches!(line.trim(), "<aside>" | "</aside>") => {
                push_line(&mut out, "");
            }
            Line::Prose(line) => {
                push_line(&mut out, &edited(line, |part| with_links(part, &target)));
            }
            Line::Fence(line, _) | Line::Code(line) => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    let markdown = out.trim_matches(['\n', '\r', ' ']).to_owned() + "\n";
    Parsed { title, properties, body: Body::Markdown(markdown) }
}

/// Returns the properties at the start of a text, and the text after them.
fn split_properties(text: &str, is_row: bool) -> (Properties, &str) {
    let mut properties = Properties::default();
    let start = text.trim_start_matches(['\n', '\r']);
    let end = start.find("\n\n").or_else(|| start.find("\r\n\r\n")).unwrap_or(start.len());
    let block = &start[..end];
    let pairs: Option<Vec<(&str, &str)>> = block.lines().map(property).collect();
    let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) else {
        return (properties, text);
    };
    let known = pairs.iter().filter(|(name, value)| properties.add(name, value)).count();
    match is_row || known > 0 {
        true => (properties, &start[end..]),
        false => (Properties::default(), text),
    }
}

/// Returns the name and the value of a line `Name: value`.
fn property(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = name.starts_with(char::is_alphanumeric)
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.contains(['.', ',', '[', '*', '`']);
    let is_property = is_name && (value.is_empty() || value.starts_with(' '));
    is_property.then_some((name, value.trim()))
}

/// Replaces links to other pages. Of links to tables and files, the text is kept; pictures whose
/// text is the name of a file are left out.
fn with_links(text: &str, target: &impl Fn(&str) -> Option<String>) -> String {
    replaced_links(text, |link: &Link<'_>| {
        let is_local = linked_path("", link.address).is_some();
        match target(link.address) {
            _ if link.is_picture && is_file_name(link.text) => Some(String::new()),
            _ if link.is_picture => Some(link.text.to_owned()),
            Some(address) => Some(format!("[{}]({address})", link.text)),
            None => is_local.then(|| without_id(link.text).to_owned()),
        }
    })
}

/// Returns whether the text of a picture is the name that Notion gave its file.
fn is_file_name(text: &str) -> bool {
    let pictures = ["png", "jpg", "jpeg", "gif", "webp", "svg", "heic", "avif", "bmp"];
    let lower = text.to_lowercase();
    let is_default =
        ["untitled", "image", "screenshot", "img"].iter().any(|one| lower.starts_with(one));
    text.trim().is_empty() || has_extension(text, &pictures) || is_default && text.len() < 30
}
