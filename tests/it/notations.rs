//! Questions in other notations, spellings and languages than the text: each finds its sentence.

use verbatim::answer::Answer;
use verbatim::index::no_progress;
use verbatim::library::Library;

use crate::tester::{folders, write};

/// Checks the first quote of each question on a corpus of these articles: a part of the quote, or
/// nothing for a question without an answer.
#[track_caller]
fn check(articles: &[(&str, &str)], questions: &[(&str, &str)]) {
    let folders = folders();
    for (file, text) in articles {
        write(&folders, file, text);
    }
    let (corpus, data) = (folders.path().join("corpus"), folders.path().join("data"));
    let library = Library::open(corpus.as_path(), &data, no_progress).expect("a sound corpus");
    for (question, expected) in questions {
        let answer = library.all().ask(question, None).expect("a readable index");
        let quote = match &answer {
            Answer::Found(found) => found.excerpts[0].quote(),
            _ => "",
        };
        let is_right = match expected.is_empty() {
            true => quote.is_empty(),
            false => quote.contains(expected),
        };
        assert!(is_right, "{question}: {quote:?}");
    }
}

const ENGLISH: &str = "---\ntitle: The yard\nlanguage: en\n---\n";

#[test]
fn notation_signs_belong_to_names() {
    let text = "The crane software is written in C++.\n\nPayroll runs on C#.\n\nVitamin C is kept in room C.\n\n\
        The phones are from AT&T.\n\nThe clerk moved the books to .NET last year.\n\n\
        A net was thrown over the pier.\n\nThe share $TSLA fell.\n\nWrite to @harbour_clerk.\n";
    check(
        &[("yard.md", &format!("{ENGLISH}{text}"))],
        &[
            ("What is written in C++?", "C++"),
            ("c++", "C++"),
            ("C#", "C#"),
            ("AT&T", "AT&T"),
            ("at&t phones", "AT&T"),
            (".NET", ".NET"),
            ("what was moved to .net?", ".NET"),
            ("TSLA", "$TSLA"),
            ("$tsla", "$TSLA"),
            ("@harbour_clerk", "@harbour_clerk"),
        ],
    );
}

#[test]
fn notation_of_numbers_units_and_dates_may_differ() {
    let text = "About 12 000 crates are stored.\n\nThe rod is 5 mm thick.\n\n\
        Version 3.11 of the plan is in force.\n\nThe fee is 1.250,50 pounds.\n\n\
        The causeway reopened on 2019-11-05.\n\nThe lighthouse was automated on 3 March 1984.\n\n\
        On Dec. 24th, 1931 the pier burned.\n\nThree pilots share the cutter.\n\n\
        The load was 2.5 tonnes.\n";
    check(
        &[("yard.md", &format!("{ENGLISH}{text}"))],
        &[
            ("12,000 crates", "12 000"),
            ("12000 crates", "12 000"),
            ("12'000 crates", "12 000"),
            ("5mm rod", "5 mm"),
            ("v3.11", "3.11"),
            ("1250.50 pounds", "1.250,50"),
            ("what happened on 5 November 2019?", "2019-11-05"),
            ("November 5th, 2019", "2019-11-05"),
            ("5.11.2019", "2019-11-05"),
            ("1984-03-03", "3 March 1984"),
            ("03/03/1984", "3 March 1984"),
            ("24 December 1931", "Dec. 24th"),
            ("3 pilots", "Three pilots"),
            ("2,5 tonnes", "2.5 tonnes"),
        ],
    );
}

#[test]
fn notation_of_words_may_be_joined_split_or_of_another_spelling() {
    let text = "Send an e-mail to the master.\n\nThe co-operative sells ice.\n\nThe data-centre hums.\n\n\
        The crew wore T-shirts.\n\nThe WiFi reaches the pier.\n\nThe mole was rebuilt.\n\n\
        The colour of the buoy is red.\n\nThe guild was organised in spring.\n\n\
        The engineer Müller drew it.\n\nMr Goethe came by boat.\n\nThe fishermen's theatre burned.\n\n\
        The ﬁnal survey is due.\n\nDaesh was mentioned twice.\n";
    check(
        &[("yard.md", &format!("{ENGLISH}{text}"))],
        &[
            ("email", "e-mail"),
            ("e mail", "e-mail"),
            ("cooperative", "co-operative"),
            ("datacentre", "data-centre"),
            ("data center", "data-centre"),
            ("tshirts", "T-shirts"),
            ("wi-fi", "WiFi"),
            ("re-built mole", "rebuilt"),
            ("color of the buoy", "colour"),
            ("when was the guild organized?", "organised"),
            ("Mueller", "Müller"),
            ("Muller", "Müller"),
            ("Göthe", "Goethe"),
            ("theater", "theatre"),
            ("final survey", "ﬁnal"),
            ("ISIS", "Daesh"),
        ],
    );
}

