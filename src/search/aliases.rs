//! Aliases: several names for one thing. A question with one of them searches for the others. Pure.
//!
//! The names are analysed once. An index by stem limits the work per question to the names that
//! share a word with it.

use rustc_hash::FxHashMap;

use super::stopwords;
use super::term::{Form, Term, stemmed_forms};
use crate::corpus::article::Alias;
use crate::index::analyzer;
use crate::index::language::Language;

/// Aliases of a corpus.
#[derive(Debug, Default)]
pub struct Aliases {
    /// Names of the same thing, grouped.
    groups: Vec<Vec<Name>>,
    /// For each stem, the names whose first word has it: positions of the group and of the name.
    by_stem: FxHashMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Name {
    /// For each word that a question must have to mention the name, its stems in all languages.
    words: Vec<Vec<String>>,
    /// Forms in each language.
    forms: Vec<(Language, Form)>,
}

/// Strength of a match by an alias.
const WEIGHT: f32 = 0.9;
/// Maximum number of names of one thing.
const MAX_NAMES: usize = 32;
/// Maximum number of names that a question mentions.
const MAX_MENTIONED: usize = 24;
/// Words for authorship, so that "Who wrote this?" matches what an article says of its authors.
const AUTHOR: [&str; 4] = ["author", "wrote", "written", "writer"];
/// Irregular forms of English words, which the stemmer does not reduce to one stem.
const IRREGULAR_FORMS: &str = include_str!("english/irregular.txt");
/// Names and notations with the same meaning in English.
const EQUIVALENTS: &str = include_str!("english/equivalents.txt");

impl Aliases {
    /// Analyses aliases for questions in these languages, with the built-in ones of English.
    pub fn new<'a>(aliases: impl Iterator<Item = &'a Alias>, languages: &[Language]) -> Aliases {
        let mut all = Aliases::default();
        let given = aliases.map(|alias| {
            let names = std::iter::once(&alias.term).chain(&alias.others);
            names.map(String::as_str).collect::<Vec<_>>()
        });
        for names in given {
            all.add_group(&names, languages);
        }
        let english = Language::of_code("en");
        if languages.contains(&english) {
            let lines = |text: &'static str| {
                text.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
            };
            let forms = lines(IRREGULAR_FORMS).map(|line| line.split(' ').collect());
            let equivalents = lines(EQUIVALENTS).map(|line| line.split(" | ").collect());
            for names in [AUTHOR.to_vec()].into_iter().chain(forms).chain(equivalents) {
                all.add_group(&names, std::slice::from_ref(&english));
            }
        }
        all
    }

    fn add_group(&mut self, names: &[&str], languages: &[Language]) {
        let names = names.iter().filter_map(|name| Name::new(name, languages));
        let names: Vec<_> = names.take(MAX_NAMES).collect();
        for (position, name) in names.iter().enumerate() {
            for stem in &name.words[0] {
                let place = (self.groups.len(), position);
                self.by_stem.entry(stem.clone()).or_default().push(place);
            }
        }
        self.groups.push(names);
    }

    /// Adds to terms that mention a name the forms of its aliases in some languages.
    pub fn apply(&self, terms: &mut [Term], languages: &[Language]) {
        let stems: Vec<Vec<String>> = terms
            .iter()
            .map(|term| term.forms.iter().filter_map(|form| form.stems.first().cloned()).collect())
            .collect();
        for (group, position) in self.mentioned(&stems) {
            let words = &self.groups[group][position].words;
            let others = self.groups[group].iter().enumerate();
            let forms: Vec<_> = others
                .filter(|(other, _)| *other != position)
                .flat_map(|(_, other)| &other.forms)
                .filter(|(language, _)| languages.contains(language))
                .map(|(_, form)| form.clone())
                .collect();
            for (term, stems) in terms.iter_mut().zip(&stems) {
                if words.iter().any(|word| has_common_stem(word, stems)) {
                    term.forms.extend(forms.iter().cloned());
                }
            }
        }
    }

    /// Returns the names whose words are all among the terms, given by their stems.
    fn mentioned(&self, terms: &[Vec<String>]) -> Vec<(usize, usize)> {
        let mut mentioned: Vec<(usize, usize)> = Vec::new();
        for stem in terms.iter().flatten() {
            for (group, position) in self.by_stem.get(stem).into_iter().flatten() {
                let words = &self.groups[*group][*position].words;
                let is_mentioned = || {
                    words.iter().all(|word| terms.iter().any(|term| has_common_stem(word, term)))
                };
                let is_new =
                    mentioned.len() < MAX_MENTIONED && !mentioned.contains(&(*group, *position));
                if is_new && is_mentioned() {
                    mentioned.push((*group, *position));
                }
            }
        }
        mentioned
    }
}

impl Name {
    /// Analyses a name; `None` for one without words.
    fn new(name: &str, languages: &[Language]) -> Option<Name> {
        let folded: Vec<_> = analyzer::words(name).into_iter().map(|word| word.folded).collect();
        let content: Vec<_> =
            folded.iter().filter(|word| !stopwords::is_stopword(word, languages)).collect();
        // The only word of an acronym such as `WHO` may be a stopword.
        let required = if content.is_empty() { folded.iter().collect() } else { content };
        let stems_of = |word: &String| {
            let forms = stemmed_forms(std::slice::from_ref(word), languages, 1.0);
            forms.into_iter().flat_map(|form| form.stems).collect()
        };
        let words: Vec<_> = required.into_iter().map(stems_of).collect();
        let of_language = |language: &Language| {
            let form = stemmed_forms(&folded, std::slice::from_ref(language), WEIGHT).pop();
            form.map(|form| (language.clone(), form))
        };
        let forms = languages.iter().filter_map(of_language).collect();
        (!words.is_empty()).then_some(Name { words, forms })
    }
}

fn has_common_stem(a: &[String], b: &[String]) -> bool {
    a.iter().any(|stem| b.contains(stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::term::{Admitted, content_terms};

    #[test]
    fn aliases_add_the_forms_of_the_other_names() {
        let english = [Language::of_code("en")];
        let alias = |term: &str, other: &str| Alias {
            term: term.to_owned(),
            others: vec![other.to_owned()],
        };
        let given = [
            alias("ISKP", "Islamic State Khorasan Province"),
            alias("WHO", "World Health Organization"),
        ];
        let aliases = Aliases::new(given.iter(), &english);
        let check = |question: &str, expected: &[&str]| {
            let words = analyzer::words(question);
            let languages = (&english[..]).into();
            let mut terms = content_terms(question, &words, &languages, Admitted::Strong);
            aliases.apply(&mut terms, &english);
            let forms = terms.iter().flat_map(|term| &term.forms);
            let forms: Vec<_> = forms.map(|form| form.stems.join(" ")).collect();
            assert_eq!(forms, expected, "{question}");
        };
        check("iskp attacks", &["iskp", "islam state khorasan provinc", "attack"]);
        check("the WHO", &["who", "world health organiz"]);
        check("who attacks?", &["attack"]);
        check("Islamic provinces", &["islam", "provinc"]);
        check("a woman", &["woman", "women"]);
    }
}
