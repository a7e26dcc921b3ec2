//! The reader's words to a [`Query`]. The question is data, never a query language.
//!
//! Pure. Every input gives a query; one without content words is empty, and that is no error.

use std::collections::HashSet;

use super::aliases::Aliases;
use super::answer_type::{self, AnswerType};
use super::follow_up::{self, FollowUp};
use super::stopwords;
use crate::corpus::article::PassageId;
use crate::index::analyzer::{self, Language, Word};

/// A question, analysed for the languages of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub terms: Vec<Term>,
    /// `"exact phrases"` as folded words: only passages that hold them all may answer.
    pub phrases: Vec<Vec<String>>,
    pub answer_type: AnswerType,
    /// Whether it asks who or what something is.
    pub asks_what_is: bool,
    /// The term that says what kind of thing is asked for, after what or which.
    pub focus: Option<usize>,
    /// How it takes up the question before, if it does.
    pub follow_up: Option<FollowUp>,
    /// Whether the last term may be the beginning of a word that is still being typed.
    pub is_unfinished: bool,
    /// The only passages that may answer; all may without.
    pub restrict_to: Option<Vec<PassageId>>,
    /// Every word of the question, folded.
    pub words: Vec<String>,
    /// Stems of its words that decide nothing but say a little: `called`, `used`, `about`.
    pub minor: Vec<String>,
    /// The question itself, before those that it follows up.
    pub text: String,
}

/// One content word of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// As the reader typed it.
    pub typed: String,
    pub folded: String,
    /// Whether it is written like a name or a number: a stranger among these is telling.
    pub is_name: bool,
    /// What in the corpus counts as this word, best first.
    pub forms: Vec<Form>,
    /// 1 for a word of the question, less for one taken from the question before it.
    pub weight: f32,
}

/// One thing to look for: the stems of one or several words in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub stems: Vec<String>,
    /// How much a match is worth beside the word itself.
    pub weight: f32,
    /// Whether it is another word, of the same family or meaning: it counts only where no other form
    /// matches.
    pub is_relative: bool,
}

/// More content words than this say nothing more about what is asked.
pub const MAX_TERMS: usize = 48;
/// Every phrase is looked for in every candidate: of more than these the rest are words like others.
pub const MAX_PHRASES: usize = 8;
/// A phrase is compared up to here: no sentence differs only behind it.
const MAX_PHRASE_WORDS: usize = 64;
const MIN_MINOR_CHARS: usize = 4;
const BEFORE_WEIGHT: f32 = 0.5;
/// Between the questions of a conversation.
const ELLIPSIS_WEIGHT: char = '\n';
/// What is kept of a conversation: its subject stands at the beginning.
const MAX_CONTEXT_BYTES: usize = 1 << 10;

/// Analyses `question`; `before` is the question that it may follow up, or the [`context`] of a
/// conversation, a question a line.
pub fn analyse(
    question: &str,
    before: Option<&str>,
    languages: &[Language],
    aliases: &Aliases,
) -> Query {
    let words = analyzer::words(question);
    let mut terms = terms_of(question, &words, languages, Light::Left);
    if terms.is_empty() {
        terms = terms_of(question, &words, languages, Light::Taken);
    }
    let follow_up = before.and_then(|_| follow_up_of(question, &words, languages));
    if let (Some(before), Some(kind)) = (before, follow_up) {
        // Of a conversation the latest counts most.
        let mut weight = match kind {
            FollowUp::Anaphora => 1.0,
            FollowUp::Ellipsis => BEFORE_WEIGHT,
        };
        for earlier in before.rsplit(ELLIPSIS_WEIGHT) {
            let words = analyzer::words(earlier);
            for term in terms_of(earlier, &words, languages, Light::Left) {
                if !terms.iter().any(|known| known.folded == term.folded) {
                    terms.push(Term { weight, ..term });
                }
            }
            weight *= BEFORE_WEIGHT;
        }
    }
    terms.truncate(MAX_TERMS);
    aliases.apply(&mut terms);
    let focus = words
        .windows(3)
        .find(|three| matches!(three[0].folded.as_str(), "what" | "which"))
        .and_then(|three| {
            let is_one = |word: &Word| terms.iter().position(|term| term.folded == word.folded);
            three[1..].iter().find_map(is_one)
        });
    Query {
        follow_up,
        focus,
        terms,
        phrases: phrases(question),
        answer_type: AnswerType::of(&words),
        asks_what_is: answer_type::asks_what_is(&words),
        is_unfinished: false,
        restrict_to: None,
        minor: minor(&words, languages),
        words: words.into_iter().map(|word| word.folded).collect(),
        text: match (before, follow_up) {
            (Some(before), Some(_)) => format!("{question}{ELLIPSIS_WEIGHT}{before}"),
            _ => question.to_owned(),
        },
    }
}

