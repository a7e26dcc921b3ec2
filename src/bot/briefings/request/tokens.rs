//! Words of a request, with their places in the text as it was typed.

use super::words::replacement;
use crate::schedule::Zone;

/// Maximum number of words of a time zone: `Port of Spain`, `America/Argentina/Rio Gallegos`.
const MAX_ZONE_WORDS: usize = 3;

/// Text with its words.
pub struct Tokens<'a> {
    text: &'a str,
    /// Byte offset of each word, and the word in lower case, with ASCII digits and without a comma
    /// at its end. The words of a schedule in another language are English.
    words: Vec<(usize, String)>,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let normalized = |word: &str| {
            let word = word.trim_end_matches(',');
            word.chars().map(ascii_digit).flat_map(char::to_lowercase).collect()
        };
        let (starts, typed): (Vec<_>, Vec<_>) =
            text.split_whitespace().map(|word| (start(word), normalized(word))).unzip();
        let mut words: Vec<(usize, String)> = Vec::new();
        let mut position = 0;
        while position < typed.len() {
            let (english, count) = replacement(&typed[position..]).unwrap_or((&[], 0));
            let at = starts[position];
            match count {
                0 => words.push((at, typed[position].clone())),
                _ => words.extend(english.iter().map(|word| (at, (*word).to_owned()))),
            }
            position += count.max(1);
        }
        Self { text, words }
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Returns a normalized word, or an empty one after the last.
    pub fn lower(&self, position: usize) -> &str {
        self.words.get(position).map_or("", |(_, word)| word)
    }

    /// Returns the text from a word on, as it was typed.
    pub fn from(&self, position: usize) -> String {
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        self.text[start..].trim_end().to_owned()
    }

    /// Returns the text between two words, as it was typed, including the first and excluding the
    /// second.
    pub fn between(&self, position: usize, end: usize) -> String {
        let from = self.from(position);
        let start = self.words.get(position).map_or(self.text.len(), |(start, _)| *start);
        let end = self.words.get(end).map_or(self.text.len(), |(end, _)| *end);
        from[..(end - start).min(from.len())].trim_end().to_owned()
    }

    /// Returns a word as it was typed.
    pub fn word(&self, position: usize) -> String {
        self.from(position).split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// Parses `off` or `stop`, alone, with `all` or with a number. Returns `None` for other texts.
    pub fn off(&self) -> Option<Option<u32>> {
        if !matches!(self.lower(0), "off" | "stop") {
            return None;
        }
        match self.len() {
            1 => Some(None),
            2 if self.lower(1) == "all" => Some(None),
            2 => self.lower(1).trim_start_matches('#').parse().ok().map(Some),
            _ => None,
        }
    }

    /// Returns the longest time zone that starts at a word, and the position after it. Old names
    /// without a region, such as `Iran` and `MET`, count as words of a topic.
    pub fn zone(&self, position: usize) -> Option<(Zone, usize)> {
        let most = MAX_ZONE_WORDS.min(self.len().saturating_sub(position));
        (1..=most).rev().find_map(|count| {
            let words: Vec<_> = (position..position + count).map(|word| self.lower(word)).collect();
            let zone: Zone = words.join(" ").parse().ok()?;
            let is_place = zone.name().contains('/') || matches!(zone.name(), "UTC" | "GMT");
            is_place.then_some((zone, position + count))
        })
    }
}

/// Converts a digit of Arabic and Persian keyboards to ASCII.
fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        _ => return c,
    };
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
}
