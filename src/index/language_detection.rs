//! Detection of the language of a text, by its letters and its function words. Pure.

use super::language::Language;
use super::{analyzer, function_words};

/// Minimum length of a text for language detection by letters alone, in bytes. The language of a
/// shorter text needs function words, too.
const MIN_BYTES_TO_DETECT: usize = 200;
/// Minimum share of function words in a short text of a language.
const MIN_FUNCTION_WORDS: f32 = 0.25;

/// Letters that tell a short text of names apart from those in other frequent languages of the same
/// script. Persian and Arabic keyboards type different letters for K and Y.
const OWN_LETTERS: [(&str, &str); 3] = [("fa", "پچژگکی"), ("ar", "ةكيىأإ"), ("ru", "ыэё")];

/// Letters of the Latin script that no other frequent language has.
const OWN_LATIN_LETTERS: [(&str, &str); 2] =
    [("tr", "ğıİ"), ("vi", "ơưạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỷỹ")];

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

/// Returns the language that is far more likely than others by the letters of a text, or that alone
/// has one of them.
pub fn by_letters_reliably(text: &str) -> Option<Language> {
    let has = |(_, letters): &&(&str, &str)| text.contains(|c| letters.contains(c));
    let by_own_letter = || OWN_LATIN_LETTERS.iter().find(has).map(|(code, _)| *code);
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable);
    let detected = info.and_then(|info| primary_subtag(info.lang().code()));
    detected.or_else(by_own_letter).map(Language::of_code)
}

/// Returns whether the letters of a text are those of one language or of few.
pub fn is_told_by_script(text: &str) -> bool {
    whatlang::detect_script(text).is_some_and(has_own_script)
}

/// Returns the language of a text in a script that no language of `corpus` has; the undetermined
/// language if its letters are those of several. Latin letters tell nothing, since names are
/// written in them in many languages.
pub fn by_script(text: &str, corpus: &[Language]) -> Option<Language> {
    let script = whatlang::detect_script(text)?;
    if is_in_script_of(text, corpus) {
        return None;
    }
    let is_reliable = || whatlang::detect(text).is_some_and(|info| info.is_reliable());
    if has_own_script(script) || is_reliable() {
        return by_letters(text);
    }
    let has_letters = |(_, letters): &&(&str, &str)| text.contains(|c| letters.contains(c));
    let found: Vec<_> = OWN_LETTERS.iter().filter(has_letters).collect();
    Some(match found[..] {
        [(code, _)] => Language::of_code(code),
        _ => Language::undetermined(),
    })
}

/// Returns whether a text may be in an article in one of the languages, by its script. Latin
/// letters, digits and signs may be in any article.
pub fn is_in_script_of(text: &str, languages: &[Language]) -> bool {
    match whatlang::detect_script(text) {
        None | Some(whatlang::Script::Latin) => true,
        Some(script) => languages.iter().any(|language| has_script(language, script)),
    }
}

/// Returns whether a language is written in a script; `true` if the detector does not know the
/// language.
fn has_script(language: &Language, script: whatlang::Script) -> bool {
    // Japanese has words of ideographs alone, which the detector takes for Chinese.
    if script == whatlang::Script::Mandarin && language.code() == "ja" {
        return true;
    }
    detectable(language.code()).is_none_or(|detectable| script.langs().contains(&detectable))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_detection_tells_whether_a_text_may_be_in_an_article_by_its_script() {
        let check = |text: &str, codes: &[&str], expected: bool| {
            let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
            assert_eq!(is_in_script_of(text, &languages), expected, "{text} {codes:?}");
        };
        check("Helmand", &["en"], true);
        check("Helmand", &["ru"], true);
        check("1973", &["fa"], true);
        check("река", &["en"], false);
        check("река", &["en", "uk"], true);
        check("رود", &["ru"], false);
        check("رود", &["ar"], true);
        check("条約", &["ja"], true);
        check("条約", &["en"], false);
        check("नदी", &["mr"], true);
        // The detector does not know the language, which may have any script.
        check("река", &["tg"], true);
    }
}
