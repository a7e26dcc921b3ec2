//! Hostile readers and hostile files: whatever comes, it is dealt with, and with little work.
//!
//! The seeds of the fuzz targets and what these found are held here, by the very same checks.

#[path = "../../fuzz/checks/mod.rs"]
#[allow(dead_code)]
mod checks;

use std::fs;
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;
use verbatim::answer::Answer;
use verbatim::corpus::article::{Alias, Article};
use verbatim::corpus::{self, Problem, files};
use verbatim::import::FetchedKind;
use verbatim::index::language::Language;
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::search::aliases::Aliases;
use verbatim::search::query::{self, MAX_PHRASES, MAX_TERMS, Query};
use verbatim::search::split::{MAX_PARTS, split_questions};

use crate::fake_bot_api::html;
use crate::tester::{Bot, eventually};

const FRONT_MATTER: &str = "---\ntitle: Tides\n---\n";
/// Maximum length of a passage, in bytes.
const MAX_PASSAGE_BYTES: usize = 16 << 10;

/// Returns every seed of a fuzz target with its path.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let files = std::fs::read_dir(&dir).expect("each target has seeds").flatten();
    let read = |path: &Path| std::fs::read(path).expect("a seed can be read");
    files.map(|file| (file.path().display().to_string(), read(&file.path()))).collect()
}

fn check_seeds(target: &str, check: impl Fn(&[u8])) {
    let seeds = seeds(target);
    assert!(seeds.len() >= 8, "{target} has {} seeds", seeds.len());
    for (name, bytes) in seeds {
        // The harness shows this line with a panic, so that it names the seed.
        println!("{name}");
        check(&bytes);
    }
}

#[test]
fn fuzz_seeds_pass_their_checks() {
    check_seeds("markdown", checks::markdown::check);
    check_seeds("question", checks::question::check);
    check_seeds("payload", checks::payload::check);
    check_seeds("telegram", checks::telegram::check);
    check_seeds("html", |bytes| checks::import::check_as(FetchedKind::Html, bytes));
    check_seeds("feed", |bytes| checks::import::check_as(FetchedKind::Feed, bytes));
    check_seeds("pdf", |bytes| checks::import::check_as(FetchedKind::Pdf, bytes));
    check_seeds("epub", |bytes| checks::import::check_as(FetchedKind::Epub, bytes));
    check_seeds("docx", |bytes| checks::import::check_as(FetchedKind::Docx, bytes));
    check_seeds("export", checks::import::check);
}

fn article(text: &str) -> Result<Article, Problem> {
    let content = match text.starts_with("---") {
        true => text.to_owned(),
        false => format!("{FRONT_MATTER}\n{text}"),
    };
    match corpus::parse("a.md", "a.md", content.as_bytes()) {
        Ok((article, _)) => {
            checks::markdown::check(content.as_bytes());
            Ok(article)
        }
        Err(mut problems) => Err(problems.remove(0)),
    }
}

/// Returns the first warning about an article.
fn warning(text: &str) -> String {
    let inspected = corpus::inspect_bytes("a.md", "a.md", text.as_bytes(), None);
    assert!(inspected.article.is_some(), "{:?}", inspected.problems);
    inspected.problems.into_iter().next().map(|problem| problem.what).unwrap_or_default()
}

fn warns(text: &str, what: &str) {
    assert_eq!(warning(text), what);
}

