//! Refreshes of the files that are named as changed, compared with scans of all files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use tempfile::TempDir;
use verbatim::corpus::Scope;
use verbatim::corpus::watcher::CorpusWatcher;
use verbatim::index::{Refreshed, no_progress};
use verbatim::library::Library;

use crate::tester::{folders, write};

const NOW: Duration = Duration::ZERO;
const BROKEN: &str = "a\0b";

fn open(folders: &TempDir, data: &str) -> Library {
    Library::open(&folders.path().join("corpus"), &folders.path().join(data), no_progress).unwrap()
}

fn article(words: impl std::fmt::Display) -> String {
    format!("---\ntitle: About {words}\n---\n\nA dike keeps {words} from the polder.\n")
}

fn entries(entries: &[&str]) -> Scope {
    Scope::Entries(entries.iter().map(|entry| (*entry).to_owned()).collect())
}

/// Returns the files of the articles with the hashes of their contents.
fn listed(library: &Library) -> BTreeSet<(String, String)> {
    let articles = library.all().articles();
    articles.iter().map(|article| (article.file.clone(), article.hash.to_hex())).collect()
}

/// Returns each problem of a file, and whether its article is kept.
fn reported(refreshed: &Refreshed) -> Vec<(String, bool)> {
    let reported = refreshed.reported.iter();
    reported.map(|reported| (reported.problem.to_string(), reported.is_kept)).collect()
}

/// Two libraries of one corpus: one refreshes the named files, the other one scans all files.
struct Pair {
    named: Library,
    all: Library,
}

impl Pair {
    fn of(folders: &TempDir) -> Pair {
        let pair = Pair { named: open(folders, "named"), all: open(folders, "all") };
        pair.check(&Scope::All, "the first look");
        pair
    }

    #[track_caller]
    fn check(&self, scope: &Scope, what: &str) {
        let named = self.named.refresh_in(scope, NOW, no_progress).unwrap();
        let all = self.all.refresh(NOW, no_progress).unwrap();
        assert_eq!(listed(&self.named), listed(&self.all), "{what}");
        assert_eq!(self.named.stamp(), self.all.stamp(), "{what}");
        assert_eq!(reported(&named), reported(&all), "{what}");
        assert_eq!(named.has_changed, all.has_changed, "{what}");
    }
}

#[test]
fn refresh_of_named_files_reads_no_other_file() {
    let folders = folders();
    let library = open(&folders, "data");
    write(&folders, "broken.md", BROKEN);
    library.refresh(NOW, no_progress).unwrap();
    for file in ["a.md", "b.md"] {
        write(&folders, file, &article(file));
    }
    let files = |library: &Library| listed(library).into_iter().map(|(file, _)| file);
    let refreshed =
        library.refresh_in(&entries(&["a.md", "a.md~", "4913"]), NOW, no_progress).unwrap();
    assert!(files(&library).eq(["a.md", "tides.md"]));
    // The problems of other files are still reported.
    assert_eq!(reported(&refreshed).len(), 1);
    let touched = refreshed.touched.unwrap();
    assert_eq!(touched.files, ["a.md"]);
    write(&folders, "broken.md", &article("the sea"));
    fs::remove_file(folders.path().join("corpus/a.md")).unwrap();
    let refreshed = library.refresh_in(&entries(&["a.md"]), NOW, no_progress).unwrap();
    assert!(files(&library).eq(["tides.md"]));
    assert_eq!(reported(&refreshed).len(), 1);
    let refreshed = library.refresh_in(&entries(&["broken.md"]), NOW, no_progress).unwrap();
    assert!(files(&library).eq(["broken.md", "tides.md"]));
    assert_eq!(reported(&refreshed), []);
}

