//! Order of the characters of a line: from left to right as drawn, to the order of reading.

use std::borrow::Cow;

use super::script::is_right_to_left as is_rtl;
use super::superscript::{SUPERSCRIPT, SUPERSCRIPT_END};

/// Direction in which a part of a line is read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    Left,
    Right,
    /// A number.
    Number,
    Neutral,
}

/// Returns whether most letters of a text are written from right to left.
pub fn is_right_to_left(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (all, rtl) = letters.fold((0, 0), |(all, rtl), c| (all + 1, rtl + usize::from(is_rtl(c))));
    rtl * 2 > all
}

/// Joins the parts of a line, which are in the order from left to right, in the order of reading.
pub fn visual_to_logical(parts: Vec<String>) -> String {
    if !parts.iter().any(|part| part.chars().any(is_rtl)) {
        return parts.concat();
    }
    let base = match is_right_to_left(&parts.concat()) {
        true => Direction::Left,
        false => Direction::Right,
    };
    let mut directions: Vec<_> = parts.iter().map(|part| direction(part)).collect();
    resolve(&mut directions, base);
    let mut runs: Vec<(Direction, Vec<&str>)> = Vec::new();
    for (part, direction) in parts.iter().zip(&directions) {
        match runs.last_mut() {
            Some((last, run)) if last == direction => run.push(part),
            _ => runs.push((*direction, vec![part])),
        }
    }
    if base == Direction::Left {
        runs.reverse();
    }
    let mut text = String::new();
    for (direction, mut run) in runs {
        if direction == Direction::Left {
            run.reverse();
            run.iter().for_each(|part| text.push_str(swapped_mark(part)));
        } else {
            run.iter().for_each(|part| text.push_str(part));
        }
    }
    text
}

fn direction(part: &str) -> Direction {
    match part.chars().find(|c| !c.is_whitespace()) {
        Some(c) if is_rtl(c) => Direction::Left,
        Some(c) if c.is_numeric() => Direction::Number,
        Some(c) if c.is_alphabetic() => Direction::Right,
        _ => Direction::Neutral,
    }
}

/// Gives numbers and neutral parts the direction of their neighbours.
fn resolve(directions: &mut [Direction], base: Direction) {
    let is_read_right = |d: Direction| matches!(d, Direction::Right | Direction::Number);
    let mut before = Direction::Neutral;
    let mut at = 0;
    while at < directions.len() {
        if directions[at] != Direction::Neutral {
            before = directions[at];
            at += 1;
            continue;
        }
        let neutral = directions[at..].iter().take_while(|d| **d == Direction::Neutral).count();
        let end = at + neutral;
        let after = directions.get(end).copied().unwrap_or(Direction::Neutral);
        let is_right = is_read_right(before) && is_read_right(after);
        directions[at..end].fill(if is_right { Direction::Right } else { base });
        at = end;
    }
    // Digits are read from left to right in every script.
    for direction in directions.iter_mut().filter(|d| **d == Direction::Number) {
        *direction = Direction::Right;
    }
}

fn swapped_mark(part: &str) -> &str {
    match part.chars().next() {
        Some(SUPERSCRIPT) => "\u{2}",
        Some(SUPERSCRIPT_END) => "\u{1}",
        _ => part,
    }
}

/// Mirrors the brackets of a text from right to left that do not match: some files name the drawn
/// form of a bracket, others its meaning.
pub fn with_matching_brackets(text: &str) -> Cow<'_, str> {
    if !is_right_to_left(text) {
        return Cow::Borrowed(text);
    }
    let kind = |c: char| match c {
        '(' | ')' => Some(0),
        '[' | ']' => Some(1),
        _ => None,
    };
    let mut is_open = [false; 2];
    let matches = text.chars().all(|c| match kind(c) {
        Some(kind) => {
            let opens = matches!(c, '(' | '[');
            let fits = opens != is_open[kind];
            is_open[kind] = opens;
            fits
        }
        None => true,
    });
    if matches && is_open == [false; 2] {
        return Cow::Borrowed(text);
    }
    let mut is_open = [false; 2];
    let mirrored = text.chars().map(|c| match kind(c) {
        Some(kind) => {
            is_open[kind] = !is_open[kind];
            let forms = [['(', ')'], ['[', ']']][kind];
            if is_open[kind] { forms[0] } else { forms[1] }
        }
        None => c,
    });
    Cow::Owned(mirrored.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_right_to_left_is_put_in_the_order_of_reading() {
        let check = |drawn: &str, expected: &str| {
            let parts = drawn.chars().map(|c| c.to_string()).collect();
            assert_eq!(with_matching_brackets(&visual_to_logical(parts)), expected);
        };
        check("tides 12", "tides 12");
        check("םלוע םולש", "שלום עולם");
        check("12 םלוע 34 םולש", "שלום 34 עולם 12");
        check("PDF ץבוק", "קובץ PDF");
        check(")םלוע( םולש", "שלום (עולם)");
        check("(םלוע( םולש", "שלום (עולם)");
        check("PDF is ץבוק in Hebrew", "PDF is קובץ in Hebrew");
    }
}
