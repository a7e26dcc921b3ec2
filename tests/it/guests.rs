//! Guest mode: `@bot question` in a chat that the bot need not be in.

use insta::assert_snapshot;
use verbatim::ids::UserId;
use verbatim::ids::{ChatId, MessageId};

use crate::fake_bot_api::{ADA, BEN, Fault, GROUP};
use crate::tester::{Bot, Start, eventually};

const GROUP_ID: ChatId = ChatId::new(GROUP);
const NEAP: &str = "@VerbatimBot When does a neap tide happen?";

fn guest_bot() -> Start {
    Bot::start().telegram(|telegram| telegram.turn_on_guest_mode())
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_question_is_answered_at_once_with_buttons_that_work() {
    let mut bot = guest_bot().await;
    let answer = bot.group().ben().ask_as_guest(NEAP).await;
    assert_snapshot!(answer, @"
    (guest-1)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    let context = bot.press(&answer, "Context").await;
    assert_snapshot!(context, @"
    (guest-1, edit)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Back to the quote] [Read]
    ");
    let back = bot.press(&context, "Back to the quote").await;
    assert_eq!(back.content(), answer.content());
    let menu = bot.press(&back, "⋯").await;
    assert_snapshot!(menu, @"
    (guest-1, edit)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Copy citation] [Share]
    [Back]
    ");
    bot.restart().await;
    assert_eq!(bot.press(&menu, "Back").await.content(), answer.content());
    assert!(bot.calls("sendMessage").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_question_is_read_however_it_is_addressed() {
    let bot = guest_bot().await;
    for text in [
        "@VerbatimBot when does a neap tide happen?",
        "When does a neap tide happen, @verbatimbot?",
        "when does a neap tide happen",
        "/ask@VerbatimBot when does a neap tide happen?",
        "@VerbatimBot /ask when does a neap tide happen?",
    ] {
        let answer = bot.group().ask_as_guest(text).await;
        assert!(answer.text.contains("twice a month"), "{text}: {answer}");
        let answer = bot.private_of(BEN).ask_as_guest(text).await;
        assert!(answer.text.contains("twice a month"), "{text}: {answer}");
    }
    // A mention alone asks the message that it replies to.
    let asked = bot.group().reply_to_person("When does a neap tide happen?");
    assert!(asked.ask_as_guest("@VerbatimBot").await.text.contains("twice a month"));
    let quoted = bot.group().reply_to_person("Hello! When does a neap tide happen?");
    let quoted = quoted.quoting("When does a neap tide happen?");
    assert!(quoted.ask_as_guest("@VerbatimBot ?").await.text.contains("twice a month"));
    assert_snapshot!(bot.group().ask_as_guest("@VerbatimBot").await, @"
    (guest-13)
    What would you like to know? Write @VerbatimBot and your question.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_refusal_and_other_requests_are_answered_for_a_chat_without_the_bot() {
    let bot = guest_bot().await;
    assert_snapshot!(bot.group().ask_as_guest("@VerbatimBot sourdough bread?").await, @"
    (guest-1)
    I found nothing about “sourdough” or “bread” in the article.
    [Contents]
    ");
    assert_snapshot!(bot.group().ask_as_guest("@VerbatimBot /help").await, @"
    (guest-2)
    Hello! I answer questions with word-for-word quotes from the articles. Write @VerbatimBot and your question, here or in any other chat, or reply to one of my answers. I ignore all other messages.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [What else I can do]
    ");
    let brief = bot.group().ask_as_guest("@VerbatimBot /brief neap tides").await;
    assert!(brief.text.contains("twice a month"), "{brief}");
    let contents = bot.group().ask_as_guest("@VerbatimBot /sections").await;
    assert!(contents.labels().contains(&"Neap tides"), "{contents}");
    for text in
        ["/brief daily 08:30 UTC", "/watch neap tides", "/language de", "/gaps", "/nonsense"]
    {
        let answer = bot.group().ask_as_guest(&format!("@VerbatimBot {text}")).await;
        assert!(answer.text.starts_with("Here I only answer questions."), "{text}: {answer}");
    }
    let german = bot.group().language("de").ask_as_guest("@VerbatimBot Sauerteig?").await;
    assert!(german.text.starts_with("Ich habe"), "{german}");
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_follow_up_is_read_with_the_question_before() {
    let bot = guest_bot().await;
    let answer = bot.group().ask_as_guest("@VerbatimBot What is a neap tide?").await;
    let follow_up = bot.group().reply_to(&answer);
    let answer = follow_up.ask_as_guest("@VerbatimBot and when does it happen?").await;
    assert!(answer.text.contains("twice a month"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_question_that_also_arrives_as_a_message_is_answered_once() {
    let mut bot = guest_bot().await;
    bot.group().post_twice(NEAP, true);
    let answer = bot.next_message().await;
    assert!(answer.inline.is_some(), "{answer}");
    let posted = bot.group().post_twice(NEAP, false);
    let answer = bot.next_message().await;
    let is_reply = answer.inline.is_none() && answer.reply_to == Some(posted.id);
    let is_guest = answer.inline.as_deref() == Some(&*format!("guest-twice-{}", posted.id));
    assert!(is_reply || is_guest, "{answer}");
    bot.group().stays_silent().await;
    // The guest query is answered, and the bot is killed before it handles the message.
    let (posted, _) = bot.group().post_as_guest(NEAP);
    bot.next_message().await;
    eventually("the answer is recorded", async || {
        bot.store().answer_to(GROUP_ID, MessageId::new(posted.id as i32)).ok()?
    })
    .await;
    bot.restart().await;
    bot.group().field("message_id", posted.id.into()).post(NEAP);
    bot.group().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_question_that_cannot_be_answered_as_one_is_answered_as_a_message() {
    let bot = guest_bot().await;
    bot.fail_next(
        "answerGuestQuery",
        Fault::refuse(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
    );
    let posted = bot.group().post_twice(NEAP, true);
    let answer = bot.reply_to(posted).await;
    assert!(answer.text.contains("twice a month"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_answer_survives_a_broken_connection_and_is_dropped_when_it_is_old() {
    let bot = guest_bot().await;
    bot.fail_next("answerGuestQuery", Fault::DropBefore);
    assert!(bot.group().ask_as_guest(NEAP).await.text.contains("twice a month"));
    bot.fail_next("answerGuestQuery", Fault::DropAfter);
    assert!(bot.group().ask_as_guest(NEAP).await.text.contains("twice a month"));
    bot.called("answerGuestQuery", 4).await;
    let hour_ago = bot.now() - 3600;
    bot.group().sent_at(hour_ago).post_as_guest(NEAP);
    bot.private().stays_silent().await;
    assert_eq!(bot.calls("answerGuestQuery").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_access_is_that_of_the_person_and_not_of_the_chat() {
    let bot = guest_bot()
        .configure(|settings| {
            settings.access.allowed_users = vec![UserId::new(ADA)];
            settings.access.allowed_chats = vec![GROUP_ID, ChatId::new(BEN)];
        })
        .await;
    let answer = bot.group().ask_as_guest(NEAP).await;
    // Others in the chat may not read the articles, so that no button leads there.
    assert_snapshot!(answer, @"
    (guest-1)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    ");
    let elsewhere = || bot.chat(-1005);
    assert_snapshot!(elsewhere().ben().ask_as_guest(NEAP).await, @"
    (guest-2)
    Sorry, I only answer people whom my operator has given access.
    ");
    // The notice is not repeated, in no chat.
    elsewhere().ben().post_as_guest(NEAP);
    bot.chat(BEN).ben().post_as_guest(NEAP);
    let unknown = elsewhere().without_sender().ask_as_guest(NEAP).await;
    assert!(unknown.text.starts_with("Sorry"), "{unknown}");
    // A member of a listed group is answered there, and never refused as a guest.
    let posted = bot.group().ben().post_twice(NEAP, true);
    assert!(bot.reply_to(posted).await.text.contains("twice a month"));
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_questions_count_for_the_limit_of_the_person() {
    let bot = guest_bot().configure(|settings| settings.access.user_per_minute = 2).await;
    for _ in 0..2 {
        assert!(bot.group().ask_as_guest(NEAP).await.text.contains("twice a month"));
    }
    let notice = bot.group().ask_as_guest(NEAP).await;
    assert_eq!(notice.text, "Please slow down a little.");
    // A question that also arrives as a message counts once.
    for _ in 0..2 {
        bot.group().ben().post_twice(NEAP, true);
        assert!(bot.next_message().await.text.contains("twice a month"));
    }
    bot.private_of(7).send("/help").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_refusals_are_counted_and_listed_for_the_operator() {
    let bot = guest_bot().with_admin().configure(|settings| settings.record_questions = true).await;
    bot.private_of(BEN).ask_as_guest("@VerbatimBot sourdough bread?").await;
    eventually("the refusal is recorded", async || {
        (bot.store().tallies().ok()?.refused == 1).then_some(())
    })
    .await;
    let gaps = bot.private().send("/gaps").await;
    assert!(gaps.text.contains("1 × sourdough bread?"), "{gaps}");
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_mode_is_named_first_where_it_is_on() {
    let bot = guest_bot().await;
    assert_snapshot!(bot.private().send("/start").await, @"
    (reply to “/start”)
    I answer questions with word-for-word quotes from the articles, each linked to its source. Type your question here.

    In any other chat, write @VerbatimBot and your question: I answer there, and nobody has to add me.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [What else I can do]
    ");
    bot.group().add_bot();
    assert_snapshot!(bot.next_message().await, @"
    (group)
    Hello! I answer questions with word-for-word quotes from the articles. Write @VerbatimBot and your question, here or in any other chat, or reply to one of my answers. I ignore all other messages.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [What else I can do]
    ");
}
