//! Formulas (OMML) as text in one line: `x^2 + a/b`.

use crate::import::markup::{NodeId, Tree};

/// Returns the text of a formula.
pub fn text(tree: &Tree<'_>, formula: NodeId) -> String {
    let mut text = String::new();
    write(tree, formula, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes an element. The depth of the recursion is that of the tree, which is bounded.
fn write(tree: &Tree<'_>, id: NodeId, out: &mut String) {
    let part = |name: &str| {
        let mut text = String::new();
        if let Some(child) = tree.child(id, name) {
            write(tree, child, &mut text);
        }
        text
    };
    let property = |holder: &str, name: &str| {
        let element = tree.child(tree.child(id, holder)?, name)?;
        Some(tree.attribute(element, "val").unwrap_or_default().into_owned())
    };
    match tree.name(id) {
        "m:t" | "w:t" => out.push_str(&tree.joined_text(id)),
        "m:f" => {
            let (numerator, denominator) = (part("m:num"), part("m:den"));
            if !(numerator.is_empty() && denominator.is_empty()) {
                out.push_str(&format!("{}/{}", grouped(&numerator), grouped(&denominator)));
            }
        }
        "m:sSup" => out.push_str(&format!("{}^{}", part("m:e"), grouped(&part("m:sup")))),
        "m:sSub" => out.push_str(&format!("{}_{}", part("m:e"), grouped(&part("m:sub")))),
        "m:sSubSup" => {
            let (below, above) = (grouped(&part("m:sub")), grouped(&part("m:sup")));
            out.push_str(&format!("{}_{below}^{above}", part("m:e")));
        }
        "m:rad" => {
            let degree = part("m:deg");
            out.push_str(&format!("{degree}√{}", grouped(&part("m:e"))));
        }
        "m:nary" => {
            let sign = property("m:naryPr", "m:chr").unwrap_or_else(|| "∫".to_owned());
            out.push_str(&n_ary(&sign, &part("m:sub"), &part("m:sup"), &part("m:e")));
        }
        "m:d" => {
            let open = property("m:dPr", "m:begChr").unwrap_or_else(|| "(".to_owned());
            let close = property("m:dPr", "m:endChr").unwrap_or_else(|| ")".to_owned());
            let separator = property("m:dPr", "m:sepChr").unwrap_or_else(|| "|".to_owned());
            let elements = tree.children(id).filter(|child| tree.name(*child) == "m:e");
            let texts = elements.map(|element| {
                let mut text = String::new();
                write(tree, element, &mut text);
                text
            });
            let inner = texts.collect::<Vec<_>>().join(&separator);
            out.push_str(&format!("{open}{inner}{close}"));
        }
        "m:func" => out.push_str(&format!("{} {}", part("m:fName"), part("m:e"))),
        "m:mr" => {
            let cells = tree.children(id).map(|cell| {
                let mut text = String::new();
                write(tree, cell, &mut text);
                text
            });
            let row = cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
            out.push_str(&format!("{row}; "));
        }
        name if name.ends_with("Pr") || name == "w:del" => {}
        _ => tree.children(id).for_each(|child| write(tree, child, out)),
    }
}

/// Returns a sum or an integral with its limits.
fn n_ary(sign: &str, below: &str, above: &str, of: &str) -> String {
    let limit = |mark: &str, text: &str| match text {
        "" => String::new(),
        text => format!("{mark}{}", grouped(text)),
    };
    format!("{sign}{}{} {of}", limit("_", below), limit("^", above))
}

/// Returns a text in parentheses if it has several characters.
fn grouped(text: &str) -> String {
    match text.chars().count() {
        0 | 1 => text.to_owned(),
        _ if text.chars().all(char::is_alphanumeric) => text.to_owned(),
        _ => format!("({text})"),
    }
}
