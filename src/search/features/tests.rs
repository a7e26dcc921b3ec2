//! Table tests of the lexical features on small texts, with weight 1 for every term.

use std::f32::consts::LN_2;
use std::sync::Arc;

use super::*;
use crate::corpus;
use crate::corpus::article::Alias;
use crate::index::StoredPassage;
use crate::index::analysis::{Analysis, PlaceInArticle, TextAnalyzer};
use crate::index::language::Language;
use crate::search::aliases::Aliases;
use crate::search::matcher::Matcher;
use crate::search::{match_articles, query};

/// Average length of a passage, in words.
const AVERAGE_PASSAGE_WORDS: f32 = 25.0;

/// Feature, question, text of the article, sentence of its first passage, value.
type Case = (&'static str, &'static str, &'static str, usize, f32);

const CAUSE: &str = "What causes tides?";
const MOON: &str = "Does the Moon cause tides?";
const FLOOD: &str = "When was the bay flooded?";
const LAPLACE: &str = "Did Laplace measure tides?";
const TWO_SENTENCES: &str = "The Moon is near. It causes tides.";

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("sentence", CAUSE, "The Moon causes tides.", 0, 2.0),
    ("sentence", CAUSE, "The tide is high.", 0, 1.0),
    ("sentence", CAUSE, "Tides follow tides.", 0, 1.0),
    ("sentence", CAUSE, "Bread is good.", 0, 0.0),

    // (K1 + 1) / (1 + K1 * (1 - B + B * 3 / 25))
    ("sentence_bm25", CAUSE, "Tides are high.", 0, 1.3066),
    // Two occurrences count less than twice as much.
    ("sentence_bm25", CAUSE, "Tides follow tides.", 0, 1.5142),
    ("sentence_bm25", CAUSE, "Bread is good.", 0, 0.0),

    ("sentence_exact", CAUSE, "The Moon causes tides.", 0, 2.0),
    ("sentence_exact", CAUSE, "The Moon caused tides.", 0, 1.0),
    ("sentence_exact", CAUSE, "It caused a tide.", 0, 0.0),

    ("focus", "Which river has tides?", "The river is long.", 0, 1.0),
    ("focus", "Which river has tides?", "The bay has tides.", 0, 0.0),

    ("subject", CAUSE, "Tides rise twice a day.", 0, 1.0),
    ("subject", CAUSE, "On each day of the year tides rise.", 0, 0.0),

    ("with_before", MOON, TWO_SENTENCES, 1, 3.0),
    ("with_before", MOON, TWO_SENTENCES, 0, 1.0),
    ("with_before", MOON, "Bread is good.", 0, 0.0),
    ("with_after", MOON, TWO_SENTENCES, 0, 3.0),
    ("with_after", MOON, TWO_SENTENCES, 1, 2.0),
    ("with_after", MOON, "Bread is good.", 0, 0.0),

    ("inherits", MOON, TWO_SENTENCES, 1, 1.0),
    ("inherits", MOON, "The Moon is near. The bay has tides.", 1, 0.0),
    ("inherits", MOON, "It has tides.", 0, 0.0),

    ("best", CAUSE, "Bread is good. Tides rise.", 1, 1.0),
    ("best", CAUSE, "Bread is good. Tides rise.", 0, 0.0),

    ("order", MOON, "The Moon can cause tides.", 0, 3.0),
    ("order", MOON, "Tides have a cause, the Moon.", 0, 1.0),
    ("order", MOON, "Bread is good.", 0, 0.0),

    ("tight", "Moon tides", "Moon tides rise.", 0, 1.0),
    ("tight", "Moon tides", "The Moon makes high tides.", 0, 1.0 / 3.0),
    ("tight", "Moon tides", "The tides are high.", 0, 0.0),

    ("wide_pairs", "the Moon tides", "See the Moon.", 0, 0.5),
    ("wide_pairs", "the Moon tides", "See the full Moon.", 0, 0.0),

    // The minor words are "what", "used" and "about".
    ("minor", "What is used about tides?", "They used nets.", 0, 1.0 / 3.0),
    ("minor", "What is used about tides?", "They took nets.", 0, 0.0),

    ("length", CAUSE, "The Moon causes tides.", 0, 1.6094),
    ("length", CAUSE, "Tides.", 0, LN_2),

    ("new", CAUSE, "The Moon causes tides.", 0, 1.0986),
    ("new", CAUSE, "What causes tides.", 0, 0.0),

    ("position", CAUSE, TWO_SENTENCES, 0, 0.0),
    ("position", CAUSE, TWO_SENTENCES, 1, LN_2),

    ("time", FLOOD, "The bay was flooded in 1953.", 0, 1.0),
    ("time", FLOOD, "The bay was flooded in 12 minutes.", 0, 0.0),
    ("time", CAUSE, "The bay was flooded in 1953.", 0, 0.0),
    ("person", "Who measured tides?", "In Kiel, Laplace measured tides.", 0, 1.0),
    ("person", "Who measured tides?", "Nobody measured tides.", 0, 0.0),
    ("person", CAUSE, "In Kiel, Laplace measured tides.", 0, 0.0),
    ("amount", "How many boats sank?", "Seven boats sank.", 0, 1.0),
    ("amount", "How many boats sank?", "Some boats sank.", 0, 0.0),
    ("amount", CAUSE, "Seven boats sank.", 0, 0.0),
    ("cause", "Why did boats sink?", "They sank because of rain.", 0, 1.0),
    ("cause", "Why did boats sink?", "They sank in the rain.", 0, 0.0),
    ("cause", CAUSE, "They sank because of rain.", 0, 0.0),

    ("wanted", FLOOD, "It was flooded in 1953 and in 1962.", 0, 1.0986),
    ("wanted", FLOOD, "It was flooded twice.", 0, 0.0),

    // "bay" is 3 words and "flooded" 2 words from "1953": 1 / (1 + 3 / 4) + 1 / (1 + 2 / 4)
    ("near", FLOOD, "The bay flooded in 1953.", 0, 1.2381),
    ("near", FLOOD, "The bay flooded twice.", 0, 0.0),

    ("spelled_out", "What does WHO stand for?", "The World Health Organization (WHO) met.", 0, 1.0),
    ("spelled_out", "What does WHO stand for?", "The WHO met.", 0, 0.0),
    ("spelled_out", "Where is the WHO?", "The World Health Organization (WHO) met.", 0, 0.0),

    ("defines", "What is a spring tide?", "A spring tide is a high tide.", 0, 1.0),
    ("defines", "What is a spring tide?", "The spring tide, a high one, came.", 0, 1.0),
    ("defines", "What is a spring tide?", "The spring tide (high) came.", 0, 1.0),
    ("defines", "What is a spring tide?", "The spring tide came.", 0, 0.0),
    ("defines", "When is a spring tide?", "A spring tide is a high tide.", 0, 0.0),

    // A passage without the phrase is never ranked, but one of its sentences may lack it.
    ("phrase", "Where was the \"high tide\"?", "The high tide came. It went.", 0, 1.0),
    ("phrase", "Where was the \"high tide\"?", "The high tide came. It went.", 1, 0.0),

    ("definition", "What is a tide?", "A tide is a slow wave.", 0, 1.0),
    ("definition", "What are tides?", "In a bay, tides (high waters) are the rise of the sea.", 0, 0.765),
    ("definition", "What is a tide?", "The tide is the rise of the sea.", 0, 0.85),
    ("definition", "What are tides?", "Tides are slow waves of the sea.", 0, 0.85),
    ("definition", "What are tides?", "Tides, on the other hand, are slow waves.", 0, 0.765),
    ("definition", "What are tides?", "Tides, in general, are slow waves.", 0, 0.765),
    ("definition", "What is Tide<T>?", "Tide<T> is a slow wave.", 0, 1.0),
    ("definition", "What is a tide?", "The word tide means time.", 0, 1.0),
    ("definition", "What is a tide?", "Tides: the rise of the sea.", 0, 0.6),
    ("definition", "What is a spring tide?", "A tide is a slow wave.", 0, 0.3),
    ("definition", "What is a tide?", "Tides are high.", 0, 0.25),
    ("definition", "What is a tide?", "The Moon makes a tide.", 0, 0.0),
    ("definition", CAUSE, "A tide is a slow wave.", 0, 0.0),

    ("code", CAUSE, "```\nlet tides = 2;\n```", 0, 1.0),
    ("code", CAUSE, "The tides are two.", 0, 0.0),
    ("under", CAUSE, "# Tides\n\nThe Moon causes them.", 0, 1.0),
    ("under", CAUSE, "# Tides\n\nTides are high.", 0, 0.0),
    ("asks", CAUSE, "Why do tides rise? The Moon is near.", 0, 1.0),
    ("asks", CAUSE, "Why do tides rise? The Moon is near.", 1, 0.0),
    ("agent", "What did the Moon do to the bay?", "The Moon is near.", 0, 1.0),
    ("agent", "What did the Moon do to the bay?", "The bay is wide.", 0, 0.0),

    ("names", LAPLACE, "The work of Laplace is old.", 0, 1.0),
    ("names", LAPLACE, "He could measure tides.", 0, 0.0),

    ("passage", MOON, TWO_SENTENCES, 0, 3.0),
    ("passage", MOON, "Bread is good.", 0, 0.0),
    ("passage_bm25", CAUSE, "Tides are high.", 0, 1.3066),
    ("passage_bm25", CAUSE, "Bread is good.", 0, 0.0),
    ("passage_exact", MOON, TWO_SENTENCES, 0, 2.0),
    ("passage_exact", MOON, "Bread is good.", 0, 0.0),
    ("passage_names", LAPLACE, "He was old. Laplace was tired.", 0, 1.0),
    ("passage_names", LAPLACE, "He could measure tides.", 0, 0.0),
    ("passage_best", CAUSE, "Bread is good. Tides are high.", 0, 1.3066),
    ("passage_best", CAUSE, "Bread is good.", 0, 0.0),
    ("passage_pairs", "Moon tides", "It is the Moon. Tides rise.", 0, 1.0),
    ("passage_pairs", "Moon tides", "The Moon is far from all tides.", 0, 0.0),
    ("passage_pairs", "Moon tides", "Tides follow the Moon.", 0, 0.0),

    // A passage of less than 25 words counts as one of 25.
    ("passage_length", CAUSE, "Tides are high.", 0, 3.2581),
    ("passage_length", CAUSE, TWO_SENTENCES, 0, 3.2581),

    ("heading", CAUSE, "# Tides and bread\n\nThey come twice.", 0, 1.0),
    ("heading", CAUSE, "# Bread\n\nTides come twice.", 0, 0.0),
    ("heading_exact", "What causes tides?", "## Causes of tides\n\nThe Moon is near.", 0, 0.2963),
    ("heading_exact", "causes of tides", "# Sea\n\n## Causes of tides\n\nThe Moon is near.", 0, 1.0),
    ("heading_exact", CAUSE, "The Moon is near.", 0, 0.0),
    ("title_exact", "Spring Tides", "---\ntitle: Spring tides\n---\nThe Moon is near.", 0, 1.0),
    ("title_exact", CAUSE, "---\ntitle: Tides\n---\nThe Moon is near.", 0, 0.125),
    ("boilerplate", CAUSE, "- [Tides](tides.md)\n- [Ebb](ebb.md)", 0, 1.0),
    ("boilerplate", CAUSE, "- The Moon\n- The Sun", 0, 0.0),
    ("title_same", "spring tides?", "---\ntitle: Spring tides\n---\nThe Moon is near.", 0, 1.0),
    ("title_same", "What are spring tides?", "---\ntitle: Spring tides\n---\nThe Moon is near.", 0, 0.0),
    ("title_same", "tides", "---\ntitle: Spring tides\n---\nThe Moon is near.", 0, 0.0),
    ("opening", "Spring Tides", "---\ntitle: Spring tides\n---\nThe Moon is near.", 0, 1.0),
    ("opening", CAUSE, "The Moon is near.", 0, 0.0),

    ("headed", CAUSE, "# Causes of tides\n\nThe Moon and the Sun pull the water of seas.", 0, 1.0),
    ("headed", CAUSE, "# Tides\n\nThe Moon and the Sun pull the water of seas.", 0, 0.0),
    ("headed", CAUSE, "# Causes of tides\n\nThe Moon pulls the water.", 0, 0.0),
    ("headed", CAUSE, "---\ntitle: Causes of tides\n---\nThe Moon and the Sun pull the water of seas.", 0, 1.0),
    ("title", CAUSE, "---\ntitle: Tides\n---\nThey come twice.", 0, 1.0),
    ("title", CAUSE, "---\ntitle: Bread\n---\nTides come twice.", 0, 0.0),
    ("article", CAUSE, "They come twice.\n\nThe Moon causes tides.", 0, 2.0),
    ("article", CAUSE, "---\ntitle: Tides\n---\nThey come twice.", 0, 1.0),
    ("article", CAUSE, "They come twice.\n\nThe Moon is near.", 0, 0.0),
];

