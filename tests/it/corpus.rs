//! Files to articles: nothing is lost, nothing is invented.

use std::path::Path;

use tempfile::TempDir;
use verbatim::corpus;
use verbatim::corpus::article::{Article, Passage};

const ARTICLE: &str = "irans-taliban-tightrope.md";

fn corpus_of(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, bytes) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a directory"))
            .expect("a new directory");
        std::fs::write(path, bytes).expect("a new file");
    }
    dir
}

fn article(name: &str, text: &str) -> Article {
    let dir = corpus_of(&[(name, text.as_bytes())]);
    let (mut articles, problems) = corpus::load(dir.path());
    assert_eq!(problems, []);
    let article = articles.remove(0);
    article.passages.iter().for_each(|passage| agrees_with_file(passage, text));
    article
}

/// Every byte of a passage stands where its origin says.
fn agrees_with_file(passage: &Passage, file: &str) {
    let mut at = 0;
    for run in &passage.origin.runs {
        assert_eq!(run.text.start, at);
        at = run.text.end;
        if run.text.len() == run.file.len() {
            assert_eq!(passage.text[run.text.clone()], file[run.file.clone()]);
        }
    }
    assert_eq!(at, passage.text.len());
}

fn texts(body: &str) -> Vec<String> {
    let article = article("a.md", &format!("---\ntitle: T\n---\n{body}"));
    article.passages.into_iter().map(|passage| passage.text).collect()
}

#[test]
fn the_article_keeps_every_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (article, _) =
        corpus::read(&root.join("corpus"), ARTICLE).expect("the article is in order");
    let outline = &article.outline;
    assert_eq!(
        (outline.title.as_str(), outline.authors.join(", ")),
        ("Iran's Taliban Tightrope", "Giorgio Cafiero, Fatemeh Aman".into())
    );
    let mut lines = Vec::new();
    for section in &outline.sections {
        lines.extend(section.heading.clone());
        lines.extend(
            article.passages[section.passages.clone()].iter().map(|passage| passage.text.clone()),
        );
    }
    assert_eq!((outline.sections.len(), article.passages.len()), (8, 35));
    let whole = lines.join("\n");
    assert_eq!(
        blake3::hash(whole.as_bytes()).to_hex().as_str(),
        "51d0d0a07618a7d3ff6368d305eb011a6d6aa825bf412723953fa888b0dd3f20"
    );
    match std::fs::read_to_string(root.join("../shared/data/article.txt")) {
        Ok(original) => assert_eq!(
            whole,
            original.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
        ),
        Err(_) => crate::skipped("the owner's original is not here to compare with"),
    }
    let file =
        std::fs::read_to_string(root.join("corpus").join(ARTICLE)).expect("it was read before");
    article.passages.iter().for_each(|passage| agrees_with_file(passage, &file));
}

#[test]
fn all_problems_are_told_at_once() {
    let large = vec![b'a'; 17 << 20];
    let dir = corpus_of(&[
        ("bare.md", b"no front matter"),
        ("binary.md", b"---\ntitle: A\n---\nfine\n\xff\xfe"),
        ("empty.md", b"---\ntitle: A\n---\n\n## Heading\n"),
        ("fine.md", b"---\ntitle: A\n---\nfine"),
        ("large.txt", &large),
        ("open.md", b"---\ntitle: A\n\nfor ever"),
        ("sub/twin.md", b"---\ntitle: A\n---\none"),
        ("sub/twin.txt", b"two"),
        ("untitled.md", b"---\nauthors: A\n---\ntext"),
        ("url.md", b"---\ntitle: A\nsource_url: example.org\n---\ntext"),
        (".hidden.md", b"nothing"),
        ("picture.png", b"\xff"),
    ]);
    let (articles, problems) = corpus::load(dir.path());
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let told = told.join("\n").replace(&dir.path().display().to_string(), "corpus");
    assert_eq!(articles.len(), 2);
    insta::assert_snapshot!(told, @r"
    corpus/bare.md:1: there is no front matter
    hint: begin the file with `---`, a line such as `title: Neap tides`, and `---`
    corpus/binary.md:5: it is not UTF-8
    hint: save it in UTF-8
    corpus/empty.md: there is no text in it
    hint: write a paragraph, or remove the file
    corpus/large.txt: it is larger than 16 MiB
    hint: split it into several articles
    corpus/open.md:1: the front matter does not end
    hint: close it with a line of `---`
    corpus/sub/twin.txt: it has the same id as corpus/sub/twin.md
    hint: give one of them another name
    corpus/untitled.md:1: the front matter has no `title`
    hint: add a line such as `title: Neap tides`
    corpus/url.md:1: `source_url` is no web address
    hint: give the whole address, such as `source_url: https://example.org/article`
    ");
}

#[test]
fn passages_read_well() {
    let check = |body: &str, expected: &[&str]| assert_eq!(texts(body), expected, "{body}");
    check("One *two* **three** [four](http://x) `five`.", &["One two three four five."]);
    check("soft\nbreak\r\nand  \nhard", &["soft\nbreak\r\nand\nhard"]);
    check("> quoted\n> on\n\nnot", &["quoted\non", "not"]);
    check("- one\n- two\n  - nested\n\n1. first", &["one", "two", "nested", "first"]);
    check("| a | b |\n|---|---|\n| *c* | d |\n|  | e |", &["a | b", "c | d", "e"]);
    check("```rust\nlet x = 1;\n\nx\n```", &["let x = 1;\n\nx"]);
    check("text[^1]\n\n[^1]: the note", &["text", "the note"]);
    check("![an image](x.png) and <b>html</b> &amp; \\*stars\\*", &["an image and html & *stars*"]);
    check("<div>hidden</div>\n\n---\n\nshown", &["shown"]);
}

#[test]
fn sections_nest_and_equal_headings_differ() {
    let text = "---\ntitle: T\n---\n# T\n\nopening\n\n## A\n\n### B\n\none\n\n## A\n\n### B\n\ntwo";
    let outline = article("a.md", text).outline;
    let shown: Vec<_> = outline
        .sections
        .iter()
        .map(|section| {
            (
                section.title(),
                section.level,
                section.anchor.as_str(),
                section.parent,
                section.passages.len(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Opening", 0, "", None, 1),
            ("A", 2, "a", None, 0),
            ("B", 3, "b", Some(1), 1),
            ("A", 2, "a-1", None, 0),
            ("B", 3, "b-1", Some(3), 1),
        ]
    );
    let mut ids: Vec<_> = outline.sections.iter().map(|section| section.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn plain_text_has_headings_and_paragraphs() {
    let sentence = "A paragraph of a plain text is a long line that ends with a full stop, as paragraphs do everywhere in the world, and goes on for a while.";
    for blank in ["\n", "\n\n", "\r\n\r\n"] {
        let text =
            ["The Title", sentence, "A heading", sentence, "Where To Now?", sentence].join(blank);
        let article = article("a.txt", &format!("\u{feff}{text}"));
        let headings: Vec<_> =
            article.outline.sections.iter().map(|section| section.title().to_owned()).collect();
        assert_eq!(article.outline.title, "The Title");
        assert_eq!(headings, ["Opening", "A heading", "Where To Now?"], "{blank:?}");
        assert_eq!(article.passages.len(), 3);
    }
    assert_eq!(article("neap-tides.txt", "wrapped\nby hand.").outline.title, "Neap tides");
}
