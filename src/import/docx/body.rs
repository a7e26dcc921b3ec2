//! Conversion of the body of a part to blocks: paragraphs and tables.

use crate::import::markup::{NodeId, Tree};

use super::alternative::alternative;
use super::fields::Fields;
use super::inline::{Inline, Style, Written};
use super::notes::NoteKind;
use super::numbering::{Counters, Mark, Numbering};
use super::relationships::Relationships;
use super::styles::{CharFormat, ListLevel, Role, Styles, child_value, outline_level};

/// Minimum number of dots between a title and its page number.
const MIN_LEADER_DOTS: usize = 4;

/// A paragraph or a table.
#[derive(Debug)]
pub enum Block {
    Paragraph(Paragraph),
    /// HTML of a table.
    Table(String),
}

/// A paragraph.
#[derive(Debug)]
pub struct Paragraph {
    pub role: Role,
    pub item: Option<Item>,
    pub html: String,
    /// The text without markup.
    pub text: String,
    /// Whether all letters are bold.
    pub is_bold: bool,
}

/// The place of a paragraph in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub list: String,
    pub level: usize,
    pub mark: Mark,
    pub number: i64,
}

/// A part of the package that has a text.
pub struct Part<'p> {
    pub tree: &'p Tree<'p>,
    pub relationships: &'p Relationships,
}

/// State that the parts of a document share while they are converted.
#[derive(Debug, Default)]
pub struct State {
    pub fields: Fields,
    pub counters: Counters,
    /// Notes in the order of their references.
    pub notes: Vec<(NoteKind, String)>,
    /// Text boxes of the current paragraph.
    pub boxes: Vec<NodeId>,
    /// Number of images without a description.
    pub images: usize,
    /// Number of embedded documents.
    pub chunks: usize,
    /// Text of a paragraph that the next one continues.
    pub carried: Option<Written>,
    /// Whether a font for program code marks program code.
    pub detects_code: bool,
    /// Number of tables around the current paragraph.
    pub tables: usize,
}

impl State {
    /// Returns the number of a note from 1.
    pub fn note_number(&mut self, kind: NoteKind, id: &str) -> usize {
        let known = self.notes.iter().position(|(of, note)| *of == kind && note == id);
        let at = known.unwrap_or_else(|| {
            self.notes.push((kind, id.to_owned()));
            self.notes.len() - 1
        });
        at + 1
    }
}

/// Converts a part.
pub struct Converter<'c> {
    pub part: Part<'c>,
    pub styles: &'c Styles,
    pub numbering: &'c Numbering,
    pub state: &'c mut State,
}

