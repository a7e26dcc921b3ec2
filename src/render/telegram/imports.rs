//! Previews of imports: the articles that a link or a file would become.

use super::action::Action;
use super::html::{bold_name, escape};
use super::message::{Button, Message, plain};
use super::section_pages::byline_lines;
use super::text::{MAX_NAME_UNITS, isolate, section_title, truncate};
use crate::corpus::article::Article;
use crate::render::messages::Messages;

/// Maximum number of headings of a single article, and of titles of several ones.
const MAX_HEADINGS: usize = 12;
const MAX_TITLES: usize = 20;
/// Maximum number of notes and of parts that are not imported.
const MAX_NOTES: usize = 5;
/// Maximum length of a heading or a title, in UTF-16 code units.
const MAX_LINE_UNITS: usize = 100;
/// Maximum length of the beginning of the text, in UTF-16 code units.
const MAX_OPENING_UNITS: usize = 400;
/// Maximum length of a note, in UTF-16 code units.
const MAX_NOTE_UNITS: usize = 200;

/// The content of a preview.
pub struct ImportPreview<'a> {
    /// Articles, each with whether it was imported before.
    pub articles: Vec<(&'a Article, bool)>,
    /// Losses of the conversion.
    pub notes: Vec<String>,
    /// Parts that are not imported, each with its reason.
    pub failed: Vec<String>,
}

/// Returns a preview with buttons that import or discard the articles.
pub fn preview(preview: &ImportPreview<'_>, upload: i64, messages: &Messages) -> Message {
    let mut html = match &preview.articles[..] {
        [(article, _)] => single(article, messages),
        articles => several(articles, messages),
    };
    html.push_str(&notes(&messages.import_notes(), &preview.notes));
    html.push_str(&notes(&messages.import_left_out(), &preview.failed));
    let is_known = preview.articles.iter().all(|(_, is_known)| *is_known);
    let label = if is_known { messages.button_replace() } else { messages.button_add() };
    let row = vec![
        Button::new(&label, Action::AddUpload(upload)),
        Button::new(&messages.button_cancel(), Action::DiscardUpload(upload)),
    ];
    Message { html, buttons: vec![row] }
}

/// Returns the title, the sections and the beginning of an article.
fn single(article: &Article, messages: &Messages) -> String {
    let outline = &article.outline;
    let intro = escape(&messages.upload_would_become(&outline.file));
    let title = bold_name(&truncate(&outline.title, MAX_NAME_UNITS), messages);
    let counts = messages.upload_counts(outline.sections.len(), article.passages.len());
    let mut html =
        format!("{intro}\n\n{title}{}\n{}", byline_lines(outline, messages), escape(&counts));
    let headings: Vec<_> = outline
        .sections
        .iter()
        .map(|section| section_title(section, messages).into_owned())
        .collect();
    html.push_str(&bullets(&headings, MAX_HEADINGS, messages));
    if let Some(opening) = opening(article) {
        html.push_str(&format!("\n\n<blockquote>{}</blockquote>", escape(&opening)));
    }
    html
}

/// Returns the titles of articles.
fn several(articles: &[(&Article, bool)], messages: &Messages) -> String {
    let intro = escape(&messages.import_would_become(articles.len()));
    let titles: Vec<_> =
        articles.iter().map(|(article, _)| article.outline.title.clone()).collect();
    let mut html = format!("{intro}\n{}", bullets(&titles, MAX_TITLES, messages));
    if let Some(opening) = articles.first().and_then(|(article, _)| opening(article)) {
        html.push_str(&format!("\n\n<blockquote>{}</blockquote>", escape(&opening)));
    }
    html
}

/// Returns the first sentences of an article, in one line.
fn opening(article: &Article) -> Option<String> {
    let passage = article.passages.iter().find(|passage| !passage.is_boilerplate)?;
    let line = passage.text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(truncate(&line, MAX_OPENING_UNITS).into_owned())
}

fn bullets(lines: &[String], max: usize, messages: &Messages) -> String {
    let mut html = String::new();
    for line in lines.iter().take(max) {
        let line = isolate(&truncate(line, MAX_LINE_UNITS), messages).into_owned();
        html.push_str(&format!("\n• {}", escape(&line)));
    }
    if lines.len() > max {
        html.push_str(&format!("\n… + {}", lines.len() - max));
    }
    html
}

/// Returns a paragraph with notes, or an empty string.
fn notes(intro: &str, notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let mut html = format!("\n\n{}", escape(intro));
    for note in notes.iter().take(MAX_NOTES) {
        html.push_str(&format!("\n– {}", escape(&truncate(note, MAX_NOTE_UNITS))));
    }
    if notes.len() > MAX_NOTES {
        html.push_str(&format!("\n… + {}", notes.len() - MAX_NOTES));
    }
    html
}

/// Returns the result of an import: the number of the articles, the files that were kept since
/// somebody edited them, and the parts that failed.
pub fn imported(
    articles: usize,
    kept: &[String],
    failed: &[String],
    messages: &Messages,
) -> Message {
    let mut message = plain(&messages.import_added(articles));
    if !kept.is_empty() {
        let files = messages.import_kept(&truncate(&kept.join(", "), MAX_OPENING_UNITS));
        message.html.push_str(&format!("\n\n{}", escape(&files)));
    }
    message.html.push_str(&notes(&messages.import_left_out(), failed));
    message
}
