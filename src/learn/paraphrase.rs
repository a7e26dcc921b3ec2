//! Questions in other words, as one asks who has not read the article. Pure.

use crate::index::analyzer::{self, Language};
use crate::search::synonyms;

/// So many letters of a synonym may be those of the word: others are forms of it.
const SHARED_CHARS: usize = 3;

/// The question with a synonym for each of its words that has one; `None` if none has.
pub fn paraphrase(question: &str) -> Option<String> {
    let stemmer = Language::of_code("en").stemmer();
    let mut said = String::with_capacity(question.len());
    let mut copied = 0;
    for word in analyzer::words(question) {
        let others = synonyms::words(&analyzer::stem(stemmer.as_ref(), &word.folded));
        let is_other = |other: &&&str| {
            let shared = other.chars().zip(word.folded.chars()).take_while(|(a, b)| a == b);
            shared.count() <= SHARED_CHARS
        };
        if let Some(other) = others.iter().find(is_other) {
            said.push_str(&question[copied..word.range.start]);
            said.push_str(other);
            copied = word.range.end;
        }
    }
    said.push_str(&question[copied..]);
    (copied > 0).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_have_synonyms_are_exchanged() {
        assert_eq!(
            paraphrase("When did the Normans start their religion?").as_deref(),
            Some("When did the Normans begin their faith?")
        );
        assert_eq!(paraphrase("Who is Rollo?"), None);
    }
}
