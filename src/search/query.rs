//! Query analysis: question → [`Query`]. Pure.
//!
//! Every text gives a query. A question without content words gives a query without terms, which
//! is not an error. The question is data: no character of it is query syntax.

use std::collections::HashSet;

use super::aliases::Aliases;
use super::answer_type::AnswerType;
use super::dates;
use super::definition_question::asked_name;
use super::follow_up::{self, FollowUp};
use super::question_language::QuestionLanguages;
use super::question_patterns;
pub use super::quoted_phrases::MAX_PHRASES;
use super::quoted_phrases::{MAX_PHRASE_WORDS, quoted_phrases};
use super::stopwords;
use super::term::{self, Admitted, content_terms};
pub use super::term::{Form, MAX_TERMS, Term};
use crate::corpus::article::PassageId;
use crate::index::analyzer::{self, Word, WordStemmer};
use crate::index::language::Language;

/// A question, analysed in the languages of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub terms: Vec<Term>,
    /// Quoted phrases as folded words. Only passages that have all of them may answer.
    pub phrases: Vec<Vec<String>>,
    /// Whether the question has no content word, so that it is searched word for word.
    pub is_verbatim: bool,
    pub answer_type: AnswerType,
    /// Folded words of the name that the question asks a definition for; empty for any other
    /// question.
    pub asked_name: Vec<String>,
    /// Question focus: the position of the term after "what" or "which".
    pub focus: Option<usize>,
    /// Position of the term whose doings are asked for: "What did the war do to the pier?"
    pub agent: Option<usize>,
    /// Relation to the previous question, if the question follows it up.
    pub follow_up: Option<FollowUp>,
    /// Whether the last term may be the prefix of a word that the reader is still typing.
    pub is_unfinished: bool,
    /// Passages that may answer; `None` admits all.
    pub restrict_to: Option<Vec<PassageId>>,
    /// Every word of the question, folded.
    pub words: Vec<String>,
    /// Stems of the minor words: longer stopwords, such as `called`, `used` and `about`.
    pub minor_stems: Vec<String>,
    pub languages: QuestionLanguages,
    /// Text for the encoder: the question, then the conversation that it follows up.
    pub text: String,
}

impl Query {
    /// Returns whether the question asks who or what something is.
    pub fn asks_what_is(&self) -> bool {
        !self.asked_name.is_empty()
    }
}

/// Minimum number of terms in a question of stopwords that have some content: "how to say no".
const MIN_LOOSE_TERMS: usize = 2;
/// Minimum number of function words that are searched word for word without quotation marks.
const MIN_VERBATIM_WORDS: usize = 4;
/// Maximum length of a name that is asked for without a question, in words.
const MAX_BARE_WORDS: usize = 2;
/// Minimum length of a minor word, in chars.
const MIN_MINOR_CHARS: usize = 4;
/// Factor by which the weight of terms decreases with each earlier question.
const TURN_DECAY: f32 = 0.5;
/// Separator of the questions in the context of a conversation.
const TURN_SEPARATOR: char = '\n';
/// Maximum length of the context, in bytes. The beginning is kept, since it names the subject.
const MAX_CONTEXT_BYTES: usize = 1 << 10;

