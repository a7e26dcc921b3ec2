//! What an operator sees of articles that are to come or to go. Pure.

use std::sync::Arc;

use super::{
    Action, Button, Message, NAME_UNITS, bold, cut, escape, imprint, isolated, paged, plain, title,
};
use crate::corpus::Problem;
use crate::corpus::article::{Article, Outline};
use crate::render::words::Words;

/// So many headings show whether a file was read as it was meant.
const SHOWN_HEADINGS: usize = 20;
const SHOWN_PROBLEMS: usize = 8;
/// Of each, in UTF-16 units.
const HEADING_UNITS: usize = 100;
const PROBLEM_UNITS: usize = 400;

/// What a file would become; `upload` is where it is kept meanwhile.
pub fn preview(
    article: &Article,
    replaced: Option<&Outline>,
    upload: i64,
    words: &Words,
) -> Message {
    let outline = &article.outline;
    let mut html = escape(&words.upload_would_become(&outline.file));
    html.push_str(&format!("\n\n{}{}", bold(&outline.title, words), imprint(outline, words)));
    let counts = words.upload_counts(outline.sections.len(), article.passages.len());
    html.push_str(&format!("\n{}\n", escape(&counts)));
    for section in outline.sections.iter().take(SHOWN_HEADINGS) {
        html.push_str(&format!(
            "\n• {}",
            escape(&isolated(&cut(&title(section, words), HEADING_UNITS), words))
        ));
    }
    if outline.sections.len() > SHOWN_HEADINGS {
        html.push_str("\n…");
    }
    let put = match replaced {
        Some(replaced) => {
            let note = words.upload_replaces(&cut(&replaced.title, NAME_UNITS));
            html.push_str(&format!("\n\n{}", escape(&note)));
            words.button_replace()
        }
        None => words.button_add(),
    };
    let row = vec![
        Button::new(&put, Action::PutUpload(upload)),
        Button::new(&words.button_cancel(), Action::DropUpload(upload)),
    ];
    Message { html, buttons: vec![row] }
}

/// Why a file cannot become an article.
pub fn problems(name: &str, problems: &[Problem], words: &Words) -> Message {
    let shown = problems.iter().take(SHOWN_PROBLEMS);
    let shown = shown.map(|problem| cut(&problem.to_string(), PROBLEM_UNITS).into_owned());
    let intro = words.upload_problems(&cut(name, NAME_UNITS));
    plain(&[vec![intro], shown.collect()].concat().join("\n\n"))
}

/// The articles, to choose one to remove.
pub fn removals(articles: &[Arc<Outline>], page: usize, words: &Words) -> Message {
    let row =
        |article: &Arc<Outline>| vec![Button::new(&article.title, Action::AskRemoval(article.id))];
    let html = escape(&words.removal_choose());
    paged(html, articles.iter().map(row).collect(), page, Action::Removals)
}

/// Whether this article shall really go.
pub fn removal(article: &Outline, words: &Words) -> Message {
    let row = vec![
        Button::new(&words.button_remove(), Action::Remove(article.id)),
        Button::new(&words.button_cancel(), Action::Removals(0)),
    ];
    let (title, file) = (cut(&article.title, NAME_UNITS), cut(&article.file, NAME_UNITS));
    plain(&words.removal_ask(&title, &file)).with(row)
}
