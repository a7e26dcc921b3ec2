//! Markdown of HTML, with the losses of the conversion. Pure.

use url::Url;

use super::block::Text;
use super::{build, dom, heading, write};

/// A text in Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown {
    pub text: String,
    /// Losses of the conversion, for a person.
    pub warnings: Vec<String>,
}

/// Returns the Markdown of an HTML fragment or document, all of it article. Relative
/// links are resolved against `base`; without it, their text is kept only.
pub fn to_markdown(html: &str, base: Option<&Url>) -> Markdown {
    let document = dom::parse(html);
    let root = document.body().unwrap_or_else(|| document.root());
    let base = dom::base(&document, base);
    let mut text = build::build(&root, base.as_ref());
    heading::make_contiguous(&mut text.blocks, None);
    markdown(text)
}

/// Writes a text, with its warnings.
pub fn markdown(text: Text) -> Markdown {
    let warnings = match text.images_left_out {
        0 => Vec::new(),
        1 => vec!["1 image without a text was left out".to_owned()],
        count => vec![format!("{count} images without a text were left out")],
    };
    Markdown { text: write::write(&text), warnings }
}
