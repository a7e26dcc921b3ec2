//! Conversion of a PDF to Markdown.
//!
//! A PDF has glyphs at positions, not text. The steps from one to the other, a module each:
//! `content` and `glyphs` (drawn content of a page) → `spans` (glyphs without a wide gap) →
//! `margins` (headers and footers left out) → `grid` (ruled tables) → `columns` (order of reading)
//! → `line` → `notes` (footnotes taken out) → `blocks` (paragraphs, headings, lists, tables, code)
//! → `assembly` (paragraphs across columns and pages) → `markdown`. `plausible` refuses a text
//! that is none.
//!
//! The place where a page begins is marked with the HTML comment `<!-- page N -->`.

mod assembly;
mod blocks;
mod charmap;
mod code;
mod columns;
mod content;
mod file_context;
mod glyphs;
mod grid;
mod joining;
mod line;
mod list;
mod margins;
mod markdown;
mod marked_content;
mod metadata;
mod notes;
mod order;
mod page;
mod plausible;
mod rows;
mod rules;
mod script;
mod spans;
mod style;
mod superscript;
mod table;
mod text;
mod text_string;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::import::document::{Body, Converted, Document, Failure};

use self::blocks::{Block, Kind, LineRegion, blocks_of};
use self::file_context::FileContext;
use self::glyphs::{Fonts, Page};
use self::joining::Words;
use self::line::lines_of;
use self::margins::{PageSpans, remove_margins};
use self::marked_content::{PageRoles, read_roles};
use self::metadata::{Metadata, read_metadata};
use self::notes::{Note, take_notes};
use self::page::read_page;
use self::style::{BodyStyle, HeadingStyle};

/// Maximum number of pages.
const MAX_PAGES: usize = 5_000;
/// Maximum number of glyphs of all pages.
const MAX_GLYPHS: usize = 20_000_000;
/// Number of bytes at the end of a file where its end mark must be.
const END_BYTES: usize = 4_096;
/// Share of the page height at the top and at the bottom that holds headers and footers.
const MARGIN: f32 = 0.15;
/// Minimum number of letters of a page with text.
const MIN_LETTERS: usize = 16;

/// Converts a PDF.
pub fn convert(bytes: &[u8]) -> Result<Converted, Failure> {
    check_file(bytes)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(load_failure)?;
    let metadata = read_metadata(&pdf);
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(failure(
            "it has no pages",
            "open it in a PDF viewer to see whether it is whole",
        ));
    }
    if pages.len() > MAX_PAGES {
        let what = format!("it has {} pages, more than {MAX_PAGES}", pages.len());
        return Err(failure(&what, "split it into several files"));
    }
    let roles = read_roles(pdf.xref());
    let none = PageRoles::new();
    let file = FileContext::new(pdf.xref());
    let mut fonts = Fonts::default();
    let mut drawn = Vec::with_capacity(pages.len());
    let mut images = Vec::new();
    let mut glyphs = 0;
    for (at, page) in pages.iter().enumerate() {
        let roles = page.raw().obj_id().and_then(|id| roles.get(&id)).unwrap_or(&none);
        let page = read_page(page, at + 1, &file, roles, &mut fonts);
        glyphs += page.glyphs.len();
        if glyphs > MAX_GLYPHS {
            return Err(failure("it has too much text", "split it into several files"));
        }
        if is_image(&page) {
            images.push(page.number);
        }
        drawn.push(spans_of_page(page));
    }
    check_scan(&drawn, &images)?;
    let mut converted = convert_pages(drawn, metadata)?;
    if !images.is_empty() {
        let warning = match images.as_slice() {
            [page] => format!("page {page} is an image without text and was left out"),
            _ => format!("{} pages are images without text and were left out", images.len()),
        };
        converted.documents.iter_mut().for_each(|document| document.warnings.push(warning.clone()));
    }
    Ok(converted)
}

/// Converts the text that an external program extracted from a PDF, such as `pdftotext` with or
/// without `-layout`. A form feed ends a page.
pub fn convert_text(text: &str) -> Result<Converted, Failure> {
    let pages = text::pages_of(text);
    if letters(&pages) < MIN_LETTERS {
        return Err(no_text());
    }
    convert_pages(pages, Metadata::default())
}

/// Checks the start and the end of a file.
fn check_file(bytes: &[u8]) -> Result<(), Failure> {
    let has = |part: &[u8], mark: &[u8]| part.windows(mark.len()).any(|window| window == mark);
    if bytes.is_empty() {
        return Err(failure("it is empty", "download or export it again"));
    }
    if !has(&bytes[..bytes.len().min(1_024)], b"%PDF-") {
        return Err(failure(
            "it is not a PDF",
            "check that its name ends with the right extension",
        ));
    }
    let is_padding = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
    let padding = bytes.iter().rev().take_while(|byte| is_padding(byte)).count();
    let bytes = &bytes[..bytes.len() - padding];
    let end = &bytes[bytes.len().saturating_sub(END_BYTES)..];
    match has(end, b"%%EOF") || has(end, b"startxref") {
        true => Ok(()),
        false => Err(failure("it is cut: its end is missing", "download or copy it again")),
    }
}

