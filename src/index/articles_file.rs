//! Articles files: article summaries in an immutable, memory-mapped file.
//!
//! ```text
//! records, sorted by path │ offset of each record │ numbers of the records with aliases │ trailer
//! ```
//!
//! A number has 64 bits, little-endian. The trailer has three numbers: the position of the offsets,
//! the count of records and the count of records with aliases. The name of the file ends with the
//! BLAKE3 hash of its content, which is verified when the file is opened. If another program
//! changes an open file, a record may be unreadable or show another article, but never causes a
//! panic.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::Directory;
use tantivy::directory::{MmapDirectory, OwnedBytes};
use tempfile::NamedTempFile;

use super::analysis::WordId;
use super::article_summary::{ArticleSummary, IndexedArticle};
use super::temporary_file;
use crate::corpus::article::{Alias, ArticleId};
use crate::corpus::{ContentHash, FileStamp};

/// Prefix of the names of articles files.
pub const PREFIX: &str = "articles-";
/// Size of a number, in bytes.
const NUMBER_BYTES: usize = size_of::<u64>();
const TRAILER_NUMBERS: usize = 3;

/// An open articles file. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct ArticlesFile {
    name: String,
    bytes: OwnedBytes,
    /// Position of the offsets.
    offsets: usize,
    /// Number of records.
    records: usize,
    /// Number of records with aliases.
    aliased: usize,
}

/// The first part of a record, which suffices to find, compare and sort records.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RecordHead<'a> {
    pub file: &'a str,
    pub stamp: Option<FileStamp>,
    pub id: ArticleId,
    pub title: &'a str,
    pub published: Option<&'a str>,
    pub modified: i64,
    /// Primary subtag of the language in which the article was analysed.
    pub language: &'a str,
}

/// The second part of a record.
#[derive(Debug, Serialize, Deserialize)]
struct RecordTail<'a> {
    hash: ContentHash,
    title_stems: Vec<WordId>,
    #[serde(borrow)]
    authors: Vec<&'a str>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    sections: usize,
    aliases: Vec<Alias>,
}

impl<'a> RecordHead<'a> {
    /// Returns the head of the record of an article.
    pub fn of(indexed: &'a IndexedArticle) -> RecordHead<'a> {
        let article = &*indexed.article;
        RecordHead {
            file: &article.file,
            stamp: indexed.stamp,
            id: article.id,
            title: &article.title,
            published: article.published.as_deref(),
            modified: article.modified,
            language: &indexed.language,
        }
    }
}

/// Encodes the record of an article.
fn encode(indexed: &IndexedArticle) -> io::Result<Vec<u8>> {
    let article = &*indexed.article;
    let tail = RecordTail {
        hash: article.hash,
        title_stems: article.title_stems.clone(),
        authors: article.authors.iter().map(String::as_str).collect(),
        tags: article.tags.iter().map(String::as_str).collect(),
        sections: article.sections,
        aliases: indexed.aliases.clone(),
    };
    postcard::to_stdvec(&(RecordHead::of(indexed), tail)).map_err(io::Error::other)
}

/// Decodes a record, which may be followed by other records. Returns `None` if it is damaged.
fn decode(record: &[u8]) -> Option<IndexedArticle> {
    let ((head, tail), _): ((RecordHead<'_>, RecordTail<'_>), _) =
        postcard::take_from_bytes(record).ok()?;
    Some(IndexedArticle {
        stamp: head.stamp,
        language: head.language.to_owned(),
        aliases: tail.aliases,
        article: Arc::new(ArticleSummary {
            id: head.id,
            file: head.file.to_owned(),
            hash: tail.hash,
            modified: head.modified,
            title: head.title.to_owned(),
            title_stems: tail.title_stems,
            published: head.published.map(str::to_owned),
            authors: tail.authors.into_iter().map(str::to_owned).collect(),
            tags: tail.tags.into_iter().map(str::to_owned).collect(),
            sections: tail.sections,
        }),
    })
}

impl Default for ArticlesFile {
    /// Returns an empty file, which has no name and does not exist on disk.
    fn default() -> ArticlesFile {
        ArticlesFile {
            name: String::new(),
            bytes: OwnedBytes::empty(),
            offsets: 0,
            records: 0,
            aliased: 0,
        }
    }
}

impl ArticlesFile {
    /// Opens and verifies the file `name` in `dir`. The empty name means the empty file.
    pub fn open(dir: &Path, name: &str) -> Result<ArticlesFile, &'static str> {
        if name.is_empty() {
            return Ok(ArticlesFile::default());
        }
        let unreadable = "its list of articles is unreadable";
        let file = ArticlesFile::map(dir, name).map_err(|_| unreadable)?;
        match name == format!("{PREFIX}{}", blake3::hash(&file.bytes)) {
            true => Ok(file),
            false => Err(unreadable),
        }
    }

