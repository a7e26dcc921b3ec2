//! Questions as people type them, and the answers that they get.

use insta::assert_snapshot;

use crate::tester::Bot;

const RIVER: &str = "---\ntitle: River\nlanguage: en\naliases:\n  Islamic State Khorasan: [ISKP]\n---\n\n\
    The treaty shares the water. Water scarcity grows each year.\n\n\
    The scarcity of snow leaves less water for all.\n\n\
    Islamic State Khorasan is a menace to both countries.\n";
const BORES: &str = "---\ntitle: Bores\nauthors: [Bo, Cy]\npublished: 2026-03-01\nsource_url: https://example.org/bores\n---\n\nA bore is a wave.\n";

#[tokio::test(flavor = "multi_thread")]
async fn question_may_have_a_phrase_a_typing_error_or_an_acronym() {
    let bot = Bot::start().article("river.md", RIVER).await;
    assert_snapshot!(bot.private().send("\"water scarcity\"").await, @r#"
    (reply to “"water scarcity"”)
    > The treaty shares the water. Water scarcity grows each year.
    Opening · River
    [Context] [Read] [⋯]
    "#);
    assert_snapshot!(bot.private().send("treatty of the water").await, @"
    (reply to “treatty of the water”)
    Searched for treaty.
    > The treaty shares the water. Water scarcity grows each year.
    Opening · River
    [More (1)] [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().send("ISKP").await, @"
    (reply to “ISKP”)
    > Islamic State Khorasan is a menace to both countries.
    Opening · River
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn question_in_a_right_to_left_interface_keeps_the_direction_of_its_words() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().language("fa").send("sourdough").await, @r"
    (reply to “sourdough”)
    \u{2068}در مقاله\u{2069} چیزی دربارهٔ \u{2068}«\u{2068}sourdough\u{2069}»\u{2069} نیافتم.
    [فهرست]
    ");
    assert_snapshot!(bot.private().language("fa").send("neap tide").await, @r"
    (reply to “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    \u{2068}Neap tides\u{2069} · \u{2068}Tides & <Times>\u{2069}
    [زمینه] [خواندن] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn question_for_the_authors_names_them_with_a_way_to_read_the_article() {
    let bot = Bot::start().article("bores.md", BORES).await;
    let answer = bot.private().send("A bore is what?").await;
    // A question about the text is read alone, even in reply to an answer.
    let byline = bot.private().reply_to(&answer).send("Who wrote this?").await;
    assert_snapshot!(byline, @"
    (reply to “Who wrote this?”)
    Bores
    by Bo and Cy
    2026-03-01

    Tides & <Times>
    by Ada
    [Bores]
    [Tides & <Times>]
    ");
    assert_eq!((byline.links().len(), byline.links()[0]), (2, "https://example.org/bores"));
    assert_snapshot!(bot.press(&byline, "Tides & <Times>").await, @"
    (edit)
    Tides & <Times>
    by Ada
    [Opening]
    [Neap tides]
    [Tidal power]
    [Contents]
    ");
    assert_snapshot!(bot.private().send("Who wrote Bores?").await, @"
    (reply to “Who wrote Bores?”)
    Bores
    by Bo and Cy
    2026-03-01
    [Bores]
    ");
    assert_snapshot!(bot.private().send("Who wrote Hamlet?").await, @"
    (reply to “Who wrote Hamlet?”)
    I found nothing about “Hamlet” in the articles.
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_in_one_message_get_one_reply_with_a_quote_for_each() {
    let bot = Bot::start().await;
    let asked = "What happens at neap tide? Who bakes sourdough? Since when is there a barrage across the Rance?";
    let first = bot.private().send(asked).await;
    assert_snapshot!(first, @"
    (reply to “What happens at neap tide? Who bakes sourdough? Since when i…”)
    What happens at neap tide?
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>

    Since when is there a barrage across the Rance?
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>

    Nothing found for “Who bakes sourdough?”
    [1] [2]
    ");
    assert_snapshot!(bot.press(&first, "2").await, @"
    (edit)
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>
    [«] [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().language("de").send("neap tide? sourdough?").await, @"
    (reply to “neap tide? sourdough?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>

    Nichts gefunden zu „sourdough?“
    [Kontext] [Lesen] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_of_a_long_book_are_paged() {
    let many: String = (1..=300).map(|n| format!("## Part {n}\n\nText {n}.\n\n")).collect();
    let bot = Bot::start().article("book.md", &format!("---\ntitle: Book\n---\n\n{many}")).await;
    let articles = bot.private().send("/sections").await;
    assert_snapshot!(articles, @"
    (reply to “/sections”)
    Articles: 2
    [Book]
    [Tides & <Times>]
    ");
    let first = bot.press(&articles, "Book").await;
    assert_snapshot!(first, @"
    (edit)
    Book
    [Part 1]
    [Part 2]
    [Part 3]
    [Part 4]
    [Part 5]
    [Part 6]
    [Part 7]
    [Part 8]
    [2/38 ›] [38/38 »]
    [Contents]
    ");
    let last = bot.press(&first, "38/38 »").await;
    assert_snapshot!(last, @"
    (edit)
    Book
    [Part 297]
    [Part 298]
    [Part 299]
    [Part 300]
    [« 1/38] [‹ 37/38]
    [Contents]
    ");
    let section = bot.press(&last, "Part 300").await;
    assert_snapshot!(section, @"
    (edit)
    Part 300
    Book

    Text 300.
    [« Previous section]
    [Contents]
    ");
    assert_snapshot!(bot.press(&section, "« Previous section").await, @"
    (edit)
    Part 299
    Book

    Text 299.
    [« Previous section] [Next section »]
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn quote_of_a_sentence_longer_than_a_message_is_the_part_that_matches() {
    let long = "waves and ".repeat(2000);
    let article = format!("---\ntitle: Long\n---\n\nThe {long}unicorn {long}end.\n");
    let bot = Bot::start().article("long.md", &article).await;
    let answer = bot.private().send("unicorn").await;
    let text = &answer.text;
    assert!(text.starts_with("waves and") || text.starts_with("and waves"), "{text}");
    assert!(text.contains(" and unicorn waves and "), "{text}");
    assert!(answer.html.contains("<b>unicorn</b>"));
    assert!(bot.press(&answer, "Context").await.text.contains("unicorn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusal_names_the_words_as_they_were_typed() {
    let bot = Bot::start().await;
    for (question, typed) in [
        ("does the barrage need v3.11?", "“v3.11”"),
        ("is the barrage 77mm thick?", "“77mm”"),
        ("was the barrage rebuilt in C++?", "“C++”"),
        ("x-ray of sourdough", "“x-ray”"),
    ] {
        let refusal = bot.private().send(question).await;
        assert!(refusal.text.contains(typed), "{question}: {refusal}");
    }
}

const PAGES: &str = "---\ntitle: Harbour report\nlanguage: en\nsource_url: https://example.org/report.pdf\n---\n\n\
    <!-- page 7 -->\n\nThe pilot boards at the outer <!-- page 8 -->buoy.\n\n\
    The lighthouse was built in 1899.\n\n## Berths\n\nThe southern berth takes tankers.\n";

#[tokio::test(flavor = "multi_thread")]
async fn question_about_a_printed_original_is_answered_with_the_page() {
    let bot = Bot::start().article("report.md", PAGES).await;
    assert_snapshot!(bot.private().send("where does the pilot board").await, @"
    (reply to “where does the pilot board”)
    > The pilot boards at the outer buoy.
    Opening · Harbour report, p. 7
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.private().language("de").send("lighthouse 1899").await, @"
    (reply to “lighthouse 1899”)
    > The lighthouse was built in 1899.
    Anfang · Harbour report, S. 8
    [Kontext] [Lesen] [⋯]
    ");
}
