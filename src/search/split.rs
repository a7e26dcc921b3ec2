//! Splitting of a message into its questions. Pure.
//!
//! Parts are slices of the message in its order, and each has a term to search for. A message that
//! may be a single question, or a pasted passage, stays whole: a wrong split costs more than none.

use super::term::{Admitted, content_terms};
use super::{answer_type, follow_up};
use crate::corpus::sentences::sentences;
use crate::index::analyzer;
use crate::index::language::Language;

/// Maximum number of questions that are answered at once.
pub const MAX_PARTS: usize = 3;

const QUESTION_MARKS: [char; 3] = ['?', '؟', '？'];
/// Characters that may follow a question mark directly: `?!`, `??`.
const MARKS: [char; 6] = ['?', '؟', '？', '!', '！', '…'];
/// Characters that continue the sentence after a question mark: "why now? – asked all".
const CONTINUATIONS: [char; 12] = ['-', '–', '—', ',', ';', ':', '،', '؛', ')', ']', '/', '…'];
const FULL_STOPS: [char; 3] = ['.', '。', '۔'];
const CLOSERS: [char; 8] = ['”', '’', '"', '\'', ')', ']', '»', '“'];
/// First words of a question without a question mark, in addition to the interrogatives.
const BEGINNINGS: &str = "\
    what which how is are was were do does did has have had can could will would should tell \
    explain describe show name list wie wo welche welcher comment quel quelle como que как что \
    какой";

/// Splits a message into its questions; a message with a single question is returned whole.
///
/// If there are more than [`MAX_PARTS`] questions, the last part is the rest of the message, which
/// is not searched.
pub fn split_questions<'a>(message: &'a str, languages: &[Language]) -> Vec<&'a str> {
    let pieces = pieces(message);
    let language = languages.first().map(Language::code);
    let is_single = pieces.len() < 2
        || pieces.last().is_some_and(|last| !is_question(last))
        || pieces.iter().any(|piece| is_prose(piece, language));
    if is_single {
        return vec![message];
    }
    // A piece without terms is joined to the piece before it, the first piece to the one after.
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut at) = (0, 0);
    for piece in pieces {
        at += piece.len();
        let has_terms = has_terms(piece, languages);
        let is_full = parts.len() == MAX_PARTS;
        match parts.last_mut() {
            Some(_) if has_terms && is_full => {
                parts.push((start, message.len()));
                break;
            }
            Some(last) if !has_terms => last.1 = at,
            None if !has_terms => continue,
            Some(_) | None => parts.push((start, at)),
        }
        start = at;
    }
    match parts.len() {
        0 | 1 => vec![message],
        _ => parts.into_iter().map(|(start, end)| message[start..end].trim()).collect(),
    }
}

/// Returns whether a piece of a message has a term to search for.
fn has_terms(piece: &str, languages: &[Language]) -> bool {
    let words = analyzer::words(piece);
    // Weak words are terms of a piece that has no others.
    !content_terms(piece, &words, &languages.into(), Admitted::Content).is_empty()
}

/// Cuts a message after each question mark that is outside of quotations and brackets.
fn pieces(message: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    // An opening mark without a closing one is searched once only, so that the time stays linear.
    let mut unclosed = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = message[at..].chars().next() {
        let next = at + c.len_utf8();
        at = next;
        if QUESTION_MARKS.contains(&c) {
            at = message.len() - message[next..].trim_start_matches(MARKS).len();
            if ends_question(c, &message[at..]) {
                pieces.push(&message[start..at]);
                start = at;
            }
        } else if let Some(closing) = closing(c).filter(|_| !unclosed.contains(&c)) {
            match message[next..].find(closing) {
                Some(length) => at = message.ceil_char_boundary(next + length + 1),
                None => unclosed.push(c),
            }
        }
    }
    match (message[start..].trim().is_empty(), pieces.last_mut()) {
        (true, Some(last)) => *last = &message[start - last.len()..],
        _ => pieces.push(&message[start..]),
    }
    pieces
}