    /// Maps a file without comparing its hash.
    fn map(dir: &Path, name: &str) -> io::Result<ArticlesFile> {
        let dir = MmapDirectory::open(dir).map_err(io::Error::other)?;
        let bytes = dir.open_read(Path::new(name)).map_err(io::Error::other)?.read_bytes()?;
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let end = bytes.len().checked_sub(TRAILER_NUMBERS * NUMBER_BYTES).ok_or_else(damaged)?;
        let number = |at: usize| number_at(&bytes, end + at * NUMBER_BYTES).ok_or_else(damaged);
        let (offsets, records, aliased) = (number(0)?, number(1)?, number(2)?);
        let numbers =
            records.checked_add(aliased).and_then(|count| count.checked_mul(NUMBER_BYTES));
        match numbers.and_then(|bytes| offsets.checked_add(bytes)) == Some(end) {
            true => Ok(ArticlesFile { name: name.to_owned(), bytes, offsets, records, aliased }),
            false => Err(damaged()),
        }
    }

    /// Writes a file with `articles`, which are sorted by path, to stable storage and opens it.
    pub fn write<'a>(
        dir: &Path,
        articles: impl Iterator<Item = Entry<'a>>,
    ) -> io::Result<ArticlesFile> {
        let file = temporary_file::create(dir)?;
        let mut out = HashingWriter { out: BufWriter::new(file), hasher: blake3::Hasher::new() };
        let (mut offset, mut offsets, mut aliased) = (0_u64, Vec::new(), Vec::new());
        for entry in articles {
            let encoded;
            let (record, has_aliases) = match &entry {
                Entry::Stored(file, number) => {
                    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
                    let record = file.record(*number).ok_or_else(damaged)?;
                    (record, file.has_aliases(*number))
                }
                Entry::New(indexed) => {
                    encoded = encode(indexed)?;
                    (&encoded[..], !indexed.aliases.is_empty())
                }
            };
            if has_aliases {
                aliased.push(offsets.len() as u64);
            }
            offsets.push(offset);
            offset += record.len() as u64;
            out.write_all(record)?;
        }
        let end = [offset, offsets.len() as u64, aliased.len() as u64];
        for number in offsets.iter().chain(&aliased).chain(&end) {
            out.write_all(&number.to_le_bytes())?;
        }
        let name = format!("{PREFIX}{}", out.hasher.finalize());
        let file = out.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(dir.join(&name))?;
        ArticlesFile::map(dir, &name)
    }

    /// Returns the name of the file in its directory, or the empty name of the empty file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of articles.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Returns the article of a record. Returns `None` if the record cannot be read.
    pub fn article(&self, number: usize) -> Option<IndexedArticle> {
        decode(self.record(number)?)
    }

    /// Returns the head of a record. Returns `None` if the record cannot be read.
    pub fn head(&self, number: usize) -> Option<RecordHead<'_>> {
        postcard::take_from_bytes(self.record(number)?).ok().map(|(head, _)| head)
    }

    /// Searches for the record of `file`, a path within the corpus. Returns its number, or as an
    /// error the number at which it would be inserted.
    pub fn find(&self, file: &str) -> Result<usize, usize> {
        let (mut first, mut end) = (0, self.records);
        while first < end {
            let middle = first + (end - first) / 2;
            match self.head(middle).map_or("", |head| head.file).cmp(file) {
                std::cmp::Ordering::Less => first = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => end = middle,
            }
        }
        Err(first)
    }

    /// Returns the ascending numbers of the records with aliases.
    pub fn with_aliases(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.aliased).filter_map(|at| self.aliased(at))
    }

    /// Returns whether a record is listed among those with aliases.
    fn has_aliases(&self, number: usize) -> bool {
        let (mut first, mut end) = (0, self.aliased);
        while first < end {
            let middle = first + (end - first) / 2;
            match self.aliased(middle) {
                Some(found) if found == number => return true,
                Some(found) if found < number => first = middle + 1,
                Some(_) | None => end = middle,
            }
        }
        false
    }

    /// Returns the number of the `at`-th record with aliases.
    fn aliased(&self, at: usize) -> Option<usize> {
        number_at(&self.bytes, self.offsets + (self.records + at) * NUMBER_BYTES)
    }

    /// Returns the bytes of a record.
    fn record(&self, number: usize) -> Option<&[u8]> {
        let offset = |number| number_at(&self.bytes, self.offsets + number * NUMBER_BYTES);
        let end = if number + 1 < self.records { offset(number + 1)? } else { self.offsets };
        self.bytes.get(offset(number).filter(|_| number < self.records)?..end)
    }
}

