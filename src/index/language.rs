//! Languages: detection of the language of a text, and its stemmer.

use frostem::{Algorithm, Stemmer};

/// A language, by its primary subtag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(String);

/// Minimum length of a text for language detection, in bytes. The default is more reliable for
/// shorter texts.
const MIN_BYTES_TO_DETECT: usize = 200;

impl Language {
    /// Returns the language with a primary subtag such as `en`.
    pub fn of_code(code: &str) -> Language {
        Language(code.to_lowercase())
    }

    /// Returns the declared language, or the detected language of `text`, or English.
    pub fn of_text(declared: Option<&str>, text: &str) -> Language {
        if let Some(code) = declared {
            return Language::of_code(code);
        }
        let detected = (text.len() >= MIN_BYTES_TO_DETECT)
            .then(|| whatlang::detect(text))
            .flatten()
            .filter(|info| info.is_reliable())
            .and_then(|info| primary_subtag(info.lang().code()));
        Language(detected.unwrap_or("en").to_owned())
    }

    /// Returns the primary subtag.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Returns the Snowball stemmer of the language, if there is one.
    pub fn stemmer(&self) -> Option<Stemmer> {
        // Both written standards of Norwegian share a stemmer.
        let name = if matches!(self.0.as_str(), "nb" | "nn") { "no" } else { &self.0 };
        Algorithm::from_name(name).ok().map(Stemmer::new)
    }
}

/// Returns the BCP 47 primary subtag of a language given by its ISO 639-3 code.
fn primary_subtag(three: &str) -> Option<&'static str> {
    match three {
        // Individual languages that BCP 47 names by their macrolanguage.
        "cmn" => Some("zh"),
        "pes" => Some("fa"),
        _ => {
            let language = isolang::Language::from_639_3(three)?;
            Some(language.to_639_1().unwrap_or(language.to_639_3()))
        }
    }
}
