//! DOCX documents (Office Open XML, transitional and strict).
//!
//! A document becomes one HTML fragment. The pipeline: styles, numbering and metadata are parsed
//! (`styles`, `numbering`, `properties`), the body becomes blocks (`body`, `table`, `run`), and the
//! blocks are written as HTML (`write`), with footnotes and endnotes at the end. Headers, footers,
//! comments, deleted and hidden text and tables of contents are left out.

mod alternative;
mod body;
mod fields;
mod headings;
mod inline;
mod math;
mod notes;
mod numbering;
mod properties;
mod relationships;
mod run;
mod signature;
mod styles;
mod symbols;
mod table;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;

use super::document::{Body, Converted, Document, Failure};
use super::language::plausible;
use super::markup::{NodeId, Tree, parse_xml};
use super::package::Package;
use body::{Block, Converter, Part, State};
use notes::NoteKind;
use numbering::Numbering;
use properties::Properties;
use relationships::Relationships;
use styles::Styles;

/// Path of the main part if the package does not say it.
const MAIN_PART: &str = "word/document.xml";

/// A part with a text, and its relationships.
#[derive(Default)]
struct Source {
    text: String,
    relationships: Relationships,
}

/// Converts a document.
pub fn convert(bytes: &[u8]) -> Result<Converted, Failure> {
    signature::check(bytes)?;
    let mut package = Package::open(bytes)?;
    let root = Relationships::read(&mut package, "")?;
    let main = root.part("officeDocument").unwrap_or(MAIN_PART).to_owned();
    let Some(text) = package.read_text(&main)? else { return Err(signature::of_zip(&package)) };
    let main = Source { text, relationships: Relationships::read(&mut package, &main)? };
    let mut part = |kind: &str| -> Result<Source, Failure> {
        let Some(path) = main.relationships.part(kind).map(str::to_owned) else {
            return Ok(Source::default());
        };
        let text = package.read_text(&path)?.unwrap_or_default();
        Ok(Source { text, relationships: Relationships::read(&mut package, &path)? })
    };
    let styles = Styles::parse(&part("styles")?.text);
    let numbering = Numbering::parse(&part("numbering")?.text);
    let footnotes = part("footnotes")?;
    let endnotes = part("endnotes")?;
    let core = root.part("core-properties").unwrap_or("docProps/core.xml").to_owned();
    let core = package.read_text(&core)?.unwrap_or_default();
    let properties = properties::parse(&core);
    let reader = Reader { main: &main, footnotes, endnotes, styles, numbering };
    reader.document(properties)
}

/// The parts of a document.
struct Reader<'r> {
    main: &'r Source,
    footnotes: Source,
    endnotes: Source,
    styles: Styles,
    numbering: Numbering,
}

