//! Answers: every quote is the bytes of its file, also after changes and damage of the index.

use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use tempfile::TempDir;
use verbatim::answer::{Answer, Excerpt};
use verbatim::corpus::article::PassageId;
use verbatim::dialogue::{request, small_talk};
use verbatim::index::no_progress;
use verbatim::library::Library;

const MIXED: &str = "---\ntitle: Mixed & Matched\nlanguage: en\n---\n\
    Tabs\tand\u{a0}spaces, curly “quotes” & dashes—here. Dr. Umer Karim lives in the U.S. now. \
    It has an <b>odd</b> *style* of 3.5 e\u{301}clairs… “Is it?” she asked.\r\nA second line, README.md and main.rs.\n\n\
    ## قسمت\n\nرود هلمند از افغانستان به ایران می‌رود؟ بله. 中文句子。\n\n- **Bold item** one\n- item two\n\n\
    > A quoted line\n> that goes on.\n\n| a | *b* |\n|---|---|\n| c | d |\n";

/// A library with its folder, which must exist as long.
struct Fixture {
    folder: TempDir,
    library: Library,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let article = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/irans-taliban-tightrope.md");
    std::fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    std::fs::copy(article, folder.path().join("corpus/article.md")).expect("the article is there");
    std::fs::write(folder.path().join("corpus/mixed.md"), MIXED).expect("a new file");
    let library = open(folder.path());
    Fixture { folder, library }
});

fn open(folder: &Path) -> Library {
    Library::open(&folder.join("corpus"), &folder.join("data"), no_progress)
        .expect("the corpus is in order")
}

fn quotes(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Found(found) => {
            found.excerpts.iter().map(|excerpt| excerpt.quote().to_owned()).collect()
        }
        Answer::NothingFound(_)
        | Answer::Byline(_)
        | Answer::Articles(_)
        | Answer::SmallTalk(_)
        | Answer::Request(_)
        | Answer::Empty => Vec::new(),
    }
}

fn question() -> impl Strategy<Value = String> {
    let words: Vec<String> = MIXED.split_whitespace().map(str::to_owned).collect();
    let article = include_str!("../../corpus/irans-taliban-tightrope.md");
    let more: Vec<String> = article.split_whitespace().map(str::to_owned).collect();
    prop_oneof![
        ".{0,80}",
        prop::collection::vec(prop::sample::select(words), 1..8).prop_map(|words| words.join(" ")),
        prop::collection::vec(prop::sample::select(more), 1..12).prop_map(|words| words.join(" ")),
    ]
}

/// Returns the bytes of `file` that an excerpt shows, in the order of the file. Between the first
/// and the last of them only markup is left out.
fn shown_bytes(excerpt: &Excerpt, file: &[u8]) -> String {
    let (range, whole) = (excerpt.range(), excerpt.file_range());
    let mut shown = Vec::new();
    let mut hidden = Vec::new();
    let mut at = whole.start;
    for run in &excerpt.passage().origin.runs {
        let (from, to) = (run.text.start.max(range.start), run.text.end.min(range.end));
        if from < to {
            assert_eq!(run.file.len(), run.text.len(), "these files contain no references");
            let place = |text: usize| run.file.start + (text - run.text.start);
            hidden.extend_from_slice(file.get(at..place(from)).expect("the runs ascend"));
            shown.extend_from_slice(&file[place(from)..place(to)]);
            at = place(to);
        }
    }
    hidden.extend_from_slice(file.get(at..whole.end).expect("the runs end before the excerpt"));
    let hidden = String::from_utf8(hidden).expect("whole characters are left out");
    let markup = hidden.replace("<b>", "").replace("</b>", "");
    let is_mark = |c: char| matches!(c, '*' | '>' | '|' | '-' | ' ' | '\n');
    assert!(markup.chars().all(is_mark), "{hidden:?} is left out");
    String::from_utf8(shown).expect("whole characters are shown")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn quote_is_the_bytes_of_its_file(question in question(), before in question()) {
        let fixture = &*FIXTURE;
        let answer = fixture.library.all().ask(&question, Some(&before)).expect("no question is an error");
        let Answer::Found(found) = answer else { return Ok(()) };
        prop_assert!((1..=3).contains(&found.excerpts.len()));
        let mut taken = Vec::new();
        for excerpt in &found.excerpts {
            let file = std::fs::read(fixture.folder.path().join("corpus").join(&excerpt.place().article.file)).expect("it was indexed");
            prop_assert_eq!(shown_bytes(excerpt, &file), excerpt.quote());
            for mark in excerpt.marks() {
                prop_assert!(!excerpt.quote()[mark.clone()].is_empty());
            }
            let is_sentence = excerpt.passage().sentences.contains(&excerpt.range());
            prop_assert!(is_sentence || excerpt.quote().chars().count() <= 300);
            let (passage, range) = (excerpt.passage().id, excerpt.range());
            let overlaps = |(known, other): &(PassageId, Range<usize>)| {
                *known == passage && other.start < range.end && range.start < other.end
            };
            prop_assert!(!taken.iter().any(overlaps));
            taken.push((passage, range));
        }
    }
}

