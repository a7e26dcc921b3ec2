//! Formulas of HTML: MathML, MathJax and KaTeX, as TeX where the page has it. Pure.

use dom_query::NodeRef;

use super::dom::{attribute, descendants, has_class, name};

/// A formula.
pub enum Formula {
    Tex(String),
    /// A formula of plain letters and signs.
    Plain(String),
}

/// Returns the formula that an element shows, or `None` if it is not one.
pub fn formula(node: &NodeRef<'_>, element: &str) -> Option<Formula> {
    match element {
        "math" => Some(of_math(node)),
        "script" => {
            let is_tex = attribute(node, "type").starts_with("math/tex");
            is_tex.then(|| Formula::Tex(tex(&node.text())))
        }
        "img" if has_class(node, &["tex", "latex", "math", "mwe-math-fallback-image-inline"]) => {
            let text = tex(&attribute(node, "alt"));
            (!text.is_empty()).then_some(Formula::Tex(text))
        }
        "span" | "div" | "mjx-container" | "p" => {
            let is_wrapper = element == "mjx-container"
                || has_class(node, &["mwe-math-element", "katex", "katex-display", "MathJax"]);
            let math = is_wrapper.then(|| descendants(node, &["math"]).next()).flatten()?;
            Some(of_math(&math))
        }
        _ => None,
    }
}

fn of_math(math: &NodeRef<'_>) -> Formula {
    let annotation = descendants(math, &["annotation"])
        .find(|one| attribute(one, "encoding").to_ascii_lowercase().contains("tex"))
        .map(|one| tex(&one.text()));
    let alternative = || Some(tex(&attribute(math, "alttext"))).filter(|text| !text.is_empty());
    match annotation.filter(|text| !text.is_empty()).or_else(alternative) {
        Some(text) if text.contains(['\\', '^', '_', '{']) => Formula::Tex(text),
        Some(text) => Formula::Plain(text),
        None => Formula::Plain(plain(math)),
    }
}

/// Maximum depth of the elements of a formula that are read.
const MAX_DEPTH: usize = 32;

/// Returns a formula in one line, as `x^2` and `(a + b)/c`.
fn plain(math: &NodeRef<'_>) -> String {
    let mut text = String::new();
    push_plain(math, &mut text, 0);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_plain(node: &NodeRef<'_>, text: &mut String, depth: usize) {
    let element = name(node);
    let parts = node.element_children();
    let between = match (element.as_str(), parts.len()) {
        _ if depth == MAX_DEPTH || parts.is_empty() => return text.push_str(node.text().trim()),
        ("mfrac", 2) => "/",
        ("msup" | "mover", 2) => "^",
        ("msub" | "munder", 2) => "_",
        ("msubsup" | "munderover", 3) => "_",
        ("mtr", _) => " ",
        _ => "",
    };
    if element == "msqrt" {
        text.push('√');
    }
    let mut is_first = true;
    for (at, part) in parts.iter().enumerate() {
        let kind = name(part);
        if kind.starts_with("annotation") {
            continue;
        }
        if !is_first {
            text.push_str(if between == "_" && at == 2 { "^" } else { between });
        }
        is_first = false;
        let mut inner = String::new();
        push_plain(part, &mut inner, depth + 1);
        let is_group =
            inner.chars().nth(1).is_some() && inner.contains(|c: char| !c.is_alphanumeric());
        let needs_brackets = is_group && (!between.trim().is_empty() || element == "msqrt");
        match needs_brackets {
            true => *text += &format!("({inner})"),
            false => text.push_str(&inner),
        }
        if kind == "mtr" {
            text.push_str("; ");
        }
    }
}

/// Returns TeX in one line, without the wrapper that MediaWiki adds.
fn tex(source: &str) -> String {
    let text = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let inner = text.strip_prefix("{\\displaystyle").and_then(|rest| rest.strip_suffix('}'));
    let inner =
        inner.or_else(|| text.strip_prefix("{\\textstyle").and_then(|rest| rest.strip_suffix('}')));
    inner.unwrap_or(&text).trim().trim_matches('$').trim().to_owned()
}
