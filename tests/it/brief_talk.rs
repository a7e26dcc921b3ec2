//! Briefings in Telegram: one message, and buttons to the rest.

use insta::assert_snapshot;

use crate::brief::{ARTICLE, DATED};
use crate::talk::{conversation, folders, labels, pressed, start, write};

#[test]
fn brief_of_the_article_fits_one_screen() {
    conversation(async |telegram| {
        let folders = folders();
        std::fs::remove_file(folders.path().join("corpus/tides.md")).expect("it is there");
        write(&folders, "article.md", ARTICLE);
        let bot = start(telegram, folders);
        telegram.says("/brief");
        let brief = telegram.next().await;
        assert!(brief.text.chars().count() <= 1200, "{}", brief.text.chars().count());
        assert_eq!(labels(&brief), ["Other sections (4)", "Contents"]);
        assert_snapshot!(brief.text, @r"
        Iran's Taliban Tightrope
        by Giorgio Cafiero and Fatemeh Aman

        Shared Borders, Shared Burdens: Iran’s Dilemma Next Door
        ISKP’s cross-border threat has been central to Iran’s rationale for engaging with the Taliban, despite deep-rooted mistrust and ideological divergence.

        Dried Rivers, Rising Tensions: Afghanistan’s Helmand River
        The water dispute between Iran and Afghanistan centers on the Helmand River, a vital resource for both countries.

        Whose Afghanistan? Power, Exclusion, and the Fraying Social Fabric
        The erasure of women from social, political, and economic life undermines any claim the Taliban might make to legitimate and inclusive governance.

        Forced Returns: Afghanistan’s Deportation Fallout
        The scale of deportations has raised significant concerns, particularly given Afghanistan’s limited capacity to absorb returnees.
        ");
        let quotes: Vec<_> = brief.html.split("<blockquote>").skip(1).collect();
        assert_eq!(quotes.len(), 4, "{}", brief.html);
        assert_eq!(brief.html.matches("<a href=\"https://t.me/VerbatimBot?start=s").count(), 4);
        let others = pressed(telegram, &brief, "Other sections (4)").await;
        assert_eq!(others.html.matches("<blockquote>").count(), 4, "{}", others.html);
        assert_eq!(pressed(telegram, &others, "Back").await.html, brief.html);
        let contents = pressed(telegram, &brief, "Contents").await;
        assert!(contents.text.starts_with("Iran's Taliban Tightrope"), "{}", contents.text);
        bot.stop().await;
    });
}

#[test]
fn brief_of_few_long_sentences_fits_one_screen_as_far_as_a_whole_quote_does() {
    conversation(async |telegram| {
        let folders = folders();
        std::fs::remove_file(folders.path().join("corpus/tides.md")).expect("it is there");
        let long = |word: &str| {
            format!("The {word} of the river {}ends in the sea.", "and its many arms ".repeat(30))
        };
        let sections: String = ["mouth", "delta", "spring", "valley", "bridge"]
            .map(|word| format!("## The {word}\n\n{} It is short.\n\n", long(word)))
            .concat();
        let article = format!("---\ntitle: River\nauthors: Ada\n---\n\n{sections}");
        write(&folders, "river.md", &article);
        let bot = start(telegram, folders);
        telegram.says("/brief");
        let brief = telegram.next().await;
        let length = brief.text.chars().count();
        assert!((500..=1200).contains(&length), "{length}: {}", brief.text);
        assert!(article.contains(brief.text.lines().last().expect("a quote")), "{}", brief.text);
        bot.stop().await;
    });
}

#[test]
fn buttons_lead_to_the_other_articles_and_a_topic_names_its_places() {
    conversation(async |telegram| {
        let folders = folders();
        write(&folders, "dams.md", DATED);
        let bot = start(telegram, folders);
        telegram.says("/brief");
        let newest = telegram.next().await;
        assert!(
            newest.text.starts_with("Dams & Rivers\nby Ada Moon\n2025-03\n\nOpening\nDams hold"),
            "{}",
            newest.text
        );
        assert!(
            newest.html.contains("<a href=\"https://example.org/dams#:~:text=Dams"),
            "{}",
            newest.html
        );
        let others = pressed(telegram, &newest, "Other articles").await;
        assert_eq!(labels(&others), ["Dams & Rivers", "Tides & <Times>"]);
        let other = pressed(telegram, &others, "Tides & <Times>").await;
        assert!(
            other.text.starts_with("Tides & <Times>\nby Ada\n\nOpening\nTides are the rise"),
            "{}",
            other.text
        );

        telegram.says("/brief neap tide");
        let topic = telegram.next().await;
        assert_snapshot!(topic.text, @r"
        neap tide

        Neap tides · Tides & <Times>
        A neap tide happens twice a month, when the Sun & the Moon are at right angles.
        ");
        telegram.says("/brief sourdough");
        let refusal = telegram.next().await;
        assert_eq!(refusal.text, "I found nothing about “sourdough” in the articles.");
        telegram.says("/brief hello");
        assert!(telegram.next().await.text.starts_with("Hello!"));
        bot.stop().await;
    });
}

#[test]
fn a_long_article_has_the_sections_that_matter_first_and_a_button_to_the_rest() {
    conversation(async |telegram| {
        let folders = folders();
        std::fs::remove_file(folders.path().join("corpus/tides.md")).expect("it is there");
        let sections: String = (0..90)
            .map(|number| format!("## Part {number}\n\nThe river number {number} flows through the plains of the north. {}\n\n", "Dams & locks stand in the river. ".repeat(number % 7)))
            .collect();
        write(&folders, "long.md", &format!("---\ntitle: Long\n---\n\n{sections}"));
        let bot = start(telegram, folders);
        telegram.says("/brief");
        let mut message = telegram.next().await;
        let mut seen = 0;
        let mut pages = Vec::new();
        loop {
            assert!(message.text.encode_utf16().count() <= 3900 && message.entities.len() <= 60);
            let headings = message.text.lines().filter(|line| line.starts_with("Part ")).count();
            seen += headings;
            pages.push(message.clone());
            let rest = format!("Other sections ({})", 90 - seen);
            if seen == 90 {
                break;
            }
            message = pressed(telegram, &message, &rest).await;
        }
        assert!(pages.len() > 2, "{}", pages.len());
        let back = pressed(telegram, &message, "Back").await;
        assert_eq!(back.html, pages[pages.len() - 2].html);
        let folders = bot.stop().await;
        write(&folders, "long.md", "---\ntitle: Long\n---\n\nIt is gone.\n");
        std::fs::rename(
            folders.path().join("corpus/long.md"),
            folders.path().join("corpus/other.md"),
        )
        .expect("writable");
        let bot = start(telegram, folders);
        let gone = pressed(telegram, &back, "Back").await;
        assert!(gone.text.starts_with("The text has changed since"), "{}", gone.text);
        bot.stop().await;
    });
}
