//! Metadata of a page: title, authors, dates, language, address. Pure.
//!
//! Sources, in this order: JSON-LD, `<meta>`, microdata and microformats in the text.

use dom_query::{Document, NodeRef};
use url::Url;

use super::super::clean::one_line;
use super::super::dom::{attribute, descendants, name};
use super::json_ld::{self, JsonLd};
use super::metas::Metas;
use super::{byline, date, title};

/// Maximum number of tags. More keywords are for search engines.
const MAX_TAGS: usize = 10;
/// Maximum length of a tag, in characters.
const MAX_TAG_CHARS: usize = 40;
/// Maximum length of a description, in characters.
const MAX_DESCRIPTION_CHARS: usize = 500;
/// Maximum number of bylines in the text.
const MAX_BYLINES: usize = 4;
/// Maximum length of a byline or a date in the text, in characters.
const MAX_BYLINE_CHARS: usize = 120;

#[derive(Debug, Default)]
pub struct Metadata {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub address: Option<String>,
    pub is_paid: bool,
}

/// Reads the metadata of a page that was fetched from `address`.
pub fn read(document: &Document, address: Option<&Url>) -> Metadata {
    let json = json_ld::read(document);
    let metas = Metas::read(document);
    let site = metas.first(&["og:site_name", "application-name"]).or_else(|| json.site.clone());
    let visible = Visible::read(document);
    let published = published(&json, &metas, &visible, address);
    let updated = json.updated.clone().or_else(|| {
        metas.first(&[
            "article:modified_time",
            "og:updated_time",
            "dcterms.modified",
            "last-modified",
            "datemodified",
        ])
    });
    let updated = updated.or_else(|| visible.updated.clone());
    let updated = updated.as_deref().and_then(date::normalized);
    let description =
        metas.first(&["og:description", "description", "twitter:description", "dc.description"]);
    let description = description.or_else(|| json.description.as_deref().map(one_line));
    Metadata {
        title: title::find(document, &json, &metas, site.as_deref()),
        authors: authors(&json, &metas, &visible, site.as_deref()),
        updated: updated.filter(|date| Some(date) != published.as_ref()),
        published,
        description: description.filter(|text| text.chars().count() <= MAX_DESCRIPTION_CHARS),
        tags: tags(document, &json, &metas),
        language: language(document, &json, &metas),
        address: canonical(document, &metas, address),
        is_paid: json.is_paid,
    }
}

/// The metadata that a reader of the page sees.
#[derive(Debug, Default)]
struct Visible {
    bylines: Vec<String>,
    published: Option<String>,
    updated: Option<String>,
}

