//! Whether a sentence can be understood without the one before it. Pure.
//!
//! By words that point back, listed for each language in `hanging.toml`, and by where they stand: a
//! pronoun hangs if nothing before it in its sentence could be meant. A language without a list is
//! judged by its marks alone. What is told wrongly costs a good sentence, or shows one that hangs;
//! never a wrong word.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::index::analyzer::{self, Language, Word};
use crate::search::stopwords::is_stopword;

/// How a sentence stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Alone,
    /// Something in it points back, but the rest can be understood.
    Leaning,
    /// It needs the sentence before.
    Hanging,
    /// A part of a longer quotation, or one that says not who speaks: the sentence before would not
    /// help.
    Broken,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    openers: Vec<String>,
    unless: Vec<String>,
    pronouns: Vec<String>,
    persons: Vec<String>,
    pointers: Vec<String>,
    early: Vec<String>,
    vague: Vec<String>,
    turns: Vec<String>,
    #[serde(default)]
    beginnings: Vec<String>,
}

/// [`Lists`], with their phrases as folded words.
struct Bonds {
    openers: Vec<Opener>,
    unless: Vec<Vec<String>>,
    pronouns: Vec<String>,
    persons: Vec<String>,
    pointers: Vec<String>,
    early: Vec<Vec<String>>,
    vague: Vec<String>,
    turns: Vec<Opener>,
    beginnings: Vec<String>,
}

/// How a sentence may begin.
struct Opener {
    words: Vec<String>,
    /// Whether a comma must follow.
    has_comma: bool,
}

static BONDS: LazyLock<BTreeMap<String, Bonds>> = LazyLock::new(|| {
    let lists: BTreeMap<String, Lists> = toml::from_str(include_str!("hanging.toml"))
        .expect("the file is part of the program and under test");
    lists.into_iter().map(|(code, lists)| (code, Bonds::of(lists))).collect()
});

/// So many words that carry something can be what a later "this" points to.
const ENOUGH_TO_POINT_TO: usize = 5;
/// What stands within so many first words ties a sentence to the one before.
const EARLY: usize = 8;
const OPENING_QUOTES: [char; 4] = ['“', '„', '«', '「'];
const CLOSING_QUOTES: [char; 3] = ['”', '»', '」'];

/// How `sentence` stands by itself in this language.
pub fn standing(sentence: &str, language: &Language) -> Standing {
    let by_marks = by_marks(sentence);
    match BONDS.get(language.code()) {
        Some(bonds) => by_marks.max(bonds.standing(sentence, language)),
        None => by_marks,
    }
}

/// Whether `sentence` takes back, or away from, what the sentence before says.
pub fn turns(sentence: &str, language: &Language) -> bool {
    let words = analyzer::words(sentence);
    let bonds = BONDS.get(language.code());
    bonds.is_some_and(|bonds| bonds.turns.iter().any(|turn| turn.opens(sentence, &words)))
}

/// How many words stand for something that is named elsewhere, perhaps in another sentence.
pub fn stand_ins(sentence: &str, language: &Language) -> usize {
    let Some(bonds) = BONDS.get(language.code()) else { return 0 };
    let stands_in = |word: &&Word| {
        bonds.pronouns.contains(&word.folded) || bonds.persons.contains(&word.folded)
    };
    analyzer::words(sentence).iter().filter(stands_in).count()
}

/// How many quotations are open after `text`, when `open` were before it.
pub fn open_quotations(text: &str, open: usize) -> usize {
    let step = |open: usize, c: char| match c {
        '“' if text.contains('„') => open.saturating_sub(1),
        c if OPENING_QUOTES.contains(&c) => open + 1,
        c if CLOSING_QUOTES.contains(&c) => open.saturating_sub(1),
        _ => open,
    };
    let curly = text.chars().fold(open, step);
    let straight = text.matches('"').count() % 2;
    curly + straight
}

