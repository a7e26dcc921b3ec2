//! Names that the sentences of a passage define, as in "A fork is a copy". Pure.

use std::ops::Range;

use super::analysis::{AnalysedText, WordId};
use super::word_set::WordSet;

/// Maximum length of a defined name with the words before it, in words.
const MAX_NAME_WORDS: usize = 8;
/// Words before a defined name.
pub static DETERMINERS: WordSet = WordSet::new(
    "a an the term word name concept der die das ein eine le la les un une l el los las una uno il \
     lo gli o os as um uma de het een",
);
/// Verbs that define.
static DEFINING: WordSet = WordSet::new(
    "means refers describes denotes stands bedeutet bezeichnet heisst designe signifie significa \
     designa является являются это означает обозначает называется است هستند",
);
/// Forms of "be", which define if one of [`ARTICLES`] follows.
static BEING: WordSet = WordSet::new(
    "is are was were ist sind war waren est sont etait etaient es son fue era eran e sono sao foi \
     zijn",
);
/// Forms of "be" after a plural, which define a name without an article: "Forks are copies of"
static PLURAL_BEING: WordSet = WordSet::new("are were sind waren");
/// Number of words after the first one of a class that may be its plural noun.
const PLURAL_WITHIN: usize = 2;
/// Words at the beginning of a definition of one of a kind, or of several in Romance languages.
static ARTICLES: WordSet = WordSet::new(
    "a an one any another what how when where ein eine einer un une una uno um uma een des unos \
     unas uns umas dei degli delle",
);
/// Words at the beginning of a definition, which say as often what is true of the name.
static DEFINITE_ARTICLES: WordSet =
    WordSet::new("the der die das le la les el los las il lo gli i o os as het de");
/// Words after a plural and "are" that begin no definition, besides participles and adverbs.
static NO_CLASS: WordSet = WordSet::new(
    "about above after all almost also always among and as at available back because before below \
     best better between beyond both but by called done down due during either enough ever far fine \
     for found free from full given gone good great hard held here high how if important in inside \
     into it its just kept known less like likely long low made many more most much my near never \
     new no not now of off often ok okay old on once only or our out outside over part possible \
     quite rather read ready real run safe seen sent set shown since so some sometimes soon still \
     such sure taken that the their then there these they this those through to together too true \
     under up used useful usually very welcome well what when where which why with within without \
     worth written you your wrong right",
);

/// How a verb and the word after it define the name before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defining {
    /// "A fork is a copy", "A fork means a copy".
    Kind,
    /// "The fork is the copy".
    Definite,
    /// "Forks are copies of".
    Plural,
}

impl Defining {
    /// Returns how the first of `words` defines a name before it; the others follow it in its
    /// sentence. `is_bare` tells whether the name has no article.
    ///
    /// Each word is given folded and as typed.
    pub fn of<'a>(
        is_bare: bool,
        mut words: impl Iterator<Item = (WordId, &'a str)>,
    ) -> Option<Defining> {
        let (verb, _) = words.next()?;
        if DEFINING.contains(verb) {
            return Some(Defining::Kind);
        }
        let (next, typed) = words.next().filter(|_| BEING.contains(verb))?;
        match () {
            () if ARTICLES.contains(next) => Some(Defining::Kind),
            () if DEFINITE_ARTICLES.contains(next) => Some(Defining::Definite),
            () if !is_bare || !PLURAL_BEING.contains(verb) || !is_class(next, typed) => None,
            // A noun of German.
            () if typed.starts_with(char::is_uppercase) => Some(Defining::Plural),
            // "Tides are high." says what is true of them.
            () => {
                let is_plural = |word: &str| word.ends_with('s') && !word.ends_with("ss");
                let is_kind = is_plural(typed)
                    || words.take(PLURAL_WITHIN).any(|(_, typed)| is_plural(typed));
                is_kind.then_some(Defining::Plural)
            }
        }
    }
}

