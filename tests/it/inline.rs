//! Inline queries: `@bot words` offers quotes while a person types, in any chat.

use insta::assert_snapshot;

use crate::fake_bot_api::BOT;
use crate::tester::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn inline_words_offer_quotes_that_are_posted_like_answers() {
    let bot = Bot::start().await;
    let offered = bot.inline("neap ti").await;
    assert_snapshot!(offered, @"
    Neap tides: A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Opening: Tides are the rise and fall of sea levels. The Moon causes them.
    Tidal power: A barrage across the Rance estuary has made electricity since 1966.
    ");
    assert!(offered.cache_time > Some(0) && offered.is_personal);
    let post = &offered.posts[0].message;
    assert_snapshot!(post, @"
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    assert_eq!(post.text, bot.private().send("When does a neap tide happen?").await.text);

    let context = bot.press(&post.posted_as("inline-1"), "Context").await;
    assert_snapshot!(context, @"
    (inline-1, edit)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Back to the quote] [Read]
    ");
    let read = context.data("Read");
    assert!(read.starts_with(&format!("https://t.me/{BOT}?start=s")), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_without_words_lists_the_sections_in_pages() {
    let many: String = (1..=12).map(|n| format!("## Part {n}\n\nText {n}.\n\n")).collect();
    let bot = Bot::start().article("many.md", &format!("---\ntitle: Book\n---\n\n{many}")).await;
    assert_snapshot!(bot.inline("").await, @"
    Part 1: Book
    Part 2: Book
    Part 3: Book
    Part 4: Book
    Part 5: Book
    Part 6: Book
    Part 7: Book
    Part 8: Book
    Part 9: Book
    Part 10: Book
    more from 10
    ");
    let second = bot.inline("").offset("10").await;
    assert_snapshot!(second, @"
    Part 11: Book
    Part 12: Book
    Opening: Tides & <Times>
    Neap tides: Tides & <Times>
    Tidal power: Tides & <Times>
    ");
    assert_snapshot!(bot.inline("").offset("5").await, @"
    Part 6: Book
    Part 7: Book
    Part 8: Book
    Part 9: Book
    Part 10: Book
    Part 11: Book
    Part 12: Book
    Opening: Tides & <Times>
    Neap tides: Tides & <Times>
    Tidal power: Tides & <Times>
    ");
    assert_eq!(bot.inline("").offset("13").await.posts, second.posts[3..]);
    for forged in ["-1", "x", "99999999999999999999", "500"] {
        bot.inline("").offset(forged).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_without_a_find_leads_to_the_private_chat_with_the_same_words() {
    let bot = Bot::start().await;
    let offered = bot.inline("sourdough bread").await;
    assert_snapshot!(offered, @"button to the private chat: qc291cmRvdWdoIGJyZWFk");
    let parameter = offered.button.expect("a button");
    assert_snapshot!(bot.private().send(&format!("/start {parameter}")).await, @"
    (reply to “/start qc291cmRvdWdoIGJyZWFk”)
    I found nothing about “sourdough” or “bread” in the article.
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_answers_the_newest_of_many_keystrokes() {
    let bot = Bot::start().await;
    bot.private().send("hello").await;
    let mut last = String::new();
    for number in 0..200 {
        last = bot.inline(&format!("tides {number}")).post();
    }
    let mut answered = 1;
    while bot.next_inline().await.query != last {
        answered += 1;
    }
    assert!(answered < 100, "{answered} of 200 keystrokes were worked on");
}
