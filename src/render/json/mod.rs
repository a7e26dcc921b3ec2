//! One JSON object an answer, for scripts. Pure.

mod brief;

use std::collections::BTreeMap;

use serde::Serialize;

pub use brief::{brief, on_topic};

use crate::answer::{Answer, Correction, Excerpt, Place};
use crate::corpus::article::Outline;
use crate::corpus::is_unsafe_control;

#[derive(Serialize)]
struct Line<'a> {
    question: &'a str,
    outcome: &'static str,
    excerpts: Vec<Quoted<'a>>,
    missing: &'a [String],
    nearest: Vec<Near<'a>>,
    corrected: BTreeMap<&'a str, &'a str>,
    bylines: Vec<Byline<'a>>,
    unanswered: &'a [String],
}

#[derive(Serialize)]
struct Quoted<'a> {
    article: String,
    article_title: &'a str,
    section: String,
    section_title: &'a str,
    quote: &'a str,
    /// In bytes of the quote.
    marks: Vec<[usize; 2]>,
    passage: String,
    /// Relative to the corpus directory.
    file: &'a str,
    /// Of the quote in that file.
    bytes: [usize; 2],
    url: String,
}

#[derive(Serialize)]
struct Byline<'a> {
    article: String,
    article_title: &'a str,
    authors: &'a [String],
    published: Option<&'a str>,
}

#[derive(Serialize)]
struct Near<'a> {
    section: String,
    section_title: &'a str,
}

/// The answer to `question` on one line; `corpus` is the directory for links to files.
pub fn answer(question: &str, answer: &Answer, corpus: &str) -> String {
    let mut line = empty(question);
    match answer {
        Answer::Found(found) => {
            line.outcome = "found";
            line.excerpts = found.excerpts.iter().map(|excerpt| quoted(excerpt, corpus)).collect();
            line.corrected = corrected(&found.corrected);
            line.bylines = found.bylines.iter().map(|article| byline(article)).collect();
            line.unanswered = &found.unanswered;
        }
        Answer::NothingFound(nothing) => {
            line.outcome = "nothing_found";
            line.missing = &nothing.missing;
            line.nearest = nothing.nearest.iter().map(near).collect();
            line.corrected = corrected(&nothing.corrected);
        }
        Answer::Byline(asked) => {
            line.outcome = "byline";
            line.bylines = asked.articles.iter().map(|article| byline(article)).collect();
            line.unanswered = &asked.unanswered;
        }
        Answer::SmallTalk(_) => line.outcome = "small_talk",
        Answer::Empty => {}
    }
    print(&line)
}

fn empty(question: &str) -> Line<'_> {
    Line {
        question,
        outcome: "empty",
        excerpts: Vec::new(),
        missing: &[],
        nearest: Vec::new(),
        corrected: BTreeMap::new(),
        bylines: Vec::new(),
        unanswered: &[],
    }
}

/// An article's sections on one line.
pub fn outline(outline: &Outline) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        article: String,
        article_title: &'a str,
        file: &'a str,
        sections: Vec<Entry<'a>>,
    }
    #[derive(Serialize)]
    struct Entry<'a> {
        section: String,
        section_title: &'a str,
        level: u8,
        passages: usize,
    }
    let sections = outline.sections.iter().map(|section| Entry {
        section: section.id.to_string(),
        section_title: section.title(),
        level: section.level,
        passages: section.passages.len(),
    });
    print(&Line {
        article: outline.id.to_string(),
        article_title: &outline.title,
        file: &outline.file,
        sections: sections.collect(),
    })
}

fn quoted<'a>(excerpt: &'a Excerpt, corpus: &str) -> Quoted<'a> {
    let place = excerpt.place();
    let bytes = excerpt.file_range();
    Quoted {
        article: place.article.id.to_string(),
        article_title: &place.article.title,
        section: place.section().id.to_string(),
        section_title: place.section().title(),
        quote: excerpt.quote(),
        marks: excerpt.marks().iter().map(|mark| [mark.start, mark.end]).collect(),
        passage: excerpt.passage().id.to_string(),
        file: &place.article.file,
        bytes: [bytes.start, bytes.end],
        url: excerpt.source_link().unwrap_or_else(|| place.file_link(corpus)),
    }
}

fn byline(article: &Outline) -> Byline<'_> {
    Byline {
        article: article.id.to_string(),
        article_title: &article.title,
        authors: &article.authors,
        published: article.published.as_deref(),
    }
}

fn near(place: &Place) -> Near<'_> {
    Near { section: place.section().id.to_string(), section_title: place.section().title() }
}

fn corrected(corrections: &[Correction]) -> BTreeMap<&str, &str> {
    corrections
        .iter()
        .map(|correction| (correction.typed.as_str(), correction.used.as_str()))
        .collect()
}

/// Returns the line as JSON. Characters that would steer a terminal are escaped, so that the values
/// stay what they are.
fn print(line: &impl Serialize) -> String {
    let json = serde_json::to_string(line).expect("the line is plain data with text keys");
    if !json.contains(is_unsafe_control) {
        return json;
    }
    // These characters are in strings only, and none needs more than four digits.
    let escape = |c: char| match c {
        c if is_unsafe_control(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    json.chars().map(escape).collect()
}
