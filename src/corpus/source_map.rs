//! A text under way, with where each byte of it comes from. Pure.

use std::ops::Range;

use super::article::{Origin, Span};

/// A text under way.
#[derive(Debug, Default)]
pub struct MappedText {
    pub text: String,
    pub origin: Origin,
}

impl MappedText {
    /// Adds `shown`, which the file has at `file` as it is or as a character reference.
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

    /// These parts of it, which ascend and do not overlap. An inline element belongs to the part that
    /// has all of it but white space.
    pub fn parts(&self, ranges: &[Range<usize>]) -> Vec<MappedText> {
        let part = |range: &Range<usize>| MappedText {
            text: self.text[range.clone()].to_owned(),
            origin: Origin::default(),
        };
        let mut parts: Vec<_> = ranges.iter().map(part).collect();
        let first_at = |at: usize| ranges.partition_point(|range| range.end <= at);
        for run in &self.origin.runs {
            let is_literal = run.file.len() == run.text.len();
            for (range, part) in ranges.iter().zip(&mut parts).skip(first_at(run.text.start)) {
                if range.start >= run.text.end {
                    break;
                }
                let text = within(&run.text, range);
                let start = run.file.start + range.start.saturating_sub(run.text.start);
                let file = if is_literal { start..start + text.len() } else { run.file.clone() };
                part.origin.runs.push(Span { text, file });
            }
        }
        for element in &self.origin.elements {
            let at = first_at(element.text.start);
            let (Some(range), Some(part)) = (ranges.get(at), parts.get_mut(at)) else { continue };
            let text = within(&element.text, range);
            if !text.is_empty() && self.is_blank_outside(&element.text, range) {
                part.origin.elements.push(Span { text, file: element.file.clone() });
            }
        }
        parts
    }

    fn is_blank_outside(&self, of: &Range<usize>, range: &Range<usize>) -> bool {
        let is_blank = |from: usize, to: usize| from >= to || self.text[from..to].trim().is_empty();
        is_blank(of.start, range.start) && is_blank(range.end, of.end)
    }
}

/// What two ranges share, as a range within the second.
fn within(one: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    let start = one.start.max(range.start) - range.start;
    start..start.max(one.end.min(range.end).saturating_sub(range.start))
}
