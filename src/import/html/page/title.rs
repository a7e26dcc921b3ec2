//! The title of a page without the name of its site. Pure.

use dom_query::{Document, NodeRef};

use super::super::clean::one_line;
use super::super::dom::{attribute, descendants, has_class, name};
use super::super::elements::is_hidden;
use super::json_ld::JsonLd;
use super::metas::Metas;

/// Separators between a title and the name of the site.
const SEPARATORS: [&str; 14] = [
    " | ", " - ", " – ", " — ", " · ", " • ", " » ", " « ", " :: ", " / ", " ‹ ", " › ", " ｜ ",
    "｜",
];
/// Classes of the name of the site in the header of a page.
const SITE_CLASSES: &[&str] =
    &["menu-title", "site-title", "site-name", "navbar__title", "navbar-brand", "logo-text"];
/// Maximum length of a title, in characters.
const MAX_CHARS: usize = 300;

/// Finds the title of a page. `site` is the name of the site.
pub fn find(
    document: &Document,
    json: &JsonLd,
    metas: &Metas,
    site: Option<&str>,
) -> Option<String> {
    let element = descendants(&document.root(), &["title"])
        .find(|node| !node.ancestors_it(Some(3)).any(|node| node.has_name("svg")))
        .map(|node| one_line(&node.text()))
        .unwrap_or_default();
    let named_site = named_site(document);
    let site = site.or(named_site.as_deref());
    let mut headings: Vec<(bool, String)> = descendants(&document.root(), &["h1"])
        .filter(|node| {
            !is_hidden(node, "h1") && !has_class(node, SITE_CLASSES) && !leads_home(node)
        })
        .map(|node| (!is_in_article(&node), heading_text(&node)))
        .filter(|(_, text)| !text.is_empty() && !is_same(text, site.unwrap_or_default()))
        .collect();
    // A heading in the header of the page is often the name of the site.
    headings.sort_by_key(|(is_outside, _)| *is_outside);
    let headings: Vec<String> = headings.into_iter().map(|(_, text)| text).collect();
    let given = [
        json.title.clone().map(|title| one_line(&title)),
        metas.first(&[
            "og:title",
            "twitter:title",
            "dc.title",
            "dcterms.title",
            "citation_title",
            "parsely-title",
            "title",
        ]),
    ];
    let named: Vec<String> =
        given.into_iter().flatten().chain([element]).filter(|text| !text.is_empty()).collect();
    // The heading is the title as the reader sees it, if the metadata agrees.
    let agrees = |heading: &&String| named.iter().any(|title| begins_alike(title, heading));
    let title = match headings.iter().find(agrees) {
        Some(heading) => heading.clone(),
        None => match named.first() {
            Some(first) => without_site(first, site, &headings),
            None => headings.first()?.clone(),
        },
    };
    let title = one_line(&title);
    (!title.is_empty() && title.chars().count() <= MAX_CHARS).then_some(title)
}

/// Returns the name of the site in the header of the page.
fn named_site(document: &Document) -> Option<String> {
    let all = document.root();
    let mut nodes = all.descendants_it().filter(NodeRef::is_element);
    let is_site = |node: &NodeRef<'_>| {
        has_class(node, SITE_CLASSES) || node.has_name("h1") && leads_home(node)
    };
    nodes.find(is_site).map(|node| one_line(&node.text()))
}

/// Returns whether a heading is a link to the start of the site.
fn leads_home(heading: &NodeRef<'_>) -> bool {
    !is_in_article(heading)
        && descendants(heading, &["a"])
            .any(|link| matches!(attribute(&link, "href").as_str(), "/" | "./" | "index.html"))
}

fn is_in_article(node: &NodeRef<'_>) -> bool {
    attribute(node, "itemprop").contains("headline")
        || node.ancestors_it(None).any(|around| {
            matches!(name(&around).as_str(), "article" | "main")
                || attribute(&around, "role") == "main"
        })
}

/// Returns the text of a heading without links to itself.
fn heading_text(node: &NodeRef<'_>) -> String {
    let mut parts = super::super::build::line_of(node);
    parts.retain(|c| c != '¶');
    let text = one_line(&parts);
    match text.is_empty() {
        true => one_line(&attribute(node, "title")),
        false => text,
    }
}

/// Returns the letters and digits of a text in small letters.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns whether two texts have the same letters.
pub fn is_same(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

/// Returns whether a title is the heading, or the heading with the name of the site.
fn begins_alike(title: &str, heading: &str) -> bool {
    let (title_letters, heading_letters) = (letters(title), letters(heading));
    if heading_letters.is_empty() {
        return false;
    }
    title_letters == heading_letters
        || SEPARATORS.iter().any(|separator| {
            title.split(separator).any(|part| letters(part) == heading_letters)
                || title.find(separator).is_some_and(|at| letters(&title[..at]) == heading_letters)
                || title.rfind(separator).is_some_and(|at| letters(&title[..at]) == heading_letters)
        })
}

/// Returns a title without the name of the site at its start or its end.
fn without_site(title: &str, site: Option<&str>, headings: &[String]) -> String {
    let mut title = title.to_owned();
    // Chinese pages have `title_section_site`.
    if let Some(at) = title.find('_').filter(|at| *at > 0 && !title.is_ascii()) {
        title.truncate(at);
    }
    for _ in 0..2 {
        let last =
            SEPARATORS.iter().filter_map(|one| title.rfind(one).map(|at| (at, one.len()))).max();
        let first =
            SEPARATORS.iter().filter_map(|one| title.find(one).map(|at| (at, one.len()))).min();
        let (Some((last, last_len)), Some((first, first_len))) = (last, first) else { break };
        let (head, tail) =
            (title[..last].trim().to_owned(), title[last + last_len..].trim().to_owned());
        let (start, rest) =
            (title[..first].trim().to_owned(), title[first + first_len..].trim().to_owned());
        let is_site = |text: &str| {
            let (text, site) = (letters(text), letters(site.unwrap_or_default()));
            !site.is_empty()
                && (text.contains(&site) || !text.is_empty() && site.starts_with(&text))
        };
        let is_heading = |text: &str| headings.iter().any(|heading| is_same(heading, text));
        if is_site(&tail) || is_heading(&head) {
            title = head;
        } else if is_site(&start) || is_heading(&rest) {
            title = rest;
        } else if site.is_none()
            && tail.split_whitespace().count() <= 4
            && head.split_whitespace().nth(1).is_some()
        {
            title = head;
        } else {
            break;
        }
    }
    title
}
