//! Files to articles, and articles to files. The only house that knows article files.
//!
//! Every problem of a corpus is found at once; a file with a problem is left out and never costs
//! the others.

mod acronyms;
pub mod article;
mod beneath;
mod build;
mod code_span;
mod dir;
pub mod files;
mod front_matter;
mod markdown;
mod nesting;
mod plain_text;
mod scope;
pub mod sentences;
mod source_map;
mod split;
mod walk;
pub mod watcher;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use article::{Article, ArticleId};
pub use build::is_unsafe_control;
use build::{MAX_PASSAGES, MAX_SECTIONS};
pub use dir::CorpusDir;
pub use scope::{Listing, Scope, list};
use walk::{Entry, fault};

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
    /// The path of the file within the corpus, with `/` between its parts; empty for the corpus
    /// directory.
    pub place: String,
    /// Whether the file must not be read, so that an article which was made of it goes.
    pub is_refused: bool,
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

impl FileStamp {
    /// Returns the stamp of a file as it is now; `None` if its times are before 1970.
    pub fn of(metadata: &fs::Metadata) -> Option<FileStamp> {
        let modified_ns = since_1970(metadata.modified().ok()?)?;
        let changed_ns = changed_ns(metadata).unwrap_or(modified_ns);
        Some(FileStamp { bytes: metadata.len(), modified_ns, changed_ns, inode: inode(metadata) })
    }

    /// Returns whether both stamps are of one file, changed or not, and not of a file in its place.
    pub fn is_same_file(&self, other: &FileStamp) -> bool {
        self.inode == other.inode
    }

