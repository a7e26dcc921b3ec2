//! Kinds of HTML elements: which ones are blocks, and which ones no reader sees. Pure.

use dom_query::NodeRef;

use super::dom::{attribute, classes, has_class};

/// Elements without text of the article.
const WITHOUT_TEXT: [&str; 24] = [
    "script", "style", "template", "noscript", "head", "iframe", "frame", "frameset", "object",
    "embed", "video", "audio", "canvas", "svg", "map", "input", "select", "textarea", "datalist",
    "progress", "meter", "rt", "rp", "portal",
];

/// Elements that are part of a line.
const INLINE: [&str; 49] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "output", "q", "rb", "rbc", "rtc", "ruby",
    "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "math", "picture", "slot", "blink", "marquee", "img", "br", "button", "basefont",
    "center-",
];

/// Classes of texts for screen readers only, and of parts of a page that readers do not read.
const HIDDEN_CLASSES: [&str; 22] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screen-reader-only",
    "screenreader-only",
    "u-hidden-visually",
    "sr-hidden",
    "is-visually-hidden",
    "mw-editsection",
    "mw-jump-link",
    "mw-empty-elt",
    "navigation-not-searchable",
    "noprint",
    "no-print",
    "d-none-print",
    "copybtn",
    "copy-button",
    "code-copy-button",
    "edit-this-page",
    "metadata-placeholder",
    "ltx_nodisplay",
];

/// Returns whether an element is part of a line. Unknown elements, such as `<my-note>`, are not.
pub fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

/// Returns whether no reader of the page sees the element, or sees no text in it.
pub fn is_hidden(node: &NodeRef<'_>, name: &str) -> bool {
    if WITHOUT_TEXT.contains(&name) {
        return true;
    }
    let Some(element) = node.element_ref() else { return false };
    for attribute in &element.attrs {
        let value = attribute.value.as_ref();
        let is_hiding = match attribute.name.local.as_ref() {
            "hidden" => !value.eq_ignore_ascii_case("false"),
            "style" => hides(value),
            "class" => value.split_ascii_whitespace().any(|class| HIDDEN_CLASSES.contains(&class)),
            _ => false,
        };
        if is_hiding {
            return true;
        }
    }
    drop(element);
    attribute(node, "aria-hidden") == "true" && is_decoration(node)
}

/// Returns whether a style makes an element invisible.
fn hides(style: &str) -> bool {
    let mut declarations = style.split(';').filter_map(|one| one.split_once(':'));
    declarations.any(|(property, value)| {
        let value = value.trim().trim_end_matches("!important").trim();
        match property.trim() {
            "display" => value.eq_ignore_ascii_case("none"),
            "visibility" => value.eq_ignore_ascii_case("hidden"),
            _ => false,
        }
    })
}

/// Returns whether an element with `aria-hidden` is an icon or a copy for the eye of a text that is
/// read out. A text with several words is text of the article.
fn is_decoration(node: &NodeRef<'_>) -> bool {
    has_class(node, &["katex-html", "MJX_Assistive_MathML", "material-icons", "icon"])
        || !has_two_words(node)
}

fn has_two_words(node: &NodeRef<'_>) -> bool {
    let mut words = 0;
    for text in node.descendants_it().filter(NodeRef::is_text) {
        words += text.text().split_whitespace().take(2).count();
        if words > 1 {
            return true;
        }
    }
    false
}

/// Returns whether an element holds the numbers of code lines.
pub fn is_line_numbers(node: &NodeRef<'_>) -> bool {
    const CLASSES: [&str; 19] = [
        "gutter",
        "linenos",
        "lineno",
        "lineno-col",
        "linenodiv",
        "linenumbers",
        "line-numbers-rows",
        "line-number",
        "line-num",
        "rouge-gutter",
        "blob-num",
        "hljs-ln-numbers",
        "hljs-ln-n",
        "code-line-number",
        "lntd-number",
        "lnt",
        "ln-num",
        "react-line-number",
        "token-line-number",
    ];
    has_class(node, &CLASSES) || !attribute(node, "data-line-number").is_empty()
}

/// Returns whether a table is there for the layout of a page, not for data.
pub fn is_layout_role(node: &NodeRef<'_>) -> bool {
    matches!(attribute(node, "role").as_str(), "presentation" | "none")
        || classes(node).contains(" layout ")
}

/// Returns the level of a heading, from 1.
pub fn heading_level(node: &NodeRef<'_>, name: &str) -> Option<u8> {
    if let [b'h', digit @ b'1'..=b'6'] = name.as_bytes() {
        return Some(digit - b'0');
    }
    let is_heading =
        !matches!(name, "a" | "span" | "button") && attribute(node, "role") == "heading";
    is_heading.then(|| attribute(node, "aria-level").parse().unwrap_or(2).clamp(1, 6))
}
