//! Posts of a public channel in its web preview, `https://t.me/s/CHANNEL`. Pure.

use super::super::date::iso_date;
use super::super::elements::{Element, elements, one_line, plain_text, unescaped};
use super::export::seconds;
use super::post::Post;
use super::run::{Run, RunKind, Style};

/// Maximum number of elements within each other whose formats are read.
const MAX_DEPTH: usize = 50;

/// The content of a page.
#[derive(Debug, Default)]
pub struct Preview {
    /// Public name of the channel.
    pub name: Option<String>,
    pub title: Option<String>,
    pub posts: Vec<Post>,
    /// Number of the messages of the service, such as a new photo of the channel.
    pub service: usize,
    /// Number of the posts without a text.
    pub media: usize,
    /// Id of the oldest post, if there are older ones.
    pub before: Option<i64>,
}

/// Parses a page.
pub fn parse(html: &str) -> Preview {
    let all = elements(html);
    let mut preview = Preview::default();
    let is_post = |element: &&Element<'_>| element.has_class("tgme_widget_message");
    let mut end_of_last = 0;
    for element in all.iter().filter(is_post) {
        if element.outer.start < end_of_last {
            continue;
        }
        end_of_last = element.outer.end;
        let Some((name, id)) = element.attribute("data-post").and_then(|post| {
            let (name, id) = post.split_once('/')?;
            Some((name.to_owned(), id.parse().ok()?))
        }) else {
            continue;
        };
        preview.name.get_or_insert(name);
        let first = all.partition_point(|inner| inner.outer.start <= element.outer.start);
        let end = all.partition_point(|inner| inner.outer.start < element.inner.end);
        match post(html, &all[first..end], id) {
            _ if element.has_class("service_message") => preview.service += 1,
            Some(post) => preview.posts.push(post),
            None => preview.media += 1,
        }
    }
    let with_class = |class: &str| all.iter().find(|element| element.has_class(class));
    let title = with_class("tgme_channel_info_header_title");
    preview.title = title.map(|title| plain_text(&html[title.inner.clone()]));
    let is_previous = |link: &&Element<'_>| link.attribute("rel").as_deref() == Some("prev");
    let links = || all.iter().filter(|element| element.name == "link");
    let more = || all.iter().filter(|element| element.has_class("tme_messages_more"));
    let before = more().find_map(|link| link.attribute("data-before"));
    let href = |link: &Element<'_>| {
        let href = link.attribute("href")?;
        href.split_once("before=").map(|(_, id)| id.to_owned())
    };
    let before = before
        .or_else(|| links().find(is_previous).and_then(href))
        .or_else(|| more().find_map(href));
    preview.before = before.and_then(|id| id.split('&').next()?.parse().ok());
    preview
}

/// Returns the post of its elements. `None` if it has no text.
fn post(html: &str, all: &[Element<'_>], id: i64) -> Option<Post> {
    let with_class = |class: &str| all.iter().find(|element| element.has_class(class));
    let text_of = |class: &str| {
        with_class(class).map(|it| plain_text(&html[it.inner.clone()])).filter(|it| !it.is_empty())
    };
    let reply = with_class("tgme_widget_message_reply");
    let is_in_reply = |element: &Element<'_>| {
        reply.is_some_and(|reply| reply.outer.contains(&element.outer.start))
    };
    // The text of a post with media may be in an element within an element of the class.
    let is_text =
        |element: &&Element<'_>| element.has_class("js-message_text") && !is_in_reply(element);
    let text = all.iter().find(is_text).or_else(|| {
        let is_text = |it: &&Element<'_>| it.has_class("tgme_widget_message_text");
        all.iter().filter(is_text).find(|it| !is_in_reply(it))
    })?;
    let runs = runs(html, text, all);
    if runs.iter().all(|run| run.text.trim().is_empty()) {
        return None;
    }
    // A preview of a link, and the mark of an edited post, have times of their own.
    let link = with_class("tgme_widget_message_date").map(|link| link.inner.clone());
    let is_date = |it: &&Element<'_>| {
        it.name == "time" && link.as_ref().is_none_or(|link| link.contains(&it.outer.start))
    };
    let date = all.iter().filter(is_date).find_map(|time| time.attribute("datetime"));
    let origin = text_of("tgme_widget_message_forwarded_from_name");
    let owner = text_of("tgme_widget_message_owner_name");
    let replied = reply.and_then(|reply| reply.attribute("href"));
    let reply_to =
        replied.and_then(|href| href.rsplit('/').next()?.split('?').next()?.parse().ok());
    Some(Post {
        id,
        sender: owner.clone().unwrap_or_default(),
        author: origin.clone().or(text_of("tgme_widget_message_from_author")).or(owner),
        origin,
        seconds: date.as_deref().and_then(seconds),
        published: date.as_deref().and_then(iso_date),
        updated: None,
        reply_to,
        runs,
    })
}

