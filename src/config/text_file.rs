//! Text files that people edit: UTF-8 or UTF-16, with or without a byte order mark.

use std::fs;
use std::io;
use std::path::Path;

use thiserror::Error;

/// Reason why a file cannot be read as text. Contains no part of the file.
#[derive(Debug, Error)]
pub(super) enum UnreadableFile {
    #[error("expected a file, but there is none")]
    Missing,
    #[error("expected a file, got a directory")]
    Directory,
    #[error("this user may not read the file")]
    NoPermission,
    /// A file in another encoding, with the 1-based line of the first byte that is not text.
    #[error("expected text in UTF-8, got other bytes in line {line}")]
    NotText { line: usize },
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
}

/// Reads a file and returns its text without the byte order mark.
pub(super) fn read(path: &Path) -> Result<String, UnreadableFile> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => UnreadableFile::Missing,
        io::ErrorKind::IsADirectory => UnreadableFile::Directory,
        io::ErrorKind::PermissionDenied => UnreadableFile::NoPermission,
        _ if path.is_dir() => UnreadableFile::Directory,
        _ => UnreadableFile::Io(error),
    })?;
    decode(&bytes)
}

fn decode(bytes: &[u8]) -> Result<String, UnreadableFile> {
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
                    Err(UnreadableFile::NotText { line })
                }
            }
        }
    }
}

/// Decodes UTF-16. `unit` makes a code unit of two bytes.
fn utf_16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, UnreadableFile> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::new();
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) => text.push(c),
            Err(_) => return Err(UnreadableFile::NotText { line: 1 + text.matches('\n').count() }),
        }
    }
    match rest.is_empty() {
        true => Ok(text),
        false => Err(UnreadableFile::NotText { line: 1 + text.matches('\n').count() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_file_is_decoded_from_every_encoding_of_editors() {
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
            assert_eq!(decode(&bytes).expect("the bytes are text"), "é=1\r\n", "{bytes:?}");
        }
    }

    #[test]
    fn text_file_reports_the_line_that_is_not_text() {
        for bytes in [&b"a\nb\xff\n"[..], b"\xff\xfea\0\n\0\0\xd8", b"\xff\xfea\0\n\0b"] {
            let error = decode(bytes).expect_err("the bytes are not text");
            assert_eq!(error.to_string(), "expected text in UTF-8, got other bytes in line 2");
        }
    }
}
