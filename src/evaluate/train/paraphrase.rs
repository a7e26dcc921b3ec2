//! Paraphrases of questions, as readers ask who have not read the article. Pure.

use crate::index::analyzer;
use crate::index::language::Language;
use crate::search::synonyms;

/// Maximum length of the prefix that a word shares with its synonym, in chars. A synonym with a
/// longer common prefix is a form of the same word.
const MAX_SHARED_PREFIX: usize = 3;

/// Returns the question with every word replaced by a synonym, where one is known. `None` if no
/// word has a synonym.
pub fn paraphrase(question: &str) -> Option<String> {
    let stemmer = Language::of_code("en").stemmer();
    let mut paraphrased = String::with_capacity(question.len());
    let mut copied = 0;
    for word in analyzer::words(question) {
        let synonyms = synonyms::words(&analyzer::stem(stemmer.as_ref(), &word.folded));
        let is_other_word = |synonym: &&&str| {
            let shared = synonym.chars().zip(word.folded.chars()).take_while(|(a, b)| a == b);
            shared.count() <= MAX_SHARED_PREFIX
        };
        if let Some(synonym) = synonyms.iter().find(is_other_word) {
            paraphrased.push_str(&question[copied..word.range.start]);
            paraphrased.push_str(synonym);
            copied = word.range.end;
        }
    }
    paraphrased.push_str(&question[copied..]);
    (copied > 0).then_some(paraphrased)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paraphrase_replaces_words_by_synonyms() {
        assert_eq!(
            paraphrase("When did the Normans start their religion?").as_deref(),
            Some("When did the Normans begin their faith?")
        );
        assert_eq!(paraphrase("Who is Rollo?"), None);
    }
}
