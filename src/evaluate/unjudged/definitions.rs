//! Sentences that define a name, such as "A tide is the …", with the question for the name. Pure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::corpus::article::{Article, PassageKind};
use crate::index::language::Language;
use crate::search::word_frequency::information_content;

/// A name with the sentences that define it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The question, such as "What is a tide?".
    pub question: String,
    /// Sentences that define the name, in the order of the corpus.
    pub sentences: Vec<String>,
}

/// Names of one to four words, at the start of a sentence.
const NAME: &str = r"(?P<name>[\p{L}\p{N}.@#$][^\s,;:()\x22“”]*(?: [^\s,;:()\x22“”]+){0,3}?)";

/// Patterns of an article before `NAME` and of a definition after it, and the question, where `{}`
/// is the name with its article. Each pattern is specific to one language, so all of them are tried
/// on every sentence.
const PATTERNS: [(&str, &str, &str); 9] = [
    ("An?", r"(?: is (?:an?|the) [\w'’-]+ [\w'’-]+| refers to | means )", "What is {}?"),
    ("All", r" are (?P<plural>[\w'’-]+(?: [\w'’-]+){2})", "What are {}?"),
    ("Eine?|Der|Die|Das", r"(?: ist (?:eine?|der|die|das) \w+| bezeichnet \w+)", "Was ist {}?"),
    ("Une?|Le|La", r" est (?:une?|le|la|l['’])\s?\w+", "C’est quoi, {} ?"),
    ("Una?|El|La", r" es (?:una?|el|la) \w+", "¿Qué es {}?"),
    ("Uma?|O|A", r" é (?:uma?|o|a) \w+", "O que é {}?"),
    ("Una?|Uno|Il|Lo|La", r" è (?:una?|uno|il|la|l['’])\s?\w+", "Che cos’è {}?"),
    ("Een|De|Het", r" is (?:een|het|de) \w+", "Wat is {}?"),
    ("Это", r" [—–-] это \w+", "Что такое {}?"),
];

static COMPILED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compiled = |(before, after, question): &(&str, &str, &'static str)| {
        // The tests compile every pattern.
        let pattern = format!("^(?:(?P<article>{before}) )?{NAME}{after}");
        (Regex::new(&pattern).expect("a constant pattern is valid"), *question)
    };
    PATTERNS.iter().map(compiled).collect()
});

/// First words of a subject that is not a name.
const NOT_FIRST: &str = "a above after all also although an and another any as at attached because \
    before below both but each either enough every everyone everything few finally first following for from \
    have hence here how i if in included inside instead it its last less let many maybe more most much \
    my neither next no nobody none not nothing now of on once one only or other others our \
    ours outside perhaps rest second several she since so some someone something such than that the their \
    then there these they third this those though thus to today two under unless until we what \
    whatever when where whether which while who whoever why with without yes you your he her his \
    das der die dies diese dieser dieses ein eine er es hier ich sie was wir c'est ce ceci cela \
    celui elle il ils je la le les nous on que qui tout el ella ello esta este esto la lo los las \
    que eso eles ela ele isso isto o a os as uma um het de dit dat deze hij zij ik wij wat il lo \
    questo questa ciò anche non più se si sino vielleicht wenn nicht también no não ou você \
    misschien niet op even если однако ваш это этот эта то он она оно они";

/// Words that no name contains.
const NOT_WITHIN: &str = "and are as at be been but by can could do does for from had has have he \
    her his how if in into is it its may must my not on or our shall she should than that the \
    their there these they this those to was we were what when where which while who will with \
    would you your und oder zu mit von im et ou dans pour avec qui que y en con por para que e em \
    com para que con per che en met van voor и или с в на для что";

/// Words after the article of "X is a …" that make the sentence a judgement and no definition.
const NO_CLASS: &str = "bad best better big bit case few good great huge least little lot major \
    most must only problem result same thing way worst";

/// Irregular participles, prepositions and other words after "X are …" that begin no definition.
const NO_PLURAL_CLASS: &str = "a about all almost always an and as at available available both \
    built by called done either fine for found free from given good going great hard held here \
    important in just kept known made more most much necessary never not now of off often on \
    optional out over possible quite read real required run seen sent set shown so some sometimes \
    still subject supposed sure taken the then there to too under up used useful usually very \
    welcome what where with without written your";

/// Minimum information content of a name of one word. "What is time?" has no single answer.
const MIN_INFORMATION: f32 = 0.4;

