//! Assembly of an article from headings and passages in the file's order. Pure.

use std::collections::HashMap;

use super::acronyms::find_acronyms;
use super::article::{
    Alias, Article, ArticleId, Outline, PageStart, Passage, PassageId, PassageKind, Section,
    SectionId,
};
use super::byline;
use super::draft::Draft;
use super::front_matter::FrontMatter;
use super::source_map::MappedText;
use super::split::{Piece, split_passage};
use super::title::{self, is_same_title, single_line};

/// Maximum number of passages of an article.
pub const MAX_PASSAGES: usize = 100_000;
/// Maximum number of sections of an article.
pub const MAX_SECTIONS: usize = 10_000;

/// An unfinished article, to which sections and passages are appended.
///
/// The title is that of the front matter, else the first heading, else the name of the file.
pub struct ArticleBuilder {
    outline: Outline,
    passages: Vec<Passage>,
    /// Whether the title is known: from the front matter, or from a heading.
    has_title: bool,
    /// Whether a heading was the title, which starts no section.
    has_title_heading: bool,
    /// Title of an article without a heading.
    fallback_title: String,
    /// Whether the fallback is better than a heading that may be one of many.
    is_fallback_good: bool,
    /// Other names of the article.
    other_names: Vec<String>,
    /// Occurrences of each anchor, used to make anchors unique.
    anchor_counts: HashMap<String, usize>,
    /// Occurrences of each path of headings, which go into the section ids.
    heading_counts: HashMap<Vec<String>, usize>,
    /// Occurrences of each passage text, which go into the passage ids.
    text_counts: HashMap<String, usize>,
}

impl ArticleBuilder {
    /// Returns an article without sections, with the metadata of its front matter.
    pub fn new(file: &str, front: FrontMatter) -> ArticleBuilder {
        let name = file.rsplit('/').next().unwrap_or(file);
        // A name with spaces was typed as a title.
        let is_fallback_good = front.short_title.is_some() || name.contains(' ');
        let outline = Outline {
            id: ArticleId::of_file(file),
            file: file.to_owned(),
            title: front.title.clone().unwrap_or_default(),
            authors: front.authors,
            published: front.published,
            updated: front.updated,
            description: front.description,
            tags: front.tags,
            source_url: front.source_url,
            language: front.language,
            aliases: front.aliases,
            sections: Vec::new(),
            pages: Vec::new(),
        };
        ArticleBuilder {
            outline,
            passages: Vec::new(),
            has_title: front.title.is_some(),
            has_title_heading: false,
            fallback_title: front.short_title.unwrap_or_else(|| title::from_file_name(file)),
            is_fallback_good,
            other_names: front.other_names,
            anchor_counts: HashMap::new(),
            heading_counts: HashMap::new(),
            text_counts: HashMap::new(),
        }
    }

    /// Sets where the pages of the printed original begin, in the file's order.
    pub fn set_pages(&mut self, pages: Vec<PageStart>) {
        self.outline.pages = pages;
    }

    /// Starts the section of a heading. A first heading that is the article's title starts none.
    pub fn start_section(&mut self, level: u8, heading: &str) {
        let heading = single_line(heading);
        if heading.is_empty() || self.is_full() {
            return;
        }
        if self.is_title(level, &heading) {
            self.has_title_heading = true;
            if !self.has_title {
                self.has_title = true;
                self.outline.title = title::without_heading_id(&heading).to_owned();
            }
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

    /// Returns whether a heading is the title of the article.
    fn is_title(&self, level: u8, heading: &str) -> bool {
        let is_first = self.outline.sections.iter().all(|section| section.heading.is_none());
        let is_at_start = self.outline.sections.is_empty() && self.passages.is_empty();
        if !is_first || self.has_title_heading {
            return false;
        }
        match (self.has_title, is_at_start) {
            (true, _) => (level == 1 || is_at_start) && is_same_title(heading, &self.outline.title),
            (false, true) => level == 1 || !self.is_fallback_good,
            // Text such as a badge may precede the title.
            (false, false) => level == 1 && !self.is_fallback_good,
        }
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
        if !self.has_title {
            self.outline.title = self.fallback_title;
        }
        if self.outline.authors.is_empty()
            && let Some(first) = self.passages.first()
            && let Some(byline) = byline::parse(&first.text)
        {
            self.outline.authors = byline.authors;
            self.outline.published = self.outline.published.or(byline.published);
        }
        let title = &self.outline.title;
        self.other_names.retain(|name| name != title);
        if !self.other_names.is_empty() {
            let alias = Alias { term: title.clone(), others: self.other_names };
            self.outline.aliases.push(alias);
        }
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
