//! Code spans: the bytes of the file that make up the visible code. Pure.

use std::ops::Range;

/// Returns the ascending ranges of `source`, the text between the backticks, that make up `shown`.
/// They leave out the spaces at both ends, the quotation markers at the start of lines and the
/// backslashes before bars in a table. A line end is part of a range although it shows as a space.
/// Returns `None` if `source` does not match `shown`.
pub fn source_ranges(source: &str, shown: &str) -> Option<Vec<Range<usize>>> {
    let is_padded = source.starts_with([' ', '\n', '\r']) && source.len() > shown.len();
    let padded = || match_source(source, shown, 1);
    is_padded.then(padded).flatten().or_else(|| match_source(source, shown, 0))
}

/// Matches `shown` against `source` from the byte `start` on.
fn match_source(source: &str, shown: &str, start: usize) -> Option<Vec<Range<usize>>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let (mut at, mut begins_line) = (start, start > 0);
    for c in shown.chars() {
        let length = loop {
            let rest = source.get(at..)?;
            let escaped = rest.strip_prefix('\\').is_some_and(|rest| rest.starts_with(c));
            match rest.chars().next()? {
                next if next == c => break c.len_utf8(),
                '\n' | '\r' if c == ' ' => break 1,
                ' ' | '\t' | '>' if begins_line => at += 1,
                '\\' if escaped => at += 1,
                _ => return None,
            }
        };
        begins_line = source[at..].starts_with(['\n', '\r'])
            || (begins_line && matches!(c, ' ' | '\t' | '>'));
        match pieces.last_mut() {
            Some(last) if last.end == at => last.end += length,
            _ => pieces.push(at..at + length),
        }
        at += length;
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_span_maps_to_the_bytes_of_its_file() {
        let check = |source: &str, shown: &str, expected: Option<&str>| {
            let pieces = source_ranges(source, shown);
            let text =
                pieces.map(|pieces| pieces.into_iter().map(|at| &source[at]).collect::<String>());
            assert_eq!(text.as_deref(), expected, "{source:?}");
        };
        check("tide", "tide", Some("tide"));
        check(" `tide` ", "`tide`", Some("`tide`"));
        check("  ", "  ", Some("  "));
        check("a\nb", "a b", Some("a\nb"));
        check("a\r\nb", "a  b", Some("a\r\nb"));
        check("a\n> b", "a b", Some("a\nb"));
        check("a\n  b", "a   b", Some("a\n  b"));
        check("a\n\t\tb", "a \tb", Some("a\n\tb"));
        check("a\\|b", "a|b", Some("a|b"));
        check("\na\n", "a", Some("a"));
        check("tide", "ebb", None);
    }
}
