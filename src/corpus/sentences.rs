//! A passage's text to sentences, as byte ranges.
//!
//! Pure. Ranges ascend, do not overlap, begin and end with a visible character, and leave out
//! nothing but white space. The rules of each language come from `sentencex`; what it gets wrong
//! for us is mended by joining and splitting its ranges.

use std::ops::Range;

/// The sentences of `text` in a language given by its primary subtag; English if unknown.
pub fn sentences(text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    let language = language.unwrap_or("en");
    let mut starts = vec![0];
    match is_costly(text) {
        true => starts.extend(starts_in_windows(text, language)),
        false => starts.extend(library_starts(text, language)),
    }
    starts.extend(ends_within_quotations(text));
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start == 0 || !is_false_start(text, *start));
    starts.push(text.len());
    starts
        .windows(2)
        .map(|pair| trim(text, pair[0]..pair[1]))
        .filter(|range| !range.is_empty())
        .collect()
}

/// Length in bytes of the part of a costly text that the library sees at a time.
const WINDOW: usize = 1 << 10;
/// In prose, marks are fewer than one in so many bytes.
const BYTES_PER_MARK: usize = 12;

/// Returns whether the library would take quadratic time for `text`: for each mark it looks back to
/// the beginning of the word, and for each opening one ahead to a closing one.
fn is_costly(text: &str) -> bool {
    let is_mark = |c: &char| {
        c.is_ascii_punctuation()
            || matches!(c, '«' | '»' | '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
    };
    text.len() > 2 * WINDOW
        && (text.chars().filter(is_mark).count() * BYTES_PER_MARK > text.len()
            || text.split(char::is_whitespace).any(|word| word.len() > WINDOW))
}

/// Returns where the library sees sentences begin.
fn library_starts(text: &str, language: &str) -> Vec<usize> {
    let boundaries = sentencex::get_sentence_boundaries(language, text);
    let starts = boundaries.iter().map(|boundary| boundary.start_byte);
    // Whatever the library says, only a boundary between characters can be one of ours.
    starts.filter(|start| text.is_char_boundary(*start)).collect()
}

/// Returns the same, looking at a part of the text at a time. The last sentence of a part may
/// continue behind it, so that the next part begins with it, unless it is longer than half of a
/// part.
fn starts_in_windows(text: &str, language: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let window = &text[at..text.floor_char_boundary(at + WINDOW)];
        let end = match at + window.len() < text.len() {
            true => window.rfind(char::is_whitespace).filter(|end| *end > WINDOW / 2),
            false => None,
        };
        let window = &window[..end.unwrap_or(window.len())];
        let found = library_starts(window, language);
        starts.extend(found.iter().filter(|start| **start > 0).map(|start| at + start));
        let is_last = at + window.len() == text.len();
        let last = found.last().filter(|start| !is_last && **start > WINDOW / 2);
        at += last.copied().unwrap_or(window.len());
    }
    starts
}

const CLOSERS: [char; 9] = ['”', '’', '"', '\'', ')', ']', '»', '›', '}'];
const OPENERS: [char; 9] = ['“', '‘', '"', '\'', '(', '[', '«', '‹', '{'];

/// Starts of sentences that the library overlooks: after `. ` or `? ` or `! ` (and closing marks)
/// before a capital, which it leaves together inside quotations and brackets.
fn ends_within_quotations(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    for (at, mark) in text.char_indices() {
        if !matches!(mark, '.' | '!' | '?') {
            continue;
        }
        let after = text[at + 1..].trim_start_matches(CLOSERS);
        let rest = after.trim_start();
        let begins = rest.trim_start_matches(OPENERS).chars().next();
        if rest.len() < after.len()
            && begins.is_some_and(char::is_uppercase)
            && !is_abbreviation(&text[..at])
        {
            starts.push(text.len() - rest.len());
        }
    }
    starts
}

/// Whether the sentence cannot begin here: after an abbreviation, or with what belongs to the
/// sentence before.
fn is_false_start(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end();
    let after = text[start..].trim_start();
    let Some(first) = after.chars().next() else { return true };
    if before.is_empty()
        || matches!(
            first,
            '”' | '’' | ')' | ']' | '»' | '›' | '}' | ',' | ';' | ':' | '.' | '!' | '?' | '…'
        )
    {
        return true;
    }
    let glued = before.len() == start && text.len() - start == after.len();
    let stem = before.trim_end_matches(CLOSERS);
    // Inside a word, such as `Amwaj.Media`; scripts without spaces end a sentence there.
    if glued && stem.ends_with(['.', '!', '?']) {
        return true;
    }
    if first.is_lowercase() && !before.ends_with('\n') {
        return true;
    }
    stem.len() == before.len()
        && stem.strip_suffix('.').is_some_and(is_abbreviation)
        && !starts_new_after_initials(stem, after)
}

