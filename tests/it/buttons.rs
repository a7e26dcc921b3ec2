//! Buttons: whatever happened in between, they do what they say.

use verbatim::answer::Excerpt;
use verbatim::library::Library;
use verbatim::render::messages::Locale;
use verbatim::render::telegram;

use crate::fake_bot_api::Shown;
use crate::talk::{conversation, folders, labels, pressed, start, write};

const SEA: &str = "---\ntitle: The Sea\nauthors: [Ada Moon, Ben Tide]\n---\n\n\
    ## Water\n\nSalt water fills the sea. Rivers bring the salt.\n\n\
    The salt of the sea comes from rocks & rivers. It took millions of years.\n\n\
    Fish drink salt water, too.\n\n## Shore\n\nSalt marshes line the shore.\n";

#[test]
fn more_and_back_turn_the_quotes_in_the_same_message_even_after_a_restart() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "sea.md", SEA);
        let bot = start(telegram, folders);
        telegram.says("where does the salt of the sea come from?");
        let first = telegram.next().await;
        assert!(first.text.contains("comes from rocks & rivers"), "{}", first.text);
        assert_eq!(
            labels(&first),
            [
                "More (2)",
                "Context",
                "Read section",
                "👍 Helpful",
                "👎 Not helpful",
                "Copy citation",
                "Share"
            ]
        );
        let (_, share) = first.buttons.iter().flatten().last().expect("a button");
        assert!(share.starts_with(
            "https://t.me/share/url?url=https%3A%2F%2Ft%2Eme%2FVerbatimBot%3Fstart%3Dp"
        ));
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        let second = pressed(telegram, &first, "More (2)").await;
        assert_ne!(second.text, first.text);
        let third = pressed(telegram, &second, "More (1)").await;
        assert!(!labels(&third).contains(&"More (0)"));
        let second_again = pressed(telegram, &third, "Back").await;
        assert_eq!(second_again.html, second.html);
        let first_again = pressed(telegram, &second_again, "Back").await;
        assert_eq!((first_again.html, first_again.buttons), (first.html, first.buttons));
        bot.stop().await;
    });
}

#[test]
fn context_shows_the_paragraphs_around_and_leads_back() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "sea.md", SEA);
        let bot = start(telegram, folders);
        telegram.says("where does the salt of the sea come from?");
        let answer = telegram.next().await;
        let context = pressed(telegram, &answer, "Context").await;
        assert_eq!(
            context.text,
            "Salt water fills the sea. Rivers bring the salt.\n\n\
             The salt of the sea comes from rocks & rivers. It took millions of years.\n\n\
             Fish drink salt water, too.\n\nWater · The Sea"
        );
        let back = pressed(telegram, &context, "Back to the quote").await;
        assert_eq!((back.html, back.buttons), (answer.html.clone(), answer.buttons.clone()));

        let section = pressed(telegram, &answer, "Read section").await;
        assert!(section.text.starts_with("Water\nThe Sea\n\nSalt water"), "{}", section.text);
        let next = pressed(telegram, &section, "Next section »").await;
        assert!(next.text.contains("Salt marshes"));
        let contents = pressed(telegram, &next, "Contents").await;
        let answer_again = pressed(telegram, &contents, "Back to the answer").await;
        assert_eq!(answer_again.html, answer.html);
        bot.stop().await;
    });
}

#[test]
fn a_button_of_a_changed_article_says_so_and_opens_what_is_near() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "sea.md", SEA);
        let bot = start(telegram, folders);
        telegram.says("where does the salt of the sea come from?");
        let answer = telegram.next().await;
        let folders = bot.stop().await;
        write(&folders, "sea.md", &SEA.replace("rocks & rivers", "rocks alone"));
        let bot = start(telegram, folders);
        let changed = pressed(telegram, &answer, "Context").await;
        assert!(changed.text.starts_with("The text has changed since"), "{}", changed.text);
        assert!(changed.text.contains("rocks alone"), "{}", changed.text);
        bot.stop().await;
    });
}

