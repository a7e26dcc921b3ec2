//! Program code: lines in a fixed-width font with the characters of code.

use super::line::Line;
use super::style::BodyStyle;

/// Characters of program code that are rare in text.
const CODE_SYMBOLS: [char; 16] =
    ['{', '}', '=', ';', '<', '>', '_', '[', ']', '\\', '|', '#', '$', '@', '+', '*'];

/// Returns the number of lines of program code at the start.
pub fn code_end(lines: &[Line], body: &BodyStyle) -> usize {
    if body.is_monospaced {
        return 0;
    }
    let pitch = lines[0].pitch;
    let is_code = |line: &&Line| match (line.pitch, pitch) {
        (Some(own), Some(first)) => (own - first).abs() < 0.05 * first,
        // A line of one or two characters, such as a bracket.
        (None, Some(first)) => line.text.chars().count() <= 3 && line.x1 - line.x0 <= 3.2 * first,
        _ => false,
    };
    let mut count = lines.iter().take_while(is_code).count();
    let near = |pair: &[Line]| pair[1].y - pair[0].y < 3.0 * pair[0].size;
    if let Some(gap) = lines[..count].windows(2).position(|pair| !near(pair)) {
        count = gap + 1;
    }
    // Text in a fixed-width font, such as a title page, is not code.
    let has_symbol = |line: &&Line| line.text.contains(CODE_SYMBOLS);
    let symbols = lines[..count].iter().filter(has_symbol).count();
    match count {
        count if 4 * symbols < count => 0,
        // A single line may be an address in a fixed-width font.
        1 if lines[0].text.split_whitespace().count() < 2 => 0,
        count => count,
    }
}

/// Returns the text of lines of code with their indentation.
pub fn code_text(lines: &[Line]) -> String {
    let pitch = lines.iter().find_map(|line| line.pitch).unwrap_or(6.0);
    let left = lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min);
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            let leading = 1.7 * line.size;
            text.push_str(if line.y - lines[at - 1].y > leading { "\n\n" } else { "\n" });
        }
        let mut column = 0;
        for cell in &line.cells {
            let start = (((cell.x0 - left) / pitch).round().max(0.0) as usize).min(200);
            text.extend(std::iter::repeat_n(' ', start.saturating_sub(column)));
            text.push_str(&cell.text);
            column = start.max(column) + cell.text.chars().count();
        }
    }
    text
}
