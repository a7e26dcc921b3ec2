//! Questions that a reader sends to a person, and the answers of the person.

use insta::assert_snapshot;
use verbatim::ids::ChatId;

use crate::fake_bot_api::{BEN, Fault, GROUP, Message};
use crate::tester::{Bot, Start, eventually};

const HELPERS: i64 = -1009;
const SOURDOUGH: &str = "How do I bake sourdough?";
const OFFER: &str = "Send my question to a person";

fn help_bot() -> Start {
    Bot::start()
        .without_reader_limits()
        .configure(|settings| settings.help_chat = Some(ChatId::new(HELPERS)))
        .telegram(|telegram| telegram.exists(HELPERS))
}

/// Sends the question of a refusal to a person. Returns the message to the person and the refusal
/// as it is afterwards.
async fn pass_on(bot: &Bot, refusal: &Message) -> (Message, Message) {
    bot.click(refusal, OFFER);
    let question = bot.next_message().await;
    assert_eq!(question.chat, HELPERS, "{question}");
    let edited = bot.next_message().await;
    assert!(edited.is_edit && edited.id == refusal.id, "{edited}");
    (question, edited)
}

#[tokio::test(flavor = "multi_thread")]
async fn help_request_goes_to_a_person_and_the_answer_comes_back() {
    let mut bot = help_bot().with_admin().await;
    let refusal = bot.private().send(SOURDOUGH).await;
    assert_snapshot!(refusal, @"
    (reply to “How do I bake sourdough?”)
    I found nothing about “bake” or “sourdough” in the article.
    [Contents]
    [Send my question to a person]
    ");
    let (question, edited) = pass_on(&bot, &refusal).await;
    assert_snapshot!(question, @"
    (chat -1009)
    Question #1, which the articles do not answer. Reply to this message to answer it:

    How do I bake sourdough?
    ");
    assert_snapshot!(edited, @"
    (edit)
    I found nothing about “bake” or “sourdough” in the article.

    Your question was sent to a person. The answer will come here.
    [Contents]
    ");
    bot.restart().await;
    bot.chat(HELPERS).ben().reply_to(&question).post("Ask <Eva>, she bakes & knows.");
    assert_snapshot!(bot.next_message().await, @"
    (reply to “How do I bake sourdough?”)
    Answer from a person, not from the articles:

    Ask <Eva>, she bakes & knows.
    ");
    assert_snapshot!(bot.next_message().await, @"
    (chat -1009, reply to “Ask <Eva>, she bakes & knows.”)
    Delivered.
    ");
    assert_snapshot!(bot.private().send("/gaps").await, @"
    (reply to “/gaps”)
    Answered: 0. Found nothing: 1. Helpful: 0. Not helpful: 0.
    Sent to a person: 1. Answered by a person: 1.

    Questions are not recorded. To get this list, set record_questions = true in the configuration.
    ");
    // Other messages in that chat go nowhere.
    bot.chat(HELPERS).ben().post("Who knows Eva?");
    bot.chat(HELPERS).ben().reply_to_person("Who knows Eva?").post("I do.");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_request_in_a_topic_is_answered_there_in_the_language_of_the_asker() {
    let bot = help_bot().await;
    let refusal = bot.group().topic(7).language("de").send("/ask Wie backe ich Sauerteig?").await;
    bot.click_as(BEN, &refusal, refusal.data("Meine Frage an einen Menschen senden"));
    bot.presses_answered().await;
    assert!(bot.notices()[0].starts_with("Only the person"), "{:?}", bot.notices());
    bot.click(&refusal, "Meine Frage an einen Menschen senden");
    let question = bot.next_message().await;
    bot.next_message().await;
    bot.chat(HELPERS).ben().reply_to(&question).post("Mit Geduld.");
    let answer = bot.next_message().await;
    assert_eq!((answer.chat, answer.thread), (GROUP, Some(7)));
    assert_snapshot!(answer, @"
    (group, topic 7, reply to “/ask Wie backe ich Sauerteig?”)
    Answer from a person, not from the articles:

    Mit Geduld.
    ");
    bot.next_message().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_answer_can_be_edited_and_must_be_a_text() {
    let bot = help_bot().await;
    let refusal = bot.private().send(SOURDOUGH).await;
    let (question, _) = pass_on(&bot, &refusal).await;
    let helper = || bot.chat(HELPERS).ben().reply_to(&question);
    assert_eq!(
        helper().send_sticker().await.text,
        "I can only read text. Please type your question."
    );
    let long = "x".repeat(4000);
    assert!(helper().send(&long).await.text.contains("too long"));
    let posted = helper().post("Wih patience.");
    let answer = bot.next_message().await;
    bot.next_message().await;
    helper().edit(posted, "With patience.");
    let edited = bot.next_message().await;
    assert_eq!((edited.id, edited.is_edit), (answer.id, true));
    assert!(edited.text.ends_with("With patience."), "{edited}");
    bot.next_message().await;
    // A second answer is a message of its own.
    helper().post("And salt.");
    assert!(!bot.next_message().await.is_edit);
    bot.next_message().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_request_is_sent_once_however_often_it_is_pressed() {
    let bot = help_bot().await;
    let refusal = bot.private().send(SOURDOUGH).await;
    for _ in 0..3 {
        bot.click(&refusal, OFFER);
    }
    bot.called("answerCallbackQuery", 3).await;
    eventually("the presses are handled", async || {
        (bot.calls("editMessageText").len() == 3).then_some(())
    })
    .await;
    let questions = bot.unseen().into_iter().filter(|shown| shown.chat == HELPERS);
    assert_eq!(questions.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn help_request_and_answer_that_cannot_be_delivered_are_reported() {
    let bot = help_bot().await;
    let refusal = bot.private().send(SOURDOUGH).await;
    bot.fail_next(
        "sendMessage",
        Fault::refuse(403, "Forbidden: bot is not a member of the supergroup chat"),
    );
    bot.click(&refusal, OFFER);
    let failed = bot.next_message().await;
    assert!(failed.text.contains("could not be sent"), "{failed}");
    let refusal = bot.private().send(SOURDOUGH).await;
    let (question, _) = pass_on(&bot, &refusal).await;
    bot.fail_next("sendMessage", Fault::blocked());
    bot.chat(HELPERS).ben().reply_to(&question).post("With patience.");
    let told = bot.next_message().await;
    assert_eq!(told.chat, HELPERS);
    assert!(told.text.starts_with("This could not be delivered"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_not_offered_without_a_chat_there_and_to_guests() {
    let bot = Bot::start().await;
    assert!(!bot.private().send(SOURDOUGH).await.labels().contains(&OFFER));
    let bot = help_bot().telegram(|telegram| telegram.turn_on_guest_mode()).await;
    let guest = bot.group().ask_as_guest("@VerbatimBot how do I bake sourdough?").await;
    assert!(!guest.labels().contains(&OFFER), "{guest}");
    let helper = bot.chat(HELPERS).send("/ask how do I bake sourdough?").await;
    assert!(!helper.labels().contains(&OFFER), "{helper}");
    let found = bot.private().send("When does a neap tide happen?").await;
    assert!(!found.labels().contains(&OFFER), "{found}");
    // A forged press below an answer of nobody sends nothing.
    let contents = bot.private().send("/sections").await;
    bot.click_data(&contents, "p");
    bot.private().stays_silent().await;
    assert!(
        bot.calls("sendMessage")
            .iter()
            .all(|call| call["chat_id"] != HELPERS || call["reply_parameters"].is_object())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn help_request_of_a_forgotten_person_reaches_nobody() {
    let bot = help_bot().await;
    let refusal = bot.private().send(SOURDOUGH).await;
    let (question, _) = pass_on(&bot, &refusal).await;
    bot.private().send("/forget").await;
    bot.chat(HELPERS).ben().reply_to(&question).post("lol");
    bot.private().stays_silent().await;
}
