//! Titles, headings and names as single lines of limited length. Pure.

use super::escape::is_unsafe_control;

/// Maximum length of a title or a heading, in chars. Each passage is shown below both.
pub const MAX_TITLE_CHARS: usize = 300;

/// Returns `text` in one line: white space is collapsed and control characters are removed.
pub fn single_line(text: &str) -> String {
    let text = text.replace(is_unsafe_control, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether a text has more than [`MAX_TITLE_CHARS`].
pub fn is_too_long_for_title(text: &str) -> bool {
    text.chars().nth(MAX_TITLE_CHARS).is_some()
}
