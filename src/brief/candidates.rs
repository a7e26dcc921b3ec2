//! All sentences of a text with what speaks for each, and the quotes that can be made of them. Pure.
//!
//! A quote is one sentence, or two if the second hangs on the first. What a text has beside its
//! prose, such as code, captions and questions, is quoted where there is nothing else.

use std::ops::Range;
use std::sync::Arc;

use super::lexrank::lexrank;
use super::quotation_marks;
use super::self_contained::{self, Dependence};
use super::tf_isf::{SentenceVectors, SparseVector, similarity};
use crate::answer::Excerpt;
use crate::corpus::article::{ArticleId, Outline, Passage, PassageKind};
use crate::index::analyzer::{self, Language};
use crate::index::script;

/// A sentence in its place.
pub struct Sentence<'a> {
    pub article: &'a Arc<Outline>,
    pub passage: &'a Arc<Passage>,
    /// Its position in the passage.
    pub at: usize,
    dependence: Dependence,
    /// Whether it takes back what the sentence before says.
    contradicts_previous: bool,
    /// What its form and length cost it.
    cost: f32,
}

/// The sentences of passages, compared with each other.
pub struct Candidates<'a> {
    /// In reading order.
    pub sentences: Vec<Sentence<'a>>,
    pub vectors: SentenceVectors,
    /// For each line, from 0 to 1.
    pub central: Vec<f32>,
}

/// Lines that make a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateQuote {
    pub lines: Range<usize>,
    pub score: f32,
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

