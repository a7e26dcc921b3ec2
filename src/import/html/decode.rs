//! Decoding of HTML files, as the encoding sniffing algorithm of the HTML standard. Pure.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Number of bytes in which a `<meta>` with the encoding is searched. The standard says 1,024, but
/// pages with long scripts before it are common.
const PRESCAN_BYTES: usize = 16 << 10;

/// Returns the text of an HTML file. Sources of the encoding, in this order: the byte order mark,
/// the charset of the HTTP header `Content-Type`, the charset of a `<meta>` or of an XML
/// declaration, and else detection. Bytes that cannot be decoded are replaced.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let by_mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = by_mark
        .or_else(|| content_type.and_then(|header| charset(header.as_bytes())).and_then(of_label))
        .or_else(|| declared(bytes))
        .unwrap_or_else(|| detected(bytes));
    // A declared encoding is often wrong if the text is valid UTF-8.
    let is_utf_8 = !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok();
    let encoding = if by_mark.is_none() && is_utf_8 { UTF_8 } else { encoding };
    let (text, _, has_errors) = encoding.decode(bytes);
    if !has_errors || by_mark.is_some() || encoding != UTF_8 {
        return text.into_owned();
    }
    // The text is not UTF-8 as declared, unless only few bytes are wrong.
    let replaced = text.matches('\u{fffd}').count();
    match replaced * 50 > text.chars().filter(|c| !c.is_ascii()).count() {
        true => detected(bytes).decode_without_bom_handling(bytes).0.into_owned(),
        false => text.into_owned(),
    }
}

/// Returns the encoding of a label, such as `latin1`. UTF-16 without a byte order mark is UTF-8, as
/// the standard says, since the label itself was read as ASCII.
fn of_label(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label)?;
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// Returns the encoding of the first `<meta charset>`, `<meta content="...; charset=...">` or XML
/// declaration.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)].to_ascii_lowercase();
    if head.starts_with(b"<?xml") {
        let end = head.iter().position(|byte| *byte == b'>').unwrap_or(0);
        if let Some(encoding) = value_after(&head[..end], b"encoding").and_then(of_label) {
            return Some(encoding);
        }
    }
    let mut rest = head.as_slice();
    while let Some(at) = find(rest, b"<meta") {
        rest = &rest[at + b"<meta".len()..];
        let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
        if let Some(encoding) = charset(&rest[..end]).and_then(of_label) {
            return Some(encoding);
        }
    }
    None
}

/// Returns the value of `charset=` in a header or a tag.
fn charset(text: &[u8]) -> Option<&[u8]> {
    let at = text.windows(7).position(|part| part.eq_ignore_ascii_case(b"charset"))?;
    value_after(&text[at..], &text[at..at + 7])
}

/// Returns the value after `key` and `=`, with or without quotation marks.
fn value_after<'a>(text: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = text[find(text, key)? + key.len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let quotes: &[u8] = b"\"'";
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"\"';>/?".contains(byte);
    let rest = rest.split_first().filter(|(first, _)| quotes.contains(first)).map_or(rest, |s| s.1);
    let end = rest.iter().position(is_end).unwrap_or(rest.len());
    Some(&rest[..end])
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Returns the encoding that the bytes are probably in.
fn detected(bytes: &[u8]) -> &'static Encoding {
    if bytes.is_ascii() {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_is_taken_from_mark_header_meta_or_detection() {
        #[track_caller]
        fn check(bytes: &[u8], content_type: Option<&str>, expected: &str) {
            let text = decode(bytes, content_type);
            assert!(text.contains(expected), "{text}");
        }
        let page = |label: &str, meta: &str, text: &str| {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let html = format!("<html><head>{meta}</head><body><p>{text}</p></body></html>");
            encoding.encode(&html).0.into_owned()
        };
        let russian = "Прилив поднимается дважды в день";
        let meta = r#"<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">"#;
        check(&page("windows-1251", meta, russian), None, russian);
        check(&page("windows-1251", "", russian), Some("text/html; charset=cp1251"), russian);
        check(&page("windows-1251", "", russian), Some("text/html"), russian);
        let wrong = Some("text/html; charset=utf-8");
        check(&page("windows-1251", "", russian), wrong, russian);
        check(&page("koi8-r", "<meta charset=koi8-r>", russian), None, russian);
        let japanese = "潮は一日に二度満ちます";
        check(&page("shift_jis", "<meta charset='Shift_JIS'>", japanese), None, japanese);
        check(&page("gbk", "<META CHARSET = GB2312 />", "潮水每天涨两次"), None, "潮水每天涨两次");
        let xml = "<?xml version='1.0' encoding='windows-1252'?><p>caf\u{e9} – “x”</p>";
        check(&encoding_rs::WINDOWS_1252.encode(xml).0, None, "café – “x”");
        check("<meta charset=latin1><p>café</p>".as_bytes(), None, "café");
        check("\u{feff}<meta charset=latin1><p>café</p>".as_bytes(), None, "<p>café");
        let utf_16: Vec<u8> = "\u{feff}<p>café".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf_16, Some("text/html; charset=utf-8"), "<p>café");
        assert_eq!(decode(b"", None), "");
    }
}
