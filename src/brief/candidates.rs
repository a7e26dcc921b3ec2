//! The candidate quotes of a briefing, with their scores. Pure.
//!
//! A quote is one sentence, or two consecutive sentences if the second depends on the first. Code,
//! captions and questions have a cost, so that they are quoted only for lack of prose.

use std::ops::Range;
use std::sync::Arc;

use super::dependence::{contradicts_previous, dependence, pronoun_count};
use super::dependence_level::Dependence;
use super::lexrank::lexrank;
use super::quotation_marks::open_quotations;
use super::tf_isf::{SentenceVectors, SparseVector, similarity};
use crate::answer::Excerpt;
use crate::corpus::article::{ArticleId, Outline, Passage, PassageKind};
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::script;

/// A sentence of a passage.
pub struct Sentence<'a> {
    pub article: &'a Arc<Outline>,
    pub passage: &'a Arc<Passage>,
    /// Position of the sentence in the passage.
    pub position: usize,
    dependence: Dependence,
    contradicts_previous: bool,
    /// Cost of the form and the length of the sentence.
    cost: f32,
}

/// The sentences of some passages, with their vectors and centralities.
pub struct Candidates<'a> {
    /// All sentences, in reading order.
    pub sentences: Vec<Sentence<'a>>,
    pub vectors: SentenceVectors,
    /// LexRank of each sentence, from 0 to 1.
    pub centrality: Vec<f32>,
}

/// A quote of consecutive sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateQuote {
    /// A range of [`Candidates::sentences`].
    pub sentences: Range<usize>,
    pub score: f32,
}

/// Number of sentences after which no further passage is read: more than any article has.
const MAX_SENTENCES: usize = 5_000;
/// Length above which a sentence has a cost, in chars.
const LONG_CHARS: usize = 350;
/// Maximum length of a quote of two sentences, in chars.
const MAX_JOINED_CHARS: usize = 400;
/// Length above which a sentence has a high cost, in chars.
const VERY_LONG_CHARS: usize = 600;
/// Maximum length of a quoted sentence, in UTF-16 code units. A few must fit into a message.
const MAX_UTF16_UNITS: usize = 1200;
/// Length below which a sentence has a cost, in chars.
const SHORT_CHARS: usize = 45;
/// Length below which a sentence in a script without spaces has a cost, in chars.
const SHORT_CHARS_WITHOUT_SPACES: usize = 12;
/// Maximum length of the label of a caption such as `Image: ...`, in chars.
const MAX_LABEL_CHARS: usize = 20;
/// Factor of the similarity to the headings in the score of a quote.
const HEADING_WEIGHT: f32 = 0.3;
/// Score of the first paragraph of an article without a heading, where an article says what it is
/// about. Paragraph n gets this divided by n.
const LEAD_WEIGHT: f32 = 0.5;
/// Cost of a weak dependence on the sentence before.
const WEAK_DEPENDENCE_COST: f32 = 0.4;
/// Cost of each pronoun. Even with a possible antecedent in its sentence, a pronoun may refer to
/// another sentence.
const PRONOUN_COST: f32 = 0.12;
/// Maximum number of pronouns that have a cost.
const MAX_PRONOUNS: usize = 3;
/// Cost of a quote that the following sentence contradicts ("However, ..."), since it misleads.
const CONTRADICTED_COST: f32 = 0.7;
/// Cost of a second sentence in a quote.
const JOINED_COST: f32 = 0.35;
/// Cost of a second sentence that contradicts the first.
const JOINED_CONTRADICTION_COST: f32 = 0.1;

