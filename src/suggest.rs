//! Suggested questions: topics of passages, and the choice of questions about them. Pure.
//!
//! A topic is a name, a year or a heading in the words of the article; no topic is ever invented.

use crate::corpus::article::{Outline, Passage, PassageId};

/// The kind of a topic, which decides how a question about it is phrased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    Person,
    Year,
    Topic,
}

/// A topic that a reader may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    pub kind: ExampleKind,
    pub name: String,
}

/// A question about a topic of a passage, which the passage answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedQuestion {
    pub question: String,
    pub kind: ExampleKind,
    pub passage: PassageId,
}

/// Words before the name of a person.
const TITLES: [&str; 9] =
    ["Dr.", "Prof.", "Mr.", "Mrs.", "Ms.", "said", "President", "Minister", "General"];
const MAX_NAME_CHARS: usize = 40;
const YEARS: std::ops::RangeInclusive<u32> = 1500..=2099;
/// Maximum number of suggested questions.
const MAX_SUGGESTIONS: usize = 3;

/// Returns the topics of a passage: the first person, the first other name or the heading above the
/// passage, and the first year. Equal passages under equal headings have equal topics.
pub fn topics(article: &Outline, passage: &Passage) -> Vec<Topic> {
    let names = names(passage);
    let person = names.iter().find(|name| name.has_title);
    let other = names.iter().find(|name| !name.has_title).map(|name| name.text.clone());
    let heading = article.sections.get(passage.section).and_then(|section| section.heading.clone());
    let topic = |kind, name: Option<String>| {
        name.filter(|name| name.chars().count() <= MAX_NAME_CHARS).map(|name| Topic { kind, name })
    };
    [
        topic(ExampleKind::Person, person.map(|name| name.text.clone())),
        topic(ExampleKind::Topic, other.or(heading)),
        topic(ExampleKind::Year, year(&passage.text)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Chooses at most three questions about topics, of different kinds if possible, and of different
/// passages. `phrase` turns a topic into a question, if the question can be shown. `is_answered`
/// returns whether the answer to the question comes from the passage.
pub fn suggested_questions<E>(
    topics: impl IntoIterator<Item = (PassageId, Topic)>,
    mut phrase: impl FnMut(PassageId, &Topic) -> Result<Option<String>, E>,
    mut is_answered: impl FnMut(PassageId, &str) -> Result<bool, E>,
) -> Result<Vec<SuggestedQuestion>, E> {
    let mut chosen: Vec<SuggestedQuestion> = Vec::new();
    // Questions of a kind that is chosen already, to fill up.
    let mut spare: Vec<SuggestedQuestion> = Vec::new();
    for (passage, topic) in topics {
        if chosen.len() == MAX_SUGGESTIONS {
            break;
        }
        let has_kind = chosen.iter().any(|other| other.kind == topic.kind);
        if has_kind && spare.len() >= MAX_SUGGESTIONS {
            continue;
        }
        let Some(question) = phrase(passage, &topic)? else { continue };
        let is_duplicate =
            |other: &SuggestedQuestion| other.question == question || other.passage == passage;
        if chosen.iter().chain(&spare).any(is_duplicate) || !is_answered(passage, &question)? {
            continue;
        }
        let suggestion = SuggestedQuestion { question, kind: topic.kind, passage };
        if has_kind { spare.push(suggestion) } else { chosen.push(suggestion) }
    }
    chosen.extend(spare);
    chosen.truncate(MAX_SUGGESTIONS);
    Ok(chosen)
}

/// A name in a passage.
struct Name {
    text: String,
    /// Whether one of [`TITLES`] precedes the name, so that it is a person's.
    has_title: bool,
}

/// Finds names: two or three consecutive capitalized words, not at the beginning of a sentence.
fn names(passage: &Passage) -> Vec<Name> {
    let mut found = Vec::new();
    for sentence in &passage.sentences {
        let words: Vec<_> = passage.text[sentence.clone()].split(' ').collect();
        let mut position = 1;
        while position < words.len() {
            let rest = &words[position..];
            let is_plain = |word: &&&str| is_name_part(word);
            // Punctuation may follow the last word of a name.
            let plain = rest.iter().take_while(is_plain).count();
            let has_end = rest.get(plain).is_some_and(|word| is_name_part(bare(word)));
            let length = plain + usize::from(has_end);
            if (2..=3).contains(&length) {
                let parts: Vec<_> = rest[..length].iter().map(|word| bare(word)).collect();
                let has_title = TITLES.contains(&words[position - 1]);
                found.push(Name { text: parts.join(" "), has_title });
            }
            position += length.max(1);
        }
    }
    found
}

fn is_name_part(word: &str) -> bool {
    word.chars().count() > 1
        && word.starts_with(char::is_uppercase)
        && word.chars().all(char::is_alphabetic)
        && !TITLES.contains(&word)
}

/// Removes punctuation and a possessive ending from the end of a word.
fn bare(word: &str) -> &str {
    let end = word.trim_end_matches([',', '.', ';', ':', ')', '”', '"']);
    end.strip_suffix("’s").or_else(|| end.strip_suffix("'s")).unwrap_or(end)
}

/// Finds the first year in a text.
fn year(text: &str) -> Option<String> {
    let is_year =
        |word: &&str| word.len() == 4 && word.parse().is_ok_and(|number| YEARS.contains(&number));
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_year).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::article::{ArticleId, Origin, PassageKind};

    #[test]
    fn topics_are_a_person_a_name_and_a_year() {
        let check = |text: &str, expected: &[(ExampleKind, &str)]| {
            let article = Outline {
                id: ArticleId::from_u64(1),
                file: "a.md".into(),
                title: "A".into(),
                authors: Vec::new(),
                published: None,
                updated: None,
                description: None,
                tags: Vec::new(),
                source_url: None,
                language: None,
                aliases: Vec::new(),
                sections: Vec::new(),
                pages: Vec::new(),
            };
            let passage = Passage {
                id: PassageId::from_u64(1),
                section: 0,
                kind: PassageKind::Paragraph,
                announced: None,
                is_boilerplate: false,
                text: text.into(),
                sentences: std::iter::once(0..text.len()).collect(),
                origin: Origin::default(),
            };
            let found = topics(&article, &passage);
            let found: Vec<_> =
                found.iter().map(|topic| (topic.kind, topic.name.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "It is a tool, Dr. Umer Karim, of the King Faisal Center, told us in 1998.",
            &[
                (ExampleKind::Person, "Umer Karim"),
                (ExampleKind::Topic, "King Faisal Center"),
                (ExampleKind::Year, "1998"),
            ],
        );
        check("Big Seas rise in a 12345 way.", &[]);
        check(
            "They met the Northern Alliance’s men.",
            &[(ExampleKind::Topic, "Northern Alliance")],
        );
    }

    #[test]
    fn suggested_questions_have_different_kinds_and_passages() {
        let topic = |passage: u64, kind, name: &str| {
            (PassageId::from_u64(passage), Topic { kind, name: name.into() })
        };
        let topics = [
            topic(1, ExampleKind::Topic, "tides"),
            topic(1, ExampleKind::Year, "1900"),
            topic(2, ExampleKind::Topic, "tides"),
            topic(3, ExampleKind::Topic, "dikes"),
            topic(4, ExampleKind::Person, "too long"),
            topic(5, ExampleKind::Year, "1953"),
            topic(6, ExampleKind::Person, "unanswered"),
        ];
        let phrase = |_, topic: &Topic| {
            Ok::<_, ()>((topic.name != "too long").then(|| format!("{}?", topic.name)))
        };
        let is_answered = |_, question: &str| Ok(question != "unanswered?");
        let chosen = suggested_questions(topics, phrase, is_answered).expect("nothing fails");
        let questions: Vec<_> = chosen.iter().map(|chosen| chosen.question.as_str()).collect();
        assert_eq!(questions, ["tides?", "1953?", "dikes?"]);
    }
}
