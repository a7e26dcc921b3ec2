//! A corpus that changes while it is asked.

use std::fs;
use std::time::Duration;

use tempfile::TempDir;
use verbatim::answer::Answer;
use verbatim::index::Refreshed;
use verbatim::library::Library;

use crate::talk::{folders, write};

const NOW: Duration = Duration::ZERO;
const DIKES: &str = "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder.\n";
const BROKEN: &str = "---\nauthors: Nobody\n---\n\nThe polder was flooded in 1953.\n";

fn open(folders: &TempDir) -> Library {
    Library::open(&folders.path().join("corpus"), &folders.path().join("data")).unwrap()
}

/// The first quote, or "" for a refusal.
fn quote(library: &Library, question: &str) -> String {
    match library.ask(question, None).unwrap() {
        Answer::Found(found) => found.excerpts[0].quote().to_owned(),
        _ => String::new(),
    }
}

/// What is wrong, and whether the article stays.
fn reported(refreshed: &Refreshed) -> Vec<(String, bool)> {
    let reported = refreshed.reported.iter();
    reported.map(|reported| (reported.problem.what.clone(), reported.is_kept)).collect()
}

#[test]
fn files_that_come_change_and_go_are_taken_over() {
    let folders = folders();
    let library = open(&folders);
    assert!(!library.refresh(NOW).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "");
    write(&folders, "dikes.md", DIKES);
    assert!(library.refresh(NOW).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "A dike keeps the sea from the polder.");
    write(&folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
    assert!(library.refresh(NOW).unwrap().has_changed);
    assert_eq!(quote(&library, "polder"), "");
    assert_eq!(quote(&library, "lowland"), "A dike keeps the sea from the lowland.");
    fs::remove_file(folders.path().join("corpus/dikes.md")).unwrap();
    assert!(library.refresh(NOW).unwrap().has_changed);
    assert_eq!(library.article_count(), 1);
    assert_eq!(quote(&library, "lowland"), "");
}

#[test]
fn a_file_that_may_still_be_written_waits() {
    let folders = folders();
    let library = open(&folders);
    write(&folders, "dikes.md", DIKES);
    let refreshed = library.refresh(Duration::from_secs(3600)).unwrap();
    assert!(refreshed.is_unsettled && !refreshed.has_changed);
    let refreshed = library.refresh(NOW).unwrap();
    assert!(!refreshed.is_unsettled && refreshed.has_changed);
}

#[test]
fn a_file_that_breaks_keeps_its_article_also_over_a_restart() {
    let folders = folders();
    write(&folders, "dikes.md", DIKES);
    let library = open(&folders);
    write(&folders, "dikes.md", BROKEN);
    write(&folders, "new.md", BROKEN);
    let refreshed = library.refresh(NOW).unwrap();
    let what = "the front matter has no `title`".to_owned();
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
fn an_article_goes_for_its_twin_only_when_that_can_be_read() {
    let folders = folders();
    write(&folders, "dikes.txt", "Dikes\n\nA dike keeps the sea from the polder.\n");
    let library = open(&folders);
    write(&folders, "dikes.md", BROKEN);
    library.refresh(NOW).unwrap();
    assert_eq!(quote(&library, "polder"), "A dike keeps the sea from the polder.");
    write(&folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
    assert!(library.refresh(NOW).unwrap().has_changed);
    assert_eq!(quote(&library, "lowland"), "A dike keeps the sea from the lowland.");
    assert_eq!(library.article_count(), 2);
}

#[test]
fn what_cannot_be_looked_at_is_not_gone_and_the_last_article_stays() {
    let folders = folders();
    let library = open(&folders);
    let (corpus, away) = (folders.path().join("corpus"), folders.path().join("away"));
    fs::rename(&corpus, &away).unwrap();
    let refreshed = library.refresh(NOW).unwrap();
    assert!(!refreshed.has_changed && refreshed.reported[0].is_kept);
    assert_ne!(quote(&library, "when is a neap tide?"), "");
    fs::create_dir(&corpus).unwrap();
    assert_eq!(
        reported(&library.refresh(NOW).unwrap()),
        [("there is no article here".into(), true)]
    );
    write(&folders, "new.md", BROKEN);
    assert!(!library.refresh(NOW).unwrap().has_changed);
    assert_ne!(quote(&library, "when is a neap tide?"), "");
    write(&folders, "dikes.md", DIKES);
    library.refresh(NOW).unwrap();
    assert_eq!(quote(&library, "when is a neap tide?"), "");
    assert_ne!(quote(&library, "polder"), "");
}

#[test]
fn only_the_passages_asked_for_answer() {
    let folders = folders();
    write(
        &folders,
        "dikes.md",
        "---\ntitle: Dikes\n---\n\nThe Moon pulls at every dike.\n\nSheep graze on dikes.\n",
    );
    let library = open(&folders);
    let dikes = library.articles().unwrap()[0].clone();
    let passages = library.section(dikes.sections[0].id).unwrap().unwrap().passages;
    let ids: Vec<_> = passages.iter().map(|passage| passage.id).collect();
    let asked = |words: &str, ids: &[_]| -> Vec<String> {
        let found = library.answers_within(words, ids).unwrap();
        found.iter().map(|excerpt| excerpt.quote().to_owned()).collect()
    };
    assert_eq!(asked("Moon", &ids), ["The Moon pulls at every dike."]);
    assert_eq!(asked("Moon", &ids[1..]), [""; 0]);
    assert_eq!(asked("neap tide", &ids), [""; 0]);
}
