//! Filters in a question: `in:FOLDER`, `by:AUTHOR`, `tag:TAG`, `after:DATE` and `before:DATE`, also
//! in the words of the other languages of the interface. Pure.
//!
//! Whether the corpus has such a folder, author or tag is not known here. Other words with a
//! colon stay in the question, and so do filters in an address (`https://…`), in a quoted phrase
//! and after a negation.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::index::folded_name;

/// Property of articles that a filter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterKind {
    Folder,
    Author,
    Tag,
    /// The date of publication is this one or a later one.
    After,
    /// The date of publication is an earlier one.
    Before,
}

/// A filter as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedFilter {
    pub kind: FilterKind,
    /// Alternatives, at least one. Only folders and tags have several.
    pub values: Vec<String>,
    /// Whether there are spaces around the colon, so that the words may be ordinary ones: "What did
    /// he say in: water?"
    pub is_spaced: bool,
    /// Byte range in the text.
    pub range: Range<usize>,
}

/// Words before the colon. They need not have their accents.
const WORDS: [(FilterKind, &str); 5] = [
    (FilterKind::Folder, "in folder в папка раздел در پوشه في مجلد ordner dans dossier en carpeta"),
    (
        FilterKind::Author,
        "by author автор از نویسنده بقلم كاتب الكاتب مؤلف المؤلف von autor autorin par auteur \
         autrice de por autora",
    ),
    (FilterKind::Tag, "tag tags тег метка برچسب وسم schlagwort stichwort étiquette etiqueta"),
    (
        FilterKind::After,
        "after since после بعد بعد_از پس_از nach seit ab après depuis después después_de desde",
    ),
    (FilterKind::Before, "before до перед قبل قبل_از پیش_از vor avant antes antes_de"),
];
/// Words after which a filter would mean the opposite.
const NEGATIONS: &str = "not without except но не без кроме нет بدون غیر نه بجز غير ليس سوى nicht \
    ohne außer kein pas sans sauf hors no sin excepto salvo";
/// Quotation marks around a value or a phrase, each with the marks that close it.
const QUOTATION_MARKS: [(char, &[char]); 4] =
    [('"', &['"']), ('“', &['”', '"']), ('„', &['“', '”']), ('«', &['»'])];
/// Maximum length of a word before the colon, with the colon, in bytes.
const MAX_WORD_BYTES: usize = 32;

static KINDS: LazyLock<HashMap<String, FilterKind>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(kind, words)| {
        words.split_whitespace().map(move |word| (folded_name(&word.replace('_', " ")), *kind))
    });
    words.collect()
});

/// Returns the filters in a text, in their order.
pub fn find_filters(text: &str) -> Vec<TypedFilter> {
    let mut found = Vec::new();
    if !text.contains([':', '：']) {
        return found;
    }
    let mut at = 0;
    // An opening mark without a closing one is searched once only, so that the time stays linear.
    let mut unclosed = Vec::new();
    while let Some(c) = text[at..].chars().next() {
        if is_word_start(text, at)
            && let Some(filter) = filter_at(text, at)
        {
            at = filter.range.end;
            if !is_negated(&text[..filter.range.start]) {
                found.push(filter);
            }
            continue;
        }
        at += c.len_utf8();
        if !unclosed.contains(&c) && QUOTATION_MARKS.iter().any(|(mark, _)| *mark == c) {
            match quoted_bytes(c, &text[at..]) {
                Some(length) => at += length,
                None => unclosed.push(c),
            }
        }
    }
    found
}

/// Returns a text without some of its filters. A space at the end stays, since it ends a word.
pub fn without_filters<'f>(
    text: &str,
    filters: impl IntoIterator<Item = &'f TypedFilter>,
) -> String {
    let (mut rest, mut at) = (String::new(), 0);
    for filter in filters {
        rest.push_str(text[at..filter.range.start].trim_end_matches([' ', '\u{a0}']));
        at = filter.range.end;
        let follows = text[at..].chars().next();
        if follows.is_some_and(|next| next.is_alphanumeric()) {
            rest.push(' ');
        }
    }
    rest.push_str(&text[at..]);
    rest.trim_start().to_owned()
}

/// Returns whether a word may start at a position: after a space, a bracket or an inverted mark.
fn is_word_start(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    before
        .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '¿' | '\u{200e}' | '\u{200f}'))
}

