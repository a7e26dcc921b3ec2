//! Conversion of a source by its kind, within the child process. Pure.

use serde::{Deserialize, Serialize};
use url::Url;

use super::document::{Body, Converted, Document, Failure};
use super::exports::{self, Kind, TextKind};
use super::feed::{self, Feed};
use super::fetch::{FetchedKind, recognize};
use super::sitemap::{self, Sitemap};
use super::{docx, epub, html, language, pdf};

/// Extensions of Markdown.
const MARKDOWN: [&str; 3] = ["markdown", "md", "mdx"];
/// Extensions of files of text that can be articles.
const TEXTS: [&str; 5] = ["markdown", "md", "mdx", "text", "txt"];

/// Types of documents of office programs.
const OFFICE: [&str; 2] = ["application/msword", "application/rtf"];

/// A source to convert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub form: Form,
    /// Name of the file, or the last part of the address.
    pub name: String,
    /// Type that the server declared.
    pub content_type: Option<String>,
    /// Address of the source on the web.
    pub address: Option<Url>,
}

/// The form in which a source is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// A file of any kind, which its content shows.
    File,
    /// The text of a PDF, from another program.
    PdfText,
    /// A page with posts of a Telegram channel.
    ChannelPage,
}

/// The result of a conversion. The bodies are Markdown.
#[derive(Debug, Serialize, Deserialize)]
pub enum Output {
    Articles {
        converted: Converted,
        /// Feeds that the page links.
        feeds: Vec<Url>,
    },
    Feed(FeedArticles),
    Sitemap(Sitemap),
    Channel {
        converted: Converted,
        /// Address of the page with older posts.
        older: Option<String>,
    },
}

/// A feed with its entries as documents.
#[derive(Debug, Serialize, Deserialize)]
pub struct FeedArticles {
    pub title: Option<String>,
    pub entries: Vec<FeedArticle>,
}

/// An entry of a feed.
#[derive(Debug, Serialize, Deserialize)]
pub struct FeedArticle {
    pub id: String,
    pub document: Document,
    /// Whether the feed has only the beginning of the text; the whole is at the address.
    pub is_teaser: bool,
}

/// Converts a source.
pub fn convert(job: &Job, source: Vec<u8>) -> Result<Output, Failure> {
    let mut output = convert_form(job, source)?;
    documents_of(&mut output).into_iter().for_each(check_language);
    Ok(output)
}

/// Returns the documents of a result.
fn documents_of(output: &mut Output) -> Vec<&mut Document> {
    match output {
        Output::Articles { converted, .. } | Output::Channel { converted, .. } => {
            converted.documents.iter_mut().collect()
        }
        Output::Feed(feed) => feed.entries.iter_mut().map(|entry| &mut entry.document).collect(),
        Output::Sitemap(_) => Vec::new(),
    }
}

/// Removes a declared language that is not that of the text.
fn check_language(document: &mut Document) {
    let (Body::Markdown(text) | Body::Html(text)) = &document.body;
    document.language = language::plausible(document.language.take(), text);
}

fn convert_form(job: &Job, source: Vec<u8>) -> Result<Output, Failure> {
    let address = job.address.as_ref();
    match job.form {
        Form::PdfText => articles(pdf::convert_text(&String::from_utf8_lossy(&source))?),
        Form::ChannelPage => {
            let page = exports::telegram::channel_page(&html::decode(&source, None))?;
            let converted = Converted { documents: page.documents, ..Converted::default() };
            Ok(Output::Channel { converted: with_markdown(converted, None), older: page.older })
        }
        Form::File => convert_file(job, address, source),
    }
}

fn convert_file(job: &Job, address: Option<&Url>, source: Vec<u8>) -> Result<Output, Failure> {
    if source.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new("it is empty", "check that the file was saved completely"));
    }
    match exports::recognize(&job.name, &source) {
        Some(Kind::Mhtml) => {
            let (page, found) = exports::mhtml::page(&source)?;
            let found = found.and_then(|found| Url::parse(&found).ok());
            return page_article(&page, found.as_ref().or(address));
        }
        Some(kind) => {
            let mut converted = exports::convert(kind, source)?;
            if kind.has_whole_pages() {
                find_articles(&mut converted);
            }
            return articles(converted);
        }
        None => {}
    }
    let kind = recognize(job.content_type.as_deref(), &source);
    if address.is_none() && is_text(&kind) && !has_extension(&job.name, &TEXTS) {
        let what = "it is a text, and its name is not that of an article";
        return Err(Failure::new(what, "give it the extension `.md` or `.txt` if it is one"));
    }
    convert_as(kind, job, &source)
}

/// Returns whether a source has no form that shows what it is.
fn is_text(kind: &FetchedKind) -> bool {
    matches!(kind, FetchedKind::PlainText | FetchedKind::Markdown)
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str()))
}