/// Titles and the like, which are followed by a capital and never end a sentence.
const NEVER_LAST: [&str; 35] = [
    "dr", "mr", "mrs", "ms", "prof", "rev", "gen", "col", "lt", "sgt", "capt", "maj", "gov", "sen",
    "rep", "st", "mt", "ft", "vs", "no", "nos", "fig", "figs", "vol", "p", "pp", "e.g", "i.e",
    "cf", "ca", "approx", "hon", "adm", "pres", "messrs",
];

/// Whether the text before a full stop ends with an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || OPENERS.contains(&c) || c == '—')
        .next()
        .unwrap_or("");
    let lower = word.to_lowercase();
    if NEVER_LAST.contains(&lower.as_str()) {
        // `No.` and `p.` count things; `Oh no.` does not.
        return !matches!(lower.as_str(), "no" | "st" | "ft" | "p")
            || word != lower
            || lower == "p";
    }
    // Initials and the like: `J`, `U.S`, `D.C`, `M.A`, `Ph.D`.
    word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
        || lower == "ph.d"
}

/// `Washington, D.C. She has` ends a sentence; `U.S. Navy`, `J. R. Tolkien` and `M.A. in` do not.
fn starts_new_after_initials(before: &str, after: &str) -> bool {
    const BEGINNERS: [&str; 40] = [
        "The", "A", "An", "He", "She", "It", "They", "We", "I", "You", "This", "That", "These",
        "Those", "There", "In", "On", "At", "But", "And", "For", "After", "Before", "When",
        "While", "As", "If", "His", "Her", "Its", "Their", "Our", "However", "Since", "During",
        "With", "To", "By", "From", "Both",
    ];
    let initials = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let word = after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    initials.matches('.').count() >= 2 && BEGINNERS.contains(&word)
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    start..start.max(range.start + slice.trim_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(expected: &[&str]) {
        let text = expected.join(" ");
        let found: Vec<_> =
            sentences(&text, Some("en")).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_abbreviation_ends_no_sentence() {
        check(&["Dr. Umer Karim told these authors.", "He left."]);
        check(&["The U.S. Navy and the U.S. government agreed.", "It held."]);
        check(&["Mr. Cafiero holds an M.A. in International Relations.", "Find him on X."]);
        check(&["She works in Washington, D.C.", "She has written for 20 years."]);
        check(&["J. R. R. Tolkien wrote it.", "See p. 5, No. 7, e.g. there."]);
        check(&["He writes for Amwaj.Media.", "In 2014–15 it cost 3.5 million."]);
        check(&["Oh no.", "He fell."]);
    }

    #[test]
    fn a_quotation_is_cut_at_its_sentences_and_keeps_its_marks() {
        check(&[
            "“We’ve seen a statement.",
            "There’s frustration.",
            "They are pushed across the border,” said Ibraheem Bahiss, an analyst.",
        ]);
        check(&["He said “it is over.”", "Then he left."]);
        check(&["“Is it?” she asked.", "(It was.)", "It ended."]);
        check(&["Wait… what?!", "Yes!"]);
    }

    #[test]
    fn sentences_of_a_text_that_is_costly_are_those_of_any_other() {
        let sentence =
            "“It rose (by 3.5 m),” he said, “and fell [1]; rose – and ‘fell’ – again...” ";
        let long = sentence.repeat(100) + &"A".repeat(2 * WINDOW);
        assert!(!is_costly(sentence) && is_costly(&long));
        let found = sentences(&long, Some("en"));
        assert_eq!(found.len(), 101);
        assert!(found[..100].iter().all(|range| long[range.clone()] == *sentence.trim_end()));
        for unit in [
            "![", "`", "`a``b", "\\`", "![](", "![`", "(", "«", "“", "a@", "A.", "a.)", "。",
            "aaaa!",
        ] {
            assert!(is_costly(&unit.repeat(8 << 10)), "{unit}");
        }
        let prose = "The tide rises. The Moon, which is near, pulls at the sea. ".repeat(200);
        assert!(!is_costly(&prose));
    }

    proptest! {
        #[test]
        fn sentences_in_windows_lose_nothing(text in "(?s)([a-zA-Z .!?“”’\"()…\r\n\t،؟۔。é😀]|\\PC|.){2100,2400}") {
            let mut last = 0;
            for range in sentences(&text, Some("en")) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(text[last..range.start].trim().is_empty());
                last = range.end;
            }
            prop_assert!(text[last..].trim().is_empty());
        }

        #[test]
        fn sentences_lose_nothing_but_white_space(text in "(?s)([a-zA-Z .!?“”’\"()…\r\n\t،؟۔。é😀]|\\PC|.){0,200}") {
            let mut last = 0;
            for range in sentences(&text, Some("en")) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(text[last..range.start].trim().is_empty());
                prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                last = range.end;
            }
            prop_assert!(text[last..].trim().is_empty());
        }
    }
}
