//! The Latin spellings of a word in another script, as an automaton. Pure.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use tantivy_fst::Automaton;

/// The Latin spellings of a word: a sequence of alternatives.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    slots: Vec<Slot>,
    /// Number of letters that are consonants.
    pub consonants: usize,
    /// Whether the script writes all vowels.
    pub has_vowels: bool,
}

/// The spellings of a letter, each with its cost.
type Slot = Vec<(String, u32)>;

/// A position in a spelling: the number of its slot, that of its alternative, and the byte.
type Position = (usize, usize, usize);

/// Spellings of each letter, or of several letters that are spelled together.
static SPELLINGS: LazyLock<FxHashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("latin.txt").lines().filter(|line| !line.starts_with('#'));
    let of_line = |line: &'static str| {
        let (letters, spellings) = line.split_once(' ')?;
        let spelling = |own: &'static str| if own == EMPTY { "" } else { own };
        Some((letters, spellings.split(' ').map(spelling).collect()))
    };
    lines.filter_map(of_line).collect()
});

/// An empty spelling in the file.
const EMPTY: &str = "|";
/// Maximum number of letters that are spelled together.
const MAX_TOGETHER: usize = 3;
/// Vowels that a script without vowels leaves out.
const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
/// Vowels at the end of a word that are not pronounced.
const SILENT: [&str; 1] = ["e"];
/// Endings of names that inflection replaces.
const ENDINGS: [&str; 7] = ["", "a", "e", "i", "o", "y", "ia"];

impl Pattern {
    /// Returns the spellings of a word in lower case. `None` if a letter has none.
    pub fn new(word: &str) -> Option<Pattern> {
        let letters: Vec<_> = word.chars().collect();
        let mut pattern = Pattern { slots: Vec::new(), consonants: 0, has_vowels: true };
        let mut at = 0;
        while at < letters.len() {
            let longest = (1..=MAX_TOGETHER.min(letters.len() - at)).rev();
            let (length, spellings) = longest
                .map(|length| (length, letters[at..at + length].iter().collect::<String>()))
                .find_map(|(length, letters)| Some((length, SPELLINGS.get(letters.as_str())?)))?;
            let (letter, next) = (letters[at + length - 1], letters.get(at + length));
            // At the end of a word, these letters are vowels.
            let is_inner_h = matches!(letter, 'ه' | 'ہ' | 'ה') && next.is_some();
            let spellings = if is_inner_h { &spellings[..1] } else { &spellings[..] };
            let is_consonant = !ends_with_vowel(spellings[0]);
            at += length;
            // Any consonant may be doubled.
            if is_consonant && next == Some(&letter) {
                continue;
            }
            pattern.has_vowels &= !is_abjad(letter);
            pattern.consonants += usize::from(is_consonant);
            pattern.slots.push(slot(spellings, unwritten_vowels(letter, next)));
        }
        (!pattern.slots.is_empty()).then_some(pattern)
    }

    /// Returns the pattern with any ending of a name.
    pub fn with_open_end(mut self) -> Pattern {
        self.slots.push(ENDINGS.map(|ending| (ending.to_owned(), 1)).into());
        self
    }

    /// Returns the cost of a word: the number of letters with an unusual spelling. `None` if the
    /// pattern does not match.
    pub fn cost(&self, word: &str) -> Option<u32> {
        let mut costs = vec![None; word.len() + 1];
        costs[0] = Some(0);
        for slot in &self.slots {
            let mut next = vec![None; word.len() + 1];
            for (start, before) in costs.iter().enumerate() {
                let Some(before) = before else { continue };
                for (spelling, cost) in slot {
                    if word.as_bytes()[start..].starts_with(spelling.as_bytes()) {
                        let known: &mut Option<u32> = &mut next[start + spelling.len()];
                        *known = Some(known.map_or(before + cost, |own| own.min(before + cost)));
                    }
                }
            }
            costs = next;
        }
        costs[word.len()]
    }

    /// Adds the first position of each spelling of a slot, and of those after an empty one.
    fn enter(&self, slot: usize, positions: &mut Vec<Position>) {
        if slot == self.slots.len() {
            push(positions, (slot, 0, 0));
        }
        for (number, (spelling, _)) in self.slots.get(slot).into_iter().flatten().enumerate() {
            match spelling.is_empty() {
                true => self.enter(slot + 1, positions),
                false => push(positions, (slot, number, 0)),
            }
        }
    }
}

impl Automaton for &Pattern {
    type State = Vec<Position>;

    fn start(&self) -> Vec<Position> {
        let mut positions = Vec::new();
        self.enter(0, &mut positions);
        positions
    }

    fn is_match(&self, state: &Vec<Position>) -> bool {
        state.iter().any(|(slot, _, _)| *slot == self.slots.len())
    }

    fn can_match(&self, state: &Vec<Position>) -> bool {
        !state.is_empty()
    }

    fn accept(&self, state: &Vec<Position>, byte: u8) -> Vec<Position> {
        let mut positions = Vec::new();
        for (slot, number, at) in state.iter().copied() {
            let Some((spelling, _)) = self.slots.get(slot).map(|own| &own[number]) else {
                continue;
            };
            if spelling.as_bytes()[at] != byte {
                continue;
            }
            match at + 1 == spelling.len() {
                true => self.enter(slot + 1, &mut positions),
                false => push(&mut positions, (slot, number, at + 1)),
            }
        }
        positions
    }
}