#[test]
fn features_have_their_values() {
    for (name, question, text, sentence, expected) in CASES {
        let position = FEATURES.iter().position(|feature| feature.name == *name);
        let features = features_of(question, text, *sentence);
        let value = features[position.expect("the feature exists")];
        assert!((value - expected).abs() < 1e-4, "{name} of {text:?} to {question:?}: {value}");
    }
}

#[test]
fn features_are_all_tested_with_two_values() {
    for feature in &FEATURES[..LEXICAL_COUNT] {
        let values: Vec<_> =
            CASES.iter().filter(|case| case.0 == feature.name).map(|case| case.4).collect();
        let is_constant = values.windows(2).all(|pair| pair[0] == pair[1]);
        // Texts of less than 25 words all have the same passage length.
        assert!(values.len() > 1 && (!is_constant || feature.name == "passage_length"));
    }
}

#[test]
fn features_of_similarity_follow_the_lexical_ones() {
    let features = [1.0; COUNT];
    assert_eq!(list::similarity(&features, similarity::SimilarityFeature::Sentence), 1.0);
    assert_eq!(FEATURES[LEXICAL_COUNT].name, similarity::FEATURES[0].0);
    assert_eq!(features_of(CAUSE, "Tides.", 0)[LEXICAL_COUNT..], [0.0; similarity::COUNT]);
}

