//! Layout of a vector file: a file header, then records with checksums.
//!
//! ```text
//! header    magic 8 | version 4 | zeros 12 | origin 32          | checksum 8
//! record    mark 4  | length 4  | key 16   | hash 32            | checksum 8 | payload | zeros
//! ```
//!
//! Numbers are little-endian. A header, a record and a payload each begin at a multiple of 64
//! bytes. The hash is BLAKE3 over mark, length, key and payload. A checksum is the first 8 bytes of
//! BLAKE3 over the 56 bytes before it.
//!
//! Invariants: a [`Place`] lies within the file that it was read from. The header of a record is
//! checked by its checksum alone; a payload is never used before its hash is checked. Pure: no I/O.

use std::io;
use std::ops::Range;

use thiserror::Error;

/// A hash of the encoded text, 128 bits.
pub type ContentKey = [u8; 16];

/// Length of a header and alignment of all parts of the file, in bytes.
pub const UNIT: usize = 64;

const MAGIC: [u8; 8] = *b"VERBVEC\n";
const VERSION: u32 = 1;
const MARK: [u8; 4] = *b"rec\n";
/// Length of the part of a header that its checksum covers, in bytes.
const CHECKED: usize = UNIT - 8;
const HASH: Range<usize> = 24..CHECKED;

/// The position of a record in its file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    length: u32,
}

/// An error of a file header that makes the file unusable. The message is for the operator.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    #[error("its header is missing or damaged")]
    Damaged,
    #[error("it is of version {0}, not {VERSION}")]
    Version(u32),
    #[error("its vectors are of another model or another format")]
    Origin,
}

impl Place {
    /// Returns the range of the payload.
    pub fn payload(self) -> Range<usize> {
        let start = self.start + UNIT;
        start..start + self.length as usize
    }

    /// Returns the range of the whole record, with its header and its padding.
    pub fn whole(self) -> Range<usize> {
        self.start..self.payload().end.next_multiple_of(UNIT)
    }
}

/// Returns the header of a file whose vectors are of this origin.
pub fn file_header(origin: &[u8; 32]) -> [u8; UNIT] {
    let mut header = [0; UNIT];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[24..CHECKED].copy_from_slice(origin);
    with_checksum(header)
}

/// Checks that `file` begins with the header of a file of this origin.
pub fn check_file_header(file: &[u8], origin: &[u8; 32]) -> Result<(), HeaderError> {
    let header = sound_header(file, 0).filter(|header| header[..8] == MAGIC);
    let header = header.ok_or(HeaderError::Damaged)?;
    let version = number(header, 8);
    if version != VERSION {
        return Err(HeaderError::Version(version));
    }
    if header[24..CHECKED] != *origin {
        return Err(HeaderError::Origin);
    }
    Ok(())
}

/// Returns the header of a record. Fails for a payload of 4 GiB or more.
pub fn record_header(key: &ContentKey, payload: &[u8]) -> io::Result<[u8; UNIT]> {
    let length = length_of(payload.len())?;
    let mut header = [0; UNIT];
    header[..4].copy_from_slice(&MARK);
    header[4..8].copy_from_slice(&length.to_le_bytes());
    header[8..24].copy_from_slice(key);
    header[HASH].copy_from_slice(hash(key, length, payload).as_bytes());
    Ok(with_checksum(header))
}

/// Returns the zeros that follow a payload.
pub fn padding(payload: &[u8]) -> &'static [u8] {
    &[0; UNIT][..payload.len().next_multiple_of(UNIT) - payload.len()]
}

/// Returns the records from `start` to the end of the file whose headers are sound, in file order.
///
/// After a damaged header every following unit is tried, so that later records are not lost.
pub fn records(file: &[u8], start: usize) -> Vec<(ContentKey, Place)> {
    let mut found = Vec::new();
    let mut position = start;
    while position < file.len() {
        let record = record_at(file, position);
        position = record.map_or(position + UNIT, |(_, place)| place.whole().end);
        found.extend(record);
    }
    found
}

/// Returns whether the record at `place` was stored under `key` and is undamaged.
pub fn is_sound(file: &[u8], key: &ContentKey, place: Place) -> bool {
    let stored = &file[place.start..][HASH];
    *hash(key, place.length, &file[place.payload()]).as_bytes() == *stored
}

fn record_at(file: &[u8], start: usize) -> Option<(ContentKey, Place)> {
    if !file[start..].starts_with(&MARK) {
        return None;
    }
    let header = sound_header(file, start)?;
    let place = Place { start, length: number(header, 4) };
    let (key, _) = header[8..].split_first_chunk()?;
    (place.whole().end <= file.len()).then_some((*key, place))
}

fn length_of(bytes: usize) -> io::Result<u32> {
    let too_long = || format!("a record of {bytes} bytes: at most {} are allowed", u32::MAX);
    u32::try_from(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, too_long()))
}

fn hash(key: &ContentKey, length: u32, payload: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&MARK).update(&length.to_le_bytes()).update(key).update(payload);
    hasher.finalize()
}

fn with_checksum(mut header: [u8; UNIT]) -> [u8; UNIT] {
    let checksum = blake3::hash(&header[..CHECKED]);
    header[CHECKED..].copy_from_slice(&checksum.as_bytes()[..UNIT - CHECKED]);
    header
}

fn sound_header(file: &[u8], start: usize) -> Option<&[u8; UNIT]> {
    let (header, _) = file.get(start..)?.split_first_chunk::<UNIT>()?;
    (with_checksum(*header) == *header).then_some(header)
}

fn number(header: &[u8; UNIT], start: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&header[start..start + 4]);
    u32::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_of_rejects_a_payload_of_4_gib() {
        assert_eq!(length_of((1 << 32) - 1).ok(), Some(u32::MAX));
        let rejected = length_of(1 << 32).map_err(|error| error.kind());
        assert_eq!(rejected, Err(io::ErrorKind::InvalidInput));
    }

    #[test]
    fn is_sound_depends_on_the_key() {
        let header = record_header(&[1; 16], &[5; UNIT]).expect("the payload is short");
        let file = [header, [5; UNIT]].concat();
        let place = Place { start: 0, length: UNIT as u32 };
        assert_eq!(records(&file, 0), [([1; 16], place)]);
        assert!(is_sound(&file, &[1; 16], place));
        assert!(!is_sound(&file, &[2; 16], place));
    }

    #[test]
    fn check_file_header_names_the_problem() {
        let check = |file: &[u8], expected: &str| {
            let problem = check_file_header(file, &[1; 32]).expect_err("the header is wrong");
            assert_eq!(problem.to_string(), expected);
        };
        let mut version_2 = file_header(&[1; 32]);
        version_2[8] = 2;
        check(&[], "its header is missing or damaged");
        check(&file_header(&[1; 32])[..63], "its header is missing or damaged");
        check(&[0; 100], "its header is missing or damaged");
        check(&with_checksum(version_2), "it is of version 2, not 1");
        check(&file_header(&[2; 32]), "its vectors are of another model or another format");
    }
}
