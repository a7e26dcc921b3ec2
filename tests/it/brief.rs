//! Briefings of articles: every sentence is in its file and can be understood alone.

use std::path::Path;
use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use verbatim::answer::{Answer, Excerpt};
use verbatim::brief::{self, Brief, OnTopic};
use verbatim::corpus::article::{Outline, Passage};
use verbatim::index::language::Language;
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::render::messages::Locale;
use verbatim::render::telegram::{self, Action, Effect, RenderContext, StartPayload, Surface};

use crate::cli::{out, run};
use crate::fake_bot_api::html;

pub const ARTICLE: &str = include_str!("../../corpus/irans-taliban-tightrope.md");
pub const DATED: &str = "---\ntitle: Dams & Rivers\nauthors: [Ada Moon]\npublished: 2025-03\nsource_url: https://example.org/dams\nlanguage: en\n---\n\n\
    Dams hold back the water of rivers for the fields below them. However, many dams are old.\n\n\
    ## Old dams\n\nOld dams leak and need repair, since their concrete ages in the sun. They are costly.\n\n\
    ## Code\n\n```\nlet dam = 1;\n```\n\n## Empty\n\n## Questions\n\nWho owns a river? Nobody knows.\n";

fn corpus(files: &[(&str, &str)]) -> (TempDir, Library) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    for (file, text) in files {
        std::fs::write(folder.path().join("corpus").join(file), text).expect("a new file");
    }
    let library = open(folder.path());
    (folder, library)
}

fn open(folder: &Path) -> Library {
    Library::open(&folder.join("corpus"), &folder.join("data"), no_progress)
        .expect("the corpus is in order")
}

fn newest(library: &Library) -> Arc<Brief> {
    let article = library.all().newest().first().expect("there is an article");
    library.all().brief(article.id).expect("the index is whole").expect("it is there")
}

fn shown(brief: &Brief) -> String {
    let mut text = String::new();
    for key in &brief.sections {
        text.push_str(&format!("# {}\n", brief.article.sections[key.section].title()));
        for excerpt in key.in_order(key.excerpts.len()) {
            text.push_str(&format!("> {}\n", excerpt.quote()));
        }
    }
    text
}

/// Removes white space at the ends of lines and markers of list items, which Markdown leaves out.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.trim_start_matches("- ").trim()).collect()
}

/// Checks the invariants of a briefing of any article.
fn is_sound(brief: &Brief, folder: &Path) {
    let file = std::fs::read(folder.join("corpus").join(&brief.article.file)).expect("it is there");
    let mut taken: Vec<&Excerpt> = Vec::new();
    for key in &brief.sections {
        assert!((1..=2).contains(&key.excerpts.len()));
        for excerpt in &key.excerpts {
            assert_eq!(excerpt.place().section, key.section);
            assert!(excerpt.quote().encode_utf16().count() <= 1200, "{}", excerpt.quote());
            let (passage, range) = (excerpt.passage(), excerpt.range());
            let bytes = String::from_utf8_lossy(&file[excerpt.file_range()]);
            assert_eq!(lines(&bytes), lines(excerpt.quote()));
            assert!(passage.sentences.iter().any(|sentence| sentence.start == range.start));
            assert!(passage.sentences.iter().any(|sentence| sentence.end == range.end));
            let overlaps = |other: &&&Excerpt| {
                let known = other.range();
                other.passage().id == passage.id
                    && known.start < range.end
                    && range.start < known.end
            };
            assert!(!taken.iter().any(|other| overlaps(&other)), "{}", excerpt.quote());
            taken.push(excerpt);
        }
    }
    let total: f32 = brief.sections.iter().map(|key| key.weight).sum();
    assert!(total < 1.01, "{total}");
}

#[test]
fn brief_of_the_article_goes_section_by_section() {
    let (folder, library) = corpus(&[("article.md", ARTICLE)]);
    let brief = newest(&library);
    is_sound(&brief, folder.path());
    assert_eq!(brief.sections.len(), brief.article.sections.len(), "each section is there");
}

