//! Code within a line: which bytes of the file show as it. Pure.

use std::ops::Range;

/// The ranges of `source`, what stands between the ticks, that show as `shown`, ascending: without the
/// spaces at its ends, the marks of quotations at the beginning of its lines and the backslashes before
/// bars in a table. Line ends, which show as spaces, stay what they are. `None` if it cannot be read so.
pub fn pieces(source: &str, shown: &str) -> Option<Vec<Range<usize>>> {
    let is_padded = source.starts_with([' ', '\n', '\r']) && source.len() > shown.len();
    let padded = || read(source, shown, 1);
    is_padded.then(padded).flatten().or_else(|| read(source, shown, 0))
}

fn read(source: &str, shown: &str, start: usize) -> Option<Vec<Range<usize>>> {
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
    fn code_is_the_bytes_of_its_file() {
        let check = |source: &str, shown: &str, expected: Option<&str>| {
            let pieces = pieces(source, shown);
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
