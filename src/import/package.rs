//! Bounded reading of zip packages: the container of EPUB (OCF) and of DOCX (OPC).
//!
//! Only the parts that a converter asks for are unpacked, and the bytes are counted while they are
//! unpacked, since declared sizes may lie. Names of parts are compared without regard to case if no
//! part has exactly the name. Nothing is written to the disk.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use zip::ZipArchive;
use zip::result::ZipError;

use super::document::Failure;

/// Maximum number of parts of a package.
const MAX_PARTS: usize = 10_000;
/// Maximum size of an unpacked part, in bytes.
const MAX_PART_BYTES: u64 = 50 << 20;
/// Maximum size of all unpacked parts, in bytes.
const MAX_TOTAL_BYTES: u64 = 200 << 20;
/// Maximum ratio of the unpacked to the packed size of a part above `MIN_BOMB_BYTES`.
const MAX_RATIO: u64 = 200;
/// Minimum unpacked size of a part whose ratio matters, in bytes.
const MIN_BOMB_BYTES: u64 = 1 << 20;
/// Size of the start of a text in which an encoding may be declared, in bytes.
const DECLARATION_BYTES: usize = 1024;

/// A zip file in memory.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Names of the parts, with `/` as the separator, in the order of the file.
    names: Vec<String>,
    indexes: HashMap<String, usize>,
    lowercase: HashMap<String, usize>,
    unpacked: u64,
}

impl<'a> Package<'a> {
    /// Opens a zip file. Parts that are folders or whose names lead out of the package are ignored.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Failure> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        if archive.len() > MAX_PARTS {
            return Err(too_large(&format!("it has more than {MAX_PARTS} parts")));
        }
        let mut package = Self {
            archive,
            names: Vec::new(),
            indexes: HashMap::new(),
            lowercase: HashMap::new(),
            unpacked: 0,
        };
        for index in 0..package.archive.len() {
            let Some(Ok(name)) = package.archive.name_for_index(index) else { continue };
            let name = name.replace('\\', "/");
            if name.ends_with('/') || name.split('/').any(|part| part == "..") {
                continue;
            }
            package.lowercase.entry(name.to_lowercase()).or_insert(index);
            package.indexes.entry(name.clone()).or_insert(index);
            package.names.push(name);
        }
        Ok(package)
    }

    /// Returns the names of the parts in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns whether a part has the name.
    pub fn contains(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    fn index(&self, name: &str) -> Option<usize> {
        let exact = self.indexes.get(name);
        exact.or_else(|| self.lowercase.get(&name.to_lowercase())).copied()
    }

    /// Unpacks a part. Returns `None` if no part has the name.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(index) = self.index(name) else { return Ok(None) };
        let file = self.archive.by_index(index).map_err(|error| damaged(&error))?;
        let ratio_limit = file.compressed_size().saturating_mul(MAX_RATIO).max(MIN_BOMB_BYTES);
        let limit = MAX_PART_BYTES.min(MAX_TOTAL_BYTES - self.unpacked).min(ratio_limit);
        let mut bytes = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| damaged(&ZipError::Io(error)))?;
        if bytes.len() as u64 > limit {
            return Err(too_large(&format!("its part `{name}` unpacks to too many bytes")));
        }
        self.unpacked += bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// Unpacks a part as text, see `decode`. Returns `None` if no part has the name.
    pub fn read_text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self.read(name)?.map(|bytes| decode(&bytes)))
    }
}

/// Returns the text of an XML or HTML file. The encoding is that of the byte order mark, else UTF-8
/// if the bytes are valid UTF-8, else the declared encoding, else a guess from the bytes.
pub fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match bytes {
        [b'<', 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
        [0, b'<', ..] => return UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let encoding = declared_encoding(bytes).unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Allow)
    });
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Returns the encoding that an XML declaration or a `meta` element names, unless it is UTF-8 or
/// UTF-16, for which the bytes have been tried.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let value = |key: &str| {
        let (_, rest) = start.split_once(key)?;
        let rest = rest.trim_start_matches([' ', '=', '"', '\'']);
        rest.split(['"', '\'', ' ', ';', '>', '?', '/']).next()
    };
    let label = value("encoding").or_else(|| value("charset"))?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    (![UTF_8, UTF_16LE, UTF_16BE].contains(&encoding)).then_some(encoding)
}

fn too_large(reason: &str) -> Failure {
    Failure {
        what: format!("the file is refused as a zip bomb: {reason}"),
        hint: "save the file once more with the program that made it, or split it".to_owned(),
    }
}

fn damaged(error: &ZipError) -> Failure {
    let (what, hint) = match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ("the zip file has a password", "save the file without a password")
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => (
            "the zip file is compressed in an unusual way",
            "unpack the file and pack it once more with ordinary compression",
        ),
        _ => ("the file is damaged or cut off", "download or copy the file once more"),
    };
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}

/// Returns a zip file with the parts, for tests.
#[cfg(test)]
pub fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_is_found_by_its_name_in_any_case() {
        let zip = zip_of(&[("OEBPS/Text/A.xhtml", b"a"), ("../b", b"b"), ("c\\d", b"d")]);
        let mut package = Package::open(&zip).unwrap();
        assert_eq!(package.read("oebps/text/a.xhtml").unwrap().unwrap(), b"a");
        assert_eq!(package.read("c/d").unwrap().unwrap(), b"d");
        assert_eq!(package.read("../b").unwrap(), None);
        assert_eq!(package.names().len(), 2);
    }

    #[test]
    fn bomb_is_refused() {
        let zip = zip_of(&[("bomb", &vec![b' '; 3 << 20]), ("small", &vec![b' '; 1 << 20])]);
        let mut package = Package::open(&zip).unwrap();
        let refused = package.read("bomb").unwrap_err();
        assert!(refused.what.contains("zip bomb"), "{refused}");
        assert_eq!(package.read("small").unwrap().unwrap().len(), 1 << 20);
        let many: Vec<String> = (0..=MAX_PARTS).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(Package::open(&zip_of(&many)).is_err());
    }

    #[test]
    fn damaged_file_is_refused() {
        let zip = zip_of(&[("a", &[b'x'; 1000])]);
        for end in [0, 4, 40, zip.len() - 1] {
            assert!(Package::open(&zip[..end]).is_err(), "{end}");
        }
        let mut changed = zip.clone();
        changed[35] ^= 0xff;
        let mut package = Package::open(&changed).unwrap();
        let refused = package.read("a").unwrap_err();
        assert_eq!(refused.what, "the file is damaged or cut off");
    }

    #[test]
    fn text_is_decoded() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decode(bytes), expected);
        check("é".as_bytes(), "é");
        check(b"\xef\xbb\xbf<a/>", "<a/>");
        check(b"\xff\xfe<\0a\0>\0", "<a>");
        check(b"<\0a\0>\0", "<a>");
        check(b"<?xml version=\"1.0\" encoding=\"windows-1252\"?>\x93a\x94", {
            "<?xml version=\"1.0\" encoding=\"windows-1252\"?>“a”"
        });
        check(b"<meta charset='windows-1251'>\xcf", "<meta charset='windows-1251'>П");
        check(
            b"<?xml encoding=\"utf-8\"?>caf\xe9 cr\xe8me",
            "<?xml encoding=\"utf-8\"?>café crème",
        );
    }
}
