//! The start and the end of an article's text: the repeated title, byline and date, and lists of
//! links after the text. Pure.

use std::collections::VecDeque;

use super::super::block::{Block, Inline, plain};
use super::date;
use super::metadata::Metadata;
use super::title::{is_same, letters};

/// Maximum number of blocks before the title, and their length in characters.
const MAX_BLOCKS_BEFORE: usize = 12;
const MAX_CHARS_BEFORE: usize = 400;
/// Maximum number of lines after the title that are a byline or a date, and their length.
const MAX_LINES: usize = 6;
const MAX_LINE_CHARS: usize = 120;

/// Minimum length of a paragraph that is removed if it is repeated, in characters. Captions are.
const MIN_REPEATED_CHARS: usize = 40;

/// Maximum number of paragraphs between a caption and its repetition.
const MAX_REPEATED_BLOCKS: usize = 6;

/// Headings of parts after the article, as letters.
const RELATED: [&str; 40] = [
    "relatedposts",
    "relatedarticles",
    "relatedstories",
    "relatedcontent",
    "relatedreading",
    "relatednews",
    "relatedtopics",
    "youmayalsolike",
    "youmightalsolike",
    "youmightalsobeinterestedin",
    "recommended",
    "recommendedforyou",
    "recommendedreading",
    "readmore",
    "readnext",
    "morefromthisauthor",
    "morestories",
    "mostread",
    "mostpopular",
    "trending",
    "sharethis",
    "sharethispost",
    "sharethisarticle",
    "share",
    "comments",
    "comment",
    "leaveacomment",
    "leaveareply",
    "postacomment",
    "likethis",
    "subscribe",
    "newsletter",
    "tags",
    "ähnlicheartikel",
    "mehrzumthema",
    "articlessimilaires",
    "àlireaussi",
    "artículosrelacionados",
    "читайтетакже",
    "похожиестатьи",
];

/// Removes the title and the lines with the byline and the date at the start of the text.
pub fn trim_start(blocks: &mut Vec<Block>, metadata: &Metadata) {
    let title = metadata.title.as_deref().unwrap_or_default();
    let is_title = |block: &Block| match block {
        Block::Heading { text, .. } => is_same(&plain(text), title),
        _ => false,
    };
    let at = blocks.iter().take(MAX_BLOCKS_BEFORE).position(is_title);
    let chars_before: usize = blocks[..at.unwrap_or(0)].iter().map(chars).sum();
    if let Some(at) = at {
        match chars_before <= MAX_CHARS_BEFORE {
            true => drop(blocks.drain(..=at)),
            false => drop(blocks.remove(at)),
        }
    }
    for _ in 0..MAX_LINES {
        let is_line = blocks.first().is_some_and(|block| is_byline(block, metadata, title));
        if !is_line {
            break;
        }
        blocks.remove(0);
    }
}

/// Returns whether a block at the start is a byline, a date, a reading time or the title again.
fn is_byline(block: &Block, metadata: &Metadata, title: &str) -> bool {
    let text = match block {
        Block::Paragraph(parts) => plain(parts),
        Block::Rule => return true,
        Block::List { items, .. } if items.len() <= 4 => items
            .iter()
            .flatten()
            .map(|block| match block {
                Block::Paragraph(parts) => plain(parts),
                _ => "x".repeat(MAX_LINE_CHARS),
            })
            .collect::<Vec<_>>()
            .join(" "),
        _ => return false,
    };
    if text.chars().count() > MAX_LINE_CHARS {
        return false;
    }
    let lower = text.to_lowercase();
    let words = text.split_whitespace().count();
    let has_author = metadata.authors.iter().any(|name| lower.contains(&name.to_lowercase()));
    let is_date = date::clear_date(&text).is_some() && words <= 14;
    let is_time = words <= 8
        && (lower.contains(" min read")
            || lower.contains("minute read")
            || lower.contains("minutes to read"));
    let ends_sentence = text.ends_with(['.', '!', '?', '。']) && words > 8;
    is_same(&text, title) && !title.is_empty()
        || !ends_sentence
            && (is_date
                || is_time
                || has_author && words <= 12
                || lower.starts_with("by ") && words <= 8)
}

/// Labels that are a paragraph of their own, as letters: advertisements and controls.
const LABELS: [&str; 36] = [
    "advertisement",
    "advert",
    "ad",
    "anzeige",
    "werbung",
    "publicité",
    "publicidad",
    "publicidade",
    "pubblicità",
    "реклама",
    "reklama",
    "loading",
    "thisslideshowrequiresjavascript",
    "skipadvertisement",
    "storycontinuesbelowadvertisement",
    "articlecontinuesafteradvertisement",
    "articlecontinuesbelow",
    "close",
    "caption",
    "share",
    "sharethis",
    "tweet",
    "print",
    "email",
    "copylink",
    "facebook",
    "twitter",
    "whatsapp",
    "readmore",
    "viewgallery",
    "sharingiscaring",
    "toreadthefullstory",
    "subscribesignin",
    "video",
    "sponsored",
    "広告",
];
/// Words before a link to another article, in small letters.
const READ_MORE: [&str; 26] = [
    "read more",
    "related:",
    "related story",
    "related article",
    "see more:",
    "also read",
    "read also",
    "read next",
    "don't miss",
    "don’t miss",
    "more:",
    "also:",
    "watch:",
    "lesen sie auch",
    "mehr zum thema",
    "lire aussi",
    "à lire aussi",
    "leia também",
    "leia mais",
    "lea también",
    "lee también",
    "читайте также",
    "leggi anche",
    "lees ook",
    "läs också",
    "also on ",
];