impl<'a> Candidates<'a> {
    /// Splits passages, in reading order, into sentences and ranks the sentences by LexRank. Each
    /// passage comes with its article and its language. `relevance` is the bias of LexRank, which
    /// is raised by the similarity of a sentence to the title.
    pub fn new(
        passages: impl Iterator<Item = (&'a Arc<Outline>, &'a Arc<Passage>, &'a Language)>,
        relevance: impl Fn(&Sentence<'a>) -> f32,
    ) -> Candidates<'a> {
        let mut sentences = Vec::new();
        let mut languages = Vec::new();
        for (article, passage, language) in passages {
            if sentences.len() > MAX_SENTENCES {
                break;
            }
            let own = sentences_of(article, passage, language);
            languages.extend(own.iter().map(|_| language));
            sentences.extend(own);
        }
        let texts = sentences.iter().map(Sentence::text).zip(languages.iter().copied());
        let vectors = SentenceVectors::new(texts);
        let mut bias = Vec::new();
        for own in sentences.chunk_by(|a, b| a.article.id == b.article.id) {
            let title = vectors.vector_of(&own[0].article.title, languages[bias.len()]);
            for sentence in own {
                let title_similarity = similarity(&title, &vectors.rows[bias.len()]);
                bias.push(relevance(sentence) * (1.0 + title_similarity));
            }
        }
        let centrality = lexrank(&vectors, &bias);
        Candidates { sentences, vectors, centrality }
    }

    /// Returns the sentences of each section.
    pub fn sections(&self) -> Vec<Range<usize>> {
        let mut sections: Vec<Range<usize>> = Vec::new();
        for chunk in self.sentences.chunk_by(|a, b| a.section() == b.section()) {
            let start = sections.last().map_or(0, |previous| previous.end);
            sections.push(start..start + chunk.len());
        }
        sections
    }

    /// Returns the section of some sentences: the article and the position of the section there.
    pub fn section_of(&self, sentences: &Range<usize>) -> (ArticleId, usize) {
        self.sentences[sentences.start].section()
    }

    /// Returns the candidate quotes of the sentences of one section.
    pub fn quotes(&self, section: Range<usize>, language: &Language) -> Vec<CandidateQuote> {
        let Some(first) = self.sentences[section.clone()].first() else { return Vec::new() };
        let headings = first.article.headings_of(first.passage.section).join(" ");
        let headings = self.vectors.vector_of(&headings, language);
        let is_lead = first.is_in_lead();
        let (mut quotes, mut paragraph) = (Vec::new(), 0.0);
        for index in section.clone() {
            let sentence = &self.sentences[index];
            paragraph += if sentence.position == 0 { 1.0 } else { 0.0 };
            let lead = if is_lead { LEAD_WEIGHT / f32::max(paragraph, 1.0) } else { 0.0 };
            let sentences = match sentence.dependence {
                Dependence::None | Dependence::Weak => index..index + 1,
                Dependence::Strong
                    if sentence.position > 0
                        && index > section.start
                        && self.can_join_previous(index) =>
                {
                    index - 1..index + 1
                }
                Dependence::Strong | Dependence::Fragment => continue,
            };
            if sentence.text().encode_utf16().count() <= MAX_UTF16_UNITS {
                let score = lead + self.score(sentences.clone(), &headings);
                quotes.push(CandidateQuote { sentences, score });
            }
        }
        quotes
    }

    /// Returns whether a sentence and the sentence before it make a quote.
    fn can_join_previous(&self, index: usize) -> bool {
        let [previous, sentence] = [&self.sentences[index - 1], &self.sentences[index]];
        let is_independent = matches!(previous.dependence, Dependence::None | Dependence::Weak);
        let both = previous.range().start..sentence.range().end;
        is_independent
            && previous.passage.id == sentence.passage.id
            && sentence.passage.text[both].chars().count() <= MAX_JOINED_CHARS
    }

    /// Returns the score of a quote without that of the lead.
    fn score(&self, sentences: Range<usize>, headings: &SparseVector) -> f32 {
        let score_of = |index: usize| {
            let heading = HEADING_WEIGHT * similarity(headings, &self.vectors.rows[index]);
            self.centrality[index] + heading - self.sentences[index].cost
        };
        let mean: f32 = sentences.clone().map(score_of).sum::<f32>() / sentences.len() as f32;
        // The first sentence of a paragraph usually states its topic.
        let early = 1.0 / (1.0 + self.sentences[sentences.start].position as f32);
        let joined = match sentences.len() {
            1 => 0.0,
            _ if self.sentences[sentences.end - 1].contradicts_previous => {
                JOINED_CONTRADICTION_COST
            }
            _ => JOINED_COST,
        };
        let section = self.section_of(&sentences);
        let next = self.sentences.get(sentences.end).filter(|next| next.section() == section);
        let is_contradicted = next.is_some_and(|next| next.contradicts_previous);
        let contradicted = if is_contradicted { CONTRADICTED_COST } else { 0.0 };
        mean + early - joined - contradicted
    }

    /// Returns the excerpt of consecutive sentences of one passage.
    pub fn excerpt(&self, sentences: &Range<usize>) -> Option<Excerpt> {
        let (first, last) = self.ends(sentences);
        let range = first.range().start..last.range().end;
        Excerpt::new(Arc::clone(first.article), Arc::clone(first.passage), range, &[])
    }

    /// Returns the quote of a section that has no candidate: the first sentence of a passage, to
    /// the end of the quotation that it opens, if the quote is not too long.
    pub fn fallback(&self, section: Range<usize>) -> Option<Range<usize>> {
        let whole_quotation = |start: usize| {
            let mut open = 0;
            let closes_all = |end: &usize| {
                open = open_quotations(self.sentences[*end].text(), open);
                open == 0
            };
            let mut own = (start..section.end)
                .take_while(|end| *end == start || self.sentences[*end].position > 0);
            let end = own.find(closes_all);
            start..end.unwrap_or(start) + 1
        };
        let fits = |sentences: &Range<usize>| {
            let (first, last) = self.ends(sentences);
            let text = &first.passage.text[first.range().start..last.range().end];
            text.encode_utf16().count() <= MAX_UTF16_UNITS
        };
        let starts = section.clone().filter(|index| self.sentences[*index].position == 0);
        starts.map(whole_quotation).find(fits)
    }

    /// Returns the first and the last of some sentences.
    fn ends(&self, sentences: &Range<usize>) -> (&Sentence<'a>, &Sentence<'a>) {
        (&self.sentences[sentences.start], &self.sentences[sentences.end - 1])
    }
}

impl Sentence<'_> {
    /// Returns the text of the sentence.
    pub fn text(&self) -> &str {
        &self.passage.text[self.range()]
    }