#[test]
fn markdown_bomb_becomes_passages_of_limited_length() {
    let deep = |mark: &str| mark.repeat(100_000) + "The tide rises.\n";
    let columns = "| a ".repeat(10_000) + "|\n";
    for (name, bomb) in [
        ("quotations", deep(">")),
        ("quotations and lines", deep("> ") + &"\n".repeat(20_000) + "It falls."),
        ("lists", deep("- ")),
        ("lists and blank lines", "- ".repeat(20_000) + "a" + &"\n".repeat(20_000) + "It falls."),
        ("brackets", deep("[")),
        ("images", "![".repeat(20_000) + "The tide rises.\n"),
        ("brackets that close", "[".repeat(50_000) + "a" + &"](b)".repeat(50_000)),
        ("emphasis", deep("*a ")),
        ("emphasis that closes", "*".repeat(50_000) + "a" + &"*".repeat(50_000)),
        ("mixed emphasis", "*_".repeat(50_000) + "a"),
        ("code", deep("`")),
        (
            "code of all lengths",
            (1..200).map(|many| "`".repeat(many) + " ").collect::<String>() + "a",
        ),
        ("references", deep("&amp")),
        ("angles", deep("<a ")),
        ("comments", deep("<!-- ")),
        ("footnotes", (0..20_000).map(|at| format!("[^{at}]: a\n")).collect()),
        (
            "links to nowhere",
            (0..20_000).map(|at| format!("[a{at}]: b\n")).collect::<String>() + "[a1]",
        ),
        ("columns", columns.clone() + &"|-".repeat(10_000) + "|\n" + &columns),
        ("templates", "{{ a ".repeat(20_000)),
        ("raw templates", "{% raw %}".repeat(20_000)),
        ("comments of notes", "%% a ".repeat(20_001)),
        ("components", "<A b={".repeat(20_000)),
        ("wikilinks", "[[a".repeat(20_000)),
        ("formulas", "$$a $b ".repeat(20_000)),
        ("items of HTML", "<ul><li>a".repeat(10_000)),
        ("cells of HTML", "<table>".to_owned() + &"<tr><td>a<td>b".repeat(10_000)),
        ("struck out", "<del>".repeat(20_000) + "a</del>"),
        ("steps", "1. a:\n".repeat(10_000)),
        ("admonitions", ":::a b\n!!! c\n".repeat(10_000)),
        ("headings", "# a\n".repeat(9_000) + "b"),
        ("one word", "a".repeat(1 << 20)),
        ("one sentence", "the tide ".repeat(100_000)),
        ("short sentences", "It is. ".repeat(100_000)),
        ("combining marks", format!("a{}", "\u{301}".repeat(32 << 10))),
        ("brackets with names", "Ab Bc (AB) ".repeat(4_000) + &"(".repeat(100_000)),
        ("marks", "“".repeat(20_000)),
        ("points", "A.".repeat(100_000)),
    ] {
        let passages = match article(&bomb) {
            Ok(article) => article.passages,
            Err(problem) => {
                let known = ["there is no text in it", "it is nested too deeply"];
                assert!(known.contains(&problem.what.as_str()), "{name}: {problem}");
                continue;
            }
        };
        for passage in passages {
            assert!(passage.text.len() <= MAX_PASSAGE_BYTES, "{name}");
        }
    }
}

proptest! {
    #[test]
    fn markdown_of_all_dialects_is_quoted_from_its_file(
        parts in prop::collection::vec(prop::sample::select(MARKUP.to_vec()), 0..40),
    ) {
        checks::markdown::check(parts.concat().as_bytes());
    }
}

/// Pieces of markup, which are put together at random.
const MARKUP: [&str; 60] = [
    "a",
    " ",
    "\n",
    "\n\n",
    "The tide rises. ",
    "To moor:\n",
    "- ",
    "  - ",
    "1. ",
    "2) ",
    "> ",
    "    ",
    "# ",
    "| a | b |\n|---|---|\n",
    "| c | d |\n",
    "```\n",
    "`",
    "$",
    "**",
    "~~",
    "==",
    "[[",
    "]]",
    "|",
    "![",
    "](b)",
    "[x] ",
    "[^1]",
    "[^1]: ",
    "^id\n",
    "{{ c }}",
    "{%",
    "%}",
    "{# d #}",
    "{",
    "}",
    "%%",
    "<!--",
    "-->",
    "<p>",
    "</p>",
    "<br>",
    "<sup>",
    "6",
    "</sup>",
    "<del>",
    "</del>",
    "<table><tr>",
    "<th>",
    "<td>",
    "</tr>",
    "<li>",
    "</ul>",
    "<pre>",
    "<h2>",
    "</h2>",
    "&amp;",
    "\\",
    "é",
    ":::tip c\n",
];

