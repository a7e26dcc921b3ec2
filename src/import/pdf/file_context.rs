//! The context that the pages of a file share: its fonts, and which of its layers are shown.

use std::collections::HashSet;
use std::sync::Arc;

use hayro_font::{CMapResolverFn, Font, FontCache, FontQuery, FontResolverFn, StandardFont};
use hayro_syntax::object::{Array, Dict, Name, ObjectIdentifier};
use hayro_syntax::xref::XRef;

/// Fonts and layers of a file.
pub struct FileContext<'a> {
    cache: FontCache<'a>,
    font_resolver: FontResolverFn,
    cmap_resolver: CMapResolverFn,
    /// Layers (optional content groups) that are not shown.
    pub hidden: HashSet<ObjectIdentifier>,
}

impl<'a> FileContext<'a> {
    pub fn new(xref: &'a XRef) -> Self {
        let substitute = |query: &FontQuery| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
        };
        Self {
            cache: FontCache::new(),
            font_resolver: Arc::new(substitute),
            cmap_resolver: Arc::new(hayro_cmap::load_embedded),
            hidden: hidden_layers(xref),
        }
    }

    /// Returns the font of a font dictionary.
    pub fn font(&self, dict: &Dict<'a>) -> Option<Font<'a>> {
        self.cache.font(dict, &self.font_resolver, &self.cmap_resolver)
    }

    /// Returns the font for text whose font is missing.
    pub fn substitute(&self) -> Option<Font<'a>> {
        self.cache.standard_font(StandardFont::Helvetica, &self.font_resolver)
    }
}

/// Returns the layers (optional content groups) that are not shown.
fn hidden_layers(xref: &XRef) -> HashSet<ObjectIdentifier> {
    let catalog = xref.get::<Dict<'_>>(xref.root_id());
    let layers = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("OCProperties"));
    let Some(layers) = layers else { return HashSet::new() };
    let Some(config) = layers.get::<Dict<'_>>("D") else { return HashSet::new() };
    let ids = |dict: &Dict<'_>, key: &str| -> Vec<ObjectIdentifier> {
        let array = dict.get::<Array<'_>>(key);
        let items = array.iter().flat_map(Array::raw_iter);
        items.filter_map(|item| item.as_obj_ref()).map(ObjectIdentifier::from).collect()
    };
    let mut hidden = HashSet::new();
    if config.get::<Name<'_>>("BaseState").is_some_and(|state| state.as_str() == "OFF") {
        hidden.extend(ids(&layers, "OCGs"));
        let shown = ids(&config, "ON");
        hidden.retain(|id| !shown.contains(id));
    }
    hidden.extend(ids(&config, "OFF"));
    hidden
}
