//! All sentences of a text with what speaks for each, and the quotes that can be made of them. Pure.
//!
//! A quote is one sentence, or two if the second hangs on the first. What a text has beside its
//! prose, such as code, captions and questions, is quoted where there is nothing else.

use std::ops::Range;
use std::sync::Arc;

use super::centrality::centrality;
use super::hanging::{self, Standing};
use super::marks;
use super::vectors::{Row, Vectors, similarity};
use crate::answer::Excerpt;
use crate::corpus::article::{ArticleId, Outline, Passage, PassageKind};
use crate::index::analyzer::{self, Language};
use crate::index::script;

/// A sentence in its place.
pub struct Line<'a> {
    pub article: &'a Arc<Outline>,
    pub passage: &'a Arc<Passage>,
    /// Its position in the passage.
    pub at: usize,
    standing: Standing,
    /// Whether it takes back what the sentence before says.
    turns: bool,
    /// What its form and length cost it.
    cost: f32,
}

/// The sentences of passages, compared with each other.
pub struct Draft<'a> {
    /// In reading order.
    pub lines: Vec<Line<'a>>,
    pub vectors: Vectors,
    /// For each line, from 0 to 1.
    pub central: Vec<f32>,
}

/// Lines that make a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Quotable {
    pub lines: Range<usize>,
    pub worth: f32,
}

/// So much of a text is looked at, from its beginning: more than of any that is read in one go.
const MAX_LINES: usize = 5_000;
/// What a reader takes in at a glance; a longer sentence costs.
const LONG_CHARS: usize = 350;
const MAX_JOINED_CHARS: usize = 400;
const VERY_LONG_CHARS: usize = 600;
/// A longer sentence is not quoted: a few must fit into a message.
const MAX_UNITS: usize = 1200;
const SHORT_CHARS: usize = 45;
/// In a script without spaces.
const SHORT_LETTERS: usize = 12;
/// The label of a caption, at most: `Image:`.
const MAX_LABEL_CHARS: usize = 20;
/// What the words of the heading and the title count beside being central and coming early.
const HEADING: f32 = 0.3;
/// What the first paragraph of an opening counts, the second half of it: there an article says what it is
/// about.
const LEAD: f32 = 0.5;
const LEANING: f32 = 0.4;
/// What each pronoun costs: even after a word that it could mean, it may mean another.
const STAND_IN: f32 = 0.12;
const MAX_STAND_INS: usize = 3;
/// To quote half of "this is so. However, …" misleads.
const TURNED: f32 = 0.7;
/// A quote of two sentences asks more of its reader than one.
const JOINED: f32 = 0.35;
const JOINED_AT_A_TURN: f32 = 0.1;