/// Returns the names that the articles define, in the order of the corpus.
pub fn definitions<'a>(articles: impl IntoIterator<Item = &'a Article>) -> Vec<Definition> {
    let mut found: Vec<Definition> = Vec::new();
    let mut known = BTreeMap::new();
    for article in articles {
        let is_prose = |kind| {
            use PassageKind::{BlockQuotation, Footnote, ListItem, Paragraph};
            matches!(kind, Paragraph | ListItem | BlockQuotation | Footnote)
        };
        for passage in article.passages.iter().filter(|passage| is_prose(passage.kind)) {
            for range in &passage.sentences {
                let sentence = &passage.text[range.clone()];
                let Some((name, question)) = defined_name(sentence) else { continue };
                let position = *known.entry(name).or_insert(found.len());
                if position == found.len() {
                    found.push(Definition { question, sentences: Vec::new() });
                }
                found[position].sentences.push(sentence.to_owned());
            }
        }
    }
    found
}

/// Returns the name that a sentence defines, in lower case, and the question for it.
fn defined_name(sentence: &str) -> Option<(String, String)> {
    if !sentence.ends_with(['.', '!', '。', ')']) {
        return None;
    }
    let captures = COMPILED.iter().find_map(|(pattern, question)| {
        let captures = pattern.captures(sentence)?;
        Some((captures, *question))
    });
    let (captures, question) = captures?;
    let name = captures.name("name")?.as_str();
    let has = |list: &str, word: &str| list.split_whitespace().any(|listed| listed == word);
    let words: Vec<_> = name.split(' ').map(str::to_lowercase).collect();
    let (first, more) = words.split_first()?;
    // "1. Slack" is the item of a list.
    let is_item = first.ends_with('.') && first.starts_with(|c: char| c.is_ascii_digit());
    let is_name = !has(NOT_FIRST, first)
        && !is_item
        && !first.ends_with("ly")
        && !more.iter().any(|word| has(NOT_WITHIN, word))
        && !words.iter().any(|word| has(NO_CLASS, word))
        && (!more.is_empty()
            || information_content(first, true, &[Language::of_code("en")]) >= MIN_INFORMATION)
        && name.chars().any(char::is_alphabetic);
    let class = captures.get(0)?.as_str()[captures.name("name")?.end()..].to_lowercase();
    let class = &class[..];
    let is_class = match captures.name("plural") {
        Some(class) => {
            let class = class.as_str().to_lowercase();
            let first = class.split(' ').next().unwrap_or_default();
            // "Dikes are long walls" names a class, "Dikes are hard to build" has none.
            let is_plural = |word: &str| word.ends_with('s') && !word.ends_with("ss");
            !has(NO_PLURAL_CLASS, first)
                && !["ed", "ing", "ly", "er"].iter().any(|ending| first.ends_with(ending))
                && class.split(' ').any(is_plural)
        }
        None => !class.split_whitespace().any(|word| has(NO_CLASS, word)),
    };
    let article = captures.name("article").map(|article| article.as_str().to_lowercase() + " ");
    let question = question.replace("{}", &(article.unwrap_or_default() + name));
    (is_name && is_class).then(|| (name.to_lowercase(), question))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_that_defines_a_name_gives_its_question() {
        let check = |sentence: &str, expected: &str| {
            let question = defined_name(sentence).map(|(_, question)| question);
            assert_eq!(question.unwrap_or_default(), expected, "{sentence}");
        };
        check("A neap tide is a tide of small range.", "What is a neap tide?");
        check("Helmand is the longest river of the country.", "What is Helmand?");
        check("Node.js is a runtime for scripts.", "What is Node.js?");
        check("cargo is the build tool.", "What is cargo?");
        check("Erosion refers to the loss of soil.", "What is Erosion?");
        check("Closures are anonymous functions of a scope.", "What are Closures?");
        check("Ein Deich ist ein Schutzbau am Ufer.", "Was ist ein Deich?");
        check("Une marée est un mouvement de la mer.", "C’est quoi, une marée ?");
        check("La marea es un movimiento.", "¿Qué es la marea?");
        check("Прилив — это подъём воды.", "Что такое Прилив?");
        for none in [
            "This is a tide of small range.",
            "The following is a list of tides.",
            "One of them is a neap tide.",
            "It is a tide.",
            "Here is a list of tides.",
            "Time is a great healer of men.",
            "Erosion is a big problem here.",
            "Dikes are made of clay and stone.",
            "Dikes are available in two sizes.",
            "Dikes are difficult to build.",
            "The following are our dikes.",
            "A better dike is a wall of clay.",
            "Have a tide is a tide.",
            "What you see is a dike of clay.",
            "Erosion is a loss of:",
            "Usually the dike is a wall of clay.",
        ] {
            check(none, "");
        }
    }

    #[test]
    fn definitions_of_one_name_are_one_question() {
        let file = "---\ntitle: T\n---\nA polder is a piece of low land. It is dry.\n\nPolder is the name of low land.\n\n    Erosion is a loss of soil.\n";
        let (article, _) =
            crate::corpus::parse("t.md", "t.md", file.as_bytes()).expect("it is an article");
        let found = definitions([&article]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].question, "What is a polder?");
        assert_eq!(
            found[0].sentences,
            ["A polder is a piece of low land.", "Polder is the name of low land."]
        );
    }
}
