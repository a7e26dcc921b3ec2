//! How a file of vectors is laid out: a head, then records, each of which proves itself.
//!
//! ```text
//! head      magic 8 | version 4 | zeros 12 | origin 32          | checksum 8
//! record    mark 4  | length 4  | key 16   | hash 32            | checksum 8 | payload | zeros
//! ```
//!
//! Numbers are little-endian. A head, a record and a payload each begin at a multiple of 64 bytes.
//! The hash is BLAKE3 over mark, length, key and payload; a checksum is the first 8 bytes of BLAKE3
//! over the 56 bytes before it.
//!
//! Invariants: a [`Place`] lies within the file it was read from. A record's head is believed without
//! its payload, and a payload never without its hash. Pure: no I/O.

use std::fmt;
use std::io;
use std::ops::Range;

/// 128 bits of a hash of what was encoded.
pub type ContentKey = [u8; 16];

/// The length of both kinds of head, and what everything is padded to.
pub const UNIT: usize = 64;

const MAGIC: [u8; 8] = *b"VERBVEC\n";
const VERSION: u32 = 1;
const MARK: [u8; 4] = *b"rec\n";
const PROVEN: usize = UNIT - 8;
const HASH: Range<usize> = 24..PROVEN;

/// Where a record is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    length: u32,
}

/// Why a file cannot be used. The message is for the operator.
#[derive(Debug, PartialEq, Eq)]
pub enum HeadProblem {
    Damaged,
    Version(u32),
    Origin,
}

impl Place {
    pub fn payload(self) -> Range<usize> {
        let start = self.start + UNIT;
        start..start + self.length as usize
    }

    /// The record with its head and its padding.
    pub fn whole(self) -> Range<usize> {
        self.start..self.payload().end.next_multiple_of(UNIT)
    }
}

/// The first bytes of a file whose records are of this origin.
pub fn file_head(origin: &[u8; 32]) -> [u8; UNIT] {
    let mut head = [0; UNIT];
    head[..8].copy_from_slice(&MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[24..PROVEN].copy_from_slice(origin);
    sealed(head)
}

pub fn check_file_head(file: &[u8], origin: &[u8; 32]) -> Result<(), HeadProblem> {
    let head = sound_head(file, 0).filter(|head| head[..8] == MAGIC);
    let head = head.ok_or(HeadProblem::Damaged)?;
    let version = number(head, 8);
    if version != VERSION {
        return Err(HeadProblem::Version(version));
    }
    if head[24..PROVEN] != *origin {
        return Err(HeadProblem::Origin);
    }
    Ok(())
}

/// What stands before a payload in the file; a payload of 4 GiB or more is refused.
pub fn record_head(key: &ContentKey, payload: &[u8]) -> io::Result<[u8; UNIT]> {
    let length = length_of(payload.len())?;
    let mut head = [0; UNIT];
    head[..4].copy_from_slice(&MARK);
    head[4..8].copy_from_slice(&length.to_le_bytes());
    head[8..24].copy_from_slice(key);
    head[HASH].copy_from_slice(hash(key, length, payload).as_bytes());
    Ok(sealed(head))
}

/// The zeros that follow a payload.
pub fn padding(payload: &[u8]) -> &'static [u8] {
    &[0; UNIT][..payload.len().next_multiple_of(UNIT) - payload.len()]
}

/// The records from `start` on whose heads are sound and that end within the file, in its order.
///
/// Behind a damaged head the search goes on at every unit, so that the records after it are not lost.
pub fn records(file: &[u8], start: usize) -> Vec<(ContentKey, Place)> {
    let mut found = Vec::new();
    let mut at = start;
    while at < file.len() {
        let record = record_at(file, at);
        at = record.map_or(at + UNIT, |(_, place)| place.whole().end);
        found.extend(record);
    }
    found
}

/// Whether what is at `place` is what was stored under `key`.
pub fn is_sound(file: &[u8], key: &ContentKey, place: Place) -> bool {
    let stored = &file[place.start..][HASH];
    *hash(key, place.length, &file[place.payload()]).as_bytes() == *stored
}

fn record_at(file: &[u8], start: usize) -> Option<(ContentKey, Place)> {
    if !file[start..].starts_with(&MARK) {
        return None;
    }
    let head = sound_head(file, start)?;
    let place = Place { start, length: number(head, 4) };
    let (key, _) = head[8..].split_first_chunk()?;
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

fn sealed(mut head: [u8; UNIT]) -> [u8; UNIT] {
    let sum = blake3::hash(&head[..PROVEN]);
    head[PROVEN..].copy_from_slice(&sum.as_bytes()[..UNIT - PROVEN]);
    head
}

fn sound_head(file: &[u8], start: usize) -> Option<&[u8; UNIT]> {
    let (head, _) = file.get(start..)?.split_first_chunk::<UNIT>()?;
    (sealed(*head) == *head).then_some(head)
}

fn number(head: &[u8; UNIT], start: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&head[start..start + 4]);
    u32::from_le_bytes(bytes)
}

impl fmt::Display for HeadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadProblem::Damaged => write!(f, "its head is missing or damaged"),
            HeadProblem::Version(version) => write!(f, "it is of version {version}, not {VERSION}"),
            HeadProblem::Origin => write!(f, "its vectors are of another model or another form"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_4_gib_is_refused() {
        assert_eq!(length_of((1 << 32) - 1).ok(), Some(u32::MAX));
        let refused = length_of(1 << 32).map_err(|error| error.kind());
        assert_eq!(refused, Err(io::ErrorKind::InvalidInput));
    }

    #[test]
    fn a_payload_is_sound_under_its_own_key_only() {
        let head = record_head(&[1; 16], &[5; UNIT]).expect("it is short");
        let file = [head, [5; UNIT]].concat();
        let place = Place { start: 0, length: UNIT as u32 };
        assert_eq!(records(&file, 0), [([1; 16], place)]);
        assert!(is_sound(&file, &[1; 16], place));
        assert!(!is_sound(&file, &[2; 16], place));
    }

    #[test]
    fn a_file_says_why_it_cannot_be_used() {
        let check = |file: &[u8], expected: &str| {
            let problem = check_file_head(file, &[1; 32]).expect_err("the file is not ours");
            assert_eq!(problem.to_string(), expected);
        };
        let mut of_version_2 = file_head(&[1; 32]);
        of_version_2[8] = 2;
        check(&[], "its head is missing or damaged");
        check(&file_head(&[1; 32])[..63], "its head is missing or damaged");
        check(&[0; 100], "its head is missing or damaged");
        check(&sealed(of_version_2), "it is of version 2, not 1");
        check(&file_head(&[2; 32]), "its vectors are of another model or another form");
    }
}