fn push(positions: &mut Vec<Position>, position: Position) {
    if !positions.contains(&position) {
        positions.push(position);
    }
}

/// Returns the spellings of a letter: those of the file, with the last letter doubled, and with a
/// vowel that is not written.
fn slot(spellings: &[&str], unwritten_vowels: &[&str]) -> Slot {
    let mut slot = Slot::new();
    for (number, spelling) in spellings.iter().enumerate() {
        let cost = u32::from(number > 0);
        slot.push(((*spelling).to_owned(), cost));
        let Some(last) = spelling.chars().last().filter(|_| !ends_with_vowel(spelling)) else {
            continue;
        };
        let doubled = format!("{spelling}{last}");
        for vowel in unwritten_vowels {
            slot.push((format!("{spelling}{vowel}"), cost));
            slot.push((format!("{doubled}{vowel}"), cost + 1));
        }
        slot.push((doubled, cost + 1));
    }
    slot
}

fn ends_with_vowel(spelling: &str) -> bool {
    spelling.is_empty() || spelling.ends_with(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// Returns the vowels that may follow a consonant unwritten: any after a letter of a script that
/// leaves out vowels, and after a consonant of Devanagari without a vowel sign; a silent `e` at the
/// end.
fn unwritten_vowels(letter: char, next: Option<&char>) -> &'static [&'static str] {
    let is_sign = |c: &char| matches!(*c, '\u{93a}'..='\u{94f}');
    match next {
        None => &SILENT,
        Some(next) if is_devanagari(letter) && !is_sign(next) => &VOWELS,
        Some(_) if is_abjad(letter) => &VOWELS,
        Some(_) => &[],
    }
}

/// Returns whether a letter belongs to a script that leaves out vowels: Arabic or Hebrew.
fn is_abjad(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{6ff}')
}

pub fn is_devanagari(letter: char) -> bool {
    matches!(letter, '\u{900}'..='\u{97f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &Pattern, word: &str) -> bool {
        let automaton = pattern;
        let state = word
            .bytes()
            .fold((&automaton).start(), |state, byte| (&automaton).accept(&state, byte));
        (&automaton).is_match(&state)
    }

    #[test]
    fn pattern_matches_the_spellings_of_a_name() {
        let check = |word: &str, latin: &[&str]| {
            let pattern = Pattern::new(word).expect("all letters have a spelling");
            for latin in latin {
                assert!(matches(&pattern, latin), "{word} {latin}");
                assert!(pattern.cost(latin).is_some(), "{word} {latin}");
            }
            for other in ["", "river", "bahissa", "bahis bahis"] {
                assert!(!matches(&pattern, other), "{word} {other}");
                assert_eq!(pattern.cost(other), None, "{word} {other}");
            }
        };
        check("бахисс", &["bahiss", "bakhiss", "bahis"]);
        check("хельманд", &["helmand", "khelmand"]);
        check("джавад", &["javad", "djavad", "dzhavad"]);
        check("шварценеггер", &["schwarzenegger"]);
        check("трамп", &["trump"]);
        check("чайковский", &["tchaikovsky"]);
        check("джонсон", &["johnson"]);
        check("рейган", &["reagan"]);
        check("таджикистан", &["tajikistan"]);
        check("ђоковић", &["djokovic"]);
        check("назарбаев", &["nazarbayev"]);
        check("باهیس", &["bahiss", "bahis"]);
        check("باهيس", &["bahiss"]);
        check("هلمند", &["helmand"]);
        check("خراسان", &["khorasan", "khurasan"]);
        check("ایران", &["iran"]);
        check("جواد", &["javad", "jawad"]);
        check("واشنطن", &["washington"]);
        check("جورج", &["george"]);
        check("محمد", &["mohammed", "muhammad"]);
        check("چرچیل", &["churchill"]);
        check("پیښور", &["peshawar"]);
        check("زرداری", &["zardari"]);
        check("ευρωπη", &["europe"]);
        check("τζονσον", &["johnson", "jonson"]);
        check("ουασινγκτον", &["washington"]);
        check("γουιλιαμ", &["william"]);
        check("हार्वर्ड", &["harvard"]);
        check("प्रोटोकॉल", &["protocol"]);
        check("नेटवर्क", &["network"]);
        check("माइक्रोसॉफ्ट", &["microsoft"]);
        check("נתניהו", &["netanyahu"]);
        check("ביידן", &["biden"]);
    }

    #[test]
    fn pattern_matches_no_words_that_sound_otherwise() {
        for (word, other) in
            [("هزاره", "ezra"), ("تریاک", "trek"), ("ایران", "rain"), ("сон", "sin")]
        {
            let pattern = Pattern::new(word).expect("all letters have a spelling");
            assert!(!matches(&pattern, other), "{word} {other}");
        }
    }

    #[test]
    fn cost_prefers_the_usual_spelling() {
        let pattern = Pattern::new("сентр").expect("all letters have a spelling");
        assert!(pattern.cost("sentr") < pattern.cost("centr"));
    }

    #[test]
    fn pattern_needs_letters_with_spellings() {
        for word in ["", "helmand", "水", "б1", "река-"] {
            assert_eq!(Pattern::new(word), None, "{word}");
        }
    }
}
