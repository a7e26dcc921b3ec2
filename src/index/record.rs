//! What is stored of an article or a passage, as bytes that prove themselves.
//!
//! A record is the first 8 bytes of the BLAKE3 hash of the rest, then the rest: a damaged file
//! gives an error and never a wrong quote.

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
pub fn decode_outline(record: &[u8]) -> Result<Option<Outline>, IndexError> {
    match decode(record)? {
        Record::Article(outline) => Ok(Some(outline)),
        Record::Passage { .. } => Ok(None),
    }
}

pub fn decode_passage(record: &[u8]) -> Result<StoredPassage, IndexError> {
    let misplaced = || IndexError::Corrupt("an article stands for a passage".into());
    decode_if_passage(record)?.ok_or_else(misplaced)
}

/// `None` if the record is an article's.
pub fn decode_if_passage(record: &[u8]) -> Result<Option<StoredPassage>, IndexError> {
    match decode(record)? {
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
    bytes
}

fn decode(bytes: &[u8]) -> Result<Record, IndexError> {
    let damaged = || IndexError::Corrupt("a record does not fit its checksum".into());
    let (sum, body) = bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
    if *sum != checksum(body) {
        return Err(damaged());
    }
    postcard::from_bytes(body).map_err(|_| damaged())
}

fn checksum(body: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(body);
    let mut sum = [0; 8];
    sum.copy_from_slice(&hash.as_bytes()[..8]);
    sum
}
