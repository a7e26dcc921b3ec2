//! Views of the library: a view of some articles is like a library that has only these.

use std::fmt::Debug;

use tempfile::TempDir;
use verbatim::corpus::Folder;
use verbatim::index::no_progress;
use verbatim::library::{ArticleFilter, Criterion, Library, View};

use crate::tester::{folders, write};

const DIKES: &str = "---\ntitle: Dikes\nauthors: Ben Shore\ndate: 2025-03-01\ntags: [water, coast]\n---\n\n\
    Dikes keep the sea out of the polders. A dike is built of clay.\n\n\
    ## Sluices\n\nA sluice lets the river into the sea at low tide.\n";
const BOARD: &str = "---\ntitle: Zyxopolis minutes\nauthors: Quentin Marlowe\ndate: 2017-02-03\n\
    tags: [confidential]\naliases: {ZQX: Zephyr quota exchange}\n---\n\n\
    The merger with Vantablack Holdings was approved on Tuesday. The tide of money is high.\n\n\
    ## Remuneration\n\nThe Zephyr Quota Exchange (ZQX) pays the chairman a pelican. \
    A neap tide of profits happens in Zyxopolis.\n";
const PERSIAN: &str = "---\ntitle: صورت‌جلسه\nlanguage: fa\n---\n\nهیئت مدیره ادغام را تصویب کرد.\n";

/// Opens a library of the article about tides and the one about dikes, and of others.
fn open(others: &[(&str, &str)]) -> (TempDir, Library) {
    let folders = folders();
    write(&folders, "water/dikes.md", DIKES);
    for (file, text) in others {
        write(&folders, file, text);
    }
    let library =
        Library::open(&folders.path().join("corpus"), &folders.path().join("data"), no_progress);
    (folders, library.expect("the articles are valid"))
}

fn hidden(path: &str) -> ArticleFilter {
    ArticleFilter::without(Folder::new(path).into_iter().collect())
}

const QUESTIONS: [&str; 24] = [
    "When does a neap tide happen?",
    "tide",
    "What lets the river into the sea?",
    "Who approved the merger with Vantablack Holdings?",
    "Vantablak Holdings",
    "Zyxopolis",
    "Zyxopolls minutes",
    "What is the ZQX?",
    "Zephyr quota exchange",
    "pelican",
    "pelicans of the chairman",
    "remuneration",
    "remunerations",
    "articles by Quentin Marlowe",
    "articles by Ben Shore",
    "newest article",
    "how many articles are there?",
    "when were the Zyxopolis minutes published?",
    "who wrote the Zyxopolis minutes?",
    "who is the author?",
    "هیئت مدیره چه چیزی را تصویب کرد؟",
    "ادغام",
    "was sagt der Artikel über Deiche?",
    "sourdough bread",
];

/// Returns everything that a view tells, by what was asked.
fn told(view: &View<'_>) -> Vec<(String, String)> {
    fn line(name: impl ToString, value: &impl Debug) -> (String, String) {
        (name.to_string(), format!("{value:#?}"))
    }
    let mut told = Vec::new();
    for question in QUESTIONS {
        let asked = view.ask(question, None).expect("no question is an error");
        told.push(line(question, &asked));
        told.push(line(question, &view.ask("and there?", Some(question)).ok()));
        told.push(line(question, &view.context(question, None)));
        told.push(line(question, &view.unmatchable(question).ok()));
        told.push(line(question, &view.suggest_quotes(question).ok()));
        for length in [3, 5, 8] {
            let typed: String = question.chars().take(length).collect();
            told.push(line(&typed, &view.suggest_quotes(&typed).ok()));
        }
        told.push(line(question, &view.brief_on(question).ok()));
        told.push(line(question, &view.check_subject(question).ok()));
    }
    let titles = |articles: verbatim::index::Articles| {
        articles.iter().map(|article| article.title.clone()).collect::<Vec<_>>()
    };
    told.push(line("articles", &titles(view.articles())));
    told.push(line("newest", &titles(view.newest())));
    told.push(line("count", &view.listed_count()));
    told.push(line("titles", &view.first_titles(5)));
    told.push(line("outlines", &view.outlines().ok()));
    told.push(line("topics", &view.topics().ok()));
    told
}

#[test]
fn view_without_a_folder_is_like_a_library_without_it() {
    let (_folders, alone) = open(&[]);
    let (_others, all) = open(&[("board/minutes.md", BOARD), ("board/fa/a.md", PERSIAN)]);
    assert_ne!(told(&all.all()), told(&alone.all()));
    let view = all.view(hidden("board"));
    for (shown, expected) in told(&view).into_iter().zip(told(&alone.all())) {
        assert_eq!(shown, expected);
    }
    // Ids of hidden articles open nothing.
    let everything = all.all();
    for article in everything.articles().iter().filter(|known| known.file.starts_with("board/")) {
        let outline = everything.article(article.id).unwrap().unwrap();
        assert_eq!(view.article(article.id).unwrap(), None);
        assert_eq!(view.full_article(article.id).unwrap(), None);
        assert_eq!(view.brief(article.id).unwrap(), None);
        assert_eq!(view.passage_ids(article.id).unwrap(), None);
        assert_eq!(view.article_of(&article.file), None);
        assert_eq!(view.new_quotes(article.id, &[], "").unwrap(), None);
        for section in &outline.sections {
            assert_eq!(view.section(section.id).unwrap(), None);
        }
        for passage in everything.passage_ids(article.id).unwrap().unwrap() {
            assert_eq!(view.passage(passage).unwrap(), None);
            assert_eq!(view.quotes_within("merger", &[passage]).unwrap(), []);
        }
    }
}

#[test]
fn view_follows_the_corpus() {
    let (folders, library) = open(&[("board/minutes.md", BOARD)]);
    let view = library.view(hidden("board"));
    assert_eq!(view.listed_count(), 2);
    let stamp = view.stamp().unwrap();
    write(&folders, "board/more.md", "# More\n\nPelicans.\n");
    write(&folders, "water/lock.md", "# Locks\n\nA lock lifts a barge.\n");
    library.refresh(std::time::Duration::ZERO, no_progress).expect("the corpus can be read");
    assert_eq!(view.listed_count(), 3);
    assert_ne!(view.stamp().unwrap(), stamp);
    assert_eq!(view.suggest_quotes("barge").unwrap().len(), 1);
    assert_eq!(view.suggest_quotes("pelicans").unwrap(), []);
}

#[test]
fn view_narrowed_by_criteria_still_opens_what_is_within_its_border() {
    let (_folders, library) = open(&[("board/minutes.md", BOARD)]);
    let water = Criterion::Folder(Folder::new("water").expect("a path"));
    let board = Criterion::Folder(Folder::new("board").expect("a path"));
    let view = library.view(hidden("board")).and_any_of(vec![water]);
    assert_eq!(view.first_titles(5), ["Dikes"]);
    assert!(
        view.suggest_quotes("neap tide")
            .unwrap()
            .iter()
            .all(|quote| { quote.place().article.title == "Dikes" })
    );
    let tides = library.all().article_of("tides.md").expect("the article is there");
    assert!(view.article(tides.id).unwrap().is_some());
    assert_eq!(library.view(hidden("board")).and_any_of(vec![board]).listed_count(), 0);
}
