//! Splitting of long paragraphs into passages of limited length. Pure.
//!
//! The limit bounds the work of indexing, searching and showing a passage.

use std::ops::Range;

use super::article::Announced;
use super::draft::{Form, Part};
use super::sentences::sentences;

/// Maximum length of a passage, in bytes: some hundred sentences.
pub const MAX_PASSAGE_BYTES: usize = 16 << 10;

/// A part of a text. Its sentences are byte ranges relative to the part.
#[derive(Debug, PartialEq)]
pub struct Piece {
    pub range: Range<usize>,
    pub sentences: Vec<Range<usize>>,
    pub announced: Option<Announced>,
}

/// Splits a text into pieces between sentences, or between words where a sentence is too long. No
/// piece begins or ends with white space.
pub fn split_passage(text: &str, parts: &[Part], language: Option<&str>) -> Vec<Piece> {
    match parts {
        [part] if part.body == part.range.start || text.len() > MAX_PASSAGE_BYTES => {
            split_block(text, part.form, language)
        }
        [part, ..] if text.len() > MAX_PASSAGE_BYTES => split_block(text, part.form, language),
        parts => vec![join_blocks(text, parts, language)],
    }
}

/// Returns a piece of several blocks, or of one with a list number.
fn join_blocks(text: &str, parts: &[Part], language: Option<&str>) -> Piece {
    let mut sentences = Vec::new();
    let mut announced = None;
    for part in parts {
        if announced.is_none() && part.kind != parts[0].kind {
            announced = Some(Announced { sentence: sentences.len(), kind: part.kind });
        }
        let body = &text[part.body..part.range.end];
        let first = sentences.len();
        let shift = |found: Range<usize>| part.body + found.start..part.body + found.end;
        sentences.extend(sentences_of(part.form, body, language).into_iter().map(shift));
        let is_blank = |from: usize| text[part.range.start..from].trim().is_empty();
        match sentences.get_mut(first) {
            // The number of an item and the term of a definition belong to the first sentence.
            Some(sentence) if !is_blank(sentence.start) => sentence.start = part.range.start,
            Some(_) => {}
            None => sentences.push(part.range.clone()),
        }
        if let Some(sentence) = sentences.get_mut(first) {
            let shown = &text[sentence.clone()];
            sentence.start += shown.len() - shown.trim_start().len();
        }
    }
    Piece { range: 0..text.len(), sentences, announced }
}

/// Returns the sentences of a block.
fn sentences_of(form: Form, text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    match form {
        Form::Lines => code_lines(text),
        Form::Whole => {
            let start = text.len() - text.trim_start().len();
            std::iter::once(start..text.trim_end().len().max(start)).collect()
        }
        Form::Prose => sentences(text, language),
    }
}

/// Splits a text of one block.
fn split_block(text: &str, form: Form, language: Option<&str>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = text[at..].trim_end();
        if rest.is_empty() {
            return pieces;
        }
        let shown = rest[..rest.floor_char_boundary(MAX_PASSAGE_BYTES)].trim_end();
        let mut sentences = sentences_of(form, shown, language);
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
        pieces.push(Piece { range: at..at + end, sentences, announced: None });
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
    use super::super::article::PassageKind;
    use super::super::draft::Draft;
    use super::super::source_map::MappedText;
    use super::*;

    fn pieces(kind: PassageKind, text: &str) -> Vec<Piece> {
        let draft = Draft::of_block(kind, MappedText::default());
        let parts: Vec<_> =
            draft.parts.into_iter().map(|part| Part { range: 0..text.len(), ..part }).collect();
        split_passage(text, &parts, Some("en"))
    }

    fn texts(kind: PassageKind, text: &str) -> Vec<&str> {
        pieces(kind, text).into_iter().map(|piece| &text[piece.range]).collect()
    }

    #[test]
    fn split_cuts_only_long_paragraphs_and_only_between_sentences() {
        assert_eq!(
            texts(PassageKind::Paragraph, " The tide rises. It falls. "),
            ["The tide rises. It falls."]
        );
        assert_eq!(texts(PassageKind::Paragraph, " \n"), Vec::<&str>::new());
        let long = "The tide rises. ".repeat(3_000);
        let pieces = pieces(PassageKind::Paragraph, &long);
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
