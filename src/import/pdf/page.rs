//! Reading of one page. Pure.

use hayro_font::kurbo::Affine;
use hayro_syntax::page::Page as PdfPage;

use super::content::Interpreter;
use super::file_context::FileContext;
use super::glyphs::{Collector, Fonts, Page};
use super::marked_content::PageRoles;

/// Returns the content of a page.
pub fn read_page<'a>(
    page: &PdfPage<'a>,
    number: usize,
    file: &FileContext<'a>,
    roles: &PageRoles,
    fonts: &mut Fonts,
) -> Page {
    let (width, height) = page.render_dimensions();
    let empty = Page { number, width, height, ..Page::default() };
    let mut collector = Collector::new(empty, roles, fonts);
    let matrix = Affine::new(page.initial_transform(true).as_coeffs());
    Interpreter::new(file, &mut collector, matrix).run(page);
    collector.finish()
}
