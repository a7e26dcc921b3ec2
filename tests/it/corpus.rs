//! Parsing of files into articles: no text is lost and none is invented.

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
    let (mut articles, problems) = corpus::load(&dir.path().into());
    assert_eq!(problems, []);
    let article = articles.remove(0);
    article.passages.iter().for_each(|passage| agrees_with_file(passage, text));
    article
}

/// Checks that every byte of a passage is where its origin says.
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
fn article_keeps_every_byte_of_its_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (article, _) =
        corpus::read(&(&root.join("corpus")).into(), ARTICLE).expect("the article is in order");
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
    let file =
        std::fs::read_to_string(root.join("corpus").join(ARTICLE)).expect("it was read before");
    article.passages.iter().for_each(|passage| agrees_with_file(passage, &file));
}

#[test]
fn problems_of_all_files_are_reported_at_once() {
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
    let (articles, problems) = corpus::load(&dir.path().into());
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let told = told.join("\n").replace(&dir.path().display().to_string(), "corpus");
    assert_eq!(articles.len(), 6);
    insta::assert_snapshot!(told, @r"
    corpus/binary.md: it is not UTF-8; it seems to be windows-1254
    hint: save it in UTF-8
    corpus/empty.md: there is no text in it
    hint: write a paragraph, or remove the file
    corpus/large.txt: it is larger than 16 MiB
    hint: split it into several articles
    corpus/open.md:1: the front matter does not end
    hint: close it with a line of `---`
    corpus/sub/twin.txt: it has the same id as corpus/sub/twin.md
    hint: give one of them another name
    corpus/url.md:3: `source_url` is not a web address
    hint: give the whole address, such as `source_url: https://example.org/article`
    ");
}

#[test]
fn passages_are_the_plain_text_of_their_markdown() {
    let check = |body: &str, expected: &[&str]| assert_eq!(texts(body), expected, "{body}");
    check("One *two* **three** [four](http://x) `five`.", &["One two three four five."]);
    check("soft\nbreak\r\nand  \nhard", &["soft\nbreak\r\nand\nhard"]);
    check("> quoted\n> on\n\nnot", &["quoted\non", "not"]);
    check("- one\n- two\n  - nested\n\n1. first", &["one", "two", "nested", "1. first"]);
    check("| a | b |\n|---|---|\n| *c* | d |\n|  | e |", &["a | b\nc | d", "a | b\n| e"]);
    check("```rust\nlet x = 1;\n\nx\n```", &["let x = 1;\n\nx"]);
    check("text[^1]\n\n[^1]: the note", &["text", "the note"]);
    check("![an image](x.png) and <b>html</b> &amp; \\*stars\\*", &["and html & *stars*"]);
    check("<div>hidden</div>\n\n---\n\nshown", &["hidden", "shown"]);
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
}

#[test]
fn plain_text_has_its_first_line_as_the_title() {
    let long = "A paragraph that is not wrapped goes far over the edge of any page, as editors for letters and books write it, one line each. ";
    let check = |text: &str, title: &str, headings: &[&str], texts: &[&str]| {
        let article = article("neap-tides.txt", text);
        let sections = article.outline.sections.iter().map(|section| section.title());
        let passages = article.passages.iter().map(|passage| passage.text.as_str());
        assert_eq!(article.outline.title, title, "{text:?}");
        assert_eq!(sections.collect::<Vec<_>>(), headings, "{text:?}");
        assert_eq!(passages.collect::<Vec<_>>(), texts, "{text:?}");
    };
    let opening = &["Opening"];
    check("wrapped\nby hand.", "wrapped", opening, &["by hand."]);
    check(
        "Neap\nThe tide\nis low.\n\nIt rises.",
        "Neap",
        opening,
        &["The tide\nis low.", "It rises."],
    );
    check("\u{feff}Neap\r\nThe tide\r\nis low.\r\n", "Neap", opening, &["The tide\r\nis low."]);
    check("\n \n  Neap  \n\nThe tide.", "Neap", opening, &["The tide."]);
    check("Is it low?\n\nIt is.", "Is it low?", opening, &["It is."]);
    check(
        "The tide is low.\n\nIt is.",
        "The tide is low.",
        opening,
        &["The tide is low.", "It is."],
    );
    check("1984\nIt was cold.", "1984", opening, &["It was cold."]);
    check("Neap\nby Ada Moon\n\nThe tide.", "Neap", opening, &["The tide."]);
    check("Neap\n\nLow water\n\nIt ebbs.", "Neap", &["Low water"], &["It ebbs."]);
    check("=====\nNeap\n\nIt ebbs.", "Neap", opening, &["It ebbs."]);
    check("Neap", "Neap", opening, &["Neap"]);
    check("Ne\u{202e}ap\u{1b}[2J\nIt ebbs.", "Ne ap [2J", opening, &["It ebbs."]);
    let unwrapped = format!("Neap\nLow water\n{long}\n{long}");
    check(&unwrapped, "Neap", &["Low water"], &[long.trim(), long.trim()]);
    let untitled = long.repeat(3);
    check(
        &format!("{untitled}\n\nIt ebbs."),
        "Neap tides",
        opening,
        &[untitled.trim(), "It ebbs."],
    );
    check("---\ntitle: Ebb\n---\nNeap\nIt ebbs.", "Ebb", opening, &["Neap\nIt ebbs."]);
}

/// Returns the problems of a file, without the hints.
fn faults(name: &str, content: &[u8]) -> Vec<String> {
    let (_, problems) = corpus::load(&corpus_of(&[(name, content)]).path().into());
    assert!(problems.iter().all(|problem| !problem.hint.is_empty()));
    let place = |line: Option<usize>| line.map(|line| format!("{line}: ")).unwrap_or_default();
    problems.iter().map(|problem| place(problem.line) + &problem.what).collect()
}

#[test]
fn problems_of_one_file_are_all_reported_at_once() {
    let check = |content: &str, expected: &[&str]| {
        assert_eq!(faults("a.md", content.as_bytes()), expected, "{content}");
    };
    let deep = "> ".repeat(101);
    check(
        &format!(
            "---\ntitle: [a, b]\nauthors: {{a: b}}\nsource_url: example.org\nlanguage: English\naliases: WHO\npublished: [1, 2]\n---\n{deep}a\n"
        ),
        &[
            "2: `title` must be one line of text",
            "3: `authors` must be a name or a list of names",
            "4: `source_url` is not a web address",
            "5: `language` must be a language code",
            "7: `published` must be a date",
            "9: it is nested too deeply",
        ],
    );
    check(
        "---\nauthors: [Ada\nsource_url: example.org\n---\n\n## Heading\n",
        &[
            "2: the front matter cannot be read: unclosed bracket '['",
            "3: `source_url` is not a web address",
            "there is no text in it",
        ],
    );
    check(
        &format!("---\ntitle: {}\nsource_url: a\n---\n", "a".repeat(301)),
        &[
            "2: the `title` has more than 300 characters",
            "3: `source_url` is not a web address",
            "there is no text in it",
        ],
    );
    check(
        "---\ntitle: A\ntitle: B\n---\na\n",
        &["3: the front matter cannot be read: `title` is there more than once"],
    );
    check("---\ntags: {a:\nb}\ntitle: A\ndate: 2026-01-01\n---\na\n", &[]);
    let utf_16: Vec<u8> =
        "\u{feff}---\ntitle: A\n---\ntext".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(faults("a.md", &utf_16), Vec::<String>::new());
    assert_eq!(faults("a.md", b"a\0b"), ["it is not a text"]);
    assert_eq!(
        faults(
            "a.md",
            "l’été où\n\nl’été"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"\xe9!")
                .collect::<Vec<_>>()
                .as_slice()
        ),
        ["3: it is not UTF-8"]
    );
}