fn by_marks(sentence: &str) -> Standing {
    let first = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    let is_whole = open_quotations(sentence, 0) == 0 && !closes_what_it_did_not_open(sentence);
    let is_speech = sentence.starts_with(|c: char| c == '"' || OPENING_QUOTES.contains(&c))
        && sentence.ends_with(|c: char| c == '"' || CLOSING_QUOTES.contains(&c));
    match first {
        _ if !is_whole || is_speech => Standing::Broken,
        Some(first) if first.is_lowercase() => Standing::Hanging,
        _ if sentence.starts_with(['–', '—', ')', ',', ';', '…']) => Standing::Hanging,
        Some(_) => Standing::Alone,
        None => Standing::Broken,
    }
}

fn closes_what_it_did_not_open(sentence: &str) -> bool {
    let opens = sentence.find(OPENING_QUOTES);
    let closes = sentence.find(['”', '»', '」']);
    match (opens, closes) {
        (None, Some(_)) => true,
        (Some(opens), Some(closes)) => closes < opens && !sentence.contains('„'),
        _ => false,
    }
}

impl Bonds {
    fn of(lists: Lists) -> Bonds {
        let phrases = |list: &[String]| list.iter().map(|phrase| folded(phrase)).collect();
        let openers = |list: &[String]| list.iter().map(|entry| Opener::of(entry)).collect();
        Bonds {
            openers: openers(&lists.openers),
            unless: phrases(&lists.unless),
            pronouns: lists.pronouns.iter().flat_map(|word| folded(word)).collect(),
            persons: lists.persons.iter().flat_map(|word| folded(word)).collect(),
            pointers: lists.pointers.iter().flat_map(|word| folded(word)).collect(),
            early: phrases(&lists.early),
            vague: lists.vague.iter().flat_map(|word| folded(word)).collect(),
            turns: openers(&lists.turns),
            beginnings: lists.beginnings,
        }
    }

    fn standing(&self, sentence: &str, language: &Language) -> Standing {
        let words = analyzer::words(sentence);
        let begins = |list: &[Vec<String>]| list.iter().any(|phrase| starts(&words, phrase));
        let is_let_off = begins(&self.unless) || is_empty_it(&words, language);
        let opener = self.openers.iter().any(|opener| opener.opens(sentence, &words));
        let begins_so = self.beginnings.iter().any(|beginning| sentence.starts_with(&**beginning));
        if (opener && !is_let_off) || begins_so {
            return Standing::Hanging;
        }
        let from = usize::from(is_let_off);
        let mut standing = Standing::Alone;
        let mut before = Before::default();
        for (at, word) in words.iter().enumerate() {
            if at >= from {
                standing = standing.max(self.at(at, &words, &before, sentence));
            }
            before.take(word, at, sentence, language);
        }
        standing
    }

    /// How the sentence stands because of one word.
    fn at(&self, at: usize, words: &[Word], before: &Before, sentence: &str) -> Standing {
        let word = &words[at].folded;
        let rest = &words[at..];
        if self.pronouns.contains(word) && before.content == 0 {
            return Standing::Hanging;
        }
        if self.persons.contains(word) && before.names == 0 {
            return Standing::Hanging;
        }
        if self.pointers.contains(word) && before.content < ENOUGH_TO_POINT_TO && !is_let(rest) {
            return Standing::Hanging;
        }
        // After a comma it is no conjunction.
        if word == "that" && sentence[..words[at].range.start].ends_with(", ") {
            return Standing::Hanging;
        }
        if self.early.iter().any(|phrase| starts(rest, phrase))
            && !is_pair(word, rest, before)
            && !is_correlative(at, words)
        {
            return if at < EARLY { Standing::Hanging } else { Standing::Alone };
        }
        if word == "the" && rest.get(1).is_some_and(|noun| self.is_bare(noun, rest, sentence)) {
            return match before.names + before.content {
                0 => Standing::Hanging,
                1..ENOUGH_TO_POINT_TO => Standing::Leaning,
                _ => Standing::Alone,
            };
        }
        Standing::Alone
    }

