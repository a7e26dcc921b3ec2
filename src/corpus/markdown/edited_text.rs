//! Edited texts: a text without some of its bytes and with some markup inserted, which knows where
//! each remaining byte was. Pure.
//!
//! Removal and insertion turn the markup of a dialect into CommonMark before parsing. Inserted
//! bytes have no position in the file, so they never become visible text.

use std::ops::Range;

/// A replacement of a byte range of a text, which may be empty, by markup.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub range: Range<usize>,
    pub insert: String,
}

/// A text after its edits.
pub struct EditedText {
    pub text: String,
    /// Kept parts, ascending: start in the edited text, and byte range in the file.
    kept: Vec<(usize, Range<usize>)>,
}

impl EditedText {
    /// Applies edits to the part of `file` from the byte `start` on. Of edits that overlap, the
    /// first one inserts, and all of them remove.
    pub fn new(file: &str, start: usize, mut edits: Vec<Edit>) -> EditedText {
        edits.sort_by_key(|edit| (edit.range.start, std::cmp::Reverse(edit.range.end)));
        let mut edited = EditedText { text: String::with_capacity(file.len()), kept: Vec::new() };
        let mut at = start;
        for edit in edits {
            if edit.range.start >= at {
                edited.keep(file, at..edit.range.start);
                edited.text.push_str(&edit.insert);
            }
            at = at.max(edit.range.end);
        }
        edited.keep(file, at..file.len());
        edited
    }

    fn keep(&mut self, file: &str, range: Range<usize>) {
        if !range.is_empty() {
            let at = self.text.len();
            self.text.push_str(&file[range.clone()]);
            self.kept.push((at, range));
        }
    }

    /// Returns the parts of `range` that come from the file: byte ranges of the edited text and of
    /// the file, which are equal in length.
    pub fn pieces(&self, range: Range<usize>) -> Vec<(Range<usize>, Range<usize>)> {
        let first = self.kept.partition_point(|(at, file)| at + file.len() <= range.start);
        let mut pieces = Vec::new();
        for (at, file) in &self.kept[first..] {
            let (from, to) = (range.start.max(*at), range.end.min(at + file.len()));
            if *at >= range.end {
                break;
            }
            if from < to {
                pieces.push((from..to, file.start + (from - at)..file.start + (to - at)));
            }
        }
        pieces
    }

    /// Returns the byte range of the file from the first to the last kept byte of `range`. Returns
    /// `None` if no byte of it is kept.
    pub fn file_range(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.kept.partition_point(|(at, file)| at + file.len() <= range.start);
        let last = self.kept.partition_point(|(at, _)| *at < range.end).checked_sub(1)?;
        let ((start, file), (end, end_file)) = (self.kept.get(first)?, self.kept.get(last)?);
        let from = file.start + range.start.saturating_sub(*start);
        let to = end_file.start + (range.end - end).min(end_file.len());
        (first <= last && from < to).then_some(from..to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edited_text_knows_the_file_positions_of_its_bytes() {
        let edit = |range, insert: &str| Edit { range, insert: insert.to_owned() };
        let file = "--tide %% x %% rises ==now==";
        let edits = vec![edit(7..15, ""), edit(21..23, "<"), edit(26..28, ">"), edit(9..12, "?")];
        let edited = EditedText::new(file, 2, edits);
        assert_eq!(edited.text, "tide rises <now>");
        assert_eq!(edited.pieces(3..7), [(3..5, 5..7), (5..7, 15..17)]);
        assert_eq!(edited.pieces(11..16), [(12..15, 23..26)]);
        assert_eq!(edited.file_range(0..16), Some(2..26));
        assert_eq!(edited.file_range(4..6), Some(6..16));
        assert_eq!(edited.file_range(11..12), None);
        assert_eq!(EditedText::new("", 0, Vec::new()).file_range(0..0), None);
    }
}
