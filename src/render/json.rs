//! JSON lines for scripts: answers, briefings and outlines. Pure.
//!
//! The keys are an interface and never change.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::answer::{Answer, Correction, Excerpt, LanguageMismatch, Place, UnmatchedFilter};
use crate::brief::{Brief, KeySection, OnTopic};
use crate::corpus::article::Outline;
use crate::corpus::is_unsafe_control;
use crate::index::language::Language;

#[derive(Serialize)]
struct AnswerLine<'a> {
    question: &'a str,
    outcome: &'static str,
    excerpts: Vec<Quote<'a>>,
    missing: &'a [String],
    nearest: Vec<NearestSection<'a>>,
    corrected: BTreeMap<&'a str, &'a str>,
    bylines: Vec<Byline<'a>>,
    unanswered: &'a [String],
    /// `null` if the articles are in the language of the question, or if that is not clear.
    languages: Option<Languages<'a>>,
    /// Filters of the search, unless the question has them like this and was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<&'a str>,
    /// Filter that leaves no article, so that nothing was searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmatched_filter: Option<&'a str>,
    /// Only for the outcome `request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'static str>,
    /// Only for the outcome `articles`, like the keys below.
    #[serde(skip_serializing_if = "Option::is_none")]
    listed: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    articles: Option<Vec<Byline<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
}

#[derive(Serialize)]
struct Languages<'a> {
    question: &'a str,
    articles: Vec<&'a str>,
}

#[derive(Serialize)]
struct Quote<'a> {
    article: String,
    article_title: &'a str,
    section: String,
    section_title: &'a str,
    quote: &'a str,
    /// Byte ranges of the quote.
    marks: Vec<[usize; 2]>,
    passage: String,
    /// Relative to the corpus directory.
    file: &'a str,
    /// Byte range of the quote in the file.
    bytes: [usize; 2],
    url: String,
    /// Only if the file marks the pages of a printed original.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
}

#[derive(Serialize)]
struct Byline<'a> {
    article: String,
    article_title: &'a str,
    authors: &'a [String],
    published: Option<&'a str>,
}

#[derive(Serialize)]
struct NearestSection<'a> {
    section: String,
    section_title: &'a str,
}

#[derive(Serialize)]
struct BriefLine<'a> {
    article: String,
    article_title: &'a str,
    authors: &'a [String],
    published: Option<&'a str>,
    sections: Vec<BriefSection<'a>>,
}

#[derive(Serialize)]
struct BriefSection<'a> {
    section: String,
    section_title: &'a str,
    excerpts: Vec<Quote<'a>>,
}

/// Returns the answer to `question` as a JSON line. `corpus` is the directory for links to files.
pub fn answer(question: &str, answer: &Answer, corpus: &str) -> String {
    let mut line = empty_line(question);
    match answer {
        Answer::Found(found) => {
            line.outcome = "found";
            line.excerpts = found.excerpts.iter().map(|excerpt| quote(excerpt, corpus)).collect();
            line.corrected = corrected(&found.corrected);
            line.bylines = found.bylines.iter().map(|article| byline(article)).collect();
            line.unanswered = &found.unanswered;
            line.languages = found.languages.as_ref().map(languages);
            line.filters = found.filters.as_deref();
        }
        Answer::NothingFound(nothing) => {
            line.outcome = "nothing_found";
            line.missing = &nothing.missing;
            line.nearest = nothing.nearest.iter().map(nearest_section).collect();
            line.corrected = corrected(&nothing.corrected);
            line.languages = nothing.languages.as_ref().map(languages);
            line.filters = nothing.filters.as_deref();
            line.unmatched_filter = nothing.unmatched.as_ref().map(UnmatchedFilter::text);
        }
        Answer::Byline(found) => {
            line.outcome = "byline";
            line.bylines = found.articles.iter().map(|article| byline(article)).collect();
            line.unanswered = &found.unanswered;
            line.filters = found.filters.as_deref();
        }
        Answer::Articles(list) => {
            line.outcome = "articles";
            line.listed = Some(list.reason.name());
            line.articles = Some(list.articles.iter().map(|article| byline(article)).collect());
            line.total = Some(list.total);
            line.filters = list.filters.as_deref();
        }
        Answer::SmallTalk(_) => line.outcome = "small_talk",
        Answer::Request(request) => {
            line.outcome = "request";
            line.request = Some(request.name());
        }
        Answer::Empty => {}
    }
    to_json(&line)
}

