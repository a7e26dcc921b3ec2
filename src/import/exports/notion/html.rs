//! Pages of Notion as HTML. Pure.

use super::super::elements::{Element, elements, plain_text, replaced, with_links};
use super::Parsed;
use super::properties::Properties;
use crate::import::document::Body;

/// Classes of elements that are not a part of the text. Formulas have their source elsewhere.
const CHROME: [&str; 6] = [
    "collection-content",
    "icon",
    "katex-html",
    "page-header-icon",
    "properties",
    "table_of_contents",
];

/// Parses a page. `target` returns the address of another page for that of a link.
pub fn parse(html: &str, target: impl Fn(&str) -> Option<String>) -> Parsed {
    let all = elements(html);
    let with_class = |class: &str| all.iter().find(|element| element.has_class(class));
    let text_of = |element: &Element<'_>| plain_text(&html[element.inner.clone()]);
    let title = with_class("page-title").map(text_of);
    let title = title.or_else(|| all.iter().find(|it| it.name == "title").map(text_of));
    let mut properties = Properties::default();
    let is_row = |element: &&Element<'_>| element.has_class("property-row");
    for row in all.iter().filter(is_row) {
        add_property(&mut properties, html, row, &all);
    }
    let description = with_class("page-description").map(text_of);
    properties.description = properties.description.or(description).filter(|text| !text.is_empty());
    let body = with_class("page-body").or_else(|| all.iter().find(|it| it.name == "body"));
    let body = body.map_or(0..html.len(), |body| body.inner.clone());
    let is_chrome = |element: &&Element<'_>| CHROME.iter().any(|class| element.has_class(class));
    let cuts = all.iter().filter(is_chrome).filter(|it| body.contains(&it.outer.start));
    let cuts =
        cuts.map(|it| (it.outer.start - body.start..it.outer.end - body.start, String::new()));
    let body = replaced(&html[body.clone()], cuts.collect());
    Parsed { title, properties, body: Body::Html(with_links(&body, target)) }
}

/// Adds the property of a row of the table of properties.
fn add_property(properties: &mut Properties, html: &str, row: &Element<'_>, all: &[Element<'_>]) {
    let first = all.partition_point(|it| it.outer.start <= row.outer.start);
    let end = all.partition_point(|it| it.outer.start < row.inner.end);
    let cells = &all[first..end];
    let cell = |name: &str| cells.iter().find(|it| it.name == name);
    let (Some(head), Some(value)) = (cell("th"), cell("td")) else { return };
    let values = cells.iter().filter(|it| it.has_class("selected-value"));
    let values: Vec<String> = values.map(|it| plain_text(&html[it.inner.clone()])).collect();
    let value = match values.is_empty() {
        true => plain_text(&html[value.inner.clone()]),
        false => values.join(", "),
    };
    properties.add(&plain_text(&html[head.inner.clone()]), &value);
}
