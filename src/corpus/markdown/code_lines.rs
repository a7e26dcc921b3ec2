//! Lines of code blocks that a page does not show. Pure.

use std::ops::Range;

use super::patterns::pattern;

pattern!(
    DIRECTIVE,
    r"^\s*(?:\{\{\s*#\w+[^{}]*\}\}|-+8<-+.*|\{%-?\s*(?:end)?raw\s*-?%\}|(?://|#|--|<!--)\s*ANCHOR(?:_END)?:.*)\s*$"
);

/// Returns the byte ranges of the lines that are shown, each with its line end. Hidden are
/// instructions to include another file and, in Rust, lines that begin with `# `.
pub fn shown_lines(code: &str, info: Option<&str>) -> Vec<Range<usize>> {
    let language = info.unwrap_or("").split([',', ' ', '{']).next().unwrap_or("");
    let is_rust = matches!(language, "rust" | "rs");
    let mut shown: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        let range = at..at + line.len();
        at += line.len();
        let trimmed = line.trim();
        let is_hidden = (is_rust && (trimmed == "#" || trimmed.starts_with("# ")))
            || (line.contains(['{', '<', 'A']) && DIRECTIVE.is_match(line));
        match shown.last_mut() {
            _ if is_hidden => {}
            Some(last) if last.end == range.start => last.end = range.end,
            _ => shown.push(range),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_lines_that_are_hidden_are_left_out() {
        let check = |code: &str, info: Option<&str>, expected: &str| {
            let lines = shown_lines(code, info);
            let shown: String = lines.into_iter().map(|line| &code[line]).collect();
            assert_eq!(shown, expected, "{code:?}");
        };
        check("# use a;\nlet b;\n#\n#[c]\n", Some("rust,ignore"), "let b;\n#[c]\n");
        check("# a\nb\n", Some("sh"), "# a\nb\n");
        check("{{#include a.rs:3}}\n", Some("rust"), "");
        check("// ANCHOR: a\nlet b;\n// ANCHOR_END: a\n", None, "let b;\n");
        check("{% raw %}\n{{ a }}\n{% endraw %}", None, "{{ a }}\n");
    }
}
