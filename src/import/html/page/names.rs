//! Names of classes and ids by which a part of a page is known that is not the article. Pure.

use dom_query::NodeRef;

use super::super::dom::{attribute, descendants, name};

/// Words in the name of a class, an id or an element. `social` is in `c-social-buttons` and in
/// `SocialLinks`.
const WORDS: &[&str] = &[
    "social",
    "share",
    "sharing",
    "sharedaddy",
    "addthis",
    "a2a",
    "related",
    "recommended",
    "recommendations",
    "recirc",
    "newsletter",
    "newsletters",
    "subscribe",
    "subscription",
    "signup",
    "promo",
    "promos",
    "advert",
    "adverts",
    "advertisement",
    "advertising",
    "adsbygoogle",
    "dfp",
    "sponsor",
    "sponsored",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "disqus",
    "breadcrumb",
    "breadcrumbs",
    "pagination",
    "outbrain",
    "taboola",
    "slideshow",
    "carousel",
    "trending",
    "popup",
    "modal",
    "lightbox",
    "cta",
];
/// Names of classes and ids, and the start of longer names: `toc` is also the start of `toc-list`.
const STARTS: &[&str] = &[
    "comments",
    "comment-list",
    "comment-form",
    "commentlist",
    "comment-respond",
    "respond",
    "sign-up",
    "ad-",
    "ads",
    "pager",
    "post-nav",
    "post-navigation",
    "nav-links",
    "page-nav",
    "prev-next",
    "prevnext",
    "rellinks",
    "navbox",
    "catlinks",
    "sitesub",
    "jump-to",
    "toc",
    "table-of-contents",
    "tableofcontents",
    "sidebar",
    "widget",
    "masthead",
    "author-bio",
    "author-box",
    "about-author",
    "authorbox",
    "skip-",
    "skiplink",
];
/// Names of classes and ids as a whole.
const NAMES: &[&str] = &[
    "nav",
    "navbar",
    "menu",
    "tags",
    "ad",
    "footer",
    "site-footer",
    "site-header",
    "page-footer",
    "global-header",
    "mw-indicators",
    "mw-head",
    "mw-panel",
    "metadata",
    "ambox",
    "hatnote",
    "sistersitebox",
    "portal",
    "authority-control",
    "vertical-navbox",
    "mbox-small",
    "shortdescription",
    "sitenotice",
    "contentsub",
    "entry-footer",
    "post-footer",
    "article-footer",
    "read-next",
    "readnext",
    "more-stories",
    "more-posts",
    "you-may-like",
    "also-like",
    "most-read",
    "most-popular",
    "up-next",
    "edit-link",
    "editlink",
    "edit-page",
    "last-updated-container",
    "on-this-page",
    "theme-doc-toc-mobile",
    "theme-doc-footer",
    "mobile-nav-chapters",
    "nav-chapters",
    "sphinxsidebar",
    "headerbar",
    "webring",
    "button-wrapper",
    "hidden",
    "print-only",
    "print-header",
    "jp-relatedposts",
    "printfooter",
    "reader-comments",
    "post-tags",
    "tags-links",
    "entry-tags",
    "tag-list",
    "taglist",
    "breaking-news",
    "post-author-bio",
    "post-meta-bottom",
    "byline-bio",
    "article-tags",
];
/// Names of bylines, dates and other lines about the article. They are removed if they are short.
const META_NAMES: &[&str] = &[
    "byline",
    "bylines",
    "byline-section",
    "dateline",
    "timestamp",
    "entry-meta",
    "post-meta",
    "article-meta",
    "meta",
    "publish-info",
    "published",
    "post-date",
    "posted-on",
    "entry-date",
    "article-date",
    "pub-date",
    "publish-date",
    "date-published",
    "datepublished",
    "author-name",
    "article-author",
    "post-author",
    "author-info",
    "author",
    "reading-time",
    "read-time",
    "readtime",
    "article-info",
    "post-info",
    "post-header-meta",
    "post-date-author",
    "c-byline",
    "c-entry-stat--comment",
    "story-meta",
    "article-byline",
    "article-header-meta",
    "post-byline",
    "article-details",
    "last-updated",
    "date",
    "time",
    "dates",
    "attribution",
    "byline-social",
];
/// Maximum length of such a line, in characters.
const MAX_META_CHARS: usize = 200;
/// Names of parts that are not the article however long they are.
const CERTAIN: &[&str] = &[
    "comments",
    "comment-list",
    "commentlist",
    "comments-area",
    "comments-list",
    "comments-section",
    "comment-section",
    "comments-wrapper",
    "comments-container",
    "disqus-thread",
    "respond",
    "related",
    "related-posts",
    "related-articles",
    "relatedposts",
    "related-stories",
    "related-content",
    "recommended",
    "recirc",
    "trending",
    "most-popular",
    "cookie-banner",
    "cookie-consent",
    "site-footer",
    "footer",
    "responses",
];
/// Words in a name that say that it is not of the part itself, as `has-sidebar`.
const STATES: &[&str] = &[
    "has-", "use-", "with-", "no-", "is-", "-open", "-enabled", "-layout", "-wrapper", "-active",
    "-content", "-main", "-page", "-article",
];