#[test]
fn refusal_of_what_the_article_does_not_cover() {
    for question in [
        "What is the capital of France?",
        "hello",
        "asdfgh",
        "????",
        "sourdough bread recipe",
        "Who won the world cup?",
        "What is the Fatemiyoun Brigade?",
    ] {
        let answer = FIXTURE.library.all().ask(question, None).expect("no question is an error");
        assert_eq!(quotes(&answer), Vec::<String>::new(), "{question}");
    }
}

#[test]
fn answers_of_the_article_are_the_expected_quotes() {
    for (question, expected) in [
        ("Which river is the water dispute about?", "centers on the Helmand River"),
        ("when was the water treaty signed", "1973"),
        ("Who said the returnees are thrown in a bus?", "said Ibraheem Bahiss"),
        ("helmnad river treaty", "1973 treaty"),
        ("Who claimed the Moscow concert hall bombing?", "ISKP claimed responsibility"),
        ("How many drug addicts does Iran have?", "over two million drug addicts"),
        ("Who wrote this?", "has written on Iranian"),
        ("What role does China play?", "countries like China and Uzbekistan"),
        ("Shared borders", "dispute over shared"),
        ("When was the treaty signed?", "1973 water treaty"),
        ("What does ISKP stand for?", "Islamic State Khorasan Province (ISKP)"),
        ("girls education", "girls’ education beyond primary school"),
    ] {
        let answer = FIXTURE.library.all().ask(question, None).expect("no question is an error");
        assert!(
            quotes(&answer).first().is_some_and(|quote| quote.contains(expected)),
            "{question}: {:?}",
            quotes(&answer)
        );
    }
}

#[test]
fn phrase_is_in_every_quote_word_for_word() {
    let check = |question: &str, expected: &[&str]| {
        let answer = FIXTURE.library.all().ask(question, None).expect("no question is an error");
        let quotes = quotes(&answer);
        assert_eq!(quotes.is_empty(), expected.is_empty(), "{question}: {quotes:?}");
        for quote in &quotes {
            let quote = quote.to_lowercase();
            assert!(expected.iter().any(|phrase| quote.contains(phrase)), "{question}: {quote}");
        }
    };
    check("\"Helmand River\"", &["helmand river"]);
    check("what is said of „drug addicts“?", &["drug addicts"]);
    check("\"River Helmand\"", &[]);
    check("\"helmand\" \"women\"", &[]);
}

#[test]
fn follow_up_takes_the_missing_words_from_its_question() {
    let check = |before: &str, question: &str, expected: &str| {
        let answer =
            FIXTURE.library.all().ask(question, Some(before)).expect("no question is an error");
        let first = quotes(&answer).into_iter().next().unwrap_or_default();
        assert!(first.contains(expected), "{before} {question}: {first}");
    };
    check("what is ISKP?", "who leads it?", "ISKP");
    check("how many drug addicts", "in Afghanistan?", "two million drug addicts");
    check("which treaty governs the Helmand?", "when?", "1973");
    // The article mentions women, but no deported women.
    check("why were Afghans deported?", "what about women", "Women face the most sweeping");
}

#[test]
fn byline_names_all_authors_and_the_words_without_an_answer() {
    let folder = folder_with("---\ntitle: Tides\nauthors: [Ada Moon, Bo Sun]\n---\nA neap tide.\n");
    let library = open(folder.path());
    let message = "Who wrote this? Who bakes sourdough?";
    let answer = library.all().ask(message, None).expect("no question is an error");
    let Answer::Byline(asked) = answer else { panic!("{answer:?}") };
    assert_eq!(asked.articles[0].authors, ["Ada Moon", "Bo Sun"]);
    assert_eq!(asked.unanswered, ["Who bakes sourdough?"]);
    let answer =
        FIXTURE.library.all().ask("who wrote this?", None).expect("no question is an error");
    let Answer::Found(found) = answer else { panic!("{answer:?}") };
    let authors: Vec<_> = found.bylines.iter().flat_map(|article| &article.authors).collect();
    assert_eq!(authors, ["Giorgio Cafiero", "Fatemeh Aman"]);
}

#[test]
fn pasted_sentence_finds_itself() {
    for article in FIXTURE.library.all().outlines().expect("the index is whole") {
        let ids = FIXTURE.library.all().passage_ids(article.id).expect("the index is whole");
        let whole = FIXTURE
            .library
            .all()
            .full_article(article.id)
            .expect("it is whole")
            .expect("it is there");
        assert!(whole.passages.iter().map(|passage| passage.id).eq(ids.expect("it is there")));
        let sections = article.sections.iter().map(|section| section.id);
        let readings =
            sections.filter_map(|id| FIXTURE.library.all().section(id).expect("it is whole"));
        for passage in readings.flat_map(|reading| reading.passages) {
            for sentence in &passage.sentences {
                let sentence = &passage.text[sentence.clone()];
                // A sentence such as `Yes.` is a message to the bot.
                if small_talk(sentence).is_some() || request(sentence).is_some() {
                    continue;
                }
                let answer =
                    FIXTURE.library.all().ask(sentence, None).expect("no question is an error");
                let first = quotes(&answer).into_iter().next();
                assert!(first.is_some_and(|quote| quote.contains(sentence)), "{sentence}");
            }
        }
    }
}

