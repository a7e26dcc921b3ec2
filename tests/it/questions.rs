//! Questions as people type them, and what they read.

use serde_json::{Value, json};

use crate::fake_bot_api::{ADA, BOT_ID, Fault, GROUP};
use crate::talk::{conversation, folders, start, write};

const RIVER: &str = "---\ntitle: River\nlanguage: en\naliases:\n  Islamic State Khorasan: [ISKP]\n---\n\n\
    The treaty shares the water. Water scarcity grows each year.\n\n\
    The scarcity of snow leaves less water for all.\n\n\
    Islamic State Khorasan is a menace to both countries.\n";

#[test]
fn a_phrase_a_slip_of_the_finger_and_an_acronym_are_understood() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "river.md", RIVER);
        let bot = start(telegram, folders);
        telegram.says("\"water scarcity\"");
        let phrase = telegram.next().await;
        assert!(phrase.text.contains("Water scarcity grows"), "{}", phrase.text);
        assert!(!phrase.buttons.iter().flatten().any(|(label, _)| label.starts_with("More")));
        telegram.says("treatty of the water");
        let slip = telegram.next().await;
        assert!(slip.text.starts_with("Searched for treaty.\nThe treaty shares"), "{}", slip.text);
        telegram.says("ISKP");
        let acronym = telegram.next().await;
        assert!(acronym.text.starts_with("Islamic State Khorasan is a menace"), "{}", acronym.text);
        bot.stop().await;
    });
}

#[test]
fn a_question_in_another_direction_is_refused_in_its_language_with_marks_around_the_words() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let ada = json!({"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "fa"});
        telegram.writes(ADA, json!({"text": "sourdough", "from": ada}));
        let refusal = telegram.next().await;
        assert!(refusal.text.contains("«\u{2068}sourdough\u{2069}»"), "{}", refusal.text);
        telegram.writes(ADA, json!({"text": "neap tide", "from": ada}));
        let answer = telegram.next().await;
        let quote = answer.text.lines().next().expect("a quote");
        assert_eq!(
            quote,
            "A neap tide happens twice a month, when the Sun & the Moon are at right angles."
        );
        bot.stop().await;
    });
}

#[test]
fn the_authors_are_named_with_a_way_to_read_the_article() {
    conversation(async |telegram| {
        let folders = folders();
        let more = "---\ntitle: Bores\nauthors: [Bo, Cy]\npublished: 2026-03-01\nsource_url: https://example.org/bores\n---\n\nA bore is a wave.\n";
        write(&folders, "bores.md", more);
        let bot = start(telegram, folders);
        telegram.says("A bore is what?");
        let answer = telegram.next().await;
        // A question about the text stands for itself, even in reply to an answer.
        let reply = json!({"message_id": answer.id, "text": "…", "from": {"id": BOT_ID}});
        telegram.writes(ADA, json!({"text": "Who wrote this?", "reply_to_message": reply}));
        let byline = telegram.next().await;
        assert_eq!(byline.text, "Bores\nby Bo and Cy\n2026-03-01\n\nTides & <Times>\nby Ada");
        let links: Vec<_> =
            byline.entities.iter().filter_map(|entity| entity.url.clone()).collect();
        assert_eq!((links.len(), links[0].as_str()), (2, "https://example.org/bores"));
        assert!(!byline.entities.iter().any(|entity| entity.kind == "blockquote"));
        telegram.presses(&byline, "Tides & <Times>");
        let article = telegram.next().await;
        assert!(article.is_edit && article.text.starts_with("Tides & <Times>\nby Ada"));
        telegram.says("Who wrote Bores?");
        assert_eq!(telegram.next().await.text, "Bores\nby Bo and Cy\n2026-03-01");
        telegram.says("Who wrote Hamlet?");
        let refusal = telegram.next().await;
        assert!(refusal.text.starts_with("I found nothing about “Hamlet”"), "{}", refusal.text);
        bot.stop().await;
    });
}

#[test]
fn several_questions_get_one_reply_with_a_quote_for_each() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("What happens at neap tide? Who bakes sourdough? Since when is there a barrage across the Rance?");
        let first = telegram.next().await;
        assert!(first.text.starts_with("A neap tide happens"), "{}", first.text);
        assert!(
            first.text.ends_with("\n\nNothing found for “Who bakes sourdough?”"),
            "{}",
            first.text
        );
        telegram.presses(&first, "More (1)");
        let second = telegram.next().await;
        assert!(second.text.starts_with("A barrage across the Rance"), "{}", second.text);
        assert!(!second.text.contains("sourdough"));
        let ada = json!({"id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "de"});
        telegram.writes(ADA, json!({"text": "neap tide? sourdough?", "from": ada}));
        let german = telegram.next().await;
        assert!(german.text.ends_with("Nichts gefunden zu „sourdough?“"), "{}", german.text);
        bot.stop().await;
    });
}

#[test]
fn a_book_of_300_sections_pages_well() {
    conversation(async |telegram| {
        let folders = folders();
        let many: String = (1..=300).map(|n| format!("## Part {n}\n\nText {n}.\n\n")).collect();
        write(&folders, "book.md", &format!("---\ntitle: Book\n---\n\n{many}"));
        let bot = start(telegram, folders);
        telegram.says("/sections");
        let articles = telegram.next().await;
        telegram.presses(&articles, "Book");
        let first = telegram.next().await;
        telegram.presses(&first, "38/38 »");
        let last = telegram.next().await;
        telegram.presses(&last, "Part 300");
        let section = telegram.next().await;
        assert!(section.text.starts_with("Part 300\nBook\n\nText 300."), "{}", section.text);
        telegram.presses(&section, "« Previous section");
        assert!(telegram.next().await.text.starts_with("Part 299"));
        bot.stop().await;
    });
}

#[test]
fn a_sentence_that_no_message_holds_is_quoted_where_it_matches() {
    conversation(async |telegram| {
        let folders = folders();
        let long = "waves and ".repeat(2000);
        write(
            &folders,
            "long.md",
            &format!("---\ntitle: Long\n---\n\nThe {long}unicorn {long}end.\n"),
        );
        let bot = start(telegram, folders);
        telegram.says("unicorn");
        let answer = telegram.next().await;
        assert!(answer.text.starts_with("waves and") || answer.text.starts_with("and waves"));
        assert!(answer.text.contains(" and unicorn waves and "), "{}", answer.text);
        assert!(answer.html.contains("<b>unicorn</b>"));
        telegram.presses(&answer, "Context");
        assert!(telegram.next().await.text.contains("unicorn"));
        bot.stop().await;
    });
}

#[test]
fn where_the_bot_may_not_write_the_others_still_get_their_answers() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        let refusal = "Bad Request: not enough rights to send text messages to the chat";
        telegram.fail_next("sendMessage", Fault::Refuse(400, refusal, Value::Null));
        telegram.writes(GROUP, json!({"text": "/ask neap tide"}));
        telegram.stays_silent(GROUP).await;
        telegram.says(&"neap tide? ".repeat(1000));
        assert!(telegram.next().await.text.starts_with("A neap tide happens"));
        bot.stop().await;
    });
}
