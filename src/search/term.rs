//! Content words of a question as terms, with the forms that match them. Pure.

use std::collections::HashSet;
use std::ops::Range;

use super::question_language::QuestionLanguages;
use super::stopwords;
use crate::index::analyzer::{Word, WordStemmer};
use crate::index::language::Language;
use crate::index::script;

/// A content word of the question, or several words that are one name.
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

impl Term {
    /// Adds the forms that the term lacks.
    pub fn add_forms(&mut self, forms: &[Form]) {
        for form in forms {
            if !self.forms.iter().any(|known| known.stems == form.stems) {
                self.forms.push(form.clone());
            }
        }
    }
}

/// Maximum number of terms of a query.
pub const MAX_TERMS: usize = 48;

/// Acronyms that are function words in lower case.
const ACRONYMS: [&str; 5] = ["us", "it", "who", "un", "am"];
/// Signs before a word that is a name, as in `$IT` and `@who`.
const NAME_SIGNS: [char; 2] = ['$', '@'];
/// Hyphens between the parts of a word.
const HYPHENS: [&str; 3] = ["-", "\u{2010}", "\u{2011}"];
/// Maximum number of hyphens in one name.
const MAX_PARTS: usize = 8;
/// Maximum length of a part that makes a hyphenated word one name, as in `e-mail`, in chars.
const MAX_PART_CHARS: usize = 2;

/// Words that are terms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// Content words without the weak ones.
    Strong,
    /// Content words. Weak words are content words only in a question without any other.
    Content,
    /// Content words, weak words, and stopwords with some content, such as "say" and "no".
    Loose,
    /// All words: those of a quoted phrase.
    All,
}

/// Returns the content words of a text as terms, without repetition, at most [`MAX_TERMS`].
pub fn content_terms(
    text: &str,
    words: &[Word],
    languages: &QuestionLanguages,
    admitted: Admitted,
) -> Vec<Term> {
    let QuestionLanguages { asked, searched, .. } = languages;
    // Capitals mark no names in German, where every noun has one, nor in a text without small
    // letters.
    let is_german = asked.first().is_some_and(|language| language.code() == "de");
    let capitals_mark_names = !is_german && text.contains(char::is_lowercase);
    let first = words.first().map_or(0, |word| word.range.start);
    let mut seen = HashSet::new();
    let mut terms = Vec::new();
    for group in groups(text, words, asked, capitals_mark_names) {
        let group = &words[group];
        let [word, ..] = group else { continue };
        if terms.len() == MAX_TERMS {
            break;
        }
        let range = word.range.start..group.last().unwrap_or(word).range.end;
        let is_skipped = match admitted {
            Admitted::Strong => stopwords::is_weak(&word.folded, asked),
            Admitted::Content | Admitted::Loose | Admitted::All => false,
        };
        let is_function = match admitted {
            Admitted::Strong | Admitted::Content => is_function_word(text, word, asked),
            Admitted::Loose => stopwords::is_empty_word(&word.folded, asked),
            Admitted::All => false,
        };
        let folded: String = group.iter().map(|word| word.folded.as_str()).collect();
        if (group.len() == 1 && (is_skipped || is_function)) || !seen.insert(folded.clone()) {
            continue;
        }
        let parts: Vec<_> = group.iter().map(|word| word.folded.clone()).collect();
        let mut forms = stemmed_forms(&parts, searched, 1.0);
        if group.len() > 1 {
            forms.extend(stemmed_forms(std::slice::from_ref(&folded), searched, 1.0));
        }
        let typed = &text[range.clone()];
        terms.push(Term {
            typed: text[with_glued(text, range.clone())].to_owned(),
            is_name: typed.contains(|c: char| c.is_ascii_digit())
                || (capitals_mark_names
                    && range.start > first
                    && typed.starts_with(char::is_uppercase)),
            folded,
            forms,
            turn_weight: 1.0,
        });
    }
    terms
}

/// Returns the positions of the words of each term: of one word, or of several that are one name.
///
/// A hyphenated word with a very short part or a stopword, such as `e-mail`, is one name. So are
/// consecutive function words with capitals inside of a question, such as `The Who`.
fn groups<'a>(
    text: &'a str,
    words: &'a [Word],
    asked: &'a [Language],
    capitals_mark_names: bool,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let is_hyphenated = move |at: usize| {
        let gap = text.get(words[at].range.end..words[at + 1].range.start);
        gap.is_some_and(|gap| HYPHENS.contains(&gap))
    };
    let is_small = move |at: usize| {
        let Word { folded, range, .. } = &words[at];
        stopwords::is_spelled_stopword(&text[range.clone()], folded, asked)
    };
    let is_part =
        move |at: usize| words[at].folded.chars().count() <= MAX_PART_CHARS || is_small(at);
    let has_digit = move |at: usize| words[at].folded.contains(|c: char| c.is_ascii_digit());
    // Words in capitals only are loud, or acronyms.
    let has_capital = move |at: usize| {
        let typed = &text[words[at].range.clone()];
        typed.starts_with(char::is_uppercase) && typed.contains(char::is_lowercase)
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        if start >= words.len() {
            return None;
        }
        let run = |continues: &dyn Fn(usize) -> bool| {
            let mut end = start;
            while end + 1 < words.len() && end < start + MAX_PARTS && continues(end) {
                end += 1;
            }
            start..end + 1
        };
        let hyphenated = run(&is_hyphenated);
        let mut parts = hyphenated.clone();
        let is_one_word = parts.any(is_part) && !hyphenated.clone().any(has_digit);
        let is_name_word = |at: usize| is_small(at) && has_capital(at);
        let named = match capitals_mark_names && start > 0 && is_name_word(start) {
            true => run(&|end| is_name_word(end + 1)),
            false => start..start + 1,
        };
        let group = match () {
            () if hyphenated.len() > 1 && is_one_word => hyphenated,
            () if named.len() > 1 => named,
            () => start..start + 1,
        };
        at = group.end;
        Some(group)
    })
}

/// Returns the byte range of a word with the letters and digits next to it, which belong to it for
/// a reader: both words of `5mm` are shown as `5mm`.
fn with_glued(text: &str, range: Range<usize>) -> Range<usize> {
    if script::ngram_size(&text[range.clone()]).is_some() {
        return range;
    }
    let is_inner =
        |c: char| c.is_alphanumeric() && script::ngram_size(c.encode_utf8(&mut [0; 4])).is_none();
    let before = text[..range.start].trim_end_matches(is_inner).len();
    let after = text.len() - text[range.end..].trim_start_matches(is_inner).len();
    before..after
}

/// Stems folded words in each language and returns the distinct results as forms.
pub fn stemmed_forms(folded: &[String], languages: &[Language], weight: f32) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for language in languages {
        let stemmer = WordStemmer::new(language);
        let stems: Vec<_> = folded.iter().map(|word| stemmer.stem(word)).collect();
        if !forms.iter().any(|form| form.stems == stems) {
            forms.push(Form { stems, weight, is_related: false });
        }
    }
    forms
}

/// Returns whether a word of a text is a stopword and not a name such as `US`, `IT` or `@who`.
pub fn is_function_word(text: &str, word: &Word, languages: &[Language]) -> bool {
    let typed = &text[word.range.clone()];
    let is_acronym = typed.chars().count() >= 2
        && typed.chars().all(|c| c.is_uppercase() || c == '.')
        && typed.chars().count() <= 5
        && ACRONYMS.contains(&word.folded.as_str());
    !is_acronym
        && !text[..word.range.start].ends_with(NAME_SIGNS)
        && stopwords::is_spelled_stopword(typed, &word.folded, languages)
}
