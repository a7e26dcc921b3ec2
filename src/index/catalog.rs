//! The files that the index holds, and the state in which it saw each.
//!
//! All articles of some earlier commit are in an [`ArticlesFile`]. A list beside it, which is small, has
//! everything that has changed since. The list is named by the hash of its content, and the commit whose passages
//! it describes has this name in its payload: so a list is whole and the one that belongs to the commit, or the
//! index is built again. Once much has changed, a new articles file is written. A change therefore costs the
//! size of the list, not that of the archive.

use std::collections::{BTreeMap, btree_map};
use std::fs::{self, File};
use std::io::{self, Write};
use std::iter::Peekable;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::article_list::ArticleSummary;
use super::articles_file::{self, ArticlesFile, Entry, Head};
use super::file_snapshot::FileSnapshot;
use super::integrity::{META, Verified};
use super::schema;
use crate::corpus::article::Alias;
use crate::corpus::{ContentHash, CorpusDir, FileStamp, Problem};

/// The files of the index, by their path in the corpus. Cheap to clone.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    /// The directory in which the files were, as [`identity`] has it.
    pub corpus: String,
    /// Whether all that was to be taken over then is.
    pub is_whole: bool,
    written: ArticlesFile,
    /// Articles that are not in `written` as they are now; `None` for those that are gone.
    changed: BTreeMap<Arc<str>, Option<Arc<Indexed>>>,
    totals: Totals,
}

/// Sums over all articles, kept up to date with each change.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Totals {
    articles: usize,
    /// Number of articles of each language.
    languages: BTreeMap<String, usize>,
    /// Sum of the hashes of all articles: the order in which they came does not matter.
    hashes: [u64; 4],
}

/// A list as it is on the disk.
#[derive(Serialize, Deserialize)]
struct List {
    /// The first in every version.
    schema: u32,
    corpus: String,
    is_whole: bool,
    /// Name of the articles file; empty if there is none.
    written: String,
    changed: BTreeMap<Arc<str>, Option<Arc<Indexed>>>,
    totals: Totals,
}

/// One file as it was indexed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indexed {
    pub stamp: Option<FileStamp>,
    pub language: String,
    pub aliases: Vec<Alias>,
    pub article: Arc<ArticleSummary>,
}

/// An index whose files were all checked.
pub struct OpenedIndex {
    pub index: tantivy::Index,
    pub dir: PathBuf,
    pub catalog: Catalog,
    /// Stamps of its files, by which a change by another program is noticed.
    pub verified: Verified,
}

impl OpenedIndex {
    /// Keeps the stamps of files that were just verified for the next start.
    pub fn keep_verified(&self) {
        if Verified::read(&self.dir) != self.verified
            && let Err(error) = self.verified.write(&self.dir)
        {
            tracing::debug!(%error, "the stamps of the index could not be kept");
        }
    }

    /// Takes over the stamps of the files that an update has written. A failure costs a verification later.
    pub fn settle(&mut self) {
        let settled = self.verified.follow(&self.dir, &self.index, self.catalog.articles_file());
        let settled = settled.and_then(|has_changed| {
            let written = if has_changed { self.verified.write(&self.dir) } else { Ok(()) };
            written.map_err(|error| error.to_string())
        });
        if let Err(reason) = settled {
            tracing::debug!(reason, "the stamps of the index could not be kept");
        }
    }
}

/// Up to this size all files of an index are read at opening to check their sums: some ms.
const MAX_CHECKED_BYTES: u64 = 32 << 20;
/// What the names of lists begin with.
const LIST: &str = "files-";
/// A list has at most so many changed articles, or this share of all if that is more: some megabytes for the
/// largest archives. With more, the articles file is written again.
const MAX_CHANGED: usize = 1_024;
const MAX_CHANGED_SHARE: usize = 16;

