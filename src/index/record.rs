//! What is stored of an article or a passage, as bytes that prove themselves.
//!
//! A record is the first 8 bytes of the BLAKE3 hash of its body, the body, and the length of both: a
//! damaged file gives an error and never a wrong quote. It is all that is stored of an entry, so that it is
//! found at the end of the entry's bytes: Tantivy's own way to read bytes takes them one by one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::{IndexError, StoredPassage};
use crate::corpus::article::{ArticleId, Outline, Passage};

#[derive(Serialize, Deserialize)]
enum Record {
    Article(Outline),
    Passage { article: ArticleId, passage: Passage, analysis: Analysis },
}

pub fn encode_outline(outline: &Outline) -> Vec<u8> {
    encode(&Record::Article(outline.clone()))
}

pub fn encode_passage(article: ArticleId, passage: &Passage, analysis: Analysis) -> Vec<u8> {
    encode(&Record::Passage { article, passage: passage.clone(), analysis })
}

/// `None` if the record is a passage's.
pub fn decode_outline(entry: &[u8]) -> Result<Option<Outline>, IndexError> {
    match decode(entry)? {
        Record::Article(outline) => Ok(Some(outline)),
        Record::Passage { .. } => Ok(None),
    }
}

pub fn decode_passage(entry: &[u8]) -> Result<StoredPassage, IndexError> {
    let misplaced = || IndexError::Corrupt("an article stands for a passage".into());
    decode_if_passage(entry)?.ok_or_else(misplaced)
}

/// `None` if the record is an article's.
pub fn decode_if_passage(entry: &[u8]) -> Result<Option<StoredPassage>, IndexError> {
    match decode(entry)? {
        Record::Passage { article, passage, analysis } => {
            Ok(Some(StoredPassage { article, passage: Arc::new(passage), analysis }))
        }
        Record::Article(_) => Ok(None),
    }
}

fn encode(record: &Record) -> Vec<u8> {
    let body = postcard::to_stdvec(record).expect("a record holds no type that cannot be written");
    let mut bytes = checksum(&body).to_vec();
    bytes.extend(body);
    let length = u32::try_from(bytes.len()).expect("no article is so large");
    bytes.extend(length.to_le_bytes());
    bytes
}

/// The record in the bytes of an entry.
fn decode(entry: &[u8]) -> Result<Record, IndexError> {
    let damaged = || IndexError::Corrupt("a record does not fit its checksum".into());
    let (sum, body) = parts(entry).ok_or_else(damaged)?;
    if *sum != checksum(body) {
        return Err(damaged());
    }
    postcard::from_bytes(body).map_err(|_| damaged())
}

fn parts(entry: &[u8]) -> Option<(&[u8; 8], &[u8])> {
    let (before, length) = entry.split_last_chunk::<4>()?;
    let start = before.len().checked_sub(u32::from_le_bytes(*length) as usize)?;
    before[start..].split_first_chunk::<8>()
}

fn checksum(body: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(body);
    let mut sum = [0; 8];
    sum.copy_from_slice(&hash.as_bytes()[..8]);
    sum
}