#[test]
fn title_is_that_of_the_front_matter_or_the_first_heading_or_the_file() {
    let check = |file: &str, text: &str, title: &str, sections: &[&str]| {
        let outline = article(file, text).outline;
        let found: Vec<_> = outline.sections.iter().map(|section| section.title()).collect();
        assert_eq!((outline.title.as_str(), &found[..]), (title, sections), "{file}: {text}");
    };
    let opening = &["Opening"];
    check("a.md", "# Neap tides\n\nLow.", "Neap tides", opening);
    check("a.md", "Neap tides\n=====\n\nLow.", "Neap tides", opening);
    check("a.md", "Low.\n\n# Neap tides\n\nHigh.", "Neap tides", opening);
    check(
        "a.md",
        "## Neap *tides*\n\nLow.\n\n## Moon\n\nFull.",
        "Neap tides",
        &["Opening", "Moon"],
    );
    check("a.md", "---\ntitle: Tides\n---\n# Tides\n\nLow.", "Tides", opening);
    check("a.md", "---\ntitle: Tides\n---\n# Neap\n\nLow.", "Tides", &["Neap"]);
    check("a.md", "---\nsidebar_label: Tides\n---\nLow.", "Tides", opening);
    check("a.md", "---\nlayout: post\n---\n# Tides\n\nLow.", "Tides", opening);
    check("notes/harbour-bell.md", "Low.", "Harbour bell", opening);
    check(
        "notes/harbour-bell.md",
        "Low.\n\n## Moon\n\nFull.",
        "Harbour bell",
        &["Opening", "Moon"],
    );
    check("notes/tides/index.md", "Low.", "Tides", opening);
    check("Linking notes.md", "Low.\n\n# Usage\n\nFull.", "Linking notes", &["Opening", "Usage"]);
    check("2021-11-24-neap-tides.mdx", "Low.", "Neap tides", opening);
}