/// Computes the features of a sentence of the first passage of an article.
fn features_of(question: &str, text: &str, sentence: usize) -> Features {
    let languages = [Language::of_code("en")];
    let alias =
        Alias { term: "WHO".to_owned(), others: vec!["World Health Organization".to_owned()] };
    let aliases = Aliases::new([alias].iter(), &languages);
    let query = query::analyse(question, None, &languages[..].into(), &aliases);
    let mut matcher = Matcher::new(&query, &vec![1.0; query.terms.len()]);
    matcher.term_weights.fill(1.0);
    let stored = stored_passages(text);
    let matched: Vec<_> =
        stored.iter().map(|stored| (stored, PassageMatches::new(&matcher, stored))).collect();
    let in_articles = match_articles(&matched);
    let context = ScoringContext {
        average_passage_words: AVERAGE_PASSAGE_WORDS,
        in_article: &in_articles[&stored[0].article],
        similarities: None,
    };
    compute(&matcher, &matched[0].1, &context)[sentence]
}

/// Returns the passages of an article as the index stores them.
fn stored_passages(text: &str) -> Vec<StoredPassage> {
    let text = match text.starts_with("---") {
        true => text.to_owned(),
        false => format!("---\ntitle: Sample\n---\n{text}"),
    };
    let (article, _) =
        corpus::parse("sample.md", "sample.md", text.as_bytes()).expect("the article is valid");
    let mut analyst = TextAnalyzer::new(&Language::of_code("en"));
    let title = analyst.analyse(&article.outline.title);
    let stored = article.passages.into_iter().map(|passage| {
        let path = article.outline.headings_of(passage.section);
        let own = path.last().map_or(0, |own| analyst.analyse(own).stems().count());
        let headings = path.join(" ");
        let words = analyst.analyse(&passage.text);
        let headings = analyst.analyse(&headings);
        let place = PlaceInArticle { heading_words: own as u32, ..PlaceInArticle::default() };
        let analysis = Analysis::of(&words, &headings, &title, place);
        StoredPassage { article: article.outline.id, passage: Arc::new(passage), analysis }
    });
    stored.collect()
}
