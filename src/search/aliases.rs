//! Names for one thing: a question with one of them looks for the others, too. Pure.
//!
//! All names are analysed once; a question touches only those with a word of its own.

use rustc_hash::FxHashMap;

use super::query::{Form, Term, forms_of};
use super::stopwords;
use crate::corpus::article::Alias;
use crate::index::analyzer::{self, Language};

/// The aliases of a corpus.
#[derive(Debug, Default)]
pub struct Aliases {
    /// What has each name beside it.
    groups: Vec<Vec<Name>>,
    /// The names whose first word has this stem, by their places in the groups.
    by_stem: FxHashMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Name {
    /// The stems, in each language, of each word that a question must have to name it.
    words: Vec<Vec<String>>,
    forms: Vec<Form>,
}

const WEIGHT: f32 = 0.9;
/// Nothing goes by more names; the first count.
const MAX_NAMES: usize = 32;
/// A question names no more things. All names of each are looked for.
const MAX_NAMED: usize = 24;
/// "Who wrote this?" is answered by what an article says of its authors.
const AUTHOR: [&str; 4] = ["author", "wrote", "written", "writer"];
/// Forms that no English stemmer brings together.
const IRREGULAR: [[&str; 2]; 3] = [["woman", "women"], ["man", "men"], ["child", "children"]];

impl Aliases {
    /// The names of `aliases`, for questions in these languages.
    pub fn new<'a>(aliases: impl Iterator<Item = &'a Alias>, languages: &[Language]) -> Aliases {
        let mut known = Aliases::default();
        let given = aliases.map(|alias| {
            std::iter::once(&alias.term).chain(&alias.others).map(String::as_str).collect()
        });
        let own = [AUTHOR.to_vec()].into_iter().chain(IRREGULAR.map(|forms| forms.to_vec()));
        for names in given.chain(own) {
            known.add(&names, languages);
        }
        known
    }

    fn add(&mut self, names: &[&str], languages: &[Language]) {
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

    /// Gives the other names of what the terms name to those terms.
    pub fn apply(&self, terms: &mut [Term]) {
        let own: Vec<Vec<String>> = terms
            .iter()
            .map(|term| term.forms.iter().filter_map(|form| form.stems.first().cloned()).collect())
            .collect();
        let is_of =
            |words: &[String], term: &[String]| words.iter().any(|stem| term.contains(stem));
        let mut named: Vec<(usize, usize)> = Vec::new();
        for stem in own.iter().flatten() {
            for (group, position) in self.by_stem.get(stem).into_iter().flatten() {
                let words = &self.groups[*group][*position].words;
                let is_named = || words.iter().all(|word| own.iter().any(|term| is_of(word, term)));
                let is_new = named.len() < MAX_NAMED && !named.contains(&(*group, *position));
                if is_new && is_named() {
                    named.push((*group, *position));
                }
            }
        }
        for (group, position) in named {
            let words = &self.groups[group][position].words;
            let others = self.groups[group].iter().enumerate();
            let forms: Vec<_> = others
                .filter(|(other, _)| *other != position)
                .flat_map(|(_, other)| other.forms.iter().cloned())
                .collect();
            for (term, own) in terms.iter_mut().zip(&own) {
                if words.iter().any(|word| is_of(word, own)) {
                    term.forms.extend(forms.iter().cloned());
                }
            }
        }
    }
}

impl Name {
    /// `None` for a name without words.
    fn new(name: &str, languages: &[Language]) -> Option<Name> {
        let folded: Vec<_> = analyzer::words(name).into_iter().map(|word| word.folded).collect();
        let content: Vec<_> =
            folded.iter().filter(|word| !stopwords::is_stopword(word, languages)).collect();
        // An acronym such as `WHO` has no word but one that is a function word elsewhere.
        let needed = if content.is_empty() { folded.iter().collect() } else { content };
        let stems_of = |word: &String| {
            let forms = forms_of(std::slice::from_ref(word), languages, 1.0);
            forms.into_iter().flat_map(|form| form.stems).collect()
        };
        let words: Vec<_> = needed.into_iter().map(stems_of).collect();
        (!words.is_empty()).then(|| Name { words, forms: forms_of(&folded, languages, WEIGHT) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::analyse;
    use super::*;

    #[test]
    fn the_other_names_are_looked_for_too() {
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
            let query = analyse(question, None, &english, &aliases);
            let forms = query.terms.iter().flat_map(|term| &term.forms);
            let forms: Vec<_> = forms.map(|form| form.stems.join(" ")).collect();
            assert_eq!(forms, expected, "{question}");
        };
        check("iskp attacks", &["iskp", "islam state khorasan provinc", "attack"]);
        check("the WHO", &["who", "world health organiz"]);
        check("who attacks?", &["attack"]);
        check("Islamic states", &["islam", "state"]);
    }
}
