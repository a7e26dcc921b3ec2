//! The catalog: all files in the index, with the state of each when it was indexed.
//!
//! The articles of an earlier commit are in an [`ArticlesFile`], the base. A small catalog file has
//! the delta: all changes since. The catalog file is named by the hash of its content, and the
//! commit that it belongs to has this name as its payload. A catalog file that is torn or belongs
//! to another commit is therefore noticed, and the index is rebuilt. When the delta has grown, a
//! new base is written. An update thus costs the size of the delta, not of the corpus.

use std::cmp::Reverse;
use std::collections::{BTreeMap, btree_map};
use std::fs::{self, File};
use std::io::{self, Write};
use std::iter::Peekable;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::article_summary::IndexedArticle;
use super::articles_file::{self, ArticlesFile, Entry, RecordHead};
use super::{schema, temporary_file};
use crate::corpus::article::{Alias, ArticleId};
use crate::corpus::{ContentHash, CorpusDir, FileStamp, Problem, ScannedFile};

/// The files of the index, by path within the corpus. Cloning is cheap.
#[derive(Debug, Default, Clone)]
pub struct Catalog {
    /// Identity of the corpus by [`corpus_identity`].
    pub corpus: String,
    /// Whether the last update has finished.
    pub is_complete: bool,
    /// Whether the times of the files say nothing about the age of the articles, as in a checkout
    /// of Git.
    pub is_checkout: bool,
    observed: BTreeMap<Arc<str>, Observed>,
    base: ArticlesFile,
    /// Articles that differ from the base. `None` for removed articles.
    delta: BTreeMap<Arc<str>, Option<Arc<IndexedArticle>>>,
    totals: Totals,
}

/// The state of a file that is left out, or whose article is shown until some day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    pub stamp: Option<FileStamp>,
    pub is_left_out: bool,
    /// Last day of this state, as `YYYY-MM-DD`. `None` if only an edit ends it.
    pub holds_until: Option<String>,
}

/// Sums over all articles, updated with each change.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Totals {
    articles: usize,
    /// Number of articles by language code.
    languages: BTreeMap<String, usize>,
    /// Sum of the hashes of all articles, which does not depend on their order.
    hashes: [u64; 4],
}

/// The content of a catalog file.
#[derive(Serialize, Deserialize)]
struct CatalogFile {
    /// Schema version, the first field in every version.
    schema: u32,
    corpus: String,
    is_complete: bool,
    is_checkout: bool,
    observed: BTreeMap<Arc<str>, Observed>,
    /// Name of the articles file, or empty if there is none.
    base: String,
    delta: BTreeMap<Arc<str>, Option<Arc<IndexedArticle>>>,
    totals: Totals,
}

/// Prefix of the names of catalog files.
const CATALOG_PREFIX: &str = "files-";
/// Maximum number of articles in the delta of a small corpus.
const MIN_DELTA_LIMIT: usize = 1_024;
/// The delta of a large corpus may have one article per this number of articles in the base: some
/// megabytes for the largest corpora.
const BASE_PER_DELTA: usize = 16;

