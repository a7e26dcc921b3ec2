//! Recognition of a content: by its first bytes, and by its declared type where these say nothing.

use std::io::Read;

/// The kind of a content, which decides on its converter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchedKind {
    Html,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps in XML, possibly compressed.
    Sitemap,
    Pdf,
    Epub,
    Docx,
    /// A ZIP archive of another kind.
    Zip,
    Json,
    Mhtml,
    PlainText,
    Markdown,
    /// Another kind, as a media type.
    Other(String),
}

/// Number of bytes that tell the kind of a text.
const HEAD_BYTES: usize = 4096;
/// Number of bytes in which a PDF starts, as in other readers.
const PDF_BYTES: usize = 1024;

/// Signatures of files that are not articles.
const OTHERS: [(&[u8], &str); 18] = [
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "audio, video or image"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"%!PS", "application/postscript"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x7fELF", "application/x-executable"),
    (b"\0asm", "application/wasm"),
    (b"SQLite format 3", "application/vnd.sqlite3"),
];

/// Returns the kind of a content. `content_type` is the header of the response.
pub fn recognize(content_type: Option<&str>, bytes: &[u8]) -> FetchedKind {
    if let Some(kind) = by_signature(bytes) {
        return kind;
    }
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let head = head_as_text(bytes);
    by_markup(&head, &essence).unwrap_or_else(|| by_type(essence, &head, bytes))
}

fn by_signature(bytes: &[u8]) -> Option<FetchedKind> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(kind_of_zip(bytes));
    }
    let start = &bytes[..bytes.len().min(PDF_BYTES)];
    if contains(start, b"%PDF-") && !start.trim_ascii_start().starts_with(b"<") {
        return Some(FetchedKind::Pdf);
    }
    if bytes.starts_with(b"\x1f\x8b") && is_compressed_sitemap(bytes) {
        return Some(FetchedKind::Sitemap);
    }
    let (_, name) = OTHERS.iter().find(|(signature, _)| bytes.starts_with(signature))?;
    Some(FetchedKind::Other((*name).to_owned()))
}

/// Returns the kind of a ZIP archive by the names in it, which are not compressed.
fn kind_of_zip(bytes: &[u8]) -> FetchedKind {
    const EPUB: &[u8] = b"mimetypeapplication/epub+zip";
    let start = &bytes[..bytes.len().min(PDF_BYTES)];
    if contains(start, EPUB) || contains(bytes, b"META-INF/container.xml") {
        FetchedKind::Epub
    } else if contains(bytes, b"word/document") {
        FetchedKind::Docx
    } else if contains(bytes, b"xl/workbook") {
        FetchedKind::Other("application/vnd.ms-excel".to_owned())
    } else if contains(bytes, b"ppt/presentation") {
        FetchedKind::Other("application/vnd.ms-powerpoint".to_owned())
    } else if contains(start, b"mimetypeapplication/vnd.oasis.opendocument") {
        FetchedKind::Other("application/vnd.oasis.opendocument".to_owned())
    } else {
        FetchedKind::Zip
    }
}

fn is_compressed_sitemap(bytes: &[u8]) -> bool {
    let mut head = Vec::new();
    let decoder = flate2::read::GzDecoder::new(bytes);
    // The head of a damaged file is used as far as it can be read.
    let _ = decoder.take(HEAD_BYTES as u64).read_to_end(&mut head);
    by_markup(&head_as_text(&head), "") == Some(FetchedKind::Sitemap)
}

/// Returns the start of a text in lower case. Letters beyond ASCII are of no importance here.
fn head_as_text(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let encoding = encoding_rs::Encoding::for_bom(head).map_or(encoding_rs::UTF_8, |(it, _)| it);
    encoding.decode(head).0.trim_start().to_ascii_lowercase()
}

/// Returns the kind of a text by its first element or line.
fn by_markup(head: &str, essence: &str) -> Option<FetchedKind> {
    const HTML: [&str; 3] = ["!doctype html", "html", "head"];
    // Markdown and plain text may start with one of these.
    const PARTS: [&str; 16] = [
        "body", "title", "meta", "link", "script", "style", "div", "article", "main", "section",
        "header", "nav", "p", "h1", "table", "ul",
    ];
    if head.starts_with("mime-version:") || head.starts_with("from: <saved by") {
        return contains(head.as_bytes(), b"multipart/related").then_some(FetchedKind::Mhtml);
    }
    if head.starts_with('{') && head.contains("jsonfeed.org/version/") {
        return Some(FetchedKind::Feed);
    }
    let name = first_element(head)?;
    let local = name.rsplit(':').next().unwrap_or(name);
    let is_text = matches!(essence, "text/markdown" | "text/x-markdown" | "text/plain");
    match name {
        "rss" | "rdf" | "rdf:rdf" => Some(FetchedKind::Feed),
        _ if local == "feed" && !is_text => Some(FetchedKind::Feed),
        _ if local == "urlset" || local == "sitemapindex" => Some(FetchedKind::Sitemap),
        _ if HTML.contains(&name) => Some(FetchedKind::Html),
        _ if PARTS.contains(&name) && !is_text => Some(FetchedKind::Html),
        "svg" => Some(FetchedKind::Other("image/svg+xml".to_owned())),
        _ => None,
    }
}