/// Returns whether a word after "are" may begin a class.
fn is_class(folded: WordId, typed: &str) -> bool {
    let is_participle = ["ed", "ing", "ly"].iter().any(|ending| typed.ends_with(ending));
    !NO_CLASS.contains(folded) && !is_participle && typed.starts_with(char::is_alphabetic)
}

/// Returns whether a folded word is a form of "be".
pub fn is_being(folded: WordId) -> bool {
    BEING.contains(folded)
}

/// Returns the names that the sentences define, each as its stems joined with `_`. A name with
/// another one in brackets, as in "the tidal bore (bore) is", gives both.
pub fn defined_names(
    text: &str,
    sentences: &[Range<usize>],
    analysed: &AnalysedText,
) -> Vec<String> {
    let words: Vec<_> = analysed.words().collect();
    let mut names: Vec<String> = Vec::new();
    for sentence in sentences {
        let first = words.partition_point(|(range, _, _)| range.start < sentence.start);
        let end = words.partition_point(|(range, _, _)| range.start < sentence.end);
        let head = &words[first..end.min(first + MAX_NAME_WORDS)];
        let is_determiner = |folded: &str| DETERMINERS.contains(WordId::of(folded));
        let is_bare = head.first().is_some_and(|(_, folded, _)| !is_determiner(folded));
        let is_verb = |at: &usize| {
            let rest = words[first + at..end].iter();
            let typed = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
            let rest = rest.map(|(range, folded, _)| (WordId::of(folded), typed(range)));
            Defining::of(is_bare, rest).is_some()
        };
        let Some(verb) = (0..head.len()).find(is_verb) else { continue };
        let gap_before = |at: usize| {
            let before = at.checked_sub(1).map_or(sentence.start, |before| head[before].0.end);
            text.get(before..head[at].0.start).unwrap_or_default()
        };
        let commas: Vec<_> = (1..=verb).filter(|at| gap_before(*at).contains(',')).collect();
        let name = match commas[..] {
            [] => 0..verb,
            // "At first, the ebb is a"
            [comma] => comma..verb,
            // "The ebb, as a rule, is a"
            [comma, ..] => 0..comma,
        };
        let mut parts = [String::new(), String::new()];
        let mut is_bracketed = false;
        for at in name {
            let (_, folded, stem) = &head[at];
            let gap = gap_before(at);
            is_bracketed = (is_bracketed || gap.contains('(')) && !gap.contains(')');
            let part = &mut parts[usize::from(is_bracketed)];
            if part.is_empty() && is_determiner(folded) {
                continue;
            }
            push_stem(part, stem);
        }
        names.extend(parts.into_iter().filter(|name| !name.is_empty()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Appends a stem to a name.
pub fn push_stem(name: &mut String, stem: &str) {
    if !name.is_empty() {
        name.push('_');
    }
    name.push_str(stem);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::sentences::sentences;
    use crate::index::analysis::TextAnalyzer;
    use crate::index::language::Language;

    #[test]
    fn defined_names_are_the_subjects_of_being() {
        let check = |text: &str, expected: &[&str]| {
            let analysed = TextAnalyzer::new(&Language::of_code("en")).analyse(text);
            let found = defined_names(text, &sentences(text, Some("en")), &analysed);
            assert_eq!(found, expected, "{text}");
        };
        check("A fork is a copy.", &["fork"]);
        check("It rises. Spring tides are the highest. They are high.", &["spring_tide"]);
        check("Tides are high.", &[]);
        check("Tides are higher in spring. Tides are caused by the Moon.", &[]);
        check("Structs are similar to tuples.", &["struct"]);
        check("Structs are case-insensitive. Structs are easy to learn.", &[]);
        check("At first, the ebb is a fall.", &["ebb"]);
        check("Buchten sind Teile des Meeres. Buchten sind gut geschützt.", &["buchten"]);
        check("Spring tides, on the other hand, are the highest.", &["spring_tide"]);
        check("The dikes are green again.", &[]);
        check("The tidal bore (bore) is a wave.", &["bore", "tidal_bore"]);
        check("The term ebb means the fall.", &["ebb"]);
        check("The Moon pulls at the sea.", &[]);
        check("", &[]);
    }
}