impl Visible {
    fn read(document: &Document) -> Self {
        let mut found = Self::default();
        let mut weak_byline = None;
        let mut first_time = None;
        for node in document.root().descendants_it().filter(NodeRef::is_element) {
            let class = attribute(&node, "class").to_ascii_lowercase();
            let words: Vec<&str> = class.split_ascii_whitespace().collect();
            let property = attribute(&node, "itemprop").to_ascii_lowercase();
            let rel = attribute(&node, "rel").to_ascii_lowercase();
            let has = |names: &[&str]| names.iter().any(|name| words.contains(name));
            if node.ancestors_it(None).any(|around| around.has_name("table")) {
                continue;
            }
            let is_author = property.contains("author")
                || rel.split_ascii_whitespace().any(|one| one == "author")
                || has(&["p-author", "author-name", "byline-name", "authors__name"]);
            if is_author {
                let text = author_text(&node);
                if !text.is_empty()
                    && text.chars().count() <= MAX_BYLINE_CHARS
                    && !found.bylines.contains(&text)
                {
                    found.bylines.push(text);
                }
            }
            if weak_byline.is_none()
                && has(&[
                    "byline",
                    "author",
                    "post-author",
                    "article-author",
                    "entry-author",
                    "post__author",
                    "c-byline",
                    "article__author",
                ])
            {
                let text = author_text(&node);
                weak_byline = Some(text)
                    .filter(|text| !text.is_empty() && text.chars().count() <= MAX_BYLINE_CHARS);
            }
            let value = || {
                let values = ["datetime", "content"].map(|key| attribute(&node, key));
                values
                    .into_iter()
                    .find(|value| !value.is_empty())
                    .unwrap_or_else(|| one_line(&node.text()))
            };
            let is_updated =
                property == "datemodified" || has(&["dt-updated", "updated", "modified"]);
            let is_published = property == "datepublished"
                || has(&[
                    "dt-published",
                    "published",
                    "entry-date",
                    "post-date",
                    "article-date",
                    "publish-date",
                    "pubdate",
                    "post-meta-date",
                ]);
            let text = || value().chars().take(MAX_BYLINE_CHARS).collect::<String>();
            if is_updated && !is_published {
                found.updated = found.updated.or_else(|| Some(text()));
            } else if is_published {
                found.published = found.published.or_else(|| date::clear_date(&text()));
            } else if node.has_name("time") {
                first_time = first_time.or_else(|| date::clear_date(&text()));
            }
        }
        // Many bylines are those of other articles.
        if found.bylines.len() > MAX_BYLINES {
            found.bylines.truncate(1);
        }
        found.published = found.published.or(first_time);
        if found.bylines.is_empty() {
            found.bylines.extend(weak_byline);
        }
        found
    }
}

/// Returns the name in an element of an author: the part that is marked as the name, or all.
fn author_text(node: &NodeRef<'_>) -> String {
    let named = node.descendants_it().find(|part| {
        part.is_element()
            && (attribute(part, "itemprop") == "name" || attribute(part, "rel") == "author")
    });
    let content = attribute(node, "content");
    match named {
        _ if !content.is_empty() => one_line(&content),
        Some(part) => one_line(&part.text()),
        None => one_line(&node.text()),
    }
}

fn authors(json: &JsonLd, metas: &Metas, visible: &Visible, site: Option<&str>) -> Vec<String> {
    let mut by_meta: Vec<String> = Vec::new();
    for key in [
        "citation_author",
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
    ] {
        by_meta = metas.all(key).map(|name| in_order(key, name)).collect();
        if !byline::names(&by_meta, site).is_empty() {
            break;
        }
    }
    let all = [&json.authors, &by_meta, &visible.bylines];
    all.iter()
        .map(|bylines| byline::names(bylines, site))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

/// Returns a name of library metadata, `Family, Given`, in the order in which it is spoken.
fn in_order(key: &str, name: String) -> String {
    match name.split_once(", ") {
        Some((family, given)) if key.contains('_') || key.contains('.') => {
            format!("{given} {family}")
        }
        _ => name,
    }
}

fn published(
    json: &JsonLd,
    metas: &Metas,
    visible: &Visible,
    address: Option<&Url>,
) -> Option<String> {
    let keys = [
        "article:published_time",
        "article:published",
        "og:published_time",
        "datepublished",
        "citation_publication_date",
        "citation_date",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.created",
        "dc.date",
        "dcterms.date",
        "pubdate",
        "publish-date",
        "publishdate",
        "parsely-pub-date",
        "sailthru.date",
        "date",
    ];
    let in_address = || {
        let path = address?.path().to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        parts.windows(3).find_map(|part| match part[0].len() {
            4 => date::clear_date(&part.join("-")),
            _ => None,
        })
    };
    json.published
        .as_deref()
        .and_then(date::normalized)
        .or_else(|| metas.first(&keys).as_deref().and_then(date::normalized))
        .or_else(|| visible.published.clone())
        .or_else(in_address)
}

fn tags(document: &Document, json: &JsonLd, metas: &Metas) -> Vec<String> {
    let split = |text: String| {
        text.split([',', ';', '，', '、', '،']).map(str::to_owned).collect::<Vec<_>>()
    };
    let by_article: Vec<String> = metas.all("article:tag").flat_map(split).collect();
    let by_links = descendants(&document.root(), &["a"]).filter(|link| {
        attribute(link, "rel").split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("tag"))
    });
    let by_links = by_links.map(|link| link.text().to_string()).collect();
    let keywords =
        metas.all("keywords").chain(metas.all("news_keywords")).flat_map(split).collect();
    for found in [by_article, json.tags.clone(), by_links, keywords] {
        let mut tags: Vec<String> = Vec::new();
        for tag in found {
            let tag = one_line(&tag).trim_start_matches('#').to_owned();
            let is_known = tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
            if !tag.is_empty() && !is_known {
                tags.push(tag);
            }
        }
        let is_long = tags.iter().any(|tag| tag.chars().count() > MAX_TAG_CHARS);
        if !tags.is_empty() && tags.len() <= MAX_TAGS && !is_long {
            return tags;
        }
    }
    Vec::new()
}