impl Catalog {
    /// Reads the catalog file `name` in `dir`. Fails with the reason if it cannot be used.
    pub fn read(dir: &Path, name: &str) -> Result<Catalog, &'static str> {
        let unreadable = "its list of files is unreadable";
        let bytes = fs::read(dir.join(name)).map_err(|_| unreadable)?;
        if name != catalog_file_name(&bytes) {
            return Err(unreadable);
        }
        // In another version, only the first field has a known meaning.
        let list: CatalogFile = match postcard::take_from_bytes::<u32>(&bytes) {
            Ok((schema::VERSION, _)) => postcard::from_bytes(&bytes).map_err(|_| unreadable)?,
            Ok(_) => return Err("it was made by another version"),
            Err(_) => return Err(unreadable),
        };
        let CatalogFile { corpus, is_complete, is_checkout, observed, base, delta, totals, .. } =
            list;
        let base = ArticlesFile::open(dir, &base)?;
        Ok(Catalog { corpus, is_complete, is_checkout, observed, base, delta, totals })
    }

    /// Writes the catalog file to stable storage in `dir` and returns its name. The catalog file of
    /// the last commit remains.
    pub fn write(&mut self, dir: &Path) -> io::Result<String> {
        if self.delta.len() > MIN_DELTA_LIMIT.max(self.base.len() / BASE_PER_DELTA) {
            self.base = ArticlesFile::write(dir, self.entries("").map(|(_, entry)| entry))?;
            self.delta.clear();
        }
        let list = CatalogFile {
            schema: schema::VERSION,
            corpus: self.corpus.clone(),
            is_complete: self.is_complete,
            is_checkout: self.is_checkout,
            observed: self.observed.clone(),
            base: self.base.name().to_owned(),
            delta: self.delta.clone(),
            totals: self.totals.clone(),
        };
        let bytes = postcard::to_stdvec(&list).map_err(io::Error::other)?;
        let name = catalog_file_name(&bytes);
        let mut file = File::create(dir.join(&name))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        Ok(name)
    }

    /// Returns the name of the articles file, if there is one.
    pub fn articles_file(&self) -> Option<&str> {
        Some(self.base.name()).filter(|name| !name.is_empty())
    }

    /// Removes the catalog files, articles files and temporary files in `dir`, except the catalog
    /// file `name` and the base.
    pub fn remove_others(&self, dir: &Path, name: &str) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let own = entry.file_name();
            let is_used = own == name || own == self.base.name();
            let is_ours = [CATALOG_PREFIX, articles_file::PREFIX, temporary_file::PREFIX]
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

    /// Returns whether the catalog is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the article of a file, a path within the corpus.
    pub fn get(&self, file: &str) -> Option<Arc<IndexedArticle>> {
        match self.delta.get(file) {
            Some(article) => article.clone(),
            None => self.base.article(self.base.find(file).ok()?).map(Arc::new),
        }
    }

    /// Returns whether a file has an article.
    pub fn contains(&self, file: &str) -> bool {
        let is_in_base = || self.base.find(file).is_ok();
        self.delta.get(file).map_or_else(is_in_base, Option::is_some)
    }

    /// Records or clears the state of a file that is left out or whose article is temporary.
    pub fn observe(&mut self, file: &str, state: Option<Observed>) {
        match state {
            Some(state) => self.observed.insert(file.into(), state),
            None => self.observed.remove(file),
        };
    }

    /// Returns the files that are left out or whose articles are temporary.
    pub fn observed(&self) -> &BTreeMap<Arc<str>, Observed> {
        &self.observed
    }

    /// Returns the number of files that are left out as their owner wants.
    pub fn left_out(&self) -> usize {
        self.observed.values().filter(|state| state.is_left_out).count()
    }

    /// Returns whether the index has the state of a file on the day `today`. `stamp` is that of the
    /// article of the file, if there is one.
    pub fn is_current(&self, file: &ScannedFile, stamp: Option<FileStamp>, today: &str) -> bool {
        let state = self.observed.get(file.path.as_str());
        let is_over =
            state.is_some_and(|state| state.holds_until.as_deref().is_some_and(|day| today > day));
        let left_out = state.filter(|state| state.is_left_out).and_then(|state| state.stamp);
        let stamp = stamp.or(left_out);
        stamp.is_some() && stamp == file.stamp && !is_over
    }

    /// Adds an article, or replaces the article of the same file.
    pub fn insert(&mut self, indexed: IndexedArticle) {
        let file: Arc<str> = indexed.article.file.as_str().into();
        if let Some(known) = self.get(&file) {
            self.totals.subtract(&known);
        }
        self.totals.add(&indexed);
        self.delta.insert(file, Some(Arc::new(indexed)));
    }

    /// Removes the article of a file. Returns whether there was one.
    pub fn remove(&mut self, file: &str) -> bool {
        let Some(known) = self.get(file) else { return false };
        self.totals.subtract(&known);
        match self.base.find(file) {
            Ok(_) => self.delta.insert(file.into(), None),
            Err(_) => self.delta.remove(file),
        };
        true
    }

    /// Returns the heads of all articles, sorted by path.
    pub fn heads(&self) -> impl Iterator<Item = RecordHead<'_>> {
        self.entries("").map(|(head, _)| head)
    }

    /// Returns all articles, sorted by path.
    pub fn articles(&self) -> impl Iterator<Item = (RecordHead<'_>, Entry<'_>)> {
        self.entries("")
    }

    /// Returns the articles from the path `from` on, sorted by path.
    fn entries(&self, from: &str) -> Entries<'_> {
        let delta = self.delta.range::<str, _>((Bound::Included(from), Bound::Unbounded));
        let next = self.base.find(from).unwrap_or_else(|next| next);
        Entries { base: &self.base, next, delta: delta.peekable() }
    }

    /// Returns the base and the delta. The delta has `None` for removed articles.
    pub fn parts(&self) -> (&ArticlesFile, &BTreeMap<Arc<str>, Option<Arc<IndexedArticle>>>) {
        (&self.base, &self.delta)
    }

    /// Returns the language codes of the articles: the most frequent first, then by code.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        let mut all: Vec<_> = self.totals.languages.iter().collect();
        all.sort_by_key(|(_, count)| Reverse(**count));
        all.into_iter().map(|(code, _)| code.as_str())
    }

    /// Returns the aliases of the articles that `passes` accepts, sorted by the path of the
    /// article.
    pub fn aliases(&self, passes: impl Fn(ArticleId) -> bool) -> Vec<Alias> {
        let base = self.base.with_aliases().filter_map(|at| self.base.article(at));
        let base = base.filter(|known| !self.delta.contains_key(&*known.article.file));
        let delta = self.delta.values().flatten().filter(|known| !known.aliases.is_empty());
        let all = base.map(Arc::new).chain(delta.cloned());
        let mut all: Vec<_> = all.filter(|known| passes(known.article.id)).collect();
        all.sort_by(|a, b| a.article.file.cmp(&b.article.file));
        all.iter().flat_map(|known| known.aliases.iter().cloned()).collect()
    }

    /// Returns whether a file below the directory `dir` has an article.
    pub fn has_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        self.entries(&below).next().is_some_and(|(head, _)| head.file.starts_with(&below))
    }

    /// Returns whether another file has an article with the id of `file`.
    pub fn has_duplicate(&self, file: &str) -> bool {
        // Files with the same id differ only in the extension.
        let Some((stem, _)) = file.rsplit_once('.') else { return false };
        let prefix = format!("{stem}.");
        let files = self.entries(&prefix).map(|(head, _)| head.file);
        let mut alike = files.take_while(|other| other.starts_with(&prefix));
        alike.any(|other| other != file && !other[prefix.len()..].contains(['.', '/']))
    }

    /// Returns whether the index has, and keeps, an article of the file or directory of a problem.
    pub fn keeps_article_of(&self, problem: &Problem) -> bool {
        let path = &problem.path;
        if problem.is_forbidden {
            return false;
        }
        if path.is_empty() {
            return !self.is_empty();
        }
        self.contains(path) || self.has_below(path)
    }

    /// Returns a hash of all paths and file contents, which changes whenever one of them changes.
    pub fn fingerprint(&self) -> [u8; 32] {
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
    fn add(&mut self, indexed: &IndexedArticle) {
        self.articles += 1;
        *self.languages.entry(indexed.language.clone()).or_default() += 1;
        let hashes = hashes_of(&indexed.article.file, indexed.article.hash);
        for (sum, hash) in self.hashes.iter_mut().zip(hashes) {
            *sum = sum.wrapping_add(hash);
        }
    }

    fn subtract(&mut self, indexed: &IndexedArticle) {
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

/// Returns the hash of a path and a content as four numbers.
fn hashes_of(file: &str, content: ContentHash) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.as_bytes()).update(file.as_bytes());
    let hash = hasher.finalize();
    let (numbers, _) = hash.as_bytes().as_chunks::<8>();
    std::array::from_fn(|at| u64::from_le_bytes(numbers[at]))
}

