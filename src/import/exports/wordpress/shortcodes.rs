//! Shortcodes of WordPress, such as `[caption]…[/caption]`. Pure.
//!
//! A shortcode runs a plug-in that is not here. Its tags are removed and its content is kept,
//! unless the content is only an address or a form. Words in brackets that are prose are kept.

use std::collections::HashMap;
use std::ops::Range;

use super::super::elements::{elements, escaped, replaced, unescaped};
use super::super::patterns::pattern;

pattern!(
    SHORTCODE,
    r#"\[(/?)([A-Za-z][A-Za-z0-9_-]*)((?:[\s=](?:"[^"]*"|'[^']*'|[^\]\["'])*)?)(/?)\]"#
);

/// Shortcodes without a text.
const WITHOUT_TEXT: [&str; 26] = [
    "audio",
    "contact-field",
    "contact-form",
    "contact-form-7",
    "embed",
    "flickr",
    "gallery",
    "gist",
    "googlemaps",
    "gravityform",
    "instagram",
    "jetpack-related-posts",
    "ngg",
    "nggallery",
    "playlist",
    "polldaddy",
    "rev_slider",
    "sharing",
    "slideshare",
    "slideshow",
    "soundcloud",
    "toc",
    "twitter",
    "video",
    "vimeo",
    "youtube",
];
const CODE: [&str; 7] = ["cc", "code", "crayon", "php", "source", "sourcecode", "syntax"];
const CAPTION: [&str; 2] = ["caption", "wp_caption"];

/// A tag of a shortcode.
struct Tag<'a> {
    range: Range<usize>,
    is_end: bool,
    name: String,
    attributes: &'a str,
}

/// Replaces the shortcodes of a content.
pub fn without_shortcodes(html: &str) -> String {
    if !html.contains('[') {
        return html.to_owned();
    }
    let tags = tags(html);
    let ends = ends(&tags);
    let mut edits = Vec::new();
    // End of the last part that is replaced as a whole.
    let mut done = 0;
    for (tag, end) in tags.iter().zip(ends) {
        if tag.range.start < done {
            continue;
        }
        let bytes = html.as_bytes();
        let is_doubled = tag.range.start > 0 && bytes[tag.range.start - 1] == b'[';
        if is_doubled && bytes.get(tag.range.end) == Some(&b']') {
            // `[[gallery]]` shows `[gallery]`.
            let shown = html[tag.range.clone()].to_owned();
            edits.push((tag.range.start - 1..tag.range.end + 1, shown));
            continue;
        }
        let name = tag.name.as_str();
        let end = end.map(|end| tags[end].range.clone());
        let content = |end: &Range<usize>| &html[tag.range.end..end.start];
        let whole = match &end {
            Some(end) if CAPTION.contains(&name) => Some(captioned(content(end), tag.attributes)),
            Some(end) if CODE.contains(&name) => Some(code(content(end))),
            Some(_) if WITHOUT_TEXT.contains(&name) => Some(String::new()),
            Some(_) | None => None,
        };
        match (whole, end) {
            (Some(new), Some(end)) => {
                done = end.end;
                edits.push((tag.range.start..end.end, new));
            }
            (None, None) if !tag.is_end && !is_shortcode(tag, &html[tag.range.clone()]) => {}
            _ => edits.push((tag.range.clone(), String::new())),
        }
    }
    replaced(html, edits)
}

/// Returns the index of the end tag of each tag, if it has one.
fn ends(tags: &[Tag<'_>]) -> Vec<Option<usize>> {
    let mut next = HashMap::<&str, usize>::new();
    let mut ends = vec![None; tags.len()];
    for (at, tag) in tags.iter().enumerate().rev() {
        match tag.is_end {
            true => {
                next.insert(&tag.name, at);
            }
            false => ends[at] = next.get(tag.name.as_str()).copied(),
        }
    }
    ends
}

/// Returns the tags outside of HTML tags and of code.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let all = elements(html);
    let is_code = |name: &str| matches!(name, "pre" | "code" | "script" | "style" | "textarea");
    let mut skipped: Vec<Range<usize>> = all
        .iter()
        .map(|it| if is_code(&it.name) { it.outer.clone() } else { it.start_tag.clone() })
        .collect();
    skipped.sort_by_key(|range| range.start);
    // Each range ends where the last of it and its predecessors ends.
    let mut latest = 0;
    for range in &mut skipped {
        latest = latest.max(range.end);
        range.end = latest;
    }
    let is_skipped = |at: usize| {
        let before = skipped.partition_point(|range| range.start <= at);
        before > 0 && at < skipped[before - 1].end
    };
    let found = SHORTCODE.captures_iter(html).filter_map(|found| {
        let range = found.get(0)?.range();
        let tag = Tag {
            is_end: !found[1].is_empty(),
            name: found[2].to_ascii_lowercase(),
            attributes: found.get(3).map_or("", |it| it.as_str()),
            range,
        };
        (!is_skipped(tag.range.start)).then_some(tag)
    });
    found.collect()
}

