//! Bounded reading of zip archives. Pure.
//!
//! Nothing of an archive is written to a disk. Entries whose names lead out of the archive,
//! symbolic links and too deep folders are not listed. Sizes are counted while an entry is
//! unpacked, since the sizes that an archive declares may be wrong on purpose.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use encoding_rs::{GBK, IBM866};
use zip::ZipArchive;
use zip::result::ZipError;

use super::document::Failure;

/// Maximum number of entries, folders included.
const MAX_ENTRIES: usize = 10_000;
/// Maximum number of unpacked bytes of all entries that are read.
const MAX_TOTAL_BYTES: u64 = 500_000_000;
/// Maximum number of unpacked bytes of an entry.
const MAX_ENTRY_BYTES: u64 = 50_000_000;
/// Maximum ratio of unpacked to packed bytes of an entry above `MIN_RATIO_BYTES`.
const MAX_RATIO: u64 = 200;
/// Number of unpacked bytes from which on the ratio counts.
const MIN_RATIO_BYTES: u64 = 1_000_000;
/// Maximum number of folders in a path.
const MAX_DEPTH: usize = 20;
/// Signatures of the first entry of an archive and of the end of an empty archive.
const SIGNATURES: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

const BOMB_HINT: &str = "unpack the archive and import the folder, if you trust its source";
const DAMAGED_HINT: &str = "download or export the file again";
const TOO_LARGE_HINT: &str = "split the archive into several ones, or leave out the media files";

/// A zip archive in memory.
pub struct Archive<B: AsRef<[u8]> = Vec<u8>> {
    zip: ZipArchive<Cursor<B>>,
    /// Index of each file by its path.
    files: BTreeMap<String, usize>,
    refused: usize,
    /// Number of bytes that may still be unpacked.
    budget: u64,
}

/// Returns whether bytes begin as a zip archive.
pub fn is_zip(bytes: &[u8]) -> bool {
    SIGNATURES.iter().any(|signature| bytes.starts_with(signature))
}

impl<B: AsRef<[u8]>> Archive<B> {
    /// Opens an archive and reads its directory.
    pub fn open(bytes: B) -> Result<Self, Failure> {
        if !is_zip(bytes.as_ref()) {
            return Err(failure("it is not a zip archive", "give a file whose name ends in .zip"));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
        if zip.len() > MAX_ENTRIES {
            let what = format!("the archive has more than {MAX_ENTRIES} entries");
            return Err(failure(&what, TOO_LARGE_HINT));
        }
        let mut archive = Self { zip, files: BTreeMap::new(), refused: 0, budget: MAX_TOTAL_BYTES };
        archive.list();
        Ok(archive)
    }

    /// Adds the files to the list, and counts those that are refused.
    fn list(&mut self) {
        for index in 0..self.zip.len() {
            let Ok(entry) = self.zip.by_index_raw(index) else {
                self.refused += 1;
                continue;
            };
            let name = decoded_name(entry.name_raw(), || Some(entry.name().ok()?.into_owned()));
            if entry.is_dir() || name.as_ref().is_some_and(|name| name.ends_with(['/', '\\'])) {
                continue;
            }
            match name.as_deref().and_then(safe_path).filter(|_| !entry.is_symlink()) {
                Some(path) => {
                    self.files.insert(path, index);
                }
                None => self.refused += 1,
            }
        }
    }

    /// Returns the paths of the files in their alphabetical order, with `/` as separator.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Returns the number of entries that are not listed: links, and paths that lead out of the
    /// archive or are too deep.
    pub fn refused(&self) -> usize {
        self.refused
    }

    /// Unpacks a file.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>, Failure> {
        self.read_at_most(name, MAX_ENTRY_BYTES, |what| Err(failure(what, BOMB_HINT)))
    }

    /// Unpacks the first `bytes` bytes of a file.
    pub fn read_start(&mut self, name: &str, bytes: u64) -> Result<Vec<u8>, Failure> {
        self.read_at_most(name, bytes.min(MAX_ENTRY_BYTES), |_| Ok(()))
    }

    /// Unpacks an archive within the archive. Both share the limit of unpacked bytes, but the
    /// archive within may be larger than another file.
    pub fn open_nested(&mut self, name: &str) -> Result<Archive, Failure> {
        let bytes =
            self.read_at_most(name, MAX_TOTAL_BYTES, |what| Err(failure(what, BOMB_HINT)))?;
        let mut nested = Archive::open(bytes)?;
        nested.budget = self.budget;
        Ok(nested)
    }

    /// Takes the number of bytes that an archive within this archive has unpacked off the limit.
    pub fn close_nested(&mut self, nested: &Archive) {
        self.budget = nested.budget;
    }

