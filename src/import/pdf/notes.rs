//! Footnotes: notes in smaller type at the foot of a page or column.

use super::joining::{Words, join};
use super::line::Line;
use super::style::BodyStyle;
use super::superscript::{SUPERSCRIPT, SUPERSCRIPT_END};

/// Maximum size of a footnote in parts of the size of the body text.
const MAX_SIZE: f32 = 0.94;

/// A footnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub page: usize,
    /// Number or sign that refers to the note.
    pub mark: String,
    pub text: String,
}

/// Removes the footnotes at the end of a region, and returns them. A first note without a mark
/// continues the last note of the page before.
pub fn take_notes(lines: &mut Vec<Line>, body: &BodyStyle, words: &Words) -> Vec<Note> {
    let is_small = |line: &&Line| line.size < MAX_SIZE * body.size;
    let small = lines.iter().rev().take_while(is_small).count();
    let tail = lines.len() - small;
    let Some(first) = (tail..lines.len()).find(|at| note_mark(&lines[*at]).is_some()) else {
        return Vec::new();
    };
    // The text above is not of the region if the notes are all of it, as below a table.
    let mut notes: Vec<Note> = Vec::new();
    for line in lines.drain(first..) {
        match (note_mark(&line), notes.last_mut()) {
            (Some((mark, rest)), _) => {
                notes.push(Note { page: line.page, mark, text: rest.to_owned() });
            }
            (None, Some(note)) => join(&mut note.text, &line.text, None, words),
            (None, None) => {}
        }
    }
    notes
}

/// Returns the mark that a line of a note begins with, and the text after it.
fn note_mark(line: &Line) -> Option<(String, &str)> {
    let text = line.text.trim_start();
    if let Some(raised) = text.strip_prefix(SUPERSCRIPT) {
        let (mark, rest) = raised.split_once(SUPERSCRIPT_END)?;
        return is_mark(mark).then(|| (mark.trim().to_owned(), rest.trim_start()));
    }
    let first = text.chars().next()?;
    if matches!(first, '*' | '†' | '‡' | '§') {
        let rest = text.trim_start_matches(first);
        let mark = &text[..text.len() - rest.len()];
        return (!rest.trim().is_empty()).then(|| (mark.to_owned(), rest.trim_start()));
    }
    let (mark, rest) = text.split_once(' ')?;
    let mark = mark.trim_end_matches('.');
    let is_number = !mark.is_empty() && mark.len() <= 3 && mark.chars().all(|c| c.is_ascii_digit());
    let starts =
        rest.trim_start().chars().next().is_some_and(|c| c.is_alphabetic() || "“\"‘«(".contains(c));
    (is_number && starts).then(|| (mark.to_owned(), rest.trim_start()))
}

/// Returns whether a superscript may refer to a note.
pub fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let is_sign = |c: char| matches!(c, '*' | '†' | '‡' | '§' | '∗' | '¶');
    let is_number = text.len() <= 3 && text.chars().all(|c| c.is_ascii_digit());
    let is_letter = text.len() == 1 && text.chars().all(|c| c.is_ascii_lowercase());
    !text.is_empty() && (is_number || is_letter || text.chars().all(is_sign))
}
