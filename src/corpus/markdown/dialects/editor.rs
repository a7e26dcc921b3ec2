//! The editor of a Markdown text: collects edits outside of code. Pure.

use std::ops::Range;

use regex::{Captures, Regex};

use super::super::edited_text::Edit;

/// A block that no reader of the text sees, at a byte offset of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    pub at: usize,
    pub what: LeftOutKind,
}

/// The kind of a block that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutKind {
    /// Another file, which the site generator inserts.
    Include,
    /// A component that has no text of its own.
    Component,
    /// A script, a style sheet, a drawing or a frame.
    Script,
}

/// Line that ends a title of a block: the character is interpreted by the reader of the events and
/// never becomes text.
pub const TITLE_END: char = '\u{1}';

/// The edits of a text so far.
pub struct Editor<'a> {
    pub text: &'a str,
    /// Byte offset at which the text after the front matter starts.
    pub start: usize,
    pub is_mdx: bool,
    /// Code and formulas, which stay as they are.
    code: Vec<Range<usize>>,
    pub edits: Vec<Edit>,
    pub left_out: Vec<LeftOut>,
}

impl<'a> Editor<'a> {
    pub fn new(text: &'a str, start: usize, is_mdx: bool, code: Vec<Range<usize>>) -> Editor<'a> {
        Editor { text, start, is_mdx, code, edits: Vec::new(), left_out: Vec::new() }
    }

    /// Returns whether the byte at `at` is in code or in a formula.
    pub fn is_code(&self, at: usize) -> bool {
        self.code_end(at).is_some()
    }

    /// Returns the end of the code or formula around `at`.
    pub fn code_end(&self, at: usize) -> Option<usize> {
        let after = self.code.partition_point(|range| range.start <= at);
        self.code[..after].last().map(|range| range.end).filter(|end| at < *end)
    }

    /// Removes `range`. Of the spaces around it, one side remains.
    pub fn remove(&mut self, range: Range<usize>) {
        let before = self.text[..range.start].chars().next_back();
        let follows_space = before.is_none_or(char::is_whitespace);
        let end = match follows_space && self.text[range.end..].starts_with(' ') {
            true => range.end + 1,
            false => range.end,
        };
        self.replace(range.start..end, "");
    }

    /// Removes exactly `range`.
    pub fn cut(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// Replaces `range` by markup.
    pub fn replace(&mut self, range: Range<usize>, insert: &str) {
        self.edits.push(Edit { range, insert: insert.to_owned() });
    }

    /// Records a block that is left out.
    pub fn leave_out(&mut self, at: usize, what: LeftOutKind) {
        self.left_out.push(LeftOut { at, what });
    }

    /// Calls `edit` with every match of `pattern` that does not start in code. The positions of
    /// the captures are relative to the second argument of `edit`, the start of the text.
    pub fn each(&mut self, pattern: &Regex, mut edit: impl FnMut(&mut Self, &Captures<'a>, usize)) {
        let (text, start) = (self.text, self.start);
        for found in pattern.captures_iter(&text[start..]) {
            let at = found.get(0).map_or(0, |whole| whole.start());
            if !self.is_code(start + at) {
                edit(self, &found, start);
            }
        }
    }
}

/// Returns the byte range of a group in the file, for a match in the text from `start` on.
pub fn group(found: &Captures<'_>, name: usize, start: usize) -> Option<Range<usize>> {
    found.get(name).map(|group| group.start() + start..group.end() + start)
}