    /// Unpacks a file up to `limit` bytes. A longer file is an error if `exceeded` says so.
    fn read_at_most(
        &mut self,
        name: &str,
        limit: u64,
        exceeded: impl Fn(&str) -> Result<(), Failure>,
    ) -> Result<Vec<u8>, Failure> {
        let missing = || failure("the archive has no such file", DAMAGED_HINT);
        let index = *self.files.get(name).ok_or_else(missing)?;
        let entry = self.zip.by_index(index).map_err(|error| unreadable(&error))?;
        let packed = entry.compressed_size().max(1);
        let allowed = limit.min(packed.saturating_mul(MAX_RATIO).max(MIN_RATIO_BYTES));
        let is_budget_smallest = self.budget < allowed;
        let allowed = allowed.min(self.budget);
        let mut bytes = Vec::new();
        let result = entry.take(allowed + 1).read_to_end(&mut bytes);
        self.budget = self.budget.saturating_sub(bytes.len() as u64);
        result.map_err(|_| failure("a file of the archive is damaged", DAMAGED_HINT))?;
        if bytes.len() as u64 > allowed {
            bytes.truncate(usize::try_from(allowed).unwrap_or(usize::MAX));
            match () {
                () if is_budget_smallest => {
                    return Err(failure("the archive unpacks to more than 500 MB", TOO_LARGE_HINT));
                }
                () if allowed < limit => {
                    return Err(failure(
                        "a file of the archive unpacks to 200 times its size",
                        BOMB_HINT,
                    ));
                }
                () => exceeded("a file of the archive unpacks to more than 50 MB")?,
            }
        }
        Ok(bytes)
    }
}

fn failure(what: &str, hint: &str) -> Failure {
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}

/// Returns the failure for an error of the zip reader.
fn unreadable(error: &ZipError) -> Failure {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => failure(
            "the archive is encrypted",
            "unpack it with its password and zip it without one",
        ),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => failure(
            "the archive is packed with a method that is not supported",
            "unpack it and zip it again with the usual method, deflate",
        ),
        // `ZipError` may get new variants.
        _ => failure("the archive is damaged or incomplete", DAMAGED_HINT),
    }
}

/// Returns the path of an entry with `/` as separator. `None` if it is empty, absolute, too deep,
/// has a drive or a part `..`.
fn safe_path(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    if name.starts_with('/') || name.contains('\0') {
        return None;
    }
    let parts: Vec<&str> =
        name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let has_drive = |part: &&str| part.len() == 2 && part.ends_with(':');
    let is_safe = !parts.is_empty()
        && parts.len() <= MAX_DEPTH + 1
        && !parts.contains(&"..")
        && !parts.first().is_some_and(has_drive);
    is_safe.then(|| parts.join("/"))
}

/// Returns whether the words beyond ASCII are Cyrillic as a whole.
fn is_cyrillic(name: &str) -> bool {
    let is_letter = |c: char| ('\u{400}'..='\u{45f}').contains(&c);
    name.chars().all(|c| c.is_ascii() || is_letter(c) || c == '№')
        && name
            .split(|c: char| !c.is_alphabetic())
            .all(|word| word.is_ascii() || word.chars().all(is_letter))
}

/// Returns whether the characters beyond ASCII are Chinese, and two of them are next to each other.
fn is_chinese(name: &str) -> bool {
    let is_letter = |c: &char| ('\u{3000}'..='\u{9fff}').contains(c);
    let chars: Vec<char> = name.chars().collect();
    chars.iter().all(|c| c.is_ascii() || is_letter(c))
        && chars.windows(2).any(|pair| pair.iter().all(is_letter))
}

/// Returns the name of an entry. Names without the flag of UTF-8 are in the code page of the
/// computer that packed them: UTF-8, Cyrillic or Chinese if the bytes are plausible, or else what
/// `declared` returns.
fn decoded_name(raw: &[u8], declared: impl Fn() -> Option<String>) -> Option<String> {
    if let Ok(name) = std::str::from_utf8(raw) {
        return Some(name.to_owned());
    }
    for (encoding, is_usual) in
        [(IBM866, is_cyrillic as fn(&str) -> bool), (GBK, is_chinese as fn(&str) -> bool)]
    {
        let name = encoding.decode_without_bom_handling_and_without_replacement(raw);
        if let Some(name) = name.filter(|name| is_usual(name)) {
            return Some(name.into_owned());
        }
    }
    declared()
}

