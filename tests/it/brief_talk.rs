//! Briefings in Telegram: one message, and buttons to the rest.

use insta::assert_snapshot;

use crate::brief::{ARTICLE, DATED};
use crate::talk::{conversation, folders, labels, pressed, start, write};

#[test]
fn the_article_fits_into_one_message() {
    conversation(async |telegram| {
        let folders = folders();
        std::fs::remove_file(folders.path().join("corpus/tides.md")).expect("it is there");
        write(&folders, "article.md", ARTICLE);
        let bot = start(telegram, folders);
        telegram.says("/brief");
        let brief = telegram.next().await;
        assert!(brief.text.encode_utf16().count() <= 4096 && brief.entities.len() <= 60);
        assert_eq!(labels(&brief), ["Contents"]);
        assert_snapshot!(brief.text, @r"
        Iran's Taliban Tightrope
        by Giorgio Cafiero and Fatemeh Aman

        Opening
        For the short term, Tehran will prefer quiet security and intelligence cooperation with the Taliban rather than overt recognition.
        Russia’s formal recognition of the Islamic Emirate of Afghanistan in early July has stirred cautious optimism in Kabul, where Taliban officials hope it signals a shift in international attitudes, even as broader engagement remains unlikely.

        Iran’s Uneasy Dance with the Taliban
        Tehran’s relationship with the Taliban has seen many ups and downs—from nearly going to war in 1998 to later inviting them to Tehran while they were still fighting Afghanistan’s then-government.
        With the emergence of Islamic State Khorasan Province (ISKP) in 2014–15, a group considered far more violent than the Taliban, and the growing realization that the former central Afghan government was too weak to defeat it, Iran began to turn toward the Taliban.

        Shared Borders, Shared Burdens: Iran’s Dilemma Next Door
        ISKP’s cross-border threat has been central to Iran’s rationale for engaging with the Taliban, despite deep-rooted mistrust and ideological divergence.
        Afghanistan remains a pivotal ground for various Sunni extremist groups, each with distinct ideological agendas and operational capabilities.

        Dried Rivers, Rising Tensions: Afghanistan’s Helmand River
        The water dispute between Iran and Afghanistan centers on the Helmand River, a vital resource for both countries.
        The Taliban’s decision in recent years to block the Helmand’s flow, after seizing control of critical infrastructure, underscored the limits of Iran’s strategy.

        Whose Afghanistan? Power, Exclusion, and the Fraying Social Fabric
        Inclusivity remains one of Afghanistan’s most critical and unresolved challenges.
        The erasure of women from social, political, and economic life undermines any claim the Taliban might make to legitimate and inclusive governance.

        Forced Returns: Afghanistan’s Deportation Fallout
        Iran has long hosted millions of Afghans, many of whom work as day laborers or use Iran as a transit country while en route to Turkey and Europe. However, in the wake of the 12-day Iran-Israel conflict in June 2025, Tehran has initiated a large-scale deportation of Afghan nationals.
        The scale of deportations has raised significant concerns, particularly given Afghanistan’s limited capacity to absorb returnees.

        Where Does Tehran Go from Here?
        Formal recognition of the Taliban by Tehran remains a plausible—but far from imminent —possibility.
        Iran will likely wait for countries like China and Uzbekistan to act first, seeking diplomatic cover to minimize reputational risk.

        About the Authors: Giorgio Cafiero and Fatemeh Aman
        Giorgio Cafiero is the CEO of Gulf State Analytics, an Adjunct Assistant Professor at Georgetown University, and an Adjunct Fellow at the American Security Project.
        Fatemeh Aman is a nonresident senior fellow at the Middle East Institute in Washington, D.C.
        ");
        let quotes: Vec<_> = brief.html.split("<blockquote>").skip(1).collect();
        assert_eq!(quotes.len(), 8, "{}", brief.html);
        assert_eq!(brief.html.matches("<a href=\"https://t.me/VerbatimBot?start=s").count(), 8);
        let contents = pressed(telegram, &brief, "Contents").await;
        assert!(contents.text.starts_with("Iran's Taliban Tightrope"), "{}", contents.text);
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
