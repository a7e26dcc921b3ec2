//! The weight file of multilingual-e5-small: its header, vocabulary, character replacements and
//! tensors, read through a memory map.
//!
//! All integers and floating-point numbers are little-endian. The parts follow each other:
//!
//! 1. the magic `E5S1`, a version and the dimensions of the model (see [`header`]);
//! 2. the vocabulary: ids of the special pieces, offsets, scores, and the bytes of all pieces;
//! 3. the character replacements of the normalizer: `u32` character, `u8` count, `u32` characters;
//! 4. the directory of tensors: name, type, number of values, offset in the file, number of bytes;
//! 5. the tensors, either `f32` or blocks of [`BLOCK_BYTES`] in ggml's Q4_0 layout.
//!
//! [`WeightFile::open`] checks every offset, so that no accessor can reach outside the file. The
//! file must not shrink while it is open.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use super::cursor::Cursor;
use super::problem::{ModelError, Problem};

/// Number of dimensions of a token vector.
pub const HIDDEN: usize = 384;
/// Maximum number of transformer layers.
pub const LAYERS: usize = 12;
/// Number of attention heads of each layer.
pub const HEADS: usize = 12;
/// Number of dimensions between the two products of a feed-forward network.
pub const INTERMEDIATE: usize = 1536;
/// Maximum number of tokens of an input, the start and the end token included.
pub const MAX_TOKENS: usize = 512;
/// Number of weights of a Q4_0 block.
pub const BLOCK: usize = 32;
/// Length of a Q4_0 block in bytes: an `f16` scale, and 4 bits for each weight. Byte `i` of the 16
/// bytes holds weight `i` in its low half and weight `i + 16` in its high half, both plus 8.
pub const BLOCK_BYTES: usize = 18;

/// Maximum number of rows of the embedding table. The rows after the last piece are unused.
pub const EMBEDDINGS: usize = 250_037;
pub const MAGIC: &[u8] = b"E5S1";
/// Version of the format.
pub const VERSION: u32 = 1;
/// Number of token types. All tokens are of type 0.
pub const TOKEN_TYPES: usize = 2;
/// The constant that layer normalization adds to the variance.
pub const LAYER_NORM_EPSILON: f32 = 1e-12;

/// An open weight file.
#[derive(Debug)]
pub struct WeightFile {
    map: Mmap,
    layers: usize,
    embeddings: usize,
    vocabulary: VocabularyPlace,
    pub special: SpecialPieces,
    /// Replaced characters in ascending order, each with the end of its replacement in
    /// `replacement_text`.
    replacements: Vec<(u32, u32)>,
    replacement_text: String,
    tensors: HashMap<String, Tensor>,
}

/// Ids of the pieces that no text can contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialPieces {
    pub start: u32,
    pub end: u32,
    pub padding: u32,
    pub unknown: u32,
}

/// The place of a matrix in a weight file.
#[derive(Debug, Clone)]
pub struct Matrix {
    rows: usize,
    bytes: Range<usize>,
}

/// A matrix in Q4_0 blocks, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    pub rows: usize,
    /// Row by row, `columns / 32` blocks each.
    pub blocks: &'a [[u8; BLOCK_BYTES]],
}

/// Positions of the parts of the vocabulary in the file.
#[derive(Debug, Clone)]
struct VocabularyPlace {
    /// End of each piece in `text`, preceded by a zero.
    offsets: Range<usize>,
    scores: Range<usize>,
    text: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TensorType {
    F32,
    Q4,
}

#[derive(Debug, Clone)]
struct Tensor {
    kind: TensorType,
    values: usize,
    bytes: Range<usize>,
}

impl WeightFile {
    /// Maps a file into memory and checks its structure. The weights themselves are not read.
    pub fn open(path: &Path) -> Result<WeightFile, ModelError> {
        let failed = |source| ModelError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        // SAFETY: The installed file is never written to, only replaced by another file, so that
        // the mapped bytes do not change.
        #[expect(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(failed)?;
        WeightFile::parse(map)
            .map_err(|problem| ModelError::Invalid { path: path.to_owned(), problem })
    }

    fn parse(map: Mmap) -> Result<WeightFile, Problem> {
        let mut cursor = Cursor::new(&map);
        let (layers, embeddings) = parse_header(&mut cursor)?;
        let (special, vocabulary) = parse_vocabulary(&mut cursor, embeddings)?;
        let (replacements, replacement_text) = parse_replacements(&mut cursor)?;
        let tensors = parse_directory(&mut cursor)?;
        Ok(WeightFile {
            map,
            layers,
            embeddings,
            vocabulary,
            special,
            replacements,
            replacement_text,
            tensors,
        })
    }

    /// Returns the number of transformer layers: [`LAYERS`], or fewer in a model for tests.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// Returns the number of pieces of the vocabulary.
    pub fn piece_count(&self) -> usize {
        self.vocabulary.scores.len() / 4
    }

