//! Links and special files in the corpus: nothing outside of it is read unless the operator allows
//! it.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use verbatim::corpus::{self, CorpusDir};
use verbatim::index::no_progress;
use verbatim::library::Library;

use crate::cli::{err, out, run};
use crate::tester::{folders, write};

const SECRET: &str = "---\ntitle: Vault\n---\n\nThe vault opens with xylophone.\n";

fn named_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("there is `mkfifo`").success());
}

/// Returns the files that can be articles, and the problems of others with their places.
fn found(dir: &CorpusDir) -> (Vec<String>, Vec<(String, String)>) {
    let (files, problems) = corpus::scan(dir);
    let problems = problems.into_iter().map(|problem| (problem.path, problem.what));
    let mut problems: Vec<_> = problems.collect();
    problems.sort();
    (files.into_iter().map(|file| file.path).collect(), problems)
}

fn allowing(dir: &Path, roots: &[PathBuf]) -> CorpusDir {
    CorpusDir::new(dir, dir, roots.to_vec())
}

#[test]
fn links_and_special_files_are_named_and_cost_no_other_file() {
    let folder = folders();
    let corpus = folder.path().join("corpus");
    fs::write(folder.path().join("outside.md"), SECRET).unwrap();
    fs::write(folder.path().join(".env"), "\nVAULT=xylophone\n").unwrap();
    symlink("/proc/self/environ", corpus.join("notes.txt")).unwrap();
    symlink("../.env", corpus.join("env.md")).unwrap();
    symlink("../outside.md", corpus.join("outside.md")).unwrap();
    symlink("tides.md", corpus.join("inside.md")).unwrap();
    symlink("/etc", corpus.join("etc")).unwrap();
    symlink("..", corpus.join("up")).unwrap();
    symlink("nowhere", corpus.join("broken.md")).unwrap();
    symlink("loop.txt", corpus.join("loop.txt")).unwrap();
    symlink("/dev/zero", corpus.join("zero.txt")).unwrap();
    named_pipe(&corpus.join("pipe.txt"));
    let _socket = UnixListener::bind(corpus.join("socket.md")).unwrap();
    // These cannot be articles by their names: an editor's lock, a picture, a pipe.
    symlink("ada@host.1", corpus.join(".#tides.md")).unwrap();
    symlink("/etc/passwd", corpus.join("picture.png")).unwrap();
    named_pipe(&corpus.join("pipe"));

    let checked = run(&folder, &["check"], &[], b"");
    assert_eq!(checked.status.code(), Some(2));
    let told = out(&checked);
    let lines: Vec<_> = told.lines().filter(|line| line.starts_with("corpus/")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    corpus/broken.md: it is a symbolic link that leads nowhere: No such file or directory (os error 2)
    corpus/env.md: it is a symbolic link, which is not followed
    corpus/etc: it is a symbolic link, which is not followed
    corpus/inside.md: it is a symbolic link, which is not followed
    corpus/loop.txt: it is a symbolic link that leads nowhere: Too many levels of symbolic links (os error 40)
    corpus/notes.txt: it is a symbolic link, which is not followed
    corpus/outside.md: it is a symbolic link, which is not followed
    corpus/pipe.txt: it is a named pipe and not a regular file
    corpus/socket.md: it is a socket and not a regular file
    corpus/up: it is a symbolic link, which is not followed
    corpus/zero.txt: it is a symbolic link, which is not followed
    ");
    assert!(told.ends_with("1 article, 3 passages, 11 problems\n"), "{told}");
    assert_eq!(told.matches("follow_links").count(), 7, "{told}");
    let variables = [("VAULT", "The vault opens with xylophone.")];
    let asked = run(&folder, &["ask", "--json", "xylophone"], &variables, b"");
    assert!(
        !out(&asked).contains("vault") && out(&asked).contains("nothing_found"),
        "{}",
        out(&asked)
    );
    assert!(!err(&asked).contains("vault"));
    let asked = run(&folder, &["ask", "neap tide"], &[], b"");
    assert_eq!(asked.status.code(), Some(0));
}

#[test]
fn links_are_followed_to_the_directories_that_are_allowed_and_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    for dir in ["corpus", "linked/sub", "linkedness", "other"] {
        fs::create_dir_all(place(dir)).unwrap();
    }
    for file in ["linked/a.md", "linked/sub/b.md", "linkedness/c.md", "other/d.md"] {
        fs::write(place(file), SECRET).unwrap();
    }
    symlink("../linked/a.md", place("corpus/a.md")).unwrap();
    symlink("../linked/sub", place("corpus/sub")).unwrap();
    symlink("../linked/../other/d.md", place("corpus/d.md")).unwrap();
    symlink("../linkedness/c.md", place("corpus/c.md")).unwrap();
    symlink("../../other/d.md", place("linked/sub/d.md")).unwrap();
    symlink("..", place("linked/sub/up")).unwrap();
    let dir = allowing(&place("corpus"), &[place("linked"), place("missing")]);
    let (files, problems) = found(&dir);
    assert_eq!(files, ["a.md", "sub/b.md"]);
    let places: Vec<_> = problems.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["c.md", "d.md", "sub/d.md", "sub/up"]);
    assert!(problems[3].1.contains("back to itself"), "{problems:?}");
    for file in files {
        assert!(corpus::read(&dir, &file).is_ok(), "{file}");
    }
    for file in ["c.md", "d.md", "sub/d.md", "../other/d.md", "sub/../../other/d.md"] {
        assert!(corpus::read(&dir, file).is_err(), "{file}");
    }
    // The directory that is allowed may itself be reached by a link.
    symlink("linked", place("alias")).unwrap();
    assert_eq!(found(&allowing(&place("corpus"), &[place("alias")])).0, ["a.md", "sub/b.md"]);
    assert_eq!(found(&CorpusDir::from(&place("corpus"))).0, [""; 0]);
    // Directories with links to each other are visited a few times at most.
    for (at, to) in [("other/one", "../linked"), ("linked/two", "../other")] {
        symlink(to, place(at)).unwrap();
    }
    symlink("../linked", place("corpus/all")).unwrap();
    let (files, _) = found(&allowing(&place("corpus"), &[folder.path().to_owned()]));
    assert!(files.len() < 100, "{files:?}");
}

