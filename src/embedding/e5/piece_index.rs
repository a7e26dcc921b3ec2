//! An index from the bytes of a piece to its id: a hash table of 2 MiB, and a filter of 1 MiB that
//! ends a search at the first byte that continues no piece.
//!
//! The index holds ids and hash bits only; the pieces stay in the mapped weight file.

use super::format::{EMBEDDINGS, WeightFile};

/// The index of a vocabulary.
pub struct PieceIndex {
    /// Open addressing with linear probing. A slot holds 14 bits of the hash and the id plus one,
    /// or zero.
    slots: Vec<u32>,
    /// A Bloom filter with one bit for each hash of a prefix of a piece.
    prefixes: Vec<u64>,
}

/// Number of bits of an id plus one.
const ID_BITS: u32 = 18;
/// Logarithm of the number of slots. At most half of the slots are used.
const SLOT_BITS: u32 = 19;
/// Logarithm of the number of bits of the filter.
const FILTER_BITS: u32 = 23;
/// All ids and the number zero fit in the bits, and half of the slots stay empty.
const _: () = assert!(EMBEDDINGS < 1 << ID_BITS && 2 * EMBEDDINGS <= 1 << SLOT_BITS);

/// The hash of a byte string, which grows byte by byte.
#[derive(Clone, Copy)]
struct PrefixHash(u64);

impl PrefixHash {
    /// Adds a byte: FxHash, which rustc uses as well.
    fn push(self, byte: u8) -> PrefixHash {
        PrefixHash((self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x517c_c1b7_2722_0a95))
    }

    fn slot(self) -> usize {
        (self.0 >> (64 - SLOT_BITS)) as usize
    }

    fn tag(self) -> u32 {
        (self.0 >> 20) as u32 >> ID_BITS
    }

    /// Returns the word and the bit of the filter.
    fn filter_bit(self) -> (usize, u64) {
        let bit = (self.0 >> (64 - FILTER_BITS)) as usize;
        (bit / 64, 1 << (bit % 64))
    }
}

impl PieceIndex {
    /// Indexes the pieces that a text can contain: those with a log probability below zero.
    pub fn new(file: &WeightFile) -> PieceIndex {
        let mut index = PieceIndex {
            slots: vec![0; 1 << SLOT_BITS],
            prefixes: vec![0; (1 << FILTER_BITS) / 64],
        };
        for id in 0..file.piece_count() {
            if file.score(id) < 0.0 {
                index.insert(file.piece(id), id as u32);
            }
        }
        index
    }

    fn insert(&mut self, piece: &[u8], id: u32) {
        let mut hash = PrefixHash(0);
        for byte in piece {
            hash = hash.push(*byte);
            let (word, bit) = hash.filter_bit();
            self.prefixes[word] |= bit;
        }
        let mut slot = hash.slot();
        while self.slots[slot] != 0 {
            slot = (slot + 1) % self.slots.len();
        }
        self.slots[slot] = hash.tag() << ID_BITS | (id + 1);
    }

    /// Calls `found` with the length and the id of each piece that `text` starts with, shortest
    /// first. `file` must be the file of [`PieceIndex::new`].
    pub fn for_each_prefix(
        &self,
        file: &WeightFile,
        text: &[u8],
        mut found: impl FnMut(usize, u32),
    ) {
        let mut hash = PrefixHash(0);
        for (position, byte) in text.iter().enumerate() {
            hash = hash.push(*byte);
            let (word, bit) = hash.filter_bit();
            if self.prefixes[word] & bit == 0 {
                return;
            }
            if let Some(id) = self.find(file, hash, &text[..=position]) {
                found(position + 1, id);
            }
        }
    }

    fn find(&self, file: &WeightFile, hash: PrefixHash, piece: &[u8]) -> Option<u32> {
        let mut slot = hash.slot();
        // At least half of the slots are empty, so the loop ends.
        while self.slots[slot] != 0 {
            let (tag, id) = (self.slots[slot] >> ID_BITS, self.slots[slot] & ((1 << ID_BITS) - 1));
            if tag == hash.tag() && file.piece(id as usize - 1) == piece {
                return Some(id - 1);
            }
            slot = (slot + 1) % self.slots.len();
        }
        None
    }
}
