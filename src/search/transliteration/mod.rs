//! Transliteration: words of the corpus in Latin letters that a word in another script may spell,
//! such as `Bahiss` for `Бахисс` and `باهیس`.
//!
//! A name sounds alike in all languages, but each spells it by its own rules, and several Latin
//! spellings are in use. Each letter therefore has several spellings, and an automaton over the
//! term dictionary finds the words that are a sequence of them.

mod pattern;

use std::collections::BTreeMap;

use tantivy::TantivyError;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::document_frequency::document_frequency;
use super::question_language::QuestionLanguages;
use super::term::{Form, Term, stemmed_forms};
use super::term_cache::TermCache;
use super::word_frequency;
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::{IndexError, Snapshot};
use pattern::Pattern;

/// Minimum number of consonants of a word. Shorter words are like many others.
const MIN_CONSONANTS: usize = 3;
/// Minimum number of consonants if the word also has all its vowels, and the word of the corpus is
/// not a common one.
const MIN_CONSONANTS_WITH_VOWELS: usize = 2;
/// Weight of a word of the corpus.
const WEIGHT: f32 = 0.9;
/// Weight of such a word if it has few consonants: it may be another word by chance, so that it
/// does not cover the term.
const SHORT_WEIGHT: f32 = 0.8;
/// Maximum length of a word, in chars. It bounds the time.
const MAX_CHARS: usize = 24;
/// Maximum number of words of the corpus, which are equally near.
const MAX_WORDS: usize = 3;

/// Adds the Latin spellings of a word in another script that the corpus lacks. Nearly all words
/// that are spelled alike in two languages are names.
///
/// The encoder still reads the word as it is typed: a Latin name in a question in another script
/// made its vectors worse.
pub fn add_forms(
    snapshot: &Snapshot<'_>,
    cache: &TermCache,
    term: &mut Term,
    languages: &QuestionLanguages,
) -> Result<(), IndexError> {
    if term.typed.is_ascii() {
        return Ok(());
    }
    let QuestionLanguages { asked, searched, .. } = languages;
    let find = || match document_frequency(snapshot, term)? {
        0 => forms(snapshot, term, asked, searched),
        _ => Ok(Vec::new()),
    };
    let all_languages = [&asked[..], searched].concat();
    let found = cache.transliterations(snapshot, &term.typed, &all_languages, find)?;
    term.is_name |= !found.is_empty();
    term.add_forms(&found);
    Ok(())
}

/// Returns the words of the corpus that are the nearest Latin spellings of a term in another
/// script, as forms of it. `asked` has the languages of the question, whose endings are left out,
/// and `searched` those of the articles.
fn forms(
    snapshot: &Snapshot<'_>,
    term: &Term,
    asked: &[Language],
    searched: &[Language],
) -> Result<Vec<Form>, IndexError> {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    let patterns = patterns(term, asked);
    for pattern in &patterns {
        add_words(snapshot, pattern, &mut found)?;
    }
    let Some(least) = found.values().min().copied() else { return Ok(Vec::new()) };
    let is_long = patterns.iter().all(|pattern| pattern.consonants > MIN_CONSONANTS);
    let weight = if is_long { WEIGHT } else { SHORT_WEIGHT };
    let nearest = found.into_iter().filter(|(_, cost)| *cost == least).take(MAX_WORDS);
    Ok(nearest.flat_map(|(word, _)| stemmed_forms(&[word], searched, weight)).collect())
}

/// Returns the patterns of a term: as it is typed, and without the endings of its languages.
fn patterns(term: &Term, asked: &[Language]) -> Vec<Pattern> {
    let letters = letters(&term.typed);
    let typed = Pattern::new(&letters).filter(|_| letters.chars().count() <= MAX_CHARS);
    let Some(typed) = typed else { return Vec::new() };
    let mut patterns = vec![typed];
    // Folding removes the vowel signs of Devanagari.
    for language in asked.iter().filter(|_| !letters.contains(pattern::is_devanagari)) {
        let stem = analyzer::stem(language.stemmer().as_ref(), &term.folded);
        if stem != term.folded {
            patterns.extend(Pattern::new(&stem).map(Pattern::with_open_end));
        }
    }
    patterns.retain(|pattern| pattern.consonants >= MIN_CONSONANTS_WITH_VOWELS);
    patterns
}

