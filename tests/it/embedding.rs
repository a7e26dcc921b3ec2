//! Semantic search: passages without a shared word are found, and damaged vectors are harmless.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use verbatim::answer::{Answer, LanguageMismatch};
use verbatim::corpus::Folder;
use verbatim::embedding::model_files::{self, WEIGHTS};
use verbatim::embedding::{Access, EmbeddingIndex, Threads};
use verbatim::index::Progress;
use verbatim::index::language::Language;
use verbatim::index::no_progress;
use verbatim::library::{ArticleFilter, Library};
use verbatim::search::Mode;

use super::cli::{err, out, run};
use super::model_files::{EARLIER, install_real, write};
use super::tiny_model;

const SAME: &[&[&str]] = &[
    &["families", "households", "familien"],
    &["deported", "expelled", "vertrieben"],
    &["june", "summer", "sommer"],
    &["were", "wurden", "die"],
    &["in", "im"],
    &["farmers", "peasants"],
    &["grow", "plant"],
    &["poppies", "heroin"],
    &["ill", "unwell"],
];
const ARTICLE: &str = "---\ntitle: The border\nlanguage: en\n---\n\
    Families were deported in June.\n\n\
    Farmers grow poppies in the south.\n\n\
    The river is low this year.\n";
/// Size of a page of the database of vectors.
const PAGE_BYTES: u64 = 16 << 10;
const QUESTION: &str = "were households expelled in summer?";

/// A folder with an article, its tiny model, and the library that has both.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn new() -> Scene {
        let folder = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(folder.path().join("corpus")).expect("a new directory");
        let scene = Scene { folder };
        scene.write(ARTICLE);
        tiny_model::install(&scene.data(), SAME, &[ARTICLE]);
        scene
    }

    fn write(&self, article: &str) {
        fs::write(self.folder.path().join("corpus/border.md"), article).expect("a new file");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn words(&self) -> Library {
        Library::open(&self.folder.path().join("corpus"), &self.data(), no_progress)
            .expect("it is in order")
    }

    /// Opens the library with the model. No vector is computed yet.
    fn open(&self) -> Library {
        let words = self.words();
        let installed = model_files::installed(&self.data().join("model"));
        let installed = installed.expect("it is whole").expect("it is there");
        words.with_embeddings(
            EmbeddingIndex::open(&installed, &self.data(), Access::ReadWrite)
                .expect("it can be read"),
        )
    }

    fn complete(&self) -> Library {
        let library = self.open();
        catch_up(&library);
        library
    }

    /// Returns the database of the vectors.
    fn vectors(&self) -> PathBuf {
        let files = fs::read_dir(self.data().join("vectors")).expect("it is there");
        let mut paths = files.map(|file| file.expect("it can be read").path());
        paths.find(|path| path.extension().is_some_and(|it| it == "db")).expect("it is there")
    }

    /// Returns the words whose vectors are stored, in alphabetical order.
    fn stored_words(&self) -> Vec<String> {
        let vectors = Connection::open(self.vectors()).expect("it is there");
        let mut select = vectors.prepare("SELECT word FROM words ORDER BY word").expect("a table");
        let words = select.query_map([], |row| row.get(0)).expect("it can be read");
        words.collect::<Result<_, _>>().expect("it can be read")
    }

    /// Returns the keys of the passages whose vectors are stored, in the order of storing.
    fn stored(&self) -> Vec<[u8; 16]> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let vectors = Connection::open_with_flags(self.vectors(), flags).expect("it is there");
        let mut select = vectors.prepare("SELECT key FROM passages ORDER BY id").expect("a table");
        let keys = select.query_map([], |row| row.get(0)).expect("it can be read");
        keys.collect::<Result<_, _>>().expect("it can be read")
    }
}

fn catch_up(library: &Library) -> Progress {
    let progress = library.backfill(Threads::All, |_| ControlFlow::Continue(()));
    progress.expect("there is room")
}

fn quote(library: &Library, question: &str) -> Option<String> {
    match library.all().ask(question, None).expect("the index is sound") {
        Answer::Found(found) => Some(found.excerpts[0].quote().to_owned()),
        _ => None,
    }
}

fn mode(library: &Library, question: &str) -> Mode {
    library.all().search(question, None, 3).expect("the index is sound").1.mode
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).expect("it is there").len()
}

