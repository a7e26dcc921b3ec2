//! Tests of the metadata and of files that are no documents.

use super::{Docx, paragraph, style, styled};
use crate::import::docx::convert;
use crate::import::package::zip_of;

fn core(title: &str) -> String {
    format!(
        "<cp:coreProperties><dc:title>{title}</dc:title>\
         <dc:creator>Ada Author; Bo Writer</dc:creator>\
         <dcterms:created>2020-01-02T03:04:05Z</dcterms:created>\
         <dcterms:modified>2021-02-03T04:05:06Z</dcterms:modified><dc:language>de-DE</dc:language>\
         <cp:keywords>sea, moon</cp:keywords><dc:description>About.</dc:description>\
         </cp:coreProperties>"
    )
}

#[test]
fn core_properties_are_read() {
    let text = "Der Mond zieht das Wasser der Meere an, und darum steigt es zweimal am Tag.";
    let document = Docx::new(&paragraph("", text)).part("core", &core("Tides")).document();
    assert_eq!(document.title.as_deref(), Some("Tides"));
    assert_eq!(document.authors, ["Ada Author", "Bo Writer"]);
    assert_eq!(document.published.as_deref(), Some("2020-01-02"));
    assert_eq!(document.updated.as_deref(), Some("2021-02-03"));
    assert_eq!(document.language.as_deref(), Some("de-DE"));
    assert_eq!(document.tags, ["sea", "moon"]);
    assert_eq!(document.description.as_deref(), Some("About."));
}

#[test]
fn title_is_that_of_its_style_or_of_the_first_heading() {
    let styles =
        format!("<w:styles>{}{}</w:styles>", style("t", "Title", ""), style("a", "Author", ""));
    let check = |body: &str, stored: &str, expected: Option<&str>| {
        let document =
            Docx::new(body).part("styles", &styles).part("core", &core(stored)).document();
        assert_eq!(document.title.as_deref(), expected, "{body}");
    };
    let text = paragraph("", "It pulls.");
    check(&format!("{}{text}", styled("t", "The Moon")), "Old", Some("The Moon"));
    check(&format!("{}{text}", styled("Heading1", "The Moon")), "Old", Some("The Moon"));
    check(&format!("{}{text}", styled("Heading1", "A")), "It pulls", Some("It pulls"));
    check(&text, "Microsoft Word - tides.doc", None);
    let document = Docx::new(&format!("{}{}{text}", styled("t", "A"), styled("a", "Cy")));
    let document = document.part("styles", &styles);
    assert_eq!(document.html(), "<p>It pulls.</p>");
    assert_eq!(document.document().authors, ["Cy"]);
}

#[test]
fn strict_document_is_read() {
    let main = "<document xmlns='http://purl.oclc.org/ooxml/wordprocessingml/main'><body><p><r>\
        <t>It pulls.</t></r></p></body></document>";
    let root = "<Relationships><Relationship Id='a' Target='/word/main.xml' \
        Type='http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument'/>\
        </Relationships>";
    let zip = zip_of(&[("word/main.xml", main.as_bytes()), ("_rels/.rels", root.as_bytes())]);
    assert_eq!(convert(&zip).unwrap().documents.len(), 1);
}

#[test]
fn file_that_is_no_document_is_named() {
    let check = |bytes: &[u8], expected: &str| {
        let refused = convert(bytes).unwrap_err();
        assert_eq!(refused.what, expected);
        assert!(!refused.hint.is_empty());
    };
    const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let utf_16 = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    check(b"", "the file is empty");
    check(&[OLE, &utf_16("WordDocument")].concat(), "the file is an old Word document (.doc)");
    check(&[OLE, &utf_16("EncryptedPackage")].concat(), "the document has a password");
    check(b"{\\rtf1 a}", "the file is an RTF document");
    check(b"%PDF-1.7", "the file is a PDF, not a DOCX document");
    check(b"<html><body>", "the file is an HTML page, not a DOCX document");
    check(&zip_of(&[("content.xml", b"<a/>")]), "the file is an OpenDocument text (.odt)");
    check(&zip_of(&[("Index/Document.iwa", b"a")]), "the file is a Pages document");
    check(&zip_of(&[("xl/workbook.xml", b"a")]), "the file is a spreadsheet");
    check(&zip_of(&[("META-INF/container.xml", b"a")]), "the file is an EPUB, not a DOCX document");
    check(&Docx::new("").bytes(), "the document has no text");
    let bytes = Docx::new(&paragraph("", "It pulls.")).bytes();
    check(&bytes[..bytes.len() - 30], "the file is damaged or cut off");
}

#[test]
fn cut_xml_keeps_the_text_before_with_a_warning() {
    let main = "<w:document><w:body><w:p><w:r><w:t>It pulls.</w:t></w:r></w:p><w:p><w:r><w:t";
    let document = convert(&zip_of(&[("word/document.xml", main.as_bytes())])).unwrap();
    assert_eq!(document.documents[0].warnings, ["the document is damaged, its end may be missing"]);
}

#[test]
fn deeply_nested_document_is_read() {
    let depth = 20_000;
    let nested = ["<w:tbl><w:tr><w:tc>", "<w:sdt><w:sdtContent>", "<m:oMath><m:f><m:num>"];
    for element in nested {
        let body = format!("{}{}", paragraph("", "It pulls."), element.repeat(depth));
        assert_eq!(Docx::new(&body).html(), "<p>It pulls.</p>");
    }
}
