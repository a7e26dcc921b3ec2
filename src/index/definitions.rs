//! Names that the sentences of a passage define, as in "A fork is a copy". Pure.

use std::ops::Range;

use super::analysis::{AnalysedText, WordId};
use super::word_set::WordSet;

/// Maximum length of a defined name with the words before it, in words.
const MAX_NAME_WORDS: usize = 8;
/// Words before a defined name.
pub static DETERMINERS: WordSet = WordSet::new(
    "a an the term word name concept der die das ein eine le la les un une l el los las una uno il \
     lo gli o os as um uma de het een",
);
/// Verbs that define.
pub static DEFINING: WordSet = WordSet::new(
    "means refers describes denotes stands bedeutet bezeichnet heisst designe signifie significa \
     designa является являются это означает обозначает называется است هستند",
);
/// Forms of "be", which define if one of [`ARTICLES`] follows.
pub static BEING: WordSet = WordSet::new(
    "is are was were ist sind war waren est sont etait etaient es son fue era eran e sono sao foi \
     zijn",
);
/// Words at the beginning of a definition.
pub static ARTICLES: WordSet = WordSet::new(
    "a an the one any another what how when where ein eine einer der die das un une le la les una \
     el los las uno um uma o os het een",
);

/// Returns the names that the sentences define, each as its stems joined with `_`. A name with
/// another one in brackets, as in "the tidal bore (bore) is", gives both.
pub fn defined_names(
    text: &str,
    sentences: &[Range<usize>],
    analysed: &AnalysedText,
) -> Vec<String> {
    let words: Vec<_> = analysed.words().collect();
    let mut names: Vec<String> = Vec::new();
    for sentence in sentences {
        let first = words.partition_point(|(range, _, _)| range.start < sentence.start);
        let end = words.partition_point(|(range, _, _)| range.start < sentence.end);
        let head = &words[first..end.min(first + MAX_NAME_WORDS)];
        let is_verb = |at: &usize| {
            let next = words[..end].get(first + at + 1).map_or("", |(_, folded, _)| folded);
            let verb = WordId::of(head[*at].1);
            DEFINING.contains(verb) || (BEING.contains(verb) && ARTICLES.contains(WordId::of(next)))
        };
        let Some(verb) = (0..head.len()).find(is_verb) else { continue };
        let mut parts = [String::new(), String::new()];
        let mut is_bracketed = false;
        for (at, (range, folded, stem)) in head[..verb].iter().enumerate() {
            let before = at.checked_sub(1).map_or(sentence.start, |before| head[before].0.end);
            let gap = text.get(before..range.start).unwrap_or_default();
            is_bracketed = (is_bracketed || gap.contains('(')) && !gap.contains(')');
            let part = &mut parts[usize::from(is_bracketed)];
            if part.is_empty() && DETERMINERS.contains(WordId::of(folded)) {
                continue;
            }
            push_stem(part, stem);
        }
        names.extend(parts.into_iter().filter(|name| !name.is_empty()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Appends a stem to a name.
pub fn push_stem(name: &mut String, stem: &str) {
    if !name.is_empty() {
        name.push('_');
    }
    name.push_str(stem);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::sentences::sentences;
    use crate::index::analysis::TextAnalyzer;
    use crate::index::language::Language;

    #[test]
    fn defined_names_are_the_subjects_of_being() {
        let check = |text: &str, expected: &[&str]| {
            let analysed = TextAnalyzer::new(&Language::of_code("en")).analyse(text);
            let found = defined_names(text, &sentences(text, Some("en")), &analysed);
            assert_eq!(found, expected, "{text}");
        };
        check("A fork is a copy.", &["fork"]);
        check("It rises. Spring tides are the highest. They are high.", &["spring_tide"]);
        check("Tides are high.", &[]);
        check("The tidal bore (bore) is a wave.", &["bore", "tidal_bore"]);
        check("The term ebb means the fall.", &["ebb"]);
        check("The Moon pulls at the sea.", &[]);
        check("", &[]);
    }
}