#[test]
fn vectors_of_another_process_are_read_without_changes() {
    let scene = Scene::new();
    let owner = scene.complete();
    let model = model_files::installed_read_only(&scene.data().join("model"));
    let model = model.expect("it is whole").expect("it is there");
    let read = || {
        let corpus = scene.folder.path().join("corpus");
        let words =
            Library::open_shared(&corpus, &scene.data(), no_progress).expect("it is in order");
        assert!(words.outdated_file_count().is_some());
        words.with_embeddings(
            EmbeddingIndex::open(&model, &scene.data(), Access::ReadOnly).expect("as before"),
        )
    };
    let reader = read();
    assert_eq!(catch_up(&reader), Progress { done: 3, all: 3 });
    assert_eq!(quote(&reader, QUESTION).as_deref(), Some("Families were deported in June."));
    fs::remove_dir_all(scene.data().join("vectors")).expect("they were made");
    let reader = read();
    assert_eq!(catch_up(&reader), Progress { done: 0, all: 3 });
    assert_eq!(quote(&reader, "poppies").as_deref(), Some("Farmers grow poppies in the south."));
    assert!(!scene.data().join("vectors").exists());
    drop(owner);
}

#[test]
fn semantic_search_finds_a_sentence_that_shares_no_word() {
    let scene = Scene::new();
    let words = scene.words();
    assert_eq!(quote(&words, QUESTION), None);
    drop(words);
    let library = scene.complete();
    assert_eq!(quote(&library, QUESTION).as_deref(), Some("Families were deported in June."));
    let heroin = quote(&library, "do peasants plant heroin?");
    assert_eq!(heroin.as_deref(), Some("Farmers grow poppies in the south."));
    assert_eq!(quote(&library, "best sourdough recipe?"), None);
}

#[test]
fn semantic_search_of_a_view_ranks_its_own_passages_only() {
    let scene = Scene::new();
    let corpus = scene.folder.path().join("corpus");
    fs::create_dir(corpus.join("board")).expect("a new directory");
    fs::rename(corpus.join("border.md"), corpus.join("board/border.md")).expect("it is there");
    let fields = "---\ntitle: Fields\nlanguage: en\n---\n\nFarmers grow poppies in the south.\n";
    scene.write(fields);
    let library = scene.complete();
    assert_eq!(quote(&library, QUESTION).as_deref(), Some("Families were deported in June."));
    let view = library.view(ArticleFilter::without(Folder::new("board").into_iter().collect()));
    let (_, ranking) = view.search(QUESTION, None, 36).expect("the index is sound");
    assert_eq!(ranking.mode, Mode::Semantic);
    let files: Vec<_> = ranking.hits.iter().map(|hit| hit.article.file.as_str()).collect();
    assert_eq!(files, ["border.md"]);
    // The view answers like a library without the other article.
    let alone = Scene::new();
    alone.write(fields);
    let alone = alone.complete();
    for question in [QUESTION, "do peasants plant heroin?", "best sourdough recipe?"] {
        let expected = alone.all().ask(question, None).expect("the index is sound");
        assert_eq!(view.ask(question, None).expect("the index is sound"), expected);
    }
}

#[test]
fn answer_in_another_language_than_the_question_names_its_language() {
    let scene = Scene::new();
    let library = scene.complete();
    let languages = |question: &str| {
        let answer = library.all().ask(question, None).expect("the index is sound");
        let Answer::Found(found) = answer else { panic!("{question}: {answer:?}") };
        found.languages.map(|LanguageMismatch { question, articles }| {
            let articles: Vec<_> = articles.iter().map(Language::code).collect();
            format!("{} {}", question.code(), articles.join(" "))
        })
    };
    let german = "wurden die familien im sommer vertrieben?";
    assert_eq!(languages(german).as_deref(), Some("de en"));
    assert_eq!(languages(QUESTION), None);
    assert_eq!(languages("poppies"), None);
    assert_eq!(languages("familien"), None);
    // A refusal needs no hint, since the model reads questions in other languages.
    let refused = library.all().ask("wo ist die bäckerei und wer backt brot?", None);
    let Ok(Answer::NothingFound(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.languages, refused.missing), (None, Vec::new()));
}

#[test]
fn semantic_search_ignores_white_space_around_a_question() {
    let scene = Scene::new();
    let library = scene.complete();
    let explain =
        |question: &str| library.all().explain(question, None).expect("the index is sound");
    assert_eq!(explain(&format!(" \n  {QUESTION}  ")), explain(QUESTION));
}