fn empty_line(question: &str) -> AnswerLine<'_> {
    AnswerLine {
        question,
        outcome: "empty",
        excerpts: Vec::new(),
        missing: &[],
        nearest: Vec::new(),
        corrected: BTreeMap::new(),
        bylines: Vec::new(),
        unanswered: &[],
        languages: None,
        filters: None,
        unmatched_filter: None,
        request: None,
        listed: None,
        articles: None,
        total: None,
    }
}

/// Returns the briefing of an article as a JSON line. `corpus` is the directory for links to files.
pub fn brief(brief: &Brief, corpus: &str) -> String {
    let article = &brief.article;
    to_json(&BriefLine {
        article: article.id.to_string(),
        article_title: &article.title,
        authors: &article.authors,
        published: article.published.as_deref(),
        sections: brief
            .sections
            .iter()
            .map(|section| brief_section(article, section, corpus))
            .collect(),
    })
}

fn brief_section<'a>(article: &'a Outline, key: &'a KeySection, corpus: &str) -> BriefSection<'a> {
    let section = &article.sections[key.section];
    let excerpts = key.in_order(key.excerpts.len()).into_iter();
    BriefSection {
        section: section.id.to_string(),
        section_title: section.title(),
        excerpts: excerpts.map(|excerpt| quote(excerpt, corpus)).collect(),
    }
}

/// Returns the key sentences on a topic as a JSON line with the keys of an answer.
pub fn on_topic(topic: &str, found: &OnTopic, corpus: &str) -> String {
    match found {
        OnTopic::Found(found) => {
            let mut line = empty_line(topic);
            line.outcome = "found";
            line.excerpts = found.excerpts.iter().map(|excerpt| quote(excerpt, corpus)).collect();
            line.corrected = corrected(&found.corrected);
            line.filters = found.filters.as_deref();
            to_json(&line)
        }
        OnTopic::Article(found) => brief(found, corpus),
        OnTopic::Fallback(other) => answer(topic, other, corpus),
    }
}

/// Returns the sections of an article as a JSON line.
pub fn outline(outline: &Outline) -> String {
    #[derive(Serialize)]
    struct OutlineLine<'a> {
        article: String,
        article_title: &'a str,
        file: &'a str,
        authors: &'a [String],
        published: Option<&'a str>,
        updated: Option<&'a str>,
        description: Option<&'a str>,
        tags: &'a [String],
        language: Option<&'a str>,
        sections: Vec<OutlineSection<'a>>,
    }
    #[derive(Serialize)]
    struct OutlineSection<'a> {
        section: String,
        section_title: &'a str,
        level: u8,
        passages: usize,
    }
    let sections = outline.sections.iter().map(|section| OutlineSection {
        section: section.id.to_string(),
        section_title: section.title(),
        level: section.level,
        passages: section.passages.len(),
    });
    to_json(&OutlineLine {
        article: outline.id.to_string(),
        article_title: &outline.title,
        file: &outline.file,
        authors: &outline.authors,
        published: outline.published.as_deref(),
        updated: outline.updated.as_deref(),
        description: outline.description.as_deref(),
        tags: &outline.tags,
        language: outline.language.as_deref(),
        sections: sections.collect(),
    })
}

fn quote<'a>(excerpt: &'a Excerpt, corpus: &str) -> Quote<'a> {
    let place = excerpt.place();
    let bytes = excerpt.file_range();
    Quote {
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
        page: excerpt.page(),
    }
}

fn languages(languages: &LanguageMismatch) -> Languages<'_> {
    Languages {
        question: languages.question.code(),
        articles: languages.articles.iter().map(Language::code).collect(),
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

fn nearest_section(place: &Place) -> NearestSection<'_> {
    NearestSection {
        section: place.section().id.to_string(),
        section_title: place.section().title(),
    }
}

fn corrected(corrections: &[Correction]) -> BTreeMap<&str, &str> {
    corrections
        .iter()
        .map(|correction| (correction.typed.as_str(), correction.used.as_str()))
        .collect()
}

/// Serializes a line. Control characters that could steer a terminal are written as JSON escapes.
fn to_json(line: &impl Serialize) -> String {
    let json = serde_json::to_string(line).expect("a line has only strings, numbers and lists");
    if !json.contains(is_unsafe_control) {
        return json;
    }
    // JSON has these characters only in strings, and each fits into four hexadecimal digits.
    let escape = |c: char| match c {
        c if is_unsafe_control(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    json.chars().map(escape).collect()
}