/// What a question that follows up `question` is to be read with: the question itself, behind what
/// it was read with where it followed up another.
pub fn context(question: &str, before: Option<&str>, languages: &[Language]) -> String {
    let words = analyzer::words(question);
    match before.filter(|_| follow_up_of(question, &words, languages).is_some()) {
        Some(before) => {
            let kept = &before[..before.floor_char_boundary(MAX_CONTEXT_BYTES)];
            // Half a word would be another one.
            let kept = match kept.len() < before.len() {
                true => kept.rfind([ELLIPSIS_WEIGHT, ' ']).map_or(kept, |end| &kept[..end]),
                false => kept,
            };
            format!("{kept}{ELLIPSIS_WEIGHT}{}", question.replace(ELLIPSIS_WEIGHT, " "))
        }
        None => question.replace(ELLIPSIS_WEIGHT, " "),
    }
}

/// How the question, of these words, needs the one before it.
fn follow_up_of(question: &str, words: &[Word], languages: &[Language]) -> Option<FollowUp> {
    let carries = |word: &Word| {
        !stopwords::is_light(&word.folded, languages)
            && !is_function_word(&question[word.range.clone()], &word.folded, languages)
    };
    let content: Vec<_> = (0..words.len()).filter(|at| carries(&words[*at])).collect();
    follow_up::follow_up(words, &content)
}

/// What to do with words that carry a question only when it has no other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Light {
    Left,
    Taken,
}

fn terms_of(text: &str, words: &[Word], languages: &[Language], light: Light) -> Vec<Term> {
    // Capitals say nothing where every noun has one, or every letter.
    let is_german = languages.first().is_some_and(|language| language.code() == "de");
    let tells_names = !is_german && text.contains(char::is_lowercase);
    let first = words.first().map_or(0, |word| word.range.start);
    let mut seen = HashSet::new();
    let mut terms = Vec::new();
    for word in words {
        if terms.len() == MAX_TERMS {
            break;
        }
        let typed = &text[word.range.clone()];
        let is_left = light == Light::Left && stopwords::is_light(&word.folded, languages);
        if is_left
            || is_function_word(typed, &word.folded, languages)
            || !seen.insert(word.folded.clone())
        {
            continue;
        }
        let forms = forms_of(std::slice::from_ref(&word.folded), languages, 1.0);
        terms.push(Term {
            typed: typed.to_owned(),
            folded: word.folded.clone(),
            is_name: typed.contains(|c: char| c.is_ascii_digit())
                || (tells_names
                    && word.range.start > first
                    && typed.starts_with(char::is_uppercase)),
            forms,
            weight: 1.0,
        });
    }
    terms
}

/// Function words that are long enough to say something, as the first language stems them.
fn minor(words: &[Word], languages: &[Language]) -> Vec<String> {
    let stemmer = languages.first().and_then(Language::stemmer);
    let mut minor: Vec<_> = words
        .iter()
        .filter(|word| word.folded.chars().count() >= MIN_MINOR_CHARS)
        .filter(|word| {
            stopwords::is_stopword(&word.folded, languages)
                || stopwords::is_light(&word.folded, languages)
        })
        .map(|word| analyzer::stem(stemmer.as_ref(), &word.folded))
        .collect();
    minor.sort();
    minor.dedup();
    minor
}

/// The stems of `folded` words in each language, without repetition.
pub fn forms_of(folded: &[String], languages: &[Language], weight: f32) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for language in languages {
        let stemmer = language.stemmer();
        let stems: Vec<_> =
            folded.iter().map(|word| analyzer::stem(stemmer.as_ref(), word)).collect();
        if !forms.iter().any(|form| form.stems == stems) {
            forms.push(Form { stems, weight, is_relative: false });
        }
    }
    forms
}