fn load_failure(error: LoadPdfError) -> Failure {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => failure(
            "it is encrypted with a password",
            "save it without a password, for example with `qpdf --decrypt --password=…`",
        ),
        LoadPdfError::Decryption(_) => failure(
            "it is encrypted in a way that is not supported",
            "save it without encryption, for example with `qpdf --decrypt`",
        ),
        LoadPdfError::Invalid => failure(
            "it is damaged",
            "repair it, for example with `qpdf` or by printing it to a new PDF",
        ),
    }
}

fn failure(what: &str, hint: &str) -> Failure {
    Failure { what: what.to_owned(), hint: hint.to_owned() }
}

fn no_text() -> Failure {
    failure("it has no text", "if its letters are drawings, run OCR (`ocrmypdf --force-ocr`) first")
}

/// Returns whether a page is an image with no or nearly no text.
fn is_image(page: &Page) -> bool {
    page.image_share > 0.5 && page_letters(page.glyphs.iter()) < MIN_LETTERS
}

fn page_letters<'g>(glyphs: impl Iterator<Item = &'g glyphs::Glyph>) -> usize {
    glyphs.flat_map(|glyph| glyph.text.chars()).filter(|c| !c.is_whitespace()).count()
}

fn letters(pages: &[PageSpans]) -> usize {
    pages.iter().flat_map(|page| &page.spans).map(|span| page_letters(span.glyphs.iter())).sum()
}

/// Fails if most pages are images without text, or if no page has text.
fn check_scan(pages: &[PageSpans], images: &[usize]) -> Result<(), Failure> {
    if !images.is_empty() && 2 * images.len() >= pages.len() {
        let what = match images.len() == pages.len() {
            true => "it is a scan: its pages are images without text".to_owned(),
            false => format!(
                "it is a scan: {} of its {} pages are images without text",
                images.len(),
                pages.len()
            ),
        };
        return Err(failure(&what, "run OCR first, for example `ocrmypdf in.pdf out.pdf`"));
    }
    match letters(pages) < MIN_LETTERS {
        true => Err(no_text()),
        false => Ok(()),
    }
}

fn spans_of_page(page: Page) -> PageSpans {
    let Page { number, height, glyphs, rules, .. } = page;
    let margin = MARGIN * height;
    PageSpans { number, height, margin, spans: spans::spans_of(glyphs), rules }
}

/// Converts the spans of all pages.
fn convert_pages(mut pages: Vec<PageSpans>, metadata: Metadata) -> Result<Converted, Failure> {
    remove_margins(&mut pages);
    let mut regions: Vec<(usize, LineRegion)> = Vec::new();
    for (at, page) in pages.iter_mut().enumerate() {
        let spans = grid::take_tables(std::mem::take(&mut page.spans), &page.rules);
        for spans in columns::regions_of(spans, &page.rules) {
            regions.push((at, LineRegion::new(lines_of(page.number, spans))));
        }
    }
    let lines = || regions.iter().flat_map(|(_, region)| &region.lines);
    let body = BodyStyle::of(lines());
    let words = Words::of(lines());
    let mut notes: Vec<Note> = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    for (at, mut region) in regions {
        notes.extend(take_notes(&mut region.lines, &body, &words));
        if !region.lines.is_empty() {
            let next = blocks_of(&region, &pages[at].rules, &body, &words);
            assembly::append(&mut blocks, next, &words);
        }
    }
    let texts: Vec<_> = blocks.iter().map(|block| block.text.as_str()).collect();
    if let Some(reason) = plausible::implausible(&texts.join("\n")) {
        return Err(failure(
            &format!("its text is not readable: {reason}"),
            "the file does not say which characters its glyphs are: run OCR on it \
             (`ocrmypdf --force-ocr`), or look for another version",
        ));
    }
    let title = metadata.title.or_else(|| title_of(&blocks));
    let document = Document {
        title,
        authors: metadata.authors,
        published: metadata.published,
        description: metadata.description,
        tags: metadata.tags,
        language: metadata.language,
        body: Body::Markdown(markdown::write(&blocks, &notes)),
        ..Document::default()
    };
    Ok(Converted { documents: vec![document], ..Converted::default() })
}

/// Returns the heading in the biggest type on the first page with text.
fn title_of(blocks: &[Block]) -> Option<String> {
    let first = blocks.first()?.page;
    let on_first = blocks.iter().take_while(|block| block.page == first);
    let unnumbered = on_first.filter(|block| style::number_depth(&block.text) == 0);
    let headings = unnumbered.filter_map(|block| {
        let size = match block.kind {
            Kind::Heading(HeadingStyle::Tagged(level)) => 100 - u32::from(level),
            Kind::Heading(HeadingStyle::Shown { size, .. }) => size,
            _ => return None,
        };
        Some((size, block))
    });
    // The first of several of the same size.
    let (_, block) = headings.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let is_mark = |c: char| matches!(c, superscript::SUPERSCRIPT | superscript::SUPERSCRIPT_END);
    let title: String = block.text.chars().filter(|c| !is_mark(*c)).collect();
    (title.chars().count() <= 300).then(|| joining::cleaned(&title))
}

#[cfg(test)]
mod tests;
