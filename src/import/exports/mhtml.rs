//! MHTML: a web page and its pictures in one file, as browsers and Word store it (RFC 2557). Pure.

use super::text::decode;
use crate::import::document::{Body, Converted, Document, Failure};

/// Maximum depth of parts within parts.
const MAX_DEPTH: usize = 5;
/// Maximum number of bytes of the header fields of a part.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// Key of the only document.
const KEY: &str = "page";

/// The header fields of a part, with their names in lower case.
struct Header(Vec<(String, String)>);

/// A part of a file.
struct Part<'a> {
    header: Header,
    body: &'a [u8],
}

/// Returns whether bytes begin as an MHTML file.
pub fn is_mhtml(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(MAX_HEADER_BYTES)];
    let part = Part::parse(start);
    let kind = part.header.media_type();
    let has_mime = part.header.get("mime-version").is_some();
    let is_saved = part.header.get("snapshot-content-location").is_some()
        || part.header.get("content-location").is_some();
    (has_mime || is_saved) && (kind == "multipart/related" || kind == "text/html" && is_saved)
}

/// Converts a file. Its document is a whole web page, in which the article is yet to be found.
pub fn convert(bytes: &[u8]) -> Result<Converted, Failure> {
    let (html, address) = page(bytes)?;
    let document =
        Document { key: KEY.to_owned(), body: Body::Html(html), address, ..Document::default() };
    Ok(Converted { documents: vec![document], ..Converted::default() })
}

/// Returns the web page of a file and its address.
pub fn page(bytes: &[u8]) -> Result<(String, Option<String>), Failure> {
    let missing = || Failure {
        what: "the file has no web page in it".to_owned(),
        hint: "save the page again as a single file, or as HTML".to_owned(),
    };
    let root = Part::parse(bytes);
    let snapshot = root.header.get("snapshot-content-location").map(str::to_owned);
    let own = root.header.get("content-location").map(str::to_owned);
    let start = root.header.parameter("start");
    let mut pages = Vec::new();
    root.collect_pages(&mut pages, 0);
    let is_main = |part: &&Part<'_>| {
        let location = part.header.get("content-location");
        location.is_some() && location == snapshot.as_deref()
            || start.is_some() && part.header.get("content-id") == start.as_deref()
    };
    let main = pages.iter().find(is_main).or(pages.first()).ok_or_else(missing)?;
    let charset = main.header.parameter("charset");
    let html = decode(&main.decoded(), charset.as_deref());
    if html.trim().is_empty() {
        return Err(missing());
    }
    let location = main.header.get("content-location").map(str::to_owned);
    let is_web =
        |address: &String| ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    let address = [snapshot, location, own].into_iter().flatten().find(is_web);
    Ok((html, address))
}

