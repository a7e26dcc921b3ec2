//! Conversations with the bot: answers, small talk, follow-ups, edits, and refusals by Telegram.

use insta::assert_snapshot;
use verbatim::bot::{BotError, Consumer};

use crate::fake_bot_api::{BOT, Fault};
use crate::tester::Bot;

const ESTUARIES: &str = "---\ntitle: Estuaries\n---\n\nThe bore of the Severn is feared. Sailors avoid it at night.\n\n\
    The Amazon has a bore, too, which surfers ride.\n\n\
    The Rance barrage is closed at night since 1966.\n";

#[tokio::test(flavor = "multi_thread")]
async fn question_gets_a_verbatim_quote_whose_link_opens_the_section() {
    let bot = Bot::start().await;
    let answer = bot.private().send("When does a neap tide happen?").await;
    assert_snapshot!(answer, @"
    (reply to “When does a neap tide happen?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    let prefix = format!("https://t.me/{BOT}?start=");
    let payload = answer.links()[0].strip_prefix(&prefix).expect("a deep link");
    assert_snapshot!(bot.private().send(&format!("/start {payload}")).await, @"
    (reply to “/start pJ6sAmydVcYtKm3jyLK2Mo0”)
    Neap tides
    Tides & <Times>

    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    [« Previous section] [Next section »]
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn question_without_an_answer_is_refused_with_its_words_and_the_contents() {
    let bot = Bot::start().await;
    let refusal = bot.private().send("What about <b>sourdough</b>?").await;
    assert_snapshot!(refusal, @"
    (reply to “What about <b>sourdough</b>?”)
    I found nothing about “sourdough” in the article.
    [Contents]
    ");
    let contents = bot.press(&refusal, "Contents").await;
    assert_snapshot!(contents, @"
    (edit)
    Tides & <Times>
    by Ada
    [Opening]
    [Neap tides]
    [Tidal power]
    ");
    assert_snapshot!(bot.press(&contents, "Tidal power").await, @"
    (edit)
    Tidal power
    Tides & <Times>

    A barrage across the Rance estuary has made electricity since 1966.
    [« Previous section]
    [Contents]
    ");
    assert_eq!(bot.notices(), ["", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_talk_has_its_own_sentences() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().send("hello").await, @"
    (reply to “hello”)
    Hello! Ask me something about the articles; /sections shows what they cover.
    ");
    assert_snapshot!(bot.private().send("????").await, @"
    (reply to “????”)
    There is nothing here that I can search for. Ask a question in a few words, or browse the contents:
    [Contents]
    ");
    assert_snapshot!(bot.private().send_sticker().await, @"
    (reply to “…”)
    I can only read text. Please type your question.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_have_their_replies() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().send("/help").await, @"
    (reply to “/help”)
    I answer questions with word-for-word quotes from the articles, each linked to its source. Type your question here.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    [What else I can do]
    ");
    let help = bot.private().send("/help").await;
    assert_eq!(bot.private().send("/start").await.content(), help.content());
    let nonsense = bot.private().send("/start nonsense").await;
    assert_eq!(nonsense.content(), help.content());
    assert_snapshot!(bot.private().send("/about").await, @"
    (reply to “/about”)
    I answer from 1 article with 3 sections, word for word. Every quote links to its source.

    Tides & <Times>
    by Ada
    [Opening]
    [Neap tides]
    [Tidal power]
    ");
    assert_snapshot!(bot.private().send("/sections").await, @"
    (reply to “/sections”)
    Tides & <Times>
    by Ada
    [Opening]
    [Neap tides]
    [Tidal power]
    ");
    assert_snapshot!(bot.private().send("/ask").await, @"
    (reply to “/ask”)
    What would you like to know? For example, send /ask@VerbatimBot and your question, or reply to a message with /ask.
    ");
    assert_snapshot!(bot.private().send("/brew").await, @"
    (reply to “/brew”)
    I do not know this command. /help shows what I can do.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn group_messages_that_do_not_address_the_bot_are_ignored() {
    let bot = Bot::start().await;
    bot.group().post("When does a neap tide happen?");
    bot.group().post("/ask@OtherBot When does a neap tide happen?");
    bot.group().post("/unknown");
    bot.group().post_sticker();
    bot.group().other_bot().post("/ask neap tide");
    bot.group().via_bot().post("neap tide");
    bot.chat(-5).channel().post("/ask neap tide");
    bot.group().post_new_title();
    bot.group().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn group_messages_that_address_the_bot_are_answered() {
    let bot = Bot::start().await;
    let answer = bot.group().send("/ask@verbatimbot when does a neap tide happen?").await;
    assert_snapshot!(answer, @"
    (group, reply to “/ask@verbatimbot when does a neap tide happen?”, quoting “when does a neap tide happen?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.group().send("@VerbatimBot when does a neap tide happen?").await, @"
    (group, reply to “@VerbatimBot when does a neap tide happen?”, quoting “when does a neap tide happen?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.group().anonymous_admin().send("/ask neap tide").await, @"
    (group, reply to “/ask neap tide”, quoting “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    let question = "When does a neap tide happen?";
    assert_snapshot!(bot.group().reply_to_person(question).send("/ask").await, @"
    (group, reply to “/ask”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    assert_snapshot!(bot.group().reply_to(&answer).send("neap tide?").await, @"
    (group, reply to “neap tide?”, quoting “neap tide?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_get_the_replies_to_their_messages_and_general_is_never_named() {
    let bot = Bot::start().await;
    assert_eq!(bot.group().topic(77).send("/ask neap tide").await.thread, Some(77));
    assert_eq!(bot.group().topic(1).send("/ask neap tide").await.thread, None);
    assert_eq!(bot.group().thread(5).send("/ask neap tide").await.thread, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_question_edits_its_answer() {
    let bot = Bot::start().await;
    let question = bot.group().post("/ask neap tide");
    let answer = bot.reply_to(question).await;
    bot.group().edit(question, "/ask Rance barrage");
    let edited = bot.next_message().await;
    assert_eq!(edited.id, answer.id);
    assert_snapshot!(edited, @"
    (group, edit)
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    bot.group().edit(question, "/ask Rance barrage");
    bot.group().stays_silent().await;
    bot.group().edit(question, "never mind");
    assert_snapshot!(bot.next_message().await, @"
    (group, edit)
    The question was withdrawn.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_up_is_read_together_with_its_question() {
    let bot = Bot::start().await;
    let answer = bot.private().send("Which barrage makes tidal electricity?").await;
    assert_snapshot!(bot.private().reply_to(&answer).send("since when?").await, @"
    (reply to “since when?”)
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power · Tides & <Times>
    [More (2)] [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_up_of_a_follow_up_keeps_the_subject_through_restarts() {
    let mut bot = Bot::start().article("estuaries.md", ESTUARIES).await;
    let answer = bot.private().send("Which river has a bore that is feared?").await;
    assert_snapshot!(answer, @"
    (reply to “Which river has a bore that is feared?”)
    > The bore of the Severn is feared. Sailors avoid it at night.
    Opening · Estuaries
    [More (1)] [Context] [Read] [⋯]
    ");
    bot.restart().await;
    let answer = bot.private().reply_to(&answer).send("and the Amazon?").await;
    assert_snapshot!(answer, @"
    (reply to “and the Amazon?”)
    > The Amazon has a bore, too, which surfers ride.
    Opening · Estuaries
    [More (1)] [Context] [Read] [⋯]
    ");
    bot.restart().await;
    let answer = bot.private().reply_to(&answer).send("why?").await;
    assert_snapshot!(answer, @"
    (reply to “why?”)
    > The Amazon has a bore, too, which surfers ride.
    Opening · Estuaries
    [More (1)] [Context] [Read] [⋯]
    ");
    bot.restart().await;
    let answer = bot.private().reply_to(&answer).send("hello").await;
    assert_snapshot!(answer, @"
    (reply to “hello”)
    Hello! Ask me something about the articles; /sections shows what they cover.
    ");
    bot.restart().await;
    assert_snapshot!(bot.private().reply_to(&answer).send("why not?").await, @"
    (reply to “why not?”)
    > The Amazon has a bore, too, which surfers ride.
    Opening · Estuaries
    [More (1)] [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_section_is_paged_and_its_buttons_outlive_a_restart() {
    let sentence = "The tide rises & the tide falls, 😀 says the poet of the sea. ";
    let long = format!("---\ntitle: Long\n---\n\n## Poem\n\n{}\n", sentence.repeat(200));
    let mut bot = Bot::start().article("long.md", &long).await;
    let articles = bot.private().send("/sections").await;
    let article = bot.press(&articles, "Long").await;
    let mut page = bot.press(&article, "Poem").await;
    bot.restart().await;
    let mut read = String::new();
    for number in 2.. {
        read.push_str(page.text.split_once("\n\n").expect("a header").1);
        read.push(' ');
        let Some(next) = page.labels().into_iter().find(|label| label.ends_with('›')) else {
            break;
        };
        assert!(next.starts_with(&format!("{number}/")), "{next}");
        page = bot.press(&page, next).await;
    }
    assert_eq!(read.trim(), sentence.repeat(200).trim());
}

#[tokio::test(flavor = "multi_thread")]
async fn button_data_that_is_forged_shows_what_there_is_now() {
    let mut bot = Bot::start().await;
    let answer = bot.private().send("neap tide").await;
    bot.click_data(&answer, " ");
    assert_snapshot!(bot.next_message().await, @"
    (edit)
    The text has changed, and this place no longer exists. Here is the current text.

    Neap tides
    Tides & <Times>

    A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    [« Previous section] [Next section »]
    [Contents]
    [Back to the answer]
    ");
    for forged in ["s", "sAAAAAAAAAAA0", "zzz", "c999999"] {
        bot.click_data(&answer, forged);
    }
    bot.presses_answered().await;
    bot.stop().await;
    // The newest of the other presses changes the message.
    let rest = bot.unseen();
    assert!(rest.iter().all(|shown| shown.is_edit && shown.id == answer.id), "{rest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn journalled_question_is_answered_once_after_a_restart() {
    let mut bot = Bot::start().await;
    bot.private().send("hello").await;
    // Telegram refuses for so long that the bot is stopped before the answer is sent.
    bot.fail_next("sendMessage", Fault::retry_after(1000));
    let question = bot.private().post("neap tide");
    bot.called("sendMessage", 2).await;
    bot.restart().await;
    assert_snapshot!(bot.reply_to(question).await, @"
    (reply to “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
    bot.restart().await;
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_reader_who_blocked_the_bot_is_given_up() {
    let bot = Bot::start().await;
    bot.fail_next("sendMessage", Fault::blocked());
    bot.private().post("neap tide");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn message_is_sent_again_after_a_failure() {
    let bot = Bot::start().await;
    let answer = bot.private().send("neap tide").await;
    for (method, fault) in [
        ("sendMessage", Fault::retry_after(0)),
        ("sendMessage", Fault::Html(400)),
        ("getUpdates", Fault::DropAfter),
    ] {
        bot.fail_next(method, fault);
        assert_eq!(bot.private().send("neap tide").await.content(), answer.content());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_follows_a_group_to_its_supergroup() {
    let bot = Bot::start().await;
    bot.chat(-2).post("a new group");
    bot.fail_next("sendMessage", Fault::migrated_to(-2));
    bot.group().post("/ask neap tide");
    assert_snapshot!(bot.next_message().await, @"
    (chat -2)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_topic_that_is_gone_goes_to_the_group() {
    let bot = Bot::start().await;
    bot.fail_next("sendMessage", Fault::refuse(400, "Bad Request: message thread not found"));
    assert_snapshot!(bot.group().topic(9).send("/ask neap tide").await, @"
    (group, reply to “/ask neap tide”, quoting “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_group_where_the_bot_may_not_write_delays_nobody() {
    let bot = Bot::start().await;
    let refusal = "Bad Request: not enough rights to send text messages to the chat";
    bot.fail_next("sendMessage", Fault::refuse(400, refusal));
    bot.group().post("/ask neap tide");
    bot.group().stays_silent().await;
    assert_snapshot!(bot.private().send(&"neap tide? ".repeat(1000)).await, @"
    (reply to “neap tide? neap tide? neap tide? neap tide? neap tide? neap …”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>

    Nothing found for “neap tide? neap tide? neap tide? neap tide? neap tide? neap tide? neap tide? nea…”
    [Context] [Read] [⋯]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn start_with_a_wrong_token_or_a_second_poller_ends_the_bot() {
    let mut bot = Bot::start().token("1:wrong").await;
    assert!(matches!(bot.ended().await, BotError::WrongToken));
    let mut bot =
        Bot::start().telegram(|telegram| telegram.fail_next("getUpdates", Fault::conflict())).await;
    assert!(matches!(bot.ended().await, BotError::Conflict(Consumer::Poller)));
}

#[tokio::test(flavor = "multi_thread")]
async fn profile_is_set_where_it_differs_and_only_then() {
    let mut bot = Bot::start().await;
    bot.called("setMyShortDescription", 7).await;
    bot.restart().await;
    bot.called("getMyShortDescription", 14).await;
    bot.stop().await;
    let calls = bot.calls("setMyCommands");
    assert_eq!(calls.len(), 3 * 7, "three scopes in seven languages, once");
    let menus: Vec<_> = ["all_private_chats", "all_group_chats", "all_chat_administrators"]
        .map(|scope| format!("{scope}: {}", bot.menu(scope).join(" ")))
        .into();
    assert_snapshot!(menus.join("\n"), @"
    all_private_chats: ask brief watch shelf sections about help language privacy forget
    all_group_chats: ask brief watch sections about help
    all_chat_administrators: ask brief watch shelf sections about help language private whoami
    ");
    assert_snapshot!(bot.described(), @"
    I answer questions with word-for-word quotes from the articles, and link each quote to its source: Tides & <Times>.
    ---
    Answers with verbatim quotes from Tides & <Times>.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn input_of_any_kind_is_answered_and_does_not_break_the_bot() {
    let bot = Bot::start().await;
    for rubbish in [
        "?".to_owned(),
        "\"".to_owned(),
        "\u{0}\u{7}\u{202e}abc\u{1b}[31m".to_owned(),
        "<b>&amp;</i> AND OR NOT title:* \\ '; DROP TABLE updates; --".to_owned(),
        "😀".repeat(2000),
        "слово ".repeat(600),
        "a".repeat(4096),
        "مد و جزر چیست؟".to_owned(),
    ] {
        bot.private().send(&rubbish).await;
    }
    bot.push_malformed();
    assert_snapshot!(bot.private().send("neap tide").await, @"
    (reply to “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read] [⋯]
    ");
}
