//! Text for a terminal. Pure: width and style are arguments.
//!
//! Invariant: the output has no control character of a file or a question except line breaks.

use std::ops::Range;

use crate::answer::{Answer, ArticleList, Correction, Excerpt, Found, NothingFound, Place};
use crate::brief::{Brief, OnTopic};
use crate::corpus::article::Outline;
use crate::corpus::is_unsafe_control;
use crate::dialogue::{Request, SmallTalk};
use crate::library::FullSection;
use crate::render::messages::Locale;

/// Text style of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Colour,
}

/// Terminal that text is rendered for.
#[derive(Debug, Clone, Copy)]
pub struct Terminal<'a> {
    /// Width in columns.
    pub width: usize,
    pub style: Style,
    /// Number of articles in the corpus.
    pub article_count: usize,
    /// Corpus directory, for links to files.
    pub corpus: &'a str,
}

/// Minimum width of a line, in columns.
const MIN_WIDTH: usize = 20;
/// Maximum width of a line, in columns.
const MAX_WIDTH: usize = 100;
/// Placeholder for the escape sequence that turns bold on. It has no width, so that wrapping counts
/// only visible characters; `clean` removes it from every text first.
const BOLD: char = '\u{1}';
/// Placeholder for the escape sequence that turns bold off.
const NORMAL: char = '\u{2}';