#[test]
fn file_with_too_much_in_it_is_a_problem() {
    let check = |text: &str, what: &str| {
        assert_eq!(article(text).map(|_| ()).map_err(|problem| problem.what), Err(what.to_owned()));
    };
    let front = |lines: &str| format!("---\n{lines}\n---\nThe tide rises.\n");
    check(&"# a\n\nb\n\n".repeat(10_100), "it has more than 10000 sections");
    for mark in [">", "> ", "- ", "1. ", "[^a]: "] {
        let lazy = format!("{}a\n{}", mark.repeat(100_000), "b\n".repeat(10_000));
        check(&lazy, "it is nested too deeply");
    }
    check(&"b\n\n".repeat(100_100), "it has more than 100000 paragraphs");
    warns(
        &front(&format!("title: {}", "a".repeat(1 << 20))),
        "the front matter is larger than 64 KiB and is not read",
    );
    warns(
        &front(&format!("title: {}", "a".repeat(301))),
        "the `title` has more than 300 characters",
    );
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://a b",
        "https://a\u{202e}b",
    ] {
        warns(
            &front(&format!("title: T\nsource_url: \"{url}\"")),
            "`source_url` is not a web address",
        );
    }
    let long = format!("https://example.org/{}", "a".repeat(2_048));
    warns(&front(&format!("title: T\nsource_url: {long}")), "`source_url` is not a web address");
}

#[test]
fn front_matter_that_grows_or_contradicts_itself_is_a_warning() {
    let mut laughs = "a0: &a0 [x, x]\n".to_owned();
    for at in 1..60 {
        laughs += &format!("a{at}: &a{at} [*a{0}, *a{0}, *a{0}, *a{0}]\n", at - 1);
    }
    for lines in [
        format!("title: T\n{laughs}authors: *a59"),
        "title: T\ntitle: U".to_owned(),
        "title: &a [*a]".to_owned(),
        format!("title: {}", "[".repeat(10_000)),
        format!("{}: T", "{".repeat(10_000)),
        "title: !!binary x\nauthors: !!set {a}".to_owned(),
    ] {
        let problem = warning(&format!("---\n{lines}\n---\nThe tide rises.\n"));
        assert!(problem.starts_with("the front matter"), "{problem}");
    }
    for number in ["1e999999", "99999999999999999999999999999999", "-0x7fffffffffffffffffff", "0o7"]
    {
        let found = article(&format!("---\ntitle: {number}\n---\nThe tide rises.\n"));
        assert_eq!(found.map(|article| article.outline.title), Ok(number.to_owned()));
    }
}

#[test]
fn names_cannot_reverse_the_text_or_inject_markup() {
    let text = "---\ntitle: \"a\u{202e}b\\u2067\\u0000 <script>c</script>\"\nauthors: [\"<b>d\\u202a\"]\n---\n\
        # x\u{2066}y <script>z</script>\n\n<script>alert(1)</script>\n\nThe <img src=x onerror=e> tide.\n";
    let article = article(text).expect("it is an article");
    assert_eq!(article.outline.title, "a b <script>c</script>");
    assert_eq!(article.outline.authors, ["d"]);
    assert_eq!(article.outline.sections[0].heading.as_deref(), Some("x y"));
    let texts: Vec<_> = article.passages.iter().map(|passage| passage.text.as_str()).collect();
    assert_eq!(texts, ["The tide."]);
    checks::telegram::check(format!("tide\n{text}").as_bytes());
}

#[test]
fn file_names_cannot_leave_the_corpus() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let inside = dir.path().join("corpus");
    std::fs::create_dir(&inside).expect("a new directory");
    for name in [
        "../a.md",
        "/a.md",
        "..\\a.md",
        "C:\\a.md",
        "a/../../b.md",
        "....//a.md",
        "\u{202e}dm.a.md",
        "a\0.md",
        "~/.ssh/a.md",
        "CON.md",
        "%2e%2e%2fa.md",
        "．．／a.md",
    ] {
        if let Ok(name) = files::safe_file_name(name) {
            assert!(
                !name.contains(['/', '\\', '\0', '\u{202e}']) && !name.starts_with('.'),
                "{name}"
            );
            files::put(&(&inside).into(), &name, b"Tides\n\nThe Moon.\n")
                .expect("it is put inside");
        }
    }
    let outside: Vec<_> = std::fs::read_dir(dir.path()).expect("it is there").flatten().collect();
    assert_eq!(outside.len(), 1);
}

fn asked(question: &str) -> Query {
    query::analyse(question, None, &[Language::of_code("en")][..].into(), &Aliases::default())
}

