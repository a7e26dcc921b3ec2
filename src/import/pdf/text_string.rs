//! Text strings of a PDF (ISO 32000-1, 7.9.2.2): UTF-16, UTF-8 or PDFDocEncoding.

/// Characters of the bytes 0x18 to 0x1F in PDFDocEncoding.
const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
/// Characters of the bytes 0x80 to 0xA0 in PDFDocEncoding.
const UPPER: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™',
    'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
];

/// Decodes a text string. Invalid parts are replaced.
pub fn decode_text_string(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<_> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        without_language_marks(&String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            // Some producers write UTF-8 without the mark.
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| pdf_doc_char(*byte)).collect(),
        },
    }
}

fn pdf_doc_char(byte: u8) -> char {
    match byte {
        0x18..=0x1F => ACCENTS[usize::from(byte - 0x18)],
        0x80..=0xA0 => UPPER[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Removes the marks of languages, `ESC language ESC`.
fn without_language_marks(text: &str) -> String {
    text.split('\u{1B}').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_string_is_decoded_by_its_mark() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(decode_text_string(bytes), expected);
        check(b"Tides", "Tides");
        check(b"\xFE\xFF\x04\x1F\x04\x40", "Пр");
        check(b"\xFF\xFE\x1F\x04", "П");
        check(b"\xEF\xBB\xBFcaf\xC3\xA9", "café");
        check(b"caf\xE9 \x84 \x93", "café — ﬁ");
        check(b"\xFE\xFF\x00\x1B\x00e\x00n\x00\x1B\x00A", "A");
        check(b"", "");
    }
}