/// Converts a source whose kind is known.
pub fn convert_as(kind: FetchedKind, job: &Job, source: &[u8]) -> Result<Output, Failure> {
    let address = job.address.as_ref();
    match kind {
        FetchedKind::Html => {
            let page = html::decode(source, job.content_type.as_deref());
            page_article(&page, address)
        }
        FetchedKind::Feed => Ok(Output::Feed(feed_articles(feed::parse(source, address)?))),
        FetchedKind::Sitemap => Ok(Output::Sitemap(sitemap::parse(source)?)),
        FetchedKind::Pdf => articles(pdf::convert(source)?),
        FetchedKind::Epub => articles(epub::convert(source)?),
        FetchedKind::Docx => articles(docx::convert(source)?),
        FetchedKind::Markdown | FetchedKind::PlainText => {
            articles(Converted::of(text_file(&job.name, &kind, source)?))
        }
        // The converter knows documents of other formats, and says how to convert them.
        FetchedKind::Zip => articles(docx::convert(source)?),
        FetchedKind::Other(kind) if OFFICE.contains(&kind.as_str()) => {
            articles(docx::convert(source)?)
        }
        FetchedKind::Mhtml | FetchedKind::Json => Err(unknown("a file of data")),
        FetchedKind::Other(kind) => Err(unknown(&kind)),
    }
}

fn unknown(kind: &str) -> Failure {
    Failure::new(
        format!("it is {kind}, and no article can be made of it"),
        "import a page, a feed, an EPUB, DOCX or PDF file, Markdown, or an export of Telegram, WordPress, Substack, Notion or Obsidian",
    )
}

/// Returns the article of a page.
fn page_article(page: &str, address: Option<&Url>) -> Result<Output, Failure> {
    let feeds = address.map_or_else(Vec::new, |address| html::feeds(page, address));
    let document = html::page(page, address).map_err(|failure| match feeds.first() {
        Some(feed) => Failure { hint: format!("the page has a feed: import {feed}"), ..failure },
        None => failure,
    })?;
    Ok(Output::Articles { converted: Converted::of(document), feeds })
}

fn articles(converted: Converted) -> Result<Output, Failure> {
    if converted.documents.is_empty() && converted.failed.is_empty() {
        let left_out: Vec<_> = converted
            .left_out
            .iter()
            .map(|(reason, number)| format!("{number} {reason}"))
            .collect();
        let what = match left_out.is_empty() {
            true => "there is no article in it".to_owned(),
            false => format!("there is no article in it ({} left out)", left_out.join(", ")),
        };
        return Err(Failure::new(what, "check that it is the file that you meant"));
    }
    Ok(Output::Articles { converted: with_markdown(converted, None), feeds: Vec::new() })
}

/// Finds the articles of documents that are whole pages.
fn find_articles(converted: &mut Converted) {
    for mut document in std::mem::take(&mut converted.documents) {
        if let Body::Html(page) = &document.body {
            match html::page(page, None) {
                Ok(found) => {
                    document = Document { key: document.key, name: document.name, ..found };
                }
                Err(failure) => {
                    converted.failed.push((document.key, failure));
                    continue;
                }
            }
        }
        converted.documents.push(document);
    }
}

/// Turns the bodies into Markdown.
fn with_markdown(mut converted: Converted, base: Option<&Url>) -> Converted {
    converted.documents.iter_mut().for_each(|document| to_markdown(document, base));
    converted
}

fn to_markdown(document: &mut Document, base: Option<&Url>) {
    let Body::Html(body) = &document.body else { return };
    let own = document.address.as_deref().and_then(|address| Url::parse(address).ok());
    let html::Markdown { text, warnings } = html::to_markdown(body, own.as_ref().or(base));
    document.body = Body::Markdown(text);
    document.warnings.extend(warnings);
}

fn feed_articles(feed: Feed) -> FeedArticles {
    let base = feed.address.clone();
    let entries = feed.entries.into_iter().map(|entry| {
        let is_teaser = feed::is_teaser(&entry);
        let body = entry.content_html.or(entry.summary_html).unwrap_or_default();
        let mut document = Document {
            title: entry.title,
            authors: entry.authors,
            published: entry.published,
            updated: entry.updated,
            tags: entry.tags,
            language: feed.language.clone(),
            address: entry.address.map(String::from),
            body: Body::Html(body),
            ..Document::default()
        };
        to_markdown(&mut document, base.as_ref());
        FeedArticle { id: entry.id, document, is_teaser }
    });
    FeedArticles { title: feed.title, entries: entries.collect() }
}

