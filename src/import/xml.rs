//! XML as the web has it: any encoding, and mistakes that readers of feeds and sitemaps forgive.
//!
//! No document type is interpreted, so that no entity expands to more than one character reference
//! and nothing is loaded. Pure.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart};

/// Number of bytes within which a declaration of the encoding is.
const DECLARATION_BYTES: usize = 256;
/// Maximum length of the name of a character reference. The longest in HTML has 31.
const MAX_REFERENCE_CHARS: usize = 32;

/// Returns the text of an XML or JSON document, without a byte order mark. UTF-8 that is valid is
/// read as such whatever the document declares, because servers convert files and leave the
/// declaration. Invalid bytes are replaced.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    let declared = declared_encoding(bytes);
    // Text in ISO-2022-JP consists of ASCII bytes.
    let is_ascii_based = declared.is_none_or(Encoding::is_ascii_compatible);
    if is_ascii_based && (std::str::from_utf8(bytes).is_ok() || is_mostly_utf_8(bytes)) {
        return String::from_utf8_lossy(bytes);
    }
    let encoding = declared.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<' | b'{' | b'\n' | b'\r' | b' ', 0, ..] => Some(UTF_16LE),
        [0, b'<' | b'{' | b'\n' | b'\r' | b' ', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns the encoding in the XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    // A document whose declaration can be read is not in UTF-16.
    Encoding::for_label(label.as_bytes()).filter(|encoding| {
        encoding.is_ascii_compatible() || { *encoding != UTF_16LE && *encoding != UTF_16BE }
    })
}

/// Returns whether a text is UTF-8 with a few mistakes, such as a character that was cut.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > 2 * invalid
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    match detector.guess(None, Utf8Detection::Deny) {
        encoding if encoding == UTF_8 => WINDOWS_1252,
        encoding => encoding,
    }
}

/// Returns a reader that continues after tags that do not match and after a bare `&`.
pub(super) fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.check_comments = false;
    reader
}

/// Appends the text of a reference such as `&amp;`, `&#8230;` or `&nbsp;`, which no feed declares.
/// A reference that is unknown is appended as it is.
pub(super) fn push_reference(reference: &BytesRef<'_>, text: &mut String) {
    let name: &str = reference;
    match name {
        "amp" => text.push('&'),
        "lt" => text.push('<'),
        "gt" => text.push('>'),
        "quot" => text.push('"'),
        "apos" => text.push('\''),
        _ if name.len() <= MAX_REFERENCE_CHARS => text.push_str(&html_text(&format!("&{name};"))),
        _ => text.push_str(&format!("&{name};")),
    }
}

/// Returns the value of an attribute. A name with a prefix is compared with the prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.html_attributes();
    let attributes = attributes.with_checks(false);
    let found = attributes.flatten().find(|found| found.key.0.eq_ignore_ascii_case(name))?;
    Some(html_text(&found.value))
}

/// Returns the text of HTML: tags removed, references replaced. A tag of a block or a line break
/// separates words.
pub(super) fn html_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let mut text = String::with_capacity(html.len());
    let mut is_hidden = false;
    for token in Tokenizer::new_with_emitter(html, DefaultEmitter::<()>::default()) {
        match token {
            Ok(Token::String(part)) if !is_hidden => {
                text.push_str(&String::from_utf8_lossy(&part.value));
            }
            Ok(Token::StartTag(tag)) => {
                is_hidden |= is_script(&tag.name);
                text.push_str(if is_inline(&tag.name) { "" } else { " " });
            }
            Ok(Token::EndTag(tag)) => {
                is_hidden &= !is_script(&tag.name);
                text.push_str(if is_inline(&tag.name) { "" } else { " " });
            }
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    text
}

fn is_script(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style")
}

/// Returns a text with its references replaced and its tags kept.
pub(super) fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    // A `<` would start a tag.
    for (at, part) in text.split('<').enumerate() {
        if at > 0 {
            unescaped.push('<');
        }
        unescaped.push_str(&html_text(part));
    }
    unescaped
}

/// Returns whether an element does not separate words.
fn is_inline(name: &[u8]) -> bool {
    const INLINE: [&[u8]; 22] = [
        b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"del", b"em", b"font",
        b"i", b"ins", b"kbd", b"mark", b"q", b"s", b"small", b"span", b"strong", b"u", b"wbr",
    ];
    INLINE.contains(&name) || matches!(name, b"sub" | b"sup" | b"tt" | b"var" | b"samp" | b"dfn")
}

/// Returns a text as one line: white space collapsed, soft hyphens and zero-width spaces removed.
pub(super) fn one_line(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}');
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let text: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
