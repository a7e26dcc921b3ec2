//! Query expansion: statistics of the terms, spelling correction, other spellings and related
//! words.

use tantivy::Term as IndexTerm;

use super::document_frequency::document_frequency;
use super::query::Query;
use super::question_language::QuestionLanguages;
use super::spelling::{self, Suggestion};
use super::term::{Form, Term, stemmed_forms};
use super::term_cache::{Replacement, TermCache};
use super::term_stats::TermStats;
use super::translation::Translations;
use super::{
    bm25, compounds, stopwords, synonyms, transliteration, variants, word_family, word_frequency,
};
use crate::embedding::EmbeddingIndex;
use crate::index::analyzer;
use crate::index::language::Language;
use crate::index::{IndexError, Snapshot};

/// Weight of a word that completes an unfinished one.
const COMPLETION_WEIGHT: f32 = 0.9;
/// Weight of another spelling of the same word.
const VARIANT_WEIGHT: f32 = 0.95;
/// Weight of a spelling correction. The corpus does not have the typed word, so nothing competes.
const CORRECTION_WEIGHT: f32 = 1.0;
/// Weight of a word with the same prefix and of the parts of a compound.
const REPLACEMENT_WEIGHT: f32 = 0.6;
const SYNONYM_WEIGHT: f32 = 0.5;
/// Maximum length of a word that is corrected or expanded, in chars. It bounds the time.
const MAX_WORD_CHARS: usize = 40;

/// Looks up the terms of a query in the corpus and expands them; returns a [`TermStats`] for each.
///
/// A term that the corpus lacks gets the forms of its replacement. Every term gets the forms of its
/// related words. Terms that turn out to be function words are removed from the query.
pub fn expand_terms(
    snapshot: &Snapshot<'_>,
    cache: &TermCache,
    query: &mut Query,
    passage_count: u64,
    embeddings: Option<&EmbeddingIndex>,
) -> Result<Vec<TermStats>, IndexError> {
    compounds::join(snapshot, query)?;
    let translations = Translations::find(query, embeddings);
    let languages = query.languages.clone();
    let expansion = Expansion { snapshot, cache, languages: &languages, translations };
    let unfinished = query.terms.len().checked_sub(1).filter(|_| query.is_unfinished);
    let (mut stats, mut corrections) = (Vec::new(), Vec::new());
    for (position, term) in query.terms.iter_mut().enumerate() {
        let is_prefix = unfinished == Some(position);
        let found = expansion.expand(position, term, is_prefix, &mut corrections)?;
        stats.push(TermStats {
            typed: term.typed.clone(),
            is_in_corpus: found.is_in_corpus,
            is_name: term.is_name,
            idf: bm25::idf(found.frequency, passage_count) / bm25::idf(0, passage_count),
            information_content: found.information_content,
            turn_weight: term.turn_weight,
            corrected: found.corrected,
            forms: term.forms.clone(),
        });
    }
    // Features that compare words with the question expect the corrected ones.
    for (typed, correction) in corrections {
        let mistyped = query.words.iter_mut().filter(|word| **word == typed);
        mistyped.for_each(|word| word.clone_from(&correction));
    }
    drop_function_words(query, &mut stats, &languages.asked);
    Ok(stats)
}

/// The sources of the forms of the terms of a question.
struct Expansion<'a> {
    snapshot: &'a Snapshot<'a>,
    cache: &'a TermCache,
    languages: &'a QuestionLanguages,
    translations: Translations,
}

/// The statistics of a term that has all its forms.
struct Expanded {
    frequency: u64,
    is_in_corpus: bool,
    information_content: f32,
    corrected: Option<String>,
}

