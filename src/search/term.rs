//! Content words of a question as terms, with the forms that match them. Pure.

use std::collections::HashSet;

use super::stopwords;
use crate::index::analyzer::{self, Word};
use crate::index::language::Language;

/// A content word of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The word as the reader typed it.
    pub typed: String,
    pub folded: String,
    /// Whether the word is written like a name or a number.
    pub is_name: bool,
    /// Forms that match the term in the corpus, best first.
    pub forms: Vec<Form>,
    /// 1 for a word of the question itself, less for one that an earlier question contributes.
    pub turn_weight: f32,
}

/// A form of a term: the stems of one word or of several consecutive words.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub stems: Vec<String>,
    /// Strength of a match: 1 for the word itself, less for an alias or a related word.
    pub weight: f32,
    /// Whether the form is a synonym or of the same word family. A related form matches only where
    /// no other form of any term does.
    pub is_related: bool,
}

/// Maximum number of terms of a query.
pub const MAX_TERMS: usize = 48;

/// Acronyms that are function words in lower case.
const ACRONYMS: [&str; 5] = ["us", "it", "who", "un", "am"];

/// Treatment of weak words, which are content words only in a question without any other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WeakWords {
    Skip,
    Keep,
}

/// Returns the content words of a text as terms, without repetition, at most [`MAX_TERMS`].
pub fn content_terms(
    text: &str,
    words: &[Word],
    languages: &[Language],
    weak_words: WeakWords,
) -> Vec<Term> {
    // Capitals mark no names in German, where every noun has one, nor in a text without small
    // letters.
    let is_german = languages.first().is_some_and(|language| language.code() == "de");
    let capitals_mark_names = !is_german && text.contains(char::is_lowercase);
    let first = words.first().map_or(0, |word| word.range.start);
    let mut seen = HashSet::new();
    let mut terms = Vec::new();
    for word in words {
        if terms.len() == MAX_TERMS {
            break;
        }
        let typed = &text[word.range.clone()];
        let is_skipped =
            weak_words == WeakWords::Skip && stopwords::is_weak(&word.folded, languages);
        if is_skipped
            || is_function_word(typed, &word.folded, languages)
            || !seen.insert(word.folded.clone())
        {
            continue;
        }
        let forms = stemmed_forms(std::slice::from_ref(&word.folded), languages, 1.0);
        terms.push(Term {
            typed: typed.to_owned(),
            folded: word.folded.clone(),
            is_name: typed.contains(|c: char| c.is_ascii_digit())
                || (capitals_mark_names
                    && word.range.start > first
                    && typed.starts_with(char::is_uppercase)),
            forms,
            turn_weight: 1.0,
        });
    }
    terms
}

/// Stems folded words in each language and returns the distinct results as forms.
pub fn stemmed_forms(folded: &[String], languages: &[Language], weight: f32) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for language in languages {
        let stemmer = language.stemmer();
        let stems: Vec<_> =
            folded.iter().map(|word| analyzer::stem(stemmer.as_ref(), word)).collect();
        if !forms.iter().any(|form| form.stems == stems) {
            forms.push(Form { stems, weight, is_related: false });
        }
    }
    forms
}

/// Returns whether a word is a stopword and not an acronym such as `US` or `IT`.
pub fn is_function_word(typed: &str, folded: &str, languages: &[Language]) -> bool {
    let is_acronym = typed.chars().count() >= 2
        && typed.chars().all(|c| c.is_uppercase() || c == '.')
        && typed.chars().count() <= 5
        && ACRONYMS.contains(&folded);
    !is_acronym && stopwords::is_stopword(folded, languages)
}
