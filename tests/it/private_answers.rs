//! Answers in a group that only the asker sees.

use insta::assert_snapshot;
use verbatim::config::BoundFolder;
use verbatim::corpus::Folder;
use verbatim::ids::ChatId;

use crate::fake_bot_api::{ADA, BEN, Fault, GROUP};
use crate::tester::{Bot, Start};

const NEAP: &str = "/ask When does a neap tide happen?";

fn bot() -> Start {
    Bot::start().without_reader_limits().telegram(|telegram| {
        telegram.permit_ephemeral();
        telegram.promote_bot();
        telegram.exists(ADA);
        telegram.make_administrator(ADA);
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn private_answer_goes_to_the_asker_and_is_never_the_only_copy() {
    let mut bot = bot().await;
    let state = bot.group().send("/private").await;
    assert_snapshot!(state, @"
    (group, reply to “/private”)
    Everybody in this group sees my answers.
    [Show answers only to the asker]
    ");
    let on = bot.press(&state, "Show answers only to the asker").await;
    assert_snapshot!(on, @"
    (group, edit)
    Only the person who asks sees my answer. It also goes to the private chat with me; without one, it goes to this group.
    [Show answers to everybody]
    ");
    bot.restart().await;
    bot.group().post(NEAP);
    let copy = bot.next_message().await;
    assert_eq!(copy.chat, ADA);
    assert_snapshot!(copy, @"
    (silent)
    In a group you asked: When does a neap tide happen?

    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    let shown = bot.next_message().await;
    assert_snapshot!(shown, @"
    (group, only for Ada)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    let context = bot.press_alone(ADA, &shown, "Context").await;
    assert!(context.only_for.is_some());
    // Commands are answered for everybody.
    assert_eq!(bot.group().send("/sections").await.chat, GROUP);
    let off = bot.press(&on, "Show answers to everybody").await;
    assert_eq!(off.content(), state.content());
    assert_eq!(bot.group().send(NEAP).await.only_for, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_answer_is_public_without_a_private_chat() {
    let bot = bot().await;
    let state = bot.group().send("/private").await;
    bot.press(&state, "Show answers only to the asker").await;
    // Ben has never written to the bot.
    bot.fail_next(
        "sendMessage",
        Fault::refuse(403, "Forbidden: bot can't initiate conversation with a user"),
    );
    let answer = bot.group().ben().send(NEAP).await;
    assert_eq!((answer.chat, answer.only_for), (GROUP, None));
    // So has an anonymous administrator.
    assert_eq!(bot.group().anonymous_admin().send(NEAP).await.chat, GROUP);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_answer_arrives_where_telegram_permits_no_message_for_one_person() {
    let bot = Bot::start().telegram(|telegram| telegram.make_administrator(ADA)).await;
    bot.private().send("/start").await;
    let state = bot.group().send("/private").await;
    bot.press(&state, "Show answers only to the asker").await;
    bot.group().post(NEAP);
    assert_eq!(bot.next_message().await.chat, ADA);
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_answers_are_a_setting_of_administrators() {
    let bot = Bot::start().telegram(|telegram| telegram.make_administrator(ADA)).await;
    let state = bot.group().send("/private").await;
    assert_eq!(
        bot.group().ben().send("/private").await.text,
        "Only administrators of this group can do that."
    );
    bot.click_as(BEN, &state, &state.buttons[0][0].1);
    bot.presses_answered().await;
    assert_eq!(bot.notices(), ["Only administrators of this group can do that."]);
    assert!(bot.private().send("/private").await.text.starts_with("This is a setting of groups."));
}

#[tokio::test(flavor = "multi_thread")]
async fn private_answer_stays_in_a_group_that_may_see_more_than_the_asker() {
    let folder = Folder::new("board").expect("a path");
    for (group_is_listed, is_bound) in [(true, false), (false, true)] {
        let bot = bot()
            .configure(|settings| {
                let group = vec![ChatId::new(GROUP)];
                if group_is_listed {
                    settings.access.allowed_chats = group.clone();
                }
                if is_bound {
                    let folder = folder.clone();
                    settings.access.folders = vec![BoundFolder { folder, chats: group }];
                }
            })
            .await;
        let state = bot.group().send("/private").await;
        bot.press(&state, "Show answers only to the asker").await;
        let answer = bot.group().send(NEAP).await;
        assert_eq!((answer.chat, answer.only_for), (GROUP, None));
    }
}
