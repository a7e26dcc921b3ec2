//! Spelling variants of a word: British and American English, letters written out. Pure.

use crate::index::analyzer;

/// Minimum length of an English word with variants, in chars.
const MIN_CHARS: usize = 5;

/// Endings, or letters anywhere (`our`, `ae`), that British and American English spell differently.
/// A variant counts only if the corpus has it, so that a wrong one does no harm.
const ENDINGS: [(&str, &str); 22] = [
    ("ise", "ize"),
    ("ises", "izes"),
    ("ised", "ized"),
    ("iser", "izer"),
    ("ising", "izing"),
    ("isation", "ization"),
    ("isations", "izations"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("tre", "ter"),
    ("tres", "ters"),
    ("bre", "ber"),
    ("ence", "ense"),
    ("ences", "enses"),
    ("ogue", "og"),
    ("ogues", "ogs"),
    ("lled", "led"),
    ("lling", "ling"),
    ("ller", "ler"),
    ("dgement", "dgment"),
    ("amme", "am"),
];
const INNER: [(&str, &str); 2] = [("our", "or"), ("ae", "e")];
/// Letters with an umlaut or a ring, as they are written out.
const WRITTEN_OUT: [(char, &str); 5] =
    [('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('å', "aa"), ('ø', "oe")];

/// Returns the folded variants of a word, which is given as typed and folded.
pub fn variants(typed: &str, folded: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lower = typed.to_lowercase();
    if lower.contains(|c| WRITTEN_OUT.iter().any(|(letter, _)| *letter == c)) {
        let written_out = WRITTEN_OUT
            .iter()
            .fold(lower, |word, (letter, letters)| word.replace(*letter, letters));
        found.extend(analyzer::words(&written_out).into_iter().map(|word| word.folded).take(1));
    }
    if !folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return found;
    }
    // A letter that the reader writes out is folded to its base letter in the corpus.
    let contracted =
        WRITTEN_OUT.iter().fold(folded.to_owned(), |word, (letter, letters)| match letter {
            'ø' => word,
            letter => word.replace(letters, &base_letter(*letter)),
        });
    if contracted != folded {
        found.push(contracted);
    }
    if folded.len() < MIN_CHARS {
        return found;
    }
    for (british, american) in ENDINGS {
        for (one, other) in [(british, american), (american, british)] {
            found.extend(folded.strip_suffix(one).map(|stem| format!("{stem}{other}")));
        }
    }
    for (british, american) in INNER {
        for (one, other) in [(british, american), (american, british)] {
            let is_other_word = |variant: &String| variant != folded && !variant.contains("fourth");
            found.extend(Some(folded.replacen(one, other, 1)).filter(is_other_word));
        }
    }
    found
}

fn base_letter(letter: char) -> String {
    analyzer::words(&letter.to_string()).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_have_the_other_spelling() {
        let check = |typed: &str, expected: &str| {
            let folded = analyzer::words(typed).remove(0).folded;
            let found = variants(typed, &folded);
            assert!(found.iter().any(|variant| variant == expected), "{typed}: {found:?}");
        };
        check("organise", "organize");
        check("Organizations", "organisations");
        check("colour", "color");
        check("neighborhood", "neighbourhood");
        check("centre", "center");
        check("theaters", "theatres");
        check("defense", "defence");
        check("catalog", "catalogue");
        check("travelled", "traveled");
        check("modeling", "modelling");
        check("encyclopaedia", "encyclopedia");
        check("Mueller", "muller");
        check("Müller", "mueller");
        check("Goethe", "gothe");
        check("Århus", "aarhus");
        check("judgment", "judgement");
    }
}
