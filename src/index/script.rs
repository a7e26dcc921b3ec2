//! Which scripts set no spaces between words, and how their texts are cut instead. Pure.

/// Ideographs and kana: most words have two letters.
const PAIRS: usize = 2;
/// Alphabets of South-East Asia: a run of three letters tells more.
const TRIPLES: usize = 3;

/// How many letters in a row stand for a word in the script of `word`; `None` where words are set
/// apart by spaces.
pub fn gram_of(word: &str) -> Option<usize> {
    match word.chars().next()? {
        // Hiragana, Katakana, Bopomofo; ideographs with their extensions.
        '\u{3005}'..='\u{312f}'
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Some(PAIRS),
        // Thai and Lao, Myanmar, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(TRIPLES),
        _ => None,
    }
}

/// Whether a letter is of the Arabic script, which Persian and Urdu write, too.
pub fn is_arabic(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}
