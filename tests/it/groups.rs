//! Groups and newcomers: welcome, examples, languages, quoting the question.

use insta::assert_snapshot;

use crate::fake_bot_api::{Fault, GROUP};
use crate::tester::Bot;

const NEWS: &str = "---\ntitle: News\n---\n\n## Talks\n\n\
    The border was closed, said Ibrahim Bahiss, after the talks. It had been open since 1998.\n\n\
    ## Rivers\n\nThey share the Helmand River with a treaty of 1973.\n";

#[tokio::test(flavor = "multi_thread")]
async fn group_is_welcomed_once_with_examples_that_the_corpus_answers() {
    let bot = Bot::start().article("news.md", NEWS).await;
    bot.group().language("en").add_bot();
    let welcome = bot.next_message().await;
    assert_eq!((welcome.chat, welcome.reply_to), (GROUP, None));
    assert_snapshot!(welcome, @"
    (group)
    Hello! I answer questions with word-for-word quotes from the articles. Send /ask and your question, or reply to one of my answers. I ignore all other messages.

    Telegram’s privacy mode hides all other messages from me, including mentions such as @VerbatimBot. Make me an administrator if I should answer mentions.

    Try one of these:
    [Who is Ibrahim Bahiss?]
    [What does the article say about Helmand River?]
    [What does the article say about Neap tides?]
    ");
    assert_eq!(welcome.labels().len(), 3);
    for example in welcome.labels() {
        let answer = bot.press(&welcome, example).await;
        assert!(answer.text.starts_with(example), "{answer}");
        assert!(answer.to_string().contains("\n> "), "{answer}");
        let examples = bot.press(&answer, "Back to the examples").await;
        assert_eq!(examples.labels(), welcome.labels());
    }
    bot.group().block_bot();
    bot.group().membership("kicked", "administrator");
    bot.group().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_offers_examples_and_leads_back_to_them() {
    let bot = Bot::start().await;
    let help = bot.private().send("/start").await;
    assert_snapshot!(help, @"
    (reply to “/start”)
    I answer questions with word-for-word quotes from the articles, and link each quote to its source. Type your question here.

    Below each quote is its section; the link opens the exact place. “More” shows the next quote, “Context” the paragraphs around it. Reply to an answer to ask a follow-up question. /sections lists the articles and their sections. /brief shows the key sentences of the newest article; /brief followed by a topic shows those on the topic.

    To search only some articles, add in: and a folder, by: and an author, tag: and a tag, or after: or before: and a date, for example after:2026-01.

    /brief shows the newest article on one screen; /brief followed by a topic shows what all articles say on it. /brief daily 08:30 sends what is new every day. /watch followed by a topic alerts you when a new article answers it.

    In a group, send /ask and your question, or reply to one of my answers. Reply to a message with /ask alone to ask that message. I ignore all other messages. I see a mention, @VerbatimBot, only if I may read all messages: make me an administrator, or turn off privacy mode in @BotFather.

    In any chat, type @VerbatimBot and a few words to choose a quote and post it.

    Try one of these:
    [What does the article say about Neap tides?]
    [What does the article say about Tidal power?]
    ");
    let answer = bot.press(&help, help.labels()[0]).await;
    assert_snapshot!(answer, @"
    (edit)
    What does the article say about Neap tides?

    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read section]
    [👍 Helpful] [👎 Not helpful]
    [Copy citation] [Share]
    [Back to the examples]
    ");
    let section = bot.press(&answer, "Read section").await;
    assert_snapshot!(section, @"
    (edit)
    Neap tides
    Tides & <Times>

    A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    [« Previous section] [Next section »]
    [Contents]
    [Back to the answer] [Back to the examples]
    ");
    assert_eq!(bot.press(&section, "Back to the examples").await.html, help.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn group_answer_quotes_the_question_where_telegram_accepts_it() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.group().send("/ask when is a neap tide?").await, @"
    (group, reply to “/ask when is a neap tide?”, quoting “when is a neap tide?”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read section]
    [👍 Helpful] [👎 Not helpful]
    [Copy citation] [Share]
    ");
    bot.fail_next("sendMessage", Fault::refuse(400, "Bad Request: QUOTE_TEXT_INVALID"));
    assert_eq!(bot.group().send("/ask when is a neap tide?").await.quote, None);
    assert_eq!(bot.group().send("when, @VerbatimBot is a neap tide?").await.quote, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn group_question_can_be_a_quoted_part_of_a_message() {
    let bot = Bot::start().await;
    let member = bot.group().reply_to_person("Rance and neap tide").quoting("neap tide");
    assert_snapshot!(member.send("/ask").await, @"
    (group, reply to “/ask”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Context] [Read section]
    [👍 Helpful] [👎 Not helpful]
    [Copy citation] [Share]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn language_of_the_interface_is_that_of_the_reader() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().language("de-AT").send("hello").await, @"
    (reply to “hello”)
    Hallo! Fragen Sie mich etwas über die Artikel; /sections zeigt, worum es geht.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn language_of_a_group_is_chosen_by_its_administrators() {
    let mut bot = Bot::start().await;
    assert_snapshot!(bot.group().send("/language fr").await, @"
    (group, reply to “/language fr”)
    Only administrators of this group can do that.
    ");
    assert_snapshot!(bot.group().send("/language").await, @"
    (group, reply to “/language”)
    Only administrators of this group can do that.
    ");
    let choice = bot.group().admin().send("/language").await;
    assert_snapshot!(choice, @"
    (group, reply to “/language”)
    Which language should I use? Quotes are not translated.
    [English] [Русский]
    [فارسی] [العربية]
    [Deutsch] [Français]
    [Español]
    ");
    assert_snapshot!(bot.press(&choice, "Français").await, @"
    (group, edit)
    Désormais, je parle français ici.
    ");
    bot.restart().await;
    // A quote is never translated.
    assert_snapshot!(bot.group().send("/ask neap tide").await, @"
    (group, reply to “/ask neap tide”, quoting “neap tide”)
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides · Tides & <Times>
    [Contexte] [Lire la section]
    [👍 Utile] [👎 Pas utile]
    [Copier la citation] [Partager]
    ");
}
