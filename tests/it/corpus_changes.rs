//! Changes of the corpus while it is asked: refresh, damage of the index, watching.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use verbatim::answer::Answer;
use verbatim::corpus::watcher::CorpusWatcher;
use verbatim::corpus::{self, CorpusDir};
use verbatim::index::{Progress, Refreshed, no_progress};
use verbatim::library::Library;

use crate::tester::{folders, write};

const NOW: Duration = Duration::ZERO;
const DIKES: &str = "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder.\n";
const BROKEN: &str = "a\0b";

fn open(folders: &TempDir) -> Library {
    Library::open(&folders.path().join("corpus"), &folders.path().join("data"), no_progress)
        .unwrap()
}

/// Returns the first quote, or "" for a refusal.
fn quote(library: &Library, question: &str) -> String {
    match library.all().ask(question, None).unwrap() {
        Answer::Found(found) => found.excerpts[0].quote().to_owned(),
        _ => String::new(),
    }
}

/// Returns each problem, and whether the article is kept.
fn reported(refreshed: &Refreshed) -> Vec<(String, bool)> {
    let reported = refreshed.reported.iter();
    reported.map(|reported| (reported.problem.what.clone(), reported.is_kept)).collect()
}

#[test]
fn refresh_adds_changes_and_removes_articles() {
    let folders = folders();
    let library = open(&folders);
    assert!(!library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "");
    write(&folders, "dikes.md", DIKES);
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "A dike keeps the sea from the polder.");
    write(&folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "");
    assert_eq!(quote(&library, "lowland"), "A dike keeps the sea from the lowland.");
    fs::remove_file(folders.path().join("corpus/dikes.md")).unwrap();
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(library.article_count(), 1);
    assert_eq!(quote(&library, "lowland"), "");
}

/// Returns the names and sizes of the index's lists of files and articles.
fn lists(folders: &TempDir) -> Vec<(String, u64)> {
    let entries = fs::read_dir(folders.path().join("data/index")).unwrap();
    let named = entries.map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().len())
    });
    let is_list = |name: &str| name.starts_with("files-") || name.starts_with("articles-");
    let mut lists: Vec<_> = named.filter(|(name, _)| is_list(name)).collect();
    lists.sort();
    lists
}

#[test]
fn index_writes_per_change_do_not_grow_with_the_corpus() {
    let folders = folders();
    for number in 0..1_100 {
        let text =
            format!("---\ntitle: Gauge {number}\n---\n\nThe gauge {number} is read daily.\n");
        write(&folders, &format!("gauge-{number}.md"), &text);
    }
    let library = open(&folders);
    // The files were new at the first scan: their stamps are reliable only now.
    library.refresh(NOW, no_progress).unwrap();
    let [(articles, size), (_, list)] = &lists(&folders)[..] else { panic!("two lists") };
    assert!(*size > 50_000, "{size} bytes of articles");
    let most = list + 1_000;
    let change = |text: &str| {
        write(
            &folders,
            "gauge-7.md",
            &format!("---\ntitle: A {text}\n---\n\nThis is the {text}.\n"),
        );
        assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    };
    for text in ["barge", "lighthouse"] {
        change(text);
        let [(still, _), (_, list)] = &lists(&folders)[..] else { panic!("two lists") };
        assert!(still == articles && *list < most, "{still}, then {articles}; {list} bytes");
        assert_eq!(library.all().articles().first().unwrap().title, format!("A {text}"));
        assert_eq!(library.all().articles().len(), 1_101);
    }
    fs::remove_file(folders.path().join("corpus/gauge-8.md")).unwrap();
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    drop(library);
    let library = open(&folders);
    assert_eq!(library.article_count(), 1_100);
    assert!(library.all().articles().iter().all(|article| article.file != "gauge-8.md"));
    assert_eq!(library.all().newest().len(), 1_100);
    assert_eq!(quote(&library, "lighthouse"), "This is the lighthouse.");
    assert_eq!(quote(&library, "barge"), "");
}

#[test]
fn index_removes_the_files_of_earlier_generations() {
    let folders = folders();
    drop(open(&folders));
    write(&folders, "dikes.md", DIKES);
    drop(open(&folders));
    let files = fs::read_dir(folders.path().join("data/index")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.ends_with(".store")).count(), 1);
}

