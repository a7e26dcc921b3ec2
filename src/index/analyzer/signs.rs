//! Names with signs: `C++`, `F#`, `AT&T`, `.NET`. Pure.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Maximum length of a name before `++` or `#`, in letters. In longer names, such as `Notepad++`,
/// the signs decide nothing.
const MAX_LETTERS: usize = 2;
/// Maximum length of the words on both sides of `&` in a name, in letters.
const MAX_SIDE: usize = 3;

/// Returns the byte range and the folded form of a name with signs whose first word is `word`, at
/// the byte `start` of `text`.
pub fn name_with_signs(text: &str, start: usize, word: &str) -> Option<(Range<usize>, String)> {
    let (before, after) = (&text[..start], &text[start + word.len()..]);
    let is_short = |word: &str, limit: usize| {
        word.chars().count() <= limit && word.chars().all(char::is_alphabetic)
    };
    // The end of a host name or of a path is another name: `a.net`.
    let follows_word = |text: &str| text.ends_with(|c: char| c.is_alphanumeric() || c == '/');
    if word.eq_ignore_ascii_case("net")
        && let Some(before) = before.strip_suffix('.').filter(|before| !follows_word(before))
    {
        return Some((before.len()..start + word.len(), ".net".to_owned()));
    }
    if is_short(word, MAX_LETTERS) {
        let signs = if after.starts_with("++") { 2 } else { usize::from(after.starts_with('#')) };
        let ends = !after[signs..].starts_with(|c: char| c.is_alphanumeric() || "+#".contains(c));
        if signs > 0 && ends {
            let name = word.to_lowercase() + &after[..signs];
            return Some((start..start + word.len() + signs, name));
        }
    }
    let other = after.strip_prefix('&')?.unicode_word_indices().next()?;
    let is_name = other.0 == 0 && is_short(word, MAX_SIDE) && is_short(other.1, MAX_SIDE);
    let end = start + word.len() + 1 + other.1.len();
    is_name.then(|| (start..end, text[start..end].to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::super::words;

    #[test]
    fn signs_belong_to_short_names() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<_> = words(text).into_iter().map(|word| word.folded).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("C++, C#; C. F# c++?", &["c++", "c#", "c", "f#", "c++"]);
        check("a+b C+D x++y Notepad++", &["a", "b", "c", "d", "x", "y", "notepad"]);
        check("AT&T R&D salt&pepper a & b", &["at&t", "r&d", "salt", "pepper", "a", "b"]);
        check("(.NET) in .net, ASP.NET a.net", &[".net", "in", ".net", "asp", "net", "a", "net"]);
        check("$TSLA @ada #water", &["tsla", "ada", "water"]);
    }
}
