//! Tests of damaged weight files. None may panic.

use std::path::Path;

use super::*;

/// Writes bytes to a file and opens it.
fn open(bytes: &[u8]) -> Result<WeightFile, ModelError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the file can be written");
    WeightFile::open(file.path())
}

fn problem(bytes: &[u8]) -> Problem {
    match open(bytes).expect_err("the file is damaged") {
        ModelError::Invalid { problem, .. } => problem,
        ModelError::Read { source, .. } => panic!("{source}"),
    }
}

/// Returns the bytes of a small file with a correct structure, and the start of each part.
fn small_file() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for (_, value) in header(LAYERS, EMBEDDINGS) {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(LAYER_NORM_EPSILON.to_le_bytes());
    bytes.extend((BLOCK as u32).to_le_bytes());
    for number in [5_u32, 0, 2, 1, 3] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(6_u64.to_le_bytes());
    for offset in [0_u32, 1, 2, 3, 4, 6] {
        bytes.extend(offset.to_le_bytes());
    }
    for score in [0.0_f32, 0.0, 0.0, 0.0, -1.0] {
        bytes.extend(score.to_le_bytes());
    }
    bytes.extend("abcdé".as_bytes());
    // One replacement: "ª" by "a".
    for number in [1_u32, 9, 0xaa] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.push(1);
    bytes.extend(u32::from('a').to_le_bytes());
    // One tensor of one number.
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend([b't', 0]);
    bytes.extend(1_u32.to_le_bytes());
    let start = bytes.len() as u64 + 16;
    bytes.extend(start.to_le_bytes());
    bytes.extend(4_u64.to_le_bytes());
    bytes.extend(2.5_f32.to_le_bytes());
    bytes
}

#[test]
fn weight_file_gives_pieces_replacements_and_tensors() {
    let file = open(&small_file()).expect("the file is sound");
    assert_eq!(file.piece_count(), 5);
    assert_eq!(file.piece(4), "é".as_bytes());
    assert_eq!(file.score(4), -1.0);
    assert_eq!(file.special, SpecialPieces { start: 0, end: 2, padding: 1, unknown: 3 });
    assert_eq!(file.replacement('ª'), Some("a"));
    assert_eq!(file.replacement('b'), None);
    assert_eq!(file.floats("t", 1), Ok(vec![2.5]));
    assert!(matches!(file.floats("t", 2), Err(Problem::Tensor { .. })));
    assert!(matches!(file.floats("u", 1), Err(Problem::Tensor { problem: "missing", .. })));
    assert!(file.matrix("t", 1, 1).is_err());
}

#[test]
fn weight_file_refuses_files_that_are_cut_off() {
    let bytes = small_file();
    for length in 0..bytes.len() {
        problem(&bytes[..length]);
    }
    assert_eq!(problem(b""), Problem::Magic);
    assert_eq!(problem(b"E5S1"), Problem::Truncated { part: "its header" });
}

#[test]
fn weight_file_with_changed_bytes_does_not_panic() {
    let bytes = small_file();
    for position in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[position] = value;
            if let Ok(file) = open(&bytes) {
                for id in 0..file.piece_count() {
                    assert!(!file.piece(id).is_empty() && file.score(id).is_finite());
                }
                let _ = (file.replacement('ª'), file.floats("t", 1));
            }
        }
    }
}

#[test]
fn weight_file_errors_name_the_file_and_the_difference() {
    let mut bytes = small_file();
    bytes[8] = 1;
    let message = open(&bytes).expect_err("the hidden size is wrong").to_string();
    assert!(message.contains("its hidden size is 257, expected 384"), "{message}");
    assert!(message.contains("hint: "), "{message}");
    let missing = WeightFile::open(Path::new("no such file")).expect_err("there is no file");
    assert!(missing.to_string().starts_with("no such file: cannot read"), "{missing}");
}
