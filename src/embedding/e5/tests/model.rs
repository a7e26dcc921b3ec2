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

#[test]
fn pair_joins_two_texts_up_to_its_maximum_number_of_tokens() {
    let Some(model) = model() else { return };
    let [a, b] = ["the tide", "the moon"].map(|text| {
        let ids = model.tokens("", "", text, MAX_TOKENS).ids;
        ids[1..ids.len() - 1].to_vec()
    });
    let expected = [&[0][..], &a, &[2, 2], &b, &[2]].concat();
    assert_eq!(model.pair("the tide", "the moon"), expected);
    let long = "tide ".repeat(1000);
    assert_eq!(model.pair(&long, &long).len(), MAX_PAIR_TOKENS);
    assert_eq!(model.pair(&long, "").len(), MAX_FIRST_TOKENS + 4);
}

#[test]
fn scores_of_an_adapter_that_changes_nothing_are_read_from_the_mean() {
    let Some(model) = model() else { return };
    let mut adapter = Adapter::zero(super::super::adapter::ADAPTED_LAYERS);
    adapter.output.fill(1.0);
    adapter.constant = 0.5;
    let pairs = ["It rains.", "The tide turns. ".repeat(9).as_str(), ""]
        .map(|text| model.pair("When does the tide turn?", text));
    let scores = model.scores(&adapter, &pairs);
    for (pair, score) in pairs.iter().zip(&scores) {
        let alone = model.scores(&adapter, std::slice::from_ref(pair));
        assert_eq!(alone, [*score]);
        let Outputs { last, .. } = model.encoder.forward(&model.file, &[pair]);
        let sum = last.iter().sum::<f32>() / pair.len() as f32 + 0.5;
        assert!((sum - score).abs() < 1e-3, "{sum}, {score}");
    }
    adapter.layers[3][2].down.fill(0.1);
    adapter.layers[3][2].up.fill(0.1);
    assert_ne!(model.scores(&adapter, &pairs), scores);
}
