//! Files of the corpus: every quote of an article is a byte range of the file.

use std::ops::Range;

use verbatim::corpus::article::{Article, Passage};

const FRONT_MATTER: &str = "---\ntitle: T\n---\n";

/// Parses any text as an article. A text without front matter gets some. Returns the article, and
/// the bytes of its file.
pub fn article(bytes: &[u8]) -> Option<(Article, Vec<u8>)> {
    let content = match bytes.starts_with(b"---") {
        true => bytes.to_vec(),
        false => [FRONT_MATTER.as_bytes(), bytes].concat(),
    };
    let (article, _) = verbatim::corpus::parse("a.md", "a.md", &content).ok()?;
    Some((article, content))
}

/// Checks the article in a file, as Markdown and as plain text.
pub fn check(bytes: &[u8]) {
    if let Some((article, content)) = article(bytes) {
        check_article(&article, &content);
    }
    if let Ok((article, _)) = verbatim::corpus::parse("a.txt", "a.txt", bytes) {
        check_article(&article, bytes);
    }
}

fn check_article(article: &Article, bytes: &[u8]) {
    // Text in another encoding differs from the bytes of its file.
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    if bytes.contains(&0) {
        return;
    }
    let mut next = 0;
    for (position, section) in article.outline.sections.iter().enumerate() {
        assert_eq!(section.passages.start, next, "a section starts where the previous one ends");
        next = section.passages.end;
        assert!(section.parent.is_none_or(|parent| parent < position));
    }
    assert_eq!(next, article.passages.len());
    for passage in &article.passages {
        assert!(passage.section < article.outline.sections.len());
        check_sentences(passage);
        check_runs(passage, file);
        let whole_passage = std::iter::once(0..passage.text.len());
        for range in passage.sentences.iter().cloned().chain(whole_passage) {
            let file_range = passage.origin.file_range(range.clone());
            let quoted = file.get(file_range.clone());
            assert!(
                quoted.is_some_and(|text| !text.is_empty()),
                "{range:?} is {file_range:?} of the file"
            );
        }
    }
}

/// Checks that the sentences are in order, trimmed, and cover the passage.
fn check_sentences(passage: &Passage) {
    let is_gap = |range: Range<usize>| passage.text[range].trim().is_empty();
    let mut at = 0;
    for sentence in &passage.sentences {
        assert!(at <= sentence.start && sentence.start < sentence.end);
        assert!(is_gap(at..sentence.start), "a text between sentences is left out");
        let shown = &passage.text[sentence.clone()];
        assert_eq!(shown, shown.trim());
        at = sentence.end;
    }
    assert!(is_gap(at..passage.text.len()), "the end is left out");
}

/// Checks that every run is a text of the file, or the expansion of a reference, an escape or a NUL
/// byte.
fn check_runs(passage: &Passage, file: &str) {
    let (mut text_end, mut file_end) = (0, 0);
    for run in &passage.origin.runs {
        assert!(run.text.start == text_end && run.text.start < run.text.end);
        assert!(file_end <= run.file.start, "the runs are not in the order of the file");
        let source = file.get(run.file.clone()).expect("a range of the file");
        let shown = &passage.text[run.text.clone()];
        let is_faithful =
            source == shown || source.contains(['&', '\0', '\\']) || is_shown_markup(source, shown);
        assert!(is_faithful, "{source:?} is shown as {shown:?}");
        (text_end, file_end) = (run.text.end, run.file.end);
    }
    assert_eq!(text_end, passage.text.len());
}

/// Returns whether a browser shows `shown` for the tags in `source`, or for a superscript.
fn is_shown_markup(source: &str, shown: &str) -> bool {
    let is_separator = matches!(shown, "\n" | " " | "^" | "_") || shown.trim_matches(' ') == "|";
    let is_tag = source.contains('<') && is_separator;
    let scripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎".chars();
    let is_script = scripts.zip("0123456789+-=()ni0123456789+-=()".chars());
    is_tag
        || is_script.into_iter().any(|(c, plain)| shown.starts_with(c) && source.starts_with(plain))
}
