//! Small articles, their excerpts, and a readable form of messages.

use std::ops::Range;
use std::sync::Arc;

use super::super::action::{Action, StartPayload};
use super::super::context::{RenderContext, Surface};
use super::super::message::{Button, Effect, Message};
use crate::answer::{Excerpt, Place};
use crate::corpus;
use crate::corpus::ContentHash;
use crate::corpus::article::{Outline, Passage};
use crate::index::ArticleSummary;
use crate::library::FullSection;
use crate::render::messages::Locale;

/// Article in the form in which excerpts hold it.
pub struct TestArticle {
    pub outline: Arc<Outline>,
    pub passages: Vec<Arc<Passage>>,
}

impl TestArticle {
    /// Parses an article from Markdown with front matter.
    pub fn new(file: &str, markdown: &str) -> TestArticle {
        let (article, _) = corpus::parse(file, file, markdown.as_bytes()).expect("valid Markdown");
        TestArticle {
            outline: Arc::new(article.outline),
            passages: article.passages.into_iter().map(Arc::new).collect(),
        }
    }

    /// Parses an article from Markdown without front matter.
    pub fn titled(title: &str, body: &str) -> TestArticle {
        TestArticle::new("titled.md", &format!("---\ntitle: {title}\n---\n\n{body}\n"))
    }

    /// Returns an excerpt with this text, and with marks on the given words of it.
    pub fn excerpt(&self, quote: &str, marked: &[&str]) -> Excerpt {
        let of_passage =
            |passage: &Arc<Passage>| Some((passage.clone(), find(&passage.text, quote)?));
        let (passage, range) = self.passages.iter().find_map(of_passage).expect("a quote");
        let marks: Vec<_> = marked
            .iter()
            .map(|word| find(&passage.text[range.clone()], word).expect("a word of the quote"))
            .map(|mark| mark.start + range.start..mark.end + range.start)
            .collect();
        Excerpt::new(self.outline.clone(), passage, range, &marks).expect("a range of the passage")
    }

    /// Returns a section with all of its passages.
    pub fn reading(&self, section: usize) -> FullSection {
        let passages = self.outline.sections[section].passages.clone();
        FullSection { place: self.place(section), passages: self.passages[passages].to_vec() }
    }

    /// Returns the place of a section.
    pub fn place(&self, section: usize) -> Place {
        Place { article: self.outline.clone(), section }
    }

    /// Returns the article as an entry of a list.
    pub fn summary(&self) -> Arc<ArticleSummary> {
        Arc::new(ArticleSummary {
            id: self.outline.id,
            file: self.outline.file.clone(),
            hash: ContentHash::of(b""),
            modified: 0,
            title: self.outline.title.clone(),
            title_stems: Vec::new(),
            published: None,
            authors: Vec::new(),
            tags: Vec::new(),
            sections: self.outline.sections.len(),
        })
    }
}

fn find(text: &str, part: &str) -> Option<Range<usize>> {
    text.find(part).map(|start| start..start + part.len())
}

/// Returns an English context for two articles in a private chat.
pub fn chat() -> RenderContext<'static> {
    RenderContext {
        messages: Locale::English.messages(),
        surface: Surface::Chat,
        article_count: 2,
        shelf: None,
        link: &deep_link,
    }
}

fn deep_link(payload: StartPayload) -> String {
    match payload {
        StartPayload::Section(_) => "https://t.me/bot?start=section".to_owned(),
        StartPayload::Passage(..) => "https://t.me/bot?start=passage".to_owned(),
        StartPayload::Question(question) => format!("https://t.me/bot?start={question}"),
    }
}

/// Returns the HTML of a message, and below it one line per row of buttons.
pub fn shown(message: &Message) -> String {
    let rows = message.buttons.iter().map(|row| {
        let buttons: Vec<_> = row.iter().map(shown_button).collect();
        format!("\n{}", buttons.join(" "))
    });
    format!("{}\n{}", message.html, rows.collect::<String>())
}

fn shown_button(button: &Button) -> String {
    let effect = match &button.effect {
        Effect::Callback(Action::Section(_, page)) => format!("section page {page}"),
        Effect::Callback(Action::Article(_, page)) => format!("article page {page}"),
        Effect::Callback(Action::Brief(_, page)) => format!("brief page {page}"),
        Effect::Callback(Action::Briefs(page)) => format!("briefs page {page}"),
        Effect::Callback(Action::Contents(page)) => format!("contents page {page}"),
        Effect::Callback(Action::Language(locale)) => locale.code().to_owned(),
        Effect::Callback(Action::Quote(cursor)) => format!("quote, {} left", cursor.remaining()),
        Effect::Callback(Action::Context(_)) => "context".to_owned(),
        Effect::Callback(Action::Cite(_)) => "cite".to_owned(),
        Effect::Callback(other) => format!("{other:?}"),
        Effect::CopyText(text) => format!("copy {text}"),
        Effect::Url(url) => url.clone(),
    };
    format!("[{} | {effect}]", button.label)
}

/// Returns the text with each run of `part` replaced by the number of its repetitions.
pub fn counted(text: &str, part: &str) -> String {
    let mut counted = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(part) {
        counted.push_str(&rest[..start]);
        let after = rest[start..].trim_start_matches(part);
        let count = (rest.len() - start - after.len()) / part.len();
        counted.push_str(&format!("({count} × {part:?})"));
        rest = after;
    }
    counted + rest
}