impl Reader<'_> {
    fn document(&self, properties: Properties) -> Result<Converted, Failure> {
        let (tree, is_damaged) = parse_xml(&self.main.text);
        let Some(body) = tree.find(Tree::ROOT, "w:body") else {
            return Err(signature::not_a_document());
        };
        let detects_code = self.has_other_fonts(&tree, body);
        let mut state = State { detects_code, ..State::default() };
        let mut blocks = self.blocks(&tree, body, &mut state);
        if state.fields.is_open() {
            // A field without an end may hide the rest of the document.
            state = State { detects_code, ..State::default() };
            state.fields.keeps_all = true;
            blocks = self.blocks(&tree, body, &mut state);
        }
        let front = headings::take_front(&mut blocks);
        headings::mark_bold(&mut blocks);
        let title = headings::title(front.title, &properties, &blocks);
        let notes = self.notes(&mut state);
        let html = write::html(&blocks) + &notes;
        if html.is_empty() {
            let hint = match state.images {
                _ if state.chunks > 0 => "open it in Word and save it once more",
                0 => "the document is empty",
                _ => "a document of images has to be recognised by OCR first",
            };
            let what = "the document has no text".to_owned();
            return Err(Failure { what, hint: hint.to_owned() });
        }
        let document = Document {
            name: title.clone(),
            title,
            authors: if front.authors.is_empty() { properties.authors } else { front.authors },
            published: front.date.or(properties.created),
            updated: properties.modified,
            description: properties.description,
            tags: properties.keywords,
            language: plausible(properties.language, &headings::sample(&blocks)),
            body: Body::Html(html),
            warnings: warnings(&state, is_damaged),
            ..Document::default()
        };
        Ok(Converted { documents: vec![document], ..Converted::default() })
    }

    /// Returns whether most of the text is not in a font for program code. Some documents are
    /// written as if by a typewriter.
    fn has_other_fonts(&self, tree: &Tree<'_>, body: NodeId) -> bool {
        let mut state = State::default();
        let part = Part { tree, relationships: &self.main.relationships };
        let (styles, numbering) = (&self.styles, &self.numbering);
        let converter = Converter { part, styles, numbering, state: &mut state };
        let (mut all, mut monospaced) = (0, 0);
        for paragraph in tree.subtree(body).filter(|id| tree.name(*id) == "w:p") {
            let properties = tree.child(paragraph, "w:pPr");
            let style = properties.and_then(|id| styles::child_value(tree, id, "w:pStyle"));
            let inherited = self.styles.format(style.as_deref());
            all += 1;
            monospaced += usize::from(converter.is_monospaced(paragraph, inherited));
        }
        monospaced * 2 < all
    }

    fn blocks(&self, tree: &Tree<'_>, of: NodeId, state: &mut State) -> Vec<Block> {
        let part = Part { tree, relationships: &self.main.relationships };
        let (styles, numbering) = (&self.styles, &self.numbering);
        let mut blocks = Vec::new();
        Converter { part, styles, numbering, state }.blocks(of, &mut blocks);
        blocks
    }

    /// Returns the HTML of the notes that the document refers to, in the order of the references.
    fn notes(&self, state: &mut State) -> String {
        let (footnotes, _) = parse_xml(&self.footnotes.text);
        let (endnotes, _) = parse_xml(&self.endnotes.text);
        let by_id = |tree: &Tree<'_>, name: &str| -> HashMap<String, NodeId> {
            let notes = tree.subtree(Tree::ROOT).filter(|id| tree.name(*id) == name);
            notes.filter_map(|id| Some((tree.attribute(id, "id")?.into_owned(), id))).collect()
        };
        let footnote_ids = by_id(&footnotes, "w:footnote");
        let endnote_ids = by_id(&endnotes, "w:endnote");
        let mut html = String::new();
        let mut at = 0;
        while let Some((kind, id)) = state.notes.get(at).cloned() {
            let (tree, ids, source) = match kind {
                NoteKind::Footnote => (&footnotes, &footnote_ids, &self.footnotes),
                NoteKind::Endnote => (&endnotes, &endnote_ids, &self.endnotes),
            };
            let mut blocks = Vec::new();
            if let Some(note) = ids.get(&id) {
                let part = Part { tree, relationships: &source.relationships };
                let (styles, numbering) = (&self.styles, &self.numbering);
                let state = &mut *state;
                Converter { part, styles, numbering, state }.blocks(*note, &mut blocks);
            }
            let text = write::html(&blocks);
            at += 1;
            html.push_str(&format!("<aside role=\"doc-footnote\" id=\"fn{at}\">{text}</aside>\n"));
        }
        html
    }
}

fn warnings(state: &State, is_damaged: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if is_damaged {
        warnings.push("the document is damaged, its end may be missing".to_owned());
    }
    match state.images {
        0 => {}
        1 => warnings.push("1 image without a text was left out".to_owned()),
        count => warnings.push(format!("{count} images without a text were left out")),
    }
    if state.chunks > 0 {
        warnings.push(format!("{} embedded documents were left out", state.chunks));
    }
    warnings
}
