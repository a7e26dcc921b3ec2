//! Lengths and cuts of plain text. Telegram counts a message in UTF-16 code units.

use std::borrow::Cow;

use crate::corpus::article::Section;
use crate::render::messages::Messages;

/// Maximum length of a title or heading in a message, in UTF-16 code units.
pub const MAX_NAME_UNITS: usize = 150;

/// Returns the section's heading, or the localized word for the text before the first heading.
pub fn section_title<'a>(section: &'a Section, messages: &Messages) -> Cow<'a, str> {
    match &section.heading {
        Some(heading) => Cow::Borrowed(heading),
        None => Cow::Owned(messages.opening()),
    }
}

/// Returns at most `max_units` UTF-16 code units of the text, followed by `…` if it is longer.
pub fn truncate(text: &str, max_units: usize) -> Cow<'_, str> {
    match prefix_len(text, max_units) {
        end if end == text.len() => Cow::Borrowed(text),
        end => Cow::Owned(format!("{}…", text[..end].trim_end())),
    }
}

/// Wraps a name whose writing direction differs from the language's in Unicode isolates, so that
/// the name does not reorder the line around it.
pub fn isolate<'a>(text: &'a str, messages: &Messages) -> Cow<'a, str> {
    let is_right_to_left = text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}'));
    if is_right_to_left == messages.locale().is_right_to_left() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("\u{2068}{text}\u{2069}"))
}

/// Returns the length of the text in UTF-16 code units.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Returns the length in bytes of the longest prefix with at most `max_units` UTF-16 code units.
pub fn prefix_len(text: &str, max_units: usize) -> usize {
    let mut left = max_units;
    for (at, c) in text.char_indices() {
        match left.checked_sub(c.len_utf16()) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn prefix_is_as_long_as_allowed(text in "[a-zé😀]{0,40}", limit in 0usize..50) {
            let end = prefix_len(&text, limit);
            prop_assert!(utf16_len(&text[..end]) <= limit);
            if let Some(next) = text[end..].chars().next() {
                prop_assert!(utf16_len(&text[..end]) + next.len_utf16() > limit);
            }
        }
    }
}
