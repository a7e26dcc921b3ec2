//! The title and the headings of a document.

use super::body::{Block, Paragraph};
use super::properties::Properties;
use super::styles::Role;

/// Maximum length of a bold paragraph that is a heading, in characters.
const MAX_HEADING_CHARS: usize = 120;
/// Minimum length of the paragraph after such a heading, in characters.
const MIN_TEXT_CHARS: usize = 40;
/// Maximum share of such paragraphs among all, in percent.
const MAX_HEADING_PERCENT: usize = 40;
/// Number of blocks at the start of a document in which its title is.
const FRONT_BLOCKS: usize = 6;

/// Number of paragraphs by which the language is detected.
const SAMPLE_PARAGRAPHS: usize = 100;

/// Data of a document at its start.
#[derive(Debug, Default)]
pub struct Front {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub date: Option<String>,
}

/// Takes the title, the authors and the date out of the blocks, if they have styles of their own. A
/// title elsewhere becomes a heading.
pub fn take_front(blocks: &mut Vec<Block>) -> Front {
    let mut front = Front::default();
    let mut at = 0;
    blocks.retain_mut(|block| {
        at += 1;
        let Block::Paragraph(paragraph) = block else { return true };
        let text = joined(&paragraph.text);
        let is_front = at <= FRONT_BLOCKS && !paragraph.html.contains("doc-noteref");
        match paragraph.role {
            Role::Title if is_front && front.title.is_none() => front.title = Some(text),
            Role::Author if is_front => front.authors.push(text),
            Role::Date if is_front && front.date.is_none() => front.date = Some(text),
            Role::Title => {
                paragraph.role = Role::Heading(1);
                return true;
            }
            _ => return true,
        }
        false
    });
    front
}

/// Turns bold paragraphs to headings if a document has no others.
pub fn mark_bold(blocks: &mut [Block]) {
    let has_headings = blocks.iter().any(|block| match block {
        Block::Paragraph(paragraph) => matches!(paragraph.role, Role::Heading(_)),
        Block::Table(_) => false,
    });
    let found: Vec<usize> =
        (0..blocks.len()).filter(|at| is_bold_heading(&blocks[*at..])).collect();
    if has_headings || found.len() * 100 > blocks.len() * MAX_HEADING_PERCENT {
        return;
    }
    for at in found {
        if let Block::Paragraph(paragraph) = &mut blocks[at] {
            paragraph.role = Role::Heading(2);
            for tag in ["<strong>", "</strong>", "<em>", "</em>"] {
                paragraph.html = paragraph.html.replace(tag, "");
            }
        }
    }
}

/// Returns whether the first block is a short bold paragraph before one that is not bold.
fn is_bold_heading(blocks: &[Block]) -> bool {
    let is_bold = |paragraph: &Paragraph| {
        let text = paragraph.text.trim();
        paragraph.is_bold
            && paragraph.role == Role::Text
            && paragraph.item.is_none()
            && text.chars().count() <= MAX_HEADING_CHARS
            && !text.ends_with(['.', ':', ',', ';'])
    };
    match blocks {
        [Block::Paragraph(first), Block::Paragraph(next), ..] => {
            let is_long = next.text.trim().chars().count() >= MIN_TEXT_CHARS;
            is_bold(first) && !next.is_bold && (is_long || next.item.is_some())
        }
        [Block::Paragraph(first), Block::Table(_), ..] => is_bold(first),
        _ => false,
    }
}

/// Returns the title of a document: that of its own style, else that of the metadata if the
/// document begins with it, else the heading at the start, else that of the metadata.
pub fn title(styled: Option<String>, properties: &Properties, blocks: &[Block]) -> Option<String> {
    let start: String = blocks
        .iter()
        .take(FRONT_BLOCKS)
        .filter_map(|block| match block {
            Block::Paragraph(paragraph) => Some(letters(&paragraph.text)),
            Block::Table(_) => None,
        })
        .collect();
    let stored = properties.title.clone();
    let confirmed = stored.clone().filter(|title| start.contains(&letters(title)));
    let level = |block: &Block| match block {
        Block::Paragraph(Paragraph { role: Role::Heading(level), .. }) => Some(*level),
        Block::Paragraph(_) | Block::Table(_) => None,
    };
    let first = blocks.iter().take(2).find(|block| level(block).is_some());
    let is_only = first.is_some_and(|first| {
        blocks.iter().filter(|block| level(block) == level(first)).count() == 1
    });
    let heading = first.filter(|_| is_only).and_then(|block| match block {
        Block::Paragraph(paragraph) => Some(joined(&paragraph.text)),
        Block::Table(_) => None,
    });
    styled.or(confirmed).or(heading).or(stored).filter(|title| !title.is_empty())
}

/// Returns texts of paragraphs, for the detection of the language.
pub fn sample(blocks: &[Block]) -> String {
    let texts = blocks.iter().filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(paragraph.text.as_str()),
        Block::Table(_) => None,
    });
    texts.take(SAMPLE_PARAGRAPHS).collect::<Vec<_>>().join(" ")
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