    /// Returns a piece in UTF-8. Panics if `id` is not below [`WeightFile::piece_count`].
    pub fn piece(&self, id: usize) -> &[u8] {
        let offsets = &self.map[self.vocabulary.offsets.clone()];
        let (start, end) = (u32_at(offsets, id), u32_at(offsets, id + 1));
        &self.map[self.vocabulary.text.clone()][start as usize..end as usize]
    }

    /// Returns the log probability of a piece. Panics if `id` is not below
    /// [`WeightFile::piece_count`].
    pub fn score(&self, id: usize) -> f32 {
        f32::from_bits(u32_at(&self.map[self.vocabulary.scores.clone()], id))
    }

    /// Returns the characters that the normalizer puts in place of a character, if any. An empty
    /// replacement removes the character.
    pub fn replacement(&self, character: char) -> Option<&str> {
        let character = u32::from(character);
        let index = self.replacements.binary_search_by_key(&character, |entry| entry.0).ok()?;
        let start = index.checked_sub(1).map_or(0, |before| self.replacements[before].1);
        Some(&self.replacement_text[start as usize..self.replacements[index].1 as usize])
    }

    /// Finds a matrix of Q4_0 blocks.
    pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Matrix, Problem> {
        let tensor = self.tensor(name, TensorType::Q4, rows * columns)?;
        Ok(Matrix { rows, bytes: tensor.bytes.clone() })
    }

    /// Finds the embedding table: one row for each piece.
    pub fn embeddings(&self) -> Result<Matrix, Problem> {
        self.matrix("emb.word", self.embeddings, HIDDEN)
    }

    /// Returns the blocks of a matrix of this file.
    pub fn blocks(&self, matrix: &Matrix) -> Blocks<'_> {
        let (blocks, _) = self.map[matrix.bytes.clone()].as_chunks::<BLOCK_BYTES>();
        Blocks { rows: matrix.rows, blocks }
    }

    /// Returns a copy of a tensor of floating-point numbers.
    pub fn floats(&self, name: &str, values: usize) -> Result<Vec<f32>, Problem> {
        let tensor = self.tensor(name, TensorType::F32, values)?;
        let (values, _) = self.map[tensor.bytes.clone()].as_chunks::<4>();
        let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(Problem::Tensor { name: name.to_owned(), problem: "not finite" })
        }
    }

    fn tensor(&self, name: &str, kind: TensorType, values: usize) -> Result<&Tensor, Problem> {
        let problem = |problem| Problem::Tensor { name: name.to_owned(), problem };
        let tensor = self.tensors.get(name).ok_or_else(|| problem("missing"))?;
        if tensor.kind != kind || tensor.values != values {
            return Err(problem("of another type or size"));
        }
        Ok(tensor)
    }
}

/// Returns number `index` of a list of `u32`. Panics if the list is shorter.
fn u32_at(bytes: &[u8], index: usize) -> u32 {
    let (values, _) = bytes.as_chunks::<4>();
    u32::from_le_bytes(values[index])
}

