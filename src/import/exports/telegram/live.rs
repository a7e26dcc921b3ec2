//! Posts as the Bot API delivers them: a text with the ranges of its formats. Pure.

use super::post::{Chat, Post, document};
use super::run::{Run, RunKind, Style};
use crate::corpus::day_of;
use crate::import::document::Document;

/// A post of a channel.
#[derive(Debug, Clone, Default)]
pub struct LivePost {
    pub id: i64,
    /// Public name of the channel, without `@`.
    pub username: Option<String>,
    /// Id of the channel in the Bot API, such as -1001234567890.
    pub chat: i64,
    pub author: Option<String>,
    /// Times of the post and of its last edit, in Unix seconds.
    pub date: i64,
    pub edited: Option<i64>,
    pub text: String,
    pub formats: Vec<Format>,
}

/// The format of a part of a text.
#[derive(Debug, Clone, Default)]
pub struct Format {
    /// Telegram's name of the format, such as `bold`.
    pub kind: String,
    /// Start and length, in UTF-16 code units.
    pub offset: usize,
    pub length: usize,
    pub url: Option<String>,
    pub language: Option<String>,
}

/// Prefix of the ids of channels and supergroups in the Bot API.
const CHANNEL_PREFIX: &str = "-100";

/// Returns the article of a post. Its address is that of the post in Telegram.
pub fn live_document(post: &LivePost) -> Document {
    let address = match &post.username {
        Some(name) => format!("https://t.me/{name}"),
        None => {
            let id = post.chat.to_string();
            let id = id.strip_prefix(CHANNEL_PREFIX).unwrap_or(id.trim_start_matches('-'));
            format!("https://t.me/c/{id}")
        }
    };
    let chat = Chat { address: Some(address), ..Chat::default() };
    let converted = Post {
        id: post.id,
        author: post.author.clone(),
        published: day_of(post.date),
        updated: post.edited.and_then(day_of),
        runs: runs(&post.text, &post.formats),
        ..Post::default()
    };
    Document { key: String::new(), ..document(&chat, &[&converted], &|_| None) }
}

/// Divides a text where its formats begin and end.
fn runs(text: &str, formats: &[Format]) -> Vec<Run> {
    let mut cuts: Vec<usize> = formats
        .iter()
        .flat_map(|one| [one.offset, one.offset.saturating_add(one.length)])
        .collect();
    cuts.sort_unstable();
    let mut runs = vec![Run::default()];
    let mut at = 0;
    for c in text.chars() {
        let passed = cuts.partition_point(|cut| *cut <= at);
        if passed > 0 || at == 0 {
            cuts.drain(..passed);
            runs.push(Run { text: String::new(), style: style_at(formats, at, text) });
        }
        if let Some(run) = runs.last_mut() {
            run.text.push(c);
        }
        at += c.len_utf16();
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

/// Returns the style at an offset in UTF-16 code units.
fn style_at(formats: &[Format], at: usize, text: &str) -> Style {
    let mut style = Style::default();
    let covers = |one: &&Format| one.offset <= at && at < one.offset.saturating_add(one.length);
    for format in formats.iter().filter(covers) {
        match format.kind.as_str() {
            "bold" => style.is_bold = true,
            "italic" => style.is_italic = true,
            "blockquote" | "expandable_blockquote" => style.is_quote = true,
            "code" => style.kind = RunKind::Code,
            "pre" => style.kind = RunKind::Pre(format.language.clone().unwrap_or_default()),
            "hashtag" => style.kind = RunKind::Hashtag,
            "text_link" => {
                style.kind = format.url.clone().map_or(RunKind::Text, RunKind::Link);
            }
            "url" => style.kind = RunKind::Link(slice(text, format).to_owned()),
            _ => {}
        }
    }
    style
}

/// Returns the text that has a format.
fn slice<'a>(text: &'a str, format: &Format) -> &'a str {
    let byte_at = |units: usize| {
        let mut left = units;
        let found = text.char_indices().find(|(_, c)| match left.checked_sub(c.len_utf16()) {
            Some(rest) if left > 0 => {
                left = rest;
                false
            }
            _ => true,
        });
        found.map_or(text.len(), |(at, _)| at)
    };
    let start = byte_at(format.offset);
    let end = byte_at(format.offset.saturating_add(format.length)).max(start);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::document::Body;

    fn format(kind: &str, offset: usize, length: usize) -> Format {
        Format { kind: kind.to_owned(), offset, length, ..Format::default() }
    }

    #[test]
    fn live_post_becomes_markdown_with_its_address() {
        let text = "🌊 Spring tide\n\nThe tide rises # at *noon*. See example.org/tides #sea";
        let at = |part: &str| text[..text.find(part).unwrap()].encode_utf16().count();
        let post = LivePost {
            id: 7,
            username: Some("harbour".into()),
            chat: -100_123,
            author: Some("Ada".into()),
            date: 1_767_225_600,
            edited: Some(1_767_312_000),
            text: text.into(),
            formats: vec![
                format("bold", 0, 14),
                format("italic", at("rises"), 5),
                format("url", at("example.org"), 17),
                format("hashtag", at("#sea"), 4),
            ],
        };
        let document = live_document(&post);
        assert_eq!(document.title.as_deref(), Some("Spring tide"));
        assert_eq!(document.address.as_deref(), Some("https://t.me/harbour/7"));
        assert_eq!(document.published.as_deref(), Some("2026-01-01"));
        assert_eq!(document.updated.as_deref(), Some("2026-01-02"));
        assert_eq!(document.tags, ["sea"]);
        assert_eq!(document.authors, ["Ada"]);
        let Body::Markdown(markdown) = &document.body else { panic!("it is Markdown") };
        insta::assert_snapshot!(markdown, @r"The tide *rises* # at \*noon\*. See example.org/tides #sea");
        let private = live_document(&LivePost { username: None, ..post });
        assert_eq!(private.address.as_deref(), Some("https://t.me/c/123/7"));
    }

    #[test]
    fn live_post_with_ranges_outside_of_its_text_is_read() {
        let formats =
            vec![format("bold", 3, usize::MAX), format("url", 90, 5), format("url", usize::MAX, 5)];
        let shown: String = runs("abc🌊d", &formats).into_iter().map(|run| run.text).collect();
        assert_eq!(shown, "abc🌊d");
    }
}
