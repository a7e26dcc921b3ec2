//! Code, formulas and escaped characters in Markdown, whose bytes no dialect changes. Pure.

use std::collections::HashMap;
use std::ops::Range;

use super::patterns::pattern;

/// Returns the ascending byte ranges of fenced code, indented code, code spans, formulas and
/// characters after a backslash in `text` from `start` on. `has_indented_code` is false in MDX,
/// where indentation means nothing.
pub fn code_ranges(text: &str, start: usize, has_indented_code: bool) -> Vec<Range<usize>> {
    let mut scanner = Scanner { text, has_indented_code, ..Scanner::default() };
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        scanner.line(at..at + line.len());
        at += line.len();
    }
    scanner.finish(at);
    with_escapes(text, start, scanner.ranges)
}

/// Adds the ranges of escaped punctuation, each with its backslash.
fn with_escapes(text: &str, start: usize, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut all = Vec::with_capacity(ranges.len());
    let mut at = start;
    for range in ranges.into_iter().chain(std::iter::once(text.len()..text.len())) {
        while let Some(found) = text.get(at..range.start).and_then(|part| part.find('\\')) {
            let escape = at + found;
            let is_escape = bytes.get(escape + 1).is_some_and(u8::is_ascii_punctuation);
            at = if is_escape { escape + 2 } else { escape + 1 };
            if is_escape && at <= range.start {
                all.push(escape..at);
            }
        }
        at = range.end.max(at);
        if !range.is_empty() {
            all.push(range);
        }
    }
    all
}

/// The state of a scan line by line.
#[derive(Default)]
struct Scanner<'a> {
    text: &'a str,
    has_indented_code: bool,
    ranges: Vec<Range<usize>>,
    /// Start, mark and length of the open fence.
    fence: Option<(usize, u8, usize)>,
    /// Consecutive lines of prose, in which a code span may cross line ends.
    paragraph: Option<Range<usize>>,
    /// Whether indentation belongs to a list or an admonition.
    is_in_list: bool,
    is_after_blank: bool,
}

pattern!(LIST_MARKER, r#"^(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)|^(?:!!!|\?\?\?|===)"#);
pattern!(CONTAINERS, r"^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*");

impl Scanner<'_> {
    fn line(&mut self, range: Range<usize>) {
        let line = self.text[range.clone()].trim_end();
        let inner = &line[CONTAINERS.find(line).map_or(0, |found| found.end())..];
        let mark = inner.bytes().next().unwrap_or(b' ');
        let length = inner.bytes().take_while(|byte| *byte == mark).count();
        if let Some((start, open, minimum)) = self.fence {
            if mark == open && length >= minimum && inner[length..].trim().is_empty() {
                self.ranges.push(start..range.end);
                self.fence = None;
            }
            return;
        }
        let opens = matches!(mark, b'`' | b'~') && length >= 3;
        if opens && !(mark == b'`' && inner[length..].contains('`')) {
            self.end_paragraph();
            self.fence = Some((range.start, mark, length));
            return;
        }
        if line.trim_matches([' ', '\t', '>']).is_empty() {
            self.end_paragraph();
            self.is_after_blank = true;
            return;
        }
        let is_indented = line.starts_with("    ") || line.starts_with('\t');
        if LIST_MARKER.is_match(line.trim_start_matches([' ', '\t', '>'])) {
            self.is_in_list = true;
        } else if !line.starts_with([' ', '\t']) && self.is_after_blank {
            self.is_in_list = false;
        }
        let is_code = self.has_indented_code && is_indented && !self.is_in_list;
        if is_code && (self.is_after_blank || self.ends_with_code(range.start)) {
            self.ranges.push(range);
        } else {
            let start = self.paragraph.take().map_or(range.start, |open| open.start);
            self.paragraph = Some(start..range.end);
        }
        self.is_after_blank = false;
    }

    fn ends_with_code(&self, at: usize) -> bool {
        self.ranges.last().is_some_and(|range| range.end == at)
    }

    /// Ends the lines of prose: finds their code spans and formulas.
    fn end_paragraph(&mut self) {
        let Some(range) = self.paragraph.take() else { return };
        let text = &self.text[range.clone()];
        let spans = code_spans(text);
        let is_in_span = |at: usize| spans[..spans.partition_point(|span| span.start <= at)].last();
        let formulas = formulas(text).into_iter();
        let formulas = formulas.filter(|formula| {
            is_in_span(formula.start).is_none_or(|span| span.end <= formula.start)
        });
        let mut found: Vec<_> = spans.iter().cloned().chain(formulas).collect();
        found.sort_by_key(|span| span.start);
        let shift = |span: Range<usize>| range.start + span.start..range.start + span.end;
        self.ranges.extend(found.into_iter().map(shift));
    }

    fn finish(&mut self, end: usize) {
        self.end_paragraph();
        if let Some((start, _, _)) = self.fence {
            self.ranges.push(start..end);
        }
    }
}

/// Maximum length of a formula within a line, in bytes. Two sums of money are further apart.
const MAX_FORMULA_BYTES: usize = 200;

/// Returns the formulas of a paragraph between one or two dollar signs.
fn formulas(text: &str) -> Vec<Range<usize>> {
    let mut formulas = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('$') {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    for run in runs {
        let closes = |start: &Range<usize>| {
            let inner = &text[start.end..run.start];
            start.len() == run.len()
                && (run.len() == 2
                    || (inner.len() <= MAX_FORMULA_BYTES
                        && !inner.contains('\n')
                        && !inner.starts_with(char::is_whitespace)
                        && !inner.ends_with(char::is_whitespace)))
        };
        match open.take().filter(closes) {
            Some(start) => formulas.push(start.start..run.end),
            None if run.len() <= 2 => open = Some(run),
            None => {}
        }
    }
    formulas
}

/// Returns the code spans of a paragraph, backticks included.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    // For each length, the positions of its runs in `runs`, last first.
    let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
    for (position, run) in runs.iter().enumerate().rev() {
        by_length.entry(run.len()).or_default().push(position);
    }
    let mut spans = Vec::new();
    let mut next = 0;
    while let Some(run) = runs.get(next) {
        let closing = by_length.get_mut(&run.len()).and_then(|positions| {
            while positions.last().is_some_and(|position| *position <= next) {
                positions.pop();
            }
            positions.last().copied()
        });
        next += 1;
        let is_escaped = text[..run.start].ends_with('\\');
        if let Some(closing) = closing.filter(|_| !is_escaped) {
            spans.push(run.start..runs[closing].end);
            next = closing + 1;
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_ranges_are_fences_indented_lines_spans_and_formulas() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            let ranges = code_ranges(text, 0, true);
            let found: Vec<_> = ranges.into_iter().map(|range| text[range].trim_end()).collect();
            assert_eq!(found, expected, "{text:?}");
        }
        check("a `b` ``c ` d`` \\`e` `f", &["`b`", "``c ` d``", "\\`", "` `"]);
        check("```rs\na\n``\n```\nb", &["```rs\na\n``\n```"]);
        check("- a\n  ~~~\n  b\n  ~~~\n", &["  ~~~\n  b\n  ~~~"]);
        check("> ```\n> a", &["> ```\n> a"]);
        check("a\n\n    b\n\n    c\n\nd", &["    b", "    c"]);
        check("a\n    b", &[]);
        check("- a\n\n    b", &[]);
        check("a $x_{{1}}$ b $5 and $6 c", &["$x_{{1}}$"]);
        check("$$\na\n$$", &["$$\na\n$$"]);
    }
}