impl<'a> Draft<'a> {
    /// The draft of passages in reading order, each with its article and its language. `asked` says
    /// how much a sentence is asked for, beside its likeness to the title.
    pub fn of(
        passages: impl Iterator<Item = (&'a Arc<Outline>, &'a Arc<Passage>, &'a Language)>,
        asked: impl Fn(&Line<'a>) -> f32,
    ) -> Draft<'a> {
        let mut lines = Vec::new();
        let mut languages = Vec::new();
        for (article, passage, language) in passages {
            if lines.len() > MAX_LINES {
                break;
            }
            let own = lines_of(article, passage, language);
            languages.extend(own.iter().map(|_| language));
            lines.extend(own);
        }
        let texts = lines.iter().map(Line::text).zip(languages.iter().copied());
        let vectors = Vectors::of(texts);
        let mut pull = Vec::new();
        for own in lines.chunk_by(|a, b| a.article.id == b.article.id) {
            let title = vectors.row_of(&own[0].article.title, languages[pull.len()]);
            for line in own {
                let likeness = similarity(&title, &vectors.rows[pull.len()]);
                pull.push(asked(line) * (1.0 + likeness));
            }
        }
        let central = centrality(&vectors, &pull);
        Draft { lines, vectors, central }
    }

    /// The lines of each section.
    pub fn sections(&self) -> Vec<Range<usize>> {
        let mut sections: Vec<Range<usize>> = Vec::new();
        let chunks = self.lines.chunk_by(|a, b| a.place() == b.place());
        for chunk in chunks {
            let start = sections.last().map_or(0, |before| before.end);
            sections.push(start..start + chunk.len());
        }
        sections
    }

    /// The section of these lines: its article and its position there.
    pub fn place(&self, lines: &Range<usize>) -> (ArticleId, usize) {
        self.lines[lines.start].place()
    }

    /// The quotes that can be made of these lines, which belong to one section, with what each is
    /// worth there.
    pub fn quotables(&self, lines: Range<usize>, language: &Language) -> Vec<Quotable> {
        let heading = lines.clone().next().map(|first| &self.lines[first]).map(|line| {
            let headings = line.article.headings_of(line.passage.section).join(" ");
            self.vectors.row_of(&headings, language)
        });
        let heading = heading.unwrap_or_default();
        let is_opening =
            lines.clone().next().is_some_and(|first| self.lines[first].is_in_opening());
        let (mut found, mut paragraph) = (Vec::new(), 0.0);
        for at in lines.clone() {
            let line = &self.lines[at];
            paragraph += if line.at == 0 { 1.0 } else { 0.0 };
            let lead = if is_opening { LEAD / f32::max(paragraph, 1.0) } else { 0.0 };
            let joined = match line.standing {
                Standing::Alone | Standing::Leaning => at..at + 1,
                Standing::Hanging if line.at > 0 && at > lines.start && self.joins(at) => {
                    at - 1..at + 1
                }
                Standing::Hanging | Standing::Broken => continue,
            };
            if line.text().encode_utf16().count() <= MAX_UNITS {
                let worth = lead + self.worth(joined.clone(), &heading);
                found.push(Quotable { lines: joined, worth });
            }
        }
        found
    }

    /// Whether a line can come along with the one before it.
    fn joins(&self, at: usize) -> bool {
        let [before, line] = [&self.lines[at - 1], &self.lines[at]];
        let is_whole = matches!(before.standing, Standing::Alone | Standing::Leaning);
        let both = before.range().start..line.range().end;
        is_whole
            && before.passage.id == line.passage.id
            && line.passage.text[both].chars().count() <= MAX_JOINED_CHARS
    }

    fn worth(&self, lines: Range<usize>, heading: &Row) -> f32 {
        let of_line = |at: usize| {
            let line = &self.lines[at];
            self.central[at] + HEADING * similarity(heading, &self.vectors.rows[at]) - line.cost
        };
        let mean: f32 = lines.clone().map(of_line).sum::<f32>() / lines.len() as f32;
        // The first sentence of a paragraph says what it is about.
        let early = 1.0 / (1.0 + self.lines[lines.start].at as f32);
        let joined = match lines.len() {
            1 => 0.0,
            _ if self.lines[lines.end - 1].turns => JOINED_AT_A_TURN,
            _ => JOINED,
        };
        let own = self.place(&lines);
        let next = self.lines.get(lines.end).filter(|next| next.place() == own);
        let turned = if next.is_some_and(|next| next.turns) { TURNED } else { 0.0 };
        mean + early - joined - turned
    }

    /// These lines of one passage as a quote.
    pub fn excerpt(&self, lines: &Range<usize>) -> Option<Excerpt> {
        let (first, last) = (&self.lines[lines.start], &self.lines[lines.end - 1]);
        let range = first.range().start..last.range().end;
        Excerpt::new(Arc::clone(first.article), Arc::clone(first.passage), range, &[])
    }

    /// Where nothing stands alone: the first of these lines that begins a passage and is not too
    /// long, to the end of the quotation that it opens.
    pub fn first_of(&self, lines: Range<usize>) -> Option<Range<usize>> {
        let whole = |at: usize| {
            let mut open = 0;
            let is_last = |end: &usize| {
                open = marks::open_quotations(self.lines[*end].text(), open);
                open == 0
            };
            let mut own = (at..lines.end).take_while(|end| *end == at || self.lines[*end].at > 0);
            let end = own.find(is_last);
            at..end.unwrap_or(at) + 1
        };
        let fits = |lines: &Range<usize>| {
            let (first, last) = (&self.lines[lines.start], &self.lines[lines.end - 1]);
            let text = &first.passage.text[first.range().start..last.range().end];
            text.encode_utf16().count() <= MAX_UNITS
        };
        let firsts = lines.clone().filter(|at| self.lines[*at].at == 0);
        firsts.map(whole).find(fits)
    }
}

impl Line<'_> {
    /// The sentence.
    pub fn text(&self) -> &str {
        &self.passage.text[self.range()]
    }