/// An article to write.
pub enum Entry<'a> {
    /// A record of another file, by its number.
    Stored(&'a ArticlesFile, usize),
    New(&'a IndexedArticle),
}

impl Entry<'_> {
    /// Returns the summary of the article. Returns `None` if its record cannot be read.
    pub fn summary(&self) -> Option<Arc<ArticleSummary>> {
        match self {
            Entry::Stored(file, number) => file.article(*number).map(|indexed| indexed.article),
            Entry::New(indexed) => Some(Arc::clone(&indexed.article)),
        }
    }
}

/// A writer that hashes its output.
struct HashingWriter {
    out: BufWriter<NamedTempFile>,
    hasher: blake3::Hasher,
}

impl HashingWriter {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads the number at a byte position.
fn number_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..)?.first_chunk::<NUMBER_BYTES>()?;
    usize::try_from(u64::from_le_bytes(*number)).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn indexed(file: &str, aliases: &[&str]) -> IndexedArticle {
        let alias = |term: &&str| Alias { term: (*term).to_owned(), others: vec!["x".to_owned()] };
        IndexedArticle {
            stamp: None,
            language: "en".to_owned(),
            aliases: aliases.iter().map(alias).collect(),
            article: Arc::new(ArticleSummary {
                id: ArticleId::of_file(file),
                file: file.to_owned(),
                hash: ContentHash::of(file.as_bytes()),
                modified: -7,
                title: format!("Title of {file}"),
                title_stems: vec![WordId::of("titl")],
                published: Some("2026".to_owned()),
                authors: vec!["Ada Moon".to_owned()],
                tags: vec!["sea".to_owned()],
                sections: 3,
            }),
        }
    }

    #[test]
    fn articles_file_survives_a_round_trip_and_detects_damage() {
        let dir = tempfile::tempdir().unwrap();
        let all = [indexed("a.md", &[]), indexed("b.md", &["B", "C"]), indexed("d/e.md", &["E"])];
        let file = ArticlesFile::write(dir.path(), all.iter().map(Entry::New)).unwrap();
        let again = ArticlesFile::open(dir.path(), file.name()).unwrap();
        let articles: Vec<_> = (0..again.len()).filter_map(|at| again.article(at)).collect();
        assert_eq!(articles, all);
        assert_eq!(again.with_aliases().collect::<Vec<_>>(), [1, 2]);
        let found = ["a.md", "b.md", "c", "d/e.md", "e", ""].map(|file| again.find(file));
        assert_eq!(found, [Ok(0), Ok(1), Err(2), Ok(2), Err(3), Err(0)]);
        let copied = (0..3).filter(|at| *at != 1).map(|at| Entry::Stored(&again, at));
        let copied = ArticlesFile::write(dir.path(), copied).unwrap();
        assert_eq!(copied.with_aliases().collect::<Vec<_>>(), [1]);
        assert_eq!(copied.article(1).as_ref(), Some(&all[2]));
        assert_eq!(copied.article(2), None);

        let path = dir.path().join(file.name());
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x81;
            fs::remove_file(&path).unwrap();
            fs::write(&path, &damaged).unwrap();
            assert!(ArticlesFile::open(dir.path(), file.name()).is_err(), "{at}");
            // Damage after the verification does not cause a panic.
            let Ok(file) = ArticlesFile::map(dir.path(), file.name()) else { continue };
            for at in 0..4 {
                let _ = (file.article(at), file.head(at), file.has_aliases(at));
            }
            let _ = (file.find("b.md"), file.with_aliases().count());
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(ArticlesFile::open(dir.path(), file.name()).is_err());
        assert_eq!(ArticlesFile::open(dir.path(), "").map(|file| file.len()), Ok(0));
        assert!(ArticlesFile::open(dir.path(), "articles-0").is_err());
    }
}
