//! Detection of the language of a text, by its letters and its function words. Pure.

use super::language::Language;
use super::{analyzer, function_words};

/// Minimum length of a text for language detection by letters alone, in bytes. The language of a
/// shorter text needs function words, too.
const MIN_BYTES_TO_DETECT: usize = 200;
/// Minimum share of function words in a short text of a language.
const MIN_FUNCTION_WORDS: f32 = 0.25;

/// Returns the declared language, or the detected language of `text`, or English.
pub fn of_text(declared: Option<&str>, text: &str) -> Language {
    if let Some(code) = declared {
        return Language::of_code(code);
    }
    let english = Language::of_code("en");
    let Some(info) = whatlang::detect(text) else { return english };
    let Some(detected) = primary_subtag(info.lang().code()).map(Language::of_code) else {
        return english;
    };
    if has_own_script(info.script()) || (text.len() >= MIN_BYTES_TO_DETECT && info.is_reliable()) {
        return detected;
    }
    let words = analyzer::words(text);
    let share = function_words::share(&words, &detected);
    match share >= MIN_FUNCTION_WORDS && share > function_words::share(&words, &english) {
        true => detected,
        false => english,
    }
}

/// Returns the language that is most likely by the letters of a text.
pub fn by_letters(text: &str) -> Option<Language> {
    let info = whatlang::detect(text)?;
    primary_subtag(info.lang().code()).map(Language::of_code)
}

/// Returns whether the letters of a text are those of one language or of few.
pub fn is_told_by_script(text: &str) -> bool {
    whatlang::detect_script(text).is_some_and(has_own_script)
}

fn has_own_script(script: whatlang::Script) -> bool {
    use whatlang::Script::{Arabic, Cyrillic, Latin};
    !matches!(script, Arabic | Cyrillic | Latin)
}

/// Returns the language among `candidates` whose letters a text has most likely.
pub fn likeliest<'a>(text: &str, candidates: &[&'a Language]) -> Option<&'a Language> {
    let codes = candidates.iter().filter_map(|language| detectable(language.code())).collect();
    let found = whatlang::Detector::with_allowlist(codes).detect_lang(text)?;
    let code = primary_subtag(found.code())?;
    candidates.iter().find(|language| language.code() == code).copied()
}

/// Returns the language of a primary subtag for the detector, if it knows the language.
fn detectable(code: &str) -> Option<whatlang::Lang> {
    let three = match code {
        "zh" => "cmn",
        "fa" => "pes",
        "no" | "nb" | "nn" => "nob",
        two => isolang::Language::from_639_1(two)?.to_639_3(),
    };
    whatlang::Lang::from_code(three)
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
