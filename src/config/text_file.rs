//! Text of a file that people edit: UTF-8 or UTF-16, with or without a byte order mark.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// Why a file could not be read as text. Never holds a part of the file.
#[derive(Debug)]
pub(super) enum Unreadable {
    Missing,
    Directory,
    NoPermission,
    /// The 1-based line of the first byte that is not UTF-8.
    NotText {
        line: usize,
    },
    Io(io::Error),
}

/// Reads a file. A byte order mark is not part of the text.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unreadable::Missing,
        io::ErrorKind::IsADirectory => Unreadable::Directory,
        io::ErrorKind::PermissionDenied => Unreadable::NoPermission,
        _ if path.is_dir() => Unreadable::Directory,
        _ => Unreadable::Io(error),
    })?;
    decode(&bytes)
}

fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => {
                    let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                    Err(Unreadable::NotText { line })
                }
            }
        }
    }
}

fn utf_16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::new();
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) => text.push(c),
            Err(_) => return Err(Unreadable::NotText { line: 1 + text.matches('\n').count() }),
        }
    }
    match rest.is_empty() {
        true => Ok(text),
        false => Err(Unreadable::NotText { line: 1 + text.matches('\n').count() }),
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Missing => f.write_str("expected a file, but there is none"),
            Unreadable::Directory => f.write_str("expected a file, got a directory"),
            Unreadable::NoPermission => f.write_str("this user may not read the file"),
            Unreadable::NotText { line } => {
                write!(f, "expected text in UTF-8, got other bytes in line {line}")
            }
            Unreadable::Io(error) => write!(f, "the file cannot be read: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_file_is_read_in_each_encoding_that_editors_write() {
        let utf_16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
            let units = "é=1\r\n".encode_utf16().flat_map(unit);
            mark.iter().copied().chain(units).collect::<Vec<u8>>()
        };
        for bytes in [
            "é=1\r\n".as_bytes().to_vec(),
            "\u{feff}é=1\r\n".as_bytes().to_vec(),
            utf_16(b"\xff\xfe", u16::to_le_bytes),
            utf_16(b"\xfe\xff", u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).expect("it is text"), "é=1\r\n", "{bytes:?}");
        }
    }

    #[test]
    fn text_file_names_the_line_that_is_no_text() {
        for bytes in [&b"a\nb\xff\n"[..], b"\xff\xfea\0\n\0\0\xd8", b"\xff\xfea\0\n\0b"] {
            let error = decode(bytes).expect_err("it is no text");
            assert_eq!(error.to_string(), "expected text in UTF-8, got other bytes in line 2");
        }
    }
}