impl Expansion<'_> {
    /// Adds all forms to the term at a position. Adds the term to `corrections`, with what it is
    /// read as, if it is mistyped or has another spelling in the corpus.
    fn expand(
        &self,
        position: usize,
        term: &mut Term,
        is_prefix: bool,
        corrections: &mut Vec<(String, String)>,
    ) -> Result<Expanded, IndexError> {
        let Expansion { snapshot, cache, languages, translations } = self;
        let QuestionLanguages { asked, searched, .. } = languages;
        let respelled = spelling_variant(snapshot, term, searched)?;
        if let Some(word) = &respelled {
            let word = std::slice::from_ref(word);
            term.forms.extend(stemmed_forms(word, searched, CORRECTION_WEIGHT));
            corrections.push((term.folded.clone(), word[0].clone()));
        }
        let variants = cache.variants(snapshot, &term.typed, searched, || {
            variant_forms(snapshot, term, searched)
        })?;
        term.add_forms(&variants);
        transliteration::add_forms(snapshot, cache, term, languages)?;
        // A word of another language is like many words of the corpus that mean something else;
        // only names are spelled alike.
        let (frequency, corrected) = match languages.is_foreign() && !term.is_name {
            true => (document_frequency(snapshot, term)?, None),
            false => look_up(snapshot, cache, term, searched, is_prefix)?,
        };
        if let Some(correction) = &corrected {
            corrections.push((term.folded.clone(), correction.clone()));
        }
        let word = corrected.clone().or(respelled).unwrap_or_else(|| term.folded.clone());
        let related = cache.related_words(snapshot, &word, searched, || {
            related_forms(snapshot, &word, searched)
        })?;
        term.add_forms(&related);
        let translated = translations.add_forms(position, snapshot, term, searched)?;
        let is_known = frequency > 0;
        let (word, frequency, languages) = match translated.as_ref().filter(|_| !is_known) {
            Some(best) => (&best.word, best.frequency, searched),
            None => (&word, frequency, asked),
        };
        let is_in_corpus = frequency > 0;
        let information_content =
            word_frequency::information_content(word, is_in_corpus, languages);
        Ok(Expanded { frequency, is_in_corpus, information_content, corrected })
    }
}

/// Removes terms that turn out to be function words, unless no other term is left.
///
/// Such a term is a mistyped function word, or an English one in a corpus without English.
fn drop_function_words(query: &mut Query, stats: &mut Vec<TermStats>, languages: &[Language]) {
    let is_content = |stats: &TermStats, folded: &str| match &stats.corrected {
        Some(correction) => !stopwords::is_stopword(correction, languages),
        None => stats.is_in_corpus || !stopwords::is_stopword(folded, &[]),
    };
    let pairs = stats.iter().zip(&query.terms);
    let keep: Vec<_> = pairs.map(|(stats, term)| is_content(stats, &term.folded)).collect();
    if !keep.contains(&true) {
        return;
    }
    let position = |term: usize| keep[..term].iter().filter(|kept| **kept).count();
    query.focus = query.focus.filter(|term| keep[*term]).map(position);
    query.agent = query.agent.filter(|term| keep[*term]).map(position);
    let mut kept = keep.iter();
    query.terms.retain(|_| kept.next() == Some(&true));
    let mut kept = keep.iter();
    stats.retain(|_| kept.next() == Some(&true));
}

/// Returns the document frequency of a term and its spelling correction, if it has one.
///
/// A term that the corpus lacks gets the forms of its completions or its replacement.
fn look_up(
    snapshot: &Snapshot<'_>,
    cache: &TermCache,
    term: &mut Term,
    languages: &[Language],
    is_prefix: bool,
) -> Result<(u64, Option<String>), IndexError> {
    let field = snapshot.fields().words;
    let frequency = document_frequency(snapshot, term)?;
    if frequency > 0 || !is_expandable(&term.folded) {
        return Ok((frequency, None));
    }
    if is_prefix {
        for word in spelling::completions(snapshot, field, &term.folded)? {
            term.forms.extend(stemmed_forms(&[word], languages, COMPLETION_WEIGHT));
        }
        let frequency = document_frequency(snapshot, term)?;
        if frequency > 0 {
            return Ok((frequency, None));
        }
    }
    let find = || find_replacement(snapshot, &term.folded, languages);
    let Some(replacement) = cache.replacement(snapshot, &term.folded, languages, find)? else {
        return Ok((0, None));
    };
    for word in &replacement.words {
        let word = std::slice::from_ref(word);
        term.forms.extend(stemmed_forms(word, languages, replacement.weight));
    }
    let first = replacement.words.first();
    let correction = first.filter(|_| replacement.is_correction).cloned();
    Ok((document_frequency(snapshot, term)?, correction))
}

