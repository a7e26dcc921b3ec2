//! Sentence boundary detection. Pure.
//!
//! Sentences are ascending byte ranges. They do not overlap, begin and end with a visible
//! character, and leave out only white space. `sentencex` has the rules of each language; this
//! module corrects its known mistakes by joining and splitting its ranges, with the abbreviations
//! and sentence starts of `languages.toml`.

mod boundary;
mod rules;

use std::ops::Range;

use boundary::{
    CLOSERS, OPENERS, is_end_before_starter, is_enumeration, is_inner_full_stop, is_quoted_part,
};
use rules::Rules;

/// Returns the sentences of `text`. `language` is a primary subtag; `None` means English.
pub fn sentences(text: &str, language: Option<&str>) -> Vec<Range<usize>> {
    let language = language.unwrap_or("en");
    let rules = Rules::of(language);
    let masked = without_quotation_marks(text);
    let mut starts = vec![0];
    match is_costly(text) {
        true => starts.extend(starts_in_windows(&masked, language)),
        false => starts.extend(sentencex_starts(&masked, language)),
    }
    starts.extend(missed_starts(text, rules));
    starts.sort_unstable();
    let mut starts = visible(text, starts);
    starts.push(0);
    starts.iter_mut().for_each(|start| *start = before_openers(text, *start));
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start == 0 || !is_false_start(text, *start, rules));
    let mut ranges: Vec<Range<usize>> = Vec::new();
    starts.push(text.len());
    for pair in starts.windows(2) {
        let range = trim(text, pair[0]..pair[1]);
        match ranges.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if is_enumeration(&text[last.clone()]) => last.end = range.end,
            _ => ranges.push(range),
        }
    }
    ranges
}

/// Moves ascending starts behind the white space that follows each, and leaves out repeated ones.
fn visible(text: &str, starts: Vec<usize>) -> Vec<usize> {
    let mut moved = Vec::with_capacity(starts.len());
    let mut last = None;
    for start in starts {
        // White space is read once, however many starts are within.
        if last.is_none_or(|last| start > last) {
            let rest = text[start..].trim_start();
            last = Some(text.len() - rest.len());
            moved.extend(last);
        }
    }
    moved
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

/// Returns `text` with a space for each byte of a quotation mark or bracket that is not within a
/// word. `sentencex` finds no sentence inside of a pair of them.
fn without_quotation_marks(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_within =
            before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric());
        match (OPENERS.contains(&c) || CLOSERS.contains(&c)) && !is_within {
            true => masked.extend(std::iter::repeat_n(' ', c.len_utf8())),
            false => masked.push(c),
        }
        before = c;
    }
    masked
}

/// Returns the start of the sentence that begins at `start`, with the opening marks before it.
fn before_openers(text: &str, start: usize) -> usize {
    let before = text[..start].trim_end_matches(OPENERS);
    let is_marked = before.len() < start;
    if is_marked && (before.is_empty() || before.ends_with(char::is_whitespace)) {
        return before.len();
    }
    // French has a space after the opening mark.
    let opened = text[..start].trim_end().strip_suffix('«');
    if let Some(before) = opened.filter(|before| before.ends_with(char::is_whitespace)) {
        return before.len();
    }
    // Chinese and Japanese have no space there, and no mark that opens and closes.
    let before = text[..start].trim_end_matches(['“', '「', '『', '（']);
    if before.trim_end_matches(CLOSERS).ends_with(WIDE_STOPS) { before.len() } else { start }
}

/// Full stops and other sentence ends that no space follows.
const WIDE_STOPS: [char; 4] = ['。', '！', '？', '．'];

/// Returns the sentence starts that `sentencex` does not see: those after abbreviations, and those
/// after a full stop in a script without spaces.
fn missed_starts(text: &str, rules: &Rules) -> Vec<usize> {
    let mut starts = Vec::new();
    for (at, stop) in
        text.char_indices().filter(|(_, c)| matches!(c, '.' | '…' | '。' | '！' | '？'))
    {
        let after = text[at + stop.len_utf8()..].trim_start_matches(CLOSERS);
        let rest = after.trim_start();
        let is_start = match stop {
            '.' | '…' => {
                rest.len() < after.len() && is_end_before_starter(&text[..at], rest, rules)
            }
            _ => !rest.starts_with(WIDE_STOPS),
        };
        if is_start {
            starts.push(text.len() - rest.len());
        }
    }
    starts
}

