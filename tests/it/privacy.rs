//! The data that is kept of people and groups, and its removal on request.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use verbatim::ids::{ChatId, MessageId};
use verbatim::store::NewSchedule;

use crate::fake_bot_api::{ADA, FakeBotApi, Posted, Writer};
use crate::tester::Bot;

const OTHER_GROUP: i64 = -1002;
/// Words that no file may contain once they are forgotten.
const SECRETS: [&str; 4] = ["zyzzyva", "quokka", "Xanthippe", "xanthi99"];
const NO_SECRETS: [String; 0] = [];

trait Xanthippe {
    fn xanthippe(&self) -> Writer<'_>;
    fn xanthippes_group(&self) -> Writer<'_>;
}

impl Xanthippe for FakeBotApi {
    fn xanthippe(&self) -> Writer<'_> {
        self.private().named("Xanthippe", "xanthi99")
    }

    fn xanthippes_group(&self) -> Writer<'_> {
        self.group().named("Xanthippe", "xanthi99").titled("Xanthippe’s readers")
    }
}

/// Returns every secret that a file below the directory contains, with the file.
fn found_below(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("it was made").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(found_below(&path));
            continue;
        }
        let bytes = fs::read(&path).expect("it was listed");
        let has = |secret: &&str| bytes.windows(secret.len()).any(|at| at == secret.as_bytes());
        let secrets = SECRETS.iter().filter(|secret| has(secret));
        found.extend(secrets.map(|secret| format!("{secret} in {}", path.display())));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn privacy_explains_what_is_kept() {
    let bot = Bot::start().await;
    assert_snapshot!(bot.private().send("/privacy").await, @"
    (reply to “/privacy”)
    I store only what I need:
    • your questions with your Telegram ID, and your ratings of answers: seven days, so that an edited question gets an edited answer and a follow-up question is understood
    • each message to me, with your name: until I have processed it, so that none is lost
    • the language, time zone, chosen articles, schedules and topics of this chat: until you change or end them

    /forget deletes all of this immediately.
    ");
    assert_snapshot!(bot.group().send("/privacy").await, @"
    (group, reply to “/privacy”)
    In this group, I store only what I need:
    • the questions to me with the Telegram ID of the asker, and ratings of answers: seven days, so that an edited question gets an edited answer and a follow-up question is understood
    • each message to me, with its sender’s name: until I have processed it, so that none is lost
    • the language, time zone, chosen articles, schedules and topics of the group: until they are changed or ended

    /forget immediately deletes what I store about you, in every chat. An administrator who sends it can also delete everything I store about this group; removing me from the group does the same.
    ");
    let bot = Bot::start().configure(|settings| settings.record_questions = true).await;
    assert_snapshot!(bot.private().send("/privacy").await, @"
    (reply to “/privacy”)
    I store only what I need:
    • your questions with your Telegram ID, and your ratings of answers: seven days, so that an edited question gets an edited answer and a follow-up question is understood
    • each message to me, with your name: until I have processed it, so that none is lost
    • the language, time zone, chosen articles, schedules and topics of this chat: until you change or end them

    To improve the articles, my operator also stores the text of questions that found nothing or whose answer was not helpful, with the Telegram ID of the person who asked or voted, until my operator clears that list.

    /forget deletes all of this immediately.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn privacy_names_the_time_the_id_and_the_name_in_every_language() {
    let languages = [
        ("en", ["seven days", "Telegram ID", "name"]),
        ("de", ["sieben Tage", "Telegram-ID", "Namen"]),
        ("fr", ["sept jours", "identifiant Telegram", "nom"]),
        ("es", ["siete días", "identificador de Telegram", "nombre"]),
        ("ru", ["семь дней", "Telegram ID", "именем"]),
        ("fa", ["هفت روز", "شناسهٔ تلگرام", "نام"]),
        ("ar", ["سبعة أيام", "تيليجرام", "اسم"]),
    ];
    for record_questions in [false, true] {
        let bot = Bot::start()
            .without_reader_limits()
            .configure(|settings| settings.record_questions = record_questions)
            .await;
        for (code, parts) in languages {
            let private = bot.private().language(code).send("/privacy").await.text;
            let group = bot.group().language(code).send("/privacy").await.text;
            assert_ne!(private, group);
            for text in [private, group] {
                let paragraphs: Vec<_> = text.split("\n\n").collect();
                assert_eq!(paragraphs.len(), 2 + usize::from(record_questions), "{text}");
                assert_eq!(
                    paragraphs[0].lines().count(),
                    4,
                    "a line for each kind of data: {text}"
                );
                for part in parts {
                    assert!(paragraphs[0].contains(part), "{code}: {part}: {text}");
                }
                assert!(text.contains("/forget"), "{text}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_leaves_no_byte_of_a_person_in_the_data_directory() {
    let mut bot = Bot::start().configure(|settings| settings.record_questions = true).await;
    let question = bot.xanthippe().post("zyzzyva and neap tide?");
    let answer = bot.reply_to(question).await;
    bot.xanthippe().edit(question, "quokka, Rance barrage?");
    assert!(bot.next_message().await.is_edit);
    bot.click_data(&answer, "v-");
    bot.xanthippe().reply_to(&answer).send("And why, quokka?").await;
    bot.xanthippe().send("zyzzyva quokka").await;
    bot.xanthippe().send("/watch zyzzyva tides").await;
    bot.xanthippes_group().send("/ask zyzzyva").await;
    let data = bot.data();
    assert!(!found_below(&data).is_empty(), "all of it is kept before");
    fs::write(data.join("verbatim.sqlite.broken-1"), "quokka").expect("a new file");

    assert_snapshot!(bot.xanthippe().send("/forget all about zyzzyva").await, @"
    (reply to “/forget all about zyzzyva”)
    I have deleted what I stored about you.
    ");
    assert_eq!(found_below(&data), NO_SECRETS);
    // The request itself is recorded as done when the next one is answered.
    bot.private().send("hello").await;
    assert_eq!(found_below(&data), NO_SECRETS);
    // The old answer is not known any more.
    bot.private().edit(question, "Rance barrage");
    bot.reply_to(question).await;
    bot.stop().await;
    assert_eq!(found_below(&data), NO_SECRETS);
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_by_a_member_forgets_the_member_only() {
    let bot = Bot::start().await;
    bot.group().ben().titled("Xanthippe’s readers").send("/ask zyzzyva neap tide").await;
    assert_snapshot!(bot.group().ben().send("/forget").await, @"
    (group, reply to “/forget”)
    I have deleted what I stored about you.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_by_an_administrator_offers_to_forget_the_group_with_its_briefings() {
    let bot = Bot::start().await;
    bot.group().ben().titled("Xanthippe’s readers").send("/ask zyzzyva neap tide").await;
    bot.group().admin().send("/brief daily 08:30 UTC quokka tides").await;
    let offer = bot.group().send("/forget").await;
    assert_snapshot!(offer, @"
    (group, reply to “/forget”)
    I have deleted what I stored about you.

    As an administrator, you can also delete everything I store about this group: the questions and answers of all members, its language and time zone, chosen articles, schedules and topics. Its briefings then end.
    [Forget this group]
    ");
    let data = bot.data();
    assert!(!found_below(&data).is_empty(), "nothing of others is gone before it is confirmed");
    bot.remove_administrator(ADA);
    assert_snapshot!(bot.press_for_notice(&offer, "Forget this group").await, @"Only administrators of this group can do that.");
    bot.make_administrator(ADA);
    assert_snapshot!(bot.press(&offer, "Forget this group").await, @"
    (group, edit)
    I have deleted what I stored about this group. It gets no more briefings.
    ");
    assert_eq!(found_below(&data), NO_SECRETS);
    assert_snapshot!(bot.group().send("/brief status").await, @"
    (group, reply to “/brief status”)
    No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
    ");
    // An anonymous administrator gets the offer, too.
    assert_snapshot!(bot.group().anonymous_admin().send("/forget").await, @"
    (group, reply to “/forget”)
    I have deleted what I stored about you.

    As an administrator, you can also delete everything I store about this group: the questions and answers of all members, its language and time zone, chosen articles, schedules and topics. Its briefings then end.
    [Forget this group]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_of_a_group_that_removes_the_bot_is_immediate_and_ends_its_briefings() {
    let mut bot = Bot::start().await;
    bot.xanthippes_group().send("/ask zyzzyva neap tide").await;
    bot.group().admin().send("/brief daily 08:30 UTC quokka tides").await;
    bot.xanthippes_group().remove_bot();
    // The removal is recorded when the next request of the group is answered, which Telegram
    // would not deliver.
    let status = bot.group().send("/brief status").await;
    assert!(status.text.starts_with("No briefing is scheduled here"), "{status}");
    bot.stop().await;
    assert_eq!(found_below(&bot.data()), NO_SECRETS);
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_of_a_person_who_blocks_the_bot_keeps_the_schedules() {
    let mut bot = Bot::start().clock("2026-01-05T07:00Z").await;
    bot.xanthippe().send("zyzzyva neap tide").await;
    bot.private().send("/brief daily 08:30 UTC").await;
    bot.xanthippe().block_bot();
    bot.xanthippe().unblock_bot();
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Next: 2026-01-05 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    bot.stop().await;
    assert_eq!(found_below(&bot.data()), NO_SECRETS);
}

/// Asks twice, and returns the questions.
async fn ask_twice<'a>(writer: impl Fn() -> Writer<'a>, bot: &Bot) -> [Posted; 2] {
    let first = writer().post("/ask neap tide");
    assert!(bot.reply_to(first).await.text.starts_with("A neap tide"));
    let second = writer().post("/ask neap tide");
    assert!(bot.reply_to(second).await.text.starts_with("A neap tide"));
    [first, second]
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_and_limits_of_those_who_write_as_a_chat_are_per_chat() {
    let mut bot = Bot::start()
        .configure(|settings| {
            settings.access.user_per_minute = 3;
            settings.access.chat_per_minute = 0;
        })
        .await;
    let questions = [
        ask_twice(|| bot.group().anonymous_admin(), &bot).await,
        ask_twice(|| bot.chat(OTHER_GROUP).anonymous_admin(), &bot).await,
        ask_twice(|| bot.group().channel_sender(-2001), &bot).await,
        ask_twice(|| bot.group().channel_sender(-2002), &bot).await,
    ];
    bot.group().anonymous_admin().send("/forget").await;
    bot.group().channel_sender(-2001).send("/forget").await;
    bot.stop().await;
    let known = questions.map(|asked| asked.map(|question| is_known(&bot, question)));
    assert_eq!(known, [[false; 2], [true; 2], [false; 2], [true; 2]]);
}

fn is_known(bot: &Bot, question: Posted) -> bool {
    let id = i32::try_from(question.id).expect("a small number");
    let (chat, message) = (ChatId::new(question.chat), MessageId::new(id));
    bot.store().answer_to(chat, message).expect("it can be read").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_without_a_sender_removes_nothing_of_others() {
    let mut bot = Bot::start().await;
    let about = bot.group().ben().post("/about");
    bot.reply_to(about).await;
    bot.group().without_sender().send("/forget").await;
    // A private chat belongs to its person even without a sender.
    let question = bot.private().post("neap tide");
    bot.reply_to(question).await;
    bot.private().without_sender().send("/forget").await;
    bot.stop().await;
    assert_eq!((is_known(&bot, about), is_known(&bot, question)), (true, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn forget_ends_the_briefings_of_a_private_chat() {
    let new = NewSchedule {
        chat: ChatId::new(ADA),
        topic: None,
        rule: "daily 08:30 UTC".into(),
        subject: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due: i64::MAX,
    };
    let bot = Bot::start()
        .store(|store| {
            store.add_schedule(&new, 5).expect("it is written");
        })
        .await;
    bot.private().send("/forget").await;
    let status = bot.private().send("/brief status").await;
    assert!(status.text.starts_with("No briefing is scheduled here"), "{status}");
}