/// An iterator over the articles of a catalog, sorted by path. Skips unreadable records.
struct Entries<'a> {
    base: &'a ArticlesFile,
    /// Number of the next record of the base.
    next: usize,
    delta: Peekable<btree_map::Range<'a, Arc<str>, Option<Arc<IndexedArticle>>>>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (RecordHead<'a>, Entry<'a>);

    fn next(&mut self) -> Option<(RecordHead<'a>, Entry<'a>)> {
        loop {
            let number = self.next;
            let head = match number < self.base.len() {
                true => match self.base.head(number) {
                    Some(head) => Some(head),
                    None => {
                        self.next += 1;
                        continue;
                    }
                },
                false => None,
            };
            let next_in_delta = self.delta.peek().map(|(file, _)| &***file);
            if let Some(head) = head
                && next_in_delta.is_none_or(|file| head.file <= file)
            {
                self.next += 1;
                // The delta overrides the base.
                if next_in_delta != Some(head.file) {
                    return Some((head, Entry::Stored(self.base, number)));
                }
            }
            if let (_, Some(indexed)) = self.delta.next()? {
                return Some((RecordHead::of(indexed), Entry::New(indexed)));
            }
        }
    }
}

/// Returns the resolved path of a corpus and the resolved directories to which links may lead. An
/// index of other directories may contain text that must not be read.
pub fn corpus_identity(corpus: &CorpusDir) -> String {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let roots = corpus.follow_links().iter().map(|root| resolved(root));
    let parts = std::iter::once(resolved(corpus.path())).chain(roots);
    let parts: Vec<_> = parts.map(|path| path.to_string_lossy().into_owned()).collect();
    parts.join("\0")
}