#[test]
fn lexical_search_answers_until_there_are_vectors() {
    let scene = Scene::new();
    let library = scene.open();
    assert_eq!(mode(&library, "how is the river?"), Mode::Lexical);
    assert_eq!(
        quote(&library, "how is the river?").as_deref(),
        Some("The river is low this year.")
    );
    assert_eq!(catch_up(&library), Progress { done: 3, all: 3 });
    assert_eq!(mode(&library, "how is the river?"), Mode::Semantic);
}

#[test]
fn backfill_that_was_interrupted_is_continued() {
    let scene = Scene::new();
    // These are too many for one batch, whose size depends on the number of processors.
    let days = 40 * std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let paragraphs: String =
        (0..days).map(|day| format!("Day {day} was quiet in the valley.\n\n")).collect();
    let all = days + 3;
    scene.write(&format!("{ARTICLE}\n{paragraphs}"));
    let library = scene.open();
    let mut told = Vec::new();
    let broken_off = library.backfill(Threads::All, |progress| {
        told.push(progress);
        ControlFlow::Break(())
    });
    let broken_off = broken_off.expect("there is room");
    assert_eq!(told, [broken_off]);
    assert!(0 < broken_off.done && broken_off.done < all, "{broken_off:?}");
    drop(library);

    let kept = scene.stored();
    assert_eq!(kept.len() as u64, broken_off.done);
    let library = scene.open();
    let mut first = None;
    let caught_up = library.backfill(Threads::All, |progress| {
        first.get_or_insert((progress, scene.stored()));
        ControlFlow::Continue(())
    });
    assert_eq!(caught_up.expect("there is room"), Progress { done: all, all });
    let (first, stored) = first.expect("it was told");
    // The first batch added as many vectors as it reported.
    assert_eq!(stored.len() as u64, first.done);
    assert!(stored.starts_with(&kept));
}

#[test]
fn backfill_computes_only_the_edited_paragraph() {
    let scene = Scene::new();
    drop(scene.complete());
    let before = scene.stored();
    scene.write(&ARTICLE.replace("grow poppies in the south", "fell ill last year"));
    let library = scene.complete();
    let after = scene.stored();
    assert_eq!((before.len(), after.len()), (3, 3));
    assert_eq!(after.iter().filter(|key| before.contains(key)).count(), 2);
    let question = "were the farmers unwell last year?";
    assert_eq!(mode(&library, question), Mode::Semantic);
    assert_eq!(quote(&library, question).as_deref(), Some("Farmers fell ill last year."));
}

#[test]
fn backfill_computes_nothing_for_an_unchanged_corpus() {
    let scene = Scene::new();
    drop(scene.complete());
    let library = scene.open();
    let mut told = 0;
    let progress = library.backfill(Threads::All, |_| {
        told += 1;
        ControlFlow::Continue(())
    });
    assert_eq!((progress.expect("it is read"), told), (Progress { done: 3, all: 3 }, 0));
    assert_eq!(quote(&library, QUESTION).as_deref(), Some("Families were deported in June."));
}