#[test]
fn refresh_of_named_files_returns_to_those_that_were_left_for_later() {
    let folders = folders();
    let library = open(&folders, "data");
    library.refresh(NOW, no_progress).unwrap();
    write(&folders, "a.md", &article("water"));
    let long = Duration::from_secs(3600);
    let refreshed = library.refresh_in(&entries(&["a.md"]), long, no_progress).unwrap();
    assert!(refreshed.is_incomplete && !refreshed.has_changed);
    let refreshed = library.refresh_in(&Scope::none(), NOW, no_progress).unwrap();
    assert!(!refreshed.is_incomplete && refreshed.has_changed);
    write(&folders, "b.md", &article("sand"));
    assert!(library.refresh(long, no_progress).unwrap().is_incomplete);
    assert!(library.refresh_in(&entries(&["a.md"]), NOW, no_progress).unwrap().has_changed);
    assert_eq!(library.article_count(), 3);
    let titles: Vec<_> =
        library.all().articles().iter().map(|article| article.title.clone()).collect();
    for most in 0..5 {
        assert_eq!(library.all().first_titles(most), titles[..most.min(3)]);
    }
}

#[test]
fn refresh_of_named_files_scans_all_files_where_the_names_do_not_suffice() {
    let folders = folders();
    let corpus = folders.path().join("corpus");
    for dir in ["sub", "sub.d", "outside"] {
        fs::create_dir(corpus.join(dir)).unwrap();
    }
    fs::rename(corpus.join("outside"), folders.path().join("outside")).unwrap();
    fs::write(folders.path().join("outside/far.md"), article("far")).unwrap();
    for file in ["a.md", "sub/a.md", "sub/b.md", "sub.d/c.txt"] {
        write(&folders, file, &article(file));
    }
    let pair = Pair::of(&folders);
    let place = |file: &str| corpus.join(file);
    let step = |what: &str, named: &[&str]| pair.check(&entries(named), what);

    write(&folders, "a.txt", "Twin\n\nA dike keeps twins from the polder.\n");
    step("a second file with the same id", &["a.txt"]);
    write(&folders, "a.md", &article("the first of both"));
    step("an edit of the first", &["a.md"]);
    fs::remove_file(place("a.md")).unwrap();
    step("the second takes its place", &["a.md"]);
    fs::rename(place("a.txt"), place("a.markdown")).unwrap();
    step("another extension", &["a.txt", "a.markdown"]);
    fs::rename(folders.path().join("outside"), place("new")).unwrap();
    step("a directory is moved in", &["new"]);
    fs::rename(place("new"), place("newer")).unwrap();
    step("a directory is renamed", &["new", "newer"]);
    write(&folders, "sub/faulty.md", BROKEN);
    step("a faulty file", &["sub/faulty.md"]);
    fs::rename(place("sub"), folders.path().join("outside")).unwrap();
    step("a directory is moved out", &["sub"]);
    fs::remove_dir_all(place("sub.d")).unwrap();
    step("a directory is removed", &["sub.d"]);
    write(&folders, "sub.d", "a file in the place of a directory");
    step("a file takes the place of a directory", &["sub.d"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        write(&folders, "linked.md", &article("links"));
        step("an article comes", &["linked.md"]);
        fs::remove_file(place("linked.md")).unwrap();
        symlink("a.markdown", place("linked.md")).unwrap();
        step("a link takes the place of a file", &["linked.md"]);
        symlink("../outside", place("far")).unwrap();
        step("a link to a directory", &["far"]);
        write(&folders, "a.markdown", &article("something else"));
        step("an edit of another file", &["a.markdown"]);
        fs::remove_file(place("far")).unwrap();
        step("the link goes", &["far"]);
        fs::rename(place("newer"), place("old")).unwrap();
        symlink("old", place("newer")).unwrap();
        step("a link takes the place of a directory", &["newer/far.md", "newer"]);
    }
    fs::rename(&corpus, folders.path().join("away")).unwrap();
    step("the corpus is moved away", &["a.markdown"]);
    fs::create_dir(&corpus).unwrap();
    step("the corpus is empty", &["a.markdown"]);
    write(&folders, "tides.md", &article("tides"));
    step("an article is back", &["tides.md"]);
    fs::remove_file(place("tides.md")).unwrap();
    step("the last article is removed", &["tides.md"]);
}

/// Changes a corpus at random and names the changed files as a watcher does.
#[test]
fn refresh_of_named_files_agrees_with_a_scan_of_all_files() {
    const NAMES: [&str; 12] = [
        "a.md",
        "a.txt",
        "a.MD",
        "a.b.md",
        "b.md",
        "c.markdown",
        "sub/a.md",
        "sub/a.txt",
        "sub/b.md",
        ".hidden.md",
        "b.md~",
        "picture.png",
    ];
    let folders = folders();
    let corpus = folders.path().join("corpus");
    let pair = Pair::of(&folders);
    let mut rng = fastrand::Rng::with_seed(2);
    for round in 0..100 {
        let (mut named, mut done) = (Vec::new(), Vec::new());
        for _ in 0..rng.usize(1..4) {
            let name = NAMES[rng.usize(..NAMES.len())];
            let path = corpus.join(name);
            let _ = fs::create_dir(corpus.join("sub")).map(|()| named.push("sub"));
            let kind = rng.u8(..9);
            done.push((kind, name));
            named.push(name);
            // Some of these operations fail.
            let _ = match kind {
                0..4 => fs::write(&path, article(rng.u8(..5))),
                4 => fs::write(&path, BROKEN),
                5 => fs::remove_file(&path),
                6 | 7 => {
                    let other = NAMES[rng.usize(..NAMES.len())];
                    named.push(other);
                    fs::rename(&path, corpus.join(other))
                }
                _ => {
                    named.extend(["sub", "sub/a.md", "sub/a.txt", "sub/b.md"]);
                    fs::remove_dir_all(corpus.join("sub"))
                }
            };
        }
        pair.check(&entries(&named), &format!("round {round}: {done:?}, {named:?}"));
    }
}

#[test]
fn watcher_names_the_changed_files() {
    let folders = folders();
    let corpus = folders.path().canonicalize().unwrap().join("corpus");
    let outside = folders.path().join("outside");
    fs::create_dir(&outside).unwrap();
    for file in ["x.md", "y.md"] {
        fs::write(outside.join(file), article(file)).unwrap();
    }
    for number in 0..500 {
        write(&folders, &format!("{number}.md"), &article(number));
    }
    let pair = Pair::of(&folders);
    let (tell, told) = channel();
    let mut watch = CorpusWatcher::new(&(&corpus).into(), move || {
        // The test may have ended.
        let _ = tell.send(());
    });
    watch.ensure_watching();
    let changes = watch.changes();
    assert_eq!(changes.take(), Scope::All, "what was missed before the watch is not known");
    let at = |file: &str| corpus.join(file);
    let step = |what: &str, change: &dyn Fn()| {
        change();
        told.recv_timeout(Duration::from_secs(20)).expect(what);
        while told.recv_timeout(Duration::from_millis(200)).is_ok() {}
        let scope = changes.take();
        pair.check(&scope, what);
        scope
    };
    let named = |scope: Scope, expected: &[&str]| {
        if cfg!(target_os = "linux") {
            assert_eq!(scope, entries(expected));
        }
    };
    let write_to = |path: PathBuf, words: &str| fs::write(path, article(words)).unwrap();
    let rename = |from: &Path, to: &Path| fs::rename(from, to).unwrap();
    named(step("an edit", &|| write_to(at("7.md"), "an edit")), &["7.md"]);
    named(step("an addition", &|| write_to(at("new.md"), "more")), &["new.md"]);
    named(step("a removal", &|| fs::remove_file(at("8.md")).unwrap()), &["8.md"]);
    named(step("a rename", &|| rename(&at("9.md"), &at("nine.md"))), &["9.md", "nine.md"]);
    let save = || {
        write_to(at(".7.md.tmp"), "a save by rename");
        rename(&at(".7.md.tmp"), &at("7.md"));
    };
    named(step("a save", &save), &["7.md"]);
    named(step("a move of a directory", &|| rename(&outside, &at("sub"))), &["sub"]);
    named(step("an edit below it", &|| write_to(at("sub/x.md"), "it")), &["sub/x.md"]);
    let burst = || {
        for number in 0..1_000 {
            write_to(at(&format!("{}.md", number / 2)), &format!("edit {number}"));
        }
    };
    assert_eq!(step("a burst of edits", &burst), Scope::All);
    #[cfg(unix)]
    step("a link takes the place of a file", &|| {
        fs::remove_file(at("10.md")).unwrap();
        std::os::unix::fs::symlink("11.md", at("10.md")).unwrap();
    });
    step("a directory goes", &|| fs::remove_dir_all(at("sub")).unwrap());
}
