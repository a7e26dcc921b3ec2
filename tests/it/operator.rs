//! Decisions of an operator: who may ask, how fast, and what is recorded.

use insta::assert_snapshot;
use verbatim::ids::{ChatId, UserId};

use crate::fake_bot_api::{ADA, BEN, GROUP};
use crate::tester::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn access_refuses_strangers_once() {
    let bot = Bot::start()
        .configure(|settings| settings.access.allowed_chats = vec![ChatId::new(GROUP)])
        .await;
    assert_snapshot!(bot.private().send("neap tide").await, @"
    (reply to “neap tide”)
    Sorry, I only answer people whom my operator has given access. To ask for access, send my operator this:

    Your number: 100
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
    bot.configure(|settings| settings.access.admins = vec![UserId::new(ADA)]);
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

#[tokio::test(flavor = "multi_thread")]
async fn whoami_tells_the_numbers_for_the_access_lists() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().send("/whoami").await, @"
    (reply to “/whoami”)
    Your number: 100
    ");
    let copied = bot.calls("sendMessage").last().map(|call| call["text"].clone());
    assert_eq!(copied, Some("Your number: <code>100</code>".into()));
    assert_snapshot!(bot.group().ben().topic(77).send("/whoami@VerbatimBot please").await, @"
    (group, topic 77, reply to “/whoami@VerbatimBot please”)
    Your number: 101
    Number of this group: -1001
    Number of this topic: 77
    ");
    assert_snapshot!(bot.group().anonymous_admin().send("/whoami").await, @"
    (group, reply to “/whoami”)
    You write in the name of this group.
    Number of this group: -1001
    ");
    assert_snapshot!(bot.group().channel_sender(-1009).send("/WhoAmI").await, @"
    (group, reply to “/WhoAmI”)
    You write in the name of a channel. Its number: -1009
    Number of this group: -1001
    ");
    assert_snapshot!(bot.private().language("de").send("/whoami").await, @"
    (reply to “/whoami”)
    Ihre Nummer: 100
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoami_answers_a_person_without_access_within_the_limits() {
    let bot = Bot::start()
        .configure(|settings| {
            settings.access.allowed_users = vec![UserId::new(ADA)];
            settings.access.user_per_minute = 2;
        })
        .await;
    let refused = bot.private_of(BEN).send("neap tide").await;
    assert!(refused.text.ends_with("\n\nYour number: 101"), "{refused}");
    let text = "Your number: 101";
    assert_eq!(bot.private_of(BEN).send("/whoami").await.text, text);
    assert_eq!(bot.private_of(BEN).send("/whoami").await.text, text);
    assert_eq!(bot.private_of(BEN).send("/whoami").await.text, "Please slow down a little.");
    bot.private_of(BEN).post("/whoami");
    bot.private().stays_silent().await;
    // A channel is let in by its number.
    assert_snapshot!(bot.group().channel_sender(-1009).send("/whoami").await, @"
    (group, reply to “/whoami”)
    You write in the name of a channel. Its number: -1009
    Number of this group: -1001
    ");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn whoami_numbers_of_a_refused_person_are_in_the_log() {
    use crate::fake_bot_api::FakeBotApi;
    use crate::faults::child::{Process, folders};

    let (telegram, folders) = (FakeBotApi::start(), folders());
    let path = folders.path().join("config/verbatim.toml");
    let config = std::fs::read_to_string(&path).expect("it was just written");
    // `[access]` is the last table.
    std::fs::write(&path, format!("{config}allowed_users = [{ADA}]\n")).expect("it is writable");
    let bot = Process::start(&folders, &telegram.url);
    telegram.private_of(BEN).send("When is a neap tide?").await;
    telegram.private_of(BEN).send("/whoami").await;
    telegram.group().ben().add_bot();
    telegram.next_message().await;
    let log = bot.kill();
    let refusals: Vec<_> = log.iter().filter(|line| line.contains("was refused")).collect();
    assert_eq!(refusals.len(), 2, "{log:#?}");
    assert!(refusals[0].contains("user=101 chat=101"), "{log:#?}");
    assert!(refusals[1].contains("user=101 chat=-1001"), "{log:#?}");
    assert!(!log.iter().any(|line| line.contains("neap") || line.contains("Ben")), "{log:#?}");
}
