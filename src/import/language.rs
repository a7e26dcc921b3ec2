//! Check of the language that a source declares.
//!
//! Programs declare the language of their own settings, English above all, whatever the text is.

use whatlang::{Lang, detect};

/// Maximum length of the text that is examined, in characters.
const SAMPLE_CHARS: usize = 4000;

/// Returns the declared language, unless it is English and the text certainly is not.
pub fn plausible(declared: Option<String>, text: &str) -> Option<String> {
    let declared = declared.filter(|tag| !tag.trim().is_empty())?;
    let primary = declared.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    if !matches!(primary.as_str(), "en" | "eng") {
        return Some(declared);
    }
    let sample: String = text.chars().take(SAMPLE_CHARS).collect();
    let is_other =
        detect(&sample).is_some_and(|info| info.lang() != Lang::Eng && info.is_reliable());
    (!is_other).then_some(declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_text_is_required_for_english() {
        let german = "Der Mond zieht das Wasser der Meere an, und darum steigt es zweimal am Tag. \
            Wenn es wieder sinkt, werden die Strände größer, und die Schiffe müssen warten.";
        let english = "The Moon attracts the water of the seas, and so it rises twice a day.";
        let check = |declared: &str, text: &str, expected: Option<&str>| {
            assert_eq!(plausible(Some(declared.to_owned()), text).as_deref(), expected);
        };
        check("en-US", german, None);
        check("en-US", english, Some("en-US"));
        check("de", english, Some("de"));
        check("en", "Tides", Some("en"));
        check("", english, None);
        assert_eq!(plausible(None, english), None);
    }
}
