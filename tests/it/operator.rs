//! Decisions of an operator: who may ask, how fast, and what is recorded.

use insta::assert_snapshot;
use verbatim::ids::{ChatId, UserId};

use crate::fake_bot_api::{BEN, GROUP};
use crate::tester::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn access_refuses_strangers_once() {
    let bot = Bot::start()
        .configure(|settings| settings.access.allowed_chats = vec![ChatId::new(GROUP)])
        .await;
    assert_snapshot!(bot.private().send("neap tide").await, @"
    (reply to “neap tide”)
    Sorry, I only answer people whom my operator has given access.
    ");
    bot.private().post("neap tide");
    assert_eq!(bot.inline("neap tide").await.posts, []);
    assert_snapshot!(bot.group().send("/ask neap tide").await, @"
    (group, reply to “/ask neap tide”, quoting “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn limit_of_questions_a_minute_is_explained_once() {
    let bot = Bot::start().configure(|settings| settings.access.user_per_minute = 2).await;
    let answer = bot.private().send("neap tide").await;
    assert_eq!(bot.private().send("neap tide").await.content(), answer.content());
    let question = bot.private().post("neap tide");
    bot.private().post("neap tide");
    bot.private().post("neap tide");
    assert_snapshot!(bot.reply_to(question).await, @"
    (reply to “neap tide”)
    Please slow down a little.
    ");
    assert_eq!(bot.private_of(BEN).send("neap tide").await.content(), answer.content());
}

#[tokio::test(flavor = "multi_thread")]
async fn limit_does_not_count_questions_from_while_the_bot_was_away() {
    let bot = Bot::start().configure(|settings| settings.access.user_per_minute = 2).await;
    for _ in 0..2 {
        bot.private().send("neap tide").await;
    }
    bot.private().send("neap tide").await;
    let now = jiff::Timestamp::now().as_second();
    let before = now - 120;
    for _ in 0..5 {
        let answer = bot.private().sent_at(before).send("neap tide").await;
        assert!(answer.text.starts_with("A neap tide"), "{answer}");
    }
    // An edit of an old message counts as a new question.
    let old = bot.private().sent_at(before).post("hello");
    bot.reply_to(old).await;
    bot.private().sent_at(before).edited_at(now).edit(old, "neap tide");
    bot.private().post("neap tide");
    bot.private_of(BEN).send("neap tide").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_lists_the_questions_without_an_answer_for_the_operator_who_records_them() {
    let bot =
        Bot::start().with_admin().configure(|settings| settings.record_questions = true).await;
    for question in ["sourdough bread", "croissants", "Sourdough bread ", "neap tide"] {
        bot.private().send(question).await;
    }
    let answer = bot.private().send("Rance barrage").await;
    bot.click_data(&answer, "v-");
    let gaps = bot.private().send("/gaps").await;
    assert_snapshot!(gaps, @"
    (reply to “/gaps”)
    Answered: 2. Found nothing: 3. Helpful: 0. Not helpful: 1.

    Questions without an answer, most frequent first:
    2 × Sourdough bread
    1 × Rance barrage
    1 × croissants
    [Export] [Clear the list]
    ");
    bot.click(&gaps, "Export");
    bot.called("sendDocument", 1).await;
    assert_snapshot!(bot.press(&gaps, "Clear the list").await, @"
    (edit)
    The list is now empty.
    ");
    assert!(bot.documents()[0].contains("Sourdough bread"));
    assert_snapshot!(bot.group().send("/gaps").await, @"
    (group, reply to “/gaps”)
    Only my operator can do that.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_recorded_only_if_the_operator_says_so() {
    let mut bot = Bot::start().await;
    bot.private().send("sourdough bread").await;
    bot.stop().await;
    bot.configure(|settings| settings.access.admins = vec![UserId::new(crate::fake_bot_api::ADA)]);
    bot.run();
    assert_snapshot!(bot.private().send("/gaps").await, @"
    (reply to “/gaps”)
    Answered: 0. Found nothing: 1. Helpful: 0. Not helpful: 0.

    Questions are not recorded. To get this list, set record_questions = true in the configuration.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_makes_an_edit_a_new_question() {
    let bot = Bot::start().await;
    let question = bot.private().post("neap tide");
    bot.reply_to(question).await;
    assert_snapshot!(bot.private().send("/forget").await, @"
    (reply to “/forget”)
    I have deleted what I stored about you.
    ");
    bot.private().edit(question, "Rance barrage");
    assert_snapshot!(bot.reply_to(question).await, @"
    (reply to “Rance barrage”)
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}
