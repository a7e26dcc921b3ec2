//! Stored records of articles and passages, with checksums.
//!
//! A record consists of the first 8 bytes of the BLAKE3 hash of its body, the body, and the length
//! of both. A damaged file therefore causes an error and never a wrong quote. The record is the
//! only stored field of an entry and is found at the end of the entry's bytes, because Tantivy's
//! own decoder reads bytes one by one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::analysis::Analysis;
use super::error::IndexError;
use crate::corpus::article::{ArticleId, Outline, Passage};

/// A passage with its analysis.
#[derive(Debug, Clone)]
pub struct StoredPassage {
    pub article: ArticleId,
    pub passage: Arc<Passage>,
    pub analysis: Analysis,
}

/// The content of a record.
#[derive(Serialize, Deserialize)]
enum Record {
    Article(Outline),
    Passage { article: ArticleId, passage: Passage, analysis: Analysis },
}

/// Encodes the record of an article.
pub fn encode_outline(outline: &Outline) -> Vec<u8> {
    encode(&Record::Article(outline.clone()))
}

/// Encodes the record of a passage.
pub fn encode_passage(article: ArticleId, passage: &Passage, analysis: Analysis) -> Vec<u8> {
    encode(&Record::Passage { article, passage: passage.clone(), analysis })
}

/// Decodes the record of an article. Returns `None` if it is the record of a passage.
pub fn decode_outline(entry: &[u8]) -> Result<Option<Outline>, IndexError> {
    match decode(entry)? {
        Record::Article(outline) => Ok(Some(outline)),
        Record::Passage { .. } => Ok(None),
    }
}

/// Decodes the record of a passage. Fails if it is the record of an article.
pub fn decode_passage(entry: &[u8]) -> Result<StoredPassage, IndexError> {
    let misplaced =
        || IndexError::Corrupt("a passage was expected, but the entry is an article".into());
    decode_if_passage(entry)?.ok_or_else(misplaced)
}

/// Decodes the record of a passage. Returns `None` if it is the record of an article.
pub fn decode_if_passage(entry: &[u8]) -> Result<Option<StoredPassage>, IndexError> {
    match decode(entry)? {
        Record::Passage { article, passage, analysis } => {
            Ok(Some(StoredPassage { article, passage: Arc::new(passage), analysis }))
        }
        Record::Article(_) => Ok(None),
    }
}

fn encode(record: &Record) -> Vec<u8> {
    let body = postcard::to_stdvec(record).expect("postcard can encode every type of a record");
    let mut bytes = checksum(&body).to_vec();
    bytes.extend(body);
    let length =
        u32::try_from(bytes.len()).expect("the size limit of a file keeps a record below 4 GiB");
    bytes.extend(length.to_le_bytes());
    bytes
}

/// Decodes the record at the end of an entry. Fails if its checksum does not match.
fn decode(entry: &[u8]) -> Result<Record, IndexError> {
    let damaged = || IndexError::Corrupt("a record does not match its checksum".into());
    let (sum, body) = parts(entry).ok_or_else(damaged)?;
    if *sum != checksum(body) {
        return Err(damaged());
    }
    postcard::from_bytes(body).map_err(|_| damaged())
}

/// Returns the checksum and the body of the record at the end of an entry.
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
