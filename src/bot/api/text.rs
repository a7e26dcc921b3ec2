//! Texts of a Bot API server, made safe for a log line.

/// Maximum length of a server's text in a log line, in characters.
const MAX_CHARS: usize = 500;

/// Returns the start of a server's text without control characters and line separators.
pub fn log_safe(text: &str) -> String {
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let text = text.chars().take(MAX_CHARS);
    text.map(|c| if breaks_line(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_safe_texts_are_short_and_on_one_line() {
        let check = |text: &str, expected: &str| assert_eq!(log_safe(text), expected, "{text:?}");
        check("Bad Request: chat not found", "Bad Request: chat not found");
        check("a\nERROR \u{1b}[31m\u{2028}b", "a ERROR  [31m b");
        assert_eq!(log_safe(&"я".repeat(501)).chars().count(), 500);
    }
}
