//! Tests with books that are made here.

mod notes;

use super::convert;
use crate::import::document::{Body, Converted, Document};
use crate::import::package::zip_of;

const CONTAINER: &str = "<container><rootfiles><rootfile full-path='OEBPS/content.opf'/>\
    </rootfiles></container>";

/// A book in the making.
struct Book {
    parts: Vec<(String, Vec<u8>)>,
    metadata: String,
    manifest: String,
    spine: String,
    guide: String,
}

impl Book {
    fn new() -> Self {
        let mut book = Self {
            parts: Vec::new(),
            metadata: "<dc:title>Tides</dc:title>".to_owned(),
            manifest: String::new(),
            spine: String::new(),
            guide: String::new(),
        };
        book.part("META-INF/container.xml", CONTAINER);
        book
    }

    fn part(&mut self, name: &str, content: &str) {
        self.parts.push((name.to_owned(), content.as_bytes().to_vec()));
    }

    /// Adds a content document to the spine.
    fn page(mut self, name: &str, body: &str) -> Self {
        let html = format!("<html><head><title>x</title></head><body>{body}</body></html>");
        self.part(&format!("OEBPS/{name}"), &html);
        let kind = "application/xhtml+xml";
        self.manifest += &format!("<item id='{name}' href='{name}' media-type='{kind}'/>");
        self.spine += &format!("<itemref idref='{name}'/>");
        self
    }

    /// Adds an EPUB 3 table of contents.
    fn nav(mut self, list: &str) -> Self {
        let html = format!("<html><body><nav epub:type='toc'>{list}</nav></body></html>");
        self.part("OEBPS/nav.xhtml", &html);
        self.manifest += "<item id='nav' href='nav.xhtml' properties='nav' \
            media-type='application/xhtml+xml'/>";
        self
    }

    /// Adds an EPUB 2 table of contents of files.
    fn ncx(mut self, entries: &[(&str, &str)]) -> Self {
        let point = |(title, href): &(&str, &str)| {
            format!(
                "<navPoint><navLabel><text>{title}</text></navLabel>\
                 <content src='{href}'/></navPoint>"
            )
        };
        let points: String = entries.iter().map(point).collect();
        self.part("OEBPS/toc.ncx", &format!("<ncx><navMap>{points}</navMap></ncx>"));
        self.manifest += "<item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/>";
        self
    }

    fn metadata(mut self, xml: &str) -> Self {
        self.metadata = xml.to_owned();
        self
    }

    fn bytes(mut self) -> Vec<u8> {
        let opf = format!(
            "<package xmlns='http://www.idpf.org/2007/opf'><metadata>{}</metadata><manifest>{}\
             </manifest><spine>{}</spine><guide>{}</guide></package>",
            self.metadata, self.manifest, self.spine, self.guide
        );
        self.part("OEBPS/content.opf", &opf);
        let parts = self.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        zip_of(&parts.collect::<Vec<_>>())
    }

    fn convert(self) -> Converted {
        convert(&self.bytes()).unwrap()
    }
}

/// Returns paragraphs of `words` words.
fn prose(words: usize) -> String {
    let names = ["tide", "moon", "harbour", "wave", "north", "bridge", "river"];
    let word = |at: usize| names[at % names.len()];
    let paragraph = |at: usize| {
        let text: Vec<_> = (at..at + 50).map(word).collect();
        format!("<p>{}.</p>", text.join(" "))
    };
    (0..words.div_ceil(50)).map(paragraph).collect()
}

fn chapter(title: &str) -> String {
    format!("<h1>{title}</h1>{}", prose(2000))
}

fn html(document: &Document) -> &str {
    match &document.body {
        Body::Html(html) | Body::Markdown(html) => html,
    }
}

fn titles(converted: &Converted) -> Vec<&str> {
    converted.documents.iter().filter_map(|document| document.title.as_deref()).collect()
}

#[test]
fn entry_of_the_table_of_contents_is_a_chapter() {
    let book = Book::new()
        .page("a.xhtml", &chapter("The Moon"))
        .page("b.xhtml", &chapter("The Sun"))
        .page("c.xhtml", &prose(500))
        .nav(
            "<ol><li><a href='a.xhtml'>The Moon</a></li>\
              <li><a href='b.xhtml'>The Sun</a></li></ol>",
        )
        .convert();
    assert_eq!(book.folder.as_deref(), Some("Tides"));
    assert_eq!(titles(&book), ["The Moon", "The Sun"]);
    let (moon, sun) = (&book.documents[0], &book.documents[1]);
    assert_eq!(moon.name.as_deref(), Some("01 The Moon"));
    assert_eq!((moon.key.as_str(), sun.key.as_str()), ("OEBPS/a.xhtml", "OEBPS/b.xhtml"));
    assert!(html(moon).starts_with("<h1>The Moon</h1><p>tide moon"));
    // The third file has no entry, so it belongs to the second chapter.
    assert_eq!(html(sun).matches("<p>").count(), 50);
}

