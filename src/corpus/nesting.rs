//! How deep quotations and lists of a Markdown text stand within each other. Pure.
//!
//! The parser goes through all that is open at every line, so that a text which opens thousands and
//! then has many lines takes it hours.

/// So many are never written by hand.
const MAX_DEPTH: usize = 100;
/// A list within a list stands further to the right, in columns.
const MAX_INDENT: usize = 5 * MAX_DEPTH;

/// The first line, from 1, that begins within more quotations, lists and footnotes than may be.
pub fn too_deep(text: &str) -> Option<usize> {
    text.lines().position(is_too_deep).map(|line| line + 1)
}

fn is_too_deep(line: &str) -> bool {
    let (mut depth, mut indent, mut rest) = (0, 0, line);
    // `- - -` is a rule.
    if line.len() <= MAX_DEPTH
        || line.chars().all(|c| matches!(c, '-' | '*' | '_' | ' ' | '\t' | '\r'))
    {
        return false;
    }
    loop {
        let inner = rest.trim_start_matches([' ', '\t']);
        indent += rest.len() - inner.len();
        let Some(after) = after_marker(inner) else { return false };
        depth += 1;
        if depth > MAX_DEPTH || indent > MAX_INDENT {
            return true;
        }
        rest = after;
    }
}

/// What comes after the mark of a quotation, an item or a footnote.
fn after_marker(text: &str) -> Option<&str> {
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
    fn only_what_nobody_writes_is_too_deep() {
        let check = |text: &str, expected| assert_eq!(too_deep(text), expected, "{text:.40}");
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
