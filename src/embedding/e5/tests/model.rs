//! Tests of the whole model. Without the real model they are skipped.

use super::*;
use crate::embedding::pooling;
use crate::embedding::tests::real_weight_file;

fn model() -> Option<Model> {
    Some(Model::open(&real_weight_file()?).expect("the model is sound"))
}

#[test]
fn encode_puts_translations_close_together() {
    let Some(model) = model() else { return };
    let mean = |prefix: &str, text: &str| {
        pooling::mean(&model.encode(prefix, text, MAX_TOKENS).vectors, HIDDEN)
    };
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let question = mean("query: ", "How often do the tides turn?");
    let answer = mean("passage: ", "Die Gezeiten wechseln etwa alle sechs Stunden.");
    let other = mean("passage: ", "Der Teig ruht über Nacht im Kühlschrank.");
    assert!(cosine(&question, &answer) > cosine(&question, &other) + 0.05);
}

#[test]
fn encode_cuts_a_text_off_at_the_maximum_number_of_tokens() {
    let Some(model) = model() else { return };
    for (max_tokens, expected) in [(0, 2), (2, 2), (3, 3), (10, 10)] {
        let encoded = model.encode("query: ", &"tide ".repeat(1000), max_tokens);
        assert_eq!(encoded.ranges.len(), expected);
        assert_eq!(encoded.vectors.len(), expected * HIDDEN);
    }
}

#[test]
fn encode_gives_ranges_of_the_text_without_the_prefix() {
    let Some(model) = model() else { return };
    let text = "Ebbe und Flut";
    let encoded = model.encode("query: ", text, MAX_TOKENS);
    let covered: Vec<&str> = encoded.ranges.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(covered, ["", "", "", "", "E", "bbe", "und", "Flu", "t", ""]);
}

#[test]
fn windows_keep_each_token_once_with_context_on_both_sides() {
    assert_eq!(windows(0, 254), [Window { pieces: 0..0, kept: 0..0 }]);
    assert_eq!(windows(254, 254), [Window { pieces: 0..254, kept: 0..254 }]);
    for count in [255, 400, 1000, 5000] {
        let windows = windows(count, 254);
        let kept: Vec<_> = windows.iter().flat_map(|window| window.kept.clone()).collect();
        assert_eq!(kept, (0..count).collect::<Vec<_>>());
        for window in &windows {
            assert!(window.pieces.len() <= 254);
            let has_context = |kept: usize, edge: usize| {
                kept == edge || kept.abs_diff(edge) == WINDOW_OVERLAP / 2
            };
            assert!(window.kept.start == 0 || has_context(window.kept.start, window.pieces.start));
            assert!(window.kept.end == count || has_context(window.kept.end, window.pieces.end));
        }
    }
}