    /// Returns whether length and time of modification are the same, whatever became of name and permissions.
    pub fn is_unmodified(&self, other: &FileStamp) -> bool {
        (self.bytes, self.modified_ns) == (other.bytes, other.modified_ns)
    }
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

/// Returns the files of `dir` that could be articles, by path, and what is wrong before any is
/// read.
pub fn scan(dir: &CorpusDir) -> (Vec<ScannedFile>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    // The visitor never breaks off.
    let _ = walk::walk(dir, &mut |entry| {
        match entry {
            Entry::File(path, metadata) => match scanned(dir, &path, &metadata) {
                Ok(file) => files.push(file),
                Err(problem) => problems.push(problem),
            },
            Entry::Fault(problem) => problems.push(problem),
        }
        ControlFlow::Continue(())
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    leave_out_duplicates(dir, &mut files, &mut problems);
    if files.is_empty() && problems.is_empty() {
        let hint = "put an article there: a `.md` file with a `title` in its front matter, or a `.txt` file";
        problems.push(fault(dir, dir.path(), "there is no article here", hint));
    }
    (files, problems)
}

/// Returns whether there is any file below `dir` that could be an article.
pub fn has_articles(dir: &CorpusDir) -> bool {
    let walked = walk::walk(dir, &mut |entry| match entry {
        Entry::File(..) => ControlFlow::Break(()),
        Entry::Fault(_) => ControlFlow::Continue(()),
    });
    walked.is_break()
}

/// Reads one file that [`scan`] found.
pub fn read(dir: &CorpusDir, file: &str) -> Result<(Article, ContentHash), Vec<Problem>> {
    let shown = dir.shown_file(Path::new(file));
    let failed = |(what, hint): (String, _)| {
        vec![Problem { place: file.to_owned(), ..problem(&shown, None, &what, hint) }]
    };
    let bytes = read_bytes(dir, file).map_err(failed)?;
    parse(file, &shown, &bytes)
}

/// Returns the article in the content of a file, which is called `shown` to an operator, or all
/// that is wrong with it.
pub fn parse(
    file: &str,
    shown: &str,
    bytes: &[u8],
) -> Result<(Article, ContentHash), Vec<Problem>> {
    let text = String::from_utf8_lossy(bytes);
    let mut problems: Vec<_> = encoding(file, bytes).into_iter().collect();
    // Of bytes in another encoding, such as UTF-16, nothing else can be said.
    let article = match problems.is_empty() || !bytes.contains(&0) {
        true => {
            let (article, more) = match is_plain(file) {
                true => {
                    let (article, more) = plain_text::parse(file, &text);
                    (Some(article), more)
                }
                false => markdown::parse(file, &text),
            };
            problems.extend(more);
            article
        }
        false => None,
    };
    if let Some(article) = &article {
        problems.extend(lack_or_excess(file, article));
    }
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    match article.filter(|_| problems.is_empty()) {
        Some(article) => Ok((article, ContentHash::of(bytes))),
        None => Err(problems
            .into_iter()
            .map(|problem| Problem { file: shown.to_owned(), ..problem })
            .collect()),
    }
}

/// Returns the problem of a file that is not UTF-8, at its first such line.
fn encoding(file: &str, bytes: &[u8]) -> Option<Problem> {
    let is_wrong = |line: &&[u8]| std::str::from_utf8(line).is_err();
    let first = bytes.split(|byte| *byte == b'\n').position(|line| is_wrong(&line))?;
    let more = bytes.split(|byte| *byte == b'\n').skip(first + 1).filter(is_wrong).count();
    let what = match more {
        0 => "it is not UTF-8".to_owned(),
        1 => "it is not UTF-8, nor is one more line".to_owned(),
        more => format!("it is not UTF-8, nor are {more} more lines"),
    };
    Some(problem(file, Some(first + 1), &what, "save it in UTF-8"))
}

/// Returns the problem of an article with no text, or with too much.
fn lack_or_excess(file: &str, article: &Article) -> Option<Problem> {
    if article.passages.is_empty() {
        let hint = "write a paragraph, or remove the file";
        return Some(problem(file, None, "there is no text in it", hint));
    }
    let what = too_much_of(article)?;
    Some(problem(file, None, &what, "split it into several articles"))
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
pub fn load(dir: &CorpusDir) -> (Vec<Article>, Vec<Problem>) {
    let (files, mut problems) = scan(dir);
    let mut articles = Vec::new();
    for file in files {
        match read(dir, &file.path) {
            Ok((article, _)) => articles.push(article),
            Err(more) => problems.extend(more),
        }
    }
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    (articles, problems)
}

fn read_bytes(dir: &CorpusDir, file: &str) -> Result<Vec<u8>, (String, &'static str)> {
    let failed = |error: std::io::Error| (error.to_string(), "check that the file can be read");
    let file = dir.open(Path::new(file)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let what = format!("it is larger than {} MiB", MAX_FILE_BYTES >> 20);
        return Err((what, "split it into several articles"));
    }
    Ok(bytes)
}

fn scanned(dir: &CorpusDir, path: &Path, metadata: &fs::Metadata) -> Result<ScannedFile, Problem> {
    let relative = path.strip_prefix(dir.path()).unwrap_or(path);
    let parts: Option<Vec<_>> = relative.iter().map(|part| part.to_str()).collect();
    let Some(parts) = parts else {
        return Err(fault(dir, path, "its name is not UTF-8", "give it another name"));
    };
    // Of times that cannot be told nothing is to be waited for.
    let (stamp, quiet_for) = stamp(metadata).unwrap_or((None, Duration::MAX));
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let modified = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(ScannedFile { path: parts.join("/"), stamp, quiet_for, modified: modified as i64 })
}

/// The stamp of a file that can be told from its next change by it, and for how long it has been quiet.
/// `None` if its times are before 1970.
fn stamp(metadata: &fs::Metadata) -> Option<(Option<FileStamp>, Duration)> {
    let stamp = FileStamp::of(metadata)?;
    let FileStamp { modified_ns, changed_ns, .. } = stamp;
    let now = since_1970(SystemTime::now())?;
    let newest = modified_ns.max(changed_ns);
    let is_settled = newest + (UNSETTLED.as_nanos() as u64) < now;
    // When a file was modified can be set at will; when it was changed cannot. A clock that was set back has
    // changes in its future.
    let quiet_for = now.checked_sub(changed_ns).map_or(Duration::MAX, Duration::from_nanos);
    Some((is_settled.then_some(stamp), quiet_for))
}

/// Returns a time in nanoseconds since 1970; `None` if it is before.
fn since_1970(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|age| age.as_nanos() as u64)
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
fn leave_out_duplicates(
    dir: &CorpusDir,
    files: &mut Vec<ScannedFile>,
    problems: &mut Vec<Problem>,
) {
    // An archive has no room in memory for a second list of its files: only the ids are kept.
    let (mut known, mut twins) = (HashSet::with_capacity(files.len()), Vec::new());
    files.retain(|file| {
        let is_first = known.insert(ArticleId::of_file(&file.path));
        if !is_first {
            twins.push(file.path.clone());
        }
        is_first
    });
    let ids: HashSet<_> = twins.iter().map(|twin| ArticleId::of_file(twin)).collect();
    let mut firsts = HashMap::new();
    for file in files.iter().filter(|_| !ids.is_empty()) {
        let id = ArticleId::of_file(&file.path);
        if ids.contains(&id) {
            firsts.insert(id, file.path.as_str());
        }
    }
    for twin in twins {
        let first = firsts.get(&ArticleId::of_file(&twin)).copied().unwrap_or_default();
        let what = format!("it has the same id as {}", dir.shown_file(Path::new(first)));
        let path = dir.path().join(&twin);
        problems.push(fault(dir, &path, &what, "give one of them another name"));
    }
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
    Problem {
        file: file.to_owned(),
        line,
        what: what.to_owned(),
        hint: hint.to_owned(),
        place: file.to_owned(),
        is_refused: false,
    }
}

/// Returns `text` with each character escaped that nobody sees and that steers a terminal, a log or
/// the direction of the text: `\n` or `\u{202e}`. For names of files and the like.
pub fn escaped(text: &str) -> Cow<'_, str> {
    // Marks of the direction are needed in a text; in a name they only hide something.
    let is_hidden =
        |c: char| is_unsafe_control(c) || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}');
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match c {
        c if is_hidden(c) => c.escape_default().to_string(),
        c => c.to_string(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

impl Problem {
    /// Returns the key by which problems are listed: the file, then its lines, then what concerns
    /// all of it.
    pub fn order(&self) -> (&str, bool, Option<usize>) {
        (&self.file, self.line.is_none(), self.line)
    }
}

impl fmt::Display for Problem {
    /// Writes `FILE:LINE: what`, and the hint on its own line: two lines, whatever the name of the
    /// file is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, what) = (escaped(&self.file), escaped(&self.what));
        match self.line {
            Some(line) => writeln!(f, "{file}:{line}: {what}")?,
            None => writeln!(f, "{file}: {what}")?,
        }
        write!(f, "hint: {}", escaped(&self.hint))
    }
}
