//! The text analysis chain, shared by indexing and search: word segmentation, folding, stemming.
//!
//! Words are segmented by UAX #29, or into character n-grams in scripts without spaces. Folding
//! removes case and accents and unifies variants of letters and digits. Stemming uses the Snowball
//! algorithm of the language. No word is dropped: `search::query` handles stopwords.

use std::ops::Range;

use frostem::Stemmer;
use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::script;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// Form in lower case and without accents.
    pub folded: String,
}

/// Returns the stem of a folded word. Without a stemmer, returns the word itself.
pub fn stem(stemmer: Option<&Stemmer>, folded: &str) -> String {
    // Decades, such as `1980s`.
    if let Some(year) = folded.strip_suffix('s').filter(|year| is_digits(year)) {
        return year.to_owned();
    }
    match stemmer {
        Some(stemmer) => stemmer.stem(folded).into_owned(),
        None => folded.to_owned(),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
    for (start, word) in text.unicode_word_indices() {
        match script::ngram_size(word) {
            Some(gram) => {
                run.push(start, word, gram, &mut words);
                continue;
            }
            None => run.flush(&mut words),
        }
        if is_number(word) || is_abbreviation(word) {
            push_word(&mut words, start, word);
            continue;
        }
        let splits_halves = word.starts_with(script::is_arabic);
        let is_separator =
            |c| SEPARATORS.contains(&c) || (splits_halves && c == ZERO_WIDTH_NON_JOINER);
        let mut at = start;
        for part in word.split(is_separator) {
            push_word(&mut words, at, part);
            at += part.len();
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    run.flush(&mut words);
    words
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

/// Returns the byte range of `word` without an English possessive or a Romance elided article, as
/// in `Iran’s` and `l’eau`.
fn without_clitics(word: &str) -> (usize, usize) {
    let Some(at) = word.rfind(['\'', '’']) else { return (0, word.len()) };
    let mark = if word[at..].starts_with('’') { '’'.len_utf8() } else { 1 };
    let (before, after) = (&word[..at], &word[at + mark..]);
    if after.eq_ignore_ascii_case("s") {
        return (0, at);
    }
    let elided = matches!(
        before.to_ascii_lowercase().as_str(),
        "l" | "d" | "j" | "m" | "n" | "s" | "t" | "c" | "qu" | "dell" | "nell" | "all" | "un"
    );
    if elided && after.chars().count() > 2 { (at + mark, word.len()) } else { (0, word.len()) }
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_numeric() || matches!(c, '.' | ',' | '\u{66b}' | '\u{66c}'))
}

/// Folds a word: returns one form for all spellings that readers consider the same word.
fn fold(word: &str) -> String {
    // Fast path for nearly every word.
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word.to_ascii_lowercase();
    }
    let number = is_number(word);
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            match c {
                '\'' => {}
                ',' if number => {}
                // Keeps decimal points and drops the full stops of `U.S.`.
                '.' if !number => {}
                _ => folded.push(c.to_ascii_lowercase()),
            }
            continue;
        }
        fold_non_ascii(c, &mut folded);
    }
    folded
}

/// Appends the folded form of a character to `folded`.
fn fold_non_ascii(c: char, folded: &mut String) {
    match c {
        '’' | '\u{200c}' | '\u{200d}' | '\u{640}' | '\u{ad}' => {}
        'й' | 'Й' => folded.push('й'),
        'ß' => folded.push_str("ss"),
        'ø' | 'Ø' => folded.push('o'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'ł' | 'Ł' => folded.push('l'),
        'ı' => folded.push('i'),
        'þ' | 'Þ' => folded.push_str("th"),
        // Arabic and Persian keyboards produce different code points for the same letters.
        'ي' | 'ى' => folded.push('ی'),
        'ك' => folded.push('ک'),
        'ة' => folded.push('ه'),
        '\u{660}'..='\u{669}' => push_digit(c as u32 - 0x660, folded),
        '\u{6f0}'..='\u{6f9}' => push_digit(c as u32 - 0x6f0, folded),
        _ => decompose_compatible(c, |part| {
            // A ligature such as `ﷺ` decomposes into several words.
            if !is_combining_mark(part) && !part.is_whitespace() {
                folded.extend(part.to_lowercase().filter(|c| !is_combining_mark(*c)));
            }
        }),
    }
}

fn push_digit(digit: u32, folded: &mut String) {
    folded.extend(char::from_digit(digit, 10));
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
        check("😀 ???", &[]);
    }
}
