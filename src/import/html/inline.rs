//! Writing of the parts of a paragraph as Markdown. Pure.

use super::block::{Inline, Style};
use super::escape::{Item, Place, escape};

/// Returns inlines as Markdown: one line, or several if there are line breaks.
pub fn write(parts: &[Inline], place: Place) -> String {
    let kept = styles_that_parse(parts);
    let mut items: Vec<Item> = Vec::new();
    let mut in_link = false;
    let mut address = "";
    for (at, part) in parts.iter().enumerate() {
        match part {
            Inline::Text(text) | Inline::Image(text) => {
                items.extend(text.chars().map(|c| Item::Char { c, in_link }));
            }
            Inline::LineBreak if place == Place::Paragraph => items.push(Item::LineBreak),
            Inline::LineBreak => items.push(Item::Char { c: ' ', in_link }),
            Inline::Code(text) => match items.last_mut() {
                Some(Item::Code(last)) => last.push_str(text),
                _ => items.push(Item::Code(text.clone())),
            },
            Inline::Math(text) => {
                let follows_word = matches!(items.last(), Some(Item::Char { c, .. }) if !c.is_whitespace() && *c != '(');
                let next =
                    parts.get(at + 1).map_or(' ', |next| first_char(std::slice::from_ref(next)));
                let is_clean = !text.contains(['$', '|', '`'])
                    && !text.starts_with(char::is_whitespace)
                    && !text.ends_with([' ', '\\'])
                    && !follows_word
                    && !next.is_alphanumeric()
                    && !matches!(items.last(), Some(Item::Markup(_) | Item::Code(_)));
                items.push(match is_clean {
                    true => Item::Markup(format!("${text}$")),
                    false => Item::Code(text.clone()),
                });
            }
            Inline::FootnoteReference(number) => items.push(Item::Markup(format!("[^{number}]"))),
            Inline::Open(style) | Inline::Close(style) if kept[at] => {
                items.push(Item::Markup(style.delimiter().to_owned()));
            }
            Inline::Open(_) | Inline::Close(_) => {}
            Inline::OpenLink(target) => {
                in_link = true;
                address = target;
                items.push(Item::Markup("[".to_owned()));
            }
            Inline::CloseLink => {
                in_link = false;
                items.push(Item::Markup(format!("]({address})")));
            }
        }
    }
    escape(&items, place)
}

/// Returns for each part whether it is a style whose delimiters are read as such: they are at the
/// ends of words. A style in another one is left out.
fn styles_that_parse(parts: &[Inline]) -> Vec<bool> {
    let mut kept = vec![false; parts.len()];
    let mut at = 0;
    while at < parts.len() {
        let Inline::Open(style) = parts[at] else {
            at += 1;
            continue;
        };
        let Some(end) = end_of(parts, at, style) else {
            at += 1;
            continue;
        };
        let inner = &parts[at + 1..end];
        let before = last_char(&parts[..at]);
        let after = first_char(&parts[end + 1..]);
        let (first, last) = (first_char(inner), last_char(inner));
        let opens = !first.is_whitespace()
            && (before.is_whitespace() || is_punctuation(before) && first.is_alphanumeric());
        let closes = !last.is_whitespace()
            && (after.is_whitespace() || is_punctuation(after) && last.is_alphanumeric());
        let links = |part: &&Inline| matches!(part, Inline::OpenLink(_));
        let link_ends = |part: &&Inline| matches!(part, Inline::CloseLink);
        let is_nested =
            inner.iter().filter(links).count() == inner.iter().filter(link_ends).count();
        if opens && closes && is_nested {
            (kept[at], kept[end]) = (true, true);
            at = end + 1;
        } else {
            at += 1;
        }
    }
    kept
}

fn end_of(parts: &[Inline], open: usize, style: Style) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, part) in parts.iter().enumerate().skip(open + 1) {
        match part {
            Inline::Open(other) if *other == style => depth += 1,
            Inline::Close(other) if *other == style && depth == 0 => return Some(at),
            Inline::Close(other) if *other == style => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Returns whether a character next to a delimiter is punctuation for every parser.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
}

/// Returns the first character that is written for the parts. The end of the text is a space.
fn first_char(parts: &[Inline]) -> char {
    let char_of = |part: &Inline| match part {
        Inline::Text(text) | Inline::Image(text) => text.chars().next(),
        Inline::LineBreak => Some('\n'),
        Inline::Code(_) => Some('`'),
        Inline::Math(_) => Some('$'),
        Inline::FootnoteReference(_) | Inline::OpenLink(_) => Some('['),
        Inline::CloseLink => Some(']'),
        Inline::Open(_) | Inline::Close(_) => None,
    };
    parts.iter().find_map(char_of).unwrap_or(' ')
}

/// Returns the last character that is written for the parts. The start of the text is a space.
fn last_char(parts: &[Inline]) -> char {
    let char_of = |part: &Inline| match part {
        Inline::Text(text) | Inline::Image(text) => text.chars().next_back(),
        Inline::LineBreak => Some('\n'),
        Inline::Code(_) => Some('`'),
        Inline::Math(_) => Some('$'),
        Inline::FootnoteReference(_) => Some(']'),
        Inline::OpenLink(_) => Some('['),
        Inline::CloseLink => Some(')'),
        Inline::Open(_) | Inline::Close(_) => None,
    };
    parts.iter().rev().find_map(char_of).unwrap_or(' ')
}
