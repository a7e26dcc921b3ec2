//! Tests of the whole model. Without the real model they are skipped.

use super::*;
use crate::embedding::tests::real_weight_file;

fn model() -> Option<Model> {
    Some(Model::open(&real_weight_file()?).expect("the model is sound"))
}

#[test]
fn encode_puts_translations_close_together() {
    let Some(model) = model() else { return };
    let texts = [
        ("query: ", "How often do the tides turn?"),
        ("passage: ", "Die Gezeiten wechseln etwa alle sechs Stunden."),
        ("passage: ", "Der Teig ruht über Nacht im Kühlschrank."),
    ];
    let [question, answer, other] =
        texts.map(|(prefix, text)| model.encode(&[model.tokens(prefix, "", text, MAX_TOKENS)]));
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let [question, answer, other] = [&question[0].mean, &answer[0].mean, &other[0].mean];
    assert!(cosine(question, answer) > cosine(question, other) + 0.05);
}

#[test]
fn encode_gives_each_text_the_vector_that_it_has_alone() {
    let Some(model) = model() else { return };
    let text = |number: usize| "The tide turns. ".repeat(number);
    let tokens = |number: usize| model.tokens("passage: ", "", &text(number), MAX_TOKENS);
    let texts = [0, 1, 2, 1, 7, 0].map(tokens);
    let alone = texts.iter().flat_map(|text| model.encode(std::slice::from_ref(text)));
    assert_eq!(model.encode(&texts), alone.collect::<Vec<_>>());
    assert_eq!(model.encode(&[]), Vec::<Encoded>::new());
}

#[test]
fn encode_returns_the_tokens_of_the_text_without_its_context() {
    let Some(model) = model() else { return };
    for (context, text, count) in [("", "", 0), ("", "the tide", 2), ("The moon. ", "the tide", 2)]
    {
        let tokens = model.tokens("passage: ", context, text, MAX_TOKENS);
        let encoded = &model.encode(&[tokens])[0];
        assert_eq!(encoded.tokens.len(), count * HIDDEN, "{context}{text}");
    }
    let cut = model.tokens("passage: ", &"moon ".repeat(20), "the tide", 10);
    assert!(model.encode(&[cut])[0].tokens.is_empty());
}

#[test]
fn tokens_are_cut_off_at_their_maximum_number() {
    let Some(model) = model() else { return };
    for (max_tokens, expected) in [(0, 2), (2, 2), (3, 3), (10, 10), (5000, MAX_TOKENS)] {
        let tokens = model.tokens("query: ", "", &"tide ".repeat(1000), max_tokens);
        assert_eq!(tokens.len(), expected);
        assert_eq!((tokens.ids.first(), tokens.ids.last()), (Some(&0), Some(&2)));
    }
}