#[test]
fn a_citation_fits_the_clipboard_and_names_its_source() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "sea.md", SEA);
        let long = format!("---\ntitle: Long\n---\n\nZebras {}.\n", "run very far ".repeat(40));
        write(&folders, "long.md", &long);
        let bot = start(telegram, folders);
        let copied = |message: &Shown| {
            let buttons = message.buttons.iter().flatten();
            buttons
                .filter(|(label, _)| label == "Copy citation")
                .map(|(_, text)| text.clone())
                .next()
        };
        telegram.says("Do fish drink salt water?");
        let citation = copied(&telegram.next().await).expect("a citation");
        assert!(
            citation.starts_with(
                "“Fish drink salt water, too.” — Ada Moon, Ben Tide, The Sea, Water, https://t.me/"
            ),
            "{citation}"
        );
        telegram.says("zebras");
        let answer = telegram.next().await;
        let citation = copied(&answer).expect("a citation");
        assert!(
            citation.starts_with("“Zebras run") && citation.contains("far” … — Long, "),
            "{citation}"
        );
        let whole = pressed(telegram, &answer, "Full citation").await;
        assert!(
            whole.text.starts_with(&format!(
                "“Zebras {}.” — Long, Opening, https://t.me/",
                "run very far ".repeat(40)
            )),
            "{}",
            whole.text
        );
        assert_eq!(whole.entities.iter().map(|entity| &*entity.kind).collect::<Vec<_>>(), ["code"]);
        let back = pressed(telegram, &whole, "Back to the quote").await;
        assert_eq!((back.html, back.buttons), (answer.html, answer.buttons));
        bot.stop().await;
    });
}

#[test]
fn citation_of_many_sentences_ends_with_one_and_says_that_more_follow() {
    let folders = folders();
    let sentence =
        |name: &str| format!("The {name} of the sea is as old as the rocks of the shore are.");
    let sentences = ["salt", "foam", "sand", "wind", "tide", "gull"].map(sentence).join(" ");
    write(&folders, "sea.md", &format!("---\ntitle: The Sea\n---\n\n{sentences}\n"));
    let library = Library::open(
        &folders.path().join("corpus"),
        &folders.path().join("data"),
        verbatim::index::no_progress,
    );
    let library = library.expect("the corpus is in order");
    let found = library.suggest_quotes("salt of the sea").expect("the index is whole");
    let place = found[0].place();
    let (article, passage) = (place.article.clone(), std::sync::Arc::clone(found[0].passage()));
    for (sentences, is_whole) in [(3, true), (4, false), (6, false)] {
        let range = 0..passage.sentences[sentences - 1].end;
        let excerpt = Excerpt::new(article.clone(), passage.clone(), range, &[]).expect("a range");
        let citation =
            telegram::citation(&excerpt, "https://t.me/b?start=p", Locale::English.messages());
        assert_eq!(citation.is_whole, is_whole, "{}", citation.text);
        assert!(citation.text.chars().count() <= 256, "{}", citation.text);
        let end = if is_whole { "are.” — " } else { "are.” […] — " };
        assert!(citation.text.contains(end), "{}", citation.text);
    }
}

#[test]
fn quotes_and_their_context_say_where_something_is_left_out() {
    conversation(async |telegram| {
        let folders = folders();
        let long =
            format!("{} zebras {}.", "The herd runs,".repeat(300), "runs very far ".repeat(400));
        let around = "One may say that it is far away from here. ".repeat(30);
        write(
            &folders,
            "long.md",
            &format!("---\ntitle: Long\n---\n\n{around}\n\n{long}\n\n{around}\n"),
        );
        let bot = start(telegram, folders);
        telegram.says("zebras");
        let answer = telegram.next().await;
        let quote = answer.html.split("<blockquote>").nth(1);
        let (quote, rest) =
            quote.and_then(|rest| rest.split_once("</blockquote>")).expect("a quote");
        assert!(!quote.contains('…') && rest.starts_with("\n[…]\n<a "), "{}", answer.html);
        let context = pressed(telegram, &answer, "Context").await;
        assert!(context.text.starts_with("[…] One may say"), "{}", context.text);
        assert!(context.text.contains("from here. […]\n\n"), "{}", context.text);
        // Before and behind the passage, and of the passage.
        assert_eq!(context.text.matches("[…]").count(), 3, "{}", context.text);
        bot.stop().await;
    });
}

#[test]
fn a_press_is_answered_once_and_never_posts() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("neap tide");
        let answer = telegram.next().await;
        telegram.presses(&answer, "👍 Helpful");
        telegram.presses(&answer, "👎 Not helpful");
        pressed(telegram, &answer, "Context").await;
        assert_eq!(
            telegram.notices(),
            ["Thank you. Noted as helpful.", "Thank you. Noted as not helpful.", ""]
        );
        let deleted = Shown { id: 999, ..answer.clone() };
        telegram.presses_gone(&deleted, &answer.buttons[0][0].1);
        telegram.stays_silent(answer.chat).await;
        assert_eq!(telegram.calls("sendMessage").len(), 2);
        bot.stop().await;
    });
}