/// Analyses a question.
///
/// `previous` is the previous question of the conversation, or its [`context`]. Its words become
/// terms if the question follows it up.
pub fn analyse(
    question: &str,
    previous: Option<&str>,
    languages: &QuestionLanguages,
    aliases: &Aliases,
) -> Query {
    let all_words = analyzer::words(question);
    let words = question_patterns::without_patterns(question, all_words.clone());
    let mut phrases = quoted_phrases(question);
    let mut terms = Vec::new();
    for admitted in [Admitted::Strong, Admitted::Content] {
        if terms.is_empty() {
            terms = content_terms(question, &words, languages, admitted);
        }
    }
    if terms.is_empty() {
        terms = content_terms(question, &words, languages, Admitted::Loose);
        if terms.len() < MIN_LOOSE_TERMS {
            terms.clear();
        }
    }
    let follow_up = previous.and_then(|_| detect_follow_up(question, &words, &languages.asked));
    // A text of function words, such as "to be or not to be", is searched word for word.
    let is_verbatim = terms.is_empty()
        && follow_up.is_none()
        && (!phrases.is_empty() || (MIN_VERBATIM_WORDS..=MAX_PHRASE_WORDS).contains(&words.len()));
    if is_verbatim {
        terms = content_terms(question, &words, languages, Admitted::All);
        if phrases.is_empty() {
            phrases.push(words.iter().map(|word| word.folded.clone()).collect());
        }
    }
    // The parts of a hyphenated term are words of their own.
    let parts = terms.iter().flat_map(|term| analyzer::words(&term.typed));
    let parts: HashSet<_> = parts.map(|part| part.folded).collect();
    let is_term = |word: &Word| parts.contains(&word.folded);
    // A name without a question, such as "demurrage", asks for what it is.
    let is_bare_name = !is_verbatim && words.len() <= MAX_BARE_WORDS && terms.len() == words.len();
    let asked_name = match is_bare_name {
        true => words.clone(),
        false => asked_name(question, &all_words, is_term).unwrap_or_default(),
    };
    let asked_name: Vec<_> = asked_name.into_iter().map(|word| word.folded).collect();
    // "Define", "meaning" and "cos’è" only ask.
    if !asked_name.is_empty() {
        let is_asked = |part: Word| asked_name.contains(&part.folded);
        terms.retain(|term| analyzer::words(&term.typed).into_iter().any(is_asked));
    }
    if let (Some(previous), Some(kind)) = (previous, follow_up) {
        add_earlier_terms(&mut terms, previous, kind, languages);
    }
    terms.truncate(MAX_TERMS);
    aliases.apply(&mut terms, &languages.searched);
    dates::add_notations(question, &words, &mut terms, languages);
    Query {
        follow_up,
        focus: focus(&words, &terms),
        agent: agent(&words, &terms),
        terms,
        phrases,
        is_verbatim,
        answer_type: AnswerType::of(&words),
        asked_name,
        is_unfinished: false,
        restrict_to: None,
        minor_stems: minor_stems(&words, languages),
        languages: languages.clone(),
        words: words.into_iter().map(|word| word.folded).collect(),
        text: match (previous, follow_up) {
            (Some(previous), Some(_)) => format!("{question}{TURN_SEPARATOR}{previous}"),
            _ => question.to_owned(),
        },
    }
}

/// Returns the context for the next question: `question`, after the context that it follows up.
pub fn context(question: &str, previous: Option<&str>, languages: &[Language]) -> String {
    let words = analyzer::words(question);
    match previous.filter(|_| detect_follow_up(question, &words, languages).is_some()) {
        Some(previous) => {
            let kept = &previous[..previous.floor_char_boundary(MAX_CONTEXT_BYTES)];
            // The cut is moved to the end of a word: a part of a word could be another word.
            let kept = match kept.len() < previous.len() {
                true => kept.rfind([TURN_SEPARATOR, ' ']).map_or(kept, |end| &kept[..end]),
                false => kept,
            };
            format!("{kept}{TURN_SEPARATOR}{}", question.replace(TURN_SEPARATOR, " "))
        }
        None => question.replace(TURN_SEPARATOR, " "),
    }
}

/// Adds the terms of the earlier questions in a context, the latest with the highest weight.
fn add_earlier_terms(
    terms: &mut Vec<Term>,
    context: &str,
    follow_up: FollowUp,
    languages: &QuestionLanguages,
) {
    let mut turn_weight = match follow_up {
        FollowUp::Anaphora => 1.0,
        FollowUp::Ellipsis => TURN_DECAY,
    };
    for earlier in context.rsplit(TURN_SEPARATOR) {
        let words = analyzer::words(earlier);
        for term in content_terms(earlier, &words, languages, Admitted::Strong) {
            if !terms.iter().any(|known| known.folded == term.folded) {
                terms.push(Term { turn_weight, ..term });
            }
        }
        turn_weight *= TURN_DECAY;
    }
}

/// Returns how a question of these words follows up another, if it does.
fn detect_follow_up(question: &str, words: &[Word], languages: &[Language]) -> Option<FollowUp> {
    let is_content = |word: &Word| {
        !stopwords::is_weak(&word.folded, languages)
            && !term::is_function_word(question, word, languages)
    };
    let content: Vec<_> = (0..words.len()).filter(|at| is_content(&words[*at])).collect();
    follow_up::follow_up(words, &content)
}