#[test]
fn brief_quotes_only_sentences_of_its_file() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let library =
        Library::open(&corpus, folder.path(), no_progress).expect("the corpus is in order");
    for article in library.all().newest().iter() {
        let file = std::fs::read(corpus.join(&article.file)).expect("it is there");
        let brief =
            library.all().brief(article.id).expect("the index is whole").expect("it is there");
        let excerpts = brief.sections.iter().flat_map(|key| &key.excerpts);
        for excerpt in excerpts {
            // Only markup may be between the characters.
            let bytes = String::from_utf8_lossy(&file[excerpt.file_range()]);
            let mut rest = bytes.chars();
            assert!(excerpt.quote().chars().all(|c| rest.any(|other| other == c)), "{bytes}");
        }
    }
}

#[test]
fn brief_quotes_a_dependent_sentence_with_its_antecedent_or_not_at_all() {
    let (_folder, library) = corpus(&[("dams.md", DATED)]);
    assert_snapshot!(shown(&newest(&library)), @r"
    # Opening
    > Dams hold back the water of rivers for the fields below them. However, many dams are old.
    # Old dams
    > Old dams leak and need repair, since their concrete ages in the sun.
    # Code
    > let dam = 1;
    # Questions
    > Who owns a river?
    ");
}

#[test]
fn brief_does_not_quote_half_of_an_argument() {
    let (_folder, library) = corpus(&[(
        "dams.md",
        "---\ntitle: Dams\nlanguage: en\n---\n\n## Speech\n\n“Dams are old. Nobody repairs the dams,” said Ada Moon of the River Board.\n\n\
        ## Turn\n\nThe dams of the north were built to last for a hundred years and more.\n\n\
        But the concrete of the northern dams has aged in thirty.\n\n\
        Engineers of the north inspect the dams and locks every spring.\n\n\
        ## Network\n\nThe network was built by Telenet in the year of the drought.\n\n\
        Telenet built a network of gauges along the rivers of the north.\n",
    )]);
    assert_snapshot!(shown(&newest(&library)), @r"
    # Speech
    > “Dams are old. Nobody repairs the dams,” said Ada Moon of the River Board.
    # Turn
    > Engineers of the north inspect the dams and locks every spring.
    # Network
    > Telenet built a network of gauges along the rivers of the north.
    ");
}

#[test]
fn brief_neither_repeats_itself_nor_quotes_captions() {
    let (_folder, library) = corpus(&[(
        "dams.md",
        "---\ntitle: Dams\nlanguage: en\n---\n\n## North\n\nThe old dams of the north leak water into the fields every spring.\n\n\
        ## South\n\nThe old dams of the north leak water into the fields every spring.\n\n\
        Farmers in the south pump their water from wells under the desert.\n\n\
        ## Pictures\n\nImage: The old dams of the north leak water in spring. Photograph by Ada Moon.\n\n\
        - Ada Moon photographs dams, locks and wells for the River Board.\n",
    )]);
    assert_snapshot!(shown(&newest(&library)), @r"
    # North
    > The old dams of the north leak water into the fields every spring.
    # South
    > Farmers in the south pump their water from wells under the desert.
    # Pictures
    > Ada Moon photographs dams, locks and wells for the River Board.
    ");
}

#[test]
fn brief_on_a_subject_has_its_key_sentences_or_is_refused_like_a_question() {
    let (folder, library) = corpus(&[("article.md", ARTICLE), ("dams.md", DATED)]);
    let on = |topic: &str| library.all().brief_on(topic).expect("no topic is an error");
    let OnTopic::Found(found) = on("ISKP") else { panic!("it is covered") };
    let quotes: Vec<_> = found.excerpts.iter().map(Excerpt::quote).collect();
    assert!((2..=brief::MAX_TOPIC_SENTENCES).contains(&quotes.len()), "{quotes:?}");
    assert!(quotes.iter().all(|quote| quote.contains("ISKP")), "{quotes:?}");
    for excerpt in &found.excerpts {
        let file = folder.path().join("corpus").join(&excerpt.place().article.file);
        let bytes = std::fs::read(file).expect("it is there")[excerpt.file_range()].to_vec();
        assert_eq!(bytes, excerpt.quote().as_bytes());
    }
    let starts: Vec<_> = found
        .excerpts
        .iter()
        .map(|excerpt| (excerpt.place().section, excerpt.file_range().start))
        .collect();
    assert!(starts.is_sorted(), "{starts:?}");
    let OnTopic::Found(found) = on("helmnad") else { panic!("it is covered") };
    assert_eq!(found.corrected[0].used, "Helmand");
    for topic in ["sourdough", "", "????", "hello", "capital of France"] {
        let OnTopic::Fallback(said) = on(topic) else { panic!("{topic} is not covered") };
        assert_eq!(
            said,
            library.all().ask(topic, None).expect("no question is an error"),
            "{topic}"
        );
        assert!(!matches!(said, Answer::Found(_)));
    }
    let (_folder, library) = corpus(&[("dams.md", DATED)]);
    let said = library.all().brief_on("who wrote this?").expect("no topic is an error");
    assert!(matches!(said, OnTopic::Fallback(Answer::Byline(_))), "{said:?}");
}

#[test]
fn brief_of_all_articles_begins_with_the_newest_and_ends_with_the_undated() {
    let dated = |title: &str, published: &str| {
        format!("---\ntitle: {title}\npublished: {published}\n---\nText of {title}.\n")
    };
    let (folder, library) = corpus(&[
        ("a.md", &dated("Year", "2025")),
        ("b.md", &dated("Day", "2025-03-09")),
        ("c.md", &dated("Next day", "2025-03-10")),
        ("d.md", "---\ntitle: Undated B\n---\nText.\n"),
        ("e.md", "---\ntitle: Undated A\n---\nText.\n"),
        ("f.md", &dated("Words", "last spring")),
    ]);
    drop(library);
    for (file, seconds) in [("d.md", 2_000), ("e.md", 1_000), ("f.md", 3_000)] {
        let file =
            std::fs::File::options().append(true).open(folder.path().join("corpus").join(file));
        let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.expect("it is there").set_modified(modified).expect("a test's own file");
    }
    let library = open(folder.path());
    let titles: Vec<_> = library.all().newest().iter().map(|a| a.title.clone()).collect();
    assert_eq!(titles, ["Next day", "Day", "Year", "Words", "Undated B", "Undated A"]);
}

#[test]
fn brief_ignores_file_times_that_say_nothing() {
    let undated = |title: &str| format!("---\ntitle: {title}\n---\nText of {title}.\n");
    let files = ["f.md", "e.md", "d.md", "c.md", "b.md", "a.md"];
    let texts = ["A", "B", "C", "D", "E", "F"].map(undated);
    let written: Vec<_> = files.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let titles = |seconds: u64, is_in_git: bool| {
        let (folder, library) = corpus(&written);
        drop(library);
        for (position, file) in (0..).zip(files) {
            let path = folder.path().join("corpus").join(file);
            let modified = std::time::UNIX_EPOCH
                + std::time::Duration::from_secs(1_000_000 + position * seconds);
            let file = std::fs::File::options().append(true).open(path).expect("it is there");
            file.set_modified(modified).expect("a test's own file");
        }
        if is_in_git {
            std::fs::create_dir(folder.path().join(".git")).expect("a new directory");
        }
        let library = open(folder.path());
        library.all().newest().iter().map(|article| article.title.clone()).collect::<String>()
    };
    assert_eq!(titles(100, false), "FEDCBA");
    assert_eq!(titles(1, false), "ABCDEF");
    assert_eq!(titles(100, true), "ABCDEF");
}

#[test]
fn brief_of_a_change_quotes_only_the_changed_passages() {
    let (_folder, library) = corpus(&[("article.md", ARTICLE)]);
    let (article, passages) = whole(&library);
    let new = passages[20].id;
    let fresh =
        library.all().new_quotes(article.id, &[new], "").expect("whole").expect("it is there");
    assert!(!fresh.excerpts.is_empty());
    assert!(fresh.excerpts.iter().all(|excerpt| excerpt.passage().id == new));
    let shorter =
        library.all().new_quotes(article.id, &[], "").expect("whole").expect("it is there");
    assert_eq!(shorter.excerpts, []);
}

fn whole(library: &Library) -> (Arc<Outline>, Vec<Arc<Passage>>) {
    let article = library.all().newest().first().expect("there is an article");
    let whole = library.all().full_article(article.id).expect("whole").expect("it is there");
    (whole.article, whole.passages)
}

#[test]
fn brief_of_a_book_takes_a_moment() {
    let sections: String = (0..200)
        .map(|number| {
            let text =
                ARTICLE.split("---\n").nth(2).expect("the text").split("\n\n").nth(number % 40 + 1);
            format!("## Part {number}\n\n{}\n\n", text.unwrap_or_default().trim_start_matches('#'))
        })
        .collect();
    let (folder, library) = corpus(&[("book.md", &format!("---\ntitle: Book\n---\n\n{sections}"))]);
    let (article, passages) = whole(&library);
    let begun = std::time::Instant::now();
    let brief = brief::brief(&article, &passages, &Language::of_code("en"));
    // Optimised code takes a hundredth of this time.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    is_sound(&brief, folder.path());
    every_page_fits(&brief, Locale::English);
    assert!(brief.sections.len() > 150, "{}", brief.sections.len());
}

fn article() -> impl Strategy<Value = String> {
    let text = ARTICLE.split("---\n").nth(2).expect("the text after the front matter");
    let own: Vec<String> = text.split_inclusive(['.', '\n']).map(str::to_owned).collect();
    let odd = [
        "However, it rains. ",
        "“We saw it. ",
        "He left,” she said. ",
        "水争端。但它很远。",
        "\n\n## Heading\n\n",
        "\n\n",
        "\n- item one\n- ",
        "Why? ",
        "Dr. A. lives in the U.S. now. ",
        "اما آب نیست. ",
    ];
    let odd = prop::sample::select(odd.map(str::to_owned).to_vec());
    let long =
        (200usize..1500).prop_map(|count| format!("Long {}. ", "word ".repeat(count / 5).trim()));
    let part = prop_oneof![4 => prop::sample::select(own), 3 => odd, 1 => long, 1 => "[a-zA-Z0-9 .?!,]{0,40}"];
    prop::collection::vec(part, 0..40).prop_map(|parts| {
        let text = parts.concat().replace(['*', '_', '<', '&', '[', '`', '\\', '~', '|'], "");
        format!("---\ntitle: Any\n---\n\nThe beginning stands here.\n\n{text}\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn brief_of_any_article_is_sound(text in article()) {
        let (folder, library) = corpus(&[("any.md", &text)]);
        let brief = newest(&library);
        is_sound(&brief, folder.path());
        every_page_fits(&brief, Locale::English);
        every_page_fits(&brief, Locale::Persian);
        prop_assert_eq!(&brief, &newest(&open_again(folder, library)));
    }
}

/// Checks that each section is on one page, with whole quotes only.
fn every_page_fits(brief: &Brief, locale: Locale) {
    let link = |_: StartPayload| "https://t.me/VerbatimBot?start=s".to_owned();
    let frame = RenderContext {
        messages: locale.messages(),
        surface: Surface::Chat,
        article_count: 2,
        shelf: None,
        link: &link,
    };
    let mut quoted = 0;
    for page in 0.. {
        let message = telegram::brief(brief, page, &frame);
        let (text, entities) = html::parse(&message.html).expect("Telegram can read it");
        assert!(text.encode_utf16().count() <= 3900 && entities.len() <= 60, "{}", message.html);
        let count = message.html.matches("<blockquote>").count();
        // The pages after the first have all sections.
        quoted = if page < 2 { count } else { quoted + count };
        let next = Effect::Callback(Action::Brief(brief.article.id, page + 1));
        if !message.buttons.iter().flatten().any(|button| button.effect == next) {
            break;
        }
    }
    assert_eq!(quoted, brief.sections.len());
}

fn open_again(folder: TempDir, library: Library) -> Library {
    drop(library);
    open(folder.path())
}

#[test]
fn brief_is_printed_for_the_terminal_and_as_json() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folder.path().join("corpus")).expect("a new directory");
    std::fs::write(folder.path().join("corpus/dams.md"), DATED).expect("a new file");
    let tides = "---\ntitle: Tides\n---\nA neap tide happens **twice** a month.\n";
    std::fs::write(folder.path().join("corpus/tides.md"), tides).expect("a new file");
    let newest = run(&folder, &["brief"], &[], b"");
    assert_eq!(newest.status.code(), Some(0));
    assert_snapshot!(out(&newest), @r"
    Dams & Rivers
      by Ada Moon
      2025-03

    Opening
      Dams hold back the water of rivers for the fields below them. However, many
      dams are old.
        https://example.org/dams#:~:text=Dams%20hold%20back%20the%20water,However%2C%20many%20dams%20are%20old.

    Old dams
      Old dams leak and need repair, since their concrete ages in the sun.
        https://example.org/dams#:~:text=Old%20dams%20leak%20and%20need%20repair%2C%20since%20their%20concrete%20ages%20in%20the%20sun.

    Code
      let dam = 1;
        https://example.org/dams#:~:text=let%20dam%20%3D%201%3B

    Questions
      Who owns a river?
        https://example.org/dams#:~:text=Who%20owns%20a%20river%3F
    ");
    let topic = run(&folder, &["brief", "neap", "tide"], &[], b"");
    assert_eq!(topic.status.code(), Some(0));
    assert_snapshot!(out(&topic), @r"
    Opening · Tides
      A neap tide happens twice a month.
        corpus/tides.md
    ");
    assert_eq!(run(&folder, &["brief", "sourdough"], &[], b"").status.code(), Some(1));
    assert_eq!(run(&folder, &["brief", "--corpus", "nowhere"], &[], b"").status.code(), Some(2));

    let lines = |arguments: &[&str]| -> Vec<Value> {
        let text = out(&run(&folder, arguments, &[], b""));
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
    };
    let all = lines(&["brief", "--json", "--all"]);
    let titles: Vec<_> = all.iter().map(|line| &line["article_title"]).collect();
    assert_eq!(titles, ["Dams & Rivers", "Tides"]);
    assert_eq!(
        (&all[0]["published"], &all[0]["authors"][0]),
        (&"2025-03".into(), &"Ada Moon".into())
    );
    let excerpt = &all[1]["sections"][0]["excerpts"][0];
    assert_eq!(excerpt["quote"], "A neap tide happens twice a month.");
    let [from, to] = [0, 1].map(|end| excerpt["bytes"][end].as_u64().expect("a number") as usize);
    assert_eq!(&tides[from..to], "A neap tide happens **twice** a month.");
    let topic = &lines(&["brief", "--json", "neap tide"])[0];
    assert_eq!((&topic["outcome"], &topic["question"]), (&"found".into(), &"neap tide".into()));
    assert_eq!(topic["excerpts"][0]["article_title"], "Tides");
    let nothing = &lines(&["brief", "--json", "sourdough"])[0];
    assert_eq!(
        (&nothing["outcome"], &nothing["missing"][0]),
        (&"nothing_found".into(), &"sourdough".into())
    );

    let chat = run(&folder, &["chat"], &[], b"brief\n1\nBrief neap tide\nbrief sourdough\nquit\n");
    let said = out(&chat);
    for expected in [
        "Dams & Rivers\n  by Ada Moon",
        "Opening · Dams & Rivers\n",
        "Opening · Tides\n  A neap tide",
        "nothing about “sourdough”",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
