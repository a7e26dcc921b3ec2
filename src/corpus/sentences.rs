//! Sentence boundary detection. Pure.
//!
//! Sentences are ascending byte ranges. They do not overlap, begin and end with a visible
//! character, and leave out only white space. `sentencex` has the rules of each language; this
//! module corrects its known mistakes by joining and splitting its ranges.

use std::ops::Range;

/// Returns the sentences of `text`. `language` is a primary subtag; `None` means English.
pub fn sentences(text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    let language = language.unwrap_or("en");
    let mut starts = vec![0];
    match is_costly(text) {
        true => starts.extend(starts_in_windows(text, language)),
        false => starts.extend(sentencex_starts(text, language)),
    }
    starts.extend(starts_within_quotations(text));
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

/// Maximum length of a text that `sentencex` gets at once if the text is costly, in bytes.
const WINDOW_BYTES: usize = 1 << 10;
/// Minimum number of bytes per punctuation mark in prose.
const BYTES_PER_MARK: usize = 12;

/// Returns whether `sentencex` takes quadratic time for `text`. For each punctuation mark it
/// searches back to the start of the word, and for each opening mark ahead to the closing mark.
fn is_costly(text: &str) -> bool {
    let is_mark = |c: &char| {
        c.is_ascii_punctuation()
            || matches!(c, '«' | '»' | '\u{2010}'..='\u{205e}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
    };
    text.len() > 2 * WINDOW_BYTES
        && (text.chars().filter(is_mark).count() * BYTES_PER_MARK > text.len()
            || text.split(char::is_whitespace).any(|word| word.len() > WINDOW_BYTES))
}

/// Returns the byte offsets of the sentence starts by `sentencex`.
fn sentencex_starts(text: &str, language: &str) -> Vec<usize> {
    let boundaries = sentencex::get_sentence_boundaries(language, text);
    let starts = boundaries.iter().map(|boundary| boundary.start_byte);
    // An offset inside of a character would panic when the text is sliced.
    starts.filter(|start| text.is_char_boundary(*start)).collect()
}

/// Returns the byte offsets of the sentence starts, found window by window. The last sentence of a
/// window may be cut, so the next window starts with it, unless it is longer than half a window.
fn starts_in_windows(text: &str, language: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let window = &text[at..text.floor_char_boundary(at + WINDOW_BYTES)];
        let end = match at + window.len() < text.len() {
            true => window.rfind(char::is_whitespace).filter(|end| *end > WINDOW_BYTES / 2),
            false => None,
        };
        let window = &window[..end.unwrap_or(window.len())];
        let found = sentencex_starts(window, language);
        starts.extend(found.iter().filter(|start| **start > 0).map(|start| at + start));
        let is_last = at + window.len() == text.len();
        let last = found.last().filter(|start| !is_last && **start > WINDOW_BYTES / 2);
        at += last.copied().unwrap_or(window.len());
    }
    starts
}

const CLOSERS: [char; 9] = ['”', '’', '"', '\'', ')', ']', '»', '›', '}'];
const OPENERS: [char; 9] = ['“', '‘', '"', '\'', '(', '[', '«', '‹', '{'];

/// Returns sentence starts that `sentencex` misses inside quotations and brackets: a capital after
/// `. `, `? ` or `! ` and closing marks.
fn starts_within_quotations(text: &str) -> Vec<usize> {
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

/// Returns whether no sentence can start at `start`: because an abbreviation precedes, or because
/// the text continues the previous sentence.
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
    // A full stop inside a word, as in `Amwaj.Media`. Scripts without spaces use other marks.
    if glued && stem.ends_with(['.', '!', '?']) {
        return true;
    }
    if first.is_lowercase() && !before.ends_with('\n') {
        return true;
    }
    stem.len() == before.len()
        && stem.strip_suffix('.').is_some_and(is_abbreviation)
        && !starts_sentence_after_initials(stem, after)
}

/// Abbreviations that precede a capital and never end a sentence, such as titles.
const NEVER_LAST: [&str; 35] = [
    "dr", "mr", "mrs", "ms", "prof", "rev", "gen", "col", "lt", "sgt", "capt", "maj", "gov", "sen",
    "rep", "st", "mt", "ft", "vs", "no", "nos", "fig", "figs", "vol", "p", "pp", "e.g", "i.e",
    "cf", "ca", "approx", "hon", "adm", "pres", "messrs",
];

/// Returns whether the text before a full stop ends with an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || OPENERS.contains(&c) || c == '—')
        .next()
        .unwrap_or("");
    let lower = word.to_lowercase();
    if NEVER_LAST.contains(&lower.as_str()) {
        // `No. 7` and `p. 5` are abbreviations; `Oh no.` is a sentence.
        return !matches!(lower.as_str(), "no" | "st" | "ft" | "p")
            || word != lower
            || lower == "p";
    }
    // Initials, such as `J`, `U.S`, `D.C`, `M.A` and `Ph.D`.
    word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
        || lower == "ph.d"
}

/// Returns whether a sentence starts after initials: `Washington, D.C. She has` has a sentence end;
/// `U.S. Navy`, `J. R. Tolkien` and `M.A. in` have none.
fn starts_sentence_after_initials(before: &str, after: &str) -> bool {
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

/// Returns `range` without white space at both ends.
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
    fn sentence_does_not_end_after_an_abbreviation() {
        check(&["Dr. Umer Karim told these authors.", "He left."]);
        check(&["The U.S. Navy and the U.S. government agreed.", "It held."]);
        check(&["Mr. Cafiero holds an M.A. in International Relations.", "Find him on X."]);
        check(&["She works in Washington, D.C.", "She has written for 20 years."]);
        check(&["J. R. R. Tolkien wrote it.", "See p. 5, No. 7, e.g. there."]);
        check(&["He writes for Amwaj.Media.", "In 2014–15 it cost 3.5 million."]);
        check(&["Oh no.", "He fell."]);
    }

    #[test]
    fn sentences_in_quotations_are_split_and_keep_their_marks() {
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
    fn sentences_of_costly_text_are_found_in_windows() {
        let sentence =
            "“It rose (by 3.5 m),” he said, “and fell [1]; rose – and ‘fell’ – again...” ";
        let long = sentence.repeat(100) + &"A".repeat(2 * WINDOW_BYTES);
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
