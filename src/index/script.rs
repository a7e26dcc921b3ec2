//! Scripts without spaces between words, which are indexed as character n-grams. Pure.

/// N-gram size for ideographs and kana, where most words have two letters.
const BIGRAM: usize = 2;
/// N-gram size for alphabets of South-East Asia, where two letters are too common.
const TRIGRAM: usize = 3;

/// Returns the n-gram size for the script of `word`, in letters. Returns `None` if the script sets
/// spaces between words.
pub fn ngram_size(word: &str) -> Option<usize> {
    match word.chars().next()? {
        // Hiragana, Katakana, Bopomofo; ideographs with their extensions.
        '\u{3005}'..='\u{312f}'
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Some(BIGRAM),
        // Thai and Lao, Myanmar, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(TRIGRAM),
        _ => None,
    }
}

/// Returns whether a letter belongs to the Arabic script, which Persian and Urdu also use.
pub fn is_arabic(letter: char) -> bool {
    matches!(
        letter,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
    )
}
