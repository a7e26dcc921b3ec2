//! Invisible control characters, and how to show them. Pure.

use std::borrow::Cow;

/// Returns whether a character is invisible and changes how the text after it is shown: a control
/// character, a line or paragraph separator, or a bidirectional override, embedding or isolate.
pub fn is_unsafe_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Returns `text` with its invisible control characters escaped, as in `\n` or `\u{202e}`. Meant
/// for untrusted text, such as file names, in a terminal or a log.
pub fn escaped(text: &str) -> Cow<'_, str> {
    // Directional marks are legitimate in prose; in a name they only hide something.
    let is_hidden =
        |c: char| is_unsafe_control(c) || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}');
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match c {
        c if is_hidden(c) => c.escape_default().to_string(),
        c => c.to_string(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}