/// Returns the formatted text of an element.
fn runs(html: &str, text: &Element<'_>, all: &[Element<'_>]) -> Vec<Run> {
    let inner = all
        .iter()
        .filter(|it| text.inner.contains(&it.outer.start) && it.outer.start != text.outer.start);
    // Each place where the format changes or a tag is.
    let mut events: Vec<(usize, usize, Option<&Element<'_>>)> = Vec::new();
    for element in inner {
        events.push((element.start_tag.start, element.start_tag.end, Some(element)));
        if element.outer.end > element.inner.end {
            events.push((element.inner.end, element.outer.end, None));
        }
    }
    events.sort_by_key(|(start, ..)| *start);
    let mut runs: Vec<Run> = Vec::new();
    let mut open: Vec<&Element<'_>> = Vec::new();
    let mut at = text.inner.start;
    for (start, end, element) in events.into_iter().chain([(text.inner.end, text.inner.end, None)])
    {
        if start < at {
            continue;
        }
        open.retain(|element| element.inner.end > at);
        push_text(&mut runs, &html[at..start], &open);
        match element {
            Some(element) if element.name == "br" => push_text(&mut runs, "\n", &open),
            Some(element) if open.len() < MAX_DEPTH => open.push(element),
            Some(_) | None => {}
        }
        at = end;
    }
    runs
}

/// Appends a text within open elements.
fn push_text(runs: &mut Vec<Run>, html: &str, open: &[&Element<'_>]) {
    if html.is_empty() {
        return;
    }
    let text = match html {
        "\n" => html.to_owned(),
        _ => unescaped(html).into_owned(),
    };
    let mut style = Style::default();
    let is_pictogram = open.iter().any(|it| it.name == "tg-emoji" || it.has_class("emoji"));
    for element in open {
        match element.name.as_str() {
            // A pictogram is `<i class="emoji"><b>…</b></i>`.
            "b" | "strong" if !is_pictogram => style.is_bold = true,
            "i" | "em" if !is_pictogram => style.is_italic = true,
            "blockquote" => style.is_quote = true,
            "code" if !matches!(style.kind, RunKind::Pre(_)) => style.kind = RunKind::Code,
            "pre" => style.kind = RunKind::Pre(String::new()),
            "a" => style.kind = link(element, &text),
            _ => {}
        }
    }
    let text = match style.kind {
        RunKind::Pre(_) => text,
        // A line feed in the source is a space, unless it is one of `<br>`.
        _ if html == "\n" => text,
        _ => text.replace(['\n', '\t'], " "),
    };
    match runs.last_mut() {
        Some(last) if last.style == style => last.text.push_str(&text),
        _ => runs.push(Run { text, style }),
    }
}

/// Returns the kind of the text of a link.
fn link(element: &Element<'_>, text: &str) -> RunKind {
    let href = element.attribute("href").unwrap_or_default();
    let is_tag = text.starts_with('#') && href.starts_with('?');
    match () {
        () if is_tag => RunKind::Hashtag,
        // A mention is a text as in an export.
        () if one_line(text).starts_with('@') => RunKind::Text,
        () => RunKind::Link(href),
    }
}
