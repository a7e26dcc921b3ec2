//! The text analysis chain, shared by indexing and search: word segmentation, folding, stemming.
//!
//! Words are segmented by UAX #29, or into character n-grams in scripts without spaces. Signs that
//! belong to a name stay with it (`C++`, `AT&T`). Folding removes case and accents and unifies
//! variants of letters, digits and numbers. Stemming uses the Snowball algorithm of the language.
//! No word is dropped: `search::query` handles stopwords.

mod fold;
mod number;
mod signs;
mod stem;

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::script;
use fold::{fold, without_clitics};
pub use stem::{WordStemmer, stem};

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// Form in lower case and without accents.
    pub folded: String,
}

/// Separators within a UAX #29 word, as in `Amwaj.Media`, `a:b` and `snake_case`.
const SEPARATORS: [char; 3] = ['.', ':', '_'];
/// Separator between the parts of a Persian word, as in `آب‌ها`.
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';

/// Returns the words of `text` by position. In a script without spaces, the words are overlapping
/// character n-grams.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut run = NgramRun::default();
    // End of the signs of the last name, such as the `#` of `C#`.
    let mut named_until = 0;
    for (start, word) in text.unicode_word_indices() {
        if start < named_until {
            continue;
        }
        match script::ngram_size(word) {
            Some(gram) => {
                run.push(start, word, gram, &mut words);
                continue;
            }
            None => run.flush(&mut words),
        }
        if let Some((range, folded)) = signs::name_with_signs(text, start, word) {
            named_until = range.end;
            words.push(Word { range, folded });
        } else if number::is_number(word) {
            push_number(text, &mut words, start, word);
        } else if !continues_word(text, &mut words, start, word) {
            push_parts(&mut words, start, word);
        }
    }
    run.flush(&mut words);
    words
}

/// Appends a number, or joins it with the number before it to one of several groups of digits.
fn push_number(text: &str, words: &mut Vec<Word>, start: usize, word: &str) {
    let before = words.last_mut().filter(|last| {
        let separator = &text[last.range.end..start];
        // Minutes and days are no groups: `08:30 100`.
        !text[..last.range.start].ends_with([':', '/', '-', '.', ','])
            && number::continues_groups(&text[last.range.clone()], separator, word)
    });
    match before {
        Some(last) => {
            last.folded.push_str(&number::folded(word));
            last.range.end = start + word.len();
        }
        None => {
            for (range, folded) in number::numbers(word) {
                words.push(Word { range: start + range.start..start + range.end, folded });
            }
        }
    }
}

/// Appends a word to the one before it, if only invisible characters are between them: a zero
/// width space from a web page cuts no word. Returns whether it did.
fn continues_word(text: &str, words: &mut [Word], start: usize, word: &str) -> bool {
    let Some(last) = words.last_mut() else { return false };
    let gap = text.get(last.range.end..start).unwrap_or_default();
    let is_continued = !gap.is_empty()
        && gap.chars().all(fold::is_invisible)
        && script::ngram_size(&last.folded).is_none()
        && word.chars().all(|c| c.is_alphabetic() || fold::is_invisible(c));
    if is_continued {
        last.folded.push_str(&fold(word));
        last.range.end = start + word.len();
    }
    is_continued
}

/// Appends the parts of a word that is not a number.
fn push_parts(words: &mut Vec<Word>, start: usize, word: &str) {
    if let Some((range, folded)) = number::version(word) {
        words.push(Word { range: start + range.start..start + range.end, folded });
        return;
    }
    if is_abbreviation(word) {
        return push_word(words, start, word);
    }
    let splits_halves = word.starts_with(script::is_arabic);
    let is_separator = |c| SEPARATORS.contains(&c) || (splits_halves && c == ZERO_WIDTH_NON_JOINER);
    let mut at = start;
    for part in word.split(is_separator) {
        match number::digits_before_unit(part) {
            0 => push_word(words, at, part),
            digits => {
                push_word(words, at, &part[..digits]);
                push_word(words, at + digits, number::without_ordinal(&part[digits..]));
            }
        }
        at += part.len();
        at += word[at - start..].chars().next().map_or(0, char::len_utf8);
    }
}

/// A run of consecutive letters of a script without spaces, to be cut into overlapping n-grams.
#[derive(Default)]
struct NgramRun {
    /// Byte range and folded form of each letter with its combining marks.
    letters: Vec<(Range<usize>, String)>,
    /// N-gram size, in letters.
    size: usize,
}

impl NgramRun {
    /// Appends letters, and first flushes the run if the letters do not continue it.
    fn push(&mut self, start: usize, letters: &str, gram: usize, words: &mut Vec<Word>) {
        let is_adjacent = self.letters.last().is_some_and(|(range, _)| range.end == start);
        if !is_adjacent || self.size != gram {
            self.flush(words);
        }
        self.size = gram;
        for (at, letter) in letters.grapheme_indices(true) {
            self.letters.push((start + at..start + at + letter.len(), fold(letter)));
        }
    }

    /// Appends the n-grams of the run to `words` and clears the run.
    fn flush(&mut self, words: &mut Vec<Word>) {
        let gram = self.size.min(self.letters.len()).max(1);
        for letters in self.letters.windows(gram) {
            let range = letters[0].0.start..letters[gram - 1].0.end;
            let folded: String = letters.iter().map(|(_, letter)| letter.as_str()).collect();
            if !folded.is_empty() {
                words.push(Word { range, folded });
            }
        }
        self.letters.clear();
    }
}

/// Returns whether a word consists of single letters separated by full stops, such as `U.S`.
fn is_abbreviation(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

/// Appends a word to `words` without clitics, folded. Skips words that fold to nothing.
fn push_word(words: &mut Vec<Word>, start: usize, word: &str) {
    let (from, to) = without_clitics(word);
    let folded = fold(&word[from..to]);
    if !folded.is_empty() {
        words.push(Word { range: start + from..start + to, folded });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn words_of_different_spellings_fold_to_the_same_form() {
        let check = |text: &str, expected: &[&str]| assert_eq!(folded(text), expected, "{text}");
        check("Iran’s water", &["iran", "water"]);
        check("the U.S. and post-US years", &["the", "us", "and", "post", "us", "years"]);
        check("Amwaj.Media in 2014–15", &["amwaj", "media", "in", "2014", "15"]);
        check("1,200 and 1.5", &["1200", "and", "1.5"]);
        check("Café CAFÉ cafe\u{301}", &["cafe", "cafe", "cafe"]);
        check("l’eau d'Iran don’t O’Brien", &["eau", "iran", "dont", "obrien"]);
        check("آب‌های ۱۹۷۳ كتاب", &["اب", "های", "1973", "کتاب"]);
        check("水争端2014年", &["水争", "争端", "2014", "年"]);
        check("ヘルマンド川", &["ヘル", "ルマ", "マン", "ント", "ト川"]);
        check("แม่น้ำ Helmand", &["แมน", "มนา", "helmand"]);
        check("Йод ёлка", &["йод", "елка"]);
        check("ﷻ", &["جلجلاله"]);
        check("Hel\u{2060}mand Hel\u{200b}mand \u{202a}Helmand\u{202c}", &["helmand"; 3]);
        check("He\u{200b}l\u{feff}mand \u{200e}Helmand hel\u{ad}mand", &["helmand"; 3]);
        check("😀 ???", &[]);
    }
}
