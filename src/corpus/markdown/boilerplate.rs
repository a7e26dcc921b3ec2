//! Boilerplate: navigation, credits of pictures and invitations to subscribe, which a page has
//! around its text. Pure.

use std::ops::Range;

use super::super::article::PassageKind;
use super::patterns::pattern;

/// Maximum length of a credit, a byline or an invitation, in bytes.
const MAX_BYTES: usize = 250;
/// Maximum length of the text of a link that leads on, in bytes. A longer one is a sentence.
const MAX_LINK_BYTES: usize = 120;

pattern!(
    CREDIT,
    r"(?i)^[\s(\[]*(?:(?:cover |header |featured |hero |title )?(?:photo|image|picture|photograph|illustration|video|graphic)s?(?: credits?| courtesy)?(?::| by | from | courtesy | © )|(?:foto|fotos|bild|bilder|titelbild|bildnachweis|illustration|abbildung|crédit photo|crédits photos|crédito|créditos|imagen|фото|фотография|изображение|عکس|تصویر|الصورة|صورة)(?::| von | de | par | por | © )|photo credits?\b|credits?: )"
);
pattern!(
    INVITATION,
    r"(?i)^\W*(?:please )?(?:subscribe|sign up|join|get|abonnieren|abonniere|inscrivez|abonnez|suscríbete|suscribirse|подпишитесь|подписаться|اشترک|مشترک)\b.*\b(?:newsletter|mailing list|rss|feed|e-?mails?|inbox|updates|рассылк\w*|infolettre|boletín|خبرنامه)\b"
);
pattern!(
    BYLINE,
    r"^(?:[Bb]y|BY|Von|Par|Por|Автор:?) (?:[\p{Lu}][\w’'.-]*|and|und|et|y|de|von|van|,|\s)+$"
);
pattern!(ATTRIBUTION, r"^\s*(?:—|–|--|―)\s*[@\p{Lu}\[].*$");
pattern!(ADDRESS, r"^(?:https?://|www\.)\S+$");
pattern!(
    DIRECTION,
    r"(?i)^\W*(?:next|previous|prev|back|home|up|top|back to top|table of contents|read more|see also|more|weiter|zurück|suivant|précédent|далее|назад)?\W*$"
);

/// Returns whether the block `text` is boilerplate. `links` are the byte ranges of its links.
pub fn is_boilerplate(kind: PassageKind, text: &str, links: &[Range<usize>]) -> bool {
    let trimmed = text.trim();
    if matches!(kind, PassageKind::Code | PassageKind::Footnote) || trimmed.is_empty() {
        return false;
    }
    if trimmed.len() <= MAX_BYTES {
        let patterns = [&CREDIT, &INVITATION, &BYLINE, &ATTRIBUTION, &ADDRESS];
        if patterns.iter().any(|pattern| pattern.is_match(trimmed)) {
            return true;
        }
    }
    is_navigation(kind, text, links)
}

/// Returns whether nearly all of a text is links.
fn is_navigation(kind: PassageKind, text: &str, links: &[Range<usize>]) -> bool {
    if links.is_empty() || links.iter().any(|link| link.len() > MAX_LINK_BYTES) {
        return false;
    }
    let mut outside = String::new();
    let mut at = 0;
    for link in links {
        outside.push_str(text.get(at..link.start).unwrap_or_default());
        outside.push(' ');
        at = at.max(link.end);
    }
    outside.push_str(text.get(at..).unwrap_or_default());
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let words = outside.split_whitespace().filter(is_word).count();
    match kind {
        PassageKind::ListItem | PassageKind::TableRow => words <= 1,
        PassageKind::Paragraph | PassageKind::BlockQuotation => {
            words == 0 || DIRECTION.is_match(&outside)
        }
        PassageKind::Code | PassageKind::Footnote => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boilerplate_is_told_from_text() {
        #[track_caller]
        fn check(text: &str, expected: bool) {
            // Brackets mark the links.
            let mut shown = String::new();
            let mut links = Vec::new();
            let mut open = 0;
            for c in text.chars() {
                match c {
                    '[' => open = shown.len(),
                    ']' => links.push(open..shown.len()),
                    c => shown.push(c),
                }
            }
            assert_eq!(is_boilerplate(PassageKind::ListItem, &shown, &links), expected, "{text}");
        }
        for text in [
            "[Pausing traffic in the lock] - 2021-11-24",
            "[Home] | [Next]",
            "[Chapter 1]",
            "Photo: Ada Moon",
            "Photo by Ada Moon on Example",
            "Image credit: Ada Moon",
            "Foto: Ada Moon",
            "Subscribe to our newsletter for weekly tides.",
            "By Ada Moon",
            "— @ada_moon, on “The slow tide”",
            "https://example.org/tides",
        ] {
            check(text, true);
        }
        for text in [
            "See [the rules] before you enter.",
            "[Hector] is the crane of the south quay.",
            "Photographs of the harbour fade in the sun.",
            "By noon the tide is out.",
            "The newsletter of the harbour has 300 readers.",
            "Get the key from the pilot.",
            "Tides",
        ] {
            check(text, false);
        }
    }
}
