//! Translation: words of the corpus that mean the same as a word of a question in another language.
//!
//! The sentence model was trained on translated texts, so that the vector of a word is near to
//! those of its translations. A dictionary would know fewer words and fewer pairs of languages.

use super::document_frequency::highest_document_frequency;
use super::query::Query;
use super::stopwords;
use super::term::{Term, stemmed_forms};
use crate::embedding::{EmbeddingIndex, NearWord, WordInContext};
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::{IndexError, Snapshot};

/// The translations of the terms of a question, best first; none for a question in a language of
/// the articles.
pub struct Translations(Vec<Vec<NearWord>>);

/// The best translation of a term.
pub struct BestTranslation {
    pub word: String,
    /// Number of passages that have the word.
    pub frequency: u64,
}

/// Languages that write the syllables of a word apart. In other languages, the neighbors of a word
/// find no better passages, and take time.
const SYLLABIC: [&str; 1] = ["vi"];
/// Maximum number of translations of a word. More found no better passages in five languages.
const MAX_WORDS: usize = 4;
/// Number of nearest words in place of function words, which translate no content word.
const SPARE_WORDS: usize = 4;
/// Cosine of unrelated words, about. The strength of a match is 0 there.
const UNRELATED: f32 = 0.25;
/// Cosine of words that mean the same, about.
const SAME: f32 = 0.65;
/// Minimum cosine of a translation.
const MIN_COSINE: f32 = 0.33;
/// Minimum cosine of a translation that is right in most cases.
const MIN_SURE_COSINE: f32 = 0.4;
/// Maximum difference to the cosine of the best translation.
const MAX_DIFFERENCE: f32 = 0.2;
/// Maximum weight of a translation: it does not cover a term as the word itself does.
const MAX_WEIGHT: f32 = 0.8;

impl Translations {
    /// Finds the translations of the terms of a query. There are none without `embeddings`.
    pub fn find(query: &Query, embeddings: Option<&EmbeddingIndex>) -> Translations {
        let near = embeddings.filter(|_| query.languages.is_foreign()).and_then(|embeddings| {
            let (words, texts) = words_in_context(query);
            embeddings.near_words(&words, &texts, MAX_WORDS + SPARE_WORDS)
        });
        let mut near = near.unwrap_or_default();
        for (near, term) in near.iter_mut().zip(&query.terms) {
            near.retain(|near| !stopwords::is_stopword(&near.word, &query.languages.searched));
            near.truncate(MAX_WORDS);
            let best = near.first().map_or(0.0, |best| best.cosine);
            let has_letter = term.typed.contains(char::is_alphabetic);
            let min_cosine = MIN_COSINE.max(best - MAX_DIFFERENCE);
            near.retain(|word| has_letter && word.cosine >= min_cosine);
        }
        Translations(near)
    }

    /// Adds the translations of the term at a position to its forms. Returns the best one if it is
    /// right in most cases.
    pub fn add_forms(
        &self,
        position: usize,
        snapshot: &Snapshot<'_>,
        term: &mut Term,
        languages: &[Language],
    ) -> Result<Option<BestTranslation>, IndexError> {
        let mut sure = None;
        for NearWord { word, cosine } in self.0.get(position).into_iter().flatten() {
            let weight = ((cosine - UNRELATED) / (SAME - UNRELATED)).min(MAX_WEIGHT);
            let forms = stemmed_forms(std::slice::from_ref(word), languages, weight);
            if sure.is_none() && *cosine >= MIN_SURE_COSINE {
                let frequency = highest_document_frequency(snapshot, &forms)?;
                sure = Some(BestTranslation { word: word.clone(), frequency });
            }
            term.add_forms(&forms);
        }
        Ok(sure.filter(|best| best.frequency > 0))
    }
}

/// Returns each term of a query, with its neighbors in the question if the terms are syllables, and
/// the texts of both.
fn words_in_context(query: &Query) -> (Vec<WordInContext>, Vec<String>) {
    let is_syllabic = |language: &Language| SYLLABIC.contains(&language.code());
    let all = match query.languages.asked.iter().any(is_syllabic) {
        true => analyzer::words(&query.text),
        false => Vec::new(),
    };
    let mut texts = Vec::new();
    let mut position = |text: &str| {
        let text = text.to_lowercase();
        texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            texts.push(text);
            texts.len() - 1
        })
    };
    let words = query.terms.iter().map(|term| {
        let word = position(&term.typed);
        let at = all.iter().position(|word| word.folded == term.folded);
        let first = at.map_or(0, |at| at.saturating_sub(1));
        let neighbors = at.map_or(&[][..], |at| &all[first..all.len().min(at + 2)]);
        let pairs = neighbors.windows(2).map(|pair| {
            let (start, end) = (pair[0].range.start, pair[1].range.end);
            position(&query.text[start..end])
        });
        WordInContext { word, pairs: pairs.collect() }
    });
    let words = words.collect();
    (words, texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::aliases::Aliases;
    use crate::search::query::analyse;

    fn check(question: &str, language: &str, expected: &[(&str, &[&str])]) {
        let languages = [Language::of_code(language)];
        let languages = languages.as_slice().into();
        let query = analyse(question, None, &languages, &Aliases::default());
        let (words, texts) = words_in_context(&query);
        let text = |at: &usize| texts[*at].as_str();
        let of_word =
            |own: &WordInContext| (text(&own.word), own.pairs.iter().map(text).collect::<Vec<_>>());
        let found: Vec<_> = words.iter().map(of_word).collect();
        let expected: Vec<_> =
            expected.iter().map(|(word, pairs)| (*word, pairs.to_vec())).collect();
        assert_eq!(found, expected, "{question}");
    }

    #[test]
    fn syllables_are_paired_with_their_neighbors_in_the_text() {
        check(
            "Ba Lan có thành phố nào?",
            "vi",
            &[
                ("ba", &["ba lan"]),
                ("lan", &["ba lan", "lan có"]),
                ("thành", &["có thành", "thành phố"]),
                ("phố", &["thành phố", "phố nào"]),
            ],
        );
        check("Brücke", "vi", &[("brücke", &[])]);
        let alone: [(&str, &[&str]); 2] = [("brücke", &[]), ("zerstört", &[])];
        check("Wann wurde die Brücke zerstört?", "de", &alone);
    }
}
