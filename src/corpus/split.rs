//! Splitting of long paragraphs into passages of limited length. Pure.
//!
//! The limit bounds the work of indexing, searching and showing a passage.

use std::ops::Range;

use super::article::PassageKind;
use super::sentences::sentences;

/// Maximum length of a passage, in bytes: some hundred sentences.
pub const MAX_PASSAGE_BYTES: usize = 16 << 10;

/// A part of a text. Its sentences are byte ranges relative to the part.
#[derive(Debug, PartialEq)]
pub struct Piece {
    pub range: Range<usize>,
    pub sentences: Vec<Range<usize>>,
}

/// Splits a text into pieces between sentences, or between words where a sentence is too long. No
/// piece begins or ends with white space.
pub fn split_passage(kind: PassageKind, text: &str, language: Option<&str>) -> Vec<Piece> {
    let sentences_of = |text: &str| match kind {
        PassageKind::Code => code_lines(text),
        PassageKind::TableRow => std::iter::once(0..text.len()).collect(),
        PassageKind::Paragraph
        | PassageKind::ListItem
        | PassageKind::BlockQuotation
        | PassageKind::Footnote => sentences(text, language),
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = text[at..].trim_end();
        if rest.is_empty() {
            return pieces;
        }
        let shown = rest[..rest.floor_char_boundary(MAX_PASSAGE_BYTES)].trim_end();
        let mut sentences = sentences_of(shown);
        let mut end = shown.len();
        if rest.len() > MAX_PASSAGE_BYTES {
            // The last sentence may continue after the cut.
            end = match &sentences[..] {
                [.., before, _] => before.end,
                _ => shown
                    .rfind(char::is_whitespace)
                    .map_or(end, |end| shown[..end].trim_end().len()),
            };
        }
        sentences.retain_mut(|sentence| {
            sentence.end = sentence.end.min(end);
            sentence.start < sentence.end
        });
        pieces.push(Piece { range: at..at + end, sentences });
        at += end;
    }
}

/// Returns the byte ranges of the lines of a code block, without indentation.
fn code_lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let end = start + line.trim().len();
        if start < end {
            lines.push(start..end);
        }
        at += line.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(kind: PassageKind, text: &str) -> Vec<&str> {
        split_passage(kind, text, Some("en")).into_iter().map(|piece| &text[piece.range]).collect()
    }

    #[test]
    fn split_cuts_only_long_paragraphs_and_only_between_sentences() {
        assert_eq!(
            texts(PassageKind::Paragraph, " The tide rises. It falls. "),
            ["The tide rises. It falls."]
        );
        assert_eq!(texts(PassageKind::Paragraph, " \n"), Vec::<&str>::new());
        let long = "The tide rises. ".repeat(3_000);
        let pieces = split_passage(PassageKind::Paragraph, &long, Some("en"));
        assert_eq!(pieces.len(), 3);
        for piece in &pieces {
            assert!(piece.range.len() <= MAX_PASSAGE_BYTES);
            let shown = &long[piece.range.clone()];
            assert!(
                piece
                    .sentences
                    .iter()
                    .all(|sentence| &shown[sentence.clone()] == "The tide rises.")
            );
        }
        let all: usize = pieces.iter().map(|piece| piece.sentences.len()).sum();
        assert_eq!(all, 3_000);
    }

    #[test]
    fn split_cuts_long_sentences_between_words_and_long_words_between_chars() {
        let many = "tide ".repeat(5_000);
        let words = texts_of_length(&many);
        assert!(words.iter().all(|piece| piece.split(' ').all(|word| word == "tide")));
        assert_eq!(texts_of_length(&"é".repeat(20_000)).concat(), "é".repeat(20_000));
        assert_eq!(texts(PassageKind::TableRow, &"cell | ".repeat(5_000)).len(), 3);
        assert_eq!(texts(PassageKind::Code, &"let tide;\n".repeat(5_000)).len(), 4);
    }

    fn texts_of_length(text: &str) -> Vec<&str> {
        let texts = texts(PassageKind::Paragraph, text);
        assert!(texts.len() > 1 && texts.iter().all(|piece| piece.len() <= MAX_PASSAGE_BYTES));
        texts
    }
}
