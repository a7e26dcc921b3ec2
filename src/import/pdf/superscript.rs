//! Marks of superscripts within the text of a line.

/// Start of a superscript in the text of a line.
pub const SUPERSCRIPT: char = '\u{1}';
/// End of a superscript in the text of a line.
pub const SUPERSCRIPT_END: char = '\u{2}';