/// Returns the number of bytes of a phrase after its opening mark, with the closing mark.
fn quoted_bytes(opening: char, rest: &str) -> Option<usize> {
    let (_, closing) = QUOTATION_MARKS.iter().find(|(mark, _)| *mark == opening)?;
    let (close, mark) = rest.char_indices().find(|(_, c)| closing.contains(c))?;
    Some(close + mark.len_utf8())
}

/// Parses the filter that starts at a position.
fn filter_at(text: &str, start: usize) -> Option<TypedFilter> {
    let rest = &text[start..];
    let colon = rest[..rest.floor_char_boundary(MAX_WORD_BYTES)].find([':', '：'])?;
    let name = &rest[..colon];
    let is_part = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\u{a0}' | '\u{200c}');
    let is_name = !name.is_empty() && name.chars().all(|c| is_part(c) || is_mark(c));
    let kind = is_name.then(|| KINDS.get(&folded_name(name)).copied())??;
    let after_colon = start + colon + rest[colon..].chars().next().map_or(0, char::len_utf8);
    let blank = text[after_colon..].trim_start_matches([' ', '\u{a0}']);
    let value_start = text.len() - blank.len();
    let is_spaced = value_start > after_colon || name.ends_with([' ', '\u{a0}']);
    let (value, end) = match blank.chars().next() {
        Some(mark) if QUOTATION_MARKS.iter().any(|(opening, _)| *opening == mark) => {
            let inner = &blank[mark.len_utf8()..];
            let length = quoted_bytes(mark, inner)?;
            let closing = inner[..length].chars().next_back().map_or(0, char::len_utf8);
            (&inner[..length - closing], value_start + mark.len_utf8() + length)
        }
        _ => {
            let word = blank.split(char::is_whitespace).next().unwrap_or_default();
            let is_closing =
                |c: char| !c.is_alphanumeric() && !is_mark(c) && !matches!(c, '+' | '#');
            let word = word.trim_end_matches(is_closing);
            (word, value_start + word.len())
        }
    };
    let is_quoted = end > value_start + value.len();
    let values: Vec<_> = match kind {
        FilterKind::Folder | FilterKind::Tag if !is_quoted => {
            value.split([',', '،', '、', '，']).map(str::to_owned).collect()
        }
        FilterKind::Folder
        | FilterKind::Author
        | FilterKind::Tag
        | FilterKind::After
        | FilterKind::Before => vec![value.to_owned()],
    };
    let has_content = |value: &String| value.contains(char::is_alphanumeric);
    let values: Vec<_> = values.into_iter().filter(has_content).collect();
    let is_address = value.starts_with("//");
    (!values.is_empty() && !is_address).then_some(TypedFilter {
        kind,
        values,
        is_spaced,
        range: start..end,
    })
}

