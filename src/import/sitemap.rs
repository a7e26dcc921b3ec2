//! Sitemaps: the list of a site's pages, by the protocol of sitemaps.org. Pure.
//!
//! A sitemap is XML or one address per line, possibly compressed. Extensions for images, videos,
//! news and translations are ignored. A damaged sitemap yields the entries before the damage.

use std::collections::HashSet;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};
use url::Url;

use super::document::Failure;
use super::xml;

/// Maximum number of entries, by the protocol.
const MAX_ENTRIES: usize = 50_000;
/// Maximum size after decompression in bytes, by the protocol.
const MAX_BYTES: u64 = 50 << 20;
/// Maximum length of an address. The protocol allows 2,048 characters.
const MAX_ADDRESS_BYTES: usize = 4096;
/// Maximum length of a date.
const MAX_DATE_BYTES: usize = 64;

const DAMAGED: &str = "the sitemap is cut or damaged";

/// The entries of a sitemap, each once and in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitemap {
    pub pages: Vec<Entry>,
    /// Further sitemaps, if this is an index.
    pub sitemaps: Vec<Url>,
    /// The reason why entries may be missing: lower case, no full stop.
    pub problem: Option<String>,
}

/// A page of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub address: Url,
    /// Date of the last change as found, such as `2026-01-05` or an RFC 3339 time.
    pub modified: Option<String>,
}

/// Parses a sitemap or an index of sitemaps.
pub fn parse(bytes: &[u8]) -> Result<Sitemap, Failure> {
    let mut unpacked = Vec::new();
    let mut problem = None;
    let bytes = match bytes.starts_with(b"\x1f\x8b") {
        true => {
            problem = unpack(bytes, MAX_BYTES, &mut unpacked);
            &unpacked
        }
        false => bytes,
    };
    let text = xml::decode(bytes);
    let text = text.trim_start();
    let sitemap = match text.starts_with('<') {
        true => parse_xml(text),
        false => parse_lines(text),
    };
    sitemap.map(|sitemap| Sitemap { problem: problem.or(sitemap.problem), ..sitemap })
}

/// Returns whether two addresses are of the same site: the same host and port, with or without
/// `www.`, by http or https.
pub fn same_host(a: &Url, b: &Url) -> bool {
    fn site(address: &Url) -> Option<(&str, Option<u16>)> {
        let host = address.host_str()?.trim_end_matches('.');
        // `url` has removed the default port of the scheme.
        Some((host.strip_prefix("www.").unwrap_or(host), address.port()))
    }
    site(a).is_some() && site(a) == site(b)
}

/// Decompresses at most `max_bytes`. Returns the reason why the content is incomplete.
fn unpack(bytes: &[u8], max_bytes: u64, unpacked: &mut Vec<u8>) -> Option<String> {
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes).take(max_bytes);
    let result = decoder.read_to_end(unpacked);
    match result {
        Ok(_) if decoder.limit() == 0 => {
            Some(format!("the sitemap is larger than {} MB", max_bytes >> 20))
        }
        Ok(_) => None,
        Err(_) => Some("the compressed sitemap is damaged".to_owned()),
    }
}

/// The entries so far.
#[derive(Default)]
struct Builder {
    sitemap: Sitemap,
    seen: HashSet<String>,
}

impl Builder {
    /// Adds an entry. Returns `false` if there are too many.
    fn add(&mut self, address: &str, modified: &str, is_sitemap: bool) -> bool {
        let address = address.trim();
        if address.is_empty() || address.len() > MAX_ADDRESS_BYTES {
            return true;
        }
        let Ok(mut address) = Url::parse(address) else { return true };
        address.set_fragment(None);
        let is_web = matches!(address.scheme(), "http" | "https");
        if !is_web || !self.seen.insert(address.as_str().to_owned()) {
            return true;
        }
        if self.seen.len() > MAX_ENTRIES {
            self.sitemap.problem = Some("entries after the first 50,000 were left out".to_owned());
            return false;
        }
        if is_sitemap {
            self.sitemap.sitemaps.push(address);
            return true;
        }
        let modified = modified.trim();
        let is_date = !modified.is_empty() && modified.len() <= MAX_DATE_BYTES;
        let modified = is_date.then(|| modified.to_owned());
        self.sitemap.pages.push(Entry { address, modified });
        true
    }
}

/// The element whose text is being read.
#[derive(Clone, Copy)]
enum Field {
    Address,
    Modified,
}

/// An entry while its elements are read.
#[derive(Default)]
struct Open {
    /// Namespace prefix of the entry. Elements of extensions have another.
    prefix: Option<String>,
    is_sitemap: bool,
    address: String,
    modified: String,
    field: Option<Field>,
}

impl Open {
    fn new(element: &BytesStart<'_>) -> Open {
        let (local, prefix) = element.name().decompose();
        let prefix = prefix.map(|prefix| prefix.as_ref().to_owned());
        Open { prefix, is_sitemap: local.as_ref() == "sitemap", ..Open::default() }
    }

