//! The article of a web page, as the reader mode of a browser finds it. Pure.
//!
//! Steps: `metadata` reads title, authors and dates, `boilerplate` removes what is not the article,
//! `readability` and `root` find the element with the text, `prune` removes what is left next to
//! it,
//! `opening` removes the repeated title and byline, and
//! `refusal` tells pages that are no article.

mod boilerplate;
mod byline;
mod date;
mod json_ld;
mod mass;
mod metadata;
mod metas;
mod names;
mod opening;
mod prune;
mod readability;
mod refusal;
mod root;
mod title;

use url::Url;

use crate::import::document::{Body, Document, Failure};

use super::markdown::markdown;
use super::{build, dom, heading};

/// Level of the highest heading below the title.
const TOP_LEVEL: usize = 2;

/// Returns the article of a web page. `address` is where the page was fetched from. Fails if the
/// page is not an article: a list of links, an error page, or one that needs a login or JavaScript.
pub fn page(html: &str, address: Option<&Url>) -> Result<Document, Failure> {
    let tree = dom::parse(html);
    let metadata = metadata::read(&tree, address);
    let facts = refusal::Page::read(&tree);
    let base = dom::base(&tree, address);
    boilerplate::remove(&tree);
    let kept = readability::Kept::of(&tree);
    let title = metadata.title.as_deref().unwrap_or_default();
    let root = root::find(&tree, &kept, title);
    prune::prune(&root, &kept);
    let mut text = build::build(&root, base.as_ref());
    opening::trim_start(&mut text.blocks, &metadata);
    opening::remove_inserts(&mut text.blocks);
    opening::trim_end(&mut text.blocks);
    heading::make_contiguous(&mut text.blocks, Some(TOP_LEVEL));
    if let Some(failure) = facts.refusal(&root, &text.blocks, &metadata) {
        return Err(failure);
    }
    let markdown = markdown(text);
    Ok(Document {
        key: String::new(),
        title: metadata.title.clone(),
        authors: metadata.authors,
        published: metadata.published,
        updated: metadata.updated,
        description: metadata.description,
        tags: metadata.tags,
        language: metadata.language,
        address: metadata.address,
        name: metadata.title,
        body: Body::Markdown(markdown.text),
        warnings: markdown.warnings,
    })
}

/// Returns the addresses of the feeds that a page links to. `base` is the address of the page.
pub fn feeds(html: &str, base: &Url) -> Vec<Url> {
    let tree = dom::parse(html);
    let base = dom::base(&tree, Some(base)).unwrap_or_else(|| base.clone());
    metadata::feeds(&tree, &base)
}

#[cfg(test)]
mod tests;
