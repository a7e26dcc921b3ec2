//! Blocks of HTML whose content is Markdown: `<aside markdown="1">` of kramdown and the tags of
//! MDX. Pure.

use super::super::patterns::pattern;
use super::editor::{Editor, group};

pattern!(TAG, r#"</?([A-Za-z][A-Za-z0-9-]*)(?:[ \t\n][^<>]*)?>"#);
pattern!(MARKDOWN, r#"[ \t\n]markdown[ \t]*=[ \t]*["']?(?:1|block|span|true)\b"#);

/// Elements whose tags stand around Markdown in MDX.
const IN_MDX: [&str; 2] = ["details", "summary"];
/// Maximum depth of open elements; deeper ones keep their tags.
const MAX_DEPTH: usize = 100;

/// Removes the tags around Markdown, so that it is read as such, and the images between them.
pub fn remove(editor: &mut Editor<'_>) {
    // Names of the open elements around Markdown and of those within with the same names.
    let mut open: Vec<(String, bool)> = Vec::new();
    editor.each(&TAG, |editor, found, start| {
        let Some(whole) = group(found, 0, start) else { return };
        let tag = &editor.text[whole.clone()];
        let name = found.get(1).map_or("", |name| name.as_str()).to_ascii_lowercase();
        let position = open.iter().rposition(|(known, _)| *known == name);
        if tag.starts_with("</") {
            if let Some(position) = position {
                if open[position].1 {
                    editor.cut(whole);
                }
                open.truncate(position);
            }
            return;
        }
        let is_around_markdown =
            MARKDOWN.is_match(tag) || (editor.is_mdx && IN_MDX.contains(&name.as_str()));
        let is_image = name == "img" && open.iter().any(|(_, is_around)| *is_around);
        let is_cut = is_image || (is_around_markdown && open.len() < MAX_DEPTH);
        if is_cut {
            editor.cut(whole);
        }
        if !is_image && (is_cut || position.is_some()) && open.len() < MAX_DEPTH {
            open.push((name, is_cut));
        }
    });
}