/// Returns the name of the first element after declarations, comments and white space, or the
/// declaration of HTML.
fn first_element(head: &str) -> Option<&str> {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let after = rest.strip_prefix('<')?;
        if after.starts_with("!doctype html") {
            return Some("!doctype html");
        }
        let end = match after {
            _ if after.starts_with("!--") => "-->",
            _ if after.starts_with('?') => "?>",
            _ if after.starts_with('!') => ">",
            _ => {
                let end = |c: char| c.is_whitespace() || matches!(c, '>' | '/');
                return after.split(end).next().filter(|name| !name.is_empty());
            }
        };
        rest = after[after.find(end)? + end.len()..].trim_start();
    }
}

/// Returns the kind by the declared type.
fn by_type(essence: String, head: &str, bytes: &[u8]) -> FetchedKind {
    let is_text = || !bytes.contains(&0) && !bytes.is_empty();
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" => FetchedKind::Html,
        "application/rss+xml" | "application/atom+xml" | "application/feed+json" => {
            FetchedKind::Feed
        }
        "application/pdf" => FetchedKind::Pdf,
        "application/epub+zip" => FetchedKind::Epub,
        "multipart/related" | "message/rfc822" | "application/x-mimearchive" => FetchedKind::Mhtml,
        "text/markdown" | "text/x-markdown" => FetchedKind::Markdown,
        "application/json" | "text/json" => FetchedKind::Json,
        "text/plain" if is_text() => FetchedKind::PlainText,
        "" | "application/octet-stream" | "binary/octet-stream" if is_text() => {
            match head.starts_with(['{', '[']) && serde_json_starts(bytes) {
                true => FetchedKind::Json,
                false => FetchedKind::PlainText,
            }
        }
        "" => FetchedKind::Other("application/octet-stream".to_owned()),
        _ if essence.ends_with("+json") => FetchedKind::Json,
        _ => FetchedKind::Other(essence),
    }
}

/// Returns whether bytes are JSON.
fn serde_json_starts(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::FetchedKind::*;
    use super::*;

    fn check(content_type: &str, bytes: &[u8], expected: FetchedKind) {
        let content_type = Some(content_type).filter(|content_type| !content_type.is_empty());
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert_eq!(recognize(content_type, bytes), expected, "{content_type:?} {shown}");
    }

    fn zip(names: &[&str]) -> Vec<u8> {
        let local = |name: &&str| [b"PK\x03\x04\x14\0\0\0", name.as_bytes()].concat();
        names.iter().flat_map(local).collect()
    }

    #[test]
    fn files_are_recognized_by_their_signature() {
        check("text/html", b"%PDF-1.7\n", Pdf);
        check("", b"\r\nbanner\n%PDF-1.4\n", Pdf);
        check("text/html", b"<p>How to write %PDF-1.4", Html);
        check("", &zip(&["mimetypeapplication/epub+zip", "META-INF/container.xml"]), Epub);
        check("", &zip(&["[Content_Types].xml", "word/document.xml"]), Docx);
        check("application/epub+zip", &zip(&["notes/tides.md"]), Zip);
        check("", &zip(&["xl/workbook.xml"]), Other("application/vnd.ms-excel".to_owned()));
        check("text/html", b"\x89PNG\r\n\x1a\n", Other("image/png".to_owned()));
        check("text/plain", b"{\\rtf1 a}", Other("application/rtf".to_owned()));
    }

    #[test]
    fn markup_is_recognized_whatever_its_type_says() {
        check("text/plain", b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>", Html);
        check("application/octet-stream", b"<!-- a --><html>", Html);
        check("", b"<h1>Tides</h1>", Html);
        check("text/markdown", b"<h1>Tides</h1>\n\n# Text", Markdown);
        check("text/plain", b"<feed>", PlainText);
        check("text/html", b"<?xml version='1.0'?><!DOCTYPE a><rss version='2.0'>", Feed);
        check("text/xml", b"<feed xmlns='http://www.w3.org/2005/Atom'>", Feed);
        check("text/xml", b"<rdf:RDF>", Feed);
        check("application/json", b"{\"version\": \"https://jsonfeed.org/version/1\"}", Feed);
        check("text/xml", b"<urlset>", Sitemap);
        check("text/xml", b"<sm:sitemapindex>", Sitemap);
        check("text/xml", b"<note>", Other("text/xml".to_owned()));
        check("", b"<svg xmlns='a'>", Other("image/svg+xml".to_owned()));
        check("", b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", Mhtml);
        check("", b"From: <Saved by Blink>\r\nContent-Type: multipart/related;\r\n", Mhtml);
        check("text/html", b"\xff\xfe<\0h\0t\0m\0l\0>\0", Html);
    }

    #[test]
    fn compressed_sitemap_is_recognized() {
        let compressed = |bytes: &[u8]| {
            let level = flate2::Compression::fast();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).expect("a vector takes all bytes");
            encoder.finish().expect("a vector takes all bytes")
        };
        check("application/gzip", &compressed(b"<?xml version='1.0'?>\n<urlset>"), Sitemap);
        check("", &compressed(b"a tape archive"), Other("application/gzip".to_owned()));
    }

    #[test]
    fn declared_type_decides_on_other_texts() {
        check("text/html; charset=utf-8", b"Hello", Html);
        check("Text/Markdown", b"# Tides", Markdown);
        check("text/plain", b"# Tides", PlainText);
        check("text/plain", b"a\0b", Other("text/plain".to_owned()));
        check("", b"The Moon", PlainText);
        check("application/octet-stream", b"{\"a\": [1]}", Json);
        check("application/json", b"[1]", Json);
        check("application/ld+json", b"{}", Json);
        check("application/rss+xml", b"", Feed);
        check("video/mp4", b"\0\0\0\x18ftyp", Other("video/mp4".to_owned()));
        check("", b"", Other("application/octet-stream".to_owned()));
    }
}
