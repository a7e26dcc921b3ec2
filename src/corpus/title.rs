//! Titles, headings and names as single lines of limited length. Pure.

use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::date;
use super::escape::is_unsafe_control;

/// Maximum length of a title or a heading, in chars. Each passage is shown below both.
pub const MAX_TITLE_CHARS: usize = 300;

/// Names of files that say nothing: the name of the folder does.
const GENERIC_NAMES: [&str; 5] = ["index", "_index", "readme", "default", "home"];
/// HTML elements that a title may have for its looks.
const INLINE_ELEMENTS: [&str; 18] = [
    "a", "b", "br", "code", "del", "em", "font", "i", "kbd", "mark", "s", "small", "span",
    "strong", "sub", "sup", "u", "wbr",
];

/// Languages that a file's name may end with. Others, such as Ido in `Socket.io`, are more often a
/// part of the name.
const LANGUAGES: [&str; 45] = [
    "ar", "be", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gl",
    "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "ko", "lt", "lv", "ms", "nb", "nl", "nn", "no",
    "pl", "pt", "ro", "ru", "sk", "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh",
];

/// Returns `text` in one line: white space is collapsed and control characters are removed.
pub fn single_line(text: &str) -> String {
    let text = text.replace(is_unsafe_control, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether a text has more than [`MAX_TITLE_CHARS`].
pub fn is_too_long_for_title(text: &str) -> bool {
    text.chars().nth(MAX_TITLE_CHARS).is_some()
}

/// Returns a text of front matter in one line as a reader sees it: without inline markup, character
/// references and heading ids.
pub fn plain(text: &str) -> String {
    let line = single_line(text);
    let line = without_heading_id(&line);
    if !line.contains(['*', '_', '`', '[', '<', '&', '~', '\\']) {
        return line.to_owned();
    }
    let mut shown = String::new();
    let mut is_struck_out = false;
    for event in Parser::new_ext(line, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Emphasis | Tag::Strong | Tag::Link { .. })
            | Event::Start(Tag::Image { .. }) => {}
            Event::Start(Tag::Strikethrough) => is_struck_out = true,
            Event::End(TagEnd::Strikethrough) => is_struck_out = false,
            // The line has the form of a block, such as a list item: it has no inline markup.
            Event::Start(_) | Event::Html(_) | Event::Rule => return line.to_owned(),
            Event::Text(part) | Event::Code(part) if !is_struck_out => shown.push_str(&part),
            Event::InlineHtml(tag) if !is_inline_element(&tag) => shown.push_str(&tag),
            _ => {}
        }
    }
    single_line(&shown)
}

/// Returns a line without an id such as `{#tides}` at its end.
pub fn without_heading_id(line: &str) -> &str {
    let line = line.trim_end();
    let before = line.strip_suffix('}').and_then(|rest| rest.rsplit_once('{'));
    match before {
        Some((before, id)) if id.starts_with(['#', '.', ':']) && !before.trim().is_empty() => {
            before.trim_end().trim_end_matches('#').trim_end()
        }
        _ => line,
    }
}

fn is_inline_element(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
    INLINE_ELEMENTS.contains(&name[..end].to_lowercase().as_str()) || tag.starts_with("<!--")
}

/// Returns whether two titles differ at most in case, punctuation and white space.
pub fn is_same_title(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    one == other || (letters(one) == letters(other) && !letters(one).is_empty())
}

/// Returns a title made of the words of a file's name, or of the folder's name if the file's name
/// says nothing. A date at the start and a language at the end are no part of the title.
pub fn from_file_name(file: &str) -> String {
    let path = Path::new(file);
    let name = |part: Option<&std::ffi::OsStr>| {
        part.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let stem = name(path.file_stem());
    let stem = match language_of_name(&stem) {
        Some(_) => stem.rsplit_once('.').map_or(stem.as_str(), |(stem, _)| stem),
        None => &stem,
    };
    let is_generic = GENERIC_NAMES.contains(&stem.to_lowercase().as_str());
    let folder = name(path.parent().and_then(Path::file_name));
    let stem = if is_generic && !folder.is_empty() { &folder } else { stem };
    let undated = date::at_start_of(stem).map_or(stem, |(_, rest)| rest);
    let words = in_words(if undated.is_empty() { stem } else { undated });
    match words.is_empty() {
        true => file.to_owned(),
        false => words,
    }
}

/// Returns the language in a file's name without its extension, as in `tides.fr`.
pub fn language_of_name(stem: &str) -> Option<String> {
    let (_, tag) = stem.rsplit_once('.')?;
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let is_region = |part: &str| matches!(part.len(), 2..=4) && part.is_ascii();
    let is_tag = tag.split(['-', '_']).skip(1).all(is_region);
    (is_tag && LANGUAGES.contains(&primary.as_str())).then_some(primary)
}

/// Returns a name with spaces for its hyphens and underscores and a capital at the start. A name
/// that already has spaces stays.
fn in_words(name: &str) -> String {
    let words = match name.contains(' ') {
        true => name.to_owned(),
        false => name.replace(['-', '_'], " "),
    };
    let words = single_line(&words);
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_is_plain_text() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected, "{text}");
        check("Neap  tides\n", "Neap tides");
        check("**Neap** *tides*", "Neap tides");
        check("Using `map`", "Using map");
        check("[Neap](https://example.org) tides", "Neap tides");
        check("Neap <em>tides</em><br>", "Neap tides");
        check("Ebb &amp; flow", "Ebb & flow");
        check("Neap tides {#neap}", "Neap tides");
        check("Neap tides {: .class}", "Neap tides");
        check("~~Old~~ New", "New");
        check("Vec<T> and snake_case", "Vec<T> and snake_case");
        check("5 * 3 * 2", "5 * 3 * 2");
        check("* starred", "* starred");
        check("[Draft] of `a`", "[Draft] of a");
        check("AT&T", "AT&T");
        check("C:\\new", "C:\\new");
    }

    #[test]
    fn title_is_made_of_the_name_of_a_file() {
        let check =
            |file: &str, expected: &str| assert_eq!(from_file_name(file), expected, "{file}");
        check("harbour-bell.md", "Harbour bell");
        check("notes/harbour_bell.md", "Harbour bell");
        check("2021-11-24-neap-tides.md", "Neap tides");
        check("2021-11-24.md", "2021 11 24");
        check("tides/index.md", "Tides");
        check("tides/_index.fr.md", "Tides");
        check("tides/README.md", "Tides");
        check("README.md", "README");
        check("Wi-Fi at sea.md", "Wi-Fi at sea");
        check("tides.fr.md", "Tides");
        check("tides.pt-br.md", "Tides");
        check("Rust-1.88.0.md", "Rust 1.88.0");
        check("v1.rs.md", "V1.rs");
        check("Socket.io.md", "Socket.io");
        check("دریاچه.md", "دریاچه");
        check("---.md", "---.md");
    }
}
