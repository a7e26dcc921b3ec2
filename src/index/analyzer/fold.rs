//! Folding: one form for all spellings that readers consider the same word. Pure.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::number;

/// Returns the byte range of `word` without an English possessive or a Romance elided article, as
/// in `Iran’s` and `l’eau`.
pub fn without_clitics(word: &str) -> (usize, usize) {
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

/// Folds a word: returns one form for all spellings that readers consider the same word.
pub fn fold(word: &str) -> String {
    // Fast path for nearly every word.
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word.to_ascii_lowercase();
    }
    if number::is_number(word) {
        return number::folded(word);
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            match c {
                // Drops the full stops of `U.S.`.
                '\'' | '.' => {}
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
        '’' | '\u{640}' => {}
        c if is_invisible(c) => {}
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
        _ => decompose_compatible(c, |part| {
            // A ligature such as `ﷺ` decomposes into several words.
            if !is_combining_mark(part) && !part.is_whitespace() {
                folded.extend(part.to_lowercase().filter(|c| !is_combining_mark(*c)));
            }
        }),
    }
}

/// Returns whether a character inside of a word has no visible effect, such as a soft hyphen, a
/// word joiner, a byte order mark or a mark of direction.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}
