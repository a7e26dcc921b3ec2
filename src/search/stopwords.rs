//! The words of a question that do not decide: question words, function words, and what people say
//! around a question. Used for questions only; the index keeps every word.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, RwLock};

use crate::index::analyzer::{self, Language};

/// English by our own list, since it holds the words around a question that general lists miss and
/// leaves out those that carry one (`against`, `before`, `first`).
const ENGLISH: &str = "\
    a an the this that these those and or but nor so if then than as of at by for with about \
    into onto to from in on up down out off over under again there here i me my mine we us our \
    ours you your yours he him his she her hers it its they them their theirs who whom whose \
    which what where when why how is am are was were be been being do does did done doing has \
    have had having will would shall should can could may might must not no yes please tell \
    explain describe say says said give show find know mean means meaning name many much any \
    some such same other another also just only very too more most often something anything \
    someone anyone dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt im ive \
    id ill youre theyre thats whats whos wheres hows hey hi hello ok okay really actually ever \
    get got let lets s t re ve ll d m because due make made makes did didn one ones e g eg ie \
    etc vs per via article text kind kinds type types sort thing things named called happen \
    happened happens happening use used using big old far long according during between \
    themselves himself herself itself exactly precisely since yet anyway";

/// Words that people say around a question and that carry one only when it has nothing else, as in
/// "who are the authors?".
const LIGHT: &str = "\
    author authors wrote written writer writers writes think thinks thought believe believes \
    opinion view views reason reasons role roles play plays played start starts started begin \
    begins began want wants wanted need needs needed instead next stand stands abbreviation \
    acronym";

/// Whether a folded word decides something only in a question without any other.
pub fn is_light(folded: &str, languages: &[Language]) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| LIGHT.split_whitespace().collect());
    has_english(languages) && SET.contains(folded)
}

fn has_english(languages: &[Language]) -> bool {
    languages.is_empty() || languages.iter().any(|language| language.code() == "en")
}

/// Whether a folded word decides nothing, in any of the corpus's languages; no language stands
/// for English.
pub fn is_stopword(folded: &str, languages: &[Language]) -> bool {
    static ENGLISH_SET: LazyLock<HashSet<&str>> =
        LazyLock::new(|| ENGLISH.split_whitespace().collect());
    (has_english(languages) && ENGLISH_SET.contains(folded))
        || languages
            .iter()
            .filter(|language| language.code() != "en")
            .any(|language| list(language).contains(folded))
}

/// The stop words of a language, folded like the words of a text.
fn list(language: &Language) -> &'static HashSet<String> {
    static LISTS: LazyLock<RwLock<HashMap<String, &'static HashSet<String>>>> =
        LazyLock::new(RwLock::default);
    if let Ok(lists) = LISTS.read()
        && let Some(list) = lists.get(language.code())
    {
        return list;
    }
    let words = stop_words::lookup(language.code()).unwrap_or_default();
    let folded = words.iter().flat_map(|word| analyzer::words(word)).map(|word| word.folded);
    // One list a language for the life of the process.
    let list: &'static HashSet<String> = Box::leak(Box::new(folded.collect()));
    if let Ok(mut lists) = LISTS.write() {
        lists.insert(language.code().to_owned(), list);
    }
    list
}