impl<'a> Part<'a> {
    /// Parses the header fields. A field may continue on lines that begin with a space.
    fn parse(bytes: &'a [u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut at = 0;
        while at < bytes.len().min(MAX_HEADER_BYTES) {
            let end = bytes[at..].iter().position(|byte| *byte == b'\n');
            let end = end.map_or(bytes.len(), |end| at + end + 1);
            let line = String::from_utf8_lossy(&bytes[at..end]);
            let line = line.trim_end();
            let is_first = fields.is_empty();
            at = end;
            match (line.starts_with([' ', '\t']), line.split_once(':')) {
                // Some files begin with empty lines.
                _ if line.is_empty() && is_first => {}
                _ if line.is_empty() => break,
                (true, _) => {
                    if let Some((_, value)) = fields.last_mut() {
                        value.push_str(line.trim_start());
                    }
                }
                (false, Some((name, value))) => {
                    fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
                (false, None) => {}
            }
        }
        Self { header: Header(fields), body: &bytes[at..] }
    }

    /// Appends the parts that are web pages.
    fn collect_pages(self, pages: &mut Vec<Part<'a>>, depth: usize) {
        let kind = self.header.media_type();
        if matches!(kind.as_str(), "text/html" | "application/xhtml+xml") {
            pages.push(self);
        } else if kind.starts_with("multipart/") && depth < MAX_DEPTH {
            let Some(boundary) = self.header.parameter("boundary") else { return };
            for part in parts(self.body, &boundary) {
                Part::parse(part).collect_pages(pages, depth + 1);
            }
        }
    }

    /// Returns the content without its transfer encoding.
    fn decoded(&self) -> Vec<u8> {
        let encoding = self.header.get("content-transfer-encoding").unwrap_or_default();
        match encoding.to_ascii_lowercase().as_str() {
            "base64" => from_base64(self.body),
            "quoted-printable" => from_quoted_printable(self.body),
            _ => self.body.to_vec(),
        }
    }
}

impl Header {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns the media type in lower case.
    fn media_type(&self) -> String {
        let value = self.get("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Returns a parameter of the media type.
    fn parameter(&self, name: &str) -> Option<String> {
        let parts = self.get("content-type")?.split(';').skip(1);
        let mut parts = parts.filter_map(|part| part.split_once('='));
        let (_, value) = parts.find(|(own, _)| own.trim().eq_ignore_ascii_case(name))?;
        Some(value.trim().trim_matches('"').to_owned())
    }
}

/// Returns the parts between lines of a boundary.
fn parts<'a>(bytes: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        let rest = line.trim_ascii_end().strip_prefix(mark.as_bytes());
        if rest.is_some_and(|rest| rest.is_empty() || rest == b"--") {
            parts.extend(start.map(|start| &bytes[start..at]));
            start = Some(end);
        }
        at = end;
    }
    // A file that is cut has no last boundary.
    parts.extend(start.filter(|start| *start < at).map(|start| &bytes[start..]));
    parts
}

fn from_base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    out
}

fn from_quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        // Spaces may be between the mark and the end of the line.
        let blank =
            bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        match (bytes.get(at + blank), digit(at), digit(at + 1)) {
            (Some(b'\n'), ..) => at += blank + 1,
            (_, Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 2;
            }
            _ => out.push(b'='),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.example/b\r\nSubject: =?utf-8?Q?A?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----Bound--x----\"\r\n\r\n\r\n------Bound--x----\r\nContent-Type: text/css\r\nContent-Location: cid:css\r\n\r\np {}\r\n------Bound--x----\r\nContent-Type: text/html\r\nContent-ID: <f@m>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.example/b\r\n\r\n<p>Le caf=C3=A9 est fer=\r\nm=C3=A9 a =3D b</p>\r\n------Bound--x------\r\n";

    #[test]
    fn page_of_a_browser_is_decoded() {
        assert!(is_mhtml(CHROME.as_bytes()));
        let (html, address) = page(CHROME.as_bytes()).unwrap();
        assert_eq!(html.trim(), "<p>Le café est fermé a = b</p>");
        assert_eq!(address.as_deref(), Some("https://a.example/b"));
    }

    #[test]
    fn page_of_word_is_decoded_from_its_code_page() {
        let body = "PHA+z/Do4uXyPC9w\r\nPg==";
        let file = format!(
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\nnone\n\n--x\nContent-Location: file:///C:/a.htm\nContent-Transfer-Encoding: base64\nContent-Type: text/html; charset=\"windows-1251\"\n\n{body}\n\n--x--\n"
        );
        assert_eq!(page(file.as_bytes()).unwrap(), ("<p>Привет</p>".to_owned(), None));
    }

    #[test]
    fn page_of_a_cut_or_foreign_file_is_what_is_there_or_a_failure() {
        for end in 0..CHROME.len() {
            let _ = page(&CHROME.as_bytes()[..end]);
        }
        let cut = &CHROME[..CHROME.find("m=C3").unwrap()];
        assert_eq!(page(cut.as_bytes()).unwrap().0, "<p>Le café est fer");
        assert_eq!(page(b"").unwrap_err().what, "the file has no web page in it");
        assert!(!is_mhtml(b"<html>") && !is_mhtml(b"From: a\nSubject: b\n\nc"));
    }
}