#[test]
fn chapters_of_one_file_are_divided_at_their_anchors() {
    let one = format!("<div>{}<a id='b'/>{}</div>", chapter("The Moon"), chapter("The Sun"));
    let book = Book::new()
        .page("all.xhtml", &one)
        .ncx(&[("The Moon", "all.xhtml"), ("The Sun", "all.xhtml#b")])
        .convert();
    assert_eq!(titles(&book), ["The Moon", "The Sun"]);
    assert!(html(&book.documents[0]).ends_with("</p></div>\n"));
    assert!(html(&book.documents[1]).starts_with("<div><h1>The Sun</h1>"));
}

#[test]
fn chapters_of_a_part_are_documents() {
    let list = "<ol><li><a href='p.xhtml'>Part One</a><ol><li><a href='a.xhtml'>I</a></li>\
        <li><a href='b.xhtml'>The Sun</a></li></ol></li><li><a href='c.xhtml'>Stars</a>\
        <ol><li><a href='c.xhtml#s'>Red</a></li></ol></li></ol>";
    let stars = format!("{}<h2 id='s'>Red</h2>{}", chapter("Stars"), prose(900));
    let book = Book::new()
        .page("p.xhtml", "<h1>Part One</h1>")
        .page("a.xhtml", &chapter("I"))
        .page("b.xhtml", &chapter("The Sun"))
        .page("c.xhtml", &stars)
        .nav(list)
        .convert();
    assert_eq!(titles(&book), ["Tides: Part One, I", "The Sun", "Stars"]);
    assert!(html(&book.documents[2]).contains("<h2>Red</h2>"));
}

#[test]
fn book_without_a_table_of_contents_is_divided_by_headings() {
    let book = Book::new()
        .page("a.xhtml", &chapter("The Moon"))
        .page("a2.xhtml", &prose(500))
        .page("b.xhtml", &chapter("The Sun"))
        .convert();
    assert_eq!(titles(&book), ["The Moon", "The Sun"]);
    assert_eq!(html(&book.documents[0]).matches("<p>").count(), 50);
}

#[test]
fn short_book_is_one_document() {
    let book = Book::new()
        .page("a.xhtml", "<h1>The Moon</h1><p>It pulls.</p>")
        .page("b.xhtml", "<h1>The Sun</h1><p>It shines.</p>")
        .ncx(&[("The Moon", "a.xhtml"), ("The Sun", "b.xhtml")])
        .convert();
    assert_eq!((book.folder.as_deref(), titles(&book)), (None, vec!["Tides"]));
    let expected = "<h1>The Moon</h1><p>It pulls.</p>\n<h1>The Sun</h1><p>It shines.</p>\n";
    assert_eq!(html(&book.documents[0]), expected);
}

#[test]
fn pages_without_text_are_left_out() {
    let rights = "<p>Copyright © 2020 Ada. All rights reserved. ISBN 1-2. First published in \
        London by a house that makes books about the sea and the people that live by it.</p>";
    let contents = "<p><a href='a.xhtml'>The Moon</a> <a href='b.xhtml'>The Sun</a> \
        <a href='a.xhtml'>x</a> <a href='a.xhtml'>y</a> <a href='b.xhtml'>z</a></p>";
    let index = format!("<section epub:type='index'><h1>Words</h1>{}</section>", prose(900));
    let mut book = Book::new()
        .page("cover.xhtml", "<img src='c.jpg' alt='A wave'/>")
        .page("title.xhtml", "<h1>Tides</h1><p>by Ada Author</p>")
        .page("rights.xhtml", rights)
        .page("contents.xhtml", contents)
        .page("dedication.xhtml", "<p>For my mother</p>")
        .page("a.xhtml", &chapter("The Moon"))
        .page("b.xhtml", &chapter("The Sun"))
        .page("index.xhtml", &index)
        .page("shop.xhtml", "<h1>Also by Ada</h1><p>Dikes, Dams, Locks</p>")
        .ncx(&[
            ("Tides", "title.xhtml"),
            ("The Moon", "a.xhtml"),
            ("The Sun", "b.xhtml"),
            ("Also by Ada", "shop.xhtml"),
        ]);
    book.guide = "<reference type='cover' href='cover.xhtml'/>".to_owned();
    let book = book.convert();
    assert_eq!(titles(&book), ["The Moon", "The Sun"]);
    let left_out: Vec<_> = book.left_out.into_iter().collect();
    assert_eq!(
        left_out,
        [
            ("covers, title pages, contents, indexes and copyright pages".to_owned(), 5),
            ("pages with almost no text".to_owned(), 1),
        ]
    );
}