/// Returns whether a character is an accent or a vowel sign of the letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Returns whether a text ends with a word that negates what follows.
fn is_negated(before: &str) -> bool {
    let word = before.split_whitespace().next_back().unwrap_or_default();
    let folded = folded_name(word);
    !folded.is_empty() && NEGATIONS.split_whitespace().any(|known| folded_name(known) == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats the filters of a text, then the rest of the text.
    fn read(text: &str) -> (Vec<String>, String) {
        let found = find_filters(text);
        let line = |filter: &TypedFilter| {
            let spaced = if filter.is_spaced { "?" } else { "" };
            format!("{:?}{spaced} {}", filter.kind, filter.values.join(" | "))
        };
        (found.iter().map(line).collect(), without_filters(text, &found))
    }

    #[track_caller]
    fn check(text: &str, filters: &[&str], rest: &str) {
        let (found, left) = read(text);
        assert_eq!(found, filters, "{text}");
        assert_eq!(left, rest, "{text}");
    }

    #[test]
    fn filters_are_found_wherever_they_are() {
        check("in:water what is a dike?", &["Folder water"], "what is a dike?");
        check("what is a dike in:water?", &["Folder water"], "what is a dike?");
        check("what is in:water a dike?", &["Folder water"], "what is a dike?");
        check("in:water", &["Folder water"], "");
        check("IN:Water dikes", &["Folder Water"], "dikes");
        check("in:\"two words\" dikes", &["Folder two words"], "dikes");
        check("in:“two words” dikes", &["Folder two words"], "dikes");
        check("by:«Ада Мун» плотины", &["Author Ада Мун"], "плотины");
        check("in:water,energy dikes", &["Folder water | energy"], "dikes");
        check("in:topics/water, dikes", &["Folder topics/water"], ", dikes");
        check("tag:c++ speed", &["Tag c++"], "speed");
        check("tag:F# speed", &["Tag F#"], "speed");
        check("in:water in:energy dikes", &["Folder water", "Folder energy"], "dikes");
        check(
            "dikes in:water by:ada tag:coast after:2026-01 before:2026-02-03",
            &["Folder water", "Author ada", "Tag coast", "After 2026-01", "Before 2026-02-03"],
            "dikes",
        );
        check("in：water dikes", &["Folder water"], "dikes");
        check("in: water dikes", &["Folder? water"], "dikes");
        check("in : water dikes", &["Folder? water"], "dikes");
        check("(in:water) dikes", &["Folder water"], "() dikes");
        check("by:\"Ada, Countess\" x", &["Author Ada, Countess"], "x");
    }

    #[test]
    fn filters_have_words_in_seven_languages() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read(text).0, [expected], "{text}");
        };
        for text in ["folder:x", "в:x", "папка:x", "در:x", "پوشه:x", "في:x", "مجلد:x"]
        {
            check(text, "Folder x");
        }
        for text in ["ordner:x", "dans:x", "dossier:x", "en:x", "carpeta:x", "En:x"] {
            check(text, "Folder x");
        }
        for text in ["author:x", "автор:x", "از:x", "نویسنده:x", "بقلم:x", "الكاتب:x", "von:x"]
        {
            check(text, "Author x");
        }
        for text in ["par:x", "auteur:x", "de:x", "por:x", "autora:x", "Autor:x"] {
            check(text, "Author x");
        }
        for text in ["тег:x", "برچسب:x", "وسم:x", "Schlagwort:x", "étiquette:x", "etiquette:x"]
        {
            check(text, "Tag x");
        }
        check("etiqueta:x", "Tag x");
        for text in ["since:2026", "после:2026", "بعد از:2026", "پس از:2026", "بعد:2026"]
        {
            check(text, "After 2026");
        }
        for text in ["nach:2026", "seit:2026", "après:2026", "apres:2026", "después:2026"] {
            check(text, "After 2026");
        }
        for text in ["depuis:2026", "desde:2026", "despues de:2026"] {
            check(text, "After 2026");
        }
        for text in ["до:2026", "قبل از:2026", "پیش از:2026", "قبل:2026", "vor:2026", "avant:2026"]
        {
            check(text, "Before 2026");
        }
        for text in ["antes:2026", "antes de:2026", "before:2026"] {
            check(text, "Before 2026");
        }
    }

    #[test]
    fn filters_are_not_seen_in_other_texts() {
        for text in [
            "",
            ":",
            "in:",
            "in: ?",
            "in:?",
            "what is in: \"",
            "https://example.org/in:water",
            "in://water",
            "see mailto:in:water",
            "Re: the dikes",
            "at 10:30",
            "в 10:30",
            "plug-in:water",
            "-in:water",
            "x.in:water",
            "main:water",
            "not in:water",
            "nicht in:water",
            "не в:вода",
            "sans tag:x",
            "the phrase \"look in:water now\" is there",
            "«в:вода» это что",
            "a:b in 3:2",
            "#water",
            "C++: std::in",
            "the ratio is 3 in 10: why?",
        ] {
            let (found, rest) = read(text);
            assert_eq!(found, Vec::<String>::new(), "{text}");
            assert_eq!(rest, text.trim_start(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn filters_of_any_text_are_ranges_of_it(text in "\\PC*", tail in "(in|by|в|:|：|\"| |a|«|»|,|-)*") {
            for text in [&text, &tail, &format!("{text} {tail}")] {
                let found = find_filters(text);
                without_filters(text, &found);
                let ranges = found.iter().map(|filter| filter.range.clone());
                let is_ordered = ranges.clone().zip(ranges.skip(1)).all(|(a, b)| a.end <= b.start);
                proptest::prop_assert!(is_ordered);
                for filter in found {
                    proptest::prop_assert!(text.get(filter.range).is_some());
                }
            }
        }
    }
}
