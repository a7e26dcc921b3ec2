//! Links to a quote and to a section. Pure.
//!
//! A text fragment (`#:~:text=`, WICG draft "URL Fragment Text Directives") addresses a quote by
//! the first and last words of the quote.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_segmentation::UnicodeSegmentation;

/// Escaped characters of a text directive, where `-`, `,` and `&` are syntax.
const TEXT_DIRECTIVE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'~');
/// Escaped characters of a path.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'_').remove(b'~').remove(b'-');
/// Maximum length of a quote that a directive has as a whole, in chars.
const MAX_WHOLE_CHARS: usize = 80;
/// Number of words at each end of a longer quote.
const END_WORDS: usize = 5;
/// Maximum length of a directive, in bytes. Text with longer words gets a link to the page only.
const MAX_DIRECTIVE_BYTES: usize = 2 << 10;

/// Start of the address of a post, which Telegram opens itself and which has no text fragment.
const TELEGRAM_POST: &str = "https://t.me/";

/// Returns `source#:~:text=…`, which scrolls a browser to `quote`, a line without breaks. A post in
/// Telegram is linked as a whole.
pub fn to_quote(source: &str, quote: &str) -> String {
    if source.starts_with(TELEGRAM_POST) {
        return source.to_owned();
    }
    let separator = if source.contains('#') { ":~:" } else { "#:~:" };
    let directive = directive(quote);
    match directive.len() <= MAX_DIRECTIVE_BYTES {
        true => format!("{source}{separator}text={directive}"),
        false => source.to_owned(),
    }
}

/// Returns `source#page=N`, which opens a PDF at a page (RFC 8118, section 3).
pub fn to_page(source: &str, page: u32) -> String {
    match source.contains('#') {
        true => source.to_owned(),
        false => format!("{source}#page={page}"),
    }
}

/// Returns `dir/file#anchor`, or `dir/file` for an empty anchor.
pub fn to_anchor(dir: &str, file: &str, anchor: &str) -> String {
    let dir = dir.trim_end_matches('/');
    let file = utf8_percent_encode(file, PATH);
    match anchor {
        "" => format!("{dir}/{file}"),
        anchor => format!("{dir}/{file}#{anchor}"),
    }
}

/// Returns the value of a text directive for a quote.
fn directive(quote: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, TEXT_DIRECTIVE).to_string();
    if quote.chars().count() <= MAX_WHOLE_CHARS {
        return encode(quote);
    }
    let words: Vec<_> = quote.split_whitespace().collect();
    // A script without spaces needs the Unicode rules for words.
    let words = match words.len() > 2 * END_WORDS {
        true => words,
        false => quote.unicode_words().collect(),
    };
    if words.len() <= 2 * END_WORDS {
        let (end, _) = quote.char_indices().nth(MAX_WHOLE_CHARS).unwrap_or((quote.len(), ' '));
        return encode(&quote[..end]);
    }
    // The ends are slices of the quote, so that they keep its white space.
    let start = end_of(quote, words[END_WORDS - 1]);
    let end = start_of(quote, words[words.len() - END_WORDS]);
    format!("{},{}", encode(&quote[..start]), encode(&quote[end..]))
}

/// Returns the byte offset of the end of `word`, a slice of `text`.
fn end_of(text: &str, word: &str) -> usize {
    start_of(text, word) + word.len()
}

/// Returns the byte offset of `word`, a slice of `text`.
fn start_of(text: &str, word: &str) -> usize {
    word.as_ptr() as usize - text.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_addresses_a_long_quote_without_spaces_by_its_ends() {
        let quote = "水".repeat(200);
        assert_eq!(directive(&quote).len(), "%E6%B0%B4".len() * 10 + 1);
        assert_eq!(directive(&"a".repeat(5_000)).len(), 80);
    }

    #[test]
    fn link_addresses_a_long_quote_by_its_ends() {
        assert_eq!(
            directive("Iran’s water-share, 1973"),
            "Iran%E2%80%99s%20water%2Dshare%2C%201973"
        );
        assert_eq!(
            directive(
                "One two three four five six seven eight nine ten eleven twelve thirteen fourteen, fifteen sixteen."
            ),
            "One%20two%20three%20four%20five,twelve%20thirteen%20fourteen%2C%20fifteen%20sixteen."
        );
    }
}
