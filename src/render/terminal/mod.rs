//! Text for a terminal. Pure: the width and the style are arguments.
//!
//! No control character of a file or a question ever comes out, but line ends.

mod brief;

use std::ops::Range;

use crate::answer::{Answer, Correction, Excerpt, Found, NothingFound, Place, SmallTalk};
use crate::corpus::article::Outline;
use crate::corpus::is_unsafe_control;
use crate::library::Reading;
use crate::render::messages::Locale;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Colour,
}

/// A terminal to write for.
#[derive(Debug, Clone, Copy)]
pub struct Terminal<'a> {
    /// In columns.
    pub width: usize,
    pub style: Style,
    /// How many articles there are.
    pub articles: usize,
    /// The corpus directory, for links to files.
    pub corpus: &'a str,
}

const MIN_WIDTH: usize = 20;
const MAX_WIDTH: usize = 100;
/// Stand in for the escape sequences while a text is wrapped; taken out of every text before.
const BOLD: char = '\u{1}';
const NORMAL: char = '\u{2}';

impl Terminal<'_> {
    /// The whole answer, each line ended.
    pub fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Found(found) => {
                let excerpts: Vec<_> =
                    found.excerpts.iter().map(|excerpt| self.excerpt(excerpt)).collect();
                self.corrections(&found.corrected) + &excerpts.join("\n") + &self.asides(found)
            }
            other => self.without_quotes(other),
        }
    }

    /// What is said when nothing is quoted.
    pub fn without_quotes(&self, answer: &Answer) -> String {
        match answer {
            Answer::Found(_) => String::new(),
            Answer::NothingFound(nothing) => self.nothing_found(nothing),
            Answer::Byline(asked) => {
                let shown = asked.articles.iter().map(|article| self.heading(article));
                let all: Vec<_> = shown.chain(self.unanswered(&asked.unanswered)).collect();
                all.join("\n")
            }
            Answer::SmallTalk(SmallTalk::Greeting) => {
                self.wrap("Hello! Ask me something about the articles.", "")
            }
            Answer::SmallTalk(SmallTalk::Thanks) => self.wrap("You are welcome.", ""),
            Answer::SmallTalk(SmallTalk::Farewell) => self.wrap("Goodbye!", ""),
            Answer::Empty => self.wrap(
                "There is nothing in this that I could look for. Ask a question in a few words; \
                 `sections` lists what there is.",
                "",
            ),
        }
    }

    /// One quote with its source under it.
    pub fn excerpt(&self, excerpt: &Excerpt) -> String {
        let quote = self.wrap(&marked(excerpt.quote(), excerpt.marks()), "  ");
        let place = excerpt.place();
        let link = excerpt.source_link().unwrap_or_else(|| place.file_link(self.corpus));
        format!("{quote}{}{}", self.wrap(&source(place), "  — "), self.unwrapped(&link))
    }

    /// One line for each word that was replaced.
    pub fn corrections(&self, corrections: &[Correction]) -> String {
        let used: Vec<_> = corrections.iter().map(|correction| correction.used.as_str()).collect();
        match used.is_empty() {
            true => String::new(),
            false => self.wrap(&format!("Searched for {}.", used.join(", ")), "") + "\n",
        }
    }

    /// What is said below the quotes: the authors that were asked for, too, and what found nothing.
    pub fn asides(&self, found: &Found) -> String {
        let headings = found.bylines.iter().map(|article| self.heading(article));
        headings
            .chain(self.unanswered(&found.unanswered))
            .map(|aside| format!("\n{aside}"))
            .collect()
    }

    fn unanswered(&self, questions: &[String]) -> Option<String> {
        let line = Locale::English.messages().unanswered(questions)?;
        Some(self.wrap(&clean(&line), ""))
    }

    /// A whole section.
    pub fn section(&self, reading: &Reading) -> String {
        let mut shown = self.wrap(&bold(&source(&reading.place)), "");
        for passage in &reading.passages {
            shown.push('\n');
            shown.push_str(&self.wrap(&clean(&passage.text), ""));
        }
        shown
    }

    /// The articles with their sections, numbered through from `first`.
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

    /// An article's title, its authors and its date.
    fn heading(&self, article: &Outline) -> String {
        let mut shown = self.wrap(&bold(&clean(&article.title)), "");
        let authors = Locale::English.messages().byline(&article.authors);
        for line in authors.iter().chain(&article.published) {
            shown.push_str(&self.wrap(&clean(line), "  "));
        }
        shown
    }

    fn nothing_found(&self, nothing: &NothingFound) -> String {
        let mut shown = self.corrections(&nothing.corrected);
        shown.push_str(&self.wrap(
            &clean(&Locale::English.messages().refusal(&nothing.missing, self.articles)),
            "",
        ));
        if nothing.nearest.is_empty() {
            shown.push_str(&self.wrap("`sections` lists what there is.", ""));
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

    /// A link must not be broken, or no terminal would open it.
    fn unwrapped(&self, link: &str) -> String {
        format!("    {}\n", clean(link))
    }
}

fn source(place: &Place) -> String {
    clean(&format!("{} · {}", place.section().title(), place.article.title))
}

fn bold(text: &str) -> String {
    format!("{BOLD}{text}{NORMAL}")
}

/// Each word is marked by itself, so that a mark never spans a line's end.
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

/// Returns the text without what could steer a terminal: control characters, separators and
/// overrides of the direction.
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
    fn no_control_character_comes_out_and_marks_survive_wrapping() {
        let screen = Terminal { width: 20, style: Style::Plain, articles: 1, corpus: "corpus" };
        let quote = "one\u{1b}[31m two\u{7} three\u{202e} four five\r\n\tsix";
        let text = marked(quote, &[0..3, 9..12]);
        assert_eq!(screen.wrap(&text, "  "), "  one[31m two three\n  four five\n   six\n");
        let colour = Terminal { style: Style::Colour, ..screen };
        assert!(colour.wrap(&text, "  ").starts_with("  \u{1b}[1mone\u{1b}[0m[31m"));
    }
}