fn is_function_word(typed: &str, folded: &str, languages: &[Language]) -> bool {
    // `US` and `IT` are names where `us` and `it` are not.
    let is_acronym = typed.chars().count() >= 2
        && typed.chars().all(|c| c.is_uppercase() || c == '.')
        && typed.chars().count() <= 5
        && matches!(folded, "us" | "it" | "who" | "un" | "am");
    !is_acronym && stopwords::is_stopword(folded, languages)
}

/// What opens a phrase, and what closes it.
const QUOTATION_MARKS: [(char, &[char]); 4] =
    [('"', &['"']), ('“', &['”']), ('„', &['“', '”']), ('«', &['»'])];

/// The texts between quotation marks.
fn phrases(question: &str) -> Vec<Vec<String>> {
    let mut phrases = Vec::new();
    // Marks that are nowhere closed any more need not be looked for again.
    let mut unclosed = Vec::new();
    let mut rest = question;
    while phrases.len() < MAX_PHRASES {
        let next = rest.char_indices().find_map(|(at, c)| {
            let known = QUOTATION_MARKS.iter().find(|(mark, _)| *mark == c)?;
            (!unclosed.contains(&c)).then_some((at + c.len_utf8(), known))
        });
        let Some((after, (mark, closing))) = next else { break };
        rest = &rest[after..];
        let Some(close) = rest.find(*closing) else {
            unclosed.push(*mark);
            continue;
        };
        let words = analyzer::words(&rest[..close]).into_iter().map(|word| word.folded);
        let words: Vec<_> = words.take(MAX_PHRASE_WORDS).collect();
        phrases.extend(Some(words).filter(|words| !words.is_empty()));
        let mut after = rest[close..].chars();
        after.next();
        rest = after.as_str();
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Vec<Language> {
        vec![Language::of_code("en")]
    }

    fn stems(question: &str, before: Option<&str>) -> Vec<String> {
        let query = analyse(question, before, &english(), &Aliases::default());
        query.terms.iter().map(|term| term.forms[0].stems.join(" ")).collect()
    }

    #[test]
    fn only_content_words_count() {
        assert_eq!(stems("What is the Helmand River?", None), ["helmand", "river"]);
        assert_eq!(stems("Did the US warn us?", None), ["us", "warn"]);
        assert_eq!(stems("???? :) AND OR NOT -a:b*", None), ["b"]);
        assert_eq!(stems("what is it", None), Vec::<String>::new());
    }

    #[test]
    fn a_follow_up_takes_the_words_it_lacks() {
        let before = Some("How are the Hazaras treated?");
        assert_eq!(stems("and the Tajiks?", before), ["tajik", "hazara", "treat"]);
        assert_eq!(
            stems("Which treaty shares the Helmand water?", before),
            ["treati", "share", "helmand", "water"]
        );
    }

    #[test]
    fn the_subject_is_kept_through_follow_ups() {
        let mut context = None;
        for question in ["How are the Hazaras treated?", "and the Tajiks?", "and women?"] {
            context = Some(super::context(question, context.as_deref(), &english()));
        }
        let context = context.as_deref();
        assert_eq!(context, Some("How are the Hazaras treated?\nand the Tajiks?\nand women?"));
        assert_eq!(stems("why?", context), ["women", "tajik", "hazara", "treat"]);
        let next = super::context("When did ISKP emerge?", context, &english());
        assert_eq!(next, "When did ISKP emerge?");
    }

    #[test]
    fn a_quoted_phrase_is_kept() {
        let query = analyse(
            "who said “water bankruptcy” or \"one\"",
            None,
            &english(),
            &Aliases::default(),
        );
        assert_eq!(query.phrases, [vec!["water", "bankruptcy"], vec!["one"]]);
        assert_eq!(phrases("„Kabul“ «نفت» 5\" \"\" “"), [["kabul"], ["نفت"]]);
        assert_eq!(phrases("“ „ «a» \"b\""), [["a"], ["b"]]);
        assert_eq!(phrases(&"\"a\" ".repeat(5_000)).len(), MAX_PHRASES);
        assert_eq!(phrases(&format!("\"{}\"", "a ".repeat(5_000)))[0].len(), MAX_PHRASE_WORDS);
    }
}
