//! A compiler of normalization rules, and tests of the parser with its output.

use std::collections::{BTreeMap, HashSet};

use super::*;

/// Compiles rules, which must not be empty. The result is that of SentencePiece in another order.
pub fn compile<'a>(rules: impl IntoIterator<Item = (String, &'a str)>) -> Vec<u8> {
    let rules: BTreeMap<Vec<u8>, &str> =
        rules.into_iter().map(|(text, replacement)| (text.into_bytes(), replacement)).collect();
    let mut replacements = Vec::new();
    let mut texts = Vec::new();
    for (text, replacement) in &rules {
        texts.push((text.as_slice(), replacements.len() as u32));
        replacements.extend(replacement.bytes().chain([0]));
    }
    let mut trie = Trie { units: vec![Some(0)], bases: HashSet::new() };
    trie.place(0, 0, &texts);
    let units = trie.units.iter().flat_map(|unit| unit.unwrap_or_default().to_le_bytes());
    let units: Vec<u8> = units.collect();
    [&(units.len() as u32).to_le_bytes(), units.as_slice(), &replacements].concat()
}

/// A double array that is being built.
struct Trie {
    units: Vec<Option<u32>>,
    bases: HashSet<usize>,
}

impl Trie {
    /// Places the children of the node at `position`. All texts share their first `depth` bytes.
    fn place(&mut self, position: usize, depth: usize, texts: &[(&[u8], u32)]) {
        let value = texts.iter().find(|(text, _)| text.len() == depth).map(|(_, value)| *value);
        let longer = &texts[usize::from(value.is_some())..];
        let children: Vec<&[(&[u8], u32)]> =
            longer.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]).collect();
        let mut labels: Vec<u8> = children.iter().map(|texts| texts[0].0[depth]).collect();
        labels.extend(value.map(|_| 0));
        let is_free = |trie: &Trie, at: usize| trie.units.get(at).is_none_or(|unit| unit.is_none());
        let mut base = self.units.len().saturating_sub(512).max(1);
        while self.bases.contains(&base)
            || !labels.iter().all(|label| is_free(self, base ^ *label as usize))
        {
            base += 1;
        }
        self.bases.insert(base);
        let end = labels.iter().map(|label| (base ^ *label as usize) + 1).max().unwrap_or(0);
        self.units.resize(self.units.len().max(end), None);
        let unit = self.units[position].unwrap_or_default();
        let has_value = u32::from(value.is_some()) << 8;
        self.units[position] = Some(unit | has_value | ((position ^ base) as u32) << 10);
        if let Some(value) = value {
            self.units[base] = Some(value | 1 << 31);
        }
        for texts in &children {
            let label = texts[0].0[depth];
            self.units[base ^ label as usize] = Some(u32::from(label));
        }
        for texts in children {
            self.place(base ^ texts[0].0[depth] as usize, depth + 1, texts);
        }
    }
}

#[test]
fn charsmap_finds_the_rules_for_whole_texts() {
    let rules = [("A", "a"), ("ﬁ", "fi"), ("e\u{301}", "é"), ("\u{ad}", "")];
    let compiled = compile(rules.map(|(text, replacement)| (text.to_owned(), replacement)));
    let map = CharsMap::parse(&BASE64.encode(&compiled)).expect("the rules are whole");
    for (text, replacement) in rules {
        assert_eq!(map.replacement(text), Some(replacement), "{text}");
    }
    for text in ["", "a", "B", "e", "ﬂ", "AA", "\u{301}"] {
        assert_eq!(map.replacement(text), None, "{text}");
    }
}

#[test]
fn charsmap_that_is_damaged_does_not_panic() {
    let compiled = compile([("A".to_owned(), "a"), ("ﬁ".to_owned(), "fi")]);
    for position in 0..compiled.len() {
        let mut damaged = compiled.clone();
        damaged[position] ^= 0xff;
        for bytes in [&compiled[..position], &damaged] {
            if let Some(map) = CharsMap::parse(&BASE64.encode(bytes)) {
                let _ = (map.replacement("A"), map.replacement("ﬁ"));
            }
        }
    }
}