/// Dot below a letter of Devanagari, which marks a sound of another language.
const NUKTA: char = '\u{93c}';

/// Returns a typed word in lower case, without the accents of Greek, the vowels of Arabic, which
/// few write, and the dots of Devanagari.
fn letters(typed: &str) -> String {
    let is_mark = |c: &char| *c == NUKTA || (is_combining_mark(*c) && !pattern::is_devanagari(*c));
    let base = |c: char| match c {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => c.nfd().next().unwrap_or(c),
        c => c,
    };
    typed.to_lowercase().nfc().filter(|c| !is_mark(c)).map(base).collect()
}

/// Adds the words of the corpus that a pattern matches, each with its cost.
fn add_words(
    snapshot: &Snapshot<'_>,
    pattern: &Pattern,
    found: &mut BTreeMap<String, u32>,
) -> Result<(), IndexError> {
    let is_admitted = |word: &str| match word_frequency::is_common_word(word) {
        true => pattern.consonants >= MIN_CONSONANTS,
        false => pattern.consonants >= MIN_CONSONANTS || pattern.has_vowels,
    };
    for terms in snapshot.field_terms(snapshot.fields().words)? {
        let mut words =
            terms.dictionary().search(pattern).into_stream().map_err(TantivyError::from)?;
        while words.advance() {
            let Ok(word) = std::str::from_utf8(words.key()) else { continue };
            if is_admitted(word) && terms.frequency(words.value())? > 0 {
                let cost = pattern.cost(word).unwrap_or(u32::MAX);
                let known = found.entry(word.to_owned()).or_insert(cost);
                *known = cost.min(*known);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, no_progress};
    use crate::search::aliases::Aliases;
    use crate::search::query;

    /// Returns the stems of the words of an article that the terms of a question spell.
    fn found(article: &str, code: &str, question: &str) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (corpus, data) = (dir.path().join("corpus"), dir.path().join("data"));
        std::fs::create_dir(&corpus).expect("the directory is new");
        std::fs::write(
            corpus.join("a.md"),
            format!("---\ntitle: A\nlanguage: en\n---\n{article}\n"),
        )
        .expect("the file is new");
        let index = Index::open(&corpus.as_path().into(), &data, no_progress)
            .expect("the article is valid");
        let snapshot = index.snapshot();
        let (asked, searched) = (vec![Language::of_code(code)], snapshot.languages().to_vec());
        let languages = QuestionLanguages { told: None, asked, searched };
        let query = query::analyse(question, None, &languages, &Aliases::default());
        let QuestionLanguages { asked, searched, .. } = &languages;
        let found = query
            .terms
            .iter()
            .flat_map(|term| forms(&snapshot, term, asked, searched).expect("the index is sound"));
        found.map(|form| form.stems.join(" ")).collect()
    }

    #[test]
    fn forms_are_the_nearest_spellings_that_the_corpus_has() {
        let article = "Ibraheem Bahiss and the Hazaras of Helmand fear Khorasan's Donald Rumsfeld. \
            Ron ran in the rain. Rana ran, too, and a rumour was harassing Helen's household.";
        let check = |code: &str, question: &str, expected: &[&str]| {
            assert_eq!(found(article, code, question), expected, "{question}");
        };
        check("ru", "Кто такой Ибрагим Бахисс?", &["ibraheem", "bahiss"]);
        check("ru", "Что сделал Рамсфельд в Гильменде?", &["rumsfeld", "helmand"]);
        check("fa", "ابراهیم باهیس کیست؟", &["ibraheem", "bahiss"]);
        check("fa", "داعش خراسان چه کسانی را جذب می‌کند؟", &["khorasan"]);
        check("ar", "من هو إبراهيم باهيس؟", &["ibraheem", "bahiss"]);
        check("ar", "أين هلمند؟", &["helmand"]);
        check("el", "Ποιος είναι ο Ντόναλντ Ράμσφελντ;", &["donald", "rumsfeld"]);
        check("hi", "डोनाल्ड रम्सफेल्ड कौन है?", &["donald", "rumsfeld"]);
        check("he", "מי הוא דונלד רמספלד?", &["donald", "rumsfeld"]);
        check("ru", "Где дом у реки?", &[]);
        check("zh", "谁是拉姆斯菲尔德?", &[]);
        check("en", "Who is Rumsfeld?", &[]);
    }
}
