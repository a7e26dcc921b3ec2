//! Tests of the formats by feeds of our own, and of the mistakes that feeds have.

mod formats;
mod mistakes;

use url::Url;

use super::*;

fn url(address: &str) -> Url {
    Url::parse(address).expect("the address of a test is valid")
}

fn feed(text: &str) -> Feed {
    parse(text.as_bytes(), Some(&url("https://a.example/feed"))).expect("the feed is valid")
}

/// Returns the only entry of an RSS feed whose item has these elements.
fn item(elements: &str) -> Entry {
    let head = r#"<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">"#;
    let text = format!("{head}<channel><title>A</title><item>{elements}</item></channel></rss>");
    feed(&text).entries.remove(0)
}

/// Returns the only entry of an Atom feed with these elements.
fn atom_entry(elements: &str) -> Entry {
    let head = r#"<feed xmlns="http://www.w3.org/2005/Atom">"#;
    feed(&format!("{head}<title>A</title><entry>{elements}</entry></feed>")).entries.remove(0)
}

fn text(html: &Option<String>) -> &str {
    html.as_deref().unwrap_or_default()
}