impl Catalog {
    /// The index in `dir`, `None` if there is none, and the reason if it cannot be used. A file of a large
    /// index is not read again if its stamp is the one that `known` has of it.
    pub fn find(dir: &Path, known: &Verified) -> Result<Option<OpenedIndex>, String> {
        if !dir.join(META).exists() {
            return if dir.exists() { Err("it is incomplete".into()) } else { Ok(None) };
        }
        let index = tantivy::Index::open_in_dir(dir).map_err(|error| error.to_string())?;
        Catalog::load(dir, index, known)
    }

    /// Opens the index in `dir` that another process owns, as of its last commit, without writing anything.
    /// `None` if there is no commit; an error is a reason to try again, since the owner may just have removed a file.
    pub fn snapshot(dir: &Path) -> Result<Option<OpenedIndex>, String> {
        if !dir.join(META).exists() {
            return Ok(None);
        }
        let snapshot = FileSnapshot::of(dir).map_err(|error| error.to_string())?;
        let index = tantivy::Index::open(snapshot).map_err(|error| error.to_string())?;
        Catalog::load(dir, index, &Verified::read(dir))
    }

    fn load(
        dir: &Path,
        index: tantivy::Index,
        known: &Verified,
    ) -> Result<Option<OpenedIndex>, String> {
        if index.schema() != schema::schema().0 {
            return Err("it has another schema".into());
        }
        let metas = index.load_metas().map_err(|error| error.to_string())?;
        // Whoever made it was killed before there was anything in it.
        let Some(name) = metas.payload.as_deref() else { return Ok(None) };
        let catalog = Catalog::read(dir, name)?;
        let nothing = Verified::default();
        let known = if size(dir) <= MAX_CHECKED_BYTES { &nothing } else { known };
        let verified = Verified::of(dir, &metas, name, catalog.articles_file(), known)?;
        Ok(Some(OpenedIndex { index, dir: dir.to_owned(), catalog, verified }))
    }

