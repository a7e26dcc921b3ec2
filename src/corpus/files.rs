//! Writing and removing of files in the corpus, for uploads and imports.
//!
//! This module is the only writer of the corpus. It never writes or removes anything outside of
//! the corpus directory, whatever a file name contains and wherever links lead. Files are replaced
//! atomically: a reader sees the old content or the new content.

use std::path::Path;

use super::article::{Article, ArticleId};
use super::day::today;
use super::decode::decode;
use super::dir::CorpusDir;
use super::escape::is_unsafe_control;
use super::file_type::has_known_extension;
use super::problem::Problem;
use super::read::{Inspected, MAX_FILE_BYTES, inspect_bytes, read_bytes};
use super::safe_open;
use super::scan::scan;

/// Maximum length of a file name, in bytes.
const MAX_NAME_BYTES: usize = 120;
/// Characters that some file system or shell reserves.
const RESERVED_CHARS: [char; 9] = ['<', '>', ':', '"', '|', '?', '*', '/', '\\'];

/// Returns the name in the corpus for a file called `given`: without directories, without reserved
/// characters and not hidden. Fails if the name is too long or lacks an article's extension.
pub fn safe_file_name(given: &str) -> Result<String, Problem> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        last.chars().filter(|c| !is_unsafe_control(*c) && !RESERVED_CHARS.contains(c)).collect();
    let is_invalid_start = |c: char| c == '.' || c.is_whitespace();
    let name = name.trim_start_matches(is_invalid_start).trim_end();
    let invalid = |what: &str, hint: &str| Err(Problem::new(given, None, what, hint));
    if !has_known_extension(Path::new(name)) {
        return invalid(
            "its name is not that of an article",
            "send a `.md`, `.mdx` or `.txt` file",
        );
    }
    if name.len() > MAX_NAME_BYTES {
        return invalid("its name is too long", "give it a shorter name");
    }
    Ok(name.to_owned())
}

/// Returns whether a file of this name can be an article as it is.
pub fn is_article_name(name: &str) -> bool {
    has_known_extension(Path::new(name))
}

/// Fails if a file of `bytes` bytes is too large for an article.
pub fn check_size(name: &str, bytes: u64) -> Result<(), Problem> {
    match bytes <= MAX_FILE_BYTES {
        true => Ok(()),
        false => {
            let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
            Err(Problem::new(name, None, &what, "split it into several articles"))
        }
    }
}

/// Returns the article that a file would become, without writing the file. Fails with all problems
/// of the file.
pub fn preview(dir: &CorpusDir, name: &str, bytes: &[u8]) -> Result<Article, Vec<Problem>> {
    check_size(name, bytes.len() as u64).map_err(|problem| vec![problem])?;
    let Inspected { article, problems, .. } = inspect_bytes(name, name, bytes, Some(&today()));
    let (article, _) = article.ok_or(problems)?;
    let id = ArticleId::of_file(name);
    if let Some(by) = dir.selection().excluded_by(name) {
        let what = format!("it would be left out {by}");
        return Err(vec![Problem::left_out(name, &what, "give it another name")]);
    }
    let (files, _) = scan(dir);
    let duplicate =
        files.iter().find(|file| file.path != name && ArticleId::of_file(&file.path) == id);
    match duplicate {
        None => Ok(article),
        Some(duplicate) => {
            let what = format!("it has the same id as {}", duplicate.path);
            let hint = "give it another name, or remove that one first";
            Err(vec![Problem::new(name, None, &what, hint)])
        }
    }
}

