//! The export of Substack: a zip archive with `posts.csv` and a file of HTML for each post. Pure.

use std::collections::HashMap;

use super::date::iso_date;
use super::elements::{Element, elements, one_line, plain_text, replaced, with_links};
use super::paths::{file_name, folder, has_extension, without_extension};
use super::text::decode;
use crate::import::archive::Archive;
use crate::import::document::{Body, Converted, Document, Failure};

/// Name of the list of posts.
pub const LIST: &str = "posts.csv";

const UNPUBLISHED: &str = "drafts";
const EMPTY: &str = "podcasts, threads and other posts without a text";

/// Classes of elements that are not a part of the text.
const CHROME: [&str; 23] = [
    "button-wrapper",
    "captioned-button-wrap",
    "comments-page",
    "community-chat",
    "digest-post-embed",
    "directMessage",
    "embedded-post-wrap",
    "embedded-publication-wrap",
    "fake-subscribe-form",
    "file-embed-wrapper",
    "header-anchor-parent",
    "header-anchor-widget",
    "hide-text",
    "image-link-expand",
    "install-substack-app-embed",
    "native-audio-embed",
    "native-video-embed",
    "paywall-jump",
    "poll-embed",
    "subscription-widget",
    "subscription-widget-wrap",
    "subscription-widget-wrap-editor",
    "subscribe-widget",
];
/// Elements that are not a part of the text.
const CHROME_ELEMENTS: [&str; 5] = ["button", "form", "input", "script", "svg"];

/// A row of the list of posts.
struct Row {
    /// Id and short name: `123.the-tides`.
    id: String,
    date: String,
    is_published: bool,
    kind: String,
    title: String,
    subtitle: String,
}

/// Converts an export.
pub fn convert(bytes: Vec<u8>) -> Result<Converted, Failure> {
    let mut archive = Archive::open(bytes)?;
    let is_list = |name: &&str| file_name(name) == LIST;
    let list = archive.names().find(is_list).unwrap_or(LIST).to_owned();
    let rows = rows(&decode(&archive.read(&list)?, None))?;
    let files: HashMap<String, String> = archive
        .names()
        .filter(|name| has_extension(name, &["html"]) && file_name(folder(name)) == "posts")
        .flat_map(|name| {
            // Some lists have the number of a post without its short name.
            let stem = without_extension(file_name(name));
            let number = stem.split('.').next().unwrap_or(stem);
            [(stem.to_owned(), name.to_owned()), (number.to_owned(), name.to_owned())]
        })
        .collect();
    let mut converted = Converted::default();
    super::count_refused(&archive, &mut converted);
    let mut posts = Vec::new();
    for row in rows {
        let html = match files.get(&row.id) {
            _ if !row.is_published => {
                *converted.left_out.entry(UNPUBLISHED.to_owned()).or_default() += 1;
                continue;
            }
            Some(file) => archive.read(file).map(|bytes| decode(&bytes, None)),
            None => Ok(String::new()),
        };
        match html.map(|html| without_chrome(&html)) {
            Err(failure) => converted.failed.push((row.title, failure)),
            Ok(html) if plain_text(&html).is_empty() => {
                *converted.left_out.entry(EMPTY.to_owned()).or_default() += 1;
            }
            Ok(html) => posts.push((row, html)),
        }
    }
    let keys: HashMap<String, String> =
        posts.iter().map(|(row, _)| (row.slug().to_owned(), row.key().to_owned())).collect();
    let host = host(&posts, &keys);
    for (row, html) in posts {
        converted.documents.push(document(&row, &html, &keys, host.as_deref()));
    }
    Ok(converted)
}

/// Parses the list of posts.
fn rows(csv: &str) -> Result<Vec<Row>, Failure> {
    let failed = |what: String| Failure {
        what,
        hint: "export the publication again in its settings".to_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
    let header =
        reader.headers().map_err(|error| failed(format!("{LIST} is not valid: {error}")))?;
    let column = |name: &str| header.iter().position(|own| own.trim() == name);
    let id = column("post_id").ok_or_else(|| failed(format!("{LIST} has no column post_id")))?;
    let columns = ["post_date", "is_published", "type", "title", "subtitle"].map(column);
    let [date, published, kind, title, subtitle] = columns;
    let rows = reader.records().filter_map(Result::ok).map(|record| {
        let get = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        Row {
            id: get(Some(id)).to_owned(),
            date: get(date).to_owned(),
            is_published: published.is_none() || get(published).eq_ignore_ascii_case("true"),
            kind: get(kind).to_owned(),
            title: one_line(get(title)),
            subtitle: one_line(get(subtitle)),
        }
    });
    Ok(rows.collect())
}

impl Row {
    fn key(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }

    fn slug(&self) -> &str {
        self.id.split_once('.').map_or("", |(_, slug)| slug)
    }
}

/// Returns the HTML of a post without forms, buttons and cards of other posts.
fn without_chrome(html: &str) -> String {
    let is_chrome = |element: &Element<'_>| {
        CHROME_ELEMENTS.contains(&element.name.as_str())
            || CHROME.iter().any(|class| element.has_class(class))
    };
    let cuts = elements(html).into_iter().filter(is_chrome);
    replaced(html, cuts.map(|element| (element.outer, String::new())).collect())
}