/// Removes paragraphs between those of the article that are no text of it: labels of
/// advertisements, links to other articles, and paragraphs that were there before.
pub fn remove_inserts(blocks: &mut Vec<Block>) {
    let mut seen: VecDeque<String> = VecDeque::new();
    let mut in_related = false;
    blocks.retain(|block| {
        let (total, linked) = (chars(block), linked_chars(block));
        if in_related && linked * 10 >= total * 8 && !matches!(block, Block::Heading { .. }) {
            return false;
        }
        in_related = false;
        let Block::Paragraph(parts) = block else { return true };
        let text = plain(parts);
        let key = letters(&text);
        if RELATED.contains(&key.as_str()) {
            in_related = true;
            return false;
        }
        let lower = text.to_lowercase();
        let is_link = READ_MORE.iter().any(|start| lower.starts_with(start)) && linked * 2 >= total;
        let is_repeated = total >= MIN_REPEATED_CHARS && seen.contains(&key);
        seen.push_back(key.clone());
        if seen.len() > MAX_REPEATED_BLOCKS {
            seen.pop_front();
        }
        let is_count = key.starts_with("image")
            && key[5..].replace("of", "").bytes().all(|byte| byte.is_ascii_digit());
        !LABELS.contains(&key.as_str()) && !is_count && !is_link && !is_repeated
    });
}

/// Removes lists of links and their headings after the text.
pub fn trim_end(blocks: &mut Vec<Block>) {
    // A part with such a heading goes until the next heading of its level.
    let mut at = 0;
    while at < blocks.len() {
        let Block::Heading { level, text } = &blocks[at] else {
            at += 1;
            continue;
        };
        let heading = letters(&plain(text));
        let level = *level;
        let ends =
            |block: &Block| matches!(block, Block::Heading { level: next, .. } if *next <= level);
        let end = blocks[at + 1..].iter().position(ends).map_or(blocks.len(), |end| at + 1 + end);
        let part = &blocks[at + 1..end];
        let total: usize = part.iter().map(chars).sum();
        let linked: usize = part.iter().map(linked_chars).sum();
        if RELATED.contains(&heading.as_str())
            && (linked * 2 >= total || end == blocks.len() && total < 400)
        {
            blocks.drain(at..end);
        } else {
            at += 1;
        }
    }
    while blocks.last().is_some_and(is_trailing) {
        blocks.pop();
    }
}

/// Returns whether a block at the end is a rule, a heading without a text, or links with a label.
fn is_trailing(block: &Block) -> bool {
    match block {
        Block::Rule => true,
        Block::Heading { .. } => true,
        Block::Paragraph(parts) => {
            let text = plain(parts).to_lowercase();
            const STARTS: [&str; 12] = [
                "tags:",
                "tagged",
                "filed under",
                "share this",
                "share on",
                "posted in",
                "categories:",
                "category:",
                "previous",
                "next",
                "back to top",
                "← ",
            ];
            let total = text.chars().count();
            const CHANGED: &[&str] = &[
                "last changed",
                "last updated",
                "last modified",
                "zuletzt geändert",
                "letzte änderung",
            ];
            CHANGED.iter().any(|start| text.starts_with(start)) && total <= 60
                || total <= MAX_LINE_CHARS
                    && STARTS.iter().any(|start| text.starts_with(start))
                    && linked(parts) * 3 >= total
        }
        _ => false,
    }
}

/// Returns the number of characters of a block.
pub fn chars(block: &Block) -> usize {
    fold(block, &|parts| plain(parts).chars().count())
}

/// Returns the number of characters of a block that are in links.
pub fn linked_chars(block: &Block) -> usize {
    fold(block, &linked)
}

fn linked(parts: &[Inline]) -> usize {
    let mut in_link = false;
    let mut count = 0;
    for part in parts {
        match part {
            Inline::OpenLink(_) => in_link = true,
            Inline::CloseLink => in_link = false,
            Inline::Text(text) | Inline::Code(text) if in_link => count += text.chars().count(),
            _ => {}
        }
    }
    count
}

fn fold(block: &Block, count: &impl Fn(&[Inline]) -> usize) -> usize {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => count(text),
        Block::Quotation(blocks) => blocks.iter().map(|block| fold(block, count)).sum(),
        Block::List { items, .. } => items.iter().flatten().map(|block| fold(block, count)).sum(),
        Block::Code { text, .. } => count(&[Inline::Code(text.clone())]),
        Block::Table(table) => table.rows.iter().flatten().map(|cell| count(cell)).sum(),
        Block::Rule | Block::FootnotePlace => 0,
    }
}