/// Returns the text of a file in UTF-8, whatever its encoding is. Bytes that cannot be decoded are
/// replaced.
pub fn as_utf8(bytes: &[u8]) -> String {
    match decode(bytes) {
        Ok(decoded) => decoded.text.into_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Writes an article file into the corpus durably, or replaces the file of the same name.
pub fn put(dir: &CorpusDir, name: &str, bytes: &[u8]) -> Result<(), Problem> {
    put_at(dir, &safe_file_name(name)?, bytes)
}

/// Writes a file into the corpus durably, or replaces it. `file` is a path within the corpus, whose
/// missing directories are created. No directory on the path may be a symbolic link.
pub fn put_at(dir: &CorpusDir, file: &str, bytes: &[u8]) -> Result<(), Problem> {
    safe_open::replace(dir.path(), Path::new(file), bytes).map_err(|error| {
        Problem::new(file, None, &error.to_string(), "the corpus directory must be writable")
    })
}

/// Reads the content of an article file. `file` is a path within the corpus.
pub fn content(dir: &CorpusDir, file: &str) -> Result<Vec<u8>, Problem> {
    read_bytes(dir, file).map_err(|(what, hint)| Problem::new(file, None, &what, hint))
}

/// Removes an article file. `file` is a path within the corpus. For a symbolic link, removes the
/// link only.
pub fn remove(dir: &CorpusDir, file: &str) -> Result<(), Problem> {
    if safe_open::leads_out(dir.path(), Path::new(file)) {
        return Err(Problem::new(
            file,
            None,
            "it lies outside of the corpus directory",
            "remove it where it is, or the link that leads to it",
        ));
    }
    safe_open::remove(dir.path(), Path::new(file)).map_err(|error| {
        Problem::new(file, None, &error.to_string(), "the corpus directory must be writable")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TEXT: &[u8] = b"---\ntitle: Tides\n---\n\nThe Moon causes them.\n";

    #[test]
    fn upload_name_is_reduced_to_a_safe_file_name() {
        let check = |given: &str, expected: &str| {
            assert_eq!(safe_file_name(given).unwrap_or_default(), expected, "{given}");
        };
        check("tides.md", "tides.md");
        check("../../etc/cron.d/tides.txt", "tides.txt");
        check("C:\\Users\\ada\\tides.MD", "tides.MD");
        check("..md", "");
        check(".env", "");
        check("..tides.md", "tides.md");
        check(". . .tides.md", "tides.md");
        check("/etc/passwd", "");
        check("tides.md/..", "");
        check("ti\u{0}d\nes\u{202e}.md", "tides.md");
        check("a: b?.md", "a b.md");
        check("دریاچه.md", "دریاچه.md");
        check(&format!("{}.md", "a".repeat(300)), "");
        check("", "");
    }

    #[test]
    fn upload_is_previewed_written_replaced_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let corpus = CorpusDir::from(dir.path());
        assert_eq!(preview(&corpus, "tides.md", TEXT).unwrap().outline.title, "Tides");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        put(&corpus, "tides.md", TEXT).unwrap();
        put(&corpus, "tides.md", TEXT).unwrap();
        let duplicate = preview(&corpus, "tides.txt", b"Tides\n\nThe Moon.\n").unwrap_err();
        assert_eq!(duplicate[0].what, "it has the same id as tides.md");
        assert_eq!(content(&corpus, "tides.md").unwrap(), TEXT);
        remove(&corpus, "tides.md").unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(remove(&corpus, "tides.md").is_err());
        assert!(preview(&corpus, "tides.md", b"a\0b").is_err());
        assert!(preview(&corpus, "README.md", TEXT).is_err());
        assert!(preview(&corpus, "plan.md", b"---\ndraft: true\n---\nA plan.\n").is_err());
        assert_eq!(as_utf8(b"Le caf\xe9.\n"), "Le café.\n");
    }

    #[cfg(unix)]
    #[test]
    fn upload_never_follows_links_out_of_the_corpus() {
        use std::os::unix::fs::symlink;
        let all = tempfile::tempdir().unwrap();
        let (dir, away) = (all.path().join("corpus"), all.path().join("away"));
        let corpus = CorpusDir::from(&dir);
        fs::create_dir(&dir).unwrap();
        fs::create_dir(&away).unwrap();
        fs::write(away.join("own.md"), "mine").unwrap();
        symlink(&away, dir.join("sub")).unwrap();
        symlink(away.join("own.md"), dir.join("link.md")).unwrap();
        for file in ["sub/own.md", "../away/own.md"] {
            let refused = remove(&corpus, file).unwrap_err();
            assert_eq!(refused.what, "it lies outside of the corpus directory");
        }
        put(&corpus, "link.md", TEXT).unwrap();
        put(&corpus, "../away/own.md", TEXT).unwrap();
        assert_eq!(fs::read_to_string(away.join("own.md")).unwrap(), "mine");
        assert_eq!(fs::read(dir.join("own.md")).unwrap(), TEXT);
        symlink(away.join("own.md"), dir.join("second.md")).unwrap();
        for file in ["second.md", "sub/own.md", "../away/own.md"] {
            assert!(content(&corpus, file).is_err(), "{file}");
        }
        remove(&corpus, "second.md").unwrap();
        assert!(!dir.join("second.md").is_symlink() && away.join("own.md").exists());
    }
}
