//! The corpus as the target of an import: which articles earlier imports wrote, and writing.
//!
//! A file that was edited since it was imported is never replaced: the new version is put into the
//! hidden folder of the originals, and both are named. A file of unchanged text is not written.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::corpus::article::Article;
use crate::corpus::{self, CorpusDir, Inspected, Problem, Severity, files};

use super::article_file::{self, Origin};
use super::document::{Document, Failure};
use super::file_name::{self, TakenPaths};

/// Hidden folder in the corpus for the files that articles were imported from.
pub const ORIGINALS: &str = ".originals";
/// Maximum length of the front matter that is searched for an origin, in bytes.
const MAX_FRONT_MATTER_BYTES: u64 = 16 << 10;
/// Number of digits of a digest in the name of an original.
const NAME_DIGITS: usize = 12;

/// The result of writing a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    New,
    Replaced,
    Unchanged,
    /// Somebody has edited the article since the last import, so it was kept. The new version is
    /// at this path, which the corpus does not read.
    Edited(String),
}

impl Status {
    /// Returns whether the file of the article was written.
    pub fn is_written(&self) -> bool {
        match self {
            Status::New | Status::Replaced => true,
            Status::Unchanged | Status::Edited(_) => false,
        }
    }
}

/// An imported article.
#[derive(Debug, Clone)]
pub struct ImportedFile {
    /// Path within the corpus.
    pub file: String,
    pub status: Status,
    pub article: Article,
    /// Losses of the conversion and problems of the file: lower case, no full stop.
    pub warnings: Vec<String>,
}

/// An article that can be written.
pub struct Prepared {
    pub file: String,
    content: String,
    pub article: Article,
    pub warnings: Vec<String>,
    pub(super) origin: Origin,
}

/// Whether files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Write,
    DryRun,
}

/// The corpus, and what earlier imports wrote into it.
pub struct Target {
    dir: CorpusDir,
    mode: Mode,
    taken: TakenPaths,
    /// File and digest of the source, by the origin.
    known: HashMap<String, (String, String)>,
}

impl Target {
    /// Reads which articles of the corpus were imported.
    pub fn open(dir: &CorpusDir, mode: Mode) -> Target {
        let survey = corpus::survey(dir);
        let (mut taken, mut known) = (TakenPaths::default(), HashMap::new());
        survey.excluded.iter().for_each(|(file, _)| taken.take(file));
        for file in &survey.files {
            taken.take(&file.path);
            if let Some(origin) = origin_of(dir, &file.path) {
                known.insert(origin.imported_from, (file.path.clone(), origin.source_digest));
            }
        }
        Target { dir: dir.clone(), mode, taken, known }
    }

    pub fn dir(&self) -> &CorpusDir {
        &self.dir
    }

    /// Returns the file of an article that was imported before.
    pub fn file_of(&self, imported_from: &str) -> Option<&str> {
        self.known.get(imported_from).map(|(file, _)| file.as_str())
    }

    /// Returns the path that a document gets: that of its last import, or a new one in `folder`.
    pub fn place(&mut self, imported_from: &str, document: &Document, folder: &str) -> String {
        if let Some((file, _)) = self.known.get(imported_from) {
            return file.clone();
        }
        let name = document.name.as_deref().or(document.title.as_deref()).unwrap_or_default();
        self.taken.new_file(folder, name, self.dir.selection())
    }

    /// Makes the article of a document at `file`, its [place](Self::place). `markdown` is its text.
    /// Fails if the text cannot be an article.
    pub fn prepare(
        &self,
        file: String,
        document: &Document,
        markdown: &str,
        origin: Origin,
    ) -> Result<Prepared, Failure> {
        let content = article_file::compose(document, markdown, &origin);
        let today = corpus::today();
        let Inspected { article, problems, .. } =
            corpus::inspect_bytes(&file, &file, content.as_bytes(), Some(&today));
        let article = match article {
            Some((article, _)) => article,
            None => return Err(failure_of(&problems)),
        };
        let mut warnings = document.warnings.clone();
        let notes = problems.iter().filter(|problem| problem.severity == Severity::Warning);
        warnings.extend(notes.map(|problem| problem.what.clone()));
        if let Some(by) = self.dir.selection().excluded_by(&file) {
            warnings.push(format!("the corpus leaves this file out {by}"));
        }
        Ok(Prepared { file, content, article, warnings, origin })
    }

    /// Writes an article. Fails if the file cannot be written.
    pub fn write(&mut self, prepared: Prepared) -> Result<ImportedFile, Failure> {
        let Prepared { file, content, article, warnings, origin } = prepared;
        let status = self.replace(&file, &content, &origin)?;
        self.known.insert(origin.imported_from, (file.clone(), origin.source_digest));
        Ok(ImportedFile { file, status, article, warnings })
    }