#[test]
fn notation_of_irregular_forms_is_known() {
    let text = "The lamp shone for miles.\n\nConvicts dug the basin.\n\nThe mayor froze the fees.\n\n\
        The crew threw the cargo overboard.\n\nTwo mice lived aboard.\n\nThe ship sank at noon.\n";
    check(
        &[("yard.md", &format!("{ENGLISH}{text}"))],
        &[
            ("How far did the lamp shine?", "shone"),
            ("Who digs the basin?", "dug"),
            ("Did the mayor freeze something?", "froze"),
            ("What did the crew throw?", "threw"),
            ("is there a mouse", "mice"),
            ("When did the ship sink?", "sank"),
        ],
    );
}

#[test]
fn notation_with_invisible_characters_or_another_keyboard_is_read() {
    let russian = "---\ntitle: Порт\nlanguage: ru\n---\nМаяк построили голландские инженеры.\n";
    check(
        &[("river.md", &format!("{ENGLISH}It centers on the Helmand.\n")), ("ru.md", russian)],
        &[
            ("Hel\u{2060}mand", "Helmand"),
            ("Hel\u{200b}mand", "Helmand"),
            ("\u{202a}Helmand\u{202c}", "Helmand"),
            ("\u{feff}Helmand", "Helmand"),
            ("vfzr", "Маяк"),
            ("Ufkkfylcrbt by;tyths", "голландские"),
            ("Рудьфтв", "Helmand"),
        ],
    );
}

#[test]
fn phrase_of_function_words_is_searched_word_for_word() {
    let text = "To be, or not to be, the actor cried.\n\nWhat will be will be, he said.\n\n\
        The tide is what it is about.\n\nThey heard The Who on the pier.\n\nWho came? A pilot.\n";
    check(
        &[("yard.md", &format!("{ENGLISH}{text}"))],
        &[
            ("\"to be or not to be\"", "To be, or not to be"),
            ("to be or not to be", "To be, or not to be"),
            ("what will be will be", "What will be will be"),
            ("where did they hear The Who?", "The Who"),
            ("what is it", ""),
            ("how are you doing", ""),
        ],
    );
}

#[test]
fn question_is_read_in_its_own_language() {
    let english = "The war reached the port in 1916.\n\nA fork is a copy of a project.\n\n\
        Some funds offer grants. Ask for one, and thank them for it.\n";
    let articles = [
        ("en.md", &*format!("{ENGLISH}{english}")),
        (
            "de.md",
            "---\ntitle: Hafen\nlanguage: de\n---\nDer Hafen war voll. Das Museum öffnet um neun.\n",
        ),
        ("hu.md", "---\ntitle: A kikötő\nlanguage: hu\n---\nA kikötő reggel hétkor nyit.\n"),
        ("ru.md", "---\ntitle: Порт\nlanguage: ru\n---\nПорт открылся в 1822 году.\n"),
        (
            "ja.md",
            "---\ntitle: 港\nlanguage: ja\n---\nuseBuoyは位置を返す関数です。\n\nこれは何ですか、と旅人は尋ねました。\n",
        ),
    ];
    check(
        &articles,
        &[
            ("tell me about the war", "The war reached"),
            ("What is a fork?", "A fork is"),
            ("Wann öffnet das Museum?", "um neun"),
            ("Когда открылся порт?", "в 1822"),
            ("useBuoyとは何ですか？", "useBuoy"),
            // A name in an article of another language.
            ("Where is useBuoy?", "useBuoy"),
        ],
    );
}

#[test]
fn question_for_a_title_or_a_definition_finds_it_first() {
    let guide = "---\ntitle: Guide\n---\n## What Is Demurrage?\n\nBecause demurrage is new to many, \
        it takes time.\n\n_Demurrage_ is a sum that a shipper owes.\n\nStorm Xaver and demurrage \
        were discussed. Demurrage, demurrage, demurrage.\n";
    check(
        &[
            ("guide.md", guide),
            (
                "xaver.md",
                "---\ntitle: Storm Xaver\n---\nThe gale tore three yachts from their moorings.\n",
            ),
            (
                "calm.md",
                "---\ntitle: Calm\n---\nNothing happened. See Storm Xaver for the storm.\n",
            ),
            ("rope-splicing.md", "---\ntitle: Notes\n---\nUnlay the strands and tuck them.\n"),
        ],
        &[
            ("What is demurrage?", "is a sum that a shipper owes"),
            ("what's demurrage", "is a sum that a shipper owes"),
            ("define demurrage", "is a sum that a shipper owes"),
            ("demurrage", "is a sum that a shipper owes"),
            ("Storm Xaver", "three yachts"),
            ("What did storm Xaver do?", "three yachts"),
            ("rope splicing", "Unlay the strands"),
        ],
    );
}