/// Returns whether a question ends before `rest`. A URL or `who?what` continues there.
fn ends_question(mark: char, rest: &str) -> bool {
    let after = rest.trim_start();
    let gap = &rest[..rest.len() - after.len()];
    let is_separate = mark == '？' || after.is_empty() || !gap.is_empty();
    is_separate && (gap.contains('\n') || !after.starts_with(CONTINUATIONS))
}

/// Returns the characters that close a quotation or a bracket.
fn closing(opening: char) -> Option<&'static [char]> {
    match opening {
        '"' => Some(&['"']),
        '“' => Some(&['”']),
        '„' => Some(&['“', '”']),
        '«' => Some(&['»']),
        '「' => Some(&['」']),
        '(' => Some(&[')']),
        '[' => Some(&[']']),
        _ => None,
    }
}

/// Returns whether the last piece of a message is a question, by its mark or its first word.
///
/// "Whose Afghanistan? Power, Exclusion" is a single heading.
fn is_question(piece: &str) -> bool {
    let words = analyzer::words(piece);
    let first = words.first().map_or("", |word| word.folded.as_str());
    piece.trim_end().trim_end_matches(MARKS).len() < piece.trim_end().len()
        || BEGINNINGS.split(' ').any(|known| known == first)
        || answer_type::is_interrogative(first)
        || follow_up::is_conjunction(first)
}

/// Returns whether a sentence ends inside of a piece, as in a pasted passage.
fn is_prose(piece: &str, language: Option<&str>) -> bool {
    let all = sentences(piece, language);
    let Some((_, before)) = all.split_last() else { return false };
    before.iter().any(|range| piece[range.clone()].trim_end_matches(CLOSERS).ends_with(FULL_STOPS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_questions_cuts_where_a_question_ends() {
        let check = |message: &str, expected: &[&str]| {
            assert_eq!(split_questions(message, &[Language::of_code("en")]), expected, "{message}");
        };
        check(
            "What is ISKP? And who are the Hazaras? When was the treaty signed?",
            &["What is ISKP?", "And who are the Hazaras?", "When was the treaty signed?"],
        );
        check("what is iskp?? who leads it", &["what is iskp??", "who leads it"]);
        check("ISKP؟ Hazaras؟", &["ISKP؟", "Hazaras؟"]);
        check("ISKP？Hazaras？", &["ISKP？", "Hazaras？"]);
        check("Who is Dr. Karim? What of ISKP?", &["Who is Dr. Karim?", "What of ISKP?"]);
        check("Hi? What is ISKP?\n- Hazaras?", &["Hi? What is ISKP?", "- Hazaras?"]);
        check("What is ISKP? Why? The Hazaras?", &["What is ISKP? Why?", "The Hazaras?"]);
        check("a1? b2? c3? ok? d4? e5?", &["a1?", "b2?", "c3? ok?", "d4? e5?"]);
        check("Seen https://x.org/a?b=c? ISKP?", &["Seen https://x.org/a?b=c?", "ISKP?"]);
    }

    #[test]
    fn split_questions_keeps_a_single_question_whole() {
        for message in [
            "What is ISKP?",
            " What is ISKP? ",
            "What is ISKP? Why?",
            "Who said “is it war? is it peace?” of Iran?",
            "Who said \"is it war? is it peace?\" of Iran?",
            "What is ISKP (or is it ISIS? or AQ?) in Iran?",
            "https://example.org/?ISKP&q=Iran?x",
            "Was it, as Iran asked – why now? – a treaty?",
            "Whose Afghanistan? Power, Exclusion, and the Fraying Social Fabric",
            "The treaty failed. Who broke it? Iran asked that. Who else?",
            "Who knows ISKP? Nobody in Iran does. It hides.",
            "?",
            "? ? ؟",
            "",
            "\"(“„«[",
        ] {
            assert_eq!(split_questions(message, &[Language::of_code("en")]), [message]);
        }
    }
}
