//! Files to articles, and articles to files. The only house that knows article files.
//!
//! Every problem of a corpus is found at once; a file with a problem is left out and never costs
//! the others.

mod acronyms;
pub mod article;
mod build;
mod code;
mod draft;
mod front_matter;
mod markdown;
mod nesting;
mod pieces;
mod plain;
pub mod sentences;
pub mod shelf;
pub mod watch;

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use article::{Article, ArticleId};
use build::{MAX_PASSAGES, MAX_SECTIONS};

/// Something wrong with a file of the corpus, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path of the file, with the corpus directory.
    pub file: String,
    /// From 1.
    pub line: Option<usize>,
    /// What is wrong: lower case, no full stop.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

/// A file that could be an article, not read yet.
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedFile {
    /// Relative to the corpus, with `/` between its parts.
    pub path: String,
    /// `None` if it was changed too lately to notice another change by its stamp.
    pub stamp: Option<FileStamp>,
    /// How long it has not been changed.
    pub quiet_for: Duration,
    /// When it says that it was last modified, in Unix seconds.
    pub modified: i64,
}

/// What changes when a file does, known without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FileStamp {
    bytes: u64,
    modified_ns: u64,
    changed_ns: u64,
    inode: u64,
}

/// The BLAKE3 hash of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(*blake3::hash(bytes).as_bytes())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In hexadecimal digits.
    pub fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_string()
    }
}

/// A larger file is no article.
pub const MAX_FILE_BYTES: u64 = 16 << 20;
/// The clocks of file systems advance in steps of some milliseconds.
const UNSETTLED: Duration = Duration::from_millis(50);

/// The files of `dir` that could be articles, by path, and what is wrong before any is read.
pub fn scan(dir: &Path) -> (Vec<ScannedFile>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for entry in walk(dir) {
        match entry {
            Ok(entry) if is_candidate(&entry) => match scanned(dir, &entry) {
                Ok(file) => files.push(file),
                Err(problem) => problems.push(problem),
            },
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(dir).display().to_string();
                let what = error
                    .io_error()
                    .map_or_else(|| "it leads back to itself".to_owned(), ToString::to_string);
                problems.push(problem(&path, None, &what, "check that it exists and can be read"));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    leave_out_twins(dir, &mut files, &mut problems);
    if files.is_empty() && problems.is_empty() {
        let hint = "put an article there: a `.md` file with a `title` in its front matter, or a `.txt` file";
        problems.push(problem(&dir.display().to_string(), None, "there is no article here", hint));
    }
    (files, problems)
}

/// All that is below `dir` and not hidden.
fn walk(dir: &Path) -> impl Iterator<Item = walkdir::Result<walkdir::DirEntry>> {
    let is_visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    walkdir::WalkDir::new(dir).follow_links(true).into_iter().filter_entry(is_visible)
}

fn is_candidate(entry: &walkdir::DirEntry) -> bool {
    entry.file_type().is_file() && has_known_extension(entry.path())
}

/// Whether there is any file below `dir` that could be an article.
pub fn has_articles(dir: &Path) -> bool {
    walk(dir).flatten().any(|entry| is_candidate(&entry))
}

/// Reads one file that [`scan`] found.
pub fn read(dir: &Path, file: &str) -> Result<(Article, ContentHash), Vec<Problem>> {
    let shown = dir.join(file).display().to_string();
    let bytes = read_bytes(&dir.join(file))
        .map_err(|(what, hint)| vec![problem(&shown, None, &what, hint)])?;
    parse(file, &shown, &bytes)
}

/// The article in the content of a file, which is called `shown` to an operator.
pub fn parse(
    file: &str,
    shown: &str,
    bytes: &[u8],
) -> Result<(Article, ContentHash), Vec<Problem>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        vec![problem(shown, Some(line), "it is not UTF-8", "save it in UTF-8")]
    })?;
    let parsed = match is_plain(file) {
        true => plain::parse(file, text),
        false => markdown::parse(file, text),
    };
    let article = parsed.map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| Problem { file: shown.to_owned(), ..problem })
            .collect::<Vec<_>>()
    })?;
    if article.passages.is_empty() {
        return Err(vec![problem(
            shown,
            None,
            "there is no text in it",
            "write a paragraph, or remove the file",
        )]);
    }
    if let Some(what) = too_much_of(&article) {
        return Err(vec![problem(shown, None, &what, "split it into several articles")]);
    }
    Ok((article, ContentHash::of(bytes)))
}

