//! Building of blocks from the tree of HTML elements. Pure.
//!
//! The builder walks the tree once. An inline element adds to the current paragraph, and any other
//! element ends it, so words of different blocks are never joined. A style or a link that spans
//! several blocks is in each of them.

mod container;
mod inline;

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::block::{Block, Inline, Style, Text, plain};
use super::clean;
use super::code;
use super::dom::name;
use super::elements::{heading_level, is_hidden, is_inline, is_line_numbers};
use super::footnote::{self, Footnotes};
use super::links;
use super::math::formula;

/// Maximum depth of the recursion over elements. The text of deeper elements is kept in one block.
const MAX_RECURSION: usize = 300;
/// Minimum number of words of an alternative text that is a block.
const MIN_CAPTION_WORDS: usize = 4;

/// Builds the text of an element.
pub fn build(root: &NodeRef<'_>, base: Option<&Url>) -> Text {
    let footnotes = Footnotes::find(root, base);
    let mut builder = Builder {
        base,
        footnotes: &footnotes,
        in_footnote: None,
        blocks: Vec::new(),
        paragraph: Vec::new(),
        open: Vec::new(),
        flat: 0,
        containers: 0,
        depth: 0,
        images_left_out: 0,
    };
    let blocks = builder.contained(|builder| builder.children(root));
    let mut notes = Vec::new();
    for id in &footnotes.definitions {
        let node = NodeRef::new(*id, root.tree);
        builder.in_footnote = Some(*id);
        let mut note = builder.contained(|builder| builder.children(&node));
        footnote::strip_mark(&mut note, notes.len() + 1);
        notes.push(note);
    }
    Text { blocks, footnotes: notes, images_left_out: builder.images_left_out }
}

/// Builds the blocks of an element.
pub struct Builder<'a> {
    base: Option<&'a Url>,
    footnotes: &'a Footnotes,
    /// The definition that is built.
    in_footnote: Option<NodeId>,
    /// Blocks of the innermost container.
    blocks: Vec<Block>,
    /// Parts of the paragraph that has begun.
    paragraph: Vec<Inline>,
    /// Open styles and links.
    open: Vec<Inline>,
    /// Number of open elements whose text is in one line: headings and table cells.
    flat: usize,
    containers: usize,
    depth: usize,
    images_left_out: usize,
}