    fn read(dir: &Path, name: &str) -> Result<Catalog, &'static str> {
        let unreadable = "its list of files is unreadable";
        let bytes = fs::read(dir.join(name)).map_err(|_| unreadable)?;
        if name != name_of(&bytes) {
            return Err(unreadable);
        }
        // What else is in a list of another version is not known.
        let list: List = match postcard::take_from_bytes::<u32>(&bytes) {
            Ok((schema::VERSION, _)) => postcard::from_bytes(&bytes).map_err(|_| unreadable)?,
            Ok(_) => return Err("it was made by another version"),
            Err(_) => return Err(unreadable),
        };
        let List { corpus, is_whole, written, changed, totals, .. } = list;
        let written = ArticlesFile::open(dir, &written)?;
        Ok(Catalog { corpus, is_whole, written, changed, totals })
    }

    /// Writes the list into `dir`, onto the disk, next to the one that holds still; gives its name.
    pub fn write(&mut self, dir: &Path) -> io::Result<String> {
        if self.changed.len() > MAX_CHANGED.max(self.written.len() / MAX_CHANGED_SHARE) {
            let written = ArticlesFile::write(dir, self.entries("").map(|(_, entry)| entry))?;
            self.written = written;
            self.changed.clear();
        }
        let list = List {
            schema: schema::VERSION,
            corpus: self.corpus.clone(),
            is_whole: self.is_whole,
            written: self.written.name().to_owned(),
            changed: self.changed.clone(),
            totals: self.totals.clone(),
        };
        let bytes = postcard::to_stdvec(&list).map_err(io::Error::other)?;
        let name = name_of(&bytes);
        let mut file = File::create(dir.join(&name))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        Ok(name)
    }

    /// Returns the name of the articles file, if there is one.
    fn articles_file(&self) -> Option<&str> {
        Some(self.written.name()).filter(|name| !name.is_empty())
    }

    /// Removes the lists and the articles files of `dir` except the list with this name and its articles file.
    pub fn remove_others(&self, dir: &Path, name: &str) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let own = entry.file_name();
            let is_used = own == name || own == self.written.name();
            let is_ours = [LIST, articles_file::PREFIX]
                .iter()
                .any(|prefix| own.to_string_lossy().starts_with(prefix));
            if is_ours && !is_used {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns the number of articles.
    pub fn len(&self) -> usize {
        self.totals.articles
    }

    /// Returns whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the article of a file.
    pub fn get(&self, file: &str) -> Option<Arc<Indexed>> {
        match self.changed.get(file) {
            Some(changed) => changed.clone(),
            None => self.written.article(self.written.find(file).ok()?).map(Arc::new),
        }
    }

    /// Returns whether there is an article of this file.
    pub fn contains(&self, file: &str) -> bool {
        let is_written = || self.written.find(file).is_ok();
        self.changed.get(file).map_or_else(is_written, Option::is_some)
    }

    /// Puts an article in, in place of the one of the same file.
    pub fn insert(&mut self, indexed: Indexed) {
        let file: Arc<str> = indexed.article.file.as_str().into();
        if let Some(known) = self.get(&file) {
            self.totals.subtract(&known);
        }
        self.totals.add(&indexed);
        self.changed.insert(file, Some(Arc::new(indexed)));
    }

    /// Takes the article of a file out; returns whether there was one.
    pub fn remove(&mut self, file: &str) -> bool {
        let Some(known) = self.get(file) else { return false };
        self.totals.subtract(&known);
        match self.written.find(file) {
            Ok(_) => self.changed.insert(file.into(), None),
            Err(_) => self.changed.remove(file),
        };
        true
    }

    /// Returns the heads of all articles, ascending by file.
    pub fn heads(&self) -> impl Iterator<Item = Head<'_>> {
        self.entries("").map(|(head, _)| head)
    }

    /// Returns the articles whose files are not before `from`, ascending by file.
    fn entries(&self, from: &str) -> Entries<'_> {
        let changed = self.changed.range::<str, _>((Bound::Included(from), Bound::Unbounded));
        let next = self.written.find(from).unwrap_or_else(|next| next);
        Entries { written: &self.written, next, changed: changed.peekable() }
    }

    /// Returns the articles file, with the articles that have changed since; `None` for those that are gone.
    pub fn parts(&self) -> (&ArticlesFile, &BTreeMap<Arc<str>, Option<Arc<Indexed>>>) {
        (&self.written, &self.changed)
    }

    /// Returns the codes of the languages of the articles, ascending.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.totals.languages.keys().map(String::as_str)
    }

    /// Returns the aliases of all articles, in the order of their files.
    pub fn aliases(&self) -> Vec<Alias> {
        let written = self.written.with_aliases().filter_map(|at| self.written.article(at));
        let written = written.filter(|known| !self.changed.contains_key(&*known.article.file));
        let changed = self.changed.values().flatten().filter(|known| !known.aliases.is_empty());
        let mut all: Vec<_> = written.map(Arc::new).chain(changed.cloned()).collect();
        all.sort_by(|a, b| a.article.file.cmp(&b.article.file));
        all.iter().flat_map(|known| known.aliases.iter().cloned()).collect()
    }

    /// Returns whether there is an article of a file below this directory.
    pub fn has_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        self.entries(&below).next().is_some_and(|(head, _)| head.file.starts_with(&below))
    }

    /// Returns whether there is an article with the id of this file that was made of another file.
    pub fn has_duplicate(&self, file: &str) -> bool {
        // Files with the same id differ only in what follows the last dot.
        let Some((stem, _)) = file.rsplit_once('.') else { return false };
        let prefix = format!("{stem}.");
        let files = self.entries(&prefix).map(|(head, _)| head.file);
        let mut alike = files.take_while(|other| other.starts_with(&prefix));
        alike.any(|other| other != file && !other[prefix.len()..].contains(['.', '/']))
    }

    /// Returns whether the catalog has the file of a problem, or one under its directory, and keeps it.
    pub fn has_under(&self, problem: &Problem) -> bool {
        let place = &problem.place;
        if problem.is_refused {
            return false;
        }
        if place.is_empty() {
            return !self.is_empty();
        }
        self.contains(place) || self.has_below(place)
    }

    /// What is the same only for the same files with the same contents.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&schema::VERSION.to_le_bytes());
        hasher.update(&(self.len() as u64).to_le_bytes());
        for part in self.totals.hashes {
            hasher.update(&part.to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

impl Totals {
    fn add(&mut self, indexed: &Indexed) {
        self.articles += 1;
        *self.languages.entry(indexed.language.clone()).or_default() += 1;
        let hashes = hashes_of(&indexed.article.file, indexed.article.hash);
        for (sum, hash) in self.hashes.iter_mut().zip(hashes) {
            *sum = sum.wrapping_add(hash);
        }
    }

    fn subtract(&mut self, indexed: &Indexed) {
        self.articles = self.articles.saturating_sub(1);
        if let Some(count) = self.languages.get_mut(&indexed.language) {
            *count = count.saturating_sub(1);
        }
        self.languages.retain(|_, count| *count > 0);
        let hashes = hashes_of(&indexed.article.file, indexed.article.hash);
        for (sum, hash) in self.hashes.iter_mut().zip(hashes) {
            *sum = sum.wrapping_sub(hash);
        }
    }
}

/// Returns the hash of a file's name and content, in four numbers.
fn hashes_of(file: &str, content: ContentHash) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.as_bytes()).update(file.as_bytes());
    let hash = hasher.finalize();
    let (numbers, _) = hash.as_bytes().as_chunks::<8>();
    std::array::from_fn(|at| u64::from_le_bytes(numbers[at]))
}

