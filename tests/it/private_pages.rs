//! Pages of an answer in a group that only the person who opens them sees.

use insta::assert_snapshot;

use crate::fake_bot_api::{BEN, Fault, GROUP, Message};
use crate::tester::{Bot, Start};

const SALT: &str = "/ask salt of the sea";
const SEA: &str = "---\ntitle: The Sea\n---\n\n## Water\n\n\
    Salt water fills the sea.\n\nThe salt of the sea comes from rocks & rivers.\n\n\
    ## Shore\n\nSalt marshes line the shore.\n";

fn sea_bot() -> Start {
    Bot::start()
        .article("sea.md", SEA)
        .without_reader_limits()
        .telegram(|telegram| telegram.permit_ephemeral())
}

/// Returns Ada's answer in the group.
async fn answer_to_ada(bot: &Bot) -> Message {
    bot.group().send(SALT).await
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_is_shown_to_another_member_alone() {
    let bot = sea_bot().await;
    let answer = answer_to_ada(&bot).await;
    let page = bot.press_alone(BEN, &answer, "Context").await;
    assert_snapshot!(page, @"
    (group, only for Ben)
    Salt water fills the sea.

    > The salt of the sea comes from rocks & rivers.
    Water · The Sea
    [Back to the quote] [Read]
    [Show everyone]
    ");
    let back = bot.press_alone(BEN, &page, "Back to the quote").await;
    assert_snapshot!(back, @"
    (group, only for Ben, edit)
    > The salt of the sea comes from rocks & rivers.
    Water · The Sea
    [More (2)] [Context] [Read] [⋯]
    [Show everyone]
    ");
    let more = bot.press_alone(BEN, &back, "More (2)").await;
    let section = bot.press_alone(BEN, &more, "Read").await;
    assert_snapshot!(section, @"
    (group, only for Ben, edit)
    Water
    The Sea

    Salt water fills the sea.

    The salt of the sea comes from rocks & rivers.
    [Next section »]
    [Contents]
    [Back to the answer]
    [Show everyone]
    ");
    let more = bot.press_alone(BEN, &section, "Back to the answer").await;
    let menu = bot.press_alone(BEN, &more, "⋯").await;
    assert_snapshot!(menu, @"
    (group, only for Ben, edit)
    > Salt water fills the sea.
    Water · The Sea
    [Copy citation] [Share]
    [Back]
    [Show everyone]
    ");
    assert_eq!(bot.press_alone(BEN, &menu, "Back").await.content(), more.content());
    // The answer itself is what it was.
    assert!(bot.calls("editMessageText").is_empty());
    assert_eq!(bot.ephemeral_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_is_shown_to_everybody_on_request() {
    let mut bot = sea_bot().await;
    let answer = answer_to_ada(&bot).await;
    for (label, back) in
        [("Context", "Back to the quote"), ("More (2)", "«"), ("Read", "Back to the answer")]
    {
        let page = bot.press_alone(BEN, &answer, label).await;
        bot.restart().await;
        bot.click_as(BEN, &page, page.data("Show everyone"));
        let shown = bot.next_message().await;
        let place = (shown.chat, shown.id, shown.is_edit, shown.only_for);
        assert_eq!(place, (GROUP, answer.id, true, None), "{shown}");
        assert_eq!(shown.text, page.text);
        assert!(!shown.labels().contains(&"Show everyone"), "{shown}");
        assert_eq!(bot.ephemeral_count(), 0);
        assert_eq!(bot.press(&shown, back).await.content(), answer.content());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_is_not_used_for_the_asker_and_in_private_chats() {
    let bot = sea_bot().await;
    let answer = answer_to_ada(&bot).await;
    bot.press(&answer, "Context").await;
    let answer = bot.private().send("salt of the sea").await;
    bot.press(&answer, "Context").await;
    let contents = bot.group().send("/sections").await;
    bot.click_as(BEN, &contents, &contents.buttons[0][0].1);
    assert_eq!(bot.next_message().await.only_for, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_that_cannot_be_sent_changes_the_answer() {
    let bot = Bot::start().article("sea.md", SEA).without_reader_limits().await;
    let answer = answer_to_ada(&bot).await;
    bot.click_as(BEN, &answer, answer.data("Context"));
    let shown = bot.next_message().await;
    assert!(shown.is_edit && shown.id == answer.id && shown.only_for.is_none(), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_is_given_up_on_a_server_that_shows_it_to_everybody() {
    let bot = sea_bot().telegram(|telegram| telegram.ignore_ephemeral()).await;
    let answer = answer_to_ada(&bot).await;
    for (edits, label) in [(1, "Context"), (2, "Read")] {
        bot.click_as(BEN, &answer, answer.data(label));
        bot.called("editMessageText", edits).await;
        let shown = bot.next_message().await;
        assert!(shown.is_edit && shown.id == answer.id, "{shown}");
    }
    // The message to everybody was deleted, and no second one was sent.
    assert_eq!(bot.calls("deleteMessage").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_button_shows_nothing_in_the_place_of_another_message() {
    let bot = sea_bot().await;
    let answer = answer_to_ada(&bot).await;
    let contents = bot.private().send("/sections").await;
    let page = bot.press_alone(BEN, &answer, "Context").await;
    for data in [format!("Ex{}", contents.id), "Ex999999".into(), "Eq-1".into()] {
        bot.click_as(BEN, &page, &data);
    }
    // In the place of a message, too, the button of a private page does nothing.
    bot.click_as(BEN, &answer, &format!("Ex{}", answer.id));
    bot.group().stays_silent().await;
    assert!(bot.calls("editMessageText").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn private_page_that_telegram_limits_delays_no_other_chat() {
    let bot = sea_bot().await;
    let answer = answer_to_ada(&bot).await;
    bot.fail_next("sendMessage", Fault::retry_after(1));
    bot.click_as(BEN, &answer, answer.data("Context"));
    bot.called("sendMessage", 2).await;
    // The limit is that of the group: the answer to another chat comes before the edit there.
    bot.private().send("salt of the sea").await;
    let shown = bot.next_message().await;
    assert!(shown.is_edit && shown.id == answer.id, "{shown}");
}