impl Builder<'_> {
    /// Builds the children of an element.
    pub fn children(&mut self, node: &NodeRef<'_>) {
        if self.depth == MAX_RECURSION {
            self.paragraph.push(Inline::Text(node.text().to_string()));
            return;
        }
        self.depth += 1;
        for child in node.children_it(false) {
            self.node(&child);
        }
        self.depth -= 1;
    }

    fn node(&mut self, node: &NodeRef<'_>) {
        if node.is_text() {
            self.paragraph.push(Inline::Text(node.text().to_string()));
        } else if node.is_element() {
            self.element(node, &name(node));
        }
    }

    fn element(&mut self, node: &NodeRef<'_>, element: &str) {
        if let Some(formula) = formula(node, element) {
            return self.formula(formula);
        }
        if is_hidden(node, element) || is_line_numbers(node) {
            return;
        }
        if self.footnotes.is_definition(node) && self.in_footnote != Some(node.id) {
            return self.block(Block::FootnotePlace);
        }
        if self.in_footnote.is_some() && Footnotes::is_back_link_wrapper(node) {
            return;
        }
        if let Some(level) = heading_level(node, element) {
            return self.heading(node, level);
        }
        match element {
            "br" => self.paragraph.push(Inline::LineBreak),
            "img" => self.image(node),
            "a" => self.link(node),
            "em" | "i" => self.style(node, Style::Emphasis),
            "strong" | "b" => self.style(node, Style::Strong),
            "del" | "s" | "strike" => self.style(node, Style::Strikethrough),
            "code" | "kbd" | "samp" | "tt" => self.code(node),
            "sup" => self.superscript(node),
            "q" => self.quoted(node),
            "button" if self.flat == 0 => {}
            _ if is_inline(element) => self.children(node),
            _ if self.flat > 0 => self.flat_block(node, element),
            "hr" => self.block(Block::Rule),
            "pre" => self.code_block(node, node),
            "blockquote" => self.quotation(node),
            "ul" | "ol" | "menu" | "dir" => self.list(node, element),
            "dl" => self.definitions(node),
            "table" => self.table(node),
            "figure" => self.figure(node),
            _ => {
                self.end_paragraph();
                self.children(node);
                self.end_paragraph();
            }
        }
    }

    /// Builds a block within a line.
    fn flat_block(&mut self, node: &NodeRef<'_>, element: &str) {
        let space = Inline::Text(" ".to_owned());
        self.paragraph.push(space.clone());
        match element {
            "pre" => self.paragraph.push(Inline::Code(clean::one_line(&code::text(node)))),
            _ => self.children(node),
        }
        self.paragraph.push(space);
    }

    /// Builds an element as one line. Blocks in it are separated by spaces.
    pub fn line(&mut self, node: &NodeRef<'_>) -> Vec<Inline> {
        let outer = (std::mem::take(&mut self.paragraph), std::mem::take(&mut self.open));
        self.flat += 1;
        self.children(node);
        self.flat -= 1;
        let space = |part| match part {
            Inline::LineBreak => Inline::Text(" ".to_owned()),
            part => part,
        };
        let parts = std::mem::replace(&mut self.paragraph, outer.0);
        self.open = outer.1;
        clean::inlines(parts.into_iter().map(space).collect())
    }

    /// Returns the blocks that `build` adds, as those of a container.
    pub fn contained(&mut self, build: impl FnOnce(&mut Self)) -> Vec<Block> {
        self.end_paragraph();
        let outer = std::mem::take(&mut self.blocks);
        self.containers += 1;
        build(self);
        self.end_paragraph();
        self.containers -= 1;
        std::mem::replace(&mut self.blocks, outer)
    }

    /// Adds a block after the paragraph that has begun.
    pub fn block(&mut self, block: Block) {
        if self.flat == 0 {
            self.end_paragraph();
            self.blocks.push(block);
        }
    }

    /// Ends the paragraph that has begun. In a line, adds a space.
    pub fn end_paragraph(&mut self) {
        if self.flat > 0 {
            self.paragraph.push(Inline::Text(" ".to_owned()));
            return;
        }
        if self.paragraph.is_empty() {
            return;
        }
        let mut parts = std::mem::take(&mut self.paragraph);
        parts.extend(self.open.iter().rev().map(clean::closing));
        self.paragraph.extend(self.open.iter().cloned());
        for paragraph in clean::paragraphs(clean::inlines(parts)) {
            self.push_paragraph(paragraph);
        }
    }

    /// Adds a paragraph. An image at an end of it becomes a paragraph or is left out.
    fn push_paragraph(&mut self, mut parts: Vec<Inline>) {
        let mut before = Vec::new();
        let mut after = Vec::new();
        let is_image = |part: Option<&Inline>| matches!(part, Some(Inline::Image(_)));
        while is_image(parts.first()) {
            before.push(parts.remove(0));
        }
        while is_image(parts.last()) {
            after.extend(parts.pop());
        }
        after.reverse();
        let text = |part: &Inline| match part {
            Inline::Image(text) => text.clone(),
            _ => String::new(),
        };
        for image in &before {
            self.push_alternative(text(image));
        }
        parts.retain(|part| !is_image(Some(part)));
        let parts = clean::inlines(parts);
        if !plain(&parts).is_empty()
            || parts.iter().any(|part| matches!(part, Inline::FootnoteReference(_)))
        {
            self.blocks.push(Block::Paragraph(parts));
        }
        for image in &after {
            self.push_alternative(text(image));
        }
    }

    fn push_alternative(&mut self, text: String) {
        match text.split_whitespace().count() >= MIN_CAPTION_WORDS {
            true => self.blocks.push(Block::Paragraph(vec![Inline::Text(text)])),
            false => self.images_left_out += 1,
        }
    }

    fn heading(&mut self, node: &NodeRef<'_>, level: u8) {
        if self.flat > 0 {
            return self.flat_block(node, "div");
        }
        let text = self.line(node);
        if !plain(&text).is_empty() {
            self.block(Block::Heading { level, text });
        }
    }

    fn style(&mut self, node: &NodeRef<'_>, style: Style) {
        self.wrapped(Inline::Open(style), node);
    }

    /// Builds the children of an element in a style or a link.
    fn wrapped(&mut self, open: Inline, node: &NodeRef<'_>) {
        let close = clean::closing(&open);
        self.paragraph.push(open.clone());
        self.open.push(open);
        self.children(node);
        self.open.pop();
        self.paragraph.push(close);
    }

    fn code_block(&mut self, node: &NodeRef<'_>, code: &NodeRef<'_>) {
        let text = code::text(code);
        if !text.trim().is_empty() {
            self.block(Block::Code { language: code::language(node), text });
        }
    }
}

/// Returns the text of an element in one line, without links to its own place.
pub fn line_of(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    for part in node.descendants_it().filter(NodeRef::is_text) {
        let around = part.ancestors_it(Some(6)).take_while(|around| around.id != node.id);
        let is_left_out = around.into_iter().any(|around| {
            let element = name(&around);
            is_hidden(&around, &element) || element == "a" && links::is_permalink(&around)
        });
        if !is_left_out {
            text.push_str(&part.text());
        }
    }
    text
}
