//! Building of the blocks that hold others: quotations, lists, tables, figures. Pure.

use dom_query::NodeRef;

use super::super::block::{Block, Inline, Style, plain};
use super::super::clean;
use super::super::code;
use super::super::dom::{attribute, descendants, name};
use super::super::elements::{is_hidden, is_layout_role};
use super::super::table;
use super::Builder;

/// Maximum depth of lists, quotations and tables. Deeper ones are no containers.
const MAX_CONTAINERS: usize = 12;

impl Builder<'_> {
    pub(super) fn quotation(&mut self, node: &NodeRef<'_>) {
        if self.containers > MAX_CONTAINERS {
            self.end_paragraph();
            return self.children(node);
        }
        let blocks = self.contained(|builder| builder.children(node));
        if !blocks.is_empty() {
            self.block(Block::Quotation(blocks));
        }
    }

    pub(super) fn list(&mut self, node: &NodeRef<'_>, element: &str) {
        self.end_paragraph();
        if self.containers > MAX_CONTAINERS {
            return self.children(node);
        }
        let mut items: Vec<Vec<Block>> = Vec::new();
        let mut places = 0;
        for child in node.children_it(false) {
            let is_item = child.has_name("li") && !self.footnotes.is_definition(&child);
            let blocks = self.contained(|builder| match is_item {
                true if !is_hidden(&child, "li") => builder.children(&child),
                true => {}
                false => builder.node(&child),
            });
            let blocks: Vec<_> = blocks
                .into_iter()
                .filter(|block| {
                    places += usize::from(*block == Block::FootnotePlace);
                    *block != Block::FootnotePlace
                })
                .collect();
            match (items.last_mut(), blocks.first()) {
                (_, None) => {}
                // A list in a list, not in an item.
                (Some(last), Some(Block::List { .. })) if !is_item => last.extend(blocks),
                _ => items.push(blocks),
            }
        }
        let start = attribute(node, "start").parse().unwrap_or(1);
        let start = (element == "ol").then_some(start);
        if !items.is_empty() {
            self.block(Block::List { start, items });
        } else if places > 0 {
            self.block(Block::FootnotePlace);
        }
    }

    /// Builds a definition list: a paragraph with the term in bold and the definition.
    pub(super) fn definitions(&mut self, node: &NodeRef<'_>) {
        self.end_paragraph();
        let mut term: Vec<Inline> = Vec::new();
        let all =
            node.element_children().into_iter().flat_map(|child| match child.has_name("div") {
                true => child.element_children(),
                false => vec![child],
            });
        for child in all {
            if is_hidden(&child, &name(&child)) {
                continue;
            }
            if child.has_name("dt") {
                let text = self.line(&child);
                if !term.is_empty() && !text.is_empty() {
                    term.push(Inline::LineBreak);
                }
                term.extend(text);
                continue;
            }
            let mut blocks = self.contained(|builder| match child.has_name("dd") {
                true if !builder.footnotes.is_definition(&child) => builder.children(&child),
                _ => builder.node(&child),
            });
            let term = std::mem::take(&mut term);
            match blocks.first_mut() {
                Some(Block::Paragraph(first)) if !term.is_empty() => {
                    let rest = std::mem::take(first);
                    first.extend(strong(term));
                    first.push(Inline::LineBreak);
                    first.extend(rest);
                }
                _ if !term.is_empty() => blocks.insert(0, Block::Paragraph(strong(term))),
                _ => {}
            }
            self.blocks.extend(blocks);
        }
        if !term.is_empty() {
            self.blocks.push(Block::Paragraph(strong(term)));
        }
    }

    pub(super) fn table(&mut self, node: &NodeRef<'_>) {
        self.end_paragraph();
        if let Some(pre) = code::code_table(node) {
            return self.code_block(node, &pre);
        }
        for caption in descendants(node, &["caption"]).take(1) {
            let text = self.line(&caption);
            if !plain(&text).is_empty() {
                self.block(Block::Paragraph(text));
            }
        }
        let grid = table::grid(node);
        let is_data = !is_layout_role(node) && self.containers <= MAX_CONTAINERS && grid.is_data();
        if is_data {
            if let Some(table) = table::build(self, &grid) {
                self.block(Block::Table(table));
            }
            return;
        }
        for cell in grid.cells() {
            self.end_paragraph();
            self.node_or_children(cell);
            self.end_paragraph();
        }
    }

    fn node_or_children(&mut self, cell: &NodeRef<'_>) {
        match self.footnotes.is_definition(cell) {
            true => self.node(cell),
            false => self.children(cell),
        }
    }

    /// Builds a figure. The alternative text of its image is left out if it has a caption.
    pub(super) fn figure(&mut self, node: &NodeRef<'_>) {
        let captions = descendants(node, &["figcaption"]).next();
        let caption = captions.map(|caption| clean::one_line(&caption.text())).unwrap_or_default();
        if caption.is_empty() {
            self.end_paragraph();
            self.children(node);
            return self.end_paragraph();
        }
        let blocks = self.contained(|builder| builder.children(node));
        let images: Vec<String> = descendants(node, &["img"])
            .map(|img| clean::one_line(&attribute(&img, "alt")))
            .collect();
        let is_image = |block: &Block| match block {
            Block::Paragraph(parts) => images.contains(&plain(parts)) && plain(parts) != caption,
            _ => false,
        };
        self.blocks.extend(blocks.into_iter().filter(|block| !is_image(block)));
    }
}

fn strong(term: Vec<Inline>) -> Vec<Inline> {
    let is_strong = term.iter().any(|part| matches!(part, Inline::Open(Style::Strong)));
    if is_strong || plain(&term).is_empty() {
        return term;
    }
    let mut parts = vec![Inline::Open(Style::Strong)];
    parts.extend(term);
    parts.push(Inline::Close(Style::Strong));
    parts
}
