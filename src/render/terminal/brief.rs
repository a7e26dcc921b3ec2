//! Briefings for a terminal.

use super::{Terminal, bold, clean, marked, source};
use crate::answer::Excerpt;
use crate::brief::{Brief, OnTopic};

impl Terminal<'_> {
    /// An article in its key sentences.
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

    /// A topic in the key sentences on it, or what is said instead.
    pub fn on_topic(&self, found: &OnTopic) -> String {
        let found = match found {
            OnTopic::Found(found) => found,
            OnTopic::Otherwise(answer) => return self.answer(answer),
        };
        let by_section = found.excerpts.chunk_by(|a, b| a.place() == b.place());
        let sections = by_section.map(|quotes| {
            let place = quotes[0].place();
            let name = match self.articles {
                1 => clean(place.section().title()),
                _ => source(place),
            };
            self.key_sentences(&name, &quotes.iter().collect::<Vec<_>>())
        });
        let sections: String = sections.collect();
        let shown = sections.strip_prefix('\n').unwrap_or(&sections);
        self.corrections(&found.corrected) + shown
    }

    /// Quotes of one section under its name, with the link to the first.
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
}
