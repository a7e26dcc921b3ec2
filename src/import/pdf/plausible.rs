//! Checks that the text of a PDF is text. The characters of a PDF may be unknown or wrong, since
//! the file names glyphs of its own fonts.

use unicode_normalization::UnicodeNormalization;

use super::glyphs::UNKNOWN;
use super::script::{is_private, is_unspaced};

/// Maximum share of unknown characters.
const MAX_UNKNOWN: f64 = 0.03;
/// Minimum share of letters and digits.
const MIN_LETTERS: f64 = 0.5;
/// Maximum share of words of one letter.
const MAX_SINGLE: f64 = 0.5;
/// Shares of vowels among Latin letters: of all languages with some margin.
const VOWELS: std::ops::Range<f64> = 0.22..0.66;
/// Maximum share of words without a vowel among the lower-case words of at least four letters.
const MAX_VOWELLESS: f64 = 0.1;
/// Minimum number of letters or words for a share to mean something.
const MIN_COUNT: usize = 150;

/// Returns why a text is not plausible, or `None` if it is.
pub fn implausible(text: &str) -> Option<String> {
    let mut counts = Counts::default();
    text.chars().for_each(|c| counts.add(c));
    let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
    let percent = |share: f64| (share * 100.0).round();
    let unknown = share(counts.unknown, counts.all);
    if unknown > MAX_UNKNOWN {
        return Some(format!("{}% of its characters are unknown", percent(unknown).max(1.0)));
    }
    if counts.all >= MIN_COUNT && share(counts.letters, counts.all) < MIN_LETTERS {
        return Some("most of its characters are not letters".to_owned());
    }
    let words = || text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    let spaced = words().filter(|word| !word.chars().any(is_unspaced));
    let (all, single) = spaced.fold((0, 0), |(all, single), word| {
        (all + 1, single + usize::from(word.chars().count() == 1))
    });
    if all >= MIN_COUNT && share(single, all) > MAX_SINGLE {
        return Some("most of its words have one letter".to_owned());
    }
    let vowels = share(counts.vowels, counts.latin);
    if counts.latin >= MIN_COUNT && 2 * counts.latin > counts.letters && !VOWELS.contains(&vowels) {
        return Some(format!("{}% of its letters are vowels", percent(vowels)));
    }
    let (all, vowelless) = vowelless_words(text);
    if all >= MIN_COUNT / 3 && share(vowelless, all) > MAX_VOWELLESS {
        let share = percent(share(vowelless, all));
        return Some(format!("{share}% of its longer words have no vowels"));
    }
    None
}

/// Returns the number of lower-case Latin words of at least four letters, and of those without a
/// vowel.
fn vowelless_words(text: &str) -> (usize, usize) {
    let words = text.split(|c: char| !c.is_alphabetic());
    let is_counted = |word: &&str| word.len() >= 4 && word.chars().all(|c| c.is_ascii_lowercase());
    words.filter(is_counted).fold((0, 0), |(all, vowelless), word| {
        (all + 1, vowelless + usize::from(!word.contains(['a', 'e', 'i', 'o', 'u', 'y'])))
    })
}

#[derive(Default)]
struct Counts {
    all: usize,
    unknown: usize,
    letters: usize,
    latin: usize,
    vowels: usize,
}

impl Counts {
    fn add(&mut self, c: char) {
        if c.is_whitespace() || c.is_control() {
            return;
        }
        self.all += 1;
        self.unknown += usize::from(c == UNKNOWN || is_private(c));
        self.letters += usize::from(c.is_alphanumeric());
        let base = if c.is_ascii() { Some(c) } else { c.nfd().next() };
        if let Some(base) = base.filter(char::is_ascii_alphabetic) {
            self.latin += 1;
            self.vowels += usize::from("aeiouyAEIOUY".contains(base));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_wrong_characters_is_not_plausible() {
        let text = "The tide rises and falls twice a day because of the Moon. ".repeat(10);
        assert_eq!(implausible(&text), None);
        assert_eq!(implausible(&"潮汐是海水的运动。".repeat(30)), None);
        assert_eq!(implausible("Tide table: 12.5, 13.7"), None);
        let check = |wrong: String, reason: &str| {
            let found = implausible(&wrong).unwrap_or_default();
            assert!(found.contains(reason), "{reason}: {found}");
        };
        let shifted = |by: u8| {
            let shift = |c: char| char::from((c as u8 - b'a' + by) % 26 + b'a');
            text.to_lowercase()
                .chars()
                .map(|c| if c.is_alphabetic() { shift(c) } else { c })
                .collect()
        };
        check(shifted(1), "vowels");
        check(text.replace('e', "\u{FFFD}"), "unknown");
        check(text.replace(['t', 'i'], "\u{E012}"), "unknown");
        check(text.chars().filter(|c| *c != ' ').map(|c| format!("{c} ")).collect(), "one letter");
        check("!\"#$% &'()*+ ,-./:; ".repeat(20), "not letters");
    }
}
