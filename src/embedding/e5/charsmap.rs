//! The compiled normalization rules of SentencePiece, as `tokenizer.json` holds them.
//!
//! The rules are the length of a trie in bytes, the trie, and the replacements, each with a zero
//! byte at its end. The trie is a double array (Aoe 1989) in the layout of Darts-clone.

use data_encoding::BASE64;

/// Compiled normalization rules.
pub struct CharsMap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl CharsMap {
    /// Parses rules in base64. Returns `None` if they are cut off.
    pub fn parse(base64: &str) -> Option<CharsMap> {
        let bytes = BASE64.decode(base64.as_bytes()).ok()?;
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (units, _) = trie.as_chunks::<4>();
        let units = units.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        Some(CharsMap { units, replacements: replacements.to_vec() })
    }

    /// Returns the replacement of a text by a rule for exactly this text.
    pub fn replacement(&self, text: &str) -> Option<&str> {
        let mut base = offset(*self.units.first()?);
        let mut last = 0;
        for byte in text.bytes() {
            let position = base ^ byte as usize;
            last = *self.units.get(position)?;
            if last & (1 << 31 | 0xff) != u32::from(byte) {
                return None;
            }
            base = position ^ offset(last);
        }
        let has_value = last & 1 << 8 != 0;
        let start = *self.units.get(base).filter(|_| has_value)? & !(1 << 31);
        let rest = self.replacements.get(start as usize..)?;
        str::from_utf8(rest.split(|byte| *byte == 0).next()?).ok()
    }
}

/// Returns the difference between the position of a unit and that of its children.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 1 << 9) >> 6)) as usize
}

#[cfg(test)]
#[path = "tests/charsmap.rs"]
pub mod tests;