/// Returns the host and the short name of the post of an address, `https://HOST/p/NAME`.
fn post_of(href: &str) -> Option<(&str, &str)> {
    let rest = href.strip_prefix("https://").or_else(|| href.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let slug = path.strip_prefix("p/")?.split(['?', '#', '/']).next()?;
    Some((host, slug))
}

/// Returns the host of the publication, which an export does not name: the one that most links to
/// posts of the export have.
fn host(posts: &[(Row, String)], keys: &HashMap<String, String>) -> Option<String> {
    let mut hosts = HashMap::<String, usize>::new();
    for (_, html) in posts {
        for link in elements(html).iter().filter(|element| element.name == "a") {
            let href = link.attribute("href").unwrap_or_default();
            if let Some((host, _)) = post_of(&href).filter(|(_, slug)| keys.contains_key(*slug)) {
                *hosts.entry(host.to_owned()).or_default() += 1;
            }
        }
    }
    hosts.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0))).map(|(host, _)| host)
}

fn document(row: &Row, html: &str, keys: &HashMap<String, String>, host: Option<&str>) -> Document {
    let html = with_links(html, |href| {
        let (found, slug) = post_of(href)?;
        let is_own = Some(found) == host || found.ends_with(".substack.com");
        Some(super::article_address(keys.get(slug).filter(|_| is_own)?))
    });
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let warnings = match row.kind.as_str() {
        "podcast" => vec!["the recording of a podcast was left out".to_owned()],
        _ => Vec::new(),
    };
    Document {
        key: row.key().to_owned(),
        title: filled(&row.title),
        published: iso_date(&row.date),
        description: filled(&row.subtitle),
        address: host.map(|host| format!("https://{host}/p/{}", row.slug())),
        name: filled(&row.title).or_else(|| filled(row.slug())),
        body: Body::Html(html),
        warnings,
        ..Document::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::archive::tests::zip;

    const POSTS: &str = "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url\n\
        1.the-tides,2024-05-01T10:00:00.000Z,true,,,newsletter,everyone,\"The tides, explained\",Twice a day,\n\
        2.boats,2024-05-02T10:00:00.000Z,true,,,newsletter,only_paid,Boats,,\n\
        3.draft,,false,,,newsletter,everyone,Draft,,\n\
        4.talk,2024-05-03T10:00:00.000Z,true,,,podcast,everyone,Talk,,https://a.example/b.mp3\n";

    #[test]
    fn substack_posts_become_documents() {
        let tides = "<p>Twice<a class=\"footnote-anchor\" href=\"#footnote-1\">1</a>, see <a href=\"https://sea.substack.com/p/boats?utm=x\">boats</a>.</p><div class=\"subscription-widget-wrap-editor\"><div class=\"subscription-widget show-subscribe\"><p>Thanks for reading!</p><form><input type=\"submit\"></form></div></div><p class=\"button-wrapper\"><a class=\"button primary\" href=\"%%checkout_url%%\"><span>Subscribe now</span></a></p><div class=\"captioned-image-container\"><figure><a class=\"image-link\"><img src=\"a\"><div class=\"image-link-expand\"><button>Zoom</button></div></a><figcaption>The quay</figcaption></figure></div><div class=\"footnote\"><a class=\"footnote-number\">1</a><div class=\"footnote-content\"><p>Or once.</p></div></div>";
        let archive = zip(&[
            ("posts.csv", POSTS.as_bytes()),
            ("posts/1.the-tides.html", tides.as_bytes()),
            ("posts/2.boats.html", b"<p>Paid &amp; good.</p>"),
            ("posts/3.draft.html", b"<p>later</p>"),
            ("posts/1.the-tides.opens.csv", b"a,b\n"),
        ]);
        let converted = convert(archive).unwrap();
        let [tides, boats] = &converted.documents[..] else { panic!("{converted:?}") };
        assert_eq!(tides.title.as_deref(), Some("The tides, explained"));
        assert_eq!(tides.description.as_deref(), Some("Twice a day"));
        assert_eq!(tides.published.as_deref(), Some("2024-05-01"));
        assert_eq!(tides.address.as_deref(), Some("https://sea.substack.com/p/the-tides"));
        let Body::Html(html) = &tides.body else { panic!("expected HTML") };
        assert!(html.contains("<a href=\"article:2\">boats</a>"), "{html}");
        let text = plain_text(html);
        assert_eq!(text, "Twice1, see boats. The quay 1 Or once.");
        assert_eq!(boats.body, Body::Html("<p>Paid &amp; good.</p>".to_owned()));
        let left_out: Vec<_> = converted.left_out.into_iter().collect();
        assert_eq!(left_out, [(UNPUBLISHED.to_owned(), 1), (EMPTY.to_owned(), 1)]);
    }

    #[test]
    fn substack_list_that_is_missing_or_foreign_is_a_failure() {
        assert!(convert(zip(&[("posts/1.a.html", b"a")])).is_err());
        let failure = convert(zip(&[("posts.csv", b"a,b\n1,2\n")])).unwrap_err();
        assert_eq!(failure.what, "posts.csv has no column post_id");
    }
}