#[test]
fn metadata_of_epub_3_is_read() {
    let metadata = "<dc:title id='s'>A story</dc:title><dc:title id='t'>Tides</dc:title>\
        <meta refines='#t' property='title-type'>main</meta>\
        <dc:creator id='a'>Ada Author</dc:creator><dc:creator id='e'>Ed Editor</dc:creator>\
        <meta refines='#e' property='role'>edt</meta><dc:language>en-GB</dc:language>\
        <dc:date>2020-01-02T00:00:00Z</dc:date>\
        <meta property='dcterms:modified'>2021-02-03T04:05:06Z</meta>\
        <dc:description>&lt;p&gt;About the sea.&lt;/p&gt;</dc:description>\
        <dc:subject>Seas</dc:subject><dc:subject>Moons</dc:subject>\
        <dc:identifier>url:https://example.org/tides</dc:identifier>";
    let book = Book::new().metadata(metadata).page("a.xhtml", "<p>It pulls.</p>").convert();
    let document = &book.documents[0];
    assert_eq!(document.title.as_deref(), Some("Tides"));
    assert_eq!(document.authors, ["Ada Author"]);
    assert_eq!(document.language.as_deref(), Some("en-GB"));
    assert_eq!(document.published.as_deref(), Some("2020-01-02"));
    assert_eq!(document.updated.as_deref(), Some("2021-02-03"));
    assert_eq!(document.description.as_deref(), Some("About the sea."));
    assert_eq!(document.tags, ["Seas", "Moons"]);
    assert_eq!(document.address.as_deref(), Some("https://example.org/tides"));
}

#[test]
fn metadata_of_epub_2_is_read() {
    let metadata = "<dc:title>Tides</dc:title><dc:creator opf:role='trl'>Tom</dc:creator>\
        <dc:creator opf:role='aut' opf:file-as='Author, Ada'>Ada Author</dc:creator>\
        <dc:date opf:event='modification'>2021-02-03</dc:date>\
        <dc:date opf:event='publication'>1999</dc:date>";
    let book = Book::new().metadata(metadata).page("a.xhtml", "<p>It pulls.</p>").convert();
    let document = &book.documents[0];
    assert_eq!(document.authors, ["Ada Author"]);
    assert_eq!(document.published.as_deref(), Some("1999"));
    assert_eq!(document.updated.as_deref(), Some("2021-02-03"));
}

#[test]
fn link_to_another_chapter_names_the_article() {
    let links = "<p><a href='b.xhtml#x'>Sun</a> <a href='#y'>here</a> <a href='c.png'>c</a> \
        <a href='https://example.org/?a=1&amp;b=2'>web</a> <a href='javascript:x()'>js</a></p>";
    let book = Book::new()
        .page("a.xhtml", &format!("{}{links}", chapter("The Moon")))
        .page("b.xhtml", &format!("{}<p id='x'>here</p>", chapter("The Sun")))
        .convert();
    let expected = "<p><a href=\"article:OEBPS%2Fb.xhtml\">Sun</a> here c \
        <a href=\"https://example.org/?a=1&amp;b=2\">web</a> js</p>\n";
    assert!(html(&book.documents[0]).ends_with(expected), "{}", html(&book.documents[0]));
}

#[test]
fn paragraph_with_the_text_of_an_entry_becomes_a_heading() {
    let page = |title: &str| format!("<p class='calibre1'><b>{title}</b></p>{}", prose(2000));
    let book = Book::new()
        .page("a.xhtml", &page("1. The Moon"))
        .page("b.xhtml", &format!("<p>Chapter 2</p>{}", page("The Sun")))
        .ncx(&[("1 The Moon", "a.xhtml"), ("Chapter 2: The Sun", "b.xhtml")])
        .convert();
    assert!(html(&book.documents[0]).starts_with("<h1><b>1. The Moon</b></h1>"));
    assert!(html(&book.documents[1]).starts_with("<h1>Chapter 2</h1><h1><b>The Sun</b></h1>"));
}

#[test]
fn large_paragraphs_are_headings_of_a_book_without_others() {
    let page = format!("<p class='big'><span class='x'>The Moon</span></p>{}", prose(3500));
    let mut book = Book::new().page("a.xhtml", &page);
    book.part("OEBPS/a.css", ".big { font-size: 1.4em }");
    book.manifest += "<item id='css' href='a.css' media-type='text/css'/>";
    let text = book.convert().documents.remove(0);
    assert!(html(&text).starts_with("<h2><span>The Moon</span></h2>"), "{}", &html(&text)[..80]);
}