    /// Writes the content of a file, unless it is there already or was edited.
    fn replace(&self, file: &str, content: &str, origin: &Origin) -> Result<Status, Failure> {
        let known = self.known.get(&origin.imported_from);
        // Files can appear and disappear while an import runs, which may take hours.
        let is_there = self.dir.path().join(file).symlink_metadata().is_ok();
        let Some((_, known_digest)) = known.filter(|_| is_there) else {
            if is_there {
                let what = format!("another file {file} has appeared in the corpus");
                return Err(Failure::new(what, "import it again, and it gets another name"));
            }
            self.put(file, content.as_bytes())?;
            return Ok(Status::New);
        };
        let before = files::content(&self.dir, file).map_err(|problem| failure(&problem))?;
        let before = String::from_utf8_lossy(&before);
        let is_edited = article_file::is_edited(&before);
        let is_same_text =
            article_file::without_digests(&before) == article_file::without_digests(content);
        if is_same_text || (is_edited && *known_digest == origin.source_digest) {
            return Ok(Status::Unchanged);
        }
        if is_edited {
            let new_version = format!("{ORIGINALS}/new/{file}");
            self.put(&new_version, content.as_bytes())?;
            return Ok(Status::Edited(new_version));
        }
        self.put(file, content.as_bytes())?;
        self.remove_original(known_digest, &origin.source_digest);
        Ok(Status::Replaced)
    }

    fn put(&self, file: &str, content: &[u8]) -> Result<(), Failure> {
        match self.mode {
            Mode::DryRun => Ok(()),
            Mode::Write => {
                files::put_at(&self.dir, file, content).map_err(|problem| failure(&problem))
            }
        }
    }

    /// Keeps the file that articles were imported from. `name` is its name with the extension.
    /// Returns its path within the corpus.
    pub fn keep_original(&self, name: &str, content: &[u8]) -> Result<String, Failure> {
        let digest = article_file::digest(content);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let last = stem.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file_name::slug(last).unwrap_or_else(|| "original".to_owned());
        let extension = file_name::slug(extension).unwrap_or_else(|| "bin".to_owned());
        let file = format!("{ORIGINALS}/{}-{stem}.{extension}", &digest[..NAME_DIGITS]);
        if files::content(&self.dir, &file).is_ok_and(|known| known == content) {
            return Ok(file);
        }
        self.put(&file, content)?;
        Ok(file)
    }

    /// Removes the original of a version that was replaced, unless another article is of it.
    fn remove_original(&self, old: &str, new: &str) {
        let is_used = self.known.values().filter(|(_, digest)| digest == old).count() > 1;
        let Some(start) = old.get(..NAME_DIGITS).filter(|_| old != new && !is_used) else { return };
        let Ok(entries) = std::fs::read_dir(self.dir.path().join(ORIGINALS)) else { return };
        for name in entries.flatten().map(|entry| entry.file_name()) {
            let name = name.to_string_lossy();
            if name.starts_with(start) && self.mode == Mode::Write {
                // An original that cannot be removed only takes up space.
                let _ = files::remove(&self.dir, &format!("{ORIGINALS}/{name}"));
            }
        }
    }
}

/// Returns the origin of a file of the corpus, if an import wrote it.
fn origin_of(dir: &CorpusDir, file: &str) -> Option<Origin> {
    if !file.ends_with(file_name::EXTENSION) {
        return None;
    }
    let file: File = dir.open(Path::new(file)).ok()?;
    let mut start = Vec::new();
    file.take(MAX_FRONT_MATTER_BYTES).read_to_end(&mut start).ok()?;
    article_file::origin(&String::from_utf8_lossy(&start))
}

fn failure_of(problems: &[Problem]) -> Failure {
    let worst = problems.iter().find(|problem| problem.severity != Severity::Warning);
    worst.map_or_else(|| Failure::new("it is no article", "look at its text"), failure)
}

fn failure(problem: &Problem) -> Failure {
    Failure::new(problem.what.clone(), problem.hint.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::Body;

    fn write(target: &mut Target, file: &str, text: &str) -> Result<Status, Failure> {
        let document = Document { title: Some("Tides".into()), ..Document::default() };
        let origin = Origin { imported_from: "a".into(), source_digest: text.into() };
        assert_eq!(document.body, Body::default());
        let prepared = target.prepare(file.to_owned(), &document, text, origin)?;
        target.write(prepared).map(|imported| imported.status)
    }

    #[test]
    fn target_replaces_no_file_that_appeared_or_cannot_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tides.md");
        let mut target = Target::open(&dir.path().into(), Mode::Write);
        std::fs::write(&path, "A file of somebody.").unwrap();
        let failure = write(&mut target, "tides.md", "The tide rises.").unwrap_err();
        assert_eq!(failure.what, "another file tides.md has appeared in the corpus");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "A file of somebody.");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(write(&mut target, "tides.md", "The tide rises."), Ok(Status::New));
        assert_eq!(write(&mut target, "tides.md", "The tide falls."), Ok(Status::Replaced));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(write(&mut target, "tides.md", "The tide turns."), Ok(Status::New));
        // A folder in its place cannot be read as a file.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(write(&mut target, "tides.md", "The tide rises.").is_err());
    }
}