#[cfg(test)]
pub mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// Returns a zip archive of files.
    pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn reason<T>(result: Result<T, Failure>) -> String {
        result.map(|_| String::new()).unwrap_or_else(|failure| failure.what)
    }

    /// Replaces each occurrence of a byte string.
    fn patched(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len().saturating_sub(old.len()) {
            if bytes[at..].starts_with(old) {
                bytes[at..at + new.len()].copy_from_slice(new);
            }
        }
        bytes
    }

    #[test]
    fn archive_lists_its_files_and_unpacks_them() {
        let mut archive = Archive::open(zip(&[("b/c.md", b"two"), ("a.md", b"one")])).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["a.md", "b/c.md"]);
        assert_eq!(archive.read("a.md").unwrap(), b"one");
        assert_eq!(archive.read_start("b/c.md", 2).unwrap(), b"tw");
        assert_eq!(reason(archive.read("d.md")), "the archive has no such file");
        assert_eq!(archive.refused(), 0);
    }

    #[test]
    fn archive_refuses_paths_that_lead_out_of_it() {
        let deep = "a/".repeat(30) + "b.md";
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["../a.md", "a/../../b.md", "/etc/a.md", "C:/a.md", "C:\\b.md", &deep] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
        }
        writer.start_file("d\\e.md", SimpleFileOptions::default()).unwrap();
        writer.add_symlink("link.md", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let archive = Archive::open(writer.finish().unwrap().into_inner()).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), ["d/e.md"]);
        assert_eq!(archive.refused(), 7);
    }

    #[test]
    fn archive_bounds_what_it_unpacks() {
        let bomb = vec![0; 60_000_000];
        let bytes = zip(&[("bomb", &bomb), ("small", &bomb[..900_000])]);
        let mut archive = Archive::open(bytes).unwrap();
        let what = "a file of the archive unpacks to 200 times its size";
        assert_eq!(reason(archive.read("bomb")), what);
        assert_eq!(archive.read("small").unwrap().len(), 900_000);
        archive.budget = 800_000;
        let what = "the archive unpacks to more than 500 MB";
        assert_eq!(reason(archive.read("small")), what);

        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file("large", stored).unwrap();
        writer.write_all(&bomb).unwrap();
        let mut archive = Archive::open(writer.finish().unwrap().into_inner()).unwrap();
        let what = "a file of the archive unpacks to more than 50 MB";
        assert_eq!(reason(archive.read("large")), what);
    }

    #[test]
    fn archive_with_too_many_entries_is_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let stored =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for number in 0..=MAX_ENTRIES {
            writer.start_file(number.to_string(), stored).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert_eq!(reason(Archive::open(bytes)), "the archive has more than 10000 entries");
    }

    #[test]
    fn archive_that_lies_or_is_damaged_is_a_failure() {
        let text = "The tide rises. ".repeat(100);
        let whole = zip(&[("a.md", text.as_bytes())]);
        for end in 0..whole.len() {
            if let Ok(mut archive) = Archive::open(whole[..end].to_vec()) {
                let _ = archive.read("a.md");
            }
        }
        assert!(Archive::open(whole[..whole.len() / 2].to_vec()).is_err());
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        for lie in [0_u32, 1, 10_000, u32::MAX - 1] {
            let bytes = patched(&whole, &size, &lie.to_le_bytes());
            if let Ok(mut archive) = Archive::open(bytes) {
                let _ = archive.read("a.md");
            }
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            if let Ok(mut archive) = Archive::open(bytes) {
                let names: Vec<String> = archive.names().map(str::to_owned).collect();
                for name in names {
                    let _ = archive.read(&name);
                }
            }
        }
        assert_eq!(reason(Archive::open(Vec::new())), "it is not a zip archive");
        assert_eq!(
            reason(Archive::open(b"PK\x03\x04".to_vec())),
            "the archive is damaged or incomplete"
        );
    }

    #[test]
    fn archive_that_is_encrypted_says_so() {
        let whole = zip(&[("a.md", b"text")]);
        let local = patched(&whole, b"PK\x03\x04\x0a\x00\x00\x00", b"PK\x03\x04\x0a\x00\x01\x00");
        let mut bytes =
            patched(&local, b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00");
        let central = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
        bytes[central + 8] |= 1;
        let mut archive = Archive::open(bytes).unwrap();
        assert_eq!(reason(archive.read("a.md")), "the archive is encrypted");
    }

    #[test]
    fn archive_decodes_names_of_older_programs() {
        let check = |raw: &[u8], expected: &str| {
            let name = decoded_name(raw, || Some("declared".to_owned()));
            assert_eq!(name.as_deref(), Some(expected));
        };
        check("Прилив.md".as_bytes(), "Прилив.md");
        check(b"\x8f\xe0\xa8\xab\xa8\xa2.md", "Прилив.md");
        check(b"\xb3\xb1\xcf\xab.md", "潮汐.md");
        check(b"caf\x82.md", "declared");
        check(b"\x81ber.md", "declared");
    }
}
