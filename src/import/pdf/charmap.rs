//! Characters of glyphs from the character maps of embedded fonts, for files that lack them.

use std::collections::HashMap;

use hayro_font::{FontGlyph, OutlineFontData};
use skrifa::{FontRef, MetadataProvider};

use super::script::is_private;

/// Maximum number of characters of a font that are read.
const MAX_CHARS: usize = 80_000;

/// Characters by glyph, by font.
#[derive(Debug, Default)]
pub struct Charmaps(HashMap<u128, HashMap<u32, char>>);

impl Charmaps {
    /// Returns the character that the font of a glyph maps to it.
    pub fn char_of(&mut self, glyph: &FontGlyph<'_>) -> Option<char> {
        let FontGlyph::Outline(outline) = glyph else { return None };
        let font = outline.font_data()?;
        let chars = self.0.entry(font.cache_key).or_insert_with(|| read_charmap(&font));
        chars.get(&outline.glyph_id().to_u32()).copied()
    }
}

/// Reads the character map of a font. Of several characters of a glyph, the first counts.
fn read_charmap(font: &OutlineFontData) -> HashMap<u32, char> {
    let mut chars = HashMap::new();
    let Ok(font) = FontRef::from_index((*font.data).as_ref(), 0) else { return chars };
    for (code, glyph) in font.charmap().mappings().take(MAX_CHARS) {
        if let Some(c) = char::from_u32(code).filter(|c| !is_private(*c) && !c.is_control()) {
            chars.entry(glyph.to_u32()).or_insert(c);
        }
    }
    chars
}
