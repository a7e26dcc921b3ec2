//! The only writer of article files: puts one onto the shelf, takes one off.
//!
//! Nothing outside of the corpus directory is ever written or removed, whatever a file is called and
//! wherever links lead. A file is there whole or not at all.

use std::io::Write;
use std::path::Path;

use super::article::{Article, ArticleId};
use super::build::is_unsafe_control;
use super::{
    CorpusDir, MAX_FILE_BYTES, Problem, beneath, has_known_extension, parse, problem, read_bytes,
    scan,
};

const MAX_NAME_BYTES: usize = 120;
/// Hidden, so that nobody takes it for an article.
const UNFINISHED: &str = ".unfinished-";
/// Like a file that somebody put there by hand.
#[cfg(unix)]
const READABLE: u32 = 0o644;
/// Somewhere they mean a stream, a pattern or a quotation.
const UNFIT: [char; 9] = ['<', '>', ':', '"', '|', '?', '*', '/', '\\'];

/// The name under which a file called `given` would lie in the corpus: no directories, nothing hidden.
pub fn name_for(given: &str) -> Result<String, Problem> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        last.chars().filter(|c| !is_unsafe_control(*c) && !UNFIT.contains(c)).collect();
    let is_no_beginning = |c: char| c == '.' || c.is_whitespace();
    let name = name.trim_start_matches(is_no_beginning).trim_end();
    let refused = |what: &str, hint: &str| Err(problem(given, None, what, hint));
    if !has_known_extension(Path::new(name)) {
        return refused("it is no article by its name", "send a `.md` or a `.txt` file");
    }
    if name.len() > MAX_NAME_BYTES {
        return refused("its name is too long", "give it a shorter name");
    }
    Ok(name.to_owned())
}

/// Whether a file of so many bytes can be an article.
pub fn fits(name: &str, bytes: u64) -> Result<(), Problem> {
    match bytes <= MAX_FILE_BYTES {
        true => Ok(()),
        false => {
            let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
            Err(problem(name, None, &what, "split it into several articles"))
        }
    }
}

/// What a file would become, with all that speaks against it. Nothing is written.
pub fn preview(dir: &CorpusDir, name: &str, bytes: &[u8]) -> Result<Article, Vec<Problem>> {
    fits(name, bytes.len() as u64).map_err(|problem| vec![problem])?;
    let (article, _) = parse(name, name, bytes)?;
    let id = ArticleId::of_file(name);
    let (files, _) = scan(dir);
    let twin = files.iter().find(|file| file.path != name && ArticleId::of_file(&file.path) == id);
    match twin {
        None => Ok(article),
        Some(twin) => {
            let what = format!("it has the same id as {}", twin.path);
            Err(vec![problem(name, None, &what, "give it another name, or remove that one first")])
        }
    }
}

/// Puts a file into `dir`, in place of one with this name, which [`name_for`] gave.
pub fn put(dir: &CorpusDir, name: &str, bytes: &[u8]) -> Result<(), Problem> {
    let name = name_for(name)?;
    let failed = |error: std::io::Error| {
        problem(&name, None, &error.to_string(), "the corpus directory must be writable")
    };
    let mut unfinished = tempfile::Builder::new();
    unfinished.prefix(UNFINISHED);
    #[cfg(unix)]
    unfinished.permissions(std::os::unix::fs::PermissionsExt::from_mode(READABLE));
    let mut file = unfinished.tempfile_in(dir.path()).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    // A link under this name is replaced, not followed.
    file.persist(dir.path().join(&name)).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The content of a file of the corpus; `file` is relative to `dir`.
pub fn content(dir: &CorpusDir, file: &str) -> Result<Vec<u8>, Problem> {
    read_bytes(dir, file).map_err(|(what, hint)| problem(file, None, &what, hint))
}

/// Takes a file out of the corpus; `file` is relative to `dir`. A symbolic link goes itself, never
/// its target.
pub fn remove(dir: &CorpusDir, file: &str) -> Result<(), Problem> {
    if beneath::leads_out(dir.path(), Path::new(file)) {
        return Err(problem(
            file,
            None,
            "it lies outside of the corpus directory",
            "remove it where it is, or the link that leads to it",
        ));
    }
    beneath::remove(dir.path(), Path::new(file)).map_err(|error| {
        problem(file, None, &error.to_string(), "the corpus directory must be writable")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TEXT: &[u8] = b"---\ntitle: Tides\n---\n\nThe Moon causes them.\n";

    #[test]
    fn a_name_is_a_name_in_the_corpus_whatever_it_was() {
        let check = |given: &str, expected: &str| {
            assert_eq!(name_for(given).unwrap_or_default(), expected, "{given}");
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
    fn a_file_is_put_whole_and_taken_out_with_its_text() {
        let dir = tempfile::tempdir().unwrap();
        let corpus = CorpusDir::from(dir.path());
        assert_eq!(preview(&corpus, "tides.md", TEXT).unwrap().outline.title, "Tides");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        put(&corpus, "tides.md", TEXT).unwrap();
        put(&corpus, "tides.md", TEXT).unwrap();
        let twin = preview(&corpus, "tides.txt", b"Tides\n\nThe Moon.\n").unwrap_err();
        assert_eq!(twin[0].what, "it has the same id as tides.md");
        assert_eq!(content(&corpus, "tides.md").unwrap(), TEXT);
        remove(&corpus, "tides.md").unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(remove(&corpus, "tides.md").is_err());
        assert!(preview(&corpus, "tides.md", b"no front matter").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nothing_out_of_the_corpus() {
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
