//! Files of the corpus: whatever is in one, an article's quotes are bytes of the file.

use std::ops::Range;

use verbatim::corpus::article::{Article, Passage};

const FRONT_MATTER: &str = "---\ntitle: T\n---\n";

/// The article in any text: front matter is put before one that has none.
pub fn article(bytes: &[u8]) -> Option<(Article, Vec<u8>)> {
    let content = match bytes.starts_with(b"---") {
        true => bytes.to_vec(),
        false => [FRONT_MATTER.as_bytes(), bytes].concat(),
    };
    let (article, _) = verbatim::corpus::parse("a.md", "a.md", &content).ok()?;
    Some((article, content))
}

pub fn check(bytes: &[u8]) {
    if let Some((article, content)) = article(bytes) {
        check_article(&article, &content);
    }
    if let Ok((article, _)) = verbatim::corpus::parse("a.txt", "a.txt", bytes) {
        check_article(&article, bytes);
    }
}

fn check_article(article: &Article, bytes: &[u8]) {
    let file = std::str::from_utf8(bytes).expect("an article is UTF-8");
    let mut next = 0;
    for (position, section) in article.outline.sections.iter().enumerate() {
        assert_eq!(section.passages.start, next, "a section begins where the one before ends");
        next = section.passages.end;
        assert!(section.parent.is_none_or(|parent| parent < position));
    }
    assert_eq!(next, article.passages.len());
    for passage in &article.passages {
        assert!(passage.section < article.outline.sections.len());
        check_sentences(passage);
        check_runs(passage, file);
        let whole = std::iter::once(0..passage.text.len());
        for range in passage.sentences.iter().cloned().chain(whole) {
            let own = passage.origin.file_range(range.clone());
            let quoted = file.get(own.clone());
            assert!(
                quoted.is_some_and(|text| !text.is_empty()),
                "{range:?} is {own:?} of the file"
            );
        }
    }
}

fn check_sentences(passage: &Passage) {
    let is_gap = |range: Range<usize>| passage.text[range].trim().is_empty();
    let mut at = 0;
    for sentence in &passage.sentences {
        assert!(at <= sentence.start && sentence.start < sentence.end);
        assert!(is_gap(at..sentence.start), "a sentence is left out");
        let shown = &passage.text[sentence.clone()];
        assert_eq!(shown, shown.trim());
        at = sentence.end;
    }
    assert!(is_gap(at..passage.text.len()), "the end is left out");
}

/// Every character is one of the file's, or what a reference or a byte of 0 stands for.
fn check_runs(passage: &Passage, file: &str) {
    let (mut text, mut from) = (0, 0);
    for run in &passage.origin.runs {
        assert!(run.text.start == text && run.text.start < run.text.end);
        assert!(from <= run.file.start, "the file is read backwards");
        let source = file.get(run.file.clone()).expect("a range of the file");
        let shown = &passage.text[run.text.clone()];
        let is_written = source == shown || source.contains(['&', '\0', '\\']);
        assert!(is_written, "{source:?} is shown as {shown:?}");
        (text, from) = (run.text.end, run.file.end);
    }
    assert_eq!(text, passage.text.len());
}