impl Terminal<'_> {
    /// Returns the whole answer. Each line ends with a line break.
    pub fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Found(found) => {
                let excerpts: Vec<_> =
                    found.excerpts.iter().map(|excerpt| self.excerpt(excerpt)).collect();
                let used = self.searched(&found.filters) + &self.corrections(&found.corrected);
                used + &excerpts.join("\n") + &self.notes(found)
            }
            other => self.without_quotes(other),
        }
    }

    /// Returns an answer without quotes, or nothing for an answer with quotes.
    pub fn without_quotes(&self, answer: &Answer) -> String {
        match answer {
            Answer::Found(_) => String::new(),
            Answer::NothingFound(nothing) => self.nothing_found(nothing),
            Answer::Byline(found) => {
                let headings = found.articles.iter().map(|article| self.heading(article));
                let parts: Vec<_> = headings.chain(self.unanswered(&found.unanswered)).collect();
                self.searched(&found.filters) + &parts.join("\n")
            }
            Answer::SmallTalk(SmallTalk::Greeting) => {
                self.wrap("Hello! Ask me something about the articles.", "")
            }
            Answer::SmallTalk(SmallTalk::Thanks) => self.wrap("You are welcome.", ""),
            Answer::SmallTalk(SmallTalk::Farewell) => self.wrap("Goodbye!", ""),
            Answer::SmallTalk(SmallTalk::Acknowledgement) => {
                self.wrap("Ask me anything else about the articles.", "")
            }
            Answer::Articles(list) => self.article_list(list),
            Answer::Request(request) => self.wrap(&clean(&request_reply(request)), ""),
            Answer::Empty => self.wrap(
                "There is nothing here that I can search for. Ask a question in a few words; \
                 `sections` lists the articles and their sections.",
                "",
            ),
        }
    }

    /// Returns one quote with its source below it.
    pub fn excerpt(&self, excerpt: &Excerpt) -> String {
        let quote = self.wrap(&marked(excerpt.quote(), excerpt.marks()), "  ");
        let place = excerpt.place();
        let link = excerpt.source_link().unwrap_or_else(|| place.file_link(self.corpus));
        format!(
            "{quote}{}{}",
            self.wrap(&(source(place) + &page_note(excerpt)), "  — "),
            self.unwrapped(&link)
        )
    }

    /// Returns the source of a quote, with its authors, its date and its link.
    pub fn source(&self, excerpt: &Excerpt) -> String {
        let place = excerpt.place();
        let link = excerpt.source_link().unwrap_or_else(|| place.file_link(self.corpus));
        let section = format!("{}{}", place.section().title(), page_note(excerpt));
        let section = self.wrap(&clean(&section), "  — ");
        format!("{}{section}{}", self.heading(&place.article), self.unwrapped(&link))
    }

    /// Returns a line with the filters of the search, or an empty string.
    pub fn searched(&self, filters: &Option<String>) -> String {
        let note =
            filters.as_ref().map(|filters| Locale::English.messages().searched_only(filters));
        note.map_or_else(String::new, |note| self.wrap(&clean(&note), "") + "\n")
    }

    /// Returns a line with the corrected words, or an empty string.
    pub fn corrections(&self, corrections: &[Correction]) -> String {
        let used: Vec<_> = corrections.iter().map(|correction| correction.used.as_str()).collect();
        match used.is_empty() {
            true => String::new(),
            false => self.wrap(&format!("Searched for {}.", used.join(", ")), "") + "\n",
        }
    }

    /// Returns the notes below the quotes: their language, requested authors, and questions without
    /// an answer.
    pub fn notes(&self, found: &Found) -> String {
        let messages = Locale::English.messages();
        let languages = found
            .languages
            .iter()
            .map(|languages| self.wrap(&clean(&messages.language_of_quotes(languages)), ""));
        let headings = found.bylines.iter().map(|article| self.heading(article));
        let notes = languages.chain(headings).chain(self.unanswered(&found.unanswered));
        notes.map(|note| format!("\n{note}")).collect()
    }

    /// Returns a list of articles below its heading.
    fn article_list(&self, list: &ArticleList) -> String {
        let heading = Locale::English.messages().list_heading(list);
        let heading = heading.map(|heading| self.wrap(&clean(&heading), ""));
        let articles = list.articles.iter().map(|article| self.heading(article));
        let parts: Vec<_> = heading.into_iter().chain(articles).collect();
        self.searched(&list.filters) + &parts.join("\n")
    }

    fn unanswered(&self, questions: &[String]) -> Option<String> {
        let line = Locale::English.messages().unanswered(questions)?;
        Some(self.wrap(&clean(&line), ""))
    }

    /// Returns the briefing of an article.
    pub fn brief(&self, brief: &Brief) -> String {
        let mut shown = self.heading(&brief.article);
        for section in &brief.sections {
            let title = brief.article.sections[section.section].title();
            shown.push_str(
                &self.key_sentences(&clean(title), &section.in_order(section.excerpts.len())),
            );
        }
        shown
    }

    /// Returns the key sentences on a topic, or the answer if there are none.
    pub fn on_topic(&self, found: &OnTopic) -> String {
        let found = match found {
            OnTopic::Found(found) => found,
            OnTopic::Article(brief) => return self.brief(brief),
            OnTopic::Fallback(answer) => return self.answer(answer),
        };
        let by_section = found.excerpts.chunk_by(|a, b| a.place() == b.place());
        let sections = by_section.map(|quotes| {
            let place = quotes[0].place();
            let name = match self.article_count {
                1 => clean(place.section().title()),
                _ => source(place),
            };
            self.key_sentences(&name, &quotes.iter().collect::<Vec<_>>())
        });
        let sections: String = sections.collect();
        let shown = sections.strip_prefix('\n').unwrap_or(&sections);
        self.searched(&found.filters) + &self.corrections(&found.corrected) + shown
    }

    /// Returns quotes of one section below its name, with a link to the first.
    fn key_sentences(&self, name: &str, quotes: &[&Excerpt]) -> String {
        let mut shown = format!("\n{}", self.wrap(&bold(name), ""));
        for quote in quotes {
            shown.push_str(&self.wrap(&marked(quote.quote(), quote.marks()), "  "));
        }
        if let Some(first) = quotes.first() {
            let file = || first.place().file_link(self.corpus);
            shown.push_str(&self.unwrapped(&first.source_link().unwrap_or_else(file)));
        }
        shown
    }

    /// Returns a whole section.
    pub fn section(&self, reading: &FullSection) -> String {
        let mut shown = self.wrap(&bold(&source(&reading.place)), "");
        for passage in &reading.passages {
            shown.push('\n');
            shown.push_str(&self.wrap(&clean(&passage.text), ""));
        }
        shown
    }

    /// Returns the articles with their sections, numbered consecutively from `first`.
    pub fn contents(&self, articles: &[impl AsRef<Outline>], first: usize) -> String {
        let mut shown = String::new();
        let mut number = first;
        for article in articles {
            let article = article.as_ref();
            shown.push_str(&self.heading(article));
            for section in &article.sections {
                let indent = "  ".repeat(usize::from(section.level.saturating_sub(2)));
                shown.push_str(&self.wrap(
                    &clean(&format!("{number}. {}", section.title())),
                    &format!("  {indent}"),
                ));
                number += 1;
            }
        }
        shown
    }

    /// Returns an article's title, authors and date.
    fn heading(&self, article: &Outline) -> String {
        let mut shown = self.wrap(&bold(&clean(&article.title)), "");
        let authors = Locale::English.messages().byline(&article.authors);
        for line in authors.iter().chain(&article.published) {
            shown.push_str(&self.wrap(&clean(line), "  "));
        }
        shown
    }

    fn nothing_found(&self, nothing: &NothingFound) -> String {
        if let Some(unmatched) = &nothing.unmatched {
            let reason = Locale::English.messages().unmatched_filter(unmatched);
            return self.wrap(&clean(&reason), "");
        }
        let mut shown = self.searched(&nothing.filters) + &self.corrections(&nothing.corrected);
        shown.push_str(&self.wrap(
            &clean(&Locale::English.messages().refusal(&nothing.missing, self.article_count)),
            "",
        ));
        if let Some(languages) = &nothing.languages {
            let hint = Locale::English.messages().language_hint(languages);
            shown.push_str(&self.wrap(&clean(&hint), ""));
        }
        if nothing.nearest.is_empty() {
            shown.push_str(&self.wrap("`sections` lists the articles and their sections.", ""));
        } else {
            shown.push_str(&self.wrap("Closest sections:", ""));
            for (position, place) in nothing.nearest.iter().enumerate() {
                shown.push_str(
                    &self.wrap(
                        &clean(&format!("{}. {}", position + 1, place.section().title())),
                        "  ",
                    ),
                );
            }
        }
        shown
    }

    /// Wraps text to the terminal's width and ends each line with a line break.
    fn wrap(&self, text: &str, indent: &str) -> String {
        let width = self.width.clamp(MIN_WIDTH, MAX_WIDTH);
        let next = " ".repeat(indent.chars().count());
        let options = textwrap::Options::new(width).initial_indent(indent).subsequent_indent(&next);
        let mut shown = String::new();
        for line in textwrap::wrap(text, options) {
            shown.push_str(line.trim_end());
            shown.push('\n');
        }
        match self.style {
            Style::Plain => shown.replace([BOLD, NORMAL], ""),
            Style::Colour => shown.replace(BOLD, "\u{1b}[1m").replace(NORMAL, "\u{1b}[0m"),
        }
    }

    /// Returns an indented link on one line, whatever its length: terminals open no broken links.
    fn unwrapped(&self, link: &str) -> String {
        format!("    {}\n", clean(link))
    }
}