/// Returns the marked words of the first quote.
fn marked(library: &Library, question: &str) -> Vec<String> {
    match library.all().ask(question, None).expect("the index is sound") {
        Answer::Found(found) => {
            let quote = &found.excerpts[0];
            let marks = quote.marks().iter();
            marks.map(|mark| quote.quote()[mark.clone()].to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn translations_of_the_words_of_a_question_are_marked() {
    let scene = Scene::new();
    let question = "Wann wurden die Familien vertrieben?";
    let library = scene.open();
    // Only the name is spelled nearly alike.
    assert_eq!(marked(&library, question), ["Families"]);
    catch_up(&library);
    assert_eq!(marked(&library, question), ["Families", "deported"]);
    // In the language of the articles no word is translated; the first one is a synonym.
    let native = "were the households expelled in June?";
    assert_eq!(marked(&library, native), ["Families", "June"]);
    // A later process reads the stored words, as one that does not own the directory.
    drop(library);
    let explained = out(&run(&scene.folder, &["ask", "--explain", question], &[], b""));
    let row = explained.lines().find(|line| line.starts_with("vertrieben")).expect("a term");
    assert!(row.contains(" true ") && row.contains("deport (0.80)"), "{row}");
    let installed = model_files::installed(&scene.data().join("model"));
    let installed = installed.expect("it is whole").expect("it is there");
    let reader = EmbeddingIndex::open(&installed, &scene.data(), Access::ReadOnly);
    let reader = scene.words().with_embeddings(reader.expect("it can be read"));
    catch_up(&reader);
    assert_eq!(marked(&reader, question), ["Families", "deported"]);
}

#[test]
fn backfill_keeps_the_vectors_of_exactly_the_words_of_the_corpus() {
    let scene = Scene::new();
    drop(scene.complete());
    let before = scene.stored_words();
    assert!(before.contains(&"poppies".to_owned()), "{before:?}");
    scene.write(&ARTICLE.replace("poppies", "3 tulips"));
    drop(scene.complete());
    let after = scene.stored_words();
    let expected = before.iter().map(|word| word.replace("poppies", "tulips"));
    let mut expected: Vec<_> = expected.collect();
    expected.sort();
    assert_eq!(after, expected);
    // Damaged rows are computed again, and so are the words that an earlier version did not store.
    for damage in ["UPDATE words SET vector = x'00'", "DELETE FROM words", "DROP TABLE words"] {
        let vectors = Connection::open(scene.vectors()).expect("it is there");
        vectors.execute_batch(damage).expect("it can be written");
        drop(vectors);
        let library = scene.complete();
        assert_eq!(scene.stored_words(), after, "{damage}");
        let question = "Wann wurden die Familien vertrieben?";
        assert_eq!(marked(&library, question), ["Families", "deported"], "{damage}");
    }
}

#[test]
fn vectors_that_are_damaged_are_computed_again() {
    let scene = Scene::new();
    drop(scene.complete());
    let check = |what: &str, damage: &dyn Fn(&Path)| {
        damage(&scene.vectors());
        let library = scene.complete();
        let found = quote(&library, QUESTION);
        assert_eq!(found.as_deref(), Some("Families were deported in June."), "{what}");
        assert_eq!(mode(&library, "is the river low?"), Mode::Semantic, "{what}");
    };
    let flip = |path: &Path, at: u64| {
        let mut file = OpenOptions::new().read(true).write(true).open(path).expect("it is there");
        let mut byte = [0];
        file.seek(SeekFrom::Start(at)).expect("it is longer");
        file.read_exact(&mut byte).expect("it is longer");
        file.seek(SeekFrom::Start(at)).expect("it is longer");
        file.write_all(&[byte[0] ^ 0x10]).expect("it is written");
    };
    check("missing", &|path| fs::remove_file(path).expect("it is there"));
    check("truncated", &|path| {
        let file = OpenOptions::new().write(true).open(path).expect("it is there");
        file.set_len(bytes(path) / 2).expect("it is cut");
    });
    check("empty", &|path| fs::write(path, "").expect("it is written"));
    check("of something else", &|path| fs::write(path, "PNG".repeat(999)).expect("it is written"));
    check("with a damaged head", &|path| flip(path, 20));
    for page in 1..bytes(&scene.vectors()) / PAGE_BYTES {
        check("with a damaged page", &|path| flip(path, page * PAGE_BYTES));
        check("with a damaged row", &|path| flip(path, (page + 1) * PAGE_BYTES - 100));
    }
}

#[test]
fn vectors_are_shared_by_equal_paragraphs_and_survive_a_rename() {
    let scene = Scene::new();
    scene.write(&format!("{ARTICLE}\nFamilies were deported in June.\n"));
    drop(scene.complete());
    let corpus = scene.folder.path().join("corpus");
    fs::rename(corpus.join("border.md"), corpus.join("frontier.md")).expect("it is there");
    drop(scene.complete());
    // The second pass reads what the first one recorded.
    let library = scene.open();
    assert_eq!(catch_up(&library), Progress { done: 4, all: 4 });
    assert_eq!(quote(&library, QUESTION).as_deref(), Some("Families were deported in June."));
}

#[test]
fn vectors_of_another_model_are_not_used() {
    let scene = Scene::new();
    drop(scene.complete());
    let other: &[&[&str]] = &[&["river", "households"], &["low", "expelled"], &["year", "summer"]];
    tiny_model::install(&scene.data(), other, &[ARTICLE]);
    let library = scene.complete();
    let found = quote(&library, "households expelled summer?");
    assert_eq!(found.as_deref(), Some("The river is low this year."));
}

#[test]
fn model_commands_enable_and_disable_the_model() {
    let scene = Scene::new();
    let ask = |arguments: &[&str]| {
        let all = [&["ask"], arguments, &[QUESTION]].concat();
        run(&scene.folder, &all, &[], b"")
    };
    fs::remove_dir_all(scene.data()).expect("it is there");
    assert_eq!(ask(&[]).status.code(), Some(1));
    let none = run(&scene.folder, &["model", "encode"], &[], b"");
    assert_eq!(none.status.code(), Some(1), "{}", out(&none));

    tiny_model::install(&scene.data(), SAME, &[ARTICLE]);
    let encoded = run(&scene.folder, &["model", "encode"], &[], b"");
    assert_eq!(out(&encoded), "3 of 3 passages can be found by meaning\n", "{}", err(&encoded));
    let answered = ask(&[]);
    assert_eq!(answered.status.code(), Some(0));
    assert!(out(&answered).contains("Families were deported in June."), "{}", out(&answered));
    let explained = out(&ask(&["--explain"]));
    for name in ["similarity", "similarity_passage", "nearest", "reranker", "reader"] {
        assert!(explained.contains(name), "{explained}");
    }

    let judged = scene.folder.path().join("judged.jsonl");
    let line = format!("{{\"question\": \"{QUESTION}\", \"answer\": \"Families\"}}\n");
    fs::write(&judged, line).expect("a new file");
    let table = out(&run(&scene.folder, &["evaluate", "judged.jsonl"], &[], b""));
    let rows: Vec<Vec<_>> = table.lines().map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(rows[1][..4], ["corpus", "words", "1", "0.0"], "{table}");
    assert_eq!(rows[2][..4], ["corpus", "meaning", "1", "100.0"], "{table}");

    let removed = run(&scene.folder, &["model", "remove"], &[], b"");
    assert_eq!(removed.status.code(), Some(0), "{}", err(&removed));
    assert!(!scene.data().join("vectors").exists(), "{}", out(&removed));
    assert_eq!(ask(&[]).status.code(), Some(1));
}

#[test]
fn model_that_cannot_be_read_leaves_lexical_search() {
    let scene = Scene::new();
    let weights = scene.data().join("model").join(WEIGHTS);
    let mut bytes = fs::read(&weights).expect("it is there");
    bytes[0] ^= 1;
    fs::write(&weights, bytes).expect("it is there");
    let asked = run(&scene.folder, &["ask", "how", "is", "the", "river?"], &[], b"");
    assert_eq!(asked.status.code(), Some(0), "{}", err(&asked));
    assert!(out(&asked).contains("The river is low this year."), "{}", out(&asked));
    assert!(err(&asked).contains("by words alone"), "{}", err(&asked));
    assert!(err(&asked).contains(WEIGHTS), "{}", err(&asked));
}

#[test]
fn model_of_an_earlier_version_leaves_lexical_search_with_one_warning() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.data()).expect("it is there");
    write(&scene.data().join("model"), &EARLIER);
    let asked = run(&scene.folder, &["ask", "how", "is", "the", "river?"], &[], b"");
    assert_eq!(asked.status.code(), Some(0), "{}", err(&asked));
    assert!(out(&asked).contains("The river is low this year."), "{}", out(&asked));
    assert_eq!(err(&asked).matches("earlier version").count(), 1, "{}", err(&asked));
}

#[test]
fn model_multilingual_e5_small_finds_answers_in_any_language() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let Some(installed) = install_real(&data.path().join("model")) else { return };
    let corpus = data.path().join("corpus");
    write(
        &corpus,
        &[
            (
                "tides.md",
                b"---\ntitle: Tides\n---\nThe sea rises twice a day because of the Moon.\n",
            ),
            (
                "brot.md",
                "---\ntitle: Brot\n---\nDer Teig ruht über Nacht im Kühlschrank.\n".as_bytes(),
            ),
            ("кони.md", "---\ntitle: Лошади\n---\nЛошади спят стоя.\n".as_bytes()),
        ],
    );
    let words = Library::open(&corpus, data.path(), no_progress).expect("the corpus is in order");
    let library = words.with_embeddings(
        EmbeddingIndex::open(&installed, data.path(), Access::ReadWrite).expect("it can be read"),
    );
    assert_eq!(catch_up(&library), Progress { done: 3, all: 3 });
    for (question, expected) in [
        ("What makes the water level go up?", "Moon"),
        ("Почему поднимается уровень моря?", "Moon"),
        ("Where do I leave the dough until morning?", "Kühlschrank"),
        ("Wie schlafen Pferde?", "Лошади"),
    ] {
        let (_, ranking) = library.all().search(question, None, 3).expect("the index is sound");
        assert_eq!(ranking.mode, Mode::Semantic, "{question}");
        let best = ranking.hits.first().map(|hit| hit.passage.text.as_str()).unwrap_or_default();
        assert!(best.contains(expected), "{question}: {best}");
    }
}
