//! Limit on the nesting depth of quotations, lists and footnotes in Markdown. Pure.
//!
//! The Markdown parser visits every open block at every line. A text with thousands of open blocks
//! and many lines would take hours.

/// Maximum depth, far above that of any text written by hand.
const MAX_DEPTH: usize = 100;
/// Maximum indentation of a list marker, in columns: nested lists are indented further.
const MAX_INDENT: usize = 5 * MAX_DEPTH;

/// Returns the first line, counted from 1, that exceeds the depth or the indentation.
pub fn first_too_deep_line(text: &str) -> Option<usize> {
    text.lines().position(is_too_deep).map(|line| line + 1)
}

fn is_too_deep(line: &str) -> bool {
    let (mut depth, mut indent, mut rest) = (0, 0, line);
    // A thematic break such as `- - -` is not nested.
    if line.len() <= MAX_DEPTH
        || line.chars().all(|c| matches!(c, '-' | '*' | '_' | ' ' | '\t' | '\r'))
    {
        return false;
    }
    loop {
        let inner = rest.trim_start_matches([' ', '\t']);
        indent += rest.len() - inner.len();
        let Some(after) = strip_marker(inner) else { return false };
        depth += 1;
        if depth > MAX_DEPTH || indent > MAX_INDENT {
            return true;
        }
        rest = after;
    }
}

/// Returns the text after the marker of a quotation, a list item or a footnote.
fn strip_marker(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('>') {
        return Some(after);
    }
    if let Some(note) = text.strip_prefix("[^") {
        return note.split_once("]:").map(|(_, after)| after);
    }
    let after = match text.strip_prefix(['-', '+', '*']) {
        Some(after) => after,
        None => {
            let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let has_number = number.len() < text.len();
            number.strip_prefix(['.', ')']).filter(|_| has_number)?
        }
    };
    (after.is_empty() || after.starts_with([' ', '\t'])).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_limited_to_a_hundred_markers() {
        let check =
            |text: &str, expected| assert_eq!(first_too_deep_line(text), expected, "{text:.40}");
        check("> - 1. [^a]: + * tide", None);
        check(&format!("{}tide", "> ".repeat(100)), None);
        check(&format!("a\n{}tide", "> ".repeat(101)), Some(2));
        check(&format!("{}tide", ">".repeat(101)), Some(1));
        check(&format!("{}tide", "- ".repeat(101)), Some(1));
        check(&format!("{}tide", "1. ".repeat(101)), Some(1));
        check(&format!("{}tide", "[^a]: ".repeat(101)), Some(1));
        check(&format!("{}- tide", " ".repeat(501)), Some(1));
        check(&format!("{}tide", " ".repeat(5_000)), None);
        for rule in ["- ", "-", "* ", "_"] {
            check(&rule.repeat(300), None);
        }
        check(&format!("**{}**", "a".repeat(300)), None);
        check(&"1".repeat(300), None);
    }
}
