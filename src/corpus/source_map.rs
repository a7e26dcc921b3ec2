//! Source maps: visible text with the position of each byte in its file. Pure.

use std::ops::Range;

use super::article::{Origin, Span};

/// A visible text that grows, with the file positions of its bytes.
#[derive(Debug, Clone, Default)]
pub struct MappedText {
    pub text: String,
    pub origin: Origin,
}

impl MappedText {
    /// Appends `shown`, which comes from the byte range `file`: literally, or as a character
    /// reference.
    pub fn push(&mut self, shown: &str, file: Range<usize>) {
        if shown.is_empty() {
            return;
        }
        let text = self.text.len()..self.text.len() + shown.len();
        self.text.push_str(shown);
        let literal = file.len() == shown.len();
        match self.origin.runs.last_mut() {
            Some(last)
                if literal && last.file.len() == last.text.len() && last.file.end == file.start =>
            {
                last.text.end = text.end;
                last.file.end = file.end;
            }
            _ => self.origin.runs.push(Span { text, file }),
        }
    }

    /// Returns the parts of the text at `ranges`, which ascend and do not overlap. An inline
    /// element goes into a part that contains all of it except white space.
    pub fn slices(&self, ranges: &[Range<usize>]) -> Vec<MappedText> {
        let part = |range: &Range<usize>| MappedText {
            text: self.text[range.clone()].to_owned(),
            origin: Origin::default(),
        };
        let mut parts: Vec<_> = ranges.iter().map(part).collect();
        let first_after = |at: usize| ranges.partition_point(|range| range.end <= at);
        for run in &self.origin.runs {
            let is_literal = run.file.len() == run.text.len();
            for (range, part) in ranges.iter().zip(&mut parts).skip(first_after(run.text.start)) {
                if range.start >= run.text.end {
                    break;
                }
                let text = intersection_in(&run.text, range);
                let start = run.file.start + range.start.saturating_sub(run.text.start);
                let file = if is_literal { start..start + text.len() } else { run.file.clone() };
                part.origin.runs.push(Span { text, file });
            }
        }
        for element in &self.origin.elements {
            let at = first_after(element.text.start);
            let (Some(range), Some(part)) = (ranges.get(at), parts.get_mut(at)) else { continue };
            let text = intersection_in(&element.text, range);
            if !text.is_empty() && self.contains_visible(&element.text, range) {
                part.origin.elements.push(Span { text, file: element.file.clone() });
            }
        }
        parts
    }

    /// Returns whether `range` contains everything in `of` except white space.
    fn contains_visible(&self, of: &Range<usize>, range: &Range<usize>) -> bool {
        let is_blank = |from: usize, to: usize| from >= to || self.text[from..to].trim().is_empty();
        is_blank(of.start, range.start) && is_blank(range.end, of.end)
    }
}

/// Returns the intersection of two ranges, relative to the start of the second.
fn intersection_in(one: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    let start = one.start.max(range.start) - range.start;
    start..start.max(one.end.min(range.end).saturating_sub(range.start))
}
