//! Messages of a channel's discussion group, and other messages that are not simply typed.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::fake_bot_api::GROUP;
use crate::tester::Bot;

const NEAP: &str = "/ask When does a neap tide happen?";
const ANSWER: &str = "A neap tide happens twice a month";
const CHANNEL: i64 = -1_007_770_001;
/// The channel's post, which Telegram forwards into the discussion group.
const POST: i64 = 900;

/// Returns the forwarded post as a message that is replied to.
fn post() -> Value {
    json!({
        "message_id": POST, "text": "When does a neap tide happen?", "is_automatic_forward": true,
        "from": {"id": 777_000, "is_bot": false, "first_name": "Telegram"},
        "sender_chat": {"id": CHANNEL, "type": "channel", "title": "News"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_question_below_a_post_is_answered_in_its_comments() {
    let bot = Bot::start().await;
    // Comments are a thread without a topic; a reply lands in the thread by itself.
    let comment = || bot.group().thread(POST).field("reply_to_message", post());
    let answer = comment().send(NEAP).await;
    assert!(answer.text.starts_with(ANSWER) && answer.thread.is_none(), "{answer}");
    let pointed = comment().send("/ask").await;
    assert!(pointed.text.starts_with(ANSWER), "{pointed}");
    // A comment to other people is left alone.
    comment().post("When does a neap tide happen?");
    bot.group().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_question_as_the_linked_channel_is_answered() {
    let bot = Bot::start().await;
    let answer = bot.group().channel_sender(CHANNEL).send(NEAP).await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_question_of_an_anonymous_administrator_is_answered() {
    let bot = Bot::start().await;
    let answer = bot.group().anonymous_admin().send(NEAP).await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_ignores_posts_that_telegram_or_a_member_forwards() {
    let bot = Bot::start().await;
    let post = bot.group().channel_sender(CHANNEL).field("is_automatic_forward", json!(true));
    post.post(NEAP);
    let origin = json!({"type": "user", "date": 1, "sender_user": {"id": 7, "first_name": "Eva"}});
    bot.group().field("forward_origin", origin.clone()).post(NEAP);
    bot.group().field("forward_origin", origin.clone()).post("@VerbatimBot neap tide?");
    bot.group().stays_silent().await;
    // In the private chat, a forwarded question is meant for the bot.
    let forwarded = bot.private().field("forward_origin", origin);
    let answer = forwarded.send("When does a neap tide happen?").await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_question_in_a_caption_is_answered() {
    let bot = Bot::start().await;
    let picture = bot.group().field("photo", json!([])).field("caption", json!(NEAP));
    let posted = picture.post_nothing();
    assert!(bot.reply_to(posted).await.text.starts_with(ANSWER));
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_question_is_the_quoted_part_of_a_message() {
    let bot = Bot::start().await;
    let quoted = bot.group().reply_to_person("I know the Rance. When does a neap tide happen?");
    let answer = quoted.quoting("When does a neap tide happen?").send("/ask").await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_reactions_to_an_answer_get_silence() {
    let bot = Bot::start().without_reader_limits().await;
    let answer = bot.group().send(NEAP).await;
    for reaction in
        ["lol", "LOL!!", "haha", "hahaha 😂", "😂", "wow ok", "nice one", "this", "^", "+1", "true"]
    {
        bot.group().reply_to(&answer).post(reaction);
    }
    bot.group().stays_silent().await;
    assert_eq!(bot.calls("sendMessage").len(), 2);
    // In the private chat, nobody else could be meant.
    assert_snapshot!(bot.private().send("lol").await, @"
    (reply to “lol”)
    Ask me anything else about the articles.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn discussion_privacy_speaks_of_the_group() {
    let bot = Bot::start().await;
    let privacy = bot.group().send("/privacy").await;
    assert_eq!(privacy.chat, GROUP);
    assert!(privacy.text.starts_with("In this group"), "{privacy}");
    assert!(privacy.text.contains("An administrator"), "{privacy}");
}
