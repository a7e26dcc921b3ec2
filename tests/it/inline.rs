//! `@bot words`: quotes to choose from while typing, in any chat.

use crate::fake_bot_api::{BOT, Shown};
use crate::talk::{conversation, folders, start, write};

#[test]
fn words_offer_quotes_and_a_tap_posts_one_as_an_answer_would_show_it() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.types("neap ti", "");
        let offered = telegram.next_inline().await;
        let (title, description, post) = &offered.posts[0];
        assert_eq!(title, "Neap tides");
        assert!(description.starts_with("A neap tide happens twice a month"), "{description}");
        telegram.says("When does a neap tide happen?");
        let answer = telegram.next().await;
        assert_eq!(post.text, answer.text);
        assert!(offered.cache_time > Some(0) && offered.is_personal);
        let labels: Vec<_> = post.buttons.iter().flatten().map(|(label, _)| label).collect();
        assert_eq!(labels, ["Context", "Read section", "Copy citation", "Share"]);

        let posted = Shown { inline: Some("inline-1".into()), ..post.clone() };
        telegram.presses(&posted, "Context");
        let context = telegram.next().await;
        assert_eq!(context.inline.as_deref(), Some("inline-1"));
        assert!(context.text.starts_with("A neap tide happens"), "{}", context.text);
        let read = &context.buttons[0][1].1;
        assert!(read.starts_with(&format!("https://t.me/{BOT}?start=s")), "{read}");
        bot.stop().await;
    });
}

#[test]
fn no_words_list_the_sections_in_pages() {
    conversation(async |telegram| {
        let folders = folders();
        let many: String = (1..=12).map(|n| format!("## Part {n}\n\nText {n}.\n\n")).collect();
        write(&folders, "many.md", &format!("---\ntitle: Book\n---\n\n{many}"));
        let bot = start(telegram, folders);
        telegram.types("", "");
        let first = telegram.next_inline().await;
        assert_eq!((first.posts.len(), first.next_offset.as_str()), (10, "10"));
        assert_eq!((first.posts[0].0.as_str(), first.posts[0].1.as_str()), ("Part 1", "Book"));
        telegram.types("", "10");
        let second = telegram.next_inline().await;
        assert_eq!((second.posts.len(), second.next_offset.as_str()), (5, ""));
        telegram.types("", "5");
        let rest = telegram.next_inline().await;
        assert_eq!((rest.posts.len(), rest.next_offset.as_str()), (10, ""));
        telegram.types("", "13");
        assert_eq!(telegram.next_inline().await.posts, second.posts[3..]);
        for forged in ["-1", "x", "99999999999999999999", "500"] {
            telegram.types("", forged);
            telegram.next_inline().await;
        }
        bot.stop().await;
    });
}

#[test]
fn nothing_found_leads_into_the_private_chat_with_the_words_kept() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.types("sourdough bread", "");
        let offered = telegram.next_inline().await;
        assert_eq!(offered.posts, []);
        let parameter = offered.button.expect("a button");
        telegram.says(&format!("/start {parameter}"));
        let refusal = telegram.next().await;
        assert!(refusal.text.contains("“sourdough” or “bread”"), "{}", refusal.text);
        bot.stop().await;
    });
}

#[test]
fn of_many_keystrokes_the_newest_is_answered() {
    conversation(async |telegram| {
        let bot = start(telegram, folders());
        telegram.says("hello");
        telegram.next().await;
        let mut last = String::new();
        for number in 0..200 {
            last = telegram.types(&format!("tides {number}"), "");
        }
        let mut answered = 0;
        loop {
            answered += 1;
            if telegram.next_inline().await.query == last {
                break;
            }
        }
        assert!(answered < 100, "{answered} of 200 keystrokes were worked on");
        bot.stop().await;
    });
}
