//! What an operator sees of articles that are to come or to go. Pure.

use super::{
    Action, Button, Message, NAME_UNITS, bold, cut, escape, imprint, isolated, paged_articles,
    plain, title,
};
use crate::corpus::Problem;
use crate::corpus::article::{Article, Outline};
use crate::index::{ArticleSummary, Articles, FileProblem};
use crate::render::messages::Messages;

/// So many headings show whether a file was read as it was meant.
const SHOWN_HEADINGS: usize = 20;
const SHOWN_PROBLEMS: usize = 5;
/// In UTF-16 units, so that all of it fits into one message.
const HEADING_UNITS: usize = 100;
const PROBLEM_UNITS: usize = 350;

/// What a file would become, in place of the one that is called `replaced`; `upload` is where it is kept
/// meanwhile.
pub fn preview(
    article: &Article,
    replaced: Option<&str>,
    upload: i64,
    words: &Messages,
) -> Message {
    let outline = &article.outline;
    let mut html = escape(&words.upload_would_become(&outline.file));
    let title_line = bold(&outline.title, words);
    let imprint = imprint(outline, words);
    html.push_str(&format!("\n\n{title_line}{imprint}"));
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
            let note = words.upload_replaces(&cut(replaced, NAME_UNITS));
            html.push_str(&format!("\n\n{}", escape(&note)));
            Button::new(&words.button_replace(), Action::ReplaceByUpload(upload))
        }
        None => Button::new(&words.button_add(), Action::PutUpload(upload)),
    };
    let row = vec![put, Button::new(&words.button_cancel(), Action::DropUpload(upload))];
    Message { html, buttons: vec![row] }
}

/// Why a file cannot become an article.
pub fn problems(name: &str, problems: &[Problem], words: &Messages) -> Message {
    listed(words.upload_problems(&cut(name, NAME_UNITS)), problems.iter().map(ToString::to_string))
}

/// Why a file that is there cannot be dealt with.
pub fn trouble(problem: &Problem, words: &Messages) -> Message {
    listed(words.file_trouble(), std::iter::once(problem.to_string()))
}

/// What is wrong with files of the corpus, and what that means for their articles.
pub fn reported(reported: &[&FileProblem], words: &Messages) -> Message {
    let (kept, left_out): (Vec<&FileProblem>, Vec<_>) =
        reported.iter().partition(|reported| reported.is_kept);
    let texts = |reported: Vec<&FileProblem>| -> Vec<_> {
        reported.iter().map(|reported| reported.problem.to_string()).collect()
    };
    let mut message = Message::default();
    for (intro, texts) in
        [(words.problem_kept(), texts(kept)), (words.problem_left_out(), texts(left_out))]
    {
        if !texts.is_empty() {
            let gap = if message.html.is_empty() { "" } else { "\n\n" };
            message.html.push_str(gap);
            message.html.push_str(&listed(intro, texts.into_iter()).html);
        }
    }
    message
}

/// The first few of some texts; the others are counted.
fn listed(intro: String, texts: impl ExactSizeIterator<Item = String>) -> Message {
    let left = texts.len().saturating_sub(SHOWN_PROBLEMS);
    let shown = texts.take(SHOWN_PROBLEMS).map(|text| cut(&text, PROBLEM_UNITS).into_owned());
    let more = (left > 0).then(|| format!("… + {left}"));
    let all: Vec<_> = std::iter::once(intro).chain(shown).chain(more).collect();
    plain(&all.join("\n\n"))
}

/// The articles, to choose one to remove.
pub fn removals(articles: &Articles, page: usize, words: &Messages) -> Message {
    let row = |article: &ArticleSummary| {
        vec![Button::new(&article.title, Action::AskRemoval(article.id))]
    };
    let html = escape(&words.removal_choose());
    paged_articles(html, articles, row, page, Action::Removals)
}

/// Whether this article shall really go.
pub fn removal(article: &Outline, words: &Messages) -> Message {
    let row = vec![
        Button::new(&words.button_remove(), Action::Remove(article.id)),
        Button::new(&words.button_cancel(), Action::Removals(0)),
    ];
    plain(&words.removal_ask(&cut(&article.title, NAME_UNITS), &cut(&article.file, NAME_UNITS)))
        .with(row)
}