/// Returns the name of a catalog file with this content.
fn catalog_file_name(content: &[u8]) -> String {
    format!("{CATALOG_PREFIX}{}", blake3::hash(content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::article_summary::ArticleSummary;

    #[test]
    fn catalog_file_of_another_version_is_distinguished_from_a_damaged_one() {
        let dir = tempfile::tempdir().unwrap();
        let read = |bytes: &[u8]| {
            let name = catalog_file_name(bytes);
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

    fn indexed(file: &str, content: &str) -> IndexedArticle {
        IndexedArticle {
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
                authors: Vec::new(),
                tags: Vec::new(),
                sections: 1,
            }),
        }
    }

    #[test]
    fn catalog_knows_files_that_are_left_out_until_they_change_or_their_day_comes() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.md"), "text").unwrap();
        let stamp = FileStamp::of(&fs::metadata(dir.path().join("a.md")).unwrap());
        let file = |stamp| ScannedFile {
            path: "a.md".to_owned(),
            stamp,
            unchanged_for: std::time::Duration::MAX,
            modified: 0,
        };
        let mut catalog = Catalog::default();
        assert!(!catalog.is_current(&file(stamp), None, "2026-03-01"));
        let mut state = Observed { stamp, is_left_out: true, holds_until: None };
        catalog.observe("a.md", Some(state.clone()));
        assert!(catalog.is_current(&file(stamp), None, "2026-03-01"));
        assert!(!catalog.is_current(&file(None), None, "2026-03-01"));
        assert_eq!(catalog.left_out(), 1);
        state.holds_until = Some("2026-03-01".to_owned());
        catalog.observe("a.md", Some(state.clone()));
        let name = catalog.write(dir.path()).unwrap();
        let mut catalog = Catalog::read(dir.path(), &name).unwrap();
        assert!(catalog.is_current(&file(stamp), None, "2026-03-01"));
        assert!(!catalog.is_current(&file(stamp), None, "2026-03-02"));
        state.is_left_out = false;
        catalog.observe("a.md", Some(state));
        assert!(catalog.is_current(&file(stamp), stamp, "2026-03-01"));
        assert!(!catalog.is_current(&file(stamp), stamp, "2026-03-02"));
        assert!(!catalog.is_current(&file(stamp), None, "2026-03-01"));
        catalog.observe("a.md", None);
        assert_eq!(catalog.left_out(), 0);
    }

    /// Applies random changes to a catalog and to a map, and compares them.
    #[test]
    fn catalog_keeps_its_articles_through_changes_and_rewrites() {
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
            assert_eq!(read.fingerprint(), catalog.fingerprint());
            catalog = read;
            assert_eq!(catalog.len(), expected.len());
            let heads: Vec<_> = catalog.heads().map(|head| (head.file, head.title)).collect();
            let all: Vec<_> =
                expected.iter().map(|(file, indexed)| (&**file, &*indexed.article.title)).collect();
            assert_eq!(heads, all);
            for (file, indexed) in &expected {
                assert_eq!(catalog.get(file).as_deref(), Some(indexed));
            }
            let terms: Vec<_> =
                catalog.aliases(|_| true).into_iter().map(|alias| alias.term).collect();
            assert_eq!(terms, all.iter().map(|(_, title)| *title).collect::<Vec<_>>());
            let languages: std::collections::BTreeSet<_> =
                expected.values().map(|indexed| &*indexed.language).collect();
            let found: std::collections::BTreeSet<_> = catalog.languages().collect();
            assert_eq!(found, languages);
            // The fingerprint does not depend on the order of insertion.
            let mut other = Catalog::default();
            for indexed in expected.values().rev() {
                other.insert(indexed.clone());
            }
            assert_eq!(other.fingerprint(), catalog.fingerprint());
            for path in ["4", "4/17.md", "4/1", "9"] {
                let problem = Problem {
                    path: path.to_owned(),
                    ..Problem::new(&format!("/corpus/{path}"), None, "", "")
                };
                let under = format!("{path}/");
                let is_there = expected.keys().any(|file| file == path || file.starts_with(&under));
                assert_eq!(catalog.keeps_article_of(&problem), is_there, "{path}");
            }
        }
        assert!(file_names.len() > 2, "the articles file was written {} times", file_names.len());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