#[test]
fn licence_of_project_gutenberg_is_left_out() {
    let licence = "<p>END OF THE PROJECT GUTENBERG EBOOK TIDES</p><p>Licence</p>";
    let start =
        "<p>Free for anyone.</p><pre>*** START OF THIS PROJECT GUTENBERG EBOOK TIDES ***</pre>";
    let book = Book::new()
        .page("a.xhtml", &format!("{start}<h1>Tides</h1><p>It pulls.</p>{licence}"))
        .page("b.xhtml", "<p>More of the licence.</p>")
        .convert();
    let text = html(&book.documents[0]);
    assert!(text.contains("It pulls.") && !text.contains("icence") && !text.contains("Free"));
    assert_eq!(book.left_out.keys().next().unwrap(), "licence texts of Project Gutenberg");
}

#[test]
fn files_that_break_the_rules_are_read() {
    let mut book = Book::new()
        .page("Text/A b.xhtml", "<p>It&nbsp;pulls &eacute;.<p>So <br>it is.")
        .page("missing.xhtml", "");
    book.parts.retain(|(name, _)| name != "OEBPS/missing.xhtml");
    book.manifest = book.manifest.replace("href='Text/A b.xhtml'", "href='TEXT/a%20b.XHTML'");
    book.manifest = book.manifest.replace("application/xhtml+xml", "text/plain");
    let text =
        "<?xml version='1.0' encoding='windows-1252'?><html><body><p>caf\u{e9}</p></body></html>";
    let bytes = text.chars().map(|c| c as u8).collect();
    book.parts.push(("OEBPS/w.html".to_owned(), bytes));
    book.manifest += "<item id='w' href='w.html' media-type='text/html'/>";
    book.spine += "<itemref idref='w'/>";
    let book = book.convert();
    let expected = "<p>It\u{a0}pulls é.</p><p>So <br>it is.</p>\n<p>café</p>\n";
    assert_eq!(html(&book.documents[0]), expected);
    assert_eq!(book.failed[0].0, "OEBPS/missing.xhtml");
}

#[test]
fn page_numbers_and_hidden_text_are_left_out() {
    let page = "<p>It <span epub:type='pagebreak' id='p7'>7</span>pulls.\
        <span class='pagenum'>[8]</span></p><p style='display: none'>x</p>\
        <ul><li><a href='#s'>One</a></li><li><a href='#t'>Two</a></li>\
        <li><a href='#u'>Three</a></li></ul><h2 id='s'>One</h2><h2 id='t'>Two</h2>\
        <h2 id='u'>Three</h2>";
    let book = Book::new().page("a.xhtml", page).convert();
    let expected = "<p>It pulls.</p><h2>One</h2><h2>Two</h2><h2>Three</h2>\n";
    assert_eq!(html(&book.documents[0]), expected);
}

#[test]
fn encrypted_book_is_refused() {
    let encryption = |algorithm: &str| {
        format!(
            "<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm='{algorithm}'/>\
             <enc:CipherData/></enc:EncryptedData></encryption>"
        )
    };
    let book = |algorithm: &str| {
        let mut book = Book::new().page("a.xhtml", "<p>It pulls.</p>");
        book.part("META-INF/encryption.xml", &encryption(algorithm));
        convert(&book.bytes())
    };
    assert!(book("http://www.idpf.org/2008/embedding").is_ok());
    let refused = book("http://www.w3.org/2001/04/xmlenc#aes128-cbc").unwrap_err();
    assert_eq!(refused.what, "the book is encrypted (DRM)");
}

#[test]
fn file_that_is_no_epub_is_named() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(convert(bytes).unwrap_err().what, expected);
    };
    check(b"", "the file is empty");
    check(b"%PDF-1.7", "the file is a PDF, not an EPUB");
    check(b"text", "the file is not an EPUB");
    check(b"PK\x03\x04", "the file is damaged or cut off");
    check(&[&[0; 60][..], b"BOOKMOBI"].concat(), "the file is a Kindle book");
    let other = "the zip file is not an EPUB: it has no package document";
    check(&zip_of(&[("a.txt", b"a")]), other);
    check(&Book::new().page("a.xhtml", "<img src='a.png'/>").bytes(), "the book has no text");
    let bytes = Book::new().page("a.xhtml", "<p>It pulls.</p>").bytes();
    check(&bytes[..bytes.len() / 2], "the file is damaged or cut off");
}