/// Finds a replacement for a word that the corpus lacks: a correction, words with the same prefix,
/// or the parts of a compound.
fn find_replacement(
    snapshot: &Snapshot<'_>,
    folded: &str,
    languages: &[Language],
) -> Result<Option<Replacement>, IndexError> {
    let related = |words| Replacement { words, weight: REPLACEMENT_WEIGHT, is_correction: false };
    Ok(match spelling::suggest(snapshot, folded, languages)? {
        Some(Suggestion::Typo(word)) => {
            Some(Replacement { words: vec![word], weight: CORRECTION_WEIGHT, is_correction: true })
        }
        Some(Suggestion::SamePrefix(words)) => Some(related(words)),
        None => compounds::split(snapshot, folded, languages)?.map(related),
    })
}

/// Returns the spelling variant of a term that the corpus has, if the corpus lacks the term.
fn spelling_variant(
    snapshot: &Snapshot<'_>,
    term: &Term,
    languages: &[Language],
) -> Result<Option<String>, IndexError> {
    if document_frequency(snapshot, term)? > 0 {
        return Ok(None);
    }
    Ok(variants_in_corpus(snapshot, term, languages)?.into_iter().next())
}

/// Returns the spelling variants of a term that the corpus has.
fn variants_in_corpus(
    snapshot: &Snapshot<'_>,
    term: &Term,
    languages: &[Language],
) -> Result<Vec<String>, IndexError> {
    let has_english = languages.iter().any(|language| language.code() == "en");
    let mut found = Vec::new();
    if is_expandable(&term.folded) && (has_english || !term.typed.is_ascii()) {
        for variant in variants::variants(&term.typed, &term.folded) {
            let word = IndexTerm::from_field_text(snapshot.fields().words, &variant);
            if snapshot.doc_freq(&word)? > 0 {
                found.push(variant);
            }
        }
    }
    Ok(found)
}

/// Returns the forms of the spelling variants of a term that the corpus has.
fn variant_forms(
    snapshot: &Snapshot<'_>,
    term: &Term,
    languages: &[Language],
) -> Result<Vec<Form>, IndexError> {
    let mut forms = Vec::new();
    if !is_expandable(&term.folded) {
        return Ok(forms);
    }
    for variant in variants_in_corpus(snapshot, term, languages)? {
        forms.extend(stemmed_forms(&[variant], languages, VARIANT_WEIGHT));
    }
    if let Some(parts) = compounds::hyphenated(snapshot, &term.folded, languages)? {
        forms.extend(stemmed_forms(&parts, languages, VARIANT_WEIGHT));
    }
    Ok(forms)
}

/// Returns the forms of the words of the corpus that are of the same family as `word` or synonyms.
fn related_forms(
    snapshot: &Snapshot<'_>,
    word: &str,
    languages: &[Language],
) -> Result<Vec<Form>, IndexError> {
    let mut related: Vec<Form> = Vec::new();
    if !is_expandable(word) {
        return Ok(related);
    }
    for member in word_family::related_words(snapshot, snapshot.fields().words, word)? {
        let forms = stemmed_forms(&[member.word], languages, member.weight);
        related.extend(forms.into_iter().map(|form| Form { is_related: true, ..form }));
    }
    if word_frequency::has_word_frequencies(languages) {
        let stem = analyzer::stem(Language::of_code("en").stemmer().as_ref(), word);
        for synonym in synonyms::synonyms(&stem) {
            let term = IndexTerm::from_field_text(snapshot.fields().text, &synonym);
            if snapshot.doc_freq(&term)? > 0 {
                let (stems, weight) = (vec![synonym], SYNONYM_WEIGHT);
                related.push(Form { stems, weight, is_related: true });
            }
        }
    }
    Ok(related)
}

