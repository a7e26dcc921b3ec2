//! Tests of the extraction of articles.

use url::Url;

use super::{feeds, page};
use crate::import::document::{Body, Document};

const TEXT: &str = "<p>For two hundred years the pilots of the small port kept the tide in their heads. \
    A boy learned the hours from an old man, and nobody wrote anything down.</p><h2>The first table</h2>\
    <p>In 1831 a clerk began to note the height of the water on a post beside the slip, three times a \
    day, with a blunt pencil and a lantern.</p>";
const EXPECTED: &str = "For two hundred years the pilots of the small port kept the tide in their heads. \
    A boy learned the hours from an old man, and nobody wrote anything down.\n\n## The first table\n\n\
    In 1831 a clerk began to note the height of the water on a post beside the slip, three times a day, \
    with a blunt pencil and a lantern.\n";

fn address() -> Url {
    Url::parse("https://example.org/2024/03/05/tide").unwrap()
}

fn article(html: &str) -> Document {
    page(html, Some(&address())).unwrap_or_else(|failure| panic!("{failure}: {html}"))
}

fn text(document: &Document) -> &str {
    match &document.body {
        Body::Markdown(text) | Body::Html(text) => text,
    }
}

#[test]
fn article_of_a_blog_is_found_without_what_is_around_it() {
    let html = format!(
        r##"<html lang="en-GB"><head><title>The tide – Coast Gazette</title>
        <meta property="og:site_name" content="Coast Gazette">
        <link rel="canonical" href="https://www.example.org/tide#x">
        <script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
          {{"@type": "BlogPosting", "author": {{"@id": "#ada"}}, "datePublished": "2024-03-05T08:00:00Z",
            "dateModified": "2024-04-01"}}, {{"@type": "Person", "@id": "#ada", "name": "Ada Northcott"}}]}}
        </script></head><body>
        <div class="cookie-consent"><p>We use cookies to improve your experience on this website.</p></div>
        <header class="site-header"><nav><a href="/">Home</a></nav></header>
        <main><article><header><h1>The tide</h1><p class="byline">By Ada Northcott</p></header>
        <div class="entry-content">{TEXT}<div class="share-buttons"><a href="/s">Share</a></div></div>
        <footer><a href="/t" rel="tag">harbour</a></footer></article>
        <section class="related-posts"><h3>Related posts</h3><ul><li><a href="/b">Ships</a></li></ul></section>
        <section id="comments"><p>What a wonderful story, my grandfather was a pilot there, too.</p></section>
        </main><aside><p>Subscribe to our newsletter and get the best stories every week.</p></aside>
        <footer><p>© 2024 The Coast Gazette. All rights reserved.</p></footer></body></html>"##
    );
    let found = article(&html);
    assert_eq!(text(&found), EXPECTED);
    assert_eq!(found.title.as_deref(), Some("The tide"));
    assert_eq!(found.authors, ["Ada Northcott"]);
    assert_eq!(found.published.as_deref(), Some("2024-03-05"));
    assert_eq!(found.updated.as_deref(), Some("2024-04-01"));
    assert_eq!(found.language.as_deref(), Some("en-GB"));
    assert_eq!(found.tags, ["harbour"]);
    assert_eq!(found.address.as_deref(), Some("https://www.example.org/tide"));
}

#[test]
fn article_of_an_old_page_in_a_layout_table_is_found() {
    let html = format!(
        "<html><head><title>The tide</title></head><body><table><tr><td><a href=a>Home</a><br>\
         <a href=b>Links</a></td><td><h1>The tide</h1>{TEXT}</td></tr></table></body></html>"
    );
    assert_eq!(text(&article(&html)), EXPECTED);
}

#[test]
fn metadata_of_a_page_is_read_without_json_ld() {
    let html = format!(
        "<html><head><title>The tide | Salt</title><meta name=author content='Ada Northcott'>\
         <meta name=keywords content='tide, port'><meta property=og:locale content=pt_BR>\
         <meta name=description content='How a port learned.'>\
         <link rel=canonical href='https://elsewhere.example/'></head><body><article>{TEXT}\
         </article></body></html>"
    );
    let found = article(&html);
    assert_eq!(found.title.as_deref(), Some("The tide"));
    assert_eq!(found.authors, ["Ada Northcott"]);
    assert_eq!(found.tags, ["tide", "port"]);
    assert_eq!(found.language.as_deref(), Some("pt-BR"));
    assert_eq!(found.description.as_deref(), Some("How a port learned."));
    // The date in the address.
    assert_eq!(found.published.as_deref(), Some("2024-03-05"));
    // The home page of another site is not canonical.
    assert_eq!(found.address.as_deref(), Some("https://example.org/2024/03/05/tide"));
}

#[test]
fn page_that_is_no_article_is_refused_with_the_reason() {
    #[track_caller]
    fn check(html: &str, expected: &str) {
        let failure = page(html, None).expect_err("the page is no article");
        assert_eq!(failure.what, expected, "{html}");
        assert!(!failure.hint.is_empty());
    }
    let links: String = (0..30)
        .map(|at| format!("<li><a href='/{at}'>A headline about the harbour, number {at}</a></li>"))
        .collect();
    check(&format!("<ul>{links}</ul>"), "the page is a list of links, not an article");
    check(
        "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>\
         <script src=app.js></script>",
        "the page shows its text by JavaScript only",
    );
    check(
        "<title>404 Not Found</title><h1>Not Found</h1><p>It was moved.</p>",
        "the page is an error page",
    );
    check(
        "<title>Log in</title><form><input name=user><input type=password></form>",
        "the page asks for a login",
    );
    check(
        "<title>Just a moment...</title><p>Checking if the site connection is secure</p>",
        "the site asks whether a person reads it",
    );
    check("", "no text of an article was found");
    check("<html><body></body></html>", "no text of an article was found");
}

#[test]
fn short_article_is_no_error() {
    let html = "<title>Closed</title><article><h1>Closed</h1><p>The harbour office is closed on \
        Friday because of the storm. Ships wait outside.</p></article>";
    assert!(text(&article(html)).starts_with("The harbour office is closed"));
    let chinese = "<title>潮</title><article><h1>潮</h1><p>两百年来，小港的领航员把潮水记在脑子里。男孩从老人那里学会钟点。</p></article>";
    assert!(text(&article(chinese)).starts_with("两百年来"));
}

#[test]
fn feeds_of_a_page_are_absolute() {
    let html = "<link rel=alternate type='application/rss+xml' href='/feed'>\
        <link rel='alternate' type='application/atom+xml; charset=utf-8' href='atom.xml'>\
        <link rel=alternate hreflang=de href=/de><link rel=stylesheet href=a.css>";
    let found: Vec<_> = feeds(html, &address()).iter().map(Url::to_string).collect();
    assert_eq!(found, ["https://example.org/feed", "https://example.org/2024/03/05/atom.xml"]);
}
