//! Assembly of an article from headings and passages in the file's order. Pure.

use std::collections::HashMap;

use super::acronyms::find_acronyms;
use super::article::{
    Alias, Article, ArticleId, Outline, Passage, PassageId, PassageKind, Section, SectionId,
};
use super::draft::Draft;
use super::front_matter::FrontMatter;
use super::source_map::MappedText;
use super::split::{Piece, split_passage};
use super::title::single_line;

/// Maximum number of passages of an article.
pub const MAX_PASSAGES: usize = 100_000;
/// Maximum number of sections of an article.
pub const MAX_SECTIONS: usize = 10_000;

/// An unfinished article, to which sections and passages are appended.
pub struct ArticleBuilder {
    outline: Outline,
    passages: Vec<Passage>,
    /// Occurrences of each anchor, used to make anchors unique.
    anchor_counts: HashMap<String, usize>,
    /// Occurrences of each path of headings, which go into the section ids.
    heading_counts: HashMap<Vec<String>, usize>,
    /// Occurrences of each passage text, which go into the passage ids.
    text_counts: HashMap<String, usize>,
}

impl ArticleBuilder {
    /// Returns an article without sections, with the metadata of its front matter.
    pub fn new(file: &str, title: String, front: FrontMatter) -> ArticleBuilder {
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
        ArticleBuilder {
            outline,
            passages: Vec::new(),
            anchor_counts: HashMap::new(),
            heading_counts: HashMap::new(),
            text_counts: HashMap::new(),
        }
    }

    /// Starts the section of a heading. A first heading that repeats the article's title is
    /// skipped.
    pub fn start_section(&mut self, level: u8, heading: &str) {
        let heading = single_line(heading);
        let is_start = self.outline.sections.is_empty() && self.passages.is_empty();
        let is_title = is_start && level == 1 && heading == self.outline.title;
        if heading.is_empty() || is_title || self.is_full() {
            return;
        }
        let anchor = self.unique_anchor(&heading);
        let mut parent = self.outline.sections.len().checked_sub(1);
        while let Some(position) = parent {
            let section = &self.outline.sections[position];
            if section.level < level && section.heading.is_some() {
                break;
            }
            parent = section.parent;
        }
        self.push_section(Some(heading), level, anchor, parent);
    }

    /// Appends a text of one block to the last section.
    pub fn add_passage(&mut self, kind: PassageKind, source: MappedText) {
        self.add_draft(Draft::of_block(kind, source));
    }

    /// Appends a text to the last section: as one passage, or as several if the text is long. Text
    /// before the first heading goes into a section without a heading, the opening.
    pub fn add_draft(&mut self, draft: Draft) {
        let language = self.outline.language.as_deref();
        let pieces = split_passage(&draft.source.text, &draft.parts, language);
        if self.outline.sections.is_empty() && !pieces.is_empty() {
            self.push_section(None, 0, String::new(), None);
        }
        let ranges: Vec<_> = pieces.iter().map(|piece| piece.range.clone()).collect();
        for (piece, part) in pieces.into_iter().zip(draft.source.slices(&ranges)) {
            if self.is_full() {
                return;
            }
            let section = self.outline.sections.len() - 1;
            let MappedText { text, origin } = part;
            let occurrence = self.text_counts.entry(text.clone()).or_default();
            let id = PassageId::of(self.outline.id, &text, *occurrence);
            *occurrence += 1;
            let Piece { sentences, announced, .. } = piece;
            let (kind, is_boilerplate) = (draft.kind, draft.is_boilerplate);
            self.passages.push(Passage {
                id,
                section,
                kind,
                announced,
                is_boilerplate,
                text,
                sentences,
                origin,
            });
            self.outline.sections[section].passages.end = self.passages.len();
        }
    }

    /// Returns whether the article already exceeds a limit, so that reading can report it.
    fn is_full(&self) -> bool {
        self.passages.len() > MAX_PASSAGES || self.outline.sections.len() > MAX_SECTIONS
    }

    /// Returns the article. Acronyms that its text introduces are added to its aliases.
    pub fn finish(mut self) -> Article {
        let texts = self.passages.iter().map(|passage| passage.text.as_str());
        let is_declared = |alias: &Alias| {
            self.outline
                .aliases
                .iter()
                .any(|known| known.term == alias.term && known.others.contains(&alias.others[0]))
        };
        let found: Vec<_> =
            find_acronyms(texts).into_iter().filter(|alias| !is_declared(alias)).collect();
        self.outline.aliases.extend(found);
        Article { outline: self.outline, passages: self.passages }
    }

    fn push_section(
        &mut self,
        heading: Option<String>,
        level: u8,
        anchor: String,
        parent: Option<usize>,
    ) {
        let mut path: Vec<String> = parent.map_or_else(Vec::new, |parent| {
            self.outline.headings_of(parent).into_iter().map(str::to_owned).collect()
        });
        path.extend(heading.clone());
        let occurrence = self.heading_counts.entry(path.clone()).or_default();
        let parts: Vec<_> = path.iter().map(String::as_str).collect();
        let id = SectionId::of(self.outline.id, &parts, *occurrence);
        *occurrence += 1;
        let passages = self.passages.len()..self.passages.len();
        self.outline.sections.push(Section { id, heading, level, anchor, parent, passages });
    }

    /// Returns a new anchor for a heading, by GitHub's rules: lower case, no punctuation, `-` for a
    /// space, and a number after each repeated anchor.
    fn unique_anchor(&mut self, heading: &str) -> String {
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let mut anchor = slug.clone();
        while self.anchor_counts.contains_key(&anchor) {
            let count = self.anchor_counts.entry(slug.clone()).or_default();
            *count += 1;
            anchor = format!("{slug}-{count}");
        }
        self.anchor_counts.insert(anchor.clone(), 0);
        anchor
    }
}
