//! Levels of headings. Pure.

use super::block::Block;

/// Maximum level of a heading in Markdown.
const MAX_LEVEL: usize = 6;

/// Makes the levels of headings contiguous: a heading is at most one level below the one before.
/// The highest one has the level `top`, or its own if it is 1, else 2. Drops a heading whose
/// section held footnotes only.
pub fn make_contiguous(blocks: &mut Vec<Block>, top: Option<usize>) {
    drop_footnote_places(blocks);
    let mut highest = 2;
    visit(blocks, &mut |level| {
        highest = highest.min(usize::from(*level));
    });
    let top = top.unwrap_or(highest.max(1));
    let mut open: Vec<u8> = Vec::new();
    visit(blocks, &mut |level| {
        while open.last().is_some_and(|last| *last >= *level) {
            open.pop();
        }
        open.push(*level);
        *level = u8::try_from((top + open.len() - 1).min(MAX_LEVEL)).unwrap_or(1);
    });
}

/// Calls `change` with the level of each heading.
fn visit(blocks: &mut [Block], change: &mut impl FnMut(&mut u8)) {
    for block in blocks {
        match block {
            Block::Heading { level, .. } => change(level),
            Block::Quotation(blocks) => visit(blocks, change),
            Block::List { items, .. } => items.iter_mut().for_each(|item| visit(item, change)),
            Block::Paragraph(_)
            | Block::Code { .. }
            | Block::Table(_)
            | Block::Rule
            | Block::FootnotePlace => {}
        }
    }
}

/// Removes the places of footnotes, with the heading and the rules before them if nothing else
/// follows the heading.
fn drop_footnote_places(blocks: &mut Vec<Block>) {
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut has_place = false;
    for block in std::mem::take(blocks) {
        match block {
            Block::FootnotePlace => has_place = true,
            block => {
                if has_place && matches!(block, Block::Heading { .. }) {
                    drop_end(&mut kept);
                }
                has_place = false;
                kept.push(block);
            }
        }
    }
    if has_place {
        drop_end(&mut kept);
    }
    while matches!(kept.last(), Some(Block::Rule)) {
        kept.pop();
    }
    *blocks = kept;
}

fn drop_end(kept: &mut Vec<Block>) {
    while matches!(kept.last(), Some(Block::Rule)) {
        kept.pop();
    }
    if matches!(kept.last(), Some(Block::Heading { .. })) {
        kept.pop();
    }
}
