//! Links to the very place of a quote. Pure.
//!
//! A text fragment (`#:~:text=`, the WICG draft "URL Fragment Text Directives") names the quote's
//! beginning and end in the quote's own words.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use unicode_segmentation::UnicodeSegmentation;

use super::{Excerpt, Place};

/// A text directive gives meaning to `-`, `,` and `&`; the rest follows the URL standard.
const TEXT_DIRECTIVE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'_').remove(b'~').remove(b'-');
/// A shorter quote is given whole.
const MAX_WHOLE_CHARS: usize = 80;
const WORDS_AT_AN_END: usize = 5;
/// A longer one has words that are none; the address alone still leads to the page.
const MAX_DIRECTIVE_BYTES: usize = 2 << 10;

impl Excerpt {
    /// `source_url#:~:text=…` to the answering sentence, if the article names its source.
    pub fn source_link(&self) -> Option<String> {
        let source = self.place().article.source_url.as_deref()?;
        let joint = if source.contains('#') { ":~:" } else { "#:~:" };
        let directive = directive(self.first_line());
        Some(match directive.len() <= MAX_DIRECTIVE_BYTES {
            true => format!("{source}{joint}text={directive}"),
            false => source.to_owned(),
        })
    }

    /// A text fragment cannot span blocks, and a quote with several lines may.
    fn first_line(&self) -> &str {
        self.quote().lines().find(|line| !line.trim().is_empty()).unwrap_or(self.quote()).trim()
    }
}

impl Place {
    /// `DIR/FILE.md#anchor`, where `dir` is the corpus directory as the reader knows it.
    pub fn file_link(&self, dir: &str) -> String {
        let dir = dir.trim_end_matches('/');
        let file = utf8_percent_encode(&self.article.file, PATH);
        match self.section().anchor.as_str() {
            "" => format!("{dir}/{file}"),
            anchor => format!("{dir}/{file}#{anchor}"),
        }
    }
}

fn directive(quote: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, TEXT_DIRECTIVE).to_string();
    if quote.chars().count() <= MAX_WHOLE_CHARS {
        return encode(quote);
    }
    let words: Vec<_> = quote.split_whitespace().collect();
    // Some scripts have no spaces.
    let words = match words.len() > 2 * WORDS_AT_AN_END {
        true => words,
        false => quote.unicode_words().collect(),
    };
    if words.len() <= 2 * WORDS_AT_AN_END {
        let (end, _) = quote.char_indices().nth(MAX_WHOLE_CHARS).unwrap_or((quote.len(), ' '));
        return encode(&quote[..end]);
    }
    // White space within is the text's own: an end is a slice, never words joined anew.
    let start = end_of(quote, words[WORDS_AT_AN_END - 1]);
    let end = start_of(quote, words[words.len() - WORDS_AT_AN_END]);
    format!("{},{}", encode(&quote[..start]), encode(&quote[end..]))
}

/// One past the end of `word`, a slice of `text`.
fn end_of(text: &str, word: &str) -> usize {
    start_of(text, word) + word.len()
}

fn start_of(text: &str, word: &str) -> usize {
    word.as_ptr() as usize - text.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_quote_without_spaces_is_named_by_its_ends_too() {
        let quote = "水".repeat(200);
        assert_eq!(directive(&quote).len(), "%E6%B0%B4".len() * 10 + 1);
        assert_eq!(directive(&"a".repeat(5_000)).len(), 80);
    }

    #[test]
    fn a_long_quote_is_named_by_its_ends() {
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