/// Returns whether no sentence can start at `start`: because an abbreviation precedes, or because
/// the text continues the previous sentence.
fn is_false_start(text: &str, start: usize, rules: &Rules) -> bool {
    let before = text[..start].trim_end();
    let after = text[start..].trim_start();
    let Some(first) = after.chars().next() else { return true };
    if before.is_empty()
        || matches!(
            first,
            '’' | ')'
                | ']'
                | '»'
                | '›'
                | '}'
                | ','
                | ';'
                | ':'
                | '.'
                | '!'
                | '?'
                | '…'
                | '」'
                | '』'
                | '、'
                | '，'
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
    let letter = after
        .trim_start_matches(|c: char| OPENERS.contains(&c) || matches!(c, '—' | '–' | '-' | ' '));
    let is_wide = stem.ends_with(WIDE_STOPS);
    if letter.starts_with(char::is_lowercase) && !before.ends_with('\n') && !is_wide {
        return true;
    }
    if is_quoted_part(before, after) {
        return true;
    }
    stem.len() == before.len()
        && stem.strip_suffix(['.', '۔']).is_some_and(|stem| is_inner_full_stop(stem, after, rules))
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
        for text in ["A. ¿a", "No. ", "a.«", "z. B. ", "ß. É.", "1. ", "3. 。」"] {
            assert!(sentences(text, Some("de")).len() <= 2, "{text}");
        }
        for unit in [
            "![", "`", "`a``b", "\\`", "![](", "![`", "(", "«", "“", "a@", "A.", "a.)", "。",
            "aaaa!", "1. ", "x”。", "A. ", "z. B. ", "1) ", "« ", "No. 1. ", "？」",
        ] {
            assert!(is_costly(&unit.repeat(8 << 10)), "{unit}");
        }
        let prose = "The tide rises. The Moon, which is near, pulls at the sea. ".repeat(200);
        assert!(!is_costly(&prose));
    }

    #[test]
    fn sentence_boundaries_of_the_measured_texts_are_found() {
        let mut language = "en";
        let mut lines: Vec<&str> = Vec::new();
        let (mut all, mut right, mut wrong) = (0, 0, Vec::new());
        let file = include_str!("../../../tests/sentences/boundaries.txt");
        for line in file.lines().filter(|line| !line.starts_with('#')).chain([""]) {
            if let Some(code) = line.strip_prefix("== ") {
                language = code;
            } else if !line.is_empty() {
                lines.push(line);
                continue;
            }
            let separator = if matches!(language, "zh" | "ja") { "" } else { " " };
            let text = lines.join(separator);
            let ends = |ranges: Vec<Range<usize>>| ranges.into_iter().map(|range| range.end);
            let found: Vec<_> = ends(sentences(&text, Some(language))).collect();
            let mut at = 0;
            let expected: Vec<_> = lines
                .iter()
                .map(|line| {
                    at += line.len() + separator.len();
                    at - separator.len()
                })
                .collect();
            all += expected.len() + found.len();
            right += 2 * found.iter().filter(|end| expected.contains(end)).count();
            if found != expected {
                wrong.push(format!(
                    "{language}: {:?}",
                    sentences(&text, Some(language))
                        .into_iter()
                        .map(|range| &text[range])
                        .collect::<Vec<_>>()
                ));
            }
            lines.clear();
        }
        // F1 is twice the number of right boundaries by that of expected and found ones.
        let f1 = right as f64 / all as f64;
        assert!(f1 >= 0.99, "{f1}:\n{}", wrong.join("\n"));
    }

    const LANGUAGES: [&str; 9] = ["en", "de", "fr", "ja", "ru", "ko", "mr", "ur", "xx"];

    proptest! {
        #[test]
        fn sentences_in_windows_lose_nothing(text in "(?s)([a-zA-Z .!?“”’\"()…\r\n\t،؟۔。「」！？0-9¿«é😀]|\\PC|.){2100,2400}", language in prop::sample::select(&LANGUAGES[..])) {
            let mut last = 0;
            for range in sentences(&text, Some(language)) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(text[last..range.start].trim().is_empty());
                last = range.end;
            }
            prop_assert!(text[last..].trim().is_empty());
        }

        #[test]
        fn sentences_lose_nothing_but_white_space(text in "(?s)([a-zA-Z .!?“”’\"()…\r\n\t،؟۔。「」！？0-9¿«é😀]|\\PC|.){0,200}", language in prop::sample::select(&LANGUAGES[..])) {
            let mut last = 0;
            for range in sentences(&text, Some(language)) {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(text[last..range.start].trim().is_empty());
                prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                last = range.end;
            }
            prop_assert!(text[last..].trim().is_empty());
        }
    }
}
