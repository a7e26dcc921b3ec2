//! Tests of exports of WordPress.

use super::*;
use crate::import::archive::tests::zip;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Harbour &amp; Sea</title><language>en-GB</language>
<wp:base_blog_url>https://sea.example</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[ada]]></wp:author_login><wp:author_display_name><![CDATA[Ada Lovelace]]></wp:author_display_name></wp:author>
<image><title>Logo</title></image>
"#;

/// An entry with more elements.
fn item(id: u32, more: &str) -> String {
    format!(
        "<item><title><![CDATA[Post {id}]]></title><link>https://sea.example/post-{id}/</link><pubDate>Wed, 01 May 2024 22:30:00 +0000</pubDate><dc:creator>ada</dc:creator><guid isPermaLink=\"false\">https://sea.example/?p={id}</guid><wp:post_id>{id}</wp:post_id><wp:post_date><![CDATA[2024-05-02 00:30:00]]></wp:post_date>{more}</item>"
    )
}

fn post(id: u32, content: &str) -> String {
    item(
        id,
        &format!(
            "<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        ),
    )
}

fn export(items: &[String]) -> String {
    format!("{HEAD}{}</channel></rss>", items.concat())
}

fn html(document: &Document) -> &str {
    match &document.body {
        Body::Html(html) => html.trim(),
        Body::Markdown(_) => panic!("expected HTML"),
    }
}

#[test]
fn wordpress_post_keeps_its_fields_and_its_paragraphs() {
    let content =
        "One &amp; two.\n\n[caption]<img src=\"a\"/> Quay[/caption]\n\na ]]]]><![CDATA[> b";
    let more = "<category domain=\"category\" nicename=\"sea\"><![CDATA[The sea]]></category><category domain=\"post_tag\" nicename=\"moon\">Moon</category><category domain=\"category\" nicename=\"uncategorized\">Uncategorized</category><wp:post_modified>2024-06-01 10:00:00</wp:post_modified>";
    let item = post(1, content).replace("</item>", &format!("{more}</item>"));
    let item = item.replace("<![CDATA[Post 1]]>", "The &#8220;tides&#8221; &lt;b&gt;");
    let converted = convert(export(&[item]).into_bytes()).unwrap();
    assert_eq!(converted.folder.as_deref(), Some("Harbour & Sea"));
    let document = &converted.documents[0];
    assert_eq!(document.key, "1");
    assert_eq!(document.title.as_deref(), Some("The “tides”"));
    assert_eq!(document.authors, ["Ada Lovelace"]);
    assert_eq!(document.published.as_deref(), Some("2024-05-02"));
    assert_eq!(document.updated.as_deref(), Some("2024-06-01"));
    assert_eq!(document.language.as_deref(), Some("en-GB"));
    assert_eq!(document.tags, ["The sea", "Moon"]);
    assert_eq!(document.address.as_deref(), Some("https://sea.example/post-1/"));
    let expected = "<p>One &amp; two.</p>\n<figure><img src=\"a\"/>\n<figcaption>Quay</figcaption>\n</figure>\n<p>a ]]> b</p>";
    assert_eq!(html(document), expected);
}

#[test]
fn wordpress_links_between_posts_name_their_documents() {
    let links = "<a href=\"http://www.sea.example/post-2\">a</a> <a href='/post-2/#part'>b</a> <a href=\"https://sea.example/?p=2\">c</a> <a href=\"https://other.example/?p=2\">d</a>";
    let converted = convert(export(&[post(1, links), post(2, "text")]).into_bytes()).unwrap();
    let expected = "<p><a href=\"article:2\">a</a> <a href=\"article:2\">b</a> <a href=\"article:2\">c</a> <a href=\"https://other.example/?p=2\">d</a></p>";
    assert_eq!(html(&converted.documents[0]), expected);
}

#[test]
fn wordpress_drafts_and_other_entries_are_left_out() {
    let draft = post(2, "text").replace("publish", "draft");
    let picture = post(3, "text").replace(">post<", ">attachment<");
    let secret =
        post(4, "text").replace("</item>", "<wp:post_password>x</wp:post_password></item>");
    let page = post(5, "text").replace(">post<", ">page<");
    let items = [post(1, "text"), draft, picture, secret, page, post(6, "[gallery]<!--more-->")];
    let converted = convert(export(&items).into_bytes()).unwrap();
    let keys: Vec<_> = converted.documents.iter().map(|document| document.key.as_str()).collect();
    assert_eq!(keys, ["1", "5"]);
    let counts: Vec<usize> = converted.left_out.values().copied().collect();
    assert_eq!(counts, [1, 1, 1, 1], "{:?}", converted.left_out);
}

#[test]
fn wordpress_export_of_several_files_is_one() {
    let (one, two) =
        (export(&[post(1, "<a href='/post-2/'>a</a>")]), export(&[post(2, "b"), post(1, "c")]));
    let archive =
        zip(&[("a/1.xml", one.as_bytes()), ("a/2.xml", two.as_bytes()), ("b.xml", b"<x/>")]);
    let converted = convert(archive).unwrap();
    assert_eq!(converted.documents.len(), 2);
    assert_eq!(html(&converted.documents[0]), "<p><a href=\"article:2\">a</a></p>");
}

#[test]
fn wordpress_export_that_is_cut_gives_its_first_posts() {
    let whole = export(&[post(1, "one"), post(2, "two")]);
    let cut = &whole[..whole.find("two").unwrap()];
    let converted = convert(cut.as_bytes().to_vec()).unwrap();
    assert_eq!(converted.documents.len(), 1);
    assert_eq!(converted.failed[0].1.what, "the file ends in the middle or is damaged");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let _ = convert(whole.as_bytes()[..end].to_vec());
    }
    assert!(convert(b"".to_vec()).is_err());
    assert!(convert(b"<rss></rss>".to_vec()).is_err());
}

#[test]
fn wordpress_entities_of_a_document_type_are_not_expanded() {
    let item = post(1, "text").replace("<![CDATA[Post 1]]>", "&b;&b; tide");
    let converted = convert(export(&[item]).into_bytes()).unwrap();
    assert_eq!(converted.documents[0].title.as_deref(), Some("&b;&b; tide"));
}

#[test]
fn wordpress_hostile_content_takes_linear_time() {
    for part in
        ["[a]", "[caption]", "[/a]", "<!-- wp:a -->", "<div>", "</p>", "[code]", "\n\n", "<a "]
    {
        let content = format!("x {} [/caption] y", part.repeat(10_000));
        convert(export(&[post(1, &content)]).into_bytes()).unwrap();
    }
}