/// The articles of a catalog, ascending by file. Records that cannot be read are left out.
struct Entries<'a> {
    written: &'a ArticlesFile,
    /// Number of the next record.
    next: usize,
    changed: Peekable<btree_map::Range<'a, Arc<str>, Option<Arc<Indexed>>>>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Head<'a>, Entry<'a>);

    fn next(&mut self) -> Option<(Head<'a>, Entry<'a>)> {
        loop {
            let number = self.next;
            let head = match number < self.written.len() {
                true => match self.written.head(number) {
                    Some(head) => Some(head),
                    None => {
                        self.next += 1;
                        continue;
                    }
                },
                false => None,
            };
            let changed = self.changed.peek().map(|(file, _)| &***file);
            if let Some(head) = head
                && changed.is_none_or(|changed| head.file <= changed)
            {
                self.next += 1;
                // The one that has changed takes the place of the one that was written.
                if changed != Some(head.file) {
                    return Some((head, Entry::Written(self.written, number)));
                }
            }
            if let (_, Some(indexed)) = self.changed.next()? {
                return Some((Head::of(&indexed.article, indexed.stamp), Entry::New(indexed)));
            }
        }
    }
}

/// Returns the directory of a corpus without links in its path, and the directories to which links
/// may lead. An index that was made with other directories may hold what must not be read.
pub fn identity(corpus: &CorpusDir) -> String {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let roots = corpus.follow_links().iter().map(|root| resolved(root));
    let parts = std::iter::once(resolved(corpus.path())).chain(roots);
    let parts: Vec<_> = parts.map(|path| path.to_string_lossy().into_owned()).collect();
    parts.join("\0")
}

fn name_of(list: &[u8]) -> String {
    format!("{LIST}{}", blake3::hash(list))
}