#[test]
fn links_that_are_allowed_are_configured_and_articles_behind_them_are_served() {
    let folder = folders();
    fs::create_dir(folder.path().join("linked")).unwrap();
    fs::write(folder.path().join("linked/vault.md"), SECRET).unwrap();
    symlink("../linked/vault.md", folder.path().join("corpus/vault.md")).unwrap();
    let asked = run(&folder, &["ask", "xylophone"], &[], b"");
    assert_eq!(asked.status.code(), Some(1), "{}", out(&asked));
    fs::write(folder.path().join("v.toml"), "[corpus]\nfollow_links = [\"linked\"]\n").unwrap();
    let asked = run(&folder, &["ask", "--config", "v.toml", "xylophone"], &[], b"");
    assert!(out(&asked).contains("The vault opens"), "{}{}", out(&asked), err(&asked));
    let asked = run(&folder, &["ask", "xylophone"], &[], b"");
    assert_eq!(asked.status.code(), Some(1), "{}", out(&asked));
}

#[test]
fn links_to_the_corpus_itself_are_followed() {
    let folder = folders();
    let link = folder.path().join("link");
    symlink("corpus", &link).unwrap();
    let library = Library::open(&link, &folder.path().join("data"), no_progress).unwrap();
    write(&folder, "dikes.md", "---\ntitle: Dikes\n---\n\nA dike keeps the sea out.\n");
    assert!(library.refresh(Duration::ZERO, no_progress).unwrap().has_changed);
    assert_eq!(library.article_count(), 2);
    drop(library);
    assert!(Library::resume(&link, &folder.path().join("data")).unwrap().is_some());
}

#[test]
fn links_that_replace_a_file_between_the_look_and_the_access_are_refused() {
    let folder = folders();
    let corpus = folder.path().join("corpus");
    let dir = CorpusDir::from(&corpus);
    fs::create_dir_all(folder.path().join("away/sub")).unwrap();
    fs::write(folder.path().join("away/sub/a.md"), SECRET).unwrap();
    fs::create_dir(corpus.join("sub")).unwrap();
    for file in ["a.md", "b.md", "sub/a.md"] {
        write(&folder, file, SECRET);
    }
    assert_eq!(found(&dir).0.len(), 4);
    fs::remove_file(corpus.join("a.md")).unwrap();
    symlink("../away/sub/a.md", corpus.join("a.md")).unwrap();
    fs::remove_file(corpus.join("b.md")).unwrap();
    named_pipe(&corpus.join("b.md"));
    fs::remove_dir_all(corpus.join("sub")).unwrap();
    symlink("../away/sub", corpus.join("sub")).unwrap();
    for file in ["a.md", "b.md", "sub/a.md"] {
        assert!(corpus::read(&dir, file).is_err(), "{file}");
        assert!(corpus::files::content(&dir, file).is_err(), "{file}");
    }
    assert!(corpus::files::remove(&dir, "sub/a.md").is_err());
    corpus::files::put(&dir, "a.md", SECRET.as_bytes()).unwrap();
    assert!(!corpus.join("a.md").is_symlink() && folder.path().join("away/sub/a.md").exists());
}

#[test]
fn links_that_replace_an_article_take_it_out() {
    let folder: TempDir = folders();
    write(&folder, "vault.md", SECRET);
    let library =
        Library::open(&folder.path().join("corpus"), &folder.path().join("data"), no_progress)
            .unwrap();
    assert_eq!(library.article_count(), 2);
    let vault = folder.path().join("corpus/vault.md");
    fs::rename(&vault, folder.path().join("vault.md")).unwrap();
    symlink("../vault.md", &vault).unwrap();
    let refreshed = library.refresh(Duration::ZERO, no_progress).unwrap();
    assert!(refreshed.has_changed && !refreshed.reported[0].is_kept);
    assert_eq!(library.article_count(), 1);
}
