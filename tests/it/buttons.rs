//! Buttons below answers: paging, context, sections, citations, votes.

use std::sync::Arc;

use insta::assert_snapshot;
use verbatim::answer::Excerpt;
use verbatim::library::Library;
use verbatim::render::messages::Locale;
use verbatim::render::telegram;

use crate::fake_bot_api::Message;
use crate::tester::{Bot, folders, write};

const SEA: &str = "---\ntitle: The Sea\nauthors: [Ada Moon, Ben Tide]\n---\n\n\
    ## Water\n\nSalt water fills the sea. Rivers bring the salt.\n\n\
    The salt of the sea comes from rocks & rivers. It took millions of years.\n\n\
    Fish drink salt water, too.\n\n## Shore\n\nSalt marshes line the shore.\n";
const SALT: &str = "where does the salt of the sea come from?";

#[tokio::test(flavor = "multi_thread")]
async fn more_and_back_page_through_the_quotes_in_one_message_even_after_a_restart() {
    let mut bot = Bot::start().article("sea.md", SEA).await;
    let first = bot.private().send(SALT).await;
    assert_snapshot!(first, @"
    (reply to “where does the salt of the sea come from?”)
    > The salt of the sea comes from rocks & rivers. It took millions of years.
    Water · The Sea
    [More (2)] [Context] [Read] [⋯]
    ");
    let prefix = "https://t.me/share/url?url=https%3A%2F%2Ft%2Eme%2FVerbatimBot%3Fstart%3Dp";
    let menu = bot.open_menu(&first).await;
    assert_snapshot!(menu, @"
    (edit)
    > The salt of the sea comes from rocks & rivers. It took millions of years.
    Water · The Sea
    [👍 Helpful] [👎 Not helpful]
    [Copy citation] [Share]
    [Back]
    ");
    assert!(menu.data("Share").starts_with(prefix), "{}", menu.data("Share"));
    assert_eq!(bot.press(&menu, "Back").await.content(), first.content());
    bot.restart().await;
    let second = bot.press(&first, "More (2)").await;
    assert_snapshot!(second, @"
    (edit)
    > Salt water fills the sea. Rivers bring the salt.
    Water · The Sea
    [«] [More (1)] [Context] [Read] [⋯]
    ");
    let third = bot.press(&second, "More (1)").await;
    assert_snapshot!(third, @"
    (edit)
    > Salt marshes line the shore.
    Shore · The Sea
    [«] [Context] [Read] [⋯]
    ");
    let second_again = bot.press(&third, "«").await;
    assert_eq!(second_again.content(), second.content());
    let first_again = bot.press(&second_again, "«").await;
    assert_eq!(first_again.content(), first.content());
}

#[tokio::test(flavor = "multi_thread")]
async fn context_shows_the_paragraphs_around_and_leads_back() {
    let bot = Bot::start().article("sea.md", SEA).await;
    let answer = bot.private().send(SALT).await;
    let context = bot.press(&answer, "Context").await;
    assert_snapshot!(context, @"
    (edit)
    Salt water fills the sea. Rivers bring the salt.

    > The salt of the sea comes from rocks & rivers. It took millions of years.

    Fish drink salt water, too.

    Water · The Sea
    [Back to the quote] [Read]
    ");
    let back = bot.press(&context, "Back to the quote").await;
    assert_eq!(back.content(), answer.content());
}

#[tokio::test(flavor = "multi_thread")]
async fn read_section_leads_through_the_article_and_back_to_the_answer() {
    let bot = Bot::start().article("sea.md", SEA).await;
    let answer = bot.private().send(SALT).await;
    let section = bot.press(&answer, "Read").await;
    assert_snapshot!(section, @"
    (edit)
    Water
    The Sea

    Salt water fills the sea. Rivers bring the salt.

    The salt of the sea comes from rocks & rivers. It took millions of years.

    Fish drink salt water, too.
    [Next section »]
    [Contents]
    [Back to the answer]
    ");
    let next = bot.press(&section, "Next section »").await;
    assert_snapshot!(next, @"
    (edit)
    Shore
    The Sea

    Salt marshes line the shore.
    [« Previous section]
    [Contents]
    [Back to the answer]
    ");
    let contents = bot.press(&next, "Contents").await;
    assert_snapshot!(contents, @"
    (edit)
    The Sea
    by Ada Moon and Ben Tide
    [Water]
    [Shore]
    [Contents]
    [Back to the answer]
    ");
    let answer_again = bot.press(&contents, "Back to the answer").await;
    assert_eq!(answer_again.html, answer.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn button_of_a_changed_article_says_so_and_opens_the_nearest_passage() {
    let mut bot = Bot::start().article("sea.md", SEA).await;
    let answer = bot.private().send(SALT).await;
    bot.stop().await;
    bot.write("sea.md", &SEA.replace("rocks & rivers", "rocks alone"));
    bot.run();
    assert_snapshot!(bot.press(&answer, "Context").await, @"
    (edit)
    The text has changed, and this place no longer exists. Here is the current text.

    Water
    The Sea

    Salt water fills the sea. Rivers bring the salt.

    The salt of the sea comes from rocks alone. It took millions of years.

    Fish drink salt water, too.
    [Next section »]
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn citation_is_copied_with_its_source() {
    let bot = Bot::start().article("sea.md", SEA).await;
    let answer = bot.private().send("Do fish drink salt water?").await;
    assert_snapshot!(bot.open_menu(&answer).await.data("Copy citation"), @"“Fish drink salt water, too.” — Ada Moon, Ben Tide, The Sea, Water, https://t.me/VerbatimBot?start=pG5gMhMLfYD1FHwDNs_FwOe");
}

#[tokio::test(flavor = "multi_thread")]
async fn citation_that_is_too_long_for_the_clipboard_is_shown_whole_on_request() {
    let zebras = format!("Zebras {}.", "run very far ".repeat(40));
    let bot =
        Bot::start().article("long.md", &format!("---\ntitle: Long\n---\n\n{zebras}\n")).await;
    let answer = bot.private().send("zebras").await;
    let menu = bot.open_menu(&answer).await;
    assert_snapshot!(menu.data("Copy citation"), @"“Zebras run very far run very far run very far run very far run very far run very far run very far run very far run very far run very far run very far run very far run very far” … — Long, Opening, https://t.me/VerbatimBot?start=pBsqNsvyzNL8M1_svyEPlDZ");
    let whole = bot.press(&menu, "Full citation").await;
    let prefix = format!("“{zebras}” — Long, Opening, https://t.me/");
    assert!(whole.text.starts_with(&prefix), "{whole}");
    let kinds: Vec<_> = whole.entities.iter().map(|entity| &*entity.kind).collect();
    assert_eq!(kinds, ["code"]);
    let back = bot.press(&whole, "Back to the quote").await;
    assert_eq!(back.content(), answer.content());
}

#[test]
fn citation_of_many_sentences_ends_with_a_whole_one_and_says_that_more_follow() {
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
    let found = library.all().suggest_quotes("salt of the sea").expect("the index is whole");
    let place = found[0].place();
    let (article, passage) = (place.article.clone(), Arc::clone(found[0].passage()));
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

#[tokio::test(flavor = "multi_thread")]
async fn omissions_are_marked_outside_of_the_quote_and_in_its_context() {
    let long = format!("{} zebras {}.", "The herd runs,".repeat(300), "runs very far ".repeat(400));
    let around = "One may say that it is far away from here. ".repeat(30);
    let article = format!("---\ntitle: Long\n---\n\n{around}\n\n{long}\n\n{around}\n");
    let bot = Bot::start().article("long.md", &article).await;
    let answer = bot.private().send("zebras").await;
    let quote = answer.html.split("<blockquote>").nth(1);
    let (quote, rest) = quote.and_then(|rest| rest.split_once("</blockquote>")).expect("a quote");
    assert!(!quote.contains('…') && rest.starts_with("\n[…]\n<a "), "{}", answer.html);
    let context = bot.press(&answer, "Context").await;
    assert!(context.text.starts_with("[…] One may say"), "{context}");
    assert!(context.text.contains("from here. […]\n\n"), "{context}");
    // One omission is before, one behind and one at the end of the passage.
    assert_eq!(context.text.matches("[…]").count(), 3, "{context}");
}

#[tokio::test(flavor = "multi_thread")]
async fn press_is_answered_once_and_posts_no_message() {
    let bot = Bot::start().await;
    let answer = bot.private().send("neap tide").await;
    let menu = bot.open_menu(&answer).await;
    bot.click(&menu, "👍 Helpful");
    bot.click(&menu, "👎 Not helpful");
    bot.press(&answer, "Context").await;
    let notices = bot.notices();
    assert_eq!(
        notices,
        ["", "Thank you. Recorded as helpful.", "Thank you. Recorded as not helpful.", ""]
    );
    let deleted = Message { id: 999, ..answer.clone() };
    bot.click_deleted(&deleted, &answer.buttons[0][0].1);
    bot.private().stays_silent().await;
    assert_eq!(bot.calls("sendMessage").len(), 2);
}