/// Converts a file of text. Its name decides, since servers call Markdown plain text.
fn text_file(name: &str, kind: &FetchedKind, source: &[u8]) -> Result<Document, Failure> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let is_markdown = *kind == FetchedKind::Markdown || has_extension(name, &MARKDOWN);
    let kind = if is_markdown { TextKind::Markdown } else { TextKind::Plain };
    exports::text_file(stem, &crate::corpus::files::as_utf8(source), kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;
    use crate::import::article_file::{Origin, compose};

    /// Texts that are markup in Markdown or in one of its dialects.
    const ODD: [&str; 43] = [
        "{{ name }} is a template",
        "{% if tide %} rises {% endif %}",
        "[[a link]] of a wiki",
        "a ==mark== and %%a comment%% here",
        ":::note of a block",
        "!!! note that it rises",
        "<Component /> of MDX",
        "export const tide = 1",
        "$x_1$ costs $5 and $6",
        "a ~~struck~~ b^2^ c~1~",
        "#tag and # number",
        "| a | b |",
        "1986. A good year",
        "- a dash",
        "+ a plus",
        "* a star",
        "> greater than",
        "---",
        "***",
        "===",
        "{.class} and {#id} here",
        "heading {#id}",
        "a[^1] and [^1]: b",
        "a \\ b \\* c",
        "&amp; and &lt; &copy;",
        "<b>bold</b> as text",
        "<script>alert(1)</script>",
        "Title: of a header",
        "\\[ x \\] and \\( y \\)",
        "[TOC]",
        "[x] done and [ ] open",
        "<!-- page 3 --> is a comment",
        "a <!-- b --> c",
        "```code``` and `code`",
        "~~~",
        "*a* _b_ __c__ **d** snake_case_name",
        "[text](address) and ![image](address)",
        "<https://example.org> and https://example.org/a_b_c",
        "    four spaces",
        "a  b   c",
        "{{< youtube id >}}",
        "::: {.callout}",
        "@import \"a\" and @@b@@",
    ];

    fn articles_of(html: &str) -> Vec<String> {
        let page = format!("<p>The first paragraph of the text.</p>{html}<p>The last one.</p>");
        let mut document =
            Document { title: Some("Title".into()), body: Body::Html(page), ..Document::default() };
        to_markdown(&mut document, None);
        let Body::Markdown(text) = &document.body else { panic!("it is Markdown") };
        let origin = Origin { imported_from: "a".into(), source_digest: "b".into() };
        let content = compose(&document, text, &origin);
        let (article, _) = corpus::parse("a.md", "a.md", content.as_bytes()).expect("an article");
        article.passages.into_iter().map(|passage| passage.text).collect()
    }

    #[test]
    fn imported_text_is_read_as_it_was_shown() {
        let mut wrong = Vec::new();
        for odd in ODD {
            let escaped = odd.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let shown = odd.split_whitespace().collect::<Vec<_>>().join(" ");
            for html in [format!("<p>{escaped}</p>"), format!("<p>word {escaped} word</p>")] {
                let is_within = html.starts_with("<p>word");
                let expected = if is_within { format!("word {shown} word") } else { shown.clone() };
                let found = articles_of(&html);
                if found.get(1) != Some(&expected) || found.len() != 3 {
                    wrong.push(format!("{html}: {found:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn declared_language_of_another_text_is_left_out() {
        let page = "<html lang=en><head><title>Gezeiten</title></head><body><article><h1>Gezeiten</h1>\
            <p>Der Mond zieht das Wasser der Meere an, und darum steigt es zweimal am Tag, und \
            wenn es wieder sinkt, werden die Strände größer und die Schiffe müssen warten.</p>\
            </article></body></html>";
        let address = Url::parse("https://example.org/gezeiten").ok();
        let job = Job { form: Form::File, name: "a".into(), content_type: None, address };
        let Ok(Output::Articles { converted, .. }) = convert(&job, page.into()) else {
            panic!("it is an article")
        };
        assert_eq!(converted.documents[0].language, None);
        assert_eq!(converted.documents[0].title.as_deref(), Some("Gezeiten"));
    }

    #[test]
    fn plain_text_is_escaped_and_a_draft_is_refused() {
        let file = |name: &str, text: &str| {
            let job =
                Job { form: Form::File, name: name.into(), content_type: None, address: None };
            match convert(&job, text.into()) {
                Ok(Output::Articles { converted, .. }) => match &converted.documents[0].body {
                    Body::Markdown(text) => text.trim().to_owned(),
                    Body::Html(_) => panic!("it is Markdown"),
                },
                Ok(_) => panic!("it is an article"),
                Err(failure) => failure.what,
            }
        };
        assert_eq!(file("a.md", "The *tide* rises."), "The *tide* rises.");
        assert_eq!(file("a.txt", "The *tide* rises."), "The \\*tide\\* rises.");
        assert_eq!(file("a.md", "---\ndraft: true\n---\nNot yet."), "it is marked as a draft");
    }
}