/// Returns the reply to a request that has nothing to show.
fn request_reply(request: &Request) -> String {
    let messages = Locale::English.messages();
    match request {
        Request::Briefing { topic: None } => {
            "`verbatim brief` prints the key sentences of the newest article, and `verbatim brief` \
             with a topic those on it."
                .to_owned()
        }
        Request::Briefing { topic: Some(topic) } => {
            format!("`verbatim brief {topic}` prints the key sentences on this topic.")
        }
        Request::Source => {
            "There is no quote yet. Ask a question: its source is below each quote.".to_owned()
        }
        Request::More => "There is no other quote. Ask a question in a few words.".to_owned(),
        Request::Help => "Ask a question in a few words. `sections` lists the articles and their \
            sections, `brief` gives the key sentences."
            .to_owned(),
        Request::Identity => messages.identity(),
    }
}

fn source(place: &Place) -> String {
    clean(&format!("{} · {}", place.section().title(), place.article.title))
}

/// Returns the page of the printed original after a comma, or an empty string.
fn page_note(excerpt: &Excerpt) -> String {
    let messages = Locale::English.messages();
    let page = excerpt.page().map(|page| messages.page_number(&page.to_string()));
    page.map_or_else(String::new, |page| format!(", {page}"))
}

fn bold(text: &str) -> String {
    format!("{BOLD}{text}{NORMAL}")
}

/// Returns the quote with its marked byte ranges in bold. Each word is marked separately, so that
/// bold text never spans a line break.
fn marked(quote: &str, marks: &[Range<usize>]) -> String {
    let mut shown = String::new();
    let mut at = 0;
    for mark in marks {
        shown.push_str(&clean(&quote[at..mark.start]));
        let words: Vec<_> = quote[mark.clone()].split(' ').map(|word| bold(&clean(word))).collect();
        shown.push_str(&words.join(" "));
        at = mark.end;
    }
    shown + &clean(&quote[at..])
}

/// Removes control characters, separators and direction overrides, which could steer a terminal.
fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if is_unsafe_control(c) => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_removes_control_characters_and_keeps_marks_when_wrapping() {
        let terminal =
            Terminal { width: 20, style: Style::Plain, article_count: 1, corpus: "corpus" };
        let quote = "one\u{1b}[31m two\u{7} three\u{202e} four five\r\n\tsix";
        let text = marked(quote, &[0..3, 9..12]);
        assert_eq!(terminal.wrap(&text, "  "), "  one[31m two three\n  four five\n   six\n");
        let colour = Terminal { style: Style::Colour, ..terminal };
        assert!(colour.wrap(&text, "  ").starts_with("  \u{1b}[1mone\u{1b}[0m[31m"));
    }
}
