//! Messages for the operator about files of the corpus: uploads, problems and removals.

use super::action::Action;
use super::html::{bold_name, escape};
use super::message::{Button, Message, plain};
use super::section_pages::{byline_lines, paged_articles};
use super::text::{MAX_NAME_UNITS, isolate, section_title, truncate};
use crate::corpus::Problem;
use crate::corpus::article::{Article, Outline};
use crate::index::{ArticleSummary, Articles, FileProblem};
use crate::render::messages::Messages;

/// Maximum number of headings in a preview: enough to see whether the file was read as intended.
const MAX_HEADINGS: usize = 20;
/// Maximum number of problems in a message.
const MAX_PROBLEMS: usize = 5;
/// Maximum length of a heading in a preview, in UTF-16 code units.
const MAX_HEADING_UNITS: usize = 100;
/// Maximum length of a problem, in UTF-16 code units.
const MAX_PROBLEM_UNITS: usize = 350;

/// Returns a preview of the article that an uploaded file would become, with buttons to add or
/// discard it. `replaced` is the title of the article that it would replace.
pub fn preview(
    article: &Article,
    replaced: Option<&str>,
    upload: i64,
    messages: &Messages,
) -> Message {
    let outline = &article.outline;
    let mut html = escape(&messages.upload_would_become(&outline.file));
    let title_line = bold_name(&outline.title, messages);
    let byline = byline_lines(outline, messages);
    html.push_str(&format!("\n\n{title_line}{byline}"));
    let counts = messages.upload_counts(outline.sections.len(), article.passages.len());
    html.push_str(&format!("\n{}\n", escape(&counts)));
    for section in outline.sections.iter().take(MAX_HEADINGS) {
        let title = section_title(section, messages);
        let title = isolate(&truncate(&title, MAX_HEADING_UNITS), messages).into_owned();
        html.push_str(&format!("\n• {}", escape(&title)));
    }
    if outline.sections.len() > MAX_HEADINGS {
        html.push_str("\n…");
    }
    let accept = match replaced {
        Some(replaced) => {
            let note = messages.upload_replaces(&truncate(replaced, MAX_NAME_UNITS));
            html.push_str(&format!("\n\n{}", escape(&note)));
            Button::new(&messages.button_replace(), Action::ReplaceByUpload(upload))
        }
        None => Button::new(&messages.button_add(), Action::AddUpload(upload)),
    };
    let row = vec![accept, Button::new(&messages.button_cancel(), Action::DiscardUpload(upload))];
    Message { html, buttons: vec![row] }
}

/// Returns the reasons why an uploaded file cannot become an article.
pub fn upload_problems(name: &str, problems: &[Problem], messages: &Messages) -> Message {
    list(
        messages.upload_problems(&truncate(name, MAX_NAME_UNITS)),
        problems.iter().map(ToString::to_string),
    )
}

/// Returns the reason why a file of the corpus could not be added or removed.
pub fn file_problem(problem: &Problem, messages: &Messages) -> Message {
    list(messages.file_problem(), std::iter::once(problem.to_string()))
}

/// Returns the problems with files of the corpus, grouped by their consequence for the articles.
pub fn corpus_problems(problems: &[&FileProblem], messages: &Messages) -> Message {
    let (kept, left_out): (Vec<&FileProblem>, Vec<_>) =
        problems.iter().partition(|problem| problem.is_kept);
    let groups = [(messages.problem_kept(), kept), (messages.problem_left_out(), left_out)];
    let groups = groups.into_iter().filter(|(_, problems)| !problems.is_empty());
    let html: Vec<_> = groups
        .map(|(intro, problems)| {
            let texts = problems.iter().map(|reported| reported.problem.to_string());
            list(intro, texts).html
        })
        .collect();
    Message { html: html.join("\n\n"), ..Message::default() }
}

/// Returns a message with the first texts below `intro`, and the number of the others.
fn list(intro: String, texts: impl ExactSizeIterator<Item = String>) -> Message {
    let left = texts.len().saturating_sub(MAX_PROBLEMS);
    let shown =
        texts.take(MAX_PROBLEMS).map(|text| truncate(&text, MAX_PROBLEM_UNITS).into_owned());
    let more = (left > 0).then(|| format!("… + {left}"));
    let lines: Vec<_> = std::iter::once(intro).chain(shown).chain(more).collect();
    plain(&lines.join("\n\n"))
}

/// Returns one page of the list of articles that can be removed.
pub fn removals(articles: &Articles, page: usize, messages: &Messages) -> Message {
    let row = |article: &ArticleSummary| {
        vec![Button::new(&article.title, Action::AskRemoval(article.id))]
    };
    let html = escape(&messages.removal_choose());
    paged_articles(html, articles, row, page, Action::Removals)
}

/// Returns a question for confirmation before an article is removed.
pub fn confirm_removal(article: &Outline, messages: &Messages) -> Message {
    let row = vec![
        Button::new(&messages.button_remove(), Action::Remove(article.id)),
        Button::new(&messages.button_cancel(), Action::Removals(0)),
    ];
    plain(&messages.removal_confirm(
        &truncate(&article.title, MAX_NAME_UNITS),
        &truncate(&article.file, MAX_NAME_UNITS),
    ))
    .with_row(row)
}
