//! Cleaning of text: white space and characters that no reader sees. Pure.

use super::block::{Inline, Style};

/// Returns whether a character is removed: it is invisible and no part of a word, or it is a
/// symbol of an icon font. The joiners of Persian words and emoji are kept.
pub fn is_removed(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{180e}' | '\u{fffc}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// Returns text in one line without invisible characters.
pub fn one_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_removed(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the inlines with single spaces between words only: none at the ends of lines, none at
/// the inner ends of styles and links. Empty styles and links are removed.
pub fn inlines(parts: Vec<Inline>) -> Vec<Inline> {
    let mut cleaner = Cleaner::default();
    for part in parts {
        cleaner.push(part);
    }
    while matches!(cleaner.done.last(), Some(Inline::LineBreak)) {
        cleaner.done.pop();
    }
    cleaner.done
}

#[derive(Default)]
struct Cleaner {
    done: Vec<Inline>,
    /// Styles and links that are open, but had no content yet.
    opening: Vec<Inline>,
    /// Whether a space is due before the next content.
    has_space: bool,
    /// Whether the line has content.
    has_content: bool,
}

impl Cleaner {
    fn push(&mut self, part: Inline) {
        match part {
            Inline::Text(text) => self.push_text(&text),
            Inline::LineBreak => {
                self.has_space = false;
                if !self.done.is_empty() {
                    self.done.push(Inline::LineBreak);
                }
                self.has_content = false;
            }
            Inline::Open(_) | Inline::OpenLink(_) => self.opening.push(part),
            Inline::Close(_) | Inline::CloseLink => {
                if self.opening.pop().is_none() {
                    self.done.push(part);
                }
            }
            Inline::FootnoteReference(_) => {
                // A reference belongs to the word before it.
                self.has_space = false;
                self.push_content(part);
            }
            Inline::Code(_) | Inline::Math(_) | Inline::Image(_) => self.push_content(part),
        }
    }

    fn push_text(&mut self, text: &str) {
        let mut word = String::new();
        for c in text.chars().filter(|c| !is_removed(*c)) {
            if !c.is_whitespace() {
                word.push(c);
                continue;
            }
            self.push_word(&mut word);
            self.has_space = true;
        }
        self.push_word(&mut word);
    }

    fn push_word(&mut self, word: &mut String) {
        if !word.is_empty() {
            self.push_content(Inline::Text(std::mem::take(word)));
        }
    }

    fn push_content(&mut self, part: Inline) {
        if self.has_space && self.has_content {
            self.append(Inline::Text(" ".to_owned()));
        }
        self.has_space = false;
        self.has_content = true;
        self.done.append(&mut self.opening);
        self.append(part);
    }

    /// Appends a part, and joins texts.
    fn append(&mut self, part: Inline) {
        match (self.done.last_mut(), part) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (Some(Inline::Code(last)), Inline::Code(code)) => last.push_str(&code),
            (_, part) => self.done.push(part),
        }
    }
}

/// Returns the paragraphs of cleaned inlines: two line breaks in a row end a paragraph. Styles and
/// links that are open there end, and begin again.
pub fn paragraphs(parts: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut all = vec![Vec::new()];
    let mut open: Vec<Inline> = Vec::new();
    let mut breaks = 0;
    for part in parts {
        if part == Inline::LineBreak {
            breaks += 1;
            continue;
        }
        if let Some(last) = all.last_mut() {
            match breaks {
                0 => {}
                1 => last.push(Inline::LineBreak),
                _ => {
                    last.extend(open.iter().rev().map(closing));
                    all.push(open.clone());
                }
            }
        }
        breaks = 0;
        match &part {
            Inline::Open(_) | Inline::OpenLink(_) => open.push(part.clone()),
            Inline::Close(_) | Inline::CloseLink => drop(open.pop()),
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(part);
        }
    }
    all
}

/// Returns the end of a style or a link.
pub fn closing(open: &Inline) -> Inline {
    match open {
        Inline::Open(style) => Inline::Close(*style),
        Inline::OpenLink(_) => Inline::CloseLink,
        _ => Inline::Close(Style::Emphasis),
    }
}
