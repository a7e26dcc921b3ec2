//! Briefings for scripts.

use serde::Serialize;

use super::{Quoted, empty, print, quoted};
use crate::brief::{Brief, KeySection, OnTopic};
use crate::corpus::article::Outline;

#[derive(Serialize)]
struct Line<'a> {
    article: String,
    article_title: &'a str,
    authors: &'a [String],
    published: Option<&'a str>,
    sections: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    section: String,
    section_title: &'a str,
    excerpts: Vec<Quoted<'a>>,
}

/// The briefing of an article on one line; `corpus` is the directory for links to files.
pub fn brief(brief: &Brief, corpus: &str) -> String {
    let article = &brief.article;
    print(&Line {
        article: article.id.to_string(),
        article_title: &article.title,
        authors: &article.authors,
        published: article.published.as_deref(),
        sections: brief.sections.iter().map(|section| entry(article, section, corpus)).collect(),
    })
}

fn entry<'a>(article: &'a Outline, key: &'a KeySection, corpus: &str) -> Entry<'a> {
    let section = &article.sections[key.section];
    let excerpts = key.in_order(key.excerpts.len()).into_iter();
    Entry {
        section: section.id.to_string(),
        section_title: section.title(),
        excerpts: excerpts.map(|excerpt| quoted(excerpt, corpus)).collect(),
    }
}

/// The key sentences on a topic on one line, in the form of an answer.
pub fn on_topic(topic: &str, found: &OnTopic, corpus: &str) -> String {
    match found {
        OnTopic::Found(found) => {
            let mut line = empty(topic);
            line.outcome = "found";
            line.excerpts = found.excerpts.iter().map(|excerpt| quoted(excerpt, corpus)).collect();
            line.corrected = super::corrected(&found.corrected);
            print(&line)
        }
        OnTopic::Otherwise(answer) => super::answer(topic, answer, corpus),
    }
}