    /// Returns the range of the sentence in its passage, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.passage.sentences[self.position].clone()
    }

    fn section(&self) -> (ArticleId, usize) {
        (self.article.id, self.passage.section)
    }

    /// Returns the relevance of the sentence in the briefing of an article: 1 for prose, and 0 for
    /// code, tables and footnotes.
    pub fn relevance_by_kind(&self) -> f32 {
        match self.passage.kind_of(self.position) {
            PassageKind::Paragraph | PassageKind::ListItem | PassageKind::BlockQuotation => 1.0,
            PassageKind::Code | PassageKind::TableRow | PassageKind::Footnote => 0.0,
        }
    }

    /// Returns whether the sentence comes before the first heading of its article.
    fn is_in_lead(&self) -> bool {
        let section = self.article.sections.get(self.passage.section);
        section.is_some_and(|section| section.heading.is_none())
    }

    fn is_question(&self) -> bool {
        let text = self.text().trim_end_matches(['”', '"', '»', '’', ')']);
        text.ends_with(['?', '？', '؟'])
    }
}

/// Splits a passage into its sentences.
fn sentences_of<'a>(
    article: &'a Arc<Outline>,
    passage: &'a Arc<Passage>,
    language: &Language,
) -> Vec<Sentence<'a>> {
    let mut sentences: Vec<Sentence<'a>> = Vec::new();
    let mut open = 0;
    for position in 0..passage.sentences.len() {
        let mut sentence = Sentence {
            article,
            passage,
            position,
            dependence: Dependence::None,
            contradicts_previous: false,
            cost: 0.0,
        };
        sentence.contradicts_previous = contradicts_previous(sentence.text(), language);
        sentence.dependence = match open {
            0 => dependence(sentence.text(), language),
            _ => Dependence::Fragment,
        };
        open = open_quotations(sentence.text(), open);
        // A short answer cannot be understood without its question.
        if sentences.last().is_some_and(Sentence::is_question) {
            let is_short = sentence.text().chars().count() < SHORT_CHARS;
            let minimum = if is_short { Dependence::Strong } else { Dependence::Weak };
            sentence.dependence = sentence.dependence.max(minimum);
        }
        sentence.cost = cost(&sentence, language);
        sentences.push(sentence);
    }
    sentences
}

/// Returns the cost of the form and the length of a sentence.
fn cost(sentence: &Sentence<'_>, language: &Language) -> f32 {
    let text = sentence.text();
    let has_no_spaces = analyzer::words(text)
        .first()
        .is_some_and(|word| script::ngram_size(&word.folded).is_some());
    let short_chars = if has_no_spaces { SHORT_CHARS_WITHOUT_SPACES } else { SHORT_CHARS };
    let by_length = match text.chars().count() {
        chars if chars < short_chars => 0.8,
        chars if chars > VERY_LONG_CHARS => 1.5,
        chars if chars > LONG_CHARS => 0.8,
        _ => 0.0,
    };
    let by_kind = match sentence.passage.kind_of(sentence.position) {
        PassageKind::Paragraph => 0.0,
        PassageKind::ListItem => 0.3,
        PassageKind::BlockQuotation => 0.5,
        PassageKind::Code | PassageKind::TableRow | PassageKind::Footnote => 2.0,
    };
    let is_weak = sentence.dependence == Dependence::Weak;
    let weak_dependence = if is_weak { WEAK_DEPENDENCE_COST } else { 0.0 };
    let question = if sentence.is_question() { 1.0 } else { 0.0 };
    let is_unfinished = text.ends_with([':', '：']) || is_caption(text);
    let unfinished = if is_unfinished { 1.0 } else { 0.0 };
    let pronouns = pronoun_count(text, language).min(MAX_PRONOUNS) as f32 * PRONOUN_COST;
    pronouns + by_length + by_kind + weak_dependence + question + unfinished
}

/// Returns whether a text is a caption such as `Image: ...`, or has a link or a handle.
fn is_caption(text: &str) -> bool {
    let label = text.split_once([':', '：']).map(|(label, _)| label);
    let is_label = |label: &str| {
        label.chars().count() <= MAX_LABEL_CHARS && label.split_whitespace().count() <= 2
    };
    label.is_some_and(is_label) || text.contains("://") || text.contains(" @")
}