impl Converter<'_> {
    /// Converts the children of an element. The depth of the recursion is that of the tree, which
    /// is bounded.
    pub fn blocks(&mut self, id: NodeId, out: &mut Vec<Block>) {
        let tree = self.part.tree;
        for child in tree.children(id) {
            match tree.name(child) {
                "w:p" => self.paragraph(child, out),
                "w:tbl" => self.table(child, out),
                "w:sdt" => {
                    if let Some(content) = self.control_content(child) {
                        self.blocks(content, out);
                    }
                }
                "w:ins" | "w:moveTo" | "w:customXml" | "w:smartTag" => self.blocks(child, out),
                "mc:AlternateContent" => {
                    if let Some(chosen) = alternative(tree, child) {
                        self.blocks(chosen, out);
                    }
                }
                "m:oMathPara" | "m:oMath" => {
                    let mut inline = Inline::new(Style::Formatted);
                    self.inline(child, CharFormat::default(), &mut inline);
                    let written = inline.finish();
                    if !written.text.is_empty() {
                        push(out, Role::Text, None, written);
                    }
                }
                "w:altChunk" => self.state.chunks += 1,
                _ => {}
            }
        }
        if let Some(carried) = self.state.carried.take().filter(|text| !text.html.is_empty()) {
            push(out, Role::Text, None, carried);
        }
    }

    fn paragraph(&mut self, id: NodeId, out: &mut Vec<Block>) {
        let tree = self.part.tree;
        let properties = tree.child(id, "w:pPr");
        let value = |name: &str| child_value(tree, properties?, name);
        let style = value("w:pStyle");
        let mut role = self.styles.role(style.as_deref());
        let level = properties.and_then(|properties| outline_level(tree, properties));
        if let (Role::Text, Some(level @ 0..=8)) = (role, level) {
            role = Role::Heading(level + 1);
        }
        let list = self.list(properties, style.as_deref());
        let inherited = self.styles.format(style.as_deref());
        if role == Role::Text
            && list.is_none()
            && self.state.detects_code
            && self.is_monospaced(id, inherited)
        {
            role = Role::Code;
        }
        let inline_style = match role {
            Role::Code => Style::Preformatted,
            Role::Heading(_) | Role::Title | Role::Author | Role::Date => Style::Unformatted,
            _ => Style::Formatted,
        };
        let mut inline = Inline::new(inline_style);
        if let Some(carried) = self.state.carried.take() {
            inline.carried(carried);
        }
        for child in tree.children(id).filter(|child| tree.name(*child) != "w:pPr") {
            self.inline(child, inherited, &mut inline);
        }
        let written = inline.finish();
        let boxes = std::mem::take(&mut self.state.boxes);
        if properties.is_some_and(|properties| continues(tree, properties)) {
            self.state.carried = Some(written);
        } else if !written.text.trim().is_empty() || written.html.contains("<img") {
            let item = list.map(|list| self.item(list, role));
            let item = item.filter(|item| item.mark != Mark::None);
            if role != Role::Directory && !is_directory_line(&written.text) {
                push(out, role, item, written);
            }
        } else if role == Role::Code && follows_code(out) {
            push(out, role, None, written);
        }
        boxes.into_iter().for_each(|content| self.blocks(content, out));
    }

    /// Returns whether all text of a paragraph is in a font for program code.
    pub fn is_monospaced(&self, id: NodeId, inherited: CharFormat) -> bool {
        let tree = self.part.tree;
        let texts = tree.subtree(id).filter(|id| tree.name(*id) == "w:t" && tree.has_text(*id));
        let mut formats = texts.map(|text| {
            let properties = tree.child(tree.parent(text), "w:rPr");
            let Some(properties) = properties else { return inherited };
            let style = child_value(tree, properties, "w:rStyle");
            let style = self.styles.format(style.as_deref());
            CharFormat::parse(tree, properties).or(style).or(inherited)
        });
        formats.next().is_some_and(|first| first.monospaced == Some(true))
            && formats.all(|format| format.monospaced == Some(true))
    }

    /// Returns the level of a list that the paragraph is in.
    fn list(&self, properties: Option<NodeId>, style: Option<&str>) -> Option<ListLevel> {
        let tree = self.part.tree;
        let by_style = self.styles.list(style);
        let own = properties.and_then(|properties| tree.child(properties, "w:numPr"));
        let Some(own) = own else { return by_style.filter(|list| list.numbering != "0") };
        let level = child_value(tree, own, "w:ilvl").and_then(|level| level.parse().ok());
        let numbering = child_value(tree, own, "w:numId");
        let numbering = numbering.or_else(|| by_style.as_ref().map(|l| l.numbering.clone()))?;
        let level = level.or(by_style.map(|list| list.level)).unwrap_or(0);
        (numbering != "0").then_some(ListLevel { numbering, level })
    }

    /// Returns the place in a list and counts it. A heading is counted but not in a list.
    fn item(&mut self, list: ListLevel, role: Role) -> Item {
        let ListLevel { numbering: list, level } = list;
        let mark = self.numbering.mark(&list, level);
        let number = match mark {
            Mark::Blank | Mark::None => 1,
            Mark::Bullet | Mark::Number => {
                self.numbering.count(&mut self.state.counters, &list, level)
            }
        };
        let is_text = match role {
            Role::Text | Role::Continuation | Role::Quote => true,
            // The numbers of the lines of a program are no list.
            Role::Code => mark == Mark::Blank,
            Role::Heading(_) | Role::Title | Role::Author | Role::Date | Role::Directory => false,
        };
        Item { list, level, mark: if is_text { mark } else { Mark::None }, number }
    }
}

/// Returns whether the last block is program code.
fn follows_code(blocks: &[Block]) -> bool {
    match blocks.last() {
        Some(Block::Paragraph(paragraph)) => paragraph.role == Role::Code,
        Some(Block::Table(_)) | None => false,
    }
}

/// Returns whether a text is a line of a table of contents that was typed: "The Moon ...... 7".
fn is_directory_line(text: &str) -> bool {
    let start = text.trim_end().trim_end_matches(char::is_alphanumeric);
    let leader = start.len() - start.trim_end_matches(['.', '…', '·', '_', ' ', '\t']).len();
    let dots = start[start.len() - leader..].matches(['.', '…', '·', '_']).count();
    let page = &text.trim_end()[start.len()..];
    let is_page = page.chars().all(|c| c.is_ascii_digit() || "ivxIVX".contains(c));
    dots >= MIN_LEADER_DOTS && leader < start.len() && (1..=4).contains(&page.len()) && is_page
}

/// Returns whether the paragraph is continued by the next one: its mark is deleted, or it is a drop
/// cap.
fn continues(tree: &Tree<'_>, properties: NodeId) -> bool {
    let run = tree.child(properties, "w:rPr");
    let is_deleted = run.is_some_and(|run| {
        tree.child(run, "w:del").is_some() || tree.child(run, "w:moveFrom").is_some()
    });
    let frame = tree.child(properties, "w:framePr");
    let drop_cap = frame.and_then(|frame| tree.attribute(frame, "dropCap"));
    is_deleted || drop_cap.is_some_and(|value| value != "none")
}

fn push(out: &mut Vec<Block>, role: Role, item: Option<Item>, written: Written) {
    let Written { html, text, is_bold } = written;
    out.push(Block::Paragraph(Paragraph { role, item, html, text, is_bold }));
}
