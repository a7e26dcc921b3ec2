//! Text to words: the same chain for what is indexed and for what is asked.
//!
//! A word is cut by UAX #29 (in scripts without spaces into overlapping runs of letters), folded
//! (lower case, no accents, one form of each letter and digit) and stemmed by the Snowball
//! algorithm of its language. Nothing is dropped here: which words of a question count is decided
//! in `search::query`.

use std::ops::Range;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::script;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Lower case, without accents.
    pub folded: String,
}

/// A language by its primary subtag, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(String);

/// Below this length the guess of a language is worth less than the default.
const MIN_BYTES_TO_DETECT: usize = 200;

impl Language {
    /// The language with this primary subtag, such as `en`.
    pub fn of_code(code: &str) -> Language {
        Language(code.to_lowercase())
    }

    /// The declared language, or the one that `text` looks like, or English.
    pub fn of_text(declared: Option<&str>, text: &str) -> Language {
        if let Some(code) = declared {
            return Language::of_code(code);
        }
        let detected = (text.len() >= MIN_BYTES_TO_DETECT)
            .then(|| whatlang::detect(text))
            .flatten()
            .filter(|info| info.is_reliable())
            .and_then(|info| primary_subtag(info.lang().code()));
        Language(detected.unwrap_or("en").to_owned())
    }

    /// The primary subtag.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// The stemmer of the language, where Snowball has one.
    pub fn stemmer(&self) -> Option<Stemmer> {
        // Both written standards of Norwegian share one.
        let name = if matches!(self.0.as_str(), "nb" | "nn") { "no" } else { &self.0 };
        Algorithm::from_name(name).ok().map(Stemmer::new)
    }
}

/// The stem of a folded word; the word itself in a language without a stemmer.
pub fn stem(stemmer: Option<&Stemmer>, folded: &str) -> String {
    // The years of a decade: `1980s`.
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

/// UAX #29 keeps words together around these: `Amwaj.Media`, `a:b`, `snake_case`.
const SEPARATORS: [char; 3] = ['.', ':', '_'];
/// Between the parts of a Persian word: `آب‌ها`.
const HALF_SPACE: char = '\u{200c}';

/// The words of `text`, ascending; in a script that sets no spaces, overlapping runs of letters
/// stand for them.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut run = Run::default();
    for (start, word) in text.unicode_word_indices() {
        match script::gram_of(word) {
            Some(gram) => {
                run.take(start, word, gram, &mut words);
                continue;
            }
            None => run.end(&mut words),
        }
        if is_number(word) || is_abbreviation(word) {
            push(&mut words, start, word);
            continue;
        }
        let splits_halves = word.starts_with(script::is_arabic);
        let is_separator = |c| SEPARATORS.contains(&c) || (splits_halves && c == HALF_SPACE);
        let mut at = start;
        for part in word.split(is_separator) {
            push(&mut words, at, part);
            at += part.len();
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    run.end(&mut words);
    words
}

/// Letters in a row of a script without spaces, turned into overlapping words of `gram` letters.
#[derive(Default)]
struct Run {
    /// Each letter with what combines with it.
    letters: Vec<(Range<usize>, String)>,
    gram: usize,
}

impl Run {
    fn take(&mut self, start: usize, letters: &str, gram: usize, words: &mut Vec<Word>) {
        let goes_on = self.letters.last().is_some_and(|(range, _)| range.end == start);
        if !goes_on || self.gram != gram {
            self.end(words);
        }
        self.gram = gram;
        for (at, letter) in letters.grapheme_indices(true) {
            self.letters.push((start + at..start + at + letter.len(), fold(letter)));
        }
    }

    fn end(&mut self, words: &mut Vec<Word>) {
        let gram = self.gram.min(self.letters.len()).max(1);
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

/// Single letters with points between them, such as `U.S`.
fn is_abbreviation(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

fn push(words: &mut Vec<Word>, start: usize, word: &str) {
    let (from, to) = without_clitics(word);
    let folded = fold(&word[from..to]);
    if !folded.is_empty() {
        words.push(Word { range: start + from..start + to, folded });
    }
}

/// The byte range of `word` without an English possessive or a Romance elided article: `Iran’s`,
/// `l’eau`.
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

/// One form for what a reader takes to be the same word.
fn fold(word: &str) -> String {
    // Nearly every word is of these.
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
                // A decimal point counts, the points of `U.S.` do not.
                '.' if !number => {}
                _ => folded.push(c.to_ascii_lowercase()),
            }
            continue;
        }
        fold_wide(c, &mut folded);
    }
    folded
}

fn fold_wide(c: char, folded: &mut String) {
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
        // Arabic and Persian keyboards write the same letters differently.
        'ي' | 'ى' => folded.push('ی'),
        'ك' => folded.push('ک'),
        'ة' => folded.push('ه'),
        '\u{660}'..='\u{669}' => push_digit(c as u32 - 0x660, folded),
        '\u{6f0}'..='\u{6f9}' => push_digit(c as u32 - 0x6f0, folded),
        _ => decompose_compatible(c, |part| {
            // A ligature may stand for several words: `ﷺ`.
            if !is_combining_mark(part) && !part.is_whitespace() {
                folded.extend(part.to_lowercase().filter(|c| !is_combining_mark(*c)));
            }
        }),
    }
}

fn push_digit(digit: u32, folded: &mut String) {
    folded.extend(char::from_digit(digit, 10));
}

/// The code that a language goes by on the web (BCP 47), from the three letters of ISO 639-3.
fn primary_subtag(three: &str) -> Option<&'static str> {
    match three {
        // Known by the languages that they belong to.
        "cmn" => Some("zh"),
        "pes" => Some("fa"),
        _ => {
            let language = isolang::Language::from_639_3(three)?;
            Some(language.to_639_1().unwrap_or(language.to_639_3()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn words_are_folded_alike_however_they_are_written() {
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