#[test]
fn words_are_found_in_other_spellings_and_forms() {
    let english = "---\ntitle: Nets\nlanguage: en\n---\n\nThe agency published its plan in the 1980s.\n\n\
        AppleTalk was making networks cheap.\n\nThe king outlawed the old faith.\n\n\
        Cables of copper were laid by the crews under many streets.\n";
    let german = "---\ntitle: Kepler\nlanguage: de\n---\n\nDie Planeten stehen in großem Abstand.\n\n\
        Seine Mutter wurde angeklagt.\n";
    for (text, question, expected, corrected) in [
        (english, "pujlish", "The agency published", Some("publish")),
        (english, "netwroks", "AppleTalk was", Some("networks")),
        (english, "appleltalk", "AppleTalk was", Some("AppleTalk")),
        (english, "plan of 1980", "The agency published", None),
        (english, "Apple Talk", "AppleTalk was", None),
        (english, "why was that religion banned by the king?", "The king outlawed", None),
        // A word of the language is not corrected into one of the corpus: `taking` is not `making`.
        (english, "taking cheap networks", "AppleTalk was", None),
        (german, "Planetenabstand", "Die Planeten", None),
    ] {
        let folder = folder_with(text);
        let answer =
            open(folder.path()).all().ask(question, None).expect("no question is an error");
        let Answer::Found(found) = answer else { panic!("{question}: {answer:?}") };
        assert!(found.excerpts[0].quote().starts_with(expected), "{question}");
        let used: Vec<_> = found.corrected.iter().map(|word| word.used.as_str()).collect();
        assert_eq!(used, Vec::from_iter(corrected), "{question}");
    }
}

fn folder_with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    std::fs::write(folder.path().join("corpus/tides.md"), text).expect("a new file");
    folder
}

const TIDES: &str = "---\ntitle: Tides\n---\nA neap tide happens twice a month.\n";

fn ask(folder: &Path, question: &str) -> Vec<String> {
    quotes(&open(folder).all().ask(question, None).expect("no question is an error"))
}

#[test]
fn index_notices_changes_file_by_file() {
    let folder = folder_with(TIDES);
    assert_eq!(ask(folder.path(), "neap tide"), ["A neap tide happens twice a month."]);
    std::fs::write(folder.path().join("corpus/tides.md"), TIDES.replace("twice", "often"))
        .expect("writable");
    std::fs::write(folder.path().join("corpus/moon.txt"), "The Moon pulls the sea.")
        .expect("writable");
    assert_eq!(ask(folder.path(), "neap tide"), ["A neap tide happens often a month."]);
    assert_eq!(ask(folder.path(), "what pulls the sea"), ["The Moon pulls the sea."]);
    std::fs::remove_file(folder.path().join("corpus/tides.md")).expect("it is there");
    assert_eq!(ask(folder.path(), "neap tide"), Vec::<String>::new());
}

#[test]
fn index_that_is_damaged_is_rebuilt_and_never_quotes_wrongly() {
    let folder = folder_with(TIDES);
    let expected = ask(folder.path(), "neap tide");
    let index = folder.path().join("data/index");
    let files = |dir: &Path| -> Vec<_> {
        std::fs::read_dir(dir)
            .expect("the index is there")
            .flatten()
            .map(|entry| entry.path())
            .collect()
    };
    for position in 0..files(&index).len() {
        let Some(file) = files(&index).into_iter().nth(position) else { break };
        let bytes = std::fs::read(&file).expect("it is there");
        let flipped: Vec<u8> = bytes.iter().map(|byte| byte ^ 0x55).collect();
        for damaged in [flipped, bytes[..bytes.len() / 2].to_vec(), Vec::new()] {
            if file.exists() {
                std::fs::write(&file, damaged).expect("writable");
                assert_eq!(ask(folder.path(), "neap tide"), expected, "{}", file.display());
            }
        }
        if file.exists() {
            std::fs::remove_file(&file).expect("it is there");
            assert_eq!(ask(folder.path(), "neap tide"), expected, "without {}", file.display());
        }
    }
}

#[test]
fn lock_of_the_data_directory_refuses_a_second_process() {
    let folder = folder_with(TIDES);
    let first = open(folder.path());
    let second =
        Library::open(&folder.path().join("corpus"), &folder.path().join("data"), no_progress);
    let told = second.err().expect("the directory is taken").to_string();
    assert!(told.contains("another verbatim is using this data directory"), "{told}");
    drop(first);
    open(folder.path());
}
