//! Puts an article together from headings and passages in the file's order. Pure.

use std::collections::HashMap;

use super::acronyms::acronyms;
use super::article::{
    Alias, Article, ArticleId, Outline, Passage, PassageId, PassageKind, Section, SectionId,
};
use super::front_matter::FrontMatter;
use super::source_map::MappedText;
use super::split::split_passage;

/// An article may have so many passages, and so many sections.
pub const MAX_PASSAGES: usize = 100_000;
pub const MAX_SECTIONS: usize = 10_000;
/// Of a title or a heading, which stands over each of its passages.
pub const MAX_NAME_CHARS: usize = 300;

/// A name in one line: without what would turn the text around it, or break it.
pub fn name(text: &str) -> String {
    let text = text.replace(is_unsafe_control, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether nobody sees the character and it steers what comes after it: a control, a line
/// or paragraph separator, or a bidirectional override, embedding or isolate.
pub fn is_unsafe_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

/// Whether a text is too long for a name.
pub fn is_too_long(name: &str) -> bool {
    name.chars().nth(MAX_NAME_CHARS).is_some()
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
        let heading = name(heading);
        let is_start = self.outline.sections.is_empty() && self.passages.is_empty();
        let is_title = is_start && level == 1 && heading == self.outline.title;
        if heading.is_empty() || is_title || self.is_full() {
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

    /// Adds a passage to the last section, or several of a long text; the opening is opened if there
    /// is no section.
    pub fn passage(&mut self, kind: PassageKind, draft: MappedText) {
        let pieces = split_passage(kind, &draft.text, self.outline.language.as_deref());
        if self.outline.sections.is_empty() && !pieces.is_empty() {
            self.open(None, 0, String::new(), None);
        }
        let ranges: Vec<_> = pieces.iter().map(|piece| piece.range.clone()).collect();
        for (piece, part) in pieces.into_iter().zip(draft.parts(&ranges)) {
            if self.is_full() {
                return;
            }
            let section = self.outline.sections.len() - 1;
            let MappedText { text, origin } = part;
            let occurrence = self.same_texts.entry(text.clone()).or_default();
            let id = PassageId::of(self.outline.id, &text, *occurrence);
            *occurrence += 1;
            let sentences = piece.sentences;
            self.passages.push(Passage { id, section, kind, text, sentences, origin });
            self.outline.sections[section].passages.end = self.passages.len();
        }
    }

    /// Whether there is already more than an article may have.
    fn is_full(&self) -> bool {
        self.passages.len() > MAX_PASSAGES || self.outline.sections.len() > MAX_SECTIONS
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