impl<'a> Candidates<'a> {
    /// The draft of passages in reading order, each with its article and its language. `asked` says
    /// how much a sentence is asked for, beside its likeness to the title.
    pub fn of(
        passages: impl Iterator<Item = (&'a Arc<Outline>, &'a Arc<Passage>, &'a Language)>,
        asked: impl Fn(&Sentence<'a>) -> f32,
    ) -> Candidates<'a> {
        let mut sentences = Vec::new();
        let mut languages = Vec::new();
        for (article, passage, language) in passages {
            if sentences.len() > MAX_LINES {
                break;
            }
            let own = sentences_of(article, passage, language);
            languages.extend(own.iter().map(|_| language));
            sentences.extend(own);
        }
        let texts = sentences.iter().map(Sentence::text).zip(languages.iter().copied());
        let vectors = SentenceVectors::of(texts);
        let mut pull = Vec::new();
        for own in sentences.chunk_by(|a, b| a.article.id == b.article.id) {
            let title = vectors.row_of(&own[0].article.title, languages[pull.len()]);
            for line in own {
                let likeness = similarity(&title, &vectors.rows[pull.len()]);
                pull.push(asked(line) * (1.0 + likeness));
            }
        }
        let central = lexrank(&vectors, &pull);
        Candidates { sentences, vectors, central }
    }

    /// The lines of each section.
    pub fn sections(&self) -> Vec<Range<usize>> {
        let mut sections: Vec<Range<usize>> = Vec::new();
        let chunks = self.sentences.chunk_by(|a, b| a.place() == b.place());
        for chunk in chunks {
            let start = sections.last().map_or(0, |before| before.end);
            sections.push(start..start + chunk.len());
        }
        sections
    }

    /// The section of these lines: its article and its position there.
    pub fn place(&self, lines: &Range<usize>) -> (ArticleId, usize) {
        self.sentences[lines.start].place()
    }

    /// The quotes that can be made of these lines, which belong to one section, with what each is
    /// worth there.
    pub fn quotes(&self, lines: Range<usize>, language: &Language) -> Vec<CandidateQuote> {
        let heading = lines.clone().next().map(|first| &self.sentences[first]).map(|line| {
            let headings = line.article.headings_of(line.passage.section).join(" ");
            self.vectors.row_of(&headings, language)
        });
        let heading = heading.unwrap_or_default();
        let is_opening =
            lines.clone().next().is_some_and(|first| self.sentences[first].is_in_opening());
        let (mut found, mut paragraph) = (Vec::new(), 0.0);
        for at in lines.clone() {
            let line = &self.sentences[at];
            paragraph += if line.at == 0 { 1.0 } else { 0.0 };
            let lead = if is_opening { LEAD / f32::max(paragraph, 1.0) } else { 0.0 };
            let joined = match line.dependence {
                Dependence::None | Dependence::Weak => at..at + 1,
                Dependence::Strong if line.at > 0 && at > lines.start && self.joins(at) => {
                    at - 1..at + 1
                }
                Dependence::Strong | Dependence::Fragment => continue,
            };
            if line.text().encode_utf16().count() <= MAX_UNITS {
                let worth = lead + self.score(joined.clone(), &heading);
                found.push(CandidateQuote { lines: joined, score: worth });
            }
        }
        found
    }

    /// Whether a line can come along with the one before it.
    fn joins(&self, at: usize) -> bool {
        let [before, line] = [&self.sentences[at - 1], &self.sentences[at]];
        let is_whole = matches!(before.dependence, Dependence::None | Dependence::Weak);
        let both = before.range().start..line.range().end;
        is_whole
            && before.passage.id == line.passage.id
            && line.passage.text[both].chars().count() <= MAX_JOINED_CHARS
    }

    fn score(&self, lines: Range<usize>, heading: &SparseVector) -> f32 {
        let of_line = |at: usize| {
            let line = &self.sentences[at];
            self.central[at] + HEADING * similarity(heading, &self.vectors.rows[at]) - line.cost
        };
        let mean: f32 = lines.clone().map(of_line).sum::<f32>() / lines.len() as f32;
        // The first sentence of a paragraph says what it is about.
        let early = 1.0 / (1.0 + self.sentences[lines.start].at as f32);
        let joined = match lines.len() {
            1 => 0.0,
            _ if self.sentences[lines.end - 1].contradicts_previous => JOINED_AT_A_TURN,
            _ => JOINED,
        };
        let own = self.place(&lines);
        let next = self.sentences.get(lines.end).filter(|next| next.place() == own);
        let turned = if next.is_some_and(|next| next.contradicts_previous) { TURNED } else { 0.0 };
        mean + early - joined - turned
    }

    /// These lines of one passage as a quote.
    pub fn excerpt(&self, lines: &Range<usize>) -> Option<Excerpt> {
        let (first, last) = (&self.sentences[lines.start], &self.sentences[lines.end - 1]);
        let range = first.range().start..last.range().end;
        Excerpt::new(Arc::clone(first.article), Arc::clone(first.passage), range, &[])
    }

    /// Where nothing stands alone: the first of these lines that begins a passage and is not too
    /// long, to the end of the quotation that it opens.
    pub fn first_of(&self, lines: Range<usize>) -> Option<Range<usize>> {
        let whole = |at: usize| {
            let mut open = 0;
            let is_last = |end: &usize| {
                open = quotation_marks::open_quotations(self.sentences[*end].text(), open);
                open == 0
            };
            let mut own =
                (at..lines.end).take_while(|end| *end == at || self.sentences[*end].at > 0);
            let end = own.find(is_last);
            at..end.unwrap_or(at) + 1
        };
        let fits = |lines: &Range<usize>| {
            let (first, last) = (&self.sentences[lines.start], &self.sentences[lines.end - 1]);
            let text = &first.passage.text[first.range().start..last.range().end];
            text.encode_utf16().count() <= MAX_UNITS
        };
        let firsts = lines.clone().filter(|at| self.sentences[*at].at == 0);
        firsts.map(whole).find(fits)
    }
}

impl Sentence<'_> {
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

fn sentences_of<'a>(
    article: &'a Arc<Outline>,
    passage: &'a Arc<Passage>,
    language: &Language,
) -> Vec<Sentence<'a>> {
    let mut lines: Vec<Sentence<'a>> = Vec::new();
    let mut open = 0;
    for at in 0..passage.sentences.len() {
        let mut line = Sentence {
            article,
            passage,
            at,
            dependence: Dependence::None,
            contradicts_previous: false,
            cost: 0.0,
        };
        line.contradicts_previous = self_contained::contradicts_previous(line.text(), language);
        line.dependence = match open {
            0 => self_contained::dependence(line.text(), language),
            _ => Dependence::Fragment,
        };
        open = quotation_marks::open_quotations(line.text(), open);
        // A short answer is none without its question.
        if lines.last().is_some_and(Sentence::is_question) {
            let is_short = line.text().chars().count() < SHORT_CHARS;
            let least = if is_short { Dependence::Strong } else { Dependence::Weak };
            line.dependence = line.dependence.max(least);
        }
        line.cost = cost(&line, language);
        lines.push(line);
    }
    lines
}

fn cost(line: &Sentence<'_>, language: &Language) -> f32 {
    let text = line.text();
    let chars = text.chars().count();
    let is_dense = analyzer::words(text)
        .first()
        .is_some_and(|word| script::ngram_size(&word.folded).is_some());
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
    let leaning = if line.dependence == Dependence::Weak { LEANING } else { 0.0 };
    let question = if line.is_question() { 1.0 } else { 0.0 };
    let ends_openly = text.ends_with([':', '：']);
    let unfinished = if ends_openly || is_caption(text) { 1.0 } else { 0.0 };
    let strays = self_contained::pronoun_count(text, language).min(MAX_STAND_INS) as f32 * STAND_IN;
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