#[test]
fn query_of_a_long_question_is_limited() {
    let different: String = (0..3_000).map(|at| format!("tide{at} ")).collect();
    assert_eq!(asked(&different).terms.len(), MAX_TERMS);
    assert_eq!(asked(&"tide ".repeat(10_000)).terms.len(), 1);
    assert_eq!(asked(&"\"a\" ".repeat(5_000)).phrases.len(), MAX_PHRASES);
    assert_eq!(asked(&"\"".repeat(5_000)).phrases.len(), 0);
    let phrase = format!("\"{}\"", "tide ".repeat(5_000));
    assert!(asked(&phrase).phrases[0].len() <= 64);
    for wild in ["* ? ~", "tide* OR *tide", "+tide -tide ^9", "[a TO z]", "tide~99999"] {
        assert!(asked(&wild.repeat(1_000)).terms.len() <= MAX_TERMS);
    }
    let questions = "is it the tide? ".repeat(1_000);
    assert_eq!(split_questions(&questions, &[Language::of_code("en")]).len(), MAX_PARTS + 1);
}

#[test]
fn query_with_ten_thousand_aliases_is_limited() {
    let names = vec!["tide".to_owned(); 10_000];
    let alias = Alias { term: "tide".to_owned(), others: names };
    let languages = [Language::of_code("en")];
    let aliases = Aliases::new(vec![alias; 100].iter(), &languages);
    let asked = query::analyse("Does the tide rise?", None, &languages[..].into(), &aliases);
    let forms: usize = asked.terms.iter().map(|term| term.forms.len()).sum();
    assert!((2..=24 * 32).contains(&forms), "{forms} forms");
}

/// Returns a library of one article with very long words, sentences and names.
fn library() -> (TempDir, Library) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let corpus = folder.path().join("corpus");
    std::fs::create_dir(&corpus).expect("a new directory");
    let words: String = (0..2_000).map(|at| format!("tide{at} tidewater{at} ")).collect();
    let text = format!(
        "{FRONT_MATTER}\n{words}\n\nThe tide {} rises.\n\n{}\n\na{}\n",
        "very ".repeat(20_000),
        "The tide falls. ".repeat(5_000),
        "\u{301}".repeat(32 << 10),
    );
    std::fs::write(corpus.join("long.md"), text).expect("a new file");
    let library =
        Library::open(&corpus, &folder.path().join("data"), no_progress).expect("it is an article");
    (folder, library)
}

#[test]
fn hostile_questions_are_answered_from_hostile_articles() {
    let (_folder, library) = library();
    let different: String = (0..3_000).map(|at| format!("tide{at} ")).collect();
    for question in [
        &format!("e{}", "\u{301}".repeat(32 << 10)),
        &different,
        &"tide ".repeat(10_000),
        &"\"".repeat(5_000),
        &format!("\"{}\"", "very ".repeat(5_000)),
        &"tidewatre ".repeat(100),
        &"tid* ?id? ".repeat(1_000),
        &"it that ".repeat(4_000),
        &"\u{202e}\u{0}\u{200b}".repeat(1_000),
        &"🇩".repeat(4_000),
        &"👨\u{200d}".repeat(4_000),
        &"水".repeat(5_000),
    ] {
        let context = library.all().context(question, Some(question));
        library.all().ask(question, Some(&context)).expect("no question is an error");
        library.all().suggest_quotes(question).expect("nor are words that are being typed");
    }
    let Ok(Answer::Found(found)) = library.all().ask("Does the tide fall?", None) else {
        panic!("the article answers")
    };
    assert!(found.excerpts.iter().all(|excerpt| excerpt.quote().starts_with("The tide")));
    let article = library.all().articles().first().expect("there is an article");
    let brief =
        library.all().brief(article.id).expect("the index is whole").expect("the article is there");
    assert!(!brief.sections.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn index_destroyed_under_the_bot_is_rebuilt() {
    let bot = Bot::start().without_reader_limits().await;
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
    for entry in fs::read_dir(bot.data().join("index")).expect("it was made").flatten() {
        let length = entry.metadata().expect("it was listed").len() as usize;
        // The bytes are written in place, since the bot has mapped the file.
        let file = fs::OpenOptions::new().write(true).open(entry.path());
        file.expect("ours").write_all(&vec![0x5a; length]).expect("there is room");
    }
    assert!(bot.private().send("/help").await.text.contains("Type your question"));
    let apologies = [
        "Something went wrong on my side. Please ask again in a moment.",
        "I am reloading the articles. Please ask again in a few minutes.",
    ];
    eventually("the index is rebuilt", async || {
        let text = bot.private().send("tidal power").await.text;
        let is_answer = text.starts_with("A barrage");
        assert!(is_answer || apologies.contains(&text.as_str()), "{text}");
        is_answer.then_some(())
    })
    .await;
}
