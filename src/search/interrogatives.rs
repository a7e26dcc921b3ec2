//! Interrogatives in several languages. Pure.

use crate::index::language::Language;

/// Interrogatives at the beginning of a question that are other words in other languages.
const INTERROGATIVES: [(&str, &str); 16] = [
    ("en", "what who which when where why how"),
    ("de", "was wer wen wem wie wo wann warum welche welcher welches"),
    ("fr", "que qui quoi quel quelle quand comment pourquoi combien"),
    ("es", "que quien cual cuando donde como cuanto cuantos por"),
    ("it", "che chi cosa quale quando dove come perche quanto"),
    ("pt", "que quem qual quando onde como quanto"),
    ("nl", "wat wie welke wanneer waar waarom hoe"),
    ("sv", "vad vem vilken nar var varfor hur"),
    ("tr", "ne kim hangi nerede neden nasil kac"),
    ("pl", "co kto kogo jak jaka jaki jakie ktory ktora ktore kiedy gdzie dlaczego ile czy"),
    ("cs", "co kdo kdy kde proc jak jaky jaka jake ktery ktera kolik"),
    ("da", "hvad hvem hvornar hvor hvorfor hvordan hvilken hvilke"),
    ("no", "hva hvem nar hvor hvorfor hvordan hvilken hvilke"),
    ("fi", "mika mita kuka milloin missa miksi miten kuinka mitka"),
    ("hu", "mi ki mit mikor hol miert hogyan hany melyik mennyi"),
    ("ro", "ce cine cand unde cat cum care cati"),
];

/// Returns whether a folded word is an interrogative of a language.
pub fn is_interrogative(folded: &str, language: &Language) -> bool {
    let list = INTERROGATIVES.iter().find(|(code, _)| *code == language.code());
    list.is_some_and(|(_, words)| words.split(' ').any(|word| word == folded))
}
