//! Links and embedded files of wikis and note programs: `[[Page|text]]`, `![[picture.png]]`. Pure.

use super::super::patterns::pattern;
use super::editor::{Editor, LeftOutKind, group};

pattern!(CONTENTS, r"(?im)^[ \t]*(?:\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}|@\[toc\])[ \t]*$");
pattern!(WIKILINK, r"(!?)\[\[([^\[\]\n|]+)(\|[^\[\]\n]*)?\]\]");

/// Removes the brackets and the target of each link, and embedded files.
pub fn remove(editor: &mut Editor<'_>) {
    editor.each(&CONTENTS, |editor, found, start| {
        if let Some(whole) = group(found, 0, start) {
            editor.cut(whole);
        }
    });
    editor.each(&WIKILINK, |editor, found, start| {
        let (Some(whole), Some(target)) = (group(found, 0, start), group(found, 2, start)) else {
            return;
        };
        if group(found, 1, start).is_some_and(|mark| !mark.is_empty()) {
            if !is_media(&found[2]) {
                editor.leave_out(whole.start, LeftOutKind::Include);
            }
            return editor.remove(whole);
        }
        if editor.text[whole.end..].starts_with('(') {
            return;
        }
        if let Some(shown) = group(found, 3, start).filter(|shown| shown.len() > 1) {
            editor.cut(whole.start..shown.start + 1);
        } else {
            let shown = shown_target(&found[2]);
            let shown = target.start + shown.start..target.start + shown.end;
            editor.cut(whole.start..shown.start);
            editor.cut(shown.end..whole.end - 2);
        }
        editor.cut(whole.end - 2..whole.end);
    });
}

/// Returns the part of a target that a link without a text shows: the page, or else the heading.
fn shown_target(target: &str) -> std::ops::Range<usize> {
    match target.find('#') {
        Some(0) => {
            let heading = target.trim_start_matches(['#', '^']);
            target.len() - heading.len()..target.len()
        }
        Some(page) => 0..page,
        None => 0..target.len(),
    }
}

/// Returns whether a target is a picture, a sound or another file that has no text.
fn is_media(target: &str) -> bool {
    let name = target.split('#').next().unwrap_or(target);
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        (2..=5).contains(&extension.len()) && !extension.eq_ignore_ascii_case("md")
    })
}
