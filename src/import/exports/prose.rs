//! Editing of Markdown outside of its code. Pure.

use regex::Captures;

use super::patterns::pattern;

// A link or a picture: `[text](address "title")`.
pattern!(
    LINK,
    r#"(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\((<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?:[ \t]+"[^"]*")?\)"#
);

/// A link or a picture.
pub struct Link<'a> {
    pub is_picture: bool,
    pub text: &'a str,
    pub address: &'a str,
}

/// Replaces the links and pictures of a text without code for which `replace` returns a text.
pub fn replaced_links(text: &str, replace: impl Fn(&Link<'_>) -> Option<String>) -> String {
    let new = |found: &Captures<'_>| {
        let link = Link {
            is_picture: !found[1].is_empty(),
            text: found.get(2).map_or("", |it| it.as_str()),
            address: found
                .get(3)
                .map_or("", |it| it.as_str().trim_start_matches('<').trim_end_matches('>')),
        };
        replace(&link).unwrap_or_else(|| found[0].to_owned())
    };
    LINK.replace_all(text, new).into_owned()
}

/// Replaces the addresses of links for which `target` returns another address.
pub fn with_links(markdown: &str, target: impl Fn(&str) -> Option<String>) -> String {
    let replace = |link: &Link<'_>| {
        let address = target(link.address).filter(|_| !link.is_picture)?;
        Some(format!("[{}]({address})", link.text))
    };
    let mut out = String::with_capacity(markdown.len());
    for line in lines(markdown) {
        match line {
            Line::Prose(line) => out.push_str(&edited(line, |part| replaced_links(part, replace))),
            Line::Fence(line, _) | Line::Code(line) => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A line of Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    Prose(&'a str),
    /// The first line of a block of code, with its language.
    Fence(&'a str, &'a str),
    Code(&'a str),
}

/// Returns the lines of a text, without their ends.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut fence: Option<(char, usize)> = None;
    text.lines().map(move |line| {
        let own = line.trim_start_matches([' ', '\t', '>']);
        let mark = own.chars().next().filter(|c| matches!(c, '`' | '~')).unwrap_or(' ');
        let length = own.chars().take_while(|c| *c == mark && mark != ' ').count();
        let info = own.get(length..).unwrap_or_default().trim();
        match fence {
            Some((open, least)) => {
                if mark == open && length >= least && info.is_empty() {
                    fence = None;
                }
                Line::Code(line)
            }
            None if length >= 3 && !(mark == '`' && info.contains('`')) => {
                fence = Some((mark, length));
                let language = info.split([' ', '{', ',']).next().unwrap_or_default();
                Line::Fence(line, language)
            }
            None => Line::Prose(line),
        }
    })
}

/// Appends a line of prose and its end. Of empty lines next to each other, one is kept.
pub fn push_line(out: &mut String, line: &str) {
    if !line.trim().is_empty() || !(out.is_empty() || out.ends_with("\n\n")) {
        out.push_str(line.trim_end_matches('\r'));
        out.push('\n');
    }
}

/// Applies `edit` to the parts of a line that are not code.
pub fn edited(line: &str, edit: impl Fn(&str) -> String) -> String {
    if !line.contains('`') {
        return edit(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let length = rest[start..].bytes().take_while(|byte| *byte == b'`').count();
        let from = start + length;
        let Some(end) = span_end(&rest[from..], length) else { break };
        out.push_str(&edit(&rest[..start]));
        out.push_str(&rest[start..from + end]);
        rest = &rest[from + end..];
    }
    out.push_str(&edit(rest));
    out
}

/// Returns the end of a code span that `length` backticks close.
fn span_end(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text[at..].find('`').map(|found| at + found) {
        let found = text[start..].bytes().take_while(|byte| *byte == b'`').count();
        if found == length {
            return Some(start + found);
        }
        at = start + found;
    }
    None
}

/// Returns the text of the first heading of level 1 and the Markdown after it, if nothing is before
/// the heading.
pub fn split_title(markdown: &str) -> Option<(String, &str)> {
    let text = markdown.trim_start_matches(['\u{feff}', '\n', '\r', ' ']);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = first.strip_prefix("# ")?.trim().trim_end_matches('#').trim_end();
    (!title.is_empty()).then(|| (title.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_not_edited() {
        let edit = |part: &str| part.replace('a', "b");
        assert_eq!(edited("a `a` a ``a`a`` a ` a", edit), "b `a` b ``a`a`` b ` b");
        let text = "a\n```dataview\na\n```\nb";
        let found: Vec<_> = lines(text).collect();
        let expected = [
            Line::Prose("a"),
            Line::Fence("```dataview", "dataview"),
            Line::Code("a"),
            Line::Code("```"),
            Line::Prose("b"),
        ];
        assert_eq!(found, expected);
        assert_eq!(split_title("\n# A b #\n\nc"), Some(("A b".to_owned(), "\nc")));
    }
}