/// What an article has more of than it may.
fn too_much_of(article: &Article) -> Option<String> {
    let of = |what: &str, most: usize| Some(format!("it has more than {most} {what}"));
    match article {
        _ if article.outline.sections.len() > MAX_SECTIONS => of("sections", MAX_SECTIONS),
        _ if article.passages.len() > MAX_PASSAGES => of("paragraphs", MAX_PASSAGES),
        _ => None,
    }
}

/// Reads every article of `dir`, with all that is wrong with the others.
pub fn load(dir: &Path) -> (Vec<Article>, Vec<Problem>) {
    let (files, mut problems) = scan(dir);
    let mut articles = Vec::new();
    for file in files {
        match read(dir, &file.path) {
            Ok((article, _)) => articles.push(article),
            Err(more) => problems.extend(more),
        }
    }
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    (articles, problems)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, (String, &'static str)> {
    let failed = |error: std::io::Error| (error.to_string(), "check that the file can be read");
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err((what, "split it into several articles"));
    }
    Ok(bytes)
}

fn scanned(dir: &Path, entry: &walkdir::DirEntry) -> Result<ScannedFile, Problem> {
    let shown = entry.path().display().to_string();
    let relative = entry.path().strip_prefix(dir).unwrap_or(entry.path());
    let parts: Option<Vec<_>> = relative.iter().map(|part| part.to_str()).collect();
    let Some(parts) = parts else {
        return Err(problem(&shown, None, "its name is not UTF-8", "give it another name"));
    };
    let metadata = fs::metadata(entry.path()).map_err(|error| {
        problem(&shown, None, &error.to_string(), "check that the file can be read")
    })?;
    // Of times that cannot be told nothing is to be waited for.
    let (stamp, quiet_for) = stamp(&metadata).unwrap_or((None, Duration::MAX));
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let modified = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(ScannedFile { path: parts.join("/"), stamp, quiet_for, modified: modified as i64 })
}

/// The stamp of a file that can be told from its next change by it, and for how long it has been quiet.
/// `None` if its times are before 1970.
fn stamp(metadata: &fs::Metadata) -> Option<(Option<FileStamp>, Duration)> {
    let since = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH).map(|age| age.as_nanos() as u64)
    };
    let modified_ns = since(metadata.modified().ok()?).ok()?;
    let changed_ns = changed_ns(metadata).unwrap_or(modified_ns);
    let now = since(SystemTime::now()).ok()?;
    let stamp =
        FileStamp { bytes: metadata.len(), modified_ns, changed_ns, inode: inode(metadata) };
    let newest = modified_ns.max(changed_ns);
    let is_settled = newest + (UNSETTLED.as_nanos() as u64) < now;
    // When a file was modified can be set at will; when it was changed cannot. A clock that was set back has
    // changes in its future.
    let quiet_for = now.checked_sub(changed_ns).map_or(Duration::MAX, Duration::from_nanos);
    Some((is_settled.then_some(stamp), quiet_for))
}

#[cfg(unix)]
fn changed_ns(metadata: &fs::Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    Some(seconds.wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec() as u64))
}

#[cfg(not(unix))]
fn changed_ns(_: &fs::Metadata) -> Option<u64> {
    None
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

/// `tides.md` and `tides.txt` would be the same article: the first by name stays.
fn leave_out_twins(dir: &Path, files: &mut Vec<ScannedFile>, problems: &mut Vec<Problem>) {
    let mut known: HashMap<ArticleId, String> = HashMap::new();
    files.retain(|file| match known.get(&ArticleId::of_file(&file.path)) {
        Some(first) => {
            let what = format!("it has the same id as {}", dir.join(first).display());
            problems.push(problem(
                &dir.join(&file.path).display().to_string(),
                None,
                &what,
                "give one of them another name",
            ));
            false
        }
        None => {
            known.insert(ArticleId::of_file(&file.path), file.path.clone());
            true
        }
    });
}

fn has_known_extension(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
        ["md", "markdown", "txt"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn is_plain(file: &str) -> bool {
    file.len() >= 4 && file.as_bytes()[file.len() - 4..].eq_ignore_ascii_case(b".txt")
}

fn problem(file: &str, line: Option<usize>, what: &str, hint: &str) -> Problem {
    Problem { file: file.to_owned(), line, what: what.to_owned(), hint: hint.to_owned() }
}

impl fmt::Display for Problem {
    /// `FILE:LINE: what`, and the hint on its own line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => writeln!(f, "{}:{line}: {}", self.file, self.what)?,
            None => writeln!(f, "{}: {}", self.file, self.what)?,
        }
        write!(f, "hint: {}", self.hint)
    }
}