/// Returns whether an element is not the article however long it is.
pub fn is_certain(node: &NodeRef<'_>, element: &str) -> bool {
    matches!(element, "nav" | "dialog")
        || names_of(node).iter().any(|name| CERTAIN.contains(&name.as_str()))
            && descendants(node, &["h1"]).next().is_none()
            && !holds_first_article(node)
}

/// Returns whether an element holds the first `<article>` of the page. Comments are articles, too.
fn holds_first_article(node: &NodeRef<'_>) -> bool {
    let first = descendants(&node.tree.root(), &["article"]).next();
    first.is_some_and(|first| first.ancestors_it(None).any(|around| around.id == node.id))
}

/// Returns the names of an element in small letters, with hyphens between words: its classes, its
/// id and its own name if it is a custom element.
fn names_of(node: &NodeRef<'_>) -> Vec<String> {
    let class = attribute(node, "class");
    let (id, element) = (attribute(node, "id"), name(node));
    let element = if element.contains('-') { element.as_str() } else { "" };
    let names = class.split_ascii_whitespace().chain([id.as_str(), element]);
    names.filter(|name| !name.is_empty()).map(hyphenated).collect()
}

/// Returns a name with its words in small letters and hyphens between them.
fn hyphenated(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    let mut was_small = false;
    for c in name.chars() {
        let is_separator = !c.is_alphanumeric();
        if (is_separator || c.is_uppercase() && was_small) && !text.ends_with('-') {
            text.push('-');
        }
        if !is_separator {
            text.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    text
}

/// Returns whether an element has a name of a part that is not the article.
pub fn is_named(node: &NodeRef<'_>) -> bool {
    // An id may be that of a heading in the text, so only whole names of ids count.
    let id = hyphenated(&attribute(node, "id"));
    names_of(node).iter().any(|name| {
        let is_state = STATES.iter().any(|state| match state.starts_with('-') {
            true => name.ends_with(state),
            false => name.starts_with(state),
        });
        let starts = |start: &&str| {
            name.strip_prefix(*start).is_some_and(|rest| {
                let is_longer =
                    rest.starts_with('-') || rest.starts_with("s-") || start.ends_with('-');
                rest.is_empty() || rest == "s" || is_longer && *name != id
            })
        };
        let has_word = || name.split('-').any(|word| WORDS.contains(&word)) && *name != id;
        let is_whole = NAMES.contains(&name.as_str()) || WORDS.contains(&name.as_str());
        !is_state && (is_whole || STARTS.iter().any(starts) || has_word())
    })
}

/// Returns whether an element is a line about the article, such as its byline.
pub fn is_meta(node: &NodeRef<'_>, element: &str) -> bool {
    matches!(
        element,
        "div" | "p" | "span" | "ul" | "li" | "address" | "time" | "section" | "header"
    ) && (element == "address"
        || names_of(node).iter().any(|name| META_NAMES.contains(&name.as_str())))
        && node.normalized_char_count() <= MAX_META_CHARS
        && !is_within(node, &["p", "blockquote", "figure", "table", "li", "dl", "q"])
        && descendants(node, &["h1", "h2", "h3"]).next().is_none()
}

/// Returns whether an element is in one with one of the names.
pub fn is_within(node: &NodeRef<'_>, names: &[&str]) -> bool {
    node.ancestors_it(None).any(|around| names.contains(&name(&around).as_str()))
}