/// Returns the position of the first term among the two words after "what" or "which".
fn focus(words: &[Word], terms: &[Term]) -> Option<usize> {
    let mut triples = words.windows(3);
    let asking = triples.find(|triple| matches!(triple[0].folded.as_str(), "what" | "which"))?;
    asking[1..].iter().find_map(|word| terms.iter().position(|term| term.folded == word.folded))
}

/// Returns the position of the term between "what did" and "do", whose doings are asked for.
fn agent(words: &[Word], terms: &[Term]) -> Option<usize> {
    let folded: Vec<_> = words.iter().map(|word| word.folded.as_str()).collect();
    let asking = |pair: &[&str]| {
        matches!(pair, ["what", "do" | "does" | "did" | "has" | "have" | "had" | "will" | "can"])
    };
    let from = folded.windows(2).position(asking)? + 2;
    let length = folded[from..].iter().position(|word| matches!(*word, "do" | "done"))?;
    let agent = &folded[from..from + length];
    agent.iter().find_map(|word| terms.iter().position(|term| term.folded == *word))
}

/// Returns the stems of the minor words in the first searched language, sorted and without
/// repetition.
fn minor_stems(words: &[Word], languages: &QuestionLanguages) -> Vec<String> {
    let QuestionLanguages { asked: languages, searched, .. } = languages;
    let Some(stemmer) = searched.first().map(WordStemmer::new) else { return Vec::new() };
    let mut stems: Vec<_> = words
        .iter()
        .filter(|word| word.folded.chars().count() >= MIN_MINOR_CHARS)
        .filter(|word| {
            stopwords::is_stopword(&word.folded, languages)
                || stopwords::is_weak(&word.folded, languages)
        })
        .map(|word| stemmer.stem(&word.folded))
        .collect();
    stems.sort();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> QuestionLanguages {
        QuestionLanguages::from(&[Language::of_code("en")][..])
    }

    fn stems(question: &str, previous: Option<&str>) -> Vec<String> {
        let query = analyse(question, previous, &english(), &Aliases::default());
        query.terms.iter().map(|term| term.forms[0].stems.join(" ")).collect()
    }

    #[test]
    fn query_terms_are_the_content_words() {
        assert_eq!(stems("What is the Helmand River?", None), ["helmand", "river"]);
        assert_eq!(stems("Did the US warn us?", None), ["us", "warn"]);
        assert_eq!(stems("???? :) AND OR NOT -a:b*", None), ["b"]);
        assert_eq!(stems("what is it", None), Vec::<String>::new());
    }

    #[test]
    fn query_of_a_follow_up_adds_the_previous_terms() {
        let previous = Some("How are the Hazaras treated?");
        assert_eq!(stems("and the Tajiks?", previous), ["tajik", "hazara", "treat"]);
        assert_eq!(
            stems("Which treaty shares the Helmand water?", previous),
            ["treati", "share", "helmand", "water"]
        );
    }

    #[test]
    fn query_context_keeps_the_subject_through_follow_ups() {
        let mut context = None;
        for question in ["How are the Hazaras treated?", "and the Tajiks?", "and women?"] {
            context = Some(super::context(question, context.as_deref(), &english().asked));
        }
        let context = context.as_deref();
        assert_eq!(context, Some("How are the Hazaras treated?\nand the Tajiks?\nand women?"));
        assert_eq!(stems("why?", context), ["women", "tajik", "hazara", "treat"]);
        let next = super::context("When did ISKP emerge?", context, &english().asked);
        assert_eq!(next, "When did ISKP emerge?");
    }

    #[test]
    fn query_focus_is_the_term_after_what_or_which() {
        let check = |question: &str, expected: Option<&str>| {
            let query = analyse(question, None, &english(), &Aliases::default());
            let focus = query.focus.map(|at| query.terms[at].folded.as_str());
            assert_eq!(focus, expected, "{question}");
        };
        check("Which treaty shares the water?", Some("treaty"));
        check("In what rainy province is it?", Some("rainy"));
        check("what is it", None);
        check("Where does the river end?", None);
    }
}