fn size(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::article::ArticleId;

    #[test]
    fn a_list_of_another_version_is_told_from_a_damaged_one() {
        let dir = tempfile::tempdir().unwrap();
        let read = |bytes: &[u8]| {
            let name = name_of(bytes);
            fs::write(dir.path().join(&name), bytes).unwrap();
            Catalog::read(dir.path(), &name).map(|catalog| catalog.corpus)
        };
        let mut catalog = Catalog { corpus: "here".to_owned(), ..Catalog::default() };
        let name = catalog.write(dir.path()).unwrap();
        let bytes = fs::read(dir.path().join(name)).unwrap();
        assert_eq!(read(&bytes).as_deref(), Ok("here"));
        let unreadable = Err("its list of files is unreadable");
        assert_eq!(read(&bytes[..1]), unreadable);
        assert_eq!(read(&[]), unreadable);
        assert_eq!(read(&[1, 77]), Err("it was made by another version"));
        assert_eq!(
            Catalog::read(dir.path(), "files-0").map(drop),
            Err("its list of files is unreadable")
        );
    }

    fn indexed(file: &str, content: &str) -> Indexed {
        Indexed {
            stamp: None,
            language: content[..1].to_owned(),
            aliases: vec![Alias { term: content.to_owned(), others: Vec::new() }],
            article: Arc::new(ArticleSummary {
                id: ArticleId::of_file(file),
                file: file.to_owned(),
                hash: ContentHash::of(content.as_bytes()),
                modified: 0,
                title: content.to_owned(),
                title_stems: Vec::new(),
                published: None,
                is_signed: false,
                sections: 1,
            }),
        }
    }

    /// Changes a catalog by chance, together with a map that has the same articles.
    #[test]
    fn catalog_has_what_was_put_in_however_often_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let (mut catalog, mut expected) = (Catalog::default(), BTreeMap::new());
        let mut rng = fastrand::Rng::with_seed(18);
        let mut file_names = std::collections::BTreeSet::new();
        for round in 0..12 {
            for _ in 0..rng.usize(1..2_000) {
                let file = format!("{}/{}.md", rng.u8(0..9), rng.u16(0..600));
                match rng.u8(0..4) {
                    0 => {
                        let was_there = expected.remove(&file).is_some();
                        assert_eq!(catalog.remove(&file), was_there);
                    }
                    _ => {
                        let indexed = indexed(&file, &format!("{round} {}", rng.u8(..)));
                        expected.insert(file, indexed.clone());
                        catalog.insert(indexed);
                    }
                }
            }
            let name = catalog.write(dir.path()).unwrap();
            catalog.remove_others(dir.path(), &name).unwrap();
            file_names.insert(catalog.parts().0.name().to_owned());
            let read = Catalog::read(dir.path(), &name).unwrap();
            assert_eq!(read.hash(), catalog.hash());
            catalog = read;
            assert_eq!(catalog.len(), expected.len());
            let heads: Vec<_> = catalog.heads().map(|head| (head.file, head.title)).collect();
            let all: Vec<_> =
                expected.iter().map(|(file, indexed)| (&**file, &*indexed.article.title)).collect();
            assert_eq!(heads, all);
            for (file, indexed) in &expected {
                assert_eq!(catalog.get(file).as_deref(), Some(indexed));
            }
            let terms: Vec<_> = catalog.aliases().into_iter().map(|alias| alias.term).collect();
            assert_eq!(terms, all.iter().map(|(_, title)| *title).collect::<Vec<_>>());
            let languages: std::collections::BTreeSet<_> =
                expected.values().map(|indexed| &*indexed.language).collect();
            assert!(catalog.languages().eq(languages));
            // Built in another order, it has the same hash.
            let mut other = Catalog::default();
            for indexed in expected.values().rev() {
                other.insert(indexed.clone());
            }
            assert_eq!(other.hash(), catalog.hash());
            for place in ["4", "4/17.md", "4/1", "9"] {
                let problem = Problem {
                    file: format!("/corpus/{place}"),
                    line: None,
                    what: String::new(),
                    hint: String::new(),
                    place: place.to_owned(),
                    is_refused: false,
                };
                let under = format!("{place}/");
                let is_there =
                    expected.keys().any(|file| file == place || file.starts_with(&under));
                assert_eq!(catalog.has_under(&problem), is_there, "{place}");
            }
        }
        assert!(file_names.len() > 2, "the articles file was written {} times", file_names.len());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
