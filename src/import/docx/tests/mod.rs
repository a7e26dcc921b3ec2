//! Tests with documents that are made here.

mod blocks;
mod inline;
mod metadata;

use super::convert;
use crate::import::document::{Body, Document};
use crate::import::package::zip_of;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A document in the making.
struct Docx {
    body: String,
    parts: Vec<(&'static str, String)>,
    links: Vec<(&'static str, &'static str)>,
}

impl Docx {
    fn new(body: &str) -> Self {
        Self { body: body.to_owned(), parts: Vec::new(), links: Vec::new() }
    }

    /// Adds a part such as `styles`.
    fn part(mut self, kind: &'static str, xml: &str) -> Self {
        self.parts.push((kind, xml.to_owned()));
        self
    }

    /// Adds an address with an id.
    fn link(mut self, id: &'static str, address: &'static str) -> Self {
        self.links.push((id, address));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let body = format!("<w:document><w:body>{}</w:body></w:document>", self.body);
        let mut relationships = String::from("<Relationships>");
        for (kind, _) in self.parts.iter().filter(|(kind, _)| *kind != "core") {
            relationships +=
                &format!("<Relationship Id='{kind}' Type='{OFFICE}/{kind}' Target='{kind}.xml'/>");
        }
        for (id, address) in &self.links {
            relationships += &format!(
                "<Relationship Id='{id}' Type='{OFFICE}/hyperlink' Target='{address}' \
                 TargetMode='External'/>"
            );
        }
        relationships += "</Relationships>";
        let mut parts = vec![
            ("word/document.xml".to_owned(), body),
            ("word/_rels/document.xml.rels".to_owned(), relationships),
        ];
        for (kind, xml) in &self.parts {
            let folder = if *kind == "core" { "docProps" } else { "word" };
            parts.push((format!("{folder}/{kind}.xml"), xml.clone()));
        }
        let parts = parts.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes()));
        zip_of(&parts.collect::<Vec<_>>())
    }

    fn document(&self) -> Document {
        convert(&self.bytes()).unwrap().documents.remove(0)
    }

    fn html(&self) -> String {
        match self.document().body {
            Body::Html(html) | Body::Markdown(html) => html.trim_end().to_owned(),
        }
    }
}

/// Returns a paragraph with properties and text.
fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// Returns a paragraph with a style.
fn styled(style: &str, text: &str) -> String {
    paragraph(&format!("<w:pStyle w:val='{style}'/>"), text)
}

/// Returns a style of paragraphs.
fn style(id: &str, name: &str, more: &str) -> String {
    format!("<w:style w:type='paragraph' w:styleId='{id}'><w:name w:val='{name}'/>{more}</w:style>")
}