    /// Where it stands in its passage.
    pub fn range(&self) -> Range<usize> {
        self.passage.sentences[self.at].clone()
    }

    fn place(&self) -> (ArticleId, usize) {
        (self.article.id, self.passage.section)
    }

    /// How much it is asked for where an article is: code and tables are not.
    pub fn asked(&self) -> f32 {
        match self.passage.kind {
            PassageKind::Paragraph | PassageKind::ListItem | PassageKind::BlockQuotation => 1.0,
            PassageKind::Code | PassageKind::TableRow | PassageKind::Footnote => 0.0,
        }
    }

    fn is_in_opening(&self) -> bool {
        let section = self.article.sections.get(self.passage.section);
        section.is_some_and(|section| section.heading.is_none())
    }

    fn is_question(&self) -> bool {
        let text = self.text().trim_end_matches(['”', '"', '»', '’', ')']);
        text.ends_with(['?', '？', '؟'])
    }
}

fn lines_of<'a>(
    article: &'a Arc<Outline>,
    passage: &'a Arc<Passage>,
    language: &Language,
) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    let mut open = 0;
    for at in 0..passage.sentences.len() {
        let mut line =
            Line { article, passage, at, standing: Standing::Alone, turns: false, cost: 0.0 };
        line.turns = hanging::turns(line.text(), language);
        line.standing = match open {
            0 => hanging::standing(line.text(), language),
            _ => Standing::Broken,
        };
        open = marks::open_quotations(line.text(), open);
        // A short answer is none without its question.
        if lines.last().is_some_and(Line::is_question) {
            let is_short = line.text().chars().count() < SHORT_CHARS;
            let least = if is_short { Standing::Hanging } else { Standing::Leaning };
            line.standing = line.standing.max(least);
        }
        line.cost = cost(&line, language);
        lines.push(line);
    }
    lines
}

fn cost(line: &Line<'_>, language: &Language) -> f32 {
    let text = line.text();
    let chars = text.chars().count();
    let is_dense =
        analyzer::words(text).first().is_some_and(|word| script::gram_of(&word.folded).is_some());
    let short = if is_dense { SHORT_LETTERS } else { SHORT_CHARS };
    let by_length = match chars {
        chars if chars < short => 0.8,
        chars if chars > VERY_LONG_CHARS => 1.5,
        chars if chars > LONG_CHARS => 0.8,
        _ => 0.0,
    };
    let by_kind = match line.passage.kind {
        PassageKind::Paragraph => 0.0,
        PassageKind::ListItem => 0.3,
        PassageKind::BlockQuotation => 0.5,
        PassageKind::Code | PassageKind::TableRow | PassageKind::Footnote => 2.0,
    };
    let leaning = if line.standing == Standing::Leaning { LEANING } else { 0.0 };
    let question = if line.is_question() { 1.0 } else { 0.0 };
    let ends_openly = text.ends_with([':', '：']);
    let unfinished = if ends_openly || is_caption(text) { 1.0 } else { 0.0 };
    let strays = hanging::stand_ins(text, language).min(MAX_STAND_INS) as f32 * STAND_IN;
    strays + by_length + by_kind + leaning + question + unfinished
}

/// `Image: …`, or what leads elsewhere.
fn is_caption(text: &str) -> bool {
    let label = text.split_once([':', '：']).map(|(label, _)| label);
    let is_label = |label: &str| {
        label.chars().count() <= MAX_LABEL_CHARS && label.split_whitespace().count() <= 2
    };
    label.is_some_and(is_label) || text.contains("://") || text.contains(" @")
}