fn language(document: &Document, json: &JsonLd, metas: &Metas) -> Option<String> {
    let root = document.html_root();
    let found = ["lang", "xml:lang"].map(|key| attribute(&root, key));
    let body = document.body().map(|body| attribute(&body, "lang"));
    let metas = metas.first(&[
        "content-language",
        "dc.language",
        "dcterms.language",
        "og:locale",
        "language",
    ]);
    let all = found.into_iter().chain(body).chain(metas).chain(json.language.clone());
    all.map(|tag| tag.trim().replace('_', "-")).find(|tag| {
        let primary = tag.split('-').next().unwrap_or_default();
        (2..=3).contains(&primary.len())
            && tag.len() <= 20
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

/// Returns the canonical address if it is absolute and of the same host, or if the page names it
/// twice. Else returns the address that the page was fetched from.
fn canonical(document: &Document, metas: &Metas, address: Option<&Url>) -> Option<String> {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let resolved = |href: &str| match address {
        Some(address) => address.join(href).ok(),
        None => Url::parse(href).ok(),
    };
    let link = descendants(&document.root(), &["link"]).find(|link| {
        attribute(link, "rel")
            .split_ascii_whitespace()
            .any(|rel| rel.eq_ignore_ascii_case("canonical"))
    });
    let by_link = link.and_then(|link| resolved(&attribute(&link, "href"))).filter(is_web);
    let by_meta = metas.first(&["og:url"]).and_then(|href| Url::parse(&href).ok()).filter(is_web);
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let is_plausible = |url: &Url| match address {
        None => true,
        Some(address) => {
            let is_home = url.path() == "/" && url.query().is_none() && address.path() != "/";
            !is_home && (host(url) == host(address) || by_link == by_meta)
        }
    };
    let found =
        by_link.clone().filter(is_plausible).or_else(|| by_meta.clone().filter(is_plausible));
    let fetched = || address.filter(|address| is_web(address)).cloned();
    found.or_else(fetched).map(|mut url| {
        url.set_fragment(None);
        url.to_string()
    })
}

/// Returns the addresses of the feeds that a page links to.
pub fn feeds(document: &Document, base: &Url) -> Vec<Url> {
    const TYPES: [&str; 4] = [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
    ];
    let mut feeds: Vec<Url> = Vec::new();
    for link in
        document.root().descendants_it().filter(|node| matches!(name(node).as_str(), "link" | "a"))
    {
        let rel = attribute(&link, "rel").to_ascii_lowercase();
        let kind = attribute(&link, "type").to_ascii_lowercase();
        let is_alternate =
            rel.split_ascii_whitespace().any(|rel| rel == "alternate" || rel == "feed");
        let is_feed = TYPES.iter().any(|known| kind.starts_with(known));
        let url = base.join(attribute(&link, "href").trim()).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        feeds.extend(url.filter(|url| is_alternate && is_feed && !feeds.contains(url)));
    }
    feeds
}