    /// A noun that means something named before: nothing after it says which.
    fn is_bare(&self, noun: &Word, rest: &[Word], sentence: &str) -> bool {
        let says_which = |next: &Word| {
            let glued = &sentence[noun.range.end..next.range.start];
            let is_said = matches!(
                next.folded.as_str(),
                "of" | "that"
                    | "which"
                    | "who"
                    | "in"
                    | "to"
                    | "between"
                    | "for"
                    | "with"
                    | "on"
                    | "at"
                    | "from"
                    | "over"
                    | "by"
            );
            glued == " " && is_said || glued.contains(['’', '\'', '-'])
        };
        self.vague.contains(&noun.folded) && !rest.get(2).is_some_and(says_which)
    }
}

impl Opener {
    fn of(entry: &str) -> Opener {
        Opener { words: folded(entry), has_comma: entry.ends_with([',', '،']) }
    }

    fn opens(&self, sentence: &str, words: &[Word]) -> bool {
        let end = self.words.len().checked_sub(1).and_then(|last| words.get(last));
        let is_set_off = |end: &Word| sentence[end.range.end..].starts_with([',', '،']);
        starts(words, &self.words) && (!self.has_comma || end.is_some_and(is_set_off))
    }
}

/// What a word that points back could point to within its own sentence.
#[derive(Default)]
struct Before {
    /// Words that carry something.
    content: usize,
    /// Written with a capital.
    names: usize,
}

impl Before {
    fn take(&mut self, word: &Word, at: usize, sentence: &str, language: &Language) {
        let languages = std::slice::from_ref(language);
        let is_number = word.folded.starts_with(|c: char| c.is_ascii_digit());
        if is_number || is_stopword(&word.folded, languages) {
            return;
        }
        self.content += 1;
        let written = &sentence[word.range.clone()];
        let is_common = at == 0 && crate::search::rarity::is_word(&word.folded);
        self.names += usize::from(written.starts_with(char::is_uppercase) && !is_common);
    }
}

/// "both Iran and", or "both" after two names.
fn is_pair(word: &str, rest: &[Word], before: &Before) -> bool {
    let names_them = || rest.iter().skip(1).take(6).any(|word| word.folded == "and");
    word == "both" && (before.names >= 2 || names_them())
}

/// "not only … but also".
fn is_correlative(at: usize, words: &[Word]) -> bool {
    words[at].folded == "also" && words[..at].iter().any(|word| word.folded == "only")
}

/// "such as", "those who".
fn is_let(rest: &[Word]) -> bool {
    let next = rest.get(1).map_or("", |word| word.folded.as_str());
    match rest[0].folded.as_str() {
        "such" => next == "as",
        "similar" => next == "to",
        "those" => matches!(next, "who" | "whose" | "that" | "with" | "in" | "of" | "without"),
        "this" => matches!(next, "year" | "month" | "week" | "century" | "article"),
        _ => false,
    }
}

/// "It is reasonable to", "It remains unclear whether": an English "it" that stands for nothing.
fn is_empty_it(words: &[Word], language: &Language) -> bool {
    let [it, verb, rest @ ..] = words else { return false };
    let is_verb = matches!(
        verb.folded.as_str(),
        "is" | "was"
            | "seems"
            | "appears"
            | "remains"
            | "became"
            | "would"
            | "may"
            | "takes"
            | "took"
    );
    let at = rest
        .iter()
        .take(4)
        .position(|word| matches!(word.folded.as_str(), "to" | "that" | "whether" | "how" | "why"));
    let is_done = |word: &Word| {
        let is_said = matches!(
            word.folded.as_str(),
            "expected" | "believed" | "reported" | "estimated" | "argued"
        );
        word.folded.ends_with("ed") && !is_said
    };
    let tells = |at: usize| at > 0 && !rest[..at].iter().any(is_done);
    language.code() == "en" && it.folded == "it" && is_verb && at.is_some_and(tells)
}

fn starts(words: &[Word], phrase: &[String]) -> bool {
    !phrase.is_empty()
        && words.len() >= phrase.len()
        && words.iter().zip(phrase).all(|(word, part)| word.folded == *part)
}

