//! Languages by their primary subtag, with their stemmers.

use frostem::{Algorithm, Stemmer};

/// A language, by its primary subtag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(String);

/// Primary subtag of an undetermined language, by BCP 47.
const UNDETERMINED: &str = "und";

impl Language {
    /// Returns the language with a primary subtag such as `en`.
    pub fn of_code(code: &str) -> Language {
        Language(code.to_lowercase())
    }

    /// Returns the language of a text whose language is not known.
    pub fn undetermined() -> Language {
        Language::of_code(UNDETERMINED)
    }

    /// Returns whether the language is known.
    pub fn is_determined(&self) -> bool {
        self.0 != UNDETERMINED
    }

    /// Returns the primary subtag.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Returns the English name of the language, or its primary subtag if ISO 639 does not have it.
    pub fn name(&self) -> String {
        let of_two_letters = isolang::Language::from_639_1(&self.0);
        let known = of_two_letters.or_else(|| isolang::Language::from_639_3(&self.0));
        known.map_or_else(|| self.0.clone(), |known| known.to_name().to_owned())
    }

    /// Returns the Snowball stemmer of the language, if there is one.
    pub fn stemmer(&self) -> Option<Stemmer> {
        // Both written standards of Norwegian share a stemmer.
        let name = if matches!(self.0.as_str(), "nb" | "nn") { "no" } else { &self.0 };
        Algorithm::from_name(name).ok().map(Stemmer::new)
    }
}
