//! Stemming by the Snowball algorithm of a language. Pure.

use frostem::Stemmer;

use crate::index::language::Language;
use crate::index::script;

/// Returns the stem of a folded word. Without a stemmer, returns the word itself.
pub fn stem(stemmer: Option<&Stemmer>, folded: &str) -> String {
    // Decades, such as `1980s`.
    if let Some(year) = folded.strip_suffix('s').filter(|year| is_digits(year)) {
        return year.to_owned();
    }
    match stemmer {
        Some(stemmer) => stemmer.stem(folded).into_owned(),
        None => folded.to_owned(),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A stemmer whose stems are those of one language only.
///
/// A stem of a language other than English ends with a mark of the language, so that equal stems of
/// two languages differ: a Dutch stemmer makes `for` of `fork`. Numbers and n-grams have no mark.
pub struct WordStemmer {
    stemmer: Option<Stemmer>,
    mark: Option<String>,
}

impl WordStemmer {
    /// Returns the stemmer of a language.
    pub fn new(language: &Language) -> WordStemmer {
        let code = language.code();
        let mark = (code != "en").then(|| format!("_{code}"));
        WordStemmer { stemmer: language.stemmer(), mark }
    }

    /// Returns the stem of a folded word, with the mark of the language.
    pub fn stem(&self, folded: &str) -> String {
        let mut stem = stem(self.stemmer.as_ref(), folded);
        if let Some(mark) = &self.mark
            && folded.starts_with(char::is_alphabetic)
            && script::ngram_size(folded).is_none()
        {
            stem.push_str(mark);
        }
        stem
    }
}