/// Returns the fields after the magic with their values. A model for tests may have fewer layers
/// and embeddings than multilingual-e5-small.
pub fn header(layers: usize, embeddings: usize) -> [(&'static str, u32); 8] {
    [
        ("version", VERSION),
        ("hidden size", HIDDEN as u32),
        ("number of layers", layers as u32),
        ("number of heads", HEADS as u32),
        ("intermediate size", INTERMEDIATE as u32),
        ("number of embeddings", embeddings as u32),
        ("number of positions", MAX_TOKENS as u32),
        ("number of token types", TOKEN_TYPES as u32),
    ]
}

/// Checks the header. Returns the numbers of layers and of embeddings.
fn parse_header(cursor: &mut Cursor) -> Result<(usize, usize), Problem> {
    const PART: &str = "its header";
    if cursor.bytes(MAGIC.len(), PART).ok() != Some(MAGIC) {
        return Err(Problem::Magic);
    }
    let check = |field, found: String, expected: String| {
        if found == expected { Ok(()) } else { Err(Problem::Header { field, found, expected }) }
    };
    let mut found = [0; 8];
    for field in &mut found {
        *field = cursor.u32(PART)?;
    }
    let layers = (found[2] as usize).min(LAYERS);
    let embeddings = (found[5] as usize).min(EMBEDDINGS);
    for ((field, expected), found) in header(layers, embeddings).into_iter().zip(found) {
        check(field, found.to_string(), expected.to_string())?;
    }
    let epsilon = f32::from_bits(cursor.u32(PART)?);
    check("layer norm epsilon", epsilon.to_string(), LAYER_NORM_EPSILON.to_string())?;
    check("block size", cursor.u32(PART)?.to_string(), BLOCK.to_string())?;
    Ok((layers, embeddings))
}

fn parse_vocabulary(
    cursor: &mut Cursor,
    embeddings: usize,
) -> Result<(SpecialPieces, VocabularyPlace), Problem> {
    const PART: &str = "its vocabulary";
    let invalid = Problem::Vocabulary;
    let count = cursor.u32(PART)?;
    if count == 0 || count as usize > embeddings {
        return Err(invalid("the number of pieces is zero or exceeds the embeddings"));
    }
    let mut special = || match cursor.u32(PART)? {
        id if id < count => Ok(id),
        _ => Err(invalid("a special piece is not in it")),
    };
    // Fields are evaluated in the order in which they are written here.
    let special = SpecialPieces {
        start: special()?,
        end: special()?,
        padding: special()?,
        unknown: special()?,
    };
    let text_bytes = cursor.u64(PART)?;
    let count = count as usize;
    let offsets = cursor.range(4 * (count as u64 + 1), PART)?;
    let scores = cursor.range(4 * count as u64, PART)?;
    let text = cursor.range(text_bytes, PART)?;
    let place = VocabularyPlace { offsets, scores, text };
    check_vocabulary(cursor.file(), &place).map_err(invalid)?;
    Ok((special, place))
}

/// Checks that all scores are numbers, that the pieces cover the text in order, and that each is
/// UTF-8.
fn check_vocabulary(file: &[u8], place: &VocabularyPlace) -> Result<(), &'static str> {
    let text = str::from_utf8(&file[place.text.clone()]).map_err(|_| "a piece is not UTF-8")?;
    let (scores, _) = file[place.scores.clone()].as_chunks::<4>();
    if !scores.iter().all(|score| f32::from_le_bytes(*score).is_finite()) {
        return Err("a score is not finite");
    }
    let (offsets, _) = file[place.offsets.clone()].as_chunks::<4>();
    let offsets = || offsets.iter().map(|offset| u32::from_le_bytes(*offset) as usize);
    if offsets().next() != Some(0) || offsets().next_back() != Some(text.len()) {
        return Err("its pieces do not cover its text");
    }
    if offsets().zip(offsets().skip(1)).any(|(start, end)| start >= end) {
        return Err("a piece is empty");
    }
    if !offsets().all(|offset| text.is_char_boundary(offset)) {
        return Err("a piece is not UTF-8");
    }
    Ok(())
}

/// Parses the replaced characters, each with the end of its replacement, and all replacements.
fn parse_replacements(cursor: &mut Cursor) -> Result<(Vec<(u32, u32)>, String), Problem> {
    const PART: &str = "its character replacements";
    let count = cursor.u32(PART)?;
    let bytes = u64::from(cursor.u32(PART)?);
    let end = cursor.position() as u64 + bytes;
    let mut replacements: Vec<(u32, u32)> = Vec::new();
    let mut text = String::new();
    for _ in 0..count {
        let character = cursor.u32(PART)?;
        if replacements.last().is_some_and(|(last, _)| *last >= character) {
            return Err(Problem::Replacements);
        }
        for _ in 0..cursor.u8(PART)? {
            let character = char::from_u32(cursor.u32(PART)?).ok_or(Problem::Replacements)?;
            text.push(character);
        }
        replacements.push((character, text.len() as u32));
    }
    if cursor.position() as u64 == end {
        Ok((replacements, text))
    } else {
        Err(Problem::Replacements)
    }
}

fn parse_directory(cursor: &mut Cursor) -> Result<HashMap<String, Tensor>, Problem> {
    const PART: &str = "its directory of tensors";
    let mut tensors = HashMap::new();
    for _ in 0..cursor.u32(PART)? {
        let name_bytes = u64::from(cursor.u16(PART)?);
        let name = cursor.range(name_bytes, PART)?;
        let name = String::from_utf8_lossy(&cursor.file()[name]).into_owned();
        let problem = |problem| Problem::Tensor { name: name.clone(), problem };
        let kind = match cursor.u8(PART)? {
            0 => TensorType::F32,
            1 => TensorType::Q4,
            _ => return Err(problem("of an unknown type")),
        };
        let values = cursor.u32(PART)? as usize;
        let (start, length) = (cursor.u64(PART)?, cursor.u64(PART)?);
        let expected = match kind {
            TensorType::F32 => 4 * values,
            TensorType::Q4 => values.div_ceil(BLOCK) * BLOCK_BYTES,
        };
        if length != expected as u64 {
            return Err(problem("of a length that does not fit its size"));
        }
        let end = start.checked_add(length).filter(|end| *end <= cursor.file().len() as u64);
        let end = end.ok_or_else(|| problem("outside the file"))?;
        // Both positions are in the file, which is in memory, so they fit a usize.
        tensors.insert(name, Tensor { kind, values, bytes: start as usize..end as usize });
    }
    Ok(tensors)
}

#[cfg(test)]
#[path = "tests/format.rs"]
mod tests;