fn folded(phrase: &str) -> Vec<String> {
    analyzer::words(phrase).into_iter().map(|word| word.folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, sentence: &str, expected: Standing) {
        assert_eq!(standing(sentence, &Language::of_code(language)), expected, "{sentence}");
    }

    #[test]
    fn a_sentence_that_points_back_hangs() {
        for (language, sentence) in [
            ("en", "However, underlying tensions persist."),
            ("en", "This deliberate restraint reflects a careful act."),
            (
                "en",
                "With the Emirate in power for years to come, that optimism may be well-founded.",
            ),
            ("en", "Among them, Iran is an interesting case."),
            ("en", "In 2015 he moved to Turin."),
            ("en", "Under the Taliban, this imbalance has worsened."),
            ("en", "Should Iran choose to take a similar step, it would act alone."),
            ("en", "ISKP poses a serious menace to both regimes."),
            ("en", "Iran also struggles with narcotics."),
            ("en", "The country has become a nexus."),
            ("en", "Second, the dam leaks."),
            ("en", "the rest of a sentence."),
            ("de", "Außerdem fehlt das Wasser."),
            ("de", "Dort wird seit 1966 Strom erzeugt."),
            ("fr", "C’est pourquoi la rivière manque d’eau."),
            ("es", "Sin embargo, el río está seco."),
            ("es", "Está seco."),
            ("ru", "Её воды делят две страны."),
            ("ru", "При этом договор не выполняется."),
            ("ar", "ومع ذلك، لا تزال التوترات قائمة."),
            ("fa", "با این حال، تنش‌ها باقی است."),
            ("fa", "آن‌ها به ایران بازگشتند."),
            ("zh", "然而，河水不足。"),
            ("ja", "しかし、水が足りない。"),
        ] {
            check(language, sentence, Standing::Hanging);
        }
    }

    #[test]
    fn a_sentence_that_names_what_it_means_stands_alone() {
        for (language, sentence) in [
            ("en", "Since the Taliban’s return to power in 2021, it has kept away from Iran."),
            ("en", "It is reasonable to suggest that recognition may follow."),
            ("en", "There are two million addicts in Iran."),
            (
                "en",
                "Iranian and Russian strategic interests do not always converge, and this divergence matters.",
            ),
            ("en", "Both Tehran and Kabul want the refugees to return."),
            ("en", "Those who return find no work."),
            ("en", "A jihadist victory poses not only a risk but also a challenge."),
            ("en", "Giorgio Cafiero said he was in Doha."),
            ("en", "Second World War bombs are found every year."),
            ("de", "Es gibt in Iran zwei Millionen Süchtige."),
            ("fr", "L’Iran partage la rivière avec son voisin."),
            ("es", "Irán está al oeste de Afganistán."),
            ("ru", "Иран делит воды Гильменда с Афганистаном."),
            ("ar", "تقع إيران غرب أفغانستان."),
            ("fa", "رود هلمند از افغانستان به ایران می‌رود."),
            ("zh", "赫尔曼德河流入伊朗。"),
            ("tr", "Nehir kuruyor."),
        ] {
            check(language, sentence, Standing::Alone);
        }
        check("en", "Despite setbacks, the group has proven resilient.", Standing::Leaning);
    }

    #[test]
    fn a_part_of_a_speech_is_broken() {
        check("en", "“We have seen it.”", Standing::Broken);
        check("en", "“We have seen it.", Standing::Broken);
        check("en", "It is a tool of leverage,” Dr. Karim said.", Standing::Broken);
        check("en", "“It never rains,” said Ada Moon.", Standing::Hanging);
        check("en", "The “water bankruptcy” of Iran is old.", Standing::Alone);
        check("de", "Die „Wassernot“ in Iran ist alt.", Standing::Alone);
        assert_eq!(open_quotations("“We saw. ", 0), 1);
        assert_eq!(open_quotations("He left,” she said.", 1), 0);
    }
}