#[test]
fn refresh_waits_for_a_file_that_may_still_be_written() {
    let folders = folders();
    let library = open(&folders);
    write(&folders, "dikes.md", DIKES);
    let refreshed = library.refresh(Duration::from_secs(3600), no_progress).unwrap();
    assert!(refreshed.is_incomplete && !refreshed.has_changed);
    let refreshed = library.refresh(NOW, no_progress).unwrap();
    assert!(!refreshed.is_incomplete && refreshed.has_changed);
}

#[test]
fn refresh_keeps_the_article_of_a_file_that_became_faulty() {
    let folders = folders();
    write(&folders, "dikes.md", DIKES);
    let library = open(&folders);
    write(&folders, "dikes.md", BROKEN);
    write(&folders, "new.md", BROKEN);
    let refreshed = library.refresh(NOW, no_progress).unwrap();
    let what = "it is not a text".to_owned();
    assert_eq!(reported(&refreshed), [(what.clone(), true), (what, false)]);
    assert!(!refreshed.has_changed);
    for library in [Some(library), None] {
        let library = library.unwrap_or_else(|| open(&folders));
        assert_eq!(quote(&library, "polder"), "A dike keeps the sea from the polder.");
    }
    write(&folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
    let library = open(&folders);
    assert_eq!(quote(&library, "lowland"), "A dike keeps the sea from the lowland.");
}

#[test]
fn refresh_replaces_an_article_by_one_of_the_same_id_only_if_it_can_be_read() {
    let folders = folders();
    write(&folders, "dikes.txt", "Dikes\n\nA dike keeps the sea from the polder.\n");
    let library = open(&folders);
    write(&folders, "dikes.md", BROKEN);
    library.refresh(NOW, no_progress).unwrap();
    assert_eq!(quote(&library, "polder"), "A dike keeps the sea from the polder.");
    write(&folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(quote(&library, "lowland"), "A dike keeps the sea from the lowland.");
    assert_eq!(library.article_count(), 2);
}

#[test]
fn refresh_keeps_the_articles_of_a_corpus_that_cannot_be_read_and_the_last_one() {
    let folders = folders();
    let library = open(&folders);
    let (corpus, away) = (folders.path().join("corpus"), folders.path().join("away"));
    fs::rename(&corpus, &away).unwrap();
    let refreshed = library.refresh(NOW, no_progress).unwrap();
    assert!(!refreshed.has_changed && refreshed.reported[0].is_kept);
    assert_ne!(quote(&library, "when is a neap tide?"), "");
    fs::create_dir(&corpus).unwrap();
    assert_eq!(
        reported(&library.refresh(NOW, no_progress).unwrap()),
        [("there is no article here".into(), true)]
    );
    write(&folders, "new.md", BROKEN);
    assert!(!library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_ne!(quote(&library, "when is a neap tide?"), "");
    write(&folders, "dikes.md", DIKES);
    library.refresh(NOW, no_progress).unwrap();
    assert_eq!(quote(&library, "when is a neap tide?"), "");
    assert_ne!(quote(&library, "polder"), "");
}

#[test]
fn index_that_was_interrupted_is_continued() {
    let folders = folders();
    for name in ["a.md", "b.md", "c.md"] {
        write(&folders, name, DIKES);
    }
    let (corpus, data) = (folders.path().join("corpus"), folders.path().join("data"));
    // A file that was changed a moment ago is read again.
    let dir = (&corpus).into();
    while corpus::scan(&dir).0.iter().any(|file| file.stamp.is_none()) {
        std::thread::yield_now();
    }
    let mut read = Vec::new();
    let mut after = |most: u64| {
        let tell = |progress: Progress| {
            read.push((progress.done, progress.all));
            if progress.done < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        Library::open(&corpus, &data, tell).unwrap()
    };
    assert_eq!(after(2).article_count(), 2);
    // Resuming would serve half a corpus as if it were whole.
    assert!(Library::resume(&corpus, &data).unwrap().is_none());
    let library = after(1);
    assert_eq!(library.article_count(), 3);
    assert!(!quote(&library, "polder").is_empty());
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(library.article_count(), 4);
    drop(library);
    assert_eq!(after(9).article_count(), 4);
    assert_eq!(read, [(1, 4), (2, 4), (1, 2)]);
    assert!(Library::resume(&corpus, &data).unwrap().is_some());
}

#[test]
fn spelling_corrections_follow_changes_of_the_corpus() {
    let folders = folders();
    let library = open(&folders);
    assert_eq!(quote(&library, "pollder"), "");
    write(&folders, "dikes.md", DIKES);
    library.refresh(NOW, no_progress).unwrap();
    assert_eq!(quote(&library, "pollder"), "A dike keeps the sea from the polder.");
    fs::remove_file(folders.path().join("corpus/dikes.md")).unwrap();
    library.refresh(NOW, no_progress).unwrap();
    assert_eq!(quote(&library, "pollder"), "");
}

#[test]
fn index_is_kept_when_the_corpus_moves() {
    let folders = folders();
    drop(open(&folders));
    let (corpus, data) = (folders.path().join("articles"), folders.path().join("data"));
    fs::rename(folders.path().join("corpus"), &corpus).unwrap();
    assert!(Library::resume(&corpus, &data).unwrap().is_none());
    drop(Library::open(&corpus, &data, no_progress).unwrap());
    assert!(Library::resume(&corpus, &data).unwrap().is_some());
}

#[test]
fn index_answers_before_the_corpus_is_scanned() {
    let folders = folders();
    let (corpus, data) = (folders.path().join("corpus"), folders.path().join("data"));
    let resume = |corpus: &Path| Library::resume(corpus, &data).unwrap();
    assert!(resume(&corpus).is_none());
    drop(open(&folders));
    write(&folders, "dikes.md", DIKES);
    let library = resume(&corpus).expect("there is an index");
    assert_eq!(library.article_count(), 1);
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(library.article_count(), 2);
    drop(library);
    // Neither another corpus nor one without an article can be resumed.
    let other = folders.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("dikes.md"), DIKES).unwrap();
    assert!(resume(&other).is_none());
    fs::remove_dir_all(&corpus).unwrap();
    assert!(resume(&corpus).is_none());
}

/// Returns the files of the index that are not empty.
fn index_files(folders: &TempDir) -> Vec<PathBuf> {
    let files = fs::read_dir(folders.path().join("data/index")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    files.filter(|file| fs::metadata(file).unwrap().len() > 0).collect()
}

fn overwrite(file: &Path, byte: u8) {
    let length = fs::metadata(file).unwrap().len() as usize;
    let mut file = OpenOptions::new().write(true).open(file).unwrap();
    file.write_all(&vec![byte; length]).unwrap();
}

fn cut(file: &Path, length: u64) {
    OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

#[test]
fn index_with_one_damaged_file_is_rebuilt_while_it_is_open() {
    let damages: [fn(&Path); 6] = [
        |file| overwrite(file, 0x5a),
        |file| overwrite(file, 0),
        |file| cut(file, 0),
        |file| cut(file, fs::metadata(file).unwrap().len() / 2),
        |file| fs::remove_file(file).unwrap(),
        |file| {
            let garbage = file.with_extension("new");
            fs::write(&garbage, "garbage").unwrap();
            fs::rename(garbage, file).unwrap();
        },
    ];
    let folders = folders();
    let library = open(&folders);
    let mut rebuilt = 0;
    for damage in damages {
        for position in 0.. {
            let Some(file) = index_files(&folders).into_iter().nth(position) else { break };
            // The clocks of file systems advance in steps of some milliseconds.
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(20) {
                std::thread::yield_now();
            }
            damage(&file);
            // Locks and the stamps themselves may change.
            if library.looks_damaged() {
                assert!(
                    library.refresh(NOW, no_progress).unwrap().is_repaired,
                    "{}",
                    file.display()
                );
                rebuilt += 1;
            }
            assert!(!library.looks_damaged());
            library.check().unwrap();
            assert_ne!(quote(&library, "when is a neap tide?"), "", "{}", file.display());
        }
    }
    assert!(rebuilt > 6 * 6, "{rebuilt}");
    write(&folders, "dikes.md", DIKES);
    assert!(library.refresh(NOW, no_progress).unwrap().has_changed);
    assert_ne!(quote(&library, "polder"), "");
}

#[test]
fn index_directory_that_is_removed_or_replaced_is_made_again() {
    let folders = folders();
    let (data, index) = (folders.path().join("data"), folders.path().join("data/index"));
    let library = open(&folders);
    let damages: [&dyn Fn(); 4] = [
        &|| fs::remove_dir_all(&index).unwrap(),
        &|| fs::remove_dir_all(&data).unwrap(),
        &|| fs::rename(&index, data.join("away")).unwrap(),
        &|| {
            fs::remove_dir_all(&index).unwrap();
            fs::write(&index, "a file").unwrap();
        },
    ];
    for damage in damages {
        damage();
        assert!(library.looks_damaged());
        // The mapped files still exist.
        assert_ne!(quote(&library, "when is a neap tide?"), "");
        let refreshed = library.refresh(NOW, no_progress).unwrap();
        assert!(refreshed.is_repaired && !refreshed.has_changed);
        assert_ne!(quote(&library, "when is a neap tide?"), "");
        assert!(!library.refresh(NOW, no_progress).unwrap().is_repaired);
    }
    drop(library);
    let corpus = folders.path().join("corpus");
    assert!(Library::resume(&corpus, &data).unwrap().is_some());
}

#[test]
fn index_lock_that_is_removed_is_taken_again() {
    let folders = folders();
    let library = open(&folders);
    fs::remove_file(folders.path().join("data/lock")).unwrap();
    library.refresh(NOW, no_progress).unwrap();
    let corpus = folders.path().join("corpus");
    let second = Library::open(&corpus, &folders.path().join("data"), no_progress);
    assert!(second.err().unwrap().to_string().contains("another verbatim is using"));
}

#[test]
fn index_that_cannot_be_rebuilt_says_so_and_answers_what_it_can() {
    let folders = folders();
    let library = open(&folders);
    let (corpus, away) = (folders.path().join("corpus"), folders.path().join("away"));
    fs::rename(&corpus, &away).unwrap();
    fs::remove_dir_all(folders.path().join("data/index")).unwrap();
    assert!(library.refresh(NOW, no_progress).is_err());
    assert!(!library.looks_damaged(), "the next attempt comes after a pause");
    let told = library.check().unwrap_err().to_string();
    assert!(told.contains("is missing; it could not be rebuilt, which is tried again"), "{told}");
    assert_ne!(quote(&library, "when is a neap tide?"), "");
    fs::rename(&away, &corpus).unwrap();
    while !library.looks_damaged() {
        std::thread::yield_now();
    }
    assert!(library.refresh(NOW, no_progress).unwrap().is_repaired);
    library.check().unwrap();
}

#[test]
fn index_with_files_that_only_look_changed_is_opened_again() {
    let folders = folders();
    let library = open(&folders);
    let stores = || index_files(&folders).into_iter().filter(|file| file.ends_with(".store"));
    let before: Vec<_> = stores().collect();
    for file in index_files(&folders) {
        let copy = file.with_extension("copy");
        fs::copy(&file, &copy).unwrap();
        fs::rename(copy, file).unwrap();
    }
    assert!(library.looks_damaged());
    assert!(library.refresh(NOW, no_progress).unwrap().is_repaired);
    assert!(!library.looks_damaged());
    assert_eq!(stores().collect::<Vec<_>>(), before, "nothing was rebuilt");
    assert_ne!(quote(&library, "when is a neap tide?"), "");
}

#[test]
fn index_is_read_as_it_is_while_another_owns_it() {
    let folders = folders();
    let (corpus, data) = (folders.path().join("corpus"), folders.path().join("data"));
    let owner = open(&folders);
    assert_eq!(owner.outdated_file_count(), None);
    let read = || Library::open_shared(&corpus, &data, no_progress).unwrap();
    let reader = read();
    assert_eq!(reader.outdated_file_count(), Some(0));
    write(&folders, "dikes.md", DIKES);
    assert_eq!(read().outdated_file_count(), Some(1));
    assert_eq!(quote(&read(), "polder"), "");
    assert!(owner.refresh(NOW, no_progress).unwrap().has_changed);
    assert_eq!(read().outdated_file_count(), Some(0));
    assert_ne!(quote(&read(), "polder"), "");
    // The files that the reader has mapped were removed since.
    assert_ne!(quote(&reader, "when is a neap tide?"), "");
    assert!(!reader.refresh(NOW, no_progress).unwrap().has_changed);
    fs::remove_file(corpus.join("dikes.md")).unwrap();
    assert_eq!(read().outdated_file_count(), Some(1));
    drop(owner);
    assert_eq!(read().outdated_file_count(), None);
}

#[test]
fn answers_within_passages_come_from_no_other() {
    let folders = folders();
    write(
        &folders,
        "dikes.md",
        "---\ntitle: Dikes\n---\n\nThe Moon pulls at every dike.\n\nSheep graze on dikes.\n",
    );
    let library = open(&folders);
    let dikes = library.all().outlines().unwrap()[0].clone();
    let passages = library.all().section(dikes.sections[0].id).unwrap().unwrap().passages;
    let ids: Vec<_> = passages.iter().map(|passage| passage.id).collect();
    let asked = |words: &str, ids: &[_]| -> Vec<String> {
        let found = library.all().quotes_within(words, ids).unwrap();
        found.iter().map(|excerpt| excerpt.quote().to_owned()).collect()
    };
    assert_eq!(asked("Moon", &ids), ["The Moon pulls at every dike."]);
    assert_eq!(asked("Moon", &ids[1..]), [""; 0]);
    assert_eq!(asked("neap tide", &ids), [""; 0]);
    // Neither a title nor a definition leads out of the passages.
    assert_eq!(asked("Tides", &ids), [""; 0]);
    assert_eq!(asked("What are tides?", &ids), [""; 0]);
    assert_eq!(asked("Dikes", &ids[1..]), ["Sheep graze on dikes."]);
}

/// Returns a watcher of a directory, and a channel that gets a message after each change.
fn watch(dir: &CorpusDir) -> (CorpusWatcher, Receiver<()>) {
    let (tell, told) = channel();
    // The test may have ended.
    let mut watch = CorpusWatcher::new(dir, move || {
        let _ = tell.send(());
    });
    watch.ensure_watching();
    assert!(watch.is_watching(), "{dir:?}");
    (watch, told)
}

/// Waits until no more messages come.
fn drain(told: &Receiver<()>) {
    while told.recv_timeout(Duration::from_millis(200)).is_ok() {}
}

fn hears(told: &Receiver<()>, what: &str) {
    assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(()), "{what}");
    drain(told);
}

/// Returns the path relative to the working directory.
fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap();
    let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
    up.join(path.strip_prefix("/").unwrap())
}

#[cfg(unix)]
#[test]
fn watcher_sees_changes_however_the_corpus_is_named() {
    let folders = folders();
    let corpus = folders.path().canonicalize().unwrap().join("corpus");
    let link = folders.path().join("link");
    std::os::unix::fs::symlink("corpus", &link).unwrap();
    for (at, name) in [
        corpus.clone(),
        relative(&corpus),
        Path::new(".").join(relative(&corpus)),
        relative(&corpus).join(""),
        relative(&corpus).join("."),
        corpus.join("../corpus"),
        link,
    ]
    .iter()
    .enumerate()
    {
        let (_watch, told) = watch(&name.into());
        drain(&told);
        write(&folders, &format!("dikes{at}.md"), DIKES);
        hears(&told, &format!("{} is written to", name.display()));
        fs::create_dir(corpus.join(format!("sub{at}"))).unwrap();
        hears(&told, &format!("{} gets a directory", name.display()));
        fs::write(corpus.join(format!("sub{at}/dikes.md")), DIKES).unwrap();
        hears(&told, &format!("a directory of {} is written to", name.display()));
    }
}

#[cfg(unix)]
#[test]
fn watcher_sees_that_the_corpus_is_replaced() {
    use std::os::unix::fs::symlink;
    let folders = folders();
    let place = |name: &str| folders.path().join(name);
    symlink("corpus", place("link")).unwrap();
    for (name, replace) in [
        (
            "corpus",
            (|place| {
                fs::create_dir(place("next")).unwrap();
                fs::rename(place("corpus"), place("old")).unwrap();
                fs::rename(place("next"), place("corpus")).unwrap();
            }) as fn(&dyn Fn(&str) -> PathBuf),
        ),
        ("link", |place| {
            fs::create_dir(place("second")).unwrap();
            symlink("second", place("next")).unwrap();
            fs::rename(place("next"), place("link")).unwrap();
        }),
    ] {
        let (mut watch, told) = watch(&(&place(name)).into());
        drain(&told);
        replace(&place);
        hears(&told, &format!("{name} is replaced"));
        watch.ensure_watching();
        drain(&told);
        fs::write(place(name).join("dikes.md"), DIKES).unwrap();
        hears(&told, &format!("what replaced {name} is written to"));
    }
}

#[cfg(unix)]
#[test]
fn watcher_sees_what_allowed_links_lead_to() {
    let folders = folders();
    let (corpus, linked) = (folders.path().join("corpus"), folders.path().join("linked"));
    fs::create_dir(&linked).unwrap();
    std::os::unix::fs::symlink("../linked", corpus.join("linked")).unwrap();
    let (_watch, told) = watch(&CorpusDir::new(&corpus, &corpus, vec![linked.clone()]));
    drain(&told);
    fs::write(linked.join("dikes.md"), DIKES).unwrap();
    hears(&told, "the directory that a link leads to is written to");
}