fn is_expandable(folded: &str) -> bool {
    folded.chars().count() <= MAX_WORD_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, no_progress};
    use crate::search::aliases::Aliases;
    use crate::search::query;

    /// Expands a question on an index of one article and returns each term with its forms.
    fn expand(article: &str, question: &str, is_unfinished: bool) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let (corpus, data) = (dir.path().join("corpus"), dir.path().join("data"));
        std::fs::create_dir(&corpus).expect("the directory is new");
        std::fs::write(corpus.join("sample.md"), article).expect("the file is new");
        let index = Index::open(&corpus.as_path().into(), &data, no_progress)
            .expect("the article is valid");
        let snapshot = index.snapshot();
        let mut query =
            query::analyse(question, None, &snapshot.languages().into(), &Aliases::default());
        query.is_unfinished = is_unfinished;
        let passage_count = snapshot.passage_count();
        let stats = expand_terms(&snapshot, &TermCache::default(), &mut query, passage_count, None)
            .expect("the index is sound");
        let terms = query.terms.iter().zip(&stats).map(|(term, stats)| {
            let corrected = stats.corrected.iter().map(|word| format!(" -> {word}"));
            let forms = term.forms.iter().map(|form| {
                let related = if form.is_related { "~" } else { "" };
                format!("{related}{}", form.stems.join(" "))
            });
            let (corrected, forms) =
                (corrected.collect::<String>(), forms.collect::<Vec<_>>().join(", "));
            format!("{}{corrected}: {forms}", stats.typed)
        });
        terms.collect()
    }

    #[test]
    fn expand_adds_forms_that_the_corpus_has() {
        let check = |text: &str, question: &str, expected: &[&str]| {
            let article = format!("---\ntitle: Sample\nlanguage: en\n---\n{text}\n");
            assert_eq!(expand(&article, question, false), expected, "{question}");
        };
        // A word family and a synonym.
        check("Settlers built a settlement.", "settlement", &["settlement: settlement, ~settler"]);
        check("Their faith is old.", "religion", &["religion: religion, ~faith"]);
        // A typo of a word of the corpus, and of a word of the language in another form.
        check(
            "A treaty was published.",
            "pujlished",
            &["pujlished -> published: pujlish, publish"],
        );
        check("A treaty was published.", "pujlish", &["pujlish -> publish: pujlish, publish"]);
        // Words with a common prefix.
        check("The deportation began.", "deportees", &["deportees: deporte, deport"]);
        // Compounds.
        check("The water may fall.", "waterfall", &["waterfall: waterfal, water, fall"]);
        check(
            "AppleTalk is old.",
            "Apple Talk",
            &["Apple: appl, appletalk", "Talk: talk, appletalk"],
        );
        // Nothing similar, and a mistyped stopword ("where").
        check("Bread is good.", "tides", &["tides: tide"]);
        check("See where the Moon is.", "whree Moon", &["Moon: moon"]);
    }

    #[test]
    fn expand_completes_an_unfinished_word() {
        let article = "---\ntitle: Sample\nlanguage: en\n---\nThe deportation began.\n";
        assert_eq!(expand(article, "depo", true), ["depo: depo, deport"]);
        assert_eq!(expand(article, "depo", false), ["depo: depo"]);
    }

    #[test]
    fn expand_drops_english_function_words_of_a_corpus_without_english() {
        let article = "---\ntitle: Beispiel\nlanguage: de\n---\nDer Mond ist nah.\n";
        assert_eq!(expand(article, "the Mond", false), ["Mond: mond_de"]);
        assert_eq!(expand(article, "the", false), ["the: the_de"]);
    }
}