    fn begin(&mut self, element: &BytesStart<'_>) {
        let (local, prefix) = element.name().decompose();
        let is_own = prefix.as_ref().map(AsRef::as_ref) == self.prefix.as_deref();
        self.field = match local.as_ref() {
            "loc" if is_own && self.address.is_empty() => Some(Field::Address),
            "lastmod" if is_own && self.modified.is_empty() => Some(Field::Modified),
            _ => None,
        };
    }

    fn text(&mut self) -> Option<&mut String> {
        match self.field? {
            Field::Address => Some(&mut self.address),
            Field::Modified => Some(&mut self.modified),
        }
    }
}

fn parse_xml(text: &str) -> Result<Sitemap, Failure> {
    let mut reader = xml::reader(text);
    let mut builder = Builder::default();
    let mut open: Option<Open> = None;
    let mut root = None;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(_) => {
                builder.sitemap.problem = Some(DAMAGED.to_owned());
                break;
            }
        };
        match event {
            Event::Start(element) => {
                let name = element.local_name();
                if root.is_none() {
                    root = Some(name.as_ref().to_owned());
                    check_root(name.as_ref())?;
                } else if matches!(name.as_ref(), "url" | "sitemap") {
                    open = Some(Open::new(&element));
                } else if let Some(open) = &mut open {
                    open.begin(&element);
                }
            }
            Event::Empty(element) if root.is_none() => {
                root = Some(element.local_name().as_ref().to_owned());
                check_root(element.local_name().as_ref())?;
            }
            Event::Text(part) => {
                if let Some(text) = open.as_mut().and_then(Open::text) {
                    text.push_str(&part);
                }
            }
            Event::CData(part) => {
                if let Some(text) = open.as_mut().and_then(Open::text) {
                    text.push_str(&part);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(text) = open.as_mut().and_then(Open::text) {
                    xml::push_reference(&reference, text);
                }
            }
            Event::End(element) => {
                let is_entry = matches!(element.local_name().as_ref(), "url" | "sitemap");
                if let (true, Some(entry)) = (is_entry, open.take_if(|_| is_entry)) {
                    if !builder.add(&entry.address, &entry.modified, entry.is_sitemap) {
                        break;
                    }
                } else if let Some(open) = &mut open {
                    open.field = None;
                }
            }
            Event::Eof => {
                if open.is_some() {
                    builder.sitemap.problem = Some(DAMAGED.to_owned());
                }
                break;
            }
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    match root {
        Some(_) => Ok(builder.sitemap),
        None => Err(not_a_sitemap("it is not a sitemap")),
    }
}

/// Fails if the root element is not that of a sitemap.
fn check_root(name: &str) -> Result<(), Failure> {
    match name.to_ascii_lowercase().as_str() {
        "urlset" | "sitemapindex" => Ok(()),
        "html" | "head" | "body" => Err(not_a_sitemap("it is a web page, not a sitemap")),
        "rss" | "feed" | "rdf" => Err(Failure {
            what: "it is a feed, not a sitemap".to_owned(),
            hint: "import it as a feed".to_owned(),
        }),
        _ => Err(not_a_sitemap("it is not a sitemap")),
    }
}

fn parse_lines(text: &str) -> Result<Sitemap, Failure> {
    let mut builder = Builder::default();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let is_address = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
    match lines.peek() {
        None => return Err(not_a_sitemap("it is empty")),
        Some(first) if !is_address(first) => return Err(not_a_sitemap("it is not a sitemap")),
        Some(_) => {}
    }
    // The first error ends the loop: there are too many.
    let _ = lines.all(|line| builder.add(line, "", false));
    Ok(builder.sitemap)
}

fn not_a_sitemap(what: &str) -> Failure {
    let hint = "give the address of the site's sitemap, often /sitemap.xml, or that of a page";
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pages(sitemap: &Sitemap) -> Vec<&str> {
        sitemap.pages.iter().map(|page| page.address.as_str()).collect()
    }

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("a vector takes all bytes");
        encoder.finish().expect("a vector takes all bytes")
    }

    const URLSET: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- pages -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url>
    <loc> https://a.example/tides?a=1&amp;b=2 </loc><lastmod>2026-01-05</lastmod><priority>0.5</priority>
    <image:image><image:loc>https://a.example/moon.png</image:loc></image:image>
    <xhtml:link rel="alternate" hreflang="de" href="https://a.example/de/tides"/>
  </url>
  <url><loc><![CDATA[https://a.example/dikes]]></loc><lastmod>2026-01-05T07:00:00+01:00</lastmod></url>
  <url><loc>https://a.example/dikes#top</loc></url>
  <url><loc>ftp://a.example/file</loc></url>
  <url><loc>/relative</loc></url>
  <url><loc/></url>
</urlset>"#;

    #[test]
    fn pages_are_read_and_extensions_are_ignored() {
        let sitemap = parse(URLSET.as_bytes()).expect("the sitemap is valid");
        assert_eq!(pages(&sitemap), ["https://a.example/tides?a=1&b=2", "https://a.example/dikes"]);
        assert_eq!(sitemap.pages[0].modified.as_deref(), Some("2026-01-05"));
        assert_eq!(sitemap.pages[1].modified.as_deref(), Some("2026-01-05T07:00:00+01:00"));
        assert_eq!((sitemap.sitemaps, sitemap.problem), (vec![], None));
    }

    #[test]
    fn index_of_sitemaps_is_read_with_any_prefix() {
        let index = r#"<sm:sitemapindex xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9">
            <sm:sitemap><sm:loc>https://a.example/1.xml.gz</sm:loc></sm:sitemap>
            <sm:sitemap><sm:loc>https://a.example/2.xml</sm:loc></sm:sitemap></sm:sitemapindex>"#;
        let sitemap = parse(index.as_bytes()).expect("the sitemap is valid");
        let found: Vec<_> = sitemap.sitemaps.iter().map(Url::as_str).collect();
        assert_eq!(found, ["https://a.example/1.xml.gz", "https://a.example/2.xml"]);
    }

    #[test]
    fn compressed_and_text_sitemaps_are_read() {
        let sitemap = parse(&compressed(URLSET.as_bytes())).expect("the sitemap is valid");
        assert_eq!(sitemap.pages.len(), 2);
        let lines = "\u{feff}https://a.example/1\r\n\r\nhttps://a.example/2\nhttps://a.example/1\n";
        let sitemap = parse(lines.as_bytes()).expect("the sitemap is valid");
        assert_eq!(pages(&sitemap), ["https://a.example/1", "https://a.example/2"]);
    }

    #[test]
    fn cut_sitemap_yields_its_whole_entries() {
        let cut = &URLSET[..URLSET.find("ftp://").expect("the entry is there")];
        let sitemap = parse(cut.as_bytes()).expect("some entries are whole");
        assert_eq!(sitemap.pages.len(), 2);
        assert_eq!(sitemap.problem.as_deref(), Some("the sitemap is cut or damaged"));
        let bytes = compressed(URLSET.as_bytes());
        let sitemap = parse(&bytes[..bytes.len() - 20]).expect("some entries are whole");
        assert_eq!(sitemap.problem.as_deref(), Some("the compressed sitemap is damaged"));
    }

    #[test]
    fn other_files_are_told_apart() {
        let check = |text: &str, expected: &str| {
            let failure = parse(text.as_bytes()).expect_err("it is not a sitemap");
            assert_eq!(failure.what, expected, "{text}");
        };
        check("<!doctype html><html><body>Not found", "it is a web page, not a sitemap");
        check("<rss version='2.0'></rss>", "it is a feed, not a sitemap");
        check("<svg/>", "it is not a sitemap");
        check("The Moon", "it is not a sitemap");
        check("<!-- nothing", "it is not a sitemap");
        check(" \n", "it is empty");
        check("", "it is empty");
    }

    #[test]
    fn bombs_are_bounded() {
        let url = |number| format!("<url><loc>https://a.example/{number}</loc></url>");
        let many = format!("<urlset>{}", (0..50_010).map(url).collect::<String>());
        let sitemap = parse(many.as_bytes()).expect("the sitemap is valid");
        assert_eq!(sitemap.pages.len(), MAX_ENTRIES);
        let problem = sitemap.problem.expect("entries are missing");
        assert_eq!(problem, "entries after the first 50,000 were left out");
        let mut unpacked = Vec::new();
        let problem = unpack(&compressed(&vec![b' '; 3 << 20]), 1 << 20, &mut unpacked);
        assert_eq!(problem.as_deref(), Some("the sitemap is larger than 1 MB"));
        assert_eq!(unpacked.len(), 1 << 20);
        let entities = r#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">
            <!ENTITY x SYSTEM "file:///etc/passwd">]>
            <urlset><url><loc>https://a.example/&b;&x;</loc></url></urlset>"#;
        let sitemap = parse(entities.as_bytes()).expect("the sitemap is valid");
        assert_eq!(pages(&sitemap), ["https://a.example/&b;&x;"]);
    }

    #[test]
    fn site_is_the_same_with_www_and_https() {
        let check = |a: &str, b: &str, expected: bool| {
            let url = |text: &str| Url::parse(text).expect("the address is valid");
            assert_eq!(same_host(&url(a), &url(b)), expected, "{a} {b}");
        };
        check("https://a.example/x", "http://www.a.example./y", true);
        check("https://a.example:443/", "https://A.example/", true);
        check("https://a.example:8443/", "https://a.example/", false);
        check("https://a.example/", "https://b.a.example/", false);
        check("https://a.example/", "https://a.example.evil.example/", false);
        check("mailto:a@a.example", "mailto:a@a.example", false);
    }
}
