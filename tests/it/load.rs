//! Many updates at once from one person, which delay no other person.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use verbatim::config::Limits;

use crate::fake_bot_api::{ADA, BEN, Message};
use crate::tester::Bot;

const QUESTION_OF_BEN: &str = "/ask Which barrage has made electricity?";

#[tokio::test(flavor = "multi_thread")]
async fn load_of_presses_below_one_message_shows_the_newest_and_delays_nobody() {
    let mut bot = Bot::start().send_limits(Limits::default()).await;
    let answer = bot.group().send("/ask When does a neap tide happen?").await;
    for _ in 0..30 {
        bot.click(&answer, "Context");
        bot.click(&answer, "Read");
    }
    let (asked, begun) = (bot.group().ben().post(QUESTION_OF_BEN), Instant::now());
    bot.called("answerCallbackQuery", 60).await;
    let mut edits: Vec<Message> = Vec::new();
    let mut is_answered = false;
    while !is_answered || edits.last().is_none_or(|edit| !edit.text.contains("Neap tides\n")) {
        let shown = bot.next_message().await;
        match shown.is_edit {
            true => edits.push(shown),
            false => {
                assert_eq!(shown.reply_to, Some(asked.id));
                is_answered = true;
                assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
            }
        }
    }
    // An edit a second, for as long as the presses come.
    assert!(edits.len() < 30, "{} edits", edits.len());
    // The first press may be shown first; every press has its answer.
    assert_eq!(bot.notices().len(), 60);
    bot.stop().await;
    let last = bot.unseen();
    assert!(last.iter().all(|shown| shown.is_edit), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn load_of_one_member_does_not_delay_another() {
    let bot = Bot::start().configure(|settings| settings.access.user_per_minute = 0).await;
    bot.group().send("/ask neap tide").await;
    for _ in 0..40 {
        bot.group().post("/ask When does a neap tide happen?");
    }
    let asked = bot.group().ben().post(QUESTION_OF_BEN);
    let mut before = 0;
    while bot.next_message().await.reply_to != Some(asked.id) {
        before += 1;
    }
    // Updates come in one batch, and a part may be under way when the last one is read.
    assert!(before < 20, "{before} answers came before");
    for _ in before..40 {
        bot.next_message().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn load_limit_counts_presses_like_questions() {
    let mut bot = Bot::start().configure(|settings| settings.access.user_per_minute = 3).await;
    let answer = bot.private().send("neap tide").await;
    let context = bot.press(&answer, "Context").await;
    let answer = bot.press(&context, "Back to the quote").await;
    bot.click(&answer, "Read");
    bot.click_data(&answer, "v+");
    bot.called("answerCallbackQuery", 4).await;
    assert_snapshot!(bot.private().send("neap tide").await, @"
    (reply to “neap tide”)
    Please slow down a little.
    ");
    let slower = "Please slow down a little.";
    assert_eq!(bot.notices(), ["", "", slower, slower]);
    bot.private_of(BEN).send("neap tide").await;
    bot.stop().await;
    assert_eq!(bot.calls("sendMessage").iter().filter(|call| call["chat_id"] == ADA).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn load_limit_counts_ten_inline_queries_as_one_request() {
    let bot = Bot::start().configure(|settings| settings.access.user_per_minute = 3).await;
    let begun = Instant::now();
    let mut answered = 0;
    let refused = loop {
        let offered = bot.inline("neap").await;
        if offered.posts.is_empty() {
            break offered;
        }
        answered += 1;
    };
    // Three requests a minute are thirty queries, and one more every two seconds.
    let more = begun.elapsed().as_secs() / 2 + 1;
    assert!((30..=30 + more).contains(&answered), "{answered}");
    assert_snapshot!(refused, @"button to the private chat: qbmVhcA");
    assert_eq!(refused.cache_time, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn load_of_presses_below_inline_posts_is_limited_for_each_post() {
    let bot = Bot::start().send_limits(Limits::default()).await;
    let post = bot.inline("neap").await.posts.remove(0).message;
    let begun = Instant::now();
    for number in 0..15 {
        bot.click(&post.posted_as(&format!("inline-{number}")), "Context");
    }
    for _ in 0..15 {
        assert!(bot.next_message().await.inline.is_some());
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}