#[test]
fn drafts_and_articles_of_other_days_are_left_out() {
    let on = |day: &str, text: &str| {
        let inspected = corpus::inspect_bytes("a.md", "a.md", text.as_bytes(), Some(day));
        let what = inspected.problems.first().map(|problem| problem.what.clone());
        (inspected.article.is_some(), what, inspected.holds_until)
    };
    let future = "---\ndate: 2026-03-01\n---\nLow.";
    let what = Some("it is to be published on 2026-03-01".to_owned());
    assert_eq!(on("2026-02-28", future), (false, what, Some("2026-02-28".to_owned())));
    assert_eq!(on("2026-03-01", future), (true, None, None));
    let passing = "---\nexpiryDate: 2026-03-01\n---\nLow.";
    assert_eq!(on("2026-03-01", passing), (true, None, Some("2026-03-01".to_owned())));
    let what = Some("it was to be shown until 2026-03-01".to_owned());
    assert_eq!(on("2026-03-02", passing), (false, what, None));
    let what = Some("it is marked as unpublished: `draft: true`".to_owned());
    assert_eq!(on("2026-03-02", "---\ndraft: true\n---\nLow."), (false, what, None));
}

#[test]
fn selection_applies_the_defaults_only_if_an_article_is_left() {
    let files = |names: &[&str]| -> Vec<String> {
        let contents: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"Low."[..])).collect();
        let (articles, _) = corpus::load(&corpus_of(&contents).path().into());
        articles.into_iter().map(|article| article.outline.file).collect()
    };
    assert_eq!(files(&["README.md", "tides.md", "_drafts/plan.md"]), ["tides.md"]);
    assert_eq!(files(&["README.md", "logo.png"]), ["README.md"]);
    assert_eq!(files(&["notes/README.md", "LICENSE.md"]), ["notes/README.md"]);
}

#[test]
fn problems_escape_file_names_with_control_characters() {
    let dir = corpus_of(&[
        ("a\nERROR forged.md", b"a\0b"),
        ("b\u{1b}[2J.md", b"a\0b"),
        ("c\u{202e}dm.md", b"a\0b"),
        ("d\u{9b}31m\u{2028}\u{200f}.md", b"a\0b"),
        ("e\t\r.md", b"a\0b"),
        ("f\nx.txt", b"a\nb"),
        ("f\nx.md", b"x"),
    ]);
    let (_, problems) = corpus::load(&dir.path().into());
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(told.iter().all(|problem| problem.lines().count() == 2), "{told:?}");
    let all = told.concat().replace('\n', "");
    assert!(!all.contains(corpus::is_unsafe_control) && !all.contains('\u{200f}'), "{all:?}");
    for shown in ["/a\\nERROR forged.md: ", "/b\\u{1b}[2J.md: ", "/c\\u{202e}dm.md: "] {
        assert!(all.contains(shown), "{shown}: {all}");
    }
}
