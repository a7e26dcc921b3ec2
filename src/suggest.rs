//! Passages to topics that a reader may ask about. Pure.
//!
//! Nothing is made up: a topic is a name, a year or a heading as the article has it.

use crate::corpus::article::{Outline, Passage};

/// How an example question asks for its topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    Person,
    Year,
    Topic,
}

/// What somebody may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    pub kind: ExampleKind,
    pub name: String,
}

/// What stands before a person's name.
const TITLES: [&str; 9] =
    ["Dr.", "Prof.", "Mr.", "Mrs.", "Ms.", "said", "President", "Minister", "General"];
const MAX_NAME_CHARS: usize = 40;
const YEARS: std::ops::RangeInclusive<u32> = 1500..=2099;

/// The topics of one passage: the first person, the first year, and the first other name or the
/// heading above. The same passage under the same heading always gives the same.
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

struct Name {
    text: String,
    has_title: bool,
}

/// Two or three words in a row with a capital, not at the beginning of a sentence.
fn names(passage: &Passage) -> Vec<Name> {
    let mut found = Vec::new();
    for sentence in &passage.sentences {
        let words: Vec<_> = passage.text[sentence.clone()].split(' ').collect();
        let mut at = 1;
        while at < words.len() {
            let rest = &words[at..];
            let plain = |word: &&&str| is_name_part(word);
            // The last word of a name may be followed by a comma or a full stop.
            let whole = rest.iter().take_while(plain).count();
            let ends = rest.get(whole).is_some_and(|word| is_name_part(bare(word)));
            let taken = whole + usize::from(ends);
            if (2..=3).contains(&taken) {
                let parts: Vec<_> = rest[..taken].iter().map(|word| bare(word)).collect();
                let has_title = TITLES.contains(&words[at - 1]);
                found.push(Name { text: parts.join(" "), has_title });
            }
            at += taken.max(1);
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

fn bare(word: &str) -> &str {
    let end = word.trim_end_matches([',', '.', ';', ':', ')', '”', '"']);
    end.strip_suffix("’s").or_else(|| end.strip_suffix("'s")).unwrap_or(end)
}

fn year(text: &str) -> Option<String> {
    let is_year =
        |word: &&str| word.len() == 4 && word.parse().is_ok_and(|number| YEARS.contains(&number));
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_year).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::article::{ArticleId, Origin, PassageId, PassageKind};

    #[test]
    fn a_passage_tells_what_to_ask_about() {
        let check = |text: &str, expected: &[(ExampleKind, &str)]| {
            let article = Outline {
                id: ArticleId::from_u64(1),
                file: "a.md".into(),
                title: "A".into(),
                authors: Vec::new(),
                published: None,
                source_url: None,
                language: None,
                aliases: Vec::new(),
                sections: Vec::new(),
            };
            let passage = Passage {
                id: PassageId::from_u64(1),
                section: 0,
                kind: PassageKind::Paragraph,
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
}