/// Returns whether a tag that is not closed is one of a shortcode, not a word in brackets.
fn is_shortcode(tag: &Tag<'_>, text: &str) -> bool {
    tag.attributes.contains(['=', '"'])
        || text.ends_with("/]")
        || tag.name.contains('_')
        || WITHOUT_TEXT.contains(&tag.name.as_str())
        || CODE.contains(&tag.name.as_str()) && tag.attributes.is_empty() && tag.name != "source"
        || tag.name.contains('-') && tag.attributes.is_empty()
}

/// Returns the figure of a picture with a caption.
fn captioned(content: &str, attributes: &str) -> String {
    let all = elements(content);
    let media = all.iter().filter(|it| matches!(it.name.as_str(), "img" | "a" | "iframe"));
    let has_picture = |it: &&super::super::elements::Element<'_>| {
        it.name != "a" || content[it.inner.clone()].contains("<img")
    };
    let end = media.filter(has_picture).map(|it| it.outer.end).max().unwrap_or(0);
    let (picture, text) = content.split_at(end);
    let attribute = || {
        let (_, after) = attributes.split_once("caption=")?;
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after[1..].split(quote).next()
    };
    let text = Some(text.trim()).filter(|text| !text.is_empty()).or_else(attribute);
    let caption = text.map(|text| format!("<figcaption>{text}</figcaption>")).unwrap_or_default();
    format!("\n\n<figure>{picture}{caption}</figure>\n\n")
}

/// Returns a block of code. The source has characters as they are, or as HTML.
fn code(content: &str) -> String {
    let content = content.trim_matches(['\n', '\r']);
    let plain = if content.contains('<') { content.into() } else { unescaped(content) };
    format!("\n\n<pre><code>{}</code></pre>\n\n", escaped(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcode_is_removed_and_its_text_is_kept() {
        let check = |html: &str, expected: &str| {
            let found = without_shortcodes(html);
            assert_eq!(found.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{html}");
        };
        check("a [gallery ids=\"1,2\"] b", "a b");
        check("[su_quote cite='x']The tide.[/su_quote]", "The tide.");
        check(
            "He [sic] went [emphasis mine] to [the] port [1].",
            "He [sic] went [emphasis mine] to [the] port [1].",
        );
        check(
            "[caption id=\"a\" width=\"3\"]<a href=\"b\"><img src=\"c\" /></a> The <em>quay</em>[/caption]",
            "<figure><a href=\"b\"><img src=\"c\" /></a><figcaption>The <em>quay</em></figcaption></figure>",
        );
        check(
            "[caption caption=\"The quay\"]<img src=\"c\">[/caption]",
            "<figure><img src=\"c\"><figcaption>The quay</figcaption></figure>",
        );
        check("[embed]http://a.example/b[/embed] c", "c");
        check(
            "[code lang=\"c\"]if (a < b && c) {}[/code]",
            "<pre><code>if (a &lt; b &amp;&amp; c) {}</code></pre>",
        );
        check("[[gallery]] is one", "[gallery] is one");
        check(
            "<pre>a[gallery]</pre> <a title=\"[gallery]\">b</a>",
            "<pre>a[gallery]</pre> <a title=\"[gallery]\">b</a>",
        );
        check("[dropcap]T[/dropcap]he tide", "The tide");
        check("[contact-form][contact-field label='Name' type='name'/][/contact-form]", "");
        check("arr[i] and [NOTE] or [", "arr[i] and [NOTE] or [");
    }
}
