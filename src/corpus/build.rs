//! Puts an article together from headings and passages in the file's order. Pure.

use std::collections::HashMap;

use super::acronyms::acronyms;
use super::article::{
    Alias, Article, ArticleId, Origin, Outline, Passage, PassageId, PassageKind, Section,
    SectionId, Span,
};
use super::front_matter::FrontMatter;
use super::sentences::sentences;

/// A text under way, with where each byte of it comes from.
#[derive(Debug, Default)]
pub struct Draft {
    pub text: String,
    pub origin: Origin,
}

impl Draft {
    /// Adds `shown`, which the file has at `file` as it is or as a character reference.
    pub fn push(&mut self, shown: &str, file: std::ops::Range<usize>) {
        if shown.is_empty() {
            return;
        }
        let text = self.text.len()..self.text.len() + shown.len();
        self.text.push_str(shown);
        let literal = file.len() == shown.len();
        match self.origin.runs.last_mut() {
            Some(last)
                if literal && last.file.len() == last.text.len() && last.file.end == file.start =>
            {
                last.text.end = text.end;
                last.file.end = file.end;
            }
            _ => self.origin.runs.push(Span { text, file }),
        }
    }

    /// Takes the white space off both ends.
    fn trimmed(mut self) -> Draft {
        let start = self.text.len() - self.text.trim_start().len();
        let end = start + self.text.trim().len();
        let mut origin = Origin::default();
        for mut run in self.origin.runs {
            let literal = run.file.len() == run.text.len();
            if run.text.end <= start || run.text.start >= end {
                continue;
            }
            if literal && run.text.start < start {
                run.file.start += start - run.text.start;
                run.text.start = start;
            }
            if literal && run.text.end > end {
                run.file.end -= run.text.end - end;
                run.text.end = end;
            }
            run.text = run.text.start.max(start) - start..run.text.end.min(end) - start;
            origin.runs.push(run);
        }
        for element in self.origin.elements {
            let text = element.text.start.max(start)..element.text.end.min(end);
            if !text.is_empty() {
                origin
                    .elements
                    .push(Span { text: text.start - start..text.end - start, file: element.file });
            }
        }
        self.text = self.text[start..end].to_owned();
        Draft { text: self.text, origin }
    }
}

/// An article under way.
pub struct Builder {
    outline: Outline,
    passages: Vec<Passage>,
    anchors: HashMap<String, usize>,
    same_headings: HashMap<Vec<String>, usize>,
    same_texts: HashMap<String, usize>,
}

impl Builder {
    pub fn new(file: &str, title: String, front: FrontMatter) -> Builder {
        let outline = Outline {
            id: ArticleId::of_file(file),
            file: file.to_owned(),
            title,
            authors: front.authors,
            published: front.published,
            source_url: front.source_url,
            language: front.language,
            aliases: front.aliases,
            sections: Vec::new(),
        };
        Builder {
            outline,
            passages: Vec::new(),
            anchors: HashMap::new(),
            same_headings: HashMap::new(),
            same_texts: HashMap::new(),
        }
    }

    /// Opens the section of a heading. The article's own title, at the very start, opens none.
    pub fn heading(&mut self, level: u8, heading: &str) {
        let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_start = self.outline.sections.is_empty() && self.passages.is_empty();
        if heading.is_empty() || (is_start && level == 1 && heading == self.outline.title) {
            return;
        }
        let anchor = self.anchor(&heading);
        let mut parent = self.outline.sections.len().checked_sub(1);
        while let Some(position) = parent {
            let section = &self.outline.sections[position];
            if section.level < level && section.heading.is_some() {
                break;
            }
            parent = section.parent;
        }
        self.open(Some(heading), level, anchor, parent);
    }

    /// Adds a passage to the last section; the opening is opened if there is none.
    pub fn passage(&mut self, kind: PassageKind, draft: Draft) {
        let Draft { text, origin } = draft.trimmed();
        if text.is_empty() {
            return;
        }
        if self.outline.sections.is_empty() {
            self.open(None, 0, String::new(), None);
        }
        let section = self.outline.sections.len() - 1;
        let sentences = match kind {
            PassageKind::Code => lines(&text),
            PassageKind::TableRow => std::iter::once(0..text.len()).collect(),
            _ => sentences(&text, self.outline.language.as_deref()),
        };
        let occurrence = self.same_texts.entry(text.clone()).or_default();
        let id = PassageId::of(self.outline.id, &text, *occurrence);
        *occurrence += 1;
        self.passages.push(Passage { id, section, kind, text, sentences, origin });
        self.outline.sections[section].passages.end = self.passages.len();
    }

    /// The article, with the acronyms that its text introduces among its aliases.
    pub fn finish(mut self) -> Article {
        let texts = self.passages.iter().map(|passage| passage.text.as_str());
        let told = |alias: &Alias| {
            self.outline
                .aliases
                .iter()
                .any(|known| known.term == alias.term && known.others.contains(&alias.others[0]))
        };
        let found: Vec<_> = acronyms(texts).into_iter().filter(|alias| !told(alias)).collect();
        self.outline.aliases.extend(found);
        Article { outline: self.outline, passages: self.passages }
    }

    fn open(&mut self, heading: Option<String>, level: u8, anchor: String, parent: Option<usize>) {
        let mut path: Vec<String> = parent.map_or_else(Vec::new, |parent| {
            self.outline.headings_of(parent).into_iter().map(str::to_owned).collect()
        });
        path.extend(heading.clone());
        let occurrence = self.same_headings.entry(path.clone()).or_default();
        let parts: Vec<_> = path.iter().map(String::as_str).collect();
        let id = SectionId::of(self.outline.id, &parts, *occurrence);
        *occurrence += 1;
        let passages = self.passages.len()..self.passages.len();
        self.outline.sections.push(Section { id, heading, level, anchor, parent, passages });
    }

    /// The anchor that GitHub gives a heading: lower case, no punctuation, `-` for a space, a
    /// number for the second of its kind.
    fn anchor(&mut self, heading: &str) -> String {
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let mut anchor = slug.clone();
        while self.anchors.contains_key(&anchor) {
            let count = self.anchors.entry(slug.clone()).or_default();
            *count += 1;
            anchor = format!("{slug}-{count}");
        }
        self.anchors.insert(anchor.clone(), 0);
        anchor
    }
}

fn lines(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let end = start + line.trim().len();
        if start < end {
            lines.push(start..end);
        }
        at += line.len();
    }
    lines
}
