//! Decoding of a text file in an export. Pure.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// Number of bytes among which HTML declares its encoding.
const DECLARATION_BYTES: usize = 2048;

/// Returns the text of a file: by its byte order mark, as UTF-8, by the encoding that is
/// `declared` or that the HTML declares, or else by the bytes.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    // UTF-16 is left out if a page was stored in another encoding than it was sent in.
    let declared =
        declared.or_else(|| declared_in_html(bytes)).filter(|it| it.is_ascii_compatible());
    match (std::str::from_utf8(bytes), declared) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Some(encoding)) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        (Err(_), None) => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            let is_damaged_utf_8 =
                bytes.utf8_chunks().filter(|it| !it.invalid().is_empty()).count() * 100
                    < bytes.iter().filter(|byte| !byte.is_ascii()).count();
            let encoding = match is_damaged_utf_8 {
                true => UTF_8,
                false => detector.guess(None, Utf8Detection::Deny),
            };
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

/// Returns the encoding of `<meta charset=…>` or `<meta … content="…; charset=…">`.
fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let value = start.split_once("charset=")?.1.trim_start_matches(['"', '\'', ' ']);
    let label: String =
        value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c)).collect();
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_by_mark_declaration_or_guess() {
        let check = |bytes: &[u8], declared: Option<&str>, expected: &str| {
            assert_eq!(decode(bytes, declared), expected);
        };
        check(b"\xef\xbb\xbfa", None, "a");
        check(b"\xff\xfea\0", None, "a");
        check("é".as_bytes(), Some("windows-1251"), "é");
        check(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет");
        let page = b"<meta http-equiv=x content='text/html; charset=windows-1251'>\xcf\xf0";
        assert!(decode(page, None).ends_with("Пр"));
        check(b"Le caf\xe9 est ferm\xe9", None, "Le café est fermé");
    }
}
