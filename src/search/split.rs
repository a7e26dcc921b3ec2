//! A message to the questions in it, as they were typed. Pure.
//!
//! Parts are slices of the message, in its order, each with something to search for. What may be one
//! question, or a passage that was pasted, stays whole: a message that is cut wrongly is worse off
//! than one that is not cut.

use super::aliases::Aliases;
use super::{answer_type, follow_up, query};
use crate::corpus::sentences::sentences;
use crate::index::analyzer::{self, Language};

/// More questions than this are not answered at once.
pub const MAX_PARTS: usize = 3;

const QUESTION_MARKS: [char; 3] = ['?', '؟', '？'];
/// What may stand together with a question mark: `?!`, `??`.
const MARKS: [char; 6] = ['?', '؟', '？', '!', '！', '…'];
/// After a question mark these carry a sentence on: "why now? – asked all".
const CARRYING_ON: [char; 12] = ['-', '–', '—', ',', ';', ':', '،', '؛', ')', ']', '/', '…'];
const FULL_STOPS: [char; 3] = ['.', '。', '۔'];
const CLOSERS: [char; 8] = ['”', '’', '"', '\'', ')', ']', '»', '“'];
/// How a question without a question mark begins, beside the question words.
const BEGINNINGS: &str = "what which how is are was were do does did has have had can could will would should \
    tell explain describe show name list wie wo welche welcher comment quel quelle como \
    que как что какой";

/// The questions of `message`; the whole of it where it asks but one. After [`MAX_PARTS`] comes the
/// rest, as one part that is not to be asked.
pub fn split_questions<'a>(message: &'a str, languages: &[Language]) -> Vec<&'a str> {
    let pieces = pieces(message);
    let language = languages.first().map(Language::code);
    let is_one = pieces.len() < 2
        || pieces.last().is_some_and(|last| !is_question(last))
        || pieces.iter().any(|piece| is_prose(piece, language));
    if is_one {
        return vec![message];
    }
    // A piece with nothing to search for belongs to the one before, the first to the one after.
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut at) = (0, 0);
    for piece in pieces {
        at += piece.len();
        let has_subject =
            !query::analyse(piece, None, languages, &Aliases::default()).terms.is_empty();
        let is_full = parts.len() == MAX_PARTS;
        match parts.last_mut() {
            Some(_) if has_subject && is_full => {
                parts.push((start, message.len()));
                break;
            }
            Some(last) if !has_subject => last.1 = at,
            None if !has_subject => continue,
            Some(_) | None => parts.push((start, at)),
        }
        start = at;
    }
    match parts.len() {
        0 | 1 => vec![message],
        _ => parts.into_iter().map(|(start, end)| message[start..end].trim()).collect(),
    }
}

/// The message cut after each question mark that ends a question outside quotation marks and brackets.
fn pieces(message: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    // Marks that are nowhere closed any more need not be looked for again.
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

/// Whether a question ends before `rest`: an address or `who?what` goes on.
fn ends_question(mark: char, rest: &str) -> bool {
    let after = rest.trim_start();
    let gap = &rest[..rest.len() - after.len()];
    let is_apart = mark == '？' || after.is_empty() || !gap.is_empty();
    is_apart && (gap.contains('\n') || !after.starts_with(CARRYING_ON))
}

/// What closes a quotation or a bracket.
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

/// Whether the last piece of a message asks: by its mark, or by its first word. "Whose Afghanistan?
/// Power, Exclusion" is one heading.
fn is_question(piece: &str) -> bool {
    let words = analyzer::words(piece);
    let first = words.first().map_or("", |word| word.folded.as_str());
    piece.trim_end().trim_end_matches(MARKS).len() < piece.trim_end().len()
        || BEGINNINGS.split(' ').any(|known| known == first)
        || answer_type::is_question_word(first)
        || follow_up::is_joining(first)
}

/// Whether a sentence ends within: then it is a passage that somebody pasted.
fn is_prose(piece: &str, language: Option<&str>) -> bool {
    let all = sentences(piece, language);
    let Some((_, before)) = all.split_last() else { return false };
    before.iter().any(|range| piece[range.clone()].trim_end_matches(CLOSERS).ends_with(FULL_STOPS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_where_its_questions_end() {
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
    fn what_may_be_one_question_stays_whole() {
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
