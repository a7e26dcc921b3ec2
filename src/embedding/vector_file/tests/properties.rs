//! Property test: a vector file behaves like a map under any sequence of operations.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<(u8, Vec<u8>)>),
    Compact(u8),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..300),
        1 => any::<u8>().prop_map(|byte| vec![byte; MIB]),
    ];
    prop_oneof![
        4 => prop::collection::vec((0..6u8, bytes), 0..4).prop_map(Step::Append),
        1 => (0..6u8).prop_map(Step::Compact),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn vector_file_behaves_like_a_map(steps in prop::collection::vec(step(), 1..20)) {
        let (_dir, path) = temporary_path();
        let mut file = open(&path);
        let mut expected = BTreeMap::new();
        for step in steps {
            match step {
                Step::Append(records) => {
                    let keyed = records.iter().map(|(number, payload)| ([*number; 16], payload.clone()));
                    file.append(&keyed.collect::<Vec<_>>()).expect("the disk has space");
                    expected.extend(records);
                }
                Step::Compact(unwanted) => {
                    let before = file.bytes();
                    file.compact(CompactWhen::Half, |key| key[0] != unwanted).expect("the disk has space");
                    if file.bytes() < before {
                        expected.remove(&unwanted);
                    }
                }
                Step::Reopen => {
                    drop(file);
                    file = open(&path);
                }
            }
            prop_assert_eq!(file.len(), expected.len());
            for (number, payload) in &expected {
                let found = file.get(&[*number; 16]);
                prop_assert_eq!(found.as_deref(), Some(payload.as_slice()));
            }
        }
    }
}
