//! Assembly of the blocks of all regions: paragraphs that a column or page break divides are
//! joined.

use super::blocks::{Block, Kind, ends_sentence, starts_lower};
use super::joining::{Words, is_hyphen, join};
use super::list::is_caption;

/// Maximum number of figures and tables between the parts of a paragraph.
const MAX_FLOATS: usize = 4;
/// Appends the blocks of the next region.
pub fn append(blocks: &mut Vec<Block>, mut next: Vec<Block>, words: &Words) {
    if let Some((at, with)) = continued(blocks, &next) {
        let rest = next.remove(with);
        let block = &mut blocks[at];
        let page = (rest.page > block.last_page).then_some(rest.page);
        join(&mut block.text, &rest.text, page, words);
        block.last_page = rest.last_page;
        block.is_full = rest.is_full;
    }
    blocks.append(&mut next);
}

/// Returns the positions of a block and of its continuation.
fn continued(blocks: &[Block], next: &[Block]) -> Option<(usize, usize)> {
    let with = next.iter().take(MAX_FLOATS + 1).position(|block| !is_float(block))?;
    let floats = blocks.iter().rev().take(MAX_FLOATS).take_while(|block| is_float(block)).count();
    let at = blocks.len().checked_sub(floats + 1)?;
    let (block, rest) = (blocks.get(at)?, &next[with]);
    let is_text =
        matches!(block.kind, Kind::Paragraph | Kind::Item(_)) && rest.kind == Kind::Paragraph;
    let is_same_size = (block.size - rest.size).abs() < 0.06 * block.size;
    if !is_text || !is_same_size || ends_sentence(&block.text) {
        return None;
    }
    let has_floats = with > 0 || at + 1 < blocks.len();
    let continues = starts_lower(&rest.text)
        || block.text.ends_with(is_hyphen)
        || (block.is_full && !rest.is_indented && !has_floats);
    continues.then_some((at, with))
}

/// Returns whether a block may be between the parts of a paragraph.
fn is_float(block: &Block) -> bool {
    match &block.kind {
        Kind::Table(_) => true,
        Kind::Paragraph => is_caption(&block.text),
        Kind::Heading(_) | Kind::Item(_) | Kind::Code => false,
    }
}
